//! What commands may ask about the session: names, the socket in focus, the bytes that an expression means.

use std::time::Duration;

use super::App;
use crate::command::{Noun, Scope};
use crate::endpoint::Endpoint;
use crate::event::{Actor, ConnId, Dir};
use crate::expr::{self, Expr};

/// The app, asked on behalf of somebody.
#[derive(Debug)]
pub struct AppScope<'a> {
    app: &'a mut App,
    by: Actor,
    now: Duration,
    /// Seeds that were drawn for an expression, as it is to be kept.
    settled: Option<String>,
}

impl<'a> AppScope<'a> {
    pub(super) fn new(app: &'a mut App, by: Actor, now: Duration) -> Self {
        Self { app, by, now, settled: None }
    }

    /// The last expression with the seeds that were drawn for it, if some were: the log keeps it.
    #[must_use]
    pub fn settled(self) -> Option<String> {
        self.settled
    }
}

impl Scope for AppScope<'_> {
    fn conn(&self, name: &str) -> Option<ConnId> {
        self.app.session.named(name)
    }

    fn names(&self) -> Vec<String> {
        self.app.ui.tabs().iter().map(|id| self.app.session.name(*id).to_owned()).collect()
    }

    fn is_name_free(&self, name: &str) -> bool {
        self.app.session.is_name_free(name)
    }

    fn focused(&self) -> Option<ConnId> {
        match self.by {
            Actor::User => self.app.ui.focused(),
            Actor::Script | Actor::Loop => self.app.session.conns().last().map(|conn| conn.id),
        }
    }

    fn bound_address(&self, conn: ConnId) -> Option<Endpoint> {
        let conn = self.app.session.conn(conn)?;
        conn.local.as_ref()?.endpoint(conn.transport)
    }

    fn bytes(&mut self, conn: ConnId, expr: &Expr) -> Result<Vec<u8>, String> {
        let mut cx = Evaluation { app: self.app, conn, now: self.now };
        let mut settled = expr.clone();
        settled.settle(&mut cx);
        if settled != *expr {
            self.settled = Some(settled.to_string());
        }
        settled.evaluate(&mut cx).map_err(|error| error.what)
    }

    fn nouns(&self, kind: Noun) -> Vec<String> {
        crate::ui::Ui::nouns(kind)
    }

    fn marks(&self) -> Vec<String> {
        self.app.session.marks().keys().cloned().collect()
    }
}

/// What an expression may ask, for one socket.
struct Evaluation<'a> {
    app: &'a mut App,
    conn: ConnId,
    now: Duration,
}

impl expr::Context for Evaluation<'_> {
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let lane = self.app.session.lane(self.conn, Dir::Out).ok_or("there is no socket to take the framing of")?;
        lane.rule().rule.encode(payload)
    }

    fn seed(&mut self) -> u64 {
        // The constants of a 64-bit linear congruential generator (Knuth, MMIX); each seed is used once.
        self.app.seed = self.app.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.app.seed >> 32
    }

    fn file(&self, path: &str) -> Result<&[u8], String> {
        self.app.files.get(path).map(Vec::as_slice).ok_or_else(|| format!("the file {path} could not be read"))
    }

    fn count(&mut self) -> u64 {
        let count = self.app.counts.entry(self.conn).or_default();
        *count += 1;
        *count
    }

    fn now(&self) -> u64 {
        let (wall, since) = self.app.wall;
        u64::try_from((wall + self.now.saturating_sub(since)).as_micros()).unwrap_or(u64::MAX)
    }

    fn last(&self) -> Option<Vec<u8>> {
        let session = &self.app.session;
        let messages = session.lane(self.conn, Dir::In)?.entry_count();
        let entries = session.entries(self.conn, Dir::In, messages.saturating_sub(4), 4);
        let last = entries.into_iter().rev().find(|entry| entry.message.status == crate::framing::Status::Ok)?;
        Some(session.payload(self.conn, Dir::In, &last.message, 1 << 20))
    }

    fn field(&self, name: &str) -> Option<Vec<u8>> {
        let session = &self.app.session;
        let messages = session.lane(self.conn, Dir::In)?.entry_count();
        let entries = session.entries(self.conn, Dir::In, messages.saturating_sub(4), 4);
        let field = entries.iter().rev().find_map(|entry| entry.message.fields.iter().find(|f| f.name == name))?;
        Some(session.bytes(self.conn, Dir::In, field.range.clone()).0)
    }
}
