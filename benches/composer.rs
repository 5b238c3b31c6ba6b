//! What a key costs in the line being composed, with a text of 1 kB, 64 kB and 1 MiB in it: the key and the frame that
//! answers it, in milliseconds and as a multiple of the same in an empty line. It sends nothing and asserts nothing.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use crossterm::event::{KeyCode, KeyModifiers};
use sockeye::event::View;
use sockeye::ui::TermEvent;

#[path = "support/screen.rs"]
#[expect(dead_code, reason = "other measurements use the rest")]
mod screen;

use screen::{Screen, best};

/// Keys of which the fastest counts.
const RUNS: usize = 9;

const NONE: KeyModifiers = KeyModifiers::NONE;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

/// Ways of typing: the name, how many `Tab`s lead to it, and what is typed again and again.
const MODES: [(&str, usize, &str); 3] = [
    ("text", 0, "hello world "),
    ("hex", 1, "0d 0a ff "),
    ("expression", 2, "\"hello\" 0d0a u16be(5) "),
];

/// Keys that are timed, in this order, in the middle of the text.
const KEYS: [(&str, KeyCode, KeyModifiers); 9] = [
    ("type", KeyCode::Char('0'), NONE),
    ("left", KeyCode::Left, NONE),
    ("right", KeyCode::Right, NONE),
    ("word left", KeyCode::Left, CONTROL),
    ("home", KeyCode::Home, NONE),
    ("end", KeyCode::End, NONE),
    ("backspace", KeyCode::Backspace, NONE),
    ("delete word", KeyCode::Char('w'), CONTROL),
    ("history", KeyCode::Up, NONE),
];

fn main() {
    for (mode, tabs, typed) in MODES {
        println!(
            "\n{mode:14} {:>12} {:>12} {:>12} {:>12}  ms",
            "empty", "1 kB", "64 kB", "1 MiB"
        );
        let columns: Vec<_> = [0, 1 << 10, 64 << 10, 1 << 20]
            .map(|size| measure(tabs, &typed.repeat(size / typed.len())))
            .into_iter()
            .collect();
        for (row, name) in ["paste", "pause"]
            .into_iter()
            .chain(KEYS.map(|(name, ..)| name))
            .enumerate()
        {
            let at = |column: usize| {
                columns
                    .get(column)
                    .and_then(|column| column.get(row))
                    .unwrap()
            };
            let cells: String = (0..4)
                .map(|column| format!(" {:7.3} {:>4.0}x", at(column), at(column) / at(0)))
                .collect();
            let note = if *at(3) > 16.0 {
                "  MORE THAN A FRAME"
            } else {
                ""
            };
            println!("{name:14}{cells}{note}");
        }
    }
}

/// A paste and its frame, what is left to do once nothing is typed, and each key with its frame.
fn measure(tabs: usize, text: &str) -> Vec<f64> {
    let mut screen = Screen::new((120, 40));
    screen.frame_by("line");
    screen.view(&View::Pane("composer".to_owned()));
    for _ in 0..tabs {
        screen.key(KeyCode::Tab, NONE);
    }
    drop(screen.draw());
    let mut times = vec![best(1, || {
        screen.input(&TermEvent::Paste(text.to_owned()));
        drop(screen.draw());
    })];
    times.push(best(1, || {
        screen.pause();
        drop(screen.draw());
    }));
    for (_, code, modifiers) in KEYS {
        times.push(best(RUNS, || {
            screen.key(code, modifiers);
            drop(screen.draw());
        }));
    }
    times
}
