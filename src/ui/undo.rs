//! What can be taken back: what was composed, the filter, the arrangement, a new mark. A burst of typing is one change.
//! What went over the wire cannot be taken back.

use std::collections::VecDeque;
use std::time::Duration;

use super::Ui;
use super::composer::Draft;
use super::layout::Arrangement;
use crate::event::{ConnId, Dir, What};
use crate::session::Session;

/// The most changes that are kept.
const CHANGES_MAX: usize = 100;

/// The most bytes of text that they hold.
const CHANGES_MAX_BYTES: usize = 8 << 20;

/// A pause that ends a burst of typing.
const PAUSE: Duration = Duration::from_secs(1);

/// A part of the screen as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What was composed.
    Composer(Draft),
    /// The filter of the table of sockets.
    Filter(String),
    /// How the panes stand.
    Arrangement(Arrangement),
    /// The rules that cut a direction, and their first bytes.
    Framing(ConnId, Dir, Vec<(u64, String)>),
    /// That there was no mark of that name. It is not made again: the moment that it named has passed.
    Unmarked(String),
}

/// What is to happen in the log so that a change is taken back.
pub type Undone = Vec<(Option<ConnId>, What)>;

/// Parts as they were before changes, the newest last.
#[derive(Debug, Default)]
pub(super) struct Undo {
    done: VecDeque<Part>,
    undone: Vec<Part>,
    /// When the last key was typed, and whether into the composer: it and the next are one change.
    typed: Option<(bool, Duration)>,
}

impl Part {
    fn size(&self) -> usize {
        match self {
            Self::Composer(draft) => draft.size(),
            Self::Filter(text) | Self::Unmarked(text) => text.len(),
            Self::Framing(_, _, rules) => rules.iter().map(|(_, rule)| rule.len()).sum(),
            Self::Arrangement(_) => 0,
        }
    }
}

impl Part {
    fn framing(conn: ConnId, dir: Dir, session: &Session) -> Self {
        let lane = session.lane(conn, dir);
        let rules = lane.map_or(Vec::new(), |lane| lane.framings().collect());
        Self::Framing(conn, dir, rules)
    }

    /// The events that put the rules of a direction back.
    fn framed(self) -> Undone {
        let Self::Framing(conn, dir, rules) = self else {
            return Vec::new();
        };
        let framed = |(from, rule)| (Some(conn), What::Framed { dir, rule, from });
        rules.into_iter().map(framed).collect()
    }
}

impl Undo {
    /// Keeps a part that is about to change.
    pub(super) fn keep(&mut self, part: Part) {
        self.typed = None;
        self.undone.clear();
        self.push(part);
    }

    /// Whether a key typed now begins a change of its own: then its part is to be kept.
    fn begins(&mut self, is_composer: bool, now: Duration) -> bool {
        let last = self.typed.replace((is_composer, now));
        !last.is_some_and(|(same, at)| same == is_composer && now < at + PAUSE)
    }

    fn push(&mut self, part: Part) {
        self.done.push_back(part);
        let size = |parts: &VecDeque<Part>| parts.iter().map(Part::size).sum::<usize>();
        while self.done.len() > CHANGES_MAX
            || self.done.len() > 1 && size(&self.done) > CHANGES_MAX_BYTES
        {
            self.done.pop_front();
        }
    }
}

impl Ui {
    /// The composer is about to change as a whole: a paste, another way of typing, its end.
    pub(super) fn keep_composer(&mut self) {
        self.hands.undo.keep(Part::Composer(self.composer.draft()));
    }

    /// What was composed has been sent: it can be had back, the bytes cannot.
    pub(super) fn keep_sent(&mut self, draft: Draft) {
        self.hands.undo.keep(Part::Composer(draft));
    }

    /// The filter is about to change as a whole.
    pub(super) fn keep_filter(&mut self) {
        let text = self.filter.text().to_owned();
        self.hands.undo.keep(Part::Filter(text));
    }

    /// The arrangement of the panes is about to change.
    pub(super) fn keep_arrangement(&mut self) {
        let present = self.arrangement.clone();
        self.hands.undo.keep(Part::Arrangement(present));
    }

    /// A key is about to be typed into the composer, or else into the filter.
    pub(super) fn keep_typing(&mut self, is_composer: bool, now: Duration) {
        if !self.hands.undo.begins(is_composer, now) {
            return;
        }
        if is_composer {
            self.keep_composer();
        } else {
            self.keep_filter();
        }
        self.hands.undo.typed = Some((is_composer, now));
    }

    /// A mark of that name is about to be made where there is none.
    pub fn keep_unmarked(&mut self, name: &str) {
        self.hands.undo.keep(Part::Unmarked(name.to_owned()));
    }

    /// The rules of directions are about to change.
    pub fn keep_framing(&mut self, conn: ConnId, dirs: &[Dir], session: &Session) {
        for dir in dirs {
            self.hands.undo.keep(Part::framing(conn, *dir, session));
        }
    }

    /// Takes the last change back, or makes it again. Marks and framings are the log's: what is to happen with them is
    /// returned, for the caller to do it.
    ///
    /// # Errors
    ///
    /// That there is none.
    pub fn undo(&mut self, again: bool, session: &Session) -> Result<Undone, String> {
        self.hands.undo.typed = None;
        loop {
            let undo = &mut self.hands.undo;
            let part = if again {
                undo.undone.pop()
            } else {
                undo.done.pop_back()
            };
            let Some(part) = part else {
                let key = if again {
                    "notice.nothing-undone"
                } else {
                    "notice.nothing-done"
                };
                return Err(self.locale.say(key).to_owned());
            };
            if let Part::Unmarked(name) = part {
                if session.marks().contains_key(&name) {
                    return Ok(vec![(None, What::Unmarked(name))]);
                }
                continue;
            }
            let present = self.exchange(&part, session);
            let is_change = present != part;
            if is_change && again {
                self.hands.undo.push(present);
            } else if is_change {
                self.hands.undo.undone.push(present);
            }
            // What was changed back by hand meanwhile is no change.
            if is_change {
                return Ok(part.framed());
            }
        }
    }

    /// Puts a part in its place; what stood there.
    fn exchange(&mut self, part: &Part, session: &Session) -> Part {
        match part {
            Part::Composer(draft) => {
                let present = self.composer.draft();
                self.composer.restore(draft, session, self.focus);
                Part::Composer(present)
            }
            Part::Filter(text) => {
                let present = self.filter.text().to_owned();
                self.filter.set(text);
                self.sift(session);
                Part::Filter(present)
            }
            Part::Arrangement(kept) => {
                let present = std::mem::replace(&mut self.arrangement, kept.clone());
                Part::Arrangement(present)
            }
            Part::Framing(conn, dir, _) => Part::framing(*conn, *dir, session),
            // The log's, not the screen's.
            Part::Unmarked(name) => Part::Unmarked(name.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ui() -> (Ui, Session) {
        (Ui::default(), Session::new(1 << 20, None))
    }

    fn typed(ui: &mut Ui, session: &Session, text: &str, at: u64) {
        ui.keep_typing(true, Duration::from_millis(at));
        ui.composer.editor.insert(text);
        ui.composer.read(session, None);
    }

    #[test]
    fn a_burst_is_one_change_and_comes_back() {
        let (mut ui, session) = ui();
        for (text, at) in [("a", 0), ("b", 900), ("c", 1800), ("d", 2900)] {
            typed(&mut ui, &session, text, at);
        }
        let mut seen = Vec::new();
        for again in [false, false, false, true, true, true] {
            let moved = ui.undo(again, &session).is_ok();
            seen.push((moved, ui.composer.editor.text().to_owned()));
        }
        let expected = [
            (true, "abc"),
            (true, ""),
            (false, ""),
            (true, "abc"),
            (true, "abcd"),
            (false, "abcd"),
        ];
        assert_eq!(seen, expected.map(|(moved, text)| (moved, text.to_owned())));
    }

    #[test]
    fn another_change_ends_what_could_be_made_again() {
        let (mut ui, session) = ui();
        typed(&mut ui, &session, "a", 0);
        ui.keep_arrangement();
        ui.arrangement.zoom = true;
        assert_eq!(ui.undo(false, &session), Ok(Vec::new()));
        assert!(!ui.arrangement.zoom);
        assert_eq!(ui.undo(false, &session), Ok(Vec::new()));
        assert_eq!(ui.composer.editor.text(), "");
        typed(&mut ui, &session, "b", 5000);
        assert!(ui.undo(true, &session).is_err());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (mut ui, _) = ui();
        for _ in 0..300 {
            ui.keep_arrangement();
        }
        assert_eq!(ui.hands.undo.done.len(), CHANGES_MAX);
        for _ in 0..10 {
            ui.hands.undo.keep(Part::Filter("x".repeat(1 << 20)));
        }
        assert_eq!(ui.hands.undo.done.len(), 8);
    }
}
