//! What is said over the panes for a while: one line, or the three of an error card. Never a question that blocks.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::cards;
use super::ink::{Pen, wrap};
use super::theme::{Look, Role};
use super::which::clear;
use crate::escape;

/// How long a line stays.
const LINE_STAYS: Duration = Duration::from_secs(5);

/// The most lines that a sentence takes; what is longer ends in an ellipsis.
const LINES_MAX: usize = 3;

/// How long a card stays.
const CARD_STAYS: Duration = Duration::from_secs(20);

/// Something said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    lines: Vec<String>,
    until: Duration,
    /// The event that a card tells of.
    event: Option<u64>,
}

impl Notice {
    /// One line.
    pub(super) fn line(text: &str, now: Duration) -> Self {
        Self {
            lines: vec![escape::clean(text).into_owned()],
            until: now + LINE_STAYS,
            event: None,
        }
    }

    /// The three lines of the error that an event is: its name, what happened, what to try.
    pub(super) fn card(lines: &[String; 3], event: u64, now: Duration) -> Self {
        Self {
            lines: lines
                .iter()
                .map(|line| escape::clean(line).into_owned())
                .collect(),
            until: now + CARD_STAYS,
            event: Some(event),
        }
    }

    pub(super) fn is_card(&self) -> bool {
        self.event.is_some()
    }

    /// The event that it tells of, if it is a card.
    pub(super) fn event(&self) -> Option<u64> {
        self.event
    }

    /// One line of it, where no screen shows it; a card tells of an event, which is told itself.
    pub(super) fn sentence(self) -> Option<String> {
        if self.is_card() {
            return None;
        }
        self.lines.into_iter().next()
    }

    /// When it goes by itself.
    pub(super) fn until(&self) -> Duration {
        self.until
    }

    /// Its lines for so many columns; a sentence that is longer goes on below, a little to the right.
    fn wrapped(&self, columns: u16) -> Vec<String> {
        let room = usize::from(columns).saturating_sub(6);
        let wrapped = self.lines.iter().map(|line| wrap(line, room, LINES_MAX));
        let indented = wrapped.flat_map(|parts| {
            let parts = parts.into_iter().enumerate();
            parts.map(|(at, part)| if at == 0 { part } else { format!("    {part}") })
        });
        indented.collect()
    }

    /// Draws it at the bottom of an area, or above the line of the cursor.
    pub(super) fn render(&self, area: Rect, buf: &mut Buffer, look: Look) {
        let lines = self.wrapped(area.width);
        let rows = u16::try_from(lines.len()).unwrap_or(1);
        let area = cards::place(buf, area, rows);
        clear(buf, area);
        for (row, line) in (0..area.height).zip(&lines) {
            let role = if row == 0 { Role::Error } else { Role::Text };
            let mut pen = Pen::new(buf, area, row, look);
            pen.put(" ", role).put(line, role);
            if self.is_card() && row == 0 {
                let wide = pen.column();
                pen.to(wide).fill(' ', role);
                Pen::new(buf, area, row, look).to(wide).right(" Esc ", role);
            } else {
                pen.fill(' ', role);
            }
        }
    }
}
