//! Good, unfinished and garbled messages of `fix`; `|` stands for SOH.

use crate::framing::tests::{check, check_fields, cut};

/// A message whose fields end in `|` here.
fn whole(body: &str) -> String {
    let body = body.replace('|', "\x01");
    let bytes = cut("fix").rule.encode(body.as_bytes()).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Cuts a stream in which `|` is SOH.
fn check_bars(words: &str, stream: &str, expected: &[&str]) {
    let stream = stream.replace('|', "\x01");
    check(words, stream.as_bytes(), expected);
}

#[test]
fn messages() {
    assert_eq!(
        whole("35=0|"),
        "8=FIX.4.4|9=5|35=0|10=163|".replace('|', "\x01")
    );
    let logon = whole("35=A|49=S|56=C|34=7|");
    let fill = whole("35=8|34=8|58=no funds|");
    check_bars(
        "fix",
        &(logon + &fill),
        &[
            r"0..42 Logon, seq 7, S to C: 35=A\x0149=S\x0156=C\x0134=7\x01",
            r"42..86 ExecutionReport, seq 8, no funds: 35=8\x0134=8\x0158=no funds\x01",
        ],
    );
}

#[test]
fn what_is_not_whole() {
    check_bars(
        "fix",
        "8=FIX.4.4|9=9|35=0|3",
        &[r"0..20 partial -10, waiting for 10 more bytes (Heartbeat): 35=0\x013"],
    );
    check_bars(
        "fix",
        "8=FIX",
        &["0..5 partial, waiting for the BeginString: 8=FIX"],
    );
    check_bars(
        "fix",
        "8=FIX|9=",
        &[r"0..8 partial, waiting for the BodyLength: 8=FIX\x019="],
    );
}

#[test]
fn what_breaks_the_rule_ends_with_a_check_sum() {
    let good = whole("35=0|");
    let behind = |bad: &str| format!("{bad}{good}");
    let after = |start: usize| format!(r"{start}..{} Heartbeat: 35=0\x01", start + 26);
    check_bars(
        "fix",
        &behind("8=FIX.4.4|9=5|35=0|10=164|"),
        &[
            "0..26 bad at 19: CheckSum 164, and the bytes add up to 163",
            &after(26),
        ],
    );
    check_bars(
        "fix",
        &behind("35=0|34=1|10=000|"),
        &["0..17 bad at 0: no BeginString", &after(17)],
    );
    check_bars(
        "fix",
        &behind("8=FIX.4.4|35=0|10=000|"),
        &[
            "0..22 bad at 10: no BodyLength behind the BeginString",
            &after(22),
        ],
    );
    let wrong = "no CheckSum where the body ends: its length is wrong";
    for length in ["0", "1", "2", "4"] {
        let stream = behind(&format!("8=FIX.4.4|9={length}|35=0|10=163|"));
        let at = 14 + length.parse::<u64>().unwrap();
        check_bars(
            "fix",
            &stream,
            &[&format!("0..26 bad at {at}: {wrong}"), &after(26)],
        );
    }
    check_bars(
        "fix",
        "8=FIX.4.4|9=18446744073709551616|10=000|8=",
        &[
            "0..40 bad at 10: no BodyLength behind the BeginString",
            "40..42 partial, waiting for the BeginString: 8=",
        ],
    );
    check_bars("fix", "hello", &["0..5 bad at 0: no BeginString"]);
}

#[test]
fn limits() {
    let good = whole("35=0|");
    let long = whole("35=A|58=xxxxx|");
    check_bars(
        "fix max 30",
        &format!("{long}{good}"),
        &[
            "0..36 bad at 0: a message of 36 bytes, over the limit of 30",
            r"36..62 Heartbeat: 35=0\x01",
        ],
    );
    check_bars(
        "fix",
        "8=FIX.4.4|9=18446744073709551615|35",
        &["0..35 bad at 0: a message of 18446744073709551615 bytes, over the limit of 16777216"],
    );
}

#[test]
fn fields() {
    let stream = whole("35=AE|95=4|96=\0|10|54=1|39=A|1234=x|34=x|");
    check_fields(
        "fix",
        stream.as_bytes(),
        &[
            r#"0..9 BeginString "FIX.4.4""#,
            "10..14 BodyLength 41",
            r#"15..20 MsgType "AE TradeCaptureReport""#,
            "21..25 RawDataLength 4",
            r#"26..33 RawData "\0\u{1}10""#,
            "34..38 Side 1 Buy",
            r#"39..43 OrdStatus "A Pending new""#,
            r#"44..50 tag 1234 "x""#,
            r#"51..55 MsgSeqNum "x""#,
            "56..62 CheckSum 120",
        ],
    );
}
