//! The net in the simulated kernel: transcripts of what it does. What many seeds find stands in `net_seeds.rs`.

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
        "",
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
        "",
    );
}

#[test]
fn with_nonblock_a_call_returns_at_once() {
    check(
        "pair unix manual
         A set nonblock on
         A recv 5
         A send *70000
         A send x",
        "",
    );
}

#[test]
fn an_automatic_reader_is_not_asked() {
    check(
        "pair unix
         A recv 5
         A reading manual
         A recv 5
         B send x
         run",
        "",
    );
}

#[test]
fn waitall_waits_for_all_of_it() {
    check(
        "pair unix manual
         A recv 6 waitall
         B send abc
         run
         B send defg
         run
         A recv 5 peek
         A recv 5",
        "",
    );
}

#[test]
fn f09_a_send_that_does_not_fit_drains() {
    check(
        "pair unix manual
         A send *100000
         run
         B recv 65536
         run
         B recv 65536
         run",
        "",
    );
}

#[test]
fn f04_half_close_leaves_our_sending() {
    check(
        "pair unix
         A shutdown write
         run
         B send answer
         run
         A send x
         B close
         run",
        "",
    );
}

#[test]
fn f01_a_reset_comes_behind_the_data() {
    check(
        "pair tcp manual
         run
         A send last
         A abort
         B recv 10
         B recv 10
         B recv 10",
        "",
    );
}

#[test]
fn f03_a_reset_that_send_met_is_no_end() {
    check(
        "pair tcp manual
         run
         A send last
         A abort
         B send x
         B recv 10
         B recv 10
         B send y",
        "",
    );
}

#[test]
fn f02_what_a_dead_connection_did_not_take_is_told() {
    check(
        "pair tcp manual
         run
         A send *70000
         B abort
         run",
        "",
    );
}

#[test]
fn f07_close_reads_on_until_the_end() {
    check(
        "pair tcp
         run
         A close
         run
         B send late
         run
         B close
         run",
        "",
    );
}

#[test]
fn f07_close_gives_up_in_time() {
    check(
        "pair tcp manual
         run
         A close
         run 6
         B send lost",
        "",
    );
}

#[test]
fn abort_drops_what_waits() {
    check(
        "pair tcp manual
         run
         A send *70000
         A stage more
         A abort",
        "",
    );
}

#[test]
fn f13_refused() {
    check(
        "connect 7000
         run",
        "",
    );
}

#[test]
fn f14_no_answer() {
    check(
        "silence 127.0.0.1:7000
         connect 7000 timeout 2
         run 3",
        "",
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
        "",
    );
}

#[test]
fn f26_every_address_is_tried() {
    check(
        "name two 127.0.0.9 127.0.0.1
         listen 7000
         connect two:7000
         run",
        "",
    );
}

#[test]
fn f25_a_resolver_that_hangs_is_abandoned() {
    check(
        "connect nowhere:7000
         run 11",
        "",
    );
}

#[test]
fn f26_no_such_name() {
    check(
        "name gone nobody
         connect gone:7000
         run",
        "",
    );
}

#[test]
fn f18_self_connect() {
    check(
        "connect 7000 from 127.0.0.1:7000
         run",
        "",
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
        "",
    );
}

#[test]
fn f22_accept_goes_on_after_a_connection_that_died() {
    check(
        "listen 7000
         fail accept ECONNABORTED
         connect 7000
         run",
        "",
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
        "",
    );
}

#[test]
fn f23_an_address_in_use() {
    check(
        "listen 7000
         listen 7000",
        "",
    );
}

#[test]
fn everywhere_is_said_so() {
    check(
        "listen *:7000
         A close",
        "",
    );
}

#[test]
fn everywhere_without_ipv6() {
    check(
        "nov6
         listen *:7000",
        "",
    );
}

#[test]
fn bind_and_start_are_the_halves_of_listen() {
    check(
        "bind 7000
         A start
         connect 7000
         run",
        "",
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
        "",
    );
}

#[test]
fn f29_an_empty_datagram_is_a_message() {
    check(
        "pair udp
         A send hello
         A send
         run
         B close",
        "",
    );
}

#[test]
fn f30_a_refused_datagram_leaves_the_socket_open() {
    check(
        "connect udp://127.0.0.1:9
         A send x
         run
         A send y",
        "",
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
        "",
    );
}

#[test]
fn f28_a_datagram_that_is_cut_says_so() {
    check(
        "pair udp manual
         A send hello
         B recv 2",
        "",
    );
}

#[test]
fn f31_without_buffers_send_backs_off() {
    check(
        "pair udp
         fail send ENOBUFS
         fail send ENOBUFS
         A send x
         run",
        "",
    );
}

#[test]
fn f17_urgent_data_keeps_its_order() {
    check(
        "pair tcp
         run
         A send abc
         A send U oob
         A send def
         run",
        "",
    );
}

#[test]
fn urgent_data_read_by_hand() {
    check(
        "pair tcp manual
         run
         A send U oob
         B recv 1 oob
         B recv 1 oob",
        "",
    );
}

#[test]
fn staged_bytes_wait_for_flush() {
    check(
        "pair unix
         A stage he
         A stage llo
         A flush
         A flush
         run",
        "",
    );
}

#[test]
fn reading_is_paused_while_nothing_can_be_kept() {
    check(
        "pair unix
         full on
         A send hello
         run
         full off
         run",
        "",
    );
}

#[test]
fn a_valve_lets_bytes_through_at_its_rate() {
    check(
        "pair unix
         B reading auto 20
         A send hello
         run 1",
        "",
    );
}

#[test]
fn options_show_what_the_kernel_made_of_them() {
    check(
        "pair unix
         A set sndbuf 4096
         A get sndbuf
         A get nonblock",
        "",
    );
}

#[test]
fn what_is_looked_at_is_sampled() {
    check(
        "pair tcp manual
         run
         look B
         A send hello
         run 2
         A shutdown write
         run 2",
        "",
    );
}

#[test]
fn closing_with_unsent_bytes_waits_for_them() {
    check(
        "pair unix manual
         A send *70000
         A close
         A send x
         B recv 70000
         run
         B recv 70000
         B recv 1
         B close
         run",
        "",
    );
}
