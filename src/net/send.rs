//! The sending queue of a socket: what was asked to be sent, and what ends sending, one behind the other. Bytes are
//! held here until the kernel takes them, and recorded when it did.

use std::collections::VecDeque;
use std::time::Duration;

use super::cx::{Cx, Waiting};
use super::kind::{self, Meaning};
use super::socket::Socket;
use super::timer::Alarm;
use crate::endpoint::{Address, Endpoint};
use crate::event::{Actor, Call, Dir, Errno, Flags, How, Moved, Outcome, Syscall};

/// The most that one socket holds for a person, sent and staged together.
pub(super) const HELD_MAX_BYTES: u64 = 64 << 20;

/// The first pause after the kernel had no buffer (send(2), ENOBUFS) or its word was not good; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// The longest.
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// The most calls in a round.
const CALLS_MAX: u32 = 64;

/// A call of the sending queue.
#[derive(Debug)]
pub(super) enum Job {
    Send(Parcel),
    Shutdown(How),
    Close,
}

/// Bytes on their way.
#[derive(Debug)]
pub(super) struct Parcel {
    bytes: Vec<u8>,
    /// How many of them the kernel took.
    taken: usize,
    flags: Flags,
    to: Destination,
}

/// Where a parcel goes.
#[derive(Debug)]
enum Destination {
    /// To the socket's peer.
    Peer,
    /// To be found out.
    Endpoint(Endpoint),
    /// There.
    Address(Address),
}

impl Parcel {
    pub(super) fn new(bytes: Vec<u8>, flags: Flags, to: Option<Endpoint>) -> Self {
        Self {
            bytes,
            taken: 0,
            flags,
            to: to.map_or(Destination::Peer, Destination::Endpoint),
        }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.taken..).unwrap_or_default()
    }

    fn address(&self) -> Option<Address> {
        match &self.to {
            Destination::Address(to) => Some(to.clone()),
            Destination::Peer | Destination::Endpoint(_) => None,
        }
    }

    fn syscall(&self) -> Syscall {
        Syscall::Send {
            len: self.rest().len() as u64,
            flags: self.flags,
            to: self.address(),
        }
    }
}

impl Job {
    pub(super) fn syscall(&self) -> Syscall {
        match self {
            Self::Send(parcel) => parcel.syscall(),
            Self::Shutdown(how) => Syscall::Shutdown(*how),
            Self::Close => Syscall::Close,
        }
    }
}

/// The sending half of a socket.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of their own, each set and read apart"
)]
pub(super) struct Outgoing {
    pub(super) jobs: VecDeque<Waiting<Job>>,
    /// What the jobs hold and the kernel has not taken, in bytes.
    pub(super) queued_bytes: u64,
    pub(super) staged: Vec<u8>,
    /// Its end or its failure was told.
    pub(super) over: bool,
    /// The kernel has no room; the poller tells when it has.
    full: bool,
    /// The kernel has no buffer, or does not know; only time can tell.
    pause: Option<Duration>,
    paused: bool,
    /// `close` was asked for: nothing is taken any more.
    closing: bool,
    /// It was broken by an error, and not ended by us.
    pub(super) failed: bool,
}

impl Outgoing {
    pub(super) fn waits_for_room(&self) -> bool {
        self.full
    }

    /// Whether a call has a chance.
    pub(super) fn may_send(&self) -> bool {
        !self.full && !self.paused
    }

    /// The kernel took less than it was offered: the poller tells when there is room.
    pub(super) fn is_full(&mut self) {
        self.full = true;
    }

    /// There may be room again.
    pub(super) fn may_try(&mut self) {
        self.full = false;
    }

    /// `close` took one descriptor of several.
    pub(super) fn reopen(&mut self) {
        self.closing = false;
    }

    /// The pause is over.
    pub(super) fn resume(&mut self) {
        self.paused = false;
    }
}

impl Socket {
    /// Queues a call.
    pub(super) fn post(&mut self, by: Actor, mut job: Job, cx: &mut Cx) {
        if let Job::Send(parcel) = &mut job {
            if let Some(guest) = &self.guest {
                parcel.to = Destination::Address(guest.address.clone());
            }
            let len = parcel.bytes.len() as u64;
            if self.held_bytes() + len > HELD_MAX_BYTES {
                let text = "64 MiB wait to be sent already: more is not held";
                return cx.refuse(self.id, by, text);
            }
            self.outgoing.queued_bytes += len;
        }
        self.outgoing.closing |= matches!(job, Job::Close);
        self.outgoing.jobs.push_back(Waiting::new(by, job));
        if self.outgoing.jobs.len() == 1 && self.pump_out(cx) {
            self.enqueue(cx);
        }
    }

    /// Whether `close` was asked for.
    pub(super) fn is_closing(&self) -> bool {
        self.outgoing.closing
    }

    fn held_bytes(&self) -> u64 {
        self.outgoing.queued_bytes + self.outgoing.staged.len() as u64
    }

    /// Holds bytes until [`Socket::flush`].
    pub(super) fn stage(&mut self, by: Actor, bytes: &[u8], cx: &mut Cx) {
        if self.held_bytes() + bytes.len() as u64 > HELD_MAX_BYTES {
            let text = "64 MiB wait to be sent already: more is not held";
            return cx.refuse(self.id, by, text);
        }
        self.outgoing.staged.extend_from_slice(bytes);
    }

    /// Sends what is staged.
    pub(super) fn flush(&mut self, by: Actor, cx: &mut Cx) {
        let bytes = std::mem::take(&mut self.outgoing.staged);
        if bytes.is_empty() {
            return cx.refuse(self.id, by, "nothing is staged");
        }
        self.post(
            by,
            Job::Send(Parcel::new(bytes, Flags::default(), None)),
            cx,
        );
    }

    /// Makes the calls of the queue until one waits; true if there is more to do at once.
    pub(super) fn make_calls(&mut self, cx: &mut Cx) -> bool {
        for _ in 0..CALLS_MAX {
            if self.sock.is_none() || self.is_opening() || self.lookup.is_some() {
                return false;
            }
            if self.stands_still() {
                return false;
            }
            if self.outgoing.full || self.outgoing.paused {
                return false;
            }
            let Some(mut job) = self.outgoing.jobs.pop_front() else {
                return false;
            };
            match &mut job.what {
                Job::Shutdown(how) => {
                    let how = *how;
                    self.call_shutdown(how, job.by, cx);
                }
                Job::Close => self.begin_close(job.by, cx),
                Job::Send(_) => {
                    if !self.send(&mut job, cx) {
                        self.outgoing.jobs.push_front(job);
                    }
                }
            }
        }
        !self.outgoing.jobs.is_empty()
    }

    /// Sends the parcel at the front; true when it is done with, for good or ill.
    fn send(&mut self, job: &mut Waiting<Job>, cx: &mut Cx) -> bool {
        let (Job::Send(parcel), Some(sock)) = (&mut job.what, self.sock) else {
            return true;
        };
        match self.locate(parcel, cx) {
            Ok(true) => {}
            Ok(false) => return false,
            Err(why) => {
                self.outgoing.queued_bytes -= parcel.rest().len() as u64;
                cx.refuse(self.id, job.by, &why);
                return true;
            }
        }
        let to = parcel.address();
        let whole = parcel.syscall();
        let (got, took) = cx.call(|os| os.send(sock, parcel.rest(), parcel.flags, to.as_ref()));
        let outcome = match got {
            Ok(len) => Outcome::Returned(i64::try_from(len).unwrap_or(i64::MAX)),
            Err(errno) => Outcome::Failed(errno),
        };
        let mut call = Call::new(whole.clone(), outcome, took);
        if let Ok(len) = got {
            call.moved = Some(self.record(parcel, len, cx));
        }
        let waits = !self.nonblock
            && match got {
                Ok(_) => !parcel.rest().is_empty() && self.transport.is_stream(),
                Err(errno) => errno.would_block() || errno == Errno::ENOBUFS,
            };
        if waits {
            let woken = job.pending.is_some();
            self.keep_waiting(job, whole, call, cx);
            match got {
                Err(Errno::ENOBUFS) => self.pause_sending(cx),
                // It is writable as far as it knows: the queue that is full is its destination's (unix(7)).
                Err(_) if woken && self.transport.is_connectionless() => self.pause_sending(cx),
                Err(_) if woken => self.was_fruitless(cx),
                _ => {}
            }
            self.outgoing.full = !self.outgoing.paused;
            return false;
        }
        cx.log_end(self.id, job.by, call, job.pending);
        self.leave(job, cx);
        if let Some(errno) = got.err().filter(|errno| (self.kind.breaks)(*errno)) {
            self.fail(Dir::Out, errno, cx);
        }
        true
    }

    /// Finds out where the parcel goes; false when that takes a look-up.
    fn locate(&mut self, parcel: &mut Parcel, cx: &mut Cx) -> Result<bool, String> {
        let Destination::Endpoint(to) = &parcel.to else {
            return Ok(true);
        };
        match kind::reach(&to.place, cx.turn.os) {
            Meaning::Known(addresses) => {
                let first = addresses.into_iter().next();
                parcel.to = first.map_or(Destination::Peer, Destination::Address);
                Ok(true)
            }
            Meaning::Name { host, port } => {
                self.look_up(host, port, cx);
                Ok(false)
            }
            Meaning::Nothing(why) => Err(why),
        }
    }

    /// The destination of the parcel at the front was looked up: its first address, or none.
    pub(super) fn parcel_named(&mut self, addresses: Vec<Address>, cx: &mut Cx) {
        let Some(mut job) = self.outgoing.jobs.pop_front() else {
            return;
        };
        match (&mut job.what, addresses.into_iter().next()) {
            (Job::Send(parcel), Some(to)) => {
                parcel.to = Destination::Address(to);
                self.outgoing.jobs.push_front(job);
            }
            _ => self.leave(&job, cx),
        }
        self.enqueue(cx);
    }

    /// Records what the kernel took.
    fn record(&mut self, parcel: &mut Parcel, len: usize, cx: &mut Cx) -> Moved {
        let now = cx.now();
        let bytes = parcel.rest().get(..len).unwrap_or(parcel.rest());
        let range = cx.turn.capture.sent(self.id, bytes, now);
        let len = bytes.len();
        parcel.taken += len;
        self.outgoing.queued_bytes -= len as u64;
        self.outgoing.pause = None;
        self.moved += len;
        if len > 0 {
            self.progressed();
        }
        Moved {
            dir: Dir::Out,
            range,
        }
    }

    /// A job is over: what of it was not sent is held no longer, and told where the calls do not tell it.
    fn leave(&mut self, job: &Waiting<Job>, cx: &mut Cx) {
        let Job::Send(parcel) = &job.what else {
            return;
        };
        let (rest, all) = (parcel.rest().len(), parcel.bytes.len());
        self.outgoing.queued_bytes -= rest as u64;
        if rest > 0 && parcel.taken > 0 {
            cx.note(
                self.id,
                job.by,
                format!("{rest} of {all} bytes were not sent"),
            );
        }
    }

    /// A send went well: the next pause is short again.
    pub(super) fn sent_well(&mut self) {
        self.outgoing.pause = None;
    }

    pub(super) fn pause_sending(&mut self, cx: &mut Cx) {
        let pause = self
            .outgoing
            .pause
            .map_or(FIRST_PAUSE, |pause| (pause * 2).min(LAST_PAUSE));
        self.outgoing.pause = Some(pause);
        self.outgoing.paused = true;
        let until = cx.now() + pause;
        cx.shared.timers.set(self.id, Alarm::Backoff, until);
    }

    /// Ends all calls of the queue.
    pub(super) fn cancel_jobs(&mut self, why: &str, cx: &mut Cx) {
        for job in std::mem::take(&mut self.outgoing.jobs) {
            cx.log_cancelled(self.id, job.by, job.what.syscall(), job.pending, why);
            self.leave(&job, cx);
        }
        self.outgoing.full = false;
        self.outgoing.paused = false;
        self.outgoing.closing = false;
        cx.shared.timers.cancel(self.id, Alarm::Backoff);
    }
}
