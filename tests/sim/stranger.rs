//! Another program in the simulated kernel, at the other end of one connection: it sends back what it receives, and its
//! own end behind it. It takes part in the same chances as everybody.

use sockeye::endpoint::{Address, Transport};
use sockeye::event::{Errno, Flags, How};
use sockeye::os::{Interest, Os, Sock};

use super::Kernel;

/// More bytes than these it does not hold.
const HOLD_MAX_BYTES: usize = 4096;

/// An echo.
#[derive(Debug, Default)]
pub struct Stranger {
    listens: Option<Address>,
    dials: Option<Address>,
    listener: Option<Sock>,
    sock: Option<Sock>,
    waiting: Vec<u8>,
    ended: bool,
    /// Everything that it received.
    pub received: Vec<u8>,
    /// After that many bytes it resets the connection.
    pub resets_after: Option<usize>,
    /// It has nothing to do with the connection any more.
    pub is_gone: bool,
}

impl Stranger {
    /// One that waits there for a connection.
    pub fn at(address: &str) -> Self {
        Self {
            listens: Some(Address::Inet(address.parse().unwrap())),
            ..Self::default()
        }
    }

    /// One that connects to it as soon as somebody listens there.
    pub fn to(address: &str) -> Self {
        Self {
            dials: Some(Address::Inet(address.parse().unwrap())),
            ..Self::default()
        }
    }

    /// Whether a socket is one of its own.
    pub(super) fn owns(&self, sock: Sock) -> bool {
        self.listener == Some(sock) || self.sock == Some(sock)
    }

    /// Opens what it needs.
    pub(super) fn begin(&mut self, kernel: &mut Kernel) {
        if let Some(at) = self.listens.take() {
            let sock = kernel.socket(Transport::Tcp, false).unwrap();
            kernel.bind(sock, &at).unwrap();
            kernel.listen(sock, 8).unwrap();
            let read = Interest {
                read: true,
                ..Interest::default()
            };
            kernel.watch(sock, read).unwrap();
            self.listener = Some(sock);
        }
        if let Some(to) = self.dials.take_if(|to| kernel.is_served(to)) {
            let sock = kernel.socket(Transport::Tcp, false).unwrap();
            kernel.rush(sock, &to);
            self.sock = Some(sock);
            self.watch(kernel);
        }
    }

    /// Something happened at one of its sockets.
    pub(super) fn step(&mut self, kernel: &mut Kernel) {
        if let Some(listener) = self.listener
            && self.sock.is_none()
            && let Ok((sock, _)) = kernel.accept(listener)
        {
            kernel.close(listener);
            (self.listener, self.sock) = (None, Some(sock));
        }
        let Some(sock) = self.sock else { return };
        let passing = |errno: Errno| errno.would_block() || errno == Errno::EINTR;
        if self.reads() {
            let mut bytes = Vec::with_capacity(HOLD_MAX_BYTES);
            match kernel.recv(sock, &mut bytes, HOLD_MAX_BYTES, Flags::default()) {
                Ok(received) => {
                    self.ended = received.len == 0;
                    self.received.extend_from_slice(&bytes);
                    self.waiting.append(&mut bytes);
                }
                Err(errno) if passing(errno) => {}
                Err(_) => return self.leave(kernel, sock),
            }
        }
        if self
            .resets_after
            .is_some_and(|after| self.received.len() >= after)
        {
            kernel.set_option(sock, "linger", "0").unwrap();
            return self.leave(kernel, sock);
        }
        if !self.waiting.is_empty() {
            match kernel.send(sock, &self.waiting, Flags::default(), None) {
                Ok(sent) => drop(self.waiting.drain(..sent)),
                Err(errno) if passing(errno) => {}
                Err(_) => return self.leave(kernel, sock),
            }
        }
        if self.ended && self.waiting.is_empty() {
            kernel.shutdown(sock, How::Write).unwrap();
            return self.leave(kernel, sock);
        }
        self.watch(kernel);
    }

    fn reads(&self) -> bool {
        !self.ended && self.waiting.len() < HOLD_MAX_BYTES
    }

    fn watch(&self, kernel: &mut Kernel) {
        let interest = Interest {
            read: self.reads(),
            write: !self.waiting.is_empty(),
            urgent: false,
        };
        if let Some(sock) = self.sock {
            kernel.watch(sock, interest).unwrap();
        }
    }

    fn leave(&mut self, kernel: &mut Kernel, sock: Sock) {
        kernel.close(sock);
        (self.sock, self.is_gone) = (None, true);
    }
}
