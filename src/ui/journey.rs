//! Where the bytes of a direction are right now: held, unsent, in flight, waiting, read; in a line, or as boxes where
//! there are rows for them. What nobody observed is `?`, and a wire that nobody observed is dotted.

mod boxes;
mod tapped;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::head::target;
use super::ink::{Pen, SIZE_COLUMNS, clip, size};
use super::pane::Scene;
use super::theme::Role;
use crate::escape;
use crate::event::{ConnId, Dir, Fact, Held};
use crate::session::{Conn, Places};
use tapped::Hops;

/// Columns of what a kernel holds, `4.2 MB`, where the line is narrow.
const SHORT_COLUMNS: usize = 6;

/// The most columns of a name.
const NAME_COLUMNS: usize = 10;

/// Draws it.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some((id, dir)) = scene.stream() else {
        return;
    };
    let Some(conn) = scene.session.conn(id) else {
        return;
    };
    let hops = Hops::new(scene, id, dir);
    if let Some(hops) = hops.as_ref().filter(|_| area.height > 1) {
        hops.render(area, buf);
        return;
    }
    let ends = Ends::new(scene, id, dir);
    if area.height > 1 {
        boxes::render(scene, conn, &ends, area, buf);
        return;
    }
    if has_seats(conn) {
        render_listener(scene, conn, area, buf);
        return;
    }
    if let Some(clients) = clients(scene, conn) {
        let mut pen = Pen::new(buf, area, 0, scene.look());
        pen.skip(1).put(&conn.name, Role::Ours).skip(1);
        pen.put(clients, Role::Text);
        return;
    }
    let mut pen = Pen::new(buf, area, 0, scene.look());
    pen.skip(1);
    let room = usize::from(area.width.saturating_sub(1));
    let fitting = hops.map_or_else(|| ends.line(room), |hops| hops.line(room));
    for part in fitting {
        // A part that has no room is left out whole: half a word says nothing.
        if escape::width(&part.text) > usize::from(pen.room()) {
            break;
        }
        let padded = format!("{:<columns$}", part.text, columns = part.least);
        pen.put(padded, part.role);
    }
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wording {
    Full,
    Short,
    /// Without what the program still holds.
    Kernel,
}

/// A piece of the line.
struct Part {
    text: String,
    role: Role,
    /// Columns that it takes at least.
    least: usize,
    /// Columns that it may come to take.
    most: usize,
}

impl Part {
    fn columns(&self) -> usize {
        self.least.max(self.most).max(escape::width(&self.text))
    }
}

/// The two ends of the direction in view.
struct Ends<'a> {
    scene: Scene<'a>,
    sender: Option<&'a Conn>,
    /// What the kernel of the sender tells of the way, be it ours or another program's of this host.
    fact: Option<Fact>,
    places: Places,
    names: [String; 2],
    roles: [Role; 2],
}

impl<'a> Ends<'a> {
    fn new(scene: Scene<'a>, id: ConnId, dir: Dir) -> Self {
        let twin = scene.session.twin(id);
        let (from, to) = if dir == Dir::Out {
            (Some(id), twin)
        } else {
            (twin, Some(id))
        };
        let own = scene.session.conn(id);
        let name = |conn: Option<ConnId>| {
            let foreign = || own.and_then(program).unwrap_or(scene.say("journey.peer"));
            clip(
                conn.map_or_else(foreign, |conn| scene.session.name(conn)),
                NAME_COLUMNS,
            )
        };
        let fact = |conn: Option<ConnId>| match conn.and_then(|conn| scene.session.conn(conn)) {
            Some(conn) => Some(*conn.fact),
            None => own.and_then(|own| own.other().copied()),
        };
        let roles = [Role::Ours, Role::Theirs];
        Self {
            scene,
            sender: from.and_then(|from| scene.session.conn(from)),
            fact: fact(from),
            places: scene.session.places(id, dir),
            names: [name(from), name(to)],
            roles: if dir == Dir::Out {
                roles
            } else {
                [roles[1], roles[0]]
            },
        }
    }

    /// The first wording whose widest numbers fit: the line keeps its form while the numbers change.
    fn line(&self, room: usize) -> Vec<Part> {
        let wordings = [Wording::Full, Wording::Short, Wording::Kernel];
        let mut wordings = wordings.into_iter().map(|wording| self.parts(wording));
        let fits = |parts: &Vec<Part>| parts.iter().map(Part::columns).sum::<usize>() <= room;
        let fitting = wordings.find(fits);
        fitting.unwrap_or_else(|| self.parts(Wording::Kernel))
    }

    fn parts(&self, wording: Wording) -> Vec<Part> {
        let is_full = wording == Wording::Full;
        let word = |text: &str, role| Part {
            text: text.to_owned(),
            role,
            least: 0,
            most: 0,
        };
        let number = |value: Option<u64>| Part {
            text: value.map_or_else(|| "?".to_owned(), |value| short(value, is_full)),
            role: if value.is_some() {
                Role::Text
            } else {
                Role::Inferred
            },
            // As wide where nobody knows the number: nothing jumps when it comes to be known.
            least: if is_full {
                SIZE_COLUMNS + 1
            } else {
                SHORT_COLUMNS
            },
            most: 0,
        };
        let [from, to] = &self.names;
        let say = |key| self.scene.say(key);
        let named = |key| format!("{} ", say(key));
        let places = self.places;
        let mut parts = vec![word(from, self.roles[0])];
        if wording == Wording::Kernel {
            parts.push(word(" ", Role::Muted));
        } else {
            parts.push(word(&format!(" {} ", say("journey.holds")), Role::Muted));
            parts.push(number(places.held));
            parts.push(word(if is_full { "┈▶ " } else { "▶ " }, Role::Muted));
        }
        parts.push(word(&named("journey.unsent"), Role::Muted));
        parts.push(number(places.unsent));
        parts.push(word(
            &format!("▶ {} ", say("journey.in-flight")),
            Role::Muted,
        ));
        parts.push(number(places.in_flight));
        parts.extend(self.wire(is_full));
        parts.extend(self.queue(is_full));
        parts.push(number(places.waiting));
        parts.push(word("▶ ", Role::Muted));
        if is_full {
            parts.push(word(to, self.roles[1]));
            parts.push(word(&format!(" {} ", say("journey.has-read")), Role::Muted));
        } else {
            parts.push(word(&named("journey.read"), Role::Muted));
        }
        parts.push(Part {
            least: 0,
            most: if places.read.is_some() {
                SIZE_COLUMNS
            } else {
                1
            },
            text: places.read.map_or_else(|| "?".to_owned(), size),
            ..number(places.read)
        });
        parts
    }

    /// `B’s queue`: the name has a colour of its own, wherever the language puts it.
    fn queue(&self, is_full: bool) -> [Part; 3] {
        let key = if is_full {
            "journey.of-queue"
        } else {
            "journey.queue"
        };
        let words = self.scene.say(key);
        let (before, behind) = words.split_once("{0}").unwrap_or((words, ""));
        let part = |text: String, role| Part {
            text,
            role,
            least: 0,
            most: 0,
        };
        [
            part(before.to_owned(), Role::Muted),
            part(self.names[1].clone(), self.roles[1]),
            part(format!("{behind} "), Role::Muted),
        ]
    }

    /// The wire: solid where the kernel tells what is on it, and how often it was tried anew.
    fn wire(&self, is_full: bool) -> Vec<Part> {
        let fact = self.fact;
        let is_seen = fact.is_some_and(|fact| fact.in_flight.is_some());
        let again = fact.and_then(|fact| fact.retransmits).filter(|n| *n > 0);
        let wire = self.scene.say("journey.wire");
        let text = match (is_full, is_seen) {
            (true, true) => format!("═══ {wire} ═══▶ "),
            (true, false) => format!("┈┈┈ {wire} ┈┈┈▶ "),
            (false, true) => "═▶ ".to_owned(),
            (false, false) => "┈▶ ".to_owned(),
        };
        let role = if is_seen { Role::Text } else { Role::Inferred };
        let part = |text: String, role| Part {
            text,
            role,
            least: 0,
            most: 0,
        };
        let resent = again.map(|again| {
            part(
                format!("{} ", self.scene.fill("journey.resent", &[&again])),
                Role::Strong,
            )
        });
        std::iter::once(part(text, role)).chain(resent).collect()
    }
}

/// A number of bytes; in the narrow wording in six columns at most.
fn short(bytes: u64, is_full: bool) -> String {
    match bytes {
        10_000_000..1_000_000_000 if !is_full => format!("{} MB", bytes / 1_000_000),
        10_000_000_000.. if !is_full => format!("{} GB", bytes / 1_000_000_000),
        _ => size(bytes),
    }
}

/// The program that has the other end, as the kernel tells.
fn program(conn: &Conn) -> Option<&str> {
    let holder = conn.holder.as_ref()?;
    let program = holder.program.as_deref()?;
    (holder.of == Held::Peer && conn.other().is_some()).then_some(program)
}

/// Whether connections wait at it to be accepted: at a tap as at any listener.
fn has_seats(conn: &Conn) -> bool {
    conn.role.is_maker() && !conn.transport.is_connectionless()
}

fn render_listener(scene: Scene<'_>, conn: &Conn, area: Rect, buf: &mut Buffer) {
    let mut pen = Pen::new(buf, area, 0, scene.look());
    pen.skip(1).put(&conn.name, Role::Ours).skip(1);
    pen.put(waiting_room(scene, conn), Role::Text);
    let how = if conn.auto {
        "journey.accepts-itself"
    } else {
        "journey.accepts-asked"
    };
    pen.put(" · ", Role::Muted).put(scene.say(how), Role::Muted);
}

/// `waiting room: 0 of 129 seats taken ▶ accepted 1`.
fn waiting_room(scene: Scene<'_>, conn: &Conn) -> String {
    let taken = count(conn.fact.waiting.map(u64::from));
    let seats = count(conn.fact.backlog.map(|backlog| u64::from(backlog) + 1));
    scene.fill("journey.waiting-room", &[&taken, &seats, &conn.accepted])
}

/// What is told of a tap to which nobody connects: an address that sends is a client of it.
fn clients(scene: Scene<'_>, conn: &Conn) -> Option<String> {
    let target = target(conn).filter(|_| conn.transport.is_connectionless())?;
    Some(scene.fill("journey.clients", &[&conn.accepted, &target]))
}

/// A number, or `?` where nobody observed one.
fn count(value: Option<u64>) -> String {
    value.map_or_else(|| "?".to_owned(), |value| value.to_string())
}
