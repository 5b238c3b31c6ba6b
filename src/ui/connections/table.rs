//! What the table of sockets shows: their order, which of them, and the one under the cursor. It follows the session by
//! what changed, arranges anew only when that is due, and draws nothing.

use std::collections::HashSet;
use std::time::Duration;

use super::columns::{COLUMNS, CREATED};
use super::order::{Row, Sort, arrange};
use crate::event::{ConnId, Event};
use crate::session::Session;
use crate::ui::filter::{Subject, Tree};
use crate::words::Complaint;

/// So many sockets are arranged whenever that changes something.
const FEW: usize = 2000;

/// The time between two arrangements of more than a few, or of sorted ones: four a second.
const PACE: Duration = Duration::from_millis(250);

/// How long rows stay where they are after the cursor was moved among them.
const HOLD: Duration = Duration::from_secs(2);

/// The most sockets that a filter is asked about at once: with more it goes on with the next frame.
const SLICE: usize = 20_000;

/// When a filter goes on that was not asked about all sockets.
const FRAME: Duration = Duration::from_millis(16);

/// How often the order follows what changes by time alone.
const TICK: Duration = Duration::from_secs(1);

/// The table.
#[derive(Debug, Default)]
pub(in crate::ui) struct Table {
    /// Every socket that was arranged.
    order: Vec<Row>,
    /// Those that are shown; without it all of the order.
    shown: Option<Vec<Row>>,
    tree: Tree,
    /// What is wrong with what is typed; then the filter is an earlier one.
    complaint: Option<Complaint>,
    /// The sockets that fit; only while there is a filter.
    fits: HashSet<ConnId>,
    /// Those with a lower number were asked whether they do.
    asked: usize,
    sort: Option<Sort>,
    folded: HashSet<ConnId>,
    /// Sockets with events that were not looked at yet; only while there is a filter or an order.
    changed: HashSet<ConnId>,
    /// How many sockets there were when they were arranged.
    arranged_count: usize,
    is_order_old: bool,
    is_shown_old: bool,
    arranged: Option<Duration>,
    /// The cursor was moved since the time was known last; when it was, as far as that is known.
    is_touched: bool,
    touched: Option<Duration>,
    cursor: Option<ConnId>,
    at: usize,
}

impl Table {
    /// An event came.
    pub(in crate::ui) fn note(&mut self, event: &Event) {
        if (self.sort.is_some() || !self.tree.is_all())
            && let Some(conn) = event.conn
        {
            self.changed.insert(conn);
        }
    }

    /// Follows the session where that is due; true if rows may stand elsewhere now. What nobody sees waits, if it is
    /// long work.
    pub(in crate::ui) fn refresh(
        &mut self,
        session: &Session,
        now: Duration,
        is_seen: bool,
    ) -> bool {
        if std::mem::take(&mut self.is_touched) {
            self.touched = Some(now);
        }
        let count = session.conns().ever();
        if !is_seen && (count > FEW || self.sort.is_some()) {
            return false;
        }
        if self.arranged_count < count {
            (self.is_order_old, self.is_shown_old) = (true, true);
        }
        let ticks = self.sort.is_some_and(|sort| sort.column.is_timed())
            && self.arranged.is_some_and(|arranged| now >= arranged + TICK);
        self.is_order_old |= ticks || self.sort.is_some() && !self.changed.is_empty();
        self.is_shown_old |= self.tree.is_timed() && !self.changed.is_empty();
        let is_due = now >= self.due();
        if is_due && self.is_shown_old && self.tree.is_timed() {
            self.ask_anew();
        }
        self.look_at_changed(session, now);
        if !self.is_old() || !is_due {
            return false;
        }
        self.arrange(session, now);
        true
    }

    /// When what came will be arranged; `None` while nothing waits for that.
    pub(in crate::ui) fn wake(&self, now: Duration) -> Option<Duration> {
        self.is_old().then(|| self.due().max(now + FRAME))
    }

    /// Takes another moment of the session for what it follows.
    pub(in crate::ui) fn renew(&mut self, session: &Session, now: Duration) {
        (self.is_order_old, self.touched) = (true, None);
        self.changed.clear();
        self.ask_anew();
        self.catch_up(session, now);
    }

    /// Follows the session at once.
    pub(in crate::ui) fn catch_up(&mut self, session: &Session, now: Duration) {
        self.look_at_changed(session, now);
        self.arrange(session, now);
    }

    /// Takes another filter, or why what is typed is none.
    pub(in crate::ui) fn sift(&mut self, read: Result<Tree, Complaint>, session: &Session) {
        match read {
            Ok(tree) => {
                self.complaint = None;
                self.tree = tree;
                self.ask_anew();
                self.catch_up(session, session.now());
            }
            Err(complaint) => self.complaint = Some(complaint),
        }
    }

    /// Sorts by a column, or the other way round where it already is; by creation with the word for that.
    pub(in crate::ui) fn sort(&mut self, word: &str, session: &Session, now: Duration) -> bool {
        let column = COLUMNS.iter().find(|column| column.name == word);
        if column.is_none() && word != CREATED {
            return false;
        }
        self.sort = column.map(|column| match self.sort {
            Some(sort) if sort.column.name == word => Sort {
                falls: !sort.falls,
                ..sort
            },
            _ => Sort {
                column,
                falls: column.is_number(),
            },
        });
        self.is_order_old = true;
        self.catch_up(session, now);
        true
    }

    /// Hides the sockets beneath a listener, or shows them.
    pub(in crate::ui) fn fold(&mut self, listener: ConnId, is_folded: bool) {
        if is_folded {
            self.folded.insert(listener);
        } else {
            self.folded.remove(&listener);
        }
        self.select();
    }

    /// Puts the cursor on a row; rows then rest for a while.
    pub(in crate::ui) fn go_to(&mut self, row: u64) {
        self.at = usize::try_from(row).unwrap_or(usize::MAX);
        self.at = self.at.min(self.rows().len().saturating_sub(1));
        self.cursor = self.rows().get(self.at).map(|row| row.conn);
        self.is_touched = true;
    }

    /// Puts the cursor on a socket, if it is shown.
    pub(in crate::ui) fn go_to_conn(&mut self, conn: ConnId) {
        if let Some(at) = self.rows().iter().position(|row| row.conn == conn) {
            (self.at, self.cursor) = (at, Some(conn));
        }
    }

    /// Finds the cursor's socket again where rows went elsewhere; if it is shown no more the cursor stays in its row.
    pub(in crate::ui) fn settle(&mut self) {
        let is_there = self.rows().get(self.at).map(|row| row.conn) == self.cursor;
        if let Some(conn) = self.cursor.filter(|_| !is_there) {
            let last = self.rows().len().saturating_sub(1);
            self.at = self.at.min(last);
            self.cursor = self.rows().get(self.at).map(|row| row.conn);
            self.go_to_conn(conn);
        }
    }

    /// The row of the cursor.
    pub(in crate::ui) fn at(&self) -> u64 {
        self.at as u64
    }

    /// How many rows.
    pub(in crate::ui) fn count(&self) -> u64 {
        self.rows().len() as u64
    }

    /// How many rows there are without a filter and folding.
    pub(in crate::ui) fn all(&self) -> usize {
        self.order.len()
    }

    /// A row.
    pub(in crate::ui) fn row(&self, at: u64) -> Option<Row> {
        self.rows().get(usize::try_from(at).ok()?).copied()
    }

    /// How many sockets fit the filter, if there is one.
    pub(in crate::ui) fn fitting(&self) -> Option<usize> {
        (!self.tree.is_all()).then_some(self.fits.len())
    }

    /// Whether a socket stands there for itself, and not for those beneath it that fit.
    pub(in crate::ui) fn fits(&self, conn: ConnId) -> bool {
        self.tree.is_all() || self.fits.contains(&conn)
    }

    /// Whether the sockets beneath a listener are hidden. A filter shows what fits wherever it is.
    pub(in crate::ui) fn is_folded(&self, listener: ConnId) -> bool {
        self.tree.is_all() && self.folded.contains(&listener)
    }

    /// By which column it is sorted.
    pub(in crate::ui) fn sorted(&self) -> Option<Sort> {
        self.sort
    }

    /// What is wrong with what is typed.
    pub(in crate::ui) fn complaint(&self) -> Option<&Complaint> {
        self.complaint.as_ref()
    }

    fn rows(&self) -> &[Row] {
        self.shown.as_ref().unwrap_or(&self.order)
    }

    /// Whether a filter has not been asked about all sockets yet.
    fn is_sifting(&self, count: usize) -> bool {
        !self.tree.is_all() && self.asked < count
    }

    /// No socket was asked whether it fits.
    fn ask_anew(&mut self) {
        self.fits.clear();
        self.asked = 0;
    }

    /// Sockets were forgotten.
    pub(in crate::ui) fn forget(&mut self, gone: &[ConnId]) {
        for conn in gone {
            self.fits.remove(conn);
            self.changed.remove(conn);
            self.folded.remove(conn);
        }
        (self.is_order_old, self.is_shown_old) = (true, true);
    }

    fn is_old(&self) -> bool {
        self.is_order_old || self.is_shown_old
    }

    fn due(&self) -> Duration {
        let Some(arranged) = self
            .arranged
            .filter(|_| !self.is_sifting(self.arranged_count))
        else {
            return Duration::ZERO;
        };
        let is_quick = self.sort.is_none() && self.arranged_count <= FEW;
        let due = arranged + if is_quick { Duration::ZERO } else { PACE };
        let hold = self.touched.filter(|_| self.sort.is_some());
        due.max(hold.map_or(Duration::ZERO, |touched| touched + HOLD))
    }

    fn arrange(&mut self, session: &Session, now: Duration) {
        let count = session.conns().ever();
        if self.is_order_old || self.arranged_count != count {
            self.arranged_count = count;
            self.order = arrange(session, self.sort, now);
        }
        self.select();
        self.is_order_old = false;
        self.is_shown_old = self.is_sifting(session.conns().ever());
        self.arranged = Some(now);
    }

    /// Asks of new sockets, and of those with events, whether they fit.
    fn look_at_changed(&mut self, session: &Session, now: Duration) {
        let changed = std::mem::take(&mut self.changed);
        if self.tree.is_all() {
            return;
        }
        let mut subject = Subject::new(session, now);
        let most = if self.tree.is_timed() {
            usize::MAX
        } else {
            SLICE
        };
        let known = self.asked;
        let mut left = most;
        for conn in session.conns().from(known).take(most) {
            if subject.fits(&self.tree, conn) {
                self.fits.insert(conn.id);
            }
            self.asked = conn.id.0 as usize + 1;
            left -= 1;
        }
        if left > 0 {
            self.asked = session.conns().ever();
        }
        let changed = changed.iter().filter_map(|conn| session.conn(*conn));
        for conn in changed.filter(|conn| (conn.id.0 as usize) < known) {
            let fits = subject.fits(&self.tree, conn);
            self.is_shown_old |= if fits {
                self.fits.insert(conn.id)
            } else {
                self.fits.remove(&conn.id)
            };
        }
    }

    /// Takes from the order what is shown: what fits with its listeners, or what is not folded away.
    fn select(&mut self) {
        if self.tree.is_all() && self.folded.is_empty() {
            self.shown = None;
            return;
        }
        let mut shown = Vec::new();
        let (mut head, mut is_folded) = (None, false);
        for row in &self.order {
            if !row.is_child {
                is_folded = self.is_folded(row.conn);
                head = Some(*row);
            }
            if row.is_child && is_folded || !self.fits(row.conn) {
                continue;
            }
            let own = head
                .take()
                .filter(|head| row.is_child && head.conn != row.conn);
            shown.extend(own);
            shown.push(*row);
        }
        self.shown = Some(shown);
    }
}
