//! The decoder of every framing whose head tells how long the message is: it counts, skips what is too long, and gives
//! up where no end can be known. What a head looks like is the framing's.

use std::fmt::Debug;

use super::message::byte_count;
use super::{Cx, Decoder, Flaw, Message, Status, Unfinished};

/// The head of a message, read byte by byte; cloned fresh for each message.
pub(super) trait Head: Clone + Debug + 'static {
    /// Takes the next byte, which stands at `at`, of the message that begins at `start`.
    fn take(&mut self, byte: u8, at: u64, start: u64) -> Told;

    /// What the head still waits for, in words.
    fn waits(&self) -> String;

    /// The byte that every whole message ends with, if there is one.
    fn last(&self) -> Option<u8> {
        None
    }

    /// Why a message is longer than `max`, and what shows it.
    fn too_long(&self, message: &Message, max: u64) -> Flaw {
        Flaw {
            why: over(message.bytes(), max),
            at: message.range.start,
        }
    }
}

/// What a head tells.
#[derive(Debug)]
pub(super) enum Told {
    /// Nothing yet.
    More,
    /// The message, whose end may be still to come; bad where its end is known and it is none.
    All(Message),
    /// That no end can be known, and why.
    Nothing(String),
}

/// Cuts by heads.
#[derive(Clone, Debug)]
pub(super) struct Sized<H> {
    fresh: H,
    head: H,
    /// The first byte of the message, once there is one.
    start: u64,
    at: u64,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Head,
    Body(Message),
    Broken(Flaw),
}

impl<H: Head> Sized<H> {
    /// At the beginning of a message.
    pub(super) fn new(head: H) -> Self {
        Self {
            fresh: head.clone(),
            head,
            start: 0,
            at: 0,
            state: State::Head,
        }
    }

    fn is_between(&self) -> bool {
        self.start == self.at
    }

    fn take(&mut self, byte: u8, cx: &mut Cx) {
        let told = self.head.take(byte, self.at, self.start);
        self.at += 1;
        match told {
            Told::More => {}
            Told::Nothing(why) => {
                self.state = State::Broken(Flaw {
                    why,
                    at: self.at - 1,
                });
            }
            Told::All(message) => {
                let fits = message.status != Status::Ok || message.bytes() <= cx.max();
                let flaw = (!fits).then(|| self.head.too_long(&message, cx.max()));
                self.state = State::Body(match flaw {
                    Some(flaw) => message.spoiled(flaw),
                    None => message,
                });
                self.close(byte, cx);
            }
        }
    }

    /// Leaves the message if its last byte has come, which is `byte`.
    fn close(&mut self, byte: u8, cx: &mut Cx) {
        let State::Body(message) = &self.state else {
            return;
        };
        if message.range.end > self.at {
            return;
        }
        let expected = self
            .head
            .last()
            .filter(|last| message.status == Status::Ok && *last != byte);
        if let Some(last) = expected {
            let why = format!("the message ends in {byte:02x}, not in {last:02x}");
            self.state = State::Broken(Flaw {
                why,
                at: self.at - 1,
            });
        } else if let State::Body(message) = std::mem::replace(&mut self.state, State::Head) {
            self.head = self.fresh.clone();
            self.start = self.at;
            cx.emit(message);
        }
    }
}

impl<H: Head> Decoder for Sized<H> {
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx) {
        if self.is_between() {
            self.start = cx.at();
        }
        self.at = cx.at();
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            match &self.state {
                State::Head => {
                    self.take(byte, cx);
                    rest = behind;
                }
                State::Body(message) => {
                    let missing =
                        usize::try_from(message.range.end - self.at).unwrap_or(usize::MAX);
                    let (now, later) = rest.split_at(missing.min(rest.len()));
                    self.at += now.len() as u64;
                    rest = later;
                    self.close(now.last().copied().unwrap_or_default(), cx);
                }
                State::Broken(_) => {
                    self.at += rest.len() as u64;
                    return;
                }
            }
        }
    }

    fn unfinished(&self) -> Option<Unfinished> {
        if self.is_between() {
            return None;
        }
        Some(match &self.state {
            State::Head => Unfinished::waiting(self.start, None, self.head.waits()),
            State::Broken(flaw) => Unfinished::broken(self.start, flaw.clone()),
            State::Body(message) => {
                let need = message.range.end - self.at;
                let flaw = match &message.status {
                    Status::Bad { why, at } => Some(Flaw {
                        why: why.clone(),
                        at: *at,
                    }),
                    _ => None,
                };
                let note = match flaw {
                    Some(_) => String::new(),
                    None => format!(
                        "waiting for {need} more {} ({})",
                        if need == 1 { "byte" } else { "bytes" },
                        message.note
                    ),
                };
                Unfinished {
                    start: self.start,
                    payload: message.payload.start,
                    need: Some(need),
                    note,
                    fields: message.fields.clone(),
                    flaw,
                }
            }
        })
    }

    fn fork(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// Why that many bytes are too many.
pub(super) fn over(bytes: u64, max: u64) -> String {
    format!(
        "a message of {}, over the limit of {max}",
        byte_count(bytes)
    )
}
