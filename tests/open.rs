//! Captures of others, opened: whatever the order, the link layer and the losses of the packets, the session has the
//! bytes that were said, and says what it lacks. `tshark` is asked the same where it is installed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test that cannot go on has failed, and the parts of a number are its bytes"
)]

#[path = "support/opened.rs"]
mod files;
#[path = "open/hostile.rs"]
mod hostile;
#[path = "support/packets.rs"]
mod packets;
#[path = "open/program.rs"]
mod program;
#[path = "support/skip.rs"]
mod skip;
#[path = "open/told.rs"]
mod told;
#[path = "open/torn.rs"]
mod torn;
#[path = "open/tshark.rs"]
mod tshark;

use std::rc::Rc;

use files::{File, opened, opened_by};
use packets::{Chance, Dialogue, LINKS, Pcap, fragment, ip, udp};
use sockeye::event::{ConnId, Dir, Event, Owner, What};
use sockeye::flow::{Capture, HEAD_BYTES, Step};
use sockeye::session::{Ending, Lane, Session};

fn all(session: &Session, conn: u32, dir: Dir) -> (Vec<u8>, bool) {
    let conn = ConnId(conn);
    let len = session.lane(conn, dir).map_or(0, Lane::len);
    session.bytes(conn, dir, 0..len)
}

fn events(session: &Session) -> Vec<Event> {
    let mut all = Vec::new();
    session.events_from(0, &mut |_, event| {
        all.push(event.clone());
        true
    });
    all
}

fn notes(session: &Session) -> Vec<String> {
    let notes = events(session)
        .into_iter()
        .filter_map(|event| match event.what {
            What::Note(text) => Some(text),
            _ => None,
        });
    notes.collect()
}

/// A conversation with some bytes in both directions.
fn dialogue(chance: &mut Chance, (client, server): (&str, &str)) -> Dialogue {
    let first = [0; 2].map(|_| 0_u32.wrapping_sub(u32::try_from(chance.below(20_000)).unwrap()));
    let mut dialogue = Dialogue::new(client, server, first);
    for turn in 0..12 {
        let len = chance.index(4000);
        let bytes = chance.bytes(len);
        let most = 1 + chance.index(1460);
        dialogue.say(turn % 2, &bytes, most);
    }
    dialogue.end(0);
    dialogue.end(1);
    dialogue
}

const V4: (&str, &str) = ("10.0.0.1:40000", "10.0.0.2:6379");
const V6: (&str, &str) = ("[fd00::1]:40000", "[fd00::2]:6379");

/// What both sides said is what stands in a conversation.
fn check(session: &Session, conn: u32, said: &[Vec<u8>; 2]) {
    for (dir, said) in [(Dir::Out, &said[0]), (Dir::In, &said[1])] {
        let (bytes, is_whole) = all(session, conn, dir);
        assert!(is_whole && bytes == *said, "{dir:?} of {conn} differs");
        let lane = session.lane(ConnId(conn), dir).unwrap();
        assert_eq!(lane.ending(), Some(Ending::End), "{dir:?} of {conn}");
    }
}

#[test]
fn each_link_layer_and_family_gives_the_same_conversation() {
    for link in LINKS {
        for ends in [V4, V6] {
            let mut chance = Chance(u64::from(*link) + 1);
            let dialogue = dialogue(&mut chance, ends);
            let mut pcap = Pcap::new(*link);
            dialogue.segments.iter().for_each(|it| pcap.segment(it));
            for piece in [1, 1000, 1 << 20] {
                let session = opened_by(&pcap.bytes, piece).unwrap();
                assert_eq!(session.conns().ever(), 1, "link {link}");
                check(&session, 0, &dialogue.said);
                let conn = session.conn(ConnId(0)).unwrap();
                assert_eq!(conn.owner, Owner::Ext);
                assert_eq!(conn.local.as_ref().unwrap().to_string(), ends.0);
                assert_eq!(conn.peer.as_ref().unwrap().to_string(), ends.1);
                assert!(!conn.is_open());
                // Packets tell what was on the wire, and nothing of the programs.
                for dir in Dir::BOTH {
                    assert_eq!(session.places(ConnId(0), dir).sum(), 0);
                    assert_eq!(session.places(ConnId(0), dir).held, None);
                    assert_eq!(session.places(ConnId(0), dir).read, None);
                }
            }
        }
    }
}

/// Packets as a bad network brings them: later than others, again, cut anew.
fn disturbed(dialogue: &Dialogue, chance: &mut Chance) -> Vec<packets::Segment> {
    let mut segments = Vec::new();
    for segment in &dialogue.segments {
        segments.push(segment.clone());
        let len = segment.bytes.len();
        if len > 1 && chance.below(4) == 0 {
            // A part of it again, in a segment of its own.
            let from = chance.index(len);
            let mut part = segment.clone();
            part.seq = part.seq.wrapping_add(u32::try_from(from).unwrap());
            part.bytes.drain(..from);
            let kept = 1 + chance.index(len - from);
            part.bytes.truncate(kept);
            segments.push(part);
        }
        if chance.below(10) == 0 {
            segments.push(segment.clone());
        }
    }
    // Behind the handshake each may be overtaken by a few of its own direction: an acknowledgement that is captured
    // before what it acknowledges would say that this was lost.
    for k in 3..segments.len() {
        let other = (k + chance.index(6)).min(segments.len() - 1);
        let is_run = segments[k..=other]
            .iter()
            .all(|it| it.from == segments[k].from);
        if is_run && chance.below(3) == 0 {
            segments.swap(k, other);
        }
    }
    segments
}

#[test]
fn whatever_the_network_does_the_bytes_are_those_that_were_said() {
    for seed in 0..60 {
        let mut chance = Chance(seed);
        let dialogue = dialogue(&mut chance, if seed % 2 == 0 { V4 } else { V6 });
        let mut pcap = Pcap::new(101);
        let segments = disturbed(&dialogue, &mut chance);
        for segment in &segments {
            pcap.segment(segment);
        }
        let session = opened(&pcap.bytes);
        assert_eq!(session.conns().ever(), 1, "seed {seed}");
        check(&session, 0, &dialogue.said);
        let remarks = notes(&session);
        assert!(
            !remarks.iter().any(|it| it.contains("differ")),
            "{remarks:?}"
        );
    }
}

#[test]
fn what_was_lost_is_missing_and_nothing_else() {
    for seed in 0..60 {
        let mut chance = Chance(seed * 31 + 5);
        let dialogue = dialogue(&mut chance, V4);
        let mut pcap = Pcap::new(1);
        let mut known = dialogue.said.clone().map(|said| vec![true; said.len()]);
        let first = [dialogue.segments[0].seq, dialogue.segments[1].seq];
        for (k, segment) in dialogue.segments.iter().enumerate() {
            let side = usize::from(segment.from != dialogue.client);
            if k > 2 && !segment.bytes.is_empty() && chance.below(5) == 0 {
                let at = segment.seq.wrapping_sub(first[side].wrapping_add(1)) as usize;
                known[side][at..at + segment.bytes.len()].fill(false);
            } else {
                pcap.segment(segment);
            }
        }
        let session = opened(&pcap.bytes);
        for (dir, side) in [(Dir::Out, 0), (Dir::In, 1)] {
            let mut shown = Vec::new();
            session.visit(
                ConnId(0),
                dir,
                0..u64::MAX,
                &mut |part, bytes| match bytes {
                    Some(bytes) => shown.extend(bytes.iter().copied().map(Some)),
                    None => shown.resize(
                        shown.len() + usize::try_from(part.end - part.start).unwrap(),
                        None,
                    ),
                },
            );
            let said = dialogue.said[side].iter().zip(&known[side]);
            let expected: Vec<_> = said.map(|(byte, known)| known.then_some(*byte)).collect();
            assert!(shown == expected, "seed {seed}, {dir:?}");
        }
        let lost = known.iter().flatten().any(|known| !known);
        let told = notes(&session).iter().any(|it| it.contains("are missing"));
        assert_eq!(told, lost, "seed {seed}");
    }
}

#[test]
fn what_comes_again_otherwise_is_said_and_the_first_stays() {
    let mut dialogue = Dialogue::new(V4.0, V4.1, [1, 1]);
    dialogue.say(0, b"the first", 100);
    let mut again = dialogue.segments[3].clone();
    again.bytes = b"THE FIRST".to_vec();
    dialogue.segments.push(again);
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    let session = opened(&pcap.bytes);
    assert_eq!(all(&session, 0, Dir::Out), (b"the first".to_vec(), true));
    let said = "bytes 0 to 8 of out came again and differ: what came first is shown";
    assert!(
        notes(&session).iter().any(|it| it == said),
        "{:?}",
        notes(&session)
    );
}

#[test]
fn cut_packets_leave_what_was_kept() {
    let mut dialogue = Dialogue::new(V4.0, V4.1, [1, 1]);
    dialogue.say(0, &[7; 100], 100);
    dialogue.say(0, &[8; 10], 100);
    let mut pcap = Pcap::new(1);
    pcap.snap = 14 + 20 + 20 + 30;
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    let session = opened(&pcap.bytes);
    let expected = [vec![7; 30], vec![0; 70], vec![8; 10]].concat();
    assert_eq!(all(&session, 0, Dir::Out), (expected, false));
    assert!(session.bytes(ConnId(0), Dir::Out, 0..30).1);
    assert!(session.bytes(ConnId(0), Dir::Out, 100..110).1);
}

#[test]
fn datagrams_are_messages_of_one_conversation_and_fragments_come_together() {
    for (client, server) in [
        ("10.0.0.1:5000", "10.0.0.2:53"),
        ("[fd00::1]:5000", "[fd00::2]:53"),
    ] {
        let (from, to) = (client.parse().unwrap(), server.parse().unwrap());
        let big = Chance(5).bytes(4000);
        let mut pcap = Pcap::new(113);
        pcap.packet(&ip(from, to, 17, &udp(from, to, b"question")));
        let whole = udp(to, from, &big);
        let parts: Vec<_> = whole.chunks(1480).enumerate().collect();
        for (k, part) in parts.iter().rev() {
            let place = (u16::try_from(k * 1480).unwrap(), *k + 1 < parts.len());
            pcap.packet(&fragment((to, from), (17, 9), place, part));
        }
        pcap.packet(&ip(from, to, 17, &udp(from, to, b"")));
        let session = opened(&pcap.bytes);
        assert_eq!(session.conns().ever(), 1);
        assert_eq!(all(&session, 0, Dir::Out), (b"question".to_vec(), true));
        assert_eq!(all(&session, 0, Dir::In), (big, true));
        assert_eq!(session.lane(ConnId(0), Dir::Out).unwrap().calls(), 2);
        assert_eq!(session.lane(ConnId(0), Dir::In).unwrap().calls(), 1);
    }
}
