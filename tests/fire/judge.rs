//! Holds the log against what the kernel did, event by event (FAULTS.md: I1, I2, I3, I9). It believes neither: bytes
//! are compared with those that passed the seam.

mod asked;

use std::collections::VecDeque;
use std::time::Duration;

use sockeye::endpoint::Transport;
use sockeye::event::{
    Actor, Call, ConnId, Dir, Errno, Event, Fault, How, Outcome, Role, Syscall, What,
};
use sockeye::session::Session;

use super::program::Book;
use super::program::book::Entry;
use super::seen::{End, Seen};

/// What one socket holds for a person, and for a tap, at the most, in bytes.
const HELD_MAX: u64 = 64 << 20;
const PASSED_MAX: u64 = (18 << 20) + 1;

/// Something that must not be, and is.
pub(crate) type Wrong = String;

/// The judge.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    book: Book,
    entries: VecDeque<Entry>,
    pub(crate) seen: Vec<Seen>,
    next: u64,
    at: Duration,
    pub(crate) wrong: Option<Wrong>,
    /// Somebody types besides, and who knows what.
    is_typed: bool,
    /// Events, where somebody wants to read them.
    pub(crate) told: Option<Vec<String>>,
}

impl Judge {
    pub(crate) fn new(book: Book, is_typed: bool) -> Self {
        Self {
            book,
            is_typed,
            ..Self::default()
        }
    }

    /// How many events it has seen.
    pub(crate) fn events(&self) -> u64 {
        self.next
    }

    /// Looks at all that happened since.
    pub(crate) fn look(&mut self, session: &Session) {
        self.entries.extend(self.book.take());
        let mut fresh = Vec::new();
        session.events_from(self.next, &mut |seq, event| {
            fresh.push((seq, event.clone()));
            true
        });
        for (seq, event) in fresh {
            if self.wrong.is_some() {
                return;
            }
            if seq != self.next {
                self.wrong = Some(format!("event {} is missing", self.next));
            }
            self.next = seq + 1;
            if let Some(told) = &mut self.told {
                let name = event.conn.map_or("", |conn| session.name(conn));
                told.push(format!(
                    "{seq:>6} {:?} {name} {:?} {:?}",
                    event.at, event.by, event.what
                ));
            }
            if let Err(wrong) = self.event(&event, session) {
                self.wrong = Some(format!("{wrong}, at event {seq}: {event:?}"));
            }
        }
        let left = self
            .entries
            .iter()
            .find(|entry| matches!(entry, Entry::Moved(_, _, bytes) if !bytes.is_empty()));
        if let Some(Entry::Moved(sock, dir, bytes)) = left {
            let (len, shown) = (bytes.len(), bytes.get(..20).unwrap_or(bytes));
            self.wrong = Some(format!(
                "I1: {len} bytes {dir:?} at {sock:?} are not in the log: {shown:?}"
            ));
        }
        self.entries.clear();
        self.wrong = self.wrong.take().or_else(|| self.book.wrong());
    }

    fn seen(&mut self, conn: ConnId) -> &mut Seen {
        let at = conn.0 as usize;
        if self.seen.len() <= at {
            self.seen.resize_with(at + 1, Seen::default);
        }
        &mut self.seen[at]
    }

    fn event(&mut self, event: &Event, session: &Session) -> Result<(), Wrong> {
        if event.at < self.at {
            return Err(format!("the log goes back in time from {:?}", self.at));
        }
        self.at = event.at;
        let Some(conn) = event.conn else {
            return Ok(());
        };
        let by = event.by;
        match &event.what {
            What::Opened { role, parent, .. } => self.open(conn, *role, *parent, session),
            What::Call(call) => return self.call(conn, by, call, session),
            What::Ended { dir, cause } => return self.end(conn, *dir, *cause),
            What::Gone if self.seen(conn).is_gone => return Err("it is gone twice".to_owned()),
            What::Gone => self.seen(conn).is_gone = true,
            What::Refs { count, .. } => self.seen(conn).is_shared |= *count > 1,
            What::Held { queued, staged } => {
                let is_passed = self.seen(conn).across.is_some();
                let most = if is_passed {
                    HELD_MAX + PASSED_MAX
                } else {
                    HELD_MAX
                };
                if queued + staged > most {
                    return Err(format!("I9: {queued} + {staged} bytes are held"));
                }
            }
            What::Note(text) => {
                let lost = text.strip_suffix(" bytes that came were not passed on");
                self.seen(conn).lost += lost.and_then(|lost| lost.parse().ok()).unwrap_or(0);
            }
            What::Fault(Fault::Begun { .. }) => self.touch(Some(conn)),
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, conn: ConnId, role: Role, parent: Option<ConnId>, session: &Session) {
        let transport = session.conn(conn).map(|conn| conn.transport);
        let of_tap = parent.filter(|parent| role == Role::Client && self.is_of_tap(*parent));
        let is_touched = parent.is_some_and(|parent| self.seen(parent).is_touched);
        let is_typed = self.is_typed;
        let seen = self.seen(conn);
        (seen.role, seen.parent) = (Some(role), parent);
        seen.is_stream = transport.is_some_and(sockeye::endpoint::Transport::is_stream);
        seen.is_connectionless =
            transport.is_some_and(sockeye::endpoint::Transport::is_connectionless);
        seen.is_touched = is_touched;
        // A crowd says what nobody here composed.
        let number = session.name(conn).strip_prefix('C');
        seen.is_wild = is_typed
            || number.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()));
        if let Some(client) = of_tap {
            seen.across = Some(client);
            self.seen(client).across = Some(conn);
        }
    }

    fn is_of_tap(&mut self, conn: ConnId) -> bool {
        let parent = self.seen(conn).parent;
        parent.is_some_and(|parent| self.seen(parent).role == Some(Role::Tap))
    }

    fn call(
        &mut self,
        conn: ConnId,
        by: Actor,
        call: &Call,
        session: &Session,
    ) -> Result<(), Wrong> {
        // What is closed can still be asked about, and says so.
        let is_question = matches!(call.call, Syscall::Select { .. });
        if self.seen(conn).is_gone && !is_question && !matches!(call.outcome, Outcome::Cancelled(_))
        {
            return Err("a call on a socket that is gone".to_owned());
        }
        if let Some(moved) = &call.moved {
            if by == Actor::User {
                // Whatever asked for it: the two sides of a tap are not the same any more.
                self.touch(Some(conn));
            }
            let bytes = self.take(moved.dir, moved.range.end - moved.range.start)?;
            self.moved(conn, by, moved.dir, moved.range.start, &bytes, session)?;
            if moved.dir == Dir::Out && by == Actor::User {
                self.unload(conn, call, &bytes)?;
            }
        }
        let is_own = matches!(call.call, Syscall::Send { .. } | Syscall::Recv { .. });
        let is_tcp = session
            .conn(conn)
            .is_some_and(|conn| conn.transport == Transport::Tcp);
        if let Outcome::Failed(errno) = call.outcome
            && (errno.name() == "ECONNRESET"
                || is_tcp && matches!(errno.name(), "ECONNABORTED" | "ETIMEDOUT"))
            && is_own
        {
            self.seen(conn).broken.get_or_insert(errno);
        }
        let is_deafening = matches!(call.call, Syscall::Shutdown(How::Read | How::Both));
        self.seen(conn).is_deaf |= is_deafening && call.outcome == Outcome::Returned(0);
        let passes_end = by == Actor::Tap && call.call == Syscall::Shutdown(How::Write);
        if passes_end && call.outcome == Outcome::Returned(0) {
            return self.end_passed(conn);
        }
        Ok(())
    }

    /// The next bytes that passed the seam.
    fn take(&mut self, dir: Dir, len: u64) -> Result<Vec<u8>, Wrong> {
        if len == 0 {
            return Ok(Vec::new());
        }
        while let Some(entry) = self.entries.pop_front() {
            match entry {
                Entry::Moved(_, at_seam, bytes) if !bytes.is_empty() => {
                    let fits = at_seam == dir && bytes.len() as u64 == len;
                    let passed = bytes.len();
                    return if fits {
                        Ok(bytes)
                    } else {
                        Err(format!("I1: {passed} bytes {at_seam:?} passed the seam"))
                    };
                }
                _ => {}
            }
        }
        Err("I1: nothing passed the seam".to_owned())
    }

    /// Bytes moved: they stand where the log says, once, in order, and are those of the kernel.
    fn moved(
        &mut self,
        conn: ConnId,
        by: Actor,
        dir: Dir,
        start: u64,
        bytes: &[u8],
        session: &Session,
    ) -> Result<(), Wrong> {
        let seen = self.seen(conn);
        if seen.lanes[dir.index()].len() as u64 != start {
            return Err(format!(
                "I1: {} bytes were there before",
                seen.lanes[dir.index()].len()
            ));
        }
        let may_follow = seen.is_connectionless || seen.is_deaf;
        if seen.ended[dir.index()] == End::Clean && !may_follow && !bytes.is_empty() {
            return Err("I1: bytes behind the end".to_owned());
        }
        seen.lanes[dir.index()].extend_from_slice(bytes);
        let (kept, is_whole) = session.bytes(conn, dir, start..start + bytes.len() as u64);
        if is_whole && kept != bytes {
            return Err("I1: the tape has other bytes".to_owned());
        }
        let may_lack = session.conn(conn).is_some_and(|conn| conn.keep.is_some());
        if !is_whole && !may_lack {
            return Err("I1: the tape lacks bytes".to_owned());
        }
        let (across, is_passed) = (
            seen.across,
            seen.is_stream && !seen.is_touched && by == Actor::Tap,
        );
        if let Some(across) = across.filter(|_| is_passed && dir == Dir::Out) {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            let came = &self.seen(across).lanes[Dir::In.index()];
            if came.get(start..start + bytes.len()) != Some(bytes) {
                return Err(format!("I3: not what came: {} bytes came", came.len()));
            }
        }
        Ok(())
    }

    /// What was sent is the next part of what was composed; a parcel that was given up is passed over.
    fn unload(&mut self, conn: ConnId, call: &Call, bytes: &[u8]) -> Result<(), Wrong> {
        let Syscall::Send { len, .. } = call.call else {
            return Ok(());
        };
        let seen = self.seen(conn);
        if !seen.has_parcels {
            return Ok(());
        }
        while let Some(parcel) = seen.parcels.front() {
            let rest = parcel.get(seen.taken..).unwrap_or_default();
            if rest.len() as u64 == len && rest.starts_with(bytes) {
                seen.taken += bytes.len();
                if seen.taken == parcel.len() {
                    seen.parcels.pop_front();
                    seen.taken = 0;
                }
                return Ok(());
            }
            if seen.is_wild {
                return Ok(());
            }
            seen.parcels.pop_front();
            seen.taken = 0;
        }
        if seen.is_wild {
            Ok(())
        } else {
            Err("I2: nobody composed these bytes".to_owned())
        }
    }

    fn end(&mut self, conn: ConnId, dir: Dir, cause: Option<Errno>) -> Result<(), Wrong> {
        let seen = self.seen(conn);
        let end = cause.map_or(End::Clean, End::Broken);
        if std::mem::replace(&mut seen.ended[dir.index()], end) != End::None {
            return Err(format!("{dir:?} ends twice"));
        }
        if let Some(errno) = seen
            .broken
            .filter(|_| dir == Dir::In && cause.is_none() && seen.is_stream)
        {
            return Err(format!("I3: {errno:?} is told as an end"));
        }
        Ok(())
    }

    /// A tap passes an end on: it came, as an end, and nothing is left before it.
    fn end_passed(&mut self, conn: ConnId) -> Result<(), Wrong> {
        let seen = self.seen(conn);
        let (out, is_strict) = (
            seen.lanes[Dir::Out.index()].len(),
            seen.is_stream && !seen.is_touched,
        );
        let Some(across) = seen.across.filter(|_| is_strict) else {
            return Ok(());
        };
        let other = self.seen(across);
        let came = other.lanes[Dir::In.index()].len();
        match other.ended[Dir::In.index()] {
            End::Clean if came == out => Ok(()),
            End::Clean => Err(format!("I3: the end passes before {} bytes", came - out)),
            End::Broken(errno) => Err(format!("I3: {errno:?} is passed on as an end")),
            End::None => Err("I3: an end that never came".to_owned()),
        }
    }

    /// What is true of relays once all is over: nothing is lost that was not told.
    pub(crate) fn close(&self) -> Option<Wrong> {
        for (at, seen) in self.seen.iter().enumerate() {
            let Some(across) = seen.across.filter(|_| seen.is_stream && !seen.is_touched) else {
                continue;
            };
            let other = self.seen.get(across.0 as usize)?;
            let came = other.lanes[Dir::In.index()].len() as u64;
            let out = seen.lanes[Dir::Out.index()].len() as u64;
            let is_clean = other.ended[Dir::In.index()] == End::Clean
                && seen.ended[Dir::Out.index()] == End::Clean;
            if is_clean && came != out + seen.lost {
                let lost = seen.lost;
                return Some(format!(
                    "I3: {came} bytes came, {out} went on at {at}, {lost} were told as lost"
                ));
            }
        }
        None
    }
}
