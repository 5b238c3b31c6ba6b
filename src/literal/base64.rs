//! Base64 with the standard alphabet and padding, on one line (RFC 4648, 4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Literal;

pub(super) struct Base64;

impl Literal for Base64 {
    fn name(&self) -> &'static str {
        "base64"
    }

    fn key(&self) -> char {
        'b'
    }

    fn help(&self) -> &'static str {
        "select.as-base64"
    }

    fn write(&self, bytes: &[u8]) -> String {
        STANDARD.encode(bytes)
    }
}
