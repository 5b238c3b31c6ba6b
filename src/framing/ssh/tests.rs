//! Lines and packets as OpenSSH sends them, and what breaks the rule.

use crate::framing::Side;
use crate::framing::tests::{check, check_fields, check_from, cut, run};

/// A packet with this payload.
fn packet(payload: &[u8]) -> Vec<u8> {
    cut("ssh").rule.encode(payload).unwrap()
}

/// A string of RFC 4251, 5.
fn string(text: &[u8]) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    [&length[..], text].concat()
}

fn kexinit() -> Vec<u8> {
    let lists = [
        "curve25519-sha256,ext-info-c",
        "ssh-ed25519",
        "aes128-ctr,aes256-ctr",
        "aes128-ctr",
        "hmac-sha1",
        "hmac-sha1",
        "none",
        "none",
        "",
        "",
    ];
    let lists = lists.map(|list| string(list.as_bytes())).concat();
    [&[20][..], &[7; 16], &lists, &[0; 5]].concat()
}

fn notes(stream: &[u8]) -> Vec<String> {
    let messages = run(&cut("ssh"), stream, &[3]);
    messages.iter().map(|it| it.told().to_string()).collect()
}

#[test]
fn a_server_up_to_its_encryption() {
    let key = [string(b"ssh-ed25519"), string(b"key")].concat();
    let reply = [
        &[31][..],
        &string(&key),
        &string(b"share"),
        &string(b"signed"),
    ]
    .concat();
    let stream = [
        b"Maintenance at noon\r\n\nSSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".to_vec(),
        packet(&kexinit()),
        packet(&reply),
        packet(&[21]),
        b"\x00\x00\x00\x20\x08\x15 and so on".to_vec(),
    ]
    .concat();
    assert_eq!(
        notes(&stream),
        [
            "a line before: Maintenance at noon",
            "a line before: ",
            "SSH-2.0-OpenSSH_9.2p1 Debian-2",
            "KEXINIT: curve25519-sha256, ssh-ed25519, aes128-ctr",
            "KEX_ECDH_REPLY, host key ssh-ed25519",
            "NEWKEYS",
            "encrypted from here on",
        ]
    );
    let client = [
        &b"SSH-2.0-x\r\n"[..],
        &packet(&[21]),
        b"\0\0\0\x0c\x04\x15\0\0",
    ]
    .concat();
    check_from(
        Some(Side::Client),
        "ssh",
        &client,
        &[
            "0..11 SSH-2.0-x: SSH-2.0-x",
            r"11..27 NEWKEYS: \x15",
            r"27..35 partial, encrypted from here on: \x00\x00\x00\x0c\x04\x15\x00\x00",
        ],
    );
}

#[test]
fn messages() {
    let disconnect = [&[1, 0, 0, 0, 11][..], &string(b"bye"), &string(b"")].concat();
    let debug = [&[4, 1][..], &string(b"here"), &string(b"en")].concat();
    let extensions = [
        &[7, 0, 0, 0, 1][..],
        &string(b"server-sig-algs"),
        &string(b"rsa"),
    ]
    .concat();
    let stream = [
        packet(&disconnect),
        packet(&[1, 0, 0, 0, 99]),
        packet(&[3, 0, 0, 0, 7]),
        packet(&debug),
        packet(&[&[5][..], &string(b"ssh-userauth")].concat()),
        packet(&extensions),
        packet(&[&[30][..], &string(&[1; 32])].concat()),
        packet(&[31, 0, 0, 0, 9, 0, 0, 0, 2, 0, 1]),
        packet(&[94]),
        packet(&[200]),
    ]
    .concat();
    assert_eq!(
        notes(&stream),
        [
            "DISCONNECT: by application, bye",
            "DISCONNECT: 99",
            "UNIMPLEMENTED #7",
            "DEBUG: here",
            "SERVICE_REQUEST ssh-userauth",
            "EXT_INFO, 1 extensions",
            "KEX_ECDH_INIT",
            "KEX_ECDH_REPLY",
            "CHANNEL_DATA",
            "message 200",
        ]
    );
}

#[test]
fn partial_lines_and_packets() {
    check(
        "ssh",
        b"SSH-2.0",
        &["0..7 partial, waiting for the end of the line (SSH-2.0): SSH-2.0"],
    );
    let why = r"0..3 partial, waiting for the head of a packet of 6 bytes: \x00\x00\x00";
    check("ssh", b"\0\0\0", &[why]);
    let part = &packet(&[1, 0, 0, 0, 2])[..10];
    let why = r"0..10 partial -6, waiting for 6 more bytes (DISCONNECT: protocol error): \x01\x00\x00\x00\x02";
    check("ssh", part, &[why]);
}

#[test]
fn what_breaks_the_rule() {
    let ok = packet(&[2]);
    let good = r"NEWKEYS: \x15";
    for (head, why) in [
        (
            &b"\0\0\0\x0d\x04\x02"[..],
            "bad at 0: a packet of 17 bytes, no multiple of 8",
        ),
        (
            b"\0\0\0\x0c\x03\x02",
            "bad at 4: 3 bytes of padding in a packet of length 12",
        ),
        (
            b"\0\0\0\x0c\x0b\x02",
            "bad at 4: 11 bytes of padding in a packet of length 12",
        ),
    ] {
        let end = usize::from(head[3]) + 4;
        let mut stream = head.to_vec();
        stream.resize(end, 0);
        stream.extend(packet(&[21]));
        check(
            "ssh",
            &stream,
            &[
                &format!("0..{end} {why}"),
                &format!("{end}..{} {good}", end + 16),
            ],
        );
    }
    for length in [0, 11, 262_145, 0x00ff_ffff_u32] {
        let stream = [&ok[..], &length.to_be_bytes(), &[4, 2, 0, 0]].concat();
        let why = format!("16..24 bad at 16: a packet of length {length}, and 12 to 262144 can be");
        check("ssh", &stream, &[r"0..16 IGNORE: \x02", &why]);
    }
    let long = [&b"SSH-2.0-"[..], &[b'x'; 246], b"\r\n", &ok].concat();
    check(
        "ssh",
        &long,
        &[
            "0..256 bad at 255: an identification of 256 bytes, and 255 can be",
            r"256..272 IGNORE: \x02",
        ],
    );
    let line = b"GET / HTTP/1.1\r\nSSH-2.0-x\r\n";
    let why = "0..27 bad at 0: a client begins with SSH-";
    check("ssh client", line, &[why]);
    check_from(Some(Side::Client), "ssh", line, &[why]);
    let lines = [
        "0..16 a line before: GET / HTTP/1.1: GET / HTTP/1.1",
        "16..27 SSH-2.0-x: SSH-2.0-x",
    ];
    check_from(Some(Side::Server), "ssh", line, &lines);
    check_from(Some(Side::Client), "ssh server", line, &lines);
    let why = "0..32 bad at 0: a message of 32 bytes, over the limit of 20";
    let large = packet(&[2; 20]);
    check(
        "ssh max 20",
        &[&large[..], &ok].concat(),
        &[why, r"32..48 IGNORE: \x02"],
    );
}

#[test]
fn fields() {
    check_fields(
        "ssh",
        &[
            &b"SSH-2.0-OpenSSH_9.2p1 Debian-2\n"[..],
            &packet(&kexinit()),
        ]
        .concat(),
        &[
            r#"4..7 protocol version "2.0""#,
            r#"8..21 software version "OpenSSH_9.2p1""#,
            r#"22..30 comments "Debian-2""#,
            "31..35 packet length 164",
            "35..36 padding length 5",
            "36..37 message 20 KEXINIT",
            "37..53 cookie",
            r#"57..85 key exchange algorithms "curve25519-sha256,ext-info-c""#,
            r#"89..100 server host key algorithms "ssh-ed25519""#,
            r#"104..125 encryption client to server "aes128-ctr,aes256-ctr""#,
            r#"129..139 encryption server to client "aes128-ctr""#,
            r#"143..152 MAC client to server "hmac-sha1""#,
            r#"156..165 MAC server to client "hmac-sha1""#,
            r#"169..173 compression client to server "none""#,
            r#"177..181 compression server to client "none""#,
            r#"185..185 languages client to server """#,
            r#"189..189 languages server to client """#,
            "189..190 first packet follows 0",
            "190..194 reserved 0",
            "194..199 padding",
        ],
    );
}

#[test]
fn what_is_made() {
    let made = |payload: &[u8]| cut("ssh").rule.encode(payload);
    assert_eq!(
        made(&[21]).unwrap(),
        b"\0\0\0\x0c\x0a\x15\0\0\0\0\0\0\0\0\0\0"
    );
    assert_eq!(made(b"SSH-2.0-x").unwrap(), b"SSH-2.0-x\r\n");
    let why = "an identification is one line of at most 253 bytes";
    assert_eq!(made(b"SSH-2.0-x\n").unwrap_err(), why);
    assert_eq!(
        made(&[b"SSH-", [b'x'; 250].as_slice()].concat()).unwrap_err(),
        why
    );
    assert_eq!(
        made(b"").unwrap_err(),
        "a packet holds the number of a message at least"
    );
    assert_eq!(
        made(&vec![2; 300_000]).unwrap_err(),
        "a packet has at most 262148 bytes"
    );
    for words in ["ssh", "ssh client", "ssh server"] {
        assert_eq!(cut(words).words(), words);
    }
}
