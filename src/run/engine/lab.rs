//! Lab peers as the engine knows them: processes whose events come into the session as if they were ours, and which are
//! steered by signals.

use super::Engine;
use crate::endpoint::Endpoint;
use crate::event::{
    Actor, Asked as Asking, Call, Capture, ConnId, Dir, Event, Lab, Moved, Outcome, Owner, Role,
    Syscall, What,
};
use crate::net::Net;
use crate::os::{Child, ChildSignal, Got};
use crate::peer::{self, Asked, Feed, Heard, Numbers, Part, lists_of};
use crate::session::Conn;
use crate::words::Words;

/// What waits to be written to a peer's process.
const UNSENT_MAX_BYTES: usize = 4 << 10;

/// A peer whose process runs.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    listener: ConnId,
    feed: Feed,
    /// What it does, in words.
    kind: String,
    /// It begins anew when it has ended.
    reboots: bool,
    /// What it was asked to look at, as it went over the pipe.
    looked_at: Vec<u8>,
    /// What was not written to it yet.
    unsent: Vec<u8>,
    /// It is not read, since nothing more can be kept.
    is_paused: bool,
}

impl Running {
    fn new(child: Child, listener: ConnId, kind: &str) -> Self {
        Self {
            child,
            listener,
            feed: Feed::new(listener),
            kind: kind.to_owned(),
            reboots: false,
            looked_at: Vec::new(),
            unsent: Vec::new(),
            is_paused: false,
        }
    }
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
            Lab::Reboot(conn) => self.reboot_peer(by, conn),
        }
    }

    /// Whether the socket is a peer's: what it does is none of ours to ask for.
    pub(super) fn is_peers(&self, conn: ConnId) -> bool {
        let conn = self.app.session.conn(conn);
        conn.is_some_and(|conn| conn.owner == Owner::Lab)
    }

    fn start_peer(&mut self, by: Actor, kind: &str, at: &Endpoint, name: Option<String>) {
        let began = self.now();
        let child = match self.spawn_peer(kind, at) {
            Ok(child) => child,
            Err(why) => return self.tell(by, None, What::Refused(why)),
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
                at: began,
                conn: Some(listener),
                by: Actor::Lab,
                what,
            });
        }
        self.peers.push(Running::new(child, listener, kind));
    }

    fn spawn_peer(&mut self, kind: &str, at: &Endpoint) -> Result<Child, String> {
        let mut words = vec![at.to_string()];
        words.extend(kind.split_whitespace().map(str::to_owned));
        let child = self
            .os
            .spawn(&words)
            .map_err(|errno| format!("no peer: {} ({})", errno.name(), errno.text()))?;
        self.os.watch_child(child, true);
        Ok(child)
    }

    fn signal_peer(&mut self, by: Actor, conn: ConnId, signal: ChildSignal) {
        let Some(peer) = self.peer_of(by, conn) else {
            return;
        };
        let (child, listener) = (peer.child, peer.listener);
        let start = self.now();
        let got = self.os.signal_child(child, signal);
        let took = self.now().saturating_sub(start);
        let outcome = got.map_or_else(Outcome::Failed, |()| Outcome::Returned(0));
        let call = Call::new(Syscall::Kill(signal.name().to_owned()), outcome, took);
        self.tell(by, Some(listener), What::Call(call));
    }

    /// The connections of a machine that loses power vanish: no kernel is left to say that they end. A design that
    /// blocks cannot be asked for that.
    fn reboot_peer(&mut self, by: Actor, conn: ConnId) {
        let Some(peer) = self.peer_of(by, conn) else {
            return;
        };
        peer.reboots = true;
        let (child, listener) = (peer.child, peer.listener);
        let is_machine = matches!(
            peer::parse(&mut Words::new(&peer.kind, 0)),
            Ok(Part::Machine(_))
        );
        if is_machine {
            Asked::Vanish.write(&mut peer.unsent);
            // One that is stopped could not do it.
            let _ = self.os.signal_child(child, ChildSignal::Continue);
        } else {
            let text = "this design cannot let its connections vanish: the kernel ends them";
            self.tell(Actor::Lab, Some(listener), What::Note(text.to_owned()));
            self.signal_peer(by, conn, ChildSignal::Kill);
        }
    }

    /// The peer that a socket belongs to, while its process runs; told if there is none.
    fn peer_of(&mut self, by: Actor, conn: ConnId) -> Option<&mut Running> {
        let has =
            |peer: &Running| peer.listener == conn || peer.feed.conns().any(|each| each == conn);
        let Some(at) = self.peers.iter().position(has) else {
            let why = if self.is_peers(conn) {
                "this peer's program has ended"
            } else {
                "this socket is no peer's: `peer` makes one"
            };
            self.tell(by, Some(conn), What::Refused(why.to_owned()));
            return None;
        };
        self.peers.get_mut(at)
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
        if let What::Call(call) = &mut event.what {
            self.name_lists(call);
        }
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

    /// Names the sockets of a `select` as our session does.
    fn name_lists(&mut self, call: &mut Call) {
        for lists in lists_of(call) {
            self.take_events();
            for letter in ['r', 'w', 'x'] {
                for asked in lists.list_mut(letter) {
                    if let Asking::Socket(conn, name) = asked {
                        self.app.session.name(*conn).clone_into(name);
                    }
                }
            }
        }
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
        let is_back = peer.reboots && self.begin_anew(peer);
        let mut conns: Vec<ConnId> = peer.feed.conns().collect();
        conns.retain(|conn| !is_back || *conn != peer.listener);
        conns.sort_unstable();
        for conn in conns {
            if self.app.session.conn(conn).is_some_and(Conn::is_open) {
                self.tell(Actor::Lab, Some(conn), What::Gone);
            }
        }
    }

    /// Starts a peer again where it listened; false if that cannot be.
    fn begin_anew(&mut self, peer: &Running) -> bool {
        let listener = self.app.session.conn(peer.listener);
        let at = listener.and_then(|conn| conn.local.as_ref()?.endpoint(conn.transport));
        let again = at.map(|at| self.spawn_peer(&peer.kind, &at));
        let (child, text) = match again {
            Some(Ok(child)) => (Some(child), "the machine is back".to_owned()),
            Some(Err(why)) => (None, why),
            None => (None, "it had no address yet".to_owned()),
        };
        self.tell(Actor::Lab, Some(peer.listener), What::Note(text));
        let again = child.map(|child| Running::new(child, peer.listener, &peer.kind));
        let is_back = again.is_some();
        self.peers.extend(again);
        is_back
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
