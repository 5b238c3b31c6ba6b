//! All that happened as lines of JSON, an object for each event and each message, as `run --json` prints them.

use super::chronicle::{Chronicle, Lines};
use super::document::{Choice, Document, Writing};
use crate::event::{ConnId, Dir, Event};
use crate::session::{Entry, Session, json};

#[derive(Debug)]
pub(super) struct Json;

impl Document for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn help(&self) -> &'static str {
        "every event and message as a line of JSON"
    }

    fn unit(&self) -> &'static str {
        "lines of JSON"
    }

    fn sentence(&self) -> &'static str {
        "select.exported-lines"
    }

    fn begin(&self, choice: Choice, session: &Session) -> Result<Box<dyn Writing>, String> {
        Ok(Box::new(Chronicle::new(Self, choice, session)))
    }
}

impl Lines for Json {
    fn event(&self, session: &Session, seq: u64, event: &Event, out: &mut Vec<u8>) {
        // Writing to a Vec cannot fail.
        let _ = json::write(&mut *out, &json::event(session, seq, event));
        out.push(b'\n');
    }

    fn message(
        &self,
        session: &Session,
        (id, dir): (ConnId, Dir),
        entry: &Entry,
        out: &mut Vec<u8>,
    ) {
        let _ = json::write(&mut *out, &json::message(session, id, dir, entry));
        out.push(b'\n');
    }
}
