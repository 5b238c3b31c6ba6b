//! The loop's own X-ray: each turn with what woke it, what it read until there was nothing more, how long it took, and
//! what the poller is asked to tell of each socket. It is recorded while somebody looks, and is no part of the log.

use std::collections::VecDeque;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{self, Pen, clip};
use super::meaning::micros;
use super::overlay::{LOOP, Overlay};
use super::pane::Scene;
use super::theme::Role;
use crate::escape;
use crate::event::ConnId;

/// Turns that are kept.
const TURNS_MAX: usize = 64;

/// Where the columns of a turn stand.
const WAITED: u16 = 9;
const TOOK: u16 = 19;
const WOKE: u16 = 29;
const MOVED: u16 = 46;

/// One turn of the loop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Its number since somebody looks.
    pub number: u64,
    /// How long the loop waited before it.
    pub waited: Duration,
    /// How long it then took.
    pub took: Duration,
    /// What ended the wait: sockets with what they were ready for, and other things.
    pub woke: Vec<Woke>,
    /// What was moved by it.
    pub moved: Vec<Moved>,
}

/// One thing that ended a wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Woke {
    /// A socket, and what the poller told of it: `r`, `w`, `rw`.
    Socket(ConnId, &'static str),
    /// Something else, by its word.
    Other(&'static str),
}

/// What a turn did with one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub conn: ConnId,
    /// Calls.
    pub calls: u32,
    /// Bytes received and sent.
    pub bytes: u64,
    /// Its last `recv` said that there is nothing more.
    pub is_dry: bool,
}

/// What is recorded.
#[derive(Debug, Default)]
pub(super) struct Xray {
    turns: VecDeque<Turn>,
    /// What the poller is asked for: `r`, `w`, and more of them.
    armed: Vec<(ConnId, String)>,
}

impl Ui {
    /// Whether turns are to be recorded.
    #[must_use]
    pub fn wants_turns(&self) -> bool {
        self.is_over(LOOP)
    }

    /// Takes a turn, and what the poller is asked for since.
    pub fn record_turn(&mut self, turn: Turn, armed: Vec<(ConnId, String)>) {
        self.xray.armed = armed;
        // The turn that only drew the one before is none that anybody asks about.
        if turn.woke.is_empty() && turn.moved.is_empty() {
            return;
        }
        if self.xray.turns.len() >= TURNS_MAX {
            self.xray.turns.pop_front();
        }
        self.xray.turns.push_back(turn);
        self.touch();
    }
}

/// The overlay.
pub(super) struct Over;

impl Overlay for Over {
    fn name(&self) -> &'static str {
        LOOP
    }

    fn open(&self, ui: &mut Ui, _session: &crate::session::Session) -> Result<(), String> {
        ui.xray = Xray::default();
        Ok(())
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let look = scene.look();
        let top = Rect {
            height: area.height.min(1),
            ..area
        };
        let note = scene.say("loop.note");
        ink::rule(buf, top, scene.say("loop.title"), note, true, look);
        let row = render_armed(scene, area, buf);
        Pen::new(buf, area, row, look)
            .skip(1)
            .put(scene.say("loop.turn"), Role::Muted)
            .to(WAITED)
            .put(scene.say("loop.waited"), Role::Muted)
            .to(TOOK)
            .put(scene.say("loop.took"), Role::Muted)
            .to(WOKE)
            .put(scene.say("loop.woke"), Role::Muted)
            .to(MOVED)
            .put(scene.say("loop.did"), Role::Muted);
        let turns = &scene.ui.xray.turns;
        if turns.is_empty() {
            Pen::new(buf, area, row + 1, look)
                .skip(1)
                .put(scene.say("loop.none"), Role::Muted);
        }
        // The newest stands where the eye begins.
        for (row, turn) in (row + 1..area.height).zip(turns.iter().rev()) {
            render_turn(scene, turn, (area, row), buf);
        }
        None
    }
}

/// What the poller is asked for; returns the row behind it.
fn render_armed(scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> u16 {
    let look = scene.look();
    let mut row = 1;
    let mut pen = Pen::new(buf, area, row, look);
    pen.skip(1)
        .put(scene.say("loop.armed"), Role::Muted)
        .to(WAITED);
    let armed = &scene.ui.xray.armed;
    if armed.is_empty() {
        pen.put(scene.say("loop.nothing"), Role::Muted);
    }
    for (at, (conn, interest)) in armed.iter().enumerate() {
        let text = format!("{} {interest}", scene.session.name(*conn));
        let text = escape::clean(&text).into_owned();
        if usize::from(pen.room()) < escape::width(&text) + 2 {
            if row >= 3 {
                let more = armed.len() - at;
                pen.right(&format!("+{more}"), Role::Muted);
                break;
            }
            row += 1;
            pen = Pen::new(buf, area, row, look);
            pen.to(WAITED);
        }
        pen.put(text, Role::Text).skip(3);
    }
    row + 2
}

fn render_turn(scene: Scene<'_>, turn: &Turn, (area, row): (Rect, u16), buf: &mut Buffer) {
    let session = scene.session;
    let woke = turn.woke.iter().map(|woke| match woke {
        Woke::Socket(conn, how) => format!("{} {how}", session.name(*conn)),
        Woke::Other(word) => (*word).to_owned(),
    });
    let woke = woke.collect::<Vec<_>>().join(", ");
    let moved = turn.moved.iter().map(|moved| {
        let key = if moved.is_dry {
            "loop.dry"
        } else {
            "loop.moved"
        };
        let name = session.name(moved.conn);
        scene.fill(key, &[&name, &moved.calls, &moved.bytes])
    });
    let moved = moved.collect::<Vec<_>>().join(" · ");
    let woke = if woke.is_empty() {
        scene.say("loop.deadline").to_owned()
    } else {
        woke
    };
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1)
        .put(turn.number.to_string(), Role::Muted)
        .to(WAITED)
        .put(waited(turn.waited), Role::Muted)
        .to(TOOK)
        .put(micros(turn.took), Role::Text)
        .to(WOKE)
        .put(
            clip(&escape::clean(&woke), usize::from(MOVED - WOKE) - 2),
            Role::Text,
        )
        .to(MOVED);
    let room = usize::from(pen.room());
    pen.put(clip(&escape::clean(&moved), room), Role::Muted);
}

fn waited(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        micros(time)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
