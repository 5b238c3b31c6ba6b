//! The one command language: prompt, keys, scripts and tests all speak it. A verb is one row of [`VERBS`] that reads
//! its own words and lowers them to wishes; nothing is carried out here, and no clock, file or socket is touched.

mod cable;
mod close;
mod complete;
mod connect;
mod context;
mod crowd;
mod effect;
mod expect;
mod export;
mod fault;
mod filter;
mod find;
mod focus;
mod frame;
mod goto;
mod group;
mod held;
mod help;
mod hold;
mod keep;
mod library;
mod line;
mod listen;
mod look;
mod make;
mod measure;
mod on;
mod open;
mod option;
mod order;
mod pair;
mod pattern;
mod peer;
mod plain;
mod read;
mod record;
mod recv;
mod rehearse;
mod repeat;
mod save;
mod say;
mod scope;
mod select;
mod send;
mod shutdown;
mod split;
mod tap;
#[cfg(test)]
mod tests;
mod time;

use std::fmt::Write as _;

pub use complete::{Candidate, Completion, complete};
pub use context::Cx;
pub use effect::{acts, reaches};
pub use group::Group;
pub use line::{Piece, split};
pub use pattern::{compile, compiled};
pub use rehearse::{Foreseen, Line, check, foresee};
pub use scope::{Noun, Scope};

use crate::event::Wish;
use crate::locale::Locale;
use crate::words::{Complaint, Word, Words};

/// Every verb, in the order of the manual.
pub static VERBS: &[&dyn Verb] = &[
    &connect::Connect,
    &listen::Listen,
    &listen::Bind,
    &listen::Start,
    &tap::Tap,
    &pair::Pair,
    &crowd::Crowd,
    &peer::Peer,
    &peer::KILL,
    &peer::Stop,
    &peer::REBOOT,
    &peer::Twins,
    &plain::ACCEPT,
    &shutdown::Shutdown,
    &close::Close,
    &plain::ABORT,
    &plain::CANCEL,
    &cable::Unplug,
    &plain::PLUG,
    &plain::DUP,
    &plain::LEAK,
    &hold::Hold,
    &hold::DO,
    &hold::DISARM,
    &select::Select,
    &measure::Reach,
    &option::Set,
    &option::Get,
    &send::Send,
    &send::SendTo,
    &send::Stage,
    &plain::FLUSH,
    &fault::Fault,
    &fault::Faults,
    &fault::Replace,
    &fault::Intercept,
    &held::Forward,
    &held::EDIT,
    &held::Drop,
    &held::ANSWER,
    &library::Store,
    &library::Forget,
    &recv::Recv,
    &recv::Reading,
    &keep::Keep,
    &measure::Spin,
    &measure::Race,
    &frame::Frame,
    &split::Split,
    &order::Order,
    &read::Read,
    &find::Find,
    &goto::Goto,
    &goto::Mark,
    &goto::Unmark,
    &time::Step,
    &plain::PAUSE,
    &plain::LIVE,
    &focus::Focus,
    &help::Help,
    &look::PANE,
    &look::MOVE,
    &look::SHOW,
    &look::HIDE,
    &filter::Filter,
    &look::SORT,
    &plain::ZOOM,
    &look::LAYOUT,
    &look::THEME,
    &look::LANG,
    &look::COPY,
    &save::Save,
    &plain::PIN,
    &plain::UNDO,
    &plain::REDO,
    &expect::EXPECT,
    &expect::WAIT,
    &say::Sleep,
    &say::Say,
    &repeat::Repeat,
    &on::On,
    &open::Open,
    &export::Export,
    &record::Record,
    &plain::QUIT,
];

/// A row of the table: one word and what may stand behind it.
pub trait Verb: Sync {
    /// The word.
    fn name(&self) -> &'static str;

    /// Its grammar, as the manual prints it: `accept`, `recv [N] [peek|waitall|oob]`.
    fn usage(&self) -> &'static str;

    /// What it does, in one line.
    fn help(&self) -> &'static str;

    /// Where the manual lists it.
    fn group(&self) -> Group;

    /// Whether it changes what happens, and not only what is looked at: then it is for the present.
    fn acts(&self) -> bool {
        matches!(self.group(), Group::Sockets | Group::Bytes | Group::Framing)
    }

    /// Whether it needs sockets of this program: then it is for none that a file tells of.
    fn reaches(&self) -> bool {
        matches!(self.group(), Group::Sockets | Group::Bytes) && self.acts()
    }

    /// Reads the words behind the verb, all that it knows; what is left over is the caller's to refuse.
    ///
    /// # Errors
    ///
    /// Which word does not fit, and what would have.
    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint>;

    /// What may stand behind the words in `before`; the caller picks those that begin as the word being typed does.
    fn complete(&self, _before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        Vec::new()
    }
}

/// Every wish of a line, for the session as it is before the first of them is carried out. Who runs a line whose
/// commands build upon one another takes [`check`] and then [`Piece::lower`] one by one.
///
/// # Errors
///
/// The first word that does not fit; then there is no wish at all.
pub fn parse(line: &str, scope: &mut dyn Scope) -> Result<Vec<Wish>, Complaint> {
    let checked = check(line, Some(scope))?;
    let mut wishes = Vec::new();
    for piece in checked.pieces {
        wishes.extend(piece.lower(scope)?);
    }
    Ok(wishes)
}

/// The manual of all verbs, by chapters: each grammar with what it does, in that language.
#[must_use]
pub fn reference(locale: &Locale) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let title = format!("shell.group-{}", group.name());
        let mut heading = Some(locale.say(&title));
        for verb in VERBS.iter().filter(|verb| verb.group() == group) {
            if let Some(title) = heading.take() {
                let gap = if text.is_empty() { "" } else { "\n" };
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{gap}{title}");
            }
            let key = format!("verbs.{}", verb.name());
            let _ = writeln!(text, "  {}\n      {}", verb.usage(), locale.say(&key));
        }
    }
    text
}

impl Piece {
    /// The wishes of this command, for the session as it is now.
    ///
    /// # Errors
    ///
    /// Which word does not fit, counted in the whole line, and what would have.
    pub fn lower(&self, scope: &mut dyn Scope) -> Result<Vec<Wish>, Complaint> {
        read(self, &mut Cx::real(scope))
    }
}

fn read(piece: &Piece, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
    let mut words = Words::new(&piece.text, piece.column);
    cx.begin(&mut words)?;
    let (verb, wishes) = command(&mut words, cx)?;
    cx.end(verb.name())?;
    Ok(wishes)
}

/// A verb and its words, behind the name of the socket.
fn command(
    words: &mut Words<'_>,
    cx: &mut Cx<'_>,
) -> Result<(&'static dyn Verb, Vec<Wish>), Complaint> {
    let word = words.require("a verb")?;
    let Some(verb) = verb_named(word.text) else {
        return Err(unknown_verb(word));
    };
    let wishes = verb.parse(words, cx).map_err(|complaint| {
        // What lacks at the end of the line is one of the words that the verb takes.
        let is_lacking = words.peek().is_none() && complaint.column == words.column();
        let fits = if is_lacking { verb.usage() } else { "" };
        complaint.fitting(fits)
    })?;
    words.finish(verb.usage())?;
    Ok((verb, wishes))
}

fn verb_named(name: &str) -> Option<&'static dyn Verb> {
    VERBS.iter().find(|verb| verb.name() == name).copied()
}

fn unknown_verb(word: Word<'_>) -> Complaint {
    if word.text.starts_with('@') {
        return word.complain(
            "one socket stands before the verb, and only there",
            "@A send \"hello\"",
        );
    }
    let fits = context::near(word.text, VERBS.iter().map(|verb| verb.name()))
        .unwrap_or_else(|| "`?` lists them".to_owned());
    word.complain(format!("there is no verb `{}`", clipped(word.text)), fits)
}

/// At most 32 characters of a word for a message: a pasted megabyte is not worth repeating.
fn clipped(word: &str) -> String {
    match word.char_indices().nth(32) {
        Some(_) => word.chars().take(31).chain(['…']).collect(),
        None => word.to_owned(),
    }
}
