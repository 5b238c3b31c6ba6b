//! Calls as C spells them, with the headers of POSIX and every address in its `sockaddr`.

mod program;

use std::net::SocketAddr;
use std::time::Duration;

use super::act::Deed;
use super::data::Data;
use super::options::{Value, asked, settings};
use super::{Format, Given, Spelled, family, flags, kind};
use crate::endpoint::Address;
use crate::event::{Lists, Syscall};

/// C.
#[derive(Debug)]
pub(super) struct C;

impl Format for C {
    fn name(&self) -> &'static str {
        "c"
    }

    fn head(&self) -> &'static str {
        "#include <sys/socket.h>"
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    /// Octal, and three digits of it: a hexadecimal escape of C takes in every digit behind it (C17, 6.4.4.4). Question
    /// marks are escaped, since two of them may begin a trigraph (5.2.1.1).
    fn bytes(&self, bytes: &[u8]) -> String {
        super::quoted("", bytes, |byte| format!("\\{byte:03o}")).replace('?', "\\?")
    }

    fn call(&self, call: &Syscall, given: &Given<'_>) -> Vec<Spelled> {
        let name = given.name;
        let mut takes = String::new();
        let call = match call {
            Syscall::Socket(it) => {
                takes = format!("int {name} = ");
                format!("socket({}, {}, 0)", family(*it, given.v6), kind(*it))
            }
            Syscall::Socketpair(it) => {
                format!("socketpair({}, {}, 0, pair)", family(*it, false), kind(*it))
            }
            Syscall::Getaddrinfo(host) => {
                let host = self.bytes(host.as_bytes());
                format!("getaddrinfo({host}, NULL, NULL, &found)")
            }
            Syscall::Bind(at) => return vec![to(&format!("bind({name}"), "at", at, given)],
            Syscall::Listen { backlog } => format!("listen({name}, {backlog})"),
            Syscall::Accept => {
                takes = format!("int {} = ", given.made.unwrap_or("conn"));
                format!("accept({name}, NULL, NULL)")
            }
            Syscall::Connect(at) => return vec![to(&format!("connect({name}"), "to", at, given)],
            Syscall::Send {
                len,
                flags: set,
                to: at,
            } => {
                let what = format!("{name}, {}, {len}, {}", given.data, flags(*set, "", "0"));
                match at {
                    None => format!("send({what})"),
                    Some(at) => return vec![to(&format!("sendto({what}"), "to", at, given)],
                }
            }
            Syscall::Recv { max, flags: set } => {
                takes = String::from("ssize_t n = ");
                format!("recv({name}, buf, {max}, {})", flags(*set, "", "0"))
            }
            Syscall::Shutdown(how) => format!("shutdown({name}, {})", super::how(*how)),
            Syscall::Close => format!("close({name})"),
            Syscall::Dup => {
                return vec![Spelled::new(
                    format!("int {} = ", given.made.unwrap_or("other")),
                    format!("dup({name})"),
                    ";",
                )];
            }
            Syscall::Kill(signal) => format!("kill(pid, {signal})"),
            Syscall::Fork => return vec![Spelled::new("pid_t pid = ", "fork()", ";")],
            Syscall::Thread => format!("pthread_create(&thread, NULL, serve, &{name})"),
            Syscall::SetOption {
                name: option,
                value,
            } => return set(name, option, value, given.v6),
            Syscall::GetOption { name: option } if option == "nonblock" => {
                format!("fcntl({name}, F_GETFL)")
            }
            Syscall::GetOption { name: option } => {
                let (level, option) = asked(option, given.v6);
                format!("getsockopt({name}, {level}, {option}, &value, &len)")
            }
            Syscall::TakeError => format!("getsockopt({name}, SOL_SOCKET, SO_ERROR, &error, &len)"),
            Syscall::Select { lists, timeout } => select(lists, *timeout),
        };
        vec![Spelled::new(takes, call, ";")]
    }

    fn runs(&self) -> &'static str {
        "cc -o calls FILE && ./calls"
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

/// The sets are filled in the expression itself.
fn select(lists: &Lists, timeout: Option<Duration>) -> String {
    let set = |(list, set): (&Vec<String>, &str)| {
        let each = list.iter().map(|name| format!("FD_SET({name}, &{set}), "));
        each.collect::<String>()
    };
    let all = super::identifiers(lists);
    let sets: String = all.iter().zip(["r", "w", "x"]).map(set).collect();
    let time = timeout.map_or("NULL".to_owned(), |time| {
        let (seconds, micros) = (time.as_secs(), time.subsec_micros());
        format!("&(struct timeval){{ {seconds}, {micros} }}")
    });
    format!("{sets}select(FD_SETSIZE, &r, &w, &x, {time})")
}

/// A call whose last argument is an address: one that has a name, or a `sockaddr` of this name, filled in before.
fn to(call: &str, variable: &str, at: &Address, given: &Given<'_>) -> Spelled {
    let (before, at, length) = match given.address {
        Some(known) => (
            Vec::new(),
            format!("{known}.address"),
            format!("{known}.length"),
        ),
        None => (
            address(variable, at),
            variable.to_owned(),
            length(variable, at),
        ),
    };
    let call = format!("{call}, (struct sockaddr *)&{at}, {length})");
    Spelled {
        before,
        ..Spelled::new("", call, ";")
    }
}

fn set(name: &str, option: &str, value: &str, v6: bool) -> Vec<Spelled> {
    if option == "nonblock" {
        let flags = if value == "on" {
            "| O_NONBLOCK"
        } else {
            "& ~O_NONBLOCK"
        };
        let call = format!("fcntl({name}, F_SETFL, fcntl({name}, F_GETFL) {flags})");
        return vec![Spelled::new("", call, ";")];
    }
    let settings = settings(option, value, v6).into_iter();
    let spelled = settings.map(|it| {
        let mut before = Vec::new();
        let (value, size) = match &it.value {
            Value::Number(number) => (format!("&(int){{{number}}}"), "sizeof(int)".to_owned()),
            Value::Linger(on, seconds) => {
                let on = u8::from(*on);
                (
                    format!("&(struct linger){{{on}, {seconds}}}"),
                    "sizeof(struct linger)".to_owned(),
                )
            }
            Value::Group(group) => {
                let (family, kind, field) = if group.is_ipv4() {
                    ("AF_INET", "ip_mreq", "imr_multiaddr")
                } else {
                    ("AF_INET6", "ipv6_mreq", "ipv6mr_multiaddr")
                };
                before = vec![
                    format!("struct {kind} group = {{ .{field} = {{ 0 }} }};"),
                    format!("inet_pton({family}, \"{group}\", &group.{field});"),
                ];
                ("&group".to_owned(), "sizeof group".to_owned())
            }
            Value::Word(word) => (C.bytes(word.as_bytes()), word.len().to_string()),
        };
        let call = format!(
            "setsockopt({name}, {}, {}, {value}, {size})",
            it.level, it.constant
        );
        Spelled {
            before,
            ..Spelled::new("", call, ";")
        }
    });
    spelled.collect()
}

/// A `sockaddr` of that name, filled in.
fn address(name: &str, address: &Address) -> Vec<String> {
    let unix = |path: &[u8]| {
        let path = C.bytes(path);
        vec![format!(
            "struct sockaddr_un {name} = {{ .sun_family = AF_UNIX, .sun_path = {path} }};"
        )]
    };
    match address {
        Address::Inet(SocketAddr::V4(at)) => vec![format!(
            "struct sockaddr_in {name} = {{ .sin_family = AF_INET, .sin_port = htons({}), \
             .sin_addr = {{ htonl({:#010x}) }} }};",
            at.port(),
            u32::from(*at.ip())
        )],
        Address::Inet(SocketAddr::V6(at)) => vec![
            format!(
                "struct sockaddr_in6 {name} = {{ .sin6_family = AF_INET6, .sin6_port = htons({}), \
                 .sin6_scope_id = {} }};",
                at.port(),
                at.scope_id()
            ),
            format!("inet_pton(AF_INET6, \"{}\", &{name}.sin6_addr);", at.ip()),
        ],
        Address::Path(path) => unix(path),
        Address::Abstract(path) => unix(&[b"\0".as_slice(), path].concat()),
        Address::Unnamed => vec![format!(
            "struct sockaddr_un {name} = {{ .sun_family = AF_UNIX }};"
        )],
    }
}

/// The length of that `sockaddr`: every byte of an abstract name counts (unix(7)).
fn length(name: &str, address: &Address) -> String {
    match address {
        Address::Abstract(path) => {
            format!(
                "offsetof(struct sockaddr_un, sun_path) + {}",
                path.len() + 1
            )
        }
        Address::Unnamed => "sizeof(sa_family_t)".to_owned(),
        _ => format!("sizeof {name}"),
    }
}
