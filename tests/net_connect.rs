//! Connecting, and pairs: transcripts of what the net does in the simulated kernel.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use world::check;

#[test]
fn f13_refused() {
    check(
        "connect 7000
         run",
        "A opened client tcp
         A socket(tcp) = 0
         ~A setsockopt(oobinline, on) = 0
         A connect(127.0.0.1:7000) = ... #1
         A connect(127.0.0.1:7000) = EINPROGRESS #1
         ~A getsockopt(SO_ERROR) = ECONNREFUSED #1
         A connect(127.0.0.1:7000) = ECONNREFUSED #1 done
         A close() = 0
         ~A is CLOSED",
    );
}

#[test]
fn f14_no_answer() {
    check(
        "silence 127.0.0.1:7000
         connect 7000 timeout 2
         run 3",
        "A opened client tcp
         A socket(tcp) = 0
         ~A setsockopt(oobinline, on) = 0
         A connect(127.0.0.1:7000) = ... #1
         A connect(127.0.0.1:7000) = EINPROGRESS #1
         A connect(127.0.0.1:7000) = cancelled: no answer in 2 s #1 done
         A close() = 0
         ~A is CLOSED",
    );
}

#[test]
fn retry_makes_the_next_attempt() {
    check(
        "connect 7000 retry 1
         run
         forget
         listen 7000
         run 1",
        "B opened listener tcp
         B socket(tcp) = 0
         B setsockopt(reuseaddr, on) = 0
         B bind(127.0.0.1:7000) = 0
         ~B setsockopt(oobinline, on) = 0
         B listen(128) = 0
         ~B at :7000 to -
         A socket(tcp) = 0
         ~A setsockopt(oobinline, on) = 0
         A connect(127.0.0.1:7000) = ... #2
         A connect(127.0.0.1:7000) = EINPROGRESS #2
         ~B accept() = C :40002
         ~C opened accepted tcp of B
         ~C at :7000 to :40002
         ~A getsockopt(SO_ERROR) = 0 #2
         A connect(127.0.0.1:7000) = 0 #2 done
         ~A at :40002 to :7000",
    );
}

#[test]
fn f26_every_address_is_tried() {
    check(
        "name two 127.0.0.9 127.0.0.1
         listen 7000
         connect two:7000
         run",
        "A opened listener tcp
         A socket(tcp) = 0
         A setsockopt(reuseaddr, on) = 0
         A bind(127.0.0.1:7000) = 0
         ~A setsockopt(oobinline, on) = 0
         A listen(128) = 0
         ~A at :7000 to -
         B opened client tcp
         ~B getaddrinfo(two) = ... #1
         ~B getaddrinfo(two) = 127.0.0.9:7000 :7000 #1 done
         B socket(tcp) = 0
         ~B setsockopt(oobinline, on) = 0
         B connect(127.0.0.9:7000) = ... #2
         B connect(127.0.0.9:7000) = EINPROGRESS #2
         ~B getsockopt(SO_ERROR) = ECONNREFUSED #2
         B connect(127.0.0.9:7000) = ECONNREFUSED #2 done
         B close() = 0
         B socket(tcp) = 0
         ~B setsockopt(oobinline, on) = 0
         B connect(127.0.0.1:7000) = ... #3
         B connect(127.0.0.1:7000) = EINPROGRESS #3
         ~A accept() = C :40002
         ~C opened accepted tcp of A
         ~C at :7000 to :40002
         ~B getsockopt(SO_ERROR) = 0 #3
         B connect(127.0.0.1:7000) = 0 #3 done
         ~B at :40002 to :7000",
    );
}

#[test]
fn f25_a_resolver_that_hangs_is_abandoned() {
    check(
        "connect nowhere:7000
         run 11",
        "A opened client tcp
         ~A getaddrinfo(nowhere) = ... #1
         ~A getaddrinfo(nowhere) = cancelled: no answer in 10 s #1 done
         ~A is CLOSED",
    );
}

#[test]
fn f26_no_such_name() {
    check(
        "name gone nobody
         connect gone:7000
         run",
        "A opened client tcp
         ~A getaddrinfo(gone) = ... #1
         ~A getaddrinfo(gone) = no such host #1 done
         ~A is CLOSED",
    );
}

#[test]
fn f18_self_connect() {
    check(
        "connect 7000 from 127.0.0.1:7000
         run",
        "A opened client tcp
         A socket(tcp) = 0
         ~A setsockopt(oobinline, on) = 0
         A bind(127.0.0.1:7000) = 0
         A connect(127.0.0.1:7000) = ... #1
         A connect(127.0.0.1:7000) = EINPROGRESS #1
         ~A getsockopt(SO_ERROR) = 0 #1
         A connect(127.0.0.1:7000) = 0 #1 done
         ~A at :7000 to :7000
         ~A note connected to itself: the kernel chose the very port that it connects to",
    );
}

#[test]
fn cancel_ends_a_connect() {
    check(
        "silence 127.0.0.1:7000
         connect 7000
         run
         A cancel
         A send x",
        "A opened client tcp
         A socket(tcp) = 0
         ~A setsockopt(oobinline, on) = 0
         A connect(127.0.0.1:7000) = ... #1
         A connect(127.0.0.1:7000) = EINPROGRESS #1
         A connect(127.0.0.1:7000) = cancelled: cancel #1 done
         A close() = 0
         ~A is CLOSED
         A refused this socket is closed",
    );
}

#[test]
fn a_unix_backlog_that_is_full_is_asked_again() {
    check(
        "listen unix:/s manual backlog 0
         connect unix:/s
         connect unix:/s
         run
         A accept
         run",
        "A opened listener unix
         A reading manual
         A socket(unix) = 0
         A bind(/s) = 0
         A listen(0) = 0
         ~A at /s to -
         B opened client unix
         B socket(unix) = 0
         B connect(/s) = 0
         ~B at (unnamed) to /s
         C opened client unix
         C socket(unix) = 0
         C connect(/s) = ... #1
         C connect(/s) = EAGAIN #1
         C connect(/s) = EAGAIN #1
         C connect(/s) = EAGAIN #1
         A accept() = D (unnamed)
         D opened accepted unix of A
         D reading manual
         ~D at /s to (unnamed)
         C connect(/s) = 0 #1 done
         ~C at (unnamed) to /s",
    );
}

#[test]
fn a_pair_of_tcp_sockets() {
    check(
        "pair tcp manual
         run",
        "A opened client tcp
         A reading manual
         B opened accepted tcp of A
         B reading manual
         A socket(tcp) = 0
         A bind(127.0.0.1:0) = 0
         A listen(1) = 0
         A socket(tcp) = 0
         A connect(127.0.0.1:40001) = ... #1
         A connect(127.0.0.1:40001) = EINPROGRESS #1
         ~A getsockopt(SO_ERROR) = 0 #1
         A connect(127.0.0.1:40001) = 0 #1 done
         A accept() = B :40002
         A close() = 0
         ~B at :40001 to :40002
         ~A at :40002 to :40001",
    );
}

#[test]
fn a_pair_of_datagram_sockets() {
    check(
        "pair udp",
        "A opened client udp
         B opened accepted udp of A
         A socket(udp) = 0
         A bind(127.0.0.1:0) = 0
         B socket(udp) = 0
         B bind(127.0.0.1:0) = 0
         A connect(127.0.0.1:40002) = 0
         B connect(127.0.0.1:40001) = 0
         ~A at :40001 to :40002
         ~B at :40002 to :40001",
    );
}

#[test]
fn a_pair_of_unix_sockets() {
    check(
        "pair unix-seqpacket manual
         A send one
         A send two
         B recv 10
         B recv 10
         A close
         B recv 10",
        "A opened client unix-seqpacket
         A reading manual
         B opened accepted unix-seqpacket of A
         B reading manual
         A socketpair(unix-seqpacket) = 0
         ~A at (unnamed) to (unnamed)
         ~B at (unnamed) to (unnamed)
         A send(3) = 3 out 0..3
         A send(3) = 3 out 3..6
         B recv(10) = 3 in 0..3
         B recv(10) = 3 in 3..6
         A shutdown(write) = 0
         ~A out ended well
         B recv(10) = 0
         ~B in ended well",
    );
}

#[test]
fn f32_a_unix_path_without_a_listener() {
    check(
        "connect unix:/nothing
         run",
        "A opened client unix
         A socket(unix) = 0
         A connect(/nothing) = ENOENT
         A close() = 0
         ~A is CLOSED",
    );
}

#[test]
fn what_waits_behind_a_connect_goes_out_behind_it() {
    check(
        "listen 7000
         forget
         connect 7000
         B send early
         B shutdown write
         run",
        "B opened client tcp
         B socket(tcp) = 0
         ~B setsockopt(oobinline, on) = 0
         B connect(127.0.0.1:7000) = ... #1
         B connect(127.0.0.1:7000) = EINPROGRESS #1
         ~B holds 5 staged 0
         ~A accept() = C :40001
         ~C opened accepted tcp of A
         ~C at :7000 to :40001
         ~B getsockopt(SO_ERROR) = 0 #1
         B connect(127.0.0.1:7000) = 0 #1 done
         ~B at :40001 to :7000
         B send(5) = 5 out 0..5
         B shutdown(write) = 0
         ~B out ended well
         ~B holds 0 staged 0
         ~C recv(65536) = 5 in 0..5
         ~C recv(65536) = 0
         ~C in ended well",
    );
}

#[test]
fn f26_of_many_addresses_sixteen_are_tried() {
    let mut world = world::World::new(0);
    let many: Vec<String> = (1..=20).map(|n| format!("127.0.0.{n}")).collect();
    world.act(&format!(
        "name many {}\nconnect tcp://many:7\nrun 1",
        many.join(" ")
    ));
    let told = world.told();
    let tried = told.matches("A socket(tcp) = 0").count();
    assert_eq!(tried, 16, "{told}");
    assert!(told.contains("~A note 4 more addresses are not tried"));
    assert!(told.contains("connect(127.0.0.16:7)") && !told.contains("connect(127.0.0.17:7)"));
    assert!(told.ends_with("~A is CLOSED\n"));
}

#[test]
fn a_pair_whose_other_end_cannot_be_accepted_is_given_up() {
    check(
        "fail accept EAGAIN
         fail accept EINVAL
         pair tcp manual
         run",
        "A opened client tcp
         A reading manual
         B opened accepted tcp of A
         B reading manual
         A socket(tcp) = 0
         A bind(127.0.0.1:0) = 0
         A listen(1) = 0
         A socket(tcp) = 0
         A connect(127.0.0.1:40001) = ... #1
         A connect(127.0.0.1:40001) = EINPROGRESS #1
         ~A getsockopt(SO_ERROR) = 0 #1
         A connect(127.0.0.1:40001) = 0 #1 done
         A accept() = EAGAIN
         A accept() = EINVAL
         A close() = 0
         ~B is CLOSED
         A close() = 0
         ~A is CLOSED",
    );
}
