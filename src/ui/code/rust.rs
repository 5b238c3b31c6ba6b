//! Calls as Rust spells them, with the crate `socket2`: the standard library hides half of the calls.

use super::{Speech, constant};
use crate::endpoint::{Address, Transport};
use crate::event::{How, Syscall};

/// Rust.
#[derive(Debug)]
pub(super) struct Rust;

impl Speech for Rust {
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

    fn call(&self, call: &Syscall, name: &str, data: &str) -> String {
        match call {
            Syscall::Socket(it) => {
                format!("let {name} = Socket::new({}, None)?;", kind(*it))
            }
            Syscall::Socketpair(it) => {
                format!("let ({name}, other) = Socket::pair({}, None)?;", kind(*it))
            }
            Syscall::Getaddrinfo(host) => format!("({host:?}, 0).to_socket_addrs()?;"),
            Syscall::Bind(at) => format!("{name}.bind(&{})?;", address(at)),
            Syscall::Listen { backlog } => format!("{name}.listen({backlog})?;"),
            Syscall::Accept => format!("let (conn, peer) = {name}.accept()?;"),
            Syscall::Connect(to) => format!("{name}.connect(&{})?;", address(to)),
            Syscall::Send { flags, to, .. } => {
                let flags = flags.names();
                match (to, flags.is_empty()) {
                    (None, true) => format!("{name}.send({data})?;"),
                    (None, false) => format!("{name}.send_with_flags({data}, {flags})?;"),
                    (Some(to), _) => format!("{name}.send_to({data}, &{})?;", address(to)),
                }
            }
            Syscall::Recv { max, flags } if flags.names().is_empty() => {
                format!("let n = {name}.recv(&mut buf[..{max}])?;")
            }
            Syscall::Recv { max, flags } => {
                let flags = flags.names();
                format!("let n = {name}.recv_with_flags(&mut buf[..{max}], {flags})?;")
            }
            Syscall::Shutdown(how) => {
                let how = match how {
                    How::Read => "Read",
                    How::Write => "Write",
                    How::Both => "Both",
                };
                format!("{name}.shutdown(Shutdown::{how})?;")
            }
            Syscall::Close => format!("drop({name});"),
            Syscall::Kill(signal) => format!("kill_process(pid, Signal::{signal})?;"),
            Syscall::Fork => "let child = Command::new(program).spawn()?;".to_owned(),
            Syscall::Thread => format!("thread::spawn(move || serve({name}));"),
            Syscall::SetOption {
                name: option,
                value,
            } => {
                let option = method(option);
                let value = match value.as_str() {
                    "on" => "true",
                    "off" => "false",
                    value => value,
                };
                format!("{name}.set_{option}({value})?;")
            }
            Syscall::GetOption { name: option } => format!("{name}.{}()?;", method(option)),
            Syscall::TakeError => format!("{name}.take_error()?;"),
        }
    }
}

/// The name of an option's method: `TCP_NODELAY` is `tcp_nodelay`, `SO_REUSEADDR` is `reuse_address`.
fn method(option: &str) -> String {
    let known = [
        ("reuseaddr", "reuse_address"),
        ("reuseport", "reuse_port"),
        ("sndbuf", "send_buffer_size"),
        ("rcvbuf", "recv_buffer_size"),
        ("oobinline", "out_of_band_inline"),
        ("v6only", "only_v6"),
    ];
    let found = known.iter().find(|(name, _)| *name == option);
    found.map_or_else(
        || constant(option).1.to_lowercase().replace("so_", ""),
        |(_, method)| (*method).to_owned(),
    )
}

fn kind(transport: Transport) -> String {
    let domain = if transport.is_unix() { "UNIX" } else { "IPV4" };
    let kind = super::kind(transport).replace("SOCK_", "");
    format!("Domain::{domain}, Type::{kind}")
}

fn address(address: &Address) -> String {
    let path = |bytes: &[u8]| super::quoted("", bytes, |byte| format!("\\x{byte:02x}"));
    match address {
        Address::Inet(at) => format!("SockAddr::from(\"{at}\".parse::<SocketAddr>()?)"),
        Address::Path(name) => format!("SockAddr::unix({})?", path(name)),
        Address::Abstract(name) => {
            format!(
                "SockAddr::unix({})?",
                path(&[b"\0".as_slice(), name].concat())
            )
        }
        Address::Unnamed => "SockAddr::unix(\"\")?".to_owned(),
    }
}
