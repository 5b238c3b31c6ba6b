//! The states in which the program rests, and how it gets there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::Child;
use std::time::Duration;

/// A state of the workbench.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What is carried out first.
    pub(crate) commands: &'static str,
    /// What is typed then; `FILE` is a recording.
    pub(crate) keys: &'static [&'static str],
    /// What the screen shows in that state.
    pub(crate) shows: &'static str,
    /// How often it may wake: 0 but for what the kernel does not tell by itself.
    pub(crate) wakes_a_second: f64,
}

const fn row(
    name: &'static str,
    commands: &'static str,
    keys: &'static [&'static str],
    shows: &'static str,
) -> Row {
    Row {
        name,
        commands,
        keys,
        shows,
        wakes_a_second: 0.0,
    }
}

/// A paused socket in view is asked once a second; a full one ten times while a timer of the kernel runs (DESIGN.md).
const fn woken(mut row: Row, wakes_a_second: f64) -> Row {
    row.wakes_a_second = wakes_a_second;
    row
}

const PAIR: &str =
    "pair tcp as A B; @A frame line; @B frame line; @A send \"hello\\n\"; @B send \"again\\n\"";
const TAP: &str =
    "listen 127.0.0.1:0 as L; tap 127.0.0.1:0 to @L as T; connect @T as C; @C send \"hello\\n\"";
const HELD: &str = "listen 127.0.0.1:0 as L; tap 127.0.0.1:0 to @L as T; @T frame line; @T intercept c2s on; \
    connect @T as C; @C send \"hello\\n\"";
const FULL: &str = "pair tcp manual as A B; @A send \"x\"*900000; @A send \"x\"*900000; @A send \"x\"*900000; \
    @A send \"x\"*900000; @A send \"x\"*900000; @A send \"x\"*900000; @A send \"x\"*900000; @A send \"x\"*900000";

pub(crate) static ROWS: &[Row] = &[
    row("the first screen", "", &[], "? keys"),
    row(
        "the connections",
        PAIR,
        &[":pane connections\r", "z"],
        "ESTAB",
    ),
    row("the seams", PAIR, &[":pane seams\r", "z"], "hello"),
    row("the bytes", PAIR, &[":pane bytes\r", "z"], "68 65 6c 6c 6f"),
    row("the messages", PAIR, &[":pane messages\r", "z"], "hello"),
    row("the inspector", PAIR, &[":pane inspector\r", "z"], "u16"),
    row("the timeline", PAIR, &[":pane timeline\r", "z"], "accept()"),
    row("the program", PAIR, &[":pane program\r", "z"], "send("),
    row("the composer", PAIR, &["s", "hello"], "hello"),
    row("the prompt", PAIR, &[":", "send \"x"], ":send"),
    row("the help", PAIR, &["?"], "keys and commands"),
    row("the table of sockets", PAIR, &["T"], "B"),
    row("the states", PAIR, &["E"], "ESTAB"),
    row("the loop", PAIR, &[":show loop\r"], "loop"),
    row("a prefix", PAIR, &["y"], "hex"),
    row("the tuner", PAIR, &["F"], "line"),
    row("the storm", PAIR, &[":split storm\r"], "storm"),
    row("a frozen view", PAIR, &[" "], "the past is in view"),
    row(
        "an earlier moment",
        PAIR,
        &["[", "[", "["],
        "the past is in view",
    ),
    row("a search", PAIR, &[":find \"hell\"\r"], "hell"),
    row("a filter", PAIR, &[":filter nobody\r"], "no socket fits"),
    row("a tap", TAP, &[], "⇄T"),
    row("held messages", HELD, &[], "held"),
    row(
        "held calls",
        PAIR,
        &[":hold on\r", ":@A send \"x\"\r"],
        "send",
    ),
    row(
        "a recording",
        PAIR,
        &[":record FILE.idle over\r"],
        "recording into",
    ),
    row("an opened file", "", &[":open FILE\r"], "hello"),
    row(
        "a rule that waits",
        PAIR,
        &[":on message \"ping\" send \"pong\"\r"],
        "on",
    ),
    row("a listener", "listen 127.0.0.1:0 as L", &[], "LISTEN"),
    row(
        "nobody there",
        "connect 127.0.0.1:1 as A",
        &[],
        "ECONNREFUSED",
    ),
    row("half closed", PAIR, &[":@A shutdown write\r"], "CLOSE"),
    row("a reset", PAIR, &[":@A abort\r"], "reset"),
    row(
        "a peer",
        "peer echo as E; connect @E as C; @C send \"ho\"",
        &[],
        "ESTAB",
    ),
    row(
        "a datagram socket",
        "listen udp://127.0.0.1:0 as U",
        &[],
        "U",
    ),
    row("a question", PAIR, &[":select r:A x:A\r"], "select"),
    row("twins", TAP, &[":twins\r"], "T"),
    woken(
        row(
            "a paused socket",
            "pair tcp manual as A B; @B send \"x\"",
            &[],
            "ESTAB",
        ),
        4.0,
    ),
    woken(row("a full outbox", FULL, &[], "ESTAB"), 20.0),
];

/// A state of a program without a screen.
pub(crate) struct Pipe {
    pub(crate) name: &'static str,
    pub(crate) words: &'static [&'static str],
    /// Brings it there.
    pub(crate) begin: fn(&mut Child),
}

fn nothing(_: &mut Child) {}

/// A client of the tap, which connects to itself through nothing: the target refuses, and the client is gone again.
fn address(child: &mut Child) -> (String, BufReader<std::process::ChildStdout>) {
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let at = line.split("tcp://").last().unwrap();
    let at = at.trim_end_matches(['"', '}', '\n']);
    (at.replace("ready ", ""), stdout)
}

/// What it says is read no more.
fn closed(child: &mut Child) {
    drop(address(child));
}

/// More than standard output and the backlog take.
const CAME_MAX: usize = 10_000;

/// Many come and go, until standard output takes nothing, which stays open.
fn stuck(child: &mut Child) {
    let (address, stdout) = address(child);
    let address = address.parse().unwrap();
    // Who is not accepted any more waits before the backlog, and then nobody is let in, however long he waits.
    let (mut came, mut refused) = (0, 0);
    while refused < 2 {
        match TcpStream::connect_timeout(&address, Duration::from_secs(2)) {
            Ok(mut client) => {
                let _ = client.write_all(&[b'x'; 512]);
                (came, refused) = (came + 1, 0);
            }
            Err(_) => refused += 1,
        }
        assert!(came < CAME_MAX, "it goes on without an end");
    }
    child.stdout = Some(stdout.into_inner());
}

pub(crate) static PIPES: &[Pipe] = &[
    Pipe {
        name: "a tap",
        words: &["tap", "127.0.0.1:0", "127.0.0.1:1", "--headless"],
        begin: nothing,
    },
    Pipe {
        name: "a tap whose standard output is closed",
        words: &["tap", "127.0.0.1:0", "127.0.0.1:1", "--headless"],
        begin: closed,
    },
    Pipe {
        name: "a tap whose standard output is stuck",
        words: &["tap", "127.0.0.1:0", "127.0.0.1:1", "--headless", "--json"],
        begin: stuck,
    },
    Pipe {
        name: "a listener between standard streams",
        words: &["listen", "127.0.0.1:0", "--headless"],
        begin: nothing,
    },
    Pipe {
        name: "sentences",
        words: &["--plain", "-c", PAIR],
        begin: nothing,
    },
];
