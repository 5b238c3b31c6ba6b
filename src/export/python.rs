//! Calls as Python spells them, with its `socket` module.

mod program;

use std::net::SocketAddr;
use std::time::Duration;

use super::act::Deed;
use super::data::Data;
use super::options::{Value, asked, settings};
use super::{Format, Given, Spelled, family, flags, kind};
use crate::endpoint::Address;
use crate::event::{Lists, Syscall};

/// Python 3.
#[derive(Debug)]
pub(super) struct Python;

impl Format for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn head(&self) -> &'static str {
        "from socket import *"
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        super::quoted("b", bytes, |byte| format!("\\x{byte:02x}"))
    }

    fn call(&self, call: &Syscall, given: &Given<'_>) -> Vec<Spelled> {
        let name = given.name;
        let at = |at: &Address| {
            given
                .address
                .map_or_else(|| address(at, given.v6), str::to_owned)
        };
        let mut takes = String::new();
        let call = match call {
            Syscall::Socket(it) => {
                takes = format!("{name} = ");
                format!("socket({}, {})", family(*it, given.v6), kind(*it))
            }
            Syscall::Socketpair(it) => {
                takes = format!("{name}, {} = ", given.made.unwrap_or("other"));
                format!("socketpair({}, {})", family(*it, false), kind(*it))
            }
            Syscall::Getaddrinfo(host) => format!("getaddrinfo({host:?}, None)"),
            Syscall::Bind(to) => format!("{name}.bind({})", at(to)),
            Syscall::Listen { backlog } => format!("{name}.listen({backlog})"),
            Syscall::Accept => {
                takes = format!("{}, peer = ", given.made.unwrap_or("conn"));
                format!("{name}.accept()")
            }
            Syscall::Connect(to) => format!("{name}.connect({})", at(to)),
            Syscall::Send { flags: set, to, .. } => {
                let (data, flags) = (given.data, flags(*set, ", ", ""));
                match to {
                    None => format!("{name}.send({data}{flags})"),
                    Some(to) => format!("{name}.sendto({data}{flags}, {})", at(to)),
                }
            }
            Syscall::Recv { max, flags: set } => {
                takes = String::from("data = ");
                format!("{name}.recv({max}{})", flags(*set, ", ", ""))
            }
            Syscall::Shutdown(how) => format!("{name}.shutdown({})", super::how(*how)),
            Syscall::Close => format!("{name}.close()"),
            Syscall::Kill(signal) => format!("os.kill(pid, signal.{signal})"),
            Syscall::Fork => {
                takes = String::from("pid = ");
                String::from("os.fork()")
            }
            Syscall::Thread => format!("Thread(target=serve, args=({name},)).start()"),
            Syscall::Dup => {
                takes = format!("{} = ", given.made.unwrap_or("other"));
                format!("{name}.dup()")
            }
            Syscall::SetOption {
                name: option,
                value,
            } => return set(name, option, value, given.v6),
            Syscall::GetOption { name: option } if option == "nonblock" => {
                format!("{name}.getblocking()")
            }
            Syscall::GetOption { name: option } => {
                let (level, option) = asked(option, given.v6);
                format!("{name}.getsockopt({level}, {option})")
            }
            Syscall::TakeError => format!("{name}.getsockopt(SOL_SOCKET, SO_ERROR)"),
            Syscall::Select { lists, timeout } => select(lists, *timeout),
        };
        vec![Spelled::new(takes, call, "")]
    }

    fn first_line(&self) -> Option<&'static str> {
        Some("#!/usr/bin/env python3")
    }

    fn nothing(&self) -> &'static [&'static str] {
        &["pass"]
    }

    fn runs(&self) -> &'static str {
        "python3 FILE"
    }

    fn frame(&self) -> [&'static str; 3] {
        [program::OPENING, program::BETWEEN, program::CLOSING]
    }

    fn act(&self, deed: &Deed, data: &Data) -> Vec<String> {
        program::act(deed, data)
    }

    fn check(&self, label: &str, message: Option<usize>, data: &Data) -> Vec<String> {
        program::check(label, message, data)
    }
}

fn select(lists: &Lists, timeout: Option<Duration>) -> String {
    let [r, w, x] = super::identifiers(lists).map(|list| format!("[{}]", list.join(", ")));
    let timeout = timeout.map(|time| format!(", {}", time.as_secs_f64()));
    format!(
        "select.select({r}, {w}, {x}{})",
        timeout.unwrap_or_default()
    )
}

fn set(name: &str, option: &str, value: &str, v6: bool) -> Vec<Spelled> {
    if option == "nonblock" {
        let blocks = if value == "on" { "False" } else { "True" };
        return vec![Spelled::new(
            "",
            format!("{name}.setblocking({blocks})"),
            "",
        )];
    }
    let settings = settings(option, value, v6).into_iter();
    let spelled = settings.map(|it| {
        let value = match &it.value {
            Value::Number(number) => number.clone(),
            Value::Linger(on, seconds) => {
                format!("struct.pack(\"ii\", {}, {seconds})", u8::from(*on))
            }
            Value::Group(group) if group.is_ipv4() => {
                format!("inet_pton(AF_INET, \"{group}\") + inet_aton(\"0.0.0.0\")")
            }
            Value::Group(group) => {
                format!("inet_pton(AF_INET6, \"{group}\") + struct.pack(\"I\", 0)")
            }
            Value::Word(word) => Python.bytes(word.as_bytes()),
        };
        let call = format!("{name}.setsockopt({}, {}, {value})", it.level, it.constant);
        Spelled::new("", call, "")
    });
    spelled.collect()
}

/// An address as the module takes it.
fn address(address: &Address, v6: bool) -> String {
    match address {
        Address::Inet(SocketAddr::V4(at)) if v6 => {
            format!("(\"::ffff:{}\", {})", at.ip(), at.port())
        }
        Address::Inet(SocketAddr::V6(at)) if at.scope_id() != 0 => {
            format!("(\"{}\", {}, 0, {})", at.ip(), at.port(), at.scope_id())
        }
        Address::Inet(at) => format!("(\"{}\", {})", at.ip(), at.port()),
        Address::Path(path) => Python.bytes(path),
        Address::Abstract(name) => Python.bytes(&[b"\0".as_slice(), name].concat()),
        Address::Unnamed => "\"\"".to_owned(),
    }
}
