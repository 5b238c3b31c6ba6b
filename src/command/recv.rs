//! `recv` and `reading`: bytes on their way in, once or from now on.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{Flags, Want, Wish};
use crate::words::{Complaint, Words, size};

const FLAGS: &[&str] = &["peek", "waitall", "oob"];
/// What a program asks for that does not care.
const USUAL_MAX_BYTES: u64 = 4096;
/// As many as a message may have; each such call takes a buffer of that size.
const MAX_BYTES: u64 = 16 << 20;

pub(super) struct Recv;

impl Verb for Recv {
    fn name(&self) -> &'static str {
        "recv"
    }

    fn usage(&self) -> &'static str {
        "recv [N] [peek|waitall|oob]"
    }

    fn help(&self) -> &'static str {
        "receive once, at most N bytes (4096 unless told); peek leaves them, waitall waits for all"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let mut max = USUAL_MAX_BYTES;
        if let Some(word) = words.peek().filter(|word| !FLAGS.contains(&word.text)) {
            let fits = format!("N up to 16M, {}", FLAGS.join(", "));
            max = size(word.text)
                .filter(|max| *max <= MAX_BYTES)
                .ok_or_else(|| {
                    let what = format!("`{}` is not how much to receive", clipped(word.text));
                    word.complain(what, fits)
                })?;
            let _ = words.next_word();
        }
        let mut flags = Flags::default();
        if words.take("peek") {
            flags.peek = true;
        } else if words.take("waitall") {
            flags.waitall = true;
        } else {
            flags.oob = words.take("oob");
        }
        Ok(vec![Wish::Socket(conn, Want::Recv { max, flags })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before.split_last() {
            Some((last, _)) if FLAGS.contains(last) => Vec::new(),
            _ => complete::words(FLAGS, "a flag"),
        }
    }
}

pub(super) struct Reading;

impl Verb for Reading {
    fn name(&self) -> &'static str {
        "reading"
    }

    fn usage(&self) -> &'static str {
        "reading auto|manual [RATE/s]"
    }

    fn help(&self) -> &'static str {
        "whether bytes are received by themselves, and how fast, or only when you say recv"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let word = words.require("auto or manual")?;
        let auto = match word.text {
            "auto" => true,
            "manual" => false,
            other => {
                let what = format!("`{}` is no way of reading", clipped(other));
                return Err(word.complain(what, "auto or manual"));
            }
        };
        let mut rate = None;
        if let Some(word) = words.next_word() {
            let number = word.text.strip_suffix("/s").and_then(size);
            let what = format!("`{}` is no rate", clipped(word.text));
            rate = Some(number.filter(|rate| *rate > 0).ok_or_else(|| {
                word.complain(what, "bytes a second: 500/s, 64k/s; none at all is manual")
            })?);
            if !auto {
                let fits = "reading manual, or reading auto with a rate";
                return Err(word.complain("nothing is received by itself at that rate", fits));
            }
        }
        Ok(vec![Wish::Socket(conn, Want::Reading { auto, rate })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["auto", "manual"], "how it is read"),
            ["auto"] => complete::words(&["1k/s", "64k/s", "1M/s"], "a rate"),
            _ => Vec::new(),
        }
    }
}
