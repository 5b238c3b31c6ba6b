//! How often the workbench wakes while nobody does anything: what changes on the screen by time alone ends it, no wait
//! is for a moment that has passed, and then it waits for good.

use std::time::Duration;

use super::kernel::Happening;
use super::program::Program;

/// When the keys are pressed: what the commands made is still by then.
const PRESSED: f64 = 40.0;

/// By when it waits for good: what is repeated takes 8 s, and the age of a wait grows on the screen for 10 s more.
const QUIET: Duration = Duration::from_secs(20);

/// Runs the workbench on these commands, presses keys one after the other, and counts the waits from the last one on:
/// so many at most, the last for good, and none of them so short that the loop spins.
#[track_caller]
fn check(lines: &str, keys: &[&str], waits_max: usize) {
    let mut os = Program::new(0);
    let size = Happening::Resized(120, 40);
    os.kernel.at(Duration::from_millis(1), size);
    let mut at = PRESSED;
    for key in keys {
        at += 0.1;
        os.types(at, key);
    }
    let outcome = super::terminal::commands(&mut os, lines);
    assert_eq!(outcome.ending.code, 143, "{lines} {keys:?}: {outcome:?}");
    let last = Duration::from_secs_f64(at);
    let waits: Vec<_> = os
        .waits
        .iter()
        .filter(|(begun, _)| *begun >= last)
        .collect();
    let told = format!("{lines} {keys:?}: {} waits: {waits:?}", waits.len());
    assert!(waits.len() <= waits_max, "{told}");
    let is_over = os.quiet_since().is_some_and(|since| since < last + QUIET);
    assert!(is_over, "{told}");
    let spins = waits
        .iter()
        .filter(|(_, timeout)| *timeout == Some(Duration::ZERO));
    assert!(spins.count() <= 1, "{told}");
}

#[test]
fn what_the_screen_does_by_itself_ends() {
    let pair = "pair tcp as A B; @A send \"hello\"";
    // A key, its frame, and the wait for good.
    check(pair, &["j"], 4);
    // A notice goes after some seconds: one wait for it, one frame.
    check(pair, &["\x03"], 5);
    // The box of a prefix comes once, and stays.
    check(pair, &["g"], 5);
    check(pair, &["g", "\x1b"], 6);
    // The table of sockets with its rates, which are those of an idle socket.
    check(pair, &["f"], 5);
    // A long line is read once, when typing rests.
    let paste = format!("\x1b[200~{}\x1b[201~", "x".repeat(70_000));
    check(pair, &["s", &paste], 20);
    // What was found is said for some seconds.
    check(pair, &["/", "\"hell\"\r"], 8);
    check(pair, &["/", "\"none\"\r"], 8);
    check(pair, &["?"], 4);
}

#[test]
fn rates_are_drawn_while_they_move_and_then_no_more() {
    // Ten bytes in ten pushes over a second, while the table with its curves is open.
    let mut keys = vec!["f", "\x1b", ":show connections\r"];
    keys.extend([":@A send \"hello\"\r"; 10]);
    check("pair unix as A B", &keys, 120);
}

#[test]
fn what_is_repeated_wakes_only_when_it_is_due() {
    let keys = [":repeat 5 every 2s @A send \"x\"\r"];
    check("pair unix as A B", &keys, 200);
}

#[test]
fn a_question_that_waits_and_a_loop_that_is_looked_at_are_idle() {
    let pair = "pair tcp as A B; @A send \"x\"";
    check(pair, &[":select r:A x:A\r"], 140);
    check(pair, &[":show loop\r"], 6);
}
