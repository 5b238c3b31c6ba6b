//! Programs that others wrote, at the other end: servers that `sockeye` connects to and clients that it answers. One
//! that is not installed is skipped aloud. Ports are the kernel's choice or were free a moment ago.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/skip.rs"]
mod skip;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use skip::{command_of, is_installed};

const SOCKEYE: &str = env!("CARGO_BIN_EXE_sockeye");

/// How long a test waits before it fails, for machines that do much else.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that ends with the test.
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Self {
        Self(
            command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        )
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn end_input(&mut self) {
        drop(self.0.stdin.take());
    }

    fn read(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.0
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut bytes)
            .unwrap();
        bytes
    }

    fn read_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0
            .stdout
            .as_mut()
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn patiently(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::yield_now();
    }
}

/// Waits until somebody listens at a port, from the kernel's own table, so that no connection is used up.
fn listening(port: u16) {
    // TCP_LISTEN of include/net/tcp_states.h.
    patiently("a listener", || has_port("tcp", port, "0A"));
}

/// Waits until somebody has a port for datagrams; to try it oneself would take it from who wants it.
fn bound(port: u16) {
    // TCP_CLOSE, which stands for a socket that is not connected.
    patiently("a datagram socket", || has_port("udp", port, "07"));
}

/// Whether the kernel's table has a socket in that state at a port (proc(5), /proc/net/tcp).
fn has_port(protocol: &str, port: u16, state: &str) -> bool {
    let local = format!(":{port:04X}");
    ["", "6"].iter().any(|family| {
        let table = fs::read_to_string(format!("/proc/net/{protocol}{family}"));
        table.unwrap_or_default().lines().any(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let is_there = words.get(1).is_some_and(|at| at.ends_with(&local));
            is_there && words.get(3) == Some(&state)
        })
    })
}

fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("sockeye-foreign-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    folder
}

fn headless(verb: &str, address: &str) -> Command {
    let mut command = Command::new(SOCKEYE);
    command.args([verb, address, "--headless"]);
    command
}

fn run_script(script: &str) -> Output {
    let mut child = Command::new(SOCKEYE)
        .args(["run", "-", "--timeout", "20s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

fn assert_passes(script: &str) {
    let output = run_script(script);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What must come is there, both ways, and the half-close is seen, between the program and another one.
fn assert_converse(ours: &mut Process, theirs: &mut Process) {
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    theirs.write(&bytes);
    assert!(ours.read(bytes.len()) == bytes);
    ours.write(&bytes);
    assert!(theirs.read(bytes.len()) == bytes);
    ours.write(b"last");
    ours.end_input();
    assert_eq!(theirs.read(4), b"last");
    theirs.end_input();
    assert_eq!(ours.read_to_end(), b"");
    assert_eq!(ours.0.wait().unwrap().code(), Some(0));
}

#[test]
fn python_http_server() {
    if !is_installed("python3") {
        return;
    }
    let folder = folder("http");
    fs::write(folder.join("page"), "the page").unwrap();
    let port = free_port();
    let mut command = command_of("python3");
    command
        .args([
            "-m",
            "http.server",
            "--bind",
            "127.0.0.1",
            &port.to_string(),
        ])
        .current_dir(&folder);
    let _server = Process::start(&mut command);
    listening(port);
    let request = "GET /page HTTP/1.0\r\n\r\n";
    let mut ours = Process::start(&mut headless("connect", &port.to_string()));
    ours.write(request.as_bytes());
    ours.end_input();
    let reply = String::from_utf8(ours.read_to_end()).unwrap();
    assert!(
        reply.starts_with("HTTP/1.0 200 OK\r\n") && reply.ends_with("\r\n\r\nthe page"),
        "{reply}"
    );
    assert_eq!(ours.0.wait().unwrap().code(), Some(0));
    assert_passes(&format!(
        "connect :{port} as A\n@A frame in line\n@A send \"GET /page HTTP/1.0\\r\\n\\r\\n\"\n\
         @A expect message /^HTTP\\/1\\.0 200 /\n@A wait message \"\"\n@A expect \"the page\"\n@A expect eof"
    ));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn redis() {
    if !is_installed("redis-server") {
        return;
    }
    let folder = folder("redis");
    let port = free_port();
    let mut command = command_of("redis-server");
    command.args([
        "--port",
        &port.to_string(),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
    ]);
    let _server = Process::start(command.current_dir(&folder));
    listening(port);
    assert_passes(&format!(
        "connect :{port} as A\n@A frame line\n@A send frame \"PING\"\n@A expect message \"+PONG\"\n\
         @A send \"*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\nk\\r\\n$3\\r\\n\" 00 ff 0a \"\\r\\n\"\n@A expect message \"+OK\"\n\
         @A send \"GET k\\r\\n\"\n@A expect message \"$3\"\n@A expect 00 ff 0a \"\\r\\n\"\n\
         @A send \"QUIT\\r\\n\"\n@A expect message \"+OK\"\n@A expect eof"
    ));
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn netcat_listens() {
    if !is_installed("nc.openbsd") {
        return;
    }
    let port = free_port();
    let mut theirs =
        Process::start(command_of("nc.openbsd").args(["-l", "-N", "127.0.0.1", &port.to_string()]));
    listening(port);
    let mut ours = Process::start(&mut headless("connect", &port.to_string()));
    assert_converse(&mut ours, &mut theirs);
}

#[test]
fn netcat_listens_at_a_path() {
    if !is_installed("nc.openbsd") {
        return;
    }
    let folder = folder("nc-unix");
    let path = folder.join("s");
    let mut theirs = Process::start(command_of("nc.openbsd").args(["-l", "-N", "-U"]).arg(&path));
    // The path is there before listen(2) is called.
    let table = || fs::read_to_string("/proc/net/unix").unwrap_or_default();
    let name = path.display().to_string();
    patiently("a listener", || {
        // Flags 00010000 are __SO_ACCEPTCON (proc(5), unix).
        table()
            .lines()
            .any(|line| line.contains(" 00010000 ") && line.ends_with(&name))
    });
    let mut ours = Process::start(&mut headless("connect", &format!("unix:{name}")));
    assert_converse(&mut ours, &mut theirs);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn netcat_takes_datagrams() {
    if !is_installed("nc.openbsd") {
        return;
    }
    let port = free_port();
    let mut theirs =
        Process::start(command_of("nc.openbsd").args(["-l", "-u", "127.0.0.1", &port.to_string()]));
    bound(port);
    let mut ours = Process::start(&mut headless("connect", &format!("udp://127.0.0.1:{port}")));
    ours.write(b"ask\x00\xff");
    assert_eq!(theirs.read(5), b"ask\x00\xff");
    theirs.write(b"answer");
    assert_eq!(ours.read(6), b"answer");
}

/// A client of theirs against our listener; `PORT` in its words is where we listen.
fn assert_answers(program: &str, words: &[&str]) {
    if !is_installed(program) {
        return;
    }
    let port = free_port();
    let mut ours = Process::start(&mut headless("listen", &port.to_string()));
    listening(port);
    let words = words
        .iter()
        .map(|word| word.replace("PORT", &port.to_string()));
    let mut theirs = Process::start(command_of(program).args(words));
    assert_converse(&mut ours, &mut theirs);
}

#[test]
fn netcat_connects() {
    assert_answers("nc.openbsd", &["-N", "127.0.0.1", "PORT"]);
}

#[test]
fn ncat_connects() {
    assert_answers("ncat", &["127.0.0.1", "PORT"]);
}

#[test]
fn socat_connects() {
    assert_answers("socat", &["-t30", "-", "TCP:127.0.0.1:PORT"]);
}

#[test]
fn socat_sends_datagrams() {
    if !is_installed("socat") {
        return;
    }
    let port = free_port();
    let mut ours = Process::start(&mut headless("listen", &format!("udp://:{port}")));
    bound(port);
    let mut theirs =
        Process::start(command_of("socat").args(["-", &format!("UDP:127.0.0.1:{port}")]));
    theirs.write(b"ask");
    assert_eq!(ours.read(3), b"ask");
    ours.write(b"answer");
    assert_eq!(theirs.read(6), b"answer");
}

#[test]
fn curl_is_answered() {
    if !is_installed("curl") {
        return;
    }
    let port = free_port();
    let mut ours = Process::start(&mut headless("listen", &port.to_string()));
    listening(port);
    let url = format!("http://127.0.0.1:{port}/page");
    let mut theirs = Process::start(command_of("curl").args(["-s", "--noproxy", "*", &url]));
    assert_eq!(ours.read(20), b"GET /page HTTP/1.1\r\n");
    ours.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
    assert_eq!(theirs.read_to_end(), b"hello");
    assert_eq!(theirs.0.wait().unwrap().code(), Some(0));
    ours.end_input();
    ours.read_to_end();
    assert_eq!(ours.0.wait().unwrap().code(), Some(0));
}

#[test]
fn a_script_answers_curl() {
    if !is_installed("curl") {
        return;
    }
    let port = free_port();
    let script = format!(
        "listen :{port} as L\n@L wait accepted within 20s\n@A frame in line\n@A expect message /^GET \\/ HTTP/\n\
         @A wait message \"\"\n@A send \"HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello\"\n\
         @A close; @A wait closed"
    );
    let server = thread::spawn(move || run_script(&script));
    listening(port);
    let url = format!("http://127.0.0.1:{port}/");
    let mut theirs = Process::start(command_of("curl").args(["-s", "--noproxy", "*", &url]));
    assert_eq!(theirs.read_to_end(), b"hello");
    let output = server.join().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
