//! What left the faults, as wishes of the net: gates, and other bytes in the place of those that came.

use super::{Lane, want};
use crate::event::{Command, Deed, Fault, Hit, Want};
use crate::fault::piece::{Item, Over, Piece};
use crate::fault::stack::Left;
use crate::session::Session;

/// What goes on by one call where some of it is not as it came.
const TOGETHER_MAX_BYTES: u64 = 64 << 10;

/// Pieces that go on at once.
#[derive(Default)]
struct Batch {
    pieces: Vec<Piece>,
    len: u64,
    /// How far that is, as a gate counts.
    upto: u64,
    /// Some of it is not as it came.
    is_other: bool,
}

impl Lane {
    /// Wishes of the net what left the faults.
    pub(super) fn carry(&mut self, left: Left, session: &Session, commands: &mut Vec<Command>) {
        commands.extend(left.told.into_iter().map(|fault| self.tell(fault)));
        let mut batch = Batch::default();
        for item in left.items {
            match item {
                Item::Piece(_) if self.is_over => {}
                Item::Piece(piece) => self.send(piece, &mut batch, session, commands),
                Item::Answer(bytes) => {
                    self.flush(&mut batch, session, commands);
                    self.answer(bytes, commands);
                }
                Item::Over(over) => {
                    self.flush(&mut batch, session, commands);
                    self.end(over, commands);
                }
            }
        }
        self.flush(&mut batch, session, commands);
    }

    fn send(
        &mut self,
        piece: Piece,
        batch: &mut Batch,
        session: &Session,
        commands: &mut Vec<Command>,
    ) {
        for change in &piece.changed_by {
            let at = self.sent + change.at;
            let sent = self.to.map(|to| (to, at..at + change.bytes));
            let hit = Hit {
                number: change.number,
                dir: self.dir,
                range: change.range.clone(),
                deed: Deed::Changed(change.bytes),
                sent,
            };
            commands.push(self.tell(Fault::Hit(hit)));
        }
        // A datagram is a call of its own, and so is what shall go apart.
        let alone = piece.apart || self.datagrams && piece.bytes.is_some();
        let is_much = batch.len + piece.len() > TOGETHER_MAX_BYTES;
        if alone || is_much && (batch.is_other || piece.bytes.is_some()) {
            self.flush(batch, session, commands);
        }
        self.sent += piece.len();
        self.passed = piece.range.end;
        self.passed_datagrams += piece.datagrams;
        batch.upto = self.reached();
        batch.len += piece.len();
        batch.is_other |= piece.bytes.is_some();
        batch.pieces.push(piece);
        if alone {
            self.flush(batch, session, commands);
        }
    }

    /// Lets the net pass on what it may, or something else in its place: what goes on at once, by one call.
    fn flush(&self, batch: &mut Batch, session: &Session, commands: &mut Vec<Command>) {
        let Batch {
            pieces,
            upto,
            is_other,
            ..
        } = std::mem::take(batch);
        if pieces.is_empty() {
            return;
        }
        if !is_other {
            return self.gate(upto, commands);
        }
        let (mut bytes, mut came, mut goes) = (Vec::new(), false, false);
        for piece in pieces {
            came |= piece.came();
            goes |= !piece.is_empty();
            match piece.bytes {
                Some(other) => bytes.extend(other),
                None => bytes.extend(session.bytes(self.conn, self.dir, piece.range).0),
            }
        }
        if self.is_tapped && (came || goes) {
            let bytes = goes.then_some(bytes);
            want(self.conn, Want::Instead { bytes, upto }, commands);
        }
    }

    /// Sends something to the sender itself, between what is passed on to it.
    fn answer(&self, bytes: Vec<u8>, commands: &mut Vec<Command>) {
        if let Some(to) = self.to {
            // What stands before the first byte stands in the place of nothing.
            let bytes = Some(bytes);
            want(to, Want::Instead { bytes, upto: 0 }, commands);
        }
    }

    fn end(&mut self, over: Over, commands: &mut Vec<Command>) {
        match over {
            Over::End => self.gate(u64::MAX, commands),
            Over::Close => {
                self.is_over = true;
                for conn in self.ends() {
                    want(conn, Want::Close, commands);
                }
            }
            Over::Reset => {
                self.is_over = true;
                self.reset_at = Some(self.sent);
            }
        }
    }
}
