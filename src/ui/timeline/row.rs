//! A row of the timeline: what stands in it and in how many lines. It chooses no rows.

mod armed;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::lanes::Lanes;
use super::{meant, wire};
use crate::escape;
use crate::event::{Actor, Call, ConnId, Dir, Errno, Event, Moved, Outcome, Syscall, What};
use crate::session::{Lane, Session};
use crate::ui::cards;
use crate::ui::ink::{Pen, clip, wrap};
use crate::ui::meaning;
use crate::ui::pane::Scene;
use crate::ui::rows::Row;
use crate::ui::theme::Role;

/// The most lines of a row; what is longer ends in an ellipsis.
const LINES_MAX: usize = 3;

/// How fast the bar of a wait grows, in columns a second, and how far.
const BAR_SPEED: f64 = 1.6;
const BAR_COLUMNS_MAX: usize = 16;

/// The columns that the bar may take where the words have to give way for it.
const BAR_COLUMNS_LEAST: usize = 5;

/// The least columns of the range of bytes before the words.
const RANGE_COLUMNS: usize = 12;

/// The columns that the words behind a range need for most sentences.
const WORDS_COLUMNS: usize = 22;

/// A row, laid out for a width.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) row: Row,
    pub(super) event: Event,
    who: (String, Role),
    /// The column of the one who called.
    column: u16,
    call: Option<Made>,
    /// What must have gone over the wire, and where that stands.
    wire: Option<(u16, String)>,
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
    /// How long it waits already, as a bar.
    bar: String,
    is_strong: bool,
}

impl Shown {
    /// Lays a row out; `None` if its event is no longer kept.
    pub(super) fn new(scene: Scene<'_>, row: Row, lanes: Lanes) -> Option<Self> {
        let event = scene.session.event(row.event())?;
        let who = who(scene, event.conn);
        let is_ours = event.conn == scene.ui.subject;
        if let What::Armed { call, .. } = &event.what {
            return Some(Self::of_armed(scene, row, lanes, &event, call));
        }
        let What::Call(call) = &event.what else {
            return Some(Self::of_note(scene, row, lanes, event));
        };
        let end = row.end.and_then(|seq| scene.session.event(seq));
        let ended = end.as_ref().and_then(|event| match &event.what {
            What::Call(call) => Some(call),
            _ => None,
        });
        let told = ended.unwrap_or(call);
        let column = if is_ours { lanes.first } else { lanes.second };
        let result = result(scene, call, ended, event.at);
        let room = usize::from(lanes.call)
            .saturating_sub(escape::width(&who.0) + escape::width(&result) + 3);
        // Where there is little room the words need it more than the bar does.
        let least = if lanes.is_narrow() {
            0
        } else {
            BAR_COLUMNS_LEAST
        };
        let spare = room
            .saturating_sub(escape::width(&spelled(&call.call, room.max(8))).max(11))
            .max(least);
        let made = Made {
            call: spelled(&call.call, room.max(8)),
            is_strong: told.outcome.errno().is_some() || told.outcome == Outcome::Blocked,
            bar: bar(scene, call, ended, event.at, spare),
            result,
        };
        let used = column
            + columns(&who.0)
            + columns(&made.call).max(11)
            + columns(&made.result)
            + columns(&made.bar)
            + 3;
        let words_column = lanes.words.max(used);
        let of_pair = meant::of_pair(scene, row, &event, told);
        // What the loop made to serve another call: an option that it sets by itself, the listener of a pair.
        let is_aside = of_pair.is_some()
            || event.by == Actor::Loop && matches!(call.call, Syscall::SetOption { .. });
        let meant = of_pair
            .or_else(|| meant::of_cause(scene, row.end.unwrap_or(row.event()), told))
            .unwrap_or_else(|| meaning::of_call(&event, told, scene.session, scene.ui.locale()));
        let moved = told.moved.as_ref().filter(|_| !lanes.is_narrow());
        let moved = moved.and_then(|moved| range(scene, moved));
        let columns = range_columns(scene, lanes.width.saturating_sub(words_column));
        let moved = moved.map_or(String::new(), |range| format!("{range:<columns$} "));
        let meant = format!("{moved}{meant}");
        Some(Self {
            row,
            words: lines(&meant, lanes.width.saturating_sub(words_column)),
            wire: packets(scene, &event, Some(told), lanes),
            who,
            column,
            call: Some(made),
            words_column,
            is_aside,
            event,
        })
    }

    /// A row of what is no call: in the lane of its end where it speaks of the wire, else all along.
    fn of_note(scene: Scene<'_>, row: Row, lanes: Lanes, event: Event) -> Self {
        let who = who(scene, event.conn);
        let wire = packets(scene, &event, None, lanes);
        let (column, words_column) = match wire {
            Some(_) if event.conn == scene.ui.subject => (lanes.first, lanes.words),
            Some(_) => (lanes.second, lanes.words),
            None => (lanes.first, lanes.first + columns(&who.0) + 1),
        };
        let text = meaning::of_note(&event, scene.session, scene.ui.locale());
        Self {
            row,
            words: lines(&text, lanes.width.saturating_sub(words_column)),
            who,
            column,
            call: None,
            wire,
            words_column,
            is_aside: false,
            event,
        }
    }

    /// Lines that it takes.
    pub(super) fn height(&self) -> u16 {
        u16::try_from(self.words.len()).unwrap_or(1).max(1)
    }

    /// Draws it; `earlier` is the time of the row before.
    pub(super) fn render(
        &self,
        scene: Scene<'_>,
        lanes: Lanes,
        earlier: Option<Duration>,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let role = |role: Role| if self.is_aside { Role::Muted } else { role };
        let mut pen = Pen::new(buf, area, 0, scene.look());
        let number = usize::from(lanes.number);
        if self.row.is_ghost() {
            pen.put(format!("{:>number$} {:>7} ", "┄", ""), Role::Muted);
        } else {
            pen.fmt(format_args!("{:>number$} ", self.row.seq), Role::Muted)
                .put(
                    format!("{:>7} ", delta(self.event.at, earlier)),
                    Role::Muted,
                );
        }
        if self.column > lanes.first {
            pen.put("·", Role::Muted).to(self.column);
        }
        pen.put(&self.who.0, role(self.who.1));
        if self.event.is_inferred() {
            pen.put("┈", Role::Inferred);
        } else {
            pen.skip(1);
        }
        if let Some(made) = &self.call {
            pen.put(format!("{:<11} ", made.call), role(Role::Text));
            let strong = if made.is_strong {
                Role::Strong
            } else {
                role(Role::Text)
            };
            pen.put(&made.result, strong).put(&made.bar, Role::Muted);
        }
        if let Some((column, packets)) = &self.wire {
            pen.to(*column).put(packets, Role::Inferred);
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

/// What must have gone over the wire, and the column where it stands.
fn packets(
    scene: Scene<'_>,
    event: &Event,
    told: Option<&Call>,
    lanes: Lanes,
) -> Option<(u16, String)> {
    let (column, columns) = lanes.wire?;
    let room = columns.saturating_sub(3);
    let is_ours = event.conn == scene.ui.subject;
    let text = wire::packets(event, told, scene.session, is_ours, room)?;
    Some((column + 1, clip(&text, usize::from(room))))
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

/// `bytes 0–11`, `byte 7`; nothing where none moved.
fn range(scene: Scene<'_>, moved: &Moved) -> Option<String> {
    let range = &moved.range;
    match range.end.checked_sub(range.start)? {
        0 => None,
        1 => Some(scene.fill("timeline.byte", &[&range.start])),
        _ => Some(scene.fill("timeline.bytes", &[&range.start, &(range.end - 1)])),
    }
}

/// The columns of a range that hold the longest of the connection where so many are left for range and words: then the
/// words of all rows begin in one column.
fn range_columns(scene: Scene<'_>, room: u16) -> usize {
    let longest = scene.ui.subject.map_or(0, |conn| {
        let lanes = [Dir::Out, Dir::In].map(|dir| scene.session.lane(conn, dir));
        lanes
            .into_iter()
            .flatten()
            .map(Lane::len)
            .max()
            .unwrap_or(0)
    });
    let whole = escape::width(&scene.fill("timeline.bytes", &[&longest, &longest]));
    let most = usize::from(room).saturating_sub(WORDS_COLUMNS + 1);
    whole.min(most).max(RANGE_COLUMNS)
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
            let so_far = scene.moment().saturating_sub(began);
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

/// A wait that goes on, as a bar that grows for as long as the screen is redrawn by time alone.
fn bar(
    scene: Scene<'_>,
    call: &Call,
    ended: Option<&Call>,
    began: Duration,
    spare: usize,
) -> String {
    if ended.is_some() || call.outcome != Outcome::Blocked {
        return String::new();
    }
    let waited = scene.moment().saturating_sub(began).as_secs_f64();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a wait is never negative, and the bar is short"
    )]
    let columns = (waited * BAR_SPEED) as usize;
    let most = spare.min(BAR_COLUMNS_MAX);
    match columns.min(most) {
        0 => String::new(),
        columns => format!(" {}", "▁".repeat(columns)),
    }
}

fn outcome(call: &Call, session: &Session) -> String {
    match &call.outcome {
        Outcome::Returned(number) => format!("= {number}"),
        // Three kinds of nothing: the end, nothing now, and the bar of a call that waits.
        Outcome::Received { .. } if meant::ends(call) => "= 0 ▐".to_owned(),
        Outcome::Received { len, .. } => format!("= {len}"),
        Outcome::Accepted { conn, .. } => format!("= {}", session.name(*conn)),
        Outcome::Value(value) => format!("= {}", escape::clean(value)),
        Outcome::Selected(lists) => format!("= {}", lists.count()),
        Outcome::Names(names) if names.len() == 1 => "= 1 address".to_owned(),
        Outcome::Names(names) => format!("= {} addresses", names.len()),
        Outcome::Failed(Errno::EAGAIN) => "EAGAIN ∅".to_owned(),
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
    let role = if Some(conn.id) == scene.ui.subject {
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
