//! Cause and effect of one row of the timeline, as lines over the panes, and the way from one to the other. Why it
//! happened `cause` knows; where the bytes of a call are now, and which call moved them at the other end, stands here.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ink::{self, Pen, clip, wrap};
use super::moved::call_of;
use super::pane::Scene;
use super::theme::Role;
use super::{Ui, cards, meaning};
use crate::cause::{self, Surety};
use crate::escape;
use crate::event::{Call, ConnId, Dir, Errno, Event, Outcome, What};
use crate::session::{Lane, Session};

/// The most lines of an explanation.
const LINES_MAX: usize = 6;

/// The most links of a chain from effect to cause that are told at once.
const LINKS_MAX: usize = 3;

/// The most rows that lead back.
const WAY_MAX: usize = 64;

impl Ui {
    /// Explains what the card tells of, else the row under the cursor, or the newest. Where that is explained already
    /// it goes on to its cause, or to what came of it; where there is neither the explanation is taken away.
    pub(super) fn show_cause(&mut self, session: &Session) -> Result<(), String> {
        let carded = self.notice.as_ref().and_then(super::notice::Notice::event);
        let list = self.rows.list(&self.in_view(session));
        let newest = list.count().checked_sub(1).and_then(|last| {
            let window = list.window(last, 1);
            window.first().map(|row| row.seq)
        });
        let seq = carded
            .or(self.event)
            .or(newest)
            .ok_or_else(|| self.locale.say("timeline.empty").to_owned())?;
        if carded.is_some() || self.desk.cause != Some(seq) {
            self.desk.came_from.clear();
            return self.explain(seq, session);
        }
        let Some(next) = self.leads_to(seq, session) else {
            self.desk.cause = None;
            self.desk.came_from.clear();
            return Ok(());
        };
        if self.desk.came_from.len() < WAY_MAX {
            self.desk.came_from.push(seq);
        }
        self.explain(next, session)
    }

    /// Goes to the row of an event and explains it there.
    fn explain(&mut self, seq: u64, session: &Session) -> Result<(), String> {
        let row = session
            .event(seq)
            .map_or(seq, |event| self.rows.row_of(seq, &event));
        self.go_to_pane("timeline", session)?;
        self.go_to_event(row, session)?;
        self.desk.cause = Some(row);
        // The card of an error would lie over it, and says less.
        self.notice = None;
        Ok(())
    }

    /// Back by one step, to the row from which this one was reached.
    pub(super) fn return_to_effect(&mut self, session: &Session) {
        let gone_to = self
            .desk
            .came_from
            .pop()
            .map(|seq| self.explain(seq, session));
        if gone_to != Some(Ok(())) {
            self.desk.cause = None;
        }
    }

    /// Takes the explanation away and leads back to the first row that was explained; whether there was one.
    pub(super) fn leave_cause(&mut self, session: &Session) -> bool {
        let explains = self.desk.cause.take().is_some();
        let first = std::mem::take(&mut self.desk.came_from).first().copied();
        if let Some(first) = first.filter(|_| explains) {
            // An event that was there is still there.
            let _ = self.go_to_event(first, session);
        }
        explains
    }

    /// The row to which an explained one leads on: its cause, the call that moved the same bytes at the other end, or
    /// what came of it.
    fn leads_to(&self, row: u64, session: &Session) -> Option<u64> {
        let told = self.told(row, session);
        let cause = cause::of(session, told).and_then(|cause| cause.event);
        let next = cause
            .or_else(|| self.mover_there(told, session))
            .or_else(|| cause::effect(session, told))?;
        let event = session.event(next)?;
        Some(self.rows.row_of(next, &event)).filter(|next| *next != row)
    }

    /// The event that tells how a row came out: of a wait that is over its end.
    fn told(&self, row: u64, session: &Session) -> u64 {
        let end = call_of(session, row).and_then(|(conn, call)| {
            let wait = call.pending.filter(|_| call.outcome == Outcome::Blocked)?;
            self.rows.end_of(conn?, wait)
        });
        end.unwrap_or(row)
    }

    /// The first call at the other end that moved bytes which this one moved.
    fn mover_there(&self, seq: u64, session: &Session) -> Option<u64> {
        let (conn, call) = call_of(session, seq)?;
        let moved = call.moved.filter(|moved| !moved.range.is_empty())?;
        let twin = session.twin(conn?)?;
        let movers = self.movers(session, twin, moved.dir.other(), &moved.range);
        movers.first().map(|mover| mover.seq)
    }
}

/// Draws the explanation of the row under the cursor over the bottom of an area, while one is asked for.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(seq) = scene
        .ui
        .desk
        .cause
        .filter(|seq| scene.ui.event == Some(*seq))
    else {
        return;
    };
    let room = usize::from(area.width).saturating_sub(4);
    let told = explain(scene, seq);
    let lines: Vec<String> = told
        .iter()
        .flat_map(|line| wrap(&escape::clean(line), room, 3))
        .take(LINES_MAX)
        .collect();
    let rows = u16::try_from(lines.len() + 1).unwrap_or(1).min(area.height);
    let place = cards::place(buf, area, rows);
    let title = scene.fill("timeline.cause", &[&seq]);
    let rule = Rect {
        height: rows.min(1),
        ..place
    };
    ink::rule(buf, rule, &title, &keys(scene, seq), true, scene.look());
    for (row, line) in (1..rows).zip(&lines) {
        let role = if row == 1 { Role::Strong } else { Role::Text };
        let mut pen = Pen::new(buf, place, row, scene.look());
        pen.put("  ", Role::Text).put(clip(line, room), role);
        let blanks = " ".repeat(usize::from(pen.room()));
        pen.put(blanks, Role::Text);
    }
}

/// The keys that lead from an explained row, each with the row it leads to.
fn keys(scene: Scene<'_>, row: u64) -> String {
    let on = scene.ui.leads_to(row, scene.session);
    let on = on.map(|seq| format!("Enter #{seq}"));
    let back = scene.ui.desk.came_from.last();
    let back = back.map(|seq| format!("' #{seq}"));
    let all: Vec<String> = on
        .into_iter()
        .chain(back)
        .chain(["Esc".to_owned()])
        .collect();
    all.join(" · ")
}

/// What brought the event about, then what came of it.
fn explain(scene: Scene<'_>, row: u64) -> Vec<String> {
    let session = scene.session;
    let Some(event) = session.event(row) else {
        return vec![scene.say("timeline.gone").to_owned()];
    };
    let seq = scene.ui.told(row, session);
    let told = session.event(seq).unwrap_or_else(|| event.clone());
    let note = || vec![meaning::of_note(&event, session, scene.ui.locale())];
    let mut lines = match (&told.what, told.conn) {
        (What::Call(call), Some(conn)) => Case { scene, conn }.call(seq, &event, call),
        (
            What::Ended {
                cause: Some(errno), ..
            },
            Some(_),
        ) => failure(scene, seq, *errno),
        (What::Ended { cause: None, .. }, Some(_)) => end(scene, seq),
        _ => note(),
    };
    if let Some(effect) = cause::effect(session, seq) {
        lines.push(effect_line(scene, effect));
    }
    lines
}

/// What came of an event, in a line.
fn effect_line(scene: Scene<'_>, effect: u64) -> String {
    let what = scene.session.event(effect).map(|event| match &event.what {
        What::Call(call) => {
            let name = event.conn.map_or("?", |conn| scene.session.name(conn));
            let outcome = match &call.outcome {
                Outcome::Failed(errno) => errno.name().to_owned(),
                outcome => outcome
                    .returned()
                    .map_or(String::new(), |number| format!("= {number}")),
            };
            format!("{name} {} {outcome}", cards::short(&call.call))
        }
        _ => meaning::of_note(&event, scene.session, scene.ui.locale()),
    });
    let what = what.unwrap_or_default();
    scene.fill("timeline.effect", &[&what, &effect])
}

/// `ECONNRESET ← RST ← B closed with 14 bytes unread, #39 (certain)`: the links from an outcome back to its beginning.
fn chain(scene: Scene<'_>, outcome: &str, seq: u64) -> Option<String> {
    let mut text = outcome.to_owned();
    let mut at = Some(seq);
    let mut surety = None;
    for _ in 0..LINKS_MAX {
        let Some(cause) = at.and_then(|seq| cause::of(scene.session, seq)) else {
            break;
        };
        for part in cause
            .wire
            .map(str::to_owned)
            .into_iter()
            .chain([cause.what(scene.ui.locale())])
        {
            text.push_str(" ← ");
            text.push_str(&part);
        }
        // One likely link makes the chain likely.
        surety = match surety {
            Some(Surety::Likely) => surety,
            _ => Some(cause.surety),
        };
        at = cause.event;
    }
    Some(cards::with_surety(scene.ui.locale(), &text, surety?))
}

/// Why a call failed, what that means, and what to press next.
fn failure(scene: Scene<'_>, seq: u64, errno: Errno) -> Vec<String> {
    let locale = scene.ui.locale();
    let cause = cause::of(scene.session, seq);
    let means = cards::explain(locale, errno);
    let hint = cards::hint(locale, cause.as_ref(), Some(errno));
    match chain(scene, errno.name(), seq) {
        Some(chain) => vec![chain, means, hint],
        None => vec![format!("{}: {means}", errno.name()), hint],
    }
}

/// Why there is nothing more to read.
fn end(scene: Scene<'_>, seq: u64) -> Vec<String> {
    let end = scene.say("timeline.end");
    let cause = cause::of(scene.session, seq);
    let hint = cards::hint(scene.ui.locale(), cause.as_ref(), None);
    let chain = chain(scene, end, seq).unwrap_or_else(|| end.to_owned());
    [chain, hint]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
}

/// A call whose bytes are looked for.
struct Case<'a> {
    scene: Scene<'a>,
    conn: ConnId,
}

impl Case<'_> {
    /// What came of a call; `began` is the event of its row.
    fn call(&self, seq: u64, began: &Event, call: &Call) -> Vec<String> {
        let scene = self.scene;
        let conn = scene.session.conn(self.conn);
        let is_end = matches!(call.outcome, Outcome::Received { len: 0, .. })
            && conn.is_some_and(|it| !it.transport.is_connectionless())
            && call.want() != Some(0);
        let mut lines = match (&call.outcome, &call.moved) {
            (Outcome::Failed(errno), _) => return failure(scene, seq, *errno),
            _ if is_end => return end(scene, seq),
            (_, Some(moved)) if !moved.range.is_empty() => match moved.dir {
                Dir::Out => self.sent(&moved.range),
                Dir::In => self.received(&moved.range),
            },
            _ => vec![meaning::of_call(
                began,
                call,
                scene.session,
                scene.ui.locale(),
            )],
        };
        // What came out well, or still waits, has a reason, too.
        if let Some(chain) = chain(scene, &cards::short(&call.call), seq) {
            lines.insert(0, chain);
        }
        lines
    }

    fn twin(&self) -> Option<ConnId> {
        self.scene.session.twin(self.conn)
    }

    /// Where the bytes of a `send` are now.
    fn sent(&self, range: &Range<u64>) -> Vec<String> {
        let session = self.scene.session;
        let mut lines = vec![self.scene.fill("timeline.moved", &[&words(range)])];
        let fact = session
            .conn(self.conn)
            .map(|conn| *conn.fact)
            .unwrap_or_default();
        let len = session.lane(self.conn, Dir::Out).map_or(0, Lane::len);
        let within = |from: u64, to: u64| range.end.min(to).saturating_sub(range.start.max(from));
        let unsent = fact
            .unsent
            .map(|unsent| len.saturating_sub(u64::from(unsent)));
        if let Some(twin) = self.twin() {
            let read = session.lane(twin, Dir::In).map_or(0, Lane::len);
            let name = session.name(twin);
            let there = within(read, unsent.unwrap_or(len));
            let taken = within(0, read);
            if taken > 0 {
                let readers = self.scene.ui.movers(session, twin, Dir::In, range);
                let rows: Vec<String> = readers
                    .iter()
                    .take(6)
                    .map(|it| format!("#{}", it.seq))
                    .collect();
                lines.push(
                    self.scene
                        .fill("timeline.read-by", &[&taken, &name, &rows.join(" ")]),
                );
            }
            if there > 0 {
                lines.push(self.scene.fill("timeline.on-the-way", &[&there, &name]));
            }
        } else if let (Some(left), Some(flying)) = (unsent, fact.in_flight) {
            let acked = within(0, left.saturating_sub(u64::from(flying)));
            lines.push(
                self.scene
                    .fill("timeline.acked", &[&acked, &(range.end - range.start)]),
            );
        }
        if let Some(left) = unsent
            .map(|left| within(left, len))
            .filter(|left| *left > 0)
        {
            lines.push(self.scene.fill("timeline.still-here", &[&left]));
        }
        lines
    }

    /// Which calls sent what a `recv` returned.
    fn received(&self, range: &Range<u64>) -> Vec<String> {
        let session = self.scene.session;
        let mut lines = vec![self.scene.fill("timeline.taken", &[&words(range)])];
        if let Some(twin) = self.twin() {
            let senders = self.scene.ui.movers(session, twin, Dir::Out, range);
            let calls: Vec<String> = senders
                .iter()
                .take(6)
                .map(|it| format!("#{} {}", it.seq, it.call))
                .collect();
            if !calls.is_empty() {
                let (name, calls) = (session.name(twin), calls.join(", "));
                lines.push(self.scene.fill("timeline.sent-by", &[&name, &calls]));
            }
        } else {
            lines.push(self.scene.say("timeline.peer-unknown").to_owned());
        }
        lines
    }
}

/// `12–18`, or `7` alone.
fn words(range: &Range<u64>) -> String {
    match range.end - range.start {
        1 => range.start.to_string(),
        _ => format!("{}–{}", range.start, range.end.saturating_sub(1)),
    }
}
