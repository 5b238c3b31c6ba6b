//! Lines of the language, command by command. What stands behind a command whose sockets take their time, a lab peer
//! above all, waits until they are what they shall be.

use std::collections::VecDeque;

use super::{Engine, told};
use crate::command::{self, Piece};
use crate::event::{Actor, Want, What, Wish};
use crate::session::Conn;
use crate::words::Complaint;

/// Commands that wait for those before them.
#[derive(Debug, Default)]
pub(super) struct Rest {
    pieces: VecDeque<(Actor, Piece)>,
    /// The number of the first socket that is waited for.
    first: Option<usize>,
}

impl Engine<'_> {
    /// Carries out a line of the language, command by command.
    ///
    /// # Errors
    ///
    /// The first word that does not fit; what stands before it on the line may be done, if only its turn could tell.
    pub fn line(&mut self, by: Actor, line: &str) -> Result<(), Complaint> {
        self.line_unless(false, by, line)
    }

    /// Carries out a line that somebody gave by a key or at the prompt: it looks at what there is, and waits for no
    /// file that is being read.
    ///
    /// # Errors
    ///
    /// As [`Engine::line`].
    pub fn key_line(&mut self, line: &str) -> Result<(), Complaint> {
        let is_opening = self.app.is_opening();
        self.line_unless(is_opening, Actor::User, line)
    }

    /// Carries out a line; what cannot go on at once waits, unless it is for now.
    fn line_unless(&mut self, is_now: bool, by: Actor, line: &str) -> Result<(), Complaint> {
        let now = self.now();
        // What waits may yet make the sockets that this line names.
        let checked = if self.is_waiting() && !is_now {
            command::check(line, None)?
        } else {
            command::check(line, Some(&self.app.scope(by, now)))?
        };
        for path in &checked.files {
            let end = line.chars().count();
            self.read_file(path).map_err(|what| Complaint {
                column: 0,
                end,
                what,
                fits: String::new(),
            })?;
        }
        let ends = checked.pieces.len() == 1 && line.trim() == "cancel";
        if ends {
            self.rest = Rest::default();
        }
        for piece in checked.pieces {
            let why = self.app.refuses(&piece.text).filter(|_| by == Actor::User);
            if let Some(why) = why.map(str::to_owned) {
                return Err(told::refused(&piece, why));
            }
            if self.is_waiting() && !ends && !is_now {
                self.rest.pieces.push_back((by, piece));
            } else {
                self.piece(by, &piece)?;
            }
        }
        Ok(())
    }

    /// Carries out one command.
    ///
    /// # Errors
    ///
    /// The word that does not fit.
    pub fn piece(&mut self, by: Actor, piece: &Piece) -> Result<(), Complaint> {
        let now = self.now();
        let mut scope = self.app.scope(by, now);
        let wishes = piece.lower(&mut scope)?;
        if let Some(settled) = scope.settled() {
            self.tell(by, None, What::Note(format!("with its seeds: {settled}")));
        }
        if by == Actor::Script {
            self.app.spend(0, wishes.iter().map(sent_bytes).sum());
        }
        for wish in wishes {
            // What was made before on the line can be looked at now.
            if matches!(wish, Wish::View(_)) {
                self.take_events();
            }
            self.carry_out(by, wish);
        }
        self.take_events();
        Ok(())
    }

    /// What comes behind waits until the sockets that are made from now on are what they shall be.
    pub(super) fn wait_for_sockets(&mut self) {
        self.rest
            .first
            .get_or_insert(self.app.session.conns().ever());
    }

    /// Carries out commands one after the other, each when the sockets of those before it are made.
    pub(super) fn wait_with(&mut self, by: Actor, line: &str) {
        match command::check(line, None) {
            Ok(checked) => {
                let pieces = checked.pieces.into_iter().map(|piece| (by, piece));
                self.rest.pieces.extend(pieces);
                self.go_on();
            }
            Err(complaint) => self.tell(by, None, What::Refused(complaint.to_string())),
        }
    }

    /// Whether commands wait for those before them.
    pub(super) fn is_waiting(&self) -> bool {
        !self.rest.pieces.is_empty() || self.is_at_work()
    }

    /// Whether the command before is not done yet.
    fn is_at_work(&self) -> bool {
        self.app.is_opening() || self.makes_sockets()
    }

    fn makes_sockets(&self) -> bool {
        let Some(first) = self.rest.first.filter(|_| !self.app.is_opened()) else {
            return false;
        };
        let mut made = self.app.session.conns().from(first);
        made.any(Conn::is_under_way)
    }

    /// Goes on with the commands that wait, as far as they can. One that does not fit ends those behind it.
    pub(super) fn go_on(&mut self) {
        while !self.is_at_work() {
            self.rest.first = None;
            let Some((by, piece)) = self.rest.pieces.pop_front() else {
                return;
            };
            if !self.rest.pieces.is_empty() {
                self.wait_for_sockets();
            }
            if let Err(complaint) = self.piece(by, &piece) {
                self.rest.pieces.clear();
                self.tell(by, None, What::Refused(complaint.to_string()));
                self.take_events();
            }
        }
    }
}

/// How many bytes a wish asks to be sent.
fn sent_bytes(wish: &Wish) -> u64 {
    match wish {
        Wish::Socket(_, Want::Send { bytes, .. } | Want::Stage(bytes)) => bytes.len() as u64,
        _ => 0,
    }
}
