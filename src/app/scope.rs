//! What commands may ask about the session: names, the socket in focus, the bytes that an expression means.

use std::time::Duration;

use super::values::{Evaluation, Values};
use crate::command::{Noun, Scope};
use crate::endpoint::Endpoint;
use crate::event::ConnId;
use crate::export::DOCUMENTS;
use crate::expr::Expr;
use crate::fault::{self, KINDS};
use crate::literal::LITERALS;
use crate::peer::{self, PEERS};
use crate::session::Session;
use crate::ui::Ui;
use crate::words::{Complaint, Words};

/// The session, as commands see it at one moment.
#[derive(Debug)]
pub struct AppScope<'a> {
    session: &'a Session,
    values: &'a mut Values,
    focused: Option<ConnId>,
    tabs: Vec<ConnId>,
    now: Duration,
    /// The last expression with the seeds that were drawn for it, if some were.
    settled: Option<String>,
}

impl<'a> AppScope<'a> {
    pub(super) fn new(
        session: &'a Session,
        values: &'a mut Values,
        (focused, tabs): (Option<ConnId>, Vec<ConnId>),
        now: Duration,
    ) -> Self {
        Self {
            session,
            values,
            focused,
            tabs,
            now,
            settled: None,
        }
    }

    /// The last expression with the seeds that were drawn for it, if some were: the log keeps it.
    #[must_use]
    pub fn settled(self) -> Option<String> {
        self.settled
    }
}

impl Scope for AppScope<'_> {
    fn conn(&self, name: &str) -> Option<ConnId> {
        self.session.named(name)
    }

    fn is_beyond(&self, conn: ConnId) -> bool {
        self.session.is_beyond(conn)
    }

    fn name_of(&self, conn: ConnId) -> Option<String> {
        self.session.conn(conn).map(|conn| conn.name.clone())
    }

    fn names(&self) -> Vec<String> {
        self.tabs
            .iter()
            .map(|id| self.session.name(*id).to_owned())
            .collect()
    }

    fn is_forgotten(&self, name: &str) -> bool {
        self.session.is_name_forgotten(name)
    }

    fn is_name_free(&self, name: &str) -> bool {
        self.session.is_name_free(name)
    }

    fn focused(&self) -> Option<ConnId> {
        self.focused
    }

    fn bound_address(&self, conn: ConnId) -> Option<Endpoint> {
        let conn = self.session.conn(conn)?;
        conn.local.as_ref()?.endpoint(conn.transport)
    }

    fn bytes(&mut self, conn: ConnId, expr: &Expr) -> Result<Vec<u8>, String> {
        let mut cx = Evaluation::new(self.session, self.values, conn, self.now);
        let (bytes, drawn) = cx.bytes(expr)?;
        self.settled = drawn.or(self.settled.take());
        Ok(bytes)
    }

    fn saved(&self, name: &str) -> Option<Expr> {
        self.values.library.expr(name).cloned()
    }

    fn peer(&self, words: &mut Words<'_>) -> Result<(), Complaint> {
        peer::parse(words).map(|_| ())
    }

    fn fault(&self, words: &mut Words<'_>) -> Result<String, Complaint> {
        fault::Rule::parse(words).map(|rule| rule.words())
    }

    fn held(&self) -> Option<ConnId> {
        self.session.caught().first().map(|held| held.conn)
    }

    fn fault_words(&self, kind: &str) -> (&'static str, &'static [&'static str]) {
        let row = KINDS.iter().find(|row| row.name() == kind);
        row.map_or(("", &[]), |row| (row.sample(), row.options()))
    }

    fn nouns(&self, kind: Noun) -> Vec<String> {
        match kind {
            Noun::Format => LITERALS
                .iter()
                .map(|literal| literal.name().to_owned())
                .collect(),
            Noun::Fault => KINDS.iter().map(|kind| kind.name().to_owned()).collect(),
            Noun::Document => DOCUMENTS.iter().map(|it| it.name().to_owned()).collect(),
            Noun::Peer => PEERS.iter().map(|peer| peer.name().to_owned()).collect(),
            kind => Ui::nouns(kind),
        }
    }

    fn marks(&self) -> Vec<String> {
        self.session.marks().keys().cloned().collect()
    }
}
