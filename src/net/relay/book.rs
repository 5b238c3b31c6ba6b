//! Who the clients of datagram taps are, and of which something was heard least lately. It makes no call.

use std::collections::{BTreeMap, HashMap};

use crate::endpoint::Address;
use crate::event::ConnId;

/// The most clients of a datagram tap at once (DESIGN.md, Limits): each has a socket of its own to the target.
pub(in crate::net) const GUESTS_MAX: usize = 1024;

/// The clients.
#[derive(Debug, Default)]
pub(in crate::net) struct Guests {
    of: HashMap<(ConnId, Address), (ConnId, u64)>,
    /// By tap and by when they were heard of last.
    order: BTreeMap<(ConnId, u64), Address>,
    counts: BTreeMap<ConnId, usize>,
    ticks: u64,
    /// How many had to go.
    pub(in crate::net) gone: u64,
}

impl Guests {
    /// Something came from a client of a tap, or goes to it; its socket, if it is known.
    pub(in crate::net) fn heard(&mut self, host: ConnId, address: &Address) -> Option<ConnId> {
        let newest = self.ticks;
        let (conn, tick) = self.of.get_mut(&(host, address.clone()))?;
        if *tick != newest {
            self.ticks += 1;
            self.order.remove(&(host, *tick));
            *tick = self.ticks;
            self.order.insert((host, *tick), address.clone());
        }
        Some(*conn)
    }

    /// A client that was not known.
    pub(in crate::net) fn add(&mut self, host: ConnId, address: &Address, conn: ConnId) {
        self.ticks += 1;
        self.order.insert((host, self.ticks), address.clone());
        self.of.insert((host, address.clone()), (conn, self.ticks));
        *self.counts.entry(host).or_default() += 1;
    }

    /// The client that was heard of least lately and has to go before another comes. It is known no more.
    pub(in crate::net) fn surplus(&mut self, host: ConnId) -> Option<ConnId> {
        if self
            .counts
            .get(&host)
            .is_none_or(|count| *count < GUESTS_MAX)
        {
            return None;
        }
        let oldest = self.order.range((host, 0)..).next();
        let address = oldest.map(|(_, address)| address.clone())?;
        let (conn, _) = *self.of.get(&(host, address.clone()))?;
        self.remove(host, &address, conn);
        self.gone += 1;
        Some(conn)
    }

    /// A client is gone. Its address may be another one's by now.
    pub(in crate::net) fn remove(&mut self, host: ConnId, address: &Address, conn: ConnId) {
        let key = (host, address.clone());
        let Some((_, tick)) = self.of.get(&key).filter(|(known, _)| *known == conn) else {
            return;
        };
        self.order.remove(&(host, *tick));
        self.of.remove(&key);
        if let Some(count) = self.counts.get_mut(&host) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&host);
            }
        }
    }

    /// The clients of a tap, in the order of their numbers.
    pub(in crate::net) fn of(&self, host: ConnId) -> Vec<ConnId> {
        let all = self.of.iter().filter(|((its, _), _)| *its == host);
        let mut own: Vec<ConnId> = all.map(|(_, (conn, _))| *conn).collect();
        own.sort_unstable();
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(nth: usize) -> Address {
        Address::Path(nth.to_string().into_bytes())
    }

    #[test]
    fn who_was_heard_of_least_lately_goes() {
        let (mut guests, host) = (Guests::default(), ConnId(0));
        let conn = |nth: usize| ConnId(1 + u32::try_from(nth).unwrap());
        for nth in 0..GUESTS_MAX {
            assert_eq!(guests.heard(host, &address(nth)), None);
            assert_eq!(guests.surplus(host), None);
            guests.add(host, &address(nth), conn(nth));
        }
        assert_eq!(guests.heard(host, &address(0)), Some(conn(0)));
        assert_eq!(guests.surplus(host), Some(conn(1)));
        assert_eq!(guests.surplus(host), None, "there is room for one now");
        guests.add(host, &address(1), ConnId(9999));
        // That the one before it is closed now says nothing of the one with its address.
        guests.remove(host, &address(1), conn(1));
        assert_eq!(guests.heard(host, &address(1)), Some(ConnId(9999)));
        assert_eq!(guests.surplus(host), Some(conn(2)));
        assert_eq!(guests.surplus(ConnId(1)), None, "another tap has none");
        assert_eq!((guests.gone, guests.of(host).len()), (2, GUESTS_MAX - 1));
        guests.remove(host, &address(0), conn(0));
        assert_eq!(
            (guests.of.len(), guests.order.len()),
            (GUESTS_MAX - 2, GUESTS_MAX - 2)
        );
    }
}
