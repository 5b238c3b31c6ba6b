//! What stands when a recording begins in the midst of a session: every socket, by events that say how it is now. Bytes
//! that moved before are told to lack.

use std::time::Duration;

use super::{Page, Writer};
use crate::event::{Actor, ConnId, Dir, Event, Owner, What};
use crate::record::entry::{Entry, Part};
use crate::session::{Conn, Ending, Session};

impl Writer {
    /// Writes how everything stands.
    pub fn prelude(&mut self, session: &Session, now: Duration, page: &mut Page<'_>) {
        for conn in session.conns().iter() {
            self.reach(conn.id);
            for event in stands(conn, now) {
                self.entries.push_event(&event);
            }
            for dir in Dir::BOTH {
                self.lane_stands(session, (conn.id, dir), now);
            }
            if let Some(closed) = conn.closed {
                let gone = event(conn, closed, What::Gone);
                self.entries.push_event(&gone);
            }
            if self.entries.len() >= super::ENTRIES_BYTES {
                self.rest(page);
            }
        }
        self.rest(page);
    }

    fn lane_stands(&mut self, session: &Session, (id, dir): (ConnId, Dir), now: Duration) {
        let (Some(moved), Some(conn)) = (session.lane(id, dir), session.conn(id)) else {
            return;
        };
        let (len, calls, ending) = (moved.len(), moved.calls(), moved.ending());
        let rule = moved.rule().words();
        if len > 0 {
            let lacking = Part {
                conn: id,
                dir,
                offset: 0,
                len,
                at: now,
            };
            self.entries.push(&Entry::Lacking(lacking));
        }
        let from = len;
        let framed = event(conn, now, What::Framed { dir, rule, from });
        self.entries.push_event(&framed);
        let cause = match ending {
            None | Some(Ending::Closed) => None,
            Some(Ending::End) => Some(None),
            Some(Ending::Broken) => Some(conn.trouble.map(|trouble| trouble.errno)),
        };
        if let Some(cause) = cause {
            let ended = event(conn, now, What::Ended { dir, cause });
            self.entries.push_event(&ended);
        }
        if let Some(lane) = self.lane(id, dir) {
            (lane.bytes, lane.calls) = (len, calls);
        }
    }
}

fn event(conn: &Conn, at: Duration, what: What) -> Event {
    let by = match conn.owner {
        Owner::Lab => Actor::Lab,
        _ => Actor::Loop,
    };
    let conn = Some(conn.id);
    Event { at, conn, by, what }
}

/// The facts of a socket, as the events that would tell them now.
fn stands(conn: &Conn, now: Duration) -> Vec<Event> {
    let mut events = vec![event(
        conn,
        conn.opened,
        What::Opened {
            name: Some(conn.name.clone()),
            role: conn.role,
            transport: conn.transport,
            parent: conn.parent,
        },
    )];
    if conn.local.is_some() || conn.peer.is_some() {
        let (local, peer) = (conn.local.clone(), conn.peer.clone());
        events.push(event(conn, now, What::Addressed { local, peer }));
    }
    events.push(event(conn, now, What::State(conn.state)));
    let (auto, rate, keep) = (conn.auto, conn.rate, conn.keep);
    events.push(event(conn, now, What::Reading { auto, rate, keep }));
    events
}
