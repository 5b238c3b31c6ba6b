//! Calls as C spells them, with the headers of POSIX and every address in its `sockaddr`.

use std::net::SocketAddr;

use super::{Speech, constant, family, flags, kind, switch};
use crate::endpoint::Address;
use crate::event::Syscall;

/// C.
#[derive(Debug)]
pub(super) struct C;

impl Speech for C {
    fn name(&self) -> &'static str {
        "c"
    }

    fn head(&self) -> &'static str {
        "#include <sys/socket.h>"
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    /// Octal, and three digits of it: a hexadecimal escape of C takes in every digit behind it.
    fn bytes(&self, bytes: &[u8]) -> String {
        super::quoted("", bytes, |byte| format!("\\{byte:03o}"))
    }

    fn call(&self, call: &Syscall, name: &str, data: &str) -> String {
        match call {
            Syscall::Socket(it) => {
                format!("int {name} = socket({}, {}, 0);", family(*it), kind(*it))
            }
            Syscall::Socketpair(it) => {
                format!("socketpair({}, {}, 0, pair);", family(*it), kind(*it))
            }
            Syscall::Getaddrinfo(host) => {
                format!("getaddrinfo({host:?}, NULL, NULL, &found);")
            }
            Syscall::Bind(at) => {
                format!(
                    "{}\nbind({name}, (struct sockaddr *)&at, sizeof at);",
                    address("at", at)
                )
            }
            Syscall::Listen { backlog } => format!("listen({name}, {backlog});"),
            Syscall::Accept => format!("int conn = accept({name}, NULL, NULL);"),
            Syscall::Connect(to) => format!(
                "{}\nconnect({name}, (struct sockaddr *)&to, sizeof to);",
                address("to", to)
            ),
            Syscall::Send {
                len,
                flags: set,
                to,
            } => {
                let flags = flags(*set, "", "0");
                match to {
                    None => format!("send({name}, {data}, {len}, {flags});"),
                    Some(to) => format!(
                        "{}\nsendto({name}, {data}, {len}, {flags}, (struct sockaddr *)&to, sizeof to);",
                        address("to", to)
                    ),
                }
            }
            Syscall::Recv { max, flags: set } => {
                format!(
                    "ssize_t n = recv({name}, buf, {max}, {});",
                    flags(*set, "", "0")
                )
            }
            Syscall::Shutdown(how) => format!("shutdown({name}, {});", super::how(*how)),
            Syscall::Close => format!("close({name});"),
            Syscall::Kill(signal) => format!("kill(pid, {signal});"),
            Syscall::Fork => "pid_t pid = fork();".to_owned(),
            Syscall::Thread => format!("pthread_create(&thread, NULL, serve, &{name});"),
            Syscall::SetOption {
                name: option,
                value,
            } => {
                let (level, option) = constant(option);
                let value = switch(value);
                format!("setsockopt({name}, {level}, {option}, &(int){{{value}}}, sizeof(int));")
            }
            Syscall::GetOption { name: option } => {
                let (level, option) = constant(option);
                format!("getsockopt({name}, {level}, {option}, &value, &len);")
            }
            Syscall::TakeError => {
                format!("getsockopt({name}, SOL_SOCKET, SO_ERROR, &error, &len);")
            }
        }
    }
}

/// A `sockaddr` of that name, filled in.
fn address(name: &str, address: &Address) -> String {
    match address {
        Address::Inet(SocketAddr::V4(at)) => format!(
            "struct sockaddr_in {name} = {{ AF_INET, htons({}), {{ htonl({:#010x}) }} }};",
            at.port(),
            u32::from(*at.ip())
        ),
        Address::Inet(SocketAddr::V6(at)) => format!(
            "struct sockaddr_in6 {name} = {{ AF_INET6, htons({}) }};\ninet_pton(AF_INET6, \"{}\", &{name}.sin6_addr);",
            at.port(),
            at.ip()
        ),
        Address::Path(path) => {
            let path = super::quoted("", path, |byte| format!("\\{byte:03o}"));
            format!("struct sockaddr_un {name} = {{ AF_UNIX, {path} }};")
        }
        Address::Abstract(path) => {
            let path = [b"\0".as_slice(), path].concat();
            let path = super::quoted("", &path, |byte| format!("\\{byte:03o}"));
            format!("struct sockaddr_un {name} = {{ AF_UNIX, {path} }};")
        }
        Address::Unnamed => format!("struct sockaddr_un {name} = {{ AF_UNIX }};"),
    }
}
