//! Lab peers as the engine knows them: processes whose events come into the session as if they were ours, and which are
//! steered by signals.

use super::Engine;
use crate::endpoint::Endpoint;
use crate::event::{
    Actor, Call, Capture, ConnId, Dir, Event, Lab, Moved, Outcome, Owner, Role, Syscall, What,
};
use crate::net::Net;
use crate::os::{Child, ChildSignal, Got};
use crate::peer::{Feed, Heard, Numbers};
use crate::session::Conn;

/// What waits to be written to a peer's process.
const UNSENT_MAX_BYTES: usize = 4 << 10;

/// A peer whose process runs.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    listener: ConnId,
    feed: Feed,
    /// What it was asked to look at, as it went over the pipe.
    looked_at: Vec<u8>,
    /// What was not written to it yet.
    unsent: Vec<u8>,
    /// It is not read, since nothing more can be kept.
    is_paused: bool,
}

impl Numbers for Net {
    fn conn(&mut self) -> ConnId {
        self.number()
    }

    fn pending(&mut self) -> u32 {
        self.pending_number()
    }
}

impl Engine<'_> {
    /// Carries out something of a peer.
    pub(super) fn lab(&mut self, by: Actor, lab: Lab) {
        match lab {
            Lab::Start { kind, at, name } => self.start_peer(by, &kind, &at, name),
            Lab::Kill(conn) => self.signal_peer(by, conn, ChildSignal::Kill),
            Lab::Stop(conn) => self.signal_peer(by, conn, ChildSignal::Stop),
            Lab::Resume(conn) => self.signal_peer(by, conn, ChildSignal::Continue),
            Lab::Reboot(conn) => self.signal_peer(by, conn, ChildSignal::Kill),
        }
    }

    /// Whether the socket is a peer's: what it does is none of ours to ask for.
    pub(super) fn is_peers(&self, conn: ConnId) -> bool {
        let conn = self.app.session.conn(conn);
        conn.is_some_and(|conn| conn.owner == Owner::Lab)
    }

    fn start_peer(&mut self, by: Actor, kind: &str, at: &Endpoint, name: Option<String>) {
        let mut words = vec![at.to_string()];
        words.extend(kind.split_whitespace().map(str::to_owned));
        let at_first = self.now();
        let child = match self.os.spawn(&words) {
            Ok(child) => child,
            Err(errno) => {
                let text = format!("no peer: {} ({})", errno.name(), errno.text());
                return self.tell(by, None, What::Refused(text));
            }
        };
        if by == Actor::Script {
            self.app.made();
        }
        self.wait_for_sockets();
        let listener = self.net.number();
        let opened = What::Opened {
            name,
            role: Role::Listener,
            transport: at.transport,
            parent: None,
        };
        for what in [opened, What::Note(format!("a peer: {kind}"))] {
            // The process may be quicker than the call that started it.
            self.events.push(Event {
                at: at_first,
                conn: Some(listener),
                by: Actor::Lab,
                what,
            });
        }
        self.os.watch_child(child, true);
        self.peers.push(Running {
            child,
            listener,
            feed: Feed::new(listener),
            looked_at: Vec::new(),
            unsent: Vec::new(),
            is_paused: false,
        });
    }

    fn signal_peer(&mut self, by: Actor, conn: ConnId, signal: ChildSignal) {
        let Some(peer) = self.peer_of(conn) else {
            let why = if self.is_peers(conn) {
                "this peer's program has ended"
            } else {
                "this socket is no peer's: `peer` makes one"
            };
            return self.tell(by, Some(conn), What::Refused(why.to_owned()));
        };
        let (child, listener) = (peer.child, peer.listener);
        let start = self.now();
        let got = self.os.signal_child(child, signal);
        let took = self.now().saturating_sub(start);
        let outcome = got.map_or_else(Outcome::Failed, |()| Outcome::Returned(0));
        let call = Call::new(Syscall::Kill(signal.name().to_owned()), outcome, took);
        self.tell(by, Some(listener), What::Call(call));
    }

    fn peer_of(&self, conn: ConnId) -> Option<&Running> {
        let mut running = self.peers.iter();
        running.find(|peer| peer.listener == conn || peer.feed.conns().any(|each| each == conn))
    }

    /// A peer's process said something, or ended: a pipe full at a time, and the poller tells of more.
    pub(super) fn hear(&mut self, child: Child) {
        let Some(at) = self.peers.iter().position(|peer| peer.child == child) else {
            // It was given up, and is read to its end all the same.
            let _ = self.os.read_child(child, &mut Vec::new());
            return;
        };
        let mut peer = self.peers.swap_remove(at);
        if self.app.session.is_full() {
            peer.is_paused = true;
            self.os.watch_child(child, false);
            return self.peers.push(peer);
        }
        let read = self.os.read_child(child, peer.feed.buf());
        let whole = self.take_in(&mut peer);
        match read {
            Ok(1..) if whole.is_ok() => self.peers.push(peer),
            Err(errno) if errno.would_block() && whole.is_ok() => self.peers.push(peer),
            _ => self.end_peer(&peer, whole.err()),
        }
    }

    /// Takes the events of a peer that came whole.
    ///
    /// # Errors
    ///
    /// Why no more can be understood, in words.
    fn take_in(&mut self, peer: &mut Running) -> Result<(), String> {
        loop {
            let heard = peer.feed.next(&mut self.net);
            let Some(heard) = heard.map_err(|broken| broken.to_string())? else {
                return Ok(());
            };
            for each in heard {
                self.take_heard(each);
            }
        }
    }

    /// Stores the bytes of an event, and takes it.
    fn take_heard(&mut self, heard: Heard) {
        let Heard { mut event, bytes } = heard;
        let (at, conn) = (event.at, event.conn);
        if let (What::Call(Call { moved, .. }), Some(conn)) = (&mut event.what, conn)
            && let Some(Moved { dir, range }) = moved
        {
            let session = &mut self.app.session;
            *range = match dir {
                Dir::In => {
                    session.room(conn, bytes.len()).extend_from_slice(&bytes);
                    session.commit(conn, bytes.len(), at)
                }
                Dir::Out => session.sent(conn, &bytes, at),
            };
        }
        self.events.push(event);
    }

    /// A peer's process is gone, and its sockets with it.
    fn end_peer(&mut self, peer: &Running, why: Option<String>) {
        self.take_events();
        // It may live on where it is only not understood.
        let _ = self.os.signal_child(peer.child, ChildSignal::Kill);
        let torn = peer
            .feed
            .is_torn()
            .then(|| "it ended in the middle of a word".to_owned());
        if let Some(text) = why.or(torn) {
            self.tell(Actor::Lab, Some(peer.listener), What::Note(text));
        }
        let banners: Vec<String> = peer.feed.banners().map(str::to_owned).collect();
        for key in banners {
            let text = None;
            self.tell(Actor::Lab, None, What::Limit { text, key });
        }
        let mut conns: Vec<ConnId> = peer.feed.conns().collect();
        conns.sort_unstable();
        for conn in conns {
            if self.app.session.conn(conn).is_some_and(Conn::is_open) {
                self.tell(Actor::Lab, Some(conn), What::Gone);
            }
        }
    }

    /// Asks peers for the numbers of those of their sockets that somebody looks at, and reads on where there is room
    /// again.
    pub(super) fn look_at_peers(&mut self, looked_at: &[ConnId]) {
        for peer in &mut self.peers {
            let mut asked = Vec::new();
            peer.feed.look(looked_at).write(&mut asked);
            // One that is stopped reads nothing: it is told when there is room again.
            if asked != peer.looked_at && peer.unsent.len() < UNSENT_MAX_BYTES {
                peer.unsent.extend_from_slice(&asked);
                peer.looked_at = asked;
            }
            if !peer.unsent.is_empty() {
                write(
                    self.os.write_child(peer.child, &peer.unsent),
                    &mut peer.unsent,
                );
            }
            if peer.is_paused && !self.app.session.is_full() {
                peer.is_paused = false;
                self.os.watch_child(peer.child, true);
            }
        }
    }
}

/// Forgets what was written.
fn write(got: Got<usize>, unsent: &mut Vec<u8>) {
    match got {
        Ok(taken) => drop(unsent.drain(..taken.min(unsent.len()))),
        Err(errno) if errno.would_block() => {}
        // Its end is told where it is read.
        Err(_) => unsent.clear(),
    }
}
