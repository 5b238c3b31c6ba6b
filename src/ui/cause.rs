//! Cause and effect of one row of the timeline: which earlier event brought an error or an end about, or what a call
//! moved and where those bytes are now. Only what the log holds is told; what follows from it is marked as inferred.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ink::{self, Pen, clip, wrap};
use super::moved::call_of;
use super::pane::Scene;
use super::theme::Role;
use super::{Ui, cards};
use crate::escape;
use crate::event::{Call, ConnId, Dir, Errno, Event, How, Outcome, Syscall, What};
use crate::session::{Lane, Session};

/// Rows before the one in question that are looked through for its cause.
const ROWS_BACK: u64 = 512;

/// The most lines of an explanation.
const LINES_MAX: usize = 4;

impl Ui {
    /// Explains the row under the cursor, or the newest; again takes the explanation away.
    pub(super) fn show_cause(&mut self, session: &Session) -> Result<(), String> {
        let list = self.rows.list(&self.in_view(session));
        let newest = list.count().checked_sub(1).and_then(|last| {
            let window = list.window(last, 1);
            window.first().map(|row| row.seq)
        });
        let seq = self
            .event
            .or(newest)
            .ok_or_else(|| self.locale.say("timeline.empty").to_owned())?;
        if self.desk.cause == Some(seq) {
            self.desk.cause = None;
            return Ok(());
        }
        self.stop_following(session);
        self.select_event(seq, session);
        self.desk.cause = Some(seq);
        // The card of an error would lie over it, and says less.
        self.notice = None;
        Ok(())
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
        .flat_map(|line| wrap(&escape::clean(line), room, 2))
        .take(LINES_MAX)
        .collect();
    let rows = u16::try_from(lines.len() + 1).unwrap_or(1).min(area.height);
    let place = cards::place(buf, area, rows);
    let title = scene.fill("timeline.cause", &[&seq]);
    let rule = Rect {
        height: rows.min(1),
        ..place
    };
    ink::rule(buf, rule, &title, "Esc", true, scene.look());
    for (row, line) in (1..rows).zip(&lines) {
        let role = if row == 1 { Role::Strong } else { Role::Text };
        let mut pen = Pen::new(buf, place, row, scene.look());
        pen.put("  ", Role::Text).put(clip(line, room), role);
        let blanks = " ".repeat(usize::from(pen.room()));
        pen.put(blanks, Role::Text);
    }
}

/// What brought the event about, then what came of it.
fn explain(scene: Scene<'_>, seq: u64) -> Vec<String> {
    let Some(event) = scene.session.event(seq) else {
        return vec![scene.say("timeline.gone").to_owned()];
    };
    let Some(conn) = event.conn else {
        return vec![crate::ui::meaning::of_note(
            &event,
            scene.session,
            scene.ui.locale(),
        )];
    };
    let case = Case {
        scene,
        seq,
        conn,
        twin: scene.session.twin(conn),
    };
    match &event.what {
        What::Call(call) => case.call(&event, call),
        What::Ended {
            cause: Some(errno), ..
        } => case.failure(*errno, None),
        What::Ended { cause: None, .. } => case.end(),
        _ => vec![crate::ui::meaning::of_note(
            &event,
            scene.session,
            scene.ui.locale(),
        )],
    }
}

/// The row in question and its two ends.
struct Case<'a> {
    scene: Scene<'a>,
    seq: u64,
    conn: ConnId,
    twin: Option<ConnId>,
}

impl Case<'_> {
    fn call(&self, event: &Event, call: &Call) -> Vec<String> {
        let end = call
            .pending
            .filter(|_| call.outcome == Outcome::Blocked)
            .and_then(|wait| self.scene.ui.rows.end_of(self.conn, wait))
            .and_then(|seq| call_of(self.scene.session, seq));
        let told = end.map_or_else(|| call.clone(), |(_, end)| end);
        let is_stream = self
            .scene
            .session
            .conn(self.conn)
            .is_some_and(|it| it.transport.is_stream());
        match (&told.outcome, &told.moved) {
            (Outcome::Failed(errno), _) => self.failure(*errno, Some(&told)),
            (Outcome::Received { len: 0, .. }, _) if is_stream => self.end(),
            (_, Some(moved)) if !moved.range.is_empty() => match moved.dir {
                Dir::Out => self.sent(&moved.range),
                Dir::In => self.received(&moved.range),
            },
            _ => vec![crate::ui::meaning::of_call(
                event,
                &told,
                self.scene.session,
                self.scene.ui.locale(),
            )],
        }
    }

    /// `ECONNRESET here ← RST ← B closed with 14 unread bytes (#39)`.
    fn failure(&self, errno: Errno, call: Option<&Call>) -> Vec<String> {
        let name = errno.name();
        let here = self.scene.fill("timeline.here", &[&name]);
        let (session, locale) = (self.scene.session, self.scene.ui.locale());
        let known = call.and_then(|call| cards::known(locale, session, self.conn, call, errno));
        let chain = match errno {
            Errno::ECONNRESET | Errno::EPIPE => self.reset(),
            _ => None,
        };
        match (chain, known) {
            (Some(chain), _) => vec![format!("{here} ← {chain}"), cards::explain(locale, errno)],
            (None, Some(known)) => vec![here, known],
            (None, None) => vec![
                here,
                cards::explain(locale, errno),
                self.scene.say("timeline.no-cause").to_owned(),
            ],
        }
    }

    /// Who threw the connection away, or which half of it was closed.
    fn reset(&self) -> Option<String> {
        if let Some((seq, _)) = self.earlier(self.conn, |call| ends_writing(&call.call)) {
            let name = self.scene.session.name(self.conn);
            return Some(self.scene.fill("timeline.own-shutdown", &[&name, &seq]));
        }
        let twin = self.twin?;
        let (seq, _) = self.earlier(twin, |call| call.call == Syscall::Close)?;
        let name = self.scene.session.name(twin);
        let unread = self.unread(twin);
        Some(if unread > 0 {
            self.scene
                .fill("timeline.reset-unread", &[&name, &unread, &seq])
        } else {
            self.scene.fill("timeline.reset", &[&name, &seq])
        })
    }

    /// What the other end never read of what was sent to it.
    fn unread(&self, twin: ConnId) -> u64 {
        let session = self.scene.session;
        let sent = session.lane(self.conn, Dir::Out).map_or(0, Lane::len);
        let read = session.lane(twin, Dir::In).map_or(0, Lane::len);
        sent.saturating_sub(read)
    }

    /// Why there is nothing more to read.
    fn end(&self) -> Vec<String> {
        let session = self.scene.session;
        let found = self.twin.and_then(|twin| {
            let stops = |call: &Call| ends_writing(&call.call) || call.call == Syscall::Close;
            let (seq, call) = self.earlier(twin, stops)?;
            let (name, call) = (session.name(twin), call.call.to_string());
            Some(self.scene.fill("timeline.fin", &[&name, &call, &seq]))
        });
        let end = self.scene.say("timeline.end");
        match found {
            Some(chain) => vec![format!("{end} ← {chain}")],
            None => vec![
                format!("{end} ← FIN"),
                self.scene.say("timeline.peer-fin").to_owned(),
            ],
        }
    }

    /// Where the bytes of a `send` are now.
    fn sent(&self, range: &Range<u64>) -> Vec<String> {
        let session = self.scene.session;
        let mut lines = vec![self.scene.fill("timeline.moved", &[&words(range)])];
        let fact = session
            .conn(self.conn)
            .map(|conn| conn.fact)
            .unwrap_or_default();
        let len = session.lane(self.conn, Dir::Out).map_or(0, Lane::len);
        let within = |from: u64, to: u64| range.end.min(to).saturating_sub(range.start.max(from));
        let unsent = fact
            .unsent
            .map(|unsent| len.saturating_sub(u64::from(unsent)));
        if let Some(twin) = self.twin {
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
        if let Some(twin) = self.twin {
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

    /// The newest call of a socket before the row in question that came out well and fits.
    fn earlier(&self, conn: ConnId, fits: impl Fn(&Call) -> bool) -> Option<(u64, Call)> {
        let list = self.scene.ui.rows.list(&[conn]);
        let upto = list.rank(self.seq);
        let first = upto.saturating_sub(ROWS_BACK);
        let count = usize::try_from(upto - first).unwrap_or(0);
        list.window(first, count).into_iter().rev().find_map(|row| {
            let (of, call) = call_of(self.scene.session, row.seq)?;
            let is_done = call.outcome.errno().is_none();
            (of == Some(conn) && is_done && fits(&call)).then_some((row.seq, call))
        })
    }
}

fn ends_writing(call: &Syscall) -> bool {
    matches!(call, Syscall::Shutdown(How::Write | How::Both))
}

/// `12–18`, or `7` alone.
fn words(range: &Range<u64>) -> String {
    match range.end - range.start {
        1 => range.start.to_string(),
        _ => format!("{}–{}", range.start, range.end.saturating_sub(1)),
    }
}
