//! What leaves the program by its own keys: bytes to the terminal's clipboard, bytes to a file, messages that are kept.
//! The terminal's bytes are read as they are, for an independent terminal shows nothing of a clipboard.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use program::pty::Pty;
use program::{FIRST, command, leave, remembering, sockeye};

/// An empty directory of this test's own.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("files-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Where nothing is written.
fn anywhere() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// Two ends of ours, in a directory and an environment of this test's; A, in view, sent these bytes as one message.
fn workbench(directory: &Path, environment: &[(&str, &str)], sent: &str) -> Pty {
    start(sockeye(&["-c", &begins(sent)]), directory, environment)
}

fn begins(sent: &str) -> String {
    format!("pair unix as A B; frame out fixed 3M; send {sent}")
}

fn start(mut command: Command, directory: &Path, environment: &[(&str, &str)]) -> Pty {
    command.env_remove("TMUX").env_remove("STY");
    command.envs(environment.iter().copied());
    command.current_dir(directory);
    let mut pty = Pty::spawn(command);
    pty.wait_text(FIRST);
    pty.wait_text("frame fixed");
    pty
}

/// What the terminal was told to put into its clipboard, each time.
fn clipboards(seen: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(seen).into_owned();
    let texts = text.split("\x1b]52;c;").skip(1);
    texts
        .map(|rest| STANDARD.decode(rest.split('\x07').next().unwrap()).unwrap())
        .collect()
}

fn check(sent: &str, format: &str, expected: &[u8], told: &str) {
    let mut pty = workbench(&anywhere(), &[], sent);
    assert!(
        clipboards(pty.seen()).is_empty(),
        "nothing without the command"
    );
    command(&mut pty, &format!("copy {format}"));
    pty.wait_text(told);
    assert_eq!(clipboards(pty.seen()), [expected]);
    leave(&mut pty);
}

#[test]
fn copied_bytes_reach_the_clipboard_in_each_format() {
    let sent = r#"00 05 "hello\r\n""#;
    check(
        sent,
        "python",
        br#"b"\x00\x05hello\r\n""#,
        "copied bytes 0–8 as python",
    );
    check(
        sent,
        "hex",
        b"00 05 68 65 6c 6c 6f 0d 0a",
        "copied bytes 0–8 as hex",
    );
    check(
        sent,
        "base64",
        b"AAVoZWxsbw0K",
        "copied bytes 0–8 as base64",
    );
    check("1b", "escaped", br"\x1b", "copied byte 0 as escaped");
    // Bytes that would end the sequence, begin another, or act: none of them is one on the way.
    let hostile = r#""\x07\x1b]52;c;!\x07\x1b\\\u{9c}""#;
    check(
        hostile,
        "text",
        r"\x07\x1b]52;c;!\x07\x1b\\u{9c}".as_bytes(),
        "copied",
    );
}

#[test]
fn within_tmux_the_terminal_is_told_both_ways() {
    let mut pty = workbench(&anywhere(), &[("TMUX", "/tmp/tmux,1,0")], "\"hi\"");
    command(&mut pty, "copy text");
    pty.wait_text("copied bytes 0–1 as text");
    let seen = String::from_utf8_lossy(pty.seen()).into_owned();
    assert!(seen.contains("\x1b]52;c;aGk=\x07\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"));
    leave(&mut pty);
}

#[test]
fn what_is_too_much_for_a_clipboard_is_refused() {
    let mut pty = workbench(&anywhere(), &[], "\"x\"*2M \"END\"");
    // When all is sent its end is found, and widened to the whole message.
    pty.wait_text("read 2.0 MB");
    command(&mut pty, "find \"END\"");
    pty.wait_text("match 1 of 1");
    command(&mut pty, "show wider");
    command(&mut pty, "copy hex");
    pty.wait_text("2048 KiB are too much for a clipboard");
    assert!(clipboards(pty.seen()).is_empty());
    leave(&mut pty);
}

#[test]
fn a_saved_file_has_the_bytes_is_private_and_replaces_nothing_unasked() {
    let directory = directory("save");
    let mut pty = workbench(&directory, &[], "\"hello\" 00 ff");
    let path = directory.join("a.bin");
    command(&mut pty, "save a.bin all");
    pty.wait_text("saved 7 bytes to a.bin");
    assert_eq!(std::fs::read(&path).unwrap(), b"hello\0\xff");
    let mode = path.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    command(&mut pty, "save a.bin 0..5");
    pty.wait_text("a.bin exists: `over` behind it replaces it");
    command(&mut pty, "save a.bin 0..5 over");
    pty.wait_text("saved 5 bytes to a.bin");
    assert_eq!(std::fs::read(&path).unwrap(), b"hello");
    command(&mut pty, "save no/such.bin all");
    pty.wait_text("ENOENT (");
    leave(&mut pty);
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
}

#[test]
fn a_stored_message_is_there_in_the_next_run() {
    let directory = directory("store");
    let place = ["XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"]
        .map(|name| (name, directory.to_str().unwrap()));
    let begin = |sent| start(remembering(&["-c", &begins(sent)]), &directory, &place);
    let mut pty = begin("\"x\"");
    command(&mut pty, "store hello \"good\" 20 \"day\"");
    pty.wait_text("stored as hello: send saved(hello)");
    leave(&mut pty);
    let path = directory.join("sockeye/saved.txt");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "hello = \"good\" 20 \"day\"\n"
    );
    let mut pty = begin("saved(hello)");
    pty.wait_text("good day");
    leave(&mut pty);
}
