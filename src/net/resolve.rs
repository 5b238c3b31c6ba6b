//! Names on their way to addresses: one look-up a socket at a time, with a deadline. The resolver itself is `os`'s.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::cx::{Cx, Pending};
use super::socket::Socket;
use super::timer::Alarm;
use crate::endpoint::Address;
use crate::event::{Actor, Call, Outcome, Syscall};

/// A resolver that has not answered by then will not be waited for: getaddrinfo(3) alone may take longer.
const DEADLINE: Duration = Duration::from_secs(10);

/// More addresses of one name are not tried.
const ADDRESSES_MAX: usize = 16;

/// A name being looked up.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) ticket: u64,
    host: String,
    port: u16,
    pending: Pending,
}

impl Socket {
    /// Asks for the addresses of a name; [`Socket::looked_up`] goes on when they, or nothing, came.
    pub(super) fn look_up(&mut self, host: String, port: u16, cx: &mut Cx) {
        let ticket = cx.shared.ticket();
        let pending = cx.block(self.id, Actor::Loop, Syscall::Getaddrinfo(host.clone()));
        cx.shared.lookups.insert(ticket, self.id);
        cx.turn.os.resolve(ticket, &host);
        let until = cx.now() + DEADLINE;
        cx.shared.timers.set(self.id, Alarm::Lookup, until);
        self.lookup = Some(Box::new(Lookup {
            ticket,
            host,
            port,
            pending,
        }));
    }

    /// The resolver answered.
    pub(super) fn answered(&mut self, answer: &Result<Vec<IpAddr>, String>, cx: &mut Cx) {
        let Some(lookup) = self.lookup.take() else {
            return;
        };
        cx.shared.timers.cancel(self.id, Alarm::Lookup);
        let addresses = match answer {
            Ok(ips) => ips
                .iter()
                .map(|ip| Address::Inet(SocketAddr::new(*ip, lookup.port)))
                .collect::<Vec<_>>(),
            Err(_) => Vec::new(),
        };
        let outcome = match answer {
            Ok(_) if addresses.is_empty() => Outcome::Unresolved("it has no address".to_owned()),
            Ok(_) => Outcome::Names(addresses.clone()),
            Err(why) => Outcome::Unresolved(why.clone()),
        };
        let call = Call::new(Syscall::Getaddrinfo(lookup.host), outcome, Duration::ZERO);
        cx.log_end(self.id, Actor::Loop, call, Some(lookup.pending));
        if addresses.len() > ADDRESSES_MAX {
            let more = addresses.len() - ADDRESSES_MAX;
            cx.note(
                self.id,
                Actor::Loop,
                format!("{more} more addresses are not tried"),
            );
        }
        self.looked_up(addresses.into_iter().take(ADDRESSES_MAX).collect(), cx);
    }

    /// The resolver does not answer.
    pub(super) fn lookup_expired(&mut self, cx: &mut Cx) {
        if self.abandon_lookup("no answer in 10 s", cx) {
            self.looked_up(Vec::new(), cx);
        }
    }

    /// Gives a look-up up, if there is one.
    pub(super) fn abandon_lookup(&mut self, why: &str, cx: &mut Cx) -> bool {
        let Some(lookup) = self.lookup.take() else {
            return false;
        };
        cx.shared.timers.cancel(self.id, Alarm::Lookup);
        cx.shared.lookups.remove(&lookup.ticket);
        let mut why = why.to_owned();
        if !cx.turn.os.abandon(lookup.ticket) {
            why.push_str("; too many look-ups hang, names are not looked up any more");
        }
        let syscall = Syscall::Getaddrinfo(lookup.host);
        cx.log_cancelled(self.id, Actor::Loop, syscall, Some(lookup.pending), &why);
        true
    }

    fn looked_up(&mut self, addresses: Vec<Address>, cx: &mut Cx) {
        if self.dial.is_some() {
            self.dial_named(addresses, cx);
        } else if self.binding.is_some() {
            self.bind_named(addresses, cx);
        } else {
            self.parcel_named(addresses, cx);
        }
    }
}
