//! What a session is written down as, a form for each row of [`DOCUMENTS`]; above all its calls as a program that makes
//! them again, and the way in which panes spell a call: both by the same rows, so that they cannot differ. A language
//! is one file and one row of [`FORMATS`]. Nothing here makes a call, opens a file or knows a screen.

mod act;
mod book;
mod c;
mod chronicle;
mod conversation;
mod data;
mod document;
mod hex;
mod json;
mod names;
mod options;
mod pcapng;
mod plan;
mod program;
mod python;
mod rows;
mod rust;
mod script;
mod subjects;
mod text;
mod writer;

use std::fmt::Write as _;

use crate::endpoint::Transport;
use crate::event::{Flags, How, Lists, Syscall};

pub use document::{Choice, Document, Summary, Writing};
pub use names::identifier;

use act::Deed;
use data::Data;

/// The most bytes of one call that a line spells out.
pub const LINE_BYTES_MAX: u64 = 24;

/// Every language; the first is spoken where nobody chose.
pub static FORMATS: &[&dyn Format] = &[&python::Python, &c::C, &rust::Rust];

/// Every form that a session is written down in, in the order of the menu.
pub static DOCUMENTS: &[&dyn Document] = &[
    &text::Text,
    &json::Json,
    &hex::Hex,
    &pcapng::Pcapng,
    &script::Script,
    &program::Program(&python::Python),
    &program::Program(&c::C),
    &program::Program(&rust::Rust),
];

/// A language that calls are spelled in.
pub trait Format: Sync {
    /// Its word in `export` and `set speak`.
    fn name(&self) -> &'static str;

    /// What stands above calls that are shown, in one line.
    fn head(&self) -> &'static str;

    /// What begins a comment.
    fn comment(&self) -> &'static str;

    /// Bytes as a literal. Whatever they are, they stay inside its quotes.
    fn bytes(&self, bytes: &[u8]) -> String;

    /// A call as a program makes it: one statement, or several where the log's one call is several of the language.
    fn call(&self, call: &Syscall, given: &Given<'_>) -> Vec<Spelled>;

    /// The first line of a program, where the system wants one.
    fn first_line(&self) -> Option<&'static str> {
        None
    }

    /// How a program is run.
    fn runs(&self) -> &'static str;

    /// What stands above the acts of a program, between them and what is compared, and behind that.
    fn frame(&self) -> [&'static str; 3];

    /// The lines of an act, with what it sends.
    fn act(&self, deed: &Deed, data: &Data) -> Vec<String>;

    /// The lines that compare what a socket received, as bytes or as the message of that number.
    fn check(&self, label: &str, message: Option<usize>, data: &Data) -> Vec<String>;

    /// A statement that does nothing, where the language wants one.
    fn nothing(&self) -> &'static [&'static str] {
        &[]
    }
}

/// What a call is spelled with that the call itself does not say.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The identifier of its socket.
    pub name: &'a str,
    /// The identifier of the socket that it makes, by `accept` or as the other end of a pair, where it has one yet.
    pub made: Option<&'a str>,
    /// What is sent, as it is spelled.
    pub data: &'a str,
    /// How its address is spelled where that is no number: a port that the kernel chose has a name.
    pub address: Option<&'a str>,
    /// The socket is of the IPv6 family.
    pub v6: bool,
}

impl<'a> Given<'a> {
    /// A call on the socket of that identifier, its data spelled so.
    #[must_use]
    pub fn new(name: &'a str, data: &'a str) -> Self {
        Self {
            name,
            made: None,
            data,
            address: None,
            v6: false,
        }
    }
}

/// A statement, in its parts: a program puts something between them, a pane nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spelled {
    /// Statements that must come before, each on a line of its own.
    pub before: Vec<String>,
    /// What takes the result, with its `=`; empty where nothing does.
    pub takes: String,
    /// The call.
    pub call: String,
    /// What ends the statement.
    pub end: &'static str,
}

impl Spelled {
    /// A statement without a line before it.
    fn new(takes: impl Into<String>, call: impl Into<String>, end: &'static str) -> Self {
        Self {
            before: Vec::new(),
            takes: takes.into(),
            call: call.into(),
            end,
        }
    }
}

/// The languages, by their words.
pub fn names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name())
}

/// The form of that name, where there is one.
#[must_use]
pub fn document(name: &str) -> Option<&'static dyn Document> {
    DOCUMENTS.iter().find(|it| it.name() == name).copied()
}

/// The language of that name, where there is one.
#[must_use]
pub fn named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().find(|format| format.name() == name).copied()
}

/// The language of that name; the first where there is none of it.
#[must_use]
pub fn spoken(name: &str) -> &'static dyn Format {
    named(name).unwrap_or(&python::Python)
}

/// A call as it is shown, which may be several lines.
#[must_use]
pub fn shown(format: &dyn Format, call: &Syscall, given: &Given<'_>) -> String {
    let spelled = format.call(call, given).into_iter();
    let lines = spelled.flat_map(|it| {
        let line = format!("{}{}{}", it.takes, it.call, it.end);
        it.before.into_iter().chain([line])
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A call in one line, in the language of that name: `a.send(b"hi")`, or `a.send(data)` where the bytes are not known.
/// The name is made an identifier.
#[must_use]
pub fn line(speak: &str, call: &Syscall, name: &str, bytes: Option<&[u8]>) -> String {
    let format = spoken(speak);
    let data = bytes.map_or("data".to_owned(), |bytes| {
        shortened(format, bytes, bytes.len() as u64)
    });
    let name = identifier(name);
    shown(format, call, &Given::new(&name, &data)).replace('\n', " ")
}

/// The `send` of these bytes in one line; `name` is the socket's.
#[must_use]
pub fn send(speak: &str, bytes: &[u8], name: &str) -> String {
    let (len, flags, to) = (bytes.len() as u64, Flags::default(), None);
    line(speak, &Syscall::Send { len, flags, to }, name, Some(bytes))
}

/// The first of `len` bytes as a literal, with `…` where that is not all of them.
#[must_use]
pub fn shortened(format: &dyn Format, bytes: &[u8], len: u64) -> String {
    let most = usize::try_from(LINE_BYTES_MAX).unwrap_or(usize::MAX);
    let shown = bytes.get(..most).unwrap_or(bytes);
    let more = if (shown.len() as u64) < len {
        "…"
    } else {
        ""
    };
    format!("{}{more}", format.bytes(shown))
}

/// Who stands in the lists of a select, as identifiers.
fn identifiers(lists: &Lists) -> [Vec<String>; 3] {
    [&lists.read, &lists.write, &lists.except].map(|list| {
        let asked = list.iter().map(ToString::to_string);
        asked.map(|name| identifier(&name)).collect()
    })
}

/// A literal between double quotes; what is not printable ASCII is spelled by `other`.
fn quoted(prefix: &str, bytes: &[u8], other: impl Fn(u8) -> String) -> String {
    let mut text = format!("{prefix}\"");
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'"' | b'\\' => write!(text, "\\{}", char::from(*byte)),
            b'\n' => write!(text, "\\n"),
            b'\r' => write!(text, "\\r"),
            b'\t' => write!(text, "\\t"),
            b' '..=b'~' => write!(text, "{}", char::from(*byte)),
            byte => write!(text, "{}", other(*byte)),
        };
    }
    text.push('"');
    text
}

fn family(transport: Transport, v6: bool) -> &'static str {
    match (transport.is_unix(), v6) {
        (true, _) => "AF_UNIX",
        (_, true) => "AF_INET6",
        _ => "AF_INET",
    }
}

fn kind(transport: Transport) -> &'static str {
    match (transport.is_connectionless(), transport.is_stream()) {
        (true, _) => "SOCK_DGRAM",
        (_, true) => "SOCK_STREAM",
        _ => "SOCK_SEQPACKET",
    }
}

fn how(how: How) -> &'static str {
    match how {
        How::Read => "SHUT_RD",
        How::Write => "SHUT_WR",
        How::Both => "SHUT_RDWR",
    }
}

/// The flags behind `before`; `none` where none is set.
fn flags(flags: Flags, before: &str, none: &str) -> String {
    let names = flags.names();
    if names.is_empty() {
        return none.to_owned();
    }
    format!("{before}{names}")
}

#[cfg(test)]
mod tests;
