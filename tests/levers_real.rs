//! The levers on the real kernel, as an ordinary user has them: the cable on both families, descriptors, calls that are
//! held. Where the kernel lets nobody pull a cable, the tests say so aloud.

#![expect(clippy::unwrap_used, reason = "a broken test shall stop")]

#[path = "support/skip.rs"]
mod skip;

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Plays a script with the real program; what it printed, an object a line, and whether it passed.
fn play(script: &str) -> (Vec<Value>, bool) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sockeye"))
        .args(["run", "-", "--json", "--clean", "--timeout", "60s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(script.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let events = text.lines().map(|line| serde_json::from_str(line).unwrap());
    (events.collect(), output.status.success())
}

/// Plays a script that must pass, unless the kernel cannot pull a cable: then nothing comes of it, said aloud.
#[track_caller]
fn passes(script: &str) -> Option<Vec<Value>> {
    let (events, passed) = play(script);
    let lacks = |event: &Value| {
        event["args"]["option"] == "md5sig"
            && event["value"].is_null()
            && event["errno"].is_string()
    };
    if let Some(call) = events.iter().find(|event| lacks(event)) {
        assert_eq!(call["errno"], "ENOPROTOOPT");
        skip::skip("TCP_MD5SIG");
        return None;
    }
    assert!(
        passed,
        "{script}\n{:#?}",
        events.iter().rev().take(12).collect::<Vec<_>>()
    );
    Some(events)
}

/// The results of the calls of one name on one socket.
fn results(events: &[Value], conn: &str, call: &str) -> Vec<String> {
    let of = events
        .iter()
        .filter(|event| event["conn"] == conn && event["call"] == call);
    of.map(|event| match &event["errno"] {
        Value::String(errno) => errno.clone(),
        _ => event["ret"].to_string(),
    })
    .collect()
}

/// Two ends of a connection over one of the families.
fn connection(host: &str) -> String {
    format!("listen {host}:0 as L\nconnect @L as A\n@L wait accepted\n")
}

#[test]
fn what_is_sent_into_a_pulled_cable_is_sent_again_after_pauses_that_grow() {
    for host in ["127.0.0.1", "[::1]"] {
        let script = connection(host)
            + "@A unplug
               @A send \"hello\"
               @A wait fact retransmits >= 4 within 20s
               @A plug
               @B expect \"hello\" within 5s";
        let Some(events) = passes(&script) else {
            return;
        };
        let mut seen: Vec<(u64, f64)> = Vec::new();
        for event in events.iter().filter(|event| event["conn"] == "A") {
            let (count, at) = (event["retransmits"].as_u64(), event["t"].as_f64());
            if let (Some(count @ 1..), Some(at)) = (count, at)
                && seen.last().is_none_or(|(last, _)| *last < count)
            {
                seen.push((count, at));
            }
        }
        // The kernel's pauses double, and what samples them is a tenth of a second late at the most.
        let gaps: Vec<f64> = seen.windows(2).map(|two| two[1].1 - two[0].1).collect();
        assert!(gaps.len() >= 2, "{host}: {seen:?}");
        assert!(gaps[1] > gaps[0], "{host}: {seen:?}");
    }
}

#[test]
fn a_reset_that_nobody_hears_leaves_half_a_connection() {
    for host in ["127.0.0.1", "[::1]"] {
        let script = connection(host)
            + "@A unplug
               @B abort
               @B wait closed
               @A plug
               @A send \"hello\"
               @A wait reset";
        let Some(events) = passes(&script) else {
            return;
        };
        assert_eq!(results(&events, "A", "send"), ["5"], "{host}");
    }
}

#[test]
fn who_is_unplugged_and_idle_learns_nothing_but_by_keepalive() {
    let script = connection("127.0.0.1")
        + "@B set keepalive 1 1 2
           @A unplug
           @B wait timeout within 20s
           @A get nodelay
           @A expect call getsockopt";
    let Some(events) = passes(&script) else {
        return;
    };
    let of_a = |event: &&Value| event["conn"] == "A" && event["ended"].is_string();
    assert!(!events.iter().any(|event| of_a(&event)));
}

#[test]
fn nobody_reaches_a_listener_whose_cable_is_out() {
    for host in ["127.0.0.1", "[::1]"] {
        let script = format!(
            "listen {host}:0 as L
             @L unplug
             connect @L timeout 300ms as A
             @L plug
             connect @L as C
             @C send \"hi\""
        );
        let Some(events) = passes(&script) else {
            return;
        };
        assert_eq!(
            results(&events, "L", "accept").first().unwrap(),
            "0",
            "{host}"
        );
        let gave_up = |event: &Value| event["conn"] == "A" && event["why"].is_string();
        assert!(events.iter().any(gave_up), "{host}");
    }
}

#[test]
fn datagrams_are_dropped_at_both_ends_and_come_again() {
    let (events, passed) = play(
        "pair udp as A B
         @A unplug
         @A send \"lost\"
         @B send \"lost\"
         @B plug
         @A send \"there\"
         @B expect message \"there\"
         @B send \"back\"
         @A expect message \"back\"",
    );
    assert!(passed, "{events:#?}");
}

#[test]
fn of_two_descriptors_close_takes_one_and_the_peer_is_told_nothing() {
    let script = connection("127.0.0.1")
        + "@A dup
           @A close
           @A send \"still here\"
           @B expect \"still here\"
           @B wait state ESTAB
           @A close
           @B wait eof
           @B close
           @A wait closed";
    let (events, passed) = play(&script);
    assert!(passed, "{events:#?}");
    assert_eq!(results(&events, "A", "close"), ["0", "0"]);
    assert_eq!(results(&events, "A", "shutdown"), ["0"]);
    let refs: Vec<&Value> = events
        .iter()
        .map(|it| &it["refs"])
        .filter(|it| !it.is_null())
        .collect();
    assert_eq!(refs, [&Value::from(2), &Value::from(1)]);
}

#[test]
fn what_is_forgotten_stays_open_and_silent() {
    let script = connection("127.0.0.1")
        + "@A leak
           @B send \"anybody there?\"
           @A wait fact waiting >= 14
           @B wait state ESTAB";
    let (events, passed) = play(&script);
    assert!(passed, "{events:#?}");
    assert!(results(&events, "A", "recv").is_empty());
    assert!(results(&events, "A", "close").is_empty());
}

#[test]
fn a_held_listener_lets_nobody_in_before_its_listen_is_made() {
    let (events, passed) = play(
        "bind 127.0.0.1:0 as L
         hold on
         @L start
         @L do
         connect @L as A
         @A do
         @A do
         @A do
         @A wait refused
         @L do
         connect @L as B
         @B do
         @B do
         @B do
         @B wait connected
         @L do
         hold off
         @L wait accepted",
    );
    assert!(passed, "{events:#?}");
    assert_eq!(results(&events, "L", "listen"), ["0"]);
    let made = |event: &&Value| event["made"] == true;
    let armed = events
        .iter()
        .filter(|event| event["armed"].is_u64())
        .count();
    let done = events.iter().filter(made).count();
    let taken_back = events.iter().filter(|event| event["made"] == false).count();
    assert_eq!(armed, done + taken_back);
}
