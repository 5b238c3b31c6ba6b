//! A whole app without a terminal, for measurements: a session made of events, keys and pastes that are typed, frames
//! that are drawn. It opens no socket.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sockeye::app::App;
use sockeye::endpoint::Transport;
use sockeye::event::{
    Actor, Call, Capture as _, ConnId, Dir, Event, Flags, Moved, Outcome, Role, Syscall, View,
    What, Wish,
};
use sockeye::session::Session;
use sockeye::ui::{Look, TermEvent, Ui};

/// The socket in view.
pub(super) const A: ConnId = ConnId(0);

/// An app and the time that it is told.
pub(super) struct Screen {
    pub(super) app: App,
    size: Rect,
    at: Duration,
}

impl Screen {
    /// A screen of that many columns and rows, with one connected socket.
    pub(super) fn new((columns, rows): (u16, u16)) -> Self {
        let session = Session::new(1 << 30, None);
        let ui = Ui::new(Look::default(), (columns, rows));
        let mut screen = Self {
            app: App::new(session, ui, 1, Duration::ZERO, Duration::ZERO),
            size: Rect::new(0, 0, columns, rows),
            at: Duration::ZERO,
        };
        let (role, transport) = (Role::Client, Transport::Tcp);
        screen.tell(What::Opened {
            name: None,
            role,
            transport,
            parent: None,
        });
        screen
    }

    /// An event of the socket, a millisecond after the last one.
    pub(super) fn tell(&mut self, what: What) {
        self.at += Duration::from_millis(1);
        let (at, conn, by) = (self.at, Some(A), Actor::User);
        self.app.apply([Event { at, conn, by, what }]);
    }

    /// What the socket receives is cut by that rule.
    pub(super) fn frame_by(&mut self, rule: &str) {
        for dir in Dir::BOTH {
            let (rule, from) = (rule.to_owned(), 0);
            self.tell(What::Framed { dir, rule, from });
        }
    }

    /// The socket received these bytes in one call.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        let session = &mut self.app.session;
        session.room(A, bytes.len()).extend_from_slice(bytes);
        let range = session.commit(A, bytes.len(), self.at);
        let (max, flags) = (256 << 10, Flags::default());
        let outcome = Outcome::Received {
            len: bytes.len() as u64,
            from: None,
            cut_from: None,
        };
        let dir = Dir::In;
        let call = Call {
            moved: Some(Moved { dir, range }),
            ..Call::new(Syscall::Recv { max, flags }, outcome, Duration::ZERO)
        };
        self.tell(What::Call(call));
        while self.app.session.cut(usize::MAX) {}
    }

    /// Looks at something else.
    pub(super) fn view(&mut self, view: &View) {
        let (by, wish) = (Actor::User, Wish::View(view.clone()));
        self.app.carry_out(by, wish, self.at).unwrap();
    }

    /// A key, with what it makes the app do; the lines that it means.
    pub(super) fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) -> Vec<String> {
        self.input(&TermEvent::Key(KeyEvent::new(code, modifiers)))
    }

    /// A key, a paste.
    pub(super) fn input(&mut self, event: &TermEvent) -> Vec<String> {
        self.at += Duration::from_millis(20);
        self.app.input(event, self.at)
    }

    /// Nothing is typed for a while.
    pub(super) fn pause(&mut self) {
        self.at += Duration::from_secs(2);
    }

    /// The next frame, prepared and drawn as the workbench does it.
    pub(super) fn draw(&mut self) -> Buffer {
        self.at += Duration::from_millis(20);
        let (ui, at, size) = (&mut self.app.ui, self.at, self.size);
        self.app.session.seen(|session| {
            ui.prepare(session, at);
            let mut buf = Buffer::empty(size);
            ui.render(session, size, &mut buf, at);
            buf
        })
    }
}

/// The shortest of so many runs, in milliseconds.
pub(super) fn best(runs: usize, mut run: impl FnMut()) -> f64 {
    let once = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1000.0
    };
    (0..runs).map(once).fold(f64::INFINITY, f64::min)
}
