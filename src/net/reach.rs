//! A knock at every address of this machine, and at the names that it goes by: who is reached at a port, and where
//! nobody is. Each connect is a real one and is closed at once.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::Net;
use super::cx::{Cx, Turn};
use crate::endpoint::{Address, Transport};
use crate::event::{Actor, Errno, Measure, Reached, Try, What};
use crate::os::{Interest, Sock};

/// How long an answer may take, of a resolver or of an address.
const PATIENCE: Duration = Duration::from_secs(3);

/// More addresses are not tried.
const TRIES_MAX: usize = 64;

/// A connect that reached itself, which is a chance of the kernel's and no answer, is made again so often.
const AGAIN_MAX: u32 = 3;

/// Wakes for nothing after which nobody waits for another (a socket that never began to connect is writable for ever).
const ROUSED_MAX: u32 = 8;

/// Where a row stands: the name or the machine's own addresses, and the position in them.
type Place = (usize, usize);

/// A matrix that is being filled in.
#[derive(Debug)]
pub(super) struct Reach {
    by: Actor,
    port: u16,
    until: Duration,
    /// Names that are looked up, by ticket, with the first half of their place.
    names: BTreeMap<u64, (usize, String)>,
    knocks: BTreeMap<Sock, Knock>,
    rows: BTreeMap<Place, Try>,
}

/// A connect that waits.
#[derive(Clone, Debug)]
struct Knock {
    place: Place,
    name: String,
    at: SocketAddr,
    /// How often it reached itself.
    again: u32,
    /// How often the poller told of it for nothing.
    roused: u32,
}

impl Reach {
    pub(super) fn deadline(&self) -> Duration {
        self.until
    }

    fn is_done(&self) -> bool {
        self.names.is_empty() && self.knocks.is_empty()
    }

    fn tell(&mut self, place: Place, name: &str, at: Option<SocketAddr>, outcome: Reached) {
        let row = Try {
            name: name.to_owned(),
            at: at.map(Address::Inet),
            outcome,
        };
        self.rows.insert(place, row);
    }

    /// Connects; what waits is kept, and what does not is told.
    fn knock(&mut self, knock: Knock, turn: &mut Turn) {
        let at = knock.at;
        let sock = match turn.os.socket(Transport::Tcp, at.is_ipv6()) {
            Ok(sock) => sock,
            Err(errno) => {
                return self.tell(knock.place, &knock.name, Some(at), Reached::No(errno));
            }
        };
        let write = Interest {
            write: true,
            ..Interest::default()
        };
        let got = match turn.os.connect(sock, &Address::Inet(at)) {
            Err(Errno::EINPROGRESS) => match turn.os.watch(sock, write) {
                Ok(()) => {
                    self.knocks.insert(sock, knock);
                    return;
                }
                Err(errno) => Err(errno),
            },
            got => got,
        };
        self.answer(sock, knock, got, turn);
    }

    /// A connect is over.
    fn answer(&mut self, sock: Sock, mut knock: Knock, got: Result<(), Errno>, turn: &mut Turn) {
        let own = turn.os.local_address(sock);
        let is_itself = got.is_ok() && own == Ok(Address::Inet(knock.at));
        turn.os.close(sock);
        if is_itself && knock.again < AGAIN_MAX {
            knock.again += 1;
            return self.knock(knock, turn);
        }
        let outcome = got.map_or_else(Reached::No, |()| Reached::Yes);
        self.tell(knock.place, &knock.name, Some(knock.at), outcome);
    }
}

impl Net {
    pub(super) fn begin_reach(&mut self, by: Actor, port: u16, turn: &mut Turn) {
        if self.probes.reach.is_some() {
            return self.refuse(by, "addresses are tried already", turn);
        }
        let mut reach = Reach {
            by,
            port,
            until: turn.os.now() + PATIENCE,
            names: BTreeMap::new(),
            knocks: BTreeMap::new(),
            rows: BTreeMap::new(),
        };
        // What stands between the two names are the machine's own addresses.
        for (first, name) in [(0, "localhost".to_owned()), (2, turn.os.hostname())] {
            let ticket = self.shared.ticket();
            turn.os.resolve(ticket, &name);
            reach.names.insert(ticket, (first, name));
        }
        let places = own_addresses(turn).into_iter().enumerate();
        for (second, ip) in places.take(TRIES_MAX) {
            let knock = Knock {
                place: (1, second),
                name: ip.to_string(),
                at: SocketAddr::new(ip, port),
                again: 0,
                roused: 0,
            };
            reach.knock(knock, turn);
        }
        self.probes.reach = Some(reach);
    }

    /// The resolver answered.
    pub(super) fn reach_named(
        &mut self,
        ticket: u64,
        answer: &Result<Vec<IpAddr>, String>,
        turn: &mut Turn,
    ) {
        let Some(reach) = &mut self.probes.reach else {
            return;
        };
        let Some((first, name)) = reach.names.remove(&ticket) else {
            return;
        };
        match answer {
            Err(why) => reach.tell((first, 0), &name, None, Reached::Unresolved(why.clone())),
            Ok(ips) => {
                for (second, ip) in ips.iter().take(TRIES_MAX).enumerate() {
                    let knock = Knock {
                        place: (first, second),
                        name: name.clone(),
                        at: SocketAddr::new(*ip, reach.port),
                        again: 0,
                        roused: 0,
                    };
                    reach.knock(knock, turn);
                }
            }
        }
        self.end_reach_if_done(turn);
    }

    /// The poller told that a connect is over.
    pub(super) fn reach_told(&mut self, sock: Sock, turn: &mut Turn) {
        let Some(reach) = &mut self.probes.reach else {
            return;
        };
        let Some(mut knock) = reach.knocks.remove(&sock) else {
            return;
        };
        let got = match turn.os.take_error(sock) {
            Ok(None) => turn.os.peer_address(sock).map(drop),
            Ok(Some(errno)) | Err(errno) => Err(errno),
        };
        if got == Err(Errno::ENOTCONN) {
            // Woken for nothing: it is still under way. Again and again, and it is listened to no more.
            knock.roused += 1;
            if knock.roused >= ROUSED_MAX {
                // Where the poller refuses that, too, the next wake asks again.
                let _ = turn.os.watch(sock, Interest::default());
            }
            reach.knocks.insert(sock, knock);
            return;
        }
        reach.answer(sock, knock, got, turn);
        self.end_reach_if_done(turn);
    }

    /// Time is up for whoever has not answered.
    pub(super) fn expire_reach(&mut self, now: Duration, turn: &mut Turn) {
        if self
            .probes
            .reach
            .as_ref()
            .is_some_and(|reach| reach.until <= now)
        {
            self.end_reach(turn);
        }
    }

    /// Tells what came of it, as far as it came.
    pub(super) fn end_reach(&mut self, turn: &mut Turn) {
        let Some(mut reach) = self.probes.reach.take() else {
            return;
        };
        for (ticket, (first, name)) in std::mem::take(&mut reach.names) {
            turn.os.abandon(ticket);
            reach.tell((first, 0), &name, None, Reached::Silent);
        }
        for (sock, knock) in std::mem::take(&mut reach.knocks) {
            turn.os.close(sock);
            reach.tell(knock.place, &knock.name, Some(knock.at), Reached::Silent);
        }
        let measure = Measure::Reach {
            port: reach.port,
            tries: reach.rows.into_values().collect(),
        };
        let shared = &mut self.shared;
        Cx { shared, turn }.tell_all(reach.by, What::Measured(measure));
    }

    fn end_reach_if_done(&mut self, turn: &mut Turn) {
        if self.probes.reach.as_ref().is_some_and(Reach::is_done) {
            self.end_reach(turn);
        }
    }
}

/// The addresses at which this machine can be reached from itself: 127.0.0.2 is as good as 127.0.0.1 where the whole
/// of 127/8 is loopback, and a link-local one needs its zone, so it is left out.
fn own_addresses(turn: &mut Turn) -> Vec<IpAddr> {
    let mut all = vec![
        Ipv4Addr::LOCALHOST.into(),
        Ipv4Addr::new(127, 0, 0, 2).into(),
        Ipv6Addr::LOCALHOST.into(),
    ];
    for ip in turn.os.addresses() {
        let is_local = match ip {
            IpAddr::V4(ip) => ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
        };
        if !is_local && !all.contains(&ip) {
            all.push(ip);
        }
    }
    all
}
