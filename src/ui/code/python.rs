//! Calls as Python spells them, with its `socket` module.

use super::{Speech, constant, family, flags, kind, switch};
use crate::endpoint::Address;
use crate::event::Syscall;

/// Python 3.
#[derive(Debug)]
pub(super) struct Python;

impl Speech for Python {
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

    fn call(&self, call: &Syscall, name: &str, data: &str) -> String {
        match call {
            Syscall::Socket(it) => format!("{name} = socket({}, {})", family(*it), kind(*it)),
            Syscall::Socketpair(it) => {
                format!("{name}, other = socketpair({}, {})", family(*it), kind(*it))
            }
            Syscall::Getaddrinfo(host) => format!("getaddrinfo({host:?}, None)"),
            Syscall::Bind(at) => format!("{name}.bind({})", address(at)),
            Syscall::Listen { backlog } => format!("{name}.listen({backlog})"),
            Syscall::Accept => format!("conn, peer = {name}.accept()"),
            Syscall::Connect(to) => format!("{name}.connect({})", address(to)),
            Syscall::Send { flags: set, to, .. } => {
                let flags = flags(*set, ", ", "");
                match to {
                    None => format!("{name}.send({data}{flags})"),
                    Some(to) => format!("{name}.sendto({data}{flags}, {})", address(to)),
                }
            }
            Syscall::Recv { max, flags: set } => {
                format!("data = {name}.recv({max}{})", flags(*set, ", ", ""))
            }
            Syscall::Shutdown(how) => format!("{name}.shutdown({})", super::how(*how)),
            Syscall::Close => format!("{name}.close()"),
            Syscall::Kill(signal) => format!("os.kill(pid, signal.{signal})"),
            Syscall::Fork => "pid = os.fork()".to_owned(),
            Syscall::Thread => format!("Thread(target=serve, args=({name},)).start()"),
            Syscall::SetOption {
                name: option,
                value,
            } => {
                let (level, option) = constant(option);
                format!("{name}.setsockopt({level}, {option}, {})", switch(value))
            }
            Syscall::GetOption { name: option } => {
                let (level, option) = constant(option);
                format!("{name}.getsockopt({level}, {option})")
            }
            Syscall::TakeError => format!("{name}.getsockopt(SOL_SOCKET, SO_ERROR)"),
        }
    }
}

fn address(address: &Address) -> String {
    match address {
        Address::Inet(at) => format!("(\"{}\", {})", at.ip(), at.port()),
        Address::Path(path) => super::quoted("", path, |byte| format!("\\x{byte:02x}")),
        Address::Abstract(name) => {
            let name = [b"\0".as_slice(), name].concat();
            super::quoted("", &name, |byte| format!("\\x{byte:02x}"))
        }
        Address::Unnamed => "\"\"".to_owned(),
    }
}
