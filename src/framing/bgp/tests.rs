//! Messages of BIRD 2.0.12 (vectors `cap-bird-*`) and of RFC 4271's rules.

use crate::framing::tests::{check, check_fields, cut};

const MARKER: &[u8] = &[0xff; 16];

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(19 + body.len()).unwrap().to_be_bytes();
    [MARKER, &length, &[kind], body].concat()
}

/// Checks the notes, whatever the payload.
fn check_note(message: &[u8], note: &str) {
    let payload = message[19..].escape_ascii();
    let line = format!("0..{} {note}: {payload}", message.len());
    check("bgp", message, &[&line]);
}

const OPEN: &[u8] =
    b"\x04\xfd\xe9\0\xf0\x0a\0\0\x02\x18\x02\x16\x01\x04\0\x01\0\x01\x02\0\x40\x02\0\x78\x41\
        \x04\0\0\xfd\xe9\x46\0\x47\0";

#[test]
fn what_bird_says() {
    check_note(&message(1, OPEN), "OPEN AS 65001, hold 240, id 10.0.0.2");
    check_note(&message(4, b""), "KEEPALIVE");
    check_note(
        &message(2, b"\0\x04\x18\xc6\x33\x64\0\0"),
        "UPDATE withdraws 198.51.100.0/24",
    );
    check_note(
        &message(2, b"\0\x03\x0c\xac\x10\0\0"),
        "UPDATE withdraws 172.16.0.0/12",
    );
    check_note(&message(2, b"\0\0\0\0"), "UPDATE end of routes");
    check_note(
        &message(3, b"\x01\x01"),
        "NOTIFICATION message header error: connection not synchronized",
    );
    check_note(
        &message(3, b"\x01\x02\x10\x01"),
        "NOTIFICATION message header error: bad message length",
    );
    check_note(
        &message(3, b"\x06\x02\x03bye"),
        "NOTIFICATION cease: administrative shutdown (bye)",
    );
    check_note(&message(3, b"\x04\0"), "NOTIFICATION hold timer expired");
    check_note(&message(3, b"\x09\x01"), "NOTIFICATION 9: 1");
    check_note(&message(5, b"\0\x02\0\x01"), "ROUTE-REFRESH IPv6 unicast");
    check_note(&message(77, b"\x01"), "type 77");
}

#[test]
fn a_four_byte_number_stands_in_its_capability() {
    let open = b"\x04\x5b\xa0\0\x5a\x0a\0\0\x01\x08\x02\x06\x41\x04\0\x03\x0d\x40";
    check_note(&message(1, open), "OPEN AS 200000, hold 90, id 10.0.0.1");
}

#[test]
fn what_breaks_the_rule() {
    let broken = |stream: &[u8], line: &str| check("bgp", stream, &[line]);
    let mut marked = message(4, b"");
    marked[15] = 0xfe;
    broken(&marked, "0..19 bad at 15: byte 15 of the marker is not ff");
    let short = [MARKER, b"\0\x12\x04"].concat();
    broken(&short, "0..19 bad at 16: length 18, and 19 to 4096 can be");
    let long = [MARKER, b"\x10\x01\x04ab"].concat();
    broken(&long, "0..21 bad at 16: length 4097, and 19 to 4096 can be");
    broken(
        b"\xff",
        r"0..1 partial, waiting for the header of 19 bytes: \xff",
    );
    broken(
        &message(1, OPEN)[..24],
        r"0..24 partial -29, waiting for 29 more bytes (OPEN): \x04\xfd\xe9\x00\xf0",
    );
}

#[test]
fn an_open_and_its_capabilities() {
    check_fields(
        "bgp",
        &message(1, OPEN),
        &[
            "0..16 marker",
            "16..18 length 53",
            "18..19 type 1 OPEN",
            "19..20 version 4",
            "20..22 AS 65001",
            "22..24 hold time 240",
            "24..28 identifier \"10.0.0.2\"",
            "28..29 options length 24",
            "31..37 capability 1 multiprotocol",
            "  31..32 code 1 multiprotocol",
            "  32..33 length 4",
            "  33..35 AFI 1 IPv4",
            "  36..37 SAFI 1 unicast",
            "37..39 capability 2 route refresh",
            "  37..38 code 2 route refresh",
            "  38..39 length 0",
            "39..43 capability 64 graceful restart",
            "  39..40 code 64 graceful restart",
            "  40..41 length 2",
            "  41..43 flags and restart time 120",
            "43..49 capability 65 four-byte AS number",
            "  43..44 code 65 four-byte AS number",
            "  44..45 length 4",
            "  45..49 AS 65001",
            "49..51 capability 70 enhanced route refresh",
            "  49..50 code 70 enhanced route refresh",
            "  50..51 length 0",
            "51..53 capability 71 long-lived graceful restart",
            "  51..52 code 71 long-lived graceful restart",
            "  52..53 length 0",
        ],
    );
}

const ROUTES: &[u8] = b"\0\x02\x08\x0a\0\x1b\
    \x40\x01\x01\0\x40\x02\x06\x02\x02\xfd\xe9\xfd\xea\x40\x03\x04\x0a\0\0\x01\xc0\x08\x04\xff\xff\xff\x01\
    \x10\xac\x10\x18\xc6\x33\x64";

#[test]
fn an_update_and_its_attributes() {
    check_note(
        &message(2, ROUTES),
        "UPDATE announces 2 routes, 172.16.0.0/16 first, withdraws 10.0.0.0/8",
    );
    check_fields(
        "bgp",
        &message(2, ROUTES),
        &[
            "0..16 marker",
            "16..18 length 59",
            "18..19 type 2 UPDATE",
            "19..21 withdrawn length 2",
            "21..23 withdrawn",
            "  21..23 prefix \"10.0.0.0/8\"",
            "23..25 attributes length 27",
            "25..29 ORIGIN",
            "  25..26 flags 64",
            "  26..27 type 1 ORIGIN",
            "  27..28 length 1",
            "  28..29 origin 0 IGP",
            "29..38 AS_PATH",
            "  29..30 flags 64",
            "  30..31 type 2 AS_PATH",
            "  31..32 length 6",
            "  32..38 sequence",
            "    34..36 AS 65001",
            "    36..38 AS 65002",
            "38..45 NEXT_HOP",
            "  38..39 flags 64",
            "  39..40 type 3 NEXT_HOP",
            "  40..41 length 4",
            "  41..45 next hop \"10.0.0.1\"",
            "45..52 COMMUNITIES",
            "  45..46 flags 192",
            "  46..47 type 8 COMMUNITIES",
            "  47..48 length 4",
            "  48..52 community 4294967041 no export",
            "52..59 announced",
            "  52..55 prefix \"172.16.0.0/16\"",
            "  55..59 prefix \"198.51.100.0/24\"",
        ],
    );
}

#[test]
fn routes_of_another_family_and_wide_numbers() {
    let update =
        b"\0\0\0\x2d\x80\x0e\x1e\0\x02\x01\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\0\x20\x20\
        \x01\x0d\xb8\x10\xfe\x80\x40\
        \x02\x06\x02\x01\0\x03\x0d\x40\x40\x01\x01\x02";
    check_note(
        &message(2, update),
        "UPDATE announces 2 routes, 2001:db8::/32 first",
    );
    check_note(
        &message(2, b"\0\0\0\x09\x80\x0f\x06\0\x19\x46\x01\x02\x03"),
        "UPDATE withdraws EVPN routes",
    );
    // A prefix that is wider than its address, and an attribute that is longer than all, end the list.
    check_note(&message(2, b"\0\x02\x21\x0a\0\0"), "UPDATE");
    check_note(&message(2, b"\0\0\0\x04\x40\x01\xff\0"), "UPDATE");
}

#[test]
fn the_shape_of_a_payload_tells_its_type() {
    let encoded = |payload: &[u8]| cut("bgp").rule.encode(payload);
    assert_eq!(encoded(b""), Ok(message(4, b"")));
    assert_eq!(encoded(OPEN), Ok(message(1, OPEN)));
    assert_eq!(encoded(ROUTES), Ok(message(2, ROUTES)));
    assert_eq!(encoded(b"\x06\x02"), Ok(message(3, b"\x06\x02")));
    encoded(b"a").unwrap_err();
    encoded(&[0; 4078]).unwrap_err();
}
