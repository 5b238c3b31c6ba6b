//! The mouse: a press goes to what is under it and types what a key would; the wheel scrolls what is under it.

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::desk::Drag;
use super::layout::{Areas, Axis};
use super::motion::Motion;
use super::pane::{BYTES, CODE, SEAMS};
use super::{Typing, Ui, bytes, footer, head, seams};
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
                self.desk.drag = None;
                self.hint_once("mouse.shift", now);
                return self.press(at, &areas, session, scope, now);
            }
            MouseEventKind::Drag(MouseButton::Left) => self.drag(at, &areas, session),
            MouseEventKind::Up(MouseButton::Left) => self.desk.drag = None,
            MouseEventKind::ScrollUp => self.wheel(at, &areas, -WHEEL_ROWS, session),
            MouseEventKind::ScrollDown => self.wheel(at, &areas, WHEEL_ROWS, session),
            _ => {}
        }
        Vec::new()
    }

    /// Tells a hint that was not told before, in this run or an earlier one.
    fn hint_once(&mut self, key: &str, now: Duration) {
        if self.hints_used.insert(key.to_owned()) {
            let hint = self.locale.say(key).to_owned();
            self.notify(&hint, now);
        }
    }

    /// Goes on with what the pressed button holds: the line between two panes, or a stretch of bytes.
    fn drag(&mut self, at: Position, areas: &Areas, session: &Session) {
        match self.desk.drag {
            Some(Drag::Border {
                number,
                axis,
                origin,
            }) => {
                let to = if axis == Axis::Beside { at.x } else { at.y };
                let offset = i32::from(to) - i32::from(origin);
                let offset = i16::try_from(offset).unwrap_or(0);
                self.arrangement.shift(number, offset);
                // What the panes at the line did not give way for is forgotten, or dragging back would do nothing.
                let placed = self.areas(session).and_then(|areas| {
                    let mut borders = areas.borders.into_iter();
                    borders.find(|border| border.number == number)
                });
                if let Some(border) = placed {
                    self.arrangement.shift(number, border.offset());
                }
                self.reveal(session);
            }
            Some(Drag::Bytes) => {
                let slot = areas.slot(self.pane).filter(|slot| slot.body.contains(at));
                let to = slot.and_then(|slot| match self.pane {
                    SEAMS => seams::offset_at(self, session, at, slot.body),
                    _ => bytes::offset_at(self, session, at, slot.body),
                });
                // The cursor stays on the byte that was pressed.
                if let Some(to) = to {
                    self.extend_to(to, session);
                }
            }
            None => {}
        }
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
            let hints = footer::hints(self, session, now);
            let pressed = footer::places(&hints, footer::keys_area(self, areas.footer))
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
        if let Some(overlay) = self.over() {
            overlay.press(self, at, session);
            return Vec::new();
        }
        if self.is_first_screen(session) {
            self.press_first(at, areas.middle);
            return Vec::new();
        }
        let strip = head::strip(self, session, areas.strip);
        if let Some((_, pane)) = strip.into_iter().find(|(place, _)| place.contains(at)) {
            let name = self.pane_at(pane, session).map_or("", |pane| pane.name());
            return vec![format!("pane {name}")];
        }
        self.press_middle(at, areas, session);
        Vec::new()
    }

    /// A press on a pane, or on the line between two.
    fn press_middle(&mut self, at: Position, areas: &Areas, session: &Session) {
        let border = areas
            .borders
            .iter()
            .find(|border| border.place.contains(at));
        if let Some(border) = border {
            self.desk.drag = Some(Drag::Border {
                number: border.number,
                axis: border.axis,
                origin: border.origin,
            });
        }
        if let Some(slot) = areas
            .slots
            .iter()
            .find(|slot| slot.rule.contains(at) || slot.body.contains(at))
        {
            self.typing = Typing::Nothing;
            self.pane = slot.pane;
            self.press_pane(slot.pane, at, slot.body, session);
            if matches!(slot.pane, BYTES | SEAMS) && slot.body.contains(at) {
                self.desk.drag = Some(Drag::Bytes);
            }
        }
    }

    pub(super) fn press_pane(&mut self, pane: usize, at: Position, area: Rect, session: &Session) {
        if area.contains(at)
            && let Some(it) = self.pane_at(pane, session)
        {
            it.press(self, session, at, area);
            self.reveal(session);
        }
    }

    fn wheel(&mut self, at: Position, areas: &Areas, rows: i64, session: &Session) {
        if let Some(overlay) = self.over() {
            overlay.wheel(self, rows, session);
        } else if let Some(slot) = areas.slots.iter().find(|slot| slot.body.contains(at)) {
            self.scroll_slot(slot.pane, slot.body, rows, session);
        }
    }

    /// Scrolls a pane; where the cursor alone says what is in view, it is the cursor that moves.
    fn scroll_slot(&mut self, pane: usize, body: Rect, rows: i64, session: &Session) {
        let motion = match (pane, rows < 0) {
            (SEAMS, true) => Motion::Left,
            (SEAMS, false) => Motion::Right,
            (CODE, true) => Motion::Up,
            (CODE, false) => Motion::Down,
            _ => {
                self.scroll(pane, body, rows, session);
                return;
            }
        };
        for _ in 0..rows.unsigned_abs() {
            if let Some(pane) = self.pane_at(pane, session) {
                pane.go(self, session, motion, body);
            }
        }
        self.reveal(session);
    }
}
