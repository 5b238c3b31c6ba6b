//! Pictures of the screen: a session made of events, drawn into a buffer, compared as text. No terminal, no clock, no
//! socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::SocketAddr;
use std::time::Duration;

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use sockeye::command::{self, Noun, Scope};
use sockeye::endpoint::{Address, Endpoint, Transport};
use sockeye::event::{
    Actor, Call, Capture, ConnId, Dir, Errno, Event, Fact, Flags, How, Moved, Outcome, Role,
    Syscall, View, What, Wish,
};
use sockeye::expr::Expr;
use sockeye::session::Session;
use sockeye::ui::{Look, Ui};

const A: ConnId = ConnId(0);
const B: ConnId = ConnId(1);

/// A session and the screen that shows it.
struct Stage {
    session: Session,
    ui: Ui,
    now: Duration,
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
    fn new(columns: u16, rows: u16) -> Self {
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

    fn event(&mut self, conn: ConnId, what: What) {
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

    fn call(&mut self, conn: ConnId, call: Syscall, outcome: Outcome, moved: Option<Moved>) {
        let call = Call {
            moved,
            ..Call::new(call, outcome, Duration::ZERO)
        };
        self.event(conn, What::Call(call));
    }

    fn open(&mut self, conn: ConnId, role: Role, local: &str, peer: Option<&str>) {
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
    fn pair(&mut self) {
        let server = Address::Inet("127.0.0.1:7000".parse::<SocketAddr>().unwrap());
        self.open(A, Role::Client, "127.0.0.1:52258", Some("127.0.0.1:7000"));
        self.call(A, Syscall::Connect(server), Outcome::Returned(0), None);
        self.open(B, Role::Accepted, "127.0.0.1:7000", Some("127.0.0.1:52258"));
    }

    fn send(&mut self, conn: ConnId, bytes: &[u8]) {
        let range = self.session.sent(conn, bytes, self.now);
        let (len, flags, to) = (bytes.len() as u64, Flags::default(), None);
        let moved = Some(Moved {
            dir: Dir::Out,
            range,
        });
        self.call(
            conn,
            Syscall::Send { len, flags, to },
            Outcome::Returned(bytes.len() as i64),
            moved,
        );
    }

    fn receive(&mut self, conn: ConnId, bytes: &[u8]) {
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

    fn frame(&mut self, conn: ConnId, rule: &str) {
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
    fn keys(&mut self, keys: &str) -> Vec<String> {
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

    fn input(&mut self, input: &Input, left: &mut Vec<String>) {
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

    fn draw(&self, columns: u16, rows: u16) -> (Vec<String>, Option<Position>) {
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

    fn text(&self, columns: u16, rows: u16) -> String {
        self.draw(columns, rows).0.join("\n")
    }
}

/// Compares a screen with its picture, and prints the whole screen where they differ.
fn check(stage: &Stage, (columns, rows): (u16, u16), picture: &str) {
    let drawn = stage.text(columns, rows);
    let (drawn, picture) = (drawn.trim_end(), picture.trim_matches('\n'));
    let different = drawn.lines().zip(picture.lines()).position(|(a, b)| a != b);
    assert!(
        drawn == picture,
        "line {different:?} differs\n>>>\n{drawn}\n<<<\n"
    );
}

/// A has sent 12 bytes: a whole message and the beginning of one; B has read them and waits for more.
fn conversation(columns: u16, rows: u16) -> Stage {
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

#[test]
fn the_first_screen_says_what_to_do() {
    check(
        &Stage::new(80, 24),
        (80, 24),
        include_str!("panes/first_80x24.txt"),
    );
}

#[test]
fn a_conversation_with_an_unfinished_message() {
    check(
        &conversation(80, 24),
        (80, 24),
        include_str!("panes/conversation_80x24.txt"),
    );
    check(
        &conversation(120, 40),
        (120, 40),
        include_str!("panes/conversation_120x40.txt"),
    );
}

#[test]
fn one_pane_where_little_fits_and_a_sentence_where_nothing_does() {
    let mut stage = conversation(60, 16);
    check(
        &stage,
        (60, 16),
        include_str!("panes/conversation_60x16.txt"),
    );
    stage.ui.resize(40, 10, &stage.session);
    assert_eq!(
        stage.text(40, 10).trim_end(),
        "40 columns, 10 rows: Sockeye needs 60 by",
        "clipped, not wrapped"
    );
}

#[test]
fn an_error_has_three_lines() {
    let mut stage = conversation(80, 24);
    stage.call(
        A,
        Syscall::Shutdown(How::Write),
        Outcome::Failed(Errno::ENOTCONN),
        None,
    );
    let text = stage.text(80, 24);
    for line in [
        " ENOTCONN (107) transport endpoint is not connected",
        " A called shutdown(write): the socket is not connected",
        " try: c connects",
    ] {
        assert!(
            text.lines().any(|drawn| drawn.starts_with(line)),
            "{line}\n{text}"
        );
    }
    assert!(
        stage.ui.next_wake(stage.now).is_some(),
        "the card goes by itself"
    );
    stage.keys("Esc");
    assert!(!stage.text(80, 24).contains(" try: "), "Esc takes it away");
}

#[test]
fn hostile_bytes_are_spelled_out_in_every_pane() {
    let mut stage = Stage::new(120, 40);
    stage.pair();
    stage.frame(A, "line");
    stage.ui.view(&View::Focus(A), &stage.session).unwrap();
    stage.receive(
        A,
        b"\x1b]0;owned\x07\x1b[2J\n\xe2\x80\xaegnp.exe\n\xff\xfe\x80\xc3(\ne\xcc\x81\xcc\x81\n",
    );
    stage.event(A, What::Note("note \u{1b}[31m \u{202e}".to_owned()));
    stage.event(
        A,
        What::Limit {
            text: Some("limit \u{7} \u{200b}".to_owned()),
            key: "k".to_owned(),
        },
    );
    stage.ui.notify("say \u{1b}c", stage.now);
    for (columns, rows) in [(80, 24), (120, 40), (60, 16)] {
        stage.ui.resize(columns, rows, &stage.session);
        for pane in 0..5 {
            let text = stage.text(columns, rows);
            let bad: Vec<char> = text
                .chars()
                .filter(|c| *c != '\n' && !sockeye::escape::allowed(*c))
                .collect();
            assert!(bad.is_empty(), "{bad:?} in pane {pane}\n{text}");
            stage.keys("Tab");
        }
    }
    stage.ui.resize(120, 40, &stage.session);
    let text = stage.text(120, 40);
    assert!(text.contains(r#""\x1b]0;owned\x07"#), "{text}");
    assert!(text.contains(r"\u{202e}gnp.exe"), "{text}");
}

#[test]
fn every_size_is_drawn_and_none_panics() {
    let empty = Stage::new(0, 0);
    let mut full = conversation(80, 24);
    full.call(
        A,
        Syscall::Shutdown(How::Write),
        Outcome::Failed(Errno::ENOTCONN),
        None,
    );
    let small = (0..=40).flat_map(|columns| (0..=20).map(move |rows| (columns, rows)));
    let large = [
        (60, 16),
        (61, 17),
        (79, 24),
        (80, 23),
        (80, 24),
        (119, 24),
        (120, 24),
        (160, 45),
        (300, 16),
        (1000, 500),
    ];
    for (columns, rows) in small.chain(large) {
        for stage in [&empty, &full] {
            let (_, cursor) = stage.draw(columns, rows);
            assert_eq!(cursor, None);
        }
    }
    for keys in ["?", "Esc T", "Esc :", "x y Tab", "Esc s", "a b", "Esc z"] {
        full.keys(keys);
        for (columns, rows) in [(0, 0), (1, 1), (60, 16), (80, 24), (120, 40), (1000, 500)] {
            // The state may be of another size than the buffer: a resize that has not been told yet.
            full.draw(columns, rows);
            full.ui.resize(columns, rows, &full.session);
            full.draw(columns, rows);
        }
        full.ui.resize(80, 24, &full.session);
    }
}

#[test]
fn ten_thousand_sockets_are_a_table_that_filters() {
    let mut stage = Stage::new(80, 24);
    let mut made = Vec::new();
    for n in 0..10_000_u32 {
        let local = Some(Address::Inet(SocketAddr::from((
            [127, 0, 0, 1],
            20_000 + (n % 40_000) as u16,
        ))));
        let opened = What::Opened {
            name: None,
            role: Role::Client,
            transport: Transport::Tcp,
            parent: None,
        };
        made.extend([opened, What::Addressed { local, peer: None }].map(|what| (ConnId(n), what)));
    }
    for (conn, what) in made {
        stage.session.apply(Event {
            at: stage.now,
            conn: Some(conn),
            by: Actor::Loop,
            what,
        });
    }
    stage.ui.observe(&stage.session);
    stage.keys("T");
    assert!(stage.text(80, 24).contains("connections 10000"));
    for c in ":29999".chars() {
        stage.keys(c.to_string().leak());
    }
    let text = stage.text(80, 24);
    assert!(text.contains("connections 1 of 10000"), "{text}");
    assert_eq!(stage.keys("Enter"), Vec::<String>::new());
    assert_eq!(stage.ui.focused(), Some(ConnId(9_999)));
    assert!(
        stage.ui.looked_at(&stage.session).len() < 64,
        "only what is in view is sampled"
    );
}

#[test]
fn keys_type_commands() {
    let mut stage = conversation(80, 24);
    assert_eq!(stage.keys("r"), ["recv"]);
    assert_eq!(
        stage.keys("s 0 0 Tab Esc"),
        Vec::<String>::new(),
        "what is typed is not sent by leaving"
    );
    assert_eq!(stage.keys("s C-c Tab Tab h i Enter"), [r#"send "hi""#]);
    stage.keys("Esc");
    assert_eq!(stage.keys("q"), Vec::<String>::new(), "sockets are open");
    assert!(stage.text(80, 24).contains("q again"));
    assert_eq!(stage.keys("q"), ["quit"]);
    assert_eq!(
        stage.keys("D"),
        ["abort"],
        "the other end is ours: nothing is asked"
    );
    assert_eq!(stage.keys("m a"), ["mark a"]);
    let mut nothing = Stage::new(80, 24);
    assert_eq!(nothing.keys("r"), Vec::<String>::new());
    assert!(nothing.text(80, 24).contains("there is no socket yet"));
    assert_eq!(nothing.keys("C-c C-c"), ["quit"]);
}

#[test]
fn a_paste_is_composed_and_never_sent() {
    let mut stage = conversation(80, 24);
    let mut left = Vec::new();
    stage.input(&Input::Paste("GET /\r\n\r\n".to_owned()), &mut left);
    assert!(left.is_empty());
    assert!(stage.text(80, 24).contains(r#"› "GET /\r\n\r\n""#));
}

#[test]
fn one_selection_moves_in_all_panes() {
    let mut stage = conversation(80, 24);
    stage.keys("g");
    let range = |stage: &Stage| stage.ui.selection().map(|it| it.range.clone());
    assert_eq!(range(&stage), Some(0..1));
    stage.keys("Enter");
    assert_eq!(range(&stage), Some(0..2), "the length");
    stage.keys("Enter");
    assert_eq!(range(&stage), Some(0..7), "the message");
    stage.keys("}");
    assert_eq!(range(&stage), Some(7..12));
    stage.keys("Tab Tab Tab k k");
    assert_eq!(range(&stage), Some(0..12), "what the call moved");
    let (conn, dir) = stage.ui.selection().map(|it| (it.conn, it.dir)).unwrap();
    assert_eq!((conn, dir), (A, Dir::Out), "B's bytes are A's, seen from A");
    stage
        .ui
        .view(&View::Goto(sockeye::event::Jump::Event(9)), &stage.session)
        .unwrap();
    assert!(stage.text(80, 24).contains("at #9"));
    stage.keys("G");
    assert_eq!(range(&stage), None);
}

#[test]
fn an_idle_screen_asks_for_no_wake_up() {
    let mut stage = conversation(80, 24);
    let next = stage.ui.next_wake(stage.now);
    assert!(
        next.is_some_and(|next| next <= stage.now + Duration::from_millis(100)),
        "a call blocks since {next:?}"
    );
    stage.now += Duration::from_secs(20);
    assert_eq!(stage.ui.next_wake(stage.now), None);
    assert!(stage.text(80, 24).contains("blocked"));
}

#[test]
fn without_colour_and_without_unicode_every_fact_is_still_there() {
    let mut stage = conversation(80, 24);
    let plain = Look {
        ascii: true,
        mono: true,
        mouse: false,
    };
    stage.ui = Ui::new(plain, (80, 24));
    stage.ui.observe(&stage.session);
    let text = stage.text(80, 24);
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("6f|00 0c 77 6f 72:.. .."), "{text}");
}
