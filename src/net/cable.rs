//! The cable of a connection: pulled without privilege, so that the kernel's own clockwork shows, and plugged in again.
//! Where the kernel has no way to do it, a pair that is all ours stands still instead, and is told to be simulated.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::cx::{Cx, Turn};
use super::socket::Socket;
use super::timer::Alarm;
use super::{Net, want};
use crate::endpoint::Address;
use crate::event::{Actor, Cable, ConnId, Errno, Syscall, What};

/// The longest pause between two retransmissions while the cable is out, so that a connection heals within a second of
/// `plug`.
const LONGEST_PAUSE: &str = "1000";

/// With pauses so short the kernel would give up after 15 of them, in 14 s. This is how long 15 of the usual ones take
/// (`tcp_retries2` in Linux's ip-sysctl), in milliseconds.
const PATIENCE: &str = "924600";

/// When a cable that could not be plugged in is tried again.
const PLUG_AGAIN: Duration = Duration::from_secs(1);

/// What was done to a socket whose cable is out.
#[derive(Debug)]
pub(super) struct Pulled {
    cable: Cable,
    /// The option that does it was set on this socket; else on its other end alone.
    is_here: bool,
    /// The longest pause as it was.
    pause: Option<String>,
    /// `TCP_USER_TIMEOUT` is ours to take back.
    patient: bool,
}

impl Net {
    /// Pulls the cable at this end; the other one, if it is ours, sits at the same.
    pub(super) fn unplug(
        &mut self,
        by: Actor,
        conn: ConnId,
        heal: Option<Duration>,
        turn: &mut Turn,
    ) {
        let other = self.other_end(conn);
        let ends = [Some(conn), other];
        let pulled = ends.into_iter().flatten().find(|end| {
            let socket = self.socket(*end);
            socket.is_some_and(|socket| socket.pulled.as_ref().is_some_and(|it| it.is_here))
        });
        let mut end = pulled.unwrap_or(conn);
        if pulled.is_none() {
            let mut cable = None;
            self.with(conn, turn, |socket, cx| {
                cable = socket.pull(by, other.is_some(), cx);
            });
            let Some(cable) = cable else { return };
            if let Some(other) = other {
                self.with(other, turn, |socket, cx| socket.pull_with(by, cable, cx));
            }
            end = conn;
        } else if heal.is_none() {
            let shared = &mut self.shared;
            return Cx { shared, turn }.refuse(conn, by, "the cable is pulled already: `plug`");
        }
        if let Some(heal) = heal {
            let at = turn.os.now() + heal;
            self.shared.timers.set(end, Alarm::Plug, at);
        }
    }

    /// Plugs it in again, at whichever end it was pulled.
    pub(super) fn plug(&mut self, by: Actor, conn: ConnId, turn: &mut Turn) {
        let ends = [Some(conn), self.other_end(conn)];
        let is_pulled = |end: &ConnId| self.socket(*end).is_some_and(Socket::is_unplugged);
        let mut ends: Vec<ConnId> = ends.into_iter().flatten().filter(is_pulled).collect();
        if ends.is_empty() {
            let shared = &mut self.shared;
            return Cx { shared, turn }.refuse(conn, by, "the cable is plugged in");
        }
        // First where it was pulled: as long as it stays so there, the other end is not plugged in.
        ends.sort_by_key(|end| !self.socket(*end).is_some_and(Socket::is_pulled_here));
        for end in ends {
            self.shared.timers.cancel(end, Alarm::Plug);
            self.with(end, turn, |socket, cx| socket.plug(by, cx));
            if self.socket(end).is_some_and(Socket::is_unplugged) {
                return;
            }
        }
    }

    /// The other end of a connection, where it is ours.
    fn other_end(&self, conn: ConnId) -> Option<ConnId> {
        let socket = self.socket(conn)?;
        if let Some(twin) = socket.twin {
            return self.socket(twin).map(|twin| twin.id);
        }
        let (local, peer) = socket.ends.as_ref()?;
        let mirrors = |other: &Socket| {
            other.transport == socket.transport
                && other
                    .ends
                    .as_ref()
                    .is_some_and(|(from, to)| (from, to) == (peer, local))
        };
        if [local, peer].contains(&&Address::Unnamed) {
            return None;
        }
        let mut all = self.sockets.values();
        all.find(|other| mirrors(other)).map(|other| other.id)
    }
}

impl Socket {
    pub(super) fn is_unplugged(&self) -> bool {
        self.pulled.is_some()
    }

    fn is_pulled_here(&self) -> bool {
        self.pulled.as_ref().is_some_and(|pulled| pulled.is_here)
    }

    /// Neither sent nor read, since the kernel could not pull the cable.
    pub(super) fn stands_still(&self) -> bool {
        let pulled = self.pulled.as_ref();
        pulled.is_some_and(|pulled| pulled.cable == Cable::Simulated)
    }

    /// Pulls the cable here; tells how, or why not.
    fn pull(&mut self, by: Actor, is_pair: bool, cx: &mut Cx) -> Option<Cable> {
        let Some(cable) = self.kind.cable.filter(|_| self.sock.is_some()) else {
            let text = match self.sock {
                Some(_) => {
                    "a stream between Unix sockets has no cable: its bytes go from memory to memory"
                }
                None => "there is no socket yet",
            };
            cx.refuse(self.id, by, text);
            return None;
        };
        match self.set_cable(cable, true, by, cx) {
            Ok(()) => {
                self.take_out(cable, true, cx);
                Some(cable)
            }
            // Only where nothing else can pull it does a pair of ours stand still.
            Err(errno) if cable == Cable::Md5sig && is_pair && lacks(errno) => {
                let text = format!(
                    "{}: this kernel has no TCP_MD5SIG; simulated instead: nothing is sent or read at both ends",
                    errno.name()
                );
                cx.note(self.id, by, text);
                self.take_out(Cable::Simulated, true, cx);
                Some(Cable::Simulated)
            }
            Err(errno) => {
                let text = format!("the cable cannot be pulled here: {}", errno.text());
                cx.refuse(self.id, by, &text);
                None
            }
        }
    }

    /// The cable was pulled at the other end.
    fn pull_with(&mut self, by: Actor, cable: Cable, cx: &mut Cx) {
        // A filter stops what comes; what goes is stopped where it comes.
        let here = match cable {
            Cable::Md5sig => false,
            Cable::Filter => self.set_cable(cable, true, by, cx).is_ok(),
            Cable::Simulated => true,
        };
        self.take_out(cable, here, cx);
    }

    fn take_out(&mut self, cable: Cable, is_here: bool, cx: &mut Cx) {
        let mut pulled = Pulled {
            cable,
            is_here,
            pause: None,
            patient: false,
        };
        cx.tell(self.id, Actor::Loop, What::Cable(Some(cable)));
        if cable == Cable::Md5sig && self.connected {
            self.shorten_pauses(&mut pulled, cx);
        }
        self.pulled = Some(Box::new(pulled));
    }

    /// Lets the kernel try again at least once a second, without giving up sooner.
    fn shorten_pauses(&mut self, pulled: &mut Pulled, cx: &mut Cx) {
        if self.is_paced {
            return;
        }
        let Some(pause) = want::effective(self, "rto-max", cx) else {
            return;
        };
        if self.set("rto-max", LONGEST_PAUSE, Actor::Loop, cx).is_err() {
            return;
        }
        pulled.pause = Some(pause);
        // With TCP_USER_TIMEOUT keepalive no longer ends a connection by the number of its probes (tcp(7)).
        if !self.is_timed {
            let set = self.set("user-timeout", PATIENCE, Actor::Loop, cx);
            pulled.patient = set.is_ok();
        }
    }

    /// A person set an option; where it says when a silent peer is given up, our patience must not stand in its way.
    pub(super) fn lose_patience(&mut self, option: &str, cx: &mut Cx) {
        self.is_timed |= matches!(option, "user-timeout" | "keepalive");
        self.is_paced |= option == "rto-max";
        let Some(pulled) = &mut self.pulled else {
            return;
        };
        match option {
            "user-timeout" => pulled.patient = false,
            "rto-max" => pulled.pause = None,
            "keepalive" if std::mem::take(&mut pulled.patient) => {
                let _ = self.set("user-timeout", "off", Actor::Loop, cx);
            }
            _ => {}
        }
    }

    fn plug(&mut self, by: Actor, cx: &mut Cx) {
        let Some(pulled) = self.pulled.take() else {
            return;
        };
        if pulled.is_here && pulled.cable != Cable::Simulated {
            let set = self.set_cable(pulled.cable, false, by, cx);
            if let Some(errno) = set.err().filter(|_| !self.is_dead(cx)) {
                let text = format!(
                    "the cable is still pulled: {}; tried again in a second",
                    errno.text()
                );
                cx.refuse(self.id, by, &text);
                let again = cx.now() + PLUG_AGAIN;
                cx.shared.timers.set(self.id, Alarm::Plug, again);
                self.pulled = Some(pulled);
                return;
            }
        }
        cx.tell(self.id, Actor::Loop, What::Cable(None));
        if let Some(pause) = pulled.pause {
            let _ = self.set("rto-max", &pause, Actor::Loop, cx);
        }
        if pulled.patient {
            let _ = self.set("user-timeout", "off", Actor::Loop, cx);
        }
        self.enqueue(cx);
    }

    /// Whether the connection died meanwhile: then all goes through, whatever its key. That a call failed says too
    /// little; the kernel knows no peer any more (`getpeername(2)`).
    fn is_dead(&self, cx: &mut Cx) -> bool {
        let sock = self.sock.filter(|_| self.broken.is_some());
        sock.is_some_and(|sock| cx.turn.os.peer_address(sock) == Err(Errno::ENOTCONN))
    }

    /// Sets or takes back the option that drops what goes through the socket; each call is told.
    fn set_cable(&mut self, cable: Cable, out: bool, by: Actor, cx: &mut Cx) -> Result<(), Errno> {
        let (Some(sock), Some(name)) = (self.sock, cable.option()) else {
            return Ok(());
        };
        let told = |value: String| Syscall::SetOption {
            name: name.to_owned(),
            value,
        };
        if cable == Cable::Filter {
            let value = if out { "drop all" } else { "off" };
            return cx.plain(self.id, by, told(value.to_owned()), |os| {
                os.deafen(sock, out)
            });
        }
        // Nobody else shall have it, an end of ours with a key of its own least of all.
        let key = if out {
            format!("sockeye {:016x} {}", cx.turn.os.seed(), sock.0)
        } else {
            String::new()
        };
        for peer in self.signed_peers(cx)? {
            let value = format!("{peer} {}", if out { "key" } else { "off" });
            cx.plain(self.id, by, told(value), |os| {
                os.sign(sock, peer, key.as_bytes())
            })?;
        }
        Ok(())
    }

    /// Whose segments shall carry a signature: the peer's; at a listener everybody's, so that nobody can connect.
    fn signed_peers(&self, cx: &mut Cx) -> Result<Vec<SocketAddr>, Errno> {
        let sock = self.sock.ok_or(Errno::EBADF)?;
        if !self.listening {
            let known = self.ends.as_ref().map(|(_, peer)| peer.clone());
            let peer = known.map_or_else(|| cx.turn.os.peer_address(sock), Ok)?;
            return match peer {
                Address::Inet(peer) => Ok(vec![peer]),
                _ => Err(Errno::EINVAL),
            };
        }
        let local = cx.turn.os.local_address(sock)?;
        let v4 = IpAddr::from(Ipv4Addr::UNSPECIFIED);
        let v6 = IpAddr::from(Ipv6Addr::UNSPECIFIED);
        let mapped = IpAddr::from(Ipv4Addr::UNSPECIFIED.to_ipv6_mapped());
        let everybody = match local {
            Address::Inet(SocketAddr::V4(_)) => vec![v4],
            Address::Inet(SocketAddr::V6(at)) if at.ip().is_unspecified() => vec![v6, mapped],
            _ => vec![v6],
        };
        Ok(everybody
            .into_iter()
            .map(|ip| SocketAddr::new(ip, 0))
            .collect())
    }
}

/// Whether the kernel cannot do it at all (tcp(7), `CONFIG_TCP_MD5SIG`).
fn lacks(errno: Errno) -> bool {
    matches!(errno.name(), "ENOPROTOOPT" | "EPERM" | "EOPNOTSUPP")
}
