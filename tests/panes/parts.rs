//! The parts of a message: folded and unfolded, selected, and told of.

use super::stage::{B, Stage, conversation};

#[test]
fn a_message_whose_parts_are_folded_unfolds() {
    let mut stage = Stage::new(120, 50);
    stage.pair();
    stage.frame(B, "msgpack");
    // So deep that the innermost is not told, and the outermost ends before the message does.
    stage.receive(B, &[&[0x91; 70][..], &[1]].concat());
    stage.keys("2 g Tab k");
    let text = stage.text(120, 50);
    assert!(text.contains("▸ 0–63"), "{text}");
    stage.keys("k -");
    let text = stage.text(120, 50);
    assert!(text.contains("▾ 0–63"), "{text}");
    stage.keys("-");
    assert!(!stage.text(120, 50).contains("▾ 0–63"));
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
