//! Which message is answered by which rule, whenever and however it came.

use std::time::Duration;

use super::*;
use crate::endpoint::Transport;
use crate::event::{Call, Capture as _, Flags, Moved, Outcome};

const L: ConnId = ConnId(0);
const A: ConnId = ConnId(1);

/// A listener with a socket that it accepted, and what is answered there.
struct Bench {
    session: Session,
    answers: Answers,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Self {
            session: Session::new(1 << 20, None),
            answers: Answers::default(),
        };
        bench.open(Role::Listener, None);
        bench
    }

    fn open(&mut self, role: Role, parent: Option<ConnId>) {
        let conn = ConnId(u32::try_from(self.session.conns().len()).unwrap());
        let opened = What::Opened {
            name: None,
            role,
            transport: Transport::Tcp,
            parent,
        };
        self.tell(conn, opened);
    }

    fn tell(&mut self, conn: ConnId, what: What) {
        let event = Event {
            at: Duration::ZERO,
            conn: Some(conn),
            by: Actor::Loop,
            what,
        };
        self.session.apply(event.clone());
        self.answers.take(&event, &self.session, &mut Vec::new());
    }

    fn frame(&mut self, rule: &str) {
        let rule = rule.to_owned();
        let (dir, from) = (Dir::In, 0);
        self.tell(A, What::Framed { dir, rule, from });
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.session.room(A, bytes.len()).extend_from_slice(bytes);
        let range = self.session.commit(A, bytes.len(), Duration::ZERO);
        let (max, flags) = (4096, Flags::default());
        let (len, dir) = (bytes.len() as u64, Dir::In);
        let outcome = Outcome::Received {
            len,
            from: None,
            cut_from: None,
        };
        let call = Call::new(Syscall::Recv { max, flags }, outcome, Duration::ZERO);
        let moved = Some(Moved { dir, range });
        self.tell(A, What::Call(Call { moved, ..call }));
        while self.session.cut(1 << 20) {}
    }

    fn on(&mut self, conn: ConnId, pattern: Option<Pattern>, times: u64) {
        let answer = "00".to_owned();
        let reply = Reply {
            conn,
            pattern,
            answer,
            times,
        };
        let told = self.answers.add(reply, &self.session).unwrap();
        self.tell(conn, told);
    }

    /// The rules that answer what came, with where the messages end.
    fn due(&mut self) -> Vec<(u32, u64)> {
        let mut all = Vec::new();
        let mut left = 1000;
        while let Some(due) = self.answers.next(&self.session, &mut left) {
            all.push((due.number, due.entry.message.range.end));
            for (conn, what) in self.answers.given(&due, &self.session) {
                self.tell(conn, what);
            }
        }
        all
    }
}

fn text(text: &str) -> Pattern {
    Pattern::Bytes(text.as_bytes().to_vec())
}

#[test]
fn the_first_rule_that_fits_answers_and_only_what_ends_behind_it() {
    let mut bench = Bench::new();
    bench.open(Role::Accepted, Some(L));
    bench.frame("line");
    bench.receive(b"old\nbe");
    bench.on(L, Some(text("begun")), 9);
    bench.on(A, Some(text("begun")), 9);
    bench.on(L, None, 9);
    assert_eq!(bench.due(), []);
    bench.receive(b"gun\nother\nhalf");
    assert_eq!(bench.due(), [(1, 10), (3, 16)]);
    assert_eq!(bench.due(), []);
    bench.receive(b"\n");
    assert_eq!(bench.due(), [(3, 21)]);
}

#[test]
fn what_a_listener_accepts_later_is_answered_from_its_beginning() {
    let mut bench = Bench::new();
    bench.on(L, None, 9);
    bench.open(Role::Accepted, Some(L));
    bench.open(Role::Client, None);
    bench.receive(b"one");
    bench.receive(b"two");
    assert_eq!(bench.due(), [(1, 3), (1, 6)]);
}

#[test]
fn another_framing_answers_nothing_twice() {
    let mut bench = Bench::new();
    bench.open(Role::Accepted, Some(L));
    bench.frame("line");
    bench.on(A, None, 9);
    bench.receive(b"one\ntwo\nthr");
    assert_eq!(bench.due(), [(1, 4), (1, 8)]);
    bench.frame("fixed 3");
    bench.receive(b"eee");
    // The message in which the old ones end was not answered as a whole.
    assert_eq!(bench.due(), [(1, 9), (1, 12)]);
}

#[test]
fn a_rule_ends_when_it_has_given_its_answers() {
    let mut bench = Bench::new();
    bench.open(Role::Accepted, Some(L));
    bench.frame("line");
    bench.on(A, None, 2);
    bench.receive(b"1\n2\n3\n");
    assert_eq!(bench.due(), [(1, 2), (1, 4)]);
    assert!(bench.answers.is_empty());
    assert!(
        bench
            .session
            .conn(A)
            .is_some_and(|conn| conn.answers.is_empty())
    );
}

#[test]
fn a_socket_with_much_to_send_is_answered_when_it_has_room() {
    let mut bench = Bench::new();
    bench.open(Role::Accepted, Some(L));
    bench.on(A, None, 9);
    let held = |queued| What::Held { queued, staged: 0 };
    bench.tell(A, held(QUEUED_MAX_BYTES));
    bench.receive(b"one");
    assert_eq!(bench.due(), []);
    bench.tell(A, held(QUEUED_MAX_BYTES - 1));
    assert_eq!(bench.due(), [(1, 3)]);
}

#[test]
fn a_turn_looks_at_so_many_messages() {
    let mut bench = Bench::new();
    bench.open(Role::Accepted, Some(L));
    bench.frame("fixed 1");
    bench.on(A, Some(text("z")), 9);
    bench.receive(&[b'a'; 100]);
    let mut left = 60;
    assert!(bench.answers.next(&bench.session, &mut left).is_none());
    assert!(left == 0 && bench.answers.is_behind());
    let mut left = 60;
    assert!(bench.answers.next(&bench.session, &mut left).is_none());
    assert!(left == 20 && !bench.answers.is_behind());
}
