//! What may follow a prefix: a box with the keys and their words, which comes only to who hesitates. The first key is
//! kept here; what it types is the table's matter.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Ui;
use super::ink::{self, Pen};
use super::pane::Scene;
use super::theme::Role;
use crate::escape;
use crate::keymap::{Act, Binding, Choice, Then};
use crate::session::Session;

/// How long somebody may know the second key without being told.
const HESITATES: Duration = Duration::from_millis(400);

/// The most marks that are listed.
const MARKS_MAX: usize = 60;

/// A prefix that was pressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    binding: &'static Binding,
    since: Duration,
}

impl Pending {
    pub(super) fn new(binding: &'static Binding, now: Duration) -> Self {
        Self {
            binding,
            since: now,
        }
    }

    /// When the box comes.
    pub(super) fn shows_at(&self) -> Duration {
        self.since + HESITATES
    }
}

impl Ui {
    /// The key behind a prefix: the line that both type, or why there is none.
    pub(super) fn continue_prefix(
        &mut self,
        pending: Pending,
        key: &KeyEvent,
        now: Duration,
    ) -> Vec<String> {
        let Act::Prefix(line, then) = pending.binding.act else {
            return Vec::new();
        };
        let typed = match key.code {
            KeyCode::Esc => {
                self.notice = None;
                return Vec::new();
            }
            KeyCode::Char(c) if (key.modifiers - KeyModifiers::SHIFT).is_empty() => Some(c),
            _ => None,
        };
        let word = typed.and_then(|c| match then {
            Then::Letter => c.is_ascii_alphabetic().then(|| c.to_string()),
            Then::Choices(choices) => choices
                .iter()
                .find(|Choice(key, _)| key.chars().eq([c]))
                .map(|Choice(_, word)| (*word).to_owned()),
        });
        if let Some(word) = word {
            return vec![format!("{line}{word}")];
        }
        let fits = match then {
            Then::Letter => self.locale.say("notice.which-letters").to_owned(),
            Then::Choices(choices) => choices
                .iter()
                .map(|Choice(key, _)| *key)
                .collect::<Vec<_>>()
                .join(" "),
        };
        let first = pending.binding.keys.first().unwrap_or(&"");
        let sentence = self.locale.fill("notice.which-wrong", &[first, &fits]);
        self.notify(&sentence, now);
        Vec::new()
    }
}

/// Draws the box at the bottom of an area, once it is due.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let pending = scene.ui.hands.pending;
    let Some(pending) = pending.filter(|pending| scene.now >= pending.shows_at()) else {
        return;
    };
    let Act::Prefix(line, then) = pending.binding.act else {
        return;
    };
    let entries = match then {
        Then::Letter => marks(scene.session),
        Then::Choices(choices) => choices
            .iter()
            .map(|Choice(key, word)| {
                let sentence = format!("keys.{}-{word}", pending.binding.slug);
                ((*key).to_owned(), scene.ui.locale.say(&sentence).to_owned())
            })
            .collect(),
    };
    let width = |(key, word): &(String, String)| escape::width(key) + escape::width(word) + 5;
    let wide = entries.iter().map(width).max().unwrap_or(1).max(1);
    let columns = (usize::from(area.width.saturating_sub(1)) / wide).max(1);
    // At least one row: without an entry there is a sentence.
    let rows = entries.len().div_ceil(columns).max(1);
    let height = u16::try_from(rows + 1).unwrap_or(u16::MAX).min(area.height);
    let place = Rect {
        y: area.bottom() - height,
        height,
        ..area
    };
    let look = scene.look();
    let first = pending.binding.keys.first().unwrap_or(&"");
    let title = format!("{first}  {}", line.trim_end());
    let leave = scene.say("notice.which-leave");
    clear(buf, place);
    ink::rule(buf, Rect { height: 1, ..place }, &title, leave, true, look);
    if entries.is_empty() {
        let sentence = format!("help.{}", pending.binding.slug);
        Pen::new(buf, place, 1, look)
            .skip(2)
            .put(scene.ui.locale.say(&sentence), Role::Text);
    }
    for (at, (key, word)) in entries.iter().enumerate() {
        // Down first, then to the right, as people read a list.
        let (row, column) = (at % rows + 1, at / rows * wide + 2);
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        Pen::new(buf, place, row, look)
            .to(u16::try_from(column).unwrap_or(u16::MAX))
            .put(key, Role::Strong)
            .skip(1)
            .put(word, Role::Text);
    }
}

/// Takes away what was drawn in an area, its colours included.
pub(super) fn clear(buf: &mut Buffer, area: Rect) {
    let area = area.intersection(buf.area);
    for place in area.positions() {
        if let Some(cell) = buf.cell_mut(place) {
            cell.reset();
        }
    }
}

/// The marks that a letter names, with their events.
fn marks(session: &Session) -> Vec<(String, String)> {
    let marks = session.marks().iter();
    marks
        .filter(|(name, _)| name.chars().count() == 1)
        .take(MARKS_MAX)
        .map(|(name, seq)| (name.clone(), format!("#{seq}")))
        .collect()
}
