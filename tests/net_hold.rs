//! Hold on the simulated kernel: calls are armed, made one by one, taken back.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use world::check;

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
fn a_connect_that_is_given_up_is_over_while_its_close_is_armed() {
    check(
        "listen 7000 backlog 0 manual
         connect 7000
         run
         connect 7000 retry 60
         run 1
         forget
         hold on
         run 10
         A accept
         A do
         run 3
         C do",
        "hold on
         C connect(127.0.0.1:7000) = cancelled: no answer in 10 s #2 done
         C armed 1 close()
         A armed 2 accept()
         ~A does 2
         A accept() = D :40001
         D opened accepted tcp of A
         D reading manual
         ~D at :7000 to :40001
         ~C does 1
         C close() = 0",
    );
}
