//! A dozen sessions in which every call fails in turn: once, and from there on for ever, with the errors that its
//! manual page lists. The program ends or goes on, and what it kept is what moved. All of it takes long, so each run of
//! the tests takes a turn of `TURNS`, the same one; `NTH=7` takes another, and `NTH=all` takes all.

use std::collections::HashSet;

use sockeye::event::Errno;

use super::program::{Fault, Program, manual};
use super::{kept_is_moved, sockeye};

/// Into so many turns all is parted, and the one that is taken where nobody asks for another. The number is a prime, so
/// that a turn does not meet the same errors again and again.
const TURNS: usize = 23;
const TURN: usize = 17;

/// Commands as people write them in `tests/scripts`; what they wait for may not come.
pub(super) const SESSIONS: [&str; 12] = [
    "listen 127.0.0.1:0 as L\nconnect @L as A\n@L wait accepted within 1s\n@A send \"hello\"\n\
        @B expect \"hello\" within 1s\n@B close\n@A wait eof within 1s\n@A close\n",
    "pair unix as A B\n@A send \"one\\n\"\n@A shutdown write\n@B wait eof within 1s\n\
        @B send \"two\"\n@A wait \"two\" within 1s\n",
    "bind udp://127.0.0.1:0 as U\nbind udp://127.0.0.1:0 as V\n@V sendto @U \"datagram\"\n\
        @U wait \"datagram\" within 1s\n",
    "listen 127.0.0.1:0 as L\ntap 127.0.0.1:0 to @L as T\nconnect @T as A\n@A send \"through\"\n\
        @A shutdown write\n@L wait accepted within 1s\nsleep 1s\n",
    "listen unix:/l as L\ntap unix:/t to @L as T\n@T fault slice 3 gap 1ms\nconnect @T as A\n\
        @A send \"in pieces\"\nsleep 1s\n@A abort\nsleep 1s\n",
    "listen 127.0.0.1:0 manual as L\nconnect @L as A\n@L accept\n@A send \"abcdef\"\nsleep 10ms\n\
        @B recv 3\n@B recv 3 waitall\n@B recv 9 peek\nsleep 10ms\n@B cancel\n",
    "pair tcp as A B\n@A set nodelay on\n@A get rcvbuf\n@A set nonblock on\n@A stage \"x\"*9\n\
        @A flush\n@B wait \"xxx\" within 1s\n",
    "bind unix-dgram:/one as D\nbind unix-dgram:/two as E\n@E sendto unix-dgram:/one \"d\"\n\
        @D wait \"d\" within 1s\n@D close\n",
    "record r.pcapng\npair unix as A B\n@A send \"x\"*5000\n@B wait \"xxx\" within 1s\n\
        @B save f in\nexport python p\nsleep 2s\nrecord off\n",
    "pair tcp as A B\n@A dup\n@B unplug\n@A send \"late\"\nsleep 1s\n@B plug\n\
        @B wait \"late\" within 1s\n@A abort\n",
    "pair tcp as A B\nselect r:A w:B timeout 10ms\nreach 40001\nrace unix\nsleep 1s\n@A close\n\
        @B close now\n",
    "pair unix as A B\nhold on\n@A send \"held\"\nsleep 10ms\ndo\nsleep 10ms\nhold off\n\
        @B wait \"held\" within 1s\nconnect here:7 as C\nsleep 1s\n",
];

fn run(session: &str, fault: Option<Fault>) -> Program {
    let mut os = Program::new(0);
    os.is_terse = true;
    os.kernel
        .name("here", Ok(vec!["127.0.0.1".parse().unwrap()]));
    os.fault = fault;
    let outcome = sockeye(&mut os, "run FILE --timeout 30s", session);
    let code = outcome.ending.code;
    assert!(
        [0, 1, 2, 3, 74, 124].contains(&code),
        "{session}\n{fault:?}: {outcome:?}"
    );
    assert!(!os.kernel.is_raw());
    if !outcome.kept.is_empty() {
        kept_is_moved(&os, &outcome);
    }
    os
}

/// Runs a session with that fault, which costs no more than a pause and another try each time.
fn fails(session: &str, usual: u64, nth: u64, errno: Errno, lasting: bool) {
    let fault = Fault {
        nth,
        errno,
        lasting,
    };
    let os = run(session, Some(fault));
    // 20 wakes a second are the bound (FAULTS.md), of two calls each; a session lasts 30 s at the most.
    let bound = 2 * usual + 30 * 40;
    assert!(
        os.calls <= bound,
        "{session}\n{fault:?}: {} calls, usually {usual}",
        os.calls
    );
}

/// Every call of a session fails once with each error, and each name of a call for ever: those whose turn it is. `at`
/// counts all.
fn session(session: &str, is_due: &impl Fn(usize) -> bool, at: &mut usize) {
    let whole = run(session, None);
    let mut names = HashSet::new();
    for (nth, call) in (1..).zip(&whole.made) {
        let errors = manual::errors(call);
        assert!(!errors.is_empty(), "no manual page says how {call} fails");
        for errno in errors {
            // No signal comes each time for ever: whoever is interrupted may try again at once.
            let lasts = errno != Errno::EINTR && names.insert((*call, errno));
            for lasting in std::iter::once(false).chain(lasts.then_some(true)) {
                *at += 1;
                if is_due(*at) {
                    fails(session, whole.calls, nth, errno, lasting);
                }
            }
        }
    }
}

#[test]
fn every_call_may_fail_with_what_its_manual_page_lists() {
    let asked = std::env::var("NTH").unwrap_or_default();
    let turn = asked.parse().unwrap_or(TURN);
    let mut at = 0;
    for lines in SESSIONS {
        session(lines, &|at| asked == "all" || at % TURNS == turn, &mut at);
    }
    assert!(at > 4000, "{at} ways to fail");
}
