//! The three panes at every size with nothing, little and much to show. A picture is written where there is none; look
//! at it before it is committed.

use std::path::Path;

use sockeye::event::View;

use super::stage::{A, Stage, conversation};

/// Sizes of the screen, one of each layout.
const SIZES: [(u16, u16); 4] = [(60, 16), (80, 24), (120, 40), (200, 60)];

/// Panes of one socket's bytes, as `pane NAME` takes them.
const PANES: [&str; 3] = ["bytes", "messages", "inspector"];

/// Compares what is drawn with the picture of that name.
pub(crate) fn check(name: &str, drawn: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bytes_pane");
    let path = folder.join(format!("{name}.txt"));
    let Ok(picture) = std::fs::read_to_string(&path) else {
        std::fs::write(&path, drawn).unwrap();
        panic!("there was no picture {name}: it is drawn now, look at it\n{drawn}");
    };
    let different = drawn.lines().zip(picture.lines()).position(|(a, b)| a != b);
    assert!(
        drawn == picture,
        "{name}: line {different:?} differs\n>>>\n{drawn}\n<<<\n"
    );
}

/// Each pane alone on the screen, its lines between the head and the composer.
fn panes(stage: &mut Stage, (columns, rows): (u16, u16)) -> String {
    stage.ui.resize(columns, rows, &stage.session);
    let mut pictures = String::new();
    for pane in PANES {
        let view = View::Pane(pane.to_owned());
        stage.ui.view(&view, &stage.session).unwrap();
        let text = stage.text(columns, rows);
        let shown = text
            .lines()
            .skip_while(|line| !line.starts_with('━'))
            .take_while(|line| !line.starts_with("─ "));
        let mut lines: Vec<&str> = shown.collect();
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        pictures.push_str(&lines.join("\n"));
        pictures.push('\n');
    }
    pictures
}

/// Shows one pane at a time.
fn zoom(stage: &mut Stage) {
    let view = View::Show("zoom".to_owned());
    stage.ui.view(&view, &stage.session).unwrap();
}

fn of(name: &str, stage: &mut Stage) {
    let mut pictures = String::new();
    for size in SIZES {
        let drawn = panes(stage, size);
        let picture = format!("{} x {}\n{drawn}\n", size.0, size.1);
        pictures += &picture;
    }
    check(name, &pictures);
}

#[test]
fn nothing_to_show() {
    let mut stage = Stage::new(80, 24);
    stage.pair();
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    zoom(&mut stage);
    of("none", &mut stage);
}

#[test]
fn a_little_to_show() {
    let mut stage = conversation(80, 24);
    zoom(&mut stage);
    of("some", &mut stage);
}

/// Lengths of every kind, bad ones, reads that cut messages, and offsets of five digits.
#[test]
fn much_to_show() {
    let mut stage = Stage::new(80, 24);
    stage.pair();
    stage.frame(A, "len u16be");
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    let mut messages = Vec::new();
    for n in 0..6000_u16 {
        messages.extend((n % 40).to_be_bytes());
        messages.extend((0..n % 40).map(|at| (at * 7 + n).to_le_bytes()[0]));
    }
    for part in messages.chunks(1460) {
        stage.send(A, part);
    }
    stage.send(A, b"\x00\x80the last is not whole");
    zoom(&mut stage);
    of("much", &mut stage);
    stage.ui.go_to_message(3000, &stage.session).unwrap();
    of("middle", &mut stage);
}
