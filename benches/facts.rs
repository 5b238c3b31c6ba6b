//! What sampling costs: a hundred sockets in view on the real kernel, at rest and with data that nobody takes, which are
//! asked ten times a second. The result is processor time as a share of the time that went by; it asserts nothing.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on panics")]
#![expect(clippy::print_stdout, reason = "the result is what it is for")]

use std::ops::Range;
use std::time::Duration;

use sockeye::endpoint::Transport;
use sockeye::event::{Actor, Capture, ConnId, Event, Flags, Make, Want, What};
use sockeye::net::{Net, Turn};
use sockeye::os::{Os, Real, Wake};

/// Pairs of sockets, of which both ends are in view.
const PAIRS: u32 = 50;

/// How long each case is watched.
const WATCHED: Duration = Duration::from_secs(10);

/// More than a pair's buffers hold.
const BYTES: usize = 16 << 20;

/// Keeps nothing.
#[derive(Default)]
struct Nothing(Vec<u8>);

impl Capture for Nothing {
    fn is_full(&self) -> bool {
        false
    }

    fn room(&mut self, _: ConnId, want: usize) -> &mut Vec<u8> {
        self.0.clear();
        self.0.reserve(want);
        &mut self.0
    }

    fn commit(&mut self, _: ConnId, len: usize, _: Duration) -> Range<u64> {
        0..len as u64
    }

    fn sent(&mut self, _: ConnId, bytes: &[u8], _: Duration) -> Range<u64> {
        0..bytes.len() as u64
    }
}

struct Bench {
    os: Real,
    net: Net,
    bytes: Nothing,
    events: Vec<Event>,
}

impl Bench {
    fn turn<T>(&mut self, step: impl FnOnce(&mut Net, &mut Turn) -> T) -> T {
        let mut turn = Turn {
            os: &mut self.os,
            capture: &mut self.bytes,
            events: &mut self.events,
        };
        step(&mut self.net, &mut turn)
    }

    /// Turns of the loop for that long; returns how many numbers were told.
    fn run(&mut self, time: Duration) -> usize {
        let end = self.os.now() + time;
        let mut wakes: Vec<Wake> = Vec::new();
        let mut told = 0;
        loop {
            let now = self.os.now();
            let busy = self.turn(|net, turn| {
                net.expire(now, turn);
                net.serve(now + Duration::from_millis(4), turn);
                net.is_ready()
            });
            let events = self.events.drain(..);
            told += events
                .filter(|event| matches!(event.what, What::Fact(_)))
                .count();
            let now = self.os.now();
            if now >= end {
                return told;
            }
            let until = self.net.deadline().map_or(end, |at| at.min(end));
            let timeout = if busy {
                Duration::ZERO
            } else {
                until.saturating_sub(now)
            };
            self.os.wait(Some(timeout), &mut wakes).unwrap();
            for wake in wakes.drain(..) {
                self.turn(|net, turn| net.wake(&wake, turn));
            }
        }
    }
}

fn main() {
    println!("100 sockets in view, {} s", WATCHED.as_secs());
    println!("              told   CPU time   share of a core");
    for (name, is_looked_at, bytes) in [
        ("unseen, full", false, BYTES),
        ("at rest", true, 0),
        ("full", true, BYTES),
    ] {
        let (told, cpu) = watch(is_looked_at, bytes);
        let share = cpu.as_secs_f64() / WATCHED.as_secs_f64() * 100.0;
        println!("{name:12} {told:>5}   {cpu:>8.2?}   {share:>6.3} %");
    }
}

/// How many numbers were told, and the processor time that it took.
fn watch(is_looked_at: bool, bytes: usize) -> (usize, Duration) {
    let os = Real::new().unwrap();
    let mut bench = Bench {
        net: Net::new(os.socket_limit()),
        os,
        bytes: Nothing::default(),
        events: Vec::new(),
    };
    for pair in 0..PAIRS {
        let make = Make::Pair {
            transport: Transport::Tcp,
            manual: true,
            names: None,
        };
        bench.turn(|net, turn| net.make(Actor::Script, make, turn));
        let send = Want::Send {
            bytes: vec![7; bytes],
            flags: Flags::default(),
            to: None,
        };
        bench.run(Duration::from_millis(10));
        if bytes > 0 {
            bench.turn(|net, turn| net.want(Actor::Script, ConnId(2 * pair), send, turn));
        }
    }
    bench.run(Duration::from_secs(1));
    let all: Vec<_> = (0..2 * PAIRS).map(ConnId).collect();
    let seen = if is_looked_at { all.as_slice() } else { &[] };
    bench.turn(|net, turn| net.look_at(seen, turn));
    let before = bench.os.cpu();
    let told = bench.run(WATCHED);
    (told, bench.os.cpu().saturating_sub(before))
}
