//! Where a line is cut, and that no line takes more than time in proportion.

use std::time::{Duration, Instant};

use super::{check, complete, parse, session, split};

fn pieces(line: &str) -> Vec<(usize, String)> {
    let pieces = split(line).unwrap();
    pieces
        .into_iter()
        .map(|piece| (piece.column, piece.text))
        .collect()
}

#[test]
fn lines_are_cut_at_semicolons_outside_of_quotes_and_expressions() {
    let check = |line: &str, expected: &[(usize, &str)]| {
        let expected: Vec<_> = expected
            .iter()
            .map(|(column, text)| (*column, (*text).to_owned()))
            .collect();
        assert_eq!(pieces(line), expected, "{line}");
    };
    check("", &[]);
    check("  ;; ; ", &[]);
    check("close", &[(0, "close")]);
    check(" close ;abort;", &[(1, "close"), (8, "abort")]);
    check("# all of it; close", &[]);
    check("#13 at the start is a comment", &[]);
    check("  # after blanks", &[]);
    check("close # why; abort", &[(0, "close")]);
    check("goto #13 # there", &[(0, "goto #13")]);
    check("close#no", &[(0, "close#no")]);
    check("close;#no", &[(0, "close"), (6, "#no")]);
    check("close; # yes", &[(0, "close")]);
    check("close;/a;b/", &[(0, "close"), (6, "/a;b/")]);
    check(
        r#"send "a;b # c" ; close"#,
        &[(0, r#"send "a;b # c""#), (17, "close")],
    );
    check(
        r#"say "\";" ; close"#,
        &[(0, r#"say "\";""#), (12, "close")],
    );
    check(r#"say "\\"; close"#, &[(0, r#"say "\\""#), (10, "close")]);
    check(
        "find /a;b # c/; close",
        &[(0, "find /a;b # c/"), (16, "close")],
    );
    check(
        r"find /a\/;b/; close",
        &[(0, r"find /a\/;b/"), (14, "close")],
    );
    check("find /a\"b/; close", &[(0, "find /a\"b/"), (12, "close")]);
    check(
        "connect unix:/a;close",
        &[(0, "connect unix:/a"), (16, "close")],
    );
    check(
        r#"connect unix:"/a;b";close"#,
        &[(0, r#"connect unix:"/a;b""#), (20, "close")],
    );
    check("send \"é…\"; close", &[(0, "send \"é…\""), (11, "close")]);
    check("find /open; close", &[(0, "find /open"), (12, "close")]);
}

#[test]
fn an_open_quote_is_named_where_it_opens() {
    let complaint = split("close; say \"é # ; no end").unwrap_err();
    assert_eq!((complaint.column, complaint.end), (11, 24));
    assert!(split("say \"\\\"").is_err());
    assert!(split("say \"").is_err());
}

#[test]
fn a_long_line_takes_no_more_than_its_share() {
    let size = 1 << 18;
    let named: Vec<_> = (0..size / 16)
        .map(|n| format!("bind :1 as n{n};"))
        .collect();
    let lines = [
        format!("send \"{}\"", "é".repeat(size / 2)),
        format!("send {}", "00 ".repeat(size / 3)),
        "a ".repeat(size / 2),
        "@".repeat(size),
        "close;".repeat(size / 6),
        format!("connect {}", ":1 ".repeat(size / 3)),
        "/ ".repeat(size / 2),
        format!("find {}", "/\\".repeat(size / 2)),
        "\"".repeat(size + 1),
        "#".repeat(size),
        format!("send {}", "len u8 {".repeat(size / 8)),
        format!("set {}", "x".repeat(size)),
        format!("goto {}", "9".repeat(size)),
        format!("expect {}", "é".repeat(size / 2)),
        format!("frame {}", "fixed ".repeat(size / 6)),
        format!("frame delim {}61", "61 or ".repeat(size / 6)),
        named.concat(),
    ];
    for line in lines {
        let begun = Instant::now();
        let _ = parse(&line, &mut session());
        let _ = check(&line, None);
        let _ = complete(&line, size, &session());
        // Quadratic time would be minutes; what is left is for a machine that is slow and busy.
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{}",
            line.chars().take(20).collect::<String>()
        );
    }
}

#[test]
fn complaints_stay_short() {
    for line in ["x".repeat(100_000), format!("goto {}", "x".repeat(100_000))] {
        let complaint = parse(&line, &mut session()).unwrap_err();
        assert!(complaint.to_string().chars().count() < 200);
    }
}
