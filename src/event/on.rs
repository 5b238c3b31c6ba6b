//! Rules that answer messages by themselves, as somebody asks for them.

use super::{ConnId, Pattern};

/// What shall become of rules that answer.
#[derive(Clone, Debug, PartialEq)]
pub enum On {
    /// A new one.
    Message(Reply),
    /// Tell which there are.
    List,
    /// Take one away, by its number, or all.
    Off(Option<u32>),
}

/// What is answered, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The socket, or the listener for all that it accepts.
    pub conn: ConnId,
    /// The payload of the messages that are answered; without, of all.
    pub pattern: Option<Pattern>,
    /// The expression that is sent, in its canonical text; it is read anew for each answer.
    pub answer: String,
    /// How many answers there shall be.
    pub times: u64,
}
