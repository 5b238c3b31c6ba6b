//! Fragments of IP packets put together again (RFC 791, RFC 8200): of bytes that come twice the first stay. How much
//! waits is limited; what is given up is counted.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use super::extents;
use super::ip::{Fragment, Packet};
use crate::tape::Extent;

/// Packets that may wait for the rest of them.
const OPEN_MAX: usize = 1024;

/// Fragments of a packet.
const PARTS_MAX: usize = 512;

/// The longest payload of an IP packet.
const PAYLOAD_MAX_BYTES: u64 = 65_535;

/// How long the rest of a packet is waited for: what systems take (RFC 1122, section 3.3.2).
const WAIT: Duration = Duration::from_secs(60);

type Key = (IpAddr, IpAddr, u8, u32);

/// Packets of which a part came.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    open: HashMap<Key, Open>,
    /// In the order in which they began.
    order: VecDeque<(Key, Duration)>,
    /// Packets that were given up.
    pub(super) lost: u64,
}

#[derive(Debug)]
struct Open {
    since: Duration,
    /// By their offsets; they do not overlap.
    parts: BTreeMap<u64, Vec<Extent>>,
    held: u64,
    /// How long the whole is, once the last fragment came.
    end: Option<u64>,
}

impl Fragments {
    /// Takes a fragment; gives the payload of the packet when it was the last one that lacked.
    pub(super) fn take(
        &mut self,
        packet: &Packet,
        fragment: Fragment,
        payload: &[Extent],
        now: Duration,
    ) -> Option<Vec<Extent>> {
        self.forget(now);
        let key = (packet.source, packet.target, packet.protocol, fragment.id);
        let open = self.open.entry(key).or_insert_with(|| {
            self.order.push_back((key, now));
            Open {
                since: now,
                parts: BTreeMap::new(),
                held: 0,
                end: None,
            }
        });
        let start = u64::from(fragment.offset);
        let end = start + extents::len(payload);
        if end <= PAYLOAD_MAX_BYTES && open.parts.len() < PARTS_MAX {
            open.put(start, end, payload);
            if !fragment.more {
                open.end.get_or_insert(end);
            }
        }
        if open.end != Some(open.held) {
            return None;
        }
        let whole = self.open.remove(&key)?;
        Some(whole.parts.into_values().flatten().collect())
    }

    /// Gives up all that still waits.
    pub(super) fn end(&mut self) {
        self.lost += self.open.len() as u64;
        self.open.clear();
        self.order.clear();
    }

    /// Gives up what waits for too long, and the oldest where too many wait.
    fn forget(&mut self, now: Duration) {
        while let Some((key, since)) = self.order.front().copied() {
            let is_old = now.saturating_sub(since) > WAIT;
            let is_there = self.open.get(&key).is_some_and(|open| open.since == since);
            if is_there && !is_old && self.open.len() < OPEN_MAX {
                return;
            }
            self.order.pop_front();
            if is_there {
                self.open.remove(&key);
                self.lost += 1;
            }
        }
    }
}

impl Open {
    /// Puts in what of a part is not there yet.
    fn put(&mut self, start: u64, end: u64, payload: &[Extent]) {
        let mut from = start;
        while from < end {
            let before = self.parts.range(..=from).next_back();
            let taken = before.map_or(0, |(at, part)| at + extents::len(part));
            if taken > from {
                from = taken;
                continue;
            }
            let next = self.parts.range(from..).next().map(|(at, _)| *at);
            let to = next.unwrap_or(end).min(end);
            let part = extents::part(payload, from - start, to - start);
            self.held += to - from;
            self.parts.insert(from, part);
            from = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Tapes;

    fn packet(id: u32) -> (Packet, impl Fn(u32, bool) -> Fragment) {
        let source = IpAddr::from([10, 0, 0, 1]);
        let packet = Packet {
            source,
            target: source,
            protocol: 17,
            at: 20,
            len: 0,
            fragment: None,
        };
        (packet, move |offset, more| Fragment { id, offset, more })
    }

    #[test]
    fn fragments_in_any_order_make_the_packet_and_the_first_wins() {
        let shelf = Tapes::new(0, None).shelve(Box::new(Nothing));
        let bytes = |at, len| extents::of(shelf, at, len, len);
        let (packet, part) = packet(1);
        let mut fragments = Fragments::default();
        let mut take = |fragment, payload: &[Extent]| {
            fragments.take(&packet, fragment, payload, Duration::ZERO)
        };
        assert_eq!(take(part(16, false), &bytes(300, 4)), None);
        assert_eq!(take(part(4, true), &bytes(200, 8)), None);
        // It covers what came first on both sides of it.
        let whole = take(part(0, true), &bytes(100, 16));
        let expected = [bytes(100, 4), bytes(200, 8), bytes(112, 4), bytes(300, 4)].concat();
        assert_eq!(whole, Some(expected));
        assert_eq!(fragments.lost, 0);
        assert!(fragments.open.is_empty());
    }

    #[test]
    fn what_waits_is_limited() {
        let shelf = Tapes::new(0, None).shelve(Box::new(Nothing));
        let bytes = |at, len| extents::of(shelf, at, len, len);
        let mut fragments = Fragments::default();
        for id in 0..5000 {
            let (packet, part) = packet(id);
            fragments.take(&packet, part(0, true), &bytes(0, 8), Duration::ZERO);
        }
        assert_eq!(fragments.open.len(), OPEN_MAX);
        assert_eq!(fragments.lost, 5000 - OPEN_MAX as u64);
        let (packet, part) = packet(9999);
        for k in 0..8000 {
            let payload = bytes(0, 8);
            fragments.take(
                &packet,
                part(k * 8, true),
                &payload,
                Duration::from_secs(61),
            );
        }
        assert_eq!(fragments.open.len(), 1);
        assert!(fragments.order.len() <= 2);
        let beyond = fragments.take(&packet, part(65_528, true), &bytes(0, 80), WAIT);
        assert_eq!(beyond, None);
        fragments.end();
        assert_eq!(fragments.lost, 5001);
    }

    #[derive(Debug)]
    struct Nothing;

    impl crate::event::Shelf for Nothing {
        fn read(&self, _: u64, _: &mut [u8]) -> bool {
            false
        }
    }
}
