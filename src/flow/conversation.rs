//! A TCP connection as its packets show it, told from the client's side: what it must have called, and when. It keeps
//! no bytes: those lie in the file.

use std::net::SocketAddr;
use std::time::Duration;

use super::segment::Segment;
use super::stream::{Again, Fit, Ready, Stream};
use super::telling::{Telling, received};
use crate::endpoint::{Address, Transport};
use crate::event::{Call, ConnId, Dir, Errno, How, Outcome, Role, State, Syscall, What};
use crate::tape::Extent;

/// A connection.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) conn: ConnId,
    pub(super) client: SocketAddr,
    server: SocketAddr,
    /// By the direction as the client has it.
    streams: [Stream; 2],
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The client has asked for it.
    Asked(Duration),
    /// Both sides are there.
    Joined,
    /// It is over; what comes yet tells nothing new.
    Over,
}

/// What became of a segment that a conversation was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It belongs to it.
    Yes,
    /// It stands where no byte of it can stand.
    Astray,
    /// It came behind the end.
    Late,
}

impl Conversation {
    /// A connection of which a first segment came, from the client if `by_client`.
    pub(super) fn begin(
        conn: ConnId,
        (client, server): (SocketAddr, SocketAddr),
        segment: &Segment,
        telling: &mut Telling<'_>,
    ) -> Self {
        open(conn, Transport::Tcp, telling);
        let is_seen = segment.syn && segment.ack.is_none();
        let mut begun = Self {
            conn,
            client,
            server,
            streams: Default::default(),
            stage: Stage::Joined,
        };
        if segment.syn {
            begun.stage = Stage::Asked(telling.now);
            let (local, peer) = (Some(client.into()), None);
            telling.tell(Some(conn), What::Addressed { local, peer });
            let call = begun.connect(Outcome::Blocked, None);
            telling.tell(Some(conn), What::Call(call));
        } else {
            begun.address(telling);
        }
        if !is_seen && segment.syn {
            telling.remark(Some(conn), || "its SYN was not captured".to_owned());
        }
        begun
    }

    /// Whether a segment that the client sent, or the server, begins another connection between the same addresses.
    pub(super) fn is_another(&self, segment: &Segment, dir: Dir) -> bool {
        let seq = segment.seq.wrapping_add(1);
        segment.syn && !self.streams[dir.index()].began_at(seq)
    }

    /// Takes a segment that went in that direction, seen from the client.
    pub(super) fn take(
        &mut self,
        segment: &Segment,
        dir: Dir,
        payload: &[Extent],
        telling: &mut Telling<'_>,
    ) -> Taken {
        if self.stage == Stage::Over {
            return Taken::Late;
        }
        if segment.rst {
            return self.reset(segment, dir, telling);
        }
        let seq = if segment.syn {
            let seq = segment.seq.wrapping_add(1);
            self.streams[dir.index()].begin(seq);
            seq
        } else {
            segment.seq
        };
        if dir == Dir::In || !segment.syn {
            self.join(telling);
        }
        if let Some(ack) = segment.ack {
            let other = dir.other();
            self.streams[other.index()].acknowledge(ack);
            self.go_on(other, telling);
        }
        let mut again = Vec::new();
        let fit = self.streams[dir.index()].take(seq, payload, segment.fin, &mut again);
        for again in &again {
            self.compare(dir, again, telling);
        }
        self.go_on(dir, telling);
        self.end_if_over(telling);
        match fit {
            Fit::Good => Taken::Yes,
            Fit::Early | Fit::Astray => Taken::Astray,
        }
    }

    /// The capture is over.
    pub(super) fn finish(&mut self, telling: &mut Telling<'_>) {
        if self.stage == Stage::Over {
            return;
        }
        for dir in Dir::BOTH {
            self.streams[dir.index()].finish();
            self.go_on(dir, telling);
        }
        self.end_if_over(telling);
    }

    /// Another connection begins between the same addresses: this one is over, whatever its end was.
    pub(super) fn give_way(&mut self, telling: &mut Telling<'_>) {
        self.finish(telling);
        if self.stage != Stage::Over {
            self.over(telling);
        }
    }

    /// The server has answered, or somebody has gone on as if it had.
    fn join(&mut self, telling: &mut Telling<'_>) {
        let Stage::Asked(since) = self.stage else {
            return;
        };
        self.stage = Stage::Joined;
        let blocked = telling.now.saturating_sub(since);
        let call = self.connect(Outcome::Returned(0), Some(blocked));
        telling.tell(Some(self.conn), What::Call(call));
        self.address(telling);
    }

    fn address(&self, telling: &mut Telling<'_>) {
        let (local, peer) = (Some(self.client.into()), Some(self.server.into()));
        telling.tell(Some(self.conn), What::Addressed { local, peer });
    }

    /// The client's `connect`, as a program that waits makes it.
    fn connect(&self, outcome: Outcome, blocked: Option<Duration>) -> Call {
        let call = Syscall::Connect(Address::from(self.server));
        Call {
            blocked,
            pending: Some(self.conn.0),
            ..Call::new(call, outcome, Duration::ZERO)
        }
    }

    /// Tells what a direction goes on with.
    fn go_on(&mut self, dir: Dir, telling: &mut Telling<'_>) {
        while let Some(ready) = self.streams[dir.index()].next() {
            match ready {
                Ready::Bytes(extents) => telling.moved(self.conn, dir, &extents),
                Ready::Missing(len) => {
                    let lacks = [Extent { place: None, len }];
                    let at = telling.session.stored_len(self.conn, dir);
                    telling.moved(self.conn, dir, &lacks);
                    let word = dir.word();
                    telling.remark(Some(self.conn), || {
                        format!(
                            "{len} bytes of {word} from {at} on are missing: no packet has them"
                        )
                    });
                }
                Ready::End => self.end(dir, telling),
            }
        }
    }

    /// A direction ended by FIN, all before it told.
    fn end(&mut self, dir: Dir, telling: &mut Telling<'_>) {
        let conn = self.conn;
        let is_second = self.streams[dir.other().index()].is_over();
        let state = match (dir, is_second) {
            (Dir::Out, false) => State::FinWait1,
            (Dir::Out, true) => State::LastAck,
            (Dir::In, false) => State::CloseWait,
            (Dir::In, true) => State::TimeWait,
        };
        match dir {
            Dir::Out => {
                let call = Syscall::Shutdown(How::Write);
                telling.call(conn, call, Outcome::Returned(0));
            }
            Dir::In => {
                let (max, flags) = (0, crate::event::Flags::default());
                telling.call(conn, Syscall::Recv { max, flags }, received(0));
            }
        }
        telling.tell(Some(conn), What::Ended { dir, cause: None });
        telling.tell(Some(conn), What::State(state));
    }

    fn end_if_over(&mut self, telling: &mut Telling<'_>) {
        if self.stage != Stage::Over && self.streams.iter().all(Stream::is_over) {
            self.over(telling);
        }
    }

    fn over(&mut self, telling: &mut Telling<'_>) {
        self.stage = Stage::Over;
        telling.tell(Some(self.conn), What::Gone);
    }

    /// Somebody has broken it off.
    fn reset(&mut self, segment: &Segment, dir: Dir, telling: &mut Telling<'_>) -> Taken {
        let conn = self.conn;
        if let Stage::Asked(since) = self.stage
            && dir == Dir::In
        {
            let blocked = telling.now.saturating_sub(since);
            let refused = Outcome::Failed(Errno::ECONNREFUSED);
            let call = self.connect(refused, Some(blocked));
            telling.tell(Some(conn), What::Call(call));
            self.over(telling);
            return Taken::Yes;
        }
        if !self.streams[dir.index()].may_reset(segment.seq) {
            return Taken::Astray;
        }
        for side in Dir::BOTH {
            self.streams[side.index()].finish();
            self.go_on(side, telling);
        }
        // Who resets has closed; who is reset hears of it in its next call.
        let cause = (dir == Dir::In).then_some(Errno::ECONNRESET);
        if let Some(errno) = cause {
            let (max, flags) = (0, crate::event::Flags::default());
            telling.call(conn, Syscall::Recv { max, flags }, Outcome::Failed(errno));
        } else {
            telling.remark(Some(conn), || "the client broke it off by RST".to_owned());
        }
        for side in Dir::BOTH {
            if !self.streams[side.index()].is_over() {
                let cause = Some(Errno::ECONNRESET);
                telling.tell(Some(conn), What::Ended { dir: side, cause });
            }
        }
        self.over(telling);
        Taken::Yes
    }

    /// Bytes came again: if they differ from those that came first, that is said.
    fn compare(&self, dir: Dir, again: &Again, telling: &mut Telling<'_>) {
        let conn = self.conn;
        let is_same = match again {
            Again::Told(range, came) => telling.is_same(conn, dir, range.clone(), came),
            Again::Waiting(known, came) => {
                let [known, came] = [known, came].map(|extents| telling.read(extents));
                known.is_none() || came.is_none() || known == came
            }
        };
        if is_same {
            return;
        }
        let word = dir.word();
        telling.remark(Some(conn), || match again {
            Again::Told(range, _) => format!(
                "bytes {} to {} of {word} came again and differ: what came first is shown",
                range.start,
                range.end - 1
            ),
            Again::Waiting(..) => {
                format!("bytes of {word} came twice and differ: what came first is shown")
            }
        });
    }
}

/// A conversation comes into the session, as its client has it.
pub(super) fn open(conn: ConnId, transport: Transport, telling: &mut Telling<'_>) {
    let opened = What::Opened {
        name: None,
        role: Role::Client,
        transport,
        parent: None,
    };
    telling.tell(Some(conn), opened);
}
