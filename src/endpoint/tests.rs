//! Addresses as tables: word and meaning, word and refusal, bytes and round trip.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use super::{Address, Endpoint, Host, Place, Target, Transport};

fn ip(text: &str) -> Host {
    Host::Ip(text.parse().unwrap())
}

#[test]
fn internet_words_are_read_and_printed() {
    let check = |word: &str, transport, host: Host, port, printed: &str| {
        let endpoint = Endpoint::parse(word).unwrap_or_else(|error| panic!("{word}: {error}"));
        assert_eq!(
            endpoint,
            Endpoint {
                transport,
                place: Place::Inet { host, port }
            },
            "{word}"
        );
        assert_eq!(endpoint.to_string(), printed);
        assert_eq!(Endpoint::parse(printed), Ok(endpoint), "{printed}");
    };
    let scoped = |zone: &str| Host::Scoped {
        ip: "fe80::1".parse().unwrap(),
        zone: zone.into(),
    };
    let tcp = Transport::Tcp;
    check(
        "tcp://127.0.0.1:7000",
        tcp,
        ip("127.0.0.1"),
        7000,
        "tcp://127.0.0.1:7000",
    );
    check("tcp://[::1]:7000", tcp, ip("::1"), 7000, "tcp://[::1]:7000");
    check(
        "tcp://[fe80::1%eth0]:7",
        tcp,
        scoped("eth0"),
        7,
        "tcp://[fe80::1%eth0]:7",
    );
    check("[fe80::1%3]:7", tcp, scoped("3"), 7, "tcp://[fe80::1%3]:7");
    check(
        "tcp://localhost:7000",
        tcp,
        Host::Name("localhost".into()),
        7000,
        "tcp://localhost:7000",
    );
    check(
        "localhost:7000",
        tcp,
        Host::Name("localhost".into()),
        7000,
        "tcp://localhost:7000",
    );
    check(
        "a_b.example.:1",
        tcp,
        Host::Name("a_b.example.".into()),
        1,
        "tcp://a_b.example.:1",
    );
    check(":7000", tcp, ip("127.0.0.1"), 7000, "tcp://127.0.0.1:7000");
    check("7000", tcp, ip("127.0.0.1"), 7000, "tcp://127.0.0.1:7000");
    check("0", tcp, ip("127.0.0.1"), 0, "tcp://127.0.0.1:0");
    check("*:65535", tcp, Host::Any, 65535, "tcp://*:65535");
    check(
        "udp://*:9000",
        Transport::Udp,
        Host::Any,
        9000,
        "udp://*:9000",
    );
    check(
        "udp://:9",
        Transport::Udp,
        ip("127.0.0.1"),
        9,
        "udp://127.0.0.1:9",
    );
    check(
        "udp://239.1.2.3:9",
        Transport::Udp,
        ip("239.1.2.3"),
        9,
        "udp://239.1.2.3:9",
    );
    check(
        "[::ffff:10.0.0.1]:9",
        tcp,
        ip("::ffff:10.0.0.1"),
        9,
        "tcp://[::ffff:10.0.0.1]:9",
    );
}

#[test]
fn unix_words_are_read_and_printed() {
    let check = |word: &str, transport, place: Place, printed: &str| {
        let endpoint = Endpoint::parse(word).unwrap_or_else(|error| panic!("{word}: {error}"));
        assert_eq!(endpoint, Endpoint { transport, place }, "{word}");
        assert_eq!(endpoint.to_string(), printed);
        assert_eq!(Endpoint::parse(printed), Ok(endpoint), "{printed}");
    };
    let path = |name: &str| Place::Path(name.into());
    let stream = Transport::UnixStream;
    check(
        "unix:/run/x.sock",
        stream,
        path("/run/x.sock"),
        "unix:/run/x.sock",
    );
    check(
        "unix-dgram:/run/x",
        Transport::UnixDgram,
        path("/run/x"),
        "unix-dgram:/run/x",
    );
    check(
        "unix-seqpacket:x",
        Transport::UnixSeqpacket,
        path("x"),
        "unix-seqpacket:x",
    );
    check(
        "unix:@name",
        stream,
        Place::Abstract(b"name".into()),
        "unix:@name",
    );
    check(
        "unix:@\"a\\x00b\"",
        stream,
        Place::Abstract(b"a\0b".into()),
        "unix:@\"a\\x00b\"",
    );
    check(
        "unix:@\"\"",
        stream,
        Place::Abstract(Vec::new()),
        "unix:@\"\"",
    );
    check("unix:\"@name\"", stream, path("@name"), "unix:\"@name\"");
    check("unix:\"/a b\"", stream, path("/a b"), "unix:\"/a b\"");
    check("unix:\"/a\"", stream, path("/a"), "unix:/a");
    check("unix:\"//a\"", stream, path("//a"), "unix:\"//a\"");
    check("unix:/é", stream, path("/é"), "unix:\"/\\xc3\\xa9\"");
    check(
        "unix:/a\\b:7",
        stream,
        path("/a\\b:7"),
        "unix:\"/a\\\\b:7\"",
    );
    check(
        "unix:\"/\\\"\\x1b\"",
        stream,
        path("/\"\x1b"),
        "unix:\"/\\\"\\x1b\"",
    );
    check(
        &format!("unix:/{}", "x".repeat(106)),
        stream,
        path(&format!("/{}", "x".repeat(106))),
        &{ format!("unix:/{}", "x".repeat(106)) },
    );
}

#[test]
fn targets_may_name_a_socket() {
    assert_eq!(Target::parse("@L2"), Ok(Target::Of("L2".into())));
    assert_eq!(Target::parse("@L2").unwrap().to_string(), "@L2");
    assert_eq!(
        Target::parse(":7").unwrap().to_string(),
        "tcp://127.0.0.1:7"
    );
    let column = |word| Target::parse(word).unwrap_err().column;
    assert_eq!(
        (column("@"), column("@7"), column("@L é"), column("")),
        (1, 1, 2, 0)
    );
}

#[test]
fn refusals_name_the_column_and_what_fits() {
    let check = |word: &str, column: usize, message: &str| {
        let error = Endpoint::parse(word).expect_err(word);
        assert_eq!(
            (error.column, error.to_string().as_str()),
            (column, message),
            "{word}"
        );
    };
    let no_scheme = "tcp://, udp://, unix:, unix-dgram: or unix-seqpacket:";
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
    check(
        "@L",
        0,
        &format!(
            "a socket's name where only an address can stand: {}",
            super::parse::FORMS
        ),
    );
}

#[test]
fn every_byte_survives_in_names() {
    for byte in 0..=u8::MAX {
        for name in [vec![byte], vec![b'/', byte], vec![byte, byte]] {
            let mut places = vec![Address::Abstract(name.clone())];
            if byte != 0 {
                places.push(Address::Path(name));
            }
            for address in places {
                let text = address.endpoint_text(Transport::UnixDgram);
                assert!(
                    text.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
                    "{text}"
                );
                assert_eq!(
                    Endpoint::parse(&text).ok(),
                    address.endpoint(Transport::UnixDgram),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn kernel_addresses_are_shown_and_classed() {
    let check = |text: &str, shown: &str, short: &str, classes: &str| {
        let address = Address::Inet(text.parse::<SocketAddr>().unwrap());
        let class = |holds, name| if holds { name } else { "" };
        let found = [
            class(address.is_loopback(), "loopback"),
            class(address.is_any(), "any"),
            class(address.is_multicast(), "multicast"),
            class(address.is_broadcast(), "broadcast"),
        ];
        assert_eq!(
            (address.to_string().as_str(), address.short().as_str()),
            (shown, short)
        );
        assert_eq!(found.concat(), classes, "{text}");
    };
    check("127.0.0.1:7000", "127.0.0.1:7000", ":7000", "loopback");
    check("127.0.0.2:7", "127.0.0.2:7", "127.0.0.2:7", "loopback");
    check("[::1]:7", "[::1]:7", "[::1]:7", "loopback");
    check(
        "[::ffff:127.0.0.1]:7",
        "[::ffff:127.0.0.1]:7",
        "[::ffff:127.0.0.1]:7",
        "loopback",
    );
    check("0.0.0.0:7", "0.0.0.0:7", "0.0.0.0:7", "any");
    check("[::]:7", "[::]:7", "[::]:7", "any");
    check("239.0.0.1:7", "239.0.0.1:7", "239.0.0.1:7", "multicast");
    check("[ff02::1]:7", "[ff02::1]:7", "[ff02::1]:7", "multicast");
    check(
        "255.255.255.255:7",
        "255.255.255.255:7",
        "255.255.255.255:7",
        "broadcast",
    );
    check("10.0.0.1:7", "10.0.0.1:7", "10.0.0.1:7", "");
    let scoped = SocketAddrV6::new(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), 7, 0, 3);
    assert_eq!(
        Address::from(SocketAddr::V6(scoped)).endpoint_text(Transport::Udp),
        "udp://[fe80::1%3]:7"
    );
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 9));
    assert_eq!(
        Address::from(any).endpoint_text(Transport::Tcp),
        "tcp://0.0.0.0:9"
    );
    assert_eq!(Address::Path(b"/a b".into()).to_string(), "\"/a b\"");
    assert_eq!(Address::Abstract(b"name".into()).to_string(), "@name");
    assert_eq!(Address::Unnamed.to_string(), "(unnamed)");
    assert_eq!(Address::Unnamed.endpoint(Transport::UnixStream), None);
    assert!(!Address::Unnamed.is_loopback());
}

#[test]
fn transports_know_their_properties() {
    let check = |transport: Transport, properties: [bool; 5]| {
        let found = [
            transport.is_stream(),
            transport.keeps_boundaries(),
            transport.is_unix(),
            transport.is_connectionless(),
            transport.listens(),
        ];
        assert_eq!(found, properties, "{transport:?}");
        assert_eq!(Transport::of_scheme(transport.scheme()), Some(transport));
    };
    check(Transport::Tcp, [true, false, false, false, true]);
    check(Transport::Udp, [false, true, false, true, false]);
    check(Transport::UnixStream, [true, false, true, false, true]);
    check(Transport::UnixDgram, [false, true, true, true, false]);
    check(Transport::UnixSeqpacket, [false, true, true, false, true]);
}
