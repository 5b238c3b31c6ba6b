//! Sockets with an address of their own: `bind`, `listen`, and the caution where others can reach them.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use super::cx::Cx;
use super::kind::{self, Meaning};
use super::socket::Socket;
use crate::endpoint::{Address, Endpoint, Host, Place};
pub(super) use crate::event::BACKLOG;
use crate::event::{Actor, Errno, Held, State, Syscall};
use crate::os::{End, Sock};

/// More addresses are counted, not named, where others reach a socket at all of them.
const SHOWN_MAX: usize = 6;

/// A socket on its way to its address.
#[derive(Debug)]
pub(super) struct Binding {
    by: Actor,
    at: Endpoint,
    purpose: Purpose,
    left: VecDeque<Address>,
}

/// What the address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// `bind` alone.
    Bind,
    /// All that a server does.
    Serve { backlog: u32, reuseport: bool },
}

impl Socket {
    /// Begins to bind.
    pub(super) fn begin_bind(&mut self, by: Actor, at: Endpoint, purpose: Purpose, cx: &mut Cx) {
        let meaning = kind::meaning(&at.place, cx.turn.os);
        let binding = Box::new(Binding {
            by,
            at,
            purpose,
            left: VecDeque::new(),
        });
        match meaning {
            Meaning::Known(addresses) => self.bind_to(binding, addresses, cx),
            Meaning::Name { host, port } => {
                self.binding = Some(binding);
                self.look_up(host, port, cx);
            }
            Meaning::Nothing(why) => {
                cx.refuse(self.id, by, &why);
                self.finish(by, &why, cx);
            }
        }
    }

    /// The name of the address came: it is bound to its first.
    pub(super) fn bind_named(&mut self, addresses: Vec<Address>, cx: &mut Cx) {
        if let Some(binding) = self.binding.take() {
            self.bind_to(binding, addresses.into_iter().take(1).collect(), cx);
        }
    }

    fn bind_to(&mut self, mut binding: Box<Binding>, addresses: Vec<Address>, cx: &mut Cx) {
        binding.left = addresses.into();
        let any = matches!(
            &binding.at.place,
            Place::Inet {
                host: Host::Any,
                ..
            }
        );
        while let Some(at) = binding.left.pop_front() {
            match self.bind_at(&binding, &at, any, cx) {
                Ok(()) => return self.bound(cx),
                Err(errno) => {
                    self.drop_descriptor(binding.by, cx);
                    // Only a machine without IPv6 is asked for its IPv4 addresses instead.
                    let lacks_v6 = matches!(errno.name(), "EAFNOSUPPORT" | "EADDRNOTAVAIL");
                    if !(any && lacks_v6) {
                        break;
                    }
                }
            }
        }
        self.finish(binding.by, "not bound", cx);
    }

    fn bind_at(
        &mut self,
        binding: &Binding,
        at: &Address,
        any: bool,
        cx: &mut Cx,
    ) -> Result<(), Errno> {
        let by = binding.by;
        let sock = self.make_descriptor(kind::is_v6(at), by, cx)?;
        if any && kind::is_v6(at) {
            self.set("v6only", "off", by, cx)?;
        }
        let Purpose::Serve { backlog, reuseport } = binding.purpose else {
            return self.call_bind(sock, at, by, cx);
        };
        if self.kind.reuses_address {
            self.set("reuseaddr", "on", by, cx)?;
        }
        if reuseport {
            self.set("reuseport", "on", by, cx)?;
        }
        self.call_bind(sock, at, by, cx)?;
        if self.transport.listens() {
            self.listen(backlog, by, cx)?;
        }
        Ok(())
    }

    /// `bind`; once more where nothing but the path of a program that is gone stands in the way.
    pub(super) fn call_bind(
        &self,
        sock: Sock,
        at: &Address,
        by: Actor,
        cx: &mut Cx,
    ) -> Result<(), Errno> {
        let bind = |cx: &mut Cx| {
            let syscall = Syscall::Bind(at.clone());
            cx.plain(self.id, by, syscall, |os| os.bind(sock, at))
        };
        match bind(cx) {
            Err(Errno::EADDRINUSE) if self.remove_stale(at, cx) => bind(cx),
            Err(Errno::EADDRINUSE) => {
                self.tell_who_has(at, cx);
                Err(Errno::EADDRINUSE)
            }
            got => got,
        }
    }

    /// Tells who has an address that was refused: a listener before all others, and connections that are over last.
    fn tell_who_has(&self, at: &Address, cx: &mut Cx) {
        let Address::Inet(at) = at else { return };
        if !self.kind.is_in_diag {
            return;
        }
        let found = cx.turn.os.diags(End::Local, at.port()).unwrap_or_default();
        let holder = found
            .iter()
            .filter(|it| is_in_the_way(it.local.ip(), at.ip()))
            .min_by_key(|it| match it.fact.state {
                Some(State::Listen) => (0, Reverse(0)),
                _ if it.inode != 0 => (1, Reverse(0)),
                _ => (2, Reverse(it.fact.timer_ms.unwrap_or(0))),
            });
        if let Some(holder) = holder {
            self.tell_holder(Held::Address, holder, cx);
        }
    }

    /// `listen`: the second half.
    pub(super) fn listen(&mut self, backlog: u32, by: Actor, cx: &mut Cx) -> Result<(), Errno> {
        let Some(sock) = self.sock else {
            return Err(Errno::EBADF);
        };
        // Accepted sockets inherit it.
        self.set_inline(cx);
        let got = cx.plain(self.id, by, Syscall::Listen { backlog }, |os| {
            os.listen(sock, backlog)
        });
        if got == Err(Errno::EADDRINUSE)
            && let Ok(at) = cx.turn.os.local_address(sock)
        {
            self.tell_who_has(&at, cx);
        }
        got?;
        self.listening = true;
        Ok(())
    }

    fn bound(&mut self, cx: &mut Cx) {
        self.tell_addresses(None, cx);
        if self.listening || self.transport.is_connectionless() {
            self.warn_if_exposed(cx);
        }
        self.enqueue(cx);
    }

    /// Says so when others than this machine can reach the socket.
    pub(super) fn warn_if_exposed(&mut self, cx: &mut Cx) {
        let local = self
            .sock
            .and_then(|sock| cx.turn.os.local_address(sock).ok());
        let Some(local @ Address::Inet(at)) = &local else {
            return;
        };
        if local.is_loopback() {
            return;
        }
        let at = if local.is_any() {
            self.reached_at(*at, cx)
        } else {
            local.to_string()
        };
        let text = format!("reachable from other machines at {at}");
        self.exposed = true;
        cx.limit(self.id, self.exposed_key(), Some(text));
    }

    /// The addresses at which others find a socket that is bound to all of them, in words.
    fn reached_at(&self, any: SocketAddr, cx: &mut Cx) -> String {
        let v6only = any.is_ipv6()
            && self
                .sock
                .is_some_and(|sock| cx.turn.os.option(sock, "v6only").is_ok_and(|on| on == "on"));
        let (v4, v6) = (!v6only, any.is_ipv6());
        let all = cx.turn.os.addresses();
        let mut reached = all.into_iter().filter(|ip| {
            let family = if ip.is_ipv4() { v4 } else { v6 };
            family && !ip.is_loopback()
        });
        let shown: Vec<String> = reached
            .by_ref()
            .take(SHOWN_MAX)
            .map(|ip| SocketAddr::new(ip, any.port()).to_string())
            .collect();
        match (shown.is_empty(), reached.count()) {
            (true, _) => format!("{any}, once this one has an address"),
            (false, 0) => shown.join(", "),
            (false, more) => format!("{} and {more} more", shown.join(", ")),
        }
    }

    /// The key of that banner.
    pub(super) fn exposed_key(&self) -> String {
        format!("exposed {}", self.id.0)
    }

    /// Nothing comes of a socket that was to be bound.
    pub(super) fn cancel_binding(&mut self, why: &str, cx: &mut Cx) {
        if let Some(binding) = self.binding.take() {
            self.abandon_lookup(why, cx);
            self.finish(binding.by, why, cx);
        }
    }
}

/// Whether who has the one address stands in the way of who wants the other, on the same port.
fn is_in_the_way(has: IpAddr, wanted: IpAddr) -> bool {
    let wanted = wanted.to_canonical();
    has == wanted || has.is_unspecified() || wanted.is_unspecified()
}
