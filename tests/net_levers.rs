//! The cable, second descriptors and forgotten ones, on the simulated kernel.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use sockeye::event::What;
use world::{World, check};

#[test]
fn a_cable_heals_by_itself_and_what_was_sent_arrives() {
    check(
        "pair tcp
         run
         forget
         A unplug 3
         A send hi
         run 2
         B unplug
         run 2",
        "A setsockopt(md5sig, 127.0.0.1:40001 key) = 0
         ~A cable md5sig
         ~A getsockopt(rto-max) = 120000
         ~A setsockopt(rto-max, 1000) = 0
         ~A setsockopt(user-timeout, 924600) = 0
         ~B cable md5sig
         ~B getsockopt(rto-max) = 120000
         ~B setsockopt(rto-max, 1000) = 0
         ~B setsockopt(user-timeout, 924600) = 0
         A send(2) = 2 out 0..2
         B refused the cable is pulled already: `plug`
         ~A setsockopt(md5sig, 127.0.0.1:40001 off) = 0
         ~A cable plugged
         ~A setsockopt(rto-max, 120000) = 0
         ~A setsockopt(user-timeout, off) = 0
         ~B cable plugged
         ~B setsockopt(rto-max, 120000) = 0
         ~B setsockopt(user-timeout, off) = 0
         ~B recv(65536) = 2 in 0..2",
    );
}

#[test]
fn a_cable_that_the_kernel_does_not_plug_in_stays_pulled_and_is_tried_again() {
    let mut world = World::new(0);
    world.act(
        "pair tcp
         run
         A unplug
         A send hi
         run 1
         forget",
    );
    world.kernel.fail("sign", "ENOMEM");
    world.act("A plug");
    let told = world.told();
    assert!(
        told.contains("A refused the cable is still pulled: "),
        "{told}"
    );
    assert!(!told.contains("plugged"), "{told}");
    world.act("run 2");
    let told = world.told();
    assert!(told.contains("~A cable plugged"), "{told}");
    assert!(told.contains("~B recv(65536) = 2 in 0..2"), "{told}");
}

#[test]
fn a_cable_stays_pulled_of_a_connection_that_failed_once_and_lives() {
    let mut world = World::new(0);
    world.act("pair tcp\nrun");
    world.kernel.fail("send", "ENETUNREACH");
    world.act("A send hi\nrun\nA unplug\nforget");
    world.kernel.fail("sign", "ENOMEM");
    world.act("A plug");
    let told = world.told();
    assert!(told.contains("cable is still pulled: "), "{told}");
    assert!(!told.contains("plugged"), "{told}");
}

#[test]
fn what_is_not_acknowledged_is_sent_again_after_pauses_that_grow() {
    let mut world = World::new(0);
    world.act(
        "pair tcp
               run
               A set rto-max 120000
               A unplug
               look A
               A send hi
               run 7",
    );
    let mut seen = Vec::new();
    for event in &world.events {
        if let What::Fact(fact) = &event.what
            && let Some(count) = fact.retransmits.filter(|count| *count > 0)
            && seen.last().is_none_or(|(last, _)| *last != count)
        {
            seen.push((count, event.at));
        }
    }
    let gaps: Vec<_> = seen
        .windows(2)
        .map(|two| two[1].1.saturating_sub(two[0].1))
        .collect();
    assert!(gaps.len() >= 3, "{seen:?}");
    assert!(gaps.windows(2).all(|two| two[1] > two[0]), "{gaps:?}");
}

#[test]
fn a_peer_that_cannot_be_reached_is_given_up_when_the_user_said_so() {
    check(
        "pair tcp
         run
         A set user-timeout 2000
         A unplug
         forget
         A send hi
         run 3
         A plug",
        "A send(2) = 2 out 0..2
         ~A recv(65536) = ETIMEDOUT
         ~A in ended ETIMEDOUT
         ~A out ended ETIMEDOUT
         A setsockopt(md5sig, 127.0.0.1:40001 off) = 0
         ~A cable plugged
         ~A setsockopt(rto-max, 120000) = 0
         ~B cable plugged
         ~B setsockopt(rto-max, 120000) = 0
         ~B setsockopt(user-timeout, off) = 0",
    );
}

#[test]
fn a_reset_that_is_lost_leaves_half_a_connection() {
    check(
        "pair tcp
         run
         A unplug
         B abort
         run
         A plug
         forget
         A send hi
         run",
        "A send(2) = 2 out 0..2
         ~A recv(65536) = ECONNRESET
         ~A in ended ECONNRESET
         ~A out ended ECONNRESET",
    );
}

#[test]
fn without_md5sig_a_pair_stands_still_and_is_told_to_be_simulated() {
    check(
        "pair tcp
         run
         forget
         fail sign ENOPROTOOPT
         A unplug
         A send hi
         run
         B plug
         run",
        "A setsockopt(md5sig, 127.0.0.1:40001 key) = ENOPROTOOPT
         A note ENOPROTOOPT: this kernel has no TCP_MD5SIG; simulated instead: nothing is sent or read at both ends
         ~A cable simulated
         ~B cable simulated
         ~A holds 2 staged 0
         ~B cable plugged
         ~A cable plugged
         A send(2) = 2 out 0..2
         ~A holds 0 staged 0
         ~B recv(65536) = 2 in 0..2",
    );
}

#[test]
fn unix_streams_have_no_cable_and_datagrams_are_filtered_at_both_ends() {
    check(
        "pair unix
         A unplug
         pair udp
         C unplug
         forget
         C send hi
         D send ho
         run
         D plug
         C send hu
         run",
        "C send(2) = 2 out 0..2
         D send(2) = 2 out 0..2
         D setsockopt(filter, off) = 0
         ~D cable plugged
         C setsockopt(filter, off) = 0
         ~C cable plugged
         C send(2) = 2 out 2..4
         ~D recv(65536) = 2 from :40001 in 0..2",
    );
}

#[test]
fn close_takes_one_of_two_descriptors_and_the_peer_hears_nothing() {
    check(
        "pair tcp manual
         run
         forget
         A dup
         A close
         B send hi
         A recv 10
         A dup
         A abort
         A close
         run",
        "A dup() = 0
         ~A refs 2
         A close() = 0
         ~A refs 1
         B send(2) = 2 out 0..2
         A recv(10) = 2 in 0..2
         A dup() = 0
         ~A refs 2
         A setsockopt(linger, 0) = 0
         A close() = 0
         ~A refs 1
         A shutdown(write) = 0
         ~A out ended well",
    );
}

#[test]
fn what_is_forgotten_is_silent() {
    check(
        "pair tcp
         run
         forget
         A dup
         A leak
         B send hi
         A send ho
         A get nodelay
         run",
        "A dup() = 0
         ~A refs 2
         ~A refs 2 leaked
         B send(2) = 2 out 0..2
         A refused its descriptor is forgotten: nobody can make a call on it any more
         A getsockopt(nodelay) = off",
    );
}
