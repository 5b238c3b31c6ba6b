//! Sending and receiving: transcripts of what the net does in the simulated kernel.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use world::check;

#[test]
fn a_conversation_ends_in_order() {
    check(
        "listen 7000
         connect 7000
         run
         C send hello
         B send hi
         run
         B close
         run
         C close
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
         ~A accept() = C :40001
         ~C opened accepted tcp of A
         ~C at :7000 to :40001
         ~B getsockopt(SO_ERROR) = 0 #1
         B connect(127.0.0.1:7000) = 0 #1 done
         ~B at :40001 to :7000
         C send(5) = 5 out 0..5
         B send(2) = 2 out 0..2
         ~B recv(65536) = 5 in 0..5
         ~C recv(65536) = 2 in 0..2
         B shutdown(write) = 0
         ~B out ended well
         ~C recv(65536) = 0
         ~C in ended well
         C shutdown(write) = 0
         ~C out ended well
         C close() = 0
         ~C is CLOSED
         ~B recv(65536) = 0
         ~B in ended well
         B close() = 0
         ~B is CLOSED",
    );
}

#[test]
fn a_call_that_would_wait_is_pending_until_it_is_done() {
    check(
        "listen 7000 manual
         A accept
         connect 7000 manual
         run
         C recv 5
         B send hey
         run
         C recv 5
         C recv 1
         C cancel",
        "A opened listener tcp
         A reading manual
         A socket(tcp) = 0
         A setsockopt(reuseaddr, on) = 0
         A bind(127.0.0.1:7000) = 0
         A listen(128) = 0
         ~A at :7000 to -
         A accept() = ... #1
         A accept() = EAGAIN #1
         B opened client tcp
         B reading manual
         B socket(tcp) = 0
         B connect(127.0.0.1:7000) = ... #2
         B connect(127.0.0.1:7000) = EINPROGRESS #2
         A accept() = C :40001 #1 done
         C opened accepted tcp of A
         C reading manual
         ~C at :7000 to :40001
         ~B getsockopt(SO_ERROR) = 0 #2
         B connect(127.0.0.1:7000) = 0 #2 done
         ~B at :40001 to :7000
         C recv(5) = ... #3
         C recv(5) = EAGAIN #3
         B send(3) = 3 out 0..3
         C recv(5) = 3 #3 done in 0..3
         C recv(5) = ... #4
         C recv(5) = EAGAIN #4
         C recv(5) = cancelled: cancel #4 done
         C recv(1) = cancelled: cancel",
    );
}

#[test]
fn with_nonblock_a_call_returns_at_once() {
    check(
        "pair unix manual
         forget
         A set nonblock on
         A recv 5
         A send *70000
         A send x",
        "A setsockopt(nonblock, on) = 0
         A getsockopt(nonblock) = on
         A recv(5) = EAGAIN
         A send(70000) = 65536 out 0..65536
         A note 4464 of 70000 bytes were not sent
         A send(1) = EAGAIN",
    );
}

#[test]
fn an_automatic_reader_is_not_asked() {
    check(
        "pair unix
         forget
         A recv 5
         A reading manual
         A recv 5
         B send x
         run",
        "A refused this socket reads by itself: `reading manual` first
         A reading manual
         A recv(5) = ... #1
         A recv(5) = EAGAIN #1
         B send(1) = 1 out 0..1
         A recv(5) = 1 #1 done in 0..1",
    );
}

#[test]
fn waitall_waits_for_all_of_it() {
    check(
        "pair unix manual
         forget
         A recv 6 waitall
         B send abc
         run
         B send defg
         run
         A recv 5 peek
         A recv 5",
        "A recv(6, MSG_WAITALL) = ... #1
         A recv(6, MSG_WAITALL) = EAGAIN #1
         B send(3) = 3 out 0..3
         A recv(6, MSG_WAITALL) = 3 #1 in 0..3
         A recv(3, MSG_WAITALL) = EAGAIN #1
         B send(4) = 4 out 3..7
         A recv(3, MSG_WAITALL) = 3 #1 done in 3..6
         A recv(5, MSG_PEEK) = 1
         A recv(5) = 1 in 6..7",
    );
}

#[test]
fn f09_a_send_that_does_not_fit_drains() {
    check(
        "pair unix manual
         forget
         A send *100000
         run
         B recv 65536
         run
         B recv 65536
         run",
        "A send(100000) = ... #1
         A send(100000) = 65536 #1 out 0..65536
         ~A holds 34464 staged 0
         B recv(65536) = 65536 in 0..65536
         A send(34464) = 34464 #1 done out 65536..100000
         ~A holds 0 staged 0
         B recv(65536) = 34464 in 65536..100000",
    );
}

#[test]
fn f17_urgent_data_keeps_its_order() {
    check(
        "pair tcp
         run
         forget
         A send abc
         A send U oob
         A send def
         run",
        "A send(3) = 3 out 0..3
         A send(1, MSG_OOB) = 1 out 3..4
         A send(3) = 3 out 4..7
         ~B recv(65536) = 7 in 0..7",
    );
}

#[test]
fn urgent_data_read_by_hand() {
    check(
        "pair tcp manual
         run
         forget
         A send U oob
         B recv 1 oob
         B recv 1 oob",
        "A send(1, MSG_OOB) = 1 out 0..1
         B recv(1, MSG_OOB) = 1 in 0..1
         B recv(1, MSG_OOB) = EINVAL",
    );
}

#[test]
fn staged_bytes_wait_for_flush() {
    check(
        "pair unix
         forget
         A stage he
         A stage llo
         A flush
         A flush
         run",
        "~A holds 0 staged 2
         ~A holds 0 staged 5
         A send(5) = 5 out 0..5
         ~A holds 0 staged 0
         A refused nothing is staged
         ~B recv(65536) = 5 in 0..5",
    );
}

#[test]
fn reading_is_paused_while_nothing_can_be_kept() {
    check(
        "pair unix
         forget
         full on
         A send hello
         run
         full off
         run",
        "A send(5) = 5 out 0..5
         ~ limit room: no room for more bytes: sockets are read no further
         ~ limit room: over
         ~B recv(65536) = 5 in 0..5",
    );
}

#[test]
fn a_valve_lets_bytes_through_at_its_rate() {
    check(
        "pair unix
         forget
         B reading auto 20
         A send hello
         run 1",
        "B reading auto 20/s
         A send(5) = 5 out 0..5
         ~B recv(2) = 2 in 0..2
         ~B recv(2) = 2 in 2..4
         ~B recv(2) = 1 in 4..5",
    );
}

#[test]
fn options_show_what_the_kernel_made_of_them() {
    check(
        "pair unix
         forget
         A set sndbuf 4096
         A get sndbuf
         A get nonblock",
        "A setsockopt(sndbuf, 4096) = 0
         A getsockopt(sndbuf) = 4096
         A getsockopt(sndbuf) = 4096
         A getsockopt(nonblock) = off",
    );
}

#[test]
fn what_is_looked_at_is_sampled() {
    check(
        "pair tcp manual
         run
         forget
         look B
         A send hello
         run 2
         A shutdown write
         run 2",
        "~B is ESTAB
         ~B waiting 0
         A send(5) = 5 out 0..5
         ~B waiting 5
         A shutdown(write) = 0
         ~A out ended well
         ~B is CLOSE_WAIT",
    );
}

#[test]
fn a_call_on_a_socket_that_rests_is_made_all_the_same() {
    // Urgent data wakes a reader of ordinary bytes for nothing, until it is left alone for a while.
    check(
        "pair tcp manual
         run
         B recv 5
         A send U oob
         run
         B cancel
         forget
         B recv 5
         B cancel
         B set nonblock on
         B recv 5",
        "B recv(5) = ... #3
         B recv(5) = EAGAIN #3
         B recv(5) = cancelled: cancel #3 done
         B setsockopt(nonblock, on) = 0
         B getsockopt(nonblock) = on
         B recv(5) = EAGAIN",
    );
}

#[test]
fn an_interest_that_the_kernel_refused_is_told_again() {
    check(
        "fail watch ENOMEM
         pair unix
         forget
         B send x
         run 1",
        "B send(1) = 1 out 0..1
         ~A recv(65536) = 1 in 0..1",
    );
}
