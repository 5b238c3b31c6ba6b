//! The line that says what is sent: typed as text, as hex or as a byte expression, with what it means shown as it is
//! typed. It sends nothing: Enter makes a `send` command.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::editor::Editor;
use super::ink::{self, Pen};
use super::pane::Scene;
use super::theme::Role;
use crate::escape;
use crate::event::{ConnId, Dir};
use crate::expr::{self, Context, Expr};
use crate::framing::{Cut, Cx, Status};
use crate::session::Session;

/// Bytes of a line whose effect on the framing is worked out while it is typed.
const EFFECT_MAX_BYTES: usize = 64 << 10;

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
}

/// What the line means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing is typed.
    #[default]
    Nothing,
    /// These bytes; unless `settled`, random or counted parts are drawn anew when they are sent.
    Bytes { bytes: Vec<u8>, settled: bool },
    /// Nothing, from that character on.
    Wrong { column: usize, what: String },
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
                let spelled = self.mode.spell(bytes);
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
            _ if text.is_empty() => Meaning::Nothing,
            Mode::Text => escape::unescape(text).map_or_else(
                |error| Meaning::Wrong {
                    column: error.column.saturating_sub(1),
                    what: error.what,
                },
                |bytes| Meaning::Bytes {
                    bytes,
                    settled: true,
                },
            ),
            Mode::Hex => hex(text),
            Mode::Expression => expression(text, session, conn),
        };
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
            self.mode.name(),
            focused,
            look,
        );
        if self.editor.text().is_empty() && !focused {
            let hint = if name.is_empty() {
                "a socket can speak: c connects, b listens"
            } else {
                "s to type what to send"
            };
            Pen::new(buf, area, 1, look)
                .skip(1)
                .put("› ", Role::Muted)
                .put(hint, Role::Muted);
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
        let cursor = Position::new(area.x + 3 + quote.len() as u16 + column, area.y + 1);
        if let Meaning::Wrong {
            column: wrong,
            what,
        } = &self.meaning
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

fn pen_end(shown: &str, quote: &str) -> u16 {
    u16::try_from(3 + escape::width(shown) + 2 * quote.len()).unwrap_or(u16::MAX)
}

/// What these bytes would do to the messages of a socket.
fn effect(session: &Session, conn: ConnId, bytes: &[u8]) -> Option<String> {
    let lane = session.lane(conn, Dir::Out)?;
    let next = lane.messages() + 1;
    let len = bytes.len() as u64;
    if let Some(tail) = lane.tail() {
        return match tail.status {
            Status::Partial { need: Some(need) } if need > len => {
                Some(format!("{} more to complete message #{next}", need - len))
            }
            Status::Partial { need: Some(_) } => Some(format!("completes message #{next}")),
            _ => None,
        };
    }
    let Cut { rule, max } = lane.rule();
    let mut cx = Cx::new(lane.len(), *max);
    let mut decoder = rule.decoder();
    decoder.feed(bytes.get(..EFFECT_MAX_BYTES).unwrap_or(bytes), &mut cx);
    let whole = cx.take().len();
    match (whole, decoder.unfinished()) {
        (0, Some(rest)) => Some(match rest.need {
            Some(need) => format!("begins message #{next}, {need} bytes short"),
            None => format!("begins message #{next}"),
        }),
        (0, None) => None,
        (1, None) => Some(format!("is message #{next}, whole")),
        (1, Some(_)) => Some(format!("is message #{next} and begins another")),
        (count, _) => Some(format!("is {count} messages")),
    }
}

/// Pairs of hex digits; blanks, commas, colons, `0x` and `\x` between them mean nothing.
fn hex(text: &str) -> Meaning {
    let mut bytes = Vec::new();
    let mut half: Option<u32> = None;
    let mut chars = text.chars().enumerate().peekable();
    while let Some((column, c)) = chars.next() {
        let is_prefix = matches!(c, '0' | '\\')
            && half.is_none()
            && chars.peek().is_some_and(|(_, x)| *x == 'x');
        match (c.to_digit(16), half) {
            _ if is_prefix => {
                chars.next();
            }
            (Some(digit), Some(high)) => {
                bytes.push(u8::try_from(high * 16 + digit).unwrap_or(0));
                half = None;
            }
            (Some(digit), None) => half = Some(digit),
            (None, None) if matches!(c, ' ' | ',' | ':' | '\t') => {}
            (None, _) => {
                return Meaning::Wrong {
                    column,
                    what: format!("`{c}` is no hex digit: 0-9 and a-f, in pairs"),
                };
            }
        }
    }
    match half {
        Some(_) => Meaning::Wrong {
            column: text.chars().count(),
            what: "one more hex digit makes a byte".to_owned(),
        },
        None => Meaning::Bytes {
            bytes,
            settled: true,
        },
    }
}

fn expression(text: &str, session: &Session, conn: Option<ConnId>) -> Meaning {
    let parsed = match expr::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            return Meaning::Wrong {
                column: error.column,
                what: error.to_string(),
            };
        }
    };
    if let Some(path) = parsed.files().first() {
        return Meaning::Wrong {
            column: 0,
            what: format!("`{path}` is read when it is sent: use : send {text}"),
        };
    }
    let rule = conn
        .and_then(|conn| session.lane(conn, Dir::Out))
        .map(|lane| lane.rule().clone());
    let mut cx = Guess {
        rule,
        settled: std::cell::Cell::new(true),
    };
    match parsed.evaluate(&mut cx) {
        Ok(bytes) => Meaning::Bytes {
            bytes,
            settled: cx.settled.get(),
        },
        Err(error) => Meaning::Wrong {
            column: 0,
            what: error.what,
        },
    }
}

/// Evaluates an expression for looking at it: whatever differs at each sending is only guessed.
#[derive(Debug)]
struct Guess {
    rule: Option<Cut>,
    settled: std::cell::Cell<bool>,
}

impl Context for Guess {
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let cut = self
            .rule
            .as_ref()
            .ok_or("there is no socket whose framing it could be")?;
        cut.rule.encode(payload)
    }

    fn seed(&mut self) -> u64 {
        self.settled.set(false);
        0
    }

    fn file(&self, _path: &str) -> Result<&[u8], String> {
        Err("files are read when they are sent".to_owned())
    }

    fn count(&mut self) -> u64 {
        self.settled.set(false);
        0
    }

    fn now(&self) -> u64 {
        self.settled.set(false);
        0
    }

    fn last(&self) -> Option<Vec<u8>> {
        self.settled.set(false);
        Some(Vec::new())
    }

    fn field(&self, _name: &str) -> Option<Vec<u8>> {
        self.settled.set(false);
        Some(Vec::new())
    }
}

#[cfg(test)]
mod tests;
