//! The terminal as a device, end to end: this test's own executable runs again on a pty and takes the terminal over.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal as Sent;
use sockeye::os::Signal;
use sockeye::os::real::signals::{Signals, stop_self};
use sockeye::os::real::terminal::Terminal;
use sockeye::tty::frame::{ENTER, ENTER_MOUSE, LEAVE, Output};
use sockeye::tty::keys::Input;
use sockeye::tty::{ESC_WAIT, Keyboard};

#[path = "support/pty.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod pty;

use pty::{Pty, this_test};
const VARIABLE: &str = "SOCKEYE_TEST_DEVICE";

/// The program under test, in the child: shows its size, the inputs and the signals, one a row, until `q`.
#[test]
fn child() {
    match std::env::var(VARIABLE).as_deref() {
        Err(_) => return,
        Ok("alone") => return assert!(Terminal::open(LEAVE).is_err()),
        Ok(_) => {}
    }
    let start = Instant::now();
    let (mut terminal, mut signals) = (Terminal::open(LEAVE).unwrap(), Signals::open().unwrap());
    let (mut keyboard, mut output) = (Keyboard::new(ESC_WAIT), Output::default());
    let mut buf = Vec::new();
    enter(&mut terminal, &mut output);
    let (mut shown, mut row) = (vec!["ready".to_owned()], 0);
    loop {
        for text in shown.drain(..) {
            row = row % 20 + 1;
            output.begin(format!("\x1b[{row}H{text}\x1b[K").as_bytes());
        }
        output.advance(|bytes| terminal.write(bytes)).unwrap();
        let timeout = keyboard
            .deadline()
            .map(|at| at.saturating_sub(start.elapsed()));
        wait(&terminal, &signals, output.wants_write(), timeout);
        let mut inputs = Vec::new();
        buf.clear();
        match terminal.read(&mut buf) {
            Ok(0) => std::process::exit(129),
            Ok(_) => keyboard.feed(&buf, start.elapsed(), &mut inputs),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => std::process::exit(129),
        }
        keyboard.expire(start.elapsed(), &mut inputs);
        for input in inputs {
            shown.push(obey(&input));
            if shown.last().is_some_and(|text| text == "flood") {
                return flood(&mut terminal);
            }
            if shown.last().is_some_and(|text| text == "quit") {
                return;
            }
        }
        for signal in signals.drain() {
            match signal {
                Signal::Suspend => {
                    terminal.cooked();
                    output.abandon();
                    stop_self().unwrap();
                    enter(&mut terminal, &mut output);
                    shown.push("resumed".to_owned());
                }
                Signal::Terminate => return,
                Signal::HangUp => std::process::exit(129),
                other => shown.push(format!("{other:?} {:?}", terminal.size())),
            }
        }
    }
}

fn enter(terminal: &mut Terminal, output: &mut Output) {
    terminal.raw().unwrap();
    assert!(terminal.is_raw());
    output.queue(ENTER);
    output.queue(ENTER_MOUSE);
}

fn wait(terminal: &Terminal, signals: &Signals, to_write: bool, timeout: Option<Duration>) {
    let flags = if to_write {
        PollFlags::IN | PollFlags::OUT
    } else {
        PollFlags::IN
    };
    let mut watched = [
        PollFd::new(terminal, flags),
        PollFd::new(signals, PollFlags::IN),
    ];
    let timeout = timeout.map(|timeout| Timespec::try_from(timeout).unwrap());
    let _ = poll(&mut watched, timeout.as_ref());
}

/// Writes until the terminal stands still: the kernel moves bytes on behind our back for a moment.
fn flood(terminal: &mut Terminal) {
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };
    let mut taken = true;
    while taken {
        while terminal.write(&[b'x'; 4096]).is_ok() {}
        // A terminal that says it is full may still take some.
        let _ = poll(&mut [PollFd::new(terminal, PollFlags::OUT)], Some(&moment));
        taken = terminal.write(b"x").is_ok();
    }
}

/// What is shown for an input, unless the input is one of the ways to end badly.
fn obey(input: &Input) -> String {
    let Input::Key(key) = input else {
        return format!("{input:?}");
    };
    match key.code.as_char() {
        Some('q') => "quit".to_owned(),
        Some('s') => format!(
            "{:?}",
            rustix::process::kill_process(rustix::process::getpid(), Sent::STOP)
        ),
        Some('f') => "flood".to_owned(),
        Some('p') => panic!("the panic of p"),
        Some('a') => std::process::abort(),
        Some('o') => recurse(&[0; 1024]).to_string(),
        Some('x') => std::process::exit(3),
        _ => format!("{:?} {:?}", key.code, key.modifiers),
    }
}

/// Overflows the stack.
fn recurse(on_stack: &[u8; 1024]) -> u8 {
    let mut more = *on_stack;
    more[0] = more[0].wrapping_add(1);
    if more[1] == 1 {
        0
    } else {
        recurse(std::hint::black_box(&more)) + more[0]
    }
}

fn device() -> Pty {
    let mut pty = Pty::spawn(this_test("child", VARIABLE, "1"));
    pty.wait_text("ready");
    assert!(
        pty.screen().alternate_screen()
            && pty.screen().hide_cursor()
            && pty.screen().bracketed_paste()
    );
    pty
}

/// Leads the standard streams elsewhere, so that only `/dev/tty` is left.
fn silence(command: &mut Command) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
}

fn assert_left(pty: &Pty) {
    pty.assert_restored();
    let times = pty
        .seen()
        .windows(LEAVE.len())
        .filter(|window| *window == LEAVE)
        .count();
    assert_eq!(times, 1, "the screen is given back exactly once");
}

#[test]
fn the_harness_sees_what_a_program_does() {
    let mut command = Command::new("/bin/sh");
    command.args([
        "-c",
        "stty size; stty raw -echo; printf ready; head -c 1; exit 7",
    ]);
    let mut pty = Pty::spawn(command);
    pty.wait_text("24 80");
    pty.wait_text("ready");
    pty.send("k");
    pty.wait_text("readyk");
    assert_eq!(pty.wait_exit().code(), Some(7));
    let left_raw = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pty.assert_restored()));
    assert!(
        left_raw.is_err(),
        "the harness must see a terminal that was left raw"
    );
}

#[test]
fn keys_pastes_and_the_mouse_come_through() {
    let mut pty = device();
    for (typed, shown) in [
        (&b"k"[..], "Char('k') KeyModifiers(0x0)"),
        (b"\x03", "Char('c') KeyModifiers(CONTROL)"),
        (b"\x1b[A", "Up KeyModifiers(0x0)"),
        (b"\x1b]", "Char(']') KeyModifiers(ALT)"),
        (b"\x1b", "Esc KeyModifiers(0x0)"),
        (
            b"\x1b[200~a\rb\x1b[201~",
            "Paste { text: [97, 13, 98], lost: 0 }",
        ),
        (b"\x1b[<0;3;4M", "column: 2, row: 3"),
    ] {
        pty.send(typed);
        pty.wait_text(shown);
    }
    pty.send("q");
    assert!(pty.wait_exit().success());
    assert_left(&pty);
}

#[test]
fn f39_f40_sizes_are_clamped() {
    let mut pty = device();
    for ((cols, rows), shown) in [
        ((100, 30), "(100, 30)"),
        ((65_535, 65_535), "(1000, 500)"),
        ((0, 0), "(0, 0)"),
    ] {
        pty.resize(cols, rows);
        pty.wait_seen(format!("Resize {shown}"));
    }
    pty.send("q");
    assert!(pty.wait_exit().success());
    assert_left(&pty);
}

#[test]
fn f42_a_terminal_that_vanishes_ends_the_program() {
    let mut pty = device();
    pty.hang_up();
    assert_eq!(pty.wait_exit().code(), Some(129));
}

#[test]
fn f42_nohup_keeps_a_hang_up_ignored() {
    let inner = this_test("child", VARIABLE, "1");
    let mut command = Command::new("nohup");
    command
        .arg(inner.get_program())
        .args(inner.get_args())
        .env(VARIABLE, "1");
    silence(&mut command);
    let mut pty = Pty::spawn_beside(command);
    pty.wait_text("ready");
    pty.signal(Sent::HUP);
    pty.send("k");
    pty.wait_text("Char('k')");
    pty.hang_up();
    assert_eq!(
        pty.wait_exit().code(),
        Some(129),
        "the terminal itself tells that it is gone"
    );
}

#[test]
fn f43_leaving_does_not_wait_for_a_terminal_that_stands_still() {
    // Its other streams lead elsewhere: the test's own words at its end would wait for the terminal.
    let mut command = this_test("child", VARIABLE, "1");
    silence(&mut command);
    let mut pty = Pty::spawn_beside(command);
    pty.wait_text("ready");
    pty.stall(true);
    pty.send("f");
    assert!(pty.wait_exit().success());
    pty.stall(false);
    assert_eq!(pty.wait_exit().code(), Some(0));
    assert!(!pty.seen().ends_with(LEAVE), "it did not stand still");
    assert_eq!(pty.termios(), Pty::spawn(Command::new("true")).termios());
}

#[test]
fn f47_a_stop_gives_the_terminal_back_and_going_on_takes_it() {
    let mut pty = device();
    pty.signal(Sent::TSTP);
    pty.wait_stop();
    pty.wait_for("the main screen", |screen| !screen.alternate_screen());
    assert_left(&pty);
    pty.signal(Sent::CONT);
    pty.wait_text("resumed");
    assert!(pty.screen().alternate_screen());
    pty.signal(Sent::STOP);
    pty.wait_stop();
    pty.resize(70, 20);
    pty.signal(Sent::CONT);
    pty.wait_seen("Continue (70, 20)");
    pty.send("q");
    assert!(pty.wait_exit().success());
    pty.assert_restored();
}

#[test]
fn f47_a_terminal_that_the_shell_has_taken_back_is_not_touched() {
    let inner = this_test("child", VARIABLE, "1");
    // Reading in the background stops the child again (SIGTTIN), perhaps before ABRT is served.
    let script = r#"set -m; "$@"; echo "stopped $?"; kill -ABRT %1
        until [ "$status" = 134 ]; do kill -CONT %1; wait %1; status=$?; done; exit 5"#;
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh"])
        .arg(inner.get_program())
        .args(inner.get_args())
        .env(VARIABLE, "1");
    let mut pty = Pty::spawn(command);
    pty.wait_text("ready");
    pty.send("s");
    pty.wait_seen("stopped");
    assert_eq!(pty.wait_exit().code(), Some(5));
    assert!(
        !pty.seen()
            .windows(LEAVE.len())
            .any(|window| window == LEAVE)
    );
}

#[test]
fn f50_every_way_out_gives_the_terminal_back() {
    for (key, shown) in [
        ("p", "the panic of p"),
        ("a", ""),
        ("o", "overflowed its stack"),
    ] {
        let mut pty = device();
        pty.send(key);
        let status = pty.wait_exit();
        assert!(!status.success(), "{key}");
        assert_left(&pty);
        assert!(
            pty.screen().contents().contains(shown),
            "{key}: {}",
            pty.screen().contents()
        );
    }
    for signal in [
        Sent::SEGV,
        Sent::BUS,
        Sent::ILL,
        Sent::FPE,
        Sent::ABORT,
        Sent::USR1,
        Sent::TERM,
    ] {
        let mut pty = device();
        pty.signal(signal);
        let status = pty.wait_exit();
        if signal != Sent::TERM {
            let died_of = std::os::unix::process::ExitStatusExt::signal(&status);
            assert_eq!(died_of, Some(signal.as_raw()), "{signal:?}");
        }
        assert_left(&pty);
    }
}

#[test]
fn f46_what_was_not_read_does_not_reach_the_shell() {
    let mut pty = device();
    pty.signal(Sent::STOP);
    pty.wait_stop();
    pty.send("rm -r everything\r\n");
    pty.signal(Sent::ABORT);
    pty.signal(Sent::CONT);
    assert!(!pty.wait_exit().success());
    assert_left(&pty);
    assert_eq!(pty.unread(), 0);
}

#[test]
fn f51_standard_streams_may_be_anything() {
    let mut command = this_test("child", VARIABLE, "1");
    silence(&mut command);
    let mut pty = Pty::spawn_beside(command);
    pty.wait_text("ready");
    pty.send("q");
    assert!(pty.wait_exit().success());
    assert_left(&pty);
}

#[test]
fn f51_without_a_terminal_opening_fails() {
    let alone = this_test("child", VARIABLE, "alone");
    let mut command = Command::new("setsid");
    command
        .arg("--wait")
        .arg(alone.get_program())
        .args(alone.get_args())
        .env(VARIABLE, "alone");
    silence(&mut command);
    assert!(command.status().unwrap().success());
}
