//! What was received, as pieces for the faults: as it came, or message by message.

use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use super::{Lane, len};
use crate::event::Command;
use crate::fault::piece::{Item, Over, Piece, Whole};
use crate::framing::{Message, Status};
use crate::session::{Datagram, Ending, Entry, Session};

/// The bytes of a message from which it is said what it is.
const LOOKED_AT_BYTES: u64 = 64 << 10;

/// Messages that are taken in one go.
const MESSAGES_AT_ONCE: usize = 256;

/// Pieces that wait in the faults; what comes behind them is not given to them before some have gone on.
const PIECES_MAX: usize = 4096;

impl Lane {
    /// Whether the faults have all that came. Those that look at messages take them once they are cut.
    pub(in crate::fault) fn feed(
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
        } else if self.has_place() {
            let upto = len(session, self.conn, self.dir);
            self.plain(upto, now, session, commands);
        }
        let lane = session.lane(self.conn, self.dir);
        let is_end = lane.is_some_and(|lane| lane.ending() == Some(Ending::End)) || self.is_orphan;
        if is_end && !self.is_ended && (is_cut || !by_message) && self.has_place() {
            let upto = len(session, self.conn, self.dir);
            self.plain(upto, now, session, commands);
            self.is_ended = true;
            self.give(Item::Over(Over::End), now, session, commands);
        }
        self.make_room(session, commands);
        is_cut || !by_message
    }

    /// Whether the faults may be given more.
    fn has_place(&self) -> bool {
        self.stack.waits() < PIECES_MAX
    }

    /// What came, up to an offset, as it came.
    fn plain(&mut self, upto: u64, now: Duration, session: &Session, commands: &mut Vec<Command>) {
        if upto > self.fed {
            let piece = Piece::new(self.fed..upto);
            self.fed = upto;
            self.give(Item::Piece(piece), now, session, commands);
        }
    }

    /// What came, message by message; and at once what will never be one, too long or strange to its framing.
    fn feed_messages(
        &mut self,
        is_cut: bool,
        now: Duration,
        session: &Session,
        commands: &mut Vec<Command>,
    ) {
        let upto = len(session, self.conn, self.dir);
        while self.has_place() {
            let pieces = if self.datagrams {
                self.next_datagrams(is_cut, session)
            } else {
                self.messages_in(&(self.fed..upto), session)
            };
            if pieces.is_empty() {
                break;
            }
            for piece in pieces {
                self.fed = piece.range.end;
                self.fed_datagrams += piece.datagrams;
                self.give(Item::Piece(piece), now, session, commands);
            }
        }
        // What will never be a message waits for nothing.
        let Some(lane) = session.lane(self.conn, self.dir) else {
            return;
        };
        let is_lost = |tail: &Message| {
            let longest = lane.rule_at(tail.range.start).max;
            !matches!(tail.status, Status::Partial { .. }) || upto - tail.range.start > longest
        };
        let is_free = is_cut && !self.datagrams && self.has_place();
        if is_free && lane.tail().is_some_and(|tail| is_lost(&tail)) {
            self.plain(upto, now, session, commands);
        }
    }

    /// How long the message may be of which only the beginning came, if the faults wait for its end.
    pub(super) fn unfinished(&self, session: &Session) -> Option<u64> {
        if self.datagrams || !self.stack.is_of_messages() {
            return None;
        }
        let lane = session.lane(self.conn, self.dir)?;
        let tail = lane.tail().filter(|_| lane.is_cut())?;
        Some(lane.rule_at(tail.range.start).max)
    }

    /// The next whole messages as pieces. Of a message that has gone on in part, the rest is no message.
    fn messages_in(&self, range: &Range<u64>, session: &Session) -> Vec<Piece> {
        let lane = session.lane(self.conn, self.dir);
        let tail = lane.and_then(crate::session::Lane::tail);
        if tail
            .as_ref()
            .is_some_and(|tail| tail.range.start <= range.start)
        {
            // Nothing is whole yet, and a long message is not looked through for each of its parts.
            return Vec::new();
        }
        let entries = session.entries_in(self.conn, self.dir, range, MESSAGES_AT_ONCE);
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
    fn next_datagrams(&self, is_cut: bool, session: &Session) -> Vec<Piece> {
        if self.stack.is_of_messages() && !is_cut {
            return Vec::new();
        }
        let next = session.datagrams(self.conn, self.dir, self.fed_datagrams);
        let pieces = next.into_iter().map(|datagram| {
            let entry = self.message_of(&datagram, session);
            let whole = entry.and_then(|entry| self.whole(entry, session));
            let piece = Piece::datagram(datagram.range);
            Piece { whole, ..piece }
        });
        pieces.collect()
    }

    /// The first message in a datagram; an empty one is an empty message.
    fn message_of(&self, datagram: &Datagram, session: &Session) -> Option<Entry> {
        let Datagram { range, same } = datagram;
        let first_in = |part| session.entries_in(self.conn, self.dir, part, 1).pop();
        if !range.is_empty() {
            return first_in(range);
        }
        // It holds no byte to be found by: it stands behind the message that holds the one before.
        let first = match range.start.checked_sub(1) {
            Some(before) => first_in(&(before..range.start))?.index + 1,
            None => 0,
        };
        let found = session.notes(self.conn, self.dir, first + same, 1).pop();
        found.filter(|entry| entry.message.range == *range)
    }

    fn whole(&self, entry: Entry, session: &Session) -> Option<Rc<Whole>> {
        let lane = session.lane(self.conn, self.dir)?;
        let cut = lane.rule_at(entry.message.range.start);
        let cut = cut.spoken(lane.sight());
        let mut message = entry.message;
        let range = message.range.clone();
        let end = range.end.min(range.start + LOOKED_AT_BYTES);
        let bytes = session.bytes(self.conn, self.dir, range.start..end).0;
        cut.describe(&mut message, &bytes, lane.sight());
        Some(Rc::new(Whole {
            number: entry.number.unwrap_or(0),
            message,
            cut,
        }))
    }
}
