//! The journey through a tap: from one kernel to the tap, what that holds, and on to the kernel of the other side. Both
//! hops stand in one line, or as boxes where there are rows for them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::boxes::{self, Cell, Group};
use super::{Ends, NAME_COLUMNS, Part, SHORT_COLUMNS, program, short};
use crate::escape;
use crate::event::{ConnId, Dir};
use crate::session::Conn;
use crate::ui::head::target;
use crate::ui::ink::{self, SIZE_COLUMNS, clip};
use crate::ui::pane::Scene;
use crate::ui::theme::Role;

/// Columns of a wire at the least: a name above it, or how often something was sent again.
const WIRE_COLUMNS: u16 = 12;

/// A direction of a conversation: the hop to the tap, and that from it.
pub(super) struct Hops<'a> {
    scene: Scene<'a>,
    /// To the tap.
    to: Ends<'a>,
    /// From it, once there is a connection to the target.
    from: Option<Ends<'a>>,
    /// Who sends, the tap, who receives.
    names: [String; 3],
}

impl<'a> Hops<'a> {
    /// The hops of a direction of a conversation's side; `None` for a socket that no tap made.
    pub(super) fn new(scene: Scene<'a>, id: ConnId, dir: Dir) -> Option<Self> {
        let session = scene.session;
        if !session.is_tapped(id) {
            return None;
        }
        let across = session.conn(id)?.across;
        let (to, from) = match dir {
            Dir::In => (Some(id), across),
            Dir::Out => (across, Some(id)),
        };
        let is_to_server = session.is_to_server(id, dir);
        let client = session.near_side(id);
        let tap = session.conn(client)?.parent;
        let tap = tap.and_then(|tap| session.conn(tap));
        let server = session.far_side(client);
        let known = |conn: Option<&'a Conn>| conn.and_then(program).map(str::to_owned);
        let own = |conn: Option<&'a Conn>| {
            let twin = conn.and_then(|conn| conn.twin);
            twin.map(|twin| session.name(twin).to_owned())
        };
        let near = session.conn(client);
        let asks = own(near).or(known(near));
        let asks = asks.unwrap_or_else(|| scene.say("tapped.client").to_owned());
        let answers = own(server).or(known(server)).or(tap.and_then(target));
        let answers = answers.unwrap_or_else(|| scene.say("tapped.server").to_owned());
        let (first, last) = if is_to_server {
            (asks, answers)
        } else {
            (answers, asks)
        };
        let name = |name: String| clip(&escape::clean(&name), NAME_COLUMNS);
        let tap = clip(session.conversation(id), NAME_COLUMNS);
        Some(Self {
            scene,
            to: Ends::new(scene, to.unwrap_or(id), Dir::In),
            from: from.map(|from| Ends::new(scene, from, Dir::Out)),
            names: [name(first), tap, name(last)],
        })
    }

    /// The line, of the wordings that fit the one that says most.
    pub(super) fn line(&self, room: usize) -> Vec<Part> {
        let mut wordings = (0..4).map(|less| self.parts(less));
        let fits = |parts: &Vec<Part>| parts.iter().map(Part::columns).sum::<usize>() <= room;
        let fitting = wordings.find(fits);
        fitting.unwrap_or_else(|| self.parts(4))
    }

    /// The pieces of the line: with `less` first what the others' kernels hold goes, then what they read, then names.
    fn parts(&self, less: u8) -> Vec<Part> {
        let say = |key| self.scene.say(key);
        let word = |text: String, role| Part {
            text,
            role,
            least: 0,
            most: 0,
        };
        let muted = |text: String| word(text, Role::Muted);
        let columns = if less < 2 {
            SIZE_COLUMNS
        } else {
            SHORT_COLUMNS
        };
        let number = |value: Option<u64>| Part {
            text: value.map_or_else(|| "?".to_owned(), |value| short(value, less < 2)),
            role: if value.is_some() {
                Role::Text
            } else {
                Role::Inferred
            },
            least: columns + 1,
            most: 0,
        };
        let wire = |(text, role): (&str, Role)| word(text.to_owned(), role);
        let (to, from) = (self.to.places, self.from.as_ref().map(|ends| ends.places));
        let [first, tap, last] = &self.names;
        let mut parts = Vec::new();
        if less < 4 {
            parts.push(word(format!("{first} "), Role::Theirs));
        }
        if less < 1 {
            parts.push(muted(format!("{} ", say("journey.unsent"))));
            parts.push(number(to.unsent));
            parts.push(muted(format!("▶ {} ", say("journey.in-flight"))));
            parts.push(number(to.in_flight));
        }
        parts.push(wire(wire_of(Some(&self.to))));
        parts.push(muted(format!("{} ", say("journey.waiting"))));
        parts.push(number(to.waiting));
        parts.push(muted("▶ ".to_owned()));
        if less < 3 {
            parts.push(word(format!("{tap} "), Role::Ours));
        }
        parts.push(muted(format!("{} ", say("journey.holds"))));
        parts.push(number(from.and_then(|places| places.held)));
        parts.push(muted(format!("▶ {} ", say("journey.unsent"))));
        parts.push(number(from.and_then(|places| places.unsent)));
        if less < 2 {
            parts.push(muted(format!("▶ {} ", say("journey.in-flight"))));
            parts.push(number(from.and_then(|places| places.in_flight)));
        }
        parts.push(wire(wire_of(self.from.as_ref())));
        if less < 1 {
            parts.push(muted(format!("{} ", say("journey.waiting"))));
            parts.push(number(from.and_then(|places| places.waiting)));
            parts.push(muted("▶ ".to_owned()));
        }
        if less < 4 {
            parts.push(word(format!("{last} "), Role::Theirs));
        }
        if less < 2 {
            let read = number(from.and_then(|places| places.read));
            parts.extend([muted(format!("{} ", say("journey.read"))), read]);
        }
        parts
    }

    /// Draws it as boxes under a rule.
    pub(super) fn render(&self, area: Rect, buf: &mut Buffer) {
        let scene = self.scene;
        let title = scene.fill("journey.title", &[&scene.direction()]);
        let rule = Rect { height: 1, ..area };
        ink::rule(buf, rule, &title, "", false, scene.look());
        let fixed = |groups: &[Group]| {
            let boxes: u16 = groups.iter().map(|group| group.columns(scene)).sum();
            boxes + 2 * boxes::CALL_COLUMNS + 4
        };
        let mut groups = self.groups();
        // What the others' kernels hold is known of few: it goes first.
        for (at, name) in [(0, &self.names[0]), (4, &self.names[2])] {
            if fixed(&groups) + 2 * WIRE_COLUMNS > area.width {
                groups[at].cells.clear();
                groups[at].name.clone_from(name);
            }
        }
        let wires = area.width.saturating_sub(fixed(&groups));
        let wires = [wires / 2, wires - wires / 2];
        let mut column = 2;
        for (at, group) in groups.iter().enumerate() {
            group.render(scene, column, area, buf);
            column += group.columns(scene);
            let mut pen = ink::Pen::new(buf, area, 3, scene.look());
            pen.to(column);
            let columns = match at {
                0 => {
                    boxes::render_wire(scene, &self.to, column, wires[0], area, buf);
                    wires[0]
                }
                1 => {
                    boxes::arrow(&mut pen, '─', "recv", boxes::CALL_COLUMNS, Role::Muted);
                    boxes::CALL_COLUMNS
                }
                2 => {
                    boxes::arrow(&mut pen, '─', "send", boxes::CALL_COLUMNS, Role::Muted);
                    boxes::CALL_COLUMNS
                }
                3 => {
                    if let Some(from) = &self.from {
                        boxes::render_wire(scene, from, column, wires[1], area, buf);
                    }
                    wires[1]
                }
                _ => 0,
            };
            column += columns;
        }
    }

    fn groups(&self) -> [Group; 5] {
        let scene = self.scene;
        let to = self.to.places;
        let from = self.from.as_ref().map(|ends| ends.places);
        let from = from.unwrap_or_default();
        let cell = |word, value| Cell { word, value };
        let kernel = |name: &String, role, cells| Group {
            name: scene.fill("journey.kernel", &[name]),
            role,
            cells,
        };
        let [first, tap, last] = &self.names;
        let sending = [
            ("journey.unsent", "journey.in-flight", to),
            ("journey.unsent", "journey.in-flight", from),
        ]
        .map(|(unsent, flying, places)| {
            vec![cell(unsent, places.unsent), cell(flying, places.in_flight)]
        });
        let [before, behind] = sending;
        [
            kernel(first, Role::Theirs, before),
            kernel(tap, Role::Ours, vec![cell("journey.waiting", to.waiting)]),
            Group {
                name: scene.fill("journey.tap", &[tap]),
                role: Role::Ours,
                cells: vec![cell("journey.holds", from.held)],
            },
            kernel(tap, Role::Ours, behind),
            kernel(
                last,
                Role::Theirs,
                vec![cell("journey.waiting", from.waiting)],
            ),
        ]
    }
}

/// A wire: solid where a kernel tells what is on it.
fn wire_of(ends: Option<&Ends<'_>>) -> (&'static str, Role) {
    match ends.and_then(|ends| ends.fact) {
        Some(fact) if fact.in_flight.is_some() => ("═▶ ", Role::Text),
        _ => ("┈▶ ", Role::Inferred),
    }
}
