//! What a frame costs over nothing, some and much, at two sizes of the screen: the whole screen and each pane alone,
//! while it follows and far back, in milliseconds and as a multiple of the frame over nothing; then over messages of many
//! parts. It opens no socket.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use crossterm::event::{KeyCode, KeyModifiers};
use sockeye::event::{Jump, View};

#[path = "support/screen.rs"]
#[expect(dead_code, reason = "other measurements use the rest")]
mod screen;

use screen::{Screen, best};

/// Frames of which the fastest counts.
const RUNS: usize = 25;

/// Messages of a read.
const MESSAGES_A_READ: usize = 2;

/// Messages that the socket received: none, some, much.
const MESSAGES: [usize; 3] = [0, 2_000, 2_000_000];

/// Half as many events back from the newest is what `far back` means.
const FAR_BACK: u64 = 50_000;

/// What is looked at; nothing is the whole screen.
const PANES: [&str; 6] = ["", "bytes", "messages", "timeline", "inspector", "code"];

fn main() {
    rich();
    for size in [(80, 24), (200, 60)] {
        println!(
            "\n{}x{:<10} {:>9} {:>14} {:>16}  messages",
            size.0, size.1, MESSAGES[0], MESSAGES[1], MESSAGES[2]
        );
        let mut screens = MESSAGES.map(|messages| filled(size, messages));
        for pane in PANES {
            for is_back in [false, true] {
                let times = screens
                    .each_mut()
                    .map(|screen| frame(screen, pane, is_back));
                let place = if is_back { "far back" } else { "newest" };
                let cells: String = times
                    .map(|time| format!(" {time:7.3} {:5.1}x", time / times[0]))
                    .concat();
                let name = if pane.is_empty() { "all" } else { pane };
                println!("{name:10} {place:9}{cells} ms");
            }
        }
    }
}

/// The whole screen over messages of which each has many parts, a read each, with the cursor on one.
fn rich() {
    let numbers: String = (0..10_000).map(|number| format!("{number},")).collect();
    let long = format!("[{numbers}0]\n");
    let question =
        b"\0\x1d\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01".to_vec();
    let request =
        b"GET /a/page.html HTTP/1.1\r\nHost: example.com\r\nAccept: text/html\r\n\r\n".to_vec();
    println!(
        "\n200x60, messages of many parts    ms a frame: at rest, the cursor moves, one more comes"
    );
    for (rule, one) in [
        ("json", long.into_bytes()),
        ("dns", question),
        ("http1 request", request),
    ] {
        let mut screen = Screen::new((200, 60));
        screen.frame_by(rule);
        for _ in 0..120 {
            screen.receive(&one);
        }
        screen.view(&View::Goto(Jump::Event(
            screen.app.session.event_count() / 2,
        )));
        screen.view(&View::Pane("messages".to_owned()));
        drop(screen.draw());
        let rest = best(RUNS, || drop(screen.draw()));
        let moving = best(RUNS, || {
            screen.key(KeyCode::Down, KeyModifiers::NONE);
            drop(screen.draw());
        });
        let coming = best(RUNS, || {
            screen.receive(&one);
            drop(screen.draw());
        });
        println!(
            "{rule:16} {:8} B {rest:9.3} {moving:9.3} {coming:9.3}",
            one.len()
        );
    }
}

/// A screen whose socket received so many short lines.
fn filled(size: (u16, u16), messages: usize) -> Screen {
    let mut screen = Screen::new(size);
    screen.frame_by("line");
    for read in 0..messages / MESSAGES_A_READ {
        screen.receive(format!("line {read}\nand {read}\n").as_bytes());
    }
    screen
}

/// One pane alone, or all of them, following the newest or somewhere in the middle.
fn frame(screen: &mut Screen, pane: &str, is_back: bool) -> f64 {
    screen.view(&View::Pane(
        if pane.is_empty() { "bytes" } else { pane }.to_owned(),
    ));
    screen.view(&View::Goto(Jump::Now));
    if is_back {
        // Behind what is remembered as it was cut and told, and still in the timeline.
        let events = screen.app.session.event_count();
        screen.view(&View::Goto(Jump::Event(events - events.min(FAR_BACK) / 2)));
    }
    let zoom = View::Show("zoom".to_owned());
    if !pane.is_empty() {
        screen.view(&zoom);
    }
    let took = best(RUNS, || drop(screen.draw()));
    if !pane.is_empty() {
        screen.view(&zoom);
    }
    took
}
