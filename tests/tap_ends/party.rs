//! One end of a conversation through a relay: it sends what it has, hears what it should, and says how the other
//! direction ended.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::Socket;

use super::relay::PATIENCE;

/// How much a slow reader takes at a time, and how much the kernel holds for it.
const SIP_BYTES: usize = 4 << 10;
const SLOW_BUFFER_BYTES: usize = 64 << 10;

/// How a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Eof,
    Reset,
}

/// Something that happens once, and is waited for.
#[derive(Default)]
pub(crate) struct Latch(Mutex<bool>, Condvar);

impl Latch {
    pub(crate) fn open(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }

    pub(crate) fn wait(&self) {
        let guard = self.0.lock().unwrap();
        drop(
            self.1
                .wait_timeout_while(guard, PATIENCE, |is_open| !*is_open),
        );
    }
}

pub(crate) struct Party {
    pub(crate) socket: Socket,
    /// What it sends.
    pub(crate) out: &'static [u8],
    /// What it should hear.
    pub(crate) expected: &'static [u8],
    pub(crate) is_slow: bool,
    /// All of that was heard.
    pub(crate) heard: Arc<Latch>,
    /// The end was seen.
    pub(crate) ended: Arc<Latch>,
}

impl Party {
    pub(crate) fn new(socket: Socket, out: &'static [u8], expected: &'static [u8]) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        Self {
            socket,
            out,
            expected,
            is_slow: false,
            heard: Arc::default(),
            ended: Arc::default(),
        }
    }

    pub(crate) fn slow(mut self, is_slow: bool) -> Self {
        if is_slow {
            self.is_slow = true;
            self.socket.set_recv_buffer_size(SLOW_BUFFER_BYTES).unwrap();
        }
        self
    }

    /// Sends all that it has.
    pub(crate) fn speak(&self) -> Result<(), String> {
        let result = self.send(self.out);
        result.map_err(|error| format!("while it sent {} B: {error}", self.out.len()))
    }

    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.socket).write_all(bytes)
    }

    /// Sends on until the kernel tells that nobody listens.
    pub(crate) fn speak_to_the_gone(&self) -> Result<(), String> {
        let block = [0x55; 4096];
        loop {
            match (&self.socket).write(&block) {
                Ok(_) => {}
                Err(error) if is_reset(&error) => return Ok(()),
                Err(error) => return Err(format!("nobody tells the one who writes on: {error}")),
            }
        }
    }

    pub(crate) fn end_output(&self) -> Result<(), String> {
        let result = self.socket.shutdown(Shutdown::Write);
        result.map_err(|error| format!("shutdown: {error}"))
    }

    /// Hears what it should, all of it, and the end behind it.
    pub(crate) fn hear(&self) -> Result<End, String> {
        let (count, end) = self.hear_some()?;
        let whole = self.expected.len();
        if count < whole {
            return Err(format!("{end:?} after {count} of {whole} B"));
        }
        self.ended.open();
        Ok(end)
    }

    /// Hears what it should, and nothing behind it.
    pub(crate) fn hear_bytes(&self) -> Result<(), String> {
        let (whole, (count, end)) = (self.expected.len(), self.read(false)?);
        match end {
            Some(end) => Err(format!("{end:?} after {count} of {whole} B")),
            None => Ok(()),
        }
    }

    /// Hears a beginning of what it should, and the end behind it; tells how much.
    pub(crate) fn hear_some(&self) -> Result<(usize, End), String> {
        let (count, end) = self.read(true)?;
        end.map(|end| (count, end))
            .ok_or_else(|| format!("too many bytes, behind {count} B"))
    }

    fn read(&self, to_end: bool) -> Result<(usize, Option<End>), String> {
        let mut buf = vec![0; if self.is_slow { SIP_BYTES } else { 256 << 10 }];
        let (mut count, whole) = (0, self.expected.len());
        loop {
            let left = whole - count;
            if left == 0 {
                self.heard.open();
                if !to_end {
                    return Ok((count, None));
                }
            }
            let most = buf.len().min(left.max(1));
            let got = match (&self.socket).read(&mut buf[..most]) {
                Ok(0) => return Ok((count, Some(End::Eof))),
                Ok(_) if left == 0 => return Ok((count, None)),
                Ok(got) => got,
                Err(error) if is_reset(&error) => return Ok((count, Some(End::Reset))),
                Err(error) => return Err(format!("heard {count} of {whole} B, no end: {error}")),
            };
            if self.expected[count..count + got] != buf[..got] {
                return Err(format!("other bytes behind offset {count}"));
            }
            count += got;
        }
    }

    /// Sends what the kernel takes at once, and resets.
    pub(crate) fn tear(self) {
        self.socket.set_nonblocking(true).unwrap();
        let mut rest = self.out;
        while let Ok(count @ 1..) = (&self.socket).write(rest) {
            rest = &rest[count..];
        }
        self.reset();
    }

    /// Closes so that the kernel sends a reset: TCP by `SO_LINGER`, Unix by what was left unread.
    pub(crate) fn reset(self) {
        if self.is_unix() {
            self.wait_readable();
        } else {
            self.socket.set_linger(Some(Duration::ZERO)).unwrap();
        }
    }

    pub(crate) fn is_unix(&self) -> bool {
        self.socket.local_addr().unwrap().is_unix()
    }

    /// Waits until there is something to read.
    fn wait_readable(&self) {
        self.watch(PollFlags::IN, PATIENCE);
    }

    /// Watches for so long whether the connection is given up from the other side.
    pub(crate) fn watch_for_loss(&self, pause: Duration) {
        self.watch(PollFlags::empty(), pause);
    }

    fn watch(&self, flags: PollFlags, pause: Duration) {
        let pause = Timespec {
            tv_sec: i64::try_from(pause.as_secs()).unwrap(),
            tv_nsec: i64::from(pause.subsec_nanos()),
        };
        let _ = poll(&mut [PollFd::new(&self.socket, flags)], Some(&pause));
    }
}

/// Whether the kernel says that the connection is gone, rather than ended in order.
pub(crate) fn is_reset(error: &io::Error) -> bool {
    let kinds = [
        ErrorKind::ConnectionReset,
        ErrorKind::BrokenPipe,
        ErrorKind::ConnectionAborted,
    ];
    kinds.contains(&error.kind())
}
