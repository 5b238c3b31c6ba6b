//! Ends, resets and `close`: transcripts of what the net does in the simulated kernel.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use world::check;

#[test]
fn f04_half_close_leaves_our_sending() {
    check(
        "pair unix
         forget
         A shutdown write
         run
         B send answer
         run
         A send x
         B close
         run",
        "A shutdown(write) = 0
         ~A out ended well
         ~B recv(65536) = 0
         ~B in ended well
         B send(6) = 6 out 0..6
         ~A recv(65536) = 6 in 0..6
         A send(1) = EPIPE
         B shutdown(write) = 0
         ~B out ended well
         B close() = 0
         ~B is CLOSED
         ~A recv(65536) = 0
         ~A in ended well",
    );
}

#[test]
fn f01_a_reset_comes_behind_the_data() {
    check(
        "pair tcp manual
         run
         forget
         A send last
         A abort
         B recv 10
         B recv 10
         B recv 10",
        "A send(4) = 4 out 0..4
         A setsockopt(linger, 0) = 0
         A close() = 0
         ~A is CLOSED
         B recv(10) = 4 in 0..4
         B recv(10) = ECONNRESET
         ~B in ended ECONNRESET
         ~B out ended ECONNRESET
         B recv(10) = 0",
    );
}

#[test]
fn f03_a_reset_that_send_met_is_no_end() {
    check(
        "pair tcp manual
         run
         forget
         A send last
         A abort
         B send x
         B recv 10
         B recv 10
         B send y",
        "A send(4) = 4 out 0..4
         A setsockopt(linger, 0) = 0
         A close() = 0
         ~A is CLOSED
         B send(1) = ECONNRESET
         ~B out ended ECONNRESET
         B recv(10) = 4 in 0..4
         B recv(10) = 0
         ~B in ended ECONNRESET
         B send(1) = EPIPE",
    );
}

#[test]
fn f02_what_a_dead_connection_did_not_take_is_told() {
    check(
        "pair tcp manual
         run
         forget
         A send *70000
         B abort
         run",
        "A send(70000) = ... #2
         A send(70000) = 65536 #2 out 0..65536
         ~A holds 4464 staged 0
         B setsockopt(linger, 0) = 0
         B close() = 0
         ~B is CLOSED
         A send(4464) = ECONNRESET #2 done
         A note 4464 of 70000 bytes were not sent
         ~A out ended ECONNRESET
         ~A holds 0 staged 0",
    );
}

#[test]
fn f07_close_reads_on_until_the_end() {
    check(
        "pair tcp
         run
         forget
         A close
         run
         B send late
         run
         B close
         run",
        "A shutdown(write) = 0
         ~A out ended well
         ~B recv(65536) = 0
         ~B in ended well
         B send(4) = 4 out 0..4
         ~A recv(65536) = 4 in 0..4
         B shutdown(write) = 0
         ~B out ended well
         B close() = 0
         ~B is CLOSED
         ~A recv(65536) = 0
         ~A in ended well
         A close() = 0
         ~A is CLOSED",
    );
}

#[test]
fn f07_close_gives_up_in_time() {
    check(
        "pair tcp manual
         run
         forget
         A close
         run 6
         B send lost",
        "A shutdown(write) = 0
         ~A out ended well
         A note the peer did not end the connection in 5 s: closed
         A close() = 0
         ~A is CLOSED
         B send(4) = 4 out 0..4",
    );
}

#[test]
fn abort_drops_what_waits() {
    check(
        "pair tcp manual
         run
         forget
         A send *70000
         A stage more
         A abort",
        "A send(70000) = ... #2
         A send(70000) = 65536 #2 out 0..65536
         ~A holds 4464 staged 0
         ~A holds 4464 staged 4
         A setsockopt(linger, 0) = 0
         A send(4464) = cancelled: abort #2 done
         A note 4464 of 70000 bytes were not sent
         A note 4 staged bytes were not sent
         A close() = 0
         ~A is CLOSED
         ~A holds 0 staged 0",
    );
}

#[test]
fn closing_with_unsent_bytes_waits_for_them() {
    check(
        "pair unix manual
         forget
         A send *70000
         A close
         A send x
         B recv 70000
         run
         B recv 70000
         B recv 1
         B close
         run",
        "A send(70000) = ... #1
         A send(70000) = 65536 #1 out 0..65536
         ~A holds 4464 staged 0
         A refused this socket is being closed
         B recv(70000) = 65536 in 0..65536
         A send(4464) = 4464 #1 done out 65536..70000
         A shutdown(write) = 0
         ~A out ended well
         ~A holds 0 staged 0
         B recv(70000) = 4464 in 65536..70000
         B recv(1) = 0
         ~B in ended well
         B shutdown(write) = 0
         ~B out ended well
         B close() = 0
         ~B is CLOSED
         ~A recv(65536) = 0
         ~A in ended well
         A close() = 0
         ~A is CLOSED",
    );
}

#[test]
fn f16_a_dead_socket_that_nobody_reads_wakes_nobody() {
    check(
        "pair tcp manual
         run
         forget
         A close
         run 1
         B abort
         run 1",
        "A shutdown(write) = 0
         ~A out ended well
         B setsockopt(linger, 0) = 0
         B close() = 0
         ~B is CLOSED
         ~A recv(65536) = ECONNRESET
         ~A in ended ECONNRESET
         A close() = 0
         ~A is CLOSED",
    );
}

#[test]
fn f05_the_end_comes_behind_the_data() {
    check(
        "pair tcp
         run
         forget
         A send last
         A close
         run",
        "A send(4) = 4 out 0..4
         A shutdown(write) = 0
         ~A out ended well
         ~B recv(65536) = 4 in 0..4
         ~B recv(65536) = 0
         ~B in ended well",
    );
}

#[test]
fn f01_close_behind_a_reset_reads_what_came_before() {
    check(
        "pair tcp manual
         run
         forget
         A send hello
         A abort
         B close
         run",
        "A send(5) = 5 out 0..5
         A setsockopt(linger, 0) = 0
         A close() = 0
         ~A is CLOSED
         B shutdown(write) = ENOTCONN
         ~B recv(65536) = 5 in 0..5
         ~B recv(65536) = ECONNRESET
         ~B in ended ECONNRESET
         ~B out ended ECONNRESET
         B close() = 0
         ~B is CLOSED",
    );
}
