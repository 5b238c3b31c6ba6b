//! Packets of other programs, put together into the conversations that they were: the same sockets, calls and bytes as
//! those of this program, marked as inferred. Bytes stay in the file where they lie. Work grows with the file, memory
//! does not: what waits for missing packets is limited, and so are the conversations.

mod conversation;
mod extents;
mod file;
mod fragments;
mod ip;
mod link;
mod payload;
mod pcap;
mod segment;
mod stream;
mod tally;
mod telling;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

pub use file::{Capture, HEAD_BYTES, Step};

use crate::endpoint::Transport;
use crate::event::{ConnId, Dir, Event, What};
use crate::record::ABOUT;
use crate::record::block::{Block, Options};
use crate::session::Session;
use crate::tape::ShelfId;
use conversation::{Conversation, Taken};
use fragments::Fragments;
use ip::Flaw;
use link::Carried;
use payload::{Payload, front};
use tally::Tally;
use telling::Telling;

/// Conversations that are shown; packets of more are counted. What is known of so many fits into the memory that a
/// session has.
const CONVERSATIONS_MAX: usize = 1 << 15;

/// The key of the banner about them.
const LIMIT: &str = "conversations";

/// A packet as it lies in a file.
#[derive(Clone, Copy, Debug)]
struct Frame<'f> {
    /// What it begins with: a number of the LINKTYPE registry.
    link: u16,
    /// When, since 1970; not all packets say.
    at: Option<Duration>,
    /// How long it was on the wire.
    original: u32,
    /// As much of it as was kept.
    data: &'f [u8],
    /// Where that begins in the file.
    data_at: u64,
    /// What people noted at it.
    comments: Options<'f>,
}

/// The transports, by their number in IP.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Two ends that talk, the lesser first.
type Ends = (SocketAddr, SocketAddr, u8);

/// The conversations of a capture.
#[derive(Debug)]
struct Flows {
    shelf: ShelfId,
    /// The time of the first packet, since 1970.
    began: Option<Duration>,
    /// The time of the newest packet, since the first.
    now: Duration,
    /// How many packets are earlier than one before them.
    earlier: u64,
    fragments: Fragments,
    /// Which conversation two ends have now.
    table: HashMap<Ends, usize>,
    talks: Vec<Talk>,
    tally: Tally,
    remarks: u64,
    is_full: bool,
}

#[derive(Debug)]
enum Talk {
    Tcp(Box<Conversation>),
    Udp(ConnId, SocketAddr),
}

impl Flows {
    fn new(shelf: ShelfId) -> Self {
        Self {
            shelf,
            began: None,
            now: Duration::ZERO,
            earlier: 0,
            fragments: Fragments::default(),
            table: HashMap::new(),
            talks: Vec::new(),
            tally: Tally::default(),
            remarks: 0,
            is_full: false,
        }
    }

    /// Whether no packet came yet.
    fn is_empty(&self) -> bool {
        self.tally.frames == 0
    }

    /// Takes the next packet.
    fn take(&mut self, frame: &Frame<'_>, session: &mut Session, events: &mut Vec<Event>) {
        self.tally.frames += 1;
        let number = self.tally.frames;
        self.clock(frame.at);
        let mut telling = self.telling(session, events);
        let outcome = self.carried(frame, &mut telling);
        let conn = outcome.ok().flatten();
        for comment in frame.comments.comments() {
            telling.comment(conn, Some(number), comment);
        }
        self.remarks = telling.remarks;
        if let Err(name) = outcome {
            self.tally.other(name);
        }
    }

    /// Takes the next block of a file that is no recording.
    fn block(&mut self, block: &Block<'_>, session: &mut Session, events: &mut Vec<Event>) {
        match block {
            Block::Packet(packet) => {
                let frame = Frame {
                    link: packet.of.link,
                    at: packet.at,
                    original: packet.original,
                    data: packet.data,
                    data_at: packet.data_at,
                    comments: packet.options,
                };
                self.take(&frame, session, events);
            }
            Block::Section(options) | Block::Interface(_, options) => {
                let comments = options.comments();
                for comment in comments.filter(|it| *it != ABOUT.as_bytes()) {
                    self.telling(session, events).comment(None, None, comment);
                }
            }
            _ => {}
        }
    }

    /// Something about the file itself.
    fn remark(&mut self, text: String, session: &mut Session, events: &mut Vec<Event>) {
        let mut telling = self.telling(session, events);
        telling.remark(None, || text);
        self.remarks = telling.remarks;
    }

    /// Ends all that has not ended, and says what there was.
    fn finish(&mut self, session: &mut Session, events: &mut Vec<Event>) {
        self.fragments.end();
        let tally = &mut self.tally;
        tally.others("packets of which fragments lack", self.fragments.lost);
        tally.others("packets earlier than one before them", self.earlier);
        let mut telling = self.telling(session, events);
        for talk in &mut self.talks {
            if let Talk::Tcp(conversation) = talk {
                conversation.finish(&mut telling);
            }
        }
        self.tally
            .others("more remarks", telling.remarks_left_out());
        telling.tell(None, What::Note(self.tally.sentence()));
        self.remarks = telling.remarks;
    }

    /// The time goes on; it never goes back.
    fn clock(&mut self, at: Option<Duration>) {
        let Some(at) = at else { return };
        let since = at.saturating_sub(*self.began.get_or_insert(at));
        self.earlier += u64::from(since < self.now);
        self.now = self.now.max(since);
    }

    fn telling<'t>(&self, session: &'t mut Session, events: &'t mut Vec<Event>) -> Telling<'t> {
        Telling {
            session,
            events,
            now: self.now,
            remarks: self.remarks,
        }
    }

    /// Takes what a frame carries; an error is the name of what is not shown.
    fn carried(&mut self, frame: &Frame<'_>, telling: &mut Telling<'_>) -> Shown {
        let at = match link::carried(frame.link, frame.data) {
            Carried::Ip(at) => at,
            Carried::Other(name) => return Err(name),
            Carried::Cut => return Err(CUT),
        };
        let bytes = frame.data.get(at..).unwrap_or_default();
        let wire = (frame.original as usize).max(frame.data.len());
        let packet = ip::read(bytes, wire.saturating_sub(at)).map_err(name_of)?;
        let held = bytes.get(packet.at..).unwrap_or_default();
        let held = held.get(..packet.len).unwrap_or(held);
        let lies = frame.data_at + (at + packet.at) as u64;
        let extents = extents::of(self.shelf, lies, held.len() as u64, packet.len as u64);
        let mut payload = Payload {
            source: packet.source,
            target: packet.target,
            protocol: packet.protocol,
            head: held,
            extents,
        };
        let mut head = [0; segment::HEAD_MAX_BYTES];
        if let Some(fragment) = packet.fragment {
            let part = &payload.extents;
            let Some(whole) = self.fragments.take(&packet, fragment, part, self.now) else {
                return Ok(None);
            };
            let len = front(&whole, telling.session, &mut head);
            payload.extents = whole;
            payload.head = head.get(..len).unwrap_or_default();
        }
        match payload.protocol {
            TCP => self.segment(&payload, telling),
            UDP => self.datagram(&payload, telling),
            1 => Err("ICMP"),
            2 => Err("IGMP"),
            4 | 41 => Err("IP in IP"),
            47 => Err("GRE"),
            50 | 51 => Err("IPsec"),
            58 => Err("ICMPv6"),
            89 => Err("OSPF"),
            132 => Err("SCTP"),
            _ => Err("packets of another protocol"),
        }
    }

    fn segment(&mut self, payload: &Payload<'_>, telling: &mut Telling<'_>) -> Shown {
        let segment = segment::tcp(payload.head).map_err(name_of)?;
        let len = extents::len(&payload.extents);
        let at = segment.at as u64;
        if at > len {
            return Err(MALFORMED);
        }
        let bytes = extents::part(&payload.extents, at, len);
        let [from, to] = payload.pair(segment.ports);
        let key = ends(from, to, TCP);
        let known = self.table.get(&key).copied();
        let known = known.filter(|at| match self.talks.get(*at) {
            Some(Talk::Tcp(talk)) => !talk.is_another(&segment, side(from, talk.client)),
            _ => false,
        });
        let at = match known {
            Some(at) => at,
            // What nobody had begun cannot be broken off.
            None if segment.rst => return Err("RST of connections that were not seen"),
            None => self.begin(key, &segment, [from, to], telling)?,
        };
        let Some(Talk::Tcp(talk)) = self.talks.get_mut(at) else {
            return Ok(None);
        };
        let (dir, conn) = (side(from, talk.client), talk.conn);
        match talk.take(&segment, dir, &bytes, telling) {
            Taken::Astray => return Err("segments that fit nowhere in their connection"),
            Taken::Late if !bytes.is_empty() => {
                return Err("segments behind the end of their connection");
            }
            Taken::Late | Taken::Yes => self.tally.segments += 1,
        }
        Ok(Some(conn))
    }

    /// A connection of which this is the first segment.
    fn begin(
        &mut self,
        key: Ends,
        segment: &segment::Segment,
        [from, to]: [SocketAddr; 2],
        telling: &mut Telling<'_>,
    ) -> Result<usize, &'static str> {
        let conn = self.next_conn(telling)?;
        let by_client = match (segment.syn, segment.ack) {
            (true, ack) => ack.is_none(),
            // Without its SYN the server is the one with the lesser port.
            (false, _) => from.port() >= to.port(),
        };
        let before = self.table.get(&key);
        if let Some(Talk::Tcp(before)) = before.and_then(|at| self.talks.get_mut(*at)) {
            before.give_way(telling);
        }
        let pair = if by_client { (from, to) } else { (to, from) };
        let begun = Conversation::begin(conn, pair, segment, telling);
        self.tally.connections += 1;
        self.tally.cut(telling.cut(conn, pair.1.port(), false));
        Ok(self.keep(key, Talk::Tcp(Box::new(begun))))
    }

    fn datagram(&mut self, payload: &Payload<'_>, telling: &mut Telling<'_>) -> Shown {
        let datagram = segment::udp(payload.head).map_err(name_of)?;
        let len = extents::len(&payload.extents);
        let told = u64::from(datagram.len);
        let end = if told == 0 { len } else { told.min(len) };
        let bytes = extents::part(&payload.extents, segment::UDP_HEAD_BYTES as u64, end);
        let [from, to] = payload.pair(datagram.ports);
        let key = ends(from, to, UDP);
        let at = match self.table.get(&key) {
            Some(at) => *at,
            None => {
                let conn = self.next_conn(telling)?;
                // Servers have the known ports.
                let by_client = from.port() >= 1024 || from.port() >= to.port();
                let (client, server) = if by_client { (from, to) } else { (to, from) };
                conversation::open(conn, Transport::Udp, telling);
                let (local, peer) = (Some(client.into()), Some(server.into()));
                telling.tell(Some(conn), What::Addressed { local, peer });
                self.tally.exchanges += 1;
                self.tally.cut(telling.cut(conn, server.port(), true));
                self.keep(key, Talk::Udp(conn, client))
            }
        };
        let Some(Talk::Udp(conn, client)) = self.talks.get(at) else {
            return Ok(None);
        };
        telling.moved(*conn, side(from, *client), &bytes);
        self.tally.datagrams += 1;
        Ok(Some(*conn))
    }

    /// The number of the next conversation, unless there are too many.
    fn next_conn(&mut self, telling: &mut Telling<'_>) -> Result<ConnId, &'static str> {
        let number = u32::try_from(self.talks.len()).unwrap_or(u32::MAX);
        if self.talks.len() < CONVERSATIONS_MAX {
            return Ok(ConnId(number));
        }
        if !std::mem::replace(&mut self.is_full, true) {
            let text = format!(
                "{CONVERSATIONS_MAX} conversations are shown; packets of more are only counted"
            );
            let (text, key) = (Some(text), LIMIT.to_owned());
            telling.tell(None, What::Limit { text, key });
        }
        Err("packets of more conversations than are shown")
    }

    fn keep(&mut self, key: Ends, talk: Talk) -> usize {
        let at = self.talks.len();
        self.talks.push(talk);
        self.table.insert(key, at);
        at
    }
}

/// The conversation of which something became part, unless more is waited for; or its name, if it is not shown.
type Shown = Result<Option<ConnId>, &'static str>;

/// What is not shown since too little of it was kept.
const CUT: &str = "packets cut within their headers";

/// What is not shown since it cannot be.
const MALFORMED: &str = "packets with headers that cannot be";

fn name_of(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Cut => CUT,
        Flaw::Malformed => MALFORMED,
    }
}

fn ends(from: SocketAddr, to: SocketAddr, protocol: u8) -> Ends {
    (from.min(to), from.max(to), protocol)
}

/// The direction of what `from` sent, as the client has it.
fn side(from: SocketAddr, client: SocketAddr) -> Dir {
    if from == client { Dir::Out } else { Dir::In }
}
