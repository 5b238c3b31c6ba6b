//! The same for as long as one likes (`LOAD_SECONDS`, 600 unless told): what it takes is printed, and what must hold
//! however long it goes on is asserted. Times are printed alone.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use super::churn::{Churn, Echo};
use super::figures::{Figures, Gauge, load_time};
use super::herd::Herd;
use super::program::pty::Pty;
use super::program::{FIRST, command, leave, sockeye, workbench};
use super::{free_port, tap};

/// Prints figures past the test harness, which shows nothing of a test that passes.
fn report(what: &str, figures: &Figures) {
    let _ = writeln!(std::io::stderr(), "{what}: {figures}");
}

/// Two descriptors a conversation, and the program keeps 64 for other things.
fn conversations() -> usize {
    let limit = getrlimit(Resource::Nofile).maximum.unwrap_or(20_000);
    usize::try_from(limit.min(20_200)).unwrap() / 2 - 100
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn churning_conversations_for_long() {
    let echo = Echo::new();
    let (mut pty, place) = tap("", &echo.address, "tcp");
    let herd = Herd::new(&place, conversations(), true).churn();
    let figures = Gauge::new(pty.pid).follow(&mut pty, load_time());
    report(&format!("conversations: {}", herd.end()), &figures);
    figures.check();
    leave(&mut pty);
}

/// What is closed by its peer stays open on our side until we close it: the listener comes to its limit and stays
/// there.
#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_listener_at_its_limit_for_long() {
    let place = free_port("tcp");
    let mut pty = workbench(&["listen", &place]);
    pty.resize(160, 45);
    pty.wait_text("LISTEN");
    let herd = Herd::new(&place, 10_000, false).churn();
    let gauge = Gauge::new(pty.pid);
    while gauge.descriptors() < 2 * conversations() {
        pty.watch(Duration::from_millis(100));
    }
    let figures = gauge.follow(&mut pty, load_time());
    report(
        &format!("a listener at its limit: {}", herd.end()),
        &figures,
    );
    figures.check();
    // None is allowed any more: the kernel refuses, and it waits until there is one free.
    pty.watch(Duration::from_secs(2));
    let limit = getrlimit(Resource::Nofile);
    let none = Rlimit {
        current: Some(3),
        ..limit
    };
    prlimit(Some(pty.pid), Resource::Nofile, none).unwrap();
    command(&mut pty, "@A close");
    let _knocks = TcpStream::connect(&place).unwrap();
    pty.wait_text("nothing is accepted until there is one free");
    let figures = gauge.watch(&mut pty, Duration::from_secs(10));
    report("a listener without descriptors", &figures);
    assert!(figures.wakes_a_second <= 20.0, "{figures}");
    let without = gauge.descriptors();
    prlimit(Some(pty.pid), Resource::Nofile, limit).unwrap();
    while gauge.descriptors() == without {
        pty.watch(Duration::from_millis(100));
    }
    leave(&mut pty);
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_flood_by_tcp_for_long() {
    flood("by TCP", "keep 256M");
}

#[test]
#[ignore = "goes on for LOAD_SECONDS, and needs the room for what is recorded meanwhile"]
fn a_recorded_flood_for_long() {
    let path = scratch("recorded.pcapng");
    flood("recorded", &format!("record {} over", path.display()));
    std::fs::remove_file(path).unwrap();
}

#[track_caller]
fn flood(name: &str, words: &str) {
    let echo = Echo::new();
    let (mut pty, place) = tap(words, &echo.address, "tcp");
    let flood = Churn::new(&place, 1).flood();
    let figures = Gauge::new(pty.pid).follow(&mut pty, load_time());
    report(&format!("{} MiB {name}", flood.end() >> 20), &figures);
    figures.check();
    leave(&mut pty);
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_flood_by_udp_for_long() {
    let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = server.local_addr().unwrap().to_string();
    let (mut pty, place) = tap("keep 16M", &target, "udp");
    let flood = Churn::new(&place, 2).datagrams();
    let figures = Gauge::new(pty.pid).follow(&mut pty, load_time());
    report(&format!("{} datagrams", flood.end()), &figures);
    figures.check();
    leave(&mut pty);
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_frozen_terminal_for_long() {
    let echo = Echo::new();
    let (mut pty, place) = tap("", &echo.address, "tcp");
    pty.stall(true);
    let churn = Churn::new(&place, 2).begin();
    let gauge = Gauge::new(pty.pid);
    let figures = gauge.watch(&mut pty, load_time());
    let came = churn.end();
    report(
        &format!("{came} came and went behind a frozen terminal"),
        &figures,
    );
    figures.check();
    // Nothing to do any more, and nobody reads what is drawn.
    pty.watch(Duration::from_secs(12));
    let figures = gauge.watch(&mut pty, Duration::from_secs(5));
    report("a frozen terminal, and nothing to do", &figures);
    assert!(figures.wakes_a_second <= 20.0, "{figures}");
    pty.stall(false);
    leave(&mut pty);
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_full_outbox_for_long() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut pty = workbench(&["connect", &listener.local_addr().unwrap().to_string()]);
    let (_peer, _) = listener.accept().unwrap();
    pty.wait_text("A says");
    for _ in 0..16 {
        command(&mut pty, "@A send \"x\"*900000");
    }
    pty.watch(Duration::from_secs(3));
    let figures = Gauge::new(pty.pid).watch(&mut pty, load_time());
    report("a full outbox", &figures);
    figures.check();
    assert!(figures.wakes_a_second <= 20.0, "{figures}");
    leave(&mut pty);
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_stuck_standard_output_for_long() {
    let echo = Echo::new();
    let place = free_port("tcp");
    let mut command = sockeye(&["tap", &place, &echo.address, "--headless", "--json"]);
    command.stdout(Stdio::piped()).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 16]).unwrap();
    let herd = Herd::new(&place, 40, true).churn();
    let gauge = Gauge::new(Pid::from_child(&child));
    let wait = |_: &mut Vec<Duration>| thread::park_timeout(Duration::from_millis(200));
    // It fills, and then nothing comes any more.
    gauge.measure(Duration::from_secs(10), wait);
    let figures = gauge.measure(load_time(), wait);
    report("a stuck standard output", &figures);
    figures.check();
    assert!(figures.wakes_a_second <= 20.0, "{figures}");
    // Somebody reads again, and it goes on.
    let reads = thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()).unwrap());
    let came = herd.end();
    let client = Churn::open(&place);
    child.kill().unwrap();
    child.wait().unwrap();
    drop(client);
    let _ = writeln!(
        std::io::stderr(),
        "behind it: {came}, {} bytes told",
        reads.join().unwrap()
    );
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_full_disk_for_long() {
    let folder = scratch("full");
    std::fs::create_dir_all(&folder).unwrap();
    let inside = format!(
        "mount -t tmpfs -o size=64m none {} && exec \"$@\"",
        folder.display()
    );
    let under = ["unshare", "-m", "sh", "-c", &inside, "sh"];
    disk(&under, &folder.join("a.pcapng"), "stopped", "a full disk");
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_slow_disk_for_long() {
    let path = scratch("slow.pcapng");
    // Each write takes a second (strace(1), delay_enter in microseconds); the tracer is no parent of the program.
    let inject = "inject=pwrite64:delay_enter=1000000";
    let trace = [
        "strace",
        "-D",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-o",
        "/dev/null",
    ];
    let under = [&trace[..], &["-e", "trace=pwrite64", "-e", inject]].concat();
    disk(&under, &path, "rec ", "a slow disk");
    let _ = std::fs::remove_file(path);
}

/// Records a flood onto a disk that is full or slow.
#[track_caller]
fn disk(under: &[&str], path: &Path, shows: &str, name: &str) {
    let echo = Echo::new();
    let place = free_port("tcp");
    let record = format!("record {} over", path.display());
    let program = sockeye(&["tap", &place, &echo.address, "-c", &record]);
    let mut command = Command::new(under[0]);
    command
        .args(&under[1..])
        .arg(program.get_program())
        .args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut pty = Pty::spawn(command);
    pty.resize(160, 45);
    // As root, and with strace: what lacks is told on the screen.
    pty.wait_text("⇄T1");
    let flood = Churn::new(&place, 1).flood();
    pty.wait_text(shows);
    let figures = Gauge::new(pty.pid).follow(&mut pty, load_time());
    report(&format!("{} MiB and {name}", flood.end() >> 20), &figures);
    figures.check();
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_repeated_command_for_long() {
    let mut pty = workbench(&["-c", "pair tcp as A B"]);
    pty.resize(160, 45);
    command(&mut pty, "repeat 1000000 every 1ms @A send \"x\"*1000");
    let figures = Gauge::new(pty.pid).follow(&mut pty, load_time());
    report("a command a millisecond", &figures);
    figures.check();
    leave(&mut pty);
}

#[test]
#[ignore = "goes on for LOAD_SECONDS"]
fn a_name_server_that_does_not_answer_for_long() {
    // An address of its own, so that whoever serves names here is not in the way. It takes root.
    let _silent = UdpSocket::bind((Ipv4Addr::new(127, 77, 0, 1), 53)).unwrap();
    let file = scratch("resolv.conf");
    std::fs::write(&file, "nameserver 127.77.0.1\n").unwrap();
    let inside = format!(
        "mount --bind {} /etc/resolv.conf && exec \"$@\"",
        file.display()
    );
    let program = sockeye(&[]);
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", &inside, "sh"]);
    command.arg(program.get_program()).args(program.get_args());
    let mut pty = Pty::spawn(command);
    pty.resize(160, 45);
    pty.wait_text(FIRST);
    super::program::command(
        &mut pty,
        "repeat 100000 every 200ms connect tcp://nowhere.example:7",
    );
    let figures = Gauge::new(pty.pid).follow(&mut pty, load_time());
    report("a name server that does not answer", &figures);
    figures.check();
    leave(&mut pty);
}

/// Messages of one connection.
const MESSAGES: u32 = 1_000_000;

#[test]
#[ignore = "takes a million messages"]
fn a_million_messages_of_one_connection() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut pty = workbench(&["connect", &address, "-c", "frame len u16be"]);
    pty.resize(160, 45);
    let (mut peer, _) = listener.accept().unwrap();
    command(&mut pty, "pane messages");
    pty.send("z");
    let gauge = Gauge::new(pty.pid);
    let before = gauge.memory_bytes();
    let said = (1..=MESSAGES).flat_map(|count| format!("\0\x0fmessage {count:07}").into_bytes());
    let said: Vec<u8> = said.collect();
    let begun = Instant::now();
    peer.write_all(&said).unwrap();
    pty.wait_text("#1000000 ");
    let (took, after) = (begun.elapsed(), gauge.memory_bytes());
    let kib = after.saturating_sub(before) >> 10;
    let told = format!("{MESSAGES} messages of 17 B in {took:.1?}, {kib} KiB for all of them\n");
    let _ = std::io::stderr().write_all(told.as_bytes());
    // Where from, the key, and what it brings.
    let keys = [
        ("G", "g", "#1 "),
        ("g", "G", "#1000000 "),
        ("g", ":goto message 500000\r", "#500000 "),
        ("G", ":goto message 7\r", "#7 "),
        ("G", "\x1b[5~\x1b[5~\x1b[5~", ""),
        ("g", "\x1b[6~\x1b[6~\x1b[6~", ""),
    ];
    for (from, key, shown) in keys {
        let mut times: Vec<Duration> = (0..20)
            .map(|_| {
                pty.send(from);
                let end = if from == "g" { "#1 " } else { "#1000000 " };
                pty.wait_text(end);
                let pressed = Instant::now();
                pty.send(key);
                // Three pages further the end is out of sight.
                pty.wait_for(key, |screen| match screen.contents() {
                    text if shown.is_empty() => !text.contains(end),
                    text => text.contains(shown),
                });
                pressed.elapsed()
            })
            .collect();
        times.sort();
        let told = format!(
            "{key:?}: median {:.1?}, slowest {:.1?}\n",
            times[10], times[19]
        );
        let _ = std::io::stderr().write_all(told.as_bytes());
    }
    leave(&mut pty);
}

/// A file of this run's own.
fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("sockeye-load-{}-{name}", std::process::id()))
}
