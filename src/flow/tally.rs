//! What a capture had, counted: what became conversations, and what did not, by its name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Frames in all.
    pub(super) frames: u64,
    /// Segments and datagrams that went into conversations.
    pub(super) segments: u64,
    pub(super) datagrams: u64,
    /// Conversations.
    pub(super) connections: u64,
    pub(super) exchanges: u64,
    /// Conversations that are cut as what is usually said at their port, by the framing.
    cut: BTreeMap<&'static str, u64>,
    /// What is not shown, by its name.
    others: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// One of what is not shown.
    pub(super) fn other(&mut self, name: &'static str) {
        *self.others.entry(name).or_default() += 1;
    }

    /// Many of what is not shown.
    pub(super) fn others(&mut self, name: &'static str, count: u64) {
        if count > 0 {
            *self.others.entry(name).or_default() += count;
        }
    }

    /// A conversation is cut by that framing.
    pub(super) fn cut(&mut self, rule: Option<&'static str>) {
        if let Some(rule) = rule {
            *self.cut.entry(rule).or_default() += 1;
        }
    }

    /// All of it in a sentence.
    pub(super) fn sentence(&self) -> String {
        let mut text = format!(
            "{} packets: {} of TCP in {}, {} of UDP in {}",
            self.frames,
            self.segments,
            counted(self.connections, "connection"),
            self.datagrams,
            counted(self.exchanges, "conversation"),
        );
        for (k, (rule, count)) in self.cut.iter().enumerate() {
            let before = if k == 0 {
                "; cut by their ports: "
            } else {
                ", "
            };
            // Writing to a String cannot fail.
            let _ = write!(text, "{before}{count} as {rule}");
        }
        for (k, (name, count)) in self.others.iter().enumerate() {
            let before = if k == 0 { "; not shown: " } else { ", " };
            let _ = write!(text, "{before}{count} {name}");
        }
        text
    }
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
