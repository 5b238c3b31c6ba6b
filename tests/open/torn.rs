//! Recordings of ours of which a block is not good: what is told of the others stands at its time, and is cut.

use std::time::Duration;

use super::*;
use sockeye::record::{Page, Writer};

/// Two conversations as this program records them.
fn recording() -> Vec<u8> {
    let mut pcap = Pcap::new(1);
    for (port, word) in [(40_000, "one"), (40_001, "two")] {
        let client = format!("10.0.0.1:{port}");
        let mut dialogue = Dialogue::new(&client, V4.1, [5, 9]);
        dialogue.say(0, word.as_bytes(), 100);
        dialogue.say(1, b"answer", 100);
        dialogue.end(0);
        dialogue.end(1);
        dialogue.segments.iter().for_each(|it| pcap.segment(it));
    }
    let session = opened(&pcap.bytes);
    let mut file = Vec::new();
    let mut page = Page {
        out: &mut file,
        base: 0,
    };
    let mut writer = Writer::new(Duration::from_secs(1_700_000_000), &mut page);
    session.events_from(0, &mut |_, event| {
        writer.take(&session, event, &mut page);
        true
    });
    writer.rest(&mut page);
    file
}

/// Where its blocks begin.
fn blocks(file: &[u8]) -> Vec<usize> {
    let len = |at: usize| {
        let bytes = file.get(at + 4..at + 8)?;
        Some(u32::from_le_bytes(bytes.try_into().unwrap()) as usize)
    };
    let next = |at: &usize| Some(at + len(*at)?).filter(|next| *next < file.len());
    std::iter::successors(Some(0), next).collect()
}

#[test]
fn what_is_remarked_stands_at_its_time_and_what_is_good_is_cut() {
    let file = recording();
    let mut remarked = 0;
    for at in blocks(&file).into_iter().skip(3) {
        let mut torn = file.clone();
        torn[at + 4..at + 8].copy_from_slice(&[0xf0, 0xff, 0xff, 0x7f]);
        let mut session = opened(&torn);
        while session.cut(1 << 20) {}
        let times: Vec<Duration> = events(&session).into_iter().map(|it| it.at).collect();
        assert!(times.is_sorted(), "the block at {at}: {times:?}");
        remarked += notes(&session).len();
        for conn in session.conns().iter() {
            for dir in Dir::BOTH {
                let (bytes, is_whole) = all(&session, conn.id.0, dir);
                let lane = session.lane(conn.id, dir).unwrap();
                let is_there = is_whole && !bytes.is_empty();
                assert!(
                    !is_there || lane.entry_count() > 0,
                    "the block at {at}: {dir:?} of {}",
                    conn.name
                );
            }
        }
    }
    assert!(remarked > 0, "what is lost is said");
}
