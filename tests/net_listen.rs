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
         ~A limit exposed 0: other machines can reach port 7000 at every address of this one
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
         ~A limit exposed 0: other machines can reach port 7000 at every address of this one",
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
fn f32_a_unix_path_in_use() {
    check(
        "listen unix:/s
         listen unix:/s",
        "A opened listener unix
         A socket(unix) = 0
         A bind(/s) = 0
         A listen(128) = 0
         ~A at /s to -
         B opened listener unix
         B socket(unix) = 0
         B bind(/s) = EADDRINUSE
         B close() = 0
         ~B is CLOSED",
    );
}
