//! The messages that the framing cut out of a direction, or out of both in turns: number, whether it is whole, range or
//! time, what it is, what it carries; and the parts of the one under the cursor. It reads the entries in view and no
//! others.

mod told;
mod tree;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{Pen, clip, wrap};
use super::motion::Motion;
use super::pane::{MESSAGES, Pane, Scene};
use super::theme::Role;
use crate::escape;
use crate::event::{ConnId, Dir, Role as Kind};
use crate::framing::{Entry, Message, Status};
use crate::session::{Asked, Lane, Session, Spoken};
use told::{after, answers, is_told, missing_of, number, other_ends, range};
use tree::Tree;

/// Panes from this width on have room for what is missing behind the payload; narrower ones say it in a second line.
const WIDE_COLUMNS: u16 = 64;

/// Fewer columns of a payload than this say nothing.
const PAYLOAD_COLUMNS: usize = 4;

/// The pane.
#[derive(Debug)]
pub(super) struct Messages;

impl Pane for Messages {
    fn name(&self) -> &'static str {
        "messages"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let count = |dir: Dir| {
            let lane = scene
                .stream()
                .and_then(|(conn, _)| scene.session.lane(conn, dir));
            lane.map_or(0, Lane::messages)
        };
        if let Some((conn, _)) = scene.stream().filter(|_| scene.ui.is_both()) {
            let [first, second] = asked_first(scene, conn).map(count);
            let key = if scene.session.is_tapped(conn) {
                "messages.of-tap"
            } else {
                "messages.of-both"
            };
            let title = scene.fill("messages.title", &[&(first + second)]);
            return (title, scene.fill(key, &[&first, &second]));
        }
        let title = scene.fill("messages.title", &[&count(scene.ui.dir)]);
        let behind = count(scene.ui.dir.other());
        let note = match (scene.stream(), scene.ui.dir, behind) {
            (None, _, _) => String::new(),
            (Some((conn, dir)), _, behind) if scene.session.is_tapped(conn) => {
                let key = if scene.session.is_to_server(conn, dir) {
                    "messages.to-server"
                } else {
                    "messages.to-client"
                };
                scene.fill(key, &[&behind])
            }
            (_, Dir::In, 0) => scene.fill("messages.received", &[]),
            (_, Dir::Out, 0) => scene.fill("messages.sent", &[]),
            (_, Dir::In, behind) => scene.fill("messages.received-and-sent", &[&behind]),
            (_, Dir::Out, behind) => scene.fill("messages.sent-and-received", &[&behind]),
        };
        (title, note)
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        if scene.stream().is_none() {
            return;
        }
        let tree = Tree::new(scene.ui, scene.session, area);
        if tree.entries == 0 {
            let text = none_yet(scene);
            let lines = wrap(text, usize::from(area.width).saturating_sub(2), 3);
            for (row, line) in (0..area.height).zip(lines) {
                Pen::new(buf, area, row, scene.look())
                    .skip(1)
                    .put(line, Role::Muted);
            }
            return;
        }
        let top = scene.top(MESSAGES, area);
        let shown: Vec<tree::Row<'_>> = (0..area.height)
            .filter_map(|row| tree.row(top + u64::from(row)))
            .collect();
        let first = shown.iter().find_map(tree::Row::entry).unwrap_or(0);
        // The one before the first says how long that took to come.
        let before = u64::from(first > 0 && scene.ui.is_both());
        let count = usize::from(area.height) + usize::from(before > 0);
        let listed = scene.ui.list_from(scene.session, first - before, count);
        let columns = Columns::new(scene, &listed, area.width);
        let asked = scene.ui.asked(scene.session, first - before, &listed);
        let exchange = other_ends(scene, &listed, &asked);
        for (row, shown) in (0..area.height).zip(&shown) {
            let (mut is_under, mut is_end) = (false, false);
            match shown {
                tree::Row::Entry(index) => {
                    let at = usize::try_from(index + before - first).unwrap_or(usize::MAX);
                    if let Some(spoken) = listed.get(at) {
                        let earlier = at.checked_sub(1).and_then(|at| listed.get(at));
                        let earlier = earlier.map(|earlier| earlier.at);
                        let asked = asked.get(at).and_then(Option::as_ref);
                        render_entry(scene, (spoken, asked), earlier, columns, (area, row), buf);
                        let place = (spoken.dir, spoken.entry.index);
                        is_under = place == (scene.ui.dir, scene.ui.entry);
                        is_end = exchange.contains(&place);
                    }
                }
                tree::Row::Node(node) => {
                    let mut pen = Pen::new(buf, area, row, scene.look());
                    if let Some(message) = tree.message() {
                        node.render(scene, message, columns.range, &mut pen);
                    }
                }
                tree::Row::Awaited => {
                    let missing = listed.last();
                    let missing = missing.map(|last| missing_of(scene, &last.entry.message));
                    Pen::new(buf, area, row, scene.look())
                        .skip(8)
                        .put(missing.unwrap_or_default(), Role::Inferred);
                }
            }
            let mark = tree.mark(scene, shown, is_under);
            if let Some(role) = mark.or(is_end.then_some(Role::Linked)) {
                let wide = match shown {
                    _ if role == Role::Selected => area.width,
                    tree::Row::Node(_) => 9,
                    _ => 6,
                };
                Pen::new(buf, area, row, scene.look()).over(1, wide, role);
            }
        }
    }

    fn rows(&self, ui: &Ui, session: &Session, area: Rect) -> u64 {
        Tree::new(ui, session, area).rows()
    }

    fn row(&self, ui: &Ui, session: &Session, area: Rect) -> u64 {
        Tree::new(ui, session, area).cursor(ui, session)
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        match motion {
            Motion::Last if !ui.is_growing() => {
                ui.follow = true;
                ui.observe(session);
                return;
            }
            Motion::Left | Motion::Right => {
                ui.stop_following(session);
                let mut tree = Tree::new(ui, session, area);
                if let Some(range) = tree.closed(ui, session)
                    && motion == Motion::Right
                {
                    ui.desk.turn_fold(range);
                    tree = Tree::new(ui, session, area);
                }
                match tree.beside(ui, session, motion == Motion::Right) {
                    Some(range) => ui.select_part(range, session),
                    None if tree.has_nodes() => {}
                    None => super::bytes::go(ui, session, motion, area),
                }
            }
            _ => {
                let row = ui.list_row(session);
                ui.stop_following(session);
                let to = motion.step(row, ui.list_rows(session), area.height);
                ui.select_row(to, session);
            }
        }
        Tree::new(ui, session, area).unfold(ui, area);
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let tree = Tree::new(ui, session, area);
        let top = ui.top(MESSAGES, tree.rows(), area.height);
        let row = tree.row(top + u64::from(at.y.saturating_sub(area.y)));
        match row {
            Some(tree::Row::Entry(index)) => {
                ui.stop_following(session);
                ui.select_row(index, session);
            }
            Some(tree::Row::Node(node)) => {
                let range = node.range.clone();
                ui.select_part(range, session);
            }
            Some(tree::Row::Awaited) | None => {}
        }
    }
}

impl Ui {
    /// Folds the part under the cursor, or unfolds it; of one without parts the one that holds it.
    pub(super) fn turn_fold(&mut self, session: &Session) -> Result<(), String> {
        let (_, area) = self.pane_area(session);
        self.stop_following(session);
        let tree = Tree::new(self, session, area);
        let Some(node) = tree.foldable(self, session) else {
            return Err(self.locale.say("messages.no-fold").to_owned());
        };
        let range = node.range.clone();
        self.select_part(range.clone(), session);
        self.desk.turn_fold(range);
        Ok(())
    }
}

/// What fills the pane.
fn none_yet(scene: Scene<'_>) -> &str {
    let conn = scene
        .stream()
        .and_then(|(conn, _)| scene.session.conn(conn));
    match conn {
        Some(conn) if conn.role == Kind::Tap => scene.say("tapped.nobody"),
        _ => scene.say("messages.none-yet"),
    }
}

/// The directions of a socket, that of who asks first.
fn asked_first(scene: Scene<'_>, conn: ConnId) -> [Dir; 2] {
    let is_asked =
        |dir: Dir| scene.session.is_to_server(conn, dir) && scene.session.is_tapped(conn);
    if is_asked(Dir::In) {
        [Dir::In, Dir::Out]
    } else {
        [Dir::Out, Dir::In]
    }
}

/// How wide the columns in view are.
#[derive(Clone, Copy, Debug)]
struct Columns {
    number: usize,
    range: usize,
    /// Whether the list has both directions: then the time says more than the range, for which narrow areas have no
    /// room.
    is_both: bool,
    is_wide: bool,
}

impl Columns {
    /// As wide as the widest in view, so that what they carry stands in one column.
    fn new(scene: Scene<'_>, shown: &[Spoken], width: u16) -> Self {
        let widest = |text: &dyn Fn(&Entry) -> String, least: usize| {
            let columns = shown
                .iter()
                .map(|spoken| escape::width(&text(&spoken.entry)));
            columns.fold(least, usize::max)
        };
        Self {
            number: widest(&number, 3),
            range: widest(&|entry| range(scene, &entry.message), 6),
            is_both: scene.ui.is_both(),
            is_wide: width >= WIDE_COLUMNS,
        }
    }
}

/// `▸` from the client to the server, or sent; `◂` the other way. In which role.
fn mark_of(scene: Scene<'_>, dir: Dir) -> (char, Role) {
    let conn = scene.stream().map(|(conn, _)| conn);
    let [asked, _] = conn.map_or([Dir::Out, Dir::In], |conn| asked_first(scene, conn));
    if dir == asked {
        ('▸', Role::Ours)
    } else {
        ('◂', Role::Theirs)
    }
}

/// ` #2 … 7–20  len 12  "wor"  waiting for 9 more bytes`; of both directions ` ▸#2 …  +0.004  …`.
fn render_entry(
    scene: Scene<'_>,
    (spoken, asked): (&Spoken, Option<&Asked>),
    earlier: Option<Duration>,
    columns: Columns,
    (area, row): (Rect, u16),
    buf: &mut Buffer,
) {
    let entry = &spoken.entry;
    let message = &entry.message;
    let (mark, role) = match message.status {
        Status::Ok => ("✓", Role::Good),
        Status::Partial { .. } => ("…", Role::Partial),
        Status::Bad { .. } => ("✗", Role::Bad),
        Status::Skipped { .. } => ("·", Role::Muted),
    };
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1);
    if columns.is_both {
        let (mark, role) = mark_of(scene, spoken.dir);
        pen.fmt(mark, role);
    }
    let number = format!("{:<1$} ", number(entry), columns.number);
    pen.put(number, Role::Text).put(mark, role).skip(1);
    if columns.is_both {
        let after = after(spoken.at, earlier);
        pen.put(format!("{after:>8} "), Role::Muted);
    }
    if columns.is_wide || !columns.is_both {
        let range = range(scene, message);
        pen.put(format!("{range:<0$} ", columns.range), Role::Muted);
    }
    match &message.status {
        Status::Bad { why, at } => {
            let at = scene.fill("messages.at", &[at]);
            pen.put(format!("{at}: {}", escape::clean(why)), Role::Bad);
        }
        Status::Skipped { why } => {
            pen.put(escape::clean(why), Role::Muted);
        }
        Status::Ok | Status::Partial { .. } => {
            render_told(scene, (spoken, asked), columns, area.width, &mut pen);
        }
    }
}

/// What a message is, what it carries, and at the end of the line what is missing, or what it answers.
fn render_told(
    scene: Scene<'_>,
    (spoken, asked): (&Spoken, Option<&Asked>),
    columns: Columns,
    width: u16,
    pen: &mut Pen<'_>,
) {
    let message = &spoken.entry.message;
    let missing = match asked {
        _ if width < WIDE_COLUMNS => String::new(),
        Some(asked) => answers(scene, asked),
        None => missing_of(scene, message),
    };
    let kept = if missing.is_empty() {
        0
    } else {
        escape::width(&missing) + 3
    };
    if !message.note.is_empty() {
        let note = escape::clean(&message.note);
        let room = usize::from(pen.room()).saturating_sub(kept);
        pen.put(clip(&note, room), Role::Muted).skip(2);
    }
    if !columns.is_wide && columns.is_both && is_told(message) {
        return;
    }
    let room = usize::from(pen.room()).saturating_sub(kept);
    if room >= PAYLOAD_COLUMNS {
        payload(scene, (spoken.dir, message), room, pen);
    }
    if !missing.is_empty() {
        pen.skip(1).right(&format!("{missing} "), Role::Inferred);
    }
}

/// What the message carries, escaped, as much as fits between its quotes.
fn payload(scene: Scene<'_>, (dir, message): (Dir, &Message), columns: usize, pen: &mut Pen<'_>) {
    let Some((conn, _)) = scene.stream() else {
        return;
    };
    // Four bytes a column are enough for every escape, and three more to tell a character from a broken one.
    let limit = message.payload.start - message.range.start + columns as u64 * 4 + 3;
    let bytes = scene.session.payload(conn, dir, message, limit);
    let (text, used) = escape::escape_prefix(&bytes, columns.saturating_sub(3));
    pen.put("\"", Role::Muted).put(text, Role::Text);
    pen.put(if used < bytes.len() { "…" } else { "\"" }, Role::Muted);
}
