//! `expect` and `wait`: what a script relies on. Whether it came is the script's matter.

use std::time::Duration;

use super::complete::{self, Candidate};
use super::context::{near, near_or_all};
use super::{Cx, Group, Scope, Verb, clipped, pattern};
use crate::event::{Comparison, Errno, Expectation, NUMBERS, Number, State, Step, Unit, Wish};
use crate::words::{Complaint, Word, Words, size, time};

const USUAL_WITHIN: Duration = Duration::from_secs(5);
const STOP: &[&str] = &["within"];

/// Events that are one word.
const SIMPLE: &[(&str, Expectation)] = &[
    ("eof", Expectation::Eof),
    ("connected", Expectation::Connected),
    ("accepted", Expectation::Accepted),
    ("refused", Expectation::Refused),
    ("reset", Expectation::Reset),
    ("timeout", Expectation::Timeout),
    ("closed", Expectation::Closed),
];
/// Events that go on.
const LONGER: &[&str] = &["bytes", "message", "state", "fact", "errno", "call"];

/// The names that `Syscall::name` gives.
const CALLS: &[&str] = &[
    "socket",
    "socketpair",
    "getaddrinfo",
    "bind",
    "listen",
    "accept",
    "connect",
    "send",
    "sendto",
    "recv",
    "shutdown",
    "kill",
    "fork",
    "pthread_create",
    "close",
    "setsockopt",
    "getsockopt",
    "select",
];

pub(super) static EXPECT: Await = Await {
    name: "expect",
    usage: "expect EXPR|EVENT [within T]",
    help: "the next thing that happens must be this: bytes, message, eof, reset, errno NAME, call NAME = N",
    strict: true,
};

pub(super) static WAIT: Await = Await {
    name: "wait",
    usage: "wait EXPR|EVENT [within T]",
    help: "go on once this came, whatever else comes before: state NAME, fact seats = 6; 5 s unless told",
    strict: false,
};

/// A line that waits for something.
pub(super) struct Await {
    name: &'static str,
    usage: &'static str,
    help: &'static str,
    strict: bool,
}

impl Verb for Await {
    fn name(&self) -> &'static str {
        self.name
    }

    fn usage(&self) -> &'static str {
        self.usage
    }

    fn help(&self) -> &'static str {
        self.help
    }

    fn group(&self) -> Group {
        Group::Script
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let what = expectation(words, cx)?;
        let mut within = USUAL_WITHIN;
        if words.take("within") {
            within = words.time("a time")?;
        }
        Ok(vec![Wish::Step(Step::Await {
            conn,
            what,
            within,
            strict: self.strict,
        })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => {
                let simple = SIMPLE.iter().map(|(word, _)| *word);
                let all: Vec<_> = simple.chain(LONGER.iter().copied()).collect();
                complete::words(&all, "an event")
            }
            ["state"] => State::names()
                .map(|name| Candidate::new(name, "a state of the kernel"))
                .collect(),
            ["fact"] => NUMBERS
                .iter()
                .map(|number| Candidate::new(number.name, "a number of the kernel's"))
                .collect(),
            ["fact", _] => complete::words(&Comparison::ALL.map(Comparison::sign), "how it stands"),
            ["errno"] | ["call", _, "="] => Errno::names()
                .map(|name| Candidate::new(name, Errno::named(name).map_or("", Errno::text)))
                .collect(),
            ["call"] => complete::words(CALLS, "a system call"),
            ["bytes"] | [.., "within"] => Vec::new(),
            _ => complete::words(STOP, "how long at most; 5s unless told"),
        }
    }
}

fn expectation(words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Expectation, Complaint> {
    let Some(word) = words.peek() else {
        return words.require("what must happen").map(|_| Expectation::Eof);
    };
    if let Some((_, simple)) = SIMPLE.iter().find(|(name, _)| *name == word.text) {
        let _ = words.next_word();
        return Ok(simple.clone());
    }
    if !LONGER.contains(&word.text) {
        if word.text.starts_with('/') {
            let fits = "bytes /…/ or message /…/";
            return Err(word.complain("a regular expression needs a word before it", fits));
        }
        return cx.bytes(words, STOP).map(Expectation::Bytes);
    }
    let _ = words.next_word();
    match word.text {
        "bytes" => pattern::regex(words).map(Expectation::Found),
        "message" => match words.peek() {
            None => Ok(Expectation::Message(None)),
            Some(next) if next.text == "within" => Ok(Expectation::Message(None)),
            Some(_) => {
                pattern::pattern(words, cx, STOP).map(|found| Expectation::Message(Some(found)))
            }
        },
        "state" => {
            let word = words.require("a state")?;
            let state = State::named(word.text).ok_or_else(|| {
                let names: Vec<_> = State::names().collect();
                let what = format!("there is no state `{}`", clipped(word.text));
                word.complain(what, near_or_all(word.text, &names))
            });
            state.map(Expectation::State)
        }
        "errno" => {
            let word = words.require("an error's name")?;
            let errno = Errno::named(word.text).ok_or_else(|| {
                let what = format!("there is no error `{}`", clipped(word.text));
                word.complain(what, near_errno(word.text))
            });
            errno.map(Expectation::Errno)
        }
        "fact" => fact(words),
        _ => call(words),
    }
}

/// `NAME OP N`; the blanks around the sign may be left out.
fn fact(words: &mut Words<'_>) -> Result<Expectation, Complaint> {
    let mut word = words
        .peek()
        .map_or_else(|| words.require("the name of a number"), Ok)?;
    let end = word.text.find(['<', '=', '>', '!']);
    word.text = word
        .text
        .get(..end.unwrap_or(word.text.len()))
        .unwrap_or_default();
    let number = Number::named(word.text).ok_or_else(|| {
        let names: Vec<_> = NUMBERS.iter().map(|number| number.name).collect();
        let what = format!("the kernel has no number `{}`", clipped(word.text));
        word.complain(what, near_or_all(word.text, &names))
    })?;
    words.advance(word.text.len());
    let rest = words.rest();
    let is = Comparison::ALL
        .into_iter()
        .find(|is| rest.starts_with(is.sign()));
    let Some(is) = is else {
        let fits = Comparison::ALL.map(Comparison::sign).join(" ");
        let word = words.require(&fits)?;
        let what = format!("`{}` compares nothing", clipped(word.text));
        return Err(word.complain(what, fits));
    };
    words.advance(is.sign().len());
    let word = words.require("what the number is held against")?;
    Ok(Expectation::Fact {
        name: number.name,
        is,
        value: value(number, word)?,
    })
}

/// What a number is held against, as its unit is written.
fn value(number: &Number, word: Word<'_>) -> Result<u64, Complaint> {
    let (value, fits) = match number.unit {
        Unit::Count => (word.text.parse().ok(), "a number"),
        Unit::Bytes => (size(word.text), "bytes: 0, 4096, 64k"),
        Unit::Time => {
            let time = time(word.text);
            let micros = time.and_then(|time| u64::try_from(time.as_micros()).ok());
            (micros, "a time: 200ms or 3s")
        }
    };
    value.ok_or_else(|| {
        let what = format!("`{}` is no value of {}", clipped(word.text), number.name);
        word.complain(what, fits)
    })
}

/// `NAME [= N|ERRNO]`; the blanks around `=` may be left out.
fn call(words: &mut Words<'_>) -> Result<Expectation, Complaint> {
    let mut word = words.peek();
    if let Some((word, at)) = word.as_mut().and_then(|word| {
        let at = word.text.find('=')?;
        Some((word, at))
    }) {
        word.text = word.text.get(..at).unwrap_or_default();
    }
    let Some(word) = word else {
        return words
            .require("the name of a call")
            .map(|_| Expectation::Closed);
    };
    words.advance(word.text.len());
    if !CALLS.contains(&word.text) {
        let what = format!("there is no call `{}`", clipped(word.text));
        return Err(word.complain(what, near_or_all(word.text, CALLS)));
    }
    let name = word.text.to_owned();
    let mut result = None;
    if words.rest().starts_with('=') {
        words.advance(1);
        let word = words.require("what the call returned")?;
        let number = word.text.parse().ok().map(Ok);
        let errno = || Errno::named(word.text).map(Err);
        result = Some(number.or_else(errno).ok_or_else(|| {
            let what = format!("`{}` is no result", clipped(word.text));
            let fits = format!("a number, or an error: {}", near_errno(word.text));
            word.complain(what, fits)
        })?);
    }
    Ok(Expectation::Call { name, result })
}

fn near_errno(word: &str) -> String {
    near(word, Errno::names()).unwrap_or_else(|| "a name as ECONNRESET, EPIPE, EAGAIN".to_owned())
}
