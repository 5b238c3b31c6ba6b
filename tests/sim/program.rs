//! The simulated kernel as the whole program meets it: with a terminal and standard streams that give and take in
//! parts, a count and a hash of all calls, a call that fails when told, and the bytes that the kernel moved, kept apart
//! from what the program kept. It knows nothing of what the program shows.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test includes it and uses its own part of it"
)]

pub mod book;
mod flows;
pub mod manual;
mod seam;
mod stranger;

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::time::Duration;

use sockeye::event::{Dir, Errno};
use sockeye::os::{Got, Signal, Sock, Streams as _, Wake};

use super::kernel::mood::{Mood, Moods};
use super::kernel::{Happening, Kernel};
#[allow(
    unused_imports,
    reason = "only who holds the program against it needs it"
)]
pub use book::{Book, Entry};
pub use stranger::Stranger;

/// When SIGTERM ends a run that has nothing more to do.
pub const DAY: Duration = Duration::from_secs(86_400);

/// How many calls are kept to be shown when something is wrong.
const TAIL: usize = 60;

/// A call that fails.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Which of all calls, from 1.
    pub nth: u64,
    /// How.
    pub errno: Errno,
    /// All later calls of that name fail too.
    pub lasting: bool,
}

/// The simulation.
#[derive(Debug)]
pub struct Program {
    pub kernel: Kernel,
    /// Somebody at the other end of a connection.
    pub stranger: Option<Stranger>,
    pub fault: Option<Fault>,
    /// The terminal is gone from this call on.
    pub gone_from: u64,
    /// Standard output takes nothing before.
    pub stdout_opens: Duration,
    /// How many bytes the sockets gave before it did.
    pub held_up: usize,
    /// From this call on somebody wants it to end.
    pub stops_at: u64,
    /// How many calls are too many.
    pub calls_max: u64,
    pub calls: u64,
    /// Those that may fail, by name, in their order.
    pub made: Vec<&'static str>,
    /// A hash of all calls and what they gave.
    pub trace: u64,
    /// Calls are hashed without what they gave, and the last of them not kept: that is much faster.
    pub is_terse: bool,
    /// What the kernel did, where somebody holds the program against it.
    pub book: Option<Book>,
    /// What goes wrong by chance.
    pub moods: Moods,
    /// The last calls.
    pub tail: VecDeque<String>,
    /// Every wait: when it began and its timeout.
    pub waits: Vec<(Duration, Option<Duration>)>,
    /// The terminal's sizes as told, each with the number of bytes written to it before.
    pub sizes: Vec<(usize, (u16, u16))>,
    /// What the kernel moved.
    moved: BTreeMap<(Sock, usize), Vec<u8>>,
    failing: Option<&'static str>,
    typed: Held,
    stdin: Held,
    watches_stdin: bool,
    watches_stdout: bool,
}

/// Bytes that were read of the kernel and not handed out yet.
#[derive(Debug, Default)]
struct Held(VecDeque<u8>);

/// Numbers that follow from a seed (Steele and others, "Fast splittable pseudorandom number generators"); all 0 with
/// seed 0.
#[derive(Debug)]
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: u64) -> u64 {
        if self.0 == 0 {
            return 0;
        }
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    /// Once in `n` times; never with seed 0.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.0 != 0 && self.below(n) == 0
    }

    /// Some or all of `len`, at least one.
    pub fn part(&mut self, len: usize) -> usize {
        if len > 1 && self.one_in(2) {
            1 + usize::try_from(self.below(len as u64 - 1)).unwrap_or(0)
        } else {
            len
        }
    }

    pub fn bytes(&mut self, len: u64) -> Vec<u8> {
        let byte = |numbers: &mut Self| numbers.below(256).to_le_bytes()[0];
        (0..len).map(|_| byte(self)).collect()
    }
}

impl Program {
    /// A system whose chances follow from `seed`; none with 0.
    pub fn new(seed: u64) -> Self {
        let mut program = Self::with(Moods::usual(seed));
        program.kernel.at(DAY, Happening::Signal(Signal::Terminate));
        program
    }

    /// A system with these moods, on which no run ends by itself.
    pub fn with(moods: Moods) -> Self {
        Self {
            kernel: Kernel::with(moods.clone()),
            moods,
            is_terse: false,
            book: None,
            stranger: None,
            fault: None,
            gone_from: u64::MAX,
            stdout_opens: Duration::ZERO,
            held_up: 0,
            stops_at: u64::MAX,
            calls_max: 200_000,
            calls: 0,
            made: Vec::new(),
            trace: 0xcbf2_9ce4_8422_2325,
            tail: VecDeque::new(),
            waits: Vec::new(),
            sizes: Vec::new(),
            moved: BTreeMap::new(),
            failing: None,
            typed: Held::default(),
            stdin: Held::default(),
            watches_stdin: false,
            watches_stdout: false,
        }
    }

    /// Somebody types that then.
    pub fn types(&mut self, seconds: f64, keys: &str) {
        let keys = Happening::Typed(keys.as_bytes().to_vec());
        self.kernel.at(Duration::from_secs_f64(seconds), keys);
    }

    /// What the kernel moved in one direction, by socket in order of creation; sockets that moved nothing left out.
    pub fn moved(&self, dir: Dir) -> Vec<Vec<u8>> {
        let of = |((_, index), bytes): (&(Sock, usize), &Vec<u8>)| {
            (*index == dir.index() && !bytes.is_empty()).then(|| bytes.clone())
        };
        self.moved.iter().filter_map(of).collect()
    }

    /// What a terminal of that size shows in the end.
    pub fn shown(&self, columns: u16, rows: u16) -> String {
        let mut parser =
            vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 0);
        parser.process(self.kernel.screen());
        parser.screen().contents()
    }

    /// When the last wait without a deadline began that only the end of the day ended.
    pub fn quiet_since(&self) -> Option<Duration> {
        let (since, timeout) = *self.waits.last()?;
        timeout.is_none().then_some(since)
    }

    /// A call begins, and may fail.
    fn begin(&mut self, call: &'static str) -> Got<()> {
        self.calls += 1;
        if self.calls == self.stops_at {
            let now = self.kernel_now();
            self.kernel.at(now, Happening::Signal(Signal::Terminate));
        }
        if self.is_terse && self.book.is_none() {
            self.made
                .resize(usize::try_from(self.calls).unwrap_or(0), call);
        }
        assert!(
            self.calls < self.calls_max,
            "it spins at {:?} with {:?}, last waits {:?}: {:#?}",
            self.kernel_now(),
            (self.fault, self.made.last()),
            self.waits.iter().rev().take(5).collect::<Vec<_>>(),
            self.tail
        );
        if self.moods.may(Mood::AnyError)
            && !manual::ends_the_run(call)
            && let Some(errno) = manual::error(call, self.moods.index(1 << 16))
        {
            self.moods.count(Mood::AnyError);
            self.note(call, &errno);
            return Err(errno);
        }
        let Some(fault) = self.fault else {
            return Ok(());
        };
        if self.calls == fault.nth && fault.lasting {
            self.failing = Some(call);
        }
        if self.calls == fault.nth || self.failing == Some(call) {
            self.note(call, &format_args!("failed by the test: {:?}", fault.errno));
            return Err(fault.errno);
        }
        Ok(())
    }

    /// A call gave something.
    fn note(&mut self, call: &str, gave: &impl Debug) {
        if self.is_terse {
            self.hash(call.as_bytes());
            let now = self.kernel_now().as_nanos();
            return self.hash(&now.to_le_bytes());
        }
        let line = format!("{call} {gave:?}");
        self.hash(line.as_bytes());
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    /// Bytes become part of the trace (Fowler, Noll, Vo: FNV-1a).
    fn hash(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.trace = (self.trace ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn moves(&mut self, sock: Sock, dir: Dir, bytes: &[u8]) {
        if dir == Dir::In && self.kernel_now() < self.stdout_opens {
            self.held_up += bytes.len();
        }
        if let Some(book) = &self.book {
            return book.moved(sock, dir, bytes);
        }
        // A socket is one, through whichever of its descriptors the bytes went.
        let sock = self.kernel.root(sock);
        let all = self.moved.entry((sock, dir.index())).or_default();
        all.extend_from_slice(bytes);
    }

    fn is_gone(&self) -> bool {
        self.calls >= self.gone_from
    }

    /// How long the kernel may wait: not past the moment in which standard output opens.
    fn rest(&mut self, until: Option<Duration>) -> Option<Duration> {
        let now = self.kernel_now();
        let is_open = now >= self.stdout_opens;
        self.kernel.watch_stdout(self.watches_stdout && is_open);
        let opens = (self.watches_stdout && !is_open).then_some(self.stdout_opens);
        let next = [until, opens].into_iter().flatten().min();
        next.map(|next| next.saturating_sub(now))
    }

    /// What is ready without the kernel: bytes held back, and a terminal that is gone.
    fn held(&self, wakes: &mut Vec<Wake>) {
        if self.kernel.is_raw() && (!self.typed.0.is_empty() || self.is_gone()) {
            wakes.push(Wake::Terminal);
        }
        if self.watches_stdin && !self.stdin.0.is_empty() {
            wakes.push(Wake::Stdio);
        }
    }
}

impl Held {
    /// Hands some of it out; asks for more when it is empty.
    fn read(
        &mut self,
        moods: &Moods,
        buf: &mut Vec<u8>,
        more: impl FnOnce(&mut Vec<u8>) -> Got<usize>,
    ) -> Got<usize> {
        if self.0.is_empty() {
            let mut bytes = Vec::new();
            if more(&mut bytes)? == 0 {
                return Ok(0);
            }
            self.0.extend(bytes);
        }
        if moods.strikes(Mood::LateTyped) {
            return Err(Errno::EAGAIN);
        }
        let len = moods.part(Mood::PartTyped, self.0.len());
        buf.extend(self.0.drain(..len));
        Ok(len)
    }
}
