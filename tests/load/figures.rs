//! What a running program takes: memory, descriptors, times that it waited, and how long its keys take.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use super::program::FIRST;
use super::program::pty::Pty;

/// Keys, and what stands on the screen when each has answered.
const KEYS: [(&str, &str); 2] = [("?", "keys and commands"), ("\x1b[27u", FIRST)];

/// The tapes and the log in memory (DESIGN.md, Limits), and all else that a program of this kind needs.
const MEMORY_MAX_MIB: u64 = 448;

/// What tapes and log may fill before older parts lie in the spill file: until then memory may grow.
const POOL_MIB: u64 = 320;

/// How long the slow tests go on.
pub(crate) fn load_time() -> Duration {
    let asked = std::env::var("LOAD_SECONDS");
    Duration::from_secs(asked.map_or(600, |seconds| seconds.parse().unwrap()))
}

/// Reads what the kernel says of the program.
pub(crate) struct Gauge {
    folder: String,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// In MiB after a quarter, after half of the time, and at its end.
    memory_mib: [u64; 3],
    /// The same of descriptors.
    descriptors: [usize; 3],
    presses: usize,
    median: Duration,
    late: Duration,
    slowest: Duration,
    pub(crate) wakes_a_second: f64,
}

impl Gauge {
    pub(crate) fn new(pty: &Pty) -> Self {
        let folder = format!("/proc/{}", pty.pid.as_raw_nonzero());
        Self { folder }
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("{}/status", self.folder)).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
            << 10
    }

    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("{}/fd", self.folder)).unwrap().count()
    }

    /// How often the loop gave the processor away by itself, that is, waited for something.
    pub(crate) fn waits(&self) -> u64 {
        let status = fs::read_to_string(format!("{}/status", self.folder)).unwrap();
        let field = "voluntary_ctxt_switches:";
        let mut lines = status.lines();
        let told = lines.find_map(|line| line.strip_prefix(field)).unwrap();
        told.trim().parse().unwrap()
    }

    /// Presses keys for so long.
    pub(crate) fn follow(&self, pty: &mut Pty, time: Duration) -> Figures {
        self.measure(time, |times| {
            for (key, shown) in KEYS {
                let pressed = Instant::now();
                pty.send(key);
                pty.wait_text(shown);
                times.push(pressed.elapsed());
            }
        })
    }

    /// Looks on for so long.
    pub(crate) fn watch(&self, pty: &mut Pty, time: Duration) -> Figures {
        self.measure(time, |_| pty.watch(Duration::from_millis(200)))
    }

    fn measure(&self, time: Duration, mut step: impl FnMut(&mut Vec<Duration>)) -> Figures {
        let (start, waits) = (Instant::now(), self.waits());
        let mut figures = Figures::default();
        let mut times = Vec::new();
        for (at, part) in [4, 2, 1].into_iter().enumerate() {
            while start.elapsed() < time / part {
                step(&mut times);
            }
            figures.memory_mib[at] = self.memory_bytes() >> 20;
            figures.descriptors[at] = self.descriptors();
        }
        let waits = u32::try_from(self.waits() - waits).unwrap();
        figures.wakes_a_second = f64::from(waits) / start.elapsed().as_secs_f64();
        times.sort();
        let at = |part: usize| times.get(part).copied().unwrap_or_default();
        figures.presses = times.len();
        figures.median = at(times.len() / 2);
        figures.late = at(times.len() * 99 / 100);
        figures.slowest = times.last().copied().unwrap_or_default();
        figures
    }
}

impl Figures {
    /// What must hold however long it goes on.
    #[track_caller]
    pub(crate) fn check(&self) {
        let [_, half, end] = self.memory_mib;
        let is_flat = half < POOL_MIB || end < half + 32;
        assert!(end < MEMORY_MAX_MIB && is_flat, "{self}");
        let [_, half, end] = self.descriptors;
        assert!(end <= half + 64, "{self}");
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} MiB resident and {:?} descriptors after a quarter, half and all of it; {} keys: median {:.1?}, \
             99 of 100 within {:.1?}, slowest {:.1?}; {:.0} waits a second",
            self.memory_mib,
            self.descriptors,
            self.presses,
            self.median,
            self.late,
            self.slowest,
            self.wakes_a_second
        )
    }
}
