//! Sockets with an address of their own: `bind`, `listen`, and the caution where others can reach them.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use super::agenda::Step;
use super::cx::Cx;
use super::kind::{self, Meaning};
use super::socket::Socket;
use crate::endpoint::{Address, Endpoint, Host, Place};
pub(super) use crate::event::BACKLOG;
use crate::event::{Actor, Errno, State, Syscall};
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

impl Binding {
    /// Whether every address of this machine was asked for.
    fn is_any(&self) -> bool {
        matches!(
            &self.at.place,
            Place::Inet {
                host: Host::Any,
                ..
            }
        )
    }
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
                self.plan_first(Actor::Loop, vec![Step::Lookup { host, port }]);
                self.go_on(cx);
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
        self.bind_next(binding, cx);
    }

    /// Binds to the next address, or gives up.
    pub(super) fn bind_next(&mut self, mut binding: Box<Binding>, cx: &mut Cx) {
        let Some(at) = binding.left.pop_front() else {
            return self.finish(binding.by, "not bound", cx);
        };
        let (by, steps) = (binding.by, self.steps_to(&binding, at));
        self.binding = Some(binding);
        self.plan_first(by, steps);
        self.go_on(cx);
    }

    /// The calls that make it what it shall be at that address.
    fn steps_to(&self, binding: &Binding, at: Address) -> Vec<Step> {
        let option = |name, value| Step::Option { name, value };
        let v6 = kind::is_v6(&at);
        let mut steps = vec![Step::Socket { v6 }];
        if binding.is_any() && v6 {
            steps.push(option("v6only", "off"));
        }
        let Purpose::Serve { backlog, reuseport } = binding.purpose else {
            steps.push(Step::Bind(at));
            return steps;
        };
        if self.kind.reuses_address {
            steps.push(option("reuseaddr", "on"));
        }
        if reuseport {
            steps.push(option("reuseport", "on"));
        }
        steps.push(Step::Bind(at));
        if self.transport.listens() {
            // Accepted sockets inherit it.
            steps.extend(self.inline_step());
            steps.push(Step::Listen { backlog });
        }
        steps
    }

    /// A call on the way failed. Only a machine without IPv6 is asked for its IPv4 addresses instead.
    pub(super) fn note_failure(&mut self, errno: Errno) {
        if self.across.is_some() {
            self.broken = Some(errno);
        }
        let lacks_v6 = matches!(errno.name(), "EAFNOSUPPORT" | "EADDRNOTAVAIL");
        if let Some(binding) = &mut self.binding
            && !(binding.is_any() && lacks_v6)
        {
            binding.left.clear();
        }
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
            Err(Errno::EACCES) => {
                self.tell_low_ports(at, cx);
                Err(Errno::EACCES)
            }
            got => got,
        }
    }

    /// Tells from which port on everybody may bind, where one was refused (ip(7)).
    fn tell_low_ports(&self, at: &Address, cx: &mut Cx) {
        let limit = match at {
            Address::Inet(_) => cx.turn.os.setting("net/ipv4/ip_unprivileged_port_start"),
            _ => None,
        };
        if let Some(limit) = limit {
            let text = format!("net.ipv4.ip_unprivileged_port_start = {limit}");
            cx.note(self.id, Actor::Loop, text);
        }
    }

    /// Tells who has an address that was refused: a listener before all others, and connections that are over last.
    fn tell_who_has(&self, at: &Address, cx: &mut Cx) {
        let Address::Inet(at) = at else { return };
        if !self.kind.is_in_diag {
            return;
        }
        let found = cx
            .turn
            .os
            .diags(End::Local, at.port(), None)
            .unwrap_or_default();
        let holder = found
            .iter()
            .filter(|it| is_in_the_way(it.local.ip(), at.ip()))
            .min_by_key(|it| match it.fact.state {
                Some(State::Listen) => (0, Reverse(0)),
                _ if it.inode != 0 => (1, Reverse(0)),
                _ => (2, Reverse(it.fact.timer_ms.unwrap_or(0))),
            });
        if let Some(holder) = holder {
            self.tell_who_holds(holder, cx);
        }
    }

    /// `listen`: the second half.
    pub(super) fn listen(&mut self, backlog: u32, by: Actor, cx: &mut Cx) -> Result<(), Errno> {
        // Accepted sockets inherit it.
        self.set_inline(cx);
        self.call_listen(backlog, by, cx)
    }

    /// `listen` itself.
    pub(super) fn call_listen(
        &mut self,
        backlog: u32,
        by: Actor,
        cx: &mut Cx,
    ) -> Result<(), Errno> {
        let Some(sock) = self.sock else {
            return Err(Errno::EBADF);
        };
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

    pub(super) fn bound(&mut self, cx: &mut Cx) {
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
