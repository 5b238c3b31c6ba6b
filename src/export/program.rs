//! The calls of a session as a program, for each language.

use super::Format;
use super::document::{Choice, Document, Summary, Writing};
use super::writer::Writer;
use crate::event::Owner;
use crate::session::{Conn, Session};

/// A program in a language.
pub(super) struct Program(pub(super) &'static dyn Format);

impl Document for Program {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn help(&self) -> &'static str {
        "the calls as a program that makes them again"
    }

    fn unit(&self) -> &'static str {
        "steps as a program"
    }

    fn sentence(&self) -> &'static str {
        "select.exported"
    }

    fn begin(&self, choice: Choice, session: &Session) -> Result<Box<dyn Writing>, String> {
        if choice.conn.is_some() || choice.dir.is_some() {
            return Err("a program has the calls of all sockets".to_owned());
        }
        let is_captured = |conn: &Conn| conn.owner == Owner::Ext;
        if !session.conns().is_empty() && session.conns().iter().all(is_captured) {
            let why =
                "nobody saw the calls behind these packets; `export script` plays a side of them";
            return Err(why.to_owned());
        }
        Ok(Box::new(Writer::new(self.0, session)))
    }
}

impl Writing for Writer {
    fn next(&mut self, session: &Session, out: &mut Vec<u8>) -> Result<bool, String> {
        let text = self.text(session)?;
        out.extend_from_slice(text.as_deref().unwrap_or_default().as_bytes());
        Ok(text.is_some())
    }

    fn percent(&self) -> u64 {
        self.done_percent()
    }

    fn summary(&self) -> Summary {
        Summary {
            count: self.steps(),
            limit: self.limit().map(str::to_owned),
        }
    }
}
