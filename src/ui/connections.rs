//! The table of sockets: name, state, addresses, bytes, queue, age, framing. Only the rows in view are looked
//! at, so ten thousand cost what ten do.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::head::addresses;
use super::ink::{Pen, clip, size};
use super::motion::Motion;
use super::pane::{CONNECTIONS, Pane, Scene};
use super::theme::Role;
use crate::event::{Dir, Role as Kind};
use crate::session::{Conn, Lane, Session};

/// The pane.
#[derive(Debug)]
pub(super) struct Connections;

impl Pane for Connections {
    fn name(&self) -> &'static str {
        "connections"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let (shown, all) = (
            scene.ui.listed_count(scene.session),
            scene.session.conns().len() as u64,
        );
        let title = if shown == all {
            format!("connections {all}")
        } else {
            format!("connections {shown} of {all}")
        };
        (title, String::new())
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let top = scene.top(CONNECTIONS, area);
        for row in 0..area.height {
            let at = top + u64::from(row);
            let Some(conn) = scene
                .ui
                .listed(scene.session, at)
                .and_then(|conn| scene.session.conn(conn))
            else {
                if at == 0 {
                    let text = if scene.session.conns().is_empty() {
                        "c connects, b listens"
                    } else {
                        "no socket has these words"
                    };
                    Pen::new(buf, area, row, scene.look())
                        .skip(1)
                        .put(text, Role::Muted);
                }
                break;
            };
            if area.width >= 60 {
                wide(scene, conn, area, row, buf);
            } else {
                narrow(scene, conn, area, row, buf);
            }
            if at == scene.ui.row && (scene.is_focused(CONNECTIONS) || scene.ui.overlay.is_some()) {
                Pen::new(buf, area, row, scene.look()).over(0, area.width, Role::Selected);
            }
        }
    }

    fn rows(&self, ui: &Ui, session: &Session, _area: Rect) -> u64 {
        ui.listed_count(session)
    }

    fn row(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        ui.row
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        ui.row = motion.step(ui.row, ui.listed_count(session), area.height);
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let count = ui.listed_count(session);
        let row = ui.top(CONNECTIONS, count, area.height) + u64::from(at.y.saturating_sub(area.y));
        if row < count {
            // A second press on the same row looks at the socket, as Enter does.
            let again = ui.row == row;
            ui.row = row;
            if again && let Some(conn) = ui.listed(session, row) {
                // The row exists, so there is such a socket.
                let _ = ui.look_at(conn, session);
            }
        }
    }
}

/// Name, state and addresses in one line of a narrow pane.
fn narrow(scene: Scene<'_>, conn: &Conn, area: Rect, row: u16, buf: &mut Buffer) {
    let mut pen = Pen::new(buf, area, row, scene.look());
    mark(scene, conn, &mut pen);
    pen.to(10).put(clip(conn.state.name(), 9), state_role(conn));
    let room = usize::from(area.width).saturating_sub(20);
    pen.to(20)
        .put(addresses(conn, scene.session, room), Role::Muted);
}

fn wide(scene: Scene<'_>, conn: &Conn, area: Rect, row: u16, buf: &mut Buffer) {
    let session = scene.session;
    let len = |dir| session.lane(conn.id, dir).map_or(0, Lane::len);
    let mut pen = Pen::new(buf, area, row, scene.look());
    mark(scene, conn, &mut pen);
    pen.to(11).put(conn.state.name(), state_role(conn));
    let room = usize::from(area.width).saturating_sub(63).clamp(14, 50);
    pen.to(22).put(addresses(conn, session, room), Role::Text);
    let mut column = 23 + u16::try_from(room).unwrap_or(0);
    if conn.role == Kind::Listener {
        pen.to(column)
            .fmt(format_args!("accepted {}", conn.accepted), Role::Text);
    } else {
        pen.to(column)
            .fmt(format_args!("in {:>7}", size(len(Dir::In))), Role::Text);
        pen.to(column + 12)
            .fmt(format_args!("out {:>7}", size(len(Dir::Out))), Role::Text);
    }
    column += 24;
    if let Some(waiting) = conn.fact.waiting.filter(|waiting| *waiting > 0) {
        pen.to(column)
            .fmt(format_args!("queue {waiting}"), Role::Strong);
    }
    pen.to(column + 8)
        .put(age(scene.now.saturating_sub(conn.opened)), Role::Muted);
    let rule = session
        .lane(conn.id, Dir::In)
        .map(|lane| lane.rule().words())
        .unwrap_or_default();
    if pen.room() > 8 && conn.role != Kind::Listener {
        let room = usize::from(pen.skip(2).room());
        pen.put(clip(&rule, room), Role::Muted);
    }
}

fn mark(scene: Scene<'_>, conn: &Conn, pen: &mut Pen<'_>) {
    let number = scene.ui.tabs.iter().position(|tab| *tab == conn.id);
    let number = number.map_or(" ".to_owned(), |at| (at + 1).to_string());
    let role = if Some(conn.id) == scene.ui.focus {
        Role::Strong
    } else {
        Role::Text
    };
    pen.skip(1)
        .put(number, Role::Muted)
        .fmt(conn.role.glyph(), role)
        .put(clip(&conn.name, 6), role);
}

fn state_role(conn: &Conn) -> Role {
    if conn.is_open() {
        Role::Text
    } else {
        Role::Muted
    }
}

/// `3 s`, `12 min`, `5 h`; seconds only while they are few, since a screen at rest is not redrawn.
fn age(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..=10 => format!("{seconds} s"),
        11..60 => "<1 min".to_owned(),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}
