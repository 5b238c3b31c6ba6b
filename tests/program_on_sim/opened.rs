//! A file that is opened, on the simulated system: what the screen shows of it, that no key reaches a socket, and what
//! is said of files that are none, of disks that stop giving, and of an end in the middle.

use std::time::Duration;

use sockeye::event::Dir;
use sockeye::os::Signal;

use super::kernel::Happening;
use super::packets::{Dialogue, Pcap};
use super::program::Program;
use super::{Outcome, sockeye};

/// What is said of a key or a line that would reach a socket.
const REFUSED: &str = "a file is open: its sockets are others’";

/// A short conversation with a redis server, captured.
fn talk() -> Vec<u8> {
    let mut dialogue = Dialogue::new("10.0.0.1:40000", "10.0.0.2:6379", [5, 9]);
    dialogue.say(0, b"*1\r\n$4\r\nPING\r\n", 100);
    dialogue.say(1, b"+PONG\r\n", 100);
    dialogue.end(0);
    dialogue.end(1);
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    pcap.bytes
}

/// A system with that file.
fn system(file: &[u8]) -> Program {
    let mut os = Program::new(0);
    os.kernel.file("talk.pcap", file);
    os.kernel
        .at(Duration::from_millis(1), Happening::Resized(120, 40));
    os
}

/// Opens the file on the screen and types these, one after the other; what is shown in the end.
fn see(os: &mut Program, typed: &[&str]) -> (String, Outcome) {
    let mut at = 0.5;
    for keys in typed {
        os.types(at, keys);
        at += 0.2;
    }
    let end = Duration::from_secs_f64(at + 0.5);
    os.kernel.at(end, Happening::Signal(Signal::Terminate));
    let outcome = sockeye(os, "open talk.pcap", "");
    (os.shown(120, 40), outcome)
}

#[test]
fn the_screen_shows_the_conversation_and_its_messages() {
    let (screen, outcome) = see(&mut system(&talk()), &[]);
    for text in [
        "file talk.pcap",
        "10.0.0.1:40000→10.0.0.2:6379",
        "frame resp",
        "PING",
        "inferred from its packet",
        "11 packets: 11 of TCP in 1 connection",
        "talk.pcap is open: 815 bytes",
        "nothing is sent from here",
    ] {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
    assert_eq!(outcome.ending.code, 143);
    assert_eq!(outcome.lane("A", Dir::In), b"+PONG\r\n");
}

#[test]
fn what_nobody_saw_is_dotted() {
    let (screen, _) = see(&mut system(&talk()), &[]);
    let dotted = |text: &str| {
        screen
            .lines()
            .any(|line| line.contains(&format!("A┈{text}")))
    };
    for text in ["send(14)", "recv(7)", "FIN_WAIT1", "shutdown(write)"] {
        assert!(dotted(text), "{text}:\n{screen}");
    }
    // What was told of the file as a whole was seen.
    assert!(!dotted("11 packets"), "{screen}");
}

#[test]
fn no_key_and_no_line_reaches_a_socket() {
    for keys in [
        "s",
        "c",
        "b",
        "r",
        "w",
        "d",
        "a",
        "x",
        ":connect :1\r",
        ":@A send \"x\"\r",
    ] {
        let (screen, outcome) = see(&mut system(&talk()), &[keys]);
        assert!(screen.contains(REFUSED), "{keys:?}:\n{screen}");
        assert_eq!(outcome.kept.len(), 2, "{keys:?}");
    }
    // What only looks does what it does everywhere.
    let (screen, _) = see(&mut system(&talk()), &["/PONG\r"]);
    assert!(!screen.contains(REFUSED), "{screen}");
}

#[test]
fn a_script_waits_for_the_file_and_goes_on_in_it() {
    let mut os = system(&talk());
    let script = "open talk.pcap\n@A expect message /PONG/\n@A save f in all\n";
    let outcome = sockeye(&mut os, "run FILE", script);
    assert_eq!(outcome.ending.message, None);
    assert_eq!(os.kernel.made("f").as_deref(), Some(&b"+PONG\r\n"[..]));
}

#[test]
fn what_is_refused_on_the_command_line_ends_with_status_3_and_a_sentence() {
    for (file, words, said) in [
        (
            talk(),
            "open other.pcap",
            "ENOENT (no such file or directory): other.pcap",
        ),
        (
            Vec::new(),
            "open talk.pcap",
            "talk.pcap was not opened: the file is empty",
        ),
        (
            b"no capture, but long".to_vec(),
            "open talk.pcap",
            "this is no capture",
        ),
        (
            b"no capture, but long".to_vec(),
            "open talk.pcap --plain",
            "this is no capture",
        ),
        (
            vec![0x1f, 0x8b, 8, 0],
            "dump talk.pcap",
            "the file is compressed (gzip)",
        ),
    ] {
        let mut os = system(&file);
        let outcome = sockeye(&mut os, words, "");
        let message = outcome.ending.message.unwrap_or_default();
        assert_eq!(outcome.ending.code, 3, "{words}: {message}");
        assert!(message.contains(said), "{words}: {message}");
    }
}

#[test]
fn a_disk_that_stops_giving_leaves_what_was_read() {
    let mut big = talk();
    let mut dialogue = Dialogue::new("10.0.0.1:40001", "10.0.0.2:6379", [5, 9]);
    dialogue.say(0, &vec![b'x'; 3 << 20], 1400);
    let mut more = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| more.segment(it));
    big.extend(&more.bytes[24..]);
    let mut os = system(&big);
    os.kernel.bad_disk(2 << 20);
    let (screen, outcome) = see(&mut os, &[]);
    assert!(
        screen.contains("the disk gives nothing from byte"),
        "{screen}"
    );
    assert_eq!(outcome.lane("A", Dir::In), b"+PONG\r\n");
    let half = outcome.lane("B", Dir::Out).len();
    assert!((1 << 19..2 << 20).contains(&half), "{half}");
}

#[test]
fn an_open_that_fails_is_said_with_its_errno() {
    for errno in ["EACCES", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ELOOP"] {
        let mut os = system(&talk());
        os.kernel.fail("open", errno);
        let outcome = sockeye(&mut os, "open talk.pcap", "");
        let message = outcome.ending.message.unwrap_or_default();
        assert_eq!(outcome.ending.code, 3, "{errno}");
        assert!(message.contains(errno), "{errno}: {message}");
    }
}

/// A capture that takes a few turns.
fn long() -> Vec<u8> {
    let mut dialogue = Dialogue::new("10.0.0.1:40001", "10.0.0.2:6379", [5, 9]);
    dialogue.say(0, &vec![b'x'; 30 << 20], 60_000);
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    pcap.bytes
}

#[test]
fn a_key_does_not_wait_for_the_file_and_a_line_behind_it_does() {
    let file = long();
    let mut os = system(&file);
    // It is typed before the second turn.
    os.types(0.0, "\x03");
    let (screen, outcome) = see(&mut os, &[]);
    assert!(screen.contains("it was cancelled"), "{screen}");
    assert!(outcome.lane("A", Dir::Out).len() < file.len() / 2);
    // What stands in `-c` waits until all is read.
    let outcome = sockeye(&mut system(&file), "open talk.pcap -c quit", "");
    assert_eq!(outcome.ending.code, 0);
    assert_eq!(outcome.lane("A", Dir::Out).len(), 30 << 20);
}
