//! What is looked at, by command: another socket, another pane, something shown or turned over.

use ratatui::layout::Rect;

use super::pane::{self, PANES};
use super::{Overlay, Request, Typing, Ui, layout};
use crate::event::ConnId;
use crate::session::Session;

impl Ui {
    pub(super) fn look_at(&mut self, conn: ConnId, session: &Session) -> Result<(), String> {
        if session.conn(conn).is_none() {
            return Err("there is no such socket".to_owned());
        }
        if self.focus != Some(conn) {
            self.focus = Some(conn);
            self.is_dir_chosen = false;
            self.selection = None;
            self.event = None;
            self.follow = true;
            self.tops = [self.tops[pane::CONNECTIONS], 0, 0, 0, 0];
        }
        self.overlay = None;
        self.put_row_on_focus(session);
        self.observe(session);
        Ok(())
    }

    pub(super) fn go_to_pane(&mut self, name: &str) -> Result<(), String> {
        let count = PANES.len();
        self.typing = Typing::Nothing;
        self.overlay = None;
        match name {
            "composer" => self.typing = Typing::Composer,
            "next" | "previous" => {
                let step = if name == "next" { 1 } else { count - 1 };
                let is_shown = |pane: usize| {
                    let area = Rect::new(0, 0, self.size.0, self.size.1);
                    // Where one pane is shown at a time, every pane may be the next.
                    layout::layout(area, self.zoom, pane, 0)
                        .is_some_and(|areas| areas.slot(pane).is_some())
                };
                let mut next = (self.pane + step) % count;
                while next != self.pane && !is_shown(next) {
                    next = (next + step) % count;
                }
                self.pane = next;
            }
            name => {
                let found = PANES.iter().position(|pane| pane.name() == name);
                self.pane = found.ok_or_else(|| format!("there is no pane `{name}`"))?;
                if self.pane == pane::CONNECTIONS && self.size.0 < 120 && !self.zoom {
                    self.overlay = Some(Overlay::Connections);
                    self.pane = pane::BYTES;
                }
            }
        }
        Ok(())
    }

    pub(super) fn show(&mut self, word: &str, session: &Session) -> Result<(), String> {
        match word {
            "help" => {
                self.overlay = if self.overlay == Some(Overlay::Help) {
                    None
                } else {
                    Some(Overlay::Help)
                }
            }
            "connections" => {
                let open = self.overlay == Some(Overlay::Connections);
                self.overlay = (!open).then_some(Overlay::Connections);
                self.put_row_on_focus(session);
            }
            "zoom" => self.zoom = !self.zoom,
            "direction" => self.turn(session),
            "wider" => self.widen(session)?,
            "focus" => {
                let conn = self
                    .listed(session, self.row)
                    .ok_or("no socket stands there")?;
                self.look_at(conn, session)?;
            }
            "order" => self.order = self.order.flipped(),
            "redraw" => self.request = Some(Request::Redraw),
            "suspend" => self.request = Some(Request::Suspend),
            _ => return Err(format!("there is nothing to show called `{word}`")),
        }
        self.help_top = 0;
        self.reveal(session);
        Ok(())
    }
}
