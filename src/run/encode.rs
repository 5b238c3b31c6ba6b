//! `encode`: each line a payload, written as a framing puts it on the wire. A line ends as the framing `line` has it:
//! one CR before the LF belongs to its end.

use std::fmt::Display;

use super::{Ending, Filter};
use crate::framing::Cut;

/// The longest line: a message of 16 MiB in hex, with blanks.
const LINE_MAX_BYTES: usize = 64 << 20;

/// Frames lines.
#[derive(Debug)]
pub struct Encode {
    cut: Cut,
    /// Lines are hex.
    hex: bool,
    /// The line that has begun.
    line: Vec<u8>,
    number: u64,
}

impl Encode {
    /// Frames by `cut` lines of text, or of hex.
    #[must_use]
    pub fn new(cut: Cut, hex: bool) -> Self {
        Self {
            cut,
            hex,
            line: Vec::new(),
            number: 0,
        }
    }

    /// The line is whole.
    fn line_end(&mut self, out: &mut Vec<u8>) -> Result<(), Ending> {
        self.number += 1;
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let unhexed = if self.hex {
            Some(unhex(line).map_err(|(column, why)| {
                self.failure(2, &format!("column {}: {why}", column + 1))
            })?)
        } else {
            None
        };
        let payload = unhexed.as_deref().unwrap_or(line);
        let framed = self.cut.rule.encode(payload);
        let framed = framed.map_err(|why| self.failure(1, &why))?;
        out.extend_from_slice(&framed);
        Ok(())
    }

    fn failure(&self, code: u8, why: &dyn Display) -> Ending {
        Ending::failure(code, format!("line {}: {why}", self.number))
    }
}

impl Filter for Encode {
    fn begin(&mut self, _on_terminal: bool) {}

    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Option<Ending> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = part.strip_suffix(b"\n");
            self.line.extend_from_slice(text.unwrap_or(part));
            if self.line.len() > LINE_MAX_BYTES {
                self.number += 1;
                let why = format!("longer than {LINE_MAX_BYTES} bytes");
                return Some(self.failure(2, &why));
            }
            if text.is_some()
                && let Err(ending) = self.line_end(out)
            {
                return Some(ending);
            }
        }
        None
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Ending {
        if self.line.is_empty() {
            return Ending::code(0);
        }
        self.line_end(out).err().unwrap_or_default()
    }
}

/// Bytes from pairs of hex digits, with blanks between as one likes; else the column that does not fit, and why.
fn unhex(line: &[u8]) -> Result<Vec<u8>, (usize, &'static str)> {
    let mut bytes = Vec::with_capacity(line.len() / 2);
    let mut high = None;
    for (column, byte) in line.iter().enumerate() {
        let digit = char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok());
        high = match (high, digit) {
            (None, Some(digit)) => Some(digit),
            (Some(high), Some(digit)) => {
                bytes.push(high << 4 | digit);
                None
            }
            (None, None) if byte.is_ascii_whitespace() => None,
            (Some(_), None) => return Err((column, "half a byte before it")),
            (None, None) => return Err((column, "not a hex digit")),
        };
    }
    match high {
        None => Ok(bytes),
        Some(_) => Err((line.len(), "the last byte is half")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_pairs_with_blanks_between() {
        assert_eq!(unhex(b"0d 0A6f"), Ok(vec![0x0d, 0x0a, 0x6f]));
        assert_eq!(unhex(b""), Ok(vec![]));
        assert_eq!(unhex(b"0d 0"), Err((4, "the last byte is half")));
        assert_eq!(unhex(b"0 d"), Err((1, "half a byte before it")));
        assert_eq!(unhex(b"0d,"), Err((2, "not a hex digit")));
    }
}
