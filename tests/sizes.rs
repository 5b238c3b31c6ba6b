//! Every size of a terminal from nothing to 80 by 30, and the extremes, for everything that is drawn, with no, some and
//! much data: a frame always comes, stays within its cells, and keys and clicks find their way.
//!
//! With `SOCKEYE_SIZES=all` everything is drawn at each size; without, at every eighth, in turns, so that each size is
//! seen by something.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "panes/stage.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod stage;
#[path = "panes/talks.rs"]
mod talks;
#[path = "panes/works.rs"]
mod works;

use crossterm::event::{Event as Input, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use sockeye::command::Noun;
use sockeye::event::{ConnId, Role, View};
use sockeye::ui::Ui;
use stage::{A, Stage, conversation};

/// From here on there are panes; below, a sentence says that the terminal is too small.
const LEAST: (u16, u16) = (60, 16);

fn surfaces() -> Vec<View> {
    let layouts = Ui::nouns(Noun::Layout).into_iter();
    let layouts = layouts.filter(|name| name != "next").map(View::Layout);
    let shown = Ui::nouns(Noun::Show).into_iter().map(View::Show);
    layouts.chain(shown).collect()
}

/// Hundreds of sockets, ten thousand messages, a message that is longer than any screen.
fn much() -> Stage {
    let mut stage = conversation(80, 24);
    for n in 2..300 {
        let local = format!("[2001:db8::{n:x}:ffff:ffff]:{}", 50_000 + n);
        stage.open(ConnId(n), Role::Client, &local, Some("192.0.2.123:65535"));
    }
    let lines: Vec<u8> = (0..10_000)
        .flat_map(|n| format!("\0\x06 {n:05}").into_bytes())
        .collect();
    stage.send(A, &lines);
    let mut long = vec![0x80; 0x1_0000];
    (long[0], long[1]) = (0xff, 0xfe);
    stage.send(A, &long);
    stage
}

/// A tap and its conversations, and what works and experiments left.
fn worked() -> Stage {
    let mut stage = talks::tapped(80, 24);
    stage.works(ConnId(3), "a name that somebody gave, and a long one");
    stage
}

/// Draws at a size that was told, and at one that was not told yet; then keys and clicks at all ends of the screen.
fn check(stage: &mut Stage, what: &str, (columns, rows): (u16, u16)) {
    stage.ui.resize(columns, rows, &stage.session);
    for size in [(columns, rows), (columns + 1, rows), (columns, rows + 1)] {
        let (lines, cursor) = stage.draw(size.0, size.1);
        assert!(
            cursor.is_none_or(|at| at.x < size.0 && at.y < size.1),
            "{what} {size:?}: {cursor:?}"
        );
        let struck = lines.iter().find(|line| line.contains('\u{fffd}'));
        assert_eq!(struck, None, "{what} {size:?}");
        let silent = lines.iter().all(String::is_empty);
        assert!(
            !silent || size.0 < 5 || size.1 == 0,
            "{what} {size:?}: nothing is drawn"
        );
    }
}

fn poke(stage: &mut Stage, (columns, rows): (u16, u16)) {
    for key in ["j", "k", "G", "g", "l", "h"] {
        stage.keys(key);
    }
    for (column, row) in [
        (0, 0),
        (columns / 2, rows / 2),
        (columns.saturating_sub(1), rows.saturating_sub(1)),
        (columns, rows),
        (u16::MAX, u16::MAX),
    ] {
        for kind in [
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Drag(MouseButton::Left),
            MouseEventKind::Up(MouseButton::Left),
            MouseEventKind::ScrollDown,
            MouseEventKind::ScrollUp,
        ] {
            let event = MouseEvent {
                kind,
                column,
                row,
                modifiers: KeyModifiers::NONE,
            };
            stage.input(&Input::Mouse(event), &mut Vec::new());
        }
    }
}

fn check_all(make: fn() -> Stage) {
    let is_all = std::env::var("SOCKEYE_SIZES").is_ok_and(|which| which == "all");
    let step = if is_all { 1 } else { 8 };
    let surfaces = surfaces();
    for (number, surface) in surfaces.iter().enumerate() {
        let mut stage = make();
        if stage.ui.view(surface, &stage.session).is_err() {
            // There is nothing to show of that.
            continue;
        }
        let what = format!("{surface:?}");
        for columns in 0..=80 {
            for rows in 0..=30 {
                let is_small = columns < LEAST.0 || rows < LEAST.1;
                // What is too small looks alike whatever lies behind: once is enough.
                let turn = 3 * usize::from(columns) + usize::from(rows);
                let every = if is_small { surfaces.len() } else { step };
                if turn % every != number % every {
                    continue;
                }
                check(&mut stage, &what, (columns, rows));
            }
        }
        for size in [(999, 499), (999, 16), (60, 499), (999, 0), (0, 499)] {
            check(&mut stage, &what, size);
        }
        // Told a size that no frame has: it is bounded before anything is made for it.
        stage.ui.resize(u16::MAX, u16::MAX, &stage.session);
        stage.draw(1000, 500);
        for size in [
            (60, 16),
            (61, 30),
            (80, 16),
            (80, 24),
            (120, 40),
            (7, 3),
            (0, 0),
        ] {
            stage.ui.resize(size.0, size.1, &stage.session);
            poke(&mut stage, size);
            stage.draw(size.0, size.1);
        }
    }
}

#[test]
fn whatever_can_be_shown_is_shown_by_one_of_these_sessions() {
    let makes: [fn() -> Stage; 4] = [|| Stage::new(80, 24), || conversation(80, 24), worked, much];
    let mut stages = makes.map(|make| make());
    let mut absent = surfaces();
    absent.retain(|surface| {
        let is_absent = |stage: &mut Stage| {
            // What is typed first would forbid what is typed next.
            stage.keys("Esc");
            stage.ui.view(surface, &stage.session).is_err()
        };
        stages.iter_mut().all(is_absent)
    });
    // No pane, but what the messages do where one of them has parts.
    assert_eq!(absent, [View::Show("fold".to_owned())]);
}

#[test]
fn f39_f40_no_data_at_every_size() {
    check_all(|| Stage::new(80, 24));
}

#[test]
fn f39_f40_some_data_at_every_size() {
    check_all(|| conversation(80, 24));
}

#[test]
fn f39_f40_a_tap_at_every_size() {
    check_all(worked);
}

#[test]
fn f39_f40_much_data_at_every_size() {
    check_all(much);
}
