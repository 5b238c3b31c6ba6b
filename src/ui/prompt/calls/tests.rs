//! Lines and the calls that they make, without a session that they could change.

use super::*;
use crate::command;
use crate::ui::input::tests::Nobody;

fn check(speak: &str, line: &str, expected: &str) {
    let session = Session::new(1 << 20, None);
    let foreseen = command::foresee(line, &Nobody);
    assert_eq!(told(&foreseen, speak, &session), expected, "{line}");
}

#[test]
fn a_line_that_fits_tells_its_calls() {
    let cases = [
        (
            "connect :7000 as C",
            "c = socket(AF_INET, SOCK_STREAM); c.connect((\"127.0.0.1\", 7000))",
        ),
        (
            "connect :7 from :8",
            "s = socket(AF_INET, SOCK_STREAM); s.bind((\"127.0.0.1\", 8)); \
          s.connect((\"127.0.0.1\", 7))",
        ),
        (
            "connect example.org:80",
            "s = socket(AF_INET, SOCK_STREAM); getaddrinfo(\"example.org\", None)",
        ),
        (
            "listen :7000",
            "s = socket(AF_INET, SOCK_STREAM); s.bind((\"127.0.0.1\", 7000)); s.listen(128)",
        ),
        (
            "listen udp://127.0.0.1:7 ",
            "s = socket(AF_INET, SOCK_DGRAM); s.bind((\"127.0.0.1\", 7))",
        ),
        (
            "bind :7000 as L",
            "l = socket(AF_INET, SOCK_STREAM); l.bind((\"127.0.0.1\", 7000))",
        ),
        (
            "pair unix as X Y",
            "x, other = socketpair(AF_UNIX, SOCK_STREAM)",
        ),
        ("pair tcp", ""),
        ("start backlog 5", "s.listen(5)"),
        ("accept", "conn, peer = s.accept()"),
        ("send \"hi\" oob", "s.send(b\"hi\", MSG_OOB)"),
        ("recv 10", "data = s.recv(10)"),
        ("shutdown write", "s.shutdown(SHUT_WR)"),
        ("close", "s.close()"),
        (
            "set nodelay on",
            "s.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)",
        ),
        ("get rcvbuf", "s.getsockopt(SOL_SOCKET, SO_RCVBUF)"),
        ("theme mono", ""),
    ];
    for (line, expected) in cases {
        check("python", line, expected);
    }
}

#[test]
fn what_only_the_moment_tells_is_data() {
    for line in [
        "send count()",
        "send rand(4)",
        "send file(x)",
        "send last()",
        "send \"a\" now()",
    ] {
        check("python", line, "s.send(data)");
    }
    check("python", "send rand(2 seed 1)", "s.send(b\"\\xc1\\\\\")");
    check("python", "send count(); send \"x\"", "s.send(b\"x\")");
}

#[test]
fn a_line_that_does_not_fit_tells_none() {
    for line in ["", "connect", "send \"open", "sned \"x\"", "send u8(300)"] {
        check("python", line, "");
    }
}

#[test]
fn each_language_ends_its_statements() {
    check("c", "set nodelay on; close", "close(s);");
    check(
        "c",
        "listen udp://127.0.0.1:7",
        "int s = socket(AF_INET, SOCK_DGRAM, 0); struct sockaddr_in at = { .sin_family = AF_INET, \
         .sin_port = htons(7), .sin_addr = { htonl(0x7f000001) } }; bind(s, (struct sockaddr *)&at, sizeof at);",
    );
}
