//! A byte string literal of Rust (The Rust Reference, Tokens).

use super::{Literal, quoted};

pub(super) struct Rust;

impl Literal for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn key(&self) -> char {
        'r'
    }

    fn help(&self) -> &'static str {
        "select.as-rust"
    }

    fn write(&self, bytes: &[u8]) -> String {
        format!("b{}", quoted(bytes))
    }
}
