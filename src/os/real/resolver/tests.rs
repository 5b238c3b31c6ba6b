//! Threads that are stuck in a look-up: a gate that the test opens stands for the name server.

use std::net::Ipv4Addr;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use polling::Events;

use super::*;

static OPEN: Mutex<bool> = Mutex::new(false);
static OPENED: Condvar = Condvar::new();

/// Hangs on the name `hang` until the gate opens; `none` has no address.
fn gated(host: &str) -> Answer {
    if host == "hang" {
        drop(
            OPENED
                .wait_while(OPEN.lock().unwrap(), |open| !*open)
                .unwrap(),
        );
    }
    if host == "none" {
        return Err("no such name".to_owned());
    }
    Ok(vec![Ipv4Addr::LOCALHOST.into()])
}

fn next(resolver: &mut Resolver) -> (u64, Answer) {
    let mut events = Events::new();
    loop {
        if let Some(answer) = resolver.answer() {
            return answer;
        }
        events.clear();
        let limit = Some(Duration::from_secs(20));
        resolver.poller.wait(&mut events, limit).unwrap();
    }
}

#[test]
fn f25_a_name_that_hangs_is_left_behind_and_the_queue_goes_on() {
    let poller = Arc::new(Poller::new().unwrap());
    let mut resolver = Resolver::new(&poller, gated);
    resolver.resolve(0, "hang");
    resolver.resolve(1, "host");
    assert!(resolver.abandon(0));
    assert_eq!(next(&mut resolver), (1, gated("host")));
    for ticket in 10..13 {
        resolver.resolve(ticket, "hang");
        assert!(resolver.abandon(ticket));
    }
    // The fifth thread is the last.
    resolver.resolve(20, "hang");
    assert!(!resolver.abandon(20));
    resolver.resolve(21, "host");
    resolver.resolve(22, "host");
    assert!(resolver.abandon(22));
    *OPEN.lock().unwrap() = true;
    OPENED.notify_all();
    assert_eq!(next(&mut resolver), (21, gated("host")));
    resolver.resolve(23, "none");
    assert_eq!(next(&mut resolver), (23, gated("none")));
}

#[test]
fn a_queue_that_is_full_says_so() {
    let poller = Arc::new(Poller::new().unwrap());
    let mut resolver = Resolver::new(&poller, gated);
    for ticket in 0..=QUEUE_MAX as u64 + 1 {
        resolver.resolve(ticket, "host");
    }
    let refused = (0..=QUEUE_MAX)
        .map(|_| next(&mut resolver))
        .filter(|(_, answer)| answer.is_err())
        .count();
    assert!(refused <= 1, "{refused} were refused");
}
