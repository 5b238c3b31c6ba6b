//! The mouse: a press goes to what is under it and types what a key would; the wheel scrolls what is under it.

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::layout::Areas;
use super::pane::{CONNECTIONS, PANES};
use super::{Overlay, Typing, Ui, footer, head, help};
use crate::command::Scope;
use crate::session::Session;

/// Rows that one notch of the wheel scrolls.
const WHEEL_ROWS: i64 = 3;

impl Ui {
    pub(super) fn mouse(
        &mut self,
        mouse: MouseEvent,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        let Some(areas) = self.areas(session).filter(|_| self.look.mouse) else {
            return Vec::new();
        };
        let at = Position::new(mouse.column, mouse.row);
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                return self.press(at, &areas, session, scope, now);
            }
            MouseEventKind::ScrollUp => self.wheel(at, &areas, -WHEEL_ROWS, session),
            MouseEventKind::ScrollDown => self.wheel(at, &areas, WHEEL_ROWS, session),
            _ => {}
        }
        Vec::new()
    }

    fn press(
        &mut self,
        at: Position,
        areas: &Areas,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        if areas.footer.contains(at) {
            let hints = footer::hints(self, session);
            let pressed = footer::places(&hints, areas.footer)
                .into_iter()
                .find(|(place, _)| place.contains(at));
            return pressed.map_or(Vec::new(), |(_, hint)| {
                self.act(
                    hint.binding,
                    hint.binding.keys.first().unwrap_or(&""),
                    session,
                    scope,
                    now,
                )
            });
        }
        if areas.tabs.contains(at) {
            let tab = head::places(self, session, areas.tabs)
                .into_iter()
                .find(|(place, _)| place.contains(at));
            return tab.map_or(Vec::new(), |(_, conn)| {
                vec![format!("focus {}", session.name(conn))]
            });
        }
        if areas.line.contains(at) {
            if self.typing == Typing::Nothing && self.overlay.is_none() {
                return vec!["pane composer".to_owned()];
            }
            return Vec::new();
        }
        if let Some(overlay) = self.overlay {
            if overlay == Overlay::Connections {
                let (_, area) = self.pane_area(session);
                self.press_pane(CONNECTIONS, at, area, session);
            }
            return Vec::new();
        }
        if let Some(slot) = areas
            .slots
            .iter()
            .find(|slot| slot.rule.contains(at) || slot.body.contains(at))
        {
            self.typing = Typing::Nothing;
            self.pane = slot.pane;
            self.press_pane(slot.pane, at, slot.body, session);
        }
        Vec::new()
    }

    fn press_pane(&mut self, pane: usize, at: Position, area: Rect, session: &Session) {
        if area.contains(at)
            && let Some(it) = PANES.get(pane)
        {
            it.press(self, session, at, area);
            self.reveal(session);
        }
    }

    fn wheel(&mut self, at: Position, areas: &Areas, rows: i64, session: &Session) {
        match self.overlay {
            Some(Overlay::Help) => {
                self.help_top = self
                    .help_top
                    .saturating_add_signed(i16::try_from(rows).unwrap_or(0))
                    .min(help::scroll_max(self, session, areas.middle));
            }
            Some(Overlay::Saved) => {}
            Some(Overlay::Connections) => {
                let (pane, area) = self.pane_area(session);
                self.scroll(pane, area, rows, session);
            }
            None => {
                if let Some(slot) = areas.slots.iter().find(|slot| slot.body.contains(at)) {
                    self.scroll(slot.pane, slot.body, rows, session);
                }
            }
        }
    }
}
