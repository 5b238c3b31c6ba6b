//! How a conversation through a relay ends: which side ends first and how, with how much on its way in which direction,
//! to a reader that is quick or slow. What comes out must be what went in, to the byte, and then the same end.
//! The judge takes any relay (`RELAY='program LISTEN TARGET'`), and proves itself on those of others, whose faults are
//! known.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[path = "tap_ends/case.rs"]
mod case;
#[path = "tap_ends/party.rs"]
mod party;
#[path = "tap_ends/play.rs"]
mod play;
#[path = "support/relay.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod relay;

use case::{Case, Manner, Side, When};
use play::Stage;
use relay::{HAPROXY, NCAT, NGINX, Program, SOCAT, is_installed};

/// Between which kinds of socket: the client's side is a Unix socket, the server's is one.
type Ends = (bool, bool);

const TCP: Ends = (false, false);

/// The pieces that tell ends apart; with [`MUCH`] everything that fits into no buffer.
const LITTLE: [usize; 3] = [0, 1, 64 << 10];

/// More than the kernel and a relay hold together.
const MUCH: usize = 8 << 20;

/// Tells the folders of judgements apart.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Plays the cases one after the other through one relay, and says what was wrong with which.
fn judge(program: &Program, ends: Ends, cases: &[Case]) -> Vec<String> {
    let folder = relay::folder(&format!(
        "ends-{}-{}",
        program.name.replace(' ', "-"),
        NEXT.fetch_add(1, Ordering::Relaxed)
    ));
    let stage = Stage::new(program, ends, &folder);
    let mut found: Vec<String> = Vec::new();
    for case in cases {
        if let Err(wrong) = stage.play(case) {
            found.push(format!("{case}: {wrong}"));
        }
        if found.len() > 20 {
            found.push("and so on".to_owned());
            break;
        }
    }
    // Others keep pipes and the like for later.
    if found.is_empty() && program.announces {
        found.extend(stage.leftovers().err());
    }
    drop(stage);
    let _ = fs::remove_dir_all(folder);
    found
}

#[track_caller]
fn assert_passes(ends: Ends, cases: &[Case]) {
    let program = relay::judged();
    let found = judge(&program, ends, cases);
    assert!(
        found.is_empty(),
        "of {} cases:\n{}",
        cases.len(),
        found.join("\n")
    );
}

/// The server says a byte and resets before the relay may have seen that it is connected.
const HASTY: Case = Case {
    first: Side::Server,
    manner: Manner::Torn,
    pending: [0, 1],
    slow: None,
    when: When::AtOnce,
};

/// All with little on its way, and those with much that tell most.
fn quick(ends: Ends) -> Vec<Case> {
    let mut cases = Case::product(&LITTLE, ends);
    let telling = |case: &&Case| {
        case.pending.contains(&MUCH) && case.pending.iter().all(|size| [0, MUCH].contains(size))
    };
    let much = Case::product(&[0, MUCH], ends);
    cases.extend(much.iter().filter(telling));
    cases
}

#[test]
fn tcp_to_tcp() {
    assert_passes(TCP, &quick(TCP));
}

#[test]
fn unix_to_unix() {
    assert_passes((true, true), &quick((true, true)));
}

#[test]
fn tcp_to_unix() {
    assert_passes((false, true), &quick((false, true)));
}

#[test]
fn unix_to_tcp() {
    assert_passes((true, false), &quick((true, false)));
}

/// A reply that is asked for by half a close and comes late is a reply all the same.
#[test]
fn f04_half_a_close_is_kept_for_as_long_as_the_peers_want_it() {
    assert_passes(TCP, &late(Duration::from_secs(2)));
}

#[test]
fn f01_a_byte_is_passed_on_though_a_reset_follows_at_once() {
    for ends in [TCP, (true, false)] {
        assert_passes(ends, &[HASTY; 50]);
    }
}

#[test]
#[ignore = "the whole product takes minutes"]
fn the_whole_product() {
    let sizes = [0, 1, 64 << 10, MUCH];
    for ends in [TCP, (true, true), (false, true), (true, false)] {
        assert_passes(ends, &Case::product(&sizes, ends));
    }
    assert_passes(TCP, &late(Duration::from_secs(30)));
}

/// Each side asks by half a close; the other one watches the connection for so long, and then replies.
fn late(pause: Duration) -> Vec<Case> {
    let case = |first, size| Case {
        first,
        manner: Manner::HalfClose,
        pending: [size; 2],
        slow: None,
        when: When::Late(pause),
    };
    vec![case(Side::Client, 64 << 10), case(Side::Server, 64 << 10)]
}

/// What a relay of others is known to do wrong is found, and nothing is found in what it does right.
#[track_caller]
fn assert_found(program: &Program, wrong: &[Case], right: &[Case]) {
    if !is_installed(program.needs) {
        return;
    }
    for case in wrong {
        let found = judge(program, TCP, std::slice::from_ref(case));
        assert!(!found.is_empty(), "{case}: nothing was found");
    }
    let found = judge(program, TCP, right);
    assert!(found.is_empty(), "found wrongly:\n{}", found.join("\n"));
}

/// Those in which both directions end in order, one after the other.
fn orderly() -> Vec<Case> {
    let cases = Case::product(&LITTLE, TCP).into_iter();
    let is_orderly = |case: &Case| matches!(case.manner, Manner::HalfClose | Manner::Close);
    cases.filter(is_orderly).collect()
}

fn reset(first: Side) -> Case {
    Case {
        first,
        manner: Manner::Reset,
        pending: [1; 2],
        slow: None,
        when: When::AtOnce,
    }
}

#[test]
#[ignore = "judges the judge by programs of others, whatever their version"]
fn socat_cuts_a_late_reply_by_its_timer_and_hides_resets() {
    let mut wrong = late(Duration::from_secs(2));
    wrong.extend(Side::BOTH.map(reset));
    assert_found(&SOCAT, &wrong, &orderly());
}

#[test]
#[ignore = "judges the judge by programs of others, whatever their version"]
fn haproxy_hides_a_reset_of_the_server() {
    assert_found(&HAPROXY, &[reset(Side::Server)], &[reset(Side::Client)]);
}

#[test]
#[ignore = "judges the judge by programs of others, whatever their version"]
fn nginx_cuts_a_reply_behind_half_a_close() {
    let close = |case: &Case| matches!(case.manner, Manner::Close);
    let right: Vec<Case> = orderly().into_iter().filter(close).collect();
    assert_found(&NGINX, &late(Duration::from_secs(2)), &right);
}

#[test]
#[ignore = "judges the judge by programs of others, whatever their version"]
fn ncat_cuts_whatever_comes_behind_an_end() {
    assert_found(&NCAT, &late(Duration::from_secs(2))[..1], &[]);
}
