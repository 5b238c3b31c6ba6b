//! Recordings of which a block is lost, each in turn: what the others tell is there, in its place, and what was lost is
//! missing.

use super::*;
use crate::event::{Actor, Event};

/// Where the blocks behind the first of ours begin, and their lengths.
fn blocks(file: &[u8]) -> Vec<(usize, usize)> {
    let mut reader = Reader::default();
    let (mut found, mut is_ours) = (Vec::new(), false);
    while let Ok(Next::Block { at, len, block }) = reader.next(&file[reader_at(&reader)..]) {
        if is_ours {
            found.push((usize::try_from(at).unwrap(), len));
        }
        is_ours |= matches!(block, Block::Custom { .. });
    }
    found
}

/// The events of a session but those that were inferred.
fn events(session: &Session) -> Vec<Event> {
    let mut all = Vec::new();
    session.events_from(0, &mut |_, event| {
        all.push(event.clone());
        true
    });
    all.retain(|event| event.by != Actor::Packets);
    all
}

#[test]
fn without_any_of_its_blocks_the_rest_is_in_its_place() {
    let session = session();
    let (file, _) = written(&session, 0);
    let blocks = blocks(&file);
    assert!(blocks.len() > 10);
    let (mut inferred, mut missing_in_all) = (0, 0);
    for (at, len) in blocks {
        let (torn, why) = restored_without(&file, Some(at));
        assert_eq!(why, None, "without the block at {at}");
        // No event is told that was not, and none in another order.
        let mut before = events(&session).into_iter();
        let told = events(&torn);
        assert!(
            told.iter().all(|event| before.any(|it| it == *event)),
            "without {at}"
        );
        inferred += torn.event_count() - told.len() as u64;
        let mut missing = 0;
        for conn in torn.conns().iter() {
            for dir in Dir::BOTH {
                let Some(lane) = torn.lane(conn.id, dir) else {
                    continue;
                };
                let len = lane.len();
                assert!(len <= session.lane(conn.id, dir).unwrap().len());
                let calls = torn.ends_from(conn.id, dir, 0).len() as u64;
                assert!(
                    calls >= lane.calls().min(200),
                    "without {at}, {dir:?} of {}",
                    conn.name
                );
                torn.visit(conn.id, dir, 0..len, &mut |part, bytes| match bytes {
                    Some(bytes) => assert_eq!(session.bytes(conn.id, dir, part).0, bytes),
                    None => missing += part.end - part.start,
                });
            }
        }
        // Bytes that were passed on are missing on both sides.
        assert!(
            missing <= 2 * len as u64,
            "without {at}: {missing} of {len}"
        );
        missing_in_all += missing;
    }
    assert!(
        inferred > 0 && missing_in_all > 100_000,
        "{inferred}, {missing_in_all}"
    );
}

#[test]
fn bytes_lost_within_a_call_and_before_it_are_missing_where_they_were() {
    let mut made = Made::new();
    made.open(0, Role::Client, Transport::Tcp, None);
    made.addressed(0, "127.0.0.1:40000", "127.0.0.1:7");
    for k in 0..4 {
        made.receive(0, &vec![b'a' + k; 100_000]);
    }
    made.tell(Some(0), What::Gone);
    let (file, _) = written(&made.session, 0);
    let whole = made.session.bytes(ConnId(0), Dir::In, 0..400_000).0;
    for (at, _) in blocks(&file) {
        let (torn, _) = restored_without(&file, Some(at));
        let Some(lane) = torn.lane(ConnId(0), Dir::In) else {
            continue;
        };
        let mut there = 0;
        torn.visit(ConnId(0), Dir::In, 0..lane.len(), &mut |part, bytes| {
            let Some(bytes) = bytes else { return };
            there += bytes.len();
            let [from, to] = [part.start, part.end].map(|at| usize::try_from(at).unwrap());
            assert_eq!(bytes, &whole[from..to]);
        });
        assert!(there >= 300_000, "without {at}: {there}");
        // Each call that is told ends where it did, whatever became of those before it.
        let ends = torn.ends_from(ConnId(0), Dir::In, 0);
        assert_eq!(ends.len() as u64, lane.calls(), "without {at}");
    }
}
