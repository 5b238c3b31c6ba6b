//! Binding, listening and accepting: transcripts of what the net does in the simulated kernel.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use world::check;

#[test]
fn f22_accept_goes_on_after_a_connection_that_died() {
    check(
        "listen 7000
         fail accept ECONNABORTED
         connect 7000
         run",
        "A opened listener tcp
         A socket(tcp) = 0
         A setsockopt(reuseaddr, on) = 0
         A bind(127.0.0.1:7000) = 0
         ~A setsockopt(oobinline, on) = 0
         A listen(128) = 0
         ~A at :7000 to -
         B opened client tcp
         B socket(tcp) = 0
         ~B setsockopt(oobinline, on) = 0
         B connect(127.0.0.1:7000) = ... #1
         B connect(127.0.0.1:7000) = EINPROGRESS #1
         ~A accept() = ECONNABORTED
         ~B getsockopt(SO_ERROR) = 0 #1
         B connect(127.0.0.1:7000) = 0 #1 done
         ~B at :40001 to :7000
         ~A accept() = C :40001
         ~C opened accepted tcp of A
         ~C at :7000 to :40001
         ~A accept() = EAGAIN",
    );
}

#[test]
fn f20_without_descriptors_accept_pauses() {
    check(
        "listen 7000
         fail accept EMFILE
         fail accept EMFILE
         connect 7000
         run 1",
        "A opened listener tcp
         A socket(tcp) = 0
         A setsockopt(reuseaddr, on) = 0
         A bind(127.0.0.1:7000) = 0
         ~A setsockopt(oobinline, on) = 0
         A listen(128) = 0
         ~A at :7000 to -
         B opened client tcp
         B socket(tcp) = 0
         ~B setsockopt(oobinline, on) = 0
         B connect(127.0.0.1:7000) = ... #1
         B connect(127.0.0.1:7000) = EINPROGRESS #1
         ~A accept() = EMFILE
         ~A limit accept 0: too many open files: nothing is accepted until there is one free
         ~B getsockopt(SO_ERROR) = 0 #1
         B connect(127.0.0.1:7000) = 0 #1 done
         ~B at :40001 to :7000
         ~A accept() = EMFILE
         ~A accept() = C :40001
         ~C opened accepted tcp of A
         ~C at :7000 to :40001
         ~A limit accept 0: over",
    );
}

#[test]
fn f23_an_address_in_use() {
    check(
        "listen 7000
         listen 7000",
        "A opened listener tcp
         A socket(tcp) = 0
         A setsockopt(reuseaddr, on) = 0
         A bind(127.0.0.1:7000) = 0
         ~A setsockopt(oobinline, on) = 0
         A listen(128) = 0
         ~A at :7000 to -
         B opened listener tcp
         B socket(tcp) = 0
         B setsockopt(reuseaddr, on) = 0
         B bind(127.0.0.1:7000) = EADDRINUSE
         ~B address is simulated's, listen
         B close() = 0
         ~B is CLOSED",
    );
}

#[test]
fn everywhere_is_said_so() {
    check(
        "listen *:7000
         A close",
        "A opened listener tcp
         A socket(tcp) = 0
         A setsockopt(v6only, off) = 0
         A setsockopt(reuseaddr, on) = 0
         A bind([::]:7000) = 0
         ~A setsockopt(oobinline, on) = 0
         A listen(128) = 0
         ~A at [::]:7000 to -
         ~A limit exposed 0: reachable from other machines at 10.0.0.5:7000, [2001:db8::1]:7000
         A close() = 0
         ~A limit exposed 0: over
         ~A is CLOSED",
    );
}

#[test]
fn everywhere_without_ipv6() {
    check(
        "nov6
         listen *:7000",
        "A opened listener tcp
         A socket(tcp) = EAFNOSUPPORT
         A socket(tcp) = 0
         A setsockopt(reuseaddr, on) = 0
         A bind(0.0.0.0:7000) = 0
         ~A setsockopt(oobinline, on) = 0
         A listen(128) = 0
         ~A at 0.0.0.0:7000 to -
         ~A limit exposed 0: reachable from other machines at 10.0.0.5:7000",
    );
}

#[test]
fn bind_and_start_are_the_halves_of_listen() {
    check(
        "bind 7000
         A start
         connect 7000
         run",
        "A opened listener tcp
         A socket(tcp) = 0
         A bind(127.0.0.1:7000) = 0
         ~A at :7000 to -
         ~A setsockopt(oobinline, on) = 0
         A listen(128) = 0
         B opened client tcp
         B socket(tcp) = 0
         ~B setsockopt(oobinline, on) = 0
         B connect(127.0.0.1:7000) = ... #1
         B connect(127.0.0.1:7000) = EINPROGRESS #1
         ~A accept() = C :40001
         ~C opened accepted tcp of A
         ~C at :7000 to :40001
         ~B getsockopt(SO_ERROR) = 0 #1
         B connect(127.0.0.1:7000) = 0 #1 done
         ~B at :40001 to :7000",
    );
}

#[test]
fn f24_more_sockets_than_may_be() {
    check(
        "limit 2
         listen 7000
         forget
         connect 7000
         run
         connect 7000
         B close
         run 6",
        "B opened client tcp
         B socket(tcp) = 0
         ~B setsockopt(oobinline, on) = 0
         B connect(127.0.0.1:7000) = ... #1
         B connect(127.0.0.1:7000) = EINPROGRESS #1
         ~A accept() = 0
         ~ limit sockets: 1 connections were accepted and closed: there are 2 sockets, the most that may be
         ~B getsockopt(SO_ERROR) = 0 #1
         B connect(127.0.0.1:7000) = 0 #1 done
         ~B at :40001 to :7000
         ~B recv(65536) = 0
         ~B in ended well
         refused 2 sockets are open, the most that may be
         B shutdown(write) = 0
         ~B out ended well
         B close() = 0
         ~ limit sockets: over
         ~B is CLOSED",
    );
}

#[test]
fn f21_a_connection_reset_before_it_was_accepted() {
    check(
        "listen 7000 manual
         connect 7000 manual
         run
         forget
         B abort
         A accept
         C recv 5",
        "B setsockopt(linger, 0) = 0
         B close() = 0
         ~B is CLOSED
         A accept() = C :40001
         C opened accepted tcp of A
         C reading manual
         ~C at :7000 to :40001
         C recv(5) = ECONNRESET
         ~C in ended ECONNRESET
         ~C out ended ECONNRESET",
    );
}

#[test]
fn what_is_kept_holds_for_all_that_is_accepted() {
    check(
        "listen 7000 keep 4096 manual
         connect 7000
         run
         forget
         A accept
         A reading auto 100",
        "A accept() = C :40001
         C opened accepted tcp of A
         C reading manual keep 4096
         ~C at :7000 to :40001
         A reading auto 100/s keep 4096
         ~A setsockopt(oobinline, on) = 0",
    );
    check(
        "listen udp://:7000 keep 10",
        "A opened datagram udp
         A reading auto keep 10
         A socket(udp) = 0
         A bind(127.0.0.1:7000) = 0
         ~A at :7000 to -",
    );
}

/// The banner of a listener, and only that.
fn banner(lines: &str, expected: &str) {
    let mut world = world::World::new(0);
    world.act(lines);
    let told = world.told();
    let banner = told.lines().find_map(|line| line.split_once("exposed 0: "));
    assert_eq!(banner.map(|(_, text)| text), Some(expected), "{told}");
}

#[test]
fn the_banner_names_the_addresses_that_reach_it() {
    let all = "addresses 127.0.0.1 ::1 10.0.0.5 2001:db8::1 fe80::1";
    banner(
        &format!("{all}\nlisten [::]:70"),
        "reachable from other machines at 10.0.0.5:70, [2001:db8::1]:70, [fe80::1]:70",
    );
    banner(
        &format!("{all}\nbind udp://0.0.0.0:70"),
        "reachable from other machines at 10.0.0.5:70",
    );
    banner(
        &format!("{all}\nbind [::]:70\nA set v6only on\nA start"),
        "reachable from other machines at [2001:db8::1]:70, [fe80::1]:70",
    );
    banner(
        "addresses 127.0.0.1\nlisten 0.0.0.0:70",
        "reachable from other machines at 0.0.0.0:70, once this one has an address",
    );
    banner(
        "addresses 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8\nlisten 0.0.0.0:7",
        "reachable from other machines at 10.0.0.1:7, 10.0.0.2:7, 10.0.0.3:7, 10.0.0.4:7, 10.0.0.5:7, 10.0.0.6:7 \
         and 2 more",
    );
}

#[test]
fn a_zone_is_an_interface_by_name_or_number() {
    check(
        "connect tcp://[fe80::1%eth0]:7 timeout 1
         run
         forget
         connect tcp://[fe80::1%9]:7 timeout 1
         run
         forget
         connect tcp://[fe80::1%wlan7]:7
         listen tcp://[fe80::1%wlan7]:7",
        "C opened client tcp
         C refused this machine has no interface wlan7
         ~C is CLOSED
         D opened listener tcp
         D refused this machine has no interface wlan7
         ~D is CLOSED",
    );
    for (zone, scope) in [("eth0", 2), ("9", 9)] {
        let mut world = world::World::new(0);
        world.act(&format!("connect tcp://[fe80::1%{zone}]:7"));
        let call = format!("connect([fe80::1%{scope}]:7)");
        assert!(world.told().contains(&call), "{}", world.told());
    }
}

#[test]
fn the_banner_of_a_shortage_goes_with_any_accept() {
    check(
        "listen 7000
         fail accept EMFILE
         connect 7000
         run
         A reading manual
         forget
         A accept",
        "A accept() = C :40001
         C opened accepted tcp of A
         C reading manual
         ~C at :7000 to :40001
         ~A limit accept 0: over",
    );
}
