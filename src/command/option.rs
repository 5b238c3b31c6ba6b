//! `set` and `get`: the options of sockets, by the table in `event`, and the program's own settings.

use std::net::IpAddr;

use super::complete::{self, Candidate};
use super::context::near_or_all;
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{OPTIONS, OptionKind, SocketOption, View, Want, Wish, option};
use crate::words::{Complaint, Word, Words, size, time};

/// Settings of the program, and their values.
const SETTINGS: &[(&str, &[&str], &str)] = &[
    (
        "eol",
        &["none", "lf", "crlf"],
        "what ends a line that is typed into the composer",
    ),
    ("mouse", &["on", "off"], "whether the mouse is listened to"),
    (
        "speak",
        &["python", "c", "rust"],
        "the language in which a call is shown while it is typed",
    ),
];
/// `setsockopt` takes an int.
const INT_MAX: u64 = i32::MAX as u64;

pub(super) struct Set;

impl Verb for Set {
    fn name(&self) -> &'static str {
        "set"
    }

    fn usage(&self) -> &'static str {
        "set OPTION VALUE"
    }

    fn help(&self) -> &'static str {
        "set an option of a socket, or eol, mouse and speak of the program"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("an option")?;
        if let Some((name, values, _)) = SETTINGS.iter().find(|row| row.0 == word.text) {
            let value = one_of(words, values)?;
            let name = (*name).to_owned();
            return Ok(vec![Wish::View(View::Setting { name, value })]);
        }
        let Some(option) = option(word.text) else {
            let settings = SETTINGS.iter().map(|row| row.0);
            return Err(unknown(word, settings));
        };
        let conn = cx.socket()?;
        let value = value(option, words)?;
        let option = option.name.to_owned();
        Ok(vec![Wish::Socket(conn, Want::Set { option, value })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => {
                let settings = SETTINGS.iter().map(|row| Candidate::new(row.0, row.2));
                option_names().chain(settings).collect()
            }
            [name] => {
                if let Some((_, values, help)) = SETTINGS.iter().find(|row| row.0 == *name) {
                    return complete::words(values, help);
                }
                option(name).map_or(Vec::new(), |option| {
                    complete::words(examples(option.kind), option.help)
                })
            }
            _ => Vec::new(),
        }
    }
}

pub(super) struct Get;

impl Verb for Get {
    fn name(&self) -> &'static str {
        "get"
    }

    fn usage(&self) -> &'static str {
        "get OPTION"
    }

    fn help(&self) -> &'static str {
        "ask the kernel for the value of an option that is in force"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("an option")?;
        let Some(option) = option(word.text) else {
            return Err(unknown(word, std::iter::empty()));
        };
        let conn = cx.socket()?;
        let option = option.name.to_owned();
        Ok(vec![Wish::Socket(conn, Want::Get { option })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => option_names().collect(),
            _ => Vec::new(),
        }
    }
}

fn option_names() -> impl Iterator<Item = Candidate> {
    OPTIONS
        .iter()
        .map(|option| Candidate::new(option.name, option.help))
}

fn unknown(word: Word<'_>, others: impl Iterator<Item = &'static str>) -> Complaint {
    let names: Vec<_> = OPTIONS
        .iter()
        .map(|option| option.name)
        .chain(others)
        .collect();
    let what = format!("there is no option `{}`", clipped(word.text));
    word.complain(what, near_or_all(word.text, &names))
}

fn one_of(words: &mut Words<'_>, values: &[&str]) -> Result<String, Complaint> {
    let fits = values.join(", ");
    let word = words.require(&fits)?;
    if values.contains(&word.text) {
        Ok(word.text.to_owned())
    } else {
        Err(word.complain(
            format!("`{}` does not fit here", clipped(word.text)),
            fits.as_str(),
        ))
    }
}

/// The words behind an option, in the canonical form that `event::OptionKind` tells.
fn value(option: &SocketOption, words: &mut Words<'_>) -> Result<String, Complaint> {
    let kind = option.kind;
    if kind == OptionKind::Switch {
        return one_of(words, &["on", "off"]);
    }
    let word = words.require("a value")?;
    let text = word.text;
    let value = match kind {
        OptionKind::Switch | OptionKind::Word => Some(text.to_owned()),
        OptionKind::Number(max) => whole(text)
            .filter(|number| *number <= max)
            .map(|number| number.to_string()),
        OptionKind::Size => size(text)
            .filter(|bytes| *bytes <= INT_MAX)
            .map(|bytes| bytes.to_string()),
        OptionKind::Time | OptionKind::Keepalive if text == "off" => Some(text.to_owned()),
        OptionKind::Time => milliseconds(text).map(|ms| ms.to_string()),
        OptionKind::Keepalive => return keepalive(word, words),
        OptionKind::Group => text.parse::<IpAddr>().ok().map(|group| group.to_string()),
    };
    value.ok_or_else(|| {
        let what = format!("`{}` is no value of {}", clipped(text), option.name);
        word.complain(what, fits(kind))
    })
}

/// `IDLE INTERVAL COUNT` as whole seconds and a number.
fn keepalive(idle: Word<'_>, words: &mut Words<'_>) -> Result<String, Complaint> {
    let interval = words.require("the time between two probes")?;
    let count = words.require("how many probes")?;
    let fit = |word: Word<'_>, number: Option<u32>, fits: &str| {
        let what = format!("`{}` does not fit here", clipped(word.text));
        number
            .filter(|number| *number > 0)
            .ok_or_else(|| word.complain(what, fits))
    };
    let idle = fit(
        idle,
        seconds(idle.text),
        "whole seconds before the first probe, as 10s, or off",
    )?;
    let interval = fit(
        interval,
        seconds(interval.text),
        "whole seconds between probes, as 5s",
    )?;
    let count = fit(count, whole(count.text), "a number of probes")?;
    Ok(format!("{idle} {interval} {count}"))
}

/// Digits only: Rust's own reading takes a `+` too.
fn whole(text: &str) -> Option<u32> {
    let is_number = text.chars().all(|c| c.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Whole seconds, with or without a unit.
fn seconds(text: &str) -> Option<u32> {
    whole(text).or_else(|| {
        let time = time(text).filter(|time| time.subsec_nanos() == 0)?;
        u32::try_from(time.as_secs()).ok()
    })
}

/// A time, or a plain 0.
fn milliseconds(text: &str) -> Option<u32> {
    if text == "0" {
        return Some(0);
    }
    u32::try_from(time(text)?.as_millis()).ok()
}

fn fits(kind: OptionKind) -> String {
    match kind {
        OptionKind::Switch => "on or off".to_owned(),
        OptionKind::Number(max) => format!("a number up to {max}"),
        OptionKind::Size => "bytes: 4096, 64k or 1M".to_owned(),
        OptionKind::Time => "a time, 200ms, 3s or 2m; 0; or off".to_owned(),
        OptionKind::Keepalive => "IDLE INTERVAL COUNT, as 10s 5s 3, or off".to_owned(),
        OptionKind::Group => "an IP address, as 239.1.2.3 or ff02::fb".to_owned(),
        OptionKind::Word => "a word".to_owned(),
    }
}

fn examples(kind: OptionKind) -> &'static [&'static str] {
    match kind {
        OptionKind::Switch => &["on", "off"],
        OptionKind::Size => &["4096", "64k", "1M"],
        OptionKind::Time => &["0", "3s", "off"],
        OptionKind::Keepalive => &["10s 5s 3", "off"],
        OptionKind::Number(_) | OptionKind::Group | OptionKind::Word => &[],
    }
}
