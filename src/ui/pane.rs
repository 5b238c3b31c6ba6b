//! What a pane is, and the table of them. A pane is a view of the session: it draws what is there, moves the
//! one cursor that all share, and holds no state of its own.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::motion::Motion;
use super::theme::{Look, Role};
use super::{bytes, code, connections, inspector, messages, seams, timeline};
use crate::event::{ConnId, Dir, Role as Kind};
use crate::session::Session;
use std::fmt::Display;
use std::time::Duration;

/// Position of the connections in [`PANES`].
pub(super) const CONNECTIONS: usize = 0;
/// Position of the seams in [`PANES`].
pub(super) const SEAMS: usize = 1;
/// Position of the bytes in [`PANES`].
pub(super) const BYTES: usize = 2;
/// Position of the messages in [`PANES`].
pub(super) const MESSAGES: usize = 3;
/// Position of the inspector in [`PANES`].
pub(super) const INSPECTOR: usize = 4;
/// Position of the timeline in [`PANES`].
pub(super) const TIMELINE: usize = 5;
/// Position of the program in [`PANES`].
pub(super) const CODE: usize = 6;

/// Every pane, in the order in which `Tab` goes through them; the constants above are positions here.
pub static PANES: &[&dyn Pane] = &[
    &connections::Connections,
    &seams::Seams,
    &bytes::Bytes,
    &messages::Messages,
    &inspector::Inspector,
    &timeline::Timeline,
    &code::Code,
];

/// What is drawn, and when.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The facts.
    pub session: &'a Session,
    /// What is looked at.
    pub ui: &'a Ui,
    /// The time since the session began.
    pub now: Duration,
}

/// A view of the session.
pub trait Pane: Sync {
    /// Its name in `pane NAME`, in the strip of names and in the table of keys.
    fn name(&self) -> &'static str;

    /// Its title, and a note for the right end of its rule.
    fn title(&self, scene: Scene<'_>) -> (String, String);

    /// Draws it; total for every area.
    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer);

    /// How many rows it has in an area of that size.
    fn rows(&self, ui: &Ui, session: &Session, area: Rect) -> u64;

    /// How many of its rows an area of that size shows: one a line, but for heads that stay above them.
    fn page(&self, area: Rect) -> u16 {
        area.height
    }

    /// The row of the cursor.
    fn row(&self, ui: &Ui, session: &Session, area: Rect) -> u64;

    /// Moves the cursor; `area` is where the pane stands.
    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect);

    /// A press of the mouse at a place of `area`.
    fn press(&self, ui: &mut Ui, session: &Session, at: Position, area: Rect);
}

impl<'a> Scene<'a> {
    /// How things look.
    #[must_use]
    pub fn look(&self) -> Look {
        self.ui.look
    }

    /// The sentence of a key, in the language that is spoken.
    #[must_use]
    pub fn say(&self, key: &'a str) -> &'a str {
        self.ui.locale.say(key)
    }

    /// The sentence of a key, with values in its places.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[&dyn Display]) -> String {
        self.ui.locale.fill(key, values)
    }

    /// The socket whose bytes are shown, and the direction in view.
    #[must_use]
    pub fn stream(&self) -> Option<(ConnId, Dir)> {
        Some((self.ui.subject?, self.ui.dir))
    }

    /// The name of the other end: its own if it is ours, else `peer`.
    #[must_use]
    pub fn peer_name(&self, conn: ConnId) -> &'a str {
        self.session
            .twin(conn)
            .map_or("peer", |twin| self.session.name(twin))
    }

    /// `A▸B`: who sends to whom in the direction in view; of a tapped conversation its name and `client▸server`.
    #[must_use]
    pub fn direction(&self) -> String {
        let Some((conn, dir)) = self.stream() else {
            return String::new();
        };
        if self.session.is_tapped(conn) {
            let key = if self.session.is_to_server(conn, dir) {
                "tapped.to-server"
            } else {
                "tapped.to-client"
            };
            return format!("{} {}", self.session.conversation(conn), self.say(key));
        }
        let (own, peer) = (self.session.name(conn), self.peer_name(conn));
        let itself = self.session.conn(conn);
        if itself.is_some_and(|conn| conn.role == Kind::Tap) {
            // Nothing passes through the tap itself.
            return own.to_owned();
        }
        match dir {
            Dir::Out => format!("{own}▸{peer}"),
            Dir::In => format!("{peer}▸{own}"),
        }
    }

    /// Whether the keys go to that pane.
    #[must_use]
    pub fn is_focused(&self, pane: usize) -> bool {
        self.ui.pane == pane && !self.ui.is_typing() && self.ui.overlay.is_none()
    }

    /// The role of what is selected, seen from that pane.
    #[must_use]
    pub fn selected(&self, pane: usize) -> Role {
        if self.is_focused(pane) {
            Role::Selected
        } else {
            Role::Linked
        }
    }

    /// The first row of a pane that is shown in an area.
    #[must_use]
    pub fn top(&self, pane: usize, area: Rect) -> u64 {
        let rows = PANES
            .get(pane)
            .map_or(0, |it| it.rows(self.ui, self.session, area));
        self.ui.top(pane, rows, area.height)
    }
}
