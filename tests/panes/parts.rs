//! The parts of a message: folded and unfolded, selected, and told of.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sockeye::app::App;
use sockeye::event::{Actor, Dir, Event, What};

use super::stage::{A, B, Stage, conversation};

#[test]
fn a_message_whose_parts_are_folded_unfolds() {
    let mut stage = Stage::new(120, 50);
    stage.pair();
    stage.frame(B, "msgpack");
    // So deep that the innermost is not told, and the outermost ends before the message does.
    stage.receive(B, &[&[0x91; 70][..], &[1]].concat());
    stage.keys("2 g Tab k");
    let text = stage.text(120, 50);
    // The one part that a message has is open, its parts are not.
    assert!(text.contains("▾ 0–63") && text.contains("▸ 1–63"), "{text}");
    stage.keys("k -");
    let text = stage.text(120, 50);
    assert!(text.contains("▸ 0–63"), "{text}");
    stage.keys("-");
    assert!(!stage.text(120, 50).contains("▸ 0–63"));
}

#[test]
fn the_inspector_tells_of_all_that_is_selected() {
    let mut stage = conversation(120, 50);
    stage.keys("g");
    assert!(stage.text(120, 50).contains("length 5 of message #1"));
    stage.keys("Enter Enter");
    let text = stage.text(120, 50);
    assert!(!text.contains("length 5 of message #1"), "{text}");
    assert!(text.contains("message #1"), "{text}");
}

#[test]
fn who_follows_stands_at_what_was_cut_after_the_events() {
    let Stage { session, ui, now } = conversation(120, 50);
    let mut app = App::new(session, ui, 0, now, now);
    let (dir, rule, from) = (Dir::Out, "fixed 2".to_owned(), 0);
    app.apply([Event {
        at: now,
        conn: Some(A),
        by: Actor::User,
        what: What::Framed { dir, rule, from },
    }]);
    while app.work(1 << 20, now) {}
    let area = Rect::new(0, 0, 120, 50);
    let mut buf = Buffer::empty(area);
    app.ui.render(&app.session, area, &mut buf, now);
    let text: String = buf
        .content()
        .iter()
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert!(
        text.contains("payload of message #6") || text.contains("message #6 "),
        "{text}"
    );
}
