//! What the program is at besides the sockets, on the simulated system: files that are saved, commands that are
//! repeated, messages that are stored, searches. Each has an end, is told, and can be cancelled.

use sockeye::event::Dir;
use sockeye::os::{Place, Signal};

use super::kernel::Happening;
use super::program::Program;
use super::{Outcome, play, sockeye};

/// Where stored messages lie.
const LIBRARY: &str = "saved.txt";

/// Runs a script that shall pass.
#[track_caller]
fn passes(os: &mut Program, script: &str) -> Outcome {
    let outcome = sockeye(os, "run FILE", script);
    assert_eq!(outcome.ending.message, None, "{script}");
    outcome
}

/// Runs a script that shall fail, and what is said then holds the words.
#[track_caller]
fn fails(os: &mut Program, script: &str, words: &str) {
    let outcome = sockeye(os, "run FILE", script);
    let message = outcome.ending.message.unwrap_or_default();
    assert!(message.contains(words), "{script}: {message}");
    assert_ne!(outcome.ending.code, 0);
}

/// What the workbench shows so many seconds after it carried out these commands and the keys that were typed.
fn workbench(os: &mut Program, lines: &[&str], seconds: u64) -> String {
    let at = std::time::Duration::from_secs(seconds);
    os.kernel.at(at, Happening::Signal(Signal::Terminate));
    let plan = sockeye::run::Plan {
        lines: lines.iter().map(|&line| line.to_owned()).collect(),
        ..Default::default()
    };
    let outcome = play(os, &mut sockeye::run::Workbench::new(false), plan);
    assert_eq!(outcome.ending.code, 143, "{outcome:?}");
    os.shown(100, 30)
}

const PAIR: &str =
    "pair unix as A B\n@B frame line\n@A send \"one\\ntwo\\nthree\\n\"\n@B wait \"three\\n\"\n";

#[test]
fn a_script_saves_what_it_names_and_waits_until_it_is_saved() {
    let check = |words: &str, expected: &[u8]| {
        let mut os = Program::new(0);
        passes(&mut os, &format!("{PAIR}save {words}\n"));
        assert_eq!(os.kernel.made("f").as_deref(), Some(expected), "{words}");
    };
    check("f", b"one\ntwo\nthree\n");
    check("f all", b"one\ntwo\nthree\n");
    check("f 4..7", b"two");
    check("f message 3", b"three\n");
    check("f message #1", b"one\n");
    let mut os = Program::new(0);
    passes(
        &mut os,
        &format!("{PAIR}@A save f out 0..3\n@B save f over\n"),
    );
    assert_eq!(os.kernel.made("f").unwrap(), b"one\ntwo\nthree\n");
}

#[test]
fn what_cannot_be_saved_is_told_and_nothing_is_left_of_it() {
    let check = |words: &str, told: &str| {
        let mut os = Program::new(0);
        fails(&mut os, &format!("{PAIR}save {words}\n"), told);
        assert_eq!(os.kernel.made("f"), None, "{words}");
    };
    check("f 0..99", "B in has 14 bytes; 0..99 goes beyond them");
    check("f message 4", "there is no message 4 in B in: it has 3");
    check("f out", "there are no bytes of B out to save");

    let mut os = Program::new(0);
    fails(
        &mut os,
        &format!("{PAIR}save f\nsave f\n"),
        "f exists: `over`",
    );
    assert_eq!(os.kernel.made("f").unwrap().len(), 14);

    let mut os = Program::new(0);
    os.kernel.full_disk(13);
    fails(
        &mut os,
        &format!("{PAIR}save f\n"),
        "nothing of it is left: ENOSPC",
    );
    assert_eq!(os.kernel.made("f"), None);
}

#[test]
fn a_disk_that_fills_up_half_way_leaves_nothing_and_the_old_file() {
    let long = "pair unix as A B\nrepeat 5 @A send \"x\"*1M\n@A send \"end\"\n@B wait \"end\" within 60s\n";
    let mut os = Program::new(0);
    os.kernel.full_disk(3 << 20);
    os.calls_max = 2_000_000;
    fails(
        &mut os,
        &format!("{long}@B save f 0..100\n@B save f over\n"),
        "ENOSPC",
    );
    assert_eq!(os.kernel.made("f").unwrap().len(), 100);
    let mut os = Program::new(0);
    os.calls_max = 2_000_000;
    passes(&mut os, &format!("{long}@B save f\n"));
    assert_eq!(os.kernel.made("f").unwrap().len(), (5 << 20) + 3);
}

#[test]
fn bytes_that_were_let_go_are_an_error_that_says_which() {
    let script = "listen 127.0.0.1:0 keep 4 as L\nconnect @L as A\n@L wait accepted\n\
        @A send \"0123456789\"\n@B wait \"789\"\nsleep 1s\n@A send \"x\"\n@B wait \"x\"\nsleep 1s\n@B save f\n";
    let mut os = Program::new(0);
    fails(&mut os, script, "of B in are missing");
    assert_eq!(os.kernel.made("f"), None);
}

#[test]
fn a_command_is_repeated_as_often_and_at_the_times_that_were_told() {
    let mut os = Program::new(0);
    let outcome = passes(
        &mut os,
        "pair unix as A B\nrepeat 12 @A send count() \" \"\n@A repeat 2 send \"!\"\n@B wait \"!!\"\n",
    );
    assert_eq!(outcome.lane("B", Dir::In), b"1 2 3 4 5 6 7 8 9 10 11 12 !!");

    let mut os = Program::new(0);
    let script = "pair unix as A B\nrepeat 4 every 250ms @A send \"x\"\nsay \"done\"\n";
    let outcome = sockeye(&mut os, "run FILE --json", script);
    assert_eq!(outcome.ending.code, 0, "{outcome:?}");
    let told = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
    let lines = told.lines().map(|line| serde_json::from_str(line).unwrap());
    let events = lines.filter(|it: &serde_json::Value| it["call"] == "send" || it["kind"] == "say");
    let tenths = events.map(|it| it["t"].as_f64().unwrap() * 100.0);
    let times: Vec<f64> = tenths.map(f64::round).collect();
    // The script goes on once the last was issued.
    assert_eq!(times, [0.0, 25.0, 50.0, 75.0, 75.0]);
}

#[test]
fn a_repetition_ends_where_nothing_comes_of_it() {
    let mut os = Program::new(0);
    let script = "pair unix as A B\n@A close\n@A wait closed\nrepeat 1000 @A send \"x\"\n";
    fails(&mut os, script, "@A: this socket is closed");
    let mut os = Program::new(0);
    fails(
        &mut os,
        "pair unix as A B\nrepeat 3 pair unix as X Y\n",
        "taken",
    );
}

#[test]
fn a_repetition_never_gets_far_ahead_of_a_socket_that_takes_nothing() {
    let mut os = Program::new(0);
    os.types(20.0, "\x03");
    os.calls_max = 3000;
    let lines = [
        "pair unix manual as A B",
        "repeat 1000000 @A send \"x\"*64k",
    ];
    let screen = workbench(&mut os, &lines, 22);
    assert!(os.calls < 5_000, "{} calls", os.calls);
    // The call that waits was cancelled, and no other is made.
    assert!(screen.contains("cancel"), "{screen}");
}

#[test]
fn cancelling_ends_repetitions_and_tells_where_there_is_nothing_to_end() {
    let mut os = Program::new(0);
    os.types(3.1, "\x03");
    os.types(60.0, ":cancel\r");
    let lines = ["pair unix as A B", "repeat 1000 every 1s @A send \"x\""];
    workbench(&mut os, &lines, 100);
    assert_eq!(os.moved(Dir::In), [b"xxxx"]);
    // What is through is nothing to end.
    let mut os = Program::new(0);
    os.types(3.5, "\x03");
    let lines = ["pair unix as A B", "repeat 3 every 1s @A send \"x\""];
    let screen = workbench(&mut os, &lines, 4);
    assert!(screen.contains("C-c again quits"), "{screen}");
    let mut os = Program::new(0);
    let screen = workbench(&mut os, &["cancel"], 1);
    assert!(
        screen.contains("nothing runs and nothing waits"),
        "{screen}"
    );
}

#[test]
fn sixteen_repetitions_run_at_once_and_no_more() {
    let mut os = Program::new(0);
    let line = "repeat 2 every 1s @A send \"x\"; ".repeat(17);
    let screen = workbench(&mut os, &["pair unix as A B", &line], 3);
    assert!(screen.contains("16 repetitions run already"), "{screen}");
    assert_eq!(os.moved(Dir::In), [b"x".repeat(32)]);
}

#[test]
fn stored_messages_are_kept_and_mean_what_they_say_when_they_are_sent() {
    let mut os = Program::new(0);
    let script = "store hello \"hi \" count()\nstore twice saved(hello) saved(hello)\npair unix as A B\n\
        @A send saved(twice)\n@B wait \"2\"\nforget hello\n";
    let outcome = passes(&mut os, script);
    assert_eq!(outcome.lane("B", Dir::In), b"hi 1hi 2");
    let kept = os.kernel.kept(Place::Data, LIBRARY).unwrap();
    assert_eq!(kept, "twice = saved(hello) saved(hello)\n");

    // Another run reads what was written, by hand too, and changes only its own line.
    let mut os = Program::new(0);
    let text = "# mine\nhello = \"hi\"  # short\nnonsense\n";
    os.kernel.keep(Place::Data, LIBRARY, text);
    let script = "pair unix as A B\n@A send saved(hello)\n@B wait \"hi\"\nstore new 00\n";
    passes(&mut os, script);
    let kept = os.kernel.kept(Place::Data, LIBRARY).unwrap();
    assert_eq!(kept, format!("{text}new = 00\n"));
}

#[test]
fn a_stored_message_that_means_itself_or_far_too_much_is_refused() {
    let check = |text: &str, told: &str| {
        let mut os = Program::new(0);
        os.kernel.keep(Place::Data, LIBRARY, text);
        fails(&mut os, "pair unix as A B\n@A send saved(a)\n", told);
    };
    check("a = saved(a)\n", "saved(a) means itself");
    check("a = saved(b)\nb = 00 saved(a)\n", "saved(a) means itself");
    check("b = 00\n", "nothing is stored as `a`");
    // Each means the next one twice: a billion times the last.
    let letters = ('a'..='z').zip('b'..='z');
    let text: String = letters
        .map(|(this, next)| format!("{this} = saved({next}) saved({next})\n"))
        .collect();
    check(&(text + "z = \"\"\n"), "more than 10000 stored expressions");
    let mut os = Program::new(0);
    fails(&mut os, "forget nobody\n", "nothing is stored as `nobody`");
    let mut os = Program::new(0);
    os.kernel.full_disk(3);
    fails(&mut os, "store a 00\n", "saved.txt: ENOSPC");
}

#[test]
fn seeds_that_a_stored_message_draws_are_in_the_log() {
    let mut os = Program::new(0);
    os.kernel.keep(Place::Data, LIBRARY, "noise = rand(4)\n");
    let script = "pair unix as A B\n@A send saved(noise)\n";
    let outcome = sockeye(&mut os, "run FILE --json", script);
    assert_eq!(outcome.ending.code, 0);
    let told = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
    assert!(told.contains("noise = rand(4 seed "), "{told}");
}

#[test]
fn lines_of_the_library_that_do_not_fit_are_told() {
    let mut os = Program::new(0);
    os.kernel.keep(Place::Data, LIBRARY, "a = 00\nb = 0\n");
    let outcome = sockeye(&mut os, "run FILE --json", "say \"x\"\n");
    assert_eq!(outcome.ending.code, 0);
    let told = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
    assert!(
        told.contains("saved.txt, line 2: column 5: 0 has half"),
        "{told}"
    );
}

#[test]
fn a_search_says_which_match_it_is_and_goes_around_the_ends() {
    let line = "pair unix as A B; @A send \"ab--ab--ab\"; focus A";
    let check = |keys: &[&str], told: &str| {
        let mut os = Program::new(0);
        for (at, keys) in (1_u32..).zip(keys) {
            os.types(f64::from(at), keys);
        }
        let seconds = 1 + keys.len() as u64;
        let screen = workbench(&mut os, &[line], seconds);
        assert!(screen.contains(told), "{keys:?}:\n{screen}");
    };
    check(&["g", ":find \"ab\"\r"], "match 1 of 3");
    check(&["g", ":find \"ab\"\r", "n"], "match 2 of 3");
    check(
        &["g", ":find \"ab\"\r", "n", "n", "n"],
        "past the end, on from the start: match 1 of 3",
    );
    check(
        &["g", ":find \"ab\"\r", "N"],
        "past the start, on from the end: match 3 of 3",
    );
    check(&[":find \"zz\"\r"], "not found in this direction");
    check(&["n"], "nothing was searched for yet");
}

#[test]
fn what_is_marked_can_be_unmarked() {
    let mut os = Program::new(0);
    passes(&mut os, "mark here\nunmark here\nmark here\n");
    let mut os = Program::new(0);
    fails(
        &mut os,
        "mark here\nunmark here\nunmark here\n",
        "there is no mark `here`",
    );
}

#[test]
fn a_script_waits_for_bytes_however_far_away_they_are_and_in_whatever_parts_they_come() {
    let far = "pair unix as A B\nrepeat 17 @A send \"x\"*1M\n@A send \"END\"\nsleep 9s\n";
    let mut os = Program::new(0);
    os.calls_max = 2_000_000;
    passes(&mut os, &format!("{far}@B wait \"END\" within 1ms\n"));
    for seed in 0..20 {
        let mut os = Program::new(seed);
        let parts =
            "@A send \"E\"\n@A send \"EN\"\n@A send \"D.\"\n@B wait \"END\"\n@B expect \".\"\n";
        passes(
            &mut os,
            &format!(
                "pair unix as A B\n{parts}{}",
                parts.replace("\"END\"", "bytes /E+ND/")
            ),
        );
    }
}

#[test]
fn a_new_mark_can_be_taken_back() {
    let check = |lines: &[&str], told: bool| {
        let shown = workbench(&mut Program::new(0), lines, 2);
        assert_eq!(shown.contains("mark k is taken back"), told, "{shown}");
    };
    check(&["pair unix as A B", "mark k", "undo"], true);
    check(&["pair unix as A B", "mark k"], false);
    check(&["pair unix as A B", "mark k", "mark k", "undo"], true);
    // The moment that it named has passed.
    let lines = ["mark k", "undo", "redo"];
    let shown = workbench(&mut Program::new(0), &lines, 2);
    assert!(shown.contains("nothing was taken back"), "{shown}");
}

#[test]
fn goto_leads_to_bytes_and_messages() {
    let opening = "pair unix as A B; @A frame out line; @A send \"one\\ntwo\\n\"; focus A";
    let check = |line: &str, expected: &str| {
        let shown = workbench(&mut Program::new(0), &[opening, line], 2);
        assert!(shown.contains(expected), "{line}: {expected}\n{shown}");
    };
    check("goto byte 0x2", "inspector 0x02");
    check("goto byte 5", "inspector 0x05");
    check("goto message 2", "inspector 0x04");
    check("goto byte 8", "there is no byte 0x08");
    check("goto message 3", "there is no message #3");
}
