//! Messages of `syslog` in both formats, and lengths that are none.

use crate::framing::tests::{check, check_fields, cut, picture, run_as};
use crate::framing::{Side, Sight};

#[test]
fn messages_of_both_formats() {
    check(
        "syslog",
        b"32 <165>1 - h app 1 ID [a b=\"c\"] hi38 <34>Oct 11 22:14:15 host su[7]: failed13 <13>no header",
        &[
            r#"0..35 local4 notice, h app: hi: <165>1 - h app 1 ID [a b=\"c\"] hi"#,
            "35..76 auth critical, host su: failed: <34>Oct 11 22:14:15 host su[7]: failed",
            "76..92 user notice: no header: <13>no header",
        ],
    );
    check("syslog", b"3 abc", &["0..5 : abc"]);
}

#[test]
fn a_datagram_has_no_count() {
    let sight = Sight {
        side: Some(Side::Client),
        datagrams: true,
    };
    let stream = b"<14>1 - - - - - - x";
    let messages = run_as(&cut("syslog"), stream, &[3], sight);
    let expected = "0..19 user informational: x: <14>1 - - - - - - x\n";
    assert_eq!(picture(stream, &messages), expected);
}

#[test]
fn what_is_not_whole() {
    check(
        "syslog",
        b"9 <14>x",
        &["0..7 partial -4, waiting for 4 more bytes (user informational: x): <14>x"],
    );
    check(
        "syslog",
        b"12",
        &["0..2 partial, waiting for the rest of the length: 12"],
    );
}

#[test]
fn what_breaks_the_rule() {
    for (stream, expected) in [
        ("016 a", "0..5 bad at 0: the length has a leading 0"),
        ("x", "0..1 bad at 0: no digit where the length must begin"),
        (" x", "0..2 bad at 0: no digit where the length must begin"),
        (
            "1x",
            "0..2 bad at 1: neither a digit nor a blank in the length",
        ),
        (
            "<1>x\n",
            "0..5 bad at 0: no length: this sender ends messages otherwise, as `line` cuts them",
        ),
        (
            "99999999999999999999 ",
            "0..21 bad at 19: the length has more than 64 bits",
        ),
    ] {
        check("syslog", stream.as_bytes(), &[expected]);
    }
    check(
        "syslog max 4",
        b"3 abc1 a",
        &[
            "0..5 bad at 0: a message of 5 bytes, over the limit of 4",
            "5..8 : a",
        ],
    );
}

#[test]
fn fields() {
    check_fields(
        "syslog",
        b"67 <13>1 2026-11-22T11:41:31Z vm root - - [t a=\"1\" b=\"\\]\\\"\"][u] \xef\xbb\xbfone",
        &[
            "0..2 length 67",
            "4..6 facility 1 user",
            "4..6 severity 5 notice",
            "7..8 version 1",
            r#"9..29 time "2026-11-22T11:41:31Z""#,
            r#"30..32 host "vm""#,
            r#"33..37 application "root""#,
            r#"38..39 process "-""#,
            r#"40..41 message id "-""#,
            "42..60 t",
            r#"  45..50 a "1""#,
            r#"  51..59 b "]\"""#,
            "60..63 u",
            r#"67..70 message "one""#,
        ],
    );
}
