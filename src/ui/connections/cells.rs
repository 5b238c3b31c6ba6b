//! What stands in the cells of the table: the heads, and the row of a socket. It chooses no columns.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::columns::{Kind, Place};
use super::order::{Row, frame, unsent, waiting};
use super::spark::spark;
use crate::escape;
use crate::event::{Dir, Role as Made};
use crate::session::Conn;
use crate::ui::head::{addresses, glyph, states};
use crate::ui::ink::{Pen, clip, size};
use crate::ui::pane::Scene;
use crate::ui::theme::Role;

/// Draws the names of the columns, the sorted one with its arrow.
pub(super) fn render_heads(scene: Scene<'_>, places: &[Place], area: Rect, buf: &mut Buffer) {
    let sort = scene.ui.table.sorted();
    for place in places {
        let arrow = sort
            .filter(|sort| sort.column.kind == place.column.kind)
            .map_or("", |sort| if sort.falls { "↓" } else { "↑" });
        let mut cell = Cell::new(scene, *place, area, 0, buf);
        let text = format!("{}{arrow}", place.column.name);
        if place.column.kind == Kind::Name {
            // Beneath stand the number and the role's mark first.
            cell.pen.skip(2);
        }
        cell.put(&text, Role::Muted);
    }
}

/// Draws a socket in the line `line` of an area.
pub(super) fn render_row(
    scene: Scene<'_>,
    row: Row,
    places: &[Place],
    area: Rect,
    line: u16,
    buf: &mut Buffer,
) {
    let Some(conn) = scene.session.conn(row.conn) else {
        return;
    };
    let is_lit = conn.is_open() && scene.ui.table.fits(row.conn);
    let plain = if is_lit { Role::Text } else { Role::Muted };
    for place in places {
        let mut cell = Cell::new(scene, *place, area, line, buf);
        match place.column.kind {
            Kind::Name => name(scene, conn, row, plain, &mut cell),
            Kind::Address => address(scene, conn, plain, &mut cell),
            Kind::State => cell.put(&states(scene.session, conn), plain),
            Kind::Moved(dir) => {
                let bytes = conn.moved(dir);
                let role = if bytes == 0 { Role::Muted } else { plain };
                cell.put(&size(bytes), role);
            }
            Kind::Rate(dir) => {
                let role = match dir {
                    Dir::In => Role::Theirs,
                    Dir::Out => Role::Ours,
                };
                cell.put(&spark(&conn.rate(dir).seconds(scene.moment())), role);
            }
            // Of a listener it is connections that wait.
            Kind::Waiting if conn.role == Made::Listener => {
                cell.standing(waiting(scene.session, conn), |n| n.to_string())
            }
            Kind::Waiting => cell.standing(waiting(scene.session, conn), size),
            Kind::Unsent => cell.standing(unsent(scene.session, conn), size),
            Kind::Age => cell.put(&age(conn.age(scene.moment())), Role::Muted),
            Kind::Owner => cell.put(conn.owner.word(), Role::Muted),
            Kind::Frame => cell.put(&frame(scene.session, conn), Role::Muted),
        }
    }
}

/// ` 1▸A`: the number, where it has one, the mark of its role and the name; one further right beneath a listener.
fn name(scene: Scene<'_>, conn: &Conn, row: Row, plain: Role, cell: &mut Cell<'_>) {
    let number = scene.ui.tabs.iter().position(|tab| *tab == conn.id);
    let number = number.map_or(" ".to_owned(), |at| (at + 1).to_string());
    let is_focused = Some(conn.id) == scene.ui.focus;
    let role = if is_focused { Role::Strong } else { plain };
    let indent = u16::from(row.is_child);
    cell.pen
        .put(number, Role::Muted)
        .skip(indent)
        .fmt(glyph(scene.session, conn), role)
        .put(
            clip(
                scene.session.conversation(conn.id),
                usize::from(cell.place.width - 2 - indent),
            ),
            role,
        );
}

/// The addresses; of a listener also how many sockets stand beneath it, with a plus where they are hidden.
fn address(scene: Scene<'_>, conn: &Conn, plain: Role, cell: &mut Cell<'_>) {
    let width = usize::from(cell.place.width);
    if conn.children == 0 {
        cell.put(&addresses(conn, scene.session, width), plain);
        return;
    }
    let sign = if scene.ui.table.is_folded(conn.id) {
        "+"
    } else {
        ""
    };
    let short = format!(" {sign}{}", conn.children);
    let text = addresses(conn, scene.session, width.saturating_sub(short.len()));
    let long = format!(" {short} {}", Made::Accepted.word());
    let is_room = escape::width(&text) + long.len() <= width;
    cell.put(&text, plain);
    cell.pen
        .put(if is_room { long } else { short }, Role::Muted);
}

/// One place of one line.
struct Cell<'a> {
    pen: Pen<'a>,
    place: Place,
}

impl<'a> Cell<'a> {
    fn new(scene: Scene<'_>, place: Place, area: Rect, line: u16, buf: &'a mut Buffer) -> Self {
        let mut pen = Pen::new(buf, area, line, scene.look());
        pen.to(place.x);
        Self { pen, place }
    }

    /// A text, clipped, at the side where the column has its texts.
    fn put(&mut self, text: &str, role: Role) {
        let text = clip(text, usize::from(self.place.width));
        if self.place.column.is_number() {
            let wide = u16::try_from(escape::width(&text)).unwrap_or(0);
            self.pen
                .to(self.place.x + self.place.width.saturating_sub(wide));
        }
        self.pen.put(text, role);
    }

    /// A number that asks for attention unless it is 0.
    fn standing(&mut self, number: u64, text: impl Fn(u64) -> String) {
        if number > 0 {
            self.put(&text(number), Role::Strong);
        }
    }
}

/// `3 s`, `12 min`, `5 h`; seconds only while they are few, since a screen at rest is not redrawn.
fn age(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..=10 => format!("{seconds} s"),
        11..60 => "<1 min".to_owned(),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds @ 3600..86_400 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}
