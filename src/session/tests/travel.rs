//! Every moment that is travelled to is the session folded afresh to that event: facts, bytes and messages, whatever
//! came since, however far the cutters were, and wherever one came from.

mod story;

use std::fmt::Write as _;

use super::*;
use crate::session::snapshots::Snapshots;
use story::{Story, Told, take};

/// All that a session answers, in words; of long lists what stands around some places.
fn picture(session: &Session, places: &[u64]) -> String {
    let mut text = String::new();
    let count = session.event_count();
    let mut seen = 0;
    session.events_before(u64::MAX, &mut |_, _| {
        seen += 1;
        true
    });
    let mut ahead = 0;
    session.events_from(0, &mut |_, _| {
        ahead += 1;
        true
    });
    let is_behind = session.event(count).is_some();
    let now = session.now();
    writeln!(text, "{count} {seen} {ahead} {is_behind} {now:?}").unwrap();
    let banners: Vec<_> = session.banners().collect();
    writeln!(text, "{:?} {banners:?}", session.marks()).unwrap();
    for conn in session.conns().iter() {
        let named = session.named(&conn.name);
        writeln!(text, "{conn:?} {named:?}").unwrap();
        for dir in Dir::BOTH {
            lane(&mut text, session, conn.id, dir, places);
        }
    }
    text
}

fn lane(text: &mut String, session: &Session, id: ConnId, dir: Dir, places: &[u64]) {
    let lane = session.lane(id, dir).unwrap();
    let framings: Vec<_> = lane.framings().collect();
    let (len, calls, ending, reframed) = (lane.len(), lane.calls(), lane.ending(), lane.reframed());
    let rule = (lane.rule().words(), lane.sight(), lane.framed_from());
    writeln!(
        text,
        "{len} {calls} {ending:?} {reframed} {framings:?} {rule:?}"
    )
    .unwrap();
    let (messages, entries) = (lane.messages(), lane.entry_count());
    let (is_cut, tail) = (lane.is_cut(), lane.tail());
    writeln!(text, "{messages} {entries} {is_cut} {tail:?}").unwrap();
    if entries < 100 {
        let all = session.entries(id, dir, 0, 200);
        let ends = session.boundaries(id, dir, 0..u64::MAX);
        writeln!(text, "{all:?} {ends:?}").unwrap();
    }
    for place in places.iter().copied().chain([len.saturating_sub(9)]) {
        let entry = session.entry_at(id, dir, place);
        let some = session.notes(id, dir, entry.unwrap_or(0), 3);
        let part = session.entries_in(id, dir, &(place..place + 9), 9);
        writeln!(text, "{entry:?} {some:?} {part:?}").unwrap();
    }
}

/// Goes through a story of so many events and back to its moments, and compares each with the story told so far.
fn check(seed: u64, events: usize, most: usize, moments: usize, places: &[u64]) {
    let mut story = Story::new(seed, most);
    let log: Vec<Told> = (0..events).map(|_| story.next()).collect();
    let mut random = story.random;
    let new = || Session::new(256 << 20, None);
    let mut session = new();
    session.snapshots = Snapshots::new(7, 20_000);
    let (mut come, mut at) = (0, 0_usize);
    for _ in 0..moments {
        let more = random.below(events * 2 / moments + 2);
        for told in log.iter().skip(come).take(more) {
            take(&mut session, told);
            come += 1;
            if random.below(3) == 0 {
                session.cut(random.below(100_000));
            }
        }
        if come == 0 {
            continue;
        }
        at = match random.below(3) {
            0 => at + 1,
            1 => at.saturating_sub(1),
            _ => random.below(come),
        };
        at = at.min(come - 1);
        session.travel(Some(at as u64));
        while session.travel_on() {}
        // What somebody looks at is cut from then on, and what is not cut at once goes on in slices.
        session.seen(|session| picture(session, &[]));
        while session.cut(1 << 20) {}
        let there = session.seen(|session| picture(session, places));
        let since = (come - 1 - at) as u64;
        let seq = at as u64;
        assert_eq!(session.seen(Session::past), Some(Past { seq, since }));
        assert_eq!(session.past(), None);
        let mut fresh = new();
        log.iter()
            .take(at + 1)
            .for_each(|told| take(&mut fresh, told));
        while fresh.cut(1 << 20) {}
        let expected = picture(&fresh, places);
        same(&there, &expected, &format!("seed {seed}, #{at} of {come}"));
    }
    session.travel(None);
    while session.cut(1 << 20) {}
    let mut fresh = new();
    log.iter()
        .take(come)
        .for_each(|told| take(&mut fresh, told));
    while fresh.cut(1 << 20) {}
    let now = session.seen(|session| picture(session, places));
    same(&now, &picture(&fresh, places), &format!("seed {seed}, now"));
}

/// Two pictures that shall not differ; of lines that do, what stands where they begin to.
fn same(one: &str, other: &str, when: &str) {
    for (one, other) in one.lines().zip(other.lines()) {
        let alike = one.bytes().zip(other.bytes());
        let at = alike.take_while(|(one, other)| one == other).count();
        let part = |line: &str| line.chars().skip(at.saturating_sub(80)).take(200).collect();
        let parts: [String; 2] = [part(one), part(other)];
        assert!(one == other, "{when}: {parts:#?}");
    }
    assert_eq!(one.lines().count(), other.lines().count(), "{when}");
}

#[test]
fn a_moment_travelled_to_is_the_session_folded_afresh() {
    for seed in 1..=8 {
        check(seed, 120, 3, 90, &[0, 20, 70]);
    }
}

#[test]
fn a_moment_of_long_streams_is_found_from_checkpoints() {
    for seed in 1..=2 {
        check(seed, 100, 4000, 25, &[0, 100_000, 300_000]);
    }
}
