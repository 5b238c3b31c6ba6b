//! Captures of conversations that are known: segments in any order, twice, overlapping, cut into fragments, on any link
//! layer. Whatever is shown of a direction is what was said there, and where nothing is lost all of it is.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use sockeye::event::Dir;
use sockeye::session::Session;

use super::Target;
use super::captures::opened;
use super::dice::Dice;
use super::frames::{ACK, FIN, LINKS, Pcap, SYN, Segment, fragment, frame, tcp, udp};

pub const TARGET: Target = Target {
    name: "packets",
    check,
    seeds,
};

/// How many packets there are at the most.
const PACKETS_MAX: usize = 200;

const TCP: u8 = 6;
const UDP: u8 = 17;

/// A conversation by TCP, and one by UDP beside it.
struct Talk {
    pcap: Pcap,
    ends: [SocketAddr; 2],
    first: [u32; 2],
    /// How far each side spoke.
    said: [u32; 2],
    /// Which bytes of a side were in packets: from, to.
    seen: [BTreeMap<u32, u32>; 2],
    has_ended: [bool; 2],
    /// Something was acknowledged that no packet had brought by then.
    is_lossy: bool,
    datagrams: Vec<u8>,
    id: u16,
}

/// What stands at an offset of what a side says.
fn byte(side: usize, offset: u32) -> u8 {
    let mixed = offset.wrapping_mul(31).wrapping_add(offset / 253);
    mixed.to_le_bytes()[0] ^ if side == 0 { 0 } else { 0x5a }
}

fn check(data: &[u8]) {
    let mut dice = Dice::new(data);
    let link = dice.of(LINKS);
    let is_v6 = dice.is();
    let address = |at: &str| -> SocketAddr { at.parse().expect("an address") };
    let ends = if is_v6 {
        [address("[2001:db8::1]:40000"), address("[2001:db8::2]:80")]
    } else {
        [address("192.0.2.1:40000"), address("192.0.2.2:80")]
    };
    let mut number = || {
        u32::from_be_bytes([
            dice.of(&[0, 0x7f, 0xff]),
            dice.of(&[0, 0xff]),
            dice.byte(),
            dice.byte(),
        ])
    };
    let first = [number(), number()];
    let mut talk = Talk {
        pcap: Pcap::new(link),
        ends,
        first,
        said: [0; 2],
        seen: Default::default(),
        has_ended: [false; 2],
        is_lossy: false,
        datagrams: Vec::new(),
        id: 0,
    };
    talk.begin();
    for _ in 0..PACKETS_MAX {
        if dice.is_empty() {
            break;
        }
        talk.step(&mut dice);
    }
    let Some(session) = opened(&talk.pcap.bytes, 4096) else {
        panic!("a capture that is none");
    };
    talk.compare(&session);
}

impl Talk {
    fn begin(&mut self) {
        for (side, flags) in [(0, SYN), (1, SYN | ACK), (0, ACK)] {
            let is_syn = flags & SYN != 0;
            let seq = self.first[side].wrapping_sub(u32::from(is_syn));
            let ack = if flags & ACK == 0 {
                0
            } else {
                self.first[1 - side]
            };
            let segment = self.segment(side, (seq, ack), flags, Vec::new());
            self.pcap.segment(&segment);
        }
    }

    fn segment(&self, side: usize, (seq, ack): (u32, u32), flags: u8, bytes: Vec<u8>) -> Segment {
        Segment {
            from: self.ends[side],
            to: self.ends[1 - side],
            seq,
            ack,
            flags,
            bytes,
        }
    }

    fn step(&mut self, dice: &mut Dice<'_>) {
        let side = usize::from(dice.is());
        match dice.below(16) {
            0..=8 => self.say(side, dice),
            9 | 10 => self.acknowledge(side, dice),
            11 | 12 => self.datagram(dice),
            13 => {
                self.has_ended[side] = true;
                let seq = self.first[side].wrapping_add(self.said[side]);
                let end = self.segment(side, (seq, self.behind(1 - side)), FIN | ACK, Vec::new());
                self.pcap.segment(&end);
            }
            _ => {
                // Frames of somebody else.
                let bytes = dice.take(20).to_vec();
                self.pcap.frame(&frame(self.pcap.link, &bytes));
            }
        }
    }

    /// A segment: the next bytes, some that were there before, or some that are early.
    fn say(&mut self, side: usize, dice: &mut Dice<'_>) {
        let said = self.said[side];
        let step = u32::try_from(dice.len(10)).unwrap_or(0);
        let from = match dice.below(4) {
            0 => said.saturating_sub(step),
            1 if !self.has_ended[side] => said + step,
            _ => said,
        };
        let mut to = from + u32::try_from(dice.len(9)).unwrap_or(0);
        if self.has_ended[side] {
            to = to.min(said);
        }
        if from >= to {
            return;
        }
        self.said[side] = said.max(to);
        let seen = self.seen[side].entry(from).or_default();
        *seen = to.max(*seen);
        let bytes = (from..to).map(|at| byte(side, at)).collect();
        // An acknowledgement of what was seen only, which loses nothing.
        let ack = self.first[1 - side].wrapping_add(self.whole(1 - side));
        let seq = self.first[side].wrapping_add(from);
        let segment = self.segment(side, (seq, ack), ACK, bytes);
        let payload = tcp(&segment);
        self.send((segment.from, segment.to), TCP, &payload, dice);
    }

    /// Everything that was said so far is acknowledged, whether it was seen or not.
    fn acknowledge(&mut self, side: usize, dice: &mut Dice<'_>) {
        let other = 1 - side;
        let ack = if dice.below(4) == 0 {
            self.is_lossy |= self.whole(other) < self.said[other];
            self.said[other]
        } else {
            self.whole(other)
        };
        let seq = self.first[side].wrapping_add(self.said[side]);
        let ack = self.first[other].wrapping_add(ack);
        let segment = self.segment(side, (seq, ack), ACK, Vec::new());
        self.pcap.segment(&segment);
    }

    fn datagram(&mut self, dice: &mut Dice<'_>) {
        let bytes = dice.take(usize::from(dice.clone().byte()) + 1).to_vec();
        let [mut from, mut to] = self.ends;
        from.set_port(5353);
        to.set_port(53);
        let payload = udp(from, to, &bytes);
        self.send((from, to), UDP, &payload, dice);
        self.datagrams.extend(bytes);
    }

    /// A packet, or the fragments of one: in any order, some of them twice.
    fn send(
        &mut self,
        ends: (SocketAddr, SocketAddr),
        kind: u8,
        payload: &[u8],
        dice: &mut Dice<'_>,
    ) {
        self.id = self.id.wrapping_add(1);
        let unit = 8 * (1 + dice.below(16));
        if dice.below(4) != 0 || payload.len() <= unit {
            let packet = fragment(ends, (kind, self.id), (0, false), payload);
            return self.pcap.packet(&packet);
        }
        let mut order: Vec<usize> = (0..payload.len().div_ceil(unit)).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        for at in order {
            let from = at * unit;
            let part = &payload[from..(from + unit).min(payload.len())];
            let more = from + unit < payload.len();
            let offset = u16::try_from(from).unwrap_or(0);
            let packet = fragment(ends, (kind, self.id), (offset, more), part);
            self.pcap.packet(&packet);
        }
    }

    /// How far all that a side said was seen.
    fn whole(&self, side: usize) -> u32 {
        let mut whole = 0;
        for (from, to) in &self.seen[side] {
            if *from > whole {
                break;
            }
            whole = whole.max(*to);
        }
        whole
    }

    fn behind(&self, side: usize) -> u32 {
        self.first[side].wrapping_add(self.whole(side))
    }

    fn compare(&self, session: &Session) {
        for conn in session.conns().iter() {
            let port = conn.local.as_ref().map(ToString::to_string);
            let is_client = port.is_some_and(|at| at.ends_with(":40000"));
            let is_tcp = conn.transport == sockeye::endpoint::Transport::Tcp;
            for dir in Dir::BOTH {
                let len = session
                    .lane(conn.id, dir)
                    .map_or(0, sockeye::session::Lane::len);
                if !is_tcp {
                    let (bytes, is_whole) = session.bytes(conn.id, dir, 0..len);
                    let is_said = is_whole && bytes == self.datagrams;
                    assert!(
                        len == 0 || is_said,
                        "{len} bytes of {}",
                        self.datagrams.len()
                    );
                    continue;
                }
                let side = usize::from(is_client != (dir == Dir::Out));
                let mut all = true;
                session.visit(conn.id, dir, 0..len, &mut |part, bytes| {
                    let Some(bytes) = bytes else {
                        all = false;
                        return;
                    };
                    for (at, seen) in (part.start..).zip(bytes) {
                        let at = u32::try_from(at).expect("short");
                        assert_eq!(*seen, byte(side, at), "side {side} at {at}");
                    }
                });
                let said = u64::from(self.said[side]);
                assert!(len <= said, "side {side} said {said}, and {len} are shown");
                let is_whole = self.whole(side) == self.said[side] && !self.is_lossy;
                assert!(
                    !is_whole || all && len == said,
                    "side {side}: {len} of {said}, {all}"
                );
            }
        }
    }
}

fn seeds() -> Vec<Vec<u8>> {
    (0..12_u8)
        .map(|n| {
            let mut seed = vec![n, n / 6, n % 3, n % 2, 0xff, 0xf0 | n, n % 3, 1, 0xff, 0xfe];
            for k in 0..60_u8 {
                seed.extend([k & 1, (k % 30 * 7 + n) % 14, 0x39, k % 4, 0x57, k, k % 5]);
            }
            seed
        })
        .collect()
}
