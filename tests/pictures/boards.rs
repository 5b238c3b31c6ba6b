//! Pictures of what stands in for the bytes, the waiting room and the board of a select, and of what experiments gave.

use std::net::SocketAddr;
use std::time::Duration;

use sockeye::endpoint::{Address, Transport};
use sockeye::event::{
    Asked, Call, ConnId, Course, Errno, Fact, Lap, Lists, Measure, Outcome, Reached, Role, State,
    Syscall, Try, View, What,
};
use sockeye::ui::{Moved, Turn, Woke};

use super::stage::Stage;
use super::{SIZES, check, screens, show, view};

const L: ConnId = ConnId(0);

fn at(text: &str) -> Address {
    Address::Inet(text.parse::<SocketAddr>().unwrap())
}

/// A listener with five seats and one more, of which so many are taken.
fn listener(taken: u32) -> Stage {
    let mut stage = Stage::new(80, 24);
    named(&mut stage, L, Role::Listener, "L");
    let local = Some(at("127.0.0.1:7000"));
    stage.event(L, What::Addressed { local, peer: None });
    let listen = Syscall::Listen { backlog: 5 };
    stage.call(L, listen, Outcome::Returned(0), None);
    seats(&mut stage, taken);
    view(&mut stage, &View::Focus(L));
    stage
}

fn seats(stage: &mut Stage, taken: u32) {
    let fact = Fact {
        state: Some(State::Listen),
        waiting: Some(taken),
        backlog: Some(5),
        ..Fact::default()
    };
    stage.event(L, What::Fact(fact));
}

fn named(stage: &mut Stage, conn: ConnId, role: Role, name: &str) {
    let opened = What::Opened {
        name: Some(name.to_owned()),
        role,
        transport: Transport::Tcp,
        parent: None,
    };
    stage.event(conn, opened);
}

/// Eight clients, of which the first six got in; the newest two ask again and again.
fn crowd() -> Stage {
    let mut stage = listener(6);
    for number in 1..=8_u16 {
        let conn = ConnId(u32::from(number));
        named(&mut stage, conn, Role::Client, &format!("C{number}"));
        let connect = Syscall::Connect(at("127.0.0.1:7000"));
        let mut call = Call::new(connect.clone(), Outcome::Blocked, Duration::ZERO);
        call.pending = Some(u32::from(number));
        stage.event(conn, What::Call(call.clone()));
        if number <= 6 {
            call.outcome = Outcome::Returned(0);
            call.blocked = Some(Duration::ZERO);
            stage.event(conn, What::Call(call));
            let local = Some(at(&format!("127.0.0.1:{}", 40_000 + number)));
            let peer = Some(at("127.0.0.1:7000"));
            stage.event(conn, What::Addressed { local, peer });
        } else {
            stage.event(conn, What::State(State::SynSent));
            let fact = Fact {
                state: Some(State::SynSent),
                retransmits: Some(1),
                ..Fact::default()
            };
            stage.event(conn, What::Fact(fact));
        }
    }
    view(&mut stage, &View::Focus(L));
    stage.now += Duration::from_millis(1300);
    stage
}

#[test]
fn the_waiting_room() {
    let mut drawn = screens(&mut listener(0), &SIZES, "nobody");
    drawn += &screens(&mut crowd(), &SIZES, "six of eight");
    let mut stage = crowd();
    seats(&mut stage, 5);
    drawn += &screens(&mut stage, &[(80, 24)], "one thinks that it is in");
    check("pane-room", &drawn);
}

fn question(timeout: Option<Duration>) -> Syscall {
    let asked = |number: u32, name: &str| Asked::Socket(ConnId(number), name.to_owned());
    let lists = Lists {
        read: vec![asked(0, "L"), asked(1, "C1"), asked(7, "C7")],
        write: vec![asked(7, "C7"), asked(1, "C1")],
        except: vec![asked(1, "C1")],
    };
    Syscall::Select { lists, timeout }
}

#[test]
fn the_board_of_a_select() {
    let timeout = Some(Duration::from_secs(60));
    let mut stage = crowd();
    let mut call = Call::new(question(timeout), Outcome::Blocked, Duration::ZERO);
    call.pending = Some(99);
    stage.event(L, What::Call(call.clone()));
    stage.now += Duration::from_millis(3200);
    let mut drawn = screens(&mut stage, &SIZES, "it waits");
    let Syscall::Select { lists, .. } = question(timeout) else {
        return;
    };
    let answer = Lists {
        read: vec![lists.read[0].clone()],
        write: lists.write.clone(),
        except: Vec::new(),
    };
    call.outcome = Outcome::Selected(answer);
    call.blocked = Some(Duration::from_millis(3200));
    stage.event(L, What::Call(call));
    drawn += &screens(&mut stage, &SIZES, "it is answered");
    // Esc gives the place back.
    stage.keys("Esc");
    let text = stage.text(80, 24);
    assert!(text.contains("waiting room"), "{text}");
    show(&mut stage, "board");
    assert!(stage.text(80, 24).contains("select  r:L,C1,C7"));
    check("pane-board", &drawn);
}

#[test]
fn what_experiments_gave() {
    let mut stage = listener(0);
    let row = |name: &str, to: Option<&str>, outcome| Try {
        name: name.to_owned(),
        at: to.map(at),
        outcome,
    };
    let no = || Reached::No(Errno::ECONNREFUSED);
    let tries = vec![
        row("localhost", Some("[::1]:7000"), no()),
        row("localhost", Some("127.0.0.1:7000"), Reached::Yes),
        row("127.0.0.2", Some("127.0.0.2:7000"), no()),
        row("192.0.2.7", Some("192.0.2.7:7000"), Reached::Silent),
        row("2001:db8::1", Some("[2001:db8::1]:7000"), Reached::Yes),
        row("here", None, Reached::Unresolved("no such host".to_owned())),
    ];
    stage.event(L, What::Measured(Measure::Reach { port: 7000, tries }));
    let mut drawn = screens(&mut stage, &[(80, 24), (120, 40)], "reach");
    stage.keys("Esc");
    let lap = |course, median, slowest| Lap {
        course,
        trips: 2000,
        median: Duration::from_micros(median),
        slowest: Duration::from_micros(slowest),
        errno: None,
    };
    let mut laps = vec![
        lap(Course::Pipe, 18, 25),
        lap(Course::Unix, 22, 31),
        lap(Course::Tcp, 32, 60),
        lap(Course::Udp, 0, 0),
    ];
    laps[3].errno = Some(Errno::EAGAIN);
    stage.event(L, What::Measured(Measure::Race(laps)));
    drawn += &screens(&mut stage, &[(80, 24), (120, 40)], "race");
    check("overlay-measured", &drawn);
}

#[test]
fn the_loop_from_inside() {
    let mut stage = crowd();
    show(&mut stage, "loop");
    let mut drawn = screens(&mut stage, &[(80, 24)], "nothing yet");
    let moved = |conn, calls, bytes, is_dry| Moved {
        conn: ConnId(conn),
        calls,
        bytes,
        is_dry,
    };
    let turn = |number, woke, moved| Turn {
        number,
        waited: Duration::from_millis(1200),
        took: Duration::from_micros(310 * number),
        woke,
        moved,
    };
    let armed = vec![(L, "r".to_owned()), (ConnId(7), "rw".to_owned())];
    let socket = |conn, how| Woke::Socket(ConnId(conn), how);
    let turns = [
        turn(1, vec![Woke::Other("terminal")], vec![]),
        turn(2, vec![socket(0, "r")], vec![moved(0, 2, 0, true)]),
        turn(
            3,
            vec![socket(1, "r"), socket(7, "rw")],
            vec![moved(1, 3, 70_000, true), moved(7, 1, 65_536, false)],
        ),
        turn(4, vec![], vec![moved(7, 1, 12, true)]),
    ];
    for turn in turns {
        stage.ui.record_turn(turn, armed.clone());
    }
    drawn += &screens(&mut stage, &[(80, 24), (120, 40)], "some turns");
    check("overlay-loop", &drawn);
}
