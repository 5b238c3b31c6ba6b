//! The calls of the focused socket so far, as a program in the language that is spoken: `set speak python`, `c` or
//! `rust`. Only the calls that were asked for are told, and only those in view are looked at.

mod c;
mod python;
mod rust;

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{Pen, clip};
use super::motion::Motion;
use super::pane::{CODE, Pane, Scene};
use super::rows::Row;
use super::theme::Role;
use super::timeline;
use crate::endpoint::Transport;
use crate::escape;
use crate::event::{Call, ConnId, Event, Flags, How, Lists, Moved, Outcome, Syscall, What, option};
use crate::session::Session;

/// The most bytes of one call that are spelled out.
const DATA_BYTES_MAX: u64 = 24;

/// A language that calls are spelled in.
pub(crate) trait Speech: Sync {
    /// Its word in `set speak`.
    fn name(&self) -> &'static str;

    /// What stands above all calls.
    fn head(&self) -> &'static str;

    /// What begins a comment.
    fn comment(&self) -> &'static str;

    /// Bytes as a literal.
    fn bytes(&self, bytes: &[u8]) -> String;

    /// A call on the socket of that name; `data` is what is sent. Some take two lines.
    fn call(&self, call: &Syscall, name: &str, data: &str) -> String;
}

/// Every language; the first is spoken where nobody chose.
static SPEECHES: &[&dyn Speech] = &[&python::Python, &c::C, &rust::Rust];

/// A call in one line, in the language of that name (`python` where there is none of it): `a.send(b"hi")`, or
/// `a.send(data)` where the bytes are not known. The name is made an identifier.
#[must_use]
pub fn line(speak: &str, call: &Syscall, name: &str, bytes: Option<&[u8]>) -> String {
    let speech = speech(speak);
    let data = bytes.map_or("data".to_owned(), |bytes| {
        literal(speech, bytes, bytes.len() as u64)
    });
    spelled(speech, call, name, &data).replace('\n', " ")
}

/// The `send` of these bytes in one line; `name` is the socket's.
#[must_use]
pub fn send(speak: &str, bytes: &[u8], name: &str) -> String {
    let (len, flags, to) = (bytes.len() as u64, Flags::default(), None);
    line(speak, &Syscall::Send { len, flags, to }, name, Some(bytes))
}

/// The languages, by their words in `set speak`.
pub fn languages() -> impl Iterator<Item = &'static str> {
    SPEECHES.iter().map(|speech| speech.name())
}

/// The pane.
#[derive(Debug)]
pub(super) struct Code;

impl Pane for Code {
    fn name(&self) -> &'static str {
        "code"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let name = scene.ui.focus.map_or("", |conn| scene.session.name(conn));
        let title = scene.fill("code.title", &[&name]);
        (
            title.trim_end().to_owned(),
            speech(&scene.ui.desk.speak).name().to_owned(),
        )
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let speech = speech(&scene.ui.desk.speak);
        let Some(conn) = scene.ui.focus else {
            return;
        };
        let lines = lines(scene, conn, area);
        if lines.is_empty() {
            Pen::new(buf, area, 0, scene.look())
                .skip(1)
                .put(scene.say("code.empty"), Role::Muted);
            return;
        }
        let mut pen = Pen::new(buf, area, 0, scene.look());
        pen.skip(1).put(speech.head(), Role::Muted);
        let room = usize::from(area.width).saturating_sub(2);
        for (row, line) in (1..area.height).zip(&lines) {
            let mut pen = Pen::new(buf, area, row, scene.look());
            let told = clip(&escape::clean(&line.text), room);
            let wide = u16::try_from(escape::width(&told)).unwrap_or(area.width);
            pen.skip(1).put(told, Role::Text);
            let comment = format!("{} {}", speech.comment(), line.outcome);
            if !line.outcome.is_empty() && escape::width(&comment) + 2 <= usize::from(pen.room()) {
                let role = if line.is_failure {
                    Role::Strong
                } else {
                    Role::Muted
                };
                pen.skip(2).put(comment, role);
            }
            if line.is_current {
                // Where the cursor is elsewhere, a line under the words is enough.
                let end = if scene.is_focused(CODE) {
                    area.width
                } else {
                    1 + wide
                };
                pen.over(1, end, scene.selected(CODE));
            }
        }
    }

    fn rows(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        rows_of(ui).map_or(0, |(count, _)| count + 1)
    }

    fn row(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        rows_of(ui).map_or(0, |(_, at)| at + 1)
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        timeline::Timeline.go(ui, session, motion, area);
    }

    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect) {
        let scene = Scene {
            session,
            ui,
            now: session.now(),
        };
        let row = usize::from(at.y.saturating_sub(area.y + 1));
        let pressed = ui.focus.and_then(|conn| {
            let lines = lines(scene, conn, area);
            lines.get(row).map(|line| line.seq)
        });
        if let Some(seq) = pressed {
            ui.stop_following(session);
            ui.select_event(seq, session);
        }
    }
}

/// A line of the program.
struct Line {
    seq: u64,
    text: String,
    outcome: String,
    is_failure: bool,
    is_current: bool,
}

/// The lines that an area shows: those up to the call under the cursor, or up to the newest.
fn lines(scene: Scene<'_>, conn: ConnId, area: Rect) -> Vec<Line> {
    let list = scene.ui.rows.list(&[conn]);
    let upto = scene
        .ui
        .event
        .map_or(list.count(), |seq| list.rank(seq + 1));
    let room = usize::from(area.height.saturating_sub(1));
    let first = upto.saturating_sub(room as u64);
    let mut rows = list.window(first, usize::from(area.height));
    rows.retain(|row| {
        scene
            .session
            .event(row.seq)
            .is_some_and(|event| event.conn == Some(conn))
    });
    let current = scene.ui.event.or(rows.last().map(|row| row.seq));
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        lines.extend(told(scene, row, current));
    }
    let surplus = lines.len().saturating_sub(room);
    lines.drain(..surplus.min(lines.len()));
    lines
}

/// The lines of one row of the timeline; none where it is no call.
fn told(scene: Scene<'_>, row: Row, current: Option<u64>) -> Vec<Line> {
    let Some(Event {
        what: What::Call(call),
        conn: Some(conn),
        ..
    }) = scene.session.event(row.seq)
    else {
        return Vec::new();
    };
    let end = row.end.and_then(|seq| scene.session.event(seq));
    let ended = match end.map(|event| event.what) {
        Some(What::Call(end)) => end,
        _ => call.clone(),
    };
    let speech = speech(&scene.ui.desk.speak);
    let data = sent(scene.session, conn, &ended, speech);
    let text = spelled(
        speech,
        &call.call,
        &scene.session.name(conn).to_lowercase(),
        &data,
    );
    let outcome = match &ended.outcome {
        Outcome::Failed(errno) => errno.name().to_owned(),
        Outcome::Blocked => "…".to_owned(),
        Outcome::Received { len, .. } => len.to_string(),
        Outcome::Returned(number) if call.want().is_some() => number.to_string(),
        Outcome::Accepted { conn, .. } => scene.session.name(*conn).to_owned(),
        Outcome::Value(value) => value.clone(),
        _ => String::new(),
    };
    let parts: Vec<&str> = text.split('\n').collect();
    let last = parts.len().saturating_sub(1);
    let line = |(at, part): (usize, &&str)| Line {
        seq: row.seq,
        text: (*part).to_owned(),
        outcome: if at == last {
            outcome.clone()
        } else {
            String::new()
        },
        is_failure: ended.outcome.errno().is_some(),
        is_current: Some(row.seq) == current,
    };
    parts.iter().enumerate().map(line).collect()
}

/// The bytes that a call sent, as a literal.
fn sent(session: &Session, conn: ConnId, call: &Call, speech: &dyn Speech) -> String {
    let Some(Moved { dir, range }) = &call.moved else {
        return "data".to_owned();
    };
    let end = range.end.min(range.start.saturating_add(DATA_BYTES_MAX));
    let (bytes, _) = session.bytes(conn, *dir, range.start..end);
    literal(speech, &bytes, range.end - range.start)
}

fn literal(speech: &dyn Speech, bytes: &[u8], len: u64) -> String {
    let most = usize::try_from(DATA_BYTES_MAX).unwrap_or(usize::MAX);
    let shown = bytes.get(..most).unwrap_or(bytes);
    let more = if (shown.len() as u64) < len {
        "…"
    } else {
        ""
    };
    format!("{}{more}", speech.bytes(shown))
}

/// How many rows the focused socket has, and which is under the cursor.
fn rows_of(ui: &Ui) -> Option<(u64, u64)> {
    let list = ui.rows.list(&[ui.focus?]);
    let last = list.count().saturating_sub(1);
    let at = ui.event.map_or(last, |seq| list.rank(seq).min(last));
    Some((list.count(), at))
}

fn speech(name: &str) -> &'static dyn Speech {
    let found = SPEECHES.iter().find(|speech| speech.name() == name);
    found.copied().unwrap_or(&python::Python)
}

fn spelled(speech: &dyn Speech, call: &Syscall, name: &str, data: &str) -> String {
    speech.call(call, &identifier(name), data)
}

fn identifier(name: &str) -> String {
    let mut identifier: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if !identifier.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        identifier.insert(0, 's');
    }
    identifier
}

/// Who stands in the lists of a select, as identifiers.
fn identifiers(lists: &Lists) -> [Vec<String>; 3] {
    [&lists.read, &lists.write, &lists.except].map(|list| {
        let asked = list.iter().map(ToString::to_string);
        asked.map(|name| identifier(&name)).collect()
    })
}

/// A literal between double quotes; what is not printable ASCII is spelled by `other`.
fn quoted(prefix: &str, bytes: &[u8], other: impl Fn(u8) -> String) -> String {
    let mut text = format!("{prefix}\"");
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'"' | b'\\' => write!(text, "\\{}", char::from(*byte)),
            b'\n' => write!(text, "\\n"),
            b'\r' => write!(text, "\\r"),
            b'\t' => write!(text, "\\t"),
            b' '..=b'~' => write!(text, "{}", char::from(*byte)),
            byte => write!(text, "{}", other(*byte)),
        };
    }
    text.push('"');
    text
}

fn family(transport: Transport) -> &'static str {
    if transport.is_unix() {
        "AF_UNIX"
    } else {
        "AF_INET"
    }
}

fn kind(transport: Transport) -> &'static str {
    match (transport.is_connectionless(), transport.is_stream()) {
        (true, _) => "SOCK_DGRAM",
        (_, true) => "SOCK_STREAM",
        _ => "SOCK_SEQPACKET",
    }
}

fn how(how: How) -> &'static str {
    match how {
        How::Read => "SHUT_RD",
        How::Write => "SHUT_WR",
        How::Both => "SHUT_RDWR",
    }
}

/// The flags behind `before`; `none` where none is set.
fn flags(flags: Flags, before: &str, none: &str) -> String {
    let names = flags.names();
    if names.is_empty() {
        return none.to_owned();
    }
    format!("{before}{names}")
}

/// The level and the constant of an option: the table of options names it in its line of help.
fn constant(name: &str) -> (&'static str, String) {
    let help = option(name).map_or("", |option| option.help);
    let inside = help.rsplit_once('(').map_or("", |(_, inside)| inside);
    let constant: String = inside
        .chars()
        .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_')
        .collect();
    let level = match constant.split('_').next() {
        Some("TCP") => "IPPROTO_TCP",
        Some("IPV6") => "IPPROTO_IPV6",
        Some("IP") => "IPPROTO_IP",
        _ => "SOL_SOCKET",
    };
    let constant = if constant.is_empty() {
        name.to_uppercase()
    } else {
        constant
    };
    (level, constant)
}

fn switch(value: &str) -> &str {
    match value {
        "on" => "1",
        "off" => "0",
        value => value,
    }
}

#[cfg(test)]
mod tests;
