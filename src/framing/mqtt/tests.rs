//! MQTT packets of both versions, and what is none.

use std::time::Duration;

use crate::framing::tests::{check, check_fields, cut};
use crate::framing::{Cx, Mailbox, Sight};

#[test]
fn version_3() {
    check(
        "mqtt",
        b"\x10\x11\0\x04MQTT\x04\x82\0\x09\0\x02p0\0\x01b\x30\x0a\0\x03t/0hello\x3b\x07\0\x01t\0\x07hi\xe0\0",
        &[
            r"0..19 CONNECT p0, version 3.1.1, keep alive 9 s, user b: \x00\x04MQTT\x04\x82\x00\t\x00\x02p0\x00\x01b",
            r"19..31 PUBLISH t/0: \x00\x03t/0hello",
            r"31..40 PUBLISH t, retained, again, QoS 1, #7: \x00\x01t\x00\x07hi",
            "40..42 DISCONNECT: ",
        ],
    );
    check(
        "mqtt",
        b"\x20\x02\x01\0\x20\x02\0\x05\x40\x02\0\x07\x82\x09\0\x01\0\
          \x01a\x01\0\x00\0\x90\x04\0\x01\0\x80\xb0\x02\0\x02\xd0\0",
        &[
            r"0..4 CONNACK accepted, session present: \x01\x00",
            r"4..8 CONNACK not authorized: \x00\x05",
            r"8..12 PUBACK #7: \x00\x07",
            r#"12..23 SUBSCRIBE a, "", #1: \x00\x01\x00\x01a\x01\x00\x00\x00"#,
            r"23..29 SUBACK #1: granted QoS 0, failure: \x00\x01\x00\x80",
            r"29..33 UNSUBACK #2: \x00\x02",
            "33..35 PINGRESP: ",
        ],
    );
}

#[test]
fn version_5_is_known_from_connect_or_connack() {
    check(
        "mqtt",
        b"\x10\x10\0\x04MQTT\x05\x02\0\x0a\x03\x21\0\x14\0\0\x30\x05\0\x01t\0x\xe0\x01\x04",
        &[
            r#"0..18 CONNECT "", version 5, keep alive 10 s: \x00\x04MQTT\x05\x02\x00\n\x03!\x00\x14\x00\x00"#,
            r"18..25 PUBLISH t: \x00\x01t\x00x",
            r"25..28 DISCONNECT disconnect with will message: \x04",
        ],
    );
    check(
        "mqtt",
        b"\x20\x03\0\x87\0\x50\x03\0\x01\x10\x90\x04\0\x01\0\x02\xb0\x04\0\x02\0\x11",
        &[
            r"0..5 CONNACK not authorized: \x00\x87\x00",
            r"5..10 PUBREC #1: no matching subscribers: \x00\x01\x10",
            r"10..16 SUBACK #1: granted QoS 2: \x00\x01\x00\x02",
            r"16..22 UNSUBACK #2: no subscription existed: \x00\x02\x00\x11",
        ],
    );
}

#[test]
fn the_other_side_hears_of_version_5() {
    let feed = |bytes: &[u8], theirs: &Mailbox| {
        let mut cx = Cx::new(0, 99, Sight::default()).hearing(Some(theirs), Duration::MAX);
        cut("mqtt").rule.decoder().feed(bytes, &mut cx);
        let mut mailbox = Mailbox::default();
        mailbox.put(Duration::ZERO, cx.take_letters());
        (cx.take().remove(0).note, mailbox)
    };
    let connect = b"\x10\x0d\0\x04MQTT\x05\x02\0\x0a\0\0\0";
    let publish = b"\x30\x05\0\x01t\0x";
    let (_, told) = feed(connect, &Mailbox::default());
    assert_eq!(feed(publish, &told).0, "5");
    assert_eq!(feed(publish, &Mailbox::default()).0, "3");
    check(
        "mqtt",
        publish,
        &[r"0..7 PUBLISH t (as 3.1.1: no CONNECT was seen): \x00\x01t\x00x"],
    );
}

#[test]
fn what_is_no_packet() {
    let why = "0..6 bad at 4: the length goes on after 4 bytes";
    check("mqtt", b"\x10\xff\xff\xff\xff\x01", &[why]);
    check(
        "mqtt",
        b"\x0f\0",
        &["0..2 bad at 0: packet type 0 is reserved"],
    );
    // The length still tells where the next packet begins.
    check(
        "mqtt",
        b"\x36\x01a\x80\0\xe1\0\xe0\0",
        &[
            "0..3 bad at 0: QoS 3",
            "3..5 bad at 3: flags 0, and they must be 2",
            "5..7 bad at 5: flags 1, and they must be 0",
            "7..9 DISCONNECT: ",
        ],
    );
    check(
        "mqtt",
        b"\x30\x05\0\x03t",
        &[r"0..5 partial -2, waiting for 2 more bytes (PUBLISH): \x00\x03t"],
    );
    check(
        "mqtt",
        b"\x30",
        &["0..1 partial, waiting for the rest of the length (PUBLISH): 0"],
    );
    check(
        "mqtt max 9",
        b"\x30\xff\xff\xff\x7fab",
        &["0..7 bad at 0: a message of 268435460 bytes, over the limit of 9"],
    );
    // Shorter than what it must hold: the packet is whole, its fields are not.
    check("mqtt", b"\x10\x02\0\x04", &[r"0..4 CONNECT: \x00\x04"]);
}

#[test]
fn fields() {
    check_fields(
        "mqtt",
        b"\x10\x26\0\x04MQTT\x05\xec\0\x0a\x05\x11\0\0\0\x05\0\x01\
          c\0\0\x01w\0\x01x\0\x01u\0\x01p\x99\x99\x99\x99\x99\x99",
        &[
            "0..1 type 1 CONNECT",
            "1..2 length 38",
            r#"4..8 protocol "MQTT""#,
            "8..9 version 5 5",
            "9..10 flags 236 user-name password will-retain will",
            "10..12 keep alive 10",
            "12..13 properties length 5",
            "14..18 session expiry 5",
            r#"20..21 client id "c""#,
            "21..28 will",
            "  21..21 QoS 1",
            "  21..22 properties length 0",
            r#"  24..25 topic "w""#,
            "  27..28 payload",
            r#"30..31 user name "u""#,
            "33..34 password",
        ],
    );
    check_fields(
        "mqtt",
        b"\x20\x10\0\0\x0d\x26\0\x01a\0\x01b\x0b\x80\x01\x7fzz\x82\x06\0\x02\0\0\0\x05",
        &[
            "0..1 type 2 CONNACK",
            "1..2 length 16",
            "2..3 flags 0",
            "3..4 code 0 success",
            "4..5 properties length 13",
            r#"6..12 user property "a: b""#,
            r#"  8..9 name "a""#,
            r#"  11..12 value "b""#,
            "13..15 subscription identifier 128",
            "15..18 property",
            "18..19 type 8 SUBSCRIBE",
            "18..19 flags 2",
            "19..20 length 6",
            "20..22 packet id 2",
            "22..23 properties length 0",
            r#"25..25 topic """#,
            "25..26 QoS 1",
            "25..26 options 5 no-local",
        ],
    );
}
