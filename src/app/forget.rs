//! What the session forgets: who may want a closed socket still, who has to let go of it as well, and what is said.

use std::collections::BTreeSet;
use std::time::Duration;

use super::App;
use crate::event::{Actor, ConnId, Event, What};
use crate::script::Script;
use crate::session::{Conn, Wanted};

/// Marks that are asked for the socket that they are at.
const MARKS_ASKED_MAX: usize = 256;

impl App {
    /// Keeps so many closed sockets from now on, or all; what is said of it.
    pub(super) fn keep_closed(&mut self, count: Option<u64>) -> What {
        let count = count.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        self.session.keep_closed(count);
        What::Note(match count {
            Some(count) => format!("the newest {count} closed sockets are kept"),
            None => "all closed sockets are kept".to_owned(),
        })
    }

    /// Lets the session forget some of what is more than it keeps; true if it could go on at once.
    pub(super) fn forget_on(&mut self, now: Duration) -> bool {
        // Of a file all stays, and who goes through all sockets shall find them.
        let is_at_all = self.saving.is_some() || self.exporting.is_some() || self.search.is_some();
        if !self.session.is_overfull() || self.is_opened() || self.is_opening() || is_at_all {
            return false;
        }
        let conns = self.wanted();
        let recorded = self.recording.next();
        let is_first = self.session.forgotten() == 0;
        let gone = self.session.forget(&Wanted {
            is_wanted: &|conn: &Conn| conns.contains(&conn.id),
            from: recorded,
        });
        if gone.is_empty() {
            return false;
        }
        self.ui.forget(&gone);
        self.values.forget(&gone);
        if let Some(script) = &mut self.script {
            script.forget(&gone);
        }
        self.recording.forget(&gone);
        if is_first {
            self.tell_forgetting(now);
        }
        self.session.is_overfull()
    }

    /// Closed sockets that somebody looks at, waits for or marked.
    fn wanted(&self) -> BTreeSet<ConnId> {
        let mut wanted: BTreeSet<ConnId> = self.ui.wanted(&self.session).into_iter().collect();
        wanted.extend(self.looked_at());
        wanted.extend(self.script.as_ref().and_then(Script::wanted));
        let marks = self.session.marks().values().take(MARKS_ASKED_MAX);
        let marked = marks.filter_map(|seq| self.session.event(*seq)?.conn);
        wanted.extend(marked);
        wanted
    }

    /// Once, when the first are forgotten: the log tells from when on.
    fn tell_forgetting(&mut self, now: Duration) {
        let count = self.session.closed_max().unwrap_or(usize::MAX);
        let text = format!(
            "closed sockets are forgotten from now on, the oldest first: the newest {count} stay; \
             `keep closed N` keeps more, `record FILE` keeps all in a file"
        );
        let (at, conn, by) = (now, None, Actor::Loop);
        let what = What::Note(text);
        self.apply([Event { at, conn, by, what }]);
    }
}
