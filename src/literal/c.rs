//! String literals of C, side by side where one would go wrong: a hex escape takes every hex digit that follows
//! (C17, 6.4.4.4), and two question marks may begin a trigraph (5.2.1.1).

use super::{Literal, push};

pub(super) struct C;

impl Literal for C {
    fn name(&self) -> &'static str {
        "c"
    }

    fn key(&self) -> char {
        'c'
    }

    fn help(&self) -> &'static str {
        "select.as-c"
    }

    fn write(&self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len() + 2);
        text.push('"');
        let mut is_open = false;
        for byte in bytes {
            if is_open && byte.is_ascii_hexdigit() {
                text.push_str("\" \"");
            }
            is_open = if *byte == b'?' {
                text.push_str("\\?");
                false
            } else {
                push(&mut text, *byte)
            };
        }
        text.push('"');
        text
    }
}
