//! Both sides of `smtp`: commands, mail, chunks, replies.

use crate::framing::tests::{check, check_fields, check_from, cut, hear, picture, run};
use crate::framing::{Mailbox, Side};

const CLIENT: Option<Side> = Some(Side::Client);
const SERVER: Option<Side> = Some(Side::Server);

#[test]
fn commands_and_mail() {
    let assumed = "the server’s reply to DATA is unknown";
    check_from(
        CLIENT,
        "smtp",
        b"EHLO a\r\nDATA\r\nSubject: x\r\n\r\n..b\r\n.\r\nQUIT\r\n",
        &[
            "0..8 EHLO a: EHLO a",
            "8..14 DATA: DATA",
            &format!(r"14..36 mail, 22 bytes, x, {assumed}: Subject: x\r\n\r\n..b\r\n"),
            "36..42 QUIT: QUIT",
        ],
    );
    check_from(
        CLIENT,
        "smtp",
        b"data\r\n.\r\nDATA\r\na\n.\nb",
        &[
            "0..6 data: data",
            &format!("6..9 mail, 3 bytes, {assumed}: "),
            "9..15 DATA: DATA",
            &format!(
                r"15..20 partial, waiting for the line of one dot (mail, 5 bytes, {assumed}): a\n.\nb"
            ),
        ],
    );
}

#[test]
fn replies_by_their_side_or_their_look() {
    let line = b"250-a\r\n250 b\r\n";
    let reply = [r"0..14 250 a, 2 lines: a\r\n250 b"];
    check_from(SERVER, "smtp", line, &reply);
    check("smtp", line, &reply);
    check_from(CLIENT, "smtp", b"250 b\r\n", &["0..7 250 b: 250 b"]);
    check_from(
        SERVER,
        "smtp",
        b"220 a\r\nb\r\n",
        &[
            "0..7 220 a: a",
            "7..10 bad at 7: a line without a code of three digits",
        ],
    );
}

#[test]
fn the_servers_reply_decides_what_follows_data() {
    let client = b"DATA\r\nRSET\r\nDATA\r\na\r\n.\r\n";
    let (_, refused) = hear(
        "smtp",
        SERVER,
        b"220 a\r\n503 no\r\n250 ok\r\n354 go\r\n250 ok\r\n",
        &Mailbox::default(),
    );
    let (messages, _) = hear("smtp", CLIENT, client, &refused);
    assert_eq!(
        picture(client, &messages),
        "0..6 DATA: DATA\n6..12 RSET: RSET\n12..18 DATA: DATA\n18..24 mail, 6 bytes: a\\r\\n\n"
    );
}

#[test]
fn chunks() {
    check_from(
        CLIENT,
        "smtp",
        b"BDAT 3 LAST\r\na\n.BDAT x\r\nbdat 9\r\nab",
        &[
            r"0..16 BDAT 3 LAST: a\n.",
            "16..24 BDAT x: BDAT x",
            "24..34 partial -7, waiting for 7 more bytes (bdat 9): ab",
        ],
    );
    check_from(
        CLIENT,
        "smtp max 30",
        b"BDAT 18446744073709551615\r\nab",
        &["0..29 bad at 0: a message of 18446744073709551615 bytes, over the limit of 30"],
    );
    check_from(
        CLIENT,
        "smtp max 6",
        b"DATA\r\nabcdef\r\n.\r\nQUIT\r\n",
        &[
            "0..6 DATA: DATA",
            "6..17 bad at 12: longer than the limit of 6 bytes",
            "17..23 QUIT: QUIT",
        ],
    );
}

#[test]
fn tls_ends_the_lines() {
    check_from(
        CLIENT,
        "smtp",
        b"STARTTLS\r\n\x16\x03\x01\n\n",
        &[
            "0..10 STARTTLS: STARTTLS",
            r"10..15 TLS from here on: \x16\x03\x01\n\n",
        ],
    );
}

#[test]
fn payloads_and_encoding() {
    let stream = b"DATA\r\n..a\r\n.\r\n";
    let messages = run(&cut("smtp"), stream, &[3]);
    let rule = cut("smtp").rule;
    assert_eq!(rule.payload(&messages[1], &stream[6..]), b".a\r\n");
    assert_eq!(rule.encode(b".a\r\n").unwrap(), b"..a\r\n.\r\n");
    assert_eq!(rule.encode(b"NOOP").unwrap(), b"NOOP\r\n");
    assert!(rule.encode(b"BDAT 1").is_err());
    assert!(rule.encode(b"a\nb").is_err());
    assert!(rule.encode(b"\x16\x03a").is_err());
}

#[test]
fn fields() {
    check_fields(
        "smtp",
        b"MAIL FROM:<a>\r\nDATA\r\nTo: b\r\n\r\nhi\r\n.\r\n",
        &[
            r#"0..4 command "MAIL""#,
            r#"5..13 argument "FROM:<a>""#,
            r#"15..19 command "DATA""#,
            r#"21..37 mail "assumed accepted""#,
            r#"  21..26 to "b""#,
            r#"  30..34 body "hi\r\n""#,
        ],
    );
}
