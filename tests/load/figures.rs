//! What a running program takes: memory, descriptors, times that it waited, and how long its keys take.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use rustix::process::Pid;

use super::program::pty::Pty;
use super::program::{FIRST, doings};

/// Keys, and what stands on the screen when each has answered.
const KEYS: [(&str, &str); 5] = [
    ("?", "keys and commands"),
    ("\x1b[27u", FIRST),
    (":", "›"),
    ("# hello", "# hello"),
    ("\x1b[27u", FIRST),
];

/// The tapes and the log in memory (DESIGN.md, Limits), and all else that a program of this kind needs.
const MEMORY_MAX_MIB: u64 = 448;

/// What tapes and log may fill before older parts lie in the spill file: until then memory may grow.
const POOL_MIB: u64 = 320;

/// Into so many parts the time is cut; what counts as flat is measured over the later half of them.
const PARTS: u32 = 16;

/// How long the slow tests go on.
pub(crate) fn load_time() -> Duration {
    let asked = std::env::var("LOAD_SECONDS");
    Duration::from_secs(asked.map_or(600, |seconds| seconds.parse().unwrap()))
}

/// Reads what the kernel says of the program.
pub(crate) struct Gauge {
    pid: Pid,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// After each part: seconds, MiB and descriptors.
    samples: Vec<[f64; 3]>,
    presses: usize,
    median: Duration,
    late: Duration,
    slowest: Duration,
    pub(crate) wakes_a_second: f64,
    processor: f64,
}

impl Gauge {
    pub(crate) fn new(pid: Pid) -> Self {
        Self { pid }
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        let status = self.read("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        let mut words = line.unwrap().split_whitespace();
        words.nth(1).unwrap().parse::<u64>().unwrap() << 10
    }

    pub(crate) fn descriptors(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.pid.as_raw_nonzero());
        fs::read_dir(folder).unwrap().count()
    }

    /// How often any thread gave the processor away by itself, that is, waited for something.
    pub(crate) fn waits(&self) -> u64 {
        doings(self.pid).1
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.pid.as_raw_nonzero())).unwrap()
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

    /// Measures for so long, while `step` is made again and again.
    pub(crate) fn measure(
        &self,
        time: Duration,
        mut step: impl FnMut(&mut Vec<Duration>),
    ) -> Figures {
        let (start, (ticks, waits)) = (Instant::now(), doings(self.pid));
        let mut figures = Figures::default();
        let mut times = Vec::new();
        for part in 1..=PARTS {
            while start.elapsed() < time * part / PARTS {
                step(&mut times);
            }
            #[expect(clippy::cast_precision_loss, reason = "as exact as the kernel tells")]
            let mib = (self.memory_bytes() >> 10) as f64 / 1024.0;
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let descriptors = self.descriptors() as f64;
            let at = start.elapsed().as_secs_f64();
            figures.samples.push([at, mib, descriptors]);
        }
        let (took, (ticks_now, waits_now)) = (start.elapsed().as_secs_f64(), doings(self.pid));
        let a_second = |count: u64| f64::from(u32::try_from(count).unwrap()) / took;
        figures.wakes_a_second = a_second(waits_now - waits);
        // The kernel counts a hundred ticks a second for programs (time(7)).
        figures.processor = a_second(ticks_now - ticks) / 100.0;
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
        let [_, half, ..] = self.of(1);
        let [_, .., end] = self.of(1);
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let (most, pool) = (MEMORY_MAX_MIB as f64, POOL_MIB as f64);
        let is_flat = half < pool || end < half + 32.0;
        assert!(end < most && is_flat, "{self}");
        let [_, half, .., end] = self.of(2);
        assert!(end <= half + 64.0, "{self}");
    }

    /// A figure after a quarter, half and three quarters of the time, and at its end.
    fn of(&self, which: usize) -> [f64; 4] {
        let count = self.samples.len();
        [4, 8, 12, 16].map(|part| self.samples[count * part / 16 - 1][which])
    }

    /// By how much a figure grows in a minute over the later half: the line with the least squares.
    fn slope(&self, which: usize) -> f64 {
        let later = &self.samples[self.samples.len() / 2..];
        #[expect(clippy::cast_precision_loss, reason = "a few samples")]
        let count = later.len() as f64;
        let mean = |which: usize| later.iter().map(|it| it[which]).sum::<f64>() / count;
        let (time, value) = (mean(0), mean(which));
        let together = later.iter().map(|it| (it[0] - time) * (it[which] - value));
        let alone = later.iter().map(|it| (it[0] - time).powi(2));
        60.0 * together.sum::<f64>() / alone.sum::<f64>()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0?} MiB resident ({:+.2} a minute) and {:.0?} descriptors ({:+.1} a minute) after each quarter; \
             {:.2} of a processor, {:.0} waits a second",
            self.of(1),
            self.slope(1),
            self.of(2),
            self.slope(2),
            self.processor,
            self.wakes_a_second
        )?;
        if self.presses == 0 {
            return Ok(());
        }
        write!(
            f,
            "; {} keys: median {:.1?}, 99 of 100 within {:.1?}, slowest {:.1?}",
            self.presses, self.median, self.late, self.slowest
        )
    }
}
