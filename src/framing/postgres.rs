//! `postgres`: the frontend/backend protocol of `PostgreSQL`, version 3 (its manual, chapter 54). What comes before
//! the startup, an offer of TLS or GSSAPI, is answered by one bare byte; which it is, each direction hears from the
//! other.

mod contents;
mod names;

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::Dissect;
use super::encrypted;
use super::grammar::{Grammar, Part, Want};
use super::note::Note;
use super::reader::Reader;
use super::tls;
use super::{Cx, Decoder, Framing, Message, Rule, Side, Sight};
use crate::words::{Complaint, Words};

/// The least value of a length, which counts itself.
const LENGTH_BYTES: u32 = 4;

/// A startup has a code, too.
const STARTUP_MIN_BYTES: u32 = 8;

/// Offers, in place of the version of a startup.
const CANCEL: u32 = 80_877_102;
const SSL: u32 = 80_877_103;
const GSS: u32 = 80_877_104;

/// The row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Postgres;

/// The rule, which may have been told who sends the bytes.
#[derive(Clone, Copy, Debug)]
struct Conversation {
    side: Option<Side>,
}

/// What the decoder tells the dissection about a message, as its note.
mod kind {
    pub(super) const FRONTEND: &str = "frontend";
    pub(super) const BACKEND: &str = "backend";
    pub(super) const STARTUP: &str = "startup";
    pub(super) const ANSWER: &str = "answer";
    pub(super) const ASSUMED: &str = "assumed answer";
    pub(super) const TLS: &str = "TLS";
    pub(super) const GSS: &str = "GSSAPI";
}

impl Framing for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn usage(&self) -> &'static str {
        "postgres [frontend|backend]"
    }

    fn help(&self) -> &'static str {
        "PostgreSQL: queries, rows, errors; frontend or backend: who sent the bytes"
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        Some(match before {
            [] => &["frontend", "backend"],
            _ => &[],
        })
    }

    fn examples(&self) -> &'static [&'static str] {
        &["postgres", "postgres frontend", "postgres backend"]
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let side = if words.take("frontend") {
            Some(Side::Client)
        } else {
            words.take("backend").then_some(Side::Server)
        };
        Ok(Box::new(Conversation { side }))
    }
}

impl Rule for Conversation {
    fn words(&self) -> String {
        let role = match self.side {
            None => "",
            Some(Side::Client) => " frontend",
            Some(Side::Server) => " backend",
        };
        format!("postgres{role}")
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Stage {
            told: self.side,
            side: None,
            phase: Phase::Start,
            offers: 0,
            next: Next::First,
            body: None,
        }))
    }

    fn spoken_by(&self, side: Side) -> Option<Box<dyn Rule>> {
        let side = self.side.or(Some(side));
        Some(Box::new(Self { side }))
    }

    /// The payload is what follows the length, of a query or, from the backend, a row.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let length = u32::try_from(payload.len()).ok();
        let length = length.and_then(|length| length.checked_add(LENGTH_BYTES));
        let length = length.ok_or("a message has at most 4294967291 bytes")?;
        let kind = match self.side {
            Some(Side::Server) => b'D',
            _ => b'Q',
        };
        Ok([&[kind], &length.to_be_bytes()[..], payload].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        let side = self.side.or(sight.side);
        let first = bytes.first().copied().unwrap_or_default();
        let mut dissect = Dissect::new(message, bytes);
        let mut note = Note::default();
        match (&*message.note, first) {
            (kind::TLS, _) | ("", encrypted::HANDSHAKE) => encrypted::told(&mut dissect, &mut note),
            (kind::GSS, _) => contents::sealed(&mut dissect, &mut note),
            (kind::STARTUP, _) | ("", 0) => contents::startup(&mut dissect, &mut note),
            (kind::ANSWER, _) => contents::answer(&mut dissect, true, &mut note),
            (kind::ASSUMED, _) => contents::answer(&mut dissect, false, &mut note),
            (kind::FRONTEND, _) => contents::typed(&mut dissect, Side::Client, &mut note),
            (kind::BACKEND, _) => contents::typed(&mut dissect, Side::Server, &mut note),
            _ => contents::typed(
                &mut dissect,
                side.unwrap_or(names::side_of(first)),
                &mut note,
            ),
        };
        message.note = note.into();
        message.fields = dissect.finish();
    }

    fn is_two_sided(&self) -> bool {
        true
    }
}

/// How far the conversation is, and the message in it.
#[derive(Clone, Debug)]
struct Stage {
    /// Who sends, as the words of the rule say.
    told: Option<Side>,
    /// Who sends.
    side: Option<Side>,
    phase: Phase,
    /// How many offers of encryption were made, or answered.
    offers: u64,
    next: Next,
    /// From the first byte of the payload to the end of the message.
    body: Option<Range<u64>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Nothing came but offers and their answers.
    Start,
    Typed,
    Tls,
    Gss,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    First,
    /// The rest of the length of a startup, without its first byte, which is 0.
    Length,
    /// The code of a startup of that length.
    Code(u32),
    /// The length of a message of a type.
    Typed,
    /// The rest of the header of a TLS record that began with this byte.
    Record(u8),
    Sealed,
}

impl Stage {
    /// The first byte decides, as long as nothing has begun.
    fn first(&mut self, byte: u8, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        if self.phase == Phase::Start {
            let is_server = match self.side {
                Some(side) => side == Side::Server,
                None => byte != 0 && names::side_of(byte) == Side::Server,
            };
            match byte {
                encrypted::HANDSHAKE => self.phase = Phase::Tls,
                0 if !is_server => {
                    self.side = Some(Side::Client);
                    self.next = Next::Length;
                    return Want::Bytes(3);
                }
                b'S' | b'N' | b'G' if is_server => {
                    if let Some(want) = self.answer(byte, part, cx) {
                        return want;
                    }
                }
                _ => {}
            }
        }
        if self.phase == Phase::Tls {
            self.next = Next::Record(byte);
            return Want::Bytes(tls::HEAD_BYTES - 1);
        }
        if !byte.is_ascii_alphanumeric() {
            return Want::broken(format!("byte {byte:02x} begins no message"), part.start);
        }
        self.phase = Phase::Typed;
        self.side = self.side.or(Some(names::side_of(byte)));
        self.next = Next::Typed;
        Want::Bytes(4)
    }

    /// The bare byte that answers an offer, if one was made; where nobody could say, it is assumed.
    fn answer(&mut self, byte: u8, part: &Part<'_>, cx: &mut Cx<'_>) -> Option<Want> {
        let was_offered = cx.mail(self.offers).is_some();
        if !was_offered && cx.has_counterpart() {
            return None;
        }
        match byte {
            b'S' => self.phase = Phase::Tls,
            b'G' => {
                self.phase = Phase::Gss;
                cx.post(self.offers, kind::GSS);
            }
            _ => self.offers += 1,
        }
        self.side = Some(Side::Server);
        let mut message = part.message(part.start..part.range.end);
        message.note = if was_offered {
            kind::ANSWER
        } else {
            kind::ASSUMED
        }
        .into();
        Some(Want::Message(message))
    }

    fn startup(&mut self, part: &Part<'_>, length: u32, cx: &mut Cx<'_>) -> Want {
        let code = u32::from_be_bytes(part.bytes.try_into().unwrap_or_default());
        match code {
            SSL | GSS => {
                cx.post(self.offers, if code == SSL { kind::TLS } else { kind::GSS });
                self.offers += 1;
            }
            CANCEL => {}
            _ => self.phase = Phase::Typed,
        }
        whole(part, part.start + 4, length, kind::STARTUP)
    }

    fn typed(&self, part: &Part<'_>) -> Want {
        let length = u32::from_be_bytes(part.bytes.try_into().unwrap_or_default());
        if length < LENGTH_BYTES {
            let why = format!("length {length}, which counts its own 4 bytes");
            return Want::broken(why, part.start + 1);
        }
        let note = match self.side {
            Some(Side::Server) => kind::BACKEND,
            _ => kind::FRONTEND,
        };
        whole(part, part.range.end, length - LENGTH_BYTES, note)
    }
}

impl Grammar for Stage {
    fn begin(&mut self, _start: u64, cx: &mut Cx<'_>) -> Want {
        self.side = self.side.or(self.told).or(cx.sight().side);
        self.body = None;
        let is_client = self.side == Some(Side::Client);
        let last_offer = self.offers.checked_sub(1).filter(|_| is_client);
        if self.phase == Phase::Start
            && last_offer.is_some_and(|nth| cx.mail(nth) == Some(kind::GSS))
        {
            self.phase = Phase::Gss;
        }
        if self.phase == Phase::Gss {
            self.next = Next::Sealed;
            return Want::Bytes(4);
        }
        self.next = Next::First;
        Want::Bytes(1)
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        match self.next {
            Next::First => {
                let byte = part.bytes.first().copied().unwrap_or_default();
                self.first(byte, part, cx)
            }
            Next::Length => {
                let length = [&[0], part.bytes].concat();
                let length = u32::from_be_bytes(length.try_into().unwrap_or_default());
                if length < STARTUP_MIN_BYTES {
                    let why = format!("a startup of {length} bytes, and 8 are the least");
                    return Want::broken(why, part.start);
                }
                let payload = part.start + u64::from(LENGTH_BYTES);
                self.body = Some(payload..part.start + u64::from(length));
                self.next = Next::Code(length);
                Want::Bytes(4)
            }
            Next::Code(length) => self.startup(part, length - LENGTH_BYTES, cx),
            Next::Typed => self.typed(part),
            Next::Record(first) => {
                let header = [&[first], part.bytes].concat();
                encrypted::record(&header, part, kind::TLS)
            }
            Next::Sealed => {
                let length = u32::from_be_bytes(part.bytes.try_into().unwrap_or_default());
                whole(part, part.range.end, length, kind::GSS)
            }
        }
    }

    fn waits(&self, _came: u64) -> Cow<'static, str> {
        "waiting for the rest of the length".into()
    }

    fn outlook(&self) -> Option<Range<u64>> {
        self.body.clone()
    }
}

/// The message whose payload begins there and has that length.
fn whole(part: &Part<'_>, payload: u64, length: u32, note: &'static str) -> Want {
    let end = payload + u64::from(length);
    Want::Message(Message::new(part.start..end, payload..end, note))
}

#[cfg(test)]
mod tests;
