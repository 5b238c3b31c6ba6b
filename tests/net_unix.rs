//! The paths of Unix sockets: whose they are, when they are removed, and what is told of it.

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use world::check;

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

#[test]
fn f32_a_path_left_over_from_a_program_that_is_gone_is_taken_over() {
    check(
        "stale /s
         listen unix:/s",
        "A opened listener unix
         A socket(unix) = 0
         A bind(/s) = EADDRINUSE
         ~A note removed /s, left over from a program that is gone
         A bind(/s) = 0
         A listen(128) = 0
         ~A at /s to -",
    );
    check(
        "stale /from
         bind unix-dgram:/to
         forget
         connect unix-dgram:/to from unix-dgram:/from
         B close",
        "B opened client unix-dgram
         B socket(unix-dgram) = 0
         B bind(/from) = EADDRINUSE
         ~B note removed /from, left over from a program that is gone
         B bind(/from) = 0
         B connect(/to) = 0
         ~B at /from to /to
         ~B note removed /from
         B close() = 0
         ~B is CLOSED",
    );
}

#[test]
fn f32_what_is_not_ours_stays() {
    check(
        "foreign /s
         listen unix:/s",
        "A opened listener unix
         A socket(unix) = 0
         A bind(/s) = EADDRINUSE
         A close() = 0
         ~A is CLOSED",
    );
    check(
        "stale /s
         fail unlink EACCES
         bind unix:/s",
        "A opened listener unix
         A socket(unix) = 0
         A bind(/s) = EADDRINUSE
         ~A note /s could not be removed: permission denied
         A close() = 0
         ~A is CLOSED",
    );
}

#[test]
fn f32_a_path_goes_with_the_socket_that_made_it() {
    check(
        "listen unix:/s
         connect unix:/s
         run
         forget
         C abort
         B close
         run
         A close
         listen unix:/s
         foreign /s
         D close",
        "C close() = 0
         ~C is CLOSED
         B shutdown(write) = 0
         ~B out ended well
         ~B recv(65536) = 0
         ~B in ended well
         B close() = 0
         ~B is CLOSED
         ~A note removed /s
         A close() = 0
         ~A is CLOSED
         D opened listener unix
         D socket(unix) = 0
         D bind(/s) = 0
         D listen(128) = 0
         ~D at /s to -
         D close() = 0
         ~D is CLOSED",
    );
}
