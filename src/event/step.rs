//! Lines of a script that wait or speak.

use std::time::Duration;

use super::{Comparison, ConnId, Errno, Pattern, State};

/// A line of a script that waits or speaks.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Wait this long.
    Sleep(Duration),
    /// Speak to the reader.
    Say(String),
    /// `expect` or `wait`.
    Await {
        /// Whose events or bytes.
        conn: ConnId,
        /// What must come.
        what: Expectation,
        /// For how long.
        within: Duration,
        /// `expect`: the next outcome must be this one; else others are passed over.
        strict: bool,
    },
}

/// What a script waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// These bytes next.
    Bytes(Vec<u8>),
    /// This somewhere in the bytes behind the cursor.
    Found(Pattern),
    /// The next whole message, with this payload where one is named.
    Message(Option<Pattern>),
    /// The end, with the cursor at it.
    Eof,
    /// A connection came to be.
    Connected,
    /// A listener accepted.
    Accepted,
    /// Nobody listens there.
    Refused,
    /// The peer threw the connection away.
    Reset,
    /// Nobody answered in time.
    Timeout,
    /// The socket was closed.
    Closed,
    /// The kernel's state.
    State(State),
    /// A number that the kernel tells.
    Fact {
        /// Its name, of `NUMBERS`.
        name: &'static str,
        /// How it must stand to the value.
        is: Comparison,
        /// The value; times in microseconds.
        value: u64,
    },
    /// A call failed so.
    Errno(Errno),
    /// A call, perhaps with its result.
    Call {
        /// Its name.
        name: String,
        /// A number it returned, or the errno it failed with.
        result: Option<Result<i64, Errno>>,
    },
}
