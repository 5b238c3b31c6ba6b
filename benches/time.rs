//! What it costs to look at another moment of a log of a million events: a step back, a step on, a jump anywhere, each
//! with the frame that shows it, as a share of the 16 ms between two frames; beside it what the snapshots hold, and what
//! a plain fold of all events takes. It opens no socket.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::time::{Duration, Instant};

use sockeye::endpoint::Transport;
use sockeye::event::{
    Actor, Call, Capture as _, ConnId, Dir, Event, Fact, Flags, Jump, Moved, Outcome, Role,
    Syscall, Travel, View, What,
};

#[path = "support/screen.rs"]
#[expect(dead_code, reason = "other measurements use the rest")]
mod screen;

use screen::Screen;

const EVENTS: u64 = 1_000_000;

/// The time between two frames.
const FRAME_MILLIS: f64 = 16.0;

/// How often each way is gone.
const WAYS: usize = 200;

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn main() {
    println!(
        "{EVENTS} events, 200x60; a way with its frame: the median and the slowest of {WAYS}, as a share of {FRAME_MILLIS} ms"
    );
    println!(
        "{:>8}  {:>13} {:>13} {:>13} {:>13}  {:>9} {:>10}",
        "sockets", "frame", "step back", "step on", "jump", "snapshots", "fold of all"
    );
    for sockets in [2, 1000, 10_000] {
        row(sockets);
    }
}

fn row(sockets: u32) {
    let (mut screen, took) = filled(sockets);
    let mut random = Random(88_172_645_463_325_252);
    let travel = |screen: &mut Screen, travel| {
        screen.view(&View::Travel(travel));
    };
    let frame = timed(&mut screen, |_| {});
    travel(&mut screen, Travel::Pause);
    let jump = timed(&mut screen, |screen| {
        let seq = random.below(EVENTS);
        screen.view(&View::Goto(Jump::Event(seq)));
        while screen.app.session.travel_on() {}
    });
    screen.view(&View::Goto(Jump::Event(EVENTS / 2 + 12_345)));
    while screen.app.session.travel_on() {}
    let step = |on| Travel::Step { on, count: 1 };
    let back = timed(&mut screen, |screen| travel(screen, step(false)));
    let on = timed(&mut screen, |screen| travel(screen, step(true)));
    let held = screen.app.session.snapshots_bytes() >> 20;
    let cells = [frame, back, on, jump].map(|(median, slowest)| {
        format!(
            " {:5.3} {:6.3}",
            median / FRAME_MILLIS,
            slowest / FRAME_MILLIS
        )
    });
    println!(
        "{sockets:8} {}  {held:5} MiB {:8.1} ms",
        cells.concat(),
        took
    );
}

/// The median and the slowest of the ways, each with its frame, in milliseconds.
fn timed(screen: &mut Screen, mut way: impl FnMut(&mut Screen)) -> (f64, f64) {
    let once = |_| {
        let start = Instant::now();
        way(screen);
        screen.app.session.cut(4 << 20);
        drop(screen.draw());
        start.elapsed().as_secs_f64() * 1000.0
    };
    let mut times: Vec<f64> = (0..WAYS).map(once).collect();
    times.sort_by(f64::total_cmp);
    (times[WAYS / 2], *times.last().unwrap())
}

/// A screen over a session of so many events: reads of every socket in turn, and facts; and what folding them took.
fn filled(sockets: u32) -> (Screen, f64) {
    let mut screen = Screen::new((200, 60));
    screen.frame_by("line");
    let (role, transport) = (Role::Client, Transport::Tcp);
    let mut at = Duration::from_secs(1);
    let mut random = Random(1);
    let mut took = Duration::ZERO;
    let mut count = screen.app.session.event_count();
    let mut line = 0;
    while count < EVENTS {
        let n = u32::try_from(count).unwrap();
        at += Duration::from_micros(100);
        let id = ConnId(u32::try_from(random.below(sockets.into())).unwrap());
        let (conn, what) = if n < sockets + 2 {
            let (name, parent) = (None, None);
            let opened = What::Opened {
                name,
                role,
                transport,
                parent,
            };
            (ConnId(n - 2), opened)
        } else if count.is_multiple_of(4) {
            let waiting = Some(n % 4096);
            let fact = Fact {
                waiting,
                ..Fact::default()
            };
            (id, What::Fact(fact))
        } else {
            line += 1;
            (id, received(&mut screen, id, line, at))
        };
        let (conn, by) = (Some(conn), Actor::Loop);
        let event = Event { at, conn, by, what };
        let start = Instant::now();
        screen.app.session.apply(event);
        took += start.elapsed();
        if count.is_multiple_of(1000) {
            screen.app.session.cut(usize::MAX);
        }
        count += 1;
    }
    while screen.app.session.cut(usize::MAX) {}
    screen.app.ui.observe(&screen.app.session);
    (screen, took.as_secs_f64() * 1000.0)
}

/// A call that received a line.
fn received(screen: &mut Screen, id: ConnId, line: u64, at: Duration) -> What {
    let session = &mut screen.app.session;
    let bytes = format!("line {line}\n").into_bytes();
    session.room(id, bytes.len()).extend_from_slice(&bytes);
    let range = session.commit(id, bytes.len(), at);
    let (max, flags) = (256 << 10, Flags::default());
    let (len, from, cut_from) = (bytes.len() as u64, None, None);
    let outcome = Outcome::Received {
        len,
        from,
        cut_from,
    };
    let dir = Dir::In;
    What::Call(Call {
        moved: Some(Moved { dir, range }),
        ..Call::new(Syscall::Recv { max, flags }, outcome, Duration::ZERO)
    })
}
