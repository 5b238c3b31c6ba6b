//! Acts as Rust does them.

use super::Rust;
use crate::event::{Errno, Flags, Syscall};
use crate::export::act::{Deed, Made, Place};
use crate::export::data::{Data, Part, pieces};
use crate::export::{Format, Given, Spelled};

/// What stands above the session, behind the words about it.
pub(super) const OPENING: &str = "
#![allow(unused, non_snake_case)]

use std::cell::{Cell, RefCell};
use std::convert::{TryFrom, TryInto};
use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::raw::{c_int, c_short, c_ulong, c_void};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

fn session() -> Result<()> {
";

/// What stands between the session and what is compared.
pub(super) const BETWEEN: &str = "    Ok(())\n}\n\nfn comparison() {\n";

/// What ends the program.
pub(super) const CLOSING: &str =
    concat!("}\n\n", include_str!("../../../assets/export/prelude.rs"));

/// The lines of an act.
pub(super) fn act(deed: &Deed, data: &Data) -> Vec<String> {
    match deed {
        Deed::Call(made) => {
            let all = spelled(made, data).into_iter();
            let texts = all.map(|it| format!("{}{}{}", it.takes, it.call, it.end));
            split(&texts.collect::<Vec<_>>().join("\n"))
        }
        Deed::Fails(made, errno) => {
            let (name, number) = (text(errno_name(*errno)), errno.0);
            let call = with_buffer(made, expression(made, data));
            split(&format!("fails({name}, {number}, {call})?;"))
        }
        Deed::Tried(made) => tried(made, data),
        Deed::Asked(made, before) => {
            let call = expression(made, data);
            vec![format!("show({}, {call}?, {});", text(&call), text(before))]
        }
        Deed::Transmit(Made { call, name, .. }) => {
            let flags = match call {
                Syscall::Send { flags, .. } => flagged(*flags),
                _ => "0".to_owned(),
            };
            split(&format!("send_all(&{name}, {}, {flags})?;", literal(data)))
        }
        Deed::Receive { name, len, flags } => {
            vec![format!("receive(&{name}, {len}, {})?;", flagged(*flags))]
        }
        Deed::Peek { name, len } => vec![format!("peek(&{name}, {len})?;")],
        Deed::Urgent { name } => vec![format!("urgent(&{name})?;")],
        Deed::Message { name, max } => vec![format!("message(&{name}, {max})?;")],
        Deed::End { name } => vec![format!("end(&{name})?;")],
        Deed::Watch {
            name,
            label,
            wanted,
        } => {
            vec![format!("watch(&{name}, {}, {wanted});", text(label))]
        }
        Deed::Address {
            name,
            label,
            is_told: true,
        } => {
            vec![format!("let {name}_at = at(&{name}, {})?;", text(label))]
        }
        Deed::Address { name, .. } => vec![format!("let {name}_at = {name}.local_addr()?;")],
        Deed::Settle { name } => vec![format!("settle(&{name});")],
        Deed::Wait { name } => vec![format!("wait(&{name})?;")],
        Deed::Unlink(path) => vec![format!("unlink({});", Rust.bytes(path))],
        Deed::Remark(_) => Vec::new(),
    }
}

/// The line that compares what a socket received.
pub(super) fn check(label: &str, message: Option<usize>, data: &Data) -> Vec<String> {
    let (label, data) = (text(label), literal(data));
    split(&match message {
        None => format!("check({label}, {data});"),
        Some(number) => format!("check_message({label}, {number}, {data});"),
    })
}

fn tried(made: &Made, data: &Data) -> Vec<String> {
    let name = &made.name;
    let call = expression(made, data);
    if !matches!(made.call, Syscall::Connect(_)) {
        return vec![format!("glance(&{name}, {})?;", text(&call))];
    }
    vec![
        format!("{name}.set_nonblocking(true)?;"),
        format!("tried({}, {call});", text(&call)),
        format!("{name}.set_nonblocking(false)?;"),
    ]
}

/// A call without what takes its result and ends its statement; of several the first, which is the one that failed.
fn expression(made: &Made, data: &Data) -> String {
    spelled(made, data)
        .into_iter()
        .next()
        .map_or(String::new(), |it| it.call)
}

/// A call that receives into a buffer brings it along.
fn with_buffer(made: &Made, call: String) -> String {
    match &made.call {
        Syscall::Recv { max, .. } => format!("{{ let mut buf = vec![0; {max}]; {call} }}"),
        _ => call,
    }
}

fn spelled(made: &Made, data: &Data) -> Vec<Spelled> {
    let bytes = literal(data);
    let address = made.address.as_ref().map(|place| match place {
        Place::Same(owner) => format!("{owner}_at"),
        Place::Near(ip, owner) => format!("near(\"{ip}\", &{owner}_at)?"),
    });
    let given = Given {
        name: &made.name,
        made: made.made.as_deref(),
        data: &bytes,
        address: address.as_deref(),
        v6: made.v6,
    };
    Rust.call(&made.call, &given)
}

fn literal(data: &Data) -> String {
    match data.parts() {
        [] => "b\"\"".to_owned(),
        [Part::Plain(bytes)] => plain(bytes),
        [Part::Run(byte, times)] => format!("&{}.repeat({times})", Rust.bytes(&[*byte])),
        all => {
            let all = all.iter().map(|part| match part {
                Part::Plain(bytes) => format!("{}.to_vec()", plain(bytes)),
                Part::Run(byte, times) => format!("{}.repeat({times})", Rust.bytes(&[*byte])),
            });
            format!(
                "&[\n    {},\n].concat()",
                all.collect::<Vec<_>>().join(",\n    ")
            )
        }
    }
}

/// Bytes as one literal. A backslash at the end of a line leaves out the blanks that the next one begins with (The Rust
/// Reference, string continuation), so a blank that counts is spelled as a number.
fn plain(bytes: &[u8]) -> String {
    let lines = pieces(bytes).into_iter().map(|piece| {
        let spelled = Rust.bytes(piece);
        let inside = spelled
            .strip_prefix("b\"")
            .and_then(|it| it.strip_suffix('"'));
        let inside = inside.unwrap_or(&spelled);
        inside
            .strip_prefix(' ')
            .map_or(inside.to_owned(), |rest| format!("\\x20{rest}"))
    });
    let lines: Vec<String> = lines.collect();
    match lines.as_slice() {
        [_] => Rust.bytes(bytes),
        all => format!("b\"{}\"", all.join("\\\n    ")),
    }
}

fn split(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn flagged(flags: Flags) -> String {
    let names = flags.names();
    if names.is_empty() {
        "0".to_owned()
    } else {
        names.replace('|', " | ")
    }
}

fn errno_name(errno: Errno) -> &'static str {
    errno.name()
}

/// Characters as a literal of text.
fn text(text: &str) -> String {
    let escaped = text.escape_default().collect::<String>();
    format!("\"{escaped}\"")
}
