//! Pictures of a tap: its conversation in all panes, in the table, and one message of it chosen.

use std::fmt::Write as _;

use sockeye::event::View;

use super::stage::Stage;
use super::talks::tapped;
use super::{SIZES, check, middle, screens, show, view};

#[test]
fn a_conversation() {
    let mut drawn = screens(&mut tapped(80, 24), &SIZES, "followed");
    let mut stage = tapped(80, 24);
    stage.ui.resize(120, 40, &stage.session);
    view(&mut stage, &View::Pane("messages".to_owned()));
    stage.keys("k k k");
    drawn += &screens(&mut stage, &SIZES, "one message chosen");
    check("workbench-tap", &drawn);
}

#[test]
fn the_messages_of_a_conversation() {
    let mut drawn = String::new();
    let mut nobody = Stage::new(80, 24);
    nobody.tap();
    for (amount, mut stage) in [("nobody came", nobody), ("a talk", tapped(80, 24))] {
        view(&mut stage, &View::Pane("messages".to_owned()));
        show(&mut stage, "zoom");
        for (columns, rows) in SIZES {
            stage.ui.resize(columns, rows, &stage.session);
            let text = middle(&stage.text(columns, rows));
            writeln!(drawn, "=== {columns} x {rows}, {amount}\n{text}").unwrap();
        }
    }
    check("pane-tap", &drawn);
}
