//! Commands that are carried out again and again: when each is due. It carries none out itself, and holds one back
//! while the socket that it is about has more to do than it can.

use std::time::Duration;

use super::App;
use crate::event::{Actor, ConnId};
use crate::locale::Locale;

/// Repetitions under way.
const REPEATS_MAX: usize = 16;

/// What may wait to be sent before a repetition is held back: the outbox of a socket (DESIGN.md, Limits).
const QUEUED_MAX_BYTES: u64 = 1 << 20;

/// Calls of a socket that may wait before a repetition is held back.
const PENDING_MAX: usize = 64;

/// A repetition.
#[derive(Debug)]
pub(super) struct Repeat {
    number: u64,
    by: Actor,
    line: String,
    times: u32,
    done: u32,
    every: Duration,
    due: Duration,
}

/// One command that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Of which repetition, for [`App::end_repeat`].
    pub number: u64,
    /// Who asked for it.
    pub by: Actor,
    /// The command.
    pub line: String,
}

impl App {
    /// Begins a repetition; its first command is due at once.
    pub(super) fn begin_repeat(
        &mut self,
        by: Actor,
        (times, every, line): (u32, Duration, String),
        now: Duration,
    ) -> Result<(), String> {
        if self.repeats.len() >= REPEATS_MAX {
            return Err(format!(
                "{REPEATS_MAX} repetitions run already: `cancel` ends them"
            ));
        }
        let number = self.repeats.last().map_or(0, |last| last.number + 1);
        self.repeats.push(Repeat {
            number,
            by,
            line,
            times,
            done: 0,
            every,
            due: now,
        });
        Ok(())
    }

    /// The command that is due first, if one is; it counts as carried out.
    pub fn due(&mut self, now: Duration) -> Option<Due> {
        let ready = self.repeats.iter().enumerate();
        let ready = ready.filter(|(_, repeat)| repeat.due <= now && !self.is_held_back(repeat));
        let (at, _) = ready.min_by_key(|(_, repeat)| repeat.due)?;
        let repeat = self.repeats.get_mut(at)?;
        repeat.done += 1;
        // One that is late is made up for once, not as often as it was missed.
        repeat.due = (repeat.due + repeat.every).max(now);
        let due = Due {
            number: repeat.number,
            by: repeat.by,
            line: repeat.line.clone(),
        };
        if repeat.done == repeat.times {
            self.repeats.remove(at);
        }
        Some(due)
    }

    /// A command of the script is repeated, or bytes of it are to be sent. One that does too much ends here.
    pub fn spend(&mut self, steps: u64, bytes: u64) {
        let spent = self
            .script
            .as_mut()
            .map(|script| script.spend(steps, bytes));
        if let Some(Err(failure)) = spent {
            self.end_script(Err(failure));
        }
    }

    /// When the next command is due. One that is held back waits for an event.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        let ready = self.repeats.iter().filter(|it| !self.is_held_back(it));
        let due = ready.map(|repeat| repeat.due);
        due.chain(self.flush_due()).min()
    }

    /// Ends a repetition of which nothing came.
    pub fn end_repeat(&mut self, number: u64) {
        self.repeats.retain(|repeat| repeat.number != number);
    }

    /// Ends all repetitions, or those of somebody; whether there were some.
    pub(super) fn end_repeats(&mut self, by: Option<Actor>) -> bool {
        let before = self.repeats.len();
        let stays = |repeat: &Repeat| by.is_some_and(|by| by != repeat.by);
        self.repeats.retain(stays);
        self.repeats.len() < before
    }

    /// How far they are.
    pub(super) fn repeat_progress(&self, locale: &Locale) -> Option<String> {
        let (first, others) = self.repeats.split_first()?;
        Some(if others.is_empty() {
            locale.fill("select.repeating", &[&first.done, &first.times])
        } else {
            locale.fill("select.repeating-all", &[&self.repeats.len()])
        })
    }

    /// Whether a line of the script is not done before these are.
    pub(super) fn is_script_repeating(&self) -> bool {
        self.repeats.iter().any(|repeat| repeat.by == Actor::Script)
    }

    fn is_held_back(&self, repeat: &Repeat) -> bool {
        let conn = self.about(repeat).and_then(|conn| self.session.conn(conn));
        conn.is_some_and(|conn| {
            conn.queued + conn.staged >= QUEUED_MAX_BYTES || conn.pending.len() >= PENDING_MAX
        })
    }

    /// The socket that a command is about.
    fn about(&self, repeat: &Repeat) -> Option<ConnId> {
        let first = repeat.line.split_whitespace().next()?;
        match first.strip_prefix('@') {
            Some(name) => self.session.named(name),
            None => self.focused_by(repeat.by),
        }
    }
}
