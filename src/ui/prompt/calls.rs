//! What the line at the prompt will call, as a program spells it. It is told from the words alone: nothing is carried
//! out, looked up or drawn for it, and options that the program sets by itself are left out.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV6};

use crate::command::Foreseen;
use crate::endpoint::{Address, Endpoint, Host, Place};
use crate::event::{BACKLOG, How, Make, Probe, Syscall, Want, Wish};
use crate::export;
use crate::session::{Conn, Session};

/// What a socket is called that has no name yet.
const NAMELESS: &str = "s";

/// The calls in one line, in the language of that name; empty where the line makes none.
pub(super) fn told(foreseen: &Foreseen, speak: &str, session: &Session) -> String {
    let mut line = String::new();
    for wish in &foreseen.wishes {
        let (name, calls) = calls(wish, session);
        let bytes = sent(wish).filter(|_| foreseen.is_settled);
        for call in calls {
            // Python parts statements by what the others end them with.
            let gap = match line.chars().next_back() {
                None => "",
                Some(';') => " ",
                Some(_) => "; ",
            };
            line.push_str(gap);
            line.push_str(&export::line(speak, &call, name, bytes));
        }
    }
    line
}

/// The bytes that a wish sends.
fn sent(wish: &Wish) -> Option<&[u8]> {
    match wish {
        Wish::Socket(_, Want::Send { bytes, .. }) => Some(bytes),
        _ => None,
    }
}

/// The calls of a wish and the socket that they are made on.
fn calls<'w>(wish: &'w Wish, session: &'w Session) -> (&'w str, Vec<Syscall>) {
    match wish {
        Wish::Make(make) => making(make),
        Wish::Socket(conn, want) => {
            let conn = session.conn(*conn);
            let name = conn.map_or(NAMELESS, |conn| &conn.name);
            (name, wanting(want, conn))
        }
        Wish::Probe(Probe::Select { lists, timeout, .. }) => {
            let (lists, timeout) = (lists.clone(), *timeout);
            (NAMELESS, vec![Syscall::Select { lists, timeout }])
        }
        _ => (NAMELESS, Vec::new()),
    }
}

fn making(make: &Make) -> (&str, Vec<Syscall>) {
    let name = match make {
        Make::Connect { name, .. }
        | Make::Listen { name, .. }
        | Make::Tap { name, .. }
        | Make::Bind { name, .. } => name.as_deref(),
        Make::Pair { names, .. } => names.as_ref().map(|(first, _)| first.as_str()),
        Make::Crowd { names, .. } => names.first().map(String::as_str),
    };
    let calls = match make {
        Make::Connect { to, from, .. } => {
            let bind = from.as_ref().map(|from| at(from, Syscall::Bind));
            let socket = [Syscall::Socket(to.transport)].into_iter();
            socket
                .chain(bind)
                .chain([at(to, Syscall::Connect)])
                .collect()
        }
        Make::Listen {
            at: place,
            backlog,
            reuseport,
            ..
        } => {
            let (option, on) = ("reuseport".to_owned(), "on".to_owned());
            let set = reuseport.then_some(Syscall::SetOption {
                name: option,
                value: on,
            });
            let listen = place.transport.listens().then_some(Syscall::Listen {
                backlog: backlog.unwrap_or(BACKLOG),
            });
            let socket = [Syscall::Socket(place.transport)].into_iter();
            let bind = at(place, Syscall::Bind);
            socket.chain(set).chain([bind]).chain(listen).collect()
        }
        Make::Tap { at: place, .. } => {
            let listen = place
                .transport
                .listens()
                .then_some(Syscall::Listen { backlog: BACKLOG });
            let socket = [Syscall::Socket(place.transport)].into_iter();
            socket
                .chain([at(place, Syscall::Bind)])
                .chain(listen)
                .collect()
        }
        Make::Bind { at: place, .. } => {
            vec![Syscall::Socket(place.transport), at(place, Syscall::Bind)]
        }
        Make::Pair { transport, .. } if transport.is_unix() => {
            vec![Syscall::Socketpair(*transport)]
        }
        Make::Crowd { to, .. } => vec![Syscall::Socket(to.transport), at(to, Syscall::Connect)],
        // A pair over the network is a whole conversation of calls.
        Make::Pair { .. } => Vec::new(),
    };
    (name.unwrap_or(NAMELESS), calls)
}

fn wanting(want: &Want, conn: Option<&Conn>) -> Vec<Syscall> {
    let call = match want {
        Want::Start { backlog } => Syscall::Listen {
            backlog: backlog.unwrap_or(BACKLOG),
        },
        Want::Accept => Syscall::Accept,
        Want::Send { bytes, flags, to } => {
            let (len, flags) = (bytes.len() as u64, *flags);
            match to {
                None => Syscall::Send {
                    len,
                    flags,
                    to: None,
                },
                Some(to) => at(to, |to| Syscall::Send {
                    len,
                    flags,
                    to: Some(to),
                }),
            }
        }
        Want::Recv { max, flags } => Syscall::Recv {
            max: *max,
            flags: *flags,
        },
        Want::Shutdown(how) => Syscall::Shutdown(*how),
        Want::Close => {
            let is_talking =
                conn.is_some_and(|conn| conn.transport.is_stream() && conn.peer.is_some());
            let half = is_talking.then_some(Syscall::Shutdown(How::Write));
            return half.into_iter().chain([Syscall::Close]).collect();
        }
        Want::CloseNow => Syscall::Close,
        Want::Abort => {
            let (name, value) = ("linger".to_owned(), "0".to_owned());
            return vec![Syscall::SetOption { name, value }, Syscall::Close];
        }
        Want::Set { option, value } => Syscall::SetOption {
            name: option.clone(),
            value: value.clone(),
        },
        Want::Get { option } => Syscall::GetOption {
            name: option.clone(),
        },
        Want::Dup => Syscall::Dup,
        // What an unplugged cable takes is several calls, of both ends.
        Want::Unplug { .. } | Want::Plug | Want::Leak => return Vec::new(),
        // A tap's, which is asked for by no line.
        Want::Relay { .. } | Want::Gate(_) | Want::Instead { .. } => return Vec::new(),
        Want::Stage(_) | Want::Flush | Want::Cancel | Want::Keep(_) | Want::Reading { .. } => {
            return Vec::new();
        }
    };
    vec![call]
}

/// A call with an address; where that is a name still, the call that looks it up.
fn at(endpoint: &Endpoint, call: impl FnOnce(Address) -> Syscall) -> Syscall {
    let address = match &endpoint.place {
        Place::Inet { host, port } => {
            let at = match host {
                Host::Any => SocketAddr::from((Ipv4Addr::UNSPECIFIED, *port)),
                Host::Ip(ip) => SocketAddr::from((*ip, *port)),
                Host::Scoped { ip, zone } => {
                    SocketAddrV6::new(*ip, *port, 0, zone.parse().unwrap_or(0)).into()
                }
                Host::Name(name) => return Syscall::Getaddrinfo(name.clone()),
            };
            Address::Inet(at)
        }
        Place::Path(name) => Address::Path(name.clone()),
        Place::Abstract(name) => Address::Abstract(name.clone()),
    };
    call(address)
}

#[cfg(test)]
mod tests;
