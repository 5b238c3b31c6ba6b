//! The board of a select: who was asked about in which list, who was answered, and why. It shows the question that was
//! asked last, and opens by itself for whoever asks one.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{Pen, clip};
use super::motion::Motion;
use super::pane::{Pane, Scene};
use super::stand_in::StandIn;
use super::theme::Role;
use crate::escape;
use crate::event::{
    Actor, Asked, Call, Dir, Errno, Event, Lists, Outcome, Role as Kind, Syscall, What,
};
use crate::session::{Conn, Lane, Session};

/// Columns of a cell behind the name: the list, asked, answered, why.
const ASKED: u16 = 7;
const ANSWERED: u16 = 14;
const WHY: u16 = 17;

/// Columns of a name, at the least and at the most.
const NAME_COLUMNS: (usize, usize) = (3, 20);

/// Columns of a cell with all its words; where two have room, they stand beside each other.
const CELL_COLUMNS: u16 = WHY + 20;

/// The most columns of a cell: what belongs together stands together.
const HALF_COLUMNS_MAX: u16 = 56;

/// A title that is longer says only how many stand in each list.
const TITLE_COLUMNS: usize = 40;

/// Events about a question that are read again when another moment is looked at: its beginning and its end are among
/// them unless somebody waits for long.
const TRIES: usize = 64;

/// The last question.
#[derive(Debug, Default)]
pub(super) struct Board {
    pub(super) is_shown: bool,
    told: Option<Told>,
    top: u64,
    /// The events that told of questions.
    seqs: Vec<u64>,
}

#[derive(Debug)]
struct Told {
    lists: Lists,
    timeout: Option<Duration>,
    pending: Option<u32>,
    began: Duration,
    state: State,
}

#[derive(Debug)]
enum State {
    Waits,
    /// What was said of each, with the sentence why, after so long.
    Answered(Vec<Cell>, Duration),
    Failed(Errno),
    Cancelled,
}

/// One subject in one list, and what was said of it.
#[derive(Clone, Debug)]
struct Cell {
    letter: char,
    asked: Asked,
    is_answered: bool,
    why: &'static str,
}

impl Ui {
    /// Takes in an event, if it is about a question.
    pub(super) fn note_select(&mut self, seq: u64, event: &Event, session: &Session) {
        let What::Call(call) = &event.what else {
            return;
        };
        if !matches!(call.call, Syscall::Select { .. }) {
            return;
        }
        self.board.seqs.push(seq);
        // What is shown while an earlier moment is looked at is not this.
        if !self.is_past() {
            self.take_select(event.by, event.at, call, session);
        }
    }

    /// Shows the question of the moment for which the session answers.
    pub(super) fn recall_select(&mut self, session: &Session) {
        let count = session.event_count();
        let upto = self.board.seqs.partition_point(|seq| *seq < count);
        let seqs = self.board.seqs.get(..upto).unwrap_or_default();
        let near: Vec<u64> = seqs.iter().rev().take(TRIES).rev().copied().collect();
        let (shown, top) = (self.board.is_shown, self.board.top);
        self.board.told = None;
        for seq in near {
            if let Some(event) = session.event(seq)
                && let What::Call(call) = &event.what
            {
                self.take_select(event.by, event.at, call, session);
            }
        }
        (self.board.is_shown, self.board.top) = (shown && self.board.told.is_some(), top);
    }

    fn take_select(&mut self, by: Actor, at: Duration, call: &Call, session: &Session) {
        let Syscall::Select { lists, timeout } = &call.call else {
            return;
        };
        let state = match &call.outcome {
            Outcome::Blocked => State::Waits,
            // One of the tries of a question that goes on waiting.
            _ if call.pending.is_some() && call.blocked.is_none() => return,
            Outcome::Selected(answer) => State::Answered(
                cells(lists, answer, session),
                call.blocked.unwrap_or_default(),
            ),
            Outcome::Failed(errno) => State::Failed(*errno),
            _ => State::Cancelled,
        };
        let waited = call.blocked.unwrap_or_default();
        let board = &mut self.board;
        let goes_on = call.pending.is_some()
            && board
                .told
                .as_ref()
                .is_some_and(|told| told.pending == call.pending);
        if !goes_on {
            board.top = 0;
        }
        board.told = Some(Told {
            lists: lists.clone(),
            timeout: *timeout,
            pending: call.pending,
            began: at.saturating_sub(waited),
            state,
        });
        board.is_shown |= by == Actor::User && !goes_on;
    }

    /// Shows the board, or takes it away.
    pub(super) fn turn_board(&mut self) -> Result<(), String> {
        if self.board.told.is_none() {
            return Err(self.locale.say("board.none").to_owned());
        }
        self.board.is_shown = !self.board.is_shown;
        Ok(())
    }
}

/// The pane.
#[derive(Debug)]
pub(super) struct Lamps;

impl StandIn for Lamps {
    fn stands(&self, ui: &Ui, _session: &Session) -> bool {
        ui.board.is_shown
    }
}

impl Pane for Lamps {
    fn name(&self) -> &'static str {
        "board"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let Some(told) = &scene.ui.board.told else {
            return Default::default();
        };
        let lists = told.lists.to_string();
        let lists = if escape::width(&lists) > TITLE_COLUMNS {
            let counts = told
                .lists
                .each()
                .map(|(letter, list)| format!("{letter}:{}", list.len()));
            counts.collect::<Vec<_>>().join(" ")
        } else {
            lists
        };
        let title = format!("select  {}", escape::clean(&lists));
        let limit = told.timeout.map(seconds);
        let note = match &told.state {
            State::Waits => {
                let waited = seconds(scene.now.saturating_sub(told.began));
                match limit {
                    Some(limit) => scene.fill("board.waits-of", &[&waited, &limit]),
                    None => scene.fill("board.waits", &[&waited]),
                }
            }
            State::Answered(cells, waited) => {
                let count = cells.iter().filter(|cell| cell.is_answered).count();
                match (count, told.timeout) {
                    (_, Some(Duration::ZERO)) => scene.fill("board.at-once", &[&count]),
                    (0, _) => scene.fill("board.nobody", &[&seconds(*waited)]),
                    _ => scene.fill("board.answered", &[&count, &seconds(*waited)]),
                }
            }
            State::Failed(errno) => errno.name().to_owned(),
            State::Cancelled => scene.say("board.cancelled").to_owned(),
        };
        (title, note)
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let Some(told) = &scene.ui.board.told else {
            return;
        };
        let lines = lines(told, area.width);
        let halves = halves(area);
        let name = name_columns(told);
        let has_right = lines.iter().any(|[_, right]| right.is_some());
        for half in halves.iter().take(if has_right { 2 } else { 1 }) {
            Pen::new(buf, *half, 0, scene.look())
                .to(2 + name + ASKED - 2)
                .put(scene.say("board.asked"), Role::Muted)
                .to(2 + name + ANSWERED - 3)
                .put(scene.say("board.answer"), Role::Muted);
        }
        let last = (lines.len() as u64).saturating_sub(u64::from(area.height.saturating_sub(1)));
        let first = usize::try_from(scene.ui.board.top.min(last)).unwrap_or(0);
        for (row, line) in (1..area.height).zip(lines.iter().skip(first)) {
            for (cell, half) in line.iter().zip(&halves) {
                if let Some(cell) = cell {
                    render_cell(scene, told, cell, (*half, row), buf);
                }
            }
        }
    }

    fn rows(&self, ui: &Ui, _session: &Session, area: Rect) -> u64 {
        let told = ui.board.told.as_ref();
        told.map_or(0, |told| lines(told, area.width).len() as u64 + 1)
    }

    fn row(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        ui.board.top
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        let rows = self.rows(ui, session, area);
        let last = rows.saturating_sub(u64::from(area.height));
        ui.board.top = motion.step(ui.board.top, rows, area.height).min(last);
    }

    fn press(&self, _ui: &mut Ui, _session: &Session, _at: Position, _area: Rect) {}
}

fn is_wide(columns: u16) -> bool {
    columns >= 2 * (CELL_COLUMNS + 3)
}

/// The places of the two cells of a line.
fn halves(area: Rect) -> [Rect; 2] {
    if !is_wide(area.width) {
        return [area, Rect { width: 0, ..area }];
    }
    let half = (area.width / 2).min(HALF_COLUMNS_MAX);
    let right = Rect {
        x: area.x + half,
        width: area.width - half,
        ..area
    };
    [
        Rect {
            width: half,
            ..area
        },
        right,
    ]
}

/// The columns of the longest name, and one more.
fn name_columns(told: &Told) -> u16 {
    let all = told.lists.all();
    let widest = all
        .iter()
        .map(|asked| escape::width(&escape::clean(&asked.to_string())));
    let (least, most) = NAME_COLUMNS;
    let columns = widest.max().unwrap_or(0).clamp(least, most) + 1;
    u16::try_from(columns).unwrap_or(0)
}

/// The cells, a line each: those of the first list at the left and the others at the right, where both fit.
fn lines(told: &Told, columns: u16) -> Vec<[Option<Cell>; 2]> {
    let cells = match &told.state {
        State::Answered(cells, _) => cells.clone(),
        _ => unanswered(&told.lists),
    };
    let (left, right): (Vec<_>, Vec<_>) = cells.into_iter().partition(|cell| cell.letter == 'r');
    if !is_wide(columns) {
        let all = left.into_iter().chain(right);
        return all.map(|cell| [Some(cell), None]).collect();
    }
    let count = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..count).map(|_| [left.next(), right.next()]).collect()
}

fn unanswered(lists: &Lists) -> Vec<Cell> {
    let list = |(letter, list): (char, &[Asked])| {
        let cell = |asked: &Asked| Cell {
            letter,
            asked: asked.clone(),
            is_answered: false,
            why: "",
        };
        list.iter().map(cell).collect::<Vec<_>>()
    };
    lists.each().flat_map(list).collect()
}

fn render_cell(
    scene: Scene<'_>,
    told: &Told,
    cell: &Cell,
    (area, row): (Rect, u16),
    buf: &mut Buffer,
) {
    let conn = cell.asked.conn().and_then(|id| scene.session.conn(id));
    let glyph = conn.map_or(' ', |conn| conn.role.glyph());
    let role = if conn.is_some_and(|conn| Some(conn.id) == scene.ui.focus) {
        Role::Ours
    } else {
        Role::Text
    };
    let list = match cell.letter {
        'r' => "read",
        'w' => "write",
        _ => "except",
    };
    let name = escape::clean(&cell.asked.to_string()).into_owned();
    let columns = name_columns(told);
    let from = 2 + columns;
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1)
        .cell(glyph, role)
        .put(clip(&name, usize::from(columns).saturating_sub(1)), role)
        .to(from)
        .put(list, Role::Muted)
        .to(from + ASKED)
        .put("●", Role::Text)
        .to(from + ANSWERED);
    match (&told.state, cell.is_answered) {
        (State::Answered(..), true) => pen.put("●", Role::Strong),
        (State::Answered(..), false) => pen.put("·", Role::Muted),
        (State::Waits, _) => pen.put("…", Role::Inferred),
        _ => pen.put(" ", Role::Muted),
    };
    if !cell.why.is_empty() {
        let role = if cell.is_answered {
            Role::Text
        } else {
            Role::Muted
        };
        let room = usize::from(area.width.saturating_sub(from + WHY));
        pen.to(from + WHY)
            .put(clip(scene.say(cell.why), room), role);
    }
}

/// What was said of each, and why, as far as the session knows at this moment.
fn cells(asked: &Lists, answer: &Lists, session: &Session) -> Vec<Cell> {
    let mut cells = unanswered(asked);
    for cell in &mut cells {
        let mut lists = answer.each();
        let list = lists.find(|(letter, _)| *letter == cell.letter);
        cell.is_answered = list.is_some_and(|(_, list)| list.contains(&cell.asked));
        cell.why = match cell.asked.conn() {
            None => "board.file",
            Some(id) => session
                .conn(id)
                .map_or("", |conn| why(cell.letter, cell.is_answered, conn, session)),
        };
    }
    cells
}

/// The sentence of an answer.
fn why(letter: char, is_answered: bool, conn: &Conn, session: &Session) -> &'static str {
    let is_listener = conn.role == Kind::Listener;
    let is_asking = conn.role == Kind::Client && !conn.connected;
    match (letter, is_answered) {
        ('r', true) if is_listener => "board.someone-waits",
        ('r', false) if is_listener => "board.nobody-waits",
        (_, true) if is_asking => "board.look",
        ('r' | 'w', false) if is_asking => "board.no-answer",
        ('r', true) if conn.trouble.is_some() => "board.error",
        ('r', true) => {
            let lane = session.lane(conn.id, Dir::In);
            let is_over = lane.and_then(Lane::ending).is_some();
            if is_over { "board.end" } else { "board.bytes" }
        }
        ('r', false) => "board.nothing",
        ('w', true) => "board.room",
        ('w', false) if is_listener => "board.sends-nothing",
        ('w', false) => "board.full",
        (_, true) => "board.urgent",
        (_, false) => "board.empty",
    }
}

/// A time as people read it.
fn seconds(time: Duration) -> String {
    let time = time.as_secs_f64();
    if time < 10.0 {
        format!("{time:.1} s")
    } else {
        format!("{time:.0} s")
    }
}
