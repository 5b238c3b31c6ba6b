//! What a line being composed means in bytes, and what those bytes would do to the framing. It asks for nothing that
//! only sending may ask for: no file, no seed, no count.

use crate::escape;
use crate::event::{ConnId, Dir};
use crate::expr::{self, Context};
use crate::framing::{Cut, Cx, Message, Status};
use crate::session::Session;
use crate::ui::pane::Scene;

/// Bytes of a line whose effect on the framing is worked out while it is typed.
const EFFECT_MAX_BYTES: usize = 64 << 10;

/// What the line means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing is typed.
    #[default]
    Nothing,
    /// What is typed is not read yet.
    Unread,
    /// These bytes; unless `settled`, random or counted parts are drawn anew when they are sent.
    Bytes { bytes: Vec<u8>, settled: bool },
    /// Nothing, from that character on.
    Wrong { column: usize, what: String },
}

/// What these bytes would do to the messages of a socket.
pub(super) fn effect(scene: Scene<'_>, conn: ConnId, bytes: &[u8]) -> Option<String> {
    let lane = scene.session.lane(conn, Dir::Out)?;
    let next = lane.messages() + 1;
    let len = bytes.len() as u64;
    if let Some(tail) = lane.tail().filter(Message::is_counted) {
        return match tail.status {
            Status::Partial { need: Some(need) } if need > len => {
                Some(scene.fill("composer.still-short", &[&(need - len), &next]))
            }
            Status::Partial { need: Some(_) } => Some(scene.fill("composer.completes", &[&next])),
            _ => None,
        };
    }
    let Cut { rule, max } = lane.rule();
    let mut cx = Cx::new(lane.len(), *max, lane.sight());
    let mut decoder = rule.decoder();
    let mut rest = bytes.get(..EFFECT_MAX_BYTES).unwrap_or(bytes);
    while !rest.is_empty() {
        let taken = decoder.feed(rest, &mut cx);
        cx.advance(taken as u64);
        rest = rest.get(taken..).unwrap_or_default();
    }
    let whole = cx.take().len();
    match (whole, decoder.unfinished()) {
        (0, Some(rest)) => Some(match rest.need {
            Some(need) => scene.fill("composer.begins-short", &[&next, &need]),
            None => scene.fill("composer.begins", &[&next]),
        }),
        (0, None) => None,
        (1, None) => Some(scene.fill("composer.whole", &[&next])),
        (1, Some(_)) => Some(scene.fill("composer.whole-and-more", &[&next])),
        (count, _) => Some(scene.fill("composer.many", &[&count])),
    }
}

/// How many bytes an expression means, as far as that is known before it is sent.
pub(in crate::ui) fn size(text: &str, session: &Session, conn: Option<ConnId>) -> Option<usize> {
    match expression(text, session, conn) {
        Meaning::Bytes { bytes, .. } => Some(bytes.len()),
        Meaning::Nothing | Meaning::Unread | Meaning::Wrong { .. } => None,
    }
}

/// The framing that somebody chose for what a socket sends, as its side speaks it.
pub(super) fn framing(session: &Session, conn: Option<ConnId>) -> Option<Cut> {
    let lane = session.lane(conn?, Dir::Out)?;
    let is_chosen = !lane.rule().is_raw();
    is_chosen.then(|| lane.rule().spoken(lane.sight()))
}

/// Text with escapes, and what ends it.
pub(super) fn text(typed: &str, end: &[u8]) -> Meaning {
    match escape::unescape(typed) {
        Ok(mut bytes) => {
            bytes.extend_from_slice(end);
            let settled = true;
            Meaning::Bytes { bytes, settled }
        }
        Err(error) => Meaning::Wrong {
            column: error.column.saturating_sub(1),
            what: error.what,
        },
    }
}

/// Text with escapes, as one message of the socket's framing.
pub(super) fn message(typed: &str, session: &Session, conn: Option<ConnId>) -> Meaning {
    let meaning = text(typed, b"");
    let (Meaning::Bytes { bytes, .. }, Some(cut)) = (&meaning, framing(session, conn)) else {
        return meaning;
    };
    match cut.rule.encode(bytes) {
        Ok(bytes) => Meaning::Bytes {
            bytes,
            settled: true,
        },
        Err(what) => Meaning::Wrong { column: 0, what },
    }
}

/// Pairs of hex digits; blanks, commas, colons, `0x` and `\x` between them mean nothing.
pub(super) fn hex(text: &str) -> Meaning {
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

pub(super) fn expression(text: &str, session: &Session, conn: Option<ConnId>) -> Meaning {
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
        .map(|lane| lane.rule().spoken(lane.sight()));
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

    fn group(&self, _name: &str) -> Option<Vec<u8>> {
        self.settled.set(false);
        Some(Vec::new())
    }

    fn saved(&mut self, _name: &str) -> Result<Vec<u8>, String> {
        self.settled.set(false);
        Ok(Vec::new())
    }
}
