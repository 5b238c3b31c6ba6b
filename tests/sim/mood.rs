//! What the simulated world does by chance: a row for each of its moods, with its odds. A seed decides which of them a
//! world has and how often, and each time one shows it is counted. It is no source of randomness for anybody else.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use sockeye::event::Errno;
use sockeye::os::Got;

/// Something that the world may do at any time. What it does is written where it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// A call on a stream moves a part of what it could.
    PartSent,
    PartReceived,
    /// A socket has room for few bytes.
    SmallWindow,
    /// A call is interrupted, or says not now although it could.
    Interrupted,
    NotNow,
    /// The poller tells of a socket that is not ready, of one that is long closed, of hang-up and error together, or
    /// tells late.
    FalseWake,
    ClosedWake,
    HungUpWake,
    LateWake,
    /// The poller takes no other interest.
    DeafPoller,
    /// Any call fails with any error that its manual page has.
    AnyError,
    /// The kernel has no buffer for what is sent.
    NoBuffer,
    /// A connection is reset: with bytes that wait to be read, without, and before it is accepted.
    ResetBehindBytes,
    Reset,
    ResetBeforeAccept,
    /// An attempt to connect gets no answer for a while, or an error.
    LostSyn,
    NoRoute,
    /// `accept` finds no descriptor, or a connection that is gone.
    NoDescriptor,
    Aborted,
    /// A datagram is lost, comes twice, comes before the one before it, is cut, is answered by ICMP.
    Lost,
    Doubled,
    Swapped,
    Cut,
    Unreachable,
    /// A call takes its time; the clock jumps while the program waits; the time of day jumps.
    SlowCall,
    ClockJump,
    WallJump,
    /// A name is answered late, or never.
    LateName,
    SilentName,
    /// The terminal has no room, takes a part, gives a part, gives nothing yet.
    TerminalFull,
    PartWritten,
    PartTyped,
    LateTyped,
    /// The terminal stops, goes on, has another size; signals come; it ends.
    Stalled,
    Resized,
    Signalled,
    Ended,
    /// Standard output has no room, or takes a part.
    OutputFull,
    PartOutput,
    /// A file cannot be made; the disk is full in the middle of a piece, fails, is behind; what was written cannot be
    /// brought to it, or read back.
    NoFile,
    DiskFull,
    DiskBroken,
    DiskBehind,
    NotSynced,
    NotRead,
}

/// How often a mood shows, once in so many times: where all are usual, and where a seed begins to choose.
struct Odds {
    mood: Mood,
    usual: u32,
    hostile: u32,
}

const fn odds(mood: Mood, usual: u32, hostile: u32) -> Odds {
    Odds {
        mood,
        usual,
        hostile,
    }
}

/// Every mood; 0 is never.
const MOODS: &[Odds] = &[
    odds(Mood::PartSent, 2, 4),
    odds(Mood::PartReceived, 2, 4),
    odds(Mood::SmallWindow, 1, 2),
    odds(Mood::Interrupted, 16, 16),
    odds(Mood::NotNow, 32, 32),
    odds(Mood::FalseWake, 8, 16),
    odds(Mood::ClosedWake, 8, 16),
    odds(Mood::HungUpWake, 0, 32),
    odds(Mood::LateWake, 0, 8),
    odds(Mood::DeafPoller, 0, 64),
    odds(Mood::AnyError, 0, 256),
    odds(Mood::NoBuffer, 0, 32),
    odds(Mood::ResetBehindBytes, 0, 32),
    odds(Mood::Reset, 0, 128),
    odds(Mood::ResetBeforeAccept, 0, 16),
    odds(Mood::LostSyn, 0, 8),
    odds(Mood::NoRoute, 0, 16),
    odds(Mood::NoDescriptor, 0, 16),
    odds(Mood::Aborted, 0, 16),
    odds(Mood::Lost, 0, 4),
    odds(Mood::Doubled, 0, 4),
    odds(Mood::Swapped, 0, 2),
    odds(Mood::Cut, 0, 0),
    odds(Mood::Unreachable, 0, 16),
    odds(Mood::SlowCall, 0, 256),
    odds(Mood::ClockJump, 0, 256),
    odds(Mood::WallJump, 0, 64),
    odds(Mood::LateName, 0, 2),
    odds(Mood::SilentName, 0, 4),
    odds(Mood::TerminalFull, 6, 8),
    odds(Mood::PartWritten, 2, 4),
    odds(Mood::PartTyped, 2, 4),
    odds(Mood::LateTyped, 8, 8),
    odds(Mood::Stalled, 0, 1),
    odds(Mood::Resized, 0, 1),
    odds(Mood::Signalled, 0, 1),
    odds(Mood::Ended, 0, 1),
    odds(Mood::OutputFull, 6, 8),
    odds(Mood::PartOutput, 2, 4),
    odds(Mood::NoFile, 0, 4),
    odds(Mood::DiskFull, 0, 16),
    odds(Mood::DiskBroken, 0, 64),
    odds(Mood::DiskBehind, 0, 8),
    odds(Mood::NotSynced, 0, 4),
    odds(Mood::NotRead, 0, 16),
];

/// How many there are.
pub const COUNT: usize = MOODS.len();

/// The moods of one world; every part of it has a copy, and all copies are the same.
#[derive(Clone, Debug)]
pub struct Moods(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Cell<u64>,
    odds: [Cell<u32>; COUNT],
    counts: [Cell<u64>; COUNT],
    is_calm: Cell<bool>,
}

impl Moods {
    /// Those that every kernel has, by chances that follow from `seed`; none with 0.
    pub fn usual(seed: u64) -> Self {
        let moods = Self::with(seed);
        for (odds, row) in moods.0.odds.iter().zip(MOODS) {
            odds.set(if seed == 0 { 0 } else { row.usual });
        }
        moods
    }

    /// Those that a seed chooses, as often as it chooses, less those that `without` has a bit for.
    pub fn hostile(seed: u64, without: u64) -> Self {
        let moods = Self::with(seed | 1 << 63);
        // Similar seeds give similar numbers at first.
        for _ in 0..8 {
            moods.next();
        }
        for (at, (odds, row)) in moods.0.odds.iter().zip(MOODS).enumerate() {
            let often = [0, 0, 4, 1, 1, 4][moods.index(6)];
            let rarely = moods.index(2) == 0;
            let chosen = if rarely {
                row.hostile.saturating_mul(often)
            } else {
                row.hostile.div_ceil(often.max(1))
            };
            let is_out = often == 0 || without >> at & 1 == 1;
            odds.set(if is_out { 0 } else { chosen });
        }
        moods
    }

    fn with(seed: u64) -> Self {
        Self(Rc::new(Inner {
            state: Cell::new(seed),
            odds: std::array::from_fn(|_| Cell::new(0)),
            counts: std::array::from_fn(|_| Cell::new(0)),
            is_calm: Cell::new(false),
        }))
    }

    /// Nothing is done by chance from now on.
    pub fn calm(&self) {
        self.0.is_calm.set(true);
    }

    /// It begins anew.
    pub fn rage(&self) {
        self.0.is_calm.set(false);
    }

    /// Whether it is so this time; it is counted.
    pub fn strikes(&self, mood: Mood) -> bool {
        let is = self.may(mood);
        if is {
            self.count(mood);
        }
        is
    }

    /// The same, for what may turn out not to be possible: then [`Moods::count`] is not called.
    pub fn may(&self, mood: Mood) -> bool {
        let odds = self.0.odds[mood as usize].get();
        odds != 0 && !self.0.is_calm.get() && self.next().is_multiple_of(u64::from(odds))
    }

    /// It showed.
    pub fn count(&self, mood: Mood) {
        let count = &self.0.counts[mood as usize];
        count.set(count.get() + 1);
    }

    /// How often each showed.
    pub fn counts(&self) -> [u64; COUNT] {
        std::array::from_fn(|at| self.0.counts[at].get())
    }

    /// Their names, in the order of their bits.
    pub fn names() -> [String; COUNT] {
        std::array::from_fn(|at| format!("{:?}", MOODS[at].mood))
    }

    /// An interruption, or no reason at all not to go on (both are allowed at any time).
    pub(crate) fn interrupt(&self) -> Got<()> {
        if self.strikes(Mood::Interrupted) {
            return Err(Errno::EINTR);
        }
        if self.strikes(Mood::NotNow) {
            return Err(Errno::EAGAIN);
        }
        Ok(())
    }

    /// Some or all of `len`, at least one.
    pub(crate) fn part(&self, mood: Mood, len: usize) -> usize {
        if len > 1 && self.strikes(mood) {
            1 + self.index(len - 1)
        } else {
            len
        }
    }

    /// A number below `limit`, which is not 0; 0 where nothing is by chance.
    pub(crate) fn index(&self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or(0)
    }

    /// A time up to there.
    pub(crate) fn time(&self, most: Duration) -> Duration {
        let nanos = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.next() % nanos.max(1))
    }

    /// The next number (Marsaglia, Xorshift RNGs).
    fn next(&self) -> u64 {
        let mut state = self.0.state.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.state.set(state);
        state
    }
}
