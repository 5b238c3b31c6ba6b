//! `sip`: the Session Initiation Protocol over streams and datagrams (RFC 3261, 7 and 18.3). Line ends between messages
//! are keep-alives (RFC 5626, 4.4.1).

use super::dissect::Dissect;
use super::headed::{Dialect, Headed, request_or_status, text_in, told};
use super::reader::Reader;
use super::{Decoder, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

const PROTOCOL: &[u8] = b"SIP/";

static DIALECT: Dialect = Dialect {
    refusal: "neither a request nor a status line of SIP",
    is_start: |line| {
        let last = line.rsplit(|byte| *byte == b' ').next();
        line.starts_with(PROTOCOL) || last.is_some_and(|word| word.starts_with(PROTOCOL))
    },
    idle: "keep-alive",
    lengths: &[b"content-length", b"l"],
    ends_in_nul: false,
    has_frames: false,
};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sip;

impl Framing for Sip {
    fn name(&self) -> &'static str {
        "sip"
    }

    fn usage(&self) -> &'static str {
        "sip"
    }

    fn help(&self) -> &'static str {
        "SIP: a request or status line, headers, a body"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Sip {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Headed::new(&DIALECT)))
    }

    fn encode(&self, _payload: &[u8]) -> Result<Vec<u8>, String> {
        Err("a SIP message needs its start line and headers: write it whole".to_owned())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let line = told(&mut dissect, "start line", |dissect| {
            request_or_status(dissect, PROTOCOL)
        });
        message.fields = dissect.finish();
        if let Some(line) = line {
            let about = |names| text_in(&message.fields, names);
            let sequence = about(&["cseq"]).map(|cseq| format!(", CSeq {cseq}"));
            let call = about(&["call-id", "i"]).map(|call| format!(", call {call}"));
            let [sequence, call] = [sequence, call].map(Option::unwrap_or_default);
            message.note = format!("{line}{sequence}{call}").into();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields, cut, picture, run_as};
    use crate::framing::{Side, Sight};

    #[test]
    fn requests_replies_and_keep_alives() {
        check(
            "sip",
            b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 7\r\nCSeq: 1 OPTIONS\r\nl: 2\r\n\r\nhi\r\n\
            \r\nSIP/2.0 200 OK\r\ni: 7\r\n\r\n",
            &[
                "0..64 OPTIONS sip:a@b, CSeq 1 OPTIONS, call 7: hi",
                "64..66 skipped: keep-alive",
                "66..68 skipped: keep-alive",
                "68..92 200 OK, call 7: ",
            ],
        );
    }

    #[test]
    fn what_is_not_whole() {
        check(
            "sip",
            b"INVITE sip:a SIP/2.0\r\nContent-Length: 9\r\n\r\nabc",
            &["0..46 partial -6, waiting for 6 more bytes (INVITE sip:a): abc"],
        );
        check(
            "sip",
            b"INVITE sip:a SIP/2.0\r\nCont",
            &[
                r"0..26 partial, waiting for the end of the headers (INVITE sip:a): INVITE sip:a SIP/2.0\r\nCont",
            ],
        );
        check(
            "sip",
            b"INVITE si",
            &["0..9 partial, waiting for the start line: INVITE si"],
        );
    }

    #[test]
    fn what_breaks_the_rule() {
        let refusal = "neither a request nor a status line of SIP";
        check(
            "sip",
            b"hello\r\nSIP/2.0 200 OK\r\n\r\n",
            &[&format!("0..25 bad at 0: {refusal}")],
        );
        let head = b"SIP/2.0 200 OK\r\n";
        let with = |rest: &[u8]| [head, rest].concat();
        check(
            "sip",
            &with(b"Content-Length: 1x\r\n\r\n"),
            &["0..38 bad at 16: `1x` is no length"],
        );
        check(
            "sip",
            &with(b"l: 1\r\nl: 2\r\n\r\n"),
            &["0..30 bad at 22: two lengths, 1 and 2"],
        );
        check(
            "sip",
            &with(b"l: 99999999999999999999\r\n\r\n"),
            &["0..43 bad at 16: `99999999999999999999` is no length"],
        );
        check(
            "sip max 30",
            &with(b"l: 9\r\n\r\n123456789SIP/2.0 1 a\r\n\r\n"),
            &[
                "0..33 bad at 0: a message of 33 bytes, over the limit of 30",
                "33..48 1 a: ",
            ],
        );
        let long = with(&vec![b'a'; 70_000]);
        let long = [&long, &b"\n"[..]].concat();
        check(
            "sip",
            &long,
            &["0..70017 bad at 65536: a head of more than 65536 bytes"],
        );
    }

    #[test]
    fn a_datagram_is_one_message() {
        let check = |stream: &[u8], expected| {
            let sight = Sight {
                side: Some(Side::Client),
                datagrams: true,
            };
            let messages = run_as(&cut("sip"), stream, &[stream.len()], sight);
            assert_eq!(picture(stream, &messages), expected);
        };
        check(b"SIP/2.0 1 a\r\n\r\nxy", "0..17 1 a: xy\n");
        check(
            b"SIP/2.0 1 a\r\nl:1\r\n\r\nxy",
            "0..21 1 a: x\n21..22 skipped: behind the end of the message\n",
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "sip",
            b"SIP/2.0 486 Busy Here\r\nCSeq: 2 INVITE\r\nContent-Length: 1\r\n\r\nx",
            &[
                "0..21 start line",
                r#"  0..7 version "SIP/2.0""#,
                "  8..11 status 486 Busy Here",
                r#"23..37 cseq "2 INVITE""#,
                r#"39..56 content-length "1""#,
                r#"60..61 body "x""#,
            ],
        );
    }
}
