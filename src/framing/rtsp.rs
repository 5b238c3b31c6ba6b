//! `rtsp`: the Real-Time Streaming Protocol (RFC 7826; RFC 2326), with the binary frames that stand between its
//! messages (RFC 7826, 14).

use super::dissect::Dissect;
use super::headed::{Dialect, Headed, request_or_status, text_in, told};
use super::reader::Reader;
use super::{Decoder, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

const PROTOCOL: &[u8] = b"RTSP/";

static DIALECT: Dialect = Dialect {
    refusal: "neither a request nor a status line of RTSP, nor a frame",
    is_start: |line| {
        let last = line.rsplit(|byte| *byte == b' ').next();
        line.starts_with(PROTOCOL) || last.is_some_and(|word| word.starts_with(PROTOCOL))
    },
    idle: "empty line",
    lengths: &[b"content-length"],
    ends_in_nul: false,
    has_frames: true,
};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rtsp;

impl Framing for Rtsp {
    fn name(&self) -> &'static str {
        "rtsp"
    }

    fn usage(&self) -> &'static str {
        "rtsp"
    }

    fn help(&self) -> &'static str {
        "RTSP: a request or status line, headers, a body; and the frames of channels between them"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Rtsp {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Headed::new(&DIALECT)))
    }

    fn encode(&self, _payload: &[u8]) -> Result<Vec<u8>, String> {
        Err("an RTSP message needs its start line and headers: write it whole".to_owned())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        if bytes.starts_with(b"$") {
            if let Some(note) = frame(&mut dissect) {
                message.note = note.into();
            }
            message.fields = dissect.finish();
            return;
        }
        let line = told(&mut dissect, "start line", |dissect| {
            request_or_status(dissect, PROTOCOL)
        });
        message.fields = dissect.finish();
        if let Some(line) = line {
            let sequence = text_in(&message.fields, &["cseq"]);
            let sequence = sequence.map(|cseq| format!(", CSeq {cseq}"));
            message.note = format!("{line}{}", sequence.unwrap_or_default()).into();
        }
    }
}

fn frame(dissect: &mut Dissect<'_>) -> Option<String> {
    dissect.skip(1)?;
    let channel = dissect.number("channel", 1)?;
    let length = dissect.number("length", 2)?;
    let rest = dissect.rest().len();
    if rest > 0 {
        dissect.bytes("data", rest)?;
    }
    Some(format!("channel {channel}, len {length}"))
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    #[test]
    fn messages_and_frames() {
        check(
            "rtsp",
            b"DESCRIBE rtsp://a/b RTSP/1.0\r\nCSeq: 2\r\n\r\n\r\n$\x01\0\x02ab\n\
            RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 1\r\n\r\nv$\0\0\x03a",
            &[
                "0..41 DESCRIBE rtsp://a/b, CSeq 2: ",
                "41..43 skipped: empty line",
                "43..49 channel 1, len 2: ab",
                "49..50 skipped: empty line",
                "50..98 200 OK, CSeq 2: v",
                "98..103 partial -2, waiting for 2 more bytes (channel 0, len 3): a",
            ],
        );
    }

    #[test]
    fn what_breaks_the_rule() {
        check(
            "rtsp",
            b"GET / HTTP/1.1\r\n\r\n",
            &["0..18 bad at 0: neither a request nor a status line of RTSP, nor a frame"],
        );
        check(
            "rtsp max 5",
            b"$\0\0\x02ab$\0\0\0",
            &[
                "0..6 bad at 0: a message of 6 bytes, over the limit of 5",
                "6..10 channel 0, len 0: ",
            ],
        );
        check(
            "rtsp",
            b"$\0",
            &[r"0..2 partial, waiting for the length of the frame: $\x00"],
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "rtsp",
            b"$\x01\0\x02abPLAY * RTSP/1.0\r\nCSeq: 3\r\n\r\n",
            &[
                "1..2 channel 1",
                "2..4 length 2",
                "4..6 data",
                "6..21 start line",
                r#"  6..10 method "PLAY""#,
                r#"  11..12 uri "*""#,
                r#"  13..21 version "RTSP/1.0""#,
                r#"23..30 cseq "3""#,
            ],
        );
    }
}
