//! What the table of sockets costs with ten and a hundred thousand rows, in milliseconds and as a multiple of an empty
//! table's frame of the same size. It opens no socket: the session is made of events.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sockeye::endpoint::{Address, Transport};
use sockeye::event::{
    Actor, Call, Capture, ConnId, Dir, Event, Flags, Moved, Outcome, Role, Syscall, View, What,
};
use sockeye::session::Session;
use sockeye::ui::{Look, Ui};

const SIZE: Rect = Rect::new(0, 0, 160, 45);

/// A frame of 60 a second: what any single operation should take at the most.
const FRAME_MS: f64 = 1000.0 / 60.0;

struct Bench {
    session: Session,
    ui: Ui,
    at: Duration,
}

impl Bench {
    /// A listener with so many accepted sockets, each with some bytes received; all but every tenth closed again.
    fn new(sockets: u32) -> Self {
        let mut bench = Self {
            session: Session::new(256 << 20, None),
            ui: Ui::new(Look::default(), (SIZE.width, SIZE.height)),
            at: Duration::ZERO,
        };
        if sockets > 0 {
            bench.open(0, Role::Listener);
        }
        for conn in 1..sockets {
            bench.open(conn, Role::Accepted);
            bench.receive(conn, usize::try_from(conn % 97).unwrap());
            if conn % 10 > 0 {
                bench.tell(conn, What::Gone);
            }
        }
        bench.ui.observe(&bench.session);
        bench.view(&View::Pane("connections".to_owned()));
        bench.view(&View::Show("zoom".to_owned()));
        bench.prepare();
        bench
    }

    fn tell(&mut self, conn: u32, what: What) {
        self.at += Duration::from_micros(50);
        self.session.apply(Event {
            at: self.at,
            conn: Some(ConnId(conn)),
            by: Actor::Loop,
            what,
        });
    }

    fn open(&mut self, conn: u32, role: Role) {
        let end = |host: [u8; 4], port: u32| {
            Some(Address::Inet(SocketAddr::from((
                host,
                u16::try_from(port).unwrap(),
            ))))
        };
        let is_listener = role == Role::Listener;
        let opened = What::Opened {
            name: None,
            role,
            transport: Transport::Tcp,
            parent: (!is_listener).then_some(ConnId(0)),
        };
        self.tell(conn, opened);
        let host = conn.to_be_bytes();
        let peer = end([10, host[1], host[2], host[3]], 10_000 + conn % 50_000);
        let addressed = What::Addressed {
            local: end([127, 0, 0, 1], 7000),
            peer: peer.filter(|_| !is_listener),
        };
        self.tell(conn, addressed);
    }

    fn receive(&mut self, conn: u32, bytes: usize) {
        let id = ConnId(conn);
        self.session.room(id, bytes).resize(bytes, b'x');
        let range = self.session.commit(id, bytes, self.at);
        let outcome = Outcome::Received {
            len: bytes as u64,
            from: None,
            cut_from: None,
        };
        let recv = Syscall::Recv {
            max: 4096,
            flags: Flags::default(),
        };
        let moved = Some(Moved {
            dir: Dir::In,
            range,
        });
        let call = Call {
            moved,
            ..Call::new(recv, outcome, Duration::ZERO)
        };
        self.tell(conn, What::Call(call));
    }

    fn view(&mut self, view: &View) {
        self.ui.view(view, &self.session).unwrap();
    }

    fn prepare(&mut self) {
        // Behind every pause, so that what is due is done.
        self.at += Duration::from_secs(3);
        self.ui.prepare(&self.session, self.at);
    }

    fn draw(&self) -> Buffer {
        let mut buf = Buffer::empty(SIZE);
        self.ui.render(&self.session, SIZE, &mut buf, self.at);
        buf
    }
}

/// The shortest of a few runs, in milliseconds.
fn time(bench: &mut Bench, mut run: impl FnMut(&mut Bench)) -> f64 {
    let once = |_| {
        let start = Instant::now();
        run(bench);
        start.elapsed().as_secs_f64() * 1000.0
    };
    (0..9).map(once).fold(f64::INFINITY, f64::min)
}

/// Resident memory in bytes, where the system tells.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}

fn filter(words: &str) -> View {
    View::Filter(words.to_owned())
}

fn main() {
    let frame = time(&mut Bench::new(0), |bench| drop(bench.draw()));
    println!("an empty table's frame: {frame:.3} ms");
    for sockets in [10_000_u32, 100_000] {
        let before = resident_bytes();
        let mut bench = Bench::new(sockets);
        let each = resident_bytes().saturating_sub(before) / u64::from(sockets);
        println!("\n{sockets} sockets, nine of ten closed: {each} bytes of memory each");
        let mut report = |what: &str, run: &mut dyn FnMut(&mut Bench)| {
            let took = time(&mut bench, run);
            let note = if took > FRAME_MS {
                "  MORE THAN A FRAME"
            } else {
                ""
            };
            println!("{what:34} {took:9.3} ms {:8.1} x{note}", took / frame);
        };
        report("draw", &mut |bench| drop(bench.draw()));
        for word in ["down", "page-down", "last", "first"] {
            report(&format!("move {word}"), &mut |bench| {
                bench.view(&View::Move(word.to_owned()));
            });
        }
        for word in [
            "state:ESTAB",
            "in>50",
            "10.0.39",
            "/:1[0-9]99$/",
            "age>1s",
            "",
        ] {
            report(&format!("filter {word}"), &mut |bench| {
                bench.view(&filter(word))
            });
        }
        for column in ["in", "address", "name", "in/s", "age", "frame", "created"] {
            report(&format!("sort {column}"), &mut |bench| {
                bench.view(&View::Sort(column.to_owned()));
            });
        }
        let mut next = sockets;
        let mut one_more = |bench: &mut Bench| {
            bench.open(next, Role::Accepted);
            next += 1;
            bench.ui.observe(&bench.session);
        };
        report("a socket comes", &mut one_more);
        bench.view(&filter("in>50"));
        let mut report = |what: &str, run: &mut dyn FnMut(&mut Bench)| {
            let took = time(&mut bench, run);
            println!("{what:34} {took:9.3} ms {:8.1} x", took / frame);
        };
        let mut read = |bench: &mut Bench| {
            bench.receive(17, 60);
            bench.ui.observe(&bench.session);
        };
        report("bytes come, filtered", &mut read);
        report("bytes come, filtered, and a frame", &mut |bench| {
            read(bench);
            bench.prepare();
            drop(bench.draw());
        });
    }
}
