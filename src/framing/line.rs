//! `line`: text lines ended by LF or CRLF; of `\r\r\n` one CR stays in the line. The scanning is that of `delim`.

use super::delim::{Delims, Scanner};
use super::{Decoder, Framing, Rule};
use crate::words::{Complaint, Words};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line;

impl Framing for Line {
    fn name(&self) -> &'static str {
        "line"
    }

    fn usage(&self) -> &'static str {
        "line"
    }

    fn help(&self) -> &'static str {
        "a line ended by LF or CRLF, without that end"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Line {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        let ends = [b"\r\n".to_vec(), b"\n".to_vec()];
        Box::new(Scanner::new(Delims::new(
            ends,
            false,
            "line",
            "waiting for the end of the line",
        )))
    }

    /// Ends in LF, and in CRLF where the payload's own CR would be taken for a part of the end.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        if payload.contains(&b'\n') {
            return Err("a line cannot hold a line feed".to_owned());
        }
        let end: &[u8] = if payload.ends_with(b"\r") {
            b"\r\n"
        } else {
            b"\n"
        };
        Ok([payload, end].concat())
    }
}
