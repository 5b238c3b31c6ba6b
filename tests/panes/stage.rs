//! A session made of events and the screen that shows it, with keys to press. Nothing here is real but the view.

use std::net::SocketAddr;
use std::time::Duration;

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use sockeye::command::{self, Noun, Scope};
use sockeye::endpoint::{Address, Endpoint, Transport};
use sockeye::event::{
    Actor, Call, Capture, ConnId, Dir, Event, Fact, Flags, Moved, Outcome, Role, Syscall, View,
    What, Wish,
};
use sockeye::expr::Expr;
use sockeye::session::Session;
use sockeye::ui::{Look, Ui};

pub(crate) const A: ConnId = ConnId(0);
pub(crate) const B: ConnId = ConnId(1);

/// A session and the screen that shows it.
pub(crate) struct Stage {
    pub(crate) session: Session,
    pub(crate) ui: Ui,
    pub(crate) now: Duration,
}

struct Words<'a>(&'a Session, Option<ConnId>, Vec<String>);

impl Scope for Words<'_> {
    fn conn(&self, name: &str) -> Option<ConnId> {
        self.0.named(name)
    }
    fn names(&self) -> Vec<String> {
        self.2.clone()
    }
    fn is_name_free(&self, name: &str) -> bool {
        self.0.is_name_free(name)
    }
    fn focused(&self) -> Option<ConnId> {
        self.1
    }
    fn bound_address(&self, _conn: ConnId) -> Option<Endpoint> {
        None
    }
    fn bytes(&mut self, _conn: ConnId, expr: &Expr) -> Result<Vec<u8>, String> {
        expr.constant().map_err(|error| error.what)
    }
    fn nouns(&self, kind: Noun) -> Vec<String> {
        Ui::nouns(kind)
    }
    fn marks(&self) -> Vec<String> {
        self.0.marks().keys().cloned().collect()
    }
}

impl Stage {
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let look = Look {
            mouse: true,
            ..Look::default()
        };
        Self {
            session: Session::new(64 << 20, None),
            ui: Ui::new(look, (columns, rows)),
            now: Duration::ZERO,
        }
    }

    pub(crate) fn event(&mut self, conn: ConnId, what: What) {
        self.now += Duration::from_millis(4);
        self.session.apply(Event {
            at: self.now,
            conn: Some(conn),
            by: Actor::User,
            what,
        });
        self.session.cut(1 << 20);
        self.ui.observe(&self.session);
    }

    pub(crate) fn call(
        &mut self,
        conn: ConnId,
        call: Syscall,
        outcome: Outcome,
        moved: Option<Moved>,
    ) {
        let call = Call {
            moved,
            ..Call::new(call, outcome, Duration::ZERO)
        };
        self.event(conn, What::Call(call));
    }

    pub(crate) fn open(&mut self, conn: ConnId, role: Role, local: &str, peer: Option<&str>) {
        let address = |text: &str| Address::Inet(text.parse::<SocketAddr>().unwrap());
        self.event(
            conn,
            What::Opened {
                name: None,
                role,
                transport: Transport::Tcp,
                parent: None,
            },
        );
        self.event(
            conn,
            What::Addressed {
                local: Some(address(local)),
                peer: peer.map(address),
            },
        );
    }

    /// A client and the accepted socket, both ours.
    pub(crate) fn pair(&mut self) {
        let server = Address::Inet("127.0.0.1:7000".parse::<SocketAddr>().unwrap());
        self.open(A, Role::Client, "127.0.0.1:52258", Some("127.0.0.1:7000"));
        self.call(A, Syscall::Connect(server), Outcome::Returned(0), None);
        self.open(B, Role::Accepted, "127.0.0.1:7000", Some("127.0.0.1:52258"));
    }

    pub(crate) fn send(&mut self, conn: ConnId, bytes: &[u8]) {
        let range = self.session.sent(conn, bytes, self.now);
        let (len, flags, to) = (bytes.len() as u64, Flags::default(), None);
        let moved = Some(Moved {
            dir: Dir::Out,
            range,
        });
        self.call(
            conn,
            Syscall::Send { len, flags, to },
            Outcome::Returned(i64::try_from(len).unwrap()),
            moved,
        );
    }

    pub(crate) fn receive(&mut self, conn: ConnId, bytes: &[u8]) {
        self.session
            .room(conn, bytes.len())
            .extend_from_slice(bytes);
        let range = self.session.commit(conn, bytes.len(), self.now);
        let moved = Some(Moved {
            dir: Dir::In,
            range,
        });
        let outcome = Outcome::Received {
            len: bytes.len() as u64,
            from: None,
            cut_from: None,
        };
        self.call(
            conn,
            Syscall::Recv {
                max: 4096,
                flags: Flags::default(),
            },
            outcome,
            moved,
        );
    }

    pub(crate) fn frame(&mut self, conn: ConnId, rule: &str) {
        for dir in Dir::BOTH {
            self.event(
                conn,
                What::Framed {
                    dir,
                    rule: rule.to_owned(),
                    from: 0,
                },
            );
        }
    }

    /// Presses keys and does with their command lines what the program does with those of the view; returns the others.
    pub(crate) fn keys(&mut self, keys: &str) -> Vec<String> {
        let mut left = Vec::new();
        for key in keys.split(' ') {
            let (code, modifiers) = match key {
                "Enter" => (KeyCode::Enter, KeyModifiers::NONE),
                "Esc" => (KeyCode::Esc, KeyModifiers::NONE),
                "Tab" => (KeyCode::Tab, KeyModifiers::NONE),
                "C-c" => (KeyCode::Char('c'), KeyModifiers::CONTROL),
                key => (
                    KeyCode::Char(key.chars().next().unwrap()),
                    KeyModifiers::NONE,
                ),
            };
            self.input(&Input::Key(KeyEvent::new(code, modifiers)), &mut left);
        }
        left
    }

    pub(crate) fn input(&mut self, input: &Input, left: &mut Vec<String>) {
        let names = self
            .ui
            .tabs()
            .iter()
            .map(|tab| self.session.name(*tab).to_owned())
            .collect();
        let mut scope = Words(&self.session, self.ui.focused(), names);
        for line in self.ui.input(input, &self.session, &mut scope, self.now) {
            for wish in command::parse(&line, &mut scope).unwrap() {
                match wish {
                    Wish::View(view) => self.ui.view(&view, &self.session).unwrap(),
                    _ => left.push(line.clone()),
                }
            }
        }
    }

    pub(crate) fn draw(&self, columns: u16, rows: u16) -> (Vec<String>, Option<Position>) {
        let area = Rect::new(0, 0, columns, rows);
        let mut buf = Buffer::empty(area);
        let cursor = self.ui.render(&self.session, area, &mut buf, self.now);
        let line = |y| {
            (0..columns)
                .map(|x| buf[(x, y)].symbol().to_owned())
                .collect::<String>()
        };
        (
            (0..rows).map(|y| line(y).trim_end().to_owned()).collect(),
            cursor,
        )
    }

    pub(crate) fn text(&self, columns: u16, rows: u16) -> String {
        self.draw(columns, rows).0.join("\n")
    }
}

/// A has sent 12 bytes: a whole message and the beginning of one; B has read them and waits for more.
pub(crate) fn conversation(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::new(columns, rows);
    stage.pair();
    stage.frame(A, "len u16be");
    stage.frame(B, "len u16be");
    stage.send(A, b"\x00\x05hello\x00\x0cwor");
    stage.receive(B, b"\x00\x05hello\x00\x0cwor");
    let fact = Fact {
        unsent: Some(0),
        in_flight: Some(0),
        waiting: Some(0),
        ..Fact::default()
    };
    stage.event(A, What::Fact(fact));
    stage.event(B, What::Fact(fact));
    let mut call = Call::new(
        Syscall::Recv {
            max: 4096,
            flags: Flags::default(),
        },
        Outcome::Blocked,
        Duration::ZERO,
    );
    call.pending = Some(1);
    stage.event(B, What::Call(call));
    stage.now += Duration::from_millis(3200);
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    stage
}
