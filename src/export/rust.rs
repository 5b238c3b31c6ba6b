//! Calls as Rust spells them, with the crate `socket2`: the standard library hides half of the calls.

mod program;

use std::time::Duration;

use super::act::Deed;
use super::data::Data;
use super::options::{Setting, Value, asked, settings};
use super::{Format, Given, Spelled};
use crate::endpoint::{Address, Transport};
use crate::event::{Lists, Syscall};

/// Rust.
#[derive(Debug)]
pub(super) struct Rust;

/// The methods of `socket2` for constants whose names they do not follow.
const METHODS: &[(&str, &str)] = &[
    ("SO_REUSEADDR", "reuse_address"),
    ("SO_REUSEPORT", "reuse_port"),
    ("SO_SNDBUF", "send_buffer_size"),
    ("SO_RCVBUF", "recv_buffer_size"),
    ("SO_OOBINLINE", "out_of_band_inline"),
    ("IPV6_V6ONLY", "only_v6"),
    ("TCP_MAXSEG", "tcp_mss"),
    ("IP_TTL", "ttl_v4"),
    ("IP_TOS", "tos_v4"),
    ("IP_MULTICAST_TTL", "multicast_ttl_v4"),
    ("IP_MULTICAST_LOOP", "multicast_loop_v4"),
    ("IP_FREEBIND", "freebind_v4"),
    ("IPV6_UNICAST_HOPS", "unicast_hops_v6"),
    ("IPV6_TCLASS", "tclass_v6"),
    ("IPV6_MULTICAST_HOPS", "multicast_hops_v6"),
    ("IPV6_MULTICAST_LOOP", "multicast_loop_v6"),
    ("IPV6_FREEBIND", "freebind_v6"),
];

impl Format for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn head(&self) -> &'static str {
        "use socket2::{Domain, SockAddr, Socket, Type};"
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        super::quoted("b", bytes, |byte| format!("\\x{byte:02x}"))
    }

    fn call(&self, call: &Syscall, given: &Given<'_>) -> Vec<Spelled> {
        let Given { name, data, .. } = *given;
        let mut takes = String::new();
        let at = |at: &Address| given.address.map_or_else(|| address(at), str::to_owned);
        let call = match call {
            Syscall::Socket(it) => {
                takes = format!("let {name} = ");
                format!("Socket::new({}, None)", kind(*it, given.v6))
            }
            Syscall::Socketpair(it) => {
                takes = format!("let ({name}, {}) = ", given.made.unwrap_or("other"));
                format!("Socket::pair({}, None)", kind(*it, false))
            }
            Syscall::Getaddrinfo(host) => format!("({host:?}, 0).to_socket_addrs()"),
            Syscall::Bind(to) => format!("{name}.bind(&{})", at(to)),
            Syscall::Listen { backlog } => format!("{name}.listen({backlog})"),
            Syscall::Accept => {
                takes = format!("let ({}, peer) = ", given.made.unwrap_or("conn"));
                format!("{name}.accept()")
            }
            Syscall::Connect(to) => format!("{name}.connect(&{})", at(to)),
            Syscall::Send { flags, to, .. } => {
                let flags = flags.names();
                match (to, flags.is_empty()) {
                    (None, true) => format!("{name}.send({data})"),
                    (None, false) => format!("{name}.send_with_flags({data}, {flags})"),
                    (Some(to), _) => format!("{name}.send_to({data}, &{})", at(to)),
                }
            }
            Syscall::Recv { max, flags } => {
                takes = String::from("let n = ");
                let flags = flags.names();
                if flags.is_empty() {
                    format!("{name}.recv(&mut buf[..{max}])")
                } else {
                    format!("{name}.recv_with_flags(&mut buf[..{max}], {flags})")
                }
            }
            Syscall::Shutdown(how) => {
                // The library names them as we do.
                format!("{name}.shutdown(Shutdown::{how:?})")
            }
            Syscall::Close => return vec![Spelled::new("", format!("drop({name})"), ";")],
            Syscall::Dup => {
                takes = format!("let {} = ", given.made.unwrap_or("other"));
                format!("{name}.try_clone()")
            }
            Syscall::Kill(signal) => format!("kill_process(pid, Signal::{signal})"),
            Syscall::Fork => "Command::new(program).spawn()".to_owned(),
            Syscall::Thread => {
                let call = format!("thread::spawn(move || serve({name}))");
                return vec![Spelled::new("", call, ";")];
            }
            Syscall::SetOption {
                name: option,
                value,
            } => {
                return set(name, option, value, given.v6);
            }
            Syscall::GetOption { name: option } if option == "nonblock" => {
                format!("{name}.nonblocking()")
            }
            Syscall::GetOption { name: option } => {
                format!("{name}.{}()", method(&asked(option, given.v6).1))
            }
            Syscall::TakeError => format!("{name}.take_error()"),
            Syscall::Select { lists, timeout } => select(lists, *timeout),
        };
        vec![Spelled::new(takes, call, "?;")]
    }

    fn runs(&self) -> &'static str {
        "rustc -o calls FILE && ./calls"
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

/// The standard library has none; poll(2) asks the same.
fn select(lists: &Lists, timeout: Option<Duration>) -> String {
    let all = super::identifiers(lists);
    let fds = all
        .iter()
        .zip(["IN", "OUT", "PRI"])
        .flat_map(|(list, flag)| {
            let names = list.iter();
            names.map(move |name| format!("PollFd::new(&{name}, PollFlags::{flag})"))
        });
    let fds = fds.collect::<Vec<_>>().join(", ");
    let time = timeout.map_or("None".to_owned(), |time| {
        let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
        format!("Some(&Timespec {{ tv_sec: {seconds}, tv_nsec: {nanos} }})")
    });
    format!("poll(&mut [{fds}], {time})")
}

fn set(name: &str, option: &str, value: &str, v6: bool) -> Vec<Spelled> {
    if option == "nonblock" {
        let call = format!("{name}.set_nonblocking({})", value == "on");
        return vec![Spelled::new("", call, "?;")];
    }
    let settings = settings(option, value, v6);
    let spelled = match settings.as_slice() {
        [first, rest @ ..] if !rest.is_empty() => {
            let probes = rest.iter().zip(["time", "interval", "retries"]);
            let probes = probes.map(|(it, what)| match (&it.value, what) {
                (Value::Number(number), "retries") => format!(".with_retries({number})"),
                (Value::Number(number), what) => {
                    format!(".with_{what}(Duration::from_secs({number}))")
                }
                _ => String::new(),
            });
            let probes: String = probes.collect();
            let on = setting(name, first, "on");
            let call = format!("{name}.set_tcp_keepalive(&TcpKeepalive::new(){probes})");
            vec![on, call]
        }
        settings => settings.iter().map(|it| setting(name, it, value)).collect(),
    };
    let spelled = spelled.into_iter();
    spelled.map(|call| Spelled::new("", call, "?;")).collect()
}

fn setting(name: &str, it: &Setting, words: &str) -> String {
    let method = method(&it.constant);
    match &it.value {
        Value::Linger(true, seconds) => {
            format!("{name}.set_linger(Some(Duration::from_secs({seconds})))")
        }
        Value::Linger(false, _) => format!("{name}.set_linger(None)"),
        Value::Number(number) if it.constant == "TCP_USER_TIMEOUT" => {
            let time = if number == "0" {
                "None".to_owned()
            } else {
                format!("Some(Duration::from_millis({number}))")
            };
            format!("{name}.set_{method}({time})")
        }
        Value::Number(_) if matches!(words, "on" | "off") => {
            format!("{name}.set_{method}({})", words == "on")
        }
        Value::Number(number) => format!("{name}.set_{method}({number})"),
        Value::Group(group) => {
            let what = if it.constant.contains("DROP") || it.constant.contains("LEAVE") {
                "leave"
            } else {
                "join"
            };
            let (family, any) = if group.is_ipv4() {
                ("v4", "&Ipv4Addr::UNSPECIFIED")
            } else {
                ("v6", "0")
            };
            format!("{name}.{what}_multicast_{family}(&\"{group}\".parse()?, {any})")
        }
        Value::Word(word) => format!("{name}.set_{method}({})", Rust.bytes(word.as_bytes())),
    }
}

/// The method of a constant: `TCP_NODELAY` is `tcp_nodelay`, `SO_REUSEADDR` is `reuse_address`.
fn method(constant: &str) -> String {
    let known = METHODS.iter().find(|(name, _)| *name == constant);
    known.map_or_else(
        || constant.to_lowercase().replace("so_", ""),
        |(_, method)| (*method).to_owned(),
    )
}

fn kind(transport: Transport, v6: bool) -> String {
    let domain = match super::family(transport, v6) {
        "AF_UNIX" => "UNIX",
        "AF_INET6" => "IPV6",
        _ => "IPV4",
    };
    let kind = super::kind(transport).replace("SOCK_", "");
    format!("Domain::{domain}, Type::{kind}")
}

fn address(address: &Address) -> String {
    let path = |bytes: &[u8]| Rust.bytes(bytes);
    match address {
        Address::Inet(at) => format!("SockAddr::from(\"{at}\".parse::<SocketAddr>()?)"),
        Address::Path(name) => format!("SockAddr::unix(OsStr::from_bytes({}))?", path(name)),
        Address::Abstract(name) => {
            let name = path(&[b"\0".as_slice(), name].concat());
            format!("SockAddr::unix(OsStr::from_bytes({name}))?")
        }
        Address::Unnamed => "SockAddr::unix(\"\")?".to_owned(),
    }
}
