//! What commands may ask about the session that they are meant for, and the tables of words that other rooms own.

use crate::endpoint::Endpoint;
use crate::event::ConnId;
use crate::expr::Expr;
use crate::words::{Complaint, Words};

/// What a command may ask about the session that it is meant for.
pub trait Scope {
    /// The socket of that name, closed ones too.
    fn conn(&self, name: &str) -> Option<ConnId>;

    /// The name of a socket.
    fn name_of(&self, _conn: ConnId) -> Option<String> {
        None
    }

    /// Whether it is the server's side of a tapped conversation.
    fn is_beyond(&self, _conn: ConnId) -> bool {
        false
    }

    /// The names of the sockets in view, in the order of their tabs: `focus 1` is the first.
    fn names(&self) -> Vec<String>;

    /// Whether a socket had that name, and is forgotten.
    fn is_forgotten(&self, _name: &str) -> bool {
        false
    }

    /// Whether no socket of the session has or had that name.
    fn is_name_free(&self, name: &str) -> bool;

    /// The socket that a command without `@NAME` is about; in a script the last one made.
    fn focused(&self) -> Option<ConnId>;

    /// Where a socket is bound to, once it is.
    fn bound_address(&self, conn: ConnId) -> Option<Endpoint>;

    /// The bytes that an expression means for that socket now: its framing, its count, the files read beforehand.
    ///
    /// # Errors
    ///
    /// Why it means none, in words.
    fn bytes(&mut self, conn: ConnId, expr: &Expr) -> Result<Vec<u8>, String>;

    /// The expression that is stored under that name; there is none where nothing is stored.
    fn saved(&self, _name: &str) -> Option<Expr> {
        None
    }

    /// Whether these words name a kind of lab peer and what stands behind it fits.
    ///
    /// # Errors
    ///
    /// The word that does not fit, and what would have.
    fn peer(&self, _words: &mut Words<'_>) -> Result<(), Complaint> {
        Ok(())
    }

    /// The canonical words of the fault that these name.
    ///
    /// # Errors
    ///
    /// The word that does not fit, and what would have.
    fn fault(&self, words: &mut Words<'_>) -> Result<String, Complaint> {
        let rest = words.rest();
        words.advance(rest.len());
        Ok(rest.to_owned())
    }

    /// Who received the message that is held, the oldest one.
    fn held(&self) -> Option<ConnId> {
        None
    }

    /// What may stand behind a kind of fault: a sample of its first parameter, and the words behind that.
    fn fault_words(&self, _kind: &str) -> (&'static str, &'static [&'static str]) {
        ("", &[])
    }

    /// The words of another table; empty where there is no screen, and then each word is taken.
    fn nouns(&self, kind: Noun) -> Vec<String>;

    /// The names of the moments that were marked.
    fn marks(&self) -> Vec<String>;
}

/// A table of words that other rooms own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// Panes, by name; `next` and `previous` are always words.
    Pane,
    /// Movements of the cursor in a pane.
    Motion,
    /// What `show` brings up or turns over.
    Show,
    /// What `hide` takes away.
    Hide,
    /// Columns of the table of sockets.
    Column,
    /// Arrangements of the panes.
    Layout,
    /// Colours.
    Theme,
    /// Languages of sentences.
    Language,
    /// Formats of copied bytes.
    Format,
    /// Forms in which a session is exported.
    Document,
    /// Kinds of lab peers.
    Peer,
    /// Kinds of faults.
    Fault,
}
