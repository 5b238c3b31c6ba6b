//! What the relays are given to do, one row each: the two ends of every connection are in this process.

use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::thread::{CpuSet, sched_setaffinity};
use socket2::Socket;

use super::contestants::Contestant;
use super::process;
use super::relay::{PATIENCE, Place, Relay};

/// One kind of work.
pub(crate) struct Load {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// With whom the others are compared.
    pub(crate) base: &'static str,
    pub(crate) rounds: Option<usize>,
    pub(crate) admits: fn(&Contestant) -> bool,
    /// The relay alone on the first core.
    is_pinned: bool,
    run: fn(&Bench, &Scene<'_>) -> io::Result<Vec<f64>>,
}

pub(crate) const LOADS: [Load; 4] = [
    Load {
        name: "bulk",
        about: "bulk: one connection, one direction, written in 64 KiB; the relay's processor time with its children",
        columns: &["MB/s", "CPU-s/GB"],
        base: "socat -r -R",
        rounds: None,
        admits: |_| true,
        is_pinned: false,
        run: bulk,
    },
    Load {
        name: "ping",
        about: "ping: 64 bytes there and back, the relay alone on core 0, client and server on core 1",
        columns: &["median us", "99th us"],
        base: "socat",
        rounds: None,
        admits: |_| true,
        is_pinned: true,
        run: ping,
    },
    Load {
        name: "many",
        about: "many: 64 connections at once, one direction, written in 64 KiB",
        columns: &["MB/s", "CPU-s/GB"],
        base: "nginx stream",
        rounds: None,
        admits: |_| true,
        is_pinned: false,
        run: many,
    },
    Load {
        name: "idle",
        about: "idle: connections on which nothing moves, and after a byte there and back; resident memory of the relay",
        columns: &["KiB each", "KiB each, used"],
        base: "nginx stream",
        rounds: Some(1),
        admits: |contestant| !contestant.forks,
        is_pinned: false,
        run: idle,
    },
];

/// How large a write is.
const BLOCK_BYTES: usize = 64 << 10;

/// How many round trips are counted, after some that are not.
const TRIPS: usize = 10_000;
const FIRST_TRIPS: usize = 500;

const CONNECTIONS: usize = 64;

/// How many idle connections there are where the limit of descriptors allows it; each takes two here and in the relay.
const IDLE: usize = 10_000;

pub(crate) struct Bench {
    /// How many bytes pass in a run.
    pub(crate) bytes: usize,
    pub(crate) folder: PathBuf,
}

/// A relay at work.
struct Scene<'a> {
    relay: &'a Relay,
    server: &'a Socket,
    slowness: usize,
}

impl Scene<'_> {
    /// The two ends of a connection through the relay.
    fn connect(&self) -> io::Result<(Socket, Socket)> {
        let client = self.relay.connect();
        let (server, _) = self.server.accept()?;
        for socket in [&client, &server] {
            socket.set_tcp_nodelay(true)?;
            socket.set_read_timeout(Some(PATIENCE))?;
            socket.set_write_timeout(Some(PATIENCE))?;
        }
        Ok((client, server))
    }

    /// Does something with so many bytes: megabytes a second, and processor seconds of the relay a gigabyte. What it
    /// returns lives until they are counted: of a process that ended with its connection nothing would be known.
    fn rate<T>(&self, bytes: usize, act: impl FnOnce() -> io::Result<T>) -> io::Result<Vec<f64>> {
        let (before, start) = (process::processor_seconds(self.relay.pid()), Instant::now());
        let _kept = act()?;
        let took = start.elapsed().as_secs_f64();
        let used = process::processor_seconds(self.relay.pid()) - before;
        let bytes = bytes as f64;
        Ok(vec![bytes / 1e6 / took, used / (bytes / 1e9)])
    }
}

impl Bench {
    /// A relay of that kind does that work.
    pub(crate) fn measure(&self, load: &Load, contestant: &Contestant) -> Result<Vec<f64>, String> {
        let folder = self.folder.join("run");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let (server, target) = Place::Tcp(0).listen(&folder, "server");
        server.set_read_timeout(Some(PATIENCE)).unwrap();
        let alone = |command: Command| {
            if load.is_pinned {
                pinned(&command)
            } else {
                command
            }
        };
        let relay = Relay::start_as(&contestant.program, &Place::Tcp(0), &target, &folder, alone)?;
        let scene = Scene {
            relay: &relay,
            server: &server,
            slowness: contestant.slowness,
        };
        let work = || {
            if load.is_pinned {
                pin(1);
            }
            (load.run)(self, &scene).map_err(|error| error.to_string())
        };
        thread::scope(|scope| scope.spawn(work).join().unwrap())
    }
}

/// The same command on the first core alone.
fn pinned(command: &Command) -> Command {
    let mut alone = Command::new("taskset");
    alone
        .args(["-c", "0"])
        .arg(command.get_program())
        .args(command.get_args());
    let set = command
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    alone.envs(set);
    alone
}

/// This thread, and those that it starts, on one core alone.
fn pin(core: usize) {
    let mut set = CpuSet::new();
    set.set(core);
    let _ = sched_setaffinity(None, &set);
}

fn bulk(bench: &Bench, scene: &Scene<'_>) -> io::Result<Vec<f64>> {
    let (mut client, mut server) = scene.connect()?;
    let bytes = bench.bytes / scene.slowness;
    scene.rate(bytes, || {
        let writes = thread::spawn(move || -> io::Result<Socket> {
            let block = vec![0x5a; BLOCK_BYTES];
            for _ in 0..bytes / BLOCK_BYTES {
                client.write_all(&block)?;
            }
            Ok(client)
        });
        let (mut buf, mut left) = (vec![0; 4 * BLOCK_BYTES], bytes);
        while left > 0 {
            match server.read(&mut buf)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                count => left -= count,
            }
        }
        writes.join().unwrap()
    })
}

fn ping(_: &Bench, scene: &Scene<'_>) -> io::Result<Vec<f64>> {
    let (mut client, mut server) = scene.connect()?;
    let trips = FIRST_TRIPS + TRIPS / scene.slowness;
    let answers = thread::spawn(move || -> io::Result<()> {
        let mut buf = [0; 64];
        for _ in 0..trips {
            server.read_exact(&mut buf)?;
            server.write_all(&buf)?;
        }
        Ok(())
    });
    let (mut times, mut buf) = (Vec::with_capacity(trips), [0x5a; 64]);
    for _ in 0..trips {
        let start = Instant::now();
        client.write_all(&buf)?;
        client.read_exact(&mut buf)?;
        times.push(start.elapsed());
    }
    answers.join().unwrap()?;
    let mut times = times.split_off(FIRST_TRIPS);
    times.sort();
    let micros = |at: usize| {
        times
            .get(at)
            .copied()
            .unwrap_or(Duration::ZERO)
            .as_secs_f64()
            * 1e6
    };
    Ok(vec![
        micros(times.len() / 2),
        micros(times.len() * 99 / 100),
    ])
}

fn many(bench: &Bench, scene: &Scene<'_>) -> io::Result<Vec<f64>> {
    let each = bench.bytes * 2 / scene.slowness / CONNECTIONS;
    let pairs: io::Result<Vec<_>> = (0..CONNECTIONS).map(|_| scene.connect()).collect();
    let (clients, servers): (Vec<_>, Vec<_>) = pairs?.into_iter().unzip();
    scene.rate(each * CONNECTIONS, || {
        let block = vec![0x5a; BLOCK_BYTES];
        let writes = thread::spawn(move || {
            serve(&clients, each, PollFlags::OUT, |mut socket, left| {
                socket.write(&block[..left.min(BLOCK_BYTES)])
            })
            .map(|()| clients)
        });
        let mut buf = vec![0; 4 * BLOCK_BYTES];
        serve(&servers, each, PollFlags::IN, |mut socket, _| {
            socket.read(&mut buf)
        })?;
        writes.join().unwrap()
    })
}

/// Moves so many bytes on each of the sockets, on those that are ready, without waiting for one alone.
fn serve(
    sockets: &[Socket],
    each: usize,
    flags: PollFlags,
    mut step: impl FnMut(&Socket, usize) -> io::Result<usize>,
) -> io::Result<()> {
    let mut left: Vec<(&Socket, usize)> = sockets.iter().map(|socket| (socket, each)).collect();
    for socket in sockets {
        socket.set_nonblocking(true)?;
    }
    while !left.is_empty() {
        let mut ready: Vec<_> = left
            .iter()
            .map(|(socket, _)| PollFd::new(*socket, flags))
            .collect();
        poll(&mut ready, None)?;
        let ready: Vec<bool> = ready
            .iter()
            .map(|ready| !ready.revents().is_empty())
            .collect();
        for ((socket, left), _) in left.iter_mut().zip(ready).filter(|(_, is_ready)| *is_ready) {
            match step(socket, *left) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => *left -= count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        left.retain(|(_, left)| *left > 0);
    }
    Ok(())
}

fn idle(_: &Bench, scene: &Scene<'_>) -> io::Result<Vec<f64>> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let most = limit.map_or(IDLE, |limit| {
        usize::try_from(limit).unwrap_or(IDLE) / 2 - 200
    });
    let connections = IDLE.min(most) / scene.slowness;
    let resident = || process::resident_bytes(scene.relay.pid()) as f64 / 1024.0;
    let each = |before: f64| (resident() - before) / connections as f64;
    // What the first connections take is the program's own.
    let first: io::Result<Vec<_>> = (0..10).map(|_| scene.connect()).collect();
    let (_first, before) = (first?, resident());
    let pairs: io::Result<Vec<_>> = (0..connections).map(|_| scene.connect()).collect();
    let (mut pairs, unused) = (pairs?, each(before));
    let mut buf = [0];
    for (client, server) in &mut pairs {
        client.write_all(b"?")?;
        server.read_exact(&mut buf)?;
        server.write_all(b"!")?;
        client.read_exact(&mut buf)?;
    }
    Ok(vec![unused, each(before)])
}
