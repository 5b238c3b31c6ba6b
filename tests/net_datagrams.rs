//! Datagrams: transcripts of what the net does in the simulated kernel.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use world::check;

#[test]
fn f29_an_empty_datagram_is_a_message() {
    check(
        "pair udp
         forget
         A send hello
         A send
         run
         B close",
        "A send(5) = 5 out 0..5
         A send(0) = 0 out 5..5
         ~B recv(65536) = 5 from :40001 in 0..5
         ~B recv(65536) = 0 from :40001 in 5..5
         ~B recv(65536) = EAGAIN
         B close() = 0
         ~B is CLOSED",
    );
}

#[test]
fn f30_a_refused_datagram_leaves_the_socket_open() {
    check(
        "connect udp://127.0.0.1:9
         A send x
         run
         A send y",
        "A opened client udp
         A socket(udp) = 0
         A connect(127.0.0.1:9) = 0
         ~A at :40001 to :9
         A send(1) = 1 out 0..1
         ~A recv(65536) = ECONNREFUSED
         A send(1) = 1 out 1..2",
    );
}

#[test]
fn datagrams_to_an_address() {
    check(
        "listen udp://127.0.0.1:7000
         listen udp://127.0.0.1:7001
         name host 127.0.0.1
         A sendto udp://127.0.0.1:7001 hey
         A sendto udp://host:7001 you
         run",
        "A opened datagram udp
         A socket(udp) = 0
         A bind(127.0.0.1:7000) = 0
         ~A at :7000 to -
         B opened datagram udp
         B socket(udp) = 0
         B bind(127.0.0.1:7001) = 0
         ~B at :7001 to -
         A sendto(3, 127.0.0.1:7001) = 3 out 0..3
         ~A getaddrinfo(host) = ... #1
         ~A holds 3 staged 0
         ~B recv(65536) = 3 from :7000 in 0..3
         ~A getaddrinfo(host) = :7001 #1 done
         A sendto(3, 127.0.0.1:7001) = 3 out 3..6
         ~A holds 0 staged 0
         ~B recv(65536) = 3 from :7000 in 3..6
         ~B recv(65536) = EAGAIN",
    );
}

#[test]
fn f28_a_datagram_that_is_cut_says_so() {
    check(
        "pair udp manual
         forget
         A send hello
         B recv 2",
        "A send(5) = 5 out 0..5
         B recv(2) = 2 from :40001 cut from 5 in 0..2",
    );
}

#[test]
fn f31_without_buffers_send_backs_off() {
    check(
        "pair udp
         forget
         fail send ENOBUFS
         fail send ENOBUFS
         A send x
         run",
        "A send(1) = ... #1
         A send(1) = ENOBUFS #1
         ~A holds 1 staged 0
         A send(1) = ENOBUFS #1
         A send(1) = 1 #1 done out 0..1
         ~A holds 0 staged 0
         ~B recv(65536) = 1 from :40001 in 0..1",
    );
}

#[test]
fn f33_a_full_queue_of_datagrams_blocks() {
    check(
        "pair unix-dgram manual
         forget
         A send 1
         A send 2
         A send 3
         A send 4
         A send 5
         A send 6
         A send 7
         A send 8
         A send 9
         A send 10
         A send 11
         B recv 9
         run",
        "A send(1) = 1 out 0..1
         A send(1) = 1 out 1..2
         A send(1) = 1 out 2..3
         A send(1) = 1 out 3..4
         A send(1) = 1 out 4..5
         A send(1) = 1 out 5..6
         A send(1) = 1 out 6..7
         A send(1) = 1 out 7..8
         A send(1) = 1 out 8..9
         A send(2) = 2 out 9..11
         A send(2) = ... #1
         A send(2) = EAGAIN #1
         ~A holds 2 staged 0
         B recv(9) = 1 from (unnamed) in 0..1
         A send(2) = 2 #1 done out 11..13
         ~A holds 0 staged 0",
    );
}

#[test]
fn a_datagram_socket_that_is_shut_for_reading_wakes_nobody() {
    check(
        "pair udp
         forget
         A shutdown read
         run 1
         bind udp://127.0.0.1:7000
         forget
         C shutdown both
         run 1
         C send x",
        "C shutdown(both) = ENOTCONN
         ~C in ended well
         ~C out ended well
         C send(1) = EPIPE",
    );
    check(
        "pair unix-dgram
         forget
         A shutdown read
         run 1
         A send x
         run",
        "A shutdown(read) = 0
         ~A in ended well
         A send(1) = 1 out 0..1
         ~B recv(262144) = 1 from (unnamed) in 0..1",
    );
}

#[test]
fn a_recv_that_waits_ends_when_its_socket_is_shut_for_reading() {
    check(
        "pair udp manual
         forget
         A recv 9
         A shutdown read
         run
         A set nonblock on
         A recv 9",
        "A recv(9) = ... #1
         A recv(9) = EAGAIN #1
         A shutdown(read) = 0
         ~A in ended well
         A recv(9) = EAGAIN #1
         A recv(9) = 0 #1 done
         A note a recv that waits returns 0 after shutdown(read); one that does not wait says EAGAIN
         A setsockopt(nonblock, on) = 0
         A getsockopt(nonblock) = on
         A recv(9) = EAGAIN",
    );
}
