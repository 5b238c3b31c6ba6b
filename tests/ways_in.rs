//! What the program prints about itself, where it says that it listens, and what it leaves on a real disk: `paths`,
//! `completions`, `man`, `ready`, the memory between runs, sentences in pipes. The real program and kernel.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

#[path = "ways_in/memory.rs"]
mod memory;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use program::pty::Pty;
use program::{FIRST, leave, skip::is_installed};

const SOCKEYE: &str = env!("CARGO_BIN_EXE_sockeye");

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("sockeye-ways-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    folder
}

fn run(words: &[&str]) -> Output {
    Command::new(SOCKEYE).args(words).output().unwrap()
}

fn printed(words: &[&str]) -> String {
    let output = run(words);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn paths_name_every_directory_and_make_none() {
    let home = folder("paths");
    let mut command = Command::new(SOCKEYE);
    command
        .arg("paths")
        .env("HOME", &home)
        .env("XDG_CONFIG_HOME", home.join("c"))
        .env_remove("XDG_STATE_HOME")
        .env("XDG_DATA_HOME", "relative")
        .env("SOCKEYE_SPILL_DIR", "/big disk");
    let output = command.output().unwrap();
    let home_text = home.display().to_string();
    let expected = format!(
        "config {home_text}/c/sockeye\nstate  {home_text}/.local/state/sockeye\n\
         data   {home_text}/.local/share/sockeye\nspill  /big disk\n"
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0);
    fs::remove_dir_all(home).unwrap();
}

#[test]
fn completions_are_there_for_five_shells() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = printed(&["completions", shell]);
        for word in ["sockeye", "headless", "decode", "chunk", "completions"] {
            assert!(text.contains(word), "{shell}: {word}");
        }
    }
    // For the others clap_complete knows no words that stand without an option.
    for shell in ["bash", "zsh"] {
        assert!(
            printed(&["completions", shell]).contains("netstring"),
            "{shell}"
        );
    }
    let refused = run(&["completions", "tcsh"]);
    assert_eq!(refused.status.code(), Some(2));
    if !is_installed("bash") {
        return;
    }
    let mut bash = Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text = printed(&["completions", "bash"]);
    bash.stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = bash.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

#[test]
fn the_manual_page_holds_what_the_program_knows() {
    let page = printed(&["man"]);
    assert!(page.is_ascii());
    assert!(page.lines().any(|line| line.starts_with(".TH ")));
    let sections: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix(".SH "))
        .collect();
    for title in [
        "SYNOPSIS",
        "WAYS IN",
        "LANGUAGE",
        "ADDRESSES",
        "EXPRESSIONS",
        "FRAMINGS",
        "FILTER",
        "FILES",
        "ENVIRONMENT",
        "CONFIGURATION",
        "EXIT STATUS",
    ] {
        assert!(
            sections.contains(&format!("\"{title}\"").as_str()),
            "{title}: {sections:?}"
        );
    }
    for word in [
        "len u16be",
        "netstring",
        "listen ADDR",
        "sockeye run",
        "sockeye decode",
        "sockeye encode",
        "sockeye guess",
        "motion",
        "hello\\er\\en",
        "NO_COLOR",
    ] {
        assert!(page.contains(word), "{word}");
    }
    // Every line is text, a request, or empty: what begins with a point is a request that roff(7) has.
    let known = [
        ".ie", ".el", ".TH", ".SH", ".B", ".I", ".TP", ".RS", ".RE", ".IP", ".PP", ".br", ".nf",
        ".fi", ".SS",
    ];
    for line in page.lines().filter(|line| line.starts_with(['.', '\''])) {
        let request = line.split(' ').next().unwrap_or_default();
        assert!(known.contains(&request), "{line:?}");
    }
    assert_eq!(
        page.matches(".nf\n").count(),
        page.matches("\n.fi\n").count()
    );
}

#[test]
fn help_tells_the_exit_statuses() {
    let help = printed(&["--help"]);
    for words in [
        "Exit status:",
        "124  the time",
        "--plain",
        "--clean",
        "--lang <CODE>",
        "Sockets\n",
    ] {
        assert!(help.contains(words), "{words}");
    }
}

#[test]
fn words_that_do_not_fit_are_refused() {
    let check = |words: &[&str], expected: &str| {
        let output = run(words);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(
            stderr.starts_with("sockeye: ") && stderr.contains(expected),
            "{stderr}"
        );
        assert!(output.stdout.is_empty());
    };
    check(&["--lang", "xx"], "--lang");
    check(&["--bg", "green"], "--bg");
    check(&["--plain", "--theme", "a b"], "--theme: ");
    check(&["connect", "nowhere:99999"], "column");
}

#[test]
fn a_listener_without_a_screen_says_where_it_listens() {
    let listen = |words: &[&str]| {
        let mut command = Command::new(SOCKEYE);
        command
            .args(["listen", "udp://127.0.0.1:0", "--headless"])
            .args(words);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let mut child = listen(&[]);
    let mut line = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut line).unwrap();
    let at = line.trim_end().strip_prefix("ready udp://").unwrap();
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.send_to(b"hello", at).unwrap();
    let mut got = [0; 5];
    child.stdout.as_mut().unwrap().read_exact(&mut got).unwrap();
    assert_eq!(&got, b"hello");
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

fn interrupt(child: &std::process::Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}

/// The workbench with directories of its own, once its first screen stands there.
fn workbench(state: &std::path::Path, words: &[&str]) -> Pty {
    let mut pty = Pty::spawn(at(state, words));
    pty.wait_text(FIRST);
    pty
}

/// The program with directories of its own.
fn at(state: &std::path::Path, words: &[&str]) -> Command {
    let mut command = Command::new(SOCKEYE);
    command
        .args(words)
        .env("LANG", "C.UTF-8")
        .env("XDG_STATE_HOME", state)
        .env("XDG_CONFIG_HOME", state)
        .env("XDG_DATA_HOME", state)
        .env_remove("ACCESSIBLE")
        .env_remove("LC_ALL")
        .env_remove("LC_CTYPE");
    command
}

#[test]
fn a_configuration_speaks_another_language_and_a_wrong_one_is_refused() {
    let state = folder("config");
    fs::create_dir(state.join("sockeye")).unwrap();
    let file = state.join("sockeye/config.toml");
    fs::write(&file, "lang = \"fr\"\n").unwrap();
    let mut pty = Pty::spawn(at(&state, &[]));
    pty.wait_text("? touches");
    pty.wait_text("se connecter");
    leave(&mut pty);
    fs::write(&file, "# mine\nlnag = \"fr\"\n").unwrap();
    let output = Command::new(SOCKEYE)
        .env("XDG_CONFIG_HOME", &state)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    let expected = "sockeye: config.toml:2: there is no key `lnag` (did you mean `lang`?)";
    assert!(stderr.starts_with(expected), "{stderr}");
    fs::remove_dir_all(state).unwrap();
}

/// A run in sentences, or whatever else the words ask for.
fn plain(words: &[&str]) -> Command {
    let mut command = Command::new(SOCKEYE);
    command
        .args(["--clean", "--lang", "en"])
        .args(words)
        .env_remove("ACCESSIBLE");
    command
}

#[test]
fn without_a_home_nothing_is_kept_and_storing_says_why() {
    let mut command = Command::new(SOCKEYE);
    for name in ["HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"] {
        command.env_remove(name);
    }
    let words = ["--plain", "--lang", "en", "-c", "store hello \"hi\""];
    let output = command.args(words).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("saved.txt has no directory"), "{said}");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn sentences_go_through_pipes() {
    let mut child = plain(&["listen", ":0"])
        .env("ACCESSIBLE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let mut next = |start: &str| {
        let line = lines.next().unwrap();
        assert!(line.starts_with(start), "{line:?}, not {start:?}");
        line
    };
    next("Sockeye without a screen.");
    let line = next("L listens at tcp://127.0.0.1:");
    let at = line
        .trim_start_matches("L listens at tcp://")
        .trim_end_matches('.');
    let mut peer = TcpStream::connect(at).unwrap();
    next("L accepted A from 127.0.0.1:");
    peer.write_all(b"\x1b[2J\xe2\x80\xaehi").unwrap();
    next(r#"A received 9 bytes: "\x1b[2J\u{202e}hi"."#);
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"@A send \"welcome\"\n").unwrap();
    next("A sent 7 bytes: \"welcome\".");
    drop(peer);
    // Whether the end or a reset comes first is the kernel's matter, for our bytes were never read.
    next("");
    stdin.write_all(b"quit\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn sentences_go_to_a_terminal_without_a_single_escape() {
    let mut terminal = Pty::spawn(plain(&["--plain"]));
    terminal.wait_seen("quit ends.");
    terminal.send("pair unix as A B\n");
    terminal.wait_seen("A and B are connected with each other.");
    terminal.send("@A send \"hi\"\n");
    terminal.wait_seen("B received 2 bytes: \"hi\".");
    terminal.send("help\n");
    terminal.wait_seen("Sockets\r\n  connect ADDR");
    // C-d on an empty line is the end of the input.
    terminal.send([4]);
    assert_eq!(terminal.wait_exit().code(), Some(0));
    assert!(!terminal.seen().contains(&0x1b));
}

#[test]
fn sentences_that_nobody_reads_end_it() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = plain(&["--plain"])
        .stdin(Stdio::piped())
        .stdout(writer)
        .spawn();
    assert_eq!(child.unwrap().wait().unwrap().code(), Some(141));
}
