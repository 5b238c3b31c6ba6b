//! Relays for tests and benches: programs that accept at one place and connect each client to another. It starts them,
//! each on a place of its own, and ends them with the value. It judges none of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use socket2::Socket;

#[path = "place.rs"]
mod place;
#[path = "programs.rs"]
mod programs;
#[path = "skip.rs"]
pub(crate) mod skip;

pub(crate) use place::Place;
pub(crate) use programs::*;
pub(crate) use skip::{command_of, is_installed};

/// How long a wait lasts before it fails. Generous, for machines that do much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A relay that runs.
pub(crate) struct Relay {
    child: Child,
    /// Where clients go.
    pub(crate) place: Place,
}

impl Relay {
    /// Starts the program between a free place of the same kind and the target, once it accepts.
    pub(crate) fn start(program: &Program, kind: &Place, target: &Place, folder: &Path) -> Self {
        let plain = |command: Command| command;
        Self::start_as(program, kind, target, folder, plain).unwrap_or_else(|why| panic!("{why}"))
    }

    /// The same with the command changed beforehand; if it does not start, what it said.
    pub(crate) fn start_as(
        program: &Program,
        kind: &Place,
        target: &Place,
        folder: &Path,
        change: impl FnOnce(Command) -> Command,
    ) -> Result<Self, String> {
        let listen = kind.free(folder, "relay");
        let job = Job {
            listen: &listen,
            target,
            folder,
        };
        let log = folder.join("relay.log");
        let mut command = change((program.command)(&job));
        command
            .stdin(Stdio::null())
            .stderr(File::create(&log).unwrap());
        command.stdout(if program.announces {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut relay = Self {
            child: command
                .spawn()
                .map_err(|error| format!("{}: {error}", program.name))?,
            place: listen,
        };
        if let Some(stdout) = relay.child.stdout.take() {
            let (mut line, mut stdout) = (String::new(), BufReader::new(stdout));
            stdout.read_line(&mut line).unwrap();
            // What else it says is taken, or it would wait for a reader, or end without one.
            thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
            let Some(place) = line.trim().strip_prefix("ready ") else {
                let said = fs::read_to_string(&log).unwrap_or_default();
                return Err(format!("{} is not ready: {line}{said}", program.name));
            };
            relay.place = kind.read(place);
        }
        let deadline = Instant::now() + PATIENCE;
        while !relay.place.is_open() {
            if Instant::now() > deadline || relay.child.try_wait().unwrap().is_some() {
                let said = fs::read_to_string(&log).unwrap_or_default();
                return Err(format!("{} does not listen: {said}", program.name));
            }
            thread::yield_now();
        }
        Ok(relay)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A client of it.
    pub(crate) fn connect(&self) -> Socket {
        let socket = self.place.socket();
        socket.connect(&self.place.address()).unwrap();
        socket
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid()))
            .unwrap()
            .count()
    }

    /// Ends it as a person would, by SIGINT.
    pub(crate) fn interrupt(mut self) -> ExitStatus {
        let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        let mut status = None;
        patiently(
            || "the end of the relay".to_owned(),
            || {
                status = self.child.try_wait().unwrap();
                status.is_some()
            },
        );
        status.unwrap()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so, or fails.
pub(crate) fn patiently(what: impl Fn() -> String, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain for {}", what());
        thread::yield_now();
    }
}

/// An empty folder that belongs to one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    // Tests of one process may start the same server side by side.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let own = format!("sockeye-{}-{count}-{name}", std::process::id());
    let folder = std::env::temp_dir().join(own);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
