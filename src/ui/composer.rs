//! The line that says what is sent: typed as text, as a whole message, as hex or as a byte expression, with what it
//! means shown as it is typed. It sends nothing: Enter makes a `send` command.

mod draw;
mod purpose;
mod reading;

use std::time::Duration;

use super::editor::Editor;
use crate::escape;
use crate::event::ConnId;
use crate::expr::Expr;
use crate::hexdump;
use crate::locale::Locale;
use crate::session::Session;
use reading::{Meaning, expression, framing, hex, message};

pub(super) use purpose::Purpose;
pub(super) use reading::size;

/// The most lines of what is composed that are shown at once.
const LINES_MAX: usize = 6;

/// A text up to this size is read with each key, a longer one when typing rests.
const LIVE_MAX_BYTES: usize = 64 << 10;

/// How long no key comes when typing rests.
const REST: Duration = Duration::from_millis(200);

/// How the line is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// As text with escapes: `hello\r\n`.
    #[default]
    Text,
    /// As the payload of one message of the socket's own framing.
    Message,
    /// As pairs of hex digits.
    Hex,
    /// As a byte expression: `u16be(5) "hello"`.
    Expression,
}

/// What was typed and how: enough to have it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    mode: Mode,
    text: String,
}

/// The line and how it is read.
#[derive(Debug, Default)]
pub(super) struct Composer {
    pub(super) editor: Editor,
    mode: Mode,
    purpose: Purpose,
    /// The line as it was typed in another mode, and what it became here: untouched, it goes back as it was.
    kept: Option<(Mode, String, String)>,
    meaning: Meaning,
    /// When a long text is read, once a frame has shown it unread.
    rests_at: Option<Duration>,
    /// What ends a line of text (`set eol`).
    eol: &'static [u8],
}

impl Draft {
    /// Bytes of its text.
    pub(super) fn size(&self) -> usize {
        self.text.len()
    }
}

impl Mode {
    /// The next way; a message is one only where a framing was chosen.
    fn next(self, is_framed: bool) -> Self {
        match self {
            Self::Text if is_framed => Self::Message,
            Self::Text | Self::Message => Self::Hex,
            Self::Hex => Self::Expression,
            Self::Expression => Self::Text,
        }
    }

    /// The key of its name in the table of sentences.
    fn key(self) -> &'static str {
        match self {
            Self::Text => "composer.text",
            Self::Message => "composer.message",
            Self::Hex => "composer.hex",
            Self::Expression => "composer.expression",
        }
    }

    /// The key of what is said while nothing is typed.
    fn hint(self) -> &'static str {
        match self {
            Self::Text => "composer.hint",
            Self::Message => "composer.hint-message",
            Self::Hex => "composer.hint-hex",
            Self::Expression => "composer.hint-expression",
        }
    }

    /// Whether text is typed, which has lines and escapes.
    fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Message)
    }

    /// The bytes in this way of writing.
    fn spell(self, bytes: &[u8]) -> String {
        match self {
            Self::Text | Self::Message => escape::escape(bytes),
            Self::Hex => hex_pairs(bytes),
            Self::Expression if bytes.is_empty() => String::new(),
            Self::Expression => Expr::from_bytes(bytes).to_string(),
        }
    }
}

impl Composer {
    /// The next way of typing the same bytes; from text to a message the same text, which then means more bytes.
    pub(super) fn cycle(&mut self, session: &Session, conn: Option<ConnId>) {
        self.settle(session, conn);
        let (from, text) = (self.mode, self.editor.text().to_owned());
        self.mode = from.next(framing(session, conn).is_some());
        let back = self
            .kept
            .take()
            .filter(|(mode, _, became)| *mode == self.mode && *became == text);
        match (&self.meaning, back) {
            (_, Some((_, typed, _))) => self.editor.set(&typed),
            _ if self.mode == Mode::Message => {}
            // What has no fixed bytes stays as it was typed, to be put right in the new way or the old one.
            (
                Meaning::Bytes {
                    bytes,
                    settled: true,
                },
                None,
            ) => {
                // A line of text gets its end when it is sent: it is not typed.
                let line = bytes
                    .strip_suffix(self.end())
                    .filter(|_| self.mode == Mode::Text);
                let spelled = self.mode.spell(line.unwrap_or(bytes));
                self.editor.set(&spelled);
            }
            _ => {}
        }
        self.kept
            .get_or_insert((from, text, self.editor.text().to_owned()));
        self.read(session, conn);
    }

    /// The line changed: works out what it means now, or if it is long, when typing rests.
    pub(super) fn read(&mut self, session: &Session, conn: Option<ConnId>) {
        self.rests_at = None;
        self.meaning = Meaning::Unread;
        if self.editor.text().len() <= LIVE_MAX_BYTES {
            self.settle(session, conn);
        }
    }

    /// A frame is about to show the line: reads it if it is unread and typing rests.
    pub(super) fn prepare(&mut self, session: &Session, conn: Option<ConnId>, now: Duration) {
        if self.rests_at.is_some_and(|at| now >= at) {
            self.settle(session, conn);
        } else if self.meaning == Meaning::Unread {
            self.rests_at.get_or_insert(now + REST);
        }
    }

    /// When the line is to be read, if it is unread.
    pub(super) fn rests_at(&self) -> Option<Duration> {
        self.rests_at
    }

    /// Works out what the line means, however long it is, unless that is known.
    pub(super) fn settle(&mut self, session: &Session, conn: Option<ConnId>) {
        if self.meaning != Meaning::Unread {
            return;
        }
        self.rests_at = None;
        let typed = self.editor.text();
        self.meaning = match self.mode {
            _ if typed.is_empty() && (self.mode != Mode::Text || self.end().is_empty()) => {
                Meaning::Nothing
            }
            Mode::Text => reading::text(typed, self.end()),
            Mode::Message => message(typed, session, conn),
            Mode::Hex => hex(typed),
            Mode::Expression => expression(typed, session, conn),
        };
    }

    /// What ends a line of text from now on: `none`, `lf` or `crlf`.
    pub(super) fn end_lines(&mut self, eol: &str, session: &Session, conn: Option<ConnId>) {
        self.eol = match eol {
            "lf" => b"\n",
            "crlf" => b"\r\n",
            _ => b"",
        };
        self.read(session, conn);
    }

    /// Whether the text would be a whole message in the way that comes next.
    fn may_be_message(&self, session: &Session, conn: Option<ConnId>) -> bool {
        self.mode == Mode::Text && framing(session, conn).is_some()
    }

    /// How the line is read, and what will end it.
    fn mode_name(&self, locale: &Locale) -> String {
        match self.mode {
            Mode::Text if !self.end().is_empty() => {
                locale.fill("composer.text-ends", &[&escape::escape(self.end())])
            }
            mode => locale.say(mode.key()).to_owned(),
        }
    }

    /// Takes pasted bytes in, as much as there is room for; nothing is sent by it. How many bytes were left out.
    pub(super) fn paste(&mut self, bytes: &[u8]) -> usize {
        if !self.mode.is_text() {
            let text = String::from_utf8_lossy(bytes);
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            return self.editor.insert(&words);
        }
        // Ends of lines stay what they are, and are shown as such; all else that is no text is spelled out.
        let mut spelled = String::with_capacity(bytes.len());
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        for line in bytes.split_inclusive(is_end) {
            let body = line.strip_suffix(b"\r").or(line.strip_suffix(b"\n"));
            spelled.push_str(&escape::escape(body.unwrap_or(line)));
            if body.is_some() {
                spelled.extend(line.last().map(|end| char::from(*end)));
            }
        }
        self.editor.insert(&spelled)
    }

    /// A line break in a text; false where what is typed has no lines.
    pub(super) fn break_line(&mut self) -> bool {
        let is_text = self.mode.is_text();
        if is_text {
            self.editor.insert("\n");
        }
        is_text
    }

    /// Reads what is typed as a byte expression from now on; an empty line begins with `start`.
    pub(super) fn express(&mut self, start: &str, session: &Session, conn: Option<ConnId>) {
        while self.mode != Mode::Expression {
            self.cycle(session, conn);
        }
        if self.editor.text().is_empty() {
            self.editor.set(start);
        }
        self.read(session, conn);
    }

    /// What is typed from now on is for a held message: as text where it is text, else as hex.
    pub(super) fn begin(
        &mut self,
        purpose: Purpose,
        bytes: &[u8],
        session: &Session,
        conn: Option<ConnId>,
    ) {
        let is_text = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | 0x20..=0x7e);
        self.purpose = purpose;
        self.mode = if bytes.iter().all(is_text) {
            Mode::Text
        } else {
            Mode::Hex
        };
        self.kept = None;
        self.editor.set(&self.mode.spell(bytes));
        self.read(session, conn);
    }

    /// Whether what is typed is for a held message.
    pub(super) fn is_for_held(&self) -> bool {
        self.purpose != Purpose::Send
    }

    /// What was typed for a held message is not wanted any more.
    pub(super) fn put_down(&mut self, session: &Session, conn: Option<ConnId>) {
        if std::mem::take(&mut self.purpose) != Purpose::Send {
            self.clear();
            self.read(session, conn);
        }
    }

    /// What ends a line of text: a held message has its own end.
    fn end(&self) -> &'static [u8] {
        match self.purpose {
            Purpose::Send => self.eol,
            Purpose::Edit | Purpose::Answer => b"",
        }
    }

    /// What is typed.
    pub(super) fn draft(&self) -> Draft {
        Draft {
            mode: self.mode,
            text: self.editor.text().to_owned(),
        }
    }

    /// Takes up what was typed before.
    pub(super) fn restore(&mut self, draft: &Draft, session: &Session, conn: Option<ConnId>) {
        self.mode = draft.mode;
        self.editor.set(&draft.text);
        self.kept = None;
        self.read(session, conn);
    }

    /// How many lines are shown of what is typed.
    pub(super) fn lines(&self) -> u16 {
        u16::try_from(self.editor.line_count(LINES_MAX)).unwrap_or(1)
    }

    /// How many bytes the line means, if it means some.
    pub(super) fn bytes(&self) -> Option<usize> {
        match &self.meaning {
            Meaning::Bytes { bytes, .. } => Some(bytes.len()),
            _ => None,
        }
    }

    /// The command that sends the line, which is then empty.
    ///
    /// # Errors
    ///
    /// Why there is nothing to send.
    pub(super) fn send(
        &mut self,
        locale: &Locale,
        session: &Session,
        conn: Option<ConnId>,
    ) -> Result<String, String> {
        self.settle(session, conn);
        let verb = self.purpose.verb();
        let line = match &self.meaning {
            Meaning::Nothing | Meaning::Unread => {
                return Err(locale.say("composer.empty").to_owned());
            }
            Meaning::Wrong { what, .. } => return Err(what.clone()),
            Meaning::Bytes { .. } if self.mode == Mode::Expression => {
                format!("{verb} {}", self.editor.text())
            }
            Meaning::Bytes { bytes, .. } => format!("{verb} {}", Expr::from_bytes(bytes)),
        };
        self.clear();
        self.purpose = Purpose::Send;
        Ok(line)
    }

    /// Empties the line; the history keeps what stood there.
    pub(super) fn clear(&mut self) {
        let typed = self.editor.text().to_owned();
        self.editor.remember(&typed);
        self.editor.set("");
        self.kept = None;
        self.rests_at = None;
        self.meaning = Meaning::Nothing;
    }
}

/// `68 69`.
fn hex_pairs(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(hexdump::hex(*byte));
    }
    text
}

#[cfg(test)]
mod tests;
