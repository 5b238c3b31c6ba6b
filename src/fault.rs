//! What may befall bytes on their way through a tap: latency, a slow line, loss, corruption, an end too early; and
//! messages that are held or rewritten. A kind of fault is one file and one row of [`KINDS`]: what came goes in, with
//! the clock and a source of chance, what goes on comes out. Nothing here makes a call.

mod close;
mod corrupt;
mod cx;
mod drop;
mod dup;
mod intercept;
mod lane;
mod latency;
mod limit;
mod machine;
mod piece;
mod rate;
mod reorder;
mod replace;
mod slice;
mod stack;
mod stall;
#[cfg(test)]
mod tests;
mod when;

use std::fmt::Debug;
use std::time::Duration;

pub use cx::{Chance, Cx, Sight};
pub use machine::Faults;
pub use piece::{Change, Item, Over, Piece, Queue, Whole};
pub use stack::{Left, Now, Stack};
pub use when::{Sought, When, sought_words};

use crate::event::Freed;
use crate::words::{Complaint, Word, Words, nearest};

/// Every kind of fault, in the order of the manual.
pub static KINDS: &[&dyn Kind] = &[
    &latency::Latency,
    &rate::Rate,
    &slice::Slice,
    &limit::Limit,
    &stall::Stall,
    &close::CLOSE,
    &close::RESET,
    &corrupt::Corrupt,
    &drop::Drop,
    &dup::Dup,
    &reorder::Reorder,
    &replace::Replace,
    &intercept::Intercept,
];

/// A row of the table: a kind of fault, before its parameters are known.
pub trait Kind: Sync {
    /// The word that begins it.
    fn name(&self) -> &'static str;

    /// Its grammar, as the manual prints it: `latency T [jitter T]`.
    fn usage(&self) -> &'static str;

    /// What it does, in one line.
    fn help(&self) -> &'static str;

    /// What its first parameter may be, for instance; nothing where it has none that must be there.
    fn sample(&self) -> &'static str {
        ""
    }

    /// The words that may stand behind its parameters.
    fn options(&self) -> &'static [&'static str] {
        &[]
    }

    /// Reads the parameters behind the name; words that are not its own stay for the caller.
    ///
    /// # Errors
    ///
    /// Which word does not fit, and what would have.
    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint>;
}

/// A fault with its parameters, and with what it holds of one direction of one conversation.
pub trait Course: Debug {
    /// The canonical words of its parameters.
    fn words(&self) -> String;

    /// What it needs, and what it is good for.
    fn nature(&self) -> Nature {
        Nature::default()
    }

    /// Takes the next piece, which it is to befall or which only keeps its place; it passes on what may go, in order.
    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>);

    /// Nothing comes any more.
    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        cx.over(over);
    }

    /// Passes on what has waited long enough.
    fn due(&mut self, _cx: &mut Cx<'_>) {}

    /// When something has.
    fn deadline(&self) -> Option<Duration> {
        None
    }

    /// How many pieces wait in it.
    fn waits(&self) -> usize {
        0
    }

    /// Whether it holds a message until the one behind it is there, too.
    fn wants_another(&self) -> bool {
        false
    }

    /// Passes on all that waits: it is over.
    fn drain(&mut self, _cx: &mut Cx<'_>) {}

    /// Somebody says what becomes of a held message; false if it holds none.
    fn free(&mut self, _freed: &Freed, _cx: &mut Cx<'_>) -> bool {
        false
    }
}

/// What a fault needs, and what it is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nature {
    /// It looks at whole messages, or datagrams.
    pub messages: bool,
    /// It cuts pieces.
    pub cuts: bool,
    /// It holds messages until somebody lets them go.
    pub holds: bool,
    /// It lets nothing go on until somebody ends it.
    pub stands: bool,
    /// Datagrams are not for it.
    pub streams: bool,
    /// It ends connections, which any socket has.
    pub ends: bool,
    /// It does something by chance.
    pub chance: bool,
}

/// A fault as it was asked for.
#[derive(Debug)]
pub struct Rule {
    /// The row of the table.
    pub kind: &'static dyn Kind,
    /// Which pieces it hits.
    pub when: When,
    /// Where its chances come from.
    pub seed: u64,
    /// What it does.
    pub course: Box<dyn Course>,
    /// Somebody named the seed.
    is_seeded: bool,
}

impl Debug for dyn Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Rule {
    /// Reads `KIND … [on …|chance P] [seed S]`; words behind it are left.
    ///
    /// # Errors
    ///
    /// Which word does not fit, and what would have.
    pub fn parse(words: &mut Words<'_>) -> Result<Self, Complaint> {
        let word = words.require("a kind of fault").map_err(|complaint| {
            let fits = names();
            Complaint { fits, ..complaint }
        })?;
        let kind = kind(word)?;
        let course = kind
            .parse(words)
            .map_err(|complaint| complaint.fitting(kind.usage()))?;
        let mut when = When::Always;
        let mut seed = None;
        loop {
            if words.take("seed") {
                seed = Some(words.number("a seed")?);
            } else if let Some(read) = When::parse(words)? {
                when = read;
            } else {
                break;
            }
        }
        Ok(Self {
            kind,
            when,
            course,
            seed: seed.unwrap_or_default(),
            is_seeded: seed.is_some(),
        })
    }

    /// Whether it does something by chance, and nobody has named the seed.
    #[must_use]
    pub fn wants_seed(&self) -> bool {
        let is_chance = self.course.nature().chance || matches!(self.when, When::Chance(_));
        is_chance && !self.is_seeded
    }

    /// Whether it looks at whole messages.
    #[must_use]
    pub fn is_of_messages(&self) -> bool {
        self.when.is_of_messages() || self.course.nature().messages
    }

    /// The same with a seed.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        Self {
            seed,
            is_seeded: true,
            ..self
        }
    }

    /// The canonical words, which read as an equal rule.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = self.kind.name().to_owned();
        let parameters = self.course.words();
        if !parameters.is_empty() {
            words.push(' ');
            words.push_str(&parameters);
        }
        words.push_str(&self.when.words());
        if self.is_seeded {
            words.push_str(" seed ");
            words.push_str(&self.seed.to_string());
        }
        words
    }
}

fn kind(word: Word<'_>) -> Result<&'static dyn Kind, Complaint> {
    let found = KINDS.iter().find(|kind| kind.name() == word.text);
    found.copied().ok_or_else(|| {
        let names = KINDS.iter().map(|kind| kind.name());
        let near = nearest(word.text, names);
        let fits = near.map_or_else(self::names, |near| format!("did you mean `{near}`?"));
        word.complain(format!("there is no fault `{}`", word.text), fits)
    })
}

fn names() -> String {
    let names: Vec<_> = KINDS.iter().map(|kind| kind.name()).collect();
    names.join(" ")
}

/// A share of all: `0.25`, `25%`.
fn fraction(words: &mut Words<'_>) -> Result<f64, Complaint> {
    let word = words.require("a probability");
    let word = word.map_err(|complaint| complaint.fitting("0.25 or 25%"))?;
    let (text, whole) = match word.text.strip_suffix('%') {
        Some(percent) => (percent, 100.0),
        None => (word.text, 1.0),
    };
    let is_plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number = text.parse::<f64>().ok().filter(|_| is_plain);
    let share = number.map(|number| number / whole);
    share.filter(|share| *share <= 1.0).ok_or_else(|| {
        let what = format!("`{}` is not a probability", word.text);
        word.complain(what, "0.25 or 25%")
    })
}

/// A share of all, where one stands; else all.
fn share(words: &mut Words<'_>) -> Result<f64, Complaint> {
    let word = words.peek();
    let is_there = word.is_some_and(|word| word.text.starts_with(|c: char| c.is_ascii_digit()));
    if is_there { fraction(words) } else { Ok(1.0) }
}

/// `25%`.
fn percent(share: f64) -> String {
    // A share that was typed as 0.1% comes back so, and not as 0.10000000000000002%.
    let percent = (share * 1e11).round() / 1e9;
    format!("{percent}%")
}

/// `200ms`, as it is read.
fn milliseconds(time: Duration) -> String {
    match (time.as_secs(), time.subsec_nanos()) {
        (seconds, 0) if seconds > 0 => format!("{seconds}s"),
        _ => format!("{}ms", time.as_secs_f64() * 1e3),
    }
}

/// `4096`, `64k`, as it is read.
fn size(bytes: u64) -> String {
    [(30, "G"), (20, "M"), (10, "k")]
        .into_iter()
        .find(|(bits, _)| bytes > 0 && bytes.is_multiple_of(1 << bits))
        .map_or_else(
            || bytes.to_string(),
            |(bits, unit)| format!("{}{unit}", bytes >> bits),
        )
}
