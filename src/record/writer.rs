//! Events into blocks, in the order of the log: what a call moved becomes packets that carry the call beside its bytes,
//! everything else an entry. It writes to a buffer, and waits for nobody.

mod moved;
mod prelude;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use super::block::{self, LINK_RAW, Writing};
use super::entry::{self, Began, Entries, Entry, Tag, VERSION, append};
use super::packet::Headers;
use super::stream::{self, Stream};
use crate::endpoint::Address;
use crate::event::{ConnId, Dir, Event, Role, What};
use crate::session::{Conn, Session};
use crate::tape::Boundary;

/// Entries are written as a block once they are so long; a packet writes those before it, however short.
const ENTRIES_BYTES: usize = 16 << 10;

/// Comments that wait for a packet; what is more is left to the log.
const COMMENTS_MAX: usize = 64;

/// What the file says of itself to people.
pub const ABOUT: &str = "Bytes and times are what socket calls gave and took. IP and TCP headers are made up around \
     them; addresses in 2001:db8::/32 stand for Unix sockets and for what was not known.";

/// Where blocks go: a buffer, and where in the file it begins, counted so that it may wrap around.
#[derive(Debug)]
pub struct Page<'o> {
    /// The buffer.
    pub out: &'o mut Vec<u8>,
    /// The offset in the file less the length that the buffer had then.
    pub base: u64,
}

impl Page<'_> {
    /// Where a position in the buffer comes to lie.
    fn place(&self, position: usize) -> u64 {
        self.base.wrapping_add(position as u64)
    }
}

/// Bytes of a direction that a recording has, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Whose.
    pub conn: ConnId,
    /// Which direction.
    pub dir: Dir,
    /// Which bytes.
    pub range: Range<u64>,
    /// Where in the file they begin.
    pub at: u64,
}

/// Writes a session.
#[derive(Debug)]
pub struct Writer {
    /// When the session began, since 1970.
    wall: Duration,
    entries: Entries,
    /// Of each socket.
    lanes: HashMap<ConnId, [Lane; 2]>,
    streams: HashMap<Flow, Stream>,
    /// Comments for the next packet.
    comments: VecDeque<String>,
    placed: VecDeque<Placed>,
    /// Room for what is said of a packet.
    tag: Vec<u8>,
}

/// What was written of a direction.
#[derive(Debug, Default)]
struct Lane {
    bytes: u64,
    calls: u64,
    /// Where the next calls ended, as far as that was looked up.
    ends: VecDeque<Boundary>,
}

/// A connection in packets: that of a socket, or of what goes to the target of a tap instead of what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Flow {
    conn: ConnId,
    /// The bytes of a tap's side that are not those of its other side.
    is_own: bool,
}

impl Writer {
    /// A recording of a session that began at `wall`, with its first blocks.
    #[must_use]
    pub fn new(wall: Duration, page: &mut Page<'_>) -> Self {
        let program = concat!("Sockeye ", env!("CARGO_PKG_VERSION"));
        Writing::section(page.out, program).comment(ABOUT).end();
        Writing::interface(page.out, LINK_RAW, 0)
            .named("sockeye")
            .end();
        let mut entries = Entries::default();
        let version = VERSION;
        entries.push(&Entry::Began(Began { version, wall }));
        entries.write(page.out, &[]);
        Self {
            wall,
            entries,
            lanes: HashMap::new(),
            streams: HashMap::new(),
            comments: VecDeque::new(),
            placed: VecDeque::new(),
            tag: Vec::new(),
        }
    }

    /// Takes the next event, which the session has taken before.
    pub fn take(&mut self, session: &Session, event: &Event, page: &mut Page<'_>) {
        if let Some(id) = event.conn {
            self.reach(id);
        }
        if !self.moved(session, event, page) {
            self.entries.push_event(event);
        }
        match (&event.what, event.conn) {
            (What::Addressed { .. }, Some(id)) => self.open(session, id, event.at, page),
            (What::Ended { dir, cause }, Some(id)) => {
                self.end(session, (id, *dir), cause.is_some(), event.at, page);
            }
            (What::Gone, Some(id)) => self.close(session, id),
            (What::Note(text) | What::Say(text), id) => {
                let name = id.map(|id| format!("{}: ", session.name(id)));
                self.comment(format!("{}{text}", name.unwrap_or_default()));
            }
            (What::Marked(name), _) => self.comment(format!("mark {name}")),
            _ => {}
        }
        if self.entries.len() >= ENTRIES_BYTES {
            self.rest(page);
        }
    }

    /// Writes the entries that are held back.
    pub fn rest(&mut self, page: &mut Page<'_>) {
        if self.entries.len() > 0 {
            self.entries.write(page.out, &[]);
        }
    }

    /// Sockets are forgotten: nothing of them is written any more.
    pub fn forget(&mut self, gone: &[ConnId]) {
        for id in gone {
            self.lanes.remove(id);
        }
    }

    /// Where bytes were written, up to this byte of the file, in order; each is told once.
    pub fn placed_before(&mut self, end: u64) -> impl Iterator<Item = Placed> {
        std::iter::from_fn(move || {
            let next = self.placed.front()?;
            let behind = next.at + (next.range.end - next.range.start);
            (behind <= end).then(|| self.placed.pop_front())?
        })
    }

    fn lane(&mut self, id: ConnId, dir: Dir) -> Option<&mut Lane> {
        let lanes = self.lanes.get_mut(&id)?;
        Some(&mut lanes[dir.index()])
    }

    fn reach(&mut self, id: ConnId) {
        self.lanes.entry(id).or_default();
    }

    /// The conversation to which a direction of a socket belongs, and its direction there. What either side of a tap
    /// receives belongs to one: that of the client with the target.
    fn flow(session: &Session, id: ConnId, dir: Dir) -> (Flow, Dir) {
        let flow = |conn, is_own| Flow { conn, is_own };
        let conn = session.conn(id);
        let tapped = conn.and_then(|conn| Some((conn.role, conn.across?)));
        match (tapped, dir) {
            (None, _) => (flow(id, false), dir),
            (Some(_), Dir::Out) => (flow(id, true), dir),
            (Some((Role::Client, client)), Dir::In) => (flow(client, false), Dir::Out),
            (Some(_), Dir::In) => (flow(id, false), Dir::In),
        }
    }

    /// A connection is there, once both its addresses are known.
    fn open(&mut self, session: &Session, id: ConnId, at: Duration, page: &mut Page<'_>) {
        let (flow, _) = Self::flow(session, id, Dir::In);
        let Some(conn) = session.conn(flow.conn) else {
            return;
        };
        // A client's conversation is one with the target, which it has when that answers.
        let waits = conn.across.is_some() && flow.conn == id;
        let is_there = conn.peer.is_some() && !conn.transport.keeps_boundaries();
        if is_there && !waits && self.is_first(conn) && !self.streams.contains_key(&flow) {
            self.begin(session, conn, flow, at, page);
        }
    }

    /// Whether packets are written for this end of a connection. Where both are ours, the one that was there first has
    /// them.
    fn is_first(&self, conn: &Conn) -> bool {
        conn.across.is_some()
            || conn.twin.is_none_or(|twin| {
                let (conn, is_own) = (twin, false);
                !self.streams.contains_key(&Flow { conn, is_own })
            })
    }

    /// The first packets of a connection, with its name.
    fn begin(
        &mut self,
        session: &Session,
        conn: &Conn,
        flow: Flow,
        at: Duration,
        page: &mut Page<'_>,
    ) {
        let target = conn.across.filter(|_| !flow.is_own);
        let near = target.map_or(conn.local.as_ref(), |target| {
            session.conn(target).and_then(|target| target.peer.as_ref())
        });
        let ends = [
            stream::end(conn.id, true, near),
            stream::end(conn.id, false, conn.peer.as_ref()),
        ];
        let offsets = match target {
            Some(target) => [(conn.id, Dir::In), (target, Dir::In)],
            None => [(conn.id, Dir::In), (conn.id, Dir::Out)],
        };
        let offsets = offsets.map(|(id, dir)| self.lane(id, dir).map_or(0, |lane| lane.bytes));
        // What a tap sends instead of what came begins where it differs.
        let is_new = flow.is_own || offsets == [0, 0];
        let stream = Stream::new(conn.id, ends, conn.role == Role::Client, offsets);
        self.name(conn, (near, ends), page);
        if is_new {
            for (headers, came_in) in stream.handshake() {
                self.bare(&headers, came_in, at, page);
            }
        }
        self.streams.insert(flow, stream);
    }

    /// Says what a made-up address stands for, and the name of a connection.
    fn name(
        &mut self,
        conn: &Conn,
        (near, ends): (Option<&Address>, [SocketAddr; 2]),
        page: &mut Page<'_>,
    ) {
        let address = |address: Option<&Address>| {
            address.map_or_else(|| "unknown".to_owned(), ToString::to_string)
        };
        let (local, peer) = (address(near), address(conn.peer.as_ref()));
        let (name, word) = (&conn.name, conn.role.word());
        self.comment(format!(
            "{name}: {word}, {} {local} with {peer}",
            conn.transport.scheme()
        ));
        if conn.transport.is_unix() {
            let names = [(ends[0].ip(), local.as_str()), (ends[1].ip(), &peer)];
            Writing::names(page.out, names.into_iter()).end();
        }
    }

    fn comment(&mut self, text: String) {
        if self.comments.len() < COMMENTS_MAX {
            self.comments.push_back(text);
        }
    }

    /// What our option of the next packet says beside its tag: the entries before it, and which comments are ours.
    fn tell(&mut self) {
        let comments = self.comments.iter();
        let marks = comments.map(|text| entry::mark(block::noted(text).as_bytes()));
        let marks: Vec<u32> = marks.collect();
        if !marks.is_empty() {
            self.entries.push(&Entry::Comments(marks));
        }
        self.entries.append_to(&mut self.tag);
    }

    /// A direction is over: of a reset, who received it tells.
    fn end(
        &mut self,
        session: &Session,
        (id, dir): (ConnId, Dir),
        is_broken: bool,
        at: Duration,
        page: &mut Page<'_>,
    ) {
        let (flow, dir) = Self::flow(session, id, dir);
        let Some(stream) = self.streams.get_mut(&flow) else {
            return;
        };
        let dir = if is_broken { Dir::In } else { dir };
        if let Some(headers) = stream.end(dir, is_broken) {
            self.bare(&headers, dir == Dir::In, at, page);
        }
    }

    /// A socket is gone; what it was needs no room any more.
    fn close(&mut self, session: &Session, id: ConnId) {
        let across = session.conn(id).and_then(|conn| conn.across);
        let other = across.and_then(|across| session.conn(across));
        if other.is_none_or(|other| !other.is_open()) {
            let (flow, _) = Self::flow(session, id, Dir::In);
            self.streams.remove(&flow);
        }
        let (conn, is_own) = (id, true);
        self.streams.remove(&Flow { conn, is_own });
        if let Some(lanes) = self.lanes.get_mut(&id) {
            for lane in lanes {
                lane.ends = VecDeque::new();
            }
        }
    }

    /// A packet that carries nothing.
    fn bare(&mut self, headers: &Headers, came_in: bool, at: Duration, page: &mut Page<'_>) {
        let len = u32::try_from(headers.bytes().len()).unwrap_or(0);
        let mut block = Writing::packet(page.out, 0, self.wall + at, len)
            .data(|out| out.extend_from_slice(headers.bytes()))
            .flags(came_in);
        if self.entries.len() > 0 || !self.comments.is_empty() {
            self.tag.clear();
            append(&mut self.tag, &None::<Tag>);
            self.tell();
            block = block.told(&self.tag);
        }
        for comment in self.comments.drain(..) {
            block = block.comment(&comment);
        }
        block.end();
    }
}
