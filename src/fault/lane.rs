//! One direction of bytes with its faults: what was received goes in, piece by piece or message by message, and what
//! leaves the faults becomes wishes to the net. It keeps how far it is and nothing of the bytes.

mod feed;
mod send;

use std::ops::Range;
use std::time::Duration;

use super::cx::Sight;
use super::piece::Item;
use super::stack::{Now, Stack};
use crate::endpoint::Transport;
use crate::event::{Actor, Command, ConnId, Dir, Fault, Freed, Gate, Hit, Tamper, Want, Wish};
use crate::session::Session;

/// What may wait in the faults before what brings it is read no further (DESIGN.md, Limits).
const WAITING_MAX_BYTES: u64 = 1 << 20;

/// Once no more than this waits, it is told that there is room again.
const ROOMY_BYTES: u64 = 256 << 10;

/// A direction with its faults.
#[derive(Debug)]
pub(super) struct Lane {
    /// Whose bytes, and which of them: of a tap what this socket receives.
    conn: ConnId,
    dir: Dir,
    /// Where they go on, if this program passes them on at all.
    to: Option<ConnId>,
    /// This program passes them on.
    is_tapped: bool,
    pub(super) stack: Stack,
    datagrams: bool,
    /// Bytes before it were given to the faults, or went on before there was one.
    fed: u64,
    /// So many datagrams of them.
    fed_datagrams: u64,
    /// The net may pass on what stands before it.
    passed: u64,
    /// So many datagrams of it.
    passed_datagrams: u64,
    /// How many bytes will have been sent on.
    sent: u64,
    /// The faults know that nothing comes any more.
    is_ended: bool,
    /// A fault has ended the connection.
    is_over: bool,
    /// The connection is to be reset once so many bytes were sent on.
    reset_at: Option<u64>,
    /// The net has a gate.
    is_gated: bool,
    /// What may wait behind the gate.
    room: u64,
    /// It was told that no more may wait.
    is_full: bool,
    /// Its socket is gone: nothing comes any more, and the lane ends with the last of what came.
    is_orphan: bool,
}

/// The received bytes, as the session has them.
struct Received<'a>(&'a Session, ConnId, Dir);

impl Sight for Received<'_> {
    fn bytes(&self, range: Range<u64>) -> Vec<u8> {
        self.0.bytes(self.1, self.2, range).0
    }
}

impl Lane {
    /// A direction of a socket; with where its bytes go on, and whether this program passes them on.
    pub(super) fn new(
        (conn, dir): (ConnId, Dir),
        (to, is_tapped): (Option<ConnId>, bool),
        salt: u64,
        session: &Session,
    ) -> Self {
        let transport = session.conn(conn).map(|conn| conn.transport);
        let datagrams = transport.is_some_and(Transport::keeps_boundaries);
        Self {
            conn,
            dir,
            to,
            is_tapped,
            stack: Stack::new(datagrams, salt),
            datagrams,
            fed: 0,
            fed_datagrams: 0,
            passed: 0,
            passed_datagrams: 0,
            sent: 0,
            is_ended: false,
            is_over: false,
            reset_at: None,
            is_gated: false,
            room: WAITING_MAX_BYTES,
            is_full: false,
            is_orphan: false,
        }
    }

    /// Where its bytes go on to.
    pub(super) fn leads(&self) -> Option<ConnId> {
        self.to.filter(|_| self.is_tapped && self.dir == Dir::In)
    }

    /// Its socket is gone, and somebody waits for what came.
    pub(super) fn outlives_its_socket(&mut self) {
        self.is_orphan = true;
    }

    /// Whether the last of what came has left it, and nothing comes any more.
    pub(super) fn is_done(&self) -> bool {
        let has_given = !self.is_gated || self.is_over || self.is_ended && self.stack.waits() == 0;
        self.is_orphan && has_given && !self.is_resetting()
    }

    /// From now on its bytes go on somewhere.
    pub(super) fn leads_to(&mut self, to: ConnId) {
        self.to = Some(to);
    }

    /// What it has of the session begins here: all that came went on, and what comes waits for the faults.
    pub(super) fn begin(&mut self, session: &Session, commands: &mut Vec<Command>) {
        if self.is_gated {
            return;
        }
        self.is_gated = true;
        self.fed = len(session, self.conn, self.dir);
        self.passed = self.fed;
        let lane = session.lane(self.conn, self.dir);
        self.fed_datagrams = lane.map_or(0, crate::session::Lane::calls);
        self.passed_datagrams = self.fed_datagrams;
        self.sent = self.to.map_or(0, |to| len(session, to, Dir::Out));
        self.gate(self.reached(), commands);
    }

    /// How far the net may pass on, as its gate counts.
    fn reached(&self) -> u64 {
        if self.datagrams {
            self.passed_datagrams
        } else {
            self.passed
        }
    }

    /// There is no fault any more: everything goes on.
    pub(super) fn finish(&mut self, commands: &mut Vec<Command>) {
        self.say_full(false, commands);
        if std::mem::take(&mut self.is_gated) && !self.is_over && self.is_tapped {
            want(self.conn, Want::Gate(None), commands);
        }
    }

    /// Makes room behind the gate for what may wait there. A message is held whole, however long its framing lets it
    /// be; beside it, and beside messages that are whole, no more waits than what may wait anywhere.
    pub(super) fn make_room(&mut self, session: &Session, commands: &mut Vec<Command>) {
        if !self.is_gated || self.is_over {
            return;
        }
        let ahead = self.fed - self.passed;
        let is_next = ahead == 0 || self.stack.wants_another();
        let unfinished = self.unfinished(session).filter(|_| is_next);
        let room = unfinished.map_or(WAITING_MAX_BYTES, |longest| {
            ahead
                .saturating_add(longest)
                .saturating_add(WAITING_MAX_BYTES)
        });
        if std::mem::replace(&mut self.room, room) != room && !self.is_ended {
            self.gate(self.reached(), commands);
        }
        let waits = len(session, self.conn, self.dir).saturating_sub(self.passed);
        let most = if self.is_full {
            ROOMY_BYTES + 1
        } else {
            WAITING_MAX_BYTES
        };
        let is_full = ahead > 0 && waits >= most && self.stack.waits_for_somebody();
        self.say_full(is_full, commands);
    }

    /// Tells that no more may wait, or that there is room again.
    pub(super) fn say_full(&mut self, is_full: bool, commands: &mut Vec<Command>) {
        if std::mem::replace(&mut self.is_full, is_full) != is_full {
            commands.push(self.command(Tamper::Full(is_full)));
        }
    }

    /// Gives something to the faults.
    fn give(&mut self, item: Item, now: Duration, session: &Session, commands: &mut Vec<Command>) {
        let sight = Received(session, self.conn, self.dir);
        let left = self.stack.take(
            item,
            Now {
                at: now,
                sight: &sight,
            },
        );
        self.carry(left, session, commands);
    }

    /// Lets go on what has waited long enough.
    pub(super) fn due(&mut self, now: Duration, session: &Session, commands: &mut Vec<Command>) {
        let sight = Received(session, self.conn, self.dir);
        let left = self.stack.due(Now {
            at: now,
            sight: &sight,
        });
        self.carry(left, session, commands);
    }

    /// Takes a fault away.
    pub(super) fn remove(
        &mut self,
        number: u32,
        now: Duration,
        session: &Session,
        commands: &mut Vec<Command>,
    ) {
        let sight = Received(session, self.conn, self.dir);
        let left = self.stack.remove(
            number,
            Now {
                at: now,
                sight: &sight,
            },
        );
        self.carry(left, session, commands);
    }

    /// Says what becomes of the oldest message that is held; what is to be sent back, and false if none is held.
    pub(super) fn free(
        &mut self,
        freed: &Freed,
        now: Duration,
        session: &Session,
        commands: &mut Vec<Command>,
    ) -> bool {
        let sight = Received(session, self.conn, self.dir);
        let left = self.stack.free(
            freed,
            Now {
                at: now,
                sight: &sight,
            },
        );
        left.is_some_and(|left| {
            self.carry(left, session, commands);
            true
        })
    }

    /// Resets the connection, once what was to go on before has gone.
    pub(super) fn reset(&mut self, session: &Session, commands: &mut Vec<Command>) {
        let sent = self.to.map_or(u64::MAX, |to| len(session, to, Dir::Out));
        if self.reset_at.take_if(|at| *at <= sent).is_some() {
            for conn in self.ends() {
                want(conn, Want::Abort, commands);
            }
        }
    }

    /// Whether it waits for bytes to be sent before it resets the connection.
    pub(super) fn is_resetting(&self) -> bool {
        self.reset_at.is_some()
    }

    fn ends(&self) -> impl Iterator<Item = ConnId> + use<> {
        self.to.into_iter().chain([self.conn])
    }

    fn gate(&self, upto: u64, commands: &mut Vec<Command>) {
        // What this program does not pass on has no gate.
        if self.is_tapped {
            let room = self.room;
            want(self.conn, Want::Gate(Some(Gate { upto, room })), commands);
        }
    }

    fn tell(&self, fault: Fault) -> Command {
        let fault = match fault {
            Fault::Hit(hit) => Fault::Hit(Hit {
                dir: self.dir,
                ..hit
            }),
            other => other,
        };
        self.command(Tamper::Tell(fault))
    }

    fn command(&self, tamper: Tamper) -> Command {
        Command {
            by: Actor::Tap,
            wish: Wish::Tamper(Some(self.conn), tamper),
        }
    }
}

/// How many bytes of a direction were told.
fn len(session: &Session, conn: ConnId, dir: Dir) -> u64 {
    session.lane(conn, dir).map_or(0, crate::session::Lane::len)
}

fn want(conn: ConnId, want: Want, commands: &mut Vec<Command>) {
    commands.push(Command {
        by: Actor::Tap,
        wish: Wish::Socket(conn, want),
    });
}
