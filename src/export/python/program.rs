//! Acts as Python does them.

use super::Python;
use crate::event::{Errno, Flags, Syscall};
use crate::export::act::{Deed, Made, Place, target};
use crate::export::data::{Data, Part, pieces};
use crate::export::{Format, Given, Spelled};

/// What stands above the session, behind the words about it.
pub(super) const OPENING: &str = "
import errno
import os
import select
import struct
import sys
from contextlib import contextmanager
from socket import *


def session():
";

/// What stands between the session and what is compared.
pub(super) const BETWEEN: &str = "\n\ndef comparison():\n";

/// What ends the program.
pub(super) const CLOSING: &str = concat!("\n\n", include_str!("../../../assets/export/prelude.py"));

/// The lines of an act.
pub(super) fn act(deed: &Deed, data: &Data) -> Vec<String> {
    match deed {
        Deed::Call(made) => texts(made, data),
        Deed::Fails(made, errno) => {
            inside(&format!("with fails({}):", name(*errno)), texts(made, data))
        }
        Deed::Tried(made) => tried(made, data),
        Deed::Asked(made, before) => {
            let call = texts(made, data).concat();
            vec![format!("show({}, {call}, {})", text(&call), text(before))]
        }
        Deed::Transmit(Made { call, name, .. }) => {
            let flags = match call {
                Syscall::Send { flags, .. } => flagged(*flags),
                _ => String::new(),
            };
            lines(&format!("send_all({name}, "), data, &format!("{flags})"))
        }
        Deed::Receive { name, len, flags } => {
            vec![format!("receive({name}, {len}{})", flagged(*flags))]
        }
        Deed::Peek { name, len } => vec![format!("peek({name}, {len})")],
        Deed::Urgent { name } => vec![format!("urgent({name})")],
        Deed::Message { name, max } => vec![format!("message({name}, {max})")],
        Deed::End { name } => vec![format!("end({name})")],
        Deed::Watch {
            name,
            label,
            wanted,
        } => vec![format!("watch({name}, {}, {wanted})", text(label))],
        Deed::Address {
            name,
            label,
            is_told,
        } => {
            let label = if *is_told {
                format!(", {}", text(label))
            } else {
                String::new()
            };
            vec![format!("{name}_at = at({name}{label})")]
        }
        Deed::Settle { name } => vec![format!("settle({name})")],
        Deed::Wait { name } => vec![format!("wait({name})")],
        Deed::Unlink(path) => vec![format!("unlink({})", Python.bytes(path))],
        Deed::Remark(_) => Vec::new(),
    }
}

/// The line that compares what a socket received.
pub(super) fn check(label: &str, message: Option<usize>, data: &Data) -> Vec<String> {
    match message {
        None => lines(&format!("check({}, ", text(label)), data, ")"),
        Some(number) => lines(
            &format!("check_message({}, {number}, ", text(label)),
            data,
            ")",
        ),
    }
}

fn tried(made: &Made, data: &Data) -> Vec<String> {
    let name = &made.name;
    let call = texts(made, data).concat();
    if !matches!(made.call, Syscall::Connect(_)) {
        return vec![format!("glance({name}, {})", text(&call))];
    }
    let mut all = vec![format!("{name}.setblocking(False)")];
    all.extend(inside(&format!("with tried({}):", text(&call)), vec![call]));
    all.push(format!("{name}.setblocking(True)"));
    all
}

/// A call in its lines.
fn texts(made: &Made, data: &Data) -> Vec<String> {
    let spelled = literal(data);
    let mapped = target(&made.call).filter(|to| made.v6 && to.is_ipv4());
    let address = made.address.as_ref().map(|place| match (place, mapped) {
        // The module takes an IPv4 address on an IPv6 socket in its mapped form alone.
        (Place::Same(owner) | Place::Near(_, owner), Some(to)) => {
            format!("near(\"::ffff:{}\", {owner}_at)", to.ip())
        }
        (Place::Same(owner), None) => format!("{owner}_at"),
        (Place::Near(ip, owner), None) => format!("near(\"{ip}\", {owner}_at)"),
    });
    let given = Given {
        name: &made.name,
        made: made.made.as_deref(),
        data: &spelled,
        address: address.as_deref(),
        v6: made.v6,
    };
    let all = Python.call(&made.call, &given).into_iter();
    all.map(|Spelled { takes, call, .. }| format!("{takes}{call}"))
        .collect()
}

fn inside(head: &str, lines: Vec<String>) -> Vec<String> {
    let lines = lines.into_iter().map(|line| format!("    {line}"));
    [head.to_owned()].into_iter().chain(lines).collect()
}

/// Data between two texts, on lines of their own where they are many.
fn lines(before: &str, data: &Data, behind: &str) -> Vec<String> {
    format!("{before}{}{behind}", literal(data))
        .lines()
        .map(str::to_owned)
        .collect()
}

fn literal(data: &Data) -> String {
    let spelled: Vec<String> = data.parts().iter().map(part).collect();
    match spelled.as_slice() {
        [] => "b\"\"".to_owned(),
        [one] if one.contains('\n') => format!("(\n    {one}\n)"),
        [one] => one.clone(),
        all => format!("b\"\".join((\n    {},\n))", all.join(",\n    ")),
    }
}

/// A part; the lines of a long one stand side by side, which is one literal.
fn part(part: &Part) -> String {
    match part {
        Part::Plain(bytes) => {
            let lines = pieces(bytes).into_iter().map(|piece| Python.bytes(piece));
            lines.collect::<Vec<_>>().join("\n    ")
        }
        Part::Run(byte, times) => format!("{} * {times}", Python.bytes(&[*byte])),
    }
}

fn flagged(flags: Flags) -> String {
    super::flags(flags, ", ", "")
}

fn name(errno: Errno) -> String {
    match errno.name() {
        "E?" => text(&errno.0.to_string()),
        name => text(name),
    }
}

/// Characters as a literal of text.
fn text(text: &str) -> String {
    crate::export::quoted("", text.as_bytes(), |byte| format!("\\x{byte:02x}"))
}
