//! The ports at which a framing is usually spoken, as IANA lists them or custom has them: a guess about a stream of
//! which nothing else is known yet.

/// Spoken on streams alone, or on datagrams, too.
const STREAM: bool = false;
const BOTH: bool = true;

/// Ports with the framing of what is said there.
const PORTS: &[(u16, &str, bool)] = &[
    (22, "ssh", STREAM),
    (25, "smtp", STREAM),
    (53, "dns", BOTH),
    (80, "http1", STREAM),
    (102, "tpkt", STREAM),
    (111, "sunrpc", BOTH),
    (143, "imap", STREAM),
    (179, "bgp", STREAM),
    (389, "ber", STREAM),
    (443, "tls", STREAM),
    (502, "modbus", STREAM),
    (554, "rtsp", STREAM),
    (587, "smtp", STREAM),
    (636, "tls", STREAM),
    (853, "tls", STREAM),
    (993, "tls", STREAM),
    (995, "tls", STREAM),
    (1883, "mqtt", STREAM),
    (2049, "sunrpc", BOTH),
    (2575, "mllp", STREAM),
    (3306, "mysql", STREAM),
    (3868, "diameter", STREAM),
    (4222, "nats", STREAM),
    (5060, "sip", BOTH),
    (5353, "dns", BOTH),
    (5432, "postgres", STREAM),
    (5672, "amqp", STREAM),
    (6379, "resp", STREAM),
    (8080, "http1", STREAM),
    (8883, "tls", STREAM),
    (11211, "memcached", STREAM),
    (61613, "stomp", STREAM),
];

/// The words of the framing that is usually spoken at a port, on a stream or in datagrams.
#[must_use]
pub fn at_port(port: u16, datagrams: bool) -> Option<&'static str> {
    let known = |(known, _, both): &&(u16, &str, bool)| *known == port && (*both || !datagrams);
    PORTS.iter().find(known).map(|(_, words, _)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::Cut;
    use crate::words::Words;

    #[test]
    fn each_port_has_the_canonical_words_of_a_framing() {
        assert!(PORTS.is_sorted_by(|one, next| one.0 < next.0));
        for (port, words, _) in PORTS {
            let cut = Cut::parse(&mut Words::new(words, 0)).unwrap();
            assert_eq!(cut.words(), *words, "{port}");
        }
        assert_eq!(at_port(6379, false), Some("resp"));
        assert_eq!(at_port(6380, false), None);
        // What comes in datagrams at the port of HTTPS is QUIC.
        assert_eq!(at_port(443, true), None);
        assert_eq!(at_port(53, true), Some("dns"));
    }
}
