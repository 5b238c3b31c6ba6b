//! A line of our own language that sends the bytes again: `send 00 05 "hello"`.

use super::Literal;
use crate::expr::Expr;

pub(super) struct Send;

impl Literal for Send {
    fn name(&self) -> &'static str {
        "send"
    }

    fn key(&self) -> char {
        's'
    }

    fn help(&self) -> &'static str {
        "select.as-send"
    }

    fn write(&self, bytes: &[u8]) -> String {
        format!("send {}", Expr::from_bytes(bytes))
    }
}
