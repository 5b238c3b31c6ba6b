//! The top of the screen: the sockets with their numbers, the limits in force, and on small screens the names of the
//! panes.

mod address;

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Ui;
use super::ink::{Pen, clip, size};
use super::pane::{PANES, Scene};
use super::past;
use super::theme::Role;
use crate::escape;
use crate::event::{ConnId, Role as Kind};
use crate::session::{Conn, Session};
pub(super) use address::{addresses, glyph, states, target};

/// What stands before the strip of panes where there is room for it, and its columns.
const STRIP_KEY: (&str, u16) = ("Tab: ", 5);

/// Columns that a count of what does not fit takes: `‹12`, `9›`.
const COUNT_COLUMNS: u16 = 4;

/// Draws the line of sockets.
pub(super) fn render_tabs(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let look = scene.look();
    if scene.ui.tabs.is_empty() {
        Pen::new(buf, area, 0, look)
            .skip(1)
            .put("Sockeye", Role::Strong)
            .skip(2)
            .put(scene.say("head.none"), Role::Muted);
    }
    let line = TabLine::new(scene.ui, scene.session, area);
    for tab in &line.tabs {
        let focused = Some(tab.conn) == scene.ui.focus;
        let open = scene.session.conn(tab.conn).is_some_and(Conn::is_open);
        let role = match (focused, open) {
            (true, _) => Role::Strong,
            (false, true) => Role::Text,
            (false, false) => Role::Muted,
        };
        Pen::new(buf, tab.place, 0, look).put(&tab.text, role);
    }
    let mut pen = Pen::new(buf, area, 0, look);
    if line.before > 0 {
        pen.fmt(format_args!("‹{}", line.before), Role::Muted);
    }
    if line.behind > 0 {
        pen.to(line.behind_at)
            .fmt(format_args!("{}›", line.behind), Role::Muted);
    }
    let mut at = area.width;
    for (text, role) in notes(scene.ui, scene.session).into_iter().rev() {
        let text = format!(" {text} ");
        at = at.saturating_sub(u16::try_from(escape::width(&text)).unwrap_or(0));
        pen.to(at).put(text, role);
    }
}

/// What stands at the end of the line: how much is recorded, and what [`note`] says.
fn notes(ui: &Ui, session: &Session) -> Vec<(String, Role)> {
    let recorded = ui.recorded().map(|(bytes, is_over)| {
        let key = if is_over {
            "head.recorded"
        } else {
            "head.recording"
        };
        (ui.locale.fill(key, &[&size(bytes)]), Role::Strong)
    });
    recorded.into_iter().chain(note(ui, session)).collect()
}

/// Whether the newest is followed, and whether something can still come; nothing before there is a socket.
fn note(ui: &Ui, session: &Session) -> Option<(String, Role)> {
    let say = |key| ui.locale.say(key).to_owned();
    let (note, role) = state(ui, session)?;
    Some(match &ui.opened {
        // In a file nothing is live.
        Some(name) if role == Role::Muted => (ui.locale.fill("head.file", &[name]), role),
        Some(name) => (format!("{name} · {}", say(note)), role),
        None => (say(note), role),
    })
}

fn state(ui: &Ui, session: &Session) -> Option<(&'static str, Role)> {
    if session.past().is_some() {
        return Some(("head.past", Role::Strong));
    }
    if session.conns().is_empty() && ui.opened.is_none() {
        return None;
    }
    let is_live = session.conns().iter().any(Conn::is_open);
    if ui.follow && !session.caught().is_empty() {
        return Some(("head.held", Role::Strong));
    }
    if ui.follow && session.is_holding() {
        return Some(("head.hold", Role::Strong));
    }
    Some(match (ui.follow, is_live) {
        (false, _) => ("head.follow", Role::Strong),
        (true, true) => ("head.live", Role::Muted),
        (true, false) => ("head.ended", Role::Muted),
    })
}

/// A socket in the line.
#[derive(Debug)]
struct Tab {
    conn: ConnId,
    place: Rect,
    text: String,
}

/// The sockets that the line has room for, the focused one always among them, and how many it has none for.
#[derive(Debug)]
struct TabLine {
    tabs: Vec<Tab>,
    before: usize,
    behind: usize,
    behind_at: u16,
}

impl TabLine {
    fn new(ui: &Ui, session: &Session, area: Rect) -> Self {
        let notes = notes(ui, session);
        let wide: usize = notes.iter().map(|(note, _)| escape::width(note) + 2).sum();
        let kept = u16::try_from(wide).unwrap_or(0) + 1;
        let room = area.width.saturating_sub(kept + 1);
        let (texts, gap) = texts(ui, session, room);
        let conns: Vec<ConnId> = shown(ui, session).map(|(conn, _)| conn).collect();
        let focused = conns.iter().position(|conn| Some(*conn) == ui.focus);
        let focused = focused.unwrap_or(0);
        let wide = |text: &String| u16::try_from(escape::width(text)).unwrap_or(u16::MAX);
        // The columns of a part of the line, with the counts of what stands before and behind it.
        let takes = |first: usize, last: usize| {
            let part = texts.iter().take(last + 1).skip(first);
            let words: u32 = part.map(|text| u32::from(wide(text) + gap)).sum();
            let counts = usize::from(first > 0) + usize::from(last + 1 < texts.len());
            words.saturating_sub(u32::from(gap))
                + u32::from(COUNT_COLUMNS) * u32::try_from(counts).unwrap_or(0)
        };
        // As many as fit around the focused one, those behind it first.
        let (mut first, mut last) = (focused, focused);
        loop {
            if last + 1 < texts.len() && takes(first, last + 1) <= u32::from(room) {
                last += 1;
            } else if first > 0 && takes(first - 1, last) <= u32::from(room) {
                first -= 1;
            } else {
                break;
            }
        }
        let mut x = 1 + if first > 0 { COUNT_COLUMNS } else { 0 };
        let mut tabs = Vec::new();
        for (conn, text) in conns.iter().zip(&texts).take(last + 1).skip(first) {
            let width = wide(text).min((room + 1).saturating_sub(x));
            let place = Rect {
                x: area.x + x.min(area.width),
                width,
                ..area
            };
            tabs.push(Tab {
                conn: *conn,
                place,
                text: clip(text, usize::from(width)),
            });
            x = x.saturating_add(wide(text)).saturating_add(gap);
        }
        Self {
            tabs,
            before: first,
            behind: texts.len().saturating_sub(last + 1),
            behind_at: x,
        }
    }
}

/// Where each socket stands in the line.
pub(super) fn places(ui: &Ui, session: &Session, area: Rect) -> Vec<(Rect, ConnId)> {
    let line = TabLine::new(ui, session, area);
    line.tabs
        .into_iter()
        .map(|tab| (tab.place, tab.conn))
        .collect()
}

/// The sockets with their numbers, and the focused one if it has none; those that are there at the moment in view.
fn shown(ui: &Ui, session: &Session) -> impl Iterator<Item = (ConnId, Option<usize>)> {
    let extra = ui.focus.filter(|conn| !ui.tabs.contains(conn));
    let tabs = ui.tabs.iter().copied().zip((1..=9).map(Some));
    let all = tabs.chain(extra.map(|conn| (conn, None)));
    all.filter(|(conn, _)| session.conn(*conn).is_some())
}

/// What is said of each socket, and the columns between two: all where it fits, else all of the focused one and the
/// names of the others, so that none is out of sight while there is any other way.
fn texts(ui: &Ui, session: &Session, room: u16) -> (Vec<String>, u16) {
    let numbered: Vec<(ConnId, Option<usize>)> = shown(ui, session).collect();
    let all = |is_long: &dyn Fn(ConnId) -> bool| {
        let texts = numbered.iter().map(|(conn, number)| {
            if is_long(*conn) {
                text(session, *conn, *number)
            } else {
                name(session, *conn, *number)
            }
        });
        texts.collect::<Vec<String>>()
    };
    let room = usize::from(room);
    let full = all(&|_| true);
    let words: usize = full.iter().map(|text| escape::width(text)).sum();
    let gaps = full.len().saturating_sub(1);
    for gap in [3, 2] {
        if words + gaps * usize::from(gap) <= room {
            return (full, gap);
        }
    }
    (all(&|conn| Some(conn) == ui.focus), 2)
}

/// `1▸A`.
fn name(session: &Session, conn: ConnId, number: Option<usize>) -> String {
    let Some(conn) = session.conn(conn) else {
        return String::new();
    };
    let number = number.map_or(String::new(), |number| number.to_string());
    let glyph = glyph(session, conn);
    format!("{number}{glyph}{}", clip(session.conversation(conn.id), 8))
}

/// `1▸A :52258→:7000 ESTAB`.
fn text(session: &Session, conn: ConnId, number: Option<usize>) -> String {
    let Some(conn) = session.conn(conn) else {
        return String::new();
    };
    let mut text = format!("{} ", name(session, conn.id, number));
    text.push_str(&addresses(conn, session, 30));
    if conn.role == Kind::Listener && conn.is_open() {
        if let (Some(waiting), Some(backlog)) = (conn.fact.waiting, conn.fact.backlog) {
            let seats = u64::from(backlog) + 1;
            text = format!("{text} seats {waiting}/{seats}");
        }
    } else {
        text.push(' ');
        text.push_str(&states(session, conn));
    }
    // The words of the commands that did it, in no language.
    let levers = [
        (conn.cable.is_some(), " unplugged"),
        (conn.leaked, " leaked"),
        (!conn.answers.is_empty(), " answers"),
    ];
    for (_, word) in levers
        .into_iter()
        .filter(|(is_so, _)| conn.is_open() && *is_so)
    {
        text.push_str(word);
    }
    if conn.is_open() && conn.refs > 1 {
        let _ = write!(text, " refs {}", conn.refs);
    }
    text
}

/// Draws the limits in force, each in a line; what does not fit is counted.
pub(super) fn render_banners(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let area = past::render_bar(scene, area, buf);
    let count = scene.session.banners().count();
    let rows = usize::from(area.height);
    for (row, banner) in (0..area.height).zip(scene.session.banners()) {
        let is_last = usize::from(row) + 1 == rows && count > rows;
        let more = if is_last {
            scene.fill("head.more", &[&(count - rows)])
        } else {
            String::new()
        };
        let mut pen = Pen::new(buf, area, row, scene.look());
        pen.put(" ! ", Role::Error)
            .put(escape::clean(banner), Role::Error)
            .put(more, Role::Error)
            .fill(' ', Role::Error);
    }
}

/// Draws the names of the panes.
pub(super) fn render_strip(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let places = strip(scene.ui, scene.session, area);
    if places
        .first()
        .is_some_and(|(place, _)| place.x > area.x + 1)
    {
        Pen::new(buf, area, 0, scene.look())
            .skip(1)
            .put(STRIP_KEY.0, Role::Muted);
    }
    for (place, pane) in places {
        let role = if pane == scene.ui.pane {
            Role::Strong
        } else {
            Role::Muted
        };
        let name = scene.ui.pane_at(pane, scene.session);
        let name = name.map_or("", |pane| pane.name());
        Pen::new(buf, place, 0, scene.look()).put(name, role);
    }
}

/// Where the name of each pane stands in the strip; the strip moves on where not all fit.
pub(super) fn strip(ui: &Ui, session: &Session, area: Rect) -> Vec<(Rect, usize)> {
    let wide = |pane: usize| {
        ui.pane_at(pane, session)
            .map_or(0, |pane| pane.name().len())
    };
    let wide = |pane: usize| u16::try_from(wide(pane)).unwrap_or(0);
    let words: u16 = (0..PANES.len()).map(wide).sum();
    let gaps = u16::try_from(PANES.len()).unwrap_or(0);
    let fits = |gap: u16| 1 + STRIP_KEY.1 + words + gaps * gap <= area.width;
    let gap = if fits(2) { 2 } else { 1 };
    let left = if fits(1) { 1 + STRIP_KEY.1 } else { 1 };
    let upto: u16 = (0..=ui.pane).map(|pane| wide(pane) + gap).sum();
    let mut skipped = 0;
    let mut first = 0;
    while first < ui.pane && left + upto - skipped > area.width {
        skipped += wide(first) + gap;
        first += 1;
    }
    let mut x = area.x + left;
    let mut places = Vec::new();
    for pane in first..PANES.len() {
        let place = Rect {
            x: x.min(area.right()),
            width: wide(pane).min(area.right().saturating_sub(x)),
            ..area
        };
        if !area.is_empty() && place.width > 0 {
            places.push((place, pane));
        }
        x = x.saturating_add(wide(pane) + gap);
    }
    places
}
