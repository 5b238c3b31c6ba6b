//! Colours and attributes: a whole screen in each theme, the style of each cell as a letter below it, so that a change
//! is seen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use sockeye::event::View;
use sockeye::ui::THEMES;

use super::check;
use super::stage::{A, Stage};

const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

/// One screen: a line of text, then the letters of its styles; explained below.
fn styled(stage: &Stage) -> String {
    let area = Rect::new(0, 0, COLUMNS, ROWS);
    let mut buf = Buffer::empty(area);
    stage.ui.render(&stage.session, area, &mut buf, stage.now);
    let mut styles: Vec<(Color, Color, Modifier)> = Vec::new();
    let mut drawn = String::new();
    for y in 0..ROWS {
        let mut letters = String::new();
        let mut text = String::new();
        for x in 0..COLUMNS {
            let cell = &buf[(x, y)];
            text.push_str(cell.symbol());
            let style = (cell.fg, cell.bg, cell.modifier);
            if style == (Color::Reset, Color::Reset, Modifier::empty()) {
                letters.push(' ');
                continue;
            }
            let at = styles.iter().position(|known| *known == style);
            let at = at.unwrap_or_else(|| {
                styles.push(style);
                styles.len() - 1
            });
            letters.push(char::from(b'a' + u8::try_from(at).unwrap()));
        }
        drawn += &[text.trim_end(), "\n", letters.trim_end(), "\n"].concat();
    }
    for (letter, (fg, bg, modifier)) in ('a'..).zip(&styles) {
        let legend = format!("{letter} {fg} on {bg} {modifier:?}\n");
        drawn += &legend;
    }
    drawn
}

/// Three messages, the last unfinished, of every class of bytes; a pin and a selection.
fn stage() -> Stage {
    let mut stage = Stage::new(COLUMNS, ROWS);
    stage.pair();
    stage.frame(A, "len u8");
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    stage.send(A, b"\x06a b\x00\x01\xff\x03\t~\x7f");
    stage.send(A, b"\x08\xc3\xa9");
    stage.ui.go_to_offset(1, &stage.session).unwrap();
    stage.ui.extend_to(3, &stage.session);
    stage.ui.view(&View::Pin, &stage.session).unwrap();
    stage.ui.go_to_offset(8, &stage.session).unwrap();
    stage
}

#[test]
fn every_theme_in_every_tint() {
    for theme in THEMES {
        let mut stage = stage();
        let view = View::Theme(theme.name.to_owned());
        stage.ui.view(&view, &stage.session).unwrap();
        let mut pictures = String::new();
        for _ in 0..3 {
            pictures.push_str(&styled(&stage));
            let view = View::Show("colour".to_owned());
            stage.ui.view(&view, &stage.session).unwrap();
        }
        check(&format!("theme-{}", theme.name), &pictures);
    }
}

#[test]
fn a_theme_that_is_not_there_is_refused() {
    let mut stage = stage();
    let view = View::Theme("neon".to_owned());
    let refused = stage.ui.view(&view, &stage.session);
    assert_eq!(refused, Err("there is no theme `neon`".to_owned()));
    assert_eq!(stage.ui.look().theme.name, "terminal");
}

#[test]
fn the_kinds_of_bytes_are_seen_without_colour_and_without_unicode() {
    let mut stage = stage();
    for (view, name) in [("theme", "mono"), ("show", "colour"), ("show", "colour")] {
        let name = name.to_owned();
        let view = if view == "theme" {
            View::Theme(name)
        } else {
            View::Show(name)
        };
        stage.ui.view(&view, &stage.session).unwrap();
    }
    let text = stage.text(COLUMNS, ROWS);
    assert!(text.contains("•a b⋄•×•"), "{text}");
    assert!(text.contains("_~••××"), "{text}");
}
