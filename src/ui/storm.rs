//! The card of the split storm: the bytes with what a cut behind each does, and how many cuts of each kind change what
//! a reader gets. The rule in force reads a stream; the naive reader takes each `recv` for a message.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{self, Pen};
use super::motion::Motion;
use super::overlay::{Overlay, STORM};
use super::pane::Scene;
use super::theme::Role;
use crate::escape;
use crate::event::{ConnId, Dir};
use crate::hexdump;
use crate::session::Session;
use crate::storm::{Cell, Effect, Kind, Storm};

/// Bytes in a row.
const ROW_BYTES: usize = 16;

/// Where the tallies stand, in columns.
const COLUMNS: [u16; 3] = [20, 30, 44];

/// A storm that is over.
#[derive(Debug)]
pub(super) struct Blown {
    stream: (ConnId, Dir),
    storm: Storm,
    top: u64,
}

impl Ui {
    /// A storm is over: its card opens.
    pub fn set_storm(&mut self, stream: (ConnId, Dir), storm: Storm) {
        self.storm = Some(Blown {
            stream,
            storm,
            top: 0,
        });
        self.overlay = Some(STORM);
        self.touch();
    }

    /// Scrolls the bytes of the card.
    fn go_in_storm(&mut self, motion: Motion) {
        let page = self.size.1 / 3;
        if let Some(blown) = &mut self.storm {
            let rows = blown.storm.bytes().len().div_ceil(ROW_BYTES) as u64;
            blown.top = motion.step(blown.top, rows, page);
        }
    }
}

/// The card.
pub(super) struct Over;

impl Overlay for Over {
    fn name(&self) -> &'static str {
        STORM
    }

    fn open(&self, ui: &mut Ui, _session: &Session) -> Result<(), String> {
        match ui.storm {
            Some(_) => Ok(()),
            None => Err(ui.locale.say("storm.none").to_owned()),
        }
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        render(scene, area, buf);
        None
    }

    fn go(&self, ui: &mut Ui, motion: Motion, _session: &Session) {
        ui.go_in_storm(motion);
    }
}

/// Draws it.
fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some(blown) = &scene.ui.storm else {
        return;
    };
    let (storm, look) = (&blown.storm, scene.look());
    let lane = scene.session.lane(blown.stream.0, blown.stream.1);
    let rule = lane.map_or(String::new(), |lane| lane.rule_at(0).words());
    let rule = escape::clean(&rule).into_owned();
    let bytes = storm.bytes().len();
    let title = scene.fill("storm.title", &[&scene.direction(), &rule, &bytes]);
    let line = Rect {
        height: area.height.min(1),
        ..area
    };
    ink::rule(buf, line, &title, scene.say("storm.note"), true, look);
    let mut pen = Pen::new(buf, area, 1, look);
    pen.skip(1)
        .put("·", Role::Muted)
        .put(format!(" {}   ", scene.say("storm.same")), Role::Muted)
        .put("✗", Role::Partial)
        .put(format!(" {}   ", scene.say("storm.naive")), Role::Muted)
        .put("#", Role::Bad)
        .put(format!(" {}", scene.say("storm.both")), Role::Muted);
    let tallies = u16::try_from(Kind::ALL.len()).unwrap_or(0) + 3;
    let rows = area.height.saturating_sub(2 + tallies);
    let first = usize::try_from(blown.top).unwrap_or(0);
    let chunks = storm.bytes().chunks(ROW_BYTES).enumerate().skip(first);
    let mut row = 2;
    for (at, chunk) in chunks.take(usize::from(rows)) {
        let mut pen = Pen::new(buf, area, row, look);
        let from = at * ROW_BYTES;
        pen.skip(1).put(format!("{from:04x}  "), Role::Muted);
        for (k, byte) in chunk.iter().enumerate() {
            pen.put(hexdump::hex(*byte), Role::Text);
            let cell = storm.grid().get(from + k);
            let (mark, role) = cell.map_or((" ", Role::Muted), |cell| mark(*cell));
            pen.put(mark, role);
        }
        row += 1;
    }
    render_tallies(scene, storm, (area, row + 1), buf);
}

/// How many of each kind of cut changed what the readers got.
fn render_tallies(scene: Scene<'_>, storm: &Storm, (area, row): (Rect, u16), buf: &mut Buffer) {
    let look = scene.look();
    let mut pen = Pen::new(buf, area, row, look);
    let heads = ["storm.tried", "storm.rule", "storm.naive-reader"];
    for (column, head) in COLUMNS.iter().zip(heads) {
        pen.to(*column).put(scene.say(head), Role::Muted);
    }
    for (below, kind) in (1..).zip(Kind::ALL) {
        let score = storm.score(kind);
        let mut pen = Pen::new(buf, area, row + below, look);
        pen.skip(1).put(scene.say(name(kind)), Role::Text);
        let counts = [score.tried, score.rule_changed, score.naive_changed];
        for (k, (column, count)) in COLUMNS.iter().zip(counts).enumerate() {
            let role = match (k, count) {
                (0, _) => Role::Text,
                (_, 0) => Role::Good,
                (1, _) => Role::Bad,
                _ => Role::Partial,
            };
            pen.to(*column).put(count.to_string(), role);
        }
    }
}

/// The sentence of a kind of cuts.
fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Single => "storm.single",
        Kind::Bytes => "storm.bytes",
        Kind::Pair => "storm.pairs",
        Kind::Random => "storm.random",
    }
}

/// What stands between two bytes.
fn mark(cell: Cell) -> (&'static str, Role) {
    match (cell.rule, cell.naive) {
        (Effect::Changed, _) => ("#", Role::Bad),
        (_, Effect::Changed) => ("✗", Role::Partial),
        (Effect::Same, Effect::Same) => ("·", Role::Muted),
        _ => (" ", Role::Muted),
    }
}
