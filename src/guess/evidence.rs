//! How much what was found says, in bits: how unlikely it is that bytes without this framing look like it; and the same
//! in words.

use super::candidates::Candidate;
use super::probe::Elsewhere;
use super::trial::{Found, Subject};

/// Bytes at the start of messages that are compared with all others.
const COLUMNS: usize = 8;

/// How many counts the distribution of all bytes is worth, where one of its own begins to be known: that of a column,
/// or of what follows a byte.
const PRIOR: f64 = 4.0;

/// What a message can say at most by standing where it does.
const MESSAGE_BITS_MAX: f64 = 8.0;

/// What it says at most that all is text and ends as text does.
const TEXT_BITS_MAX: f64 = 24.0;

/// What it says that a byte is text: 98 of 256 are.
const TEXT_BYTE_BITS: f64 = 1.4;

/// Places elsewhere at which a telling rule may find a message, of all.
const TELLING_SHARE_MAX: f64 = 0.5;

/// What speaks for a rule, in bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight {
    /// Messages begin only where it says so.
    pub(super) places: f64,
    /// Reads end where messages do.
    pub(super) ends: f64,
    /// First bytes of messages are unlike all others.
    pub(super) columns: f64,
    /// All is text, and cut as text is.
    pub(super) text: f64,
    /// Of how many candidates it is one.
    sought: f64,
    /// It says no to most bytes.
    pub(super) is_telling: bool,
    pub(super) elsewhere: Elsewhere,
}

impl Weight {
    pub(super) fn bits(&self) -> f64 {
        self.places + self.ends + self.columns + self.text - self.sought
    }
}

/// What is known of the bytes before any rule.
#[derive(Debug)]
pub(super) struct Surprise {
    /// How frequent each byte is, in all.
    shares: Vec<f64>,
    /// How often each byte follows each; the row of what stands before is 256 long.
    pairs: Vec<u32>,
    /// How often each byte has one behind it.
    before: Vec<u32>,
    is_utf8: bool,
    /// The controls among them.
    controls: Vec<u8>,
}

impl Surprise {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut counts = vec![0_u64; 256];
        for byte in bytes {
            if let Some(count) = counts.get_mut(usize::from(*byte)) {
                *count += 1;
            }
        }
        let all = real(bytes.len() as u64) + 1.0;
        let (mut pairs, mut before) = (vec![0; 1 << 16], vec![0; 256]);
        for pair in bytes.windows(2) {
            if let [a, b] = *pair
                && let Some(first) = before.get_mut(usize::from(a))
                && let Some(both) = pairs.get_mut(row(a) + usize::from(b))
            {
                *first += 1;
                *both += 1;
            }
        }
        // The last character may be cut in two.
        let is_utf8 = std::str::from_utf8(bytes).is_ok_and(|text| !text.is_empty())
            || std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
        Self {
            is_utf8,
            pairs,
            before,
            controls: (0..=0x7f_u8)
                .filter(|byte| byte.is_ascii_control() && bytes.contains(byte))
                .collect(),
            shares: counts
                .iter()
                .map(|count| (real(*count) + 1.0 / 256.0) / all)
                .collect(),
        }
    }

    /// What speaks for the rule that found that.
    pub(super) fn weigh(
        &self,
        subject: &Subject,
        candidate: &Candidate,
        found: &Found,
        elsewhere: Elsewhere,
    ) -> Weight {
        let share = ratio(elsewhere.fits, elsewhere.tried);
        let is_telling = elsewhere.tried > 0 && share < TELLING_SHARE_MAX;
        let by_chance = (real(elsewhere.fits) + 0.5) / (real(elsewhere.tried) + 1.0);
        let places = if is_telling {
            real(found.messages) * (-by_chance.log2()).min(MESSAGE_BITS_MAX)
        } else {
            0.0
        };
        let columns = if found.is_delimited() && !is_telling {
            // What follows a byte is never like what follows any: that says nothing for a delimiter.
            0.0
        } else {
            self.columns(subject.bytes(), found)
        };
        Weight {
            places,
            ends: ends_bits(subject, found),
            columns,
            text: self.text_bits(subject, candidate, found),
            sought: candidate.sought_bits,
            is_telling,
            elsewhere,
        }
    }

    /// How likely a byte is, behind the one before it. A tag is always followed by the same: the tag tells that
    /// already, and it says nothing for a cut.
    fn share(&self, before: Option<u8>, byte: u8) -> f64 {
        let share = self.shares.get(usize::from(byte)).copied();
        let share = share.unwrap_or(1.0);
        let Some(before) = before else {
            return share;
        };
        let both = self.pairs.get(row(before) + usize::from(byte));
        let all = self.before.get(usize::from(before));
        let count = |count: Option<&u32>| f64::from(count.copied().unwrap_or_default());
        (count(both) + PRIOR * share) / (count(all) + PRIOR)
    }

    /// How much likelier the first bytes of messages are by what stood there before than by all bytes: for each place a
    /// bet on that, of half of what there is to bet. By chance nobody wins more than once in two to that power (Ville's
    /// inequality).
    fn columns(&self, bytes: &[u8], found: &Found) -> f64 {
        let column = |column: usize| {
            let mut counts = vec![0.0; 256];
            let (mut all, mut bits) = (0.0, 0.0_f64);
            let ends = found.starts.iter().skip(1).copied().chain([bytes.len()]);
            let places = found.starts.iter().map(|start| start + column).zip(ends);
            let own = places.filter(|(place, end)| place < end);
            for (place, _) in own {
                // The first byte is what the place was chosen by; those behind it may be told by it.
                let before = place.checked_sub(1).filter(|_| column > 0);
                let before = before.and_then(|at| bytes.get(at));
                let Some(byte) = bytes.get(place) else {
                    continue;
                };
                let share = self.share(before.copied(), *byte);
                if let Some(count) = counts.get_mut(usize::from(*byte)) {
                    let likely = (*count + PRIOR * share) / (all + PRIOR);
                    bits += (likely / share).log2();
                    *count += 1.0;
                    all += 1.0;
                }
            }
            // What is won may be too much for a number, but not its logarithm.
            bits.max(0.0) - 1.0 + (1.0 + (-bits.abs()).exp2()).log2()
        };
        (0..COLUMNS).map(column).sum::<f64>().max(0.0)
    }

    /// All is text, and messages end with what ends lines, or with what stands at its very end and no line does.
    fn text_bits(&self, subject: &Subject, candidate: &Candidate, found: &Found) -> f64 {
        let Some(delimiter) = found.delimiter.last().copied() else {
            return 0.0;
        };
        if !self.is_utf8 && !subject.is_text_between(found) {
            return 0.0;
        }
        // In text, only controls are marks; elsewhere what is no character is one too.
        let is_mark = |byte: &u8| byte.is_ascii_control() || !(self.is_utf8 || byte.is_ascii());
        // What was sought may be the end of one word before the end of lines.
        let is_lines = if candidate.is_named {
            is_mark(&delimiter) && subject.is_verbatim(&candidate.cut, found)
        } else {
            found.delimiter.iter().all(is_mark)
        };
        let is_text = |byte: &u8| matches!(*byte, b'\t' | b'\n' | b'\r') || *byte == delimiter;
        let is_list = self.controls.is_empty() && subject.bytes().last() == Some(&delimiter);
        if self.controls.iter().all(is_text) && (is_lines || is_list) {
            (real(found.held) * TEXT_BYTE_BITS).min(TEXT_BITS_MAX)
        } else {
            0.0
        }
    }
}

/// How unlikely it is that so many reads end with a message, if messages of that length stood anywhere (the divergence
/// of two coins, for each read).
fn ends_bits(subject: &Subject, found: &Found) -> f64 {
    let reads = subject.ends().len() as u64;
    if subject.is_datagrams() || found.held == 0 || reads == 0 {
        return 0.0;
    }
    let by_chance = ratio(found.messages, found.held).min(1.0);
    let seen = ratio(found.hits, reads);
    if seen <= by_chance {
        return 0.0;
    }
    let part = |seen: f64, chance: f64| {
        if seen > 0.0 {
            seen * (seen / chance).log2()
        } else {
            0.0
        }
    };
    real(reads) * (part(seen, by_chance) + part(1.0 - seen, 1.0 - by_chance))
}

/// The evidence in words.
pub(super) fn in_words(
    subject: &Subject,
    found: &Found,
    weight: &Weight,
    alike: &[String],
    next: Option<&(u64, String)>,
) -> String {
    let total = subject.bytes().len() as u64;
    let percent = (ratio(found.held, total) * 100.0).floor();
    let Found { messages, hits, .. } = found;
    let reads = subject.ends().len() as u64;
    let kind = if subject.is_datagrams() {
        "datagrams"
    } else {
        "reads"
    };
    let mut told = if reads > 1 && reads == *messages && hits == messages {
        format!("{hits} of {reads} {kind} are messages, {percent}% of the bytes")
    } else {
        format!("{messages} messages, {percent}% of the bytes")
    };
    let mut add = |words: String| {
        told.push_str("; ");
        told.push_str(&words);
    };
    if reads > 1 && (reads != *messages || hits != messages) {
        add(format!("{hits} of {reads} {kind} end with one"));
    } else if reads == 1 && *hits == 1 {
        add("the last ends where the bytes do".to_owned());
    }
    let Weight { elsewhere, .. } = weight;
    if weight.places > 0.0 {
        add(format!(
            "elsewhere {} of {} places would do",
            elsewhere.fits, elsewhere.tried
        ));
    }
    if weight.columns > 0.0 {
        add("first bytes unlike all others".to_owned());
    }
    if weight.text > 0.0 {
        add("all of it text".to_owned());
    }
    if let Some((count, words)) = next {
        add(format!("next best `{words}` with {count}"));
    }
    if !alike.is_empty() {
        add(format!("cuts like `{}`", alike.join("`, `")));
    }
    told
}

/// Where the counts of what follows a byte begin.
fn row(before: u8) -> usize {
    usize::from(before) << 8
}

/// A share of all, 0 of nothing.
pub(super) fn ratio(part: u64, all: u64) -> f64 {
    if all == 0 {
        0.0
    } else {
        real(part) / real(all)
    }
}

/// Counts here are small: at most the bytes looked at.
fn real(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
