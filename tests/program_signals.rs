//! Stopping, going on, vanishing terminals and signals that end: what the user's shell and terminal are left with.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

use rustix::process::Signal;

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use program::pty::Pty;
use program::{FIRST, is_drawn, leave, processor_ticks, sockeye, workbench};

const LEAVE: &[u8] = sockeye::tty::frame::LEAVE;

/// Stops as told, and expects the terminal as it was; goes on, and expects all of the screen again.
fn stop_and_go_on(pty: &mut Pty, stop: impl Fn(&mut Pty)) {
    let ours = pty.termios();
    stop(pty);
    pty.wait_stop();
    pty.wait_for("the main screen", |screen| !screen.alternate_screen());
    pty.assert_restored();
    // While it stands still the window may become another.
    pty.resize(100, 30);
    pty.signal(Signal::CONT);
    pty.wait_for("all of the screen, in the new size", |screen| {
        screen.alternate_screen() && is_drawn(screen, 30)
    });
    pty.wait_text("2◂B");
    assert_eq!(pty.termios(), ours, "the modes of a full screen again");
    pty.resize(80, 24);
    pty.wait_for("the old size", |screen| is_drawn(screen, 24));
}

#[test]
fn f47_a_stop_gives_the_terminal_back_and_going_on_draws_all() {
    let mut pty = workbench(&["-c", "pair tcp as A B"]);
    pty.wait_text("2◂B");
    // Twice each: the second stop must be as good as the first.
    for _ in 0..2 {
        stop_and_go_on(&mut pty, |pty| pty.signal(Signal::TSTP));
    }
    // In the prompt, too: it is there again with what was typed.
    pty.send(":say");
    pty.wait_text(":say");
    pty.signal(Signal::TSTP);
    pty.wait_stop();
    pty.assert_restored();
    pty.signal(Signal::CONT);
    pty.wait_text(":say");
    pty.send("\x1b");
    pty.wait_text(FIRST);
    leave(&mut pty);
}

#[test]
fn f47_without_a_shell_to_go_back_to_it_goes_on() {
    let mut pty = workbench(&["-c", "pair tcp as A B"]);
    let (ours, start) = (pty.termios(), pty.seen().len());
    pty.send("\x1a");
    pty.wait_seen_behind(start, "\x1b[?1049h");
    pty.wait_text("2◂B");
    assert_eq!(pty.termios(), ours);
    leave(&mut pty);
}

#[test]
fn f47_after_a_stop_that_nobody_can_catch_all_is_drawn_again() {
    let mut pty = workbench(&["-c", "pair tcp as A B"]);
    pty.wait_text("2◂B");
    let ours = pty.termios();
    pty.signal(Signal::STOP);
    pty.wait_stop();
    // What a shell would leave: its own modes, its own words over the screen.
    pty.make_sane();
    pty.scribble("\x1b[2J\x1b[?1049l\x1b[?25h$ ");
    assert_ne!(pty.termios(), ours);
    pty.signal(Signal::CONT);
    pty.wait_for("all of the screen", |screen| {
        screen.alternate_screen() && screen.hide_cursor() && is_drawn(screen, 24)
    });
    assert_eq!(pty.termios(), ours);
    leave(&mut pty);
}

/// Starts the workbench from a shell with job control, as a person does.
fn from_shell(shell: &[&str], how: &str) -> Pty {
    let program = sockeye(&[]);
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).env("PS1", "shell> ");
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut pty = Pty::spawn(command);
    pty.wait_text("shell>");
    let path = program.get_program().to_str().unwrap();
    pty.send(how.replace("PROGRAM", path));
    pty.wait_text("2◂B");
    pty.wait_text(FIRST);
    pty
}

/// ^Z gives the prompt back, `fg` brings the workbench back, three times; then it ends and the shell still is there.
fn check_job_control(shell: &[&str], how: &str) {
    let mut pty = from_shell(shell, how);
    for round in 0..3 {
        let start = pty.seen().len();
        pty.send("\x1a");
        pty.wait_seen_behind(start, "shell> ");
        assert!(!pty.screen().alternate_screen() && !pty.screen().hide_cursor());
        // The shell reads and shows what is typed.
        pty.send(format!("echo back{round}$((1+1))\r"));
        pty.wait_text(&format!("back{round}2"));
        pty.send("fg\r");
        pty.wait_for("the workbench", |screen| {
            screen.alternate_screen() && is_drawn(screen, 24)
        });
        pty.wait_text("2◂B");
        // It has the keyboard.
        pty.send("?");
        // All of it: the footer is drawn last, and what is waited for next stands in the one before.
        pty.wait_for("the help", |screen| {
            screen.contents().contains("in this pane: bytes") && !is_drawn(screen, 24)
        });
        pty.send("\x1b");
        pty.wait_text(FIRST);
    }
    let start = pty.seen().len();
    pty.send(":quit\r");
    pty.wait_seen_behind(start, "shell> ");
    assert!(!pty.screen().alternate_screen() && !pty.screen().hide_cursor());
    pty.send("exit 7\r");
    assert_eq!(pty.wait_exit().code(), Some(7), "{shell:?} {how}");
}

const PAIR: &str = "PROGRAM -c 'pair tcp as A B'\r";
/// As `cargo run` does: a program of the shell that waits for ours.
const UNDER: &str = "env -u NONE sh -c '\"$@\"; exit $?' sh PROGRAM -c 'pair tcp as A B'\r";

#[test]
fn f47_job_control_of_sh() {
    check_job_control(&["sh", "-i"], PAIR);
    check_job_control(&["sh", "-i"], UNDER);
}

#[test]
fn f47_job_control_of_bash() {
    if !program::skip::is_installed("bash") {
        return;
    }
    check_job_control(&["bash", "--norc", "--noprofile", "-i"], PAIR);
    check_job_control(&["bash", "--norc", "--noprofile", "-i"], UNDER);
}

#[test]
fn f47_in_the_background_it_waits_for_the_foreground() {
    let mut pty = from_shell(&["sh", "-i"], PAIR);
    let start = pty.seen().len();
    pty.send("\x1a");
    pty.wait_seen_behind(start, "shell> ");
    let start = pty.seen().len();
    pty.send("bg\r");
    pty.wait_seen_behind(start, "shell> ");
    // It must not draw over the shell.
    pty.send("echo still$((1+1))here\r");
    pty.wait_text("still2here");
    assert!(!pty.screen().alternate_screen());
    pty.send("fg\r");
    pty.wait_for("the workbench", |screen| {
        screen.alternate_screen() && is_drawn(screen, 24)
    });
    let start = pty.seen().len();
    pty.send(":quit\r");
    pty.wait_seen_behind(start, "shell> ");
    pty.send("exit 7\r");
    assert_eq!(pty.wait_exit().code(), Some(7));
}

#[test]
fn f42_a_terminal_that_vanishes_ends_the_program_with_129() {
    for words in [&["-c", "pair tcp as A B"][..], &["demo"]] {
        let mut pty = workbench(words);
        pty.wait_text("A▸B");
        pty.hang_up();
        assert_eq!(pty.wait_exit().code(), Some(129), "{words:?}");
    }
}

#[test]
fn f42_with_hang_ups_ignored_the_terminal_itself_tells() {
    let program = sockeye(&["-c", "pair tcp as A B"]);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]);
    command.arg(program.get_program()).args(program.get_args());
    let mut pty = Pty::spawn(command);
    pty.wait_text("A▸B");
    pty.signal(Signal::HUP);
    program::command(&mut pty, "say \"not ended by that\"");
    let before = processor_ticks(pty.pid);
    pty.hang_up();
    assert_eq!(pty.wait_exit().code(), Some(129));
    assert!(before < 1000, "{before} ticks for a few screens");
}

#[test]
fn f50_signals_that_end_give_the_terminal_back() {
    for (signal, code) in [
        (Signal::HUP, 129),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
        (Signal::TERM, 143),
    ] {
        let mut pty = workbench(&["-c", "pair tcp as A B"]);
        pty.wait_text("A▸B");
        pty.signal(signal);
        assert_eq!(pty.wait_exit().code(), Some(code), "{signal:?}");
        assert_left_once(&pty);
    }
}

#[test]
fn f50_signals_that_kill_give_the_terminal_back() {
    for signal in [Signal::ABORT, Signal::SEGV, Signal::BUS, Signal::USR1] {
        let mut pty = workbench(&["-c", "pair tcp as A B"]);
        pty.wait_text("A▸B");
        pty.signal(signal);
        let status = pty.wait_exit();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{signal:?}");
        assert_left_once(&pty);
    }
}

#[test]
fn f50_a_signal_while_it_is_stopped_ends_it_without_touching_the_terminal_again() {
    let mut pty = workbench(&[]);
    pty.signal(Signal::TSTP);
    pty.wait_stop();
    pty.signal(Signal::TERM);
    pty.signal(Signal::CONT);
    assert_eq!(pty.wait_exit().code(), Some(143));
    pty.assert_restored();
}

fn assert_left_once(pty: &Pty) {
    pty.assert_restored();
    let times = pty.seen().windows(LEAVE.len()).filter(|it| *it == LEAVE);
    assert_eq!(times.count(), 1, "the screen is given back exactly once");
}
