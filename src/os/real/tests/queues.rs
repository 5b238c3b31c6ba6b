//! Options as they read back.

use super::*;

/// Sets an option and reads it back.
fn check_option(os: &mut Real, sock: Sock, name: &str, value: &str, expected: &str) {
    assert_eq!(os.set_option(sock, name, value), Ok(()), "{name} {value}");
    assert_eq!(
        os.option(sock, name).as_deref(),
        Ok(expected),
        "{name} {value}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn options_read_back_in_the_words_that_set_them() {
    let rows = [
        ("nodelay", "on", "on"),
        ("nodelay", "off", "off"),
        ("cork", "on", "on"),
        ("quickack", "off", "off"),
        ("keepalive", "60 5 3", "60 5 3"),
        ("keepalive", "off", "off"),
        ("user-timeout", "2500", "2500"),
        ("user-timeout", "off", "off"),
        ("linger", "0", "0"),
        ("linger", "1500", "2000"),
        ("linger", "off", "off"),
        ("sndbuf", "8192", "16384"),
        ("rcvbuf", "8192", "16384"),
        ("rcvlowat", "100", "100"),
        ("reuseaddr", "on", "on"),
        ("reuseport", "on", "on"),
        ("ttl", "3", "3"),
        ("tos", "16", "16"),
        ("broadcast", "on", "on"),
        ("oobinline", "on", "on"),
        ("freebind", "on", "on"),
        ("congestion", "reno", "reno"),
    ];
    for v6 in [false, true] {
        let mut os = real();
        let sock = os.socket(Transport::Tcp, v6).unwrap();
        for (name, value, expected) in rows {
            check_option(&mut os, sock, name, value, expected);
        }
        let udp = os.socket(Transport::Udp, v6).unwrap();
        check_option(&mut os, udp, "multicast-ttl", "7", "7");
        check_option(&mut os, udp, "multicast-loop", "off", "off");
    }
    let mut os = real();
    let sock = os.socket(Transport::Tcp, true).unwrap();
    check_option(&mut os, sock, "v6only", "on", "on");
}

#[test]
fn options_that_cannot_be_are_refused() {
    let mut os = real();
    let sock = os.socket(Transport::Tcp, false).unwrap();
    let mut check = |name, value, expected| {
        let refused = os.set_option(sock, name, value).map_err(Errno::name);
        assert_eq!(refused, Err(expected), "{name} {value}");
    };
    check("nodelay", "perhaps", "EINVAL");
    check("ttl", "-1", "EINVAL");
    check("keepalive", "60 5", "EINVAL");
    check("join", "nowhere", "EINVAL");
    check("congestion", "no-such", "ENOENT");
    check("no-such", "on", "ENOPROTOOPT");
    assert_eq!(os.option(sock, "join"), Err(errno("ENOPROTOOPT")));
    let unix = os.socket(Transport::UnixStream, false).unwrap();
    assert_eq!(os.set_option(unix, "nodelay", "on"), Err(Errno::EOPNOTSUPP));
}

#[test]
fn a_group_is_joined_and_left() {
    let mut os = real();
    let sock = os.socket(Transport::Udp, false).unwrap();
    os.bind(sock, &any_port(false)).unwrap();
    match os.set_option(sock, "join", "239.255.42.1") {
        Ok(()) => assert_eq!(os.set_option(sock, "leave", "239.255.42.1"), Ok(())),
        // No interface here can do multicast.
        Err(error) => assert_eq!(error.name(), "ENODEV"),
    }
    let never = os.set_option(sock, "leave", "239.255.42.2");
    assert_eq!(never, Err(Errno::EADDRNOTAVAIL));
}
