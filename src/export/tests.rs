//! Every call in every language, and that hostile bytes stay inside their quotes.

use std::net::SocketAddr;

use super::*;
use crate::endpoint::{Address, Transport};

fn inet(text: &str) -> Address {
    Address::Inet(text.parse::<SocketAddr>().unwrap())
}

fn check(call: &Syscall, lines: [&str; 3]) {
    for (language, expected) in names().zip(lines) {
        assert_eq!(line(language, call, "a", None), expected, "{language}");
    }
}

#[test]
fn calls_are_spelled_as_programs_spell_them() {
    check(
        &Syscall::Socket(Transport::Tcp),
        [
            "a = socket(AF_INET, SOCK_STREAM)",
            "int a = socket(AF_INET, SOCK_STREAM, 0);",
            "let a = Socket::new(Domain::IPV4, Type::STREAM, None)?;",
        ],
    );
    check(
        &Syscall::Connect(inet("127.0.0.1:7000")),
        [
            "a.connect((\"127.0.0.1\", 7000))",
            "struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(7000), \
             .sin_addr = { htonl(0x7f000001) } }; \
             connect(a, (struct sockaddr *)&to, sizeof to);",
            "a.connect(&SockAddr::from(\"127.0.0.1:7000\".parse::<SocketAddr>()?))?;",
        ],
    );
    check(
        &Syscall::Recv {
            max: 4096,
            flags: Flags {
                peek: true,
                ..Flags::default()
            },
        },
        [
            "data = a.recv(4096, MSG_PEEK)",
            "ssize_t n = recv(a, buf, 4096, MSG_PEEK);",
            "let n = a.recv_with_flags(&mut buf[..4096], MSG_PEEK)?;",
        ],
    );
    check(
        &Syscall::SetOption {
            name: "nodelay".to_owned(),
            value: "on".to_owned(),
        },
        [
            "a.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)",
            "setsockopt(a, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));",
            "a.set_tcp_nodelay(true)?;",
        ],
    );
    check(
        &Syscall::Shutdown(How::Write),
        [
            "a.shutdown(SHUT_WR)",
            "shutdown(a, SHUT_WR);",
            "a.shutdown(Shutdown::Write)?;",
        ],
    );
}

#[test]
fn bytes_stay_inside_their_quotes() {
    let hostile = b"\x00a\"\\\n\x1b\xff";
    let expected = [
        r#"a.send(b"\x00a\"\\\n\x1b\xff")"#,
        r#"send(a, "\000a\"\\\n\033\377", 7, 0);"#,
        r#"a.send(b"\x00a\"\\\n\x1b\xff")?;"#,
    ];
    for (language, expected) in names().zip(expected) {
        assert_eq!(send(language, hostile, "a"), expected, "{language}");
    }
    let long = send("python", &[b'x'; 1000], "my socket");
    assert_eq!(long, format!("my_socket.send(b\"{}\"…)", "x".repeat(24)));
    assert_eq!(send("nothing", b"", "1"), "s1.send(b\"\")");
}
