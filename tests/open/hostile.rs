//! Files that lie: truncated at every byte, with every bit turned, and made to hurt. What is good is shown, what is not
//! is said, and nothing grows beyond what the file has.

use super::packets::{Chance, Dialogue, Pcap, fragment, udp};
use super::*;

/// A small capture, and what was said in it.
fn small() -> (Pcap, Dialogue) {
    let mut dialogue = Dialogue::new(V4.0, V4.1, [u32::MAX - 20, 7]);
    dialogue.say(0, b"*1\r\n$4\r\nPING\r\n", 5);
    dialogue.say(1, b"+PONG\r\n", 100);
    dialogue.end(0);
    dialogue.end(1);
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    let (from, to) = (
        "10.0.0.1:5000".parse().unwrap(),
        "10.0.0.2:53".parse().unwrap(),
    );
    let whole = udp(from, to, &[9; 40]);
    pcap.packet(&fragment((from, to), (17, 3), (0, true), &whole[..24]));
    pcap.packet(&fragment((from, to), (17, 3), (24, false), &whole[24..]));
    (pcap, dialogue)
}

/// The same in blocks, of either byte order.
fn blocks(pcap: &Pcap, is_big: bool) -> Vec<u8> {
    let word = |number: u32| {
        if is_big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        }
    };
    let half = |number: u16| {
        if is_big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        }
    };
    let block = |kind: u32, body: &[u8]| {
        let len = u32::try_from(body.len() + 12).unwrap();
        [&word(kind)[..], &word(len), body, &word(len)].concat()
    };
    let section = [&word(0x1a2b_3c4d)[..], &half(1), &half(0), &[0xff; 8]].concat();
    let interface = [&half(1)[..], &half(0), &word(0)].concat();
    let mut bytes = [block(0x0a0d_0d0a, &section), block(1, &interface)].concat();
    let mut rest = &pcap.bytes[24..];
    while rest.len() >= 16 {
        let field = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().unwrap());
        let (seconds, micros, len) = (field(0), field(4), field(8) as usize);
        let ticks = u64::from(seconds) * 1_000_000 + u64::from(micros);
        let mut body = [
            0,
            (ticks >> 32) as u32,
            (ticks & 0xffff_ffff) as u32,
            field(8),
            field(12),
        ]
        .map(word)
        .concat();
        body.extend(&rest[16..16 + len]);
        body.resize(body.len().next_multiple_of(4), 0);
        bytes.extend(block(6, &body));
        rest = &rest[16 + len..];
    }
    bytes
}

#[test]
fn blocks_of_either_order_show_what_records_show() {
    let (pcap, dialogue) = small();
    for is_big in [false, true] {
        let session = opened(&blocks(&pcap, is_big));
        check(&session, 0, &dialogue.said);
        let expected = events(&opened(&pcap.bytes));
        assert_eq!(events(&session), expected);
    }
}

#[test]
fn f59_truncated_at_every_byte_the_good_part_is_shown() {
    let (pcap, dialogue) = small();
    for bytes in [pcap.bytes.clone(), blocks(&pcap, false)] {
        for len in 0..bytes.len() {
            let Ok(session) = opened_by(&bytes[..len], 64) else {
                assert!(len < 24, "{len} bytes are none at all");
                continue;
            };
            for (dir, said) in [(Dir::Out, &dialogue.said[0]), (Dir::In, &dialogue.said[1])] {
                let shown = all(&session, 0, dir).0;
                assert!(said.starts_with(&shown), "{len} bytes");
            }
            let notes = notes(&session);
            let is_torn = notes
                .iter()
                .any(|it| it.starts_with("the file ends within a record"));
            let again = opened_by(&bytes[..len], 1 << 20).unwrap();
            assert_eq!(events(&again), events(&session), "the windows tell nothing");
            if !is_torn {
                let whole = opened_by(&bytes, 64).unwrap();
                let before = events(&whole).len();
                assert!(events(&session).len() <= before, "{len} bytes");
            }
        }
    }
}

#[test]
fn f59_with_every_bit_turned_nothing_breaks() {
    let (pcap, _) = small();
    for bytes in [pcap.bytes.clone(), blocks(&pcap, true)] {
        for bit in 0..bytes.len() * 8 {
            let mut turned = bytes.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            if let Ok(session) = opened_by(&turned, 1 << 16) {
                assert!(session.conns().ever() <= 12, "bit {bit}");
            }
        }
    }
}

#[test]
fn f60_lengths_that_lie_are_said_with_their_place() {
    let (pcap, _) = small();
    // Of records: longer than any packet, longer than the file.
    for (len, said) in [
        (
            u32::MAX,
            "a packet of 4294967295 bytes cannot be (offset 32)",
        ),
        (1 << 20, "the file ends within a record"),
    ] {
        let mut bytes = pcap.bytes.clone();
        bytes[32..36].copy_from_slice(&len.to_le_bytes());
        let notes = notes(&opened(&bytes));
        assert!(notes.iter().any(|it| it.starts_with(said)), "{notes:?}");
    }
    // Of blocks: no length at all, one that is no multiple of four, one that never ends, a packet beyond its block.
    let whole = blocks(&pcap, false);
    let packet = whole.len() - blocks_behind(&whole);
    for (at, number, said) in [
        (packet + 4, 0, "a block cannot be 0 bytes long"),
        (packet + 4, 34, "a block cannot be 34 bytes long"),
        (
            packet + 4,
            0xffff_fffc,
            "a block of 4294967292 bytes is longer than any that is read",
        ),
        (
            packet + 20,
            0xffff_ffff,
            "a packet of 4294967295 bytes does not fit in its block",
        ),
        (packet + 8, 77, "nothing described interface 77"),
    ] {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
        let notes = notes(&opened(&bytes));
        assert!(
            notes.iter().any(|it| it.starts_with(said)),
            "{said}: {notes:?}"
        );
    }
}

/// What a session has beside notes, which say where the file was damaged.
fn shown(session: &Session) -> Vec<Event> {
    let mut all = events(session);
    all.retain(|event| !matches!(event.what, What::Note(_)));
    all
}

#[test]
fn behind_a_bad_block_the_good_ones_are_shown() {
    let (pcap, _) = small();
    for is_big in [false, true] {
        let whole = blocks(&pcap, is_big);
        let word = |at: usize| {
            let word = whole[at..at + 4].try_into().unwrap();
            if is_big {
                u32::from_be_bytes(word)
            } else {
                u32::from_le_bytes(word)
            }
        };
        let mut at = whole.len() - blocks_behind_of(&whole, is_big);
        while at < whole.len() {
            let end = at + word(at + 4) as usize;
            let without = [&whole[..at], &whole[end..]].concat();
            let expected = shown(&opened(&without));
            // A length that is none, one beyond the file, one that leads into the middle of the next block, a tail that
            // differs, a packet that is longer than its block, one of no interface.
            for (place, number) in [
                (at + 4, 3),
                (at + 4, 1 << 20),
                (at + 4, word(at + 4) + 12),
                (end - 4, 7),
                (at + 20, u32::MAX),
                (at + 8, 77),
            ] {
                let mut bytes = whole.clone();
                let number = if is_big {
                    number.to_be_bytes()
                } else {
                    number.to_le_bytes()
                };
                bytes[place..place + 4].copy_from_slice(&number);
                for piece in [16, 1 << 20] {
                    let session = opened_by(&bytes, piece).unwrap();
                    assert_eq!(shown(&session), expected, "{number:?} at {place}");
                    let skipped = format!("bytes {at} to {} are skipped", end - 1);
                    let is_torn = format!("{} bytes from {at} on are not shown", end - at);
                    let notes = notes(&session);
                    let is_said = |it: &String| {
                        it.contains(&skipped) || end == whole.len() && it.contains(&is_torn)
                    };
                    assert!(notes.iter().any(is_said), "{skipped}: {notes:?}");
                }
            }
            at = end;
        }
    }
}

#[test]
fn an_interface_that_cannot_be_read_is_one_whose_packets_are_not_shown() {
    let (pcap, dialogue) = small();
    let whole = blocks(&pcap, false);
    // Another description before the good one: too short for its fields.
    let at = blocks_front(&whole);
    let word = u32::to_le_bytes;
    let short = [word(1), word(16), word(1), word(16)].concat();
    let mut bytes = [&whole[..at], &short, &whole[at..]].concat();
    let session = opened(&bytes);
    let last = notes(&session).pop().unwrap();
    assert!(
        session.conns().is_empty() && last.contains("frames of an unknown link layer"),
        "{last}"
    );
    // The same packets of the second interface.
    let mut packet = bytes.len() - blocks_behind(&whole);
    while packet < bytes.len() {
        let len = u32::from_le_bytes(bytes[packet + 4..packet + 8].try_into().unwrap());
        bytes[packet + 8..packet + 12].copy_from_slice(&word(1));
        packet += len as usize;
    }
    check(&opened(&bytes), 0, &dialogue.said);
}

#[test]
fn a_section_of_a_version_that_nobody_knows_is_passed_over() {
    let (pcap, dialogue) = small();
    let whole = blocks(&pcap, false);
    let mut unknown = whole.clone();
    unknown[12..14].copy_from_slice(&9_u16.to_le_bytes());
    let session = opened(&[&whole[..], &unknown].concat());
    check(&session, 0, &dialogue.said);
    let said = format!("nobody knows version 9.0 (offset {}): ", whole.len() + 12);
    assert!(notes(&session).iter().any(|it| it.starts_with(&said)));
    let expected = shown(&opened(&whole));
    assert_eq!(shown(&opened(&[&whole[..], &unknown].concat())), expected);
    assert_eq!(shown(&opened(&[&unknown[..], &whole].concat())), expected);
}

#[test]
fn heads_without_end_cost_no_more_than_the_file() {
    let (pcap, _) = small();
    let mut bytes = blocks(&pcap, false);
    bytes.extend(u32::to_le_bytes(6));
    bytes.extend(u32::to_le_bytes(5));
    // Each looks like the head of a block of a mebibyte.
    for _ in 0..(3 << 20) / 8 {
        bytes.extend(u32::to_le_bytes(6));
        bytes.extend(u32::to_le_bytes(1 << 20));
    }
    let mut session = Session::new(64 << 20, None);
    let shelf = session.shelve(Box::new(File(Rc::new(bytes.clone()))));
    let mut capture = Capture::new(&bytes[..HEAD_BYTES], shelf, bytes.len() as u64).unwrap();
    let (mut want, mut read) = (0, 0);
    let mut events = Vec::new();
    loop {
        let at = usize::try_from(capture.at()).unwrap();
        let window = &bytes[at..(at + want).min(bytes.len())];
        read += window.len();
        match capture.take(window, &mut session, &mut events) {
            Step::Want(more) => want = more,
            Step::Over => break,
        }
    }
    assert!(read < 4 * bytes.len(), "{read} of {}", bytes.len());
}

/// How many bytes stand before the first interface.
fn blocks_front(bytes: &[u8]) -> usize {
    u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize
}

/// How many bytes stand behind the descriptions of a file of blocks, in either byte order.
fn blocks_behind_of(bytes: &[u8], is_big: bool) -> usize {
    let len = |at: usize| {
        let word = bytes[at + 4..at + 8].try_into().unwrap();
        (if is_big {
            u32::from_be_bytes(word)
        } else {
            u32::from_le_bytes(word)
        }) as usize
    };
    bytes.len() - len(0) - len(len(0))
}

/// How many bytes stand behind the descriptions of a file of blocks.
fn blocks_behind(bytes: &[u8]) -> usize {
    blocks_behind_of(bytes, false)
}

#[test]
fn f60_f62_what_is_no_capture_is_named() {
    let refused = |bytes: &[u8]| opened_by(bytes, 64).unwrap_err();
    assert_eq!(refused(b""), "the file is empty");
    assert_eq!(
        refused(&[0x1f, 0x8b, 8, 0]),
        "the file is compressed (gzip): unpack it first"
    );
    assert!(refused(b"hello, world, this is no capture").starts_with("this is no capture"));
    let mut bytes = Pcap::new(1).bytes;
    bytes[0] ^= 1;
    assert!(opened_by(&bytes, 64).is_err());
}

#[test]
fn f60_noise_behind_a_good_header_is_survived() {
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let link = [0, 1, 9, 101, 108, 113, 228, 229, 276][chance.index(9)];
        let mut pcap = Pcap::new(link);
        for _ in 0..200 {
            let len = chance.index(120);
            let mut frame = chance.bytes(len);
            // Mostly something that looks like IP, so that what is behind it is reached.
            let at = [4, 14, 2, 0, 4, 16, 0, 0, 20][[0, 1, 9, 101, 108, 113, 228, 229, 276]
                .iter()
                .position(|it| *it == link)
                .unwrap()];
            if let Some(first) = frame.get_mut(at) {
                *first = [0x45, 0x46, 0x60][chance.index(3)];
            }
            if let Some(protocol) = frame.get_mut(at + 9) {
                *protocol = [6, 17, 44][chance.index(3)];
            }
            for (place, byte) in [(12, 8), (13, 0), (14, 8), (15, 0)] {
                if let Some(kind) = frame
                    .get_mut(place)
                    .filter(|_| link == 1 && place < 14 || link == 113 && place > 13)
                {
                    *kind = byte;
                }
            }
            pcap.frame(&frame);
        }
        let session = opened(&pcap.bytes);
        for conn in session.conns().iter() {
            for dir in Dir::BOTH {
                let mut seen = 0;
                session.visit(conn.id, dir, 0..u64::MAX, &mut |part, _| {
                    seen += part.end - part.start
                });
                assert_eq!(seen, session.lane(conn.id, dir).map_or(0, Lane::len));
            }
        }
    }
}

#[test]
fn f60_a_segment_far_ahead_costs_no_memory() {
    let mut dialogue = Dialogue::new(V4.0, V4.1, [1, 1]);
    for k in 1..200_u32 {
        dialogue.next[0] = k.wrapping_mul(900_000_000);
        dialogue.say(0, b"far away", 100);
    }
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    let session = opened(&pcap.bytes);
    let len = session.lane(ConnId(0), Dir::Out).unwrap().len();
    assert!(len > 1 << 30, "{len} bytes, most of them missing");
    let mut parts = 0;
    session.visit(ConnId(0), Dir::Out, 0..len, &mut |_, _| parts += 1);
    assert!(parts < 1000, "{parts} parts");
}
