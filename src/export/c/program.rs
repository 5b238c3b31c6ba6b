//! Acts as C does them.

use super::C;
use crate::event::{Errno, Flags, Syscall};
use crate::export::act::{Bytes, Deed, Made, Place};
use crate::export::data::{Data, Part, pieces};
use crate::export::{Format, Given, Spelled};

/// The most bytes that stand as an argument.
const LINE_BYTES: usize = 72;

/// What stands above the session, behind the words about it.
pub(super) const OPENING: &str = concat!(
    "
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

",
    include_str!("../../../assets/export/prelude.c"),
    "// The session.
int main(void) {
    signal(SIGPIPE, SIG_IGN);
"
);

/// What stands between the session and what is compared.
pub(super) const BETWEEN: &str = "\n";

/// What ends the program.
pub(super) const CLOSING: &str = "
    if (differences > 0) {
        return 1;
    }
    puts(\"Every socket received what it received in the session.\");
    return 0;
}
";

/// The lines of an act.
pub(super) fn act(deed: &Deed, data: &Data) -> Vec<String> {
    match deed {
        Deed::Call(made) => call(made, data),
        Deed::Fails(made, errno) => fails(made, *errno, data),
        Deed::Tried(made) => tried(made, data),
        Deed::Asked(made, before) => asked(made, before),
        Deed::Transmit(Made { call, name, .. }) => {
            let flags = match call {
                Syscall::Send { flags, .. } => flagged(*flags),
                _ => "0".to_owned(),
            };
            let (mut lines, bytes) = bytes(data);
            lines.push(format!("send_all({name}, {bytes}, {}, {flags});", data.len));
            lines
        }
        Deed::Receive { name, len, flags } => {
            vec![format!("receive({name}, {len}, {});", flagged(*flags))]
        }
        Deed::Peek { name, len } => vec![format!("peek({name}, {len});")],
        Deed::Urgent { name } => vec![format!("urgent({name});")],
        Deed::Message { name, max } => vec![format!("message({name}, {max});")],
        Deed::End { name } => vec![format!("end({name});")],
        Deed::Watch {
            name,
            label,
            wanted,
        } => {
            vec![format!("watch({name}, {}, {wanted});", text(label))]
        }
        Deed::Address {
            name,
            label,
            is_told,
        } => {
            let label = if *is_told {
                text(label)
            } else {
                "NULL".to_owned()
            };
            let unused = format!("(void){name}_at;");
            vec![
                format!("struct at {name}_at = at({name}, {label});"),
                unused,
            ]
        }
        Deed::Settle { name } => vec![format!("settle({name});")],
        Deed::Wait { name } => vec![format!("wait_for({name}, {}, POLLIN);", text(name))],
        Deed::Unlink(path) => vec![format!("unlink({});", C.bytes(path))],
        Deed::Remark(_) => Vec::new(),
    }
}

/// The lines that compare what a socket received.
pub(super) fn check(label: &str, message: Option<usize>, data: &Data) -> Vec<String> {
    let mut lines = built(data);
    lines.push(match message {
        None => format!("check({});", text(label)),
        Some(number) => format!("check_message({}, {number});", text(label)),
    });
    lines
}

/// A call that must come out well.
fn call(made: &Made, data: &Data) -> Vec<String> {
    if let Syscall::Socketpair(_) = made.call {
        let (one, other) = (&made.name, made.made.as_deref().unwrap_or("other"));
        let call = spelled(made, "")
            .into_iter()
            .map(|it| it.call)
            .collect::<String>();
        let lines = [
            format!("int {one}, {other};"),
            "{".to_owned(),
            "    int pair[2];".to_owned(),
            format!("    must({call});"),
            format!("    {one} = pair[0];"),
            format!("    {other} = pair[1];"),
            "}".to_owned(),
        ];
        return lines.to_vec();
    }
    if let (Syscall::Accept | Syscall::Socket(_) | Syscall::Dup, Some(it)) =
        (&made.call, spelled(made, "").first())
    {
        let takes = if made.again {
            it.takes.trim_start_matches("int ")
        } else {
            &it.takes
        };
        return vec![format!("{takes}must({});", it.call)];
    }
    let mut lines = wrapped(made, data, |call| format!("must({call});"));
    if matches!(made.call, Syscall::Close) {
        lines.insert(0, format!("forget({});", made.name));
    }
    lines
}

fn fails(made: &Made, errno: Errno, data: &Data) -> Vec<String> {
    let name = match errno.name() {
        "E?" => errno.0.to_string(),
        name => name.to_owned(),
    };
    match &made.call {
        Syscall::Recv { max, .. } => {
            let buf = format!("char buf[{}];", (*max).clamp(1, 1 << 20));
            let lines = wrapped(made, data, |call| format!("fails({name}, {call});"));
            block([buf].into_iter().chain(lines).collect())
        }
        Syscall::GetOption { .. } | Syscall::TakeError => {
            let values = "int value = 0, error = 0;".to_owned();
            let unused = "(void)value, (void)error;".to_owned();
            let len = "socklen_t len = sizeof value;".to_owned();
            let lines = wrapped(made, data, |call| format!("fails({name}, {call});"));
            block([values, unused, len].into_iter().chain(lines).collect())
        }
        Syscall::Socketpair(_) => {
            let lines = wrapped(made, data, |call| format!("fails({name}, {call});"));
            block(
                ["int pair[2];".to_owned()]
                    .into_iter()
                    .chain(lines)
                    .collect(),
            )
        }
        _ => wrapped(made, data, |call| format!("fails({name}, {call});")),
    }
}

fn tried(made: &Made, data: &Data) -> Vec<String> {
    let name = &made.name;
    if !matches!(made.call, Syscall::Connect(_)) {
        let call = spelled(made, "")
            .into_iter()
            .map(|it| it.call)
            .collect::<String>();
        return vec![format!("glance({name}, {});", text(&call))];
    }
    let flags = |how: &str| format!("must(fcntl({name}, F_SETFL, fcntl({name}, F_GETFL) {how}));");
    let mut lines = vec![flags("| O_NONBLOCK")];
    lines.extend(wrapped(made, data, |call| format!("tried({call});")));
    lines.push(flags("& ~O_NONBLOCK"));
    lines
}

fn asked(made: &Made, before: &str) -> Vec<String> {
    let name = spelled(made, "")
        .into_iter()
        .map(|it| it.call)
        .collect::<String>();
    if !name.starts_with("getsockopt") {
        let told = format!(
            "printf(\"%s: %d; in the session %s\\n\", {}, must({name}), {});",
            text(&name),
            text(before)
        );
        return vec![told];
    }
    let variable = if name.contains("&error") {
        "error"
    } else {
        "value"
    };
    block(vec![
        format!("int {variable} = 0;"),
        format!("socklen_t len = sizeof {variable};"),
        format!("must({name});"),
        format!(
            "printf(\"%s: %d; in the session %s\\n\", {}, {variable}, {});",
            text(&name),
            text(before)
        ),
    ])
}

/// The statements of a call, with each call itself put into other words.
fn wrapped(made: &Made, data: &Data, wrap: impl Fn(&str) -> String) -> Vec<String> {
    let (mut lines, literal) = match made.bytes {
        Bytes::None => (Vec::new(), String::new()),
        _ => bytes(data),
    };
    let mut is_block = false;
    let mut calls = Vec::new();
    for Spelled { before, call, .. } in spelled(made, &literal) {
        is_block |= !before.is_empty();
        calls.extend(before);
        calls.push(wrap(&call));
    }
    lines.extend(if is_block { block(calls) } else { calls });
    lines
}

fn spelled(made: &Made, data: &str) -> Vec<Spelled> {
    let address = made.address.as_ref().map(|place| match place {
        Place::Same(owner) => format!("{owner}_at"),
        Place::Near(..) => "to_near".to_owned(),
    });
    let given = Given {
        name: &made.name,
        made: made.made.as_deref(),
        data,
        address: address.as_deref(),
        v6: made.v6,
    };
    let mut all = C.call(&made.call, &given);
    if let (Some(Place::Near(ip, owner)), Some(first)) = (&made.address, all.first_mut()) {
        first
            .before
            .push(format!("struct at to_near = near(\"{ip}\", {owner}_at);"));
    }
    all
}

fn block(lines: Vec<String>) -> Vec<String> {
    let lines = lines.into_iter().map(|line| format!("    {line}"));
    ["{".to_owned()]
        .into_iter()
        .chain(lines)
        .chain(["}".to_owned()])
        .collect()
}

/// Bytes as an expression, with the lines that must stand before it.
fn bytes(data: &Data) -> (Vec<String>, String) {
    match data.parts() {
        [] => (Vec::new(), "\"\"".to_owned()),
        [Part::Plain(bytes)] if bytes.len() <= LINE_BYTES => (Vec::new(), C.bytes(bytes)),
        _ => (built(data), "built".to_owned()),
    }
}

/// The lines that put bytes together.
fn built(data: &Data) -> Vec<String> {
    let parts = data.parts().iter().flat_map(|part| match part {
        Part::Plain(bytes) => {
            let lines = pieces(bytes).into_iter().map(|piece| C.bytes(piece));
            let literal = lines.collect::<Vec<_>>().join("\n     ");
            let call = format!("part({literal}, {}, 1);", bytes.len());
            call.lines().map(str::to_owned).collect()
        }
        Part::Run(byte, times) => vec![format!("part({}, 1, {times});", C.bytes(&[*byte]))],
    });
    ["begin();".to_owned()].into_iter().chain(parts).collect()
}

fn flagged(flags: Flags) -> String {
    super::flags(flags, "", "0")
}

/// Characters as a literal.
fn text(text: &str) -> String {
    C.bytes(text.as_bytes())
}
