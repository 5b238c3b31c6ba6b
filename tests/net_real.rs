//! The net on the real system: as many connections to a listener of our own as its process may have, with little for
//! each. It measures work in calls and events, not time: a machine that does much else is slow and not wrong.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a broken test shall stop"
)]

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use sockeye::endpoint::{Address, Endpoint, Transport};
use sockeye::event::{Actor, Capture, ConnId, Event, Flags, Make, Outcome, Role, Want, What};
use sockeye::net::{Net, Turn};
use sockeye::os::{Os, Real, Wake};

/// How long nothing may happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Counts bytes and keeps none.
#[derive(Default)]
struct Counts {
    received: HashMap<ConnId, u64>,
    sent: u64,
    buf: Vec<u8>,
}

impl Capture for Counts {
    fn is_full(&self) -> bool {
        false
    }

    fn room(&mut self, _: ConnId, want: usize) -> &mut Vec<u8> {
        self.buf.clear();
        self.buf.reserve(want);
        &mut self.buf
    }

    fn commit(&mut self, conn: ConnId, len: usize, _: Duration) -> Range<u64> {
        let end = self.received.entry(conn).or_default();
        *end += len as u64;
        *end - len as u64..*end
    }

    fn sent(&mut self, _: ConnId, bytes: &[u8], _: Duration) -> Range<u64> {
        self.sent += bytes.len() as u64;
        0..bytes.len() as u64
    }
}

/// A net, the real system, and what happened.
struct Bench {
    os: Real,
    net: Net,
    counts: Counts,
    events: Vec<Event>,
    turns: usize,
}

impl Bench {
    fn new() -> Self {
        let os = Real::new().unwrap();
        Self {
            net: Net::new(os.socket_limit()),
            os,
            counts: Counts::default(),
            events: Vec::new(),
            turns: 0,
        }
    }

    fn turn<T>(&mut self, step: impl FnOnce(&mut Net, &mut Turn) -> T) -> T {
        let mut turn = Turn {
            os: &mut self.os,
            capture: &mut self.counts,
            events: &mut self.events,
        };
        step(&mut self.net, &mut turn)
    }

    fn want(&mut self, conn: ConnId, want: Want) {
        self.turn(|net, turn| net.want(Actor::Script, conn, want, turn));
    }

    /// Turns of the loop until `over`, which sees the events that are new.
    fn run(&mut self, mut over: impl FnMut(&[Event], &Counts) -> bool) {
        let mut wakes: Vec<Wake> = Vec::new();
        let mut seen = 0;
        loop {
            let now = self.os.now();
            let busy = self.turn(|net, turn| {
                net.expire(now, turn);
                net.serve(now + Duration::from_millis(4), turn);
                net.is_ready()
            });
            self.turns += 1;
            let new = self.events.get(seen..).unwrap_or_default();
            seen += new.len();
            if over(new, &self.counts) {
                return;
            }
            let timeout = if busy { Duration::ZERO } else { PATIENCE };
            self.os.wait(Some(timeout), &mut wakes).unwrap();
            assert!(busy || !wakes.is_empty(), "nothing happens any more");
            for wake in wakes.drain(..) {
                self.turn(|net, turn| net.wake(&wake, turn));
            }
        }
    }

    fn address(&self, conn: ConnId) -> Address {
        let local = self.events.iter().find_map(|event| match &event.what {
            What::Addressed { local, .. } if event.conn == Some(conn) => local.clone(),
            _ => None,
        });
        local.expect("an address")
    }
}

#[test]
fn two_thousand_connections_to_ourselves() {
    let mut bench = Bench::new();
    // Both ends are ours, and other tests run beside.
    let many = (bench.os.socket_limit() / 4).min(2000);
    let listen = Make::Listen {
        at: Endpoint::parse("tcp://127.0.0.1:0").unwrap(),
        backlog: Some(4096),
        reuseport: false,
        keep: None,
        manual: false,
        name: None,
    };
    bench.turn(|net, turn| net.make(Actor::Script, listen, turn));
    let to = bench.address(ConnId(0)).endpoint(Transport::Tcp).unwrap();
    for _ in 0..many {
        let connect = Make::Connect {
            to: to.clone(),
            from: None,
            timeout: None,
            retry: None,
            manual: false,
            name: None,
        };
        bench.turn(|net, turn| net.make(Actor::Script, connect, turn));
    }
    let mut accepted = Vec::new();
    bench.run(|new, _| {
        accepted.extend(new.iter().filter_map(|event| match &event.what {
            What::Call(call) => match call.outcome {
                Outcome::Accepted { conn, .. } => Some(conn),
                _ => None,
            },
            _ => None,
        }));
        accepted.len() == many
    });
    for conn in &accepted {
        let bytes = b"hello".to_vec();
        let (flags, to) = (Flags::default(), None);
        bench.want(*conn, Want::Send { bytes, flags, to });
    }
    bench.run(|_, counts| counts.received.len() == many);
    assert!(bench.counts.received.values().all(|len| *len == 5));
    for conn in &accepted {
        bench.want(*conn, Want::Close);
    }
    let clients: Vec<ConnId> = bench
        .events
        .iter()
        .filter(|event| {
            matches!(
                event.what,
                What::Opened {
                    role: Role::Client,
                    ..
                }
            )
        })
        .filter_map(|event| event.conn)
        .collect();
    for conn in clients {
        bench.want(conn, Want::Close);
    }
    let mut closed = 0;
    bench.run(|new, _| {
        let over = |event: &&Event| event.what == What::Gone;
        closed += new.iter().filter(over).count();
        closed == 2 * many
    });
    let (events, turns) = (bench.events.len(), bench.turns);
    assert!(events < 40 * many, "{events} events for {many} connections");
    assert!(turns < 4 * many, "{turns} turns for {many} connections");
}
