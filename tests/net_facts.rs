//! What the net tells of the kernel's numbers: of sockets of our own, of the other end where it is another program's,
//! and of what is left of a closed connection. Transcripts of what it does in the simulated kernel.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use std::time::Duration;

use sockeye::event::{ConnId, Event, Fact, State, Timer, What};
use sockeye::os::Os as _;
use world::{World, check};

const A: ConnId = ConnId(0);

/// The numbers that were told of a socket.
fn facts(events: &[Event], conn: ConnId) -> Vec<Fact> {
    let told = events.iter().filter(|event| event.conn == Some(conn));
    told.filter_map(|event| match event.what {
        What::Fact(fact) => Some(fact),
        _ => None,
    })
    .collect()
}

#[test]
fn what_closing_leaves_is_told_while_it_is_looked_at() {
    check(
        "pair tcp manual
         run
         look A
         run 2
         forget
         A close
         run 1
         B close
         run 2
         run 70",
        "A shutdown(write) = 0
         ~A out ended well
         ~A is FIN_WAIT2
         B shutdown(write) = 0
         ~B out ended well
         ~A recv(65536) = 0
         ~A in ended well
         A close() = 0
         ~A is CLOSED
         ~A is TIME_WAIT
         ~A waiting 0
         ~B recv(65536) = 0
         ~B in ended well
         B close() = 0
         ~B is CLOSED
         ~A is CLOSED
         ~A waiting 0",
    );
}

#[test]
fn what_nobody_looks_at_is_not_asked_for() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun\nforget\nA close\nB close\nrun 2");
    let after = world
        .events
        .iter()
        .rev()
        .take_while(|event| event.what != What::Gone);
    assert_eq!(after.count(), 0, "{}", world.told());
    assert_eq!(world.net.deadline(), None);
}

#[test]
fn time_wait_counts_down_and_ends() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun\nlook A\nA close\nB close\nrun 2");
    let told = facts(&world.events, A);
    let last = told.last().unwrap();
    assert_eq!(last.state, Some(State::TimeWait));
    assert_eq!(last.timer, Some(Timer::Wait));
    assert!(last.timer_ms.is_some_and(|ms| ms > 55_000), "{last:?}");
    world.act("forget\nrun 30");
    assert_eq!(
        world.told(),
        "",
        "a clock that runs as it was told is no news"
    );
    world.act("run 40");
    assert_eq!(facts(&world.events, A), [Fact::default()]);
    assert_eq!(
        world.net.deadline(),
        None,
        "and then nothing is asked any more"
    );
}

#[test]
fn the_other_end_of_another_program_is_told() {
    let mut world = World::new(0);
    world.act("listen 127.0.0.1:7000\nrun\nforget");
    let (stranger, _) = world.quick_stranger("127.0.0.1:7000");
    world.act("run\nlook B\nrun 2");
    let told = world.told();
    assert!(told.contains("~B peer is ESTAB, waiting 0"), "{told}");
    assert!(told.contains("~B peer is simulated's, estab"), "{told}");
    world.act("forget\nB send hello\nrun 2");
    let told = world.told();
    assert!(told.contains("~B peer is ESTAB, waiting 5"), "{told}");
    // It reads, of which nothing of ours tells.
    let mut buf = Vec::with_capacity(16);
    world
        .kernel
        .recv(stranger, &mut buf, 16, sockeye::event::Flags::default())
        .unwrap();
    world.act("forget\nrun 2");
    assert_eq!(world.told(), "~B peer is ESTAB, waiting 0\n");
    world.kernel.close(stranger);
    world.act("forget\nrun 2");
    assert!(world.told().contains("~B peer is"), "{}", world.told());
}

#[test]
fn what_a_script_begins_to_wait_for_is_told_changed_or_not() {
    let mut world = World::new(0);
    world.act("pair tcp\nrun\nlook A\nrun 2\nforget");
    world.turn(|net, turn| net.wait_for(Some(A), true, turn));
    assert_eq!(facts(&world.events, A).len(), 1, "{}", world.told());
    world.turn(|net, turn| net.wait_for(Some(A), false, turn));
    assert_eq!(facts(&world.events, A).len(), 1, "once");
    let next = world.net.deadline().expect("it is asked again");
    assert!(next <= world.kernel.now() + Duration::from_millis(100));
    world.turn(|net, turn| net.wait_for(None, false, turn));
    world.act("run 5");
    assert_eq!(world.net.deadline(), None);
}
