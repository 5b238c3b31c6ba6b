//! How much the index takes: a small checkpoint every so often, and no more of the stream in them than is allowed.

use super::*;

#[test]
fn what_was_put_away_is_found_as_before_and_what_comes_then_is_at_hand() {
    let mut live = Stream::new("line", false);
    live.read(&b"line\n".repeat(300));
    live.advance(false, 10_000);
    let newest = live.messages(290, 99);
    assert_eq!((newest.len(), live.cutter.recent.len()), (10, RECENT_MAX));
    live.cutter.put_away();
    assert!(live.messages(290, 99) == newest && live.cutter.recent.capacity() == 0);
    live.read(b"more\nyet\n");
    live.advance(false, 10_000);
    assert_eq!(live.cutter.recent.len(), 2);
    let all = live.messages(290, 99);
    assert!(all[..10] == newest && live.messages(300, 99) == all[10..] && all.len() == 12);
    assert_eq!(live.find(1499), Some(299));
}

#[test]
fn the_index_does_not_grow_with_the_stream() {
    assert!(size_of::<Checkpoint>() <= 64, "{}", size_of::<Checkpoint>());
    let bytes = 1 << 20;
    for (words, piece) in [
        ("line", &b"a line\n"[..]),
        ("len u16be", b"\0\x05hello"),
        (
            "stx 7e len u16be crc crc32 over payload",
            b"~\xff\xff and on",
        ),
        ("fixed 1 then delim 0d or 0d0a", b"\r\r\r"),
        ("eof", b"x"),
    ] {
        let mut live = Stream::new(words, false);
        for _ in 0..bytes / (piece.len() * 1000) {
            live.read(&piece.repeat(1000));
            live.advance(false, 1000);
        }
        let least = live.cutter.checkpoints.len() - 1;
        assert!(least as u64 * SPACING_BYTES <= live.cutter.fed(), "{words}");
        let held: usize = live
            .cutter
            .checkpoints
            .iter()
            .map(|one| one.decoder.state_bytes())
            .sum();
        assert_eq!(live.cutter.state_bytes, held, "{words}");
        assert!(live.cutter.recent.len() <= RECENT_MAX, "{words}");
    }
}

#[test]
fn checkpoints_whose_decoders_hold_much_are_thinned() {
    // The checksum waits for 32 KiB at most before it is added.
    let mut live = Stream::new("eof crc sum8", false);
    live.cutter.spacing = 1000;
    let read = vec![b'x'; 31_000];
    for _ in 0..800 {
        live.read(&read);
        live.advance(false, 1000);
    }
    let bytes = live.cutter.state_bytes;
    assert!(
        bytes <= STATES_MAX_BYTES && bytes > STATES_MAX_BYTES / 8,
        "{bytes}"
    );
    assert!(live.cutter.spacing > 1000);
}

#[test]
fn messages_are_found_in_datagrams_that_are_longer_than_a_step() {
    let datagram = b"\x01a\x02bc\0".repeat(40_000);
    let mut live = Stream::new("len u8", true);
    live.read(&datagram);
    live.read(&datagram);
    live.advance(false, 1000);
    let count = 2 * 3 * 40_000;
    assert_eq!(live.cutter.len(), count);
    let messages = live.messages(0, usize::MAX);
    assert_eq!(messages.len() as u64, count);
    let second = datagram.len() as u64;
    assert_eq!(live.find(second), Some(count / 2));
    let behind = live.messages(count / 2, 1);
    let behind = behind.first().map(|entry| entry.message.range.clone());
    assert_eq!(behind, Some(second..second + 2));
}
