//! Movements of the cursor by name, and what they mean in a list of rows. What a row is, the pane knows.

use ratatui::layout::Rect;

use super::Ui;
use super::overlay::TABLE;
use super::pane::{CONNECTIONS, PANES};
use crate::session::Session;

/// A movement of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One to the left.
    Left,
    /// One to the right.
    Right,
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// To the start of the row.
    Start,
    /// To the end of the row.
    End,
    /// To the first row.
    First,
    /// To the newest, and follow it.
    Last,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the message before.
    Previous,
    /// To the next message.
    Next,
}

/// Words of `move`.
const WORDS: &[(&str, Motion)] = &[
    ("left", Motion::Left),
    ("right", Motion::Right),
    ("up", Motion::Up),
    ("down", Motion::Down),
    ("start", Motion::Start),
    ("end", Motion::End),
    ("first", Motion::First),
    ("last", Motion::Last),
    ("half-up", Motion::HalfUp),
    ("half-down", Motion::HalfDown),
    ("page-up", Motion::PageUp),
    ("page-down", Motion::PageDown),
    ("previous", Motion::Previous),
    ("next", Motion::Next),
];

impl Motion {
    /// The movement of that name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, motion)| *motion)
    }

    /// Every name.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _)| *word)
    }

    /// Where it leads from a row of `rows` rows, of which `page` are in view.
    #[must_use]
    pub fn step(self, row: u64, rows: u64, page: u16) -> u64 {
        let page = u64::from(page.max(1));
        let to = match self {
            Self::Up | Self::Left | Self::Previous => row.saturating_sub(1),
            Self::Down | Self::Right | Self::Next => row.saturating_add(1),
            Self::Start | Self::First => 0,
            Self::End | Self::Last => u64::MAX,
            Self::HalfUp => row.saturating_sub(page.div_ceil(2)),
            Self::HalfDown => row.saturating_add(page.div_ceil(2)),
            Self::PageUp => row.saturating_sub(page),
            Self::PageDown => row.saturating_add(page),
        };
        to.min(rows.saturating_sub(1))
    }
}

impl Ui {
    /// Moves the cursor of the pane that the keys go to.
    pub(super) fn go(&mut self, motion: Motion, session: &Session) {
        if let Some(overlay) = self.over() {
            overlay.go(self, motion, session);
            return;
        }
        if self.is_first_screen(session) {
            self.go_first(motion);
            return;
        }
        self.go_in_pane(motion, session);
    }

    /// Moves the cursor of the pane, also of the one that is shown over all others.
    pub(super) fn go_in_pane(&mut self, motion: Motion, session: &Session) {
        let (pane, area) = self.pane_area(session);
        if let Some(pane) = self.pane_at(pane, session) {
            pane.go(self, session, motion, area);
        }
        self.reveal(session);
    }

    /// The pane that the keys go to, and where it stands.
    pub(super) fn pane_area(&self, session: &Session) -> (usize, Rect) {
        let areas = self.areas(session).unwrap_or_default();
        if self.is_over(TABLE) {
            return (
                CONNECTIONS,
                Rect {
                    y: areas.middle.y + 1,
                    height: areas.middle.height.saturating_sub(2),
                    ..areas.middle
                },
            );
        }
        (
            self.pane,
            areas
                .slot(self.pane)
                .map_or(Rect::new(0, 0, 80, 4), |slot| slot.body),
        )
    }

    /// Keeps what is in view where it is from now on.
    pub(super) fn stop_following(&mut self, session: &Session) {
        if !self.follow {
            return;
        }
        for slot in self.areas(session).unwrap_or_default().slots {
            let rows = PANES
                .get(slot.pane)
                .map_or(0, |pane| pane.rows(self, session, slot.body));
            let top = self.top(slot.pane, rows, slot.body.height);
            if let Some(kept) = self.tops.get_mut(slot.pane) {
                *kept = top;
            }
        }
        self.follow = false;
    }

    /// Scrolls every pane as little as brings its cursor into view.
    pub(super) fn reveal(&mut self, session: &Session) {
        let mut places: Vec<(usize, Rect)> = self
            .areas(session)
            .unwrap_or_default()
            .slots
            .iter()
            .map(|slot| (slot.pane, slot.body))
            .collect();
        if self.is_over(TABLE) {
            places.push(self.pane_area(session));
        }
        for (pane, area) in places {
            let row = self
                .pane_at(pane, session)
                .map_or(0, |it| it.row(self, session, area));
            let page = self
                .pane_at(pane, session)
                .map_or(1, |it| it.page(area).max(1));
            let page = u64::from(page);
            if let Some(top) = self.tops.get_mut(pane) {
                *top = (*top).clamp(row.saturating_sub(page - 1), row);
            }
        }
    }

    /// Scrolls a pane without moving the cursor, as a wheel does.
    pub(super) fn scroll(&mut self, pane: usize, area: Rect, rows: i64, session: &Session) {
        self.stop_following(session);
        let count = self
            .pane_at(pane, session)
            .map_or(0, |it| it.rows(self, session, area));
        let page = self.pane_at(pane, session).map_or(1, |it| it.page(area));
        if let Some(top) = self.tops.get_mut(pane) {
            *top = top
                .saturating_add_signed(rows)
                .min(count.saturating_sub(u64::from(page)));
        }
    }
}
