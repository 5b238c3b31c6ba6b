//! Many clients in a process of their own, since one process may not have the descriptors of both ends: the test
//! binary starts itself again as them. Who comes next takes the place of one that goes, by a close or by a reset.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::program::pty::this_test;

/// The test that is none: the process of the clients.
const PROCESS: &str = "herd::clients_of_the_other_tests";

/// Tells that process where to go, how many to be, and whether they are answered.
const TASK: &str = "LOAD_HERD";

/// What each says, and hears again where somebody answers.
const SAID: [u8; 64] = [b'x'; 64];

/// Threads of clients, which come from ever other addresses, so that no port runs out.
const THREADS: u8 = 4;

/// How long one waits for its answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Clients that come and go, in a process of their own.
pub(crate) struct Herd {
    process: Child,
    told: BufReader<ChildStdout>,
}

impl Herd {
    /// So many clients of that place, once all of them are there.
    pub(crate) fn new(place: &str, count: usize, is_answered: bool) -> Self {
        let mut command = this_test(PROCESS, TASK, &format!("{place} {count} {is_answered}"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let told = BufReader::new(process.stdout.take().unwrap());
        let mut herd = Self { process, told };
        herd.hear("there");
        herd
    }

    /// Lets them come and go from now on.
    pub(crate) fn churn(mut self) -> Self {
        self.process
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b".")
            .unwrap();
        self
    }

    /// All go; how many came in all, and how many of them in vain.
    pub(crate) fn end(mut self) -> String {
        drop(self.process.stdin.take());
        let told = self.hear("came");
        assert!(self.process.wait().unwrap().success(), "{told}");
        told
    }

    /// The next line in which that word is.
    fn hear(&mut self, word: &str) -> String {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            let len = self.told.read_line(&mut line).unwrap();
            assert!(len > 0, "the clients are gone");
        }
        line.trim().to_owned()
    }
}

#[test]
fn clients_of_the_other_tests() {
    let Ok(task) = std::env::var(TASK) else {
        return;
    };
    let words: Vec<&str> = task.split(' ').collect();
    let [place, count, is_answered] = words[..] else {
        panic!("{task}")
    };
    let (place, count): (SocketAddr, usize) = (place.parse().unwrap(), count.parse().unwrap());
    let tally = Arc::new(Tally::default());
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let (tally, is_answered) = (Arc::clone(&tally), is_answered == "true");
            let part = count / usize::from(THREADS);
            thread::spawn(move || {
                let herd = Part {
                    place,
                    number,
                    is_answered,
                    tally,
                };
                herd.live(part);
            })
        })
        .collect();
    // The harness writes the beginning of this line itself.
    while tally.there.load(Ordering::Relaxed) < u64::from(THREADS) {
        thread::yield_now();
    }
    say("there");
    let mut stdin = std::io::stdin();
    let is_churned = stdin.read(&mut [0]).unwrap() > 0;
    tally.churns.store(is_churned, Ordering::Relaxed);
    let _ = stdin.read_to_end(&mut Vec::new());
    tally.is_over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    let (came, vain) = (
        tally.came.load(Ordering::Relaxed),
        tally.vain.load(Ordering::Relaxed),
    );
    say(&format!("{came} came, {vain} in vain"));
}

/// A line of its own, past the harness.
fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    stdout.flush().unwrap();
}

/// What the threads tell each other.
#[derive(Default)]
struct Tally {
    /// Threads whose clients all are there.
    there: AtomicU64,
    churns: AtomicBool,
    is_over: AtomicBool,
    came: AtomicU64,
    vain: AtomicU64,
}

/// The clients of one thread.
struct Part {
    place: SocketAddr,
    number: u8,
    is_answered: bool,
    tally: Arc<Tally>,
}

impl Part {
    fn live(&self, count: usize) {
        let mut all: Vec<Option<TcpStream>> = (0..count).map(|_| self.come()).collect();
        self.tally.there.fetch_add(1, Ordering::Relaxed);
        let (mut at, mut round) = (0, 0_u64);
        while !self.tally.is_over.load(Ordering::Relaxed) {
            if !self.tally.churns.load(Ordering::Relaxed) {
                thread::park_timeout(Duration::from_millis(10));
                continue;
            }
            if let Some(client) = all[at].take()
                && round.is_multiple_of(3)
            {
                let _ = SockRef::from(&client).set_linger(Some(Duration::ZERO));
            }
            all[at] = self.come();
            (at, round) = ((at + 1) % count, round + 1);
        }
    }

    /// One comes, says something and is answered; none if it was turned away.
    fn come(&self) -> Option<TcpStream> {
        let count = self.tally.came.fetch_add(1, Ordering::Relaxed);
        let client = self.converse(count).ok();
        if client.is_none() {
            self.tally.vain.fetch_add(1, Ordering::Relaxed);
        }
        client
    }

    fn converse(&self, count: u64) -> std::io::Result<TcpStream> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        let [.., a, b] = count.to_be_bytes();
        let from = SocketAddr::from((Ipv4Addr::new(127, self.number + 1, a, b), 0));
        socket.bind(&from.into())?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.connect(&self.place.into())?;
        let mut client = TcpStream::from(socket);
        client.write_all(&SAID)?;
        if self.is_answered {
            client.read_exact(&mut SAID.clone())?;
        }
        Ok(client)
    }
}
