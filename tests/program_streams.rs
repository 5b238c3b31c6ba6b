//! What the program starts with: standard streams of every kind, terminals that can do little or are not there, and
//! what the environment asks of the screen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Output, Stdio};

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use program::pty::Pty;
use program::{FIRST, command, leave, sockeye};

/// A workbench with one connection of its own, whose three standard streams lead elsewhere.
fn beside(stdin: impl Into<Stdio>, stdout: impl Into<Stdio>) -> Pty {
    let mut command = sockeye(&["-c", "pair tcp as A B"]);
    command.stdin(stdin).stdout(stdout).stderr(Stdio::null());
    Pty::spawn_beside(command)
}

/// It draws, it hears keys, it sends, it leaves.
fn check(mut pty: Pty) {
    pty.wait_text("2◂B");
    command(&mut pty, "@A send \"through the terminal\"");
    pty.wait_text("74 68 72 6f 75 67 68");
    leave(&mut pty);
}

#[test]
fn f51_standard_input_may_be_anything() {
    check(beside(Stdio::null(), Stdio::null()));
    check(beside(File::open("/etc/passwd").unwrap(), Stdio::null()));
    let (reader, writer) = std::io::pipe().unwrap();
    check(beside(reader, Stdio::null()));
    drop(writer);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(writer);
    check(beside(reader, Stdio::null()));
}

#[test]
fn f51_standard_output_may_be_anything_and_gets_nothing() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("program-stdout");
    check(beside(Stdio::null(), File::create(&path).unwrap()));
    assert_eq!(std::fs::read(&path).unwrap(), b"");
    let full = File::options().write(true).open("/dev/full").unwrap();
    check(beside(Stdio::null(), full));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    check(beside(Stdio::null(), writer));
}

#[test]
fn f51_standard_streams_may_be_closed() {
    let program = sockeye(&["-c", "pair tcp as A B"]);
    let mut command = Command::new("sh");
    command
        .args(["-c", "exec \"$@\" <&- >&- 2>&-", "sh"])
        .arg(program.get_program())
        .args(program.get_args())
        .env("LANG", "C.UTF-8");
    check(Pty::spawn_beside(command));
}

/// Runs the program to its end with nothing to read; it must not need a terminal for that.
fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

/// Refused, with the words that help, and without a byte that a terminal could take for an order.
fn check_refused(output: &Output, why: &str) {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(why) && said.contains("--headless"), "{said}");
    assert_eq!(output.stdout, b"");
    let is_plain = |c: char| c == '\n' || !c.is_control();
    assert!(said.chars().all(is_plain), "{said:?}");
}

/// The same in a session without a terminal.
fn alone(words: &[&str]) -> Command {
    let mut command = sockeye(words);
    command.env("TERM", "xterm");
    // SAFETY: setsid(2) is async-signal-safe, and nothing is allocated.
    #[expect(unsafe_code, reason = "a child leaves the session before exec")]
    unsafe {
        command.pre_exec(|| Ok(rustix::process::setsid().map(|_| ())?));
    }
    command
}

#[test]
fn f48_without_a_terminal_it_names_the_headless_commands() {
    for words in [
        &[][..],
        &["demo"],
        &["connect", ":7"],
        &["listen", ":0"],
        &["-c", "pair tcp"],
    ] {
        check_refused(&run(&mut alone(words)), "no terminal to draw on");
    }
}

#[test]
fn f48_a_terminal_that_cannot_move_its_cursor_gets_words_and_no_escape() {
    for term in [Some("dumb"), Some(""), None] {
        let mut command = alone(&[]);
        match term {
            Some(term) => command.env("TERM", term),
            None => command.env_remove("TERM"),
        };
        check_refused(&run(&mut command), "TERM");
    }
    // On a terminal, too: nothing is taken over, nothing is written but the words.
    let mut command = sockeye(&[]);
    command.env("TERM", "dumb");
    let mut pty = Pty::spawn(command);
    assert_eq!(pty.wait_exit().code(), Some(2));
    pty.assert_restored();
    assert!(!pty.seen().contains(&0x1b));
    assert!(pty.screen().contents().contains("--headless"));
}

/// The parameters of every `CSI … m` that was written.
fn colours(seen: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(seen);
    let sequences = text.split("\x1b[").skip(1);
    sequences
        .filter_map(|rest| {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let (parameters, last) = rest.split_at_checked(end)?;
            last.starts_with('m').then(|| parameters.to_owned())
        })
        .collect()
}

/// The last number of a parameter that asks for a colour, but for "the colour of before".
fn is_colour(parameters: &str) -> bool {
    parameters.split(';').any(|number| {
        matches!(
            number.parse(),
            Ok(30..=38 | 40..=48 | 58 | 90..=97 | 100..=107)
        )
    })
}

/// A tour of what has colours: sockets of both ends, bytes, messages, an error, the prompt, the help.
fn tour(pty: &mut Pty) {
    pty.wait_text("A says");
    command(pty, "@A send c3 a9 1b 5b 33 31 6d");
    pty.wait_text("0000  c3 a9 1b 5b 33 31 6d");
    command(pty, "@A frame len u16be");
    pty.send("?");
    pty.wait_text("keys and commands");
    pty.send("\x1b");
    pty.wait_text(FIRST);
    pty.resize(160, 45);
    pty.wait_for("the wide screen", |screen| program::is_drawn(screen, 45));
    leave(pty);
}

#[test]
fn a_light_background_is_told_by_the_environment_or_the_command_line() {
    for (colours_of_screen, words, is_light) in [
        ("15;0", &["-c", "pair tcp as A B"][..], false),
        ("0;15", &["-c", "pair tcp as A B"], true),
        ("0;default;15", &["-c", "pair tcp as A B"], true),
        ("15;0", &["--bg", "light", "-c", "pair tcp as A B"], true),
        ("0;15", &["--bg", "dark", "-c", "pair tcp as A B"], false),
    ] {
        let mut command = sockeye(words);
        command.env("COLORFGBG", colours_of_screen);
        let mut pty = Pty::spawn(command);
        tour(&mut pty);
        let asked = colours(pty.seen());
        // Yellow cannot be read on white: the other end's ink is the terminal's own there.
        let yellow = asked.iter().any(|sgr| sgr.contains("38;5;3"));
        assert_eq!(
            yellow, !is_light,
            "{colours_of_screen} {words:?}: {asked:?}"
        );
    }
}

#[test]
fn f48_no_color_means_no_colour() {
    for (name, value, words) in [
        ("NO_COLOR", "1", &["-c", "pair tcp as A B"][..]),
        ("TERM", "xterm", &["--no-color", "-c", "pair tcp as A B"]),
    ] {
        let mut command = sockeye(words);
        command.env(name, value);
        let mut pty = Pty::spawn(command);
        tour(&mut pty);
        let asked = colours(pty.seen());
        assert!(
            asked.iter().any(|sgr| sgr == "1"),
            "bold is no colour: {asked:?}"
        );
        assert!(!asked.iter().any(|sgr| is_colour(sgr)), "{asked:?}");
    }
    let mut pty = Pty::spawn(sockeye(&["-c", "pair tcp as A B"]));
    tour(&mut pty);
    assert!(
        colours(pty.seen()).iter().any(|sgr| is_colour(sgr)),
        "this test would see a colour"
    );
}

#[test]
fn f49_a_locale_without_utf_8_gets_ascii() {
    let words = ["-c", "pair tcp as A B"];
    for (name, value, extra) in [
        ("LANG", "C", None),
        ("LC_ALL", "POSIX", None),
        ("LC_CTYPE", "fr_FR.ISO8859-1", None),
        ("LANG", "C.UTF-8", Some("--ascii")),
    ] {
        let mut command = sockeye(&words);
        command.env(name, value).args(extra);
        let mut pty = Pty::spawn(command);
        tour(&mut pty);
        let at = pty.seen().iter().position(|byte| !byte.is_ascii());
        let around =
            at.map(|at| String::from_utf8_lossy(&pty.seen()[at.saturating_sub(80)..at + 9]));
        assert_eq!(around, None, "{name}={value}");
    }
}
