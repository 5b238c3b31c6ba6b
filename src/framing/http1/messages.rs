//! The cut of HTTP/1 (RFC 9112): head line by line, then the body as the head and the request in the other direction
//! tell. Each direction tells the other only what is out of the ordinary.

use std::borrow::Cow;
use std::sync::Arc;

use super::super::grammar::{Grammar, PART_MAX_BYTES, Part, Want};
use super::super::lines::{Line, Lines};
use super::super::{Cx, Message, Side};
use super::chunks::{Chunks, Progress};
use super::head::{Body, Fault, Head, Method, Role, Start, role_of};

/// What a request tells the responses of itself.
const HEAD: &str = "HEAD";
const CONNECT: &str = "CONNECT";
const UPGRADE: &str = "upgrade";

/// What a response tells the requests of the one that it answers.
const SWITCHED: &str = "switched";
const DECLINED: &str = "declined";

/// Why the rest is none of its messages.
const FOREIGN: &str = "the next protocol's";

/// Why responses are read as they are, where only the other direction could tell.
const ASSUMED: &str = "no request seen: assumed GET";

/// Reads the messages of one direction.
#[derive(Clone, Debug)]
pub(super) struct Messages {
    /// By words, or else by the first message.
    role: Option<Role>,
    /// The methods of the requests by words; the last is that of all others, too.
    methods: Arc<[Method]>,
    expects: Expects,
    lines: Lines,
    /// The line is the empty one that ends the head.
    is_last: bool,
    /// Requests or final responses so far.
    nth: u64,
    /// The request that asked to go on in another protocol, until it is known what became of that.
    asked: Option<u64>,
    after: After,
    /// The first byte of the body, once that is known.
    payload: Option<u64>,
    note: &'static str,
}

#[derive(Clone, Debug)]
enum Expects {
    /// What may stand before a message and means nothing.
    Blank,
    Start,
    Field(Head),
    Chunks(Chunks),
    Rest,
}

/// What follows the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Another,
    Nothing,
    Foreign,
}

impl Messages {
    pub(super) fn new(role: Option<Role>, methods: Arc<[Method]>) -> Self {
        Self {
            role,
            methods,
            expects: Expects::Blank,
            lines: Lines::default(),
            is_last: false,
            nth: 0,
            asked: None,
            after: After::Another,
            payload: None,
            note: "",
        }
    }

    /// The first byte of the first line has come, or one that may stand before it.
    fn blank(&mut self, part: &Part<'_>) -> Want {
        if self.after == After::Nothing {
            return Want::broken(
                "more behind a message that closes the connection",
                part.start,
            );
        }
        if !part.bytes.is_empty() {
            let why = "empty lines before a message";
            return Want::Message(Message::skipped(part.start..part.range.end, why));
        }
        self.expects = Expects::Start;
        self.lines = Lines::default();
        Lines::want()
    }

    fn start(&mut self, part: &Part<'_>, cx: &Cx<'_>) -> Want {
        self.expects = Expects::Start;
        let flaw = match self.lines.take(part) {
            Line::Text(line, want) => match Head::read(line, self.role(line, cx)) {
                Ok(head) => {
                    self.role.get_or_insert(role_of(line));
                    self.asked = None;
                    self.expects = Expects::Field(head);
                    return want;
                }
                Err(fault) => broken(part, fault),
            },
            Line::Over => return Lines::want(),
            Line::Goes(want) => return want,
            Line::Broken(flaw) => Want::Broken(flaw),
        };
        if self.asked.is_none() {
            return flaw;
        }
        // It asked for another protocol, and this is no request: the other protocol has begun.
        self.after = After::Foreign;
        Want::Foreign(FOREIGN)
    }

    /// By words, by side, by the messages before, or else by the line itself.
    fn role(&self, line: &[u8], cx: &Cx<'_>) -> Role {
        let side = cx.sight().side.map(|side| match side {
            Side::Client => Role::Request,
            Side::Server => Role::Response,
        });
        self.role.or(side).unwrap_or_else(|| role_of(line))
    }

    fn field(&mut self, mut head: Head, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        let want = match self.lines.take(part) {
            Line::Text(line, want) => {
                self.is_last = line.is_empty();
                if !self.is_last
                    && let Err(fault) = head.field(line)
                {
                    return broken(part, fault);
                }
                want
            }
            Line::Over if self.is_last => {
                self.is_last = false;
                return match self.body(&head, cx) {
                    Ok(body) => self.carry(body, part),
                    Err(why) => Want::broken(why, part.start),
                };
            }
            Line::Over => Lines::want(),
            Line::Goes(want) => want,
            Line::Broken(flaw) => return Want::Broken(flaw),
        };
        self.expects = Expects::Field(head);
        want
    }

    /// The head is whole: what body it has, and what follows it.
    fn body(&mut self, head: &Head, cx: &mut Cx<'_>) -> Result<Body, String> {
        let nth = self.nth;
        self.note = "";
        self.after = After::Another;
        match head.start() {
            Start::Request(method) => {
                let body = head.body(method)?;
                self.nth += 1;
                self.request(nth, method, head, cx);
                Ok(body)
            }
            Start::Response(100 | 102..=199) => Ok(Body::None),
            Start::Response(status) => {
                let (to, asked) = self.method(nth, cx);
                let body = head.body(to)?;
                self.nth += 1;
                if status == 101 || (to == Method::Connect && (200..=299).contains(&status)) {
                    self.after = After::Foreign;
                    cx.post(nth, SWITCHED);
                } else {
                    if asked {
                        cx.post(nth, DECLINED);
                    }
                    self.close(head);
                }
                let is_known =
                    !self.methods.is_empty() || cx.has_counterpart() || cx.sight().datagrams;
                if !is_known && !matches!(body, Body::None | Body::Length(0)) {
                    self.note = ASSUMED;
                }
                Ok(body)
            }
        }
    }

    fn request(&mut self, nth: u64, method: Method, head: &Head, cx: &mut Cx<'_>) {
        if head.asks_to_switch() {
            self.asked = Some(nth);
        } else {
            self.close(head);
        }
        match method {
            Method::Head => cx.post(nth, HEAD),
            Method::Connect => cx.post(nth, CONNECT),
            Method::Other if head.asks_to_switch() => cx.post(nth, UPGRADE),
            Method::Other => {}
        }
    }

    fn close(&mut self, head: &Head) {
        if head.closes() {
            self.after = After::Nothing;
        }
    }

    /// The method of the request that the response answers, and whether that asked for another protocol.
    fn method(&mut self, nth: u64, cx: &Cx<'_>) -> (Method, bool) {
        let (to, asked) = match cx.mail(nth) {
            Some(HEAD) => (Method::Head, false),
            Some(CONNECT) => (Method::Connect, true),
            Some(UPGRADE) => (Method::Other, true),
            _ => (Method::Other, false),
        };
        let at = usize::try_from(nth).unwrap_or(usize::MAX);
        let told = self.methods.get(at).or(self.methods.last());
        (told.copied().unwrap_or(to), asked)
    }

    /// What is wanted for a body that begins behind the part.
    fn carry(&mut self, body: Body, part: &Part<'_>) -> Want {
        let start = part.range.end;
        let length = match body {
            Body::None => 0,
            Body::Length(length) => length,
            Body::Chunked => {
                self.payload = Some(start);
                self.expects = Expects::Chunks(Chunks::default());
                return Chunks::want();
            }
            Body::UntilClose => {
                self.payload = Some(start);
                self.expects = Expects::Rest;
                return Want::Rest;
            }
        };
        match start.checked_add(length) {
            Some(end) => Want::Message(Message::new(part.start..end, start..end, self.note)),
            None => Want::broken("a body longer than a stream can be", part.start),
        }
    }

    fn chunks(&mut self, mut chunks: Chunks, part: &Part<'_>) -> Want {
        match chunks.take(part) {
            Progress::Wants(want) => {
                self.expects = Expects::Chunks(chunks);
                want
            }
            Progress::Whole => {
                let start = self.payload.unwrap_or(part.start);
                Want::Message(Message::new(
                    part.start..part.range.end,
                    start..part.range.end,
                    self.note,
                ))
            }
            Progress::Broken(flaw) => Want::Broken(flaw),
        }
    }
}

impl Grammar for Messages {
    fn begin(&mut self, _start: u64, cx: &mut Cx<'_>) -> Want {
        self.payload = None;
        self.expects = Expects::Blank;
        match self.asked.and_then(|nth| cx.mail(nth)) {
            Some(SWITCHED) => self.after = After::Foreign,
            Some(DECLINED) => self.asked = None,
            _ => {}
        }
        match self.after {
            After::Foreign => Want::Foreign(FOREIGN),
            After::Another | After::Nothing => Want::While(is_line_end, PART_MAX_BYTES),
        }
    }

    fn take(&mut self, part: &Part<'_>, cx: &mut Cx<'_>) -> Want {
        match std::mem::replace(&mut self.expects, Expects::Rest) {
            Expects::Blank => self.blank(part),
            Expects::Start => self.start(part, cx),
            Expects::Field(head) => self.field(head, part, cx),
            Expects::Chunks(chunks) => self.chunks(chunks, part),
            Expects::Rest => Want::Rest,
        }
    }

    fn waits(&self, came: u64) -> Cow<'static, str> {
        match &self.expects {
            Expects::Blank => "waiting for a message".into(),
            Expects::Start => "waiting for the end of the first line".into(),
            Expects::Field(_) => "waiting for the end of the head".into(),
            Expects::Chunks(chunks) => chunks.waits(came).into(),
            Expects::Rest => "the body goes on to the end of the stream".into(),
        }
    }

    fn payload(&self) -> Option<u64> {
        self.payload
    }

    fn end(&mut self, part: &Part<'_>) -> Option<Message> {
        let range = part.start..part.range.end;
        match self.expects {
            Expects::Blank => Some(Message::skipped(range, "empty lines behind the messages")),
            Expects::Rest => {
                let payload = self.payload?..part.range.end;
                Some(Message::new(range, payload, self.note))
            }
            Expects::Start | Expects::Field(_) | Expects::Chunks(_) => None,
        }
    }
}

fn broken(part: &Part<'_>, (why, at): Fault) -> Want {
    Want::broken(why, part.range.start + at as u64)
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
