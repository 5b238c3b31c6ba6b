//! What is done to bytes on their way, in words.

use std::ops::Range;
use std::time::Duration;

use super::micros;
use crate::event::{Deed, Dir, Event, Fault, What};
use crate::locale::Locale;
use crate::session::Session;

/// The same as a sentence, with whose bytes they are.
pub(in crate::ui) fn spoken_fault(event: &Event, session: &Session, locale: &Locale) -> String {
    let name = event.conn.map_or("", |conn| session.name(conn));
    locale.fill("plain.fault", &[&name, &of_fault(event, session, locale)])
}

/// A rule, a hit of it, or a message that is held.
pub(in crate::ui) fn of_fault(event: &Event, session: &Session, locale: &Locale) -> String {
    let What::Fault(fault) = &event.what else {
        return String::new();
    };
    match fault {
        Fault::Begun { number, dir, words } => {
            let through = event.conn.is_some_and(|conn| session.is_of_taps(conn));
            let way = way(*dir, through);
            locale.fill("tamper.begun", &[number, &way, words])
        }
        Fault::Over { number } => locale.fill("tamper.over", &[number]),
        Fault::Hit(hit) => {
            let (place, deed) = (place(&hit.range, locale), deed(hit.deed, locale));
            match hit.number {
                0 => locale.fill("tamper.by-hand", &[&place, &deed]),
                number => locale.fill("tamper.hit", &[&number, &place, &deed]),
            }
        }
        Fault::Caught { message, range, .. } => {
            locale.fill("tamper.caught", &[message, &place(range, locale)])
        }
        Fault::Freed { range, deed: done } => {
            let (place, deed) = (place(range, locale), deed(*done, locale));
            locale.fill("tamper.freed", &[&place, &deed])
        }
    }
}

/// The word of a direction: of a conversation from its client to its server, else as its socket sees it.
pub(in crate::ui) fn way(dir: Option<Dir>, through: bool) -> &'static str {
    match dir {
        None => "both",
        Some(Dir::In) if through => "c2s",
        Some(Dir::Out) if through => "s2c",
        Some(dir) => dir.word(),
    }
}

fn place(range: &Range<u64>, locale: &Locale) -> String {
    if range.end.saturating_sub(range.start) == 1 {
        locale.fill("timeline.byte", &[&range.start])
    } else {
        let last = range.end.saturating_sub(1).max(range.start);
        locale.fill("timeline.bytes", &[&range.start, &last])
    }
}

fn deed(deed: Deed, locale: &Locale) -> String {
    let key = format!("tamper.{}", deed.word());
    match deed {
        Deed::Delayed(time) => locale.fill(&key, &[&long(time)]),
        Deed::Sliced(count) => locale.fill(&key, &[&count]),
        Deed::Changed(count) => locale.fill(&key, &[&count]),
        _ => locale.say(&key).to_owned(),
    }
}

/// A time, in seconds where it is long.
pub(in crate::ui) fn long(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        micros(time)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
