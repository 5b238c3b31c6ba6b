//! Pairs of hex digits with blanks between, as `xxd -r -p`, our composer and most other tools read them.

use super::Literal;
use crate::hexdump;

pub(super) struct Hex;

impl Literal for Hex {
    fn name(&self) -> &'static str {
        "hex"
    }

    fn key(&self) -> char {
        'h'
    }

    fn help(&self) -> &'static str {
        "select.as-hex"
    }

    fn write(&self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len() * 3);
        for (at, byte) in bytes.iter().enumerate() {
            if at > 0 {
                text.push(' ');
            }
            text.push_str(hexdump::hex(*byte));
        }
        text
    }
}
