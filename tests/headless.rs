//! `connect` and `listen` with `--headless` against sockets of the standard library: byte-exact both ways, half-closed
//! at the end of the input, with an exit status that tells a reset from an end. The real program and kernel.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[expect(dead_code, reason = "one test needs a terminal, and little of it")]
#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SOCKEYE: &str = env!("CARGO_BIN_EXE_sockeye");

/// How long a test waits before it fails, for machines that do much else.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes that look like noise, the same for the same seed (xorshift64, Marsaglia 2003).
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut word)
        .flatten()
        .take(len)
        .collect()
}

/// Every value that a byte has, and those that a terminal or a text layer would change.
fn every_byte() -> Vec<u8> {
    (0..=255).chain(*b"\r\n\n\r\x1b[2J\x00\x04").collect()
}

fn headless(verb: &str, address: &str) -> Command {
    let mut command = Command::new(SOCKEYE);
    command.args([verb, address, "--headless"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A listener on loopback and the program connected to it.
fn connected(mut prepare: impl FnMut(&mut Command)) -> (Child, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut command = headless("connect", &listener.local_addr().unwrap().to_string());
    prepare(&mut command);
    let child = command.spawn().unwrap();
    let (peer, _) = listener.accept().unwrap();
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
    (child, peer)
}

/// Writes `input` to the program and ends its input, from a thread of its own, and collects what it does.
fn fed(mut child: Child, input: Vec<u8>) -> thread::JoinHandle<Output> {
    let mut stdin = child.stdin.take().unwrap();
    thread::spawn(move || {
        let writer = thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        // A program that ended early took no more.
        let _ = writer.join().unwrap();
        output
    })
}

fn assert_passed(output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
}

/// Equality without a picture of ten million bytes.
fn assert_same(found: &[u8], wanted: &[u8]) {
    let same = found.iter().zip(wanted).take_while(|(a, b)| a == b).count();
    assert!(
        found == wanted,
        "{} of {} bytes, the first {same} as they should be",
        found.len(),
        wanted.len()
    );
}

/// Both directions at once, each ended by its sender when it has sent all.
fn exchange(
    child: Child,
    mut peer: impl Read + Write + Send,
    reader: impl Read + Send + 'static,
    end: impl FnOnce(),
) {
    let (there, back) = (noise(7, 10 << 20), noise(8, 10 << 20));
    let output = fed(child, there.clone());
    let mut reader = reader;
    let received = thread::spawn(move || {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        bytes
    });
    peer.write_all(&back).unwrap();
    end();
    assert_same(&received.join().unwrap(), &there);
    let output = output.join().unwrap();
    assert_same(&output.stdout, &back);
    assert_passed(&output);
}

/// A listener that serves, and where, as it says on standard error.
fn listening(address: &str) -> (Child, String) {
    let mut child = headless("listen", address).spawn().unwrap();
    let mut line = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut line).unwrap();
    let at = line
        .trim_end()
        .strip_prefix("ready ")
        .unwrap_or_else(|| panic!("{line:?}"));
    (child, at.to_owned())
}

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("sockeye-headless-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    folder
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn every_byte_value_passes_and_the_reply_after_the_half_close_arrives() {
    let (child, mut peer) = connected(|_| {});
    let output = fed(child, every_byte());
    let mut bytes = Vec::new();
    // This returns at the half-close, which is the end of standard input.
    peer.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, every_byte());
    peer.write_all(&every_byte()).unwrap();
    drop(peer);
    let output = output.join().unwrap();
    assert_eq!(output.stdout, every_byte());
    assert_passed(&output);
}

#[test]
fn both_directions_carry_much_at_once() {
    let (child, peer) = connected(|_| {});
    let (reader, ender) = (peer.try_clone().unwrap(), peer.try_clone().unwrap());
    exchange(child, peer, reader, || {
        ender.shutdown(std::net::Shutdown::Write).unwrap()
    });
}

#[test]
fn a_listener_serves_the_first_that_connects() {
    let (child, at) = listening(":0");
    let peer = TcpStream::connect(at.strip_prefix("tcp://").unwrap()).unwrap();
    let (reader, ender) = (peer.try_clone().unwrap(), peer.try_clone().unwrap());
    exchange(child, peer, reader, || {
        ender.shutdown(std::net::Shutdown::Write).unwrap()
    });
}

#[test]
fn unix_streams_carry_as_much() {
    let folder = folder("stream");
    let listener = UnixListener::bind(folder.join("s")).unwrap();
    let child = headless("connect", &format!("unix:{}", folder.join("s").display()))
        .spawn()
        .unwrap();
    let (peer, _) = listener.accept().unwrap();
    let (reader, ender) = (peer.try_clone().unwrap(), peer.try_clone().unwrap());
    exchange(child, peer, reader, || {
        ender.shutdown(std::net::Shutdown::Write).unwrap()
    });

    let wanted = format!("unix:{}", folder.join("l").display());
    let (child, at) = listening(&wanted);
    assert_eq!(at, wanted);
    let peer = UnixStream::connect(folder.join("l")).unwrap();
    let (reader, ender) = (peer.try_clone().unwrap(), peer.try_clone().unwrap());
    exchange(child, peer, reader, || {
        ender.shutdown(std::net::Shutdown::Write).unwrap()
    });
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn datagrams_go_each_way_to_whoever_spoke_last() {
    let peer = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
    let address = format!("udp://{}", peer.local_addr().unwrap());
    let mut child = headless("connect", &address).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"ask\x00\xff").unwrap();
    let mut buf = [0; 100];
    let (len, from) = peer.recv_from(&mut buf).unwrap();
    assert_eq!(&buf[..len], b"ask\x00\xff");
    peer.send_to(b"", from).unwrap();
    peer.send_to(b"answer", from).unwrap();
    let mut answer = [0; 6];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut answer)
        .unwrap();
    assert_eq!(&answer, b"answer");
    // A datagram socket has no end: the user ends it.
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

fn interrupt(child: &Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}

#[test]
fn a_reset_is_no_end() {
    let (child, peer) = connected(|_| {});
    let mut child = child;
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"never read").unwrap();
    let mut byte = [0];
    // Something of ours is unread at the peer when it closes: RFC 9293 has it send a reset.
    peer.peek(&mut byte).unwrap();
    drop(peer);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("ECONNRESET"), "{stderr}");
}

#[test]
fn nobody_there_is_told() {
    let output = headless("connect", &free_port().to_string())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("ECONNREFUSED"), "{stderr}");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let output = headless("listen", &taken.local_addr().unwrap().to_string())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("EADDRINUSE"), "{stderr}");
}

#[test]
fn input_comes_from_a_file_or_from_nowhere() {
    let folder = folder("input");
    let input = noise(9, 3 << 20);
    fs::write(folder.join("input"), &input).unwrap();
    for (path, wanted) in [
        (folder.join("input"), &input[..]),
        (PathBuf::from("/dev/null"), b""),
    ] {
        let (child, mut peer) = connected(|command| {
            command.stdin(fs::File::open(&path).unwrap());
        });
        let mut bytes = Vec::new();
        peer.read_to_end(&mut bytes).unwrap();
        assert_same(&bytes, wanted);
        peer.write_all(b"bye").unwrap();
        drop(peer);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.stdout, b"bye");
        assert_passed(&output);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn output_goes_to_a_file() {
    let folder = folder("output");
    let bytes = noise(10, 5 << 20);
    let (mut child, mut peer) = connected(|command| {
        command.stdout(fs::File::create(folder.join("output")).unwrap());
    });
    drop(child.stdin.take());
    peer.write_all(&bytes).unwrap();
    drop(peer);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_same(&fs::read(folder.join("output")).unwrap(), &bytes);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn slow_output_slows_the_peer_and_loses_nothing() {
    const PART_BYTES: usize = 1 << 20;
    let (mut child, peer) = connected(|_| {});
    let bytes = noise(11, 48 << 20);
    // Full buffers between here and the reader: the peer is held up before all is written.
    peer.set_nonblocking(true).unwrap();
    let mut sent = 0;
    let mut seen = 0;
    let mut received = vec![0; bytes.len()];
    let mut stdout = child.stdout.take().unwrap();
    let mut held_up = false;
    while seen < bytes.len() {
        // Writes until nothing is taken for 200 ms, which is what being held up means; then one part is read.
        let mut idle_since = Instant::now();
        while sent < bytes.len() && idle_since.elapsed() < Duration::from_millis(200) {
            match (&peer).write(&bytes[sent..]) {
                Ok(count) => (sent, idle_since) = (sent + count, Instant::now()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        }
        held_up |= seen == 0 && sent < bytes.len();
        let until = if sent < bytes.len() {
            sent.min(seen + 8 * PART_BYTES)
        } else {
            bytes.len()
        };
        stdout.read_exact(&mut received[seen..until]).unwrap();
        seen = until;
    }
    assert!(held_up, "48 MiB went into buffers without a reader");
    assert_same(&received, &bytes);
    drop((peer, child.stdin.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn output_that_nobody_takes_ends_it() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let (mut child, mut peer) = connected(|command| {
        command.stdout(writer.try_clone().unwrap());
    });
    peer.write_all(b"x").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(141));
    let (mut child, mut peer) = connected(|command| {
        command.stdout(fs::File::options().write(true).open("/dev/full").unwrap());
    });
    peer.write_all(b"x").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(74));
}

#[test]
fn a_terminal_gets_text() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut command = Command::new(SOCKEYE);
    command.args([
        "connect",
        &listener.local_addr().unwrap().to_string(),
        "--headless",
    ]);
    let mut terminal = pty::Pty::spawn(command);
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all("\x1b[31mred\x07 h\u{e9}".as_bytes())
        .unwrap();
    terminal.wait_seen(r"\x1b[31mred\x07 hé");
    // A character in two segments is one character.
    peer.write_all(&[0xc3]).unwrap();
    terminal.send("typed\n");
    let mut typed = [0; 6];
    peer.read_exact(&mut typed).unwrap();
    assert_eq!(&typed, b"typed\n");
    peer.write_all(&[0xa9, b'\n', 0xff, b'\n']).unwrap();
    terminal.wait_seen("é\r\n");
    terminal.wait_seen(r"\xff");
    drop(peer);
    terminal.send([4]);
    assert_eq!(terminal.wait_exit().code(), Some(0));
    assert!(!terminal.seen().contains(&0x1b));
}
