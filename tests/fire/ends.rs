//! What is true when all has come to rest, and when all is closed (FAULTS.md: I4, I7, I8).

use sockeye::event::Dir;
use sockeye::framing::{Cx, Message};
use sockeye::session::{Conn, Session};

use super::judge::{Judge, Wrong};

/// Entries of a direction that are looked at.
const ENTRIES_MAX: usize = 4000;

/// Framings that read a direction by nothing but its bytes.
const ALONE: [&str; 8] = [
    "line",
    "fixed",
    "delim",
    "len",
    "netstring",
    "slip",
    "cobs",
    "tlv",
];

/// Nothing goes wrong any more, and everybody reads: nothing waits to be sent that somebody could take.
pub(crate) fn rests(session: &Session, judge: &Judge) -> Option<Wrong> {
    let is_live =
        |conn: &Conn| conn.is_open() && !conn.leaked && conn.connected && conn.cable.is_none();
    let stuck = session.conns().iter().find(|conn| {
        let twin = session.twin(conn.id).and_then(|twin| session.conn(twin));
        let is_at_end = |twin: &Conn| {
            session
                .lane(twin.id, Dir::In)
                .is_none_or(|lane| lane.ending().is_some())
        };
        let is_read = twin.is_some_and(|twin| is_live(twin) && twin.auto && !is_at_end(twin));
        let is_shared = judge
            .seen
            .get(conn.id.0 as usize)
            .is_some_and(|seen| seen.is_shared);
        is_live(conn) && !is_shared && conn.queued > 0 && conn.transport.is_stream() && is_read
    });
    stuck.map(|conn| {
        format!(
            "I7: {} bytes of {} wait though {:?} reads",
            conn.queued, conn.name, conn.twin
        )
    })
}

/// All was closed: no socket is open that was not forgotten on purpose.
pub(crate) fn closed(session: &Session, is_leaky: bool) -> Option<Wrong> {
    let open = session
        .conns()
        .iter()
        .find(|conn| conn.is_open() && !conn.leaked && !is_leaky);
    open.map(|conn| {
        format!(
            "I8: {} is open behind its close: {:?}",
            conn.name, conn.state
        )
    })
}

/// Entries follow each other without a gap, and are those that one look at all bytes gives.
pub(crate) fn tiles(session: &Session) -> Option<Wrong> {
    for conn in session.conns().iter() {
        for dir in Dir::BOTH {
            if let Some(wrong) = tiled(session, conn, dir) {
                return Some(format!("I4: {} {dir:?}: {wrong}", conn.name));
            }
        }
    }
    None
}

fn tiled(session: &Session, conn: &Conn, dir: Dir) -> Option<Wrong> {
    let lane = session.lane(conn.id, dir)?;
    if !lane.is_cut() || conn.keep.is_some() {
        return None;
    }
    let entries = session.entries(conn.id, dir, 0, ENTRIES_MAX);
    let mut at = 0;
    for entry in &entries {
        let range = &entry.message.range;
        if range.start != at {
            return Some(format!(
                "an entry at {range:?} follows one that ends at {at}"
            ));
        }
        at = range.end;
    }
    if entries.len() < ENTRIES_MAX && at != lane.len() {
        return Some(format!("entries end at {at} of {}", lane.len()));
    }
    let (words, is_alone) = (lane.rule().words(), lane.framings().count() == 1);
    let is_plain = ALONE
        .iter()
        .any(|name| words.split(' ').next() == Some(name));
    if !is_alone || !is_plain || conn.transport.keeps_boundaries() || entries.len() == ENTRIES_MAX {
        return None;
    }
    let (bytes, is_whole) = session.bytes(conn.id, dir, 0..lane.len());
    let cut = lane.rule();
    let mut decoder = cut.rule.decoder();
    let mut whole: Vec<Message> = Vec::new();
    let mut at = 0;
    while at < bytes.len() && is_whole {
        let mut cx = Cx::new(at as u64, cut.max, lane.sight());
        let taken = decoder.feed(&bytes[at..], &mut cx);
        whole.extend(cx.take());
        if taken == 0 {
            return Some(format!("{words} takes nothing at {at}"));
        }
        at += taken;
    }
    let same = entries
        .iter()
        .zip(&whole)
        .position(|(one, other)| one.message.range != other.range);
    same.map(|at| {
        format!(
            "{words}: entry {at} is at {:?}, cut at once at {:?}",
            entries[at].message.range, whole[at].range
        )
    })
}
