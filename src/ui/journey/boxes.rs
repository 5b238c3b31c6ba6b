//! The journey as boxes: two programs, two kernels, and the wire between them. The boxes keep their places while the
//! numbers in them change.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Ends, clients, has_seats, waiting_room};
use crate::escape;
use crate::event::{Dir, Fact, Timer};
use crate::session::{Conn, Ending, Lane};
use crate::ui::ink::{self, Pen, SIZE_COLUMNS, clip, size};
use crate::ui::pane::Scene;
use crate::ui::theme::Role;

/// Columns of the arrows of `send` and `recv`.
pub(super) const CALL_COLUMNS: u16 = 13;

/// The most seats of a waiting room that are drawn one by one.
const SEATS_MAX: u32 = 32;

/// A number in its box.
pub(super) struct Cell {
    pub(super) word: &'static str,
    pub(super) value: Option<u64>,
}

/// Boxes that touch each other, under one name; a name alone where nobody looks into them.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) cells: Vec<Cell>,
}

impl Group {
    pub(super) fn columns(&self, scene: Scene<'_>) -> u16 {
        if self.cells.is_empty() {
            return u16::try_from(escape::width(&self.name)).unwrap_or(u16::MAX);
        }
        let cells = self.cells.iter().map(|cell| cell.columns(scene) + 1);
        cells.sum::<u16>() + 1
    }

    /// Draws the boxes from a column on, with the name above.
    pub(super) fn render(&self, scene: Scene<'_>, left: u16, area: Rect, buf: &mut Buffer) {
        let columns = self.columns(scene);
        let name = clip(&self.name, usize::from(columns));
        let wide = u16::try_from(escape::width(&name)).unwrap_or(columns);
        let row = if self.cells.is_empty() { 3 } else { 1 };
        let mut pen = Pen::new(buf, area, row, scene.look());
        pen.to(left + columns.saturating_sub(wide) / 2)
            .put(name, self.role);
        if self.cells.is_empty() {
            return;
        }
        for (row, ends) in [(2, ['┌', '┬', '┐']), (4, ['└', '┴', '┘'])] {
            let mut pen = Pen::new(buf, area, row, scene.look());
            pen.to(left);
            for (at, cell) in self.cells.iter().enumerate() {
                let corner = if at == 0 { ends[0] } else { ends[1] };
                let line = "─".repeat(usize::from(cell.columns(scene)));
                pen.fmt(corner, Role::Muted).put(line, Role::Muted);
            }
            pen.fmt(ends[2], Role::Muted);
        }
        let mut pen = Pen::new(buf, area, 3, scene.look());
        pen.to(left).put("│", Role::Muted);
        for cell in &self.cells {
            let value = cell.value.map_or_else(|| "?".to_owned(), size);
            let role = match cell.value {
                None => Role::Inferred,
                Some(0) => Role::Text,
                Some(_) => Role::Strong,
            };
            pen.skip(1).put(scene.say(cell.word), Role::Muted);
            pen.put(format!(" {value:>SIZE_COLUMNS$}"), role);
            pen.skip(1).put("│", Role::Muted);
        }
    }
}

impl Cell {
    fn columns(&self, scene: Scene<'_>) -> u16 {
        let word = escape::width(scene.say(self.word));
        u16::try_from(word + SIZE_COLUMNS + 3).unwrap_or(u16::MAX)
    }
}

/// Draws the boxes under their rule.
pub(super) fn render(scene: Scene<'_>, conn: &Conn, ends: &Ends<'_>, area: Rect, buf: &mut Buffer) {
    let clients = clients(scene, conn);
    let title = if has_seats(conn) {
        scene.fill("journey.listener", &[&conn.name])
    } else if clients.is_some() {
        scene.fill("journey.clients-of", &[&conn.name])
    } else {
        scene.fill("journey.title", &[&scene.direction()])
    };
    let rule = Rect { height: 1, ..area };
    ink::rule(buf, rule, &title, "", false, scene.look());
    if has_seats(conn) {
        render_seats(scene, conn, area, buf);
        return;
    }
    if let Some(clients) = clients {
        Pen::new(buf, area, 1, scene.look())
            .skip(2)
            .put(clients, Role::Text);
        return;
    }
    let groups = groups(scene, ends);
    let widths: Vec<u16> = groups.iter().map(|group| group.columns(scene)).collect();
    let fixed = widths.iter().sum::<u16>() + 2 * CALL_COLUMNS + 4;
    let wire = area.width.saturating_sub(fixed);
    let mut column = 2;
    for (at, (group, wide)) in groups.iter().zip(&widths).enumerate() {
        group.render(scene, column, area, buf);
        column += wide;
        let mut pen = Pen::new(buf, area, 3, scene.look());
        pen.to(column);
        match at {
            0 => arrow(&mut pen, '┈', "send", CALL_COLUMNS, Role::Inferred),
            1 => render_wire(scene, ends, column, wire, area, buf),
            2 => arrow(&mut pen, '─', "recv", CALL_COLUMNS, Role::Muted),
            _ => {}
        }
        column += if at == 1 { wire } else { CALL_COLUMNS };
    }
}

fn groups(scene: Scene<'_>, ends: &Ends<'_>) -> [Group; 4] {
    let [from, to] = &ends.names;
    let places = ends.places;
    let cell = |word, value: Option<u64>| Cell { word, value };
    let group = |key: &str, name: &String, role, cells| Group {
        name: scene.fill(key, &[name]),
        role,
        cells,
    };
    [
        group(
            "journey.program",
            from,
            ends.roles[0],
            vec![cell("journey.holds", places.held)],
        ),
        group(
            "journey.kernel",
            from,
            ends.roles[0],
            vec![
                cell("journey.unsent", places.unsent),
                cell("journey.in-flight", places.in_flight),
            ],
        ),
        group(
            "journey.kernel",
            to,
            ends.roles[1],
            vec![cell("journey.waiting", places.waiting)],
        ),
        group(
            "journey.program",
            to,
            ends.roles[1],
            vec![cell("journey.read", places.read)],
        ),
    ]
}

/// The wire: solid where a kernel tells what is on it, and what became of it.
pub(super) fn render_wire(
    scene: Scene<'_>,
    ends: &Ends<'_>,
    column: u16,
    columns: u16,
    area: Rect,
    buf: &mut Buffer,
) {
    let fact = ends.fact.unwrap_or_default();
    let lane = ends
        .sender
        .and_then(|it| scene.session.lane(it.id, Dir::Out));
    let again = fact.retransmits.filter(|again| *again > 0);
    let (text, is_loud) = match (lane.and_then(Lane::ending), again) {
        (Some(Ending::Broken), _) => (scene.say("journey.broken").to_owned(), true),
        (_, Some(again)) => (resending(scene, ends, &fact, again), true),
        (Some(_), _) => (scene.say("journey.ended").to_owned(), false),
        _ => (String::new(), false),
    };
    let is_seen = fact.in_flight.is_some();
    let (line, role) = match (is_seen, is_loud) {
        (true, true) => ('═', Role::Strong),
        (true, false) => ('═', Role::Text),
        _ => ('┈', Role::Inferred),
    };
    let mut pen = Pen::new(buf, area, 3, scene.look());
    pen.to(column);
    arrow(&mut pen, line, &text, columns, role);
    let name = scene.say("journey.the-wire");
    let wide = u16::try_from(escape::width(name)).unwrap_or(0);
    if wide <= columns {
        Pen::new(buf, area, 1, scene.look())
            .to(column + (columns - wide) / 2)
            .put(name, Role::Muted);
    }
    let notes = [(2, way(scene, &fact)), (4, room(scene, ends, &fact))];
    for (row, text) in notes {
        let wide = u16::try_from(escape::width(&text)).unwrap_or(u16::MAX);
        // Half a number is none.
        if wide + 2 <= columns {
            Pen::new(buf, area, row, scene.look())
                .to(column + (columns - wide) / 2)
                .put(text, Role::Muted);
        }
    }
}

/// How often it was sent again, of how often the kernel tries, and when it tries next.
fn resending(scene: Scene<'_>, ends: &Ends<'_>, fact: &Fact, again: u8) -> String {
    let tries = match fact.retries_max {
        Some(most) => scene.fill("journey.resent-of", &[&again, &most]),
        None => scene.fill("journey.resent", &[&again]),
    };
    let is_running = fact.timer == Some(Timer::Retransmit);
    let left = ends.sender.filter(|_| is_running);
    match left.and_then(|conn| conn.timer_left(scene.now)) {
        Some(left) => scene.fill("journey.next-in", &[&tries, &tenths(left)]),
        None => tries,
    }
}

/// How long a round trip takes, and how much a segment carries.
fn way(scene: Scene<'_>, fact: &Fact) -> String {
    match (fact.rtt_us, fact.mss) {
        (Some(rtt), Some(mss)) => scene.fill("journey.way", &[&time(rtt), &size(mss.into())]),
        (None, Some(mss)) => scene.fill("journey.mss", &[&size(mss.into())]),
        _ => String::new(),
    }
}

/// For how much the receiver said that it has room.
fn room(scene: Scene<'_>, ends: &Ends<'_>, fact: &Fact) -> String {
    match fact.window {
        Some(0) => scene.fill("journey.no-room", &[&ends.names[1]]),
        Some(window) => scene.fill("journey.room", &[&ends.names[1], &size(window.into())]),
        None => String::new(),
    }
}

/// A time that a kernel measured: `22 µs`, `1.4 ms`, `3.2 s`.
fn time(us: u32) -> String {
    match us {
        0..1000 => format!("{us} µs"),
        1000..10_000 => format!("{}.{} ms", us / 1000, us % 1000 / 100),
        10_000..1_000_000 => format!("{} ms", us / 1000),
        _ => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
    }
}

/// A time that runs out: in tenths while it is short.
fn tenths(left: Duration) -> String {
    match left.as_secs() {
        0..10 => format!("{:.1} s", left.as_secs_f64()),
        seconds => format!("{seconds} s"),
    }
}

/// ` ┈┈ send ┈┈▶`, so many columns in all.
pub(super) fn arrow(pen: &mut Pen<'_>, line: char, text: &str, columns: u16, role: Role) {
    let blank = if text.is_empty() { "" } else { " " };
    let used = escape::width(text) + 2 * blank.len() + 2;
    let room = usize::from(columns).saturating_sub(used);
    let dashes = |count| std::iter::repeat_n(line, count).collect::<String>();
    pen.skip(1)
        .put(dashes(room / 2), role)
        .put(format!("{blank}{text}{blank}"), role)
        .put(dashes(room - room / 2), role)
        .put("▶", role);
}

/// The waiting room of a listener: one seat more than its backlog (listen(2)).
fn render_seats(scene: Scene<'_>, conn: &Conn, area: Rect, buf: &mut Buffer) {
    Pen::new(buf, area, 1, scene.look())
        .skip(2)
        .put(waiting_room(scene, conn), Role::Text);
    let mut pen = Pen::new(buf, area, 3, scene.look());
    pen.skip(2);
    if let (Some(waiting), Some(backlog)) = (conn.fact.waiting, conn.fact.backlog) {
        let seats = backlog.saturating_add(1);
        for seat in 1..=seats.min(SEATS_MAX) {
            if seat <= waiting {
                pen.fmt(format_args!("[{seat}]"), Role::Strong);
            } else {
                pen.put("[ ]", Role::Muted);
            }
        }
        if seats > SEATS_MAX {
            pen.put(" …", Role::Muted);
        }
    }
    let how = if conn.auto {
        "journey.accepts-itself"
    } else {
        "journey.accepts-asked"
    };
    Pen::new(buf, area, 4, scene.look())
        .skip(2)
        .put(scene.say(how), Role::Muted);
}
