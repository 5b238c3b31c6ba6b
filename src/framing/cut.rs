//! A rule as it is in force: a framing of the table or several joined, read from the words of a command, and its limit.

use std::sync::Arc;

use super::{
    Exchange, FRAMINGS, Knob, MESSAGE_MAX_BYTES, Message, Rule, Sight, Status, guard, note, raw,
    then,
};
use crate::words::{Complaint, Words, nearest};

/// A rule as it is in force: with its limit.
#[derive(Clone, Debug)]
pub struct Cut {
    /// The rule.
    pub rule: Arc<dyn Rule>,
    /// The most bytes of a message, counted whole.
    pub max: u64,
}

impl Cut {
    /// The rule of a socket that nobody gave one: each read or datagram a message.
    #[must_use]
    pub fn raw() -> Self {
        Self {
            rule: Arc::new(raw::Raw),
            max: MESSAGE_MAX_BYTES,
        }
    }

    /// Whether it is that rule: nobody chose another, so messages are nothing but what the calls moved.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.words() == Self::raw().words()
    }

    /// Reads a framing from words: `[stx EXPR] RULE [crc KIND …] [max N] [then …]`. Words behind it are left.
    ///
    /// # Errors
    ///
    /// Which word does not fit, and what would have.
    pub fn parse(words: &mut Words<'_>) -> Result<Self, Complaint> {
        let first = Self::parse_one(words)?;
        then::parse(first, words)
    }

    /// Reads one rule of a chain: `[stx EXPR] RULE [crc KIND …] [max N]`.
    pub(super) fn parse_one(words: &mut Words<'_>) -> Result<Self, Complaint> {
        let sync = guard::parse_sync(words)?;
        let word = words.require("a framing")?;
        let Some(framing) = FRAMINGS.iter().find(|framing| framing.name() == word.text) else {
            let names = FRAMINGS.iter().map(|framing| framing.name());
            let fits = nearest(word.text, names.clone()).map_or_else(
                || names.collect::<Vec<_>>().join(" "),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(word.complain(format!("there is no framing `{}`", word.text), fits));
        };
        let rule = framing.parse(words)?.into();
        let mut max = parse_max(words)?;
        let sum = guard::parse_sum(words)?;
        if max.is_none() {
            max = parse_max(words)?;
        }
        let rule = guard::guarded(sync, rule, sum);
        let max = max.unwrap_or(MESSAGE_MAX_BYTES);
        Ok(Self { rule, max })
    }

    /// What can be turned step by step; the limit stays.
    #[must_use]
    pub fn knobs(&self) -> Vec<Knob> {
        let mut knobs = self.rule.knobs();
        if self.max != MESSAGE_MAX_BYTES {
            let turned = knobs.iter_mut();
            for words in turned
                .flat_map(|knob| [&mut knob.less, &mut knob.more])
                .flatten()
            {
                *words = format!("{words} max {}", self.max);
            }
        }
        knobs
    }

    /// The name of its framing.
    #[must_use]
    pub fn kind(&self) -> String {
        let words = self.rule.words();
        words.split(' ').next().unwrap_or_default().to_owned()
    }

    /// Says what a message is: its note and its fields, from the bytes of its range, as many as are at hand.
    pub fn describe(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        if message.bytes() == 0 {
            // An empty datagram says so itself.
            return;
        }
        self.rule.dissect(message, bytes, sight);
        note::shorten(&mut message.note);
    }

    /// Which part a message has in an exchange, once it is described.
    #[must_use]
    pub fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        let is_whole = message.status == Status::Ok;
        is_whole
            .then(|| self.rule.exchange(message, sight))
            .flatten()
    }

    /// The rule as that side of the connection speaks it.
    #[must_use]
    pub fn spoken(&self, sight: Sight) -> Self {
        let spoken = sight.side.and_then(|side| self.rule.spoken_by(side));
        Self {
            rule: spoken.map_or_else(|| Arc::clone(&self.rule), Arc::from),
            max: self.max,
        }
    }

    /// The canonical words.
    #[must_use]
    pub fn words(&self) -> String {
        match self.max {
            MESSAGE_MAX_BYTES => self.rule.words(),
            max => format!("{} max {max}", self.rule.words()),
        }
    }
}

/// Reads `max N` if it stands there.
fn parse_max(words: &mut Words<'_>) -> Result<Option<u64>, Complaint> {
    if !words.take("max") {
        return Ok(None);
    }
    words.size("the most bytes of a message").map(Some)
}
