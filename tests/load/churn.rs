//! Clients that come and go through a tap, and the server behind it.

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use rustix::event::epoll;

use super::program::pty::PATIENCE;

/// What each says, and hears again.
const SAID: [u8; 64] = [b'x'; 64];

/// A server that says again what it hears. One thread has all clients, since there may be ten thousand.
pub(crate) struct Echo {
    pub(crate) address: String,
}

impl Echo {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || echo(&listener));
        Self { address }
    }
}

fn echo(listener: &TcpListener) {
    // What rustix calls listen(2) again with is the new backlog: clients come in bursts here.
    rustix::net::listen(listener, 4096).unwrap();
    listener.set_nonblocking(true).unwrap();
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    let add = |fd: BorrowedFd<'_>| {
        let data = epoll::EventData::new_u64(fd.as_raw_fd().unsigned_abs().into());
        epoll::add(&epoll, fd, data, epoll::EventFlags::IN)
    };
    add(listener.as_fd()).unwrap();
    let mut clients: HashMap<u64, TcpStream> = HashMap::new();
    let mut events = Vec::with_capacity(256);
    let mut buf = vec![0; 64 << 10];
    loop {
        events.clear();
        epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut events), None).unwrap();
        for event in &events {
            let key = event.data.u64();
            let Some(client) = clients.get_mut(&key) else {
                while let Ok((client, _)) = listener.accept() {
                    client.set_nonblocking(true).unwrap();
                    add(client.as_fd()).unwrap();
                    clients.insert(client.as_raw_fd().unsigned_abs().into(), client);
                }
                continue;
            };
            if !answer(client, &mut buf) {
                clients.remove(&key);
            }
        }
    }
}

/// Says again what came, once; false at the end.
fn answer(client: &mut TcpStream, buf: &mut [u8]) -> bool {
    match client.read(buf) {
        // Of a flood nothing is said again.
        Ok(len @ 1..) => len != SAID.len() || client.write_all(&SAID).is_ok(),
        // Told of whoever had its descriptor before.
        Err(error) if error.kind() == ErrorKind::WouldBlock => true,
        Ok(0) | Err(_) => false,
    }
}

/// Several threads of clients.
pub(crate) struct Churn {
    place: String,
    threads: u32,
    count: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    running: Vec<JoinHandle<()>>,
}

impl Churn {
    pub(crate) fn new(place: &str, threads: u32) -> Self {
        Self {
            place: place.to_owned(),
            threads,
            count: Arc::default(),
            is_over: Arc::default(),
            running: Vec::new(),
        }
    }

    /// A client that stays, and was heard.
    pub(crate) fn open(place: &str) -> TcpStream {
        let mut client = TcpStream::connect(place).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client.write_all(&SAID).unwrap();
        let mut heard = SAID;
        client.read_exact(&mut heard).unwrap();
        client
    }

    /// So many come and go.
    pub(crate) fn rounds(self, rounds: u32) {
        let each = rounds / self.threads;
        let threads = (0..self.threads).map(|_| {
            let place = self.place.clone();
            thread::spawn(move || {
                for _ in 0..each {
                    converse(&place);
                }
            })
        });
        let threads: Vec<_> = threads.collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }

    /// They come and go until the end.
    pub(crate) fn begin(self) -> Self {
        self.run(|place, count, is_over| {
            while !is_over.load(Ordering::Relaxed) {
                converse(place);
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
    }

    /// One sends as much as it can until the end; counted in bytes.
    pub(crate) fn flood(self) -> Self {
        self.run(|place, count, is_over| {
            let mut client = Self::open(place);
            client.set_write_timeout(Some(PATIENCE)).unwrap();
            let block = vec![0xa5; 64 << 10];
            while !is_over.load(Ordering::Relaxed) {
                client.write_all(&block).unwrap();
                count.fetch_add(64 << 10, Ordering::Relaxed);
            }
        })
    }

    /// Datagrams as fast as they go, from a few addresses that change now and then.
    pub(crate) fn datagrams(self) -> Self {
        self.run(|place, count, is_over| {
            while !is_over.load(Ordering::Relaxed) {
                let client = UdpSocket::bind("127.0.0.1:0").unwrap();
                for _ in 0..1000 {
                    let _ = client.send_to(&SAID, place);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
    }

    fn run(mut self, act: fn(&str, &AtomicU64, &AtomicBool)) -> Self {
        for _ in 0..self.threads {
            let place = self.place.clone();
            let (count, is_over) = (Arc::clone(&self.count), Arc::clone(&self.is_over));
            self.running
                .push(thread::spawn(move || act(&place, &count, &is_over)));
        }
        self
    }

    /// No more of it; how much there was.
    pub(crate) fn end(self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.running {
            thread.join().unwrap();
        }
        self.count.load(Ordering::Relaxed)
    }
}

/// A client comes, is heard and goes.
fn converse(place: &str) {
    drop(Churn::open(place));
}
