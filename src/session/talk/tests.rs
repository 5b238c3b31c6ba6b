//! The list of both directions, against one that is sorted by hand.

use super::*;
use crate::endpoint::Transport;
use crate::event::{Actor, Call, Capture, Event, Flags, Moved, Outcome, Role, Syscall, What};

const A: ConnId = ConnId(0);

/// A socket whose framing is lines, and what was whole when.
struct Bench {
    session: Session,
    whole: Vec<(Duration, bool, Dir, u64)>,
    counts: [u64; 2],
}

impl Bench {
    fn new(role: Role) -> Self {
        let mut bench = Self {
            session: Session::new(1 << 20, None),
            whole: Vec::new(),
            counts: [0; 2],
        };
        bench.tell(
            0,
            What::Opened {
                name: None,
                role,
                transport: Transport::Tcp,
                parent: None,
            },
        );
        for dir in Dir::BOTH {
            let rule = "line".to_owned();
            bench.tell(0, What::Framed { dir, rule, from: 0 });
        }
        bench
    }

    fn tell(&mut self, at: u64, what: What) {
        self.session.apply(Event {
            at: Duration::from_micros(at),
            conn: Some(A),
            by: Actor::User,
            what,
        });
    }

    /// Bytes move, of which so many lines end.
    fn moves(&mut self, at: u64, dir: Dir, bytes: &[u8]) {
        let time = Duration::from_micros(at);
        let len = bytes.len() as u64;
        let range = match dir {
            Dir::Out => self.session.sent(A, bytes, time),
            Dir::In => {
                self.session.room(A, bytes.len()).extend_from_slice(bytes);
                self.session.commit(A, bytes.len(), time)
            }
        };
        let call = Syscall::Send {
            len,
            flags: Flags::default(),
            to: None,
        };
        let call = Call {
            moved: Some(Moved { dir, range }),
            ..Call::new(call, Outcome::Returned(0), Duration::ZERO)
        };
        self.tell(at, What::Call(call));
        while self.session.cut(1 << 20) {}
        let asks = self.session.talk(A).unwrap().asks;
        for _ in bytes.iter().filter(|byte| **byte == b'\n') {
            let count = &mut self.counts[dir.index()];
            self.whole.push((time, dir != asks, dir, *count));
            *count += 1;
        }
    }

    /// The rows, with what is not whole last.
    fn expected(&self) -> Vec<(Dir, u64)> {
        let mut whole = self.whole.clone();
        whole.sort_by_key(|(at, second, ..)| (*at, *second));
        let mut rows: Vec<_> = whole
            .into_iter()
            .map(|(_, _, dir, index)| (dir, index))
            .collect();
        let talk = self.session.talk(A).unwrap();
        let tails = [talk.asks, talk.asks.other()].into_iter();
        let tails = tails.filter(|dir| talk.lane(*dir).tail().is_some());
        rows.extend(tails.map(|dir| (dir, self.counts[dir.index()])));
        rows
    }

    fn check(&self) {
        let expected = self.expected();
        let talk = self.session.talk(A).unwrap();
        assert_eq!(talk.rows(), expected.len() as u64);
        let all = talk.from(0, expected.len(), Split::default());
        let told: Vec<_> = all.iter().map(|it| (it.dir, it.entry.index)).collect();
        assert_eq!(told, expected);
        let nears = [0, talk.rows() / 3, talk.rows()].map(|row| talk.split(row, Split::default()));
        let step = (expected.len() / 23).max(1);
        for (row, (dir, index)) in expected.iter().enumerate().step_by(step) {
            for near in nears {
                let row = row as u64;
                assert_eq!(
                    talk.at(row, near),
                    Some((*dir, *index)),
                    "{row} from {near:?}"
                );
                assert_eq!(
                    talk.place(*dir, *index, near),
                    row,
                    "{dir:?} {index} from {near:?}"
                );
                assert_eq!(talk.split(row, near).row(), row);
            }
        }
        assert_eq!(talk.at(talk.rows(), Split::default()), None);
    }
}

/// Numbers that look random.
fn random(seed: &mut u64, most: u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    (*seed >> 33) % most
}

#[test]
fn both_directions_stand_in_the_order_in_which_they_were_whole() {
    for (seed, role) in (0..).zip([Role::Client, Role::Accepted, Role::Datagram]) {
        let mut seed: u64 = seed;
        let mut bench = Bench::new(role);
        bench.check();
        let mut at = 0;
        for _ in 0..250 {
            // Often at one time, and often cut within a line.
            at += random(&mut seed, 3);
            let dir = Dir::BOTH[usize::from(random(&mut seed, 5) == 0)];
            let lines = random(&mut seed, 4);
            let mut bytes = "GET a\n"
                .repeat(usize::try_from(lines).unwrap())
                .into_bytes();
            bytes.extend(&b"rest"[..usize::try_from(random(&mut seed, 5)).unwrap()]);
            if !bytes.is_empty() {
                bench.moves(at, dir, &bytes);
            }
        }
        bench.check();
    }
}

#[test]
fn what_is_not_whole_stands_last_until_it_is_or_never_can_be() {
    let mut bench = Bench::new(Role::Client);
    bench.moves(1, Dir::Out, b"ask");
    bench.moves(2, Dir::In, b"one\ntwo\n");
    bench.check();
    let first = |bench: &Bench| {
        let talk = bench.session.talk(A).unwrap();
        talk.from(0, 1, Split::default())[0].dir
    };
    assert_eq!(first(&bench), Dir::In);
    bench.tell(3, What::Gone);
    while bench.session.cut(1 << 20) {}
    assert_eq!(
        first(&bench),
        Dir::Out,
        "it is over: its last byte moved first"
    );
}

#[test]
fn one_direction_with_many_and_the_other_with_few() {
    let mut bench = Bench::new(Role::Accepted);
    bench.moves(1, Dir::In, b"subscribe\n");
    for at in 2..22 {
        bench.moves(at, Dir::Out, &b"m\n".repeat(300));
    }
    bench.moves(22, Dir::In, b"quit\n");
    bench.moves(23, Dir::Out, b"bye\n");
    bench.check();
}

/// Which request each row answers, as `row:number`, after these moves of `Out` (requests) and `In`.
fn answered(rule: &str, role: Role, moves: &[(Dir, &[u8])]) -> Vec<String> {
    let mut bench = Bench::new(role);
    for dir in Dir::BOTH {
        let rule = rule.to_owned();
        bench.tell(0, What::Framed { dir, rule, from: 0 });
    }
    for (at, (dir, bytes)) in (1..).zip(moves) {
        bench.moves(at * 10, *dir, bytes);
    }
    let talk = bench.session.talk(A).unwrap();
    let count = usize::try_from(talk.rows()).unwrap();
    let listed = talk.from(0, count, Split::default());
    let asked = talk.asked(0, &listed, Split::default());
    let rows = (0_u32..).zip(asked);
    rows.filter_map(|(row, asked)| {
        let asked = asked?;
        Some(format!("{row}:{} {}", asked.number, asked.took.as_micros()))
    })
    .collect()
}

#[test]
fn answers_in_turn_find_their_requests_while_nobody_speaks_unasked() {
    let (ask, pong): (&[u8], &[u8]) = (b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n");
    let push: &[u8] = b">1\r\n+news\r\n";
    let check = |moves: &[(Dir, &[u8])], expected: &[&str]| {
        assert_eq!(answered("resp", Role::Client, moves), expected);
    };
    let (out, back) = (Dir::Out, Dir::In);
    // Two are asked before the first is answered: pipelining.
    check(
        &[
            (out, ask),
            (out, ask),
            (back, pong),
            (out, ask),
            (back, pong),
        ],
        &["2:1 20", "4:2 30"],
    );
    check(&[(out, ask), (back, pong), (back, push)], &[]);
    check(&[(out, ask), (back, pong), (back, pong)], &[]);
    check(&[(back, pong), (out, ask)], &[]);
    assert!(answered("line", Role::Client, &[(out, b"a\n"), (back, b"b\n")]).is_empty());
}

#[test]
fn answers_with_an_identifier_find_the_newest_request_that_has_it() {
    let ask = |id: u8| [0, id, 0, 0, 0, 2, 1, 3];
    let moves: [(Dir, &[u8]); 6] = [
        (Dir::Out, &ask(7)),
        (Dir::Out, &ask(8)),
        (Dir::In, &ask(8)),
        (Dir::In, &ask(7)),
        (Dir::Out, &ask(8)),
        (Dir::In, &ask(8)),
    ];
    let found = answered("modbus", Role::Client, &moves);
    assert_eq!(found, ["2:2 10", "3:1 30", "5:3 10"]);
    let unasked: [(Dir, &[u8]); 2] = [(Dir::Out, &ask(1)), (Dir::In, &ask(2))];
    assert!(answered("modbus", Role::Client, &unasked).is_empty());
}
