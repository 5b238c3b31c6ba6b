//! Records and handshakes of an OpenSSL client and server, messages over records and back, and what breaks the rule.

use crate::framing::Status;
use crate::framing::tests::{check, check_fields, cut, run};

/// What OpenSSL 3.0 says first (tls.pcapng, connection 0).
const CLIENT_HELLO: &str = "\
     16030100fd010000f90303db3f13667ba09175f27243e8e17358ab41482d207b0592ae52c11ee0f511e6b620bdfa1f0e\
     b530c6f3c9f2bcd9d04c1e25e7d6038eac6a6ff341bff158d245a9d0000813021303130100ff010000a80000000e000c\
     0000096c6f63616c686f7374000b000403000102000a00160014001d0017001e00190018010001010102010301040023\
     00000010000b000908687474702f312e310016000000170000000d001e001c040305030603080708080809080a080b08\
     0408050806040105010601002b0003020304002d00020101003300260024001d00204220f8ae61847b3620500be5c2d7\
     8d0f2d13f24bdf8ff03fd2d688d7ae1b3937";

/// The answer.
const SERVER_HELLO: &str = "\
     160303007a020000760303f3200893203fcc8cdb74ebe101f982592310cb8c7a736668d1e6018d2bd5f4d520bdfa1f0e\
     b530c6f3c9f2bcd9d04c1e25e7d6038eac6a6ff341bff158d245a9d0130200002e002b0002030400330024001d002021\
     f008bcf7ac8286033f8640e1fc03706d6aba22e79c60d84a88c79020da601a";

fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let pairs = pairs.map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

/// A record of TLS 1.2.
fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind, 3, 3], &length[..], body].concat()
}

/// A handshake message with so many bytes.
fn handshake(kind: u8, length: u8) -> Vec<u8> {
    [&[kind, 0, 0, length], vec![0; length.into()].as_slice()].concat()
}

/// The notes of all messages, or why they are bad; the same however they arrive.
fn notes(stream: &[u8]) -> Vec<String> {
    let told = |size: usize| {
        let messages = run(&cut("tls"), stream, &[size]);
        let told = messages.into_iter().map(|message| match message.status {
            Status::Bad { why, at } => format!("bad at {at}: {why}"),
            _ => message.told().to_string(),
        });
        told.collect::<Vec<_>>()
    };
    let whole = told(stream.len());
    assert_eq!(told(1), whole);
    assert_eq!(told(7), whole);
    whole
}

#[test]
fn a_conversation_in_tls_1_3() {
    let client = [hex(CLIENT_HELLO), record(20, &[1]), record(23, &[0; 69])].concat();
    assert_eq!(
        notes(&client),
        [
            "client hello, localhost, TLS 1.3, http/1.1",
            "change cipher spec",
            "application data, 69 bytes, encrypted",
        ]
    );
    let server = [hex(SERVER_HELLO), record(20, &[1]), record(23, &[0; 38])].concat();
    assert_eq!(
        notes(&server),
        [
            "server hello, TLS 1.3, TLS_AES_256_GCM_SHA384",
            "change cipher spec",
            "application data, 38 bytes, encrypted",
        ]
    );
    // A server that asks for another hello changes the cipher before it says its second one.
    let mut retry = hex(SERVER_HELLO);
    retry[11..19].copy_from_slice(b"\xcf\x21\xad\x74\xe5\x9a\x61\x11");
    let server = [
        retry,
        record(20, &[1]),
        hex(SERVER_HELLO),
        record(23, &[0; 9]),
    ]
    .concat();
    assert_eq!(
        notes(&server),
        [
            "server hello, retry, TLS 1.3, TLS_AES_256_GCM_SHA384",
            "change cipher spec",
            "server hello, TLS 1.3, TLS_AES_256_GCM_SHA384",
            "application data, 9 bytes, encrypted",
        ]
    );
}

#[test]
fn what_follows_a_change_of_the_cipher_is_encrypted() {
    let finished = [&[0x28, 0xd6, 0x78, 0xd2][..], &[0x14; 36]].concat();
    let stream = [
        record(22, &handshake(16, 33)),
        record(21, &[1, 0]),
        record(20, &[1]),
        record(22, &finished),
        record(22, &handshake(20, 12)),
        record(21, &[0; 26]),
        record(24, &[1, 0, 0]),
    ]
    .concat();
    assert_eq!(
        notes(&stream),
        [
            "client key exchange",
            "alert: warning close notify",
            "change cipher spec",
            "handshake, 40 bytes, encrypted",
            "handshake, 16 bytes, encrypted",
            "alert, 26 bytes, encrypted",
            "heartbeat, 3 bytes",
        ]
    );
    // From the middle of a connection on.
    assert_eq!(
        notes(&record(22, &finished)),
        ["handshake, 40 bytes, encrypted"]
    );
}

#[test]
fn messages_and_records() {
    let all = [handshake(2, 9), handshake(11, 200), handshake(14, 0)].concat();
    assert_eq!(
        notes(&record(22, &all)),
        ["server hello; certificate; server hello done"]
    );
    let [one, two, three, four] =
        [&all[..15], &all[15..20], &all[20..218], &all[218..]].map(|part| record(22, part));
    assert_eq!(
        notes(&[one, two, three, four].concat()),
        [
            "server hello; certificate, not all",
            "more of certificate",
            "more of certificate; server hello done, not all",
            "more of server hello done",
        ]
    );
    let done = handshake(14, 0).repeat(9);
    let note = notes(&record(22, &done)).concat();
    assert!(note.ends_with("server hello done; 3 more"), "{note}");
    assert_eq!(notes(&record(22, b"")), ["handshake, 0 bytes"]);
}

#[test]
fn alerts() {
    let stream = [
        record(21, &[2, 40]),
        record(21, &[2, 200]),
        record(21, &[1]),
    ]
    .concat();
    assert_eq!(
        notes(&stream),
        [
            "alert: fatal handshake failure",
            "alert: fatal 200",
            "alert, 1 byte, encrypted"
        ]
    );
}

#[test]
fn partial_and_bad() {
    check(
        "tls",
        b"\x15\x03\x03\0\x02\x02\x28\x15\x03\x03\0\x02\x02",
        &[
            "0..7 alert: fatal handshake failure: \\x02(",
            "7..13 partial -1, waiting for 1 more byte (alert): \\x02",
        ],
    );
    check(
        "tls",
        b"\x16\x03",
        &["0..2 partial, waiting for the head of a record of 5 bytes: \\x16\\x03"],
    );
    let hello = hex(CLIENT_HELLO);
    let told = notes(&hello[..90]);
    assert_eq!(
        told,
        ["waiting for 168 more bytes (client hello, TLS 1.2, not all)"]
    );
    let told = notes(&hello[..150]);
    assert_eq!(
        told,
        ["waiting for 108 more bytes (client hello, localhost, TLS 1.2, not all)"]
    );
    check(
        "tls",
        b"GET / HTTP/1.1",
        &["0..14 bad at 0: no TLS record: type 71"],
    );
    check(
        "tls",
        b"\x16\x02\x03\0\0",
        &["0..5 bad at 1: no TLS record: version 2.3"],
    );
    check(
        "tls",
        &[
            &b"\x17\x03\x03\x48\x01"[..],
            &vec![0; 18_433],
            b"\x15\x03\x03\0\x02\x01\0",
        ]
        .concat(),
        &[
            "0..18438 bad at 3: a record of 18433 bytes, and 18432 can be",
            "18438..18445 alert: warning close notify: \\x01\\x00",
        ],
    );
    let stream = [
        record(22, &handshake(16, 33)),
        record(22, &handshake(14, 0)),
    ]
    .concat();
    check(
        "tls max 20",
        &stream,
        &[
            "0..42 bad at 0: a message of 42 bytes, over the limit of 20",
            "42..51 server hello done: \\x0e\\x00\\x00\\x00",
        ],
    );
}

#[test]
fn fields_of_a_server_hello() {
    check_fields(
        "tls",
        &hex(SERVER_HELLO),
        &[
            "0..1 type 22 handshake",
            "1..3 version 771 TLS 1.2",
            "3..5 length 122",
            "5..127 server hello",
            "  5..6 type 2 server hello",
            "  6..9 length 118",
            "  9..11 version 771 TLS 1.2",
            "  11..43 random",
            "  43..44 session id length 32",
            "  44..76 session id",
            "  76..78 cipher suite 4866 TLS_AES_256_GCM_SHA384",
            "  78..79 compression method 0",
            "  79..81 extensions length 46",
            "  81..127 extensions",
            "    81..87 supported_versions",
            "      81..83 type 43 supported_versions",
            "      83..85 length 2",
            "      85..87 version 772 TLS 1.3",
            "    87..127 key_share",
            "      87..89 type 51 key_share",
            "      89..91 length 36",
            "      91..93 group 29 x25519",
            "      95..127 key",
        ],
    );
}

#[test]
fn parts_of_a_client_hello() {
    let messages = run(&cut("tls"), &hex(CLIENT_HELLO), &[300]);
    let names: Vec<_> = messages[0]
        .walk()
        .filter(|(depth, _)| *depth == 2)
        .map(|(_, field)| field.name.to_string())
        .collect();
    assert_eq!(
        names,
        [
            "cipher suite",
            "cipher suite",
            "cipher suite",
            "cipher suite",
            "server_name",
            "ec_point_formats",
            "supported_groups",
            "session_ticket",
            "application_layer_protocol_negotiation",
            "encrypt_then_mac",
            "extended_master_secret",
            "signature_algorithms",
            "supported_versions",
            "psk_key_exchange_modes",
            "key_share",
        ]
    );
}

#[test]
fn fields_of_messages_over_records() {
    let certificate = b"\x0b\0\0\x09\0\0\x06\0\0\x03abc";
    let stream = [record(22, &certificate[..6]), record(22, &certificate[6..])].concat();
    check_fields(
        "tls",
        &stream,
        &[
            "0..1 type 22 handshake",
            "1..3 version 771 TLS 1.2",
            "3..5 length 6",
            "5..11 certificate",
            "  5..6 type 11 certificate",
            "  6..9 length 9",
            "  9..11 data",
            "11..12 type 22 handshake",
            "12..14 version 771 TLS 1.2",
            "14..16 length 7",
            "16..23 continued 11 certificate",
        ],
    );
}
