//! The program under load for as long as one likes: connections that come and go, floods, a frozen terminal, a full
//! outbox. What a short run of each test counts holds for any number; the ignored ones go on for `LOAD_SECONDS` (600)
//! and print their figures: memory, descriptors, how long keys take, wake-ups a second.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

#[path = "load/churn.rs"]
mod churn;
#[path = "load/figures.rs"]
mod figures;
#[path = "load/herd.rs"]
mod herd;
#[path = "load/long.rs"]
mod long;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use churn::{Churn, Echo};
use figures::Gauge;
use program::pty::{PATIENCE, Pty};
use program::{command, leave, sockeye, workbench};

/// A workbench with a tap between the two addresses, on a wide screen.
fn tap(words: &str, target: &str, scheme: &str) -> (Pty, String) {
    let place = free_port(scheme);
    let (from, to) = (
        format!("{scheme}://{place}"),
        format!("{scheme}://{target}"),
    );
    let mut all = vec!["tap", &from, &to];
    if !words.is_empty() {
        all.extend(["-c", words]);
    }
    let mut pty = workbench(&all);
    pty.resize(160, 45);
    pty.wait_text("⇄T1");
    (pty, place)
}

/// A place that the kernel gave away and nobody has.
fn free_port(scheme: &str) -> String {
    let here = (Ipv4Addr::LOCALHOST, 0);
    let place = match scheme {
        "udp" => UdpSocket::bind(here).unwrap().local_addr(),
        _ => TcpListener::bind(here).unwrap().local_addr(),
    };
    place.unwrap().to_string()
}

/// What one forgotten conversation may leave: its part of the log, which goes to the spill file beyond its budget, and
/// that of earlier moments, which are let go of beyond theirs.
const LEFT_MAX_BYTES: u64 = 5 << 10;

#[test]
fn f66_conversations_that_come_and_go_leave_the_log_alone() {
    let echo = Echo::new();
    let (mut pty, place) = tap("keep closed 100", &echo.address, "tcp");
    let gauge = Gauge::new(pty.pid);
    Churn::new(&place, 4).rounds(200);
    pty.wait_text(" forgotten");
    let (memory, descriptors) = (gauge.memory_bytes(), gauge.descriptors());
    let more = 1600;
    Churn::new(&place, 4).rounds(more);
    let grown = gauge.memory_bytes().saturating_sub(memory);
    let each = grown / u64::from(more);
    assert!(each < LEFT_MAX_BYTES, "{each} bytes for each of {more}");
    // The last ones may still be on their way out.
    let deadline = Instant::now() + PATIENCE;
    while gauge.descriptors() > descriptors + 8 {
        let now = gauge.descriptors();
        assert!(
            Instant::now() < deadline,
            "{now} descriptors, {descriptors} before"
        );
        pty.watch(Duration::from_millis(10));
    }
    // Who is forgotten is said to be, and which line keeps more.
    command(&mut pty, "@T1.1c get nodelay");
    pty.wait_text("`T1.1c` was closed and is forgotten");
    pty.send("\x1b[27u");
    pty.wait_text(program::FIRST);
    leave(&mut pty);
}

#[test]
fn unfinished_messages_of_forgotten_conversations_are_told() {
    let echo = Echo::new();
    let place = free_port("tcp");
    let words = [
        "tap",
        &place,
        &echo.address,
        "--headless",
        "--json",
        "--frame",
        "line",
    ];
    let mut command = sockeye(&words);
    command.args(["-c", "keep closed 4"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(told.next().unwrap().unwrap().contains("ready"));
    let count = 40;
    Churn::new(&place, 1).rounds(count);
    // What each said has no end of line, and is told when it is closed, which most are not kept behind.
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let is_tail = |line: &String| line.contains(r#""end":64,"status":"partial""#);
    let tails = told.map_while(Result::ok).filter(is_tail).count();
    assert_eq!(
        tails,
        usize::try_from(2 * count).unwrap(),
        "both sides of each"
    );
    assert!(child.wait().unwrap().success());
}

#[test]
fn f27_clients_of_a_datagram_tap_are_bounded() {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = server.local_addr().unwrap().to_string();
    let (mut pty, place) = tap("", &target, "udp");
    let gauge = Gauge::new(pty.pid);
    let rounds = 1300_u32;
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let (mut buf, mut newest) = ([0; 64], None);
    for round in 0..rounds {
        // Each from an address of its own.
        let [.., a, b] = round.to_be_bytes();
        let client = UdpSocket::bind((Ipv4Addr::new(127, 1, a, b), 0)).unwrap();
        client.send_to(&round.to_be_bytes(), &place).unwrap();
        let (len, from) = server.recv_from(&mut buf).unwrap();
        assert_eq!(buf.get(..len).unwrap(), round.to_be_bytes());
        newest = Some((client, from));
    }
    let descriptors = gauge.descriptors();
    assert!(descriptors < 1024 + 100, "{descriptors} descriptors");
    // The newest is answered as ever.
    let (client, from) = newest.unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    server.send_to(b"back", from).unwrap();
    assert_eq!(client.recv(&mut buf).unwrap(), 4);
    pty.wait_text("heard of least lately");
    leave(&mut pty);
}

#[test]
fn f08_a_full_outbox_wakes_nobody() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut pty = workbench(&["connect", &address]);
    let (mut peer, _) = listener.accept().unwrap();
    pty.wait_text("A says");
    // More than both kernels and the outbox take: the peer reads nothing.
    for _ in 0..16 {
        command(&mut pty, "@A send \"x\"*900000");
    }
    let gauge = Gauge::new(pty.pid);
    // Numbers in view are sampled ten times a second while they change, and then once.
    pty.watch(Duration::from_secs(3));
    let waits = gauge.waits();
    pty.watch(Duration::from_secs(3));
    let woken = gauge.waits() - waits;
    assert!(woken <= 60, "{woken} wake-ups in three seconds");
    // It goes on when it can.
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut buf = vec![0; 1 << 20];
    let mut came = 0;
    while came < 900_000 {
        came += peer.read(&mut buf).unwrap();
    }
    leave(&mut pty);
}
