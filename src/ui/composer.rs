//! The line that says what is sent: typed as text, as hex or as a byte expression, with what it means shown as it is
//! typed. It sends nothing: Enter makes a `send` command.

mod reading;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::editor::Editor;
use super::ink::{self, Pen};
use super::pane::Scene;
use super::theme::Role;
use crate::escape;
use crate::event::ConnId;
use crate::expr::Expr;
use crate::session::Session;
use reading::{Meaning, effect, expression, hex};

/// How the line is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// As text with escapes: `hello\r\n`.
    #[default]
    Text,
    /// As pairs of hex digits.
    Hex,
    /// As a byte expression: `u16be(5) "hello"`.
    Expression,
}

/// The line and how it is read.
#[derive(Debug, Default)]
pub(super) struct Composer {
    pub(super) editor: Editor,
    mode: Mode,
    /// The line as it was typed in another mode, and what it became here: untouched, it goes back as it was.
    kept: Option<(Mode, String, String)>,
    meaning: Meaning,
    /// What ends a line of text (`set eol`).
    eol: &'static [u8],
}

impl Mode {
    fn next(self) -> Self {
        match self {
            Self::Text => Self::Hex,
            Self::Hex => Self::Expression,
            Self::Expression => Self::Text,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Hex => "hex",
            Self::Expression => "expression",
        }
    }

    /// The bytes in this way of writing.
    fn spell(self, bytes: &[u8]) -> String {
        match self {
            Self::Text => escape::escape(bytes),
            Self::Hex => bytes
                .iter()
                .map(|byte| crate::hexdump::hex(*byte))
                .collect::<Vec<_>>()
                .join(" "),
            Self::Expression if bytes.is_empty() => String::new(),
            Self::Expression => Expr::from_bytes(bytes).to_string(),
        }
    }
}

impl Composer {
    /// The next way of typing the same bytes.
    pub(super) fn cycle(&mut self, session: &Session, conn: Option<ConnId>) {
        let (from, text) = (self.mode, self.editor.text().to_owned());
        self.mode = from.next();
        let back = self
            .kept
            .take()
            .filter(|(mode, _, became)| *mode == self.mode && *became == text);
        match (&self.meaning, back) {
            (_, Some((_, typed, _))) => self.editor.set(&typed),
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
                    .strip_suffix(self.eol)
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

    /// Works out what the line means now.
    pub(super) fn read(&mut self, session: &Session, conn: Option<ConnId>) {
        let text = self.editor.text();
        self.meaning = match self.mode {
            _ if text.is_empty() && (self.mode != Mode::Text || self.eol.is_empty()) => {
                Meaning::Nothing
            }
            Mode::Text => escape::unescape(text).map_or_else(
                |error| Meaning::Wrong {
                    column: error.column.saturating_sub(1),
                    what: error.what,
                },
                |mut bytes| {
                    bytes.extend_from_slice(self.eol);
                    Meaning::Bytes {
                        bytes,
                        settled: true,
                    }
                },
            ),
            Mode::Hex => hex(text),
            Mode::Expression => expression(text, session, conn),
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

    /// How the line is read, and what will end it.
    fn mode_name(&self) -> String {
        match self.mode {
            Mode::Text if !self.eol.is_empty() => {
                format!("text, ends in {}", escape::escape(self.eol))
            }
            mode => mode.name().to_owned(),
        }
    }

    /// Takes pasted bytes in; nothing is sent by it.
    pub(super) fn paste(&mut self, text: &str) {
        match self.mode {
            Mode::Text => self.editor.insert(&escape::escape(text.as_bytes())),
            Mode::Hex | Mode::Expression => self
                .editor
                .insert(&text.split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }

    /// The command that sends the line, which is then empty.
    ///
    /// # Errors
    ///
    /// Why there is nothing to send.
    pub(super) fn send(&mut self) -> Result<String, String> {
        let line = match &self.meaning {
            Meaning::Nothing => {
                return Err("nothing is typed yet: an empty send moves no byte".to_owned());
            }
            Meaning::Wrong { what, .. } => return Err(what.clone()),
            Meaning::Bytes { .. } if self.mode == Mode::Expression => {
                format!("send {}", self.editor.text())
            }
            Meaning::Bytes { bytes, .. } => format!("send {}", Expr::from_bytes(bytes)),
        };
        let typed = self.editor.text().to_owned();
        self.editor.remember(&typed);
        self.clear();
        Ok(line)
    }

    /// Empties the line.
    pub(super) fn clear(&mut self) {
        self.editor.set("");
        self.kept = None;
        self.meaning = Meaning::Nothing;
    }

    /// Draws it in three lines; the cursor, while keys go here.
    pub(super) fn render(
        &self,
        scene: Scene<'_>,
        area: Rect,
        buf: &mut Buffer,
        focused: bool,
    ) -> Option<Position> {
        let look = scene.look();
        let name = scene.ui.focus.map_or("", |conn| scene.session.name(conn));
        let title = if name.is_empty() {
            "compose".to_owned()
        } else {
            format!("{name} says")
        };
        ink::rule(
            buf,
            Rect {
                height: area.height.min(1),
                ..area
            },
            &title,
            &self.mode_name(),
            focused,
            look,
        );
        if self.editor.text().is_empty() && !focused {
            Pen::new(buf, area, 1, look)
                .skip(1)
                .put("› ", Role::Muted)
                .put(invitation(scene), Role::Muted);
            return None;
        }
        let quote = if self.mode == Mode::Text { "\"" } else { "" };
        let room = usize::from(area.width).saturating_sub(4 + 2 * quote.len());
        let (shown, first, column) = self.editor.window(room);
        let mut pen = Pen::new(buf, area, 1, look);
        pen.skip(1)
            .put("› ", Role::Strong)
            .put(quote, Role::Muted)
            .put(&shown, Role::Text)
            .put(quote, Role::Muted);
        let cursor = Position::new(
            area.x
                .saturating_add(3 + u16::from(!quote.is_empty()))
                .saturating_add(column),
            area.y + 1,
        );
        if let Meaning::Wrong {
            column: wrong,
            what,
        } = &self.meaning
            && focused
        {
            let from = 3 + quote.len() + wrong.saturating_sub(first);
            let from = u16::try_from(from).unwrap_or(u16::MAX);
            pen.over(from, from.saturating_add(1), Role::Linked);
            Pen::new(buf, area, 2, look)
                .skip(3)
                .put(escape::clean(what), Role::Strong);
        }
        self.render_bytes(scene, area, buf, usize::from(pen_end(&shown, quote)));
        focused.then_some(cursor)
    }

    /// What the line means, in bytes, and what it does to the framing of the other end.
    fn render_bytes(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer, used: usize) {
        let Meaning::Bytes { bytes, settled } = &self.meaning else {
            return;
        };
        let look = scene.look();
        let size = ink::size(bytes.len() as u64);
        let room = usize::from(area.width).saturating_sub(used + 4);
        let note = if *settled {
            let pairs = room.saturating_sub(size.len() + 4) / 3;
            let dump: Vec<_> = bytes
                .iter()
                .take(pairs)
                .map(|byte| crate::hexdump::hex(*byte))
                .collect();
            let more = if bytes.len() > pairs { " …" } else { "" };
            format!("{size}  {}{more}", dump.join(" "))
        } else {
            format!("{size}, drawn when sent")
        };
        let mut pen = Pen::new(buf, area, 1, look);
        pen.to(u16::try_from(used + 1).unwrap_or(u16::MAX))
            .right(&format!("{note} "), Role::Muted);
        let mut pen = Pen::new(buf, area, 2, look);
        pen.skip(3)
            .put(format!("Enter: send({})", bytes.len()), Role::Muted);
        if let Some(effect) = scene
            .ui
            .focus
            .and_then(|conn| effect(scene.session, conn, bytes))
        {
            pen.skip(3).right(&format!("→ {effect} "), Role::Text);
        }
    }
}

/// What stands in the line while nothing is typed and the keys go elsewhere.
fn invitation(scene: Scene<'_>) -> &'static str {
    match scene.ui.focus.and_then(|conn| scene.session.conn(conn)) {
        None => "a socket can speak: c connects, b listens",
        Some(conn) if !conn.is_open() => "this socket is closed: c connects again",
        Some(_) => "s to type what to send",
    }
}

fn pen_end(shown: &str, quote: &str) -> u16 {
    u16::try_from(3 + escape::width(shown) + 2 * quote.len()).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
