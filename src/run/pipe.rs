//! Standard input to a socket and the socket to standard output, byte-exact, with a half-close at the end of the input.
//! Where standard output is a terminal, bytes are escaped: none of a peer reaches a terminal as it is.

use std::time::Duration;

use super::outlet::{OUTLET_MAX_BYTES, Outlet};
use super::{Ending, Engine, Face, answer_headless};
use crate::endpoint::Endpoint;
use crate::escape::escape_lines;
use crate::event::{ConnId, Dir, Flags, Role, Want, What};
use crate::os::Wake;
use crate::session::{Conn, Ending as LaneEnding, Lane};

/// Bytes of a direction that stay on the tapes: what was written out is not needed any more.
const KEEP_BYTES: u64 = 1 << 20;

/// Bytes that go from the tape to standard output in one piece.
const PIECE_BYTES: u64 = 256 << 10;

/// How often standard output is filled in one turn.
const ROUNDS_A_TURN: usize = 4;

/// One socket between standard input and output.
#[derive(Debug)]
pub struct Pipe {
    /// The command that makes the socket.
    line: String,
    conn: Option<ConnId>,
    outlet: Outlet,
    /// How many received bytes went to standard output.
    written: u64,
    /// How many bytes of standard input were handed to the net.
    taken: u64,
    /// Standard input has ended.
    ended: bool,
    /// Standard input may have something.
    readable: bool,
    /// There is more for standard output, which takes it.
    is_short: bool,
    /// Reading was stopped, since standard output is slower.
    paused: bool,
    interrupted: Option<u8>,
    /// Whoever started us was told where we listen, or need not be.
    announced: bool,
    buf: Vec<u8>,
}

impl Pipe {
    /// A pipe through the socket that a `connect` or `listen` line makes.
    #[must_use]
    pub fn new(line: String) -> Self {
        Self {
            line,
            conn: None,
            outlet: Outlet::default(),
            written: 0,
            taken: 0,
            ended: false,
            readable: false,
            is_short: false,
            paused: false,
            interrupted: None,
            announced: false,
            buf: Vec::new(),
        }
    }

    /// Says once on standard error where others may connect or send to: the kernel may have chosen the port.
    fn announce(&mut self, engine: &mut Engine<'_>) {
        let Some(first) = engine.app.session.conns().first() else {
            return;
        };
        let at = first
            .local
            .as_ref()
            .and_then(|local| local.endpoint(first.transport));
        let is_reached = matches!(first.role, Role::Listener | Role::Datagram);
        if let Some(at) = at.filter(|_| is_reached && first.is_open()) {
            self.announced = true;
            engine.os.write_stderr(&format!("ready {at}"));
        }
    }

    /// Finds the socket: the one that was made, or the first that a listener accepted, which then listens no more.
    fn adopt(&mut self, engine: &mut Engine<'_>) {
        let Some(first) = engine.app.session.conns().first() else {
            return;
        };
        let (id, role) = (first.id, first.role);
        if role != Role::Listener {
            self.conn = Some(id);
            return;
        }
        let mut conns = engine.app.session.conns().iter();
        let accepted = conns.find(|conn| conn.parent == Some(id));
        self.conn = accepted.map(|accepted| accepted.id);
        drop(conns);
        if self.conn.is_some() {
            engine.want(id, Want::Close);
        }
    }

    /// Writes out what was received, as far as standard output takes it, and stops the reading while it takes too
    /// little.
    fn output(&mut self, engine: &mut Engine<'_>, id: ConnId) {
        let len = engine.app.session.lane(id, Dir::In).map_or(0, Lane::len);
        let mut whole = true;
        for _ in 0..ROUNDS_A_TURN {
            whole = self.fill(engine, id, len);
            self.outlet.drain(engine.os);
        }
        // Standard output takes more at once: nobody will tell, so the next turn comes by itself.
        self.is_short = whole && self.written < len && self.outlet.is_empty();
        let session = &mut engine.app.session;
        session.keep(id, Dir::In, (len - self.written) + KEEP_BYTES);
        session.keep(id, Dir::Out, KEEP_BYTES);
        let behind = len - self.written > OUTLET_MAX_BYTES as u64;
        if behind != self.paused {
            self.paused = behind;
            let (auto, rate) = (!behind, None);
            engine.want(id, Want::Reading { auto, rate });
        }
    }

    /// Hands received bytes to the outlet while it has room; false if what is left begins a character whose other bytes
    /// are still to come.
    fn fill(&mut self, engine: &Engine<'_>, id: ConnId, len: u64) -> bool {
        let session = &engine.app.session;
        let is_terminal = engine.os.stdout_is_terminal();
        let ended = session.lane(id, Dir::In).and_then(Lane::ending).is_some();
        while self.written < len && self.outlet.has_room() {
            let end = len.min(self.written + PIECE_BYTES);
            let (mut bytes, _) = session.bytes(id, Dir::In, self.written..end);
            if is_terminal {
                if end < len || !ended {
                    bytes.truncate(bytes.len() - begun_scalar(&bytes));
                }
                if bytes.is_empty() {
                    return false;
                }
                self.outlet.push(escape_lines(&bytes).as_bytes());
            } else {
                self.outlet.push(&bytes);
            }
            self.written += bytes.len() as u64;
        }
        true
    }

    fn input(&mut self, engine: &mut Engine<'_>, id: ConnId) {
        let Some(conn) = engine.app.session.conn(id) else {
            return;
        };
        let sent = engine.app.session.lane(id, Dir::Out).map_or(0, Lane::len);
        // What was handed over and not sent is in the net's outbox, which is bounded from here.
        let room = self.taken.saturating_sub(sent) < OUTLET_MAX_BYTES as u64;
        let target = Target::of(conn)
            .filter(|_| conn.is_open() && !conn.is_under_way() && !self.ended && room);
        let is_ready = target.is_some();
        if let Some(target) = target
            && std::mem::take(&mut self.readable)
        {
            self.buf.clear();
            match engine.os.read_stdin(&mut self.buf) {
                Ok(0) => self.end_input(engine, id),
                Ok(_) => {
                    let bytes = std::mem::take(&mut self.buf);
                    self.taken += bytes.len() as u64;
                    let (flags, to) = (Flags::default(), target.address());
                    engine.want(id, Want::Send { bytes, flags, to });
                }
                Err(errno) if errno.would_block() => {}
                Err(_) => self.end_input(engine, id),
            }
        }
        engine
            .os
            .watch_stdin(is_ready && !self.ended && !self.readable);
    }

    fn end_input(&mut self, engine: &mut Engine<'_>, id: ConnId) {
        self.ended = true;
        if engine
            .app
            .session
            .conn(id)
            .is_some_and(|conn| !conn.transport.is_connectionless())
        {
            engine.want(id, Want::Shutdown(crate::event::How::Write));
        }
    }

    fn is_over(&self, engine: &Engine<'_>, conn: &Conn) -> bool {
        let ending = |dir| engine.app.session.lane(conn.id, dir).and_then(Lane::ending);
        let len = engine
            .app
            .session
            .lane(conn.id, Dir::In)
            .map_or(0, Lane::len);
        let out_over = ending(Dir::Out).is_some();
        let in_over = ending(Dir::In).is_some();
        self.written == len && self.outlet.is_empty() && in_over && out_over
    }
}

impl Face for Pipe {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        engine
            .os
            .open_signals()
            .map_err(|errno| Ending::failure(3, format!("signals: {}", errno.name())))?;
        self.announced = engine.manner.quiet;
        let line = self.line.clone();
        engine
            .line(crate::event::Actor::User, &line)
            .map_err(|complaint| Ending::failure(2, complaint.to_string()))
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        self.readable |= *wake == Wake::Stdio;
        self.interrupted = answer_headless(wake, engine).or(self.interrupted);
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        if !self.announced {
            self.announce(engine);
        }
        if self.conn.is_none() {
            self.adopt(engine);
        }
        if let Some(id) = self.conn {
            self.output(engine, id);
            self.input(engine, id);
        }
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        self.is_short.then(|| engine.now())
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        if let Some(ending) = self.outlet.ending() {
            return Some(ending);
        }
        if let Some(code) = self.interrupted {
            return Some(Ending::code(code));
        }
        let session = &engine.app.session;
        let first = session.conns().first()?;
        let conn = self.conn.and_then(|id| session.conn(id)).unwrap_or(first);
        if self.conn.is_none() && first.is_open() {
            return None;
        }
        if !conn.is_open() && !conn.connected && conn.role != Role::Accepted {
            return Some(Ending::failure(
                3,
                format!("{}: {}", self.line, why(engine, conn)),
            ));
        }
        if !self.is_over(engine, conn) {
            return None;
        }
        let broken =
            session.lane(conn.id, Dir::In).and_then(Lane::ending) == Some(LaneEnding::Broken);
        Some(match conn.trouble.filter(|_| broken) {
            Some(_) => Ending::failure(3, format!("{}: {}", self.line, why(engine, conn))),
            None => Ending::code(0),
        })
    }

    fn end(&mut self, _engine: &mut Engine<'_>) {}
}

/// Where standard input goes.
enum Target {
    /// To the one peer of the socket.
    Peer,
    /// To whoever sent last, on a socket without a peer.
    Sender(Endpoint),
}

impl Target {
    /// `None` while nobody has sent.
    fn of(conn: &Conn) -> Option<Self> {
        if conn.role != Role::Datagram {
            return Some(Self::Peer);
        }
        let sender = conn.sender.as_ref()?.endpoint(conn.transport)?;
        Some(Self::Sender(sender))
    }

    fn address(self) -> Option<Endpoint> {
        match self {
            Self::Peer => None,
            Self::Sender(sender) => Some(sender),
        }
    }
}

/// How many bytes at the end begin a character whose other bytes are still to come.
fn begun_scalar(bytes: &[u8]) -> usize {
    let is_begun = |tail: &[u8]| {
        tail.first().is_some_and(|first| *first >= 0xc2)
            && std::str::from_utf8(tail).is_err_and(|error| error.error_len().is_none())
    };
    (1..=3.min(bytes.len()))
        .find(|count| bytes.get(bytes.len() - count..).is_some_and(is_begun))
        .unwrap_or(0)
}

/// Why a socket came to nothing, in words.
fn why(engine: &Engine<'_>, conn: &Conn) -> String {
    if let Some(trouble) = conn.trouble {
        return format!("{} ({})", trouble.errno.text(), trouble.errno.name());
    }
    let mut words = None;
    engine
        .app
        .session
        .events_before(engine.app.session.event_count(), &mut |_, event| {
            words = match &event.what {
                What::Refused(text) => Some(text.clone()),
                What::Call(call) => match &call.outcome {
                    crate::event::Outcome::Failed(errno) => {
                        Some(format!("{} ({})", errno.text(), errno.name()))
                    }
                    crate::event::Outcome::Unresolved(why)
                    | crate::event::Outcome::Cancelled(why) => Some(why.clone()),
                    _ => None,
                },
                _ => None,
            };
            words.is_none()
        });
    words.unwrap_or_else(|| "it could not be opened".to_owned())
}
