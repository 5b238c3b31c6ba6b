//! The net in the simulated kernel, by many seeds: partial reads and writes, interruptions, small buffers. Whatever
//! chance does, what was received is what was sent, in order, and nothing stays open.

#![expect(clippy::unwrap_used, reason = "a broken test shall stop")]

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use std::time::Duration;

use sockeye::event::{Actor, ConnId, Dir, Flags, Make, Want, What};
use sockeye::os::{Os, Sock, Wake};
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

fn want(world: &mut World, conn: u32, want: Want) {
    world.turn(|net, turn| net.want(Actor::User, ConnId(conn), want, turn));
}

fn send(world: &mut World, conn: u32, bytes: Vec<u8>) {
    let flags = Flags::default();
    let to = None;
    want(world, conn, Want::Send { bytes, flags, to });
}

/// One conversation with random sends, pauses and valves at both ends.
fn converse(transport: &str, seed: u64) {
    let mut numbers = Numbers(seed);
    let mut world = World::new(seed);
    world.act(&format!("pair {transport}\nrun"));
    let mut composed = [Vec::new(), Vec::new()];
    for _ in 0..40 {
        let who = numbers.below(2);
        let conn = u32::try_from(who).unwrap();
        match numbers.below(6) {
            0 => {
                let auto = numbers.below(2) == 0;
                let rate = (numbers.below(3) == 0).then(|| 1000 + numbers.below(1_000_000));
                want(&mut world, conn, Want::Reading { auto, rate });
            }
            1 => {
                let time = Duration::from_micros(numbers.below(20_000));
                world.run(time);
            }
            2 => {
                let max = 1 + numbers.below(3000);
                let flags = Flags {
                    waitall: numbers.below(2) == 0,
                    ..Flags::default()
                };
                want(&mut world, conn, Want::Recv { max, flags });
            }
            _ => {
                let len = numbers.below(5000);
                let bytes = numbers.bytes(len);
                composed[usize::try_from(who).unwrap()].extend_from_slice(&bytes);
                send(&mut world, conn, bytes);
            }
        }
    }
    for conn in [0, 1] {
        want(
            &mut world,
            conn,
            Want::Reading {
                auto: true,
                rate: None,
            },
        );
        want(&mut world, conn, Want::Close);
    }
    world.act("run 4");
    let name = ["A", "B"];
    for (from, to) in [(0, 1), (1, 0)] {
        let (sent, received) = (
            world.lane(name[from], Dir::Out),
            world.lane(name[to], Dir::In),
        );
        assert!(
            sent == composed[from],
            "seed {seed}: sent is not what was asked for"
        );
        assert!(
            received == sent,
            "seed {seed}: received is not what was sent\n{}",
            world.told()
        );
    }
    assert_eq!(
        world.kernel.open_sockets(),
        0,
        "seed {seed}\n{}",
        world.told()
    );
    assert_ranges_follow(&world, seed);
}

/// The ranges of the calls are each direction's bytes, in order, without a gap.
fn assert_ranges_follow(world: &World, seed: u64) {
    let mut at = [[0; 2]; 2];
    for event in &world.events {
        let (What::Call(call), Some(ConnId(conn))) = (&event.what, event.conn) else {
            continue;
        };
        if let Some(moved) = &call.moved {
            let at = &mut at[conn as usize][moved.dir.index()];
            assert_eq!(moved.range.start, *at, "seed {seed}: {event:?}");
            *at = moved.range.end;
        }
    }
}

#[test]
fn f10_whatever_was_sent_is_received_by_every_seed() {
    for seed in 1..=300 {
        converse("tcp", seed);
        converse("unix", seed);
    }
}

#[test]
fn f08_a_peer_that_never_reads_costs_nothing() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun\nA send *100000\nrun");
    let calls = world.kernel.calls;
    world.act("run 60");
    assert_eq!(world.kernel.calls, calls);
    assert_eq!(world.net.deadline(), None);
    let held = world
        .events
        .iter()
        .rev()
        .find_map(|event| match event.what {
            What::Held { queued, .. } => Some(queued),
            _ => None,
        });
    assert_eq!(held, Some(100_000 - 65_536));
}

#[test]
fn f19_a_wake_of_the_past_reaches_nobody() {
    let mut world = World::new(0);
    world.act("pair unix\nrun\nA abort\nforget");
    for sock in 0..20 {
        let wake = Wake::Socket {
            sock: Sock(sock),
            readable: true,
            writable: true,
        };
        world.turn(|net, turn| net.wake(&wake, turn));
    }
    world.act("B send x");
    let calls = world
        .events
        .iter()
        .filter(|event| event.conn == Some(ConnId(0)))
        .count();
    assert_eq!(calls, 0, "{}", world.told());
}

#[test]
fn a_seed_repeats_exactly() {
    let told = |seed| {
        let mut world = World::new(seed);
        world.act("pair tcp\nrun\nA send *5000\nB send *3000\nrun\nA close\nB close\nrun");
        world.events
    };
    assert_eq!(told(7), told(7));
    assert_ne!(told(7), told(8));
}

/// One turn in which all that is ready was told: what the sockets of the first and the second pair received.
fn one_turn(world: &mut World, time: Duration) -> (bool, usize, usize) {
    let mut wakes = Vec::new();
    world.kernel.wait(Some(Duration::ZERO), &mut wakes).unwrap();
    for wake in wakes {
        world.turn(|net, turn| net.wake(&wake, turn));
    }
    let until = world.kernel.now() + time;
    let more = world.turn(|net, turn| {
        net.serve(until, turn);
        net.is_ready()
    });
    (
        more,
        world.lane("B", Dir::In).len(),
        world.lane("D", Dir::In).len(),
    )
}

#[test]
fn f12_a_flood_leaves_the_others_their_turn() {
    let mut world = World::new(0);
    world.act("pair unix\npair unix\nrun\nB set rcvbuf 9000000\nA send *5000000\nC send here");
    // No time left: each turn serves one socket, and whoever had none is first the next time.
    assert_eq!(one_turn(&mut world, Duration::ZERO), (true, 64 << 10, 0));
    assert_eq!(one_turn(&mut world, Duration::ZERO), (true, 64 << 10, 4));
    // Time enough: around again in larger pieces, up to the share of a turn.
    assert_eq!(
        one_turn(&mut world, Duration::from_millis(4)),
        (true, (64 << 10) + (1 << 20), 4)
    );
    assert_eq!(
        one_turn(&mut world, Duration::from_millis(4)),
        (true, (64 << 10) + (2 << 20), 4)
    );
    let most = |world: &World| {
        let calls = world.events.iter().filter_map(|event| match &event.what {
            What::Call(call) => call.moved.as_ref().filter(|moved| moved.dir == Dir::In),
            _ => None,
        });
        calls.map(|moved| moved.range.end - moved.range.start).max()
    };
    assert_eq!(most(&world), Some(256 << 10));
}

#[test]
fn a_stranger_does_not_become_the_other_end_of_a_pair() {
    let mut world = World::new(0);
    world.act("pair tcp manual");
    // The listener of the pair has the first port that the kernel chose; somebody else is quicker.
    let (stranger, at) = world.quick_stranger("127.0.0.1:40001");
    world.act("run");
    assert!(world.told().contains(&format!(
        "note {at} connected in between and was turned away"
    )));
    world.act("A send hello\nB recv 5");
    assert_eq!(world.lane("B", Dir::In), b"hello");
    assert_ne!(world.kernel.peer_address(stranger), Ok(at));
}

#[test]
fn an_idle_net_has_no_deadline_and_makes_no_call() {
    let mut world = World::new(0);
    world.act("listen 7000\nconnect 7000\npair unix manual\nrun 3\nlook B\nrun 3");
    assert_eq!(world.net.deadline(), None);
    let calls = world.kernel.calls;
    world.act("run 60");
    assert_eq!(world.kernel.calls, calls);
}

#[test]
fn ten_thousand_sockets_come_and_go() {
    let mut world = World::new(0);
    world.kernel.limit = 30_000;
    world.net = sockeye::net::Net::new(30_000);
    for _ in 0..5_000 {
        let make = Make::Pair {
            transport: sockeye::endpoint::Transport::UnixStream,
            manual: false,
            names: None,
        };
        world.turn(|net, turn| net.make(Actor::User, make, turn));
    }
    assert_eq!(world.kernel.open_sockets(), 10_000);
    want(&mut world, 9_998, Want::Close);
    want(&mut world, 9_999, Want::Close);
    world.act("run");
    let closed = world.events.iter().filter(|event| event.what == What::Gone);
    let closed: Vec<_> = closed.map(|event| event.conn).collect();
    assert_eq!(closed, [Some(ConnId(9_998)), Some(ConnId(9_999))]);
    assert_eq!(world.kernel.open_sockets(), 9_998);
}

#[test]
fn a_socket_that_wakes_for_nothing_is_left_alone() {
    let mut world = World::new(0);
    // Urgent data wakes a reader that waits for ordinary bytes, for ever (epoll(7), EPOLLPRI).
    world.act("pair tcp manual\nrun\nB recv 5\nA send U oob\nforget\nrun 1");
    let calls = world.events.len();
    assert!(calls < 100, "{calls} calls in a second");
    world.act("A send plain\nrun");
    assert_eq!(world.lane("B", Dir::In), b"plain");
}

#[test]
fn calls_that_nobody_was_woken_for_lead_to_no_rest() {
    let mut world = World::new(0);
    world.act("pair unix manual\nrun");
    for _ in 0..8 {
        world.act("B recv 5\nB cancel");
    }
    world.act("B recv 5\nA send x\nforget\nrun");
    assert_eq!(world.lane("B", Dir::In), b"x");
}

#[test]
fn a_queue_that_stays_full_is_tried_ever_more_rarely() {
    let mut world = World::new(0);
    // A socket without a peer is writable whatever the queue of its destination (unix(7)).
    world.act("bind unix-dgram:/a\nA reading manual\nbind unix-dgram:/b");
    for _ in 0..11 {
        world.act("B sendto unix-dgram:/a x");
    }
    world.act("run\nforget\nrun 10");
    let calls = world.events.len();
    assert!((1..20).contains(&calls), "{calls} calls in ten seconds");
    world.act("A recv 9\nforget\nrun 2");
    assert!(
        world.told().contains("B sendto(1, /a) = 1 "),
        "{}",
        world.told()
    );
}

#[test]
fn a_drain_that_ends_within_a_burst_reads_no_further() {
    let mut world = World::new(0);
    world.act("pair unix-seqpacket\nrun");
    for _ in 0..9 {
        world.act("A send *120000");
    }
    world.act("B close\nrun");
    let told = world.told();
    assert!(
        told.contains("B note 1 MiB came after the end of sending"),
        "{told}"
    );
    assert!(!told.contains("EBADF"), "{told}");
}

#[test]
fn a_pair_without_descriptors_waits_with_patience() {
    let mut world = World::new(0);
    for _ in 0..1000 {
        world.kernel.fail("accept", "EMFILE");
    }
    world.act("pair tcp\nrun 11");
    let told = world.told();
    let tries = told.matches("accept() = EMFILE").count();
    assert!((8..16).contains(&tries), "{tries} tries");
    assert!(told.contains("B is CLOSED"), "{told}");
}
