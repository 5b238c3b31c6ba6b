//! `http-chunked`: bodies in the chunked coding of HTTP/1.1 (RFC 9112, 7.1), one after the other, without their heads.

use std::borrow::Cow;

use super::dissect::Dissect;
use super::grammar::{Grammar, Part, Want};
use super::http1::{Chunks, Progress, join, name};
use super::reader::Reader;
use super::{Cx, Decoder, Framing, Message, Rule, Sight, Status};
use crate::words::{Complaint, Words};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct HttpChunked;

impl Framing for HttpChunked {
    fn name(&self) -> &'static str {
        "http-chunked"
    }

    fn usage(&self) -> &'static str {
        "http-chunked"
    }

    fn help(&self) -> &'static str {
        "chunks of HTTP/1.1 up to the empty one, joined"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for HttpChunked {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Bodies(Chunks::default())))
    }

    /// One chunk and the empty one.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let end = b"0\r\n\r\n";
        if payload.is_empty() {
            return Ok(end.to_vec());
        }
        let size = format!("{:x}\r\n", payload.len());
        Ok([size.as_bytes(), payload, b"\r\n", end].concat())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let (words, has_bare) = name(&mut dissect);
        let bare = if has_bare { ", bare LF" } else { "" };
        message.note = format!("{words}{bare}").into();
        message.fields = dissect.finish();
    }

    /// The data of the chunks, joined.
    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        match message.status {
            Status::Ok | Status::Partial { .. } => join(bytes),
            Status::Bad { .. } | Status::Skipped { .. } => message.payload_in(bytes).to_vec(),
        }
    }
}

#[derive(Clone, Debug)]
struct Bodies(Chunks);

impl Grammar for Bodies {
    fn begin(&mut self, _start: u64, _cx: &mut Cx<'_>) -> Want {
        self.0 = Chunks::default();
        Chunks::want()
    }

    fn take(&mut self, part: &Part<'_>, _cx: &mut Cx<'_>) -> Want {
        match self.0.take(part) {
            Progress::Wants(want) => want,
            Progress::Whole => Want::Message(part.message(part.start..part.range.end)),
            Progress::Broken(flaw) => Want::Broken(flaw),
        }
    }

    fn waits(&self, came: u64) -> Cow<'static, str> {
        self.0.waits(came).into()
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields, cut};

    #[test]
    fn bodies_one_after_the_other() {
        check(
            "http-chunked",
            b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n0\r\n\r\n5\r\nhe",
            &[
                r"0..21 2 chunks, 6 bytes: 5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
                r"21..26 0 chunks, 0 bytes: 0\r\n\r\n",
                r"26..31 partial, waiting for 3 bytes of a chunk (1 chunk, 5 bytes so far): 5\r\nhe",
            ],
        );
        check(
            "http-chunked",
            b"0\n\n1\r\naX\r\n",
            &[
                r"0..3 0 chunks, 0 bytes, bare LF: 0\n\n",
                "3..10 bad at 7: no CRLF behind the data of a chunk",
            ],
        );
        check(
            "http-chunked max 8",
            b"3\r\nabc\r\n0\r\n\r\n0\r\n\r\n",
            &[
                "0..13 bad at 8: longer than the limit of 8 bytes",
                r"13..18 0 chunks, 0 bytes: 0\r\n\r\n",
            ],
        );
    }

    #[test]
    fn one_chunk_and_the_empty_one() {
        let rule = cut("http-chunked").rule;
        assert_eq!(
            rule.encode(&[b'a'; 10]).unwrap(),
            b"a\r\naaaaaaaaaa\r\n0\r\n\r\n"
        );
        assert_eq!(rule.encode(b"").unwrap(), b"0\r\n\r\n");
    }

    #[test]
    fn fields() {
        check_fields(
            "http-chunked",
            b"2;x\r\nab\r\n0\r\nSum: 1\r\n\r\n",
            &[
                "0..9 chunk",
                "  0..1 size 2",
                r#"  1..3 extension ";x""#,
                "  5..7 data",
                "9..12 chunk",
                "  9..10 size 0",
                "12..22 trailers",
                r#"  12..18 sum "1""#,
            ],
        );
    }
}
