//! Relaying in the simulated kernel, by many seeds: partial reads and writes, interruptions, small buffers, readers
//! that stand still, ends and resets at any time. What arrives at one end is a prefix of what the other sent, all of it
//! where nobody reset; an end comes behind all bytes, and a reset is never shown as an end.

#![expect(clippy::unwrap_used, reason = "a broken test shall stop")]

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use std::time::Duration;

use sockeye::endpoint::Endpoint;
use sockeye::event::{
    Actor, ConnId, Dir, Errno, Flags, Gate, How, Make, Outcome, Role, Syscall, Want, What,
};
use world::World;

/// Numbers that follow from a seed (Steele and others, "Fast splittable pseudorandom number generators").
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn bytes(&mut self, len: u64) -> Vec<u8> {
        (0..len)
            .map(|_| u8::try_from(self.below(256)).unwrap())
            .collect()
    }
}

/// A client and a server of our own, and a tap between them that the test plays the machine of.
struct Relayed {
    world: World,
    seed: u64,
    client: ConnId,
    /// The two sides of the conversation, the client's first.
    sides: [ConnId; 2],
    server: ConnId,
    /// What client and server asked to be sent.
    asked: [Vec<u8>; 2],
}

impl Relayed {
    fn new(target: &str, at: &str, seed: u64) -> Self {
        let mut world = World::new(seed);
        let endpoint = |word: &str| Endpoint::parse(word).unwrap();
        let (to, tap) = (endpoint(target), endpoint(at));
        world.act(&format!("listen {target}"));
        world.turn(|net, turn| {
            let make = Make::Tap {
                at: tap,
                to: to.clone(),
                keep: None,
                name: None,
            };
            net.make(Actor::User, make, turn);
        });
        world.act(&format!("connect {at}\nrun"));
        let opened = |world: &World, wanted: Role, maker: Option<ConnId>| {
            let mut events = world.events.iter();
            let found = events.find(|event| {
                matches!(&event.what, What::Opened { role, parent, .. }
                    if *role == wanted && *parent == maker)
            });
            found.unwrap().conn.unwrap()
        };
        let (listener, tap) = (ConnId(0), ConnId(1));
        let near = opened(&world, Role::Accepted, Some(tap));
        world.turn(|net, turn| net.want(Actor::Tap, near, Want::Relay { to }, turn));
        world.act("run\nrun");
        let far = opened(&world, Role::Client, Some(near));
        let server = opened(&world, Role::Accepted, Some(listener));
        let (client, sides) = (ConnId(2), [near, far]);
        let asked = [Vec::new(), Vec::new()];
        Self {
            world,
            seed,
            client,
            sides,
            server,
            asked,
        }
    }

    fn end(&self, who: usize) -> ConnId {
        [self.client, self.server][who]
    }

    fn want(&mut self, conn: ConnId, want: Want) {
        self.world
            .turn(|net, turn| net.want(Actor::User, conn, want, turn));
    }

    fn send(&mut self, who: usize, bytes: Vec<u8>) {
        self.asked[who].extend_from_slice(&bytes);
        let (flags, to) = (Flags::default(), None);
        self.want(self.end(who), Want::Send { bytes, flags, to });
    }

    fn read(&mut self, who: usize, auto: bool, rate: Option<u64>) {
        self.want(self.end(who), Want::Reading { auto, rate });
    }

    /// Random sends, pauses and valves at both ends.
    fn talk(&mut self, numbers: &mut Numbers, steps: u64) {
        for _ in 0..steps {
            let who = usize::try_from(numbers.below(2)).unwrap();
            match numbers.below(6) {
                0 => {
                    let auto = numbers.below(3) > 0;
                    let rate = (numbers.below(3) == 0).then(|| 1000 + numbers.below(1_000_000));
                    self.read(who, auto, rate);
                }
                1 => {
                    let time = Duration::from_micros(numbers.below(20_000));
                    self.world.run(time);
                }
                _ => {
                    let len = numbers.below(9000);
                    let bytes = numbers.bytes(len);
                    self.send(who, bytes);
                }
            }
        }
    }

    fn lane(&self, conn: ConnId, dir: Dir) -> &[u8] {
        self.world.lane_of(conn, dir)
    }

    /// How what a socket receives ended: at its end, or by an error.
    fn ended(&self, conn: ConnId) -> Option<Result<(), Errno>> {
        self.world.events.iter().find_map(|event| match event.what {
            What::Ended {
                dir: Dir::In,
                cause,
            } if event.conn == Some(conn) => Some(cause.map_or(Ok(()), Err)),
            _ => None,
        })
    }

    /// What each stage has is what the one before it had, up to a point; with `all` it is all of it.
    fn check_bytes(&self, all: bool) {
        let [near, far] = self.sides;
        for (asked, from, to) in [
            (&self.asked[0], (self.client, near), (far, self.server)),
            (&self.asked[1], (self.server, far), (near, self.client)),
        ] {
            let stages = [
                asked.as_slice(),
                self.lane(from.0, Dir::Out),
                self.lane(from.1, Dir::In),
                self.lane(to.0, Dir::Out),
                self.lane(to.1, Dir::In),
            ];
            for (at, pair) in stages.windows(2).enumerate() {
                let is_good = pair[0].starts_with(pair[1]) && (!all || pair[0] == pair[1]);
                assert!(
                    is_good,
                    "seed {}: stage {at}: {} and {} bytes\n{}",
                    self.seed,
                    pair[0].len(),
                    pair[1].len(),
                    self.world.told()
                );
            }
        }
    }

    /// Nothing of the conversation is open but what a client and a server hold.
    fn check_gone(&self) {
        for side in self.sides {
            let is_gone = |event: &&sockeye::event::Event| {
                event.conn == Some(side) && event.what == What::Gone
            };
            assert!(
                self.world.events.iter().any(|event| is_gone(&event)),
                "seed {}: {side:?} stays open\n{}",
                self.seed,
                self.world.told()
            );
        }
    }
}

const WAYS: [(&str, &str); 4] = [
    ("127.0.0.1:7001", "127.0.0.1:7000"),
    ("unix:/target", "unix:/tap"),
    ("unix:/target", "127.0.0.1:7000"),
    ("127.0.0.1:7001", "unix:/tap"),
];

/// Both ends end when they like, with bytes on their way.
fn ends_in_peace(target: &str, at: &str, seed: u64) {
    let mut numbers = Numbers(seed);
    let mut relayed = Relayed::new(target, at, seed);
    relayed.talk(&mut numbers, 30);
    let first = usize::try_from(numbers.below(2)).unwrap();
    relayed.want(relayed.end(first), Want::Shutdown(How::Write));
    if numbers.below(2) == 0 {
        relayed.world.run(Duration::from_secs(numbers.below(40)));
    }
    // The other side goes on for as long as it likes.
    let len = numbers.below(30_000);
    relayed.send(1 - first, numbers.bytes(len));
    relayed.read(0, true, None);
    relayed.read(1, true, None);
    relayed.world.run(Duration::from_millis(numbers.below(50)));
    relayed.want(relayed.end(1 - first), Want::Shutdown(How::Write));
    relayed.world.run(Duration::from_secs(4));
    relayed.check_bytes(true);
    relayed.check_gone();
    for end in [relayed.client, relayed.server] {
        assert_eq!(relayed.ended(end), Some(Ok(())), "seed {seed}");
    }
}

#[test]
fn f04_f05_f06_f09_all_that_was_sent_arrives_and_then_the_end() {
    for (target, at) in WAYS {
        for seed in 1..=50 {
            ends_in_peace(target, at, seed);
        }
    }
}

/// One end resets at any time.
fn ends_in_a_reset(seed: u64) {
    let mut numbers = Numbers(seed);
    let (target, at) = WAYS[0];
    let mut relayed = Relayed::new(target, at, seed);
    relayed.talk(&mut numbers, 25);
    let first = usize::try_from(numbers.below(2)).unwrap();
    relayed.want(relayed.end(first), Want::Abort);
    relayed.read(1 - first, true, None);
    relayed.world.run(Duration::from_secs(4));
    relayed.check_bytes(false);
    relayed.check_gone();
    let ended = relayed.ended(relayed.end(1 - first));
    assert!(
        matches!(ended, Some(Err(_))),
        "seed {seed}: {ended:?}\n{}",
        relayed.world.told()
    );
}

#[test]
fn f01_f02_f03_a_reset_is_passed_on_as_a_reset() {
    for seed in 1..=200 {
        ends_in_a_reset(seed);
    }
}

#[test]
fn f08_a_server_that_does_not_read_stops_the_client_and_costs_nothing() {
    let mut relayed = Relayed::new("127.0.0.1:7001", "127.0.0.1:7000", 0);
    relayed.read(1, false, None);
    let mut numbers = Numbers(1);
    let bytes = numbers.bytes(8 << 20);
    relayed.send(0, bytes);
    relayed.world.run(Duration::from_secs(1));
    let [near, _] = relayed.sides;
    let came = relayed.lane(near, Dir::In).len();
    assert!((1 << 20..3 << 20).contains(&came), "{came}");
    let calls = relayed.world.kernel.calls;
    relayed.world.run(Duration::from_secs(60));
    assert_eq!(relayed.world.kernel.calls, calls, "a stalled relay is idle");
    relayed.read(1, true, None);
    relayed.want(relayed.client, Want::Shutdown(How::Write));
    relayed.world.run(Duration::from_secs(5));
    relayed.want(relayed.server, Want::Shutdown(How::Write));
    relayed.world.run(Duration::from_secs(5));
    relayed.check_bytes(true);
    relayed.check_gone();
}

#[test]
fn what_is_passed_on_is_one_recv_and_one_send() {
    let mut relayed = Relayed::new("127.0.0.1:7001", "127.0.0.1:7000", 0);
    relayed.world.events.clear();
    relayed.send(0, b"ping".to_vec());
    relayed.world.run(Duration::from_millis(10));
    let [near, far] = relayed.sides;
    let calls: Vec<(ConnId, &str)> = relayed
        .world
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Call(call) => Some((event.conn.unwrap(), call.call.name())),
            _ => None,
        })
        .filter(|(conn, _)| [near, far].contains(conn))
        .collect();
    assert_eq!(calls, [(near, "recv"), (far, "send")]);
    assert!(
        !relayed
            .world
            .events
            .iter()
            .any(|event| matches!(event.what, What::Held { .. })),
        "nothing had to wait"
    );
}

#[test]
fn what_a_gate_holds_waits_and_other_bytes_may_take_its_place() {
    let mut relayed = Relayed::new("127.0.0.1:7001", "127.0.0.1:7000", 0);
    let [near, far] = relayed.sides;
    relayed.want(
        near,
        Want::Gate(Some(Gate {
            upto: 4,
            room: 1 << 20,
        })),
    );
    relayed.send(0, b"abcdefghij".to_vec());
    relayed.world.run(Duration::from_millis(10));
    assert_eq!(relayed.lane(relayed.server, Dir::In), b"abcd");
    // `ef` is replaced by what is longer, `gh` dropped, and the rest passes.
    let bytes = Some(b"EFEF".to_vec());
    relayed.want(near, Want::Instead { bytes, upto: 6 });
    let bytes = None;
    relayed.want(near, Want::Instead { bytes, upto: 8 });
    relayed.world.run(Duration::from_millis(10));
    assert_eq!(relayed.lane(relayed.server, Dir::In), b"abcdEFEF");
    relayed.want(relayed.client, Want::Shutdown(How::Write));
    relayed.world.run(Duration::from_millis(10));
    assert_eq!(relayed.ended(relayed.server), None, "the end waits, too");
    relayed.want(near, Want::Gate(None));
    relayed.world.run(Duration::from_millis(10));
    assert_eq!(relayed.lane(relayed.server, Dir::In), b"abcdEFEFij");
    assert_eq!(relayed.ended(relayed.server), Some(Ok(())));
    assert_eq!(relayed.lane(far, Dir::Out), b"abcdEFEFij");
}

#[test]
fn f22_a_tap_goes_on_after_a_connection_that_died_before_it_was_accepted() {
    for name in ["ECONNABORTED", "EPROTO", "ENETDOWN"] {
        let errno = Errno::named(name).unwrap();
        let mut relayed = Relayed::new("127.0.0.1:7001", "127.0.0.1:7000", 0);
        let fail = format!("fail accept {name}\nconnect 127.0.0.1:7000\nrun\nrun");
        relayed.world.act(&fail);
        let (tap, events) = (ConnId(1), || relayed.world.events.iter());
        let failed = events().filter(|event| {
            let of_tap = event.conn == Some(tap);
            of_tap
                && matches!(&event.what, What::Call(call) if call.outcome == Outcome::Failed(errno))
        });
        assert_eq!(failed.count(), 1, "{errno:?} was met");
        let came = events().filter(|event| {
            matches!(&event.what, What::Opened { role: Role::Accepted, parent, .. } if *parent == Some(tap))
        });
        assert_eq!(came.count(), 2, "after {errno:?} the next client came");
        relayed.send(0, b"still there".to_vec());
        relayed.world.run(Duration::from_millis(10));
        assert_eq!(relayed.lane(relayed.server, Dir::In), b"still there");
    }
}

#[test]
fn f13_a_target_that_refuses_resets_the_client() {
    let mut world = World::new(0);
    let endpoint = |word: &str| Endpoint::parse(word).unwrap();
    let (at, to) = (endpoint("127.0.0.1:7000"), endpoint("127.0.0.1:7001"));
    world.turn(|net, turn| {
        let to = to.clone();
        let (keep, name) = (None, None);
        net.make(Actor::User, Make::Tap { at, to, keep, name }, turn);
    });
    world.act("connect 127.0.0.1:7000\nrun");
    let client = ConnId(1);
    let near = ConnId(2);
    world.turn(|net, turn| net.want(Actor::Tap, near, Want::Relay { to }, turn));
    world.act("run");
    let refused = world.events.iter().any(|event| {
        matches!(&event.what, What::Call(call)
            if matches!(call.call, Syscall::Connect(_))
                && call.outcome == Outcome::Failed(Errno::ECONNREFUSED))
    });
    let reset = world.events.iter().any(|event| {
        event.conn == Some(client)
            && matches!(
                event.what,
                What::Ended {
                    dir: Dir::In,
                    cause: Some(_)
                }
            )
    });
    assert!(refused && reset, "{}", world.told());
    assert_eq!(world.kernel.open_sockets(), 2, "{}", world.told());
}
