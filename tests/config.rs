//! What a run is given and leaves, on the simulated disk: the configuration file, and the memory between runs, which is
//! merged, put aside when damaged, and never in the way.

#![expect(clippy::unwrap_used, reason = "a broken test shall stop")]

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "config/locked.rs"]
mod locked;
#[path = "sim/program.rs"]
mod program;

use std::time::Duration;

use sockeye::args::{self, Asked};
use sockeye::os::{Place, Signal};
use sockeye::run::{self, Ending, Plain, Plan, Workbench};

use kernel::Happening;
use program::Program;

const MEMORY: &str = "memory.toml";

/// The plan of a command line, completed on that system.
fn plan(os: &mut Program, words: &str) -> Result<Plan, Ending> {
    let words = std::iter::once("sockeye").chain(words.split_whitespace());
    match args::parse(words.map(Into::into)).unwrap() {
        Asked::Workbench { plan, .. } => run::configure(os, plan),
        other => panic!("{other:?}"),
    }
}

/// Runs a command line to its end.
fn sockeye(os: &mut Program, words: &str) -> Ending {
    match plan(os, words) {
        Ok(plan) if plan.plain => run::run(os, &mut Plain::new(false), plan),
        Ok(plan) => run::run(os, &mut Workbench::new(false), plan),
        Err(ending) => ending,
    }
}

/// A system with that configuration.
fn configured(text: &str) -> Program {
    let mut os = Program::new(0);
    os.kernel.keep(Place::Config, "config.toml", text);
    os
}

fn memory(os: &mut Program) -> toml::Table {
    let text = os.kernel.kept(Place::State, MEMORY).unwrap_or_default();
    text.parse().unwrap()
}

fn lines(os: &mut Program, key: &str) -> Vec<String> {
    let memory = memory(os);
    let lines = memory.get(key).and_then(toml::Value::as_array);
    let lines = lines.into_iter().flatten().filter_map(toml::Value::as_str);
    lines.map(str::to_owned).collect()
}

#[test]
fn words_beat_the_environment_which_beats_the_file() {
    let mut os = configured("bg = \"light\"\nlang = \"fr\"\nplain = false\nascii = true");
    os.kernel.environ("LANG", "en_GB.UTF-8");
    let plan = |os: &mut Program, words: &str| self::plan(os, words).unwrap();
    let found = plan(&mut os, "");
    assert_eq!(
        (found.light, found.lang.as_deref()),
        (Some(true), Some("fr"))
    );
    assert!(found.look.ascii && !found.look.mono && !found.plain && !found.manner.still);
    let found = plan(
        &mut os,
        "--bg dark --lang en --plain --no-color --no-motion",
    );
    assert_eq!(
        (found.light, found.lang.as_deref()),
        (Some(false), Some("en"))
    );
    assert!(found.plain && found.look.mono && found.manner.still);
    os.kernel.environ("COLORFGBG", "15;0");
    assert_eq!(plan(&mut os, "").light, None, "the terminal tells");
    os.kernel.environ("ACCESSIBLE", "1");
    assert!(plan(&mut os, "").plain);
    let found = plan(&mut os, "--clean");
    assert_eq!(
        (found.light, found.lang, found.look.ascii),
        (None, None, false)
    );
    assert!(found.plain, "--clean is about files");
}

#[test]
fn a_configuration_that_does_not_fit_is_refused_with_its_line() {
    let check = |text: &str, expected: &str| {
        let ending = sockeye(&mut configured(text), "");
        assert_eq!(ending.code, 2);
        let message = ending.message.unwrap();
        assert!(message.contains(expected), "{message}");
        assert!(message.contains("/home/config/config.toml"), "{message}");
    };
    check(
        "lang = \"fr\"\nthme = \"x\"",
        "config.toml:2: there is no key `thme`",
    );
    check("mouse = \"maybe\"", "config.toml:1: ");
    let mut os = configured("nonsense");
    os.kernel.fail("read_kept", "EACCES");
    let message = sockeye(&mut os, "").message.unwrap();
    assert!(message.contains("EACCES"), "{message}");
    let mut os = configured("nonsense");
    os.types(1.0, ":quit\r");
    assert_eq!(sockeye(&mut os, "--clean"), Ending::code(0));
}

#[test]
fn settings_are_commands_and_the_last_one_counts() {
    let mut os = configured("eol = \"lf\"\nmouse = false");
    os.types(0.5, "s");
    os.types(1.0, "hi\r");
    os.types(2.0, "\x1b");
    os.types(3.0, ":quit\r");
    let mut plan = plan(&mut os, "").unwrap();
    plan.lines = vec!["pair unix as A B".to_owned()];
    assert_eq!(
        run::run(&mut os, &mut Workbench::new(false), plan),
        Ending::code(0)
    );
    assert_eq!(os.moved(sockeye::event::Dir::Out), [b"hi\n"]);
    let screen = String::from_utf8_lossy(os.kernel.screen()).into_owned();
    assert!(
        !screen.contains("\x1b[?1000h"),
        "the mouse is not listened to"
    );
}

#[test]
fn a_theme_that_the_language_refuses_is_told_with_who_asked() {
    let mut os = Program::new(0);
    let mut plan = plan(&mut os, "").unwrap();
    plan.settings = vec![sockeye::config::Setting {
        from: "--theme".to_owned(),
        line: "theme a b".to_owned(),
    }];
    let ending = run::run(&mut os, &mut Workbench::new(false), plan);
    assert_eq!(ending.code, 2);
    assert!(ending.message.unwrap().starts_with("--theme: "));
    assert!(!os.kernel.is_raw());
}

#[test]
fn what_was_typed_is_there_in_the_next_run() {
    let mut os = Program::new(0);
    os.types(1.0, ":pair unix\r");
    os.types(5.0, ": mark m0\r");
    os.types(10.0, ":quit\r");
    assert_eq!(sockeye(&mut os, ""), Ending::code(0));
    assert_eq!(lines(&mut os, "commands"), ["pair unix", "quit"]);
    let text = os.kernel.kept(Place::State, MEMORY).unwrap();
    let mut next = Program::new(0);
    next.kernel.keep(Place::State, MEMORY, &text);
    next.types(1.0, ":\x1b[A\x1b[A");
    next.types(2.0, "\r");
    next.types(3.0, ":quit\r");
    assert_eq!(sockeye(&mut next, ""), Ending::code(0));
    assert_eq!(
        lines(&mut next, "commands"),
        ["pair unix", "quit", "pair unix", "quit"]
    );
}

/// How often the file was written.
fn writes(os: &Program) -> usize {
    os.tail
        .iter()
        .filter(|call| call.starts_with("write_kept"))
        .count()
}

#[test]
fn it_is_written_soon_after_a_line_at_most_once_a_second_and_not_for_nothing() {
    let mut os = Program::new(0);
    os.types(1.0, ":mark m0\r");
    os.types(1.2, ":mark m1\r");
    os.types(1.4, ":mark m2\r");
    // A day later a signal ends the run; nothing was lost meanwhile, and nothing was left to write.
    assert_eq!(sockeye(&mut os, "").code, 143);
    assert_eq!(
        lines(&mut os, "commands"),
        ["mark m0", "mark m1", "mark m2"]
    );
    assert_eq!(writes(&os), 2, "{:?}", os.tail);
    let since = os.quiet_since().unwrap();
    assert!(since < Duration::from_secs(30), "quiet since {since:?}");
    let mut os = Program::new(0);
    os.types(1.0, "?\x1b");
    os.types(2.0, ":quit\r");
    let text = "commands = [\"quit\"]\n";
    os.kernel.keep(Place::State, MEMORY, text);
    sockeye(&mut os, "");
    assert_eq!(os.kernel.kept(Place::State, MEMORY).as_deref(), Some(text));
}

#[test]
fn every_way_out_leaves_it() {
    let check = |how: Happening, code| {
        let mut os = Program::new(0);
        os.types(1.0, ":mark m2\r");
        os.kernel.at(Duration::from_millis(1100), how);
        assert_eq!(sockeye(&mut os, "").code, code);
        assert_eq!(lines(&mut os, "commands")[0], "mark m2");
    };
    check(Happening::Signal(Signal::Terminate), 143);
    check(Happening::Signal(Signal::HangUp), 129);
    check(Happening::Signal(Signal::Interrupt), 130);
    check(Happening::TerminalGone, 129);
    check(Happening::Typed(b":quit\r".to_vec()), 0);
}

#[test]
fn another_run_may_write_meanwhile() {
    let mut os = Program::new(0);
    os.kernel
        .keep(Place::State, MEMORY, "commands = [\"old\"]\n");
    let theirs = "commands = [\"old\", \"theirs\"]\nzoom = true\n";
    os.kernel.at(
        Duration::from_millis(500),
        Happening::Kept(Place::State, MEMORY, theirs),
    );
    os.types(1.0, ":mark m2\r");
    os.types(3.0, ":quit\r");
    assert_eq!(sockeye(&mut os, ""), Ending::code(0));
    assert_eq!(
        lines(&mut os, "commands"),
        ["old", "theirs", "mark m2", "quit"]
    );
    assert_eq!(
        memory(&mut os).get("zoom"),
        Some(&toml::Value::Boolean(true))
    );
}

#[test]
fn a_damaged_memory_is_told_and_put_aside() {
    let mut os = Program::new(0);
    os.kernel.keep(Place::State, MEMORY, "commands = [\"half");
    let mut shown = String::new();
    for round in 0..2 {
        os.types(1.0, ":quit\r");
        assert_eq!(sockeye(&mut os, ""), Ending::code(0));
        shown = String::from_utf8_lossy(os.kernel.screen()).into_owned();
        let broken = os.kernel.kept(Place::State, "memory.toml.broken");
        assert_eq!(
            broken.as_deref(),
            Some("commands = [\"half"),
            "round {round}"
        );
        let text = os.kernel.kept(Place::State, MEMORY).unwrap();
        assert!(
            shown.contains("memory.toml.broken") == (round == 0),
            "{shown}"
        );
        os = Program::new(0);
        os.kernel
            .keep(Place::State, "memory.toml.broken", "commands = [\"half");
        os.kernel.keep(Place::State, MEMORY, &text);
    }
    assert!(!shown.is_empty());
}

#[test]
fn a_clean_run_reads_and_leaves_nothing() {
    let mut os = Program::new(0);
    os.kernel.keep(Place::State, MEMORY, "commands = [\"half");
    os.kernel.keep(Place::Data, "saved.txt", "theirs = 00\n");
    os.types(1.0, ":pair unix as A B\r");
    os.types(2.0, ":store ours \"hi\"\r");
    os.types(3.0, ":@A send saved(ours)\r");
    os.types(4.0, ":@A send saved(theirs)\r");
    os.types(5.0, "\x1b");
    os.types(6.0, ":quit\r");
    assert_eq!(sockeye(&mut os, "--clean"), Ending::code(0));
    assert_eq!(os.moved(sockeye::event::Dir::Out), [b"hi"]);
    let kept = os.kernel.kept(Place::State, MEMORY);
    assert_eq!(kept.as_deref(), Some("commands = [\"half"));
    assert!(
        os.tail.iter().all(|call| !call.contains("_kept")),
        "{:?}",
        os.tail
    );
}

#[test]
fn a_disk_that_fails_is_one_notice() {
    let mut os = Program::new(0);
    os.kernel.fail("write_kept", "ENOSPC");
    os.types(1.0, ":mark m2\r");
    os.types(4.0, ":mark m1\r");
    os.types(8.0, ":quit\r");
    assert_eq!(sockeye(&mut os, ""), Ending::code(0));
    let screen = String::from_utf8_lossy(os.kernel.screen()).into_owned();
    assert_eq!(screen.matches("cannot be kept").count(), 1, "{screen}");
    assert_eq!(
        os.kernel.kept(Place::State, MEMORY),
        None,
        "it is not tried again"
    );
    assert_eq!(os.kernel.stderr(), "");
    // One that cannot be read is left as it is.
    let mut os = Program::new(0);
    os.kernel.keep(Place::State, MEMORY, "zoom = true\n");
    let plan = plan(&mut os, "").unwrap();
    // The stored messages are read first, then the memory.
    os.kernel.fail("read_kept", "EIO");
    os.kernel.fail("read_kept", "EIO");
    os.types(1.0, ":mark m2\r");
    os.types(3.0, ":quit\r");
    assert_eq!(
        run::run(&mut os, &mut Workbench::new(false), plan),
        Ending::code(0)
    );
    let kept = os.kernel.kept(Place::State, MEMORY);
    assert_eq!(kept.as_deref(), Some("zoom = true\n"));
    // At the end there is no screen to say it on.
    let mut os = Program::new(0);
    os.types(1.0, ":quit\r");
    os.kernel.fail("write_kept", "EROFS");
    assert_eq!(sockeye(&mut os, ""), Ending::code(0));
    assert!(
        os.kernel.stderr().contains("EROFS"),
        "{}",
        os.kernel.stderr()
    );
}

#[test]
fn diagnostics_are_counts_and_times() {
    let mut os = Program::new(0);
    os.types(1.0, ":pair unix as A B\r");
    os.types(2.5, ":@A send \"secret\"\r");
    os.types(5.0, ":quit\r");
    os.kernel
        .keep(Place::State, "debug.log", "of an earlier run");
    assert_eq!(sockeye(&mut os, "-v"), Ending::code(0));
    let log = os.kernel.kept(Place::State, "debug.log").unwrap();
    let rows: Vec<&str> = log.lines().collect();
    assert!(rows[0].starts_with("sockeye "), "{log}");
    assert!((3..=8).contains(&rows.len()), "{log}");
    let last = rows.last().unwrap();
    for word in [
        " turns ",
        " wakes ",
        " frames ",
        " in 6 ",
        " out 6 ",
        " sockets 2 ",
        " longest-turn ",
    ] {
        assert!(last.contains(word), "{word}: {last}");
    }
    assert!(!log.contains("secret"));
    let mut os = Program::new(0);
    os.types(1.0, ":quit\r");
    sockeye(&mut os, "");
    assert_eq!(os.kernel.kept(Place::State, "debug.log"), None);
}

#[test]
fn without_motion_time_alone_draws_once_a_second() {
    // The wait of a connect that is never answered grows on the screen for ten seconds.
    let frames = |words: &str| {
        let mut os = Program::new(0);
        os.kernel.silence(sockeye::endpoint::Address::Inet(
            "127.0.0.1:9".parse().unwrap(),
        ));
        let mut plan = plan(&mut os, words).unwrap();
        plan.lines = vec!["connect 127.0.0.1:9".to_owned()];
        run::run(&mut os, &mut Workbench::new(false), plan);
        let log = os.kernel.kept(Place::State, "debug.log").unwrap();
        let mut words = log
            .lines()
            .last()
            .unwrap()
            .split(' ')
            .skip_while(|word| *word != "frames");
        words.nth(1).unwrap().parse::<u32>().unwrap()
    };
    let (moving, still) = (frames("-v"), frames("-v --no-motion"));
    assert!(
        moving > 80 && still < 30,
        "{moving} waits, {still} without motion"
    );
}
