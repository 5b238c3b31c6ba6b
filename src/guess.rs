//! Which framing a stream looks like, with the evidence: every candidate is run over the first bytes by its own
//! decoder, and what fits is weighed by how unlikely that is by chance. It works in slices and changes nothing.

mod candidates;
mod evidence;
mod probe;
mod trial;

use crate::framing::{Cut, Sight};
use candidates::{Candidate, Candidates};
use evidence::{Surprise, Weight};
use trial::{Found, Subject};

/// The first bytes of a direction, which are looked at; those behind are not.
pub const LOOKED_AT_BYTES: usize = 64 << 10;

/// Fewer messages than this convince nobody.
const MESSAGES_MIN: u64 = 3;

/// What chance would give once in so many streams, as a power of two, convinces nobody either.
const CONVINCING_BITS: f64 = 16.0;

/// A protocol is told before what has more bits than it, up to so many times, if it leaves no more over.
const NEARLY: f64 = 2.0;

/// What has so many times fewer bits than the best is no alternative.
const OUTDONE: f64 = 16.0;

/// So many bytes of a head that a rule checks are more than a number that is small by chance.
const SENSITIVE_MIN: f64 = 4.0;

/// Rules that cut alike and are named beside the one that is told.
const ALIKE_MAX: usize = 4;

/// A rule that fits, and why.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The rule.
    pub cut: Cut,
    /// How many whole messages it makes of the bytes.
    pub messages: u64,
    /// The share of the bytes that these hold, 0 to 1.
    pub share: f64,
    /// How unlikely that is by chance: once in two to this power.
    pub bits: f64,
    /// The same in words.
    pub evidence: String,
    /// The words of other rules that cut these bytes alike.
    pub alike: Vec<String>,
}

/// A guess being made. The same bytes give the same ranking, whatever the slices.
#[derive(Debug)]
pub struct Guess {
    subject: Subject,
    surprise: Surprise,
    candidates: Candidates,
    /// What fitted so far, in the order of the candidates.
    fitting: Vec<Fit>,
    /// Of the rules that did not fit, the one with the most messages before it broke.
    runner_up: Option<(u64, String)>,
    ranking: Option<Vec<Verdict>>,
}

/// A candidate that fits, with what speaks for it.
#[derive(Debug)]
struct Fit {
    candidate: Candidate,
    found: Found,
    weight: Weight,
    is_dissected: bool,
    rank: Rank,
}

/// What is told first of rules that cut alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// A protocol that refuses most other bytes.
    Protocol,
    /// A rule without parameters.
    Name,
    /// A rule whose parameters were sought.
    Sought,
    /// A rule with a name that says no more of the bytes than how long messages are, or makes other bytes of a text.
    Perhaps,
}

impl Guess {
    /// About the first bytes of a direction. `ends` are the offsets behind each read or datagram, ascending: hints
    /// where messages may end, and where `sight` says datagrams, where each is cut alone.
    #[must_use]
    pub fn new(bytes: &[u8], ends: &[u64], sight: Sight) -> Self {
        let subject = Subject::new(bytes, ends, sight);
        Self {
            surprise: Surprise::new(subject.bytes()),
            candidates: Candidates::new(&subject),
            subject,
            fitting: Vec::new(),
            runner_up: None,
            ranking: None,
        }
    }

    /// Goes on for about so many bytes of work. Returns whether there is more to do.
    pub fn step(&mut self, budget_bytes: usize) -> bool {
        let mut left = budget_bytes;
        while left > 0 {
            let Some(candidate) = self.candidates.next() else {
                self.ranking.get_or_insert_with(|| {
                    let fitting = std::mem::take(&mut self.fitting);
                    rank(&self.subject, fitting, self.runner_up.as_ref())
                });
                return false;
            };
            left = left.saturating_sub(self.consider(candidate));
        }
        true
    }

    /// How much is done, from 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        self.candidates.progress()
    }

    /// The rules that convince, the most convincing first; none before all is done.
    #[must_use]
    pub fn ranking(&self) -> &[Verdict] {
        self.ranking.as_deref().unwrap_or_default()
    }

    /// Why there is none.
    #[must_use]
    pub fn why_none(&self) -> String {
        let best = self
            .runner_up
            .as_ref()
            .filter(|(count, _)| *count >= MESSAGES_MIN);
        match best {
            _ if self.subject.bytes().is_empty() => "there are no bytes".to_owned(),
            None => format!("no framing finds {MESSAGES_MIN} messages, and fewer say nothing"),
            Some((count, words)) => format!(
                "no framing fits more than by chance; the longest run is `{words}` with {count} messages"
            ),
        }
    }

    /// Tries a candidate; returns what it cost.
    fn consider(&mut self, candidate: Candidate) -> usize {
        let (found, mut cost) = self.subject.run(&candidate.cut);
        let total = if found.is_enough {
            found.end
        } else {
            self.subject.bytes().len() as u64
        };
        let left = total.saturating_sub(found.held);
        // Zeros are many empty messages, of any length; a protocol may well have some.
        let hollow = match candidate.is_named {
            true if found.is_delimited() => 0,
            true => found.bare,
            false => found.empty,
        };
        let most = if candidate.is_named {
            found.messages / 3
        } else {
            found.messages.div_ceil(2)
        };
        let is_hollow = hollow > 0 && hollow >= most;
        let fits = !found.is_bad
            && found.messages >= MESSAGES_MIN
            && !is_hollow
            && left <= found.longest.max(total / 5);
        if !fits {
            if !found.is_delimited() {
                self.run_up(found.messages, &candidate.cut);
            }
            return cost;
        }
        let (elsewhere, more) = self.subject.elsewhere(&candidate.cut, &found);
        cost += more;
        let mut weight = self
            .surprise
            .weigh(&self.subject, &candidate, &found, elsewhere);
        if weight.bits() < CONVINCING_BITS {
            return cost;
        }
        let (sensitive, more) = self.subject.sensitive(&candidate.cut, &found);
        cost += more;
        weight.elsewhere.sensitive = sensitive;
        let is_asked = candidate.is_named && weight.is_telling;
        let is_dissected = is_asked && {
            cost += self.subject.bytes().len();
            self.subject.is_dissected(&candidate.cut, &found)
        };
        self.fitting.push(Fit {
            candidate,
            found,
            weight,
            is_dissected,
            rank: Rank::Sought,
        });
        cost
    }

    fn run_up(&mut self, messages: u64, cut: &Cut) {
        let best = self.runner_up.as_ref().map_or(0, |(most, _)| *most);
        if messages > best {
            self.runner_up = Some((messages, cut.words()));
        }
    }
}

/// Those that convince, one for each way to cut the bytes.
fn rank(
    subject: &Subject,
    mut fitting: Vec<Fit>,
    runner_up: Option<&(u64, String)>,
) -> Vec<Verdict> {
    fitting.sort_by_key(|fit| (fit.found.digest, fit.candidate.order));
    let alike = fitting.chunk_by_mut(|a, b| a.found.digest == b.found.digest);
    for group in alike {
        settle(group);
    }
    // All that cut alike stand together, the one to tell of them first.
    fitting.sort_by_key(|fit| {
        // The widest number that is checked whole holds the zeros that belong to it.
        let checked = fit.weight.elsewhere.checked_bytes();
        let wide = (fit.rank == Rank::Sought).then_some(std::cmp::Reverse(checked));
        // A rule that takes in another, as databases do TLS, is told behind that.
        let takes_in = fit.candidate.cut.rule.is_two_sided();
        let order = fit.candidate.order;
        (fit.found.digest, fit.rank, takes_in, wide, order)
    });
    let mut groups: Vec<(Fit, Vec<String>)> = Vec::new();
    for fit in fitting {
        match groups.last_mut() {
            Some((first, alike)) if first.found.digest == fit.found.digest => {
                if alike.len() < ALIKE_MAX {
                    alike.push(fit.candidate.cut.words());
                }
            }
            _ => groups.push((fit, Vec::new())),
        }
    }
    let reads = subject.ends().len() as u64;
    let best = groups.iter().map(|(fit, _)| fit);
    let best = best.max_by(|a, b| a.weight.bits().total_cmp(&b.weight.bits()));
    let (best, held) = best.map_or((0.0, 0), |fit| (fit.weight.bits(), fit.found.held));
    let least = CONVINCING_BITS.max(best / OUTDONE);
    groups.retain(|(fit, _)| {
        let is_protocol = fit.rank == Rank::Protocol && fit.weight.bits() >= CONVINCING_BITS;
        is_protocol || fit.weight.bits() >= least
    });
    groups.sort_by(|(a, _), (b, _)| {
        let by_bits = b.weight.bits().total_cmp(&a.weight.bits());
        let near = best / NEARLY;
        let is_protocol = |fit: &Fit| {
            let is_near = fit.weight.bits() >= near && fit.found.held >= held;
            fit.rank == Rank::Protocol && is_near
        };
        // What ends where every read does is not outdone by what is alike inside of messages.
        let ends_all = |fit: &Fit| fit.found.hits > 1 && fit.found.hits == reads;
        let by_ends = ends_all(b).cmp(&ends_all(a));
        by_ends
            .then(is_protocol(b).cmp(&is_protocol(a)))
            .then(by_bits)
    });
    let next: Vec<_> = groups
        .iter()
        .skip(1)
        .map(|(fit, _)| (fit.found.messages, fit.candidate.cut.words()))
        .collect();
    let groups = groups.into_iter().enumerate();
    groups
        .map(|(at, (fit, alike))| {
            let next = next.get(at).or(runner_up);
            fit.verdict(subject, alike, next)
        })
        .collect()
}

/// Ranks what cuts alike. A protocol is told before a length only if it says more of the bytes than that.
fn settle(group: &mut [Fit]) {
    let sought = group.iter().filter(|fit| !fit.candidate.is_named);
    let plain = sought.clone().map(|fit| fit.weight.elsewhere.sensitive);
    let plain = plain.fold(0.0, f64::max);
    let text = sought.map(|fit| fit.weight.text).fold(0.0, f64::max);
    for fit in group {
        let Weight {
            is_telling,
            elsewhere,
            ..
        } = fit.weight;
        let says_more =
            elsewhere.sensitive > plain || elsewhere.sensitive >= SENSITIVE_MIN || fit.is_dissected;
        fit.rank = match fit.candidate.is_named {
            true if is_telling && says_more => Rank::Protocol,
            true if is_telling || fit.weight.text < text => Rank::Perhaps,
            true => Rank::Name,
            false => Rank::Sought,
        };
    }
}

impl Fit {
    fn verdict(
        self,
        subject: &Subject,
        alike: Vec<String>,
        next: Option<&(u64, String)>,
    ) -> Verdict {
        let total = subject.bytes().len().max(1);
        Verdict {
            evidence: evidence::in_words(subject, &self.found, &self.weight, &alike, next),
            messages: self.found.messages,
            share: evidence::ratio(self.found.held, total as u64),
            bits: self.weight.bits(),
            cut: self.candidate.cut,
            alike,
        }
    }
}

#[cfg(test)]
mod tests;
