//! `decode`, `encode` and `guess` of the real program: what they print, how they end, and that a stream of any length
//! goes through in little memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use serde_json::Value;

const SOCKEYE: &str = env!("CARGO_BIN_EXE_sockeye");

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(SOCKEYE);
    command
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What the program makes of an input.
fn run(words: &[&str], input: &[u8]) -> Output {
    let mut child = command(words).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that ended early took no more.
    let writer = thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    output
}

#[track_caller]
fn check(words: &[&str], input: &[u8], code: i32, expected: &str) {
    let output = run(words, input);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*stderr), (Some(code), ""));
}

#[track_caller]
fn refuse(words: &[&str], input: &[u8], code: i32, expected: &str) {
    let output = run(words, input);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*stderr), (Some(code), expected));
}

/// A file with these bytes.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("sockeye-decode-{}-{name}", std::process::id()));
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_line_for_each_message_of_every_status() {
    check(
        &["decode", "line"],
        b"hello\nwor\x1b[2Jld\r\n\nrest",
        0,
        "     1  0..6             ok       line                              hello\n\
         \u{20}    2  6..17            ok       line                              wor\\x1b[2Jld\n\
         \u{20}    3  17..18           ok       line\n\
         \u{20}    4  18..22           partial  waiting for the end of the line   rest\n",
    );
    check(
        &["decode", "netstring"],
        b"3:abc,xyz",
        1,
        "     1  0..6             ok       len 3                             abc\n\
         \u{20}    2  6..9             bad      at 6: byte 78 where the length must begin  xyz\n",
    );
    check(&["decode", "line"], b"", 0, "");
    check(
        &["decode", "line max 3", "-"],
        b"abcdef\na\n",
        1,
        "     1  0..7             bad      at 3: longer than the limit of 3 bytes  abcdef\\n\n\
         \u{20}    2  7..9             ok       line                              a\n",
    );
}

#[test]
fn json_has_the_form_of_the_language() {
    check(
        &["decode", "len u16be", "--json"],
        b"\0\x05hello\0\x03ab",
        0,
        "{\"kind\":\"message\",\"n\":1,\"start\":0,\"end\":7,\"status\":\"ok\",\"payload\":\"68656c6c6f\",\
         \"note\":\"len 5\",\"fields\":[{\"name\":\"length\",\"start\":0,\"end\":2,\"value\":5}]}\n\
         {\"kind\":\"message\",\"n\":2,\"start\":7,\"end\":11,\"status\":\"partial\",\"need\":1,\
         \"payload\":\"6162\",\"note\":\"waiting for 1 more byte (len 3)\",\
         \"fields\":[{\"name\":\"length\",\"start\":7,\"end\":9,\"value\":3}]}\n",
    );
    check(
        &["decode", "netstring", "--json"],
        b"x",
        1,
        "{\"kind\":\"message\",\"n\":1,\"start\":0,\"end\":1,\"status\":\"bad\",\
         \"why\":\"byte 78 where the length must begin\",\"at\":0,\"payload\":\"78\",\"note\":\"\"}\n",
    );
}

#[test]
fn how_the_bytes_are_fed_changes_nothing() {
    let stream = b"5:hello,0:,12:hello world!,3:abc,1".repeat(3);
    let whole = run(&["decode", "netstring", "--json"], &stream);
    for chunk in ["1", "2", "7", "64k"] {
        let output = run(
            &["decode", "netstring", "--json", "--chunk", chunk],
            &stream,
        );
        assert_eq!(output, whole, "--chunk {chunk}");
    }
    // With `raw` each piece is a message, whatever the pipe made of them.
    check(
        &["decode", "raw", "--chunk", "3"],
        b"abcdefg",
        0,
        "     1  0..3             ok       3 bytes                           abc\n\
         \u{20}    2  3..6             ok       3 bytes                           def\n\
         \u{20}    3  6..7             ok       1 byte                            g\n",
    );
}

#[test]
fn files_are_read_and_what_is_none_is_told() {
    let path = file("lines", b"a\nb\n");
    check(
        &["decode", "line", &path],
        b"not this",
        0,
        "     1  0..2             ok       line                              a\n\
         \u{20}    2  2..4             ok       line                              b\n",
    );
    check(&["encode", "netstring", &path], b"", 0, "1:a,1:b,");
    fs::remove_file(&path).unwrap();
    let why = format!("sockeye: {path}: no such file or directory (ENOENT)\n");
    refuse(&["decode", "line", &path], b"", 3, &why);
    refuse(
        &["guess", "/"],
        b"",
        3,
        "sockeye: /: is a directory (EISDIR)\n",
    );
}

#[test]
fn words_that_do_not_fit_are_named() {
    let why = "sockeye: column 5: `u99` is no type of a length (u8, u16be, u24be, u32be or u64be, or le)\n  len u99\n";
    refuse(&["decode", "len u99"], b"", 2, why);
    let why = "sockeye: column 6: `x` is not expected here\n  line x\n";
    refuse(&["encode", "line x"], b"", 2, why);
    let why = "sockeye: column 1: there is no framing `lime` (did you mean `line`?)\n  lime\n";
    refuse(&["decode", "lime"], b"", 2, why);
    for chunk in ["0", "17M", "x"] {
        let output = run(&["decode", "line", "--chunk", chunk], b"");
        assert_eq!(output.status.code(), Some(2), "{chunk}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("1 to 16M"));
    }
    refuse(
        &["encode", "line", "--hex"],
        b"6162\n6g\n",
        2,
        "sockeye: line 2: column 2: half a byte before it\n",
    );
    let why = "sockeye: line 2: the payload has 3 bytes, `fixed 2` takes 2\n";
    refuse(&["encode", "fixed 2"], b"ab\nabc\n", 1, why);
}

#[test]
fn what_is_encoded_decodes_to_the_same() {
    let lines = "00\n0d0a\n\nff00ff 7e7d\n68656c6c6f\n";
    for words in [
        "len u16be",
        "len u32le at 2 incl",
        "netstring",
        "len varint",
    ] {
        let encoded = run(&["encode", words, "--hex"], lines.as_bytes());
        assert_eq!(encoded.status.code(), Some(0), "{encoded:?}");
        let decoded = run(&["decode", words, "--json"], &encoded.stdout);
        let text = String::from_utf8(decoded.stdout).unwrap();
        let payload = |line: &str| {
            let value: Value = serde_json::from_str(line).unwrap();
            value["payload"].as_str().unwrap().to_owned() + "\n"
        };
        let payloads: String = text.lines().map(payload).collect();
        assert_eq!(payloads, lines.replace(' ', ""), "{words}");
    }
    // A line's end is that of the framing `line`, and a last line needs none.
    check(
        &["encode", "netstring"],
        b"a\r\n\r\r\nb",
        0,
        "1:a,1:\r,1:b,",
    );
}

#[test]
fn messages_are_printed_as_they_come() {
    let mut child = command(&["decode", "line"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    for word in ["one", "two"] {
        stdin.write_all(format!("{word}\n").as_bytes()).unwrap();
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            let mut byte = [0];
            stdout.read_exact(&mut byte).unwrap();
            line.extend(byte);
        }
        assert!(String::from_utf8(line).unwrap().trim_end().ends_with(word));
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Writes so many pieces to the program's input, reading all that it says; its greatest memory in KiB while it spoke,
/// and how much it said.
fn memory_of(mut child: Child, piece: &[u8], count: usize) -> (u64, u64) {
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let listener = thread::spawn(move || {
        let (mut kib, mut said) = (0, 0);
        let mut room = vec![0; 1 << 20];
        loop {
            let len = stdout.read(&mut room).unwrap();
            // Once it has ended there is nothing to see.
            let status = fs::read_to_string(&status).unwrap_or_default();
            let row = status.lines().find(|line| line.starts_with("VmHWM:"));
            let now = row.and_then(|row| row.split_whitespace().nth(1)?.parse().ok());
            kib = kib.max(now.unwrap_or_default());
            said += len as u64;
            if len == 0 {
                return (kib, said);
            }
        }
    });
    for _ in 0..count {
        stdin.write_all(piece).unwrap();
    }
    drop(stdin);
    assert!(child.wait().unwrap().code().is_some_and(|code| code < 2));
    listener.join().unwrap()
}

#[test]
fn a_quarter_of_a_gigabyte_goes_through_in_little_memory() {
    // A message without an end is shown cut.
    let child = command(&["decode", "netstring", "--json"]).spawn().unwrap();
    let (kib, said) = memory_of(child, &vec![b'x'; 1 << 20], 256);
    assert!(kib < 160 << 10, "{kib} KiB");
    let shown = (32 << 20)..(33 << 20);
    assert!(shown.contains(&said), "{said} bytes");
    let lines = [vec![b'x'; (64 << 10) - 1], vec![b'\n']].concat();
    let child = command(&["decode", "line"]).spawn().unwrap();
    let (kib, said) = memory_of(child, &lines, 256);
    assert!(kib < 32 << 10, "{kib} KiB");
    assert!(said > 16 << 20, "{said} bytes");
}

#[test]
fn output_that_nobody_reads_or_that_does_not_fit_ends_it() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = command(&["decode", "line"]).stdout(writer).spawn();
    let mut child = child.unwrap();
    child.stdin.take().unwrap().write_all(b"a\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(141));
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        return;
    };
    for words in [&["decode", "line"][..], &["encode", "line"], &["guess"]] {
        let child = command(words).stdout(full.try_clone().unwrap()).spawn();
        let mut child = child.unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin
            .write_all(b"one line\ntwo lines\nthree lines\n")
            .unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(74), "{words:?} {stderr}");
        assert!(stderr.starts_with("sockeye: standard output: "), "{stderr}");
    }
}

#[test]
fn a_guess_tells_the_rule_and_why() {
    let lines: String = (0..30).map(|i| format!("message number {i}\n")).collect();
    let framed = run(&["encode", "len u16be"], lines.as_bytes());
    let output = run(&["guess", "--json"], &framed.stdout);
    let text = String::from_utf8(output.stdout).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["kind"], "guess");
    assert_eq!(
        (&first["rank"], &first["messages"]),
        (&1.into(), &30.into())
    );
    assert_eq!(
        (&first["frame"], &first["share"]),
        (&"len u16be".into(), &1.0.into())
    );
    let output = run(&["guess"], &framed.stdout);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("len u16be                     30 messages, 100% of the bytes; "),
        "{text}"
    );
    refuse(&["guess"], b"", 1, "sockeye: there are no bytes\n");
    refuse(
        &["guess"],
        &[0xf1],
        1,
        "sockeye: no framing finds 3 messages, and fewer say nothing\n",
    );
}
