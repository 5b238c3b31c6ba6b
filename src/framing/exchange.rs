//! What a message is in an exchange: it asks, or it answers, and by what the two find each other. A framing says it of
//! one message; which one answers which is found elsewhere.

use super::{Field, Message, Side, Sight, Value};

/// The part that a message has in an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// It asks, else it answers.
    pub asks: bool,
    /// What both have in common.
    pub tie: Tie,
}

/// By what a request and its answer find each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Both bear the same identifier, as it is written.
    Id(String),
    /// By their order: the first answer is that of the first request.
    Turn,
}

impl Tie {
    /// That identifier.
    pub(super) fn of(id: &str) -> Self {
        Self::Id(id.to_owned())
    }
}

impl Exchange {
    /// Of protocols that answer in the order in which they were asked: who connected asks.
    pub(super) fn in_turn(sight: Sight) -> Option<Self> {
        Some(Self {
            asks: sight.side? == Side::Client,
            tie: Tie::Turn,
        })
    }

    /// By what a field at the top of a message says, or one of those within it.
    pub(super) fn by(asks: bool, message: &Message, name: &str) -> Option<Self> {
        let tie = Tie::Id(written(&field(message, name)?.value)?);
        Some(Self { asks, tie })
    }

    /// The same, where who connected asks.
    pub(super) fn by_side(sight: Sight, message: &Message, name: &str) -> Option<Self> {
        Self::by(sight.side? == Side::Client, message, name)
    }
}

/// The first field of that name at the top of a message, or one level below.
pub(super) fn field<'m>(message: &'m Message, name: &str) -> Option<&'m Field> {
    let near = message.walk().filter(|(depth, _)| *depth < 2);
    near.map(|(_, field)| field)
        .find(|field| field.name == name)
}

/// The number that such a field has.
pub(super) fn number(message: &Message, name: &str) -> Option<i128> {
    match field(message, name)?.value {
        Value::Number(number) | Value::Named(number, _) => Some(number),
        _ => None,
    }
}

fn written(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) | Value::Named(number, _) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Word(_) | Value::Bytes => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::{cut, run_as};

    /// What the first message of these bytes is, sent by that side: `? 5` asks, `! 5` answers, `? ·` in turn.
    fn check(rule: &str, side: Side, bytes: &[u8], expected: &str) {
        let rule = cut(rule);
        let sight = Sight {
            side: Some(side),
            datagrams: false,
        };
        let messages = run_as(&rule, bytes, &[bytes.len()], sight);
        let exchange = rule.exchange(messages.first().unwrap(), sight);
        let found = exchange.map_or_else(String::new, |exchange| {
            let sign = if exchange.asks { '?' } else { '!' };
            match exchange.tie {
                Tie::Id(id) => format!("{sign} {id}"),
                Tie::Turn => format!("{sign} ·"),
            }
        });
        assert_eq!(found, expected, "{} {side:?}", rule.words());
    }

    #[test]
    fn framings_know_what_asks_what_answers_and_by_what_they_find_each_other() {
        use Side::{Client, Server};
        let dns = |flags: u8| [0, 12, 0, 7, flags, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let modbus = [0, 5, 0, 0, 0, 2, 1, 3];
        let call = |kind: u8| [128, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, kind];
        let diameter = |flags: u8| {
            [
                1, 0, 0, 20, flags, 0, 1, 24, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 9,
            ]
        };
        let rows: &[(&str, Side, &[u8], &str)] = &[
            ("resp", Client, b"*1\r\n$4\r\nPING\r\n", "? ·"),
            ("resp", Server, b"+PONG\r\n", "! ·"),
            ("resp", Server, b">1\r\n+news\r\n", ""),
            ("resp max 100", Server, b"+PONG\r\n", "! ·"),
            ("http1", Client, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "? ·"),
            ("http1", Server, b"HTTP/1.1 204 No Content\r\n\r\n", "! ·"),
            ("http1", Server, b"HTTP/1.1 100 Continue\r\n\r\n", ""),
            ("dns", Client, &dns(0), "? 7"),
            ("dns", Server, &dns(0x80), "! 7"),
            ("modbus", Client, &modbus, "? 5"),
            ("modbus", Server, &modbus, "! 5"),
            ("sunrpc", Client, &call(0), "? 9"),
            ("sunrpc", Server, &call(1), "! 9"),
            ("diameter", Server, &diameter(0x80), "? 8"),
            ("diameter", Client, &diameter(0), "! 8"),
            ("imap", Client, b"a1 NOOP\r\n", "? a1"),
            ("imap", Server, b"a1 OK done\r\n", "! a1"),
            ("imap", Server, b"* 3 EXISTS\r\n", ""),
            ("ber", Client, b"\x30\x05\x02\x01\x04\x42\x00", "? 4"),
            ("line then resp", Client, b"AUTH x\r\n", ""),
            ("line", Client, b"hello\r\n", ""),
            (
                "lsp",
                Server,
                b"Content-Length: 22\r\n\r\n{\"id\":1,\"method\":\"ask\"}",
                "? 1",
            ),
            (
                "lsp",
                Server,
                b"Content-Length: 20\r\n\r\n{\"id\":1,\"result\":[2]}",
                "! 1",
            ),
            (
                "lsp",
                Server,
                b"Content-Length: 16\r\n\r\n{\"method\":\"tell\"}",
                "",
            ),
        ];
        for (rule, side, bytes, expected) in rows {
            check(rule, *side, bytes, expected);
        }
    }
}
