//! Rows of the catalogue of faults (`FAULTS.md`) on a tap without a terminal, between real sockets: clients that reset
//! or come in crowds, addresses that cannot be had, an output that ends, signals. Whatever happens to one conversation,
//! the others go on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use socket2::SockRef;

/// How long a byte may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A tap that runs, and where clients go.
struct Tap {
    child: Child,
    /// What it prints, until somebody reads it on.
    stdout: Option<BufReader<ChildStdout>>,
    address: String,
}

impl Tap {
    /// A tap before that target; `limit` is the shell's own way to say how many descriptors there may be.
    fn start(target: &str, words: &[&str], limit: &str) -> Self {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("{limit} exec \"$@\""))
            .arg("sh");
        shell.args([env!("CARGO_BIN_EXE_sockeye"), "tap", "127.0.0.1:0", target]);
        shell.args(["--headless", "--clean"]).args(words);
        shell
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = shell.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("ready ").to_owned();
        let address = match line.strip_prefix('{') {
            Some(_) => {
                let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
                ready["addr"]
                    .as_str()
                    .unwrap()
                    .trim_start_matches("tcp://")
                    .to_owned()
            }
            None => address,
        };
        Self {
            child,
            stdout: Some(stdout),
            address,
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap()
    }

    fn client(&self) -> TcpStream {
        let client = TcpStream::connect(&self.address).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client
    }

    /// Reads what it prints from here on: an output that nobody reads holds up a tap and its end.
    fn read_on(&mut self) {
        if let Some(mut stdout) = self.stdout.take() {
            thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        }
    }

    /// Ends it by a signal; its exit status and what it said.
    fn end(mut self, signal: Signal) -> (i32, String) {
        self.read_on();
        kill_process(self.pid(), signal).unwrap();
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), None, "{said}");
        (status.code().unwrap(), said)
    }
}

/// A server that sends back what comes, to each client in a thread of its own.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for client in listener.incoming() {
            thread::spawn(move || {
                let mut client = client.unwrap();
                let _ = std::io::copy(&mut client.try_clone().unwrap(), &mut client);
                let _ = client.shutdown(Shutdown::Write);
            });
        }
    });
    address
}

/// What comes back for a word; nothing where the connection ends before.
fn ask(client: &mut TcpStream, word: &str) -> Option<String> {
    client.write_all(word.as_bytes()).ok()?;
    let mut heard = vec![0; word.len()];
    client.read_exact(&mut heard).ok()?;
    String::from_utf8(heard).ok()
}

fn reset(client: &TcpStream) {
    SockRef::from(client)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
}

#[test]
fn f20_f24_more_clients_than_descriptors_are_turned_away_and_the_others_served() {
    let mut tap = Tap::start(&echo(), &["--json"], "ulimit -n 80;");
    tap.read_on();
    let mut clients: Vec<TcpStream> = (0..40).map(|_| tap.client()).collect();
    let served = |clients: &mut [TcpStream]| {
        let answers = clients.iter_mut().map(|client| ask(client, "hello"));
        answers
            .map(|answer| answer.as_deref() == Some("hello"))
            .collect::<Vec<_>>()
    };
    let first = served(&mut clients);
    let count = first.iter().filter(|is_served| **is_served).count();
    assert!((4..=8).contains(&count), "{count} of 40 served");
    assert!(first[0], "those that were there first");
    // Room again: the next ones are served, and those that stayed go on.
    let mut kept = clients.drain(..1).collect::<Vec<_>>();
    drop(clients);
    let deadline = std::time::Instant::now() + PATIENCE;
    while ask(&mut tap.client(), "again").is_none() {
        assert!(
            std::time::Instant::now() < deadline,
            "nobody is served any more"
        );
    }
    assert_eq!(ask(&mut kept[0], "still").as_deref(), Some("still"));
    let (code, said) = tap.end(Signal::TERM);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn f21_a_client_that_resets_before_it_is_accepted_harms_no_other() {
    let tap = Tap::start(&echo(), &[], "");
    // Stopped, it accepts nobody: the clients come and go in the kernel alone.
    kill_process(tap.pid(), Signal::STOP).unwrap();
    waitpid(Some(tap.pid()), WaitOptions::UNTRACED).unwrap();
    for _ in 0..20 {
        let mut client = tap.client();
        client.write_all(b"gone").unwrap();
        reset(&client);
    }
    kill_process(tap.pid(), Signal::CONT).unwrap();
    assert_eq!(ask(&mut tap.client(), "hello").as_deref(), Some("hello"));
    assert_eq!(tap.end(Signal::INT).0, 0);
}

#[test]
fn f23_an_address_that_another_program_has_is_said_and_nothing_is_half_made() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_sockeye"))
        .args(["tap", &at, "127.0.0.1:1", "--headless", "--clean"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("EADDRINUSE") && output.stdout.is_empty(),
        "{said}"
    );
}

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("sockeye-rows-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What clients sent as a recording has it, as the program itself exports it.
fn recorded(file: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sockeye"))
        .args(["dump", "--json", "--clean"])
        .arg(file)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Bytes as JSON has them.
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn signals_leave_a_complete_recording() {
    let folder = Folder::new("signals");
    for signal in [Signal::INT, Signal::TERM] {
        let file = folder.0.join(format!("{signal:?}.pcapng"));
        let tap = Tap::start(&echo(), &["--record", file.to_str().unwrap()], "");
        let mut clients = [tap.client(), tap.client()];
        for (number, client) in clients.iter_mut().enumerate() {
            let word = format!("word {number} of {signal:?}");
            assert_eq!(ask(client, &word), Some(word));
        }
        let (ended, said) = tap.end(signal);
        assert_eq!(ended, 0, "{said}");
        let recorded = recorded(&file);
        for number in 0..clients.len() {
            let word = hex(&format!("word {number} of {signal:?}"));
            // Received from the client, sent on, and both on the way back.
            assert!(recorded.matches(&word).count() >= 2, "{number}: {recorded}");
        }
    }
}

#[test]
fn f51_an_output_that_ends_ends_the_tap_and_the_recording_is_complete() {
    let folder = Folder::new("output");
    let file = folder.0.join("r.pcapng");
    let words = ["--json", "--record", file.to_str().unwrap()];
    let mut tap = Tap::start(&echo(), &words, "");
    let mut client = tap.client();
    assert_eq!(ask(&mut client, "before").as_deref(), Some("before"));
    drop(tap.stdout);
    // Something is to be told of each byte: the first that is told nobody ends the tap.
    while ask(&mut client, "x").is_some() {}
    let mut said = String::new();
    tap.child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    let status = tap.child.wait().unwrap();
    assert_eq!(status.code(), Some(141), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(recorded(&file).contains(&hex("before")));
}

#[test]
fn f07_f16_a_target_that_resets_under_a_flood_ends_its_conversation_alone() {
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut tap = Tap::start(&target.local_addr().unwrap().to_string(), &[], "");
    tap.read_on();
    let mut quiet = tap.client();
    let (mut beside, _) = target.accept().unwrap();
    let mut flood = tap.client();
    let (server, _) = target.accept().unwrap();
    let flooder = thread::spawn(move || {
        let bytes = vec![7; 64 << 10];
        // Until the reset is passed on.
        while flood.write_all(&bytes).is_ok() {}
    });
    // Nothing of it was read: the close is a reset, with bytes under way on both sides.
    reset(&server);
    drop(server);
    flooder.join().unwrap();
    quiet.write_all(b"still").unwrap();
    let mut heard = [0; 5];
    beside.set_read_timeout(Some(PATIENCE)).unwrap();
    beside.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"still");
    assert_eq!(tap.end(Signal::TERM).0, 0);
}
