//! Sessions with few and with ten thousand sockets, and what the table shows of them.

use std::net::SocketAddr;
use std::time::Duration;

use sockeye::endpoint::{Address, Transport};
use sockeye::event::{Actor, Call, ConnId, Event, Fact, Outcome, Role, State, Syscall, View, What};

use crate::stage::Stage;

/// What came to be: a socket with its role, its listener and the ports of its two ends.
pub(crate) fn open(stage: &mut Stage, conn: u32, role: Role, parent: Option<u32>, ports: [u16; 2]) {
    let end = |port: u16| Address::Inet(SocketAddr::from(([127, 0, 0, 1], port)));
    let opened = What::Opened {
        name: None,
        role,
        transport: Transport::Tcp,
        parent: parent.map(ConnId),
    };
    quietly(stage, conn, opened);
    let [local, peer] = ports.map(|port| Some(end(port)).filter(|_| port > 0));
    quietly(stage, conn, What::Addressed { local, peer });
    if role == Role::Listener {
        let call = Syscall::Listen { backlog: 5 };
        let call = Call::new(call, Outcome::Returned(0), Duration::ZERO);
        quietly(stage, conn, What::Call(call));
    }
}

/// An event that no person asked for, and of which the screen is not told yet.
pub(crate) fn quietly(stage: &mut Stage, conn: u32, what: What) {
    stage.now += Duration::from_micros(10);
    stage.session.apply(Event {
        at: stage.now,
        conn: Some(ConnId(conn)),
        by: Actor::Loop,
        what,
    });
}

/// The screen is told, and the next frame is due.
pub(crate) fn settle(stage: &mut Stage) {
    stage.ui.observe(&stage.session);
    stage.ui.prepare(&stage.session, stage.now);
}

pub(crate) fn wait(stage: &mut Stage, time: Duration) {
    stage.now += time;
    stage.ui.prepare(&stage.session, stage.now);
}

/// L with A, B and C beneath it, of which B is closed and C has received 3 kB; L2 with E beneath it, which has received
/// 5 kB; and D, a client that has sent 10 bytes.
pub(crate) fn some(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::new(columns, rows);
    open(&mut stage, 0, Role::Listener, None, [7000, 0]);
    open(&mut stage, 1, Role::Accepted, Some(0), [7000, 5001]);
    open(&mut stage, 2, Role::Accepted, Some(0), [7000, 5002]);
    open(&mut stage, 3, Role::Listener, None, [80, 0]);
    open(&mut stage, 4, Role::Accepted, Some(0), [7000, 5003]);
    open(&mut stage, 5, Role::Client, None, [6000, 443]);
    open(&mut stage, 6, Role::Accepted, Some(3), [80, 5004]);
    stage.receive(ConnId(4), &[b'x'; 3000]);
    stage.receive(ConnId(6), &[b'x'; 5000]);
    stage.send(ConnId(5), b"0123456789");
    stage.now += Duration::from_secs(1);
    stage.receive(ConnId(4), b"more");
    quietly(&mut stage, 2, What::Gone);
    let fact = Fact {
        waiting: Some(77),
        unsent: Some(1200),
        ..Fact::default()
    };
    quietly(&mut stage, 5, What::Fact(fact));
    let fact = Fact {
        state: Some(State::Listen),
        waiting: Some(2),
        ..Fact::default()
    };
    quietly(&mut stage, 0, What::Fact(fact));
    settle(&mut stage);
    stage
}

/// The table alone on the screen, with the keys.
pub(crate) fn zoomed(mut stage: Stage) -> Stage {
    let view = |view| stage.ui.view(&view, &stage.session).unwrap();
    let mut view = view;
    view(View::Pane("connections".to_owned()));
    view(View::Show("zoom".to_owned()));
    settle(&mut stage);
    stage
}

/// A listener and ten thousand that it accepted, each by its number in bytes.
pub(crate) fn ten_thousand(columns: u16, rows: u16) -> Stage {
    let mut stage = Stage::new(columns, rows);
    open(&mut stage, 0, Role::Listener, None, [7000, 0]);
    for conn in 1..=10_000 {
        let port = 10_000 + u16::try_from(conn).unwrap();
        open(&mut stage, conn, Role::Accepted, Some(0), [7000, port]);
    }
    settle(&mut stage);
    stage
}

/// The first lines of the table, from its title on, cut to so many columns.
pub(crate) fn table(
    stage: &Stage,
    (columns, rows): (u16, u16),
    width: usize,
    lines: usize,
) -> String {
    let (drawn, _) = stage.draw(columns, rows);
    let from = drawn
        .iter()
        .skip_while(|line| !line.contains(" connections "));
    let cut = from.take(lines).map(|line| {
        let line: String = line.chars().take(width).collect();
        line.trim_end().to_owned()
    });
    cut.collect::<Vec<_>>().join("\n")
}

/// The names in the table, from top to bottom.
pub(crate) fn names(stage: &Stage) -> String {
    let drawn = table(stage, (160, 45), 160, 40);
    let rows = drawn.lines().skip(2).take_while(|line| line.contains(':'));
    let name = |line: &str| {
        let name = line.split_whitespace().next().unwrap_or_default();
        let name = name.trim_start_matches(|c: char| c.is_ascii_digit());
        // A number stands apart from the mark of what is indented.
        let name = if name.is_empty() {
            line.split_whitespace().nth(1).unwrap_or_default()
        } else {
            name
        };
        name.trim_start_matches(['▸', '◂', '◎', '▹']).to_owned()
    };
    rows.map(name).collect::<Vec<_>>().join(" ")
}
