//! The states of a TCP connection as RFC 9293 draws them (section 3.3.2, figure 5): where this socket is, how it got
//! there, and where its other end is. What nobody observed is dotted.

mod map;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{self, Pen, clip};
use super::overlay::{Overlay, STATES};
use super::pane::Scene;
use super::theme::Role;
use crate::endpoint::Transport;
use crate::event::{Role as Kind, State};
use crate::session::{Conn, Session};

use map::Place::{
    Begin, CloseWait, Closing, End, Established, FinWait1, FinWait2, LastAck, LastEnd, Listen,
    SynReceived, SynSent, TimeWait,
};
use map::{COLUMNS, LINES, PLACES, Place, WAYS};

/// What stands around the map: the title, the paths of two ends, what the signs mean.
const AROUND: u16 = 4;

/// The most columns of a name beside a state.
const NAME_COLUMNS: usize = 6;

/// What must have been between two states that were seen, if the one between was too short to be.
const PASSED: &[(Place, Place, Place)] = &[
    (Begin, Established, SynSent),
    (Established, FinWait2, FinWait1),
    (Established, Closing, FinWait1),
    (Established, TimeWait, FinWait1),
    (Established, LastAck, CloseWait),
    (CloseWait, LastEnd, LastAck),
];

/// A step of the way that a socket took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    place: Place,
    /// The event told it; else it only must have been so.
    is_told: bool,
}

/// The map.
pub(super) struct Over;

impl Overlay for Over {
    fn name(&self) -> &'static str {
        STATES
    }

    fn open(&self, ui: &mut Ui, session: &Session) -> Result<(), String> {
        let Some(conn) = ui.subject.and_then(|id| session.conn(id)) else {
            return Err(ui.locale.say("notice.no-such-socket").to_owned());
        };
        if conn.transport != Transport::Tcp {
            return Err(ui.locale.fill("states.none", &[&conn.name]));
        }
        Ok(())
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        render(scene, area, buf);
        None
    }
}

/// Draws it.
fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(conn) = scene.ui.subject.and_then(|id| scene.session.conn(id)) else {
        return;
    };
    let look = scene.look();
    let title = scene.fill("states.title", &[&conn.name]);
    let line = Rect {
        height: area.height.min(1),
        ..area
    };
    ink::rule(buf, line, &title, "Esc", true, look);
    if conn.transport != Transport::Tcp {
        let text = scene.fill("states.none", &[&conn.name]);
        Pen::new(buf, area, 2, look).skip(1).put(text, Role::Muted);
        return;
    }
    let twin = scene
        .session
        .twin(conn.id)
        .and_then(|id| scene.session.conn(id));
    let body = Rect {
        y: area.y.saturating_add(1).min(area.bottom()),
        height: area.height.saturating_sub(1),
        ..area
    };
    let has_map = area.width >= COLUMNS && area.height >= LINES + AROUND;
    let mut row = u16::from(!has_map);
    if has_map {
        let air = body.height - LINES - (AROUND - 1);
        let top = (air / 2).min(2);
        let map = Rect {
            x: body.x + (area.width - COLUMNS) / 2,
            y: body.y + top,
            width: COLUMNS,
            height: LINES,
        };
        Map::new(scene, conn, twin).render(map, buf);
        row = top + LINES + u16::from(air > top);
    }
    let ends = [(Some(conn), Role::Ours), (twin, Role::Theirs)];
    for (end, role) in ends {
        let Some(end) = end else { continue };
        render_path(scene, end, role, (body, row), buf);
        row += 1;
    }
    if row + 1 < body.height {
        Pen::new(buf, body, row, look)
            .skip(1)
            .put(conn.state.name(), Role::Strong)
            .put(" — ", Role::Muted)
            .put(words(scene, conn.state), Role::Text);
        row += 1;
    }
    if row < body.height {
        Pen::new(buf, body, row, look)
            .skip(1)
            .put(scene.say("states.signs"), Role::Muted);
    }
}

/// What a state means to who stands there.
pub(super) fn words(scene: Scene<'_>, state: State) -> String {
    let name = state.name().to_ascii_lowercase().replace('_', "-");
    scene.fill(&format!("states.{name}"), &[])
}

/// The states that a socket went through, each with the event that told it, the newest where there is no room for all.
fn render_path(
    scene: Scene<'_>,
    conn: &Conn,
    role: Role,
    (area, row): (Rect, u16),
    buf: &mut Buffer,
) {
    let mut pen = Pen::new(buf, area, row, scene.look());
    let who = format!("{}{}", conn.role.glyph(), clip(&conn.name, NAME_COLUMNS));
    pen.skip(1).put(who, role).to(10);
    let step = |(state, seq): &(State, u64)| format!("{} #{seq}", state.name());
    let steps: Vec<String> = conn.path.iter().map(step).collect();
    let room = usize::from(pen.room());
    let mut from = 0;
    let joined = |from: usize| {
        let shown = steps.get(from..).unwrap_or_default().join(" → ");
        if from == 0 {
            shown
        } else {
            format!("… → {shown}")
        }
    };
    while from + 1 < steps.len() && crate::escape::width(&joined(from)) > room {
        from += 1;
    }
    pen.put(joined(from), Role::Text);
}

/// What the map shows of one socket and its other end.
struct Map<'a> {
    scene: Scene<'a>,
    steps: Vec<Step>,
    /// Who is where now, and what is left of a time there.
    now: Vec<(Place, String, Role)>,
}

impl<'a> Map<'a> {
    fn new(scene: Scene<'a>, conn: &Conn, twin: Option<&Conn>) -> Self {
        let mut now = Vec::new();
        for (end, role) in [(Some(conn), Role::Ours), (twin, Role::Theirs)] {
            let Some(end) = end else { continue };
            let steps = steps(end);
            let name = clip(&end.name, NAME_COLUMNS);
            let mut text = format!("{}{name}", end.role.glyph());
            if let Some(left) = end.waits_out(scene.now) {
                text = format!("{text} {} s", left.as_secs());
            }
            now.extend(steps.last().map(|last| (last.place, text, role)));
        }
        let foreign = conn.other().filter(|_| twin.is_none());
        if let Some(state) = foreign.and_then(|fact| fact.state) {
            let name = clip(scene.say("journey.peer"), NAME_COLUMNS);
            now.push((place(state, None), name, Role::Theirs));
        }
        Self {
            scene,
            steps: steps(conn),
            now,
        }
    }

    fn render(&self, area: Rect, buf: &mut Buffer) {
        let mut ways: Vec<_> = WAYS
            .iter()
            .map(|(from, to, strokes)| (self.taken(*from, *to), strokes))
            .collect();
        // Where two ways share a line, the one that was taken is seen.
        ways.sort_by_key(|(taken, _)| match taken {
            None => 0,
            Some(false) => 1,
            Some(true) => 2,
        });
        for (taken, strokes) in ways {
            let role = if taken.is_some() {
                Role::Text
            } else {
                Role::Muted
            };
            for (column, line, text) in *strokes {
                let drawn: String = text.chars().map(|c| stroke(c, taken)).collect();
                Pen::new(buf, area, *line, self.scene.look())
                    .to(*column)
                    .put(drawn, role);
            }
        }
        for (place, name, column, line) in PLACES {
            let mut pen = Pen::new(buf, area, *line, self.scene.look());
            let (mark, role) = self.mark(*place);
            pen.to(*column)
                .fmt(mark, role)
                .put(" ", Role::Muted)
                .put(name, role)
                .put(" ", Role::Muted);
            for (_, who, role) in self.now.iter().filter(|(at, ..)| at == place) {
                pen.put(who, *role).put(" ", Role::Muted);
            }
        }
    }

    /// Whether that way was taken: seen, or only inferred.
    fn taken(&self, from: Place, to: Place) -> Option<bool> {
        self.steps
            .iter()
            .zip(self.steps.iter().skip(1))
            .find(|(one, other)| one.place == from && other.place == to)
            .map(|(one, other)| one.is_told && other.is_told)
    }

    fn mark(&self, place: Place) -> (char, Role) {
        let is_here = self.steps.last().is_some_and(|last| last.place == place);
        let step = self.steps.iter().find(|step| step.place == place);
        match step {
            _ if is_here => ('◉', Role::Strong),
            Some(step) if step.is_told => ('●', Role::Text),
            Some(_) => ('◌', Role::Inferred),
            None => ('○', Role::Muted),
        }
    }
}

/// A line of the map as it is drawn: heavy where the way was taken, dotted where it must have been.
fn stroke(c: char, taken: Option<bool>) -> char {
    match (c, taken) {
        ('─', Some(true)) => '━',
        ('│', Some(true)) => '┃',
        ('┌', Some(true)) => '┏',
        ('┐', Some(true)) => '┓',
        ('┘', Some(true)) => '┛',
        ('┴', Some(true)) => '┻',
        ('─', Some(false)) => '┈',
        ('│', Some(false)) => '┊',
        _ => c,
    }
}

/// The way that a socket took, with what it must have passed.
fn steps(conn: &Conn) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (at, (state, _)) in conn.path.iter().enumerate() {
        let before = steps.last().map(|step| step.place);
        let mut place = place(*state, before);
        if conn.role == Kind::Accepted && at == 0 {
            // The listener's: a socket that was accepted begins with somebody's SYN.
            place = SynReceived;
        }
        if before == Some(place) || conn.role == Kind::Accepted && place == Begin {
            continue;
        }
        let passed = PASSED
            .iter()
            .find(|(from, to, _)| Some(*from) == before && *to == place)
            // A reset leads from everywhere to the end, past all of them.
            .filter(|_| conn.trouble.is_none());
        steps.extend(passed.map(|(.., passed)| Step {
            place: *passed,
            is_told: false,
        }));
        steps.push(Step {
            place,
            is_told: conn.role != Kind::Accepted || at > 0,
        });
    }
    steps
}

/// Where a state stands on the map, for a socket that came from `before`.
fn place(state: State, before: Option<Place>) -> Place {
    match state {
        State::Fresh | State::Bound => Begin,
        State::Listen => Listen,
        State::SynSent => SynSent,
        State::SynReceived => SynReceived,
        State::Established | State::Connected => Established,
        State::FinWait1 => FinWait1,
        State::FinWait2 => FinWait2,
        State::Closing => Closing,
        State::TimeWait => TimeWait,
        State::CloseWait => CloseWait,
        State::LastAck => LastAck,
        State::Closed => match before {
            Some(Begin | Listen | SynSent | SynReceived) | None => Begin,
            Some(CloseWait | LastAck | LastEnd) => LastEnd,
            _ => End,
        },
    }
}

#[cfg(test)]
mod tests;
