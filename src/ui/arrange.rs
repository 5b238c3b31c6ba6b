//! Panes arranged by command: gone to, hidden, shown again, in another layout. Where they then stand is the layout's.

use super::overlay::{HELP, TABLE};
use super::pane::{CONNECTIONS, PANES};
use super::{Typing, Ui, layout, stand_in};
use crate::locale::Locale;
use crate::session::Session;

impl Ui {
    /// Goes to a pane by its name, or to the `next` or `previous` one that is shown.
    pub(super) fn go_to_pane(&mut self, name: &str, session: &Session) -> Result<(), String> {
        if name == "composer" {
            self.may_compose()?;
        }
        self.typing = Typing::Nothing;
        self.overlay = None;
        match name {
            "composer" => self.typing = Typing::Composer,
            "next" | "previous" => self.pane = self.neighbour(name == "next", session),
            name => {
                let pane = named(name, &self.locale)?;
                self.arrangement.show(pane);
                if pane == CONNECTIONS && !self.has_place(pane, session) && !self.arrangement.zoom {
                    self.overlay = Some(TABLE);
                } else {
                    self.pane = pane;
                }
            }
        }
        self.reveal(session);
        Ok(())
    }

    /// Takes another layout, by its name. Returns its name in a sentence, for a person who sees no difference, too.
    pub(crate) fn arrange(&mut self, name: &str, session: &Session) -> Result<String, String> {
        let before = self.areas(session);
        self.keep_arrangement();
        self.arrangement.choose(name)?;
        if !self.has_place(self.pane, session) {
            self.pane = self.placed(session).first().copied().unwrap_or(self.pane);
        }
        self.reveal(session);
        let key = if self.areas(session) == before {
            "notice.layout-same"
        } else {
            "notice.layout"
        };
        Ok(self.locale.fill(key, &[&self.arrangement.name()]))
    }

    /// Takes a pane away that is shown.
    pub(super) fn hide(&mut self, name: &str, session: &Session) -> Result<(), String> {
        if name == "help" {
            self.overlay.take_if(|overlay| *overlay == HELP);
            return Ok(());
        }
        let pane = named(name, &self.locale)?;
        let mut placed = self.placed(session);
        if !placed.contains(&pane) {
            return Err(format!("`{name}` is not shown"));
        }
        placed.retain(|other| *other != pane);
        let Some(next) = placed.first().copied() else {
            return Err(format!("`{name}` is the last pane: it stays"));
        };
        self.keep_arrangement();
        self.arrangement.hide(pane);
        if self.pane == pane {
            self.pane = next;
        }
        self.reveal(session);
        Ok(())
    }

    /// Shows a pane that was hidden, or goes to one that has no place here: it is then shown alone.
    pub(super) fn show_pane(&mut self, name: &str) -> Result<(), String> {
        let pane =
            named(name, &self.locale).map_err(|_| self.locale.fill("notice.no-show", &[&name]))?;
        self.keep_arrangement();
        self.arrangement.show(pane);
        self.overlay = None;
        self.pane = pane;
        Ok(())
    }

    /// The panes that stand on the screen, zoomed or not.
    fn placed(&self, session: &Session) -> Vec<usize> {
        layout::placed(self.screen(), &self.arrangement, self.amount(session))
    }

    fn has_place(&self, pane: usize, session: &Session) -> bool {
        self.placed(session).contains(&pane)
    }

    /// The pane behind or before this one, of those shown; of all where one is shown at a time.
    fn neighbour(&self, is_forward: bool, session: &Session) -> usize {
        let shown = match self.placed(session) {
            panes if self.arrangement.zoom || panes.is_empty() => (0..PANES.len()).collect(),
            mut panes => {
                panes.sort_unstable();
                panes
            }
        };
        let next = if is_forward {
            shown
                .iter()
                .find(|pane| **pane > self.pane)
                .or(shown.first())
        } else {
            let before = shown.iter().rev().find(|pane| **pane < self.pane);
            before.or(shown.last())
        };
        next.copied().unwrap_or(self.pane)
    }
}

fn named(name: &str, locale: &Locale) -> Result<usize, String> {
    // What stands in for the bytes is gone to where they stand.
    let name = if stand_in::is_named(name) {
        "bytes"
    } else {
        name
    };
    let found = PANES.iter().position(|pane| pane.name() == name);
    found.ok_or_else(|| locale.fill("notice.no-pane", &[&name]))
}
