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

/// Each line is `COLUMN | WORD | MESSAGE`.
fn check_all(table: &str) {
    for row in table
        .lines()
        .map(str::trim_start)
        .filter(|row| !row.is_empty())
    {
        let [column, word, message] = *row.splitn(3, " | ").collect::<Vec<_>>() else {
            panic!("{row}")
        };
        check(word, column.parse().unwrap(), message);
    }
}

#[test]
fn hosts_and_ports_are_set_right() {
    check_all(
        r"
        16 | tcp://127.0.0.1:65536 | 65536 is no port: 0 to 65535
        0 | 70000 | 70000 is no port: 0 to 65535
        15 | tcp://127.0.0.1 | the port is missing: 127.0.0.1:7000
        10 | localhost: | the port is missing: 0 to 65535
        7 | tcp://* | the port is missing: *:7000
        5 | [::1] | the port is missing: [::1]:7000
        5 | [::1]7000 | only a port can follow `]`: [::1]:7000
        4 | [::1 | `]` is missing: [::1]:7000
        6 | tcp://::1:7000 | an IPv6 address stands in brackets: [::1]:7000
        0 | fe80::abcd | an IPv6 address stands in brackets: [fe80::abcd]:7000
        1 | [::g]:7 | `::g` is no IPv6 address: [::1]:7000
        9 | [fe80::1%]:7 | the interface is missing: [fe80::1%eth0]:7
        10 | [fe80::1%a/b]:7 | not part of an interface's name: [fe80::1%eth0]:7
        12 | localhost:80/x | a port is a number: 0 to 65535
        1 | :+80 | a port is a number: 0 to 65535
        0 | 256.0.0.1:80 | `256.0.0.1` is no IPv4 address: four numbers from 0 to 255, as in 127.0.0.1
        0 | é:80 | 'é' is not part of a host's name: its ASCII form, xn--…
        1 | a b:80 | ' ' is not part of a host's name: letters, digits, -, _ and dots
        0 | a..b:80 | an empty part between the dots of a name: localhost:7000
        ",
    );
}

#[test]
fn schemes_are_set_right() {
    check_all(
        r"
        0 | tls://a:443 | tls:// is not built yet: tcp://a:443
        0 | tcpp://a:443 | `tcpp` is no scheme: tcp, if that was meant
        0 | http://a/ | `http` is no scheme: tcp://, udp://, unix:, unix-dgram: or unix-seqpacket:
        0 | unx:/run/x | `unx` is no scheme: unix, if that was meant
        4 | tcp:7000 | `//` is missing: tcp://7000
        ",
    );
    let fits = parse::FORMS;
    check(
        "@L",
        0,
        &format!("a socket's name where only an address can stand: {fits}"),
    );
    check("", 0, &format!("an address is missing: {fits}"));
}

#[test]
fn unix_names_are_set_right() {
    check_all(
        r#"
        5 | unix:///run/x | a unix address has no `//`: unix:/run/x
        5 | unix: | the path is empty: unix:/run/x.sock
        6 | unix:@ | the abstract name is empty: unix:@name
        7 | unix:/a b | ' ' stands bare in a name: quotes around it: unix:"/a b"
        8 | unix:"/a | the closing quote is missing: unix:"/a b"
        9 | unix:"/a"b | something behind the closing quote: the quote ends the address
        7 | unix:"/\q" | an unknown escape in a name: \" \\ or \x0a
        7 | unix:"/\xé0" | \x takes two hex digits: \x0a
        5 | unix:"/\x00" | a path cannot hold a NUL: unix:@name, where it can
        "#,
    );
    check("unix:/\0", 6, "a path cannot hold a NUL: unix:/run/x.sock");
    check(
        &format!("unix:/{}", "x".repeat(107)),
        5,
        "a unix name of 108 bytes is too long: at most 107",
    );
}
