//! Everything that a person looks at: focus, selection, scrolling, the lines being typed, and the panes that
//! draw it. It changes by handlers alone; `render` only reads. It carries no command out: keys become lines of
//! the one language.

mod arrange;
mod board;
mod bytes;
mod cards;
mod cause;
pub mod code;
mod composer;
mod connections;
mod desk;
mod editor;
mod filter;
mod first;
mod footer;
mod hands;
mod head;
mod help;
mod ink;
mod input;
mod inspector;
mod journey;
pub mod layout;
mod library;
mod looking;
mod meaning;
mod measured;
mod memory;
mod messages;
mod motion;
mod mouse;
mod moved;
mod notice;
mod overlay;
mod pane;
mod past;
pub mod plain;
mod progress;
mod prompt;
mod render;
mod room;
mod rows;
mod saved;
mod seams;
mod selection;
mod stand_in;
mod states;
mod storm;
mod subject;
mod tampered;
mod theme;
mod timeline;
mod tuner;
mod turns;
mod undo;
mod watch;
mod which;
mod xray;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ratatui::layout::Rect;

pub use crossterm::event::Event as TermEvent;
pub use memory::Memory;
pub use pane::{PANES, Pane, Scene};
pub use selection::Selection;
pub use theme::{Ground, Look, Role, THEMES, Theme};

use crate::event::{ConnId, Dir};
use crate::inspect::{ByteOrder, Form};
use crate::locale::Locale;
use crate::session::Session;
use crate::words::Complaint;
use board::Board;
use composer::Composer;
use connections::Table;
use desk::Desk;
use editor::Editor;
use hands::Hands;
use layout::{Amount, Areas, Arrangement};
use measured::Measured;
use notice::Notice;
use progress::Progress;
use prompt::Prompt;
use rows::Rows;
use saved::Saved;
use selection::Sight;
use storm::Blown;
pub use tuner::Looks;
use tuner::Tuner;
use turns::Turns;
pub use undo::Undone;
use xray::Xray;
pub use xray::{Moved, Turn, Woke};

/// The largest screen that is drawn; what a terminal claims beyond stays empty.
pub const SIZE_MAX: (u16, u16) = (1000, 500);

/// What a person looks at.
#[derive(Debug)]
pub struct Ui {
    look: Look,
    locale: Arc<Locale>,
    /// Hints that were used and are told no more, by their keys.
    hints_used: BTreeSet<String>,
    size: (u16, u16),
    focus: Option<ConnId>,
    /// Whose bytes and messages are shown: the focused socket's, or of a tap those of a conversation.
    subject: Option<ConnId>,
    dir: Dir,
    /// Whether the direction was chosen by hand; else it is one that has bytes.
    is_dir_chosen: bool,
    /// The pane of the cursor: a position in [`PANES`].
    pane: usize,
    typing: Typing,
    /// What lies over the panes, by its name.
    overlay: Option<&'static str>,
    arrangement: Arrangement,
    desk: Desk,
    selection: Option<Selection>,
    sight: Sight,
    /// The byte under the cursor.
    cursor: u64,
    /// The entry of the list of messages under the cursor.
    entry: u64,
    turns: Turns,
    /// The event under the cursor; the newest without.
    event: Option<u64>,
    /// Whether the newest is shown as it comes; ends by moving up.
    follow: bool,
    /// The first row shown of each pane, while not following; by position in [`PANES`].
    tops: Vec<u64>,
    /// The order that the inspector shows first.
    order: ByteOrder,
    /// As what the inspector reads, where somebody chose.
    form: Option<Form>,
    prompt: Prompt,
    composer: Composer,
    filter: Editor,
    /// The rows of the table of connections, its filter, its order and its cursor.
    table: Table,
    help_top: u16,
    help_filter: Editor,
    notice: Option<Notice>,
    /// The key that was asked for again, and until when it counts.
    armed: Option<(String, Duration)>,
    /// What is under way between two keys.
    hands: Hands,
    /// The name of the file whose session this is.
    opened: Option<String>,
    /// The sockets with a number, at most nine.
    tabs: Vec<ConnId>,
    rows: Rows,
    /// Until when something on the screen changes by time alone, and how often.
    moving: Option<(Duration, Duration)>,
    request: Option<Request>,
    progress: Progress,
    saved: Saved,
    tuner: Tuner,
    storm: Option<Blown>,
    board: Board,
    /// Whether something stood in the place of the bytes when events came last.
    stood_in: bool,
    measured: Measured,
    /// The row of the cursor in the faults.
    fault_row: usize,
    xray: Xray,
    /// Nobody will ever look.
    is_away: bool,
}

/// Where keys go if not to a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Typing {
    Nothing,
    Composer,
    Prompt,
}

/// What only the owner of the terminal can do; taken by [`Ui::take_request`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Draw every cell again.
    Redraw,
    /// Leave the terminal and stop the process, as the shell's job control does.
    Suspend,
    /// Play the demonstration here.
    Demo,
    /// Put this text into the clipboard.
    Clipboard(Vec<u8>),
}

impl Default for Ui {
    /// A screen of 80 by 24, for a run without a terminal.
    fn default() -> Self {
        Self::new(Look::default(), (80, 24))
    }
}

impl Ui {
    /// The first screen, for a terminal of that many columns and rows.
    #[must_use]
    pub fn new(look: Look, size: (u16, u16)) -> Self {
        Self {
            look,
            locale: Locale::english(),
            hints_used: BTreeSet::new(),
            size,
            focus: None,
            subject: None,
            dir: Dir::Out,
            is_dir_chosen: false,
            pane: pane::BYTES,
            typing: Typing::Nothing,
            overlay: None,
            arrangement: Arrangement::default(),
            desk: Desk::default(),
            selection: None,
            sight: Sight::default(),
            cursor: 0,
            entry: 0,
            turns: Turns::default(),
            event: None,
            follow: true,
            tops: vec![0; PANES.len()],
            order: ByteOrder::Big,
            form: None,
            prompt: Prompt::default(),
            composer: Composer::default(),
            filter: Editor::default(),
            table: Table::default(),
            help_top: 0,
            help_filter: Editor::default(),
            notice: None,
            armed: None,
            hands: Hands::default(),
            opened: None,
            tabs: Vec::new(),
            rows: Rows::default(),
            moving: None,
            request: None,
            progress: Progress::default(),
            saved: Saved::default(),
            tuner: Tuner::default(),
            storm: None,
            board: Board::default(),
            stood_in: false,
            measured: Measured::default(),
            fault_row: 0,
            xray: Xray::default(),
            is_away: false,
        }
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, columns: u16, rows: u16, session: &Session) {
        self.size = (columns.min(SIZE_MAX.0), rows.min(SIZE_MAX.1));
        self.reveal(session);
    }

    /// The socket that commands without a name are about.
    #[must_use]
    pub fn focused(&self) -> Option<ConnId> {
        self.focus
    }

    /// The socket whose bytes are shown: the focused one, or a conversation of a tap.
    #[must_use]
    pub fn subject(&self) -> Option<ConnId> {
        self.subject
    }

    /// The direction in view, seen from that socket.
    #[must_use]
    pub fn dir(&self) -> Dir {
        self.dir
    }

    /// The sockets with a number, in the order of their tabs.
    #[must_use]
    pub fn tabs(&self) -> &[ConnId] {
        &self.tabs
    }

    /// What is selected, in whichever pane it was.
    #[must_use]
    pub fn selection(&self) -> Option<&Selection> {
        self.selection.as_ref()
    }

    /// How it looks.
    #[must_use]
    pub fn look(&self) -> Look {
        self.look
    }

    /// The sentences that are spoken.
    #[must_use]
    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    /// Says something in one line, for a few seconds.
    pub fn notify(&mut self, text: &str, now: Duration) {
        self.notice = Some(Notice::line(text, now));
    }

    /// Says that nothing came of a line: in the prompt if it was typed there, with the word underlined.
    pub fn complain(&mut self, line: &str, complaint: &Complaint, now: Duration) {
        if self.prompt.reopen(line, complaint) {
            self.typing = Typing::Prompt;
        } else {
            self.notify(&format!("{line}: {complaint}"), now);
        }
    }

    /// What only the owner of the terminal can do, if a key asked for it; at most once.
    pub fn take_request(&mut self) -> Option<Request> {
        self.request.take()
    }

    fn is_typing(&self) -> bool {
        self.typing != Typing::Nothing
    }

    fn areas(&self, session: &Session) -> Option<Areas> {
        let amount = self.amount(session);
        layout::layout(self.screen(), &self.arrangement, self.pane, amount)
    }

    fn screen(&self) -> Rect {
        Rect::new(0, 0, self.size.0, self.size.1)
    }

    /// How much there is to show, on which the arrangement depends.
    fn amount(&self, session: &Session) -> Amount {
        Amount {
            banners: session.banners().count() + usize::from(session.past().is_some()),
            sockets: session.conns().len(),
            narration: self.desk.narration_rows(self.size.0),
            line: self.line_rows(),
            stands_in: self.stand_in(session).is_some(),
        }
    }

    /// The rows that the line being typed takes: more where several lines are composed, as far as the screen has room.
    #[must_use]
    pub fn line_rows(&self) -> u16 {
        let rows = match self.typing {
            Typing::Prompt => layout::LINE_ROWS,
            _ => self.composer.lines() + 2,
        };
        rows.min((self.size.1 / 3).max(layout::LINE_ROWS))
    }

    /// Whether a hint was told often enough: what it invites to has been done.
    fn is_hint_used(&self, key: &str) -> bool {
        self.hints_used.contains(key)
    }

    /// What a hint invites to was done.
    fn use_hint(&mut self, key: &str) {
        if !self.is_hint_used(key) {
            self.hints_used.insert(key.to_owned());
        }
    }

    /// The first row shown of a pane that has so many.
    fn top(&self, pane: usize, rows: u64, height: u16) -> u64 {
        let last = rows.saturating_sub(u64::from(height));
        let follows = self.follow && matches!(pane, pane::BYTES | pane::MESSAGES | pane::TIMELINE);
        if follows {
            last
        } else {
            self.tops.get(pane).map_or(0, |top| (*top).min(last))
        }
    }
}
