//! The values that an expression may ask for: files, counts, seeds, the time, and what a socket received last.

use std::collections::HashMap;
use std::time::Duration;

use super::library::Library;
use crate::event::{ConnId, Dir};
use crate::expr::{self, Expr};
use crate::framing::{Entry, Status};
use crate::session::Session;

/// Bytes of a message that `last()` gives at the most.
const LAST_MAX_BYTES: u64 = 1 << 20;

/// How often one expression may ask for stored ones: each may ask for others, twice as many at each step.
const ASKED_MAX: usize = 10_000;

/// Entries looked back for a whole message.
const LOOK_BACK: u64 = 4;

/// What expressions take from outside of the session.
#[derive(Debug)]
pub(super) struct Values {
    /// The stored expressions.
    pub(super) library: Library,
    /// Bytes of the files that expressions name, read before their line runs.
    files: HashMap<String, Vec<u8>>,
    /// What `count()` gave last, per socket.
    counts: HashMap<ConnId, u64>,
    /// The state of the generator that seeds `rand`.
    seed: u64,
    /// The wall time, since 1970, and the time of the session at that moment.
    wall: (Duration, Duration),
}

impl Values {
    /// Sockets are forgotten.
    pub(super) fn forget(&mut self, gone: &[ConnId]) {
        for conn in gone {
            self.counts.remove(conn);
        }
    }

    /// The wall time at which the session's clock stood at 0.
    pub(super) fn began(&self) -> Duration {
        let (wall, since) = self.wall;
        wall.saturating_sub(since)
    }

    pub(super) fn new(seed: u64, wall: Duration, now: Duration) -> Self {
        Self {
            library: Library::default(),
            files: HashMap::new(),
            counts: HashMap::new(),
            seed,
            wall: (wall, now),
        }
    }

    /// A seed, used once.
    pub(super) fn draw(&mut self) -> u64 {
        // A 64-bit linear congruential generator with Knuth's constants (MMIX); its upper half is a seed.
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.seed >> 32
    }

    pub(super) fn keep_file(&mut self, path: String, bytes: Vec<u8>) {
        self.files.insert(path, bytes);
    }
}

/// What one expression may ask, on behalf of one socket.
pub(super) struct Evaluation<'a> {
    pub(super) session: &'a Session,
    pub(super) values: &'a mut Values,
    pub(super) conn: ConnId,
    pub(super) now: Duration,
    /// The stored expressions that are being evaluated, each for the one before it.
    pub(super) within: Vec<String>,
    /// How many stored expressions were asked for.
    pub(super) asked: usize,
    /// Stored expressions with the seeds that were drawn for them.
    pub(super) drawn: Vec<String>,
    /// The message that is answered; without one it is the newest.
    pub(super) about: Option<About<'a>>,
}

/// A message that is answered.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) entry: &'a Entry,
    /// What the groups of the regular expression matched, with their names.
    pub(super) groups: &'a [(Option<String>, Vec<u8>)],
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(
        session: &'a Session,
        values: &'a mut Values,
        conn: ConnId,
        now: Duration,
    ) -> Self {
        Self {
            session,
            values,
            conn,
            now,
            within: Vec::new(),
            asked: 0,
            drawn: Vec::new(),
            about: None,
        }
    }

    /// The bytes of an expression, and its text with the seeds that were drawn for it, if some were.
    pub(super) fn bytes(&mut self, expr: &Expr) -> Result<(Vec<u8>, Option<String>), String> {
        let mut settled = expr.clone();
        settled.settle(self);
        let bytes = settled.evaluate(self).map_err(|error| error.what)?;
        let mut drawn = std::mem::take(&mut self.drawn);
        if settled != *expr {
            drawn.insert(0, settled.to_string());
        }
        let drawn = (!drawn.is_empty()).then(|| drawn.join(", where "));
        Ok((bytes, drawn))
    }

    /// The newest whole messages that the socket received, newest first.
    fn newest(&self) -> Vec<Entry> {
        if let Some(about) = self.about {
            return vec![about.entry.clone()];
        }
        let count = self
            .session
            .lane(self.conn, Dir::In)
            .map_or(0, crate::session::Lane::entry_count);
        let first = count.saturating_sub(LOOK_BACK);
        let mut entries = self.session.entries(self.conn, Dir::In, first, usize::MAX);
        entries.retain(|entry| entry.message.status == Status::Ok);
        entries.reverse();
        entries
    }
}

impl expr::Context for Evaluation<'_> {
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let lane = self
            .session
            .lane(self.conn, Dir::Out)
            .ok_or("there is no socket to take the framing of")?;
        lane.rule().spoken(lane.sight()).rule.encode(payload)
    }

    fn seed(&mut self) -> u64 {
        self.values.draw()
    }

    fn file(&self, path: &str) -> Result<&[u8], String> {
        self.values
            .files
            .get(path)
            .map(Vec::as_slice)
            .ok_or_else(|| format!("the file {path} was not read"))
    }

    fn count(&mut self) -> u64 {
        let count = self.values.counts.entry(self.conn).or_default();
        *count += 1;
        *count
    }

    fn now(&self) -> u64 {
        let (wall, since) = self.values.wall;
        u64::try_from((wall + self.now.saturating_sub(since)).as_micros()).unwrap_or(u64::MAX)
    }

    fn last(&self) -> Option<Vec<u8>> {
        let last = self.newest().into_iter().next()?;
        Some(
            self.session
                .payload(self.conn, Dir::In, &last.message, LAST_MAX_BYTES),
        )
    }

    fn field(&self, name: &str) -> Option<Vec<u8>> {
        let newest = self.newest();
        let mut fields = newest.iter().flat_map(|entry| entry.message.walk());
        let (_, field) = fields.find(|(_, field)| field.name == name)?;
        Some(
            self.session
                .bytes(self.conn, Dir::In, field.range.clone())
                .0,
        )
    }

    fn group(&self, name: &str) -> Option<Vec<u8>> {
        let groups = self.about?.groups;
        let found = match name.parse::<usize>() {
            Ok(number) => groups.get(number),
            Err(_) => groups
                .iter()
                .find(|(group, _)| group.as_deref() == Some(name)),
        };
        found.map(|(_, bytes)| bytes.clone())
    }

    fn saved(&mut self, name: &str) -> Result<Vec<u8>, String> {
        if self.within.iter().any(|outer| outer == name) {
            return Err(format!("saved({name}) means itself"));
        }
        self.asked += 1;
        if self.asked > ASKED_MAX {
            return Err(format!("more than {ASKED_MAX} stored expressions in one"));
        }
        let stored = self.values.library.expr(name).cloned();
        let stored = stored.ok_or_else(|| format!("nothing is stored as `{name}`"))?;
        let mut settled = stored.clone();
        settled.settle(self);
        if settled != stored {
            self.drawn.push(format!("{name} = {settled}"));
        }
        self.within.push(name.to_owned());
        let bytes = settled.evaluate(self).map_err(|error| error.what);
        self.within.pop();
        bytes
    }
}
