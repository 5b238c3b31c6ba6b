//! The levers, in the simulated kernel: cable, descriptors, and calls that are armed before they are made.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use sockeye::event::What;
use world::{World, check};

#[test]
fn each_do_makes_one_call_of_a_listener() {
    check(
        "hold on
         listen 7000
         do
         do
         do
         do
         do
         do",
        "hold on
         A opened listener tcp
         A armed 1 socket(tcp)
         A armed 2 setsockopt(reuseaddr, on)
         A armed 3 bind(127.0.0.1:7000)
         A armed 4 setsockopt(oobinline, on)
         A armed 5 listen(128)
         ~A does 1
         A socket(tcp) = 0
         ~A does 2
         A setsockopt(reuseaddr, on) = 0
         ~A does 3
         A bind(127.0.0.1:7000) = 0
         ~A does 4
         ~A setsockopt(oobinline, on) = 0
         ~A does 5
         A listen(128) = 0
         ~A at :7000 to -
         refused no call is armed",
    );
}

#[test]
fn a_client_that_is_held_is_refused_before_listen_and_not_after() {
    check(
        "hold on
         listen 7000 manual
         A do
         A do
         A do
         connect 7000
         B do
         B do
         B do
         run
         B do
         A do
         connect 7000
         C do
         C do
         C do
         run",
        "hold on
         A opened listener tcp
         A reading manual
         A armed 1 socket(tcp)
         A armed 2 setsockopt(reuseaddr, on)
         A armed 3 bind(127.0.0.1:7000)
         A armed 4 listen(128)
         ~A does 1
         A socket(tcp) = 0
         ~A does 2
         A setsockopt(reuseaddr, on) = 0
         ~A does 3
         A bind(127.0.0.1:7000) = 0
         B opened client tcp
         B armed 5 socket(tcp)
         B armed 6 setsockopt(oobinline, on)
         B armed 7 connect(127.0.0.1:7000)
         ~B does 5
         B socket(tcp) = 0
         ~B does 6
         ~B setsockopt(oobinline, on) = 0
         ~B does 7
         B connect(127.0.0.1:7000) = ... #1
         B connect(127.0.0.1:7000) = EINPROGRESS #1
         ~B getsockopt(SO_ERROR) = ECONNREFUSED #1
         B connect(127.0.0.1:7000) = ECONNREFUSED #1 done
         B armed 8 close()
         ~B does 8
         B close() = 0
         ~B is CLOSED
         ~A does 4
         A listen(128) = 0
         ~A at :7000 to -
         C opened client tcp
         C armed 9 socket(tcp)
         C armed 10 setsockopt(oobinline, on)
         C armed 11 connect(127.0.0.1:7000)
         ~C does 9
         C socket(tcp) = 0
         ~C does 10
         ~C setsockopt(oobinline, on) = 0
         ~C does 11
         C connect(127.0.0.1:7000) = ... #2
         C connect(127.0.0.1:7000) = EINPROGRESS #2
         ~C getsockopt(SO_ERROR) = 0 #2
         C connect(127.0.0.1:7000) = 0 #2 done
         ~C at :40002 to :7000",
    );
}

#[test]
fn what_the_loop_does_by_itself_is_armed_too() {
    check(
        "listen 7000
         connect 7000
         run
         hold on
         forget
         B send hi
         B do
         run
         C do
         run
         connect 7000
         D do
         D do
         D do
         run
         do
         run
         A reading manual
         hold off
         run",
        "B armed 1 send(2)
         ~B does 1
         B send(2) = 2 out 0..2
         ~C armed 2 recv(65536)
         ~C does 2
         ~C recv(65536) = 2 in 0..2
         D opened client tcp
         D armed 3 socket(tcp)
         D armed 4 setsockopt(oobinline, on)
         D armed 5 connect(127.0.0.1:7000)
         ~D does 3
         D socket(tcp) = 0
         ~D does 4
         ~D setsockopt(oobinline, on) = 0
         ~D does 5
         D connect(127.0.0.1:7000) = ... #2
         D connect(127.0.0.1:7000) = EINPROGRESS #2
         ~A armed 6 accept()
         ~D getsockopt(SO_ERROR) = 0 #2
         D connect(127.0.0.1:7000) = 0 #2 done
         ~D at :40002 to :7000
         ~A does 6
         ~A accept() = E :40002
         ~E opened accepted tcp of A
         ~E at :7000 to :40002
         A reading manual
         ~A setsockopt(oobinline, off) = 0
         hold off",
    );
}

#[test]
fn close_and_abort_are_one_call_after_the_other() {
    check(
        "pair tcp
         run
         hold on
         forget
         A close
         B set nodelay on
         do
         run
         do
         do
         do
         do
         run
         B abort
         do
         do
         run
         do
         do",
        "A armed 1 shutdown(write)
         B armed 2 setsockopt(nodelay, on)
         B armed 3 getsockopt(nodelay)
         ~A does 1
         A shutdown(write) = 0
         ~A out ended well
         ~B armed 4 recv(65536)
         ~B does 2
         B setsockopt(nodelay, on) = 0
         ~B does 3
         B getsockopt(nodelay) = on
         ~B does 4
         ~B recv(65536) = 0
         ~B in ended well
         refused no call is armed
         B armed 5 setsockopt(linger, 0)
         B armed 6 close()
         ~B does 5
         B setsockopt(linger, 0) = 0
         ~B does 6
         B close() = 0
         ~B is CLOSED
         ~A armed 7 recv(65536)
         ~A does 7
         ~A recv(65536) = ECONNRESET
         ~A in ended ECONNRESET
         A armed 8 close()
         ~A does 8
         A close() = 0
         ~A is CLOSED",
    );
}

#[test]
fn what_is_armed_can_be_taken_back_and_a_failure_takes_back_what_follows() {
    check(
        "listen 7000
         run
         hold on
         forget
         listen 7000
         disarm
         listen 7000
         do
         do
         do
         do
         A set nodelay on
         A close
         disarm
         hold off",
        "B opened listener tcp
         B armed 1 socket(tcp)
         B armed 2 setsockopt(reuseaddr, on)
         B armed 3 bind(127.0.0.1:7000)
         B armed 4 setsockopt(oobinline, on)
         B armed 5 listen(128)
         B disarmed 5
         ~B disarmed 1
         ~B disarmed 2
         ~B disarmed 3
         ~B disarmed 4
         ~B is CLOSED
         C opened listener tcp
         C armed 6 socket(tcp)
         C armed 7 setsockopt(reuseaddr, on)
         C armed 8 bind(127.0.0.1:7000)
         C armed 9 setsockopt(oobinline, on)
         C armed 10 listen(128)
         ~C does 6
         C socket(tcp) = 0
         ~C does 7
         C setsockopt(reuseaddr, on) = 0
         ~C does 8
         C bind(127.0.0.1:7000) = EADDRINUSE
         ~C address is simulated's, listen
         ~C disarmed 9
         ~C disarmed 10
         C armed 11 close()
         ~C does 11
         C close() = 0
         ~C is CLOSED
         A armed 12 setsockopt(nodelay, on)
         A armed 13 getsockopt(nodelay)
         A armed 14 close()
         A disarmed 14
         hold off
         ~A does 12
         A setsockopt(nodelay, on) = 0
         ~A does 13
         A getsockopt(nodelay) = on",
    );
}

#[test]
fn what_is_held_is_made_in_its_order_when_the_hold_is_over() {
    check(
        "listen 7000
         run
         hold on
         forget
         connect 7000
         B send hi
         hold off
         run",
        "B opened client tcp
         B armed 1 socket(tcp)
         B armed 2 setsockopt(oobinline, on)
         B armed 3 connect(127.0.0.1:7000)
         B armed 4 send(2)
         hold off
         ~B does 1
         B socket(tcp) = 0
         ~B does 2
         ~B setsockopt(oobinline, on) = 0
         ~B does 3
         B connect(127.0.0.1:7000) = ... #1
         B connect(127.0.0.1:7000) = EINPROGRESS #1
         ~B does 4
         ~B holds 2 staged 0
         ~A accept() = C :40001
         ~C opened accepted tcp of A
         ~C at :7000 to :40001
         ~B getsockopt(SO_ERROR) = 0 #1
         B connect(127.0.0.1:7000) = 0 #1 done
         ~B at :40001 to :7000
         B send(2) = 2 out 0..2
         ~B holds 0 staged 0
         ~C recv(65536) = 2 in 0..2",
    );
}

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
