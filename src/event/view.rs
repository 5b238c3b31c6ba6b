//! What a person looks at, as wishes: they change nothing in the log.

use super::ConnId;

/// What a person looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// To an event of the log.
    Goto(Jump),
    /// To another moment of the session.
    Travel(Travel),
    /// Search the bytes in view, forward from the cursor.
    Find(Pattern),
    /// Search again.
    FindAgain {
        /// Towards the end.
        forward: bool,
    },
    /// Which byte order the inspector puts first.
    Order {
        /// Big-endian, the network's; else little.
        big: bool,
    },
    /// As what the inspector reads the bytes at the cursor, in the words of that; as all that they may be without.
    ReadAs(Option<String>),
    /// Look at this socket.
    Focus(ConnId),
    /// Move the cursor of the focused pane.
    Move(String),
    /// Go to a pane: `next`, `previous` or its name.
    Pane(String),
    /// Show or leave something: a word of the view's own table.
    Show(String),
    /// Leave something that is shown: a word of the view's own table.
    Hide(String),
    /// Show only the sockets with these words; without words all.
    Filter(String),
    /// Order the table of sockets by a column, by its name.
    Sort(String),
    /// Cut the direction in view by this rule too and draw its seams beside those of the rule in force; none any more.
    Beside(Option<String>),
    /// Find out which rules the direction in view looks like.
    Guess,
    /// Run the rule in force over the bytes in view under every cut.
    Storm,
    /// Another arrangement of the panes, by its name.
    Layout(String),
    /// Other colours, by the theme's name.
    Theme(String),
    /// Sentences in another language, by its code.
    Language(String),
    /// Keep the selection beside the next one, or let the kept one go.
    Pin,
    /// Take the last change of what is typed, filtered, marked or arranged back.
    Undo,
    /// Make it again.
    Redo,
    /// Give the selected bytes to the terminal's clipboard, written in a format by its name.
    Copy(String),
    /// A setting of the program: `eol crlf`, `mouse off`.
    Setting {
        /// Its name.
        name: String,
        /// One of its values.
        value: String,
    },
}

/// Which moment of the session is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// That of the newest event, for as long as somebody looks; the newest again if it is another.
    Pause,
    /// The newest, whatever comes.
    Live,
    /// One nearby.
    Step {
        /// Towards the newest.
        on: bool,
        /// How many events.
        count: u64,
    },
}

/// Where `goto` leads. Bytes and messages are those of the direction in view.
#[derive(Clone, Debug, PartialEq)]
pub enum Jump {
    /// An event by its number.
    Event(u64),
    /// A mark by its name.
    Mark(String),
    /// The newest event, following from there on.
    Now,
    /// A byte by its offset, counted from 0.
    Byte(u64),
    /// A message by its number, counted from 1.
    Message(u64),
}

/// What is searched for.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A regular expression over bytes (crate `regex`), already found valid.
    Regex(String),
}
