//! A net in the simulated kernel, driven by lines of text and telling what happened as lines of text. It runs no
//! session and no screen: what a test reads here is what the net reported.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test includes it and uses its own part of it"
)]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a broken test shall stop"
)]

mod say;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::time::Duration;

use sockeye::endpoint::{Address, Endpoint, Transport};
use sockeye::event::{Actor, Capture, ConnId, Dir, Event, Flags, Hold, How, Make, Want};
use sockeye::net::{Net, Turn};
use sockeye::os::{Os, Sock};

use super::kernel::Kernel;
use say::{name, say};

/// The bytes of a session, as a test wants them: whole, by connection.
#[derive(Debug, Default)]
pub struct Bytes {
    received: BTreeMap<ConnId, Vec<u8>>,
    sent: BTreeMap<ConnId, Vec<u8>>,
    buf: Vec<u8>,
    pub full: bool,
}

impl Capture for Bytes {
    fn is_full(&self) -> bool {
        self.full
    }

    fn room(&mut self, _: ConnId, want: usize) -> &mut Vec<u8> {
        self.buf.clear();
        self.buf.reserve(want);
        &mut self.buf
    }

    fn commit(&mut self, conn: ConnId, len: usize, _: Duration) -> Range<u64> {
        assert_eq!(len, self.buf.len());
        append(self.received.entry(conn).or_default(), &self.buf)
    }

    fn sent(&mut self, conn: ConnId, bytes: &[u8], _: Duration) -> Range<u64> {
        append(self.sent.entry(conn).or_default(), bytes)
    }

    fn to_pass(&mut self, conn: ConnId, range: Range<u64>, _: bool) -> &[u8] {
        let index = |at: u64| usize::try_from(at).unwrap();
        &self.received[&conn][index(range.start)..index(range.end)]
    }
}

fn append(to: &mut Vec<u8>, bytes: &[u8]) -> Range<u64> {
    let start = to.len() as u64;
    to.extend_from_slice(bytes);
    start..to.len() as u64
}

/// The whole of it.
#[derive(Debug)]
pub struct World {
    pub kernel: Kernel,
    pub net: Net,
    pub bytes: Bytes,
    pub events: Vec<Event>,
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            kernel: Kernel::new(seed),
            net: Net::new(64),
            bytes: Bytes::default(),
            events: Vec::new(),
        }
    }

    /// Does what each line says.
    pub fn act(&mut self, lines: &str) {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            self.line(line);
        }
    }

    /// What a socket received, or sent, up to now.
    pub fn lane(&self, name: &str, dir: Dir) -> &[u8] {
        self.lane_of(conn(name), dir)
    }

    /// The same of a socket by its number.
    pub fn lane_of(&self, conn: ConnId, dir: Dir) -> &[u8] {
        let lanes = match dir {
            Dir::In => &self.bytes.received,
            Dir::Out => &self.bytes.sent,
        };
        lanes.get(&conn).map_or(&[], Vec::as_slice)
    }

    /// Every event, a line each.
    pub fn told(&self) -> String {
        let mut text = String::new();
        for event in &self.events {
            let who = event.conn.map_or(String::new(), name);
            let by = if event.by == Actor::Loop { "~" } else { "" };
            writeln!(text, "{by}{who} {}", say(&event.what)).unwrap();
        }
        text
    }

    /// Another program connects before the kernel goes on with ours; returns its socket and address.
    pub fn quick_stranger(&mut self, to: &str) -> (Sock, Address) {
        let sock = self.kernel.socket(Transport::Tcp, false).unwrap();
        self.kernel.rush(sock, &address(to));
        let at = self.kernel.local_address(sock).unwrap();
        (sock, at)
    }

    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["run"] => self.run(Duration::from_millis(50)),
            ["run", seconds] => self.run(Duration::from_secs(seconds.parse().unwrap())),
            ["fail", call, errno] => {
                let call = [
                    "accept", "send", "recv", "socket", "bind", "unlink", "watch", "sign", "deafen",
                ]
                .into_iter()
                .find(|known| known == call);
                self.kernel.fail(call.expect("a call that fails"), errno);
            }
            ["silence", at] => self.kernel.silence(address(at)),
            ["name", host, "nobody"] => self.kernel.name(host, Err("no such host".to_owned())),
            ["name", host, ips @ ..] => {
                let ips = ips.iter().map(|ip| ip.parse().unwrap()).collect();
                self.kernel.name(host, Ok(ips));
            }
            ["limit", most] => self.net = Net::new(most.parse().unwrap()),
            ["foreign", path] => self.kernel.foreign(path),
            ["stale", path] => self.kernel.stale(path),
            ["addresses", ips @ ..] => {
                self.kernel.addresses = ips.iter().map(|ip| ip.parse().unwrap()).collect();
            }
            ["nov6"] => self.kernel.without_v6(),
            ["full", on] => self.bytes.full = *on == "on",
            ["look", who @ ..] => {
                let who: Vec<ConnId> = who.iter().map(|name| conn(name)).collect();
                self.turn(|net, turn| net.look_at(&who, turn));
            }
            ["forget"] => self.events.clear(),
            ["hold", on] => self.hold(if *on == "on" { Hold::On } else { Hold::Off }),
            ["do"] => self.hold(Hold::Do(None)),
            ["disarm"] => self.hold(Hold::Disarm(None)),
            [who, "do"] => self.hold(Hold::Do(Some(conn(who)))),
            [verb @ ("connect" | "listen" | "bind" | "pair"), rest @ ..] => {
                let make = make(verb, rest);
                self.turn(|net, turn| net.make(Actor::User, make, turn));
            }
            [who, rest @ ..] => {
                let want = want(rest);
                self.turn(|net, turn| net.want(Actor::User, conn(who), want, turn));
            }
            [] => {}
        }
    }

    fn hold(&mut self, hold: Hold) {
        self.turn(|net, turn| net.hold(Actor::User, hold, turn));
    }

    pub fn turn<T>(&mut self, step: impl FnOnce(&mut Net, &mut Turn) -> T) -> T {
        let mut turn = Turn {
            os: &mut self.kernel,
            capture: &mut self.bytes,
            events: &mut self.events,
        };
        step(&mut self.net, &mut turn)
    }

    /// Turns of the loop for that long.
    pub fn run(&mut self, time: Duration) {
        let end = self.kernel.now() + time;
        let mut wakes = Vec::new();
        loop {
            let now = self.kernel.now();
            let until = now + Duration::from_millis(4);
            let busy = self.turn(|net, turn| {
                net.expire(now, turn);
                net.serve(until, turn);
                net.is_ready()
            });
            let now = self.kernel.now();
            if now >= end {
                return;
            }
            let deadline = self.net.deadline().map_or(end, |at| at.min(end));
            let timeout = if busy {
                Duration::ZERO
            } else {
                deadline.saturating_sub(now)
            };
            self.kernel.wait(Some(timeout), &mut wakes).unwrap();
            for wake in wakes.drain(..) {
                self.turn(|net, turn| net.wake(&wake, turn));
            }
        }
    }
}

/// Runs lines in a kernel without chances and compares what was told.
#[track_caller]
pub fn check(lines: &str, expected: &str) {
    let mut world = World::new(0);
    world.act(lines);
    let trim = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    };
    let (told, expected) = (trim(&world.told()), trim(expected));
    assert!(
        told == expected,
        "told:\n{}\nexpected:\n{}",
        told.join("\n"),
        expected.join("\n")
    );
}

fn conn(name: &str) -> ConnId {
    ConnId(u32::from(name.as_bytes()[0] - b'A'))
}

fn endpoint(word: &str) -> Endpoint {
    Endpoint::parse(word).unwrap()
}

fn address(word: &str) -> Address {
    Address::Inet(word.parse().unwrap())
}

fn seconds(word: &str) -> Duration {
    Duration::from_secs_f64(word.parse().unwrap())
}

fn make(verb: &str, words: &[&str]) -> Make {
    let after = |word: &str| {
        words
            .iter()
            .skip_while(|other| **other != word)
            .nth(1)
            .copied()
    };
    let manual = words.contains(&"manual");
    match verb {
        "connect" => Make::Connect {
            to: endpoint(words[0]),
            from: after("from").map(endpoint),
            timeout: after("timeout").map(seconds),
            retry: after("retry").map(seconds),
            manual,
            name: None,
        },
        "listen" => Make::Listen {
            at: endpoint(words[0]),
            backlog: after("backlog").map(|word| word.parse().unwrap()),
            reuseport: words.contains(&"reuseport"),
            keep: after("keep").map(|word| word.parse().unwrap()),
            manual,
            name: None,
        },
        "bind" => Make::Bind {
            at: endpoint(words[0]),
            name: None,
        },
        _ => Make::Pair {
            transport: Transport::of_scheme(words[0]).unwrap(),
            manual,
            names: None,
        },
    }
}

fn want(words: &[&str]) -> Want {
    let flags = Flags {
        oob: words.contains(&"oob"),
        more: words.contains(&"more"),
        peek: words.contains(&"peek"),
        waitall: words.contains(&"waitall"),
    };
    let bytes = |word: &str| match word.strip_prefix('*') {
        Some(count) => vec![b'x'; count.parse().unwrap()],
        None => word.as_bytes().to_vec(),
    };
    match words {
        ["send"] => Want::Send {
            bytes: Vec::new(),
            flags,
            to: None,
        },
        ["send", word, ..] => Want::Send {
            bytes: bytes(word),
            flags,
            to: None,
        },
        ["sendto", to, word] => Want::Send {
            bytes: bytes(word),
            flags,
            to: Some(endpoint(to)),
        },
        ["recv", max, ..] => Want::Recv {
            max: max.parse().unwrap(),
            flags,
        },
        ["accept"] => Want::Accept,
        ["start"] => Want::Start { backlog: None },
        ["stage", word] => Want::Stage(bytes(word)),
        ["flush"] => Want::Flush,
        ["shutdown", how] => Want::Shutdown(match *how {
            "read" => How::Read,
            "write" => How::Write,
            _ => How::Both,
        }),
        ["close"] => Want::Close,
        ["close", "now"] => Want::CloseNow,
        ["abort"] => Want::Abort,
        ["cancel"] => Want::Cancel,
        ["unplug", heal @ ..] => Want::Unplug {
            heal: heal.first().map(|heal| seconds(heal)),
        },
        ["plug"] => Want::Plug,
        ["dup"] => Want::Dup,
        ["leak"] => Want::Leak,
        ["set", option, value] => Want::Set {
            option: (*option).to_owned(),
            value: (*value).to_owned(),
        },
        ["get", option] => Want::Get {
            option: (*option).to_owned(),
        },
        ["reading", how, rate @ ..] => Want::Reading {
            auto: *how == "auto",
            rate: rate.first().map(|rate| rate.parse().unwrap()),
        },
        other => panic!("no such wish: {other:?}"),
    }
}
