//! Blocks read as they were written, in both byte orders, and hostile ones refused with their offset.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::*;

fn section() -> Vec<u8> {
    let mut out = Vec::new();
    Writing::section(&mut out, "sockeye")
        .comment("a note")
        .end();
    out
}

/// A file with one of each block that is written.
fn file() -> Vec<u8> {
    let mut out = section();
    Writing::interface(&mut out, LINK_RAW, 1_700_000_000)
        .named("lo")
        .end();
    Writing::packet(&mut out, 0, Duration::new(2, 7), 5)
        .data(|out| out.extend_from_slice(b"hello"))
        .flags(true)
        .told(b"tag")
        .comment("first")
        .end();
    let names = [
        (IpAddr::V4(Ipv4Addr::LOCALHOST), "four"),
        (IpAddr::V6(Ipv6Addr::LOCALHOST), "six"),
    ];
    Writing::names(&mut out, names.into_iter()).end();
    Writing::ours(&mut out)
        .data(|out| out.extend_from_slice(b"log"))
        .end();
    out
}

/// Everything that a file says, until it ends or something is wrong.
fn read(file: &[u8]) -> (Vec<String>, Option<Wrong>) {
    let mut reader = Reader::default();
    let mut found = Vec::new();
    loop {
        let at = usize::try_from(reader.at()).unwrap();
        let window = file.get(at..).unwrap_or_default();
        match reader.next(window) {
            Ok(Next::Want(want)) => {
                assert!(want > window.len(), "what is there is not asked for");
                if !window.is_empty() {
                    found.push(format!("torn {}", window.len()));
                }
                return (found, None);
            }
            Ok(Next::Block { at, len, block }) => {
                assert_eq!(at + len as u64, reader.at());
                found.push(told(&block));
            }
            Ok(Next::Skipped { len, .. }) => found.push(format!("skipped {len}")),
            Err(wrong) => {
                assert_eq!(reader.at(), at as u64, "it stays");
                return (found, Some(wrong));
            }
        }
    }
}

fn told(block: &Block<'_>) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match block {
        Block::Section(options) => format!(
            "section {:?}",
            options.comments().map(text).collect::<Vec<_>>()
        ),
        Block::Interface(it, _) => format!("interface {} {:?}", it.link, it.resolution),
        Block::Packet(it) => format!(
            "packet {} {:?} {} {:?} {:?}",
            it.interface,
            it.at,
            text(it.data),
            it.options.ours().map(text),
            it.options.comments().map(text).collect::<Vec<_>>()
        ),
        Block::Names(names) => format!(
            "names {:?}",
            names
                .iter()
                .map(|(at, name)| (at.to_string(), text(name)))
                .collect::<Vec<_>>()
        ),
        Block::Statistics { interface, .. } => format!("statistics {interface}"),
        Block::Custom {
            enterprise, data, ..
        } => format!("custom {enterprise} {}", data.len()),
        Block::Other(kind) => format!("other {kind}"),
    }
}

/// A block of fields as a big-endian program writes it.
fn big(kind: u32, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len() + 12).unwrap().to_be_bytes();
    [&kind.to_be_bytes()[..], &len, body, &len].concat()
}

#[test]
fn what_is_written_is_read() {
    let (found, wrong) = read(&file());
    assert_eq!(wrong, None);
    let expected = [
        r#"section ["a note"]"#,
        "interface 101 Resolution(9)",
        r#"packet 0 Some(1700000002.000000007s) hello Some("tag") ["first"]"#,
        r#"names [("127.0.0.1", "four"), ("::1", "six")]"#,
        "custom 32473 4",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_place_of_a_packet_is_that_of_its_bytes() {
    let file = file();
    let mut reader = Reader::default();
    let mut seen = 0;
    while let Ok(Next::Block { block, .. }) =
        reader.next(&file[usize::try_from(reader.at()).unwrap()..])
    {
        let (Block::Packet(Packet { data, data_at, .. }) | Block::Custom { data, data_at, .. }) =
            block
        else {
            continue;
        };
        let at = usize::try_from(data_at).unwrap();
        assert_eq!(&file[at..at + data.len()], data);
        seen += 1;
    }
    assert_eq!(seen, 2);
}

#[test]
fn sections_have_their_own_byte_order_and_interfaces() {
    let mut file = file();
    file.extend(big(
        SECTION,
        &[&[0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0][..], &[255; 8]].concat(),
    ));
    // An Ethernet interface whose ticks are 2⁻¹ s, then a packet of it, a simple one and one of the early kind.
    file.extend(big(
        INTERFACE,
        &[
            0, 1, 0, 0, 0, 0, 0, 3, 0, 9, 0, 1, 0x81, 0, 0, 0, 0, 0, 0, 0,
        ],
    ));
    file.extend(big(
        ENHANCED_PACKET,
        &[
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 9, b'a', b'b', 0, 0,
        ],
    ));
    file.extend(big(SIMPLE_PACKET, &[0, 0, 0, 9, b'x', b'y', b'z', 0]));
    file.extend(big(
        PACKET,
        &[
            0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, b'p', 0, 0, 0,
        ],
    ));
    file.extend(big(STATISTICS, &[0; 12]));
    file.extend(big(77, b"what"));
    let (found, wrong) = read(&file);
    assert_eq!(wrong, None);
    let expected = [
        "section []",
        "interface 1 Resolution(129)",
        "packet 0 Some(2.5s) ab None []",
        "packet 0 None xyz None []",
        "packet 0 Some(1s) p None []",
        "statistics 0",
        "other 77",
    ];
    assert_eq!(found[5..], expected);
}

#[test]
fn what_cannot_be_is_told_with_its_offset() {
    let check = |blocks: &[&[u8]], at: u64, why: Why| {
        let before = section();
        let (_, wrong) = read(&[&before[..], &blocks.concat()].concat());
        assert_eq!(
            wrong,
            Some(Wrong::new(before.len() as u64 + at, why)),
            "{why:?}"
        );
    };
    let block = |kind: u32, len: u32, body: &[u8]| {
        [
            &kind.to_le_bytes()[..],
            &len.to_le_bytes(),
            body,
            &len.to_le_bytes(),
        ]
        .concat()
    };
    check(&[&block(9, 0, &[])], 4, Why::Length(0));
    check(&[&block(9, 8, &[])], 4, Why::Length(8));
    check(&[&block(9, 13, &[0; 4])], 4, Why::Length(13));
    check(
        &[&block(ENHANCED_PACKET, 0xffff_fffc, &[])],
        4,
        Why::Long(0xffff_fffc),
    );
    let mut unequal = block(9, 16, &[0; 4]);
    unequal[12] = 20;
    check(&[&unequal], 12, Why::Unequal(16, 20));
    check(&[&block(INTERFACE, 16, &[0; 4])], 12, Why::Short);
    check(
        &[&block(ENHANCED_PACKET, 32, &[0; 20])],
        8,
        Why::Interface(0),
    );
    let interface = block(INTERFACE, 20, &[0; 8]);
    let mut packet = block(ENHANCED_PACKET, 32, &[0; 20]);
    packet[20..24].copy_from_slice(&u32::MAX.to_le_bytes());
    check(&[&interface, &packet], 40, Why::Captured(u32::MAX));
    let mut simple = block(SIMPLE_PACKET, 16, &[0; 4]);
    simple[8] = 1;
    check(&[&interface, &simple], 28, Why::Captured(1));
    let mut old = section();
    old[12] = 2;
    check(&[&old], 12, Why::Version(2, 0));
    let mut turned = section();
    turned[8] = 0;
    check(&[&turned], 8, Why::Order);
    let wrong = read(&block(9, 12, &[])).1;
    assert_eq!(wrong, Some(Wrong::new(0, Why::NoSection)));
}

#[test]
fn a_long_block_of_no_use_is_skipped_and_not_held() {
    let mut file = section();
    let before = file.len() as u64;
    file.extend_from_slice(&9_u32.to_le_bytes());
    file.extend_from_slice(&0xffff_fffc_u32.to_le_bytes());
    file.extend_from_slice(&[0; 4]);
    let mut reader = Reader::default();
    assert!(reader.next(&file).is_ok());
    let next = reader.next(&file[usize::try_from(before).unwrap()..]);
    let (at, len) = (before, 0xffff_fffc);
    assert_eq!(next, Ok(Next::Skipped { at, len }));
    assert_eq!(reader.at(), before + u64::from(len));
}

#[test]
fn options_that_do_not_fit_end_the_options() {
    let cut = Options::new(
        &[1, 0, 2, 0, b'h', b'i', 0, 0, 1, 0, 9, 0, b'x'],
        Order::Little,
    );
    assert_eq!(cut.comments().collect::<Vec<_>>(), [b"hi"]);
    let ended = Options::new(&[0, 0, 0, 0, 1, 0, 0, 0], Order::Little);
    assert_eq!(ended.iter().count(), 0);
}

#[test]
fn no_tick_is_too_strange_for_a_time() {
    let check = |resolution: u8, ticks: u64, expected: Duration| {
        assert_eq!(
            Resolution(resolution).duration(ticks),
            expected,
            "{resolution} {ticks}"
        );
    };
    check(0, u64::MAX, Duration::from_secs(u64::MAX));
    check(3, 1500, Duration::from_millis(1500));
    check(9, 1_000_000_001, Duration::new(1, 1));
    check(12, 1999, Duration::from_nanos(1));
    check(0x80, 3, Duration::from_secs(3));
    check(0x8a, 1 << 9, Duration::from_millis(500));
    for resolution in 0..=255 {
        let _ = Resolution(resolution).duration(u64::MAX);
    }
    let before = Interface {
        link: 1,
        snap: 0,
        resolution: Resolution(0),
        epoch: i64::MIN,
    };
    assert_eq!(before.time(5), Duration::ZERO);
    let late = Interface {
        epoch: i64::MAX,
        ..before
    };
    assert_eq!(
        late.time(u64::MAX).as_secs(),
        u64::MAX,
        "it stands at the end"
    );
}

#[test]
fn every_beginning_and_every_turned_bit_is_read_without_harm() {
    let file = file();
    let (whole, _) = read(&file);
    for end in 0..file.len() {
        let (found, wrong) = read(&file[..end]);
        assert_eq!(wrong, None, "a beginning is torn, not wrong");
        let good = found.iter().filter(|it| !it.starts_with("torn")).count();
        assert_eq!(found[..good], whole[..good]);
    }
    for bit in 0..file.len() * 8 {
        let mut turned = file.clone();
        turned[bit / 8] ^= 1 << (bit % 8);
        read(&turned);
    }
}
