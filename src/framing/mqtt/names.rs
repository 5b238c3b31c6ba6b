//! What the numbers of MQTT stand for.

use super::super::dissect::Names;

pub(super) const CONNECT: u8 = 1;
pub(super) const CONNACK: u8 = 2;
pub(super) const PUBLISH: u8 = 3;

/// The types whose packets the versions write differently, beside those that tell the version.
pub(super) const DIFFERENT: &[u8] = &[3, 8, 9, 10, 11];

/// MQTT 5, 2.1.2.
pub(super) const TYPES: &Names = &[
    (1, "CONNECT"),
    (2, "CONNACK"),
    (3, "PUBLISH"),
    (4, "PUBACK"),
    (5, "PUBREC"),
    (6, "PUBREL"),
    (7, "PUBCOMP"),
    (8, "SUBSCRIBE"),
    (9, "SUBACK"),
    (10, "UNSUBSCRIBE"),
    (11, "UNSUBACK"),
    (12, "PINGREQ"),
    (13, "PINGRESP"),
    (14, "DISCONNECT"),
    (15, "AUTH"),
];

/// The level that CONNECT asks for.
pub(super) const LEVELS: &Names = &[(3, "3.1"), (4, "3.1.1"), (5, "5")];

/// MQTT 3.1.1, 3.2.2.3.
pub(super) const RETURN_CODES: &Names = &[
    (0, "accepted"),
    (1, "unacceptable protocol version"),
    (2, "identifier rejected"),
    (3, "server unavailable"),
    (4, "bad user name or password"),
    (5, "not authorized"),
];

/// MQTT 3.1.1, 3.9.3; 0 is told by its packet.
pub(super) const GRANTS: &Names = &[
    (1, "granted QoS 1"),
    (2, "granted QoS 2"),
    (0x80, "failure"),
];

/// MQTT 5, 2.4; some packets have other words for 0.
pub(super) const REASONS: &Names = &[
    (0x00, "success"),
    (0x01, "granted QoS 1"),
    (0x02, "granted QoS 2"),
    (0x04, "disconnect with will message"),
    (0x10, "no matching subscribers"),
    (0x11, "no subscription existed"),
    (0x18, "continue authentication"),
    (0x19, "re-authenticate"),
    (0x80, "unspecified error"),
    (0x81, "malformed packet"),
    (0x82, "protocol error"),
    (0x83, "implementation specific error"),
    (0x84, "unsupported protocol version"),
    (0x85, "client identifier not valid"),
    (0x86, "bad user name or password"),
    (0x87, "not authorized"),
    (0x88, "server unavailable"),
    (0x89, "server busy"),
    (0x8a, "banned"),
    (0x8b, "server shutting down"),
    (0x8c, "bad authentication method"),
    (0x8d, "keep alive timeout"),
    (0x8e, "session taken over"),
    (0x8f, "topic filter invalid"),
    (0x90, "topic name invalid"),
    (0x91, "packet identifier in use"),
    (0x92, "packet identifier not found"),
    (0x93, "receive maximum exceeded"),
    (0x94, "topic alias invalid"),
    (0x95, "packet too large"),
    (0x96, "message rate too high"),
    (0x97, "quota exceeded"),
    (0x98, "administrative action"),
    (0x99, "payload format invalid"),
    (0x9a, "retain not supported"),
    (0x9b, "QoS not supported"),
    (0x9c, "use another server"),
    (0x9d, "server moved"),
    (0x9e, "shared subscriptions not supported"),
    (0x9f, "connection rate exceeded"),
    (0xa0, "maximum connect time"),
    (0xa1, "subscription identifiers not supported"),
    (0xa2, "wildcard subscriptions not supported"),
];

/// How a property is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Number(usize),
    Varint,
    Text,
    Bytes,
    Pair,
}

/// MQTT 5, 2.2.2.2.
pub(super) const PROPERTIES: &[(u8, &str, Kind)] = &[
    (1, "payload format", Kind::Number(1)),
    (2, "message expiry", Kind::Number(4)),
    (3, "content type", Kind::Text),
    (8, "response topic", Kind::Text),
    (9, "correlation data", Kind::Bytes),
    (11, "subscription identifier", Kind::Varint),
    (17, "session expiry", Kind::Number(4)),
    (18, "assigned client id", Kind::Text),
    (19, "server keep alive", Kind::Number(2)),
    (21, "authentication method", Kind::Text),
    (22, "authentication data", Kind::Bytes),
    (23, "request problem information", Kind::Number(1)),
    (24, "will delay", Kind::Number(4)),
    (25, "request response information", Kind::Number(1)),
    (26, "response information", Kind::Text),
    (28, "server reference", Kind::Text),
    (31, "reason", Kind::Text),
    (33, "receive maximum", Kind::Number(2)),
    (34, "topic alias maximum", Kind::Number(2)),
    (35, "topic alias", Kind::Number(2)),
    (36, "maximum QoS", Kind::Number(1)),
    (37, "retain available", Kind::Number(1)),
    (38, "user property", Kind::Pair),
    (39, "maximum packet size", Kind::Number(4)),
    (40, "wildcard subscriptions available", Kind::Number(1)),
    (41, "subscription identifiers available", Kind::Number(1)),
    (42, "shared subscriptions available", Kind::Number(1)),
];
