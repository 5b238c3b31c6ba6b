//! One direction of bytes with its faults: what was received goes in, piece by piece or message by message, and what
//! leaves the faults becomes wishes to the net. It keeps how far it is and nothing of the bytes.

use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use super::cx::Sight;
use super::piece::{Item, Over, Piece, Whole};
use super::stack::{Left, Now, Stack};
use crate::event::{Actor, Command, ConnId, Dir, Fault, Freed, Hit, Tamper, Want, Wish};
use crate::framing::Status;
use crate::session::{Ending, Entry, Session};

/// What may be held of a message that is not whole: less than what stops the reading, or nothing would ever go on.
const HELD_MAX_BYTES: u64 = 768 << 10;

/// Messages that are taken in one go.
const MESSAGES_AT_ONCE: usize = 256;

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
    /// The net may pass on what stands before it.
    passed: u64,
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
}

/// The received bytes, as the session has them.
struct Received<'a>(&'a Session, ConnId, Dir);

impl Sight for Received<'_> {
    fn bytes(&self, range: Range<u64>) -> Vec<u8> {
        self.0.bytes(self.1, self.2, range).0
    }
}

impl Lane {
    /// A direction of a socket, of which so much was told; with where its bytes go on, where this program passes them on.
    pub(super) fn new(
        (conn, dir): (ConnId, Dir),
        (to, is_tapped): (Option<ConnId>, bool),
        salt: u64,
        session: &Session,
    ) -> Self {
        let transport = session.conn(conn).map(|conn| conn.transport);
        let datagrams = transport.is_some_and(|transport| transport.keeps_boundaries());
        Self {
            conn,
            dir,
            to,
            is_tapped,
            stack: Stack::new(datagrams, salt),
            datagrams,
            fed: 0,
            passed: 0,
            sent: 0,
            is_ended: false,
            is_over: false,
            reset_at: None,
            is_gated: false,
        }
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
        self.sent = self.to.map_or(0, |to| len(session, to, Dir::Out));
        self.gate(Some(self.passed), commands);
    }

    /// There is no fault any more: everything goes on.
    pub(super) fn finish(&mut self, commands: &mut Vec<Command>) {
        if std::mem::take(&mut self.is_gated) && !self.is_over {
            self.gate(None, commands);
        }
    }

    /// Whether the faults have all that came. Those that look at messages take them once they are cut.
    pub(super) fn feed(
        &mut self,
        now: Duration,
        session: &Session,
        commands: &mut Vec<Command>,
    ) -> bool {
        if !self.is_gated || self.is_over {
            return true;
        }
        let is_cut = session
            .lane(self.conn, self.dir)
            .is_none_or(crate::session::Lane::is_cut);
        let by_message = self.stack.is_of_messages() || self.datagrams;
        if by_message {
            self.feed_messages(is_cut, now, session, commands);
        } else {
            let upto = len(session, self.conn, self.dir);
            self.plain(upto, now, session, commands);
        }
        let lane = session.lane(self.conn, self.dir);
        let is_end = lane.is_some_and(|lane| lane.ending() == Some(Ending::End));
        if is_end && !self.is_ended && (is_cut || !by_message) {
            let upto = len(session, self.conn, self.dir);
            self.plain(upto, now, session, commands);
            self.is_ended = true;
            self.give(Item::Over(Over::End), now, session, commands);
        }
        is_cut || !by_message
    }

    /// What came, up to an offset, as it came.
    fn plain(&mut self, upto: u64, now: Duration, session: &Session, commands: &mut Vec<Command>) {
        if upto > self.fed {
            let piece = Piece::new(self.fed..upto);
            self.fed = upto;
            self.give(Item::Piece(piece), now, session, commands);
        }
    }

    /// What came, message by message; of one that is not whole, what is too much to be held.
    fn feed_messages(
        &mut self,
        is_cut: bool,
        now: Duration,
        session: &Session,
        commands: &mut Vec<Command>,
    ) {
        let upto = len(session, self.conn, self.dir);
        loop {
            let range = self.fed..upto;
            let pieces = if self.datagrams {
                self.datagrams_in(&range, is_cut, session)
            } else {
                self.messages_in(&range, session)
            };
            if pieces.is_empty() {
                break;
            }
            for piece in pieces {
                self.fed = piece.range.end;
                self.give(Item::Piece(piece), now, session, commands);
            }
        }
        let tail = session
            .lane(self.conn, self.dir)
            .and_then(|lane| lane.tail());
        let Some(tail) = tail.filter(|_| is_cut && !self.datagrams) else {
            return;
        };
        // What will never be a message waits for nothing.
        let is_lost = !matches!(tail.status, Status::Partial { .. });
        if is_lost || upto - self.fed > HELD_MAX_BYTES {
            self.plain(upto, now, session, commands);
        }
    }

    /// The next whole messages as pieces. Of a message that has gone on in part, the rest is no message.
    fn messages_in(&self, range: &Range<u64>, session: &Session) -> Vec<Piece> {
        let entries = session.entries_in(self.conn, self.dir, range, MESSAGES_AT_ONCE);
        let lane = session.lane(self.conn, self.dir);
        let tail = lane.and_then(|lane| lane.tail());
        let is_tail = |entry: &Entry| {
            let tail = tail.as_ref();
            tail.is_some_and(|tail| tail.range.start == entry.message.range.start)
        };
        let whole = entries.into_iter().take_while(|entry| !is_tail(entry));
        let pieces = whole.filter(|entry| entry.message.range.end > range.start);
        pieces
            .map(|entry| {
                let message = entry.message.range.clone();
                let start = message.start.max(range.start);
                let is_whole = start == message.start;
                let piece = Piece::new(start..message.end);
                let whole = is_whole.then(|| self.whole(entry, session)).flatten();
                Piece { whole, ..piece }
            })
            .collect()
    }

    /// The next datagrams as pieces, each with the first message that its framing finds in it.
    fn datagrams_in(&self, range: &Range<u64>, is_cut: bool, session: &Session) -> Vec<Piece> {
        if self.stack.is_of_messages() && !is_cut {
            return Vec::new();
        }
        let ends = session.boundaries(self.conn, self.dir, range.clone());
        let mut start = range.start;
        let mut pieces = Vec::new();
        for end in ends.into_iter().filter(|end| *end > range.start) {
            let place = start..end;
            start = end;
            let mut entries = session.entries_in(self.conn, self.dir, &place, 1);
            let whole = match entries.pop() {
                Some(entry) => self.whole(entry, session),
                None => None,
            };
            let piece = Piece::new(place);
            pieces.push(Piece { whole, ..piece });
        }
        pieces
    }

    fn whole(&self, entry: Entry, session: &Session) -> Option<Rc<Whole>> {
        let lane = session.lane(self.conn, self.dir)?;
        let cut = lane.rule_at(entry.message.range.start);
        Some(Rc::new(Whole {
            number: entry.number.unwrap_or(0),
            message: entry.message,
            cut: cut.spoken(lane.sight()),
        }))
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
        self.carry(left, commands);
    }

    /// Lets go on what has waited long enough.
    pub(super) fn due(&mut self, now: Duration, session: &Session, commands: &mut Vec<Command>) {
        let sight = Received(session, self.conn, self.dir);
        let left = self.stack.due(Now {
            at: now,
            sight: &sight,
        });
        self.carry(left, commands);
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
        self.carry(left, commands);
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
            self.carry(left, commands);
            true
        })
    }

    /// Wishes of the net what left the faults.
    fn carry(&mut self, left: Left, commands: &mut Vec<Command>) {
        commands.extend(left.told.into_iter().map(|fault| self.tell(fault)));
        let mut upto = None;
        for item in left.items {
            match item {
                Item::Piece(_) if self.is_over => {}
                Item::Piece(piece) => self.send(piece, &mut upto, commands),
                Item::Answer(bytes) => self.answer(bytes, commands),
                Item::Over(over) => {
                    self.open(&mut upto, commands);
                    self.end(over, commands);
                }
            }
        }
        self.open(&mut upto, commands);
    }

    /// Lets the net pass on what it may.
    fn open(&self, upto: &mut Option<u64>, commands: &mut Vec<Command>) {
        if let Some(upto) = upto.take() {
            self.gate(Some(upto), commands);
        }
    }

    fn send(&mut self, piece: Piece, upto: &mut Option<u64>, commands: &mut Vec<Command>) {
        let len = piece.len();
        for change in &piece.changed_by {
            let at = self.sent + change.at;
            let sent = self.to.map(|to| (to, at..at + change.bytes));
            let hit = Hit {
                number: change.number,
                dir: self.dir,
                range: change.range.clone(),
                deed: crate::event::Deed::Changed(change.bytes),
                sent,
            };
            commands.push(self.tell(Fault::Hit(hit)));
        }
        let end = piece.range.end;
        match piece.bytes {
            None => {
                if piece.apart {
                    self.open(upto, commands);
                }
                *upto = Some(end);
                if piece.apart {
                    self.open(upto, commands);
                }
            }
            Some(bytes) if bytes.is_empty() && end == self.passed => {}
            Some(_) if !self.is_tapped => {}
            Some(bytes) => {
                self.open(upto, commands);
                let want = Want::Instead { bytes, upto: end };
                self.want(self.conn, want, commands);
            }
        }
        self.passed = end;
        self.sent += len;
    }

    /// Sends something to the sender itself, between what is passed on to it.
    fn answer(&self, bytes: Vec<u8>, commands: &mut Vec<Command>) {
        if let Some(to) = self.to {
            // What stands before the first byte stands in the place of nothing.
            self.want(to, Want::Instead { bytes, upto: 0 }, commands);
        }
    }

    fn end(&mut self, over: Over, commands: &mut Vec<Command>) {
        match over {
            Over::End => self.gate(Some(u64::MAX), commands),
            Over::Close => {
                self.is_over = true;
                for conn in self.ends() {
                    self.want(conn, Want::Close, commands);
                }
            }
            Over::Reset => {
                self.is_over = true;
                self.reset_at = Some(self.sent);
            }
        }
    }

    /// Resets the connection, once what was to go on before has gone.
    pub(super) fn reset(&mut self, session: &Session, commands: &mut Vec<Command>) {
        let sent = self.to.map_or(u64::MAX, |to| len(session, to, Dir::Out));
        if self.reset_at.take_if(|at| *at <= sent).is_some() {
            for conn in self.ends() {
                self.want(conn, Want::Abort, commands);
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

    fn gate(&self, upto: Option<u64>, commands: &mut Vec<Command>) {
        // What this program does not pass on has no gate.
        if self.is_tapped {
            self.want(self.conn, Want::Gate(upto), commands);
        }
    }

    fn want(&self, conn: ConnId, want: Want, commands: &mut Vec<Command>) {
        commands.push(Command {
            by: Actor::Tap,
            wish: Wish::Socket(conn, want),
        });
    }

    fn tell(&self, fault: Fault) -> Command {
        let fault = match fault {
            Fault::Hit(hit) => Fault::Hit(Hit {
                dir: self.dir,
                ..hit
            }),
            other => other,
        };
        Command {
            by: Actor::Tap,
            wish: Wish::Tamper(Some(self.conn), Tamper::Tell(fault)),
        }
    }
}

/// How many bytes of a direction were told.
fn len(session: &Session, conn: ConnId, dir: Dir) -> u64 {
    session.lane(conn, dir).map_or(0, crate::session::Lane::len)
}
