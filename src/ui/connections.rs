//! The table of sockets: what a row says and how the cursor moves in it. Only the rows in view are looked at, so ten
//! thousand cost what ten do; what they are, and in which order, `table` keeps.

mod cells;
mod columns;
mod order;
mod spark;
mod table;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

pub(super) use table::Table;

use super::Ui;
use super::ink::{Pen, clip};
use super::motion::Motion;
use super::overlay::{Edit, Overlay, TABLE};
use super::pane::{CONNECTIONS, Pane, Scene};
use super::states;
use super::theme::Role;
use crate::escape;
use crate::event::{ConnId, Dir};
use crate::session::Session;

/// How often bars and ages are drawn anew.
const TICK: Duration = Duration::from_secs(1);

/// The pane.
#[derive(Debug)]
pub(super) struct Connections;

/// The table over all panes.
pub(super) struct Over;

impl Overlay for Over {
    fn name(&self) -> &'static str {
        TABLE
    }

    fn open(&self, ui: &mut Ui, session: &Session) -> Result<(), String> {
        ui.put_row_on_focus(session);
        Ok(())
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        scene.ui.render_table(scene, area, buf)
    }

    fn go(&self, ui: &mut Ui, motion: Motion, session: &Session) {
        ui.go_in_pane(motion, session);
    }

    fn wheel(&self, ui: &mut Ui, rows: i64, session: &Session) {
        let (pane, area) = ui.pane_area(session);
        ui.scroll(pane, area, rows, session);
    }

    fn press(&self, ui: &mut Ui, at: Position, session: &Session) {
        let (pane, area) = ui.pane_area(session);
        ui.press_pane(pane, at, area, session);
    }

    fn edit(&self, ui: &mut Ui, edit: Edit<'_>, session: &Session) -> Option<usize> {
        match edit {
            Edit::Key(_, now) => ui.keep_typing(false, now),
            Edit::Paste(_) | Edit::Clear => ui.keep_filter(),
        }
        let (is_other, dropped) = edit.apply(&mut ui.filter);
        if is_other {
            ui.sift(session);
        }
        Some(dropped)
    }

    fn accept(&self, _ui: &mut Ui, _session: &Session) -> Vec<String> {
        vec!["show focus".to_owned()]
    }

    fn leave(&self, ui: &mut Ui, session: &Session) {
        if !ui.filter.text().is_empty() {
            ui.keep_filter();
            ui.filter.set("");
            ui.sift(session);
        }
    }
}

impl Pane for Connections {
    fn name(&self) -> &'static str {
        "connections"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let all = scene.ui.table.all();
        let mut title = match scene.ui.table.fitting() {
            Some(fitting) => scene.fill("connections.title-some", &[&fitting, &all]),
            None => scene.fill("connections.title", &[&all]),
        };
        let forgotten = scene.session.forgotten();
        if forgotten > 0 {
            title.push_str(" · ");
            title.push_str(&scene.fill("connections.forgotten", &[&forgotten]));
        }
        let row = scene.ui.table.row(scene.ui.table.at());
        let conn = row.and_then(|row| scene.session.conn(row.conn));
        let note = conn.filter(|_| is_active(scene));
        let note = note.map(|conn| states::words(scene, conn.state));
        (title, note.unwrap_or_default())
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let table = &scene.ui.table;
        if table.count() == 0 {
            let text = if scene.session.conns().is_empty() {
                scene.say("connections.none")
            } else {
                scene.say("connections.none-fits")
            };
            let room = usize::from(area.width.saturating_sub(2));
            Pen::new(buf, area, 0, scene.look())
                .skip(1)
                .put(clip(text, room), Role::Muted);
            return;
        }
        let places = columns::places(area.width, table.sorted());
        let body = body(area);
        if body != area {
            cells::render_heads(scene, &places, area, buf);
        }
        let top = scene.ui.top(CONNECTIONS, table.count(), body.height);
        for line in 0..body.height {
            let at = top + u64::from(line);
            let Some(row) = table.row(at) else { break };
            cells::render_row(scene, row, &places, body, line, buf);
            if at == table.at() && is_active(scene) {
                // One bar, whatever colours its cells have.
                let bar = Rect {
                    y: body.y + line,
                    height: 1,
                    ..body
                };
                buf.set_style(bar, Style::reset());
                Pen::new(buf, body, line, scene.look()).over(0, body.width, Role::Selected);
            }
        }
    }

    fn rows(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        ui.table.count()
    }

    fn row(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        ui.table.at()
    }

    fn page(&self, area: Rect) -> u16 {
        body(area).height
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        match motion {
            Motion::Left | Motion::Right => ui.fold(motion == Motion::Left, session),
            _ => {
                let row = motion.step(ui.table.at(), ui.table.count(), body(area).height);
                ui.table.go_to(row);
            }
        }
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let body = body(area);
        if at.y < body.y {
            let column = at.x.saturating_sub(area.x);
            let places = columns::places(area.width, ui.table.sorted());
            let place = places
                .iter()
                .find(|place| (place.x..place.x + place.width).contains(&column));
            if let Some(place) = place {
                ui.table.sort(place.column.name, session, session.now());
                ui.hold_row(session);
            }
            return;
        }
        let row = ui.top(CONNECTIONS, ui.table.count(), body.height) + u64::from(at.y - body.y);
        if row < ui.table.count() {
            // A second press on the same row looks at the socket, as Enter does.
            let is_again = ui.table.at() == row;
            ui.table.go_to(row);
            if is_again && let Some(conn) = ui.listed(row) {
                // The row exists, so there is such a socket.
                let _ = ui.look_at(conn, session);
            }
        }
    }
}

impl Ui {
    /// Brings up to date what is too much to do for each event, before a frame is drawn.
    pub fn prepare(&mut self, session: &Session, now: Duration) {
        let moment = session.past().map_or(now, |_| session.now());
        self.refresh_table(session, moment);
        self.composer.prepare(session, self.focus, now);
        self.moving = self.moves(session, now);
    }

    /// Lets the table follow the session, where that is due.
    pub(super) fn refresh_table(&mut self, session: &Session, now: Duration) {
        let is_seen = self.is_table_shown(session);
        if self.table.refresh(session, now, is_seen) {
            self.hold_row(session);
        }
    }

    /// Lets the table show another moment.
    pub(super) fn renew_table(&mut self, session: &Session) {
        self.table.renew(session, session.now());
        self.hold_row(session);
    }

    /// Orders the table by a column; by the same again the other way round.
    pub(super) fn sort(&mut self, word: &str, session: &Session) -> Result<(), String> {
        if !self.table.sort(word, session, session.now()) {
            return Err(self.locale.fill("connections.no-column", &[&word]));
        }
        self.hold_row(session);
        Ok(())
    }

    /// Puts the cursor of the table on the focused socket.
    pub(super) fn put_row_on_focus(&mut self, session: &Session) {
        let Some(focus) = self.focus else { return };
        let focus = session.near_side(focus);
        self.table.catch_up(session, session.now());
        self.table.go_to_conn(focus);
        if let Some(top) = self.tops.get_mut(CONNECTIONS) {
            *top = (*top).min(self.table.at());
        }
        self.reveal(session);
    }

    /// Keeps the cursor on its socket, and that in its line of the screen, where rows went elsewhere.
    pub(super) fn hold_row(&mut self, session: &Session) {
        let before = self.table.at();
        self.table.settle();
        if let Some(top) = self.tops.get_mut(CONNECTIONS) {
            *top = (*top + self.table.at()).saturating_sub(before);
        }
        self.reveal(session);
    }

    /// The sockets in view in the table, in an area of that many lines.
    pub(super) fn rows_in_view(&self, lines: u16) -> impl Iterator<Item = ConnId> {
        let first = self.top(CONNECTIONS, self.table.count(), lines);
        let rows = first..first + u64::from(lines);
        rows.map_while(|row| self.table.row(row))
            .map(|row| row.conn)
    }

    /// Until when something in the table changes by time alone, and how often: bars go by, ages grow up to `grows`, an
    /// order is due.
    pub(super) fn table_moves(
        &self,
        session: &Session,
        now: Duration,
        grows: Duration,
    ) -> Option<(Duration, Duration)> {
        let (_, area) = self.table_area(session)?;
        let still = |id: ConnId| {
            let conn = session.conn(id)?;
            let bars = Dir::BOTH.map(|dir| conn.rate(dir).still_from());
            let age = conn.is_open().then(|| conn.opened + grows);
            bars.into_iter().chain(age).max()
        };
        let rows = self.rows_in_view(area.height).filter_map(still).max();
        let due = self.table.wake(now);
        let until = rows
            .filter(|until| *until > now)
            .into_iter()
            .chain(due)
            .max()?;
        let step = due.map_or(TICK, |due| TICK.min(due.saturating_sub(now)));
        Some((until, step))
    }

    /// Where the table stands, if it is shown.
    fn table_area(&self, session: &Session) -> Option<(usize, Rect)> {
        if self.is_over(TABLE) {
            return Some(self.pane_area(session));
        }
        let areas = self.areas(session)?;
        areas.slot(CONNECTIONS).map(|slot| (CONNECTIONS, slot.body))
    }

    /// Folds the listener under the cursor, or the one above it; or unfolds it.
    fn fold(&mut self, is_folded: bool, session: &Session) {
        let Some(row) = self.table.row(self.table.at()) else {
            return;
        };
        let conn = session.conn(row.conn);
        match conn {
            Some(conn) if row.is_child && is_folded => {
                if let Some(listener) = conn.parent {
                    self.table.go_to_conn(listener);
                }
            }
            Some(conn) if conn.role.is_maker() => self.table.fold(conn.id, is_folded),
            _ => {}
        }
        self.table.go_to(self.table.at());
    }
}

/// The words of `sort`.
pub(super) fn column_words() -> impl Iterator<Item = &'static str> {
    let names = columns::COLUMNS.iter().map(|column| column.name);
    names.chain([columns::CREATED])
}

/// Draws the filter in the last line of an area, with what is wrong in it; says where the cursor stands.
pub(super) fn render_filter(scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let row = area.height.checked_sub(1)?;
    let complaint = scene.ui.table.complaint();
    let label = scene.say("connections.filter");
    let room = usize::from(area.width).saturating_sub(escape::width(label) + 4);
    // What is wrong stands behind the words: they leave it half of the line.
    let room = if complaint.is_some() { room / 2 } else { room };
    let (shown, first, column) = scene.ui.filter.window(room);
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1).put(label, Role::Muted).skip(1);
    let start = pen.column();
    if shown.is_empty() {
        pen.put(scene.say("connections.filter-hint"), Role::Muted);
    } else {
        pen.put(shown, Role::Text);
    }
    if let Some(complaint) = complaint {
        let fits = if complaint.fits.is_empty() { "" } else { ": " };
        let text = format!("{}{fits}{}", complaint.what, complaint.fits);
        let room = usize::from(pen.skip(3).room().saturating_sub(1));
        pen.put(clip(&escape::clean(&text), room), Role::Strong);
        let place = |at: usize| start + u16::try_from(at.saturating_sub(first)).unwrap_or(0);
        pen.over(place(complaint.column), place(complaint.end), Role::Linked);
    }
    Some(Position::new(area.x + start + column, area.y + row))
}

/// The lines of the rows: all but that of the heads, where there are any.
fn body(area: Rect) -> Rect {
    let heads = u16::from(area.height > 1);
    Rect {
        y: area.y + heads,
        height: area.height - heads,
        ..area
    }
}

/// Whether the keys go to the table.
fn is_active(scene: Scene<'_>) -> bool {
    scene.is_focused(CONNECTIONS) || scene.ui.overlay.is_some()
}
