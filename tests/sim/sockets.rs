//! The simulated kernel's sockets: how they come to be, are bound, connected, accepted and closed, with the way in
//! which Linux latches a reset. Everything happens on one host; what moves between them stands in `transfer.rs`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use sockeye::endpoint::{Address, Transport};
use sockeye::event::Errno;
use sockeye::os::Got;

use super::facts::Rest;
use super::mood::{Mood, Moods};
use super::paths::Paths;

pub(crate) fn errno(name: &str) -> Errno {
    Errno::named(name).unwrap_or_else(|| panic!("no errno {name}"))
}

/// A socket of the simulation.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of their own, each set and read apart"
)]
pub(crate) struct Socket {
    pub(crate) transport: Transport,
    pub(crate) v6: bool,
    pub(crate) local: Option<Address>,
    pub(crate) peer: Option<Address>,
    pub(crate) options: BTreeMap<String, String>,
    pub(crate) listener: Option<Listener>,
    /// A connect that is not over.
    pub(crate) connecting: Option<Address>,
    /// The descriptor at the other end, while it is open.
    pub(crate) other: Option<u64>,
    pub(crate) connected: bool,
    pub(crate) bytes: VecDeque<u8>,
    pub(crate) packets: VecDeque<(Vec<u8>, Option<Address>)>,
    pub(crate) urgent: Option<u8>,
    /// How many bytes may wait here.
    pub(crate) room: usize,
    /// The peer sends no more.
    pub(crate) ended: bool,
    /// What `SO_ERROR` would tell.
    pub(crate) error: Option<Errno>,
    /// Sending is over.
    pub(crate) shut: bool,
    /// It ended its side while the peer had not.
    pub(crate) ended_first: bool,
    /// Nothing comes or goes here.
    pub(crate) cut: bool,
    /// Sent, and not there yet.
    pub(crate) flying: VecDeque<u8>,
    pub(crate) flying_since: Duration,
    /// What a peer that is closed meanwhile had sent, and that it has ended: there once this end is plugged in.
    pub(crate) late: VecDeque<u8>,
    pub(crate) late_end: bool,
}

/// What a listening socket has.
#[derive(Debug)]
pub(crate) struct Listener {
    backlog: usize,
    pub(crate) queue: VecDeque<u64>,
}

/// All sockets of the host.
#[derive(Debug)]
pub(crate) struct Sockets {
    pub(crate) all: BTreeMap<u64, Socket>,
    /// What is left of closed connections, by their two addresses.
    pub(crate) rests: BTreeMap<(SocketAddr, SocketAddr), Rest>,
    next: u64,
    pub(crate) next_port: u16,
    pub(crate) moods: Moods,
    pub(crate) has_v6: bool,
    pub(crate) paths: Paths,
    /// Connects that are not answered before, by socket.
    pub(crate) lost: BTreeMap<u64, Duration>,
    /// Addresses from which no answer ever comes.
    pub(crate) silent: Vec<Address>,
    /// Further descriptors, and the sockets that are theirs; and sockets whose first descriptor is closed.
    pub(crate) alias: BTreeMap<u64, u64>,
    pub(crate) headless: BTreeSet<u64>,
    pub(crate) now: Duration,
}

impl Sockets {
    pub(crate) fn new(moods: Moods) -> Self {
        Self {
            all: BTreeMap::new(),
            rests: BTreeMap::new(),
            next: 3,
            next_port: 40_000,
            moods,
            lost: BTreeMap::new(),
            has_v6: true,
            paths: Paths::default(),
            silent: Vec::new(),
            alias: BTreeMap::new(),
            headless: BTreeSet::new(),
            now: Duration::ZERO,
        }
    }

    pub(crate) fn get(&mut self, id: u64) -> Got<&mut Socket> {
        let root = self.root(id);
        self.all.get_mut(&root).ok_or(Errno::EBADF)
    }

    fn insert(&mut self, transport: Transport, v6: bool) -> u64 {
        let number = self.number();
        let room = if self.moods.strikes(Mood::SmallWindow) {
            64 << self.moods.index(8)
        } else {
            64 << 10
        };
        let socket = Socket {
            transport,
            v6,
            local: None,
            peer: None,
            options: BTreeMap::new(),
            listener: None,
            connecting: None,
            other: None,
            connected: false,
            bytes: VecDeque::new(),
            packets: VecDeque::new(),
            urgent: None,
            room,
            ended: false,
            error: None,
            shut: false,
            ended_first: false,
            cut: false,
            flying: VecDeque::new(),
            flying_since: Duration::ZERO,
            late: VecDeque::new(),
            late_end: false,
        };
        self.all.insert(number, socket);
        number
    }

    /// The next descriptor.
    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn socket(&mut self, transport: Transport, v6: bool) -> Got<u64> {
        if v6 && !self.has_v6 {
            return Err(errno("EAFNOSUPPORT"));
        }
        Ok(self.insert(transport, v6))
    }

    pub(crate) fn pair(&mut self, transport: Transport) -> (u64, u64) {
        let (one, two) = (self.insert(transport, false), self.insert(transport, false));
        for (id, other) in [(one, two), (two, one)] {
            let Some(socket) = self.all.get_mut(&id) else {
                continue;
            };
            socket.other = Some(other);
            socket.connected = true;
            socket.local = Some(Address::Unnamed);
            socket.peer = Some(Address::Unnamed);
        }
        (one, two)
    }

    pub(crate) fn listen(&mut self, id: u64, backlog: u32) -> Got<()> {
        let socket = self.get(id)?;
        if socket.transport.is_connectionless() {
            return Err(Errno::EOPNOTSUPP);
        }
        let queue = VecDeque::new();
        // Linux seats one more.
        let backlog = backlog as usize + 1;
        socket.listener = Some(Listener { backlog, queue });
        Ok(())
    }

    pub(crate) fn accept(&mut self, id: u64) -> Got<(u64, Address)> {
        self.moods.interrupt()?;
        self.fail_accept()?;
        let listener = self.get(id)?.listener.as_mut().ok_or(Errno::EINVAL)?;
        let made = listener.queue.pop_front().ok_or(Errno::EAGAIN)?;
        let socket = self.get(made)?;
        Ok((made, socket.peer.clone().unwrap_or(Address::Unnamed)))
    }

    pub(crate) fn connect(&mut self, id: u64, to: &Address) -> Got<()> {
        let (transport, v6) = {
            let socket = self.get(id)?;
            if socket.connected && !socket.transport.is_connectionless() {
                return Err(errno("EISCONN"));
            }
            (socket.transport, socket.v6)
        };
        if self.get(id)?.local.is_none() {
            self.name(id, v6)?;
        }
        if transport.is_connectionless() {
            if transport.is_unix() && self.at(transport, to).is_none() {
                return Err(self.paths.nobody_at(to));
            }
            let socket = self.get(id)?;
            socket.peer = Some(to.clone());
            return Ok(());
        }
        if transport.is_unix() {
            return self.establish(id, to);
        }
        self.get(id)?.connecting = Some(to.clone());
        self.lose_syn(id);
        Err(Errno::EINPROGRESS)
    }

    /// An address chosen by the kernel.
    pub(crate) fn name(&mut self, id: u64, v6: bool) -> Got<()> {
        self.next_port += 1;
        let port = self.next_port;
        let socket = self.get(id)?;
        let ip = if v6 {
            IpAddr::from(Ipv6Addr::LOCALHOST)
        } else {
            Ipv4Addr::LOCALHOST.into()
        };
        socket.local = Some(if socket.transport.is_unix() {
            Address::Unnamed
        } else {
            Address::Inet(SocketAddr::new(ip, port))
        });
        Ok(())
    }

    /// A connect that is answered before all that are under way.
    pub(crate) fn rush(&mut self, id: u64, to: &Address) {
        let named = self.name(id, false);
        assert_eq!(named.and_then(|()| self.establish(id, to)), Ok(()));
    }

    /// Answers the connects that are under way.
    pub(crate) fn progress(&mut self) {
        let waiting: Vec<(u64, Address)> = self
            .all
            .iter()
            .filter_map(|(id, socket)| Some((*id, socket.connecting.clone()?)))
            .collect();
        for (id, to) in waiting {
            if self.silent.contains(&to) || self.is_lost(id) {
                continue;
            }
            let got = match self.no_route() {
                Some(errno) => Err(errno),
                None => self.establish(id, &to),
            };
            let Some(socket) = self.all.get_mut(&id) else {
                continue;
            };
            match got {
                Ok(()) => socket.connecting = None,
                // A full backlog drops the SYN; it is sent again.
                Err(Errno::EAGAIN) => {}
                Err(errno) => {
                    socket.connecting = None;
                    socket.error = Some(errno);
                }
            }
        }
    }

    fn establish(&mut self, id: u64, to: &Address) -> Got<()> {
        let (transport, local) = {
            let socket = self.get(id)?;
            (socket.transport, socket.local.clone())
        };
        if local.as_ref() == Some(to) {
            let socket = self.get(id)?;
            (socket.other, socket.peer, socket.connected) = (Some(id), Some(to.clone()), true);
            return Ok(());
        }
        let nobody = if transport.is_unix() && self.at(transport, to).is_none() {
            self.paths.nobody_at(to)
        } else {
            Errno::ECONNREFUSED
        };
        let at = self.at(transport, to).ok_or(nobody)?;
        let listener = self.get(at)?;
        let v6 = listener.v6;
        let options = listener.options.clone();
        if listener.cut {
            // The SYN is dropped, and sent again.
            return Err(Errno::EAGAIN);
        }
        let seats = listener.listener.as_ref().ok_or(nobody)?;
        if seats.queue.len() >= seats.backlog {
            return Err(Errno::EAGAIN);
        }
        let made = self.insert(transport, v6);
        let socket = self.get(made)?;
        socket.local = Some(to.clone());
        socket.peer = local;
        (socket.other, socket.connected, socket.options) = (Some(id), true, options);
        let client = self.get(id)?;
        (client.other, client.connected, client.peer) = (Some(made), true, Some(to.clone()));
        if let Some(seats) = &mut self.get(at)?.listener {
            seats.queue.push_back(made);
        }
        if self.moods.strikes(Mood::ResetBeforeAccept) {
            self.sever(made);
        }
        Ok(())
    }

    /// A descriptor that is, was, or will be, for a wake that means nothing.
    pub(crate) fn some_descriptor(&mut self) -> Option<u64> {
        let is = self.moods.strikes(Mood::ClosedWake);
        is.then(|| {
            self.moods
                .index(usize::try_from(self.next).unwrap_or(0) + 2) as u64
        })
    }
}

impl Socket {
    pub(crate) fn connected_stream(&self) -> bool {
        self.connected && !self.transport.is_connectionless()
    }

    /// How many connections may wait here.
    pub(crate) fn seats(&self) -> Option<usize> {
        self.listener.as_ref().map(|listener| listener.backlog)
    }

    /// Bytes that wait to be read.
    pub(crate) fn waiting(&self) -> usize {
        let listener = self
            .listener
            .as_ref()
            .map_or(0, |listener| listener.queue.len());
        listener
            + self.bytes.len()
            + self
                .packets
                .iter()
                .map(|(bytes, _)| bytes.len())
                .sum::<usize>()
    }

    /// Sending is over here, and at the other end.
    pub(crate) fn ends(&self) -> (bool, bool) {
        (self.shut, self.ended)
    }
}
