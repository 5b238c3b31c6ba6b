//! `on`: messages that are answered by themselves. When one comes, and what the answer then is, others say.

use super::complete::{self, Candidate};
use super::context::complaint;
use super::{Cx, Group, Scope, Verb, clipped, pattern};
use crate::event::{On as Wanted, Pattern, Reply, Wish};
use crate::expr::Expr;
use crate::words::{Complaint, Words};

/// The most answers of one rule, and how many it has unless told.
const TIMES_MAX: u64 = 1_000_000;

pub(super) struct On;

impl Verb for On {
    fn name(&self) -> &'static str {
        "on"
    }

    fn usage(&self) -> &'static str {
        "on message [EXPR|/re/] send EXPR [times N] · on · on off [N]"
    }

    fn help(&self) -> &'static str {
        "answer such messages of the socket, or of all that a listener accepts, by themselves; `on` lists the rules"
    }

    fn group(&self) -> Group {
        Group::Script
    }

    fn acts(&self) -> bool {
        true
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let Some(word) = words.next_word() else {
            return Ok(vec![Wish::On(Wanted::List)]);
        };
        let wanted = match word.text {
            "message" => Wanted::Message(reply(words, cx)?),
            "off" => Wanted::Off(number(words)?),
            other => {
                let what = format!("`on {}` means nothing", clipped(other));
                return Err(word.complain(what, "on message /PING/ send \"PONG\", on off"));
            }
        };
        Ok(vec![Wish::On(wanted)])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["message", "off"], "what is answered, or no more"),
            ["message"] => {
                let mut candidates = complete::words(&["send"], "the answer to every message");
                candidates.extend(complete::expressions());
                candidates
            }
            ["message", .., "send"] => complete::expressions(),
            ["message", rest @ ..] if rest.contains(&"send") => {
                complete::words(&["times"], "how many answers")
            }
            ["message", ..] => complete::words(&["send"], "the answer"),
            _ => Vec::new(),
        }
    }
}

/// `[EXPR|/re/] send EXPR [times N]`.
fn reply(words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Reply, Complaint> {
    let conn = cx.socket()?;
    let is_any = words.peek().is_some_and(|word| word.text == "send");
    let pattern = if is_any {
        None
    } else {
        Some(pattern::pattern(words, cx, &["send"])?)
    };
    let word = words.require("`send` and the answer")?;
    if word.text != "send" {
        let what = format!("`{}` is no answer", clipped(word.text));
        return Err(word.complain(what, "send EXPR"));
    }
    let (answer, columns) = cx.kept(words, &["times"])?;
    groups(&answer, pattern.as_ref()).map_err(|what| {
        let fits = "group(1), or group(NAME) for (?<NAME>…), of the /…/ that is answered";
        complaint(columns, what, fits)
    })?;
    Ok(Reply {
        conn,
        pattern,
        answer: answer.to_string(),
        times: times(words)?,
    })
}

/// Whether the groups that an answer asks for are there.
fn groups(answer: &Expr, pattern: Option<&Pattern>) -> Result<(), String> {
    let regex = match pattern {
        Some(Pattern::Regex(source)) => pattern::compile(source).ok(),
        _ => None,
    };
    let is_there = |name: &str| {
        let regex = regex.as_ref()?;
        let named = || regex.capture_names().flatten().any(|group| group == name);
        let is_there = match name.parse::<usize>() {
            Ok(number) => number < regex.captures_len(),
            Err(_) => named(),
        };
        is_there.then_some(())
    };
    match answer.groups().iter().find(|name| is_there(name).is_none()) {
        Some(name) => Err(format!("there is no group({})", clipped(name))),
        None => Ok(()),
    }
}

fn times(words: &mut Words<'_>) -> Result<u64, Complaint> {
    if !words.take("times") {
        return Ok(TIMES_MAX);
    }
    let word = words.require("how many answers")?;
    let times = word.text.parse().ok();
    let times = times.filter(|times| (1..=TIMES_MAX).contains(times));
    times.ok_or_else(|| {
        let what = format!("`{}` is no number of answers", clipped(word.text));
        word.complain(what, format!("1 to {TIMES_MAX}"))
    })
}

/// The number of a rule, as `on` lists it.
fn number(words: &mut Words<'_>) -> Result<Option<u32>, Complaint> {
    let Some(word) = words.next_word() else {
        return Ok(None);
    };
    word.text.parse().map(Some).map_err(|_| {
        let what = format!("`{}` is no number of a rule", clipped(word.text));
        word.complain(what, "a number that `on` lists, or nothing for all")
    })
}
