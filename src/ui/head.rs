//! The top of the screen: the sockets with their numbers, the limits in force, and on small screens the names of the
//! panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Ui;
use super::ink::{Pen, clip};
use super::pane::{PANES, Scene};
use super::theme::Role;
use crate::endpoint::Address;
use crate::escape;
use crate::event::{ConnId, Role as Kind};
use crate::session::{Conn, Session};

/// Columns at the right that say whether the newest is followed.
const NOTE_COLUMNS: u16 = 11;

/// Draws the line of sockets.
pub(super) fn render_tabs(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let look = scene.look();
    if scene.ui.tabs.is_empty() {
        Pen::new(buf, area, 0, look)
            .skip(1)
            .put("Sockeye", Role::Strong)
            .put("  no sockets yet", Role::Muted);
    }
    for ((place, conn), text) in places(scene.ui, scene.session, area)
        .into_iter()
        .zip(texts(scene.ui, scene.session, area).0)
    {
        let focused = Some(conn) == scene.ui.focus;
        let open = scene.session.conn(conn).is_some_and(Conn::is_open);
        let role = match (focused, open) {
            (true, _) => Role::Strong,
            (false, true) => Role::Text,
            (false, false) => Role::Muted,
        };
        Pen::new(buf, place, 0, look).put(text, role);
    }
    let note = if scene.ui.follow {
        " ● live "
    } else {
        " G follows "
    };
    let role = if scene.ui.follow {
        Role::Muted
    } else {
        Role::Strong
    };
    let wide = u16::try_from(escape::width(note))
        .unwrap_or(0)
        .min(area.width);
    let corner = Rect {
        x: area.right() - wide,
        width: wide,
        ..area
    };
    Pen::new(buf, corner, 0, look).put(note, role);
}

/// Where each socket stands in the line; those that do not fit are left out, never the focused one.
pub(super) fn places(ui: &Ui, session: &Session, area: Rect) -> Vec<(Rect, ConnId)> {
    let (texts, gap) = texts(ui, session, area);
    let focused = shown(ui)
        .position(|conn| Some(conn) == ui.focus)
        .unwrap_or(0);
    let wide = |text: &String| u16::try_from(escape::width(text)).unwrap_or(u16::MAX);
    let limit = area.right().saturating_sub(NOTE_COLUMNS);
    let fits = |first: usize| {
        let upto = texts.iter().skip(first).take(focused + 1 - first);
        upto.map(|text| u32::from(wide(text)) + u32::from(gap))
            .sum::<u32>()
            <= u32::from(limit.saturating_sub(area.x))
    };
    let first = (0..=focused).find(|first| fits(*first)).unwrap_or(focused);
    let mut x = area.x.saturating_add(1);
    let mut places = Vec::new();
    for (k, (conn, text)) in shown(ui).zip(&texts).enumerate() {
        let room = if k < first {
            0
        } else {
            limit.saturating_sub(x).min(wide(text))
        };
        let is_whole = room == wide(text) || k == focused;
        places.push((
            Rect {
                x: x.min(area.right()),
                width: if is_whole { room } else { 0 },
                ..area
            },
            conn,
        ));
        if k >= first {
            x = x.saturating_add(wide(text)).saturating_add(gap);
        }
    }
    places
}

/// The numbered sockets, and the focused one if it has no number.
fn shown(ui: &Ui) -> impl Iterator<Item = ConnId> {
    let extra = ui.focus.filter(|conn| !ui.tabs.contains(conn));
    ui.tabs.iter().copied().chain(extra)
}

/// What is said of each socket, and the columns between two: all where it fits, else all of the focused one and the
/// names of the others, so that none is out of sight while there is any other way.
fn texts(ui: &Ui, session: &Session, area: Rect) -> (Vec<String>, u16) {
    let numbers = (1..=9).map(Some).chain(std::iter::repeat(None));
    let numbered: Vec<(ConnId, Option<usize>)> = shown(ui)
        .zip(numbers)
        .map(|(conn, number)| (conn, number.filter(|n| *n <= ui.tabs.len())))
        .collect();
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
    let room = usize::from(area.width.saturating_sub(NOTE_COLUMNS + 1));
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
    format!("{number}{}{}", conn.role.glyph(), clip(&conn.name, 8))
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
        text.push_str(conn.state.name());
    }
    text
}

/// `:52258→:7000`, `:7000←A`, `:7000`.
pub(super) fn addresses(conn: &Conn, session: &Session, columns: usize) -> String {
    let short = |address: Option<&Address>| {
        address.map_or_else(
            || "?".to_owned(),
            |it| escape::clean(&it.short()).into_owned(),
        )
    };
    let peer = session
        .twin(conn.id)
        .filter(|_| conn.role == Kind::Accepted)
        .map(|twin| session.name(twin).to_owned());
    let peer = peer.unwrap_or_else(|| short(conn.peer.as_ref()));
    let text = match conn.role {
        Kind::Listener => short(conn.local.as_ref()),
        Kind::Accepted => format!("{}←{peer}", short(conn.local.as_ref())),
        Kind::Client | Kind::Datagram if conn.peer.is_none() => short(conn.local.as_ref()),
        Kind::Client | Kind::Datagram => format!("{}→{peer}", short(conn.local.as_ref())),
    };
    clip(&text, columns)
}

/// Draws the limits in force, each in a line; what does not fit is counted.
pub(super) fn render_banners(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let count = scene.session.banners().count();
    let rows = usize::from(area.height);
    for (row, banner) in (0..area.height).zip(scene.session.banners()) {
        let is_last = usize::from(row) + 1 == rows && count > rows;
        let more = if is_last {
            format!(" (and {} more)", count - rows)
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
    let mut pen = Pen::new(buf, area, 0, scene.look());
    pen.skip(1).put("Tab: ", Role::Muted);
    for (at, pane) in PANES.iter().enumerate() {
        let role = if at == scene.ui.pane {
            Role::Strong
        } else {
            Role::Muted
        };
        pen.put(pane.name(), role).skip(2);
    }
}
