//! An idle program makes no system call: a row for each state in which it may rest. What is done to get there stands in
//! the row, and a text that tells on the screen that it is there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;
#[path = "program_idle/rows.rs"]
mod rows;

use program::pty::Pty;
use program::{FIRST, doings, is_drawn, sockeye};
use rows::{PIPES, Pipe, ROWS, Row};

/// How many programs rest beside each other.
const BESIDE: usize = 10;

/// How long each is looked at in a round, while the others rest unseen.
const LOOK: Duration = Duration::from_millis(300);

/// By when a program rests, at the latest: numbers are sampled for a second after they changed, ages are counted up to
/// ten seconds, notices go after a few; and on a machine that does much else all of it takes longer.
const PATIENCE: Duration = Duration::from_secs(90);

/// A program that is on its way to its rest.
struct Resting {
    row: &'static Row,
    pty: Pty,
    /// What it has done so far, and when that was looked at.
    before: (u64, u64),
    at: Instant,
    rests: bool,
}

impl Resting {
    fn new(row: &'static Row) -> Self {
        let mut words = Vec::new();
        if !row.commands.is_empty() {
            words.extend(["-c", row.commands]);
        }
        let mut pty = Pty::spawn(sockeye(&words));
        pty.resize(160, 45);
        pty.wait_for("the wide screen", |screen| is_drawn(screen, 45));
        for keys in row.keys {
            pty.send(keys.replace("FILE", recording().to_str().unwrap()));
            pty.wait_read();
        }
        pty.wait_text(row.shows);
        let (before, at) = (doings(pty.pid), Instant::now());
        Self {
            row,
            pty,
            before,
            at,
            rests: false,
        }
    }

    /// Looks at it for a while; whether it did nothing, or no more than its row allows, since the last look.
    fn look(&mut self) {
        let written = self.pty.seen().len();
        self.pty.watch(LOOK);
        let drawn = self.pty.seen().len() - written;
        let (now, at) = (doings(self.pty.pid), Instant::now());
        let woken = now.1 - self.before.1;
        let most = self.row.wakes_a_second * (at - self.at).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a few wake-ups")]
        let is_still = if self.row.wakes_a_second == 0.0 {
            now == self.before && drawn == 0
        } else {
            woken as f64 <= most + 1.0
        };
        self.rests = is_still;
        (self.before, self.at) = (now, at);
    }
}

/// A recording that is opened by some rows.
fn recording() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("idle-{}.pcapng", std::process::id()))
}

#[test]
fn it_rests_in_every_state() {
    let path = recording();
    let record =
        "pair tcp as A B; @A send \"hello\\n\"; @B send \"again\\n\"; record FILE from start over";
    let record = record.replace("FILE", path.to_str().unwrap());
    let mut pty = Pty::spawn(sockeye(&["-c", &record]));
    pty.wait_text(FIRST);
    program::leave(&mut pty);
    for rows in ROWS.chunks(BESIDE) {
        let mut all: Vec<Resting> = rows.iter().map(Resting::new).collect();
        let deadline = Instant::now() + PATIENCE;
        // What one did is counted over the whole round, in which the others were looked at.
        loop {
            all.iter_mut().for_each(Resting::look);
            let busy: Vec<_> = all.iter().filter(|it| !it.rests).collect();
            if busy.is_empty() {
                break;
            }
            let names: Vec<_> = busy.iter().map(|it| it.row.name).collect();
            let screen = busy[0].pty.screen().contents();
            assert!(Instant::now() < deadline, "still busy: {names:?}\n{screen}");
        }
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn it_rests_without_a_screen() {
    let mut all: Vec<(&Pipe, Child, (u64, u64))> = Vec::new();
    for row in PIPES {
        let mut child = headless(row);
        (row.begin)(&mut child);
        all.push((row, child, (0, 0)));
    }
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (_, timer) = std::os::unix::net::UnixStream::pair().unwrap();
        timer.set_read_timeout(Some(3 * LOOK)).unwrap();
        // Nothing comes there: only time passes.
        let _ = std::io::Read::read(&mut &timer, &mut [0]);
        let mut busy = Vec::new();
        for (row, child, before) in &mut all {
            assert_eq!(child.try_wait().unwrap(), None, "{} is over", row.name);
            let now = doings(Pid::from_child(child));
            if now != *before {
                busy.push(row.name);
            }
            *before = now;
        }
        if busy.is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "still busy: {busy:?}");
    }
    for (_, child, _) in &mut all {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

fn headless(row: &Pipe) -> Child {
    let mut command: Command = sockeye(row.words);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn f20_without_descriptors_it_looks_for_one_now_and_then() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let place = free.local_addr().unwrap();
    drop(free);
    let mut pty = program::workbench(&["listen", &place.to_string()]);
    pty.resize(160, 45);
    pty.wait_text("LISTEN");
    let limit = |most| {
        let (current, maximum) = (Some(most), Some(20_000));
        prlimit(Some(pty.pid), Resource::Nofile, Rlimit { current, maximum }).unwrap()
    };
    // Three are taken in every program.
    let before = limit(3).current.unwrap();
    let client = TcpStream::connect(place).unwrap();
    pty.wait_text("nothing is accepted until there is one free");
    // Pauses grow to a second; in view its numbers are sampled behind each attempt.
    pty.watch(Duration::from_secs(3));
    let (_, woken) = doings(pty.pid);
    pty.watch(Duration::from_secs(3));
    let woken = doings(pty.pid).1 - woken;
    assert!(
        (1..=60).contains(&woken),
        "{woken} wake-ups in three seconds"
    );
    let limit = Rlimit {
        current: Some(before),
        maximum: Some(20_000),
    };
    prlimit(Some(pty.pid), Resource::Nofile, limit).unwrap();
    pty.wait_text("1 accepted");
    drop(client);
    program::leave(&mut pty);
}
