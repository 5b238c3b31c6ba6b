//! What is no address: each word with the column that is wrong and the message that says what fits.

use super::super::{Endpoint, parse};

fn check(word: &str, column: usize, message: &str) {
    let error = Endpoint::parse(word).expect_err(word);
    assert_eq!(
        (error.column, error.to_string().as_str()),
        (column, message),
        "{word}"
    );
}

#[test]
fn hosts_and_ports_are_set_right() {
    check("tcp://127.0.0.1:65536", 16, "65536 is no port: 0 to 65535");
    check("70000", 0, "70000 is no port: 0 to 65535");
    check("tcp://127.0.0.1", 15, "the port is missing: 127.0.0.1:7000");
    check("localhost:", 10, "the port is missing: 0 to 65535");
    check("tcp://*", 7, "the port is missing: *:7000");
    check("[::1]", 5, "the port is missing: [::1]:7000");
    check("[::1]7000", 5, "only a port can follow `]`: [::1]:7000");
    check("[::1", 4, "`]` is missing: [::1]:7000");
    check(
        "tcp://::1:7000",
        6,
        "an IPv6 address stands in brackets: [::1]:7000",
    );
    check(
        "fe80::abcd",
        0,
        "an IPv6 address stands in brackets: [fe80::abcd]:7000",
    );
    check("[::g]:7", 1, "`::g` is no IPv6 address: [::1]:7000");
    check(
        "[fe80::1%]:7",
        9,
        "the interface is missing: [fe80::1%eth0]:7",
    );
    check(
        "[fe80::1%a/b]:7",
        10,
        "not part of an interface's name: [fe80::1%eth0]:7",
    );
    check("localhost:80/x", 12, "a port is a number: 0 to 65535");
    check(":+80", 1, "a port is a number: 0 to 65535");
    check(
        "256.0.0.1:80",
        0,
        "`256.0.0.1` is no IPv4 address: four numbers from 0 to 255, as in 127.0.0.1",
    );
    check(
        "é:80",
        0,
        "'é' is not part of a host's name: its ASCII form, xn--…",
    );
    check(
        "a b:80",
        1,
        "' ' is not part of a host's name: letters, digits, -, _ and dots",
    );
    check(
        "a..b:80",
        0,
        "an empty part between the dots of a name: localhost:7000",
    );
}

#[test]
fn schemes_are_set_right() {
    let no_scheme = "tcp://, udp://, unix:, unix-dgram: or unix-seqpacket:";
    check("tls://a:443", 0, "tls:// is not built yet: tcp://a:443");
    check(
        "tcpp://a:443",
        0,
        "`tcpp` is no scheme: tcp, if that was meant",
    );
    check("http://a/", 0, &format!("`http` is no scheme: {no_scheme}"));
    check(
        "unx:/run/x",
        0,
        "`unx` is no scheme: unix, if that was meant",
    );
    check("tcp:7000", 4, "`//` is missing: tcp://7000");
    check(
        "@L",
        0,
        &format!(
            "a socket's name where only an address can stand: {}",
            parse::FORMS
        ),
    );
}

#[test]
fn unix_names_are_set_right() {
    check(
        "unix:///run/x",
        5,
        "a unix address has no `//`: unix:/run/x",
    );
    check("unix:", 5, "the path is empty: unix:/run/x.sock");
    check("unix:@", 6, "the abstract name is empty: unix:@name");
    check(
        "unix:/a b",
        7,
        "' ' stands bare in a name: quotes around it: unix:\"/a b\"",
    );
    check(
        "unix:\"/a",
        8,
        "the closing quote is missing: unix:\"/a b\"",
    );
    check(
        "unix:\"/a\"b",
        9,
        "something behind the closing quote: the quote ends the address",
    );
    check(
        "unix:\"/\\q\"",
        7,
        "an unknown escape in a name: \\\" \\\\ or \\x0a",
    );
    check("unix:\"/\\xé0\"", 7, "\\x takes two hex digits: \\x0a");
    check("unix:/\0", 6, "a path cannot hold a NUL: unix:/run/x.sock");
    check(
        "unix:\"/\\x00\"",
        5,
        "a path cannot hold a NUL: unix:@name, where it can",
    );
    check(
        &format!("unix:/{}", "x".repeat(107)),
        5,
        "a unix name of 108 bytes is too long: at most 107",
    );
}
