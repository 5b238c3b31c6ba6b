//! Addresses as tables: word and meaning, word and refusal, bytes and round trip.

mod refusals;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use super::{Address, Endpoint, Host, Place, Target, Transport};

fn ip(text: &str) -> Host {
    Host::Ip(text.parse().unwrap())
}

/// The word means the endpoint, which prints as given, which means the endpoint again.
fn check_word(word: &str, transport: Transport, place: Place, printed: &str) {
    let endpoint = Endpoint::parse(word).unwrap_or_else(|error| panic!("{word}: {error}"));
    assert_eq!(endpoint, Endpoint { transport, place }, "{word}");
    assert_eq!(endpoint.to_string(), printed);
    assert_eq!(Endpoint::parse(printed), Ok(endpoint), "{printed}");
}

#[test]
fn tcp_words_are_read_and_printed() {
    let check = |word: &str, host: Host, port, printed: &str| {
        check_word(word, Transport::Tcp, Place::Inet { host, port }, printed);
    };
    let scoped = |zone: &str| Host::Scoped {
        ip: "fe80::1".parse().unwrap(),
        zone: zone.into(),
    };
    let named = |name: &str| Host::Name(name.into());
    let home = || ip("127.0.0.1");
    check("tcp://127.0.0.1:7000", home(), 7000, "tcp://127.0.0.1:7000");
    check("127.0.0.1:7000", home(), 7000, "tcp://127.0.0.1:7000");
    check(":7000", home(), 7000, "tcp://127.0.0.1:7000");
    check("7000", home(), 7000, "tcp://127.0.0.1:7000");
    check("0", home(), 0, "tcp://127.0.0.1:0");
    check("tcp://[::1]:7000", ip("::1"), 7000, "tcp://[::1]:7000");
    check("[::1]:7000", ip("::1"), 7000, "tcp://[::1]:7000");
    check("[0:0::1]:7", ip("::1"), 7, "tcp://[::1]:7");
    check(
        "tcp://[fe80::1%eth0]:7",
        scoped("eth0"),
        7,
        "tcp://[fe80::1%eth0]:7",
    );
    check("[fe80::1%3]:7", scoped("3"), 7, "tcp://[fe80::1%3]:7");
    check(
        "tcp://localhost:70",
        named("localhost"),
        70,
        "tcp://localhost:70",
    );
    check("localhost:70", named("localhost"), 70, "tcp://localhost:70");
    check(
        "a_b.example.:1",
        named("a_b.example."),
        1,
        "tcp://a_b.example.:1",
    );
    check("*:65535", Host::Any, 65535, "tcp://*:65535");
}

#[test]
fn udp_words_are_read_and_printed() {
    let check = |word: &str, host: Host, printed: &str| {
        check_word(word, Transport::Udp, Place::Inet { host, port: 9 }, printed);
    };
    check("udp://*:9", Host::Any, "udp://*:9");
    check("udp://:9", ip("127.0.0.1"), "udp://127.0.0.1:9");
    check("udp://239.1.2.3:9", ip("239.1.2.3"), "udp://239.1.2.3:9");
    check("udp://[ff02::1]:9", ip("ff02::1"), "udp://[ff02::1]:9");
}

#[test]
fn unix_words_are_read_and_printed() {
    let stream = Transport::UnixStream;
    let path = |name: &str| Place::Path(name.into());
    check_word(
        "unix-dgram:/run/x",
        Transport::UnixDgram,
        path("/run/x"),
        "unix-dgram:/run/x",
    );
    check_word(
        "unix-seqpacket:x",
        Transport::UnixSeqpacket,
        path("x"),
        "unix-seqpacket:x",
    );
    let check =
        |word: &str, name: &str, printed: &str| check_word(word, stream, path(name), printed);
    check("unix:/run/x.sock", "/run/x.sock", "unix:/run/x.sock");
    check(r#"unix:"@name""#, "@name", r#"unix:"@name""#);
    check(r#"unix:"/a b""#, "/a b", r#"unix:"/a b""#);
    check(r#"unix:"/a""#, "/a", "unix:/a");
    check(r#"unix:"//a""#, "//a", r#"unix:"//a""#);
    check("unix:/é", "/é", r#"unix:"/\xc3\xa9""#);
    check(r"unix:/a\b:7", r"/a\b:7", r#"unix:"/a\\b:7""#);
    check(r#"unix:"/\"\x1b""#, "/\"\x1b", r#"unix:"/\"\x1b""#);
    let longest = format!("/{}", "x".repeat(106));
    check(
        &format!("unix:{longest}"),
        &longest,
        &format!("unix:{longest}"),
    );
    let check = |word: &str, name: &[u8], printed: &str| {
        check_word(word, stream, Place::Abstract(name.into()), printed);
    };
    check("unix:@name", b"name", "unix:@name");
    check(r#"unix:@"a\x00b""#, b"a\0b", r#"unix:@"a\x00b""#);
    check(r#"unix:@"""#, b"", r#"unix:@"""#);
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
fn every_byte_survives_in_names() {
    for byte in 0..=u8::MAX {
        for name in [vec![byte], vec![b'/', byte], vec![byte, byte]] {
            let mut places = vec![Address::Abstract(name.clone())];
            if byte != 0 {
                places.push(Address::Path(name));
            }
            for address in places {
                let text = address.endpoint(Transport::UnixDgram).unwrap().to_string();
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
        "",
    );
    check("10.0.0.1:7", "10.0.0.1:7", "10.0.0.1:7", "");
    let scoped = SocketAddrV6::new(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), 7, 0, 3);
    assert_eq!(
        Address::from(SocketAddr::V6(scoped))
            .endpoint(Transport::Udp)
            .unwrap()
            .to_string(),
        "udp://[fe80::1%3]:7"
    );
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 9));
    assert_eq!(
        Address::from(any)
            .endpoint(Transport::Tcp)
            .unwrap()
            .to_string(),
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

#[test]
fn what_is_typed_reads_back_as_the_same_place() {
    let port = |text: &str| Address::Inet(text.parse().unwrap());
    let rows = [
        (
            port("127.0.0.1:7000"),
            Transport::Tcp,
            "127.0.0.1:7000",
            ":7000",
        ),
        (
            port("10.0.0.1:53"),
            Transport::Tcp,
            "10.0.0.1:53",
            "10.0.0.1:53",
        ),
        (
            port("127.0.0.1:53"),
            Transport::Udp,
            "udp://127.0.0.1:53",
            "udp://:53",
        ),
        (
            port("[::1]:53"),
            Transport::Udp,
            "udp://[::1]:53",
            "udp://[::1]:53",
        ),
        (port("[::1]:53"), Transport::Tcp, "[::1]:53", "[::1]:53"),
        (
            Address::Path(b"/r/x".to_vec()),
            Transport::UnixStream,
            "unix:/r/x",
            "unix:/r/x",
        ),
        (
            Address::Path(b"/a b".to_vec()),
            Transport::UnixDgram,
            "unix-dgram:\"/a b\"",
            "unix-dgram:\"/a b\"",
        ),
        (
            Address::Abstract(b"n".to_vec()),
            Transport::UnixSeqpacket,
            "unix-seqpacket:@n",
            "unix-seqpacket:@n",
        ),
    ];
    for (address, transport, whole, short) in rows {
        assert_eq!(address.typed(transport), whole);
        assert_eq!(address.typed_short(transport), short);
        for text in [whole, short] {
            assert_eq!(
                Endpoint::parse(text).ok(),
                address.endpoint(transport),
                "{text}"
            );
        }
    }
}
