//! Rules over logs that are made by hand: what no script brings about, and what is told where the cause is not there.

use super::*;
use crate::endpoint::{Address, Transport};
use crate::event::{Actor, Capture, Fact, Flags, Held, Holder, Role, State};

/// A session, and the time of its next event.
struct Log(Session, Duration);

impl Log {
    fn new() -> Self {
        Self(Session::new(1 << 22, None), Duration::ZERO)
    }

    fn tell(&mut self, conn: u32, what: What) -> u64 {
        self.1 += Duration::from_millis(500);
        self.0.apply(Event {
            at: self.1,
            conn: Some(ConnId(conn)),
            by: Actor::User,
            what,
        })
    }

    fn call(&mut self, conn: u32, call: Syscall, outcome: Outcome) -> u64 {
        self.tell(conn, What::Call(Call::new(call, outcome, Duration::ZERO)))
    }

    fn open(&mut self, conn: u32, role: Role) {
        let opened = What::Opened {
            name: None,
            role,
            transport: Transport::Tcp,
            parent: None,
        };
        self.tell(conn, opened);
    }

    fn address(&mut self, conn: u32, local: u16, peer: Option<u16>) {
        let (local, peer) = (Some(port(local)), peer.map(port));
        self.tell(conn, What::Addressed { local, peer });
    }

    /// A is 0 and B is 1, connected with each other.
    fn pair() -> Self {
        let mut log = Self::new();
        log.open(0, Role::Client);
        log.call(0, Syscall::Connect(port(7000)), Outcome::Returned(0));
        log.address(0, 5000, Some(7000));
        log.open(1, Role::Accepted);
        log.address(1, 7000, Some(5000));
        log
    }

    fn resent(&mut self, conn: u32, times: u8) {
        let fact = Fact {
            retransmits: Some(times),
            ..Fact::default()
        };
        self.tell(conn, What::Fact(fact));
    }

    #[track_caller]
    fn check(&self, seq: u64, slug: &str, surety: Surety, event: Option<u64>, what: &str) {
        let cause = of(&self.0, seq).unwrap();
        assert_eq!(
            (cause.slug, cause.surety, cause.event),
            (slug, surety, event)
        );
        assert_eq!(cause.what(&Locale::default()), what);
    }
}

fn port(port: u16) -> Address {
    Address::Inet(([127, 0, 0, 1], port).into())
}

fn recv() -> Syscall {
    let (max, flags) = (4096, Flags::default());
    Syscall::Recv { max, flags }
}

fn failed(name: &str) -> Outcome {
    Outcome::Failed(Errno::named(name).unwrap())
}

const CERTAIN: Surety = Surety::Certain;

#[test]
fn tries_are_counted_where_the_kernel_told_them() {
    let mut log = Log::new();
    log.open(0, Role::Client);
    log.call(0, Syscall::Connect(port(7000)), Outcome::Blocked);
    log.resent(0, 1);
    log.resent(0, 2);
    let seq = log.call(0, Syscall::Connect(port(7000)), failed("ETIMEDOUT"));
    let what = "nobody answered 3 tries within 1.5 s";
    log.check(seq, "timeout-tries", CERTAIN, None, what);
}

#[test]
fn retransmissions_end_a_connection() {
    let mut log = Log::pair();
    log.resent(0, 15);
    let seq = log.call(0, recv(), failed("ETIMEDOUT"));
    let what = "the kernel sent again 15×, and nobody answered";
    log.check(seq, "timeout-resent", CERTAIN, None, what);
}

#[test]
fn a_full_waiting_room_answers_nobody() {
    let mut log = Log::new();
    log.open(0, Role::Listener);
    log.address(0, 7000, None);
    let listens = log.call(0, Syscall::Listen { backlog: 5 }, Outcome::Returned(0));
    let (auto, rate, keep) = (false, None, None);
    log.tell(0, What::Reading { auto, rate, keep });
    let (waiting, backlog) = (Some(6), Some(5));
    let fact = Fact {
        waiting,
        backlog,
        ..Fact::default()
    };
    log.tell(0, What::Fact(fact));
    log.open(1, Role::Client);
    let seq = log.call(1, Syscall::Connect(port(7000)), failed("ETIMEDOUT"));
    let what = format!("the waiting room of L is full: it answers nobody, #{listens}");
    log.check(seq, "timeout-full", Surety::Likely, Some(listens), &what);
}

#[test]
fn a_user_holds_a_port_whose_program_nobody_may_see() {
    let mut log = Log::new();
    log.open(0, Role::Client);
    let seq = log.call(0, Syscall::Bind(port(7000)), failed("EADDRINUSE"));
    let holder = Holder {
        of: Held::Address,
        state: State::Listen,
        pid: None,
        program: None,
        uid: Some(1000),
        left_ms: None,
    };
    log.tell(0, What::Holder(holder));
    let what = "a program of user 1000 holds it";
    log.check(seq, "in-use-user", CERTAIN, None, what);
}

#[test]
fn a_connection_is_made_once() {
    let mut log = Log::pair();
    let seq = log.call(0, Syscall::Connect(port(7001)), failed("EISCONN"));
    log.check(
        seq,
        "is-conn",
        CERTAIN,
        Some(1),
        "A is connected already, #1",
    );
}

/// A pair whose second end was made by the listener P of another program, which gets a signal.
fn signalled(signal: &str) -> (Log, u64) {
    let mut log = Log::new();
    log.open(0, Role::Listener);
    log.address(0, 7000, None);
    log.call(0, Syscall::Listen { backlog: 5 }, Outcome::Returned(0));
    log.open(1, Role::Client);
    log.call(1, Syscall::Connect(port(7000)), Outcome::Returned(0));
    log.address(1, 5000, Some(7000));
    let opened = What::Opened {
        name: None,
        role: Role::Accepted,
        transport: Transport::Tcp,
        parent: Some(ConnId(0)),
    };
    log.tell(2, opened);
    log.address(2, 7000, Some(5000));
    let seq = log.call(0, Syscall::Kill(signal.to_owned()), Outcome::Returned(0));
    (log, seq)
}

#[test]
fn what_a_killed_program_leaves() {
    let (mut log, killed) = signalled("SIGKILL");
    let told = format!("the program of B was killed: the kernel closed for it, #{killed}");
    let end = Outcome::Received {
        len: 0,
        from: None,
        cut_from: None,
    };
    let end = log.call(1, recv(), end);
    log.check(end, "end-killed", CERTAIN, Some(killed), &told);
    let reset = log.call(1, recv(), failed("ECONNRESET"));
    log.check(reset, "reset-killed", CERTAIN, Some(killed), &told);
    assert_eq!(effect(&log.0, killed), Some(end));
    log.tell(0, What::Gone);
    log.open(3, Role::Client);
    let refused = log.call(3, Syscall::Connect(port(7000)), failed("ECONNREFUSED"));
    let told = format!("nobody listens there any more: the program of L was killed, #{killed}");
    log.check(refused, "refused-killed", CERTAIN, Some(killed), &told);
}

#[test]
fn a_stopped_program_is_silent_until_it_goes_on() {
    let (mut log, stopped) = signalled("SIGSTOP");
    let waits = log.call(1, recv(), Outcome::Blocked);
    let told = format!(
        "the program of B is stopped: its kernel goes on for it, and nobody reads or speaks, #{stopped}"
    );
    log.check(waits, "stopped", CERTAIN, Some(stopped), &told);
    log.call(0, Syscall::Kill("SIGCONT".to_owned()), Outcome::Returned(0));
    let waits = log.call(1, recv(), Outcome::Blocked);
    let told = "nothing has come yet, and no end either: silence is not an error";
    log.check(waits, "nothing-came", CERTAIN, None, told);
}

#[test]
fn the_chain_leads_from_the_reset_to_the_close_and_back() {
    let mut log = Log::pair();
    let range = log.0.sent(ConnId(0), b"never read", log.1);
    let moved = Some(crate::event::Moved {
        dir: Dir::Out,
        range,
    });
    let send = Syscall::Send {
        len: 10,
        flags: Flags::default(),
        to: None,
    };
    let sent = Call {
        moved,
        ..Call::new(send, Outcome::Returned(10), Duration::ZERO)
    };
    log.tell(0, What::Call(sent));
    let closed = log.call(1, Syscall::Close, Outcome::Returned(0));
    log.tell(1, What::Gone);
    let reset = log.call(0, recv(), failed("ECONNRESET"));
    let what = format!("B closed with 10 bytes unread, #{closed}");
    log.check(reset, "reset-unread", CERTAIN, Some(closed), &what);
    assert_eq!(effect(&log.0, closed), Some(reset));
    let cause = Some(Errno::ECONNRESET);
    let ended = log.tell(
        0,
        What::Ended {
            dir: Dir::In,
            cause,
        },
    );
    assert_eq!(of(&log.0, ended), of(&log.0, reset));
}

#[test]
fn nothing_that_came_later_is_a_cause() {
    let mut log = Log::pair();
    let reset = log.call(0, recv(), failed("ECONNRESET"));
    log.call(1, Syscall::Close, Outcome::Returned(0));
    log.tell(1, What::Gone);
    let what = "the peer crashed, threw the connection away, or closed with bytes unread";
    log.check(reset, "reset-peer", Surety::Likely, None, what);
}

#[test]
fn a_descriptor_that_is_closed_ends_no_socket() {
    let mut log = Log::pair();
    log.call(1, Syscall::Close, Outcome::Returned(0));
    let end = Outcome::Received {
        len: 0,
        from: None,
        cut_from: None,
    };
    let seq = log.call(0, recv(), end);
    let what = "the peer has ended: shutdown, close, or the end of its program";
    log.check(seq, "end-peer", CERTAIN, None, what);
}

#[test]
fn an_error_that_no_rule_knows_has_no_cause() {
    let mut log = Log::pair();
    let seq = log.call(0, recv(), failed("EIO"));
    assert_eq!(of(&log.0, seq), None);
    let fine = log.call(0, Syscall::Close, Outcome::Returned(0));
    assert_eq!(of(&log.0, fine), None);
}

#[test]
fn every_rule_is_about_outcomes_that_there_are_and_has_its_sentence() {
    let locale = Locale::default();
    let words = ["end", "blocked", "vain", "accepted", "connected"];
    for rule in FAMILIES.iter().copied().flatten() {
        let slug = rule.slug;
        assert!(locale.has(&format!("cause.{slug}.what")), "{slug}");
        for about in rule.about {
            let known = words.contains(about) || Errno::named(about).is_some();
            assert!(known, "{slug}: {about}");
        }
    }
    for (key, text) in locale.sentences() {
        let parts: Vec<&str> = key.split('.').collect();
        if let ["cause", slug, part] = parts.as_slice() {
            let mut rules = FAMILIES.iter().copied().flatten();
            assert!(rules.any(|rule| rule.slug == *slug), "no rule {slug}");
            assert!(matches!(*part, "what" | "next"), "{key}");
            assert!(!text.ends_with('.'), "{key}: a clause, no sentence");
        }
    }
}
