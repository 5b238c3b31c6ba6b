//! What a frame costs over nothing, some and much, at two sizes of the screen: the whole screen and each pane alone,
//! while it follows and far back, in milliseconds and as a multiple of the frame over nothing. It opens no socket.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

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
