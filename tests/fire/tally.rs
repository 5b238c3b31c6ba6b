//! What was seen: events, and how often each thing went wrong.

use std::fmt;

use super::kernel::mood::{COUNT, Moods};
use super::play::Played;

/// Sums over runs.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) runs: u64,
    pub(crate) events: u64,
    pub(crate) calls: u64,
    counts: [u64; COUNT],
    /// What failed.
    pub(crate) wrong: Vec<String>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            runs: 0,
            events: 0,
            calls: 0,
            counts: [0; COUNT],
            wrong: Vec::new(),
        }
    }
}

impl Tally {
    pub(crate) fn add(&mut self, played: &Played) {
        self.runs += 1;
        self.events += played.events;
        self.calls += played.calls;
        for (sum, count) in self.counts.iter_mut().zip(played.counts) {
            *sum += count;
        }
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.runs += other.runs;
        self.events += other.events;
        self.calls += other.calls;
        self.wrong.extend(other.wrong);
        for (sum, count) in self.counts.iter_mut().zip(other.counts) {
            *sum += count;
        }
        self
    }

    /// What showed less often than that.
    pub(crate) fn rare(&self, least: u64) -> Vec<String> {
        let counted = Moods::names().into_iter().zip(self.counts);
        let rare = counted.filter(|(_, count)| *count < least);
        rare.map(|(name, count)| format!("{name} {count}"))
            .collect()
    }

    /// What never showed.
    pub(crate) fn never(&self) -> Vec<String> {
        self.rare(1)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{} runs, {} events, {} calls",
            self.runs, self.events, self.calls
        )?;
        for (name, count) in Moods::names().iter().zip(self.counts) {
            writeln!(out, "{count:>12} {name}")?;
        }
        Ok(())
    }
}
