//! `http1`: HTTP/1.0 and 1.1 (RFC 9112), read as a careful recipient does. What a response has for a body depends on
//! the request: that of the other direction, or as the words tell.

mod chunks;
mod head;
mod messages;
mod tell;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::reader::Reader;
use super::{Decoder, Exchange, Framing, Message, Rule, Side, Sight, Status, exchange};
use crate::words::{Complaint, Words};
use head::{Head, Method, Role};
use messages::Messages;

pub(super) use chunks::{Chunks, Progress, join, name};
pub(super) use head::{field_name, length_of};

/// The row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Http1;

impl Framing for Http1 {
    fn name(&self) -> &'static str {
        "http1"
    }

    fn usage(&self) -> &'static str {
        "http1 [request|response [to METHOD…]]"
    }

    fn help(&self) -> &'static str {
        "HTTP/1: requests and responses, their heads and bodies"
    }

    fn choices(&self, before: &[&str]) -> Option<&'static [&'static str]> {
        match before {
            [] => Some(&["request", "response"]),
            ["response"] => Some(&["to"]),
            ["response", "to", ..] => Some(&["GET", "HEAD", "POST", "PUT", "CONNECT"]),
            _ => Some(&[]),
        }
    }

    fn examples(&self) -> &'static [&'static str] {
        &[
            "http1",
            "http1 request",
            "http1 response",
            "http1 response to GET HEAD",
        ]
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        let mut methods = Vec::new();
        let role = if words.take("request") {
            Some(Role::Request)
        } else if words.take("response") {
            if words.take("to") {
                let word = words.require("a method")?;
                if !is_method(word.text) {
                    let what = format!("`{}` is no method", word.text);
                    return Err(word.complain(what, "GET, HEAD, CONNECT, in capitals"));
                }
                methods.push(word.text.to_owned());
                while let Some(word) = words.peek().filter(|word| is_method(word.text)) {
                    words.advance(word.text.len());
                    methods.push(word.text.to_owned());
                }
            }
            Some(Role::Response)
        } else {
            None
        };
        Ok(Box::new(Http { role, methods }))
    }
}

/// Whether a word is a method and none of ours, which have no capitals.
fn is_method(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
}

/// The rule.
#[derive(Clone, Debug)]
struct Http {
    role: Option<Role>,
    /// Of the requests that the responses answer, one after the other.
    methods: Vec<String>,
}

impl Rule for Http {
    fn words(&self) -> String {
        let role = match self.role {
            Some(Role::Request) => " request",
            Some(Role::Response) => " response",
            None => "",
        };
        let to = if self.methods.is_empty() { "" } else { " to " };
        format!("http1{role}{to}{}", self.methods.join(" "))
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        let methods = self.methods.iter();
        let methods: Arc<[_]> = methods.map(|name| Method::of(name.as_bytes())).collect();
        Box::new(Reader::new(Messages::new(self.role, methods)))
    }

    fn spoken_by(&self, side: Side) -> Option<Box<dyn Rule>> {
        let role = self.role.unwrap_or(match side {
            Side::Client => Role::Request,
            Side::Server => Role::Response,
        });
        let (role, methods) = (Some(role), self.methods.clone());
        Some(Box::new(Self { role, methods }))
    }

    /// A request that posts the payload, or a response that carries it.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let first = match self.role {
            Some(Role::Response) => "HTTP/1.1 200 OK\r\n",
            Some(Role::Request) | None => "POST / HTTP/1.1\r\nHost: localhost\r\n",
        };
        let to = self
            .methods
            .first()
            .filter(|to| Method::of(to.as_bytes()) != Method::Other);
        if let Some(to) = to.filter(|_| !payload.is_empty()) {
            return Err(format!("a response to {to} has no body"));
        }
        let head = format!("{first}Content-Length: {}\r\n\r\n", payload.len());
        Ok([head.as_bytes(), payload].concat())
    }

    fn exchange(&self, message: &Message, sight: Sight) -> Option<Exchange> {
        // An interim response (RFC 9110, 15.2) is not the answer yet.
        let status = exchange::number(message, tell::STATUS);
        Exchange::in_turn(sight).filter(|_| status.is_none_or(|status| status >= 200))
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        tell::tell(message, bytes);
    }

    fn is_two_sided(&self) -> bool {
        self.methods.is_empty()
    }

    /// The body, its chunks joined.
    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        let body = message.payload_in(bytes);
        let is_body = matches!(message.status, Status::Ok | Status::Partial { .. })
            && message.payload.start > message.range.start;
        let is_chunked = || Head::of(bytes).is_some_and(|(head, _)| head.is_chunked());
        if is_body && is_chunked() {
            join(body)
        } else {
            body.to_vec()
        }
    }
}
