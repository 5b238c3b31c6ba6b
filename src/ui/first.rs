//! The first screen: what one can do before there is a socket, chosen with arrows and Enter. It is gone with the first
//! socket and comes back never.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::ink::Pen;
use super::motion::Motion;
use super::pane::Scene;
use super::theme::Role;
use super::{Request, Typing, Ui};
use crate::session::Session;

/// Its name in the table of keys.
pub(super) const FIRST: &str = "first";

/// What a line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Demo,
    /// Opens the prompt with the beginning of a command.
    Prompt(&'static str),
}

/// The lines: the key that does the same from everywhere, the sentence, what it does.
const CHOICES: &[(&str, &str, Choice)] = &[
    ("", "first.demo", Choice::Demo),
    ("c", "first.connect", Choice::Prompt("connect ")),
    ("b", "first.listen", Choice::Prompt("listen :")),
];

/// Columns of the widest sentence with its mark and key, about which the block is centred.
const BLOCK_COLUMNS: u16 = 62;

impl Ui {
    /// Whether the first screen is shown.
    pub(super) fn is_first_screen(&self, session: &Session) -> bool {
        session.conns().is_empty() && self.overlay.is_none() && session.past().is_none()
    }

    /// Moves the mark.
    pub(super) fn go_first(&mut self, motion: Motion) {
        let row = self.desk.choice as u64;
        let to = motion.step(row, CHOICES.len() as u64, 1);
        self.desk.choice = usize::try_from(to).unwrap_or(0);
    }

    /// Does what the marked line says.
    pub(super) fn choose_first(&mut self) {
        match CHOICES.get(self.desk.choice).map(|(_, _, choice)| *choice) {
            Some(Choice::Demo) => self.request = Some(Request::Demo),
            Some(Choice::Prompt(text)) => {
                self.typing = Typing::Prompt;
                self.prompt.open(text);
            }
            None => {}
        }
    }

    /// Chooses the line at a place of the screen, if one stands there.
    pub(super) fn press_first(&mut self, at: Position, area: Rect) {
        let (top, left) = origin(area);
        let row = usize::from(at.y.saturating_sub(top) / 2);
        let is_line = at.y >= top && (at.y - top).is_multiple_of(2) && row < CHOICES.len();
        if is_line && at.x >= left {
            self.desk.choice = row;
            self.choose_first();
        }
    }
}

/// Draws it: a title, three lines with air between, a word on the keys that help from here.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let (top, left) = origin(area);
    let look = scene.look();
    let column = left - area.x;
    let mut line = |row: u16, write: &dyn Fn(&mut Pen<'_>)| {
        if row >= area.y && row < area.bottom() {
            write(Pen::new(buf, area, row - area.y, look).to(column));
        }
    };
    line(top.saturating_sub(2), &|pen| {
        pen.skip(2).put(scene.say("first.title"), Role::Muted);
    });
    let mut row = top;
    for (at, (key, sentence, _)) in CHOICES.iter().enumerate() {
        let is_marked = at == scene.ui.desk.choice;
        let (mark, role) = if is_marked {
            ("▸ ", Role::Strong)
        } else {
            ("  ", Role::Text)
        };
        line(row, &|pen| {
            pen.put(mark, Role::Strong).put(scene.say(sentence), role);
            if !key.is_empty() {
                pen.put("  ", Role::Muted).put(key, Role::Muted);
            }
        });
        row += 2;
    }
    line(row + 1, &|pen| {
        pen.skip(2).put(scene.say("first.keys"), Role::Muted);
    });
}

/// The first choice's row and column.
fn origin(area: Rect) -> (u16, u16) {
    let rows = 2 + 2 * u16::try_from(CHOICES.len()).unwrap_or(0) + 2;
    let top = area.y + 2 + area.height.saturating_sub(rows) / 3;
    let left = area.x + area.width.saturating_sub(BLOCK_COLUMNS) / 2;
    (top, left)
}
