//! `stomp`: frames of a command, headers and a body, ended by NUL (STOMP 1.2). Line ends between frames are
//! heart-beats.

use super::dissect::{Dissect, text_of};
use super::headed::{Dialect, Headed, text_in, told};
use super::reader::Reader;
use super::{Decoder, Framing, Message, Rule, Sight};
use crate::words::{Complaint, Words};

/// The headers of which the note tells the first that is there.
const TELLING: &[&str] = &[
    "destination",
    "message",
    "receipt-id",
    "version",
    "accept-version",
    "id",
    "transaction",
];

static DIALECT: Dialect = Dialect {
    refusal: "no command of STOMP",
    is_start: |line| line.iter().all(u8::is_ascii_uppercase),
    idle: "heart-beat",
    lengths: &[b"content-length"],
    ends_in_nul: true,
    has_frames: false,
};

/// The row, and the rule: it has no parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stomp;

impl Framing for Stomp {
    fn name(&self) -> &'static str {
        "stomp"
    }

    fn usage(&self) -> &'static str {
        "stomp"
    }

    fn help(&self) -> &'static str {
        "STOMP: a command, headers, a body, and NUL"
    }

    fn parse(&self, _words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint> {
        Ok(Box::new(*self))
    }
}

impl Rule for Stomp {
    fn words(&self) -> String {
        self.name().to_owned()
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(Reader::new(Headed::new(&DIALECT)))
    }

    fn encode(&self, _payload: &[u8]) -> Result<Vec<u8>, String> {
        Err("a STOMP frame needs its command and headers: write it whole".to_owned())
    }

    fn dissect(&self, message: &mut Message, bytes: &[u8], _sight: Sight) {
        let mut dissect = Dissect::new(message, bytes);
        let command = told(&mut dissect, "frame", |dissect| {
            let width = dissect.rest().len();
            dissect.text("command", width)
        });
        message.fields = dissect.finish();
        if let Some(command) = command.filter(|command| !command.is_empty()) {
            let about = |name: &&str| text_in(&message.fields, &[name]);
            let about = TELLING.iter().find_map(about);
            let about = about.map(|text| format!(" {text}")).unwrap_or_default();
            message.note = format!("{}{about}", text_of(command)).into();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::{check, check_fields};

    #[test]
    fn frames_and_heart_beats() {
        check(
            "stomp",
            b"SEND\ndestination:/q/a\n\nhi\0\n\r\nERROR\r\nmessage:no\r\ncontent-length:3\r\n\r\na\0b\0",
            &[
                "0..26 SEND /q/a: hi",
                "26..27 skipped: heart-beat",
                "27..29 skipped: heart-beat",
                r"29..72 ERROR no: a\x00b",
            ],
        );
    }

    #[test]
    fn what_is_not_whole() {
        check(
            "stomp",
            b"SEND\ndestination:/q\ncontent-length:3\n\na",
            &["0..39 partial -3, waiting for 3 more bytes (SEND /q): a"],
        );
        check(
            "stomp",
            b"SEND\n\nab",
            &[r"0..8 partial, waiting for the NUL (SEND): SEND\n\nab"],
        );
    }

    #[test]
    fn what_breaks_the_rule() {
        check(
            "stomp",
            b"GET / HTTP/1.1\r\n",
            &["0..16 bad at 0: no command of STOMP"],
        );
        check(
            "stomp",
            b"SEND\ncontent-length:1\n\nab\0",
            &["0..26 bad at 24: the body ends in no NUL: its length is wrong"],
        );
        // Of repeated headers the first holds.
        check(
            "stomp",
            b"SEND\ncontent-length:1\ncontent-length:9\n\na\0",
            &["0..42 SEND: a"],
        );
        check(
            "stomp max 9",
            b"SEND\n\nabcd\0ACK\nid:1\n\n\0",
            &[
                "0..11 bad at 9: longer than the limit of 9 bytes",
                "11..22 bad at 20: longer than the limit of 9 bytes",
            ],
        );
    }

    #[test]
    fn fields() {
        check_fields(
            "stomp",
            b"MESSAGE\nmessage-id:7\n\n\xff\0",
            &[
                "0..7 frame",
                r#"  0..7 command "MESSAGE""#,
                r#"8..20 message-id "7""#,
                "22..23 body",
            ],
        );
    }
}
