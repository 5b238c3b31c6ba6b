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

    /// A line by which it is read again: `runs 7 events 12 calls 90 PartSent 3 …`.
    pub(crate) fn line(&self) -> String {
        let names = Moods::names();
        let counts = names.iter().zip(self.counts);
        let counts: Vec<_> = counts.map(|(name, n)| format!("{name} {n}")).collect();
        let (runs, events, calls) = (self.runs, self.events, self.calls);
        let counts = counts.join(" ");
        format!("runs {runs} events {events} calls {calls} {counts}")
    }

    /// Reads such a line.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut tally = Self::default();
        let names = Moods::names();
        let mut words = line.split_whitespace();
        while let (Some(name), Some(number)) = (words.next(), words.next()) {
            let number = number.parse().ok()?;
            match name {
                "runs" => tally.runs = number,
                "events" => tally.events = number,
                "calls" => tally.calls = number,
                mood => tally.counts[names.iter().position(|known| known == mood)?] = number,
            }
        }
        Some(tally)
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

#[test]
fn a_tally_is_a_line_and_back() {
    let mut tally = Tally {
        runs: 3,
        events: 4,
        calls: 5,
        ..Tally::default()
    };
    tally.counts[2] = 6;
    let line = tally.line();
    assert_eq!(Tally::parse(&line).unwrap().line(), line);
    assert!(Tally::parse("runs 3 Nothing 4").is_none());
}
