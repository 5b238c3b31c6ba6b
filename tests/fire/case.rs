//! One run under fire: what a seed decides, less what was taken away to see whether it still fails. A case is one line
//! of text, by which it is run again.

use std::fmt;

use super::kernel::mood::{COUNT, Moods};

/// How many deeds a run has.
const DEEDS: u32 = 140;

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) seed: u64,
    /// Moods that it does not have, a bit each.
    pub(crate) without: u64,
    /// Which of its deeds are done, in order.
    pub(crate) deeds: Vec<u32>,
}

impl Case {
    /// All that a seed decides.
    pub(crate) fn whole(seed: u64) -> Self {
        Self {
            seed,
            without: 0,
            deeds: (0..DEEDS).collect(),
        }
    }

    /// Reads a line as it is printed: `seed 7`, `seed 7 without Reset,Lost deeds 0-12,15`.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let mut case = None;
        while let (Some(what), Some(value)) = (words.next(), words.next()) {
            match (what, &mut case) {
                ("seed", None) => case = Some(Self::whole(value.parse().ok()?)),
                ("without", Some(case)) => {
                    for name in value.split(',') {
                        let at = Moods::names().iter().position(|known| known == name)?;
                        case.without |= 1 << at;
                    }
                }
                ("deeds", Some(case)) => case.deeds = deeds(value)?,
                _ => return None,
            }
        }
        case
    }

    /// Simpler cases, the simplest first.
    pub(crate) fn simpler(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let count = self.deeds.len();
        let mut part = count.div_ceil(2).max(1);
        while part > 0 && count > 0 {
            for start in (0..count).step_by(part) {
                let mut case = self.clone();
                case.deeds.drain(start..(start + part).min(count));
                all.push(case);
            }
            part /= 2;
        }
        for at in (0..COUNT).filter(|at| self.without >> at & 1 == 0) {
            all.push(Self {
                without: self.without | 1 << at,
                ..self.clone()
            });
        }
        all
    }
}

impl fmt::Display for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "seed {}", self.seed)?;
        if self.without != 0 {
            let names = Moods::names();
            let names = names.iter().enumerate();
            let names: Vec<_> = names
                .filter(|(at, _)| self.without >> at & 1 == 1)
                .map(|(_, name)| name.as_str())
                .collect();
            write!(out, " without {}", names.join(","))?;
        }
        if self.deeds.len() < DEEDS as usize {
            write!(out, " deeds {}", ranges(&self.deeds))?;
        }
        Ok(())
    }
}

fn deeds(text: &str) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    for part in text.split(',').filter(|part| *part != "none") {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        all.extend(first.parse::<u32>().ok()?..=last.parse().ok()?);
    }
    Some(all)
}

fn ranges(deeds: &[u32]) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for deed in deeds {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *deed => *last = *deed,
            _ => parts.push((*deed, *deed)),
        }
    }
    if parts.is_empty() {
        return "none".to_owned();
    }
    let text = |(first, last): &(u32, u32)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    };
    parts.iter().map(text).collect::<Vec<_>>().join(",")
}

#[test]
fn a_case_is_a_line_and_back() {
    for line in [
        "seed 7",
        "seed 7 without PartSent,Reset",
        "seed 9 deeds 0-3,7,9-10",
        "seed 1 without Lost deeds none",
    ] {
        assert_eq!(Case::parse(line).unwrap().to_string(), line);
    }
    assert_eq!(Case::parse("seed 7 without Nothing"), None);
    assert_eq!(Case::parse("seed x"), None);
}
