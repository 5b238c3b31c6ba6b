//! What the screen does by itself as events come: it follows the newest, looks at the first socket made, shows
//! an error once, and says when time alone would change it.

use std::time::Duration;

use super::overlay::{STATES, TABLE};
use super::pane::CONNECTIONS;
use super::{Ui, cards, notice::Notice};
use crate::event::{Actor, ConnId, Dir, Event, Outcome, Syscall, Timer, What};
use crate::session::{Conn, Session};

/// How many sockets have a number.
const TABS_MAX: usize = 9;

/// Ages and waits grow on the screen up to this; older ones are redrawn with other events only (DESIGN.md, Idle).
const GROWS: Duration = Duration::from_secs(10);

impl Ui {
    /// Follows nothing from now on but which sockets there are: no key and no line will ever ask for more.
    pub fn look_away(&mut self) {
        self.is_away = true;
    }

    /// Takes in what came to the session since the last time.
    pub fn observe(&mut self, session: &Session) {
        self.take_in(session);
        if self.focus.is_none() {
            let mut tabs = self.tabs.iter().copied();
            self.focus = tabs.find(|tab| session.conn(*tab).is_some());
        }
        if self.is_away {
            return;
        }
        self.choose_subject(session);
        self.follow_stand_in(session);
        self.choose_dir(session);
        self.keep_up(session);
        self.refresh_table(session, session.now());
        self.moving = self.moves(session, session.now());
        self.reveal(session);
    }

    /// Takes in what came to the session, whatever moment of it is looked at.
    pub fn take_in(&mut self, session: &Session) {
        let mut rows = std::mem::take(&mut self.rows);
        if self.is_away {
            rows.pass_over(session, &mut |event| {
                if let (What::Opened { .. }, Some(conn)) = (&event.what, event.conn) {
                    self.give_tab(conn, event.by, session);
                }
            });
            self.rows = rows;
            return;
        }
        rows.read(session, &mut |seq, event| {
            self.notice_event(seq, event, session);
            self.note_select(seq, event, session);
            self.note_measure(event);
            self.table.note(event);
        });
        self.rows = rows;
    }

    /// Stands at the newest message where that is followed, and reads again the one that it stands at: more may be cut
    /// than when the events came.
    pub fn keep_up(&mut self, session: &Session) {
        if !self.follow {
            return self.keep_entry(session);
        }
        let (len, entries) = (self.len(session), self.entries(session));
        self.entry = entries.saturating_sub(1);
        self.keep_entry(session);
        let newest = self.entry(session).map(|entry| entry.message.range.start);
        self.cursor = newest.unwrap_or_else(|| len.saturating_sub(1));
        self.selection = None;
        self.event = None;
    }

    /// The sockets whose numbers are on the screen, for sampling.
    #[must_use]
    pub fn looked_at(&self, session: &Session) -> Vec<ConnId> {
        if self.size == (0, 0) {
            // Nobody looks: there is no screen.
            return Vec::new();
        }
        let mut seen = self.in_view(session);
        let areas = self.areas(session).unwrap_or_default();
        let table = if self.is_over(TABLE) {
            Some(self.pane_area(session).1)
        } else {
            areas.slot(CONNECTIONS).map(|slot| slot.body)
        };
        if let Some(area) = table {
            seen.extend(self.rows_in_view(area.height).filter(|conn| {
                session
                    .conn(*conn)
                    .is_some_and(crate::session::Conn::is_open)
            }));
        }
        seen.extend(&self.tabs);
        seen.sort_unstable();
        seen.dedup();
        seen
    }

    /// Closed sockets that a person would miss: in focus, with a number, selected, pinned, under the cursor.
    #[must_use]
    pub fn wanted(&self, session: &Session) -> Vec<ConnId> {
        let selected = self.selection.as_ref().map(|it| it.conn);
        let pinned = self.sight.pin.as_ref().map(|it| it.conn);
        let row = self.table.row(self.table.at()).map(|row| row.conn);
        let event = self.event.and_then(|seq| session.event(seq)?.conn);
        let one = [self.focus, self.subject, selected, pinned, row, event];
        let one = one.into_iter().flatten();
        one.chain(self.tabs.iter().copied()).collect()
    }

    /// Sockets are forgotten.
    pub fn forget(&mut self, gone: &[ConnId]) {
        self.table.forget(gone);
        self.rows.forget(gone);
    }

    /// When the screen changes by time alone, as a time of the session; `None` while it does not.
    #[must_use]
    pub fn next_wake(&self, now: Duration) -> Option<Duration> {
        let notice = self
            .notice
            .as_ref()
            .map(Notice::until)
            .filter(|until| *until > now);
        let moving = self
            .moving
            .filter(|(until, _)| *until > now)
            .map(|(until, step)| (now + step).min(until));
        let box_comes = self
            .hands
            .pending
            .map(|pending| pending.shows_at())
            .filter(|at| *at > now);
        let meaning = self.composer.rests_at();
        [notice, moving, box_comes, meaning]
            .into_iter()
            .flatten()
            .min()
    }

    fn notice_event(&mut self, seq: u64, event: &Event, session: &Session) {
        self.desk.hear(event);
        let name = event.conn.map_or("", |conn| session.name(conn));
        match (&event.what, event.conn) {
            (What::Opened { .. }, Some(conn)) => self.give_tab(conn, event.by, session),
            // News of the present are counted in the bar while the past is in view.
            _ if self.is_past() => {}
            (What::Call(call), Some(conn))
                if event.by == Actor::User || self.in_view(session).contains(&conn) =>
            {
                let lines = match &call.outcome {
                    Outcome::Failed(errno) if cards::is_due(event, call, *errno) => {
                        cards::card(&self.locale, session, seq, event, call, *errno)
                    }
                    Outcome::Unresolved(why) => cards::unresolved(&self.locale, name, call, why),
                    outcome => {
                        // What came out well takes the card of what did not away.
                        let is_well = *outcome != Outcome::Blocked && outcome.errno().is_none();
                        if is_well && event.by == Actor::User && !only_prepares(&call.call) {
                            self.notice.take_if(|notice| notice.is_card());
                        }
                        return;
                    }
                };
                self.notice = Some(Notice::card(&lines, seq, event.at));
            }
            (What::Refused(why), _) if event.by == Actor::User => self.notify(why, event.at),
            _ => {}
        }
    }

    /// A new socket gets a number while there are some; then it takes that of a closed one. What the user makes is
    /// looked at.
    fn give_tab(&mut self, conn: ConnId, by: Actor, session: &Session) {
        if session.conn(conn).is_some_and(Conn::is_beyond) {
            // The client's side stands for the whole conversation.
            return;
        }
        let is_closed = |tab: &ConnId| session.conn(*tab).is_some_and(|conn| !conn.is_open());
        let parent = |tab: ConnId| session.conn(tab).and_then(|conn| conn.parent);
        let is_over = |tab: &ConnId| {
            is_closed(tab) && session.is_tapped(conn) && parent(*tab) == parent(conn)
        };
        // Conversations of a tap that are over make room for the next before anything else does.
        let over = self
            .tabs
            .iter()
            .position(|tab| is_over(tab) && Some(*tab) != self.focus);
        if let Some(tab) = over.and_then(|over| self.tabs.get_mut(over)) {
            *tab = conn;
        } else if self.tabs.len() < TABS_MAX {
            self.tabs.push(conn);
        } else if let Some(old) = self
            .tabs
            .iter()
            .position(|tab| is_closed(tab) && Some(*tab) != self.focus)
            && let Some(tab) = self.tabs.get_mut(old)
        {
            *tab = conn;
        }
        let is_child = session.conn(conn).is_some_and(|conn| conn.parent.is_some());
        if self.is_past() {
            return;
        }
        if by == Actor::User && !is_child || self.focus.is_none() {
            self.focus = Some(conn);
            self.subject = None;
            self.follow = true;
        }
    }

    /// Until somebody chose, the direction in view is the one that has bytes.
    fn choose_dir(&mut self, session: &Session) {
        let Some(conn) = self.subject.filter(|_| self.follow && !self.is_dir_chosen) else {
            return;
        };
        let is_empty = |dir: Dir| {
            session
                .lane(conn, dir)
                .is_none_or(crate::session::Lane::is_empty)
        };
        if is_empty(self.dir) && !is_empty(self.dir.other()) {
            self.dir = self.dir.other();
        }
    }

    pub(super) fn is_table_shown(&self, session: &Session) -> bool {
        self.is_over(TABLE)
            || self
                .areas(session)
                .is_some_and(|areas| areas.slot(CONNECTIONS).is_some())
    }

    /// Until when something in view changes by time alone, and how often.
    pub(super) fn moves(&self, session: &Session, now: Duration) -> Option<(Duration, Duration)> {
        if session.past().is_some() {
            return None;
        }
        let in_view = self.in_view(session);
        let conns = || in_view.iter().filter_map(|conn| session.conn(*conn));
        let outside = self.outside(session).into_iter();
        let waits = conns()
            .flat_map(|conn| &conn.pending)
            .map(|pending| pending.since)
            .chain(outside)
            .map(|since| since + GROWS)
            .filter(|until| *until > now)
            .max()
            .map(|until| (until, Duration::from_millis(100)));
        let table = self
            .is_table_shown(session)
            .then(|| self.table_moves(session, now, GROWS))
            .flatten();
        let countdown = self.counts_down(session, now);
        // The longer and the more often of them.
        waits
            .into_iter()
            .chain(table)
            .chain(countdown)
            .reduce(|(one, step), (other, often)| (one.max(other), step.min(often)))
    }
}

impl Ui {
    /// Until when a timer of the kernel runs out on the screen, and how often that is seen.
    fn counts_down(&self, session: &Session, now: Duration) -> Option<(Duration, Duration)> {
        let conn = session.conn(self.subject?)?;
        let has_boxes = || {
            self.areas(session)
                .is_some_and(|areas| areas.journey.height > 1)
        };
        let (second, tenth) = (Duration::from_secs(1), Duration::from_millis(100));
        let counted = |conn: &crate::session::Conn| {
            let left = conn.timer_left(now).filter(|left| !left.is_zero())?;
            let step = match conn.fact.timer? {
                Timer::Wait if self.is_over(STATES) => second,
                Timer::Retransmit if conn.fact.retransmits > Some(0) && has_boxes() => tenth,
                _ => return None,
            };
            Some((now + left, step))
        };
        let twin = session.twin(conn.id).and_then(|id| session.conn(id));
        [Some(conn), twin]
            .into_iter()
            .flatten()
            .filter_map(counted)
            .reduce(|(one, step), (other, often)| (one.max(other), step.min(often)))
    }
}

/// Whether a call only prepares or clears up: that it came out well says nothing of what was asked for.
fn only_prepares(call: &Syscall) -> bool {
    matches!(
        call,
        Syscall::Close | Syscall::Socket(_) | Syscall::SetOption { .. } | Syscall::Getaddrinfo(_)
    )
}
