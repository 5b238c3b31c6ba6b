//! The map, held against itself, and the ways that sockets took over it.

use std::time::Duration;

use super::*;
use crate::event::{ConnId, Errno};
use crate::session::Trouble;

/// A socket that went through these states, one event each.
fn conn(role: Kind, states: &[State]) -> Conn {
    let mut conn = Conn::new(
        ConnId(0),
        "A".to_owned(),
        role,
        Transport::Tcp,
        Duration::ZERO,
    );
    conn.path = states.iter().copied().zip(0..).collect();
    conn
}

/// The way of a socket, with `~` before what must have been.
fn way(conn: &Conn) -> String {
    let told = |step: &Step| {
        let mark = if step.is_told { "" } else { "~" };
        format!("{mark}{:?}", step.place)
    };
    steps(conn).iter().map(told).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_way_is_what_was_told_and_what_must_have_been() {
    use State as S;
    let check = |role, states: &[State], expected| {
        assert_eq!(way(&conn(role, states)), expected, "{states:?}");
    };
    check(
        Kind::Client,
        &[S::Fresh, S::SynSent, S::Established, S::CloseWait],
        "Begin SynSent Established CloseWait",
    );
    // A connect that was done at once, and a FIN_WAIT1 that was over before anybody looked.
    check(
        Kind::Client,
        &[S::Fresh, S::Established, S::FinWait2, S::TimeWait],
        "Begin ~SynSent Established ~FinWait1 FinWait2 TimeWait",
    );
    check(
        Kind::Accepted,
        &[S::Fresh, S::Established, S::CloseWait, S::Closed],
        "~SynReceived Established CloseWait ~LastAck LastEnd",
    );
    check(
        Kind::Listener,
        &[S::Fresh, S::Bound, S::Listen],
        "Begin Listen",
    );
    check(
        Kind::Client,
        &[S::Fresh, S::SynSent, S::Closed],
        "Begin SynSent Begin",
    );
}

#[test]
fn a_reset_passes_nothing() {
    let mut conn = conn(
        Kind::Accepted,
        &[
            State::Fresh,
            State::Established,
            State::CloseWait,
            State::Closed,
        ],
    );
    conn.trouble = Some(Trouble {
        errno: Errno::ECONNRESET,
        seq: 3,
    });
    assert_eq!(way(&conn), "~SynReceived Established CloseWait LastEnd");
}

#[test]
fn the_map_fits_its_columns_and_no_two_things_share_a_cell() {
    let mut taken = std::collections::HashMap::new();
    let strokes = WAYS
        .iter()
        .flat_map(|(.., strokes)| strokes.iter().copied());
    let places = PLACES
        .iter()
        .map(|(_, name, column, line)| (*column, *line, *name));
    for (column, line, text) in strokes.chain(places.clone()) {
        assert!(line < LINES, "{text}");
        for (at, glyph) in (column..).zip(text.chars()) {
            assert!(at < COLUMNS, "{text}");
            // The one place where two ways meet.
            let before = taken.insert((at, line), glyph);
            let meets = before.is_none_or(|before| before == glyph) || glyph == ' ';
            let is_place = places.clone().any(|(_, _, name)| name == text);
            assert!(meets || is_place, "{text} at {at}, {line}");
        }
    }
}
