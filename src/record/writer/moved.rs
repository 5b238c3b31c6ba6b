//! What calls moved, as packets: each carries a part of the bytes, and the last of them the call.

use std::ops::Range;
use std::time::Duration;

use super::{Flow, Page, Placed, Writer};
use crate::event::{Call, ConnId, Dir, Event, Outcome, Syscall, What};
use crate::record::block::Writing;
use crate::record::entry::{Entry, Part, Tag, append};
use crate::record::packet::{DATAGRAM_MAX, Headers, PAYLOAD_MAX};
use crate::record::stream;
use crate::session::{Conn, Session};

/// Bytes of a call, all or a part.
#[derive(Clone, Debug)]
struct Load<'e> {
    conn: ConnId,
    dir: Dir,
    range: Range<u64>,
    /// When they moved.
    at: Duration,
    /// The call, with the last of them.
    event: Option<&'e Event>,
}

impl Load<'_> {
    /// A part of it; the last has the call.
    fn part(&self, range: Range<u64>) -> Self {
        Self {
            event: self.event.filter(|_| range.end == self.range.end),
            range,
            ..*self
        }
    }

    fn told(&self) -> Part {
        Part {
            conn: self.conn,
            dir: self.dir,
            offset: self.range.start,
            len: self.range.end - self.range.start,
            at: self.at,
        }
    }
}

impl Writer {
    /// Writes what the call of an event has moved. Whether the event was written with it.
    pub(super) fn moved(&mut self, session: &Session, event: &Event, page: &mut Page<'_>) -> bool {
        let (Some(id), What::Call(call)) = (event.conn, &event.what) else {
            return false;
        };
        let Some(moved) = &call.moved else {
            return false;
        };
        let dir = moved.dir;
        let Some(written) = self.lane(id, dir).map(|lane| lane.bytes) else {
            return false;
        };
        let range = written.max(moved.range.start)..moved.range.end;
        if range.is_empty() && !moved.range.is_empty() {
            return false;
        }
        let load = Load {
            conn: id,
            dir,
            range: range.clone(),
            at: self.next_end(session, id, dir).unwrap_or(event.at),
            event: Some(event),
        };
        let is_told = if let Some(conn) = session.conn(id) {
            self.carried(session, (conn, call), &load, page)
        } else {
            // It is forgotten, and nobody has its bytes.
            self.entries.push(&Entry::Lacking(load.told()));
            false
        };
        if let Some(lane) = self.lane(id, dir) {
            (lane.bytes, lane.calls) = (range.end, lane.calls + 1);
        }
        is_told
    }

    /// Writes the bytes of a call as what carries them. Whether the event was written with them.
    fn carried(
        &mut self,
        session: &Session,
        (conn, call): (&Conn, &Call),
        load: &Load<'_>,
        page: &mut Page<'_>,
    ) -> bool {
        let (flow, way) = Self::flow(session, conn.id, load.dir);
        let is_known = self.streams.contains_key(&flow);
        if let Some(source) = session.source_of(conn.id, load.dir, &load.range) {
            let from = (source, Dir::In, load.range.start);
            let part = load.told();
            self.entries.push(&Entry::Passed { part, from });
            return false;
        }
        if conn.transport.keeps_boundaries() {
            return self.datagram(session, (conn, call), load, page);
        }
        if !is_known && !self.is_first(conn) {
            return self.beside(session, load, page);
        }
        if let Some(conn) = session.conn(flow.conn).filter(|_| !is_known) {
            // It was there before the recording began.
            self.begin(session, conn, flow, load.at, page);
        }
        self.stretch(session, (flow, way), load, page)
    }

    /// When the next call of a direction ended.
    fn next_end(&mut self, session: &Session, id: ConnId, dir: Dir) -> Option<Duration> {
        let lane = self.lane(id, dir)?;
        if lane.ends.is_empty() {
            lane.ends = session.ends_from(id, dir, lane.calls);
        }
        lane.ends.pop_front().map(|end| end.time)
    }

    /// Bytes of a stream, as many packets as they need.
    fn stretch(
        &mut self,
        session: &Session,
        (flow, way): (Flow, Dir),
        load: &Load<'_>,
        page: &mut Page<'_>,
    ) -> bool {
        let mut is_told = false;
        session.visit(
            load.conn,
            load.dir,
            load.range.clone(),
            &mut |part, bytes| {
                let mut at = part.start;
                let Some(bytes) = bytes else {
                    if let Some(stream) = self.streams.get_mut(&flow) {
                        stream.skip(way, part.end - part.start);
                    }
                    self.entries.push(&Entry::Lacking(load.part(part).told()));
                    return;
                };
                for chunk in bytes.chunks(PAYLOAD_MAX) {
                    let Some(stream) = self.streams.get_mut(&flow) else {
                        return;
                    };
                    let headers = stream.data(way, chunk.len());
                    let due = stream.acknowledge(way);
                    let piece = load.part(at..at + chunk.len() as u64);
                    at = piece.range.end;
                    is_told |= piece.event.is_some();
                    self.packet((&headers, way == Dir::In), chunk, &piece, page);
                    if let Some((headers, came_in)) = due {
                        self.bare(&headers, came_in, load.at, page);
                    }
                }
            },
        );
        is_told
    }

    /// A datagram, or a message of a Unix socket, of which a packet may not hold all.
    fn datagram(
        &mut self,
        session: &Session,
        (conn, call): (&Conn, &Call),
        load: &Load<'_>,
        page: &mut Page<'_>,
    ) -> bool {
        // Where both ends are ours, packets are those of the first.
        if conn.twin.is_some_and(|twin| twin < conn.id) {
            return self.beside(session, load, page);
        }
        let (bytes, is_whole) = session.bytes(load.conn, load.dir, load.range.clone());
        if !is_whole {
            self.entries.push(&Entry::Lacking(load.told()));
            return false;
        }
        let far = match (&call.call, &call.outcome) {
            (Syscall::Send { to: Some(to), .. }, _) => Some(to),
            (_, Outcome::Received { from, .. }) => from.as_ref(),
            _ => None,
        };
        let near = stream::end(conn.id, true, conn.local.as_ref());
        let far = stream::end(conn.id, false, far.or(conn.peer.as_ref()));
        // What a tap receives is on its way from one of its ends to the other.
        let across = conn.across.filter(|_| load.dir == Dir::In);
        let across = across.and_then(|across| session.conn(across)?.peer.as_ref());
        let near = across.map_or(near, |peer| stream::end(conn.id, true, Some(peer)));
        let [from, to] = match load.dir {
            Dir::In => [far, near],
            Dir::Out => [near, far],
        };
        let mut at = load.range.start;
        loop {
            let rest = usize::try_from(at - load.range.start).unwrap_or(usize::MAX);
            let rest = bytes.get(rest..).unwrap_or_default();
            let chunk = rest.get(..DATAGRAM_MAX).unwrap_or(rest);
            let piece = load.part(at..at + chunk.len() as u64);
            at = piece.range.end;
            let headers = Headers::udp(from, to, chunk.len());
            self.packet((&headers, load.dir == Dir::In), chunk, &piece, page);
            if at >= load.range.end {
                return true;
            }
        }
    }

    /// Bytes that another socket's packets tell already.
    fn beside(&mut self, session: &Session, load: &Load<'_>, page: &mut Page<'_>) -> bool {
        session.visit(
            load.conn,
            load.dir,
            load.range.clone(),
            &mut |part, bytes| {
                let piece = load.part(part);
                let Some(bytes) = bytes else {
                    return self.entries.push(&Entry::Lacking(piece.told()));
                };
                self.entries.push(&Entry::Bytes(piece.told()));
                let raw_at = self.entries.write(page.out, bytes);
                self.place(&piece, page.place(raw_at));
            },
        );
        if load.range.is_empty() {
            self.entries.push(&Entry::Bytes(load.told()));
            self.entries.write(page.out, &[]);
        }
        false
    }

    /// A packet that carries a part of a call.
    fn packet(
        &mut self,
        (headers, came_in): (&Headers, bool),
        bytes: &[u8],
        load: &Load<'_>,
        page: &mut Page<'_>,
    ) {
        let len = u32::try_from(headers.bytes().len() + bytes.len()).unwrap_or(0);
        let tag = Tag {
            conn: load.conn,
            dir: load.dir,
            offset: load.range.start,
            len: u32::try_from(bytes.len()).unwrap_or(0),
            event: load.event,
        };
        self.tag.clear();
        append(&mut self.tag, &Some(tag));
        self.tell();
        let mut position = 0;
        let mut block = Writing::packet(page.out, 0, self.wall + load.at, len)
            .data(|out| {
                out.extend_from_slice(headers.bytes());
                position = out.len();
                out.extend_from_slice(bytes);
            })
            .flags(came_in)
            .told(&self.tag);
        for comment in self.comments.drain(..) {
            block = block.comment(&comment);
        }
        block.end();
        self.place(load, page.place(position));
    }

    fn place(&mut self, load: &Load<'_>, at: u64) {
        if !load.range.is_empty() {
            self.placed.push_back(Placed {
                conn: load.conn,
                dir: load.dir,
                range: load.range.clone(),
                at,
            });
        }
    }
}
