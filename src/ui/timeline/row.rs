//! A row of the timeline: what stands in it and in how many lines. It chooses no rows.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::escape;
use crate::event::{Actor, Call, ConnId, Event, Moved, Outcome, Role as Kind, Syscall, What};
use crate::session::Session;
use crate::ui::cards;
use crate::ui::ink::{Pen, clip, wrap};
use crate::ui::meaning;
use crate::ui::pane::Scene;
use crate::ui::rows::Row;
use crate::ui::theme::Role;

/// Columns of the number and the time of a row.
const TIME_COLUMNS: u16 = 14;

/// Columns of a call and its result where there are no lanes.
const CALL_COLUMNS: u16 = 31;

/// The same where the area is narrow, and where it is: there the words have no room for the range, either.
const NARROW_COLUMNS: (u16, u16) = (27, 72);

/// The most lines of a row; what is longer ends in an ellipsis.
const LINES_MAX: usize = 3;

/// A row, laid out for a width.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) row: Row,
    pub(super) event: Event,
    who: (String, Role),
    /// The column of the one who called.
    column: u16,
    call: Option<Made>,
    /// Where the words begin, and they themselves.
    words_column: u16,
    words: Vec<String>,
    /// The loop did it by itself, to serve what was asked for.
    is_aside: bool,
}

/// A call and its result.
#[derive(Debug)]
struct Made {
    call: String,
    result: String,
    is_strong: bool,
}

impl Shown {
    /// Lays a row out; `None` if its event is no longer kept.
    pub(super) fn new(scene: Scene<'_>, row: Row, lanes: bool, width: u16) -> Option<Self> {
        let event = scene.session.event(row.seq)?;
        let who = who(scene, event.conn);
        let What::Call(call) = &event.what else {
            let words_column = TIME_COLUMNS + columns(&who.0) + 1;
            let text = meaning::of_note(&event, scene.session, scene.ui.locale());
            return Some(Self {
                row,
                words: lines(&text, width.saturating_sub(words_column)),
                who,
                column: TIME_COLUMNS,
                call: None,
                words_column,
                is_aside: false,
                event,
            });
        };
        let end = row.end.and_then(|seq| scene.session.event(seq));
        let ended = end.as_ref().and_then(|event| match &event.what {
            What::Call(call) => Some(call),
            _ => None,
        });
        let told = ended.unwrap_or(call);
        let is_narrow = width < NARROW_COLUMNS.1;
        let lane = if lanes {
            width.saturating_sub(TIME_COLUMNS) * 3 / 10
        } else {
            let columns = if is_narrow {
                NARROW_COLUMNS.0
            } else {
                CALL_COLUMNS
            };
            columns.min(width.saturating_sub(TIME_COLUMNS + 2))
        };
        let is_second = lanes && event.conn != scene.ui.focus;
        let column = TIME_COLUMNS + if is_second { lane } else { 0 };
        let result = result(scene, call, ended, event.at);
        let room =
            usize::from(lane).saturating_sub(escape::width(&who.0) + escape::width(&result) + 3);
        let made = Made {
            call: spelled(&call.call, room.max(8)),
            is_strong: told.outcome.errno().is_some() || told.outcome == Outcome::Blocked,
            result,
        };
        let used =
            column + columns(&who.0) + columns(&made.call).max(11) + columns(&made.result) + 3;
        let words_column = (TIME_COLUMNS + if lanes { 2 * lane } else { lane }).max(used);
        let of_pair = of_pair(scene, row, &event, told);
        // What the loop made to serve another call: an option that it sets by itself, the listener of a pair.
        let is_aside = of_pair.is_some()
            || event.by == Actor::Loop && matches!(call.call, Syscall::SetOption { .. });
        let meant = of_pair
            .unwrap_or_else(|| meaning::of_call(&event, told, scene.session, scene.ui.locale()));
        let moved = told.moved.as_ref().filter(|_| !is_narrow).and_then(range);
        let moved = moved.map_or(String::new(), |range| format!("{range:<12} "));
        let text = format!("{moved}{meant}");
        Some(Self {
            row,
            words: lines(&text, width.saturating_sub(words_column)),
            who,
            column,
            call: Some(made),
            words_column,
            is_aside,
            event,
        })
    }

    /// Lines that it takes.
    pub(super) fn height(&self) -> u16 {
        u16::try_from(self.words.len()).unwrap_or(1).max(1)
    }

    /// Draws it; `earlier` is the time of the row before.
    pub(super) fn render(
        &self,
        scene: Scene<'_>,
        earlier: Option<Duration>,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let role = |role: Role| if self.is_aside { Role::Muted } else { role };
        let mut pen = Pen::new(buf, area, 0, scene.look());
        pen.fmt(format_args!("{:>5} ", self.row.seq), Role::Muted)
            .put(
                format!("{:>7} ", delta(self.event.at, earlier)),
                Role::Muted,
            );
        if self.column > TIME_COLUMNS {
            pen.put("·", Role::Muted).to(self.column);
        }
        pen.put(&self.who.0, role(self.who.1)).skip(1);
        if let Some(made) = &self.call {
            pen.put(format!("{:<11} ", made.call), role(Role::Text));
            let strong = if made.is_strong {
                Role::Strong
            } else {
                role(Role::Text)
            };
            pen.put(&made.result, strong);
        }
        let words = if self.call.is_some() {
            Role::Muted
        } else {
            Role::Text
        };
        for (line, text) in (0..area.height).zip(&self.words) {
            Pen::new(buf, area, line, scene.look())
                .to(self.words_column)
                .put(text, words);
        }
    }
}

fn lines(text: &str, columns: u16) -> Vec<String> {
    wrap(&escape::clean(text), usize::from(columns), LINES_MAX)
}

fn columns(text: &str) -> u16 {
    u16::try_from(escape::width(text)).unwrap_or(u16::MAX)
}

/// The call, with a short address where the whole one has no room.
fn spelled(call: &Syscall, room: usize) -> String {
    let whole = escape::clean(&call.to_string()).into_owned();
    let short = if escape::width(&whole) > room {
        cards::short(call)
    } else {
        whole
    };
    clip(&short, room)
}

/// What a call means that is about the listener that lives just long enough to make a pair: it is told of the pair's
/// first socket, which is no listener, and which stays open when that one is closed.
fn of_pair(scene: Scene<'_>, row: Row, event: &Event, call: &Call) -> Option<String> {
    let id = event.conn?;
    let conn = scene.session.conn(id)?;
    if conn.role != Kind::Client || call.outcome.errno().is_some() {
        return None;
    }
    match call.call {
        Syscall::Listen { .. } => Some("a listener just for this pair".to_owned()),
        Syscall::Accept => Some(format!("the pair’s listener takes {}’s call", conn.name)),
        Syscall::Close => {
            let list = scene.ui.rows.list(&[id]);
            let before = list.window(list.rank(row.seq).checked_sub(1)?, 1);
            let before = scene.session.event(before.first()?.seq)?;
            let is_listener =
                matches!(&before.what, What::Call(call) if call.call == Syscall::Accept);
            is_listener.then(|| format!("the pair’s listener goes; {} stays", conn.name))
        }
        _ => None,
    }
}

/// `bytes 0–11`, `byte 7`; nothing where none moved.
fn range(moved: &Moved) -> Option<String> {
    let range = &moved.range;
    match range.end.checked_sub(range.start)? {
        0 => None,
        1 => Some(format!("byte {}", range.start)),
        _ => Some(format!("bytes {}–{}", range.start, range.end - 1)),
    }
}

/// ` = 12`, ` ECONNREFUSED`, ` blocked 3.2 s`; of a wait that ended both, the result first.
fn result(scene: Scene<'_>, call: &Call, ended: Option<&Call>, began: Duration) -> String {
    let waited = |time: Duration| {
        if time < Duration::from_millis(50) {
            String::new()
        } else {
            format!(" after {}", seconds(time))
        }
    };
    match ended {
        None if call.outcome == Outcome::Blocked => {
            let so_far = scene.now.saturating_sub(began);
            format!("blocked {}", seconds(so_far))
        }
        None => outcome(call, scene.session),
        Some(end) => format!(
            "{}{}",
            outcome(end, scene.session),
            end.blocked.map_or(String::new(), waited)
        ),
    }
}

fn outcome(call: &Call, session: &Session) -> String {
    match &call.outcome {
        Outcome::Returned(number) => format!("= {number}"),
        Outcome::Received { len, .. } => format!("= {len}"),
        Outcome::Accepted { conn, .. } => format!("= {}", session.name(*conn)),
        Outcome::Value(value) => format!("= {}", escape::clean(value)),
        Outcome::Names(names) if names.len() == 1 => "= 1 address".to_owned(),
        Outcome::Names(names) => format!("= {} addresses", names.len()),
        Outcome::Failed(errno) => errno.name().to_owned(),
        Outcome::Unresolved(_) => "not found".to_owned(),
        Outcome::Blocked => "blocked".to_owned(),
        Outcome::Cancelled(_) => "cancelled".to_owned(),
    }
}

/// `▸A` or `◂B`, and in which role: ours is the focused socket.
fn who(scene: Scene<'_>, conn: Option<ConnId>) -> (String, Role) {
    let Some(conn) = conn.and_then(|conn| scene.session.conn(conn)) else {
        return ("–".to_owned(), Role::Muted);
    };
    let role = if Some(conn.id) == scene.ui.focus {
        Role::Ours
    } else {
        Role::Theirs
    };
    (format!("{}{}", conn.role.glyph(), conn.name), role)
}

/// The time since the row before; of the first row since the session began.
fn delta(at: Duration, last: Option<Duration>) -> String {
    match last {
        None => format!("{:.3}", at.as_secs_f64()),
        Some(last) => format!("+{:.3}", at.saturating_sub(last).as_secs_f64()),
    }
}

/// A wait in tenths of a second while it is short: a screen at rest is not redrawn.
fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}
