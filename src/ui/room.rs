//! The waiting room of a listener: its seats and who has one, who stands outside and asks again, who was let in. How
//! many seats are taken the kernel tells; who sits where follows from whose connect was over first, and is dotted.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::Pen;
use super::motion::Motion;
use super::moved::call_of;
use super::pane::{Pane, Scene};
use super::stand_in::StandIn;
use super::theme::Role;
use crate::endpoint::Address;
use crate::escape;
use crate::event::{ConnId, Fact, Role as Kind, Syscall};
use crate::session::{Conn, Session};

/// Where the values stand, behind their names.
const LEFT_COLUMNS: u16 = 11;

/// Columns of a seat and a name at the least.
const SEAT_COLUMNS: usize = 4;

/// Clients that are looked at; more are not named.
const CLIENTS_MAX: usize = 512;

/// The pane.
#[derive(Debug)]
pub(super) struct Room;

/// Who is where.
#[derive(Debug, Default)]
struct Guests {
    /// Connected and not accepted, in the order in which they were.
    inside: Vec<ConnId>,
    /// Still asking.
    outside: Vec<(ConnId, Duration)>,
}

impl StandIn for Room {
    fn stands(&self, ui: &Ui, session: &Session) -> bool {
        let conn = ui.focus.and_then(|id| session.conn(id));
        conn.is_some_and(|conn| conn.role == Kind::Listener && conn.is_open())
    }
}

impl Pane for Room {
    fn name(&self) -> &'static str {
        "room"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let Some(conn) = scene.ui.focus.and_then(|id| scene.session.conn(id)) else {
            return Default::default();
        };
        let typed = |at: &Address| at.typed_short(conn.transport);
        let at = conn.local.as_ref().map_or("?".to_owned(), typed);
        let title = scene.fill("room.title", &[&conn.name, &escape::clean(&at)]);
        let backlog = conn
            .fact
            .backlog
            .map(|backlog| scene.fill("room.backlog", &[&backlog]));
        (title, backlog.unwrap_or_default())
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let Some(conn) = scene.ui.focus.and_then(|id| scene.session.conn(id)) else {
            return;
        };
        let guests = guests(scene.session, conn);
        let seated = usize::try_from(conn.fact.waiting.unwrap_or(0)).unwrap_or(usize::MAX);
        let mut row = render_seats(scene, conn, &guests, area, buf);
        row = render_halfway(scene, guests.inside.get(seated..), (area, row), buf);
        row = render_outside(scene, (&guests, &conn.fact), (area, row), buf);
        row = render_accepted(scene, conn, (area, row), buf);
        if row + 1 < area.height {
            Pen::new(buf, area, area.height - 1, scene.look())
                .skip(1)
                .put(scene.say("room.keys"), Role::Muted);
        }
    }

    fn rows(&self, _ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        1
    }

    fn row(&self, _ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        0
    }

    fn go(&self, _ui: &mut Ui, _session: &Session, _motion: Motion, _area: Rect) {}

    fn press(&self, _ui: &mut Ui, _session: &Session, _at: Position, _area: Rect) {}
}

impl Ui {
    /// Since when each of those asks who stand outside of the waiting room in view.
    pub(super) fn outside(&self, session: &Session) -> Vec<Duration> {
        let conn = self.focus.and_then(|id| session.conn(id));
        let listener = conn.filter(|conn| conn.role == Kind::Listener && conn.is_open());
        let outside = listener.map(|listener| guests(session, listener).outside);
        let since = outside.into_iter().flatten().map(|(_, since)| since);
        since.collect()
    }
}

/// Our own clients of a listener.
fn guests(session: &Session, listener: &Conn) -> Guests {
    let mut guests = Guests::default();
    let mut inside = Vec::new();
    let clients = session.conns().iter().filter(|conn| {
        conn.role == Kind::Client && conn.is_open() && conn.transport == listener.transport
    });
    for client in clients.take(CLIENTS_MAX) {
        if client.connected {
            let is_here = client
                .peer
                .as_ref()
                .is_some_and(|peer| reaches(listener, peer));
            if is_here && client.twin.is_none() {
                inside.push((client.joined, client.id));
            }
            continue;
        }
        let asks = client.pending.iter().find_map(|pending| {
            let (_, call) = call_of(session, pending.seq)?;
            match &call.call {
                Syscall::Connect(to) if reaches(listener, to) => Some(pending.since),
                _ => None,
            }
        });
        guests.outside.extend(asks.map(|since| (client.id, since)));
    }
    inside.sort_unstable();
    guests.inside = inside.into_iter().map(|(_, id)| id).collect();
    guests
}

/// Whether who goes to that address comes to the listener.
fn reaches(listener: &Conn, to: &Address) -> bool {
    match (&listener.local, to) {
        (Some(Address::Inet(local)), Address::Inet(to)) => {
            local.port() == to.port() && (local.ip() == to.ip() || local.ip().is_unspecified())
        }
        (Some(local), to) => local == to,
        (None, _) => false,
    }
}

/// The seats, and below each who has it; returns the row behind them.
fn render_seats(
    scene: Scene<'_>,
    conn: &Conn,
    guests: &Guests,
    area: Rect,
    buf: &mut Buffer,
) -> u16 {
    let look = scene.look();
    let count = |number: Option<u64>| number.map_or("?".to_owned(), |number| number.to_string());
    let taken = conn.fact.waiting.map(u64::from);
    let seats = conn.fact.backlog.map(|backlog| u64::from(backlog) + 1);
    let told = scene.fill("room.taken", &[&count(taken), &count(seats)]);
    let told = format!("{told} · {}", scene.say("room.one-more"));
    let mut pen = Pen::new(buf, area, 0, look);
    pen.skip(1).put(scene.say("room.seats"), Role::Muted);
    let (Some(taken), Some(seats)) = (taken, seats) else {
        pen.to(LEFT_COLUMNS).put(told, Role::Text);
        return 1;
    };
    let names = guests.inside.iter().map(|id| scene.session.name(*id));
    let names: Vec<_> = names.map(escape::clean).collect();
    let widest = names.iter().map(|name| escape::width(name) + 1).max();
    let wide = widest
        .unwrap_or(0)
        .max(SEAT_COLUMNS)
        .max(seats.to_string().len() + 3);
    let step = u16::try_from(wide).unwrap_or(u16::MAX);
    let room = usize::from(area.width.saturating_sub(LEFT_COLUMNS + 1));
    let whole = usize::try_from(seats)
        .unwrap_or(usize::MAX)
        .saturating_mul(wide);
    let is_beside = whole + escape::width(&told) + 2 <= room;
    let row = u16::from(!is_beside);
    if !is_beside {
        pen.to(LEFT_COLUMNS).put(&told, Role::Text);
    }
    // Where not all fit, the last place says how many there are.
    let fitting = (room / wide) as u64;
    let shown = if seats <= fitting {
        seats
    } else {
        fitting.saturating_sub(1)
    };
    for seat in 0..shown {
        let column = LEFT_COLUMNS + u16::try_from(seat).unwrap_or(u16::MAX).saturating_mul(step);
        let mut pen = Pen::new(buf, area, row, look);
        pen.to(column);
        if seat >= taken {
            pen.fmt(format_args!(" {} ", seat + 1), Role::Muted);
            continue;
        }
        pen.fmt(format_args!("[{}]", seat + 1), Role::Strong);
        let name = usize::try_from(seat).ok().and_then(|at| names.get(at));
        Pen::new(buf, area, row + 1, look)
            .to(column)
            .put(name.map_or(" ?", |name| name), Role::Inferred);
    }
    let end = LEFT_COLUMNS
        + u16::try_from(shown)
            .unwrap_or(u16::MAX)
            .saturating_mul(step);
    let mut pen = Pen::new(buf, area, row, look);
    if shown < seats {
        pen.to(end).fmt(format_args!("… {seats}"), Role::Muted);
    } else if is_beside {
        pen.to(end + 2).put(&told, Role::Text);
    }
    row + 1 + u16::from(taken > 0)
}

/// Clients whose kernel says that they are connected, and which have no seat: the answer to them was given while there
/// was one, and taken back in silence (`tcp_check_req` in Linux).
fn render_halfway(
    scene: Scene<'_>,
    guests: Option<&[ConnId]>,
    (area, row): (Rect, u16),
    buf: &mut Buffer,
) -> u16 {
    let Some(guests) = guests.filter(|guests| !guests.is_empty()) else {
        return row;
    };
    let names: Vec<_> = guests.iter().map(|id| scene.session.name(*id)).collect();
    let names = escape::clean(&names.join(" ")).into_owned();
    Pen::new(buf, area, row, scene.look())
        .skip(1)
        .put(scene.say("room.halfway"), Role::Muted)
        .to(LEFT_COLUMNS)
        .put(names, Role::Inferred)
        .skip(2)
        .put(scene.say("room.halfway-why"), Role::Muted);
    row + 1
}

/// Who asks and gets no answer, as many as fit.
fn render_outside(
    scene: Scene<'_>,
    (guests, fact): (&Guests, &Fact),
    (area, mut row): (Rect, u16),
    buf: &mut Buffer,
) -> u16 {
    let look = scene.look();
    let mut pen = Pen::new(buf, area, row, look);
    pen.skip(1)
        .put(scene.say("room.outside"), Role::Muted)
        .to(LEFT_COLUMNS);
    // Others than ours knock, too: the kernel counts them all.
    let all = fact
        .outside
        .map_or(0, |all| usize::try_from(all).unwrap_or(usize::MAX));
    let others = all.saturating_sub(guests.outside.len());
    let drops = fact.drops.filter(|drops| *drops > 0);
    let drops = drops.map(|drops| scene.fill("room.drops", &[&drops]));
    let others = (others > 0).then(|| scene.fill("room.others", &[&others]));
    let told: Vec<String> = others.into_iter().chain(drops).collect();
    let told = told.join(" · ");
    if guests.outside.is_empty() {
        let nobody = scene.say("room.nobody");
        pen.put(if told.is_empty() { nobody } else { &told }, Role::Muted);
        return row + 1;
    }
    let mut column = LEFT_COLUMNS;
    for (at, (id, since)) in guests.outside.iter().enumerate() {
        let Some(client) = scene.session.conn(*id) else {
            continue;
        };
        let name = escape::clean(&client.name);
        let told = format!(" {}", asks(scene, client, *since));
        let wide = u16::try_from(escape::width(&name) + escape::width(&told)).unwrap_or(u16::MAX);
        if column > LEFT_COLUMNS && column.saturating_add(wide) > area.width {
            (column, row) = (LEFT_COLUMNS, row + 1);
        }
        // The last row is the accepted ones', and whoever has no room is counted.
        if row + 1 >= area.height && at > 0 {
            let more = guests.outside.len() - at;
            Pen::new(buf, area, row.saturating_sub(1), look)
                .right(&scene.fill("room.more", &[&more]), Role::Muted);
            return row;
        }
        let mut pen = Pen::new(buf, area, row, look);
        pen.to(column).put(name, Role::Strong).put(told, Role::Text);
        column = pen.column() + 3;
    }
    if told.is_empty() {
        return row + 1;
    }
    let wide = u16::try_from(escape::width(&told)).unwrap_or(u16::MAX);
    if column.saturating_add(wide) > area.width {
        (column, row) = (LEFT_COLUMNS, row + 1);
    }
    Pen::new(buf, area, row, look)
        .to(column)
        .put(&told, Role::Muted);
    row + 1
}

/// How a client asks: how often its kernel did, and for how long.
fn asks(scene: Scene<'_>, client: &Conn, since: Duration) -> String {
    let seconds = |time: Duration| format!("{:.1}", time.as_secs_f64());
    let again = u32::from(client.fact.retransmits.unwrap_or(0));
    if let Some(left) = client.timer_left(scene.now) {
        return match again {
            0 => scene.fill("room.retries", &[&seconds(left)]),
            _ => scene.fill("room.retries-again", &[&(again + 1), &seconds(left)]),
        };
    }
    let waited = seconds(scene.now.saturating_sub(since));
    match again {
        0 => scene.fill("room.asked", &[&waited]),
        _ => scene.fill("room.asked-again", &[&(again + 1), &waited]),
    }
}

/// Who was let in, the newest first, each with the socket that was made for it.
fn render_accepted(
    scene: Scene<'_>,
    conn: &Conn,
    (area, row): (Rect, u16),
    buf: &mut Buffer,
) -> u16 {
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1)
        .put(scene.say("room.accepted"), Role::Muted)
        .to(LEFT_COLUMNS)
        .put(conn.accepted.to_string(), Role::Text)
        .skip(2);
    let made = scene.session.conns().iter().rev();
    let made = made.filter(|made| made.parent == Some(conn.id) && made.is_open());
    for made in made {
        let peer = scene.peer_name(made.id);
        let text = format!("{}←{peer}", made.name);
        let text = escape::clean(&text);
        if escape::width(&text) > usize::from(pen.room()) {
            break;
        }
        pen.put(&text, Role::Muted).skip(2);
    }
    row + 1
}
