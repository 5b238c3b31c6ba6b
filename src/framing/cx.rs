//! What a decoder sees beside the bytes: where they stand, who sends them, and what the decoder of the other direction
//! has told it. The decoder leaves its messages here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use super::{FRAMINGS, Message};

/// The most facts that a mailbox keeps; what is told beyond is lost, and assumed by the other side.
const LETTERS_MAX: usize = 65_536;

/// From one subject's letters to the next one's: more than one rule will ever leave.
const SUBJECT_LETTERS: u64 = 1 << 48;

/// What a rule of these words tells of: the same in both directions.
pub(super) fn subject_of(words: &str) -> u64 {
    let kind = words.split(' ').next();
    let at = FRAMINGS
        .iter()
        .position(|framing| Some(framing.name()) == kind);
    at.map_or(0, |at| at as u64 + 1)
}

/// Who sends the bytes of a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The end that connected.
    Client,
    /// The end that accepted.
    Server,
}

/// What is known of a direction as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Who sends its bytes; unknown where neither end connected, or only the bytes are there.
    pub side: Option<Side>,
    /// Each datagram is cut alone.
    pub datagrams: bool,
}

/// What a decoder told that of the other direction: facts about its own messages, by their position among those of its
/// kind, counted from 0 (the request method that decides what a response is).
#[derive(Clone, Debug, Default)]
pub struct Mailbox {
    /// By what they are about and in the order of their telling, with the time of the read or send that brought them.
    letters: BTreeMap<(u64, usize), (Duration, Cow<'static, str>)>,
    /// Since when nothing more can be told.
    mute: Option<Duration>,
}

/// How much of a mailbox there was at a moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told(u32);

/// In a [`Told`]: nothing more was told from then on.
const MUTE: u32 = 1 << 31;

/// A fact for the decoder of the other direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Which of the sender's messages it is about.
    pub nth: u64,
    /// What is to be known: `HEAD`.
    pub what: Cow<'static, str>,
}

impl Mailbox {
    /// Adds what was told at `time`.
    pub fn put(&mut self, time: Duration, letters: impl IntoIterator<Item = Letter>) {
        if self.mute.is_some() {
            return;
        }
        for Letter { nth, what } in letters {
            let told = self.letters.len();
            if told == LETTERS_MAX {
                return self.silence(time);
            }
            self.letters.insert((nth, told), (time, what));
        }
    }

    /// How much there is.
    #[must_use]
    pub(super) fn extent(&self) -> Told {
        let letters = u32::try_from(self.letters.len()).unwrap_or(MUTE - 1);
        let mute = self.mute.map_or(0, |_| MUTE);
        Told(letters | mute)
    }

    /// The mailbox when there was so much.
    #[must_use]
    pub(super) fn before(&self, told: Told) -> Self {
        let count = (told.0 & !MUTE) as usize;
        let letters = self.letters.iter();
        let letters = letters.filter(|((_, number), _)| *number < count);
        Self {
            letters: letters.map(|(key, told)| (*key, told.clone())).collect(),
            mute: self.mute.filter(|_| told.0 & MUTE != 0),
        }
    }

    /// Nothing more can be told from that time on: the decoder lost count of its messages.
    pub(super) fn silence(&mut self, time: Duration) {
        self.mute.get_or_insert(time);
    }

    /// The last fact about that message, of those told in time.
    fn about(&self, nth: u64, is_in_time: impl Fn(Duration) -> bool) -> Option<&str> {
        let told = self.letters.range((nth, 0)..=(nth, usize::MAX)).rev();
        let mut told = told.map(|(_, letter)| letter);
        told.find(|(time, _)| is_in_time(*time))
            .map(|(_, what)| what.as_ref())
    }
}

/// What a decoder left.
#[derive(Debug)]
enum Left {
    /// A good message: its range and its payload.
    Good(Range<u64>, Range<u64>),
    /// Any other.
    Made(Message),
}

/// What a decoder sees beside the bytes, and where it leaves messages.
#[derive(Debug)]
pub struct Cx<'a> {
    at: u64,
    max: u64,
    sight: Sight,
    theirs: Option<&'a Mailbox>,
    now: Duration,
    letters: Vec<Letter>,
    /// The number of what the decoder's letters are about.
    subject: u64,
    /// What was left; at most `keep`, in a ring.
    messages: Vec<Left>,
    keep: usize,
    /// Where the ring begins.
    oldest: usize,
    /// How many were left in all.
    left: u64,
    /// How many of them do not count.
    skipped: u64,
    /// Behind the last of them.
    end: u64,
}

impl<'a> Cx<'a> {
    /// At the offset of the next byte, with the most bytes that a message may have. Nobody is on the other side.
    #[must_use]
    pub fn new(at: u64, max: u64, sight: Sight) -> Self {
        Self {
            at,
            max,
            sight,
            theirs: None,
            now: Duration::ZERO,
            letters: Vec::new(),
            subject: 0,
            messages: Vec::new(),
            keep: usize::MAX,
            oldest: 0,
            left: 0,
            skipped: 0,
            end: at,
        }
    }

    /// Only the last `keep` messages are of interest; the others are counted.
    #[must_use]
    pub fn keeping(self, keep: usize) -> Self {
        Self { keep, ..self }
    }

    /// From now on the last `keep` messages are of interest, where none was before.
    pub(super) fn keep_on(&mut self, keep: usize) {
        self.keep = keep;
    }

    /// What is told is about that subject.
    #[must_use]
    pub(super) fn telling_of(self, subject: u64) -> Self {
        Self { subject, ..self }
    }

    /// The same with what the decoder of the other direction has told by `now`, the time when the bytes moved.
    #[must_use]
    pub fn hearing(self, theirs: Option<&'a Mailbox>, now: Duration) -> Self {
        Self {
            theirs,
            now,
            ..self
        }
    }

    /// The offset of the first byte being fed, or where the stream or the read ended.
    #[must_use]
    #[inline]
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Moves on, between two calls of the decoder.
    #[inline]
    pub fn advance(&mut self, bytes: u64) {
        self.at += bytes;
    }

    /// Stands elsewhere, between two calls of the decoder: at bytes that moved at that time.
    pub(super) fn move_to(&mut self, at: u64, now: Duration) {
        self.at = at;
        self.now = now;
    }

    /// Behind the last message that was left.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// How many messages are of interest, so that a decoder that can count more may pass over the ones before them.
    pub(super) fn keep(&self) -> usize {
        self.keep
    }

    /// So many messages, of which none is of interest, were passed over; all of them count.
    pub(super) fn pass_over(&mut self, count: u64, end: u64) {
        self.left += count;
        self.end = end;
    }

    /// The most bytes of a message, counted whole.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.max
    }

    /// What is known of the direction.
    #[must_use]
    pub fn sight(&self) -> Sight {
        self.sight
    }

    /// Whether the other direction is cut by the same rule and did not lose count, so that what it has not told is not
    /// so.
    #[must_use]
    pub fn has_counterpart(&self) -> bool {
        let is_mute = |theirs: &Mailbox| theirs.mute.is_some_and(|since| self.is_in_time(since));
        self.theirs.is_some_and(|theirs| !is_mute(theirs))
    }

    /// Whether what was told at that time was known when the bytes moved. At one time what a client sends goes first,
    /// so that any order in which the two directions are cut gives the same.
    fn is_in_time(&self, time: Duration) -> bool {
        let is_last = self.sight.side == Some(Side::Server) || self.now == Duration::MAX;
        time < self.now || (is_last && time == self.now)
    }

    /// The decoder does not know how many messages came before: it hears nobody.
    pub(super) fn deafen(&mut self) {
        self.theirs = None;
    }

    /// What the other direction has told last about its message at that position, if anything.
    #[must_use]
    pub fn mail(&self, nth: u64) -> Option<&str> {
        let is_in_time = |time| self.is_in_time(time);
        self.theirs?.about(self.number_of(nth), is_in_time)
    }

    /// Tells the other direction about an own message. Only what is out of the ordinary need be told.
    pub fn post(&mut self, nth: u64, what: impl Into<Cow<'static, str>>) {
        let (nth, what) = (self.number_of(nth), what.into());
        self.letters.push(Letter { nth, what });
    }

    /// What is told of a message is told by this number.
    fn number_of(&self, nth: u64) -> u64 {
        self.subject
            .saturating_mul(SUBJECT_LETTERS)
            .saturating_add(nth)
    }

    /// Lets a decoder work that is a part of another: at that offset and within that limit. What it leaves is returned.
    pub(super) fn within<T>(
        &mut self,
        at: u64,
        max: u64,
        work: impl FnOnce(&mut Self) -> T,
    ) -> (T, Vec<Message>) {
        let inner = Self {
            letters: std::mem::take(&mut self.letters),
            subject: self.subject,
            ..Self::new(at, max, self.sight).hearing(self.theirs, self.now)
        };
        let outer = std::mem::replace(self, inner);
        let told = work(self);
        let mut inner = std::mem::replace(self, outer);
        self.letters = inner.take_letters();
        (told, inner.take())
    }

    /// Lets a decoder work whose letters are about that subject.
    pub(super) fn about<T>(&mut self, subject: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.subject, subject);
        let told = work(self);
        self.subject = outer;
        told
    }

    /// Takes what was posted.
    pub fn take_letters(&mut self) -> Vec<Letter> {
        std::mem::take(&mut self.letters)
    }

    /// Leaves a message. It begins where the one before ended.
    pub fn emit(&mut self, message: Message) {
        self.skipped += u64::from(!message.is_counted());
        self.end = message.range.end;
        self.leave(Left::Made(message));
    }

    /// Leaves a good message of which nothing more is said than where it stands: several times as fast.
    #[inline]
    pub(super) fn emit_good(&mut self, range: Range<u64>, payload: Range<u64>) {
        self.end = range.end;
        self.leave(Left::Good(range, payload));
    }

    #[inline]
    fn leave(&mut self, message: Left) {
        self.left += 1;
        if self.messages.len() < self.keep {
            self.messages.push(message);
        } else if let Some(oldest) = self.messages.get_mut(self.oldest) {
            *oldest = message;
            self.oldest += 1;
            if self.oldest == self.keep {
                self.oldest = 0;
            }
        }
    }

    /// How many messages were left, and how many of them do not count.
    #[must_use]
    pub fn count(&self) -> (u64, u64) {
        (self.left, self.skipped)
    }

    /// Takes what was left, or the last of it.
    pub fn take(&mut self) -> Vec<Message> {
        self.messages.rotate_left(self.oldest);
        self.oldest = 0;
        (self.left, self.skipped) = (0, 0);
        let messages = std::mem::take(&mut self.messages).into_iter();
        messages
            .map(|message| match message {
                Left::Good(range, payload) => Message::new(range, payload, ""),
                Left::Made(message) => message,
            })
            .collect()
    }
}
