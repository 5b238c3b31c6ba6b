//! What a session can be written down as: a form is one file and one row of `DOCUMENTS`. A document is written a piece
//! at a time, whatever its length; where it goes, who asks for it knows.

use std::fmt::Debug;
use std::time::Duration;

use crate::event::{ConnId, Dir, Side};
use crate::session::Session;

/// A form in which a session is written down.
pub trait Document: Sync {
    /// Its word in `export`.
    fn name(&self) -> &'static str;

    /// What it is, in a few words.
    fn help(&self) -> &'static str;

    /// What is counted in it, in the words of the log: `lines of text`.
    fn unit(&self) -> &'static str;

    /// The key of the sentence that says it was written.
    fn sentence(&self) -> &'static str;

    /// Begins to write all that was logged so far.
    ///
    /// # Errors
    ///
    /// Why there is nothing to write, in words.
    fn begin(&self, choice: Choice, session: &Session) -> Result<Box<dyn Writing>, String>;
}

/// What of a session is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Of this socket alone.
    pub conn: Option<ConnId>,
    /// Of this direction alone.
    pub dir: Option<Dir>,
    /// Whose part a script plays.
    pub side: Option<Side>,
    /// When the session began, since 1970.
    pub wall: Duration,
}

impl Choice {
    /// Whether a direction of a socket is wanted.
    pub(super) fn has(self, conn: ConnId, dir: Dir) -> bool {
        self.conn.is_none_or(|only| only == conn) && self.dir.is_none_or(|only| only == dir)
    }
}

/// A document that is being written.
pub trait Writing: Debug {
    /// Appends the next piece, which may be empty; false once all is written.
    ///
    /// # Errors
    ///
    /// Why it cannot be written, in words: bytes that were let go.
    fn next(&mut self, session: &Session, out: &mut Vec<u8>) -> Result<bool, String>;

    /// How much of it is done, in percent.
    fn percent(&self) -> u64;

    /// How it came out.
    fn summary(&self) -> Summary;
}

/// How a document came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many of its units it has.
    pub count: u64,
    /// What it lacks, in words.
    pub limit: Option<String>,
}
