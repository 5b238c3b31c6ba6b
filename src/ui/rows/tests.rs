//! Which rows there are, in which order, and when they go.

use std::time::Duration;

use super::*;

#[test]
fn a_window_of_several_sorted_parts_is_sorted_and_starts_where_it_should() {
    let numbers = |seqs: &[u64]| {
        let mut numbers = Numbers::default();
        for seq in seqs {
            numbers.push(*seq);
        }
        numbers
    };
    let (a, b) = (numbers(&[1, 4, 5, 9]), numbers(&[2, 3, 20]));
    let made = |rows, until| Made {
        rows,
        waits: &[],
        until,
    };
    let ghost = Row {
        seq: GHOSTS + 1,
        end: Some(6),
    };
    let list = List {
        made: vec![made(&a, u64::MAX), made(&b, u64::MAX)],
        armed: Vec::new(),
    };
    let window = |first, count| {
        list.window(first, count)
            .iter()
            .map(|row| row.seq)
            .collect::<Vec<_>>()
    };
    assert_eq!(list.count(), 7);
    assert_eq!(window(0, 10), [1, 2, 3, 4, 5, 9, 20]);
    assert_eq!(window(3, 2), [4, 5]);
    assert_eq!(window(6, 5), [20]);
    assert!(window(7, 5).is_empty());
    assert_eq!(list.rank(5), 4);

    // As it was before the event 5, with a call armed.
    let list = List {
        made: vec![made(&a, 5), made(&b, 5)],
        armed: vec![std::slice::from_ref(&ghost)],
    };
    let window = |first, count| {
        let rows = list.window(first, count).into_iter();
        rows.map(Row::event).collect::<Vec<_>>()
    };
    assert_eq!(list.count(), 5);
    assert_eq!(window(0, 10), [1, 2, 3, 4, 6]);
    assert_eq!(window(3, 10), [4, 6]);
    assert_eq!(window(4, 1), [6]);
    assert!(window(5, 1).is_empty());
    assert_eq!((list.rank_of(6), list.rank_of(4)), (4, 3));
}

#[test]
fn rows_of_events_that_the_log_let_go_of_go_too() {
    let mut session = Session::new(1 << 20, None);
    session.keep_log(64 << 10);
    let mut rows = Rows::default();
    let note = "x".repeat(100);
    for _ in 0..20_000 {
        session.apply(Event {
            at: Duration::ZERO,
            conn: None,
            by: crate::event::Actor::Loop,
            what: What::Note(note.clone()),
        });
        rows.read(&session, &mut |_, _| {});
        session.read_before(session.event_count());
        session.forget(&crate::session::Wanted {
            is_wanted: &|_| false,
            from: u64::MAX,
        });
    }
    rows.read(&session, &mut |_, _| {});
    let (first, all) = (session.first_event(), session.event_count());
    assert!(first > 10_000, "{first} of {all}");
    let (count, kept) = (rows.list(&[]).count(), all - first);
    let is_near = (kept..kept + 2048).contains(&count);
    assert!(is_near, "{count} rows of {kept} events");
    let newest = rows.list(&[]).window(count - 1, 9);
    assert_eq!(newest.first().map(|row| row.seq), Some(all - 1));
}

#[test]
fn of_what_is_passed_over_all_is_shown_once_and_nothing_kept() {
    let mut session = Session::new(1 << 20, None);
    let note = |text: &str| Event {
        at: Duration::ZERO,
        conn: None,
        by: crate::event::Actor::Loop,
        what: What::Note(text.to_owned()),
    };
    session.apply(note("one"));
    let (mut rows, mut shown) = (Rows::default(), Vec::new());
    for text in ["two", "three"] {
        session.apply(note(text));
        rows.pass_over(&session, &mut |event| shown.push(event.clone()));
    }
    assert_eq!(shown, ["one", "two", "three"].map(note));
    assert_eq!(rows.list(&[]).count(), 0);
    session.apply(note("four"));
    rows.read(&session, &mut |seq, _| assert_eq!(seq, 3));
    assert_eq!(rows.list(&[]).count(), 1);
}

#[test]
fn a_wait_is_one_row_with_its_end_and_each_socket_has_its_own() {
    use crate::event::{Actor, Errno, Flags, Syscall};
    let mut session = Session::new(1 << 20, None);
    let mut tell = |conn: u32, pending, outcome, is_over| {
        let flags = Flags::default();
        let mut call = Call::new(Syscall::Recv { max: 9, flags }, outcome, Duration::ZERO);
        call.pending = pending;
        call.blocked = Some(Duration::ZERO).filter(|_| is_over);
        session.apply(Event {
            at: Duration::ZERO,
            conn: Some(ConnId(conn)),
            by: Actor::User,
            what: What::Call(call),
        })
    };
    let again = || Outcome::Failed(Errno::EAGAIN);
    let first = tell(1, Some(7), Outcome::Blocked, false);
    tell(1, Some(7), again(), false);
    let second = tell(2, Some(8), Outcome::Blocked, false);
    let plain = tell(1, None, again(), false);
    let end = tell(1, Some(7), Outcome::Returned(0), true);
    let mut rows = Rows::default();
    rows.read(&session, &mut |_, _| {});
    let row = |seq, end| Row { seq, end };
    let shown = |conns: &[u32]| {
        let conns: Vec<_> = conns.iter().copied().map(ConnId).collect();
        rows.list(&conns).window(0, 9)
    };
    assert_eq!(shown(&[1]), [row(first, Some(end)), row(plain, None)]);
    assert_eq!(shown(&[2]), [row(second, None)]);
    let both = [row(first, Some(end)), row(second, None), row(plain, None)];
    assert_eq!(shown(&[2, 1]), both);
    assert_eq!(rows.end_of(ConnId(1), 7), Some(end));
    // Before it ended nobody knew.
    rows.until = Some(end);
    assert_eq!(rows.list(&[ConnId(1)]).window(0, 1), [row(first, None)]);
    assert_eq!(rows.end_of(ConnId(1), 7), None);
}
