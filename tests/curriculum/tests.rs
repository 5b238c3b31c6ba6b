//! The judge before logs that are written by hand: what each clause takes for borne out, and what it misses.

use serde_json::{Value, json};

use super::clause::Clause;
use super::experiment::{Experiment, Played};
use super::judge::judge;

/// Three sends, one that waits, and what came of them.
fn log() -> Vec<Value> {
    vec![
        json!({"kind": "state", "conn": "A", "state": "ESTAB"}),
        json!({"kind": "call", "conn": "A", "call": "send", "args": {"len": 9}, "want": 9, "ret": 4, "range": [0, 4]}),
        json!({"kind": "call", "conn": "B", "call": "recv", "args": {"max": 16}, "blocked": true}),
        json!({"kind": "call", "conn": "A", "call": "send", "args": {"len": 5}, "want": 5, "ret": 5, "range": [4, 9]}),
        json!({"kind": "call", "conn": "B", "call": "recv", "ret": 9, "blocked": 3.2, "range": [0, 9]}),
        json!({"kind": "message", "conn": "B", "status": "ok", "payload": "00ff"}),
        json!({"kind": "call", "conn": "A", "call": "send", "errno": "EPIPE", "ways": ["x", "y"],
            "rows": [{"of": 1}, {"of": 2}]}),
    ]
}

#[track_caller]
fn holds(text: &str) {
    assert_eq!(judge(&Clause::parse(text).unwrap(), &log()).err(), None);
}

#[track_caller]
fn misses(text: &str, missing: &str) {
    let log = log();
    let found = judge(&Clause::parse(text).unwrap(), &log);
    assert_eq!(found.err().as_deref(), Some(missing), "{text}");
}

#[test]
fn what_stands_in_the_log_holds() {
    for text in [
        "state(A) = ESTAB",
        "send(A) = EPIPE",
        "send() = EPIPE",
        "call(A) {call = send, ret = 4}",
        "send(A) {ret < .want} as one ≺ send(A) {start = one.end, errno = null}",
        "recv(B) = blocked ≺ send(A) > 0 ≺ recv(B) > 0 {blocked >= 3}",
        "message(B) = ok {payload ~ 00}",
        "send(A) > 0 ×2 ≺ send(A) = EPIPE",
        "send(A) {ways ~ y, ways.0 = x, ways.2 = null}",
        "send(A) {rows.*.of = 2, rows.*.of < 2}",
        "recv(B) {max = 16}",
        "send(A) = EPIPE ∧ send(A) {start = 4} ∧ state(A)",
        "send(A) = 4 ≺ recv(B) > 0 ∧ state(A) ≺ send(A) = EPIPE",
        "count send(A) = 3",
        "count recv(L) = 0",
        "Σ ret send(A) = 9",
    ] {
        holds(text);
    }
}

#[test]
fn what_is_missing_is_named() {
    misses("send(L) = EPIPE", "`send(L) = EPIPE`");
    misses(
        "send(A) = EPIPE ≺ recv(B) > 0",
        "`recv(B) > 0` behind `send(A) = EPIPE`",
    );
    misses(
        "send(A) = EPIPE ∧ send(A) = 4 ≺ recv(B)",
        "`recv(B)` behind `send(A) = 4`",
    );
    misses("send(A) > 0 ×3", "`send(A) > 0` behind `send(A) > 0`");
    misses("recv(B) > 0 {blocked >= 4}", "`recv(B) > 0 {blocked >= 4}`");
    misses("send(A) {rows.*.of = 3}", "`send(A) {rows.*.of = 3}`");
    misses("count send(A) > 3", "there are 3 `send(A)`");
    misses("Σ ret send(A) = 10", "ret of `send(A)` adds up to 9.0");
}

#[test]
fn a_part_that_later_ones_name_is_looked_for_again() {
    holds("send(A) as one ≺ recv(B) {ret > one.ret} ≺ send(A) = EPIPE");
    // The first send is followed by what begins where it ended; the second is not.
    misses(
        "send(A) as one ≺ recv(B) ≺ send(A) {start = one.end} ≺ send(A) {start = one.end}",
        "`send(A) {start = one.end}` behind `send(A) {start = one.end}`",
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    for text in [
        "send",
        "send(A) = EPIPE more",
        "send(A) {len}",
        "count send(A)",
        "send(A) {len = 5",
    ] {
        assert!(Clause::parse(text).is_err(), "{text}");
    }
}

#[test]
fn an_experiment_whose_step_shows_nothing_is_at_fault() {
    let play = |script: &str| Played {
        code: Some(0),
        log: if script.contains("the step") {
            log()
        } else {
            vec![]
        },
        said: String::new(),
    };
    let check = |text: &str| Experiment::parse("x".to_owned(), text.to_owned()).check(&play);
    assert_eq!(
        check("# log send(A) = EPIPE\n@A send 00 # the step"),
        [""; 0]
    );
    assert_eq!(
        check("# log count send(L) = 0\n@A send 00 # the step"),
        ["the log is the same without the step"]
    );
    assert!(check("# log send(A) = EPIPE\n@A send 00").len() == 2);
    assert!(check("@A send 00 # the step").len() == 2);
}
