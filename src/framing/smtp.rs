//! `smtp`: commands, replies, and mail (RFC 5321, 4; RFC 3030, 2). Behind DATA stands the mail up to a line of one dot,
//! unless the server refused it; behind BDAT so many bytes. Where the side is unknown, a line with a code is a reply.

use std::borrow::Cow;
use std::ops::Range;

use super::dissect::{Dissect, text_of};
use super::dots;
use super::grammar::{Grammar, Part, Want};
use super::headed::{body_text, line_of, number_of, text_in};
use super::headers::headers;
use super::message::byte_count;
use super::reader::Reader;
use super::reply::{self, Replies, code_of, is_tls};
use super::{Cx, Decoder, Field, Framing, Message, Rule, Side, Sight, Status, Value};
use crate::words::{Complaint, Words};

/// The field by which the decoder tells mail from commands.
const MAIL: &str = "mail";

/// What that field says where nobody knows the server's reply to DATA.
const ASSUMED: &str = "assumed accepted";

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Smtp;

impl Framing for Smtp {
    fn name(&self) -> &'static str {
        "smtp"
    }

    fn usage(&self) -> &'static str {
        "smtp"
    }

    fn help(&self) -> &'static str {
        "SMTP: commands, replies, and the mail behind DATA or BDAT"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Smtp {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Dialogue::default()))
    }

    fn is_two_sided(&self) -> bool {
        true
    }

    /// What ends in CRLF is mail, all else one command; replies are framed by `reply`.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.ends_with(dots::LINE_END) {
            return Ok(dots::stuffed(payload));
        }
        if payload.contains(&b'\n') {
            return Err("a command cannot hold a line feed, and mail ends in CRLF".to_owned());
        }
        if chunk_of(payload).is_some() {
            return Err("BDAT needs its bytes behind it: write it whole".to_owned());
        }
        if is_tls(payload) {
            return Err("a command cannot begin with 16 03, as TLS does".to_owned());
        }
        Ok([payload, dots::LINE_END].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], sight: Sight) {
        let mail = message.fields.iter().find(|field| field.name == MAIL);
        let mail = mail.map(|field| field.value.clone());
        let mut dissect = Dissect::new(message, bytes);
        let is_reply = code_of(bytes).is_some() && sight.side != Some(Side::Client);
        if let Some(value) = mail {
            told_mail(&mut dissect, value);
            message.fields = dissect.finish();
            message.note = mail_note(message).into();
            return;
        }
        let note = if is_reply || is_tls(bytes) {
            reply::told(&mut dissect)
        } else {
            told_command(&mut dissect)
        };
        if let Some(note) = note {
            message.note = note.into();
        }
        message.fields = dissect.finish();
    }

    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        if message.fields.iter().any(|field| field.name == MAIL) {
            return dots::unstuffed(bytes);
        }
        match code_of(bytes) {
            // A command's payload begins where it begins.
            Some((code, _)) if message.payload.start > message.range.start => {
                reply::texts(bytes, code)
            }
            _ => message.payload_in(bytes).to_vec(),
        }
    }
}

/// Names headers and body of mail.
fn told_mail(dissect: &mut Dissect<'_>, value: Value) {
    dissect.group_of(MAIL, |dissect| {
        if headers(dissect) == Some(true) {
            let rest = dissect.rest();
            let len = rest.strip_suffix(dots::END).unwrap_or(rest).len();
            body_text(dissect, "body", len);
        }
        dissect.skip(dissect.rest().len());
        Some(value)
    });
}

fn mail_note(message: &Message) -> String {
    let mail = message.fields.first();
    let parts = mail.map_or(&[][..], |mail| &mail.fields);
    let subject = text_in(parts, &["subject"]).map(|subject| format!(", {subject}"));
    let assumed = match mail.map(|mail| &mail.value) {
        Some(Value::Text(_)) => ", the server’s reply to DATA is unknown",
        _ => "",
    };
    let bytes = byte_count(message.bytes());
    format!("mail, {bytes}{}{assumed}", subject.unwrap_or_default())
}

/// Names verb and argument of a command, and the bytes behind BDAT.
fn told_command(dissect: &mut Dissect<'_>) -> Option<String> {
    let rest = dissect.rest();
    let whole = rest.get(..=memchr::memchr(b'\n', rest)?)?;
    let line = line_of(whole);
    let width = memchr::memchr(b' ', line).unwrap_or(line.len());
    dissect.text("command", width)?;
    if width < line.len() {
        dissect.skip(1)?;
        dissect.text("argument", line.len() - width - 1)?;
    }
    dissect.skip(whole.len() - line.len())?;
    let chunk = dissect.rest().len();
    if chunk > 0 {
        dissect.bytes("chunk", chunk)?;
    }
    Some(text_of(line))
}

/// How many bytes follow a BDAT command.
fn chunk_of(line: &[u8]) -> Option<u64> {
    let mut words = line.split(|byte| *byte == b' ');
    let verb = words.next().unwrap_or_default();
    let size = words.next().filter(|size| !size.is_empty())?;
    verb.eq_ignore_ascii_case(b"BDAT")
        .then(|| number_of(size))?
}

/// Reads either side.
#[derive(Clone, Debug, Default)]
struct Dialogue {
    state: State,
    replies: Replies,
    /// How many messages there were of this side.
    count: u64,
    /// The last command was DATA.
    had_data: bool,
    /// Nobody told whether it was accepted.
    is_assumed: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Command,
    Reply,
    Mail,
}

impl Dialogue {
    fn command(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        let is_client = cx.sight().side == Some(Side::Client);
        if is_tls(part.bytes) || (!is_client && code_of(part.bytes).is_some()) {
            self.state = State::Reply;
            return self.reply(part, cx);
        }
        self.count += 1;
        let line = line_of(part.bytes);
        let end = part.range.end;
        if let Some(chunk) = chunk_of(line) {
            let behind = end.saturating_add(chunk);
            return Want::Message(Message::new(part.start..behind, end..behind, ""));
        }
        self.had_data = line.trim_ascii_end().eq_ignore_ascii_case(b"DATA");
        let line_end = part.last.len() - line_of(part.last).len();
        Want::Message(part.message(part.start..end - line_end as u64))
    }

    fn reply(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        let want = self.replies.take(part, cx);
        if let Want::Message(message) = &want
            && message.status == Status::Ok
        {
            // That a reply grants what was asked for need not be told.
            let code = self.replies.code();
            if matches!(code.first(), Some(b'4' | b'5')) {
                cx.post(self.count, text_of(&code));
            }
            self.count += 1;
        }
        want
    }

    fn mail(&mut self, part: &Part<'_>) -> Want {
        if part.bytes != dots::END {
            return Want::Through(dots::LINE_END);
        }
        self.count += 1;
        let mut message = part.message(part.start..part.range.start);
        message.fields = self.mark(part.start..part.range.end);
        Want::Message(message)
    }

    fn mark(&self, range: Range<u64>) -> Vec<Field> {
        let value = if self.is_assumed {
            Value::Text(ASSUMED.to_owned())
        } else {
            Value::Bytes
        };
        vec![Field::new(MAIL, range, value)]
    }
}

impl Grammar for Dialogue {
    fn begin(&mut self, start: u64, cx: &mut Cx<'_>) -> Want {
        // The server greets first, so that its reply to the nth command is its nth after that.
        let is_refused = cx.mail(self.count).is_some();
        self.is_assumed = !cx.has_counterpart();
        if std::mem::take(&mut self.had_data) && !is_refused {
            self.state = State::Mail;
            return Want::Through(dots::LINE_END);
        }
        self.state = match cx.sight().side {
            Some(Side::Server) => State::Reply,
            _ => State::Command,
        };
        self.replies.begin(start, cx)
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        match self.state {
            State::Command => self.command(part, cx),
            State::Reply => self.reply(part, cx),
            State::Mail => self.mail(part),
        }
    }

    fn waits(&self, came: u64) -> Cow<'static, str> {
        match self.state {
            State::Command => "waiting for the end of the line".into(),
            State::Reply => self.replies.waits(came),
            State::Mail => "waiting for the line of one dot".into(),
        }
    }

    fn marks(&self, start: u64) -> Vec<Field> {
        match self.state {
            State::Mail => self.mark(start..start),
            State::Command | State::Reply => Vec::new(),
        }
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        match self.state {
            State::Reply => self.replies.end(part),
            State::Command | State::Mail => None,
        }
    }
}

#[cfg(test)]
mod tests;
