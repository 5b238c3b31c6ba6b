//! The program with a file: what is read, what is refused, and what is said of files that are not good.

use std::path::PathBuf;
use std::process::{Command, Output};

use super::V4;
use super::packets::{Dialogue, Pcap};

fn kept(name: &str, bytes: &[u8]) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("open");
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Runs a script of these lines.
fn run(name: &str, lines: &str) -> Output {
    let script = kept(name, lines.as_bytes());
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
    command.args(["run", "--json", "--clean"]).arg(script);
    command.output().unwrap()
}

fn talk() -> Pcap {
    let mut dialogue = Dialogue::new(V4.0, V4.1, [5, 9]);
    dialogue.say(0, b"PING\r\n", 100);
    dialogue.say(1, b"+PONG\r\n", 100);
    dialogue.end(0);
    dialogue.end(1);
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    pcap
}

#[test]
fn a_script_opens_a_file_frames_it_and_saves_from_it() {
    let path = kept("talk.pcap", &talk().bytes);
    let saved = path.with_extension("saved");
    let lines = format!(
        "open {}\n@A frame both line\n@A expect message \"+PONG\"\n@A save {} in all over\n",
        path.display(),
        saved.display()
    );
    let output = run("opens.sockeye", &lines);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(std::fs::read(saved).unwrap(), b"+PONG\r\n");
    assert!(text.contains(r#""owner":"ext","by":"packets","mark":"inferred","call":"recv""#));
}

#[test]
fn no_command_reaches_a_socket_of_a_file() {
    let path = kept("refused.pcap", &talk().bytes);
    for line in [
        "@A send \"x\"",
        "connect 127.0.0.1:1",
        "listen 127.0.0.1:0",
        "@A close",
    ] {
        let lines = format!("open {}\n{line}\n", path.display());
        let output = run("refused.sockeye", &lines);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_ne!(output.status.code(), Some(0), "{line}: {text}");
        assert!(
            text.contains("a file is open: no command reaches a socket"),
            "{line}: {text}"
        );
    }
}

#[test]
fn what_cannot_be_opened_is_said() {
    let twice = kept("twice.pcap", &talk().bytes);
    let empty = kept("empty.pcap", b"");
    let odd = kept(
        "odd.pcap",
        b"this is no capture at all, and long enough to be one",
    );
    for (lines, said) in [
        ("open /no/such/file\n".to_owned(), "ENOENT"),
        ("open /dev/null\n".to_owned(), "EINVAL"),
        ("open /tmp\n".to_owned(), "EISDIR"),
        (format!("open {}\n", empty.display()), "the file is empty"),
        (format!("open {}\n", odd.display()), "this is no capture"),
        (
            format!("open {0}\nopen {0}\n", twice.display()),
            "twice.pcap is open: `quit`",
        ),
        (
            format!("listen 127.0.0.1:0\nopen {}\n", twice.display()),
            "a file is opened in a session without sockets",
        ),
    ] {
        let output = run("bad.sockeye", &lines);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_ne!(output.status.code(), Some(0), "{lines}: {text}");
        assert!(text.contains(said), "{lines}: {text}");
    }
}
