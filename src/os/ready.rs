//! Readiness, as the poller is asked to tell it and as select(2) answers.

use super::Sock;

/// What the poller shall tell of a descriptor. With neither, it is taken out of the poller: HUP and ERR cannot be
/// masked otherwise (`epoll_ctl(2)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// Bytes, a connection, an end.
    pub read: bool,
    /// Room, or the end of a connect.
    pub write: bool,
    /// Urgent data alone; `read` tells of it too.
    pub urgent: bool,
}

impl Interest {
    /// What is read, and perhaps written, too.
    #[must_use]
    pub fn read_and(write: bool) -> Self {
        Self {
            read: true,
            write,
            urgent: false,
        }
    }
}

/// What select(2) is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A socket.
    Socket(Sock),
    /// A regular file, by its path.
    File(&'a str),
}

/// In which of the lists of select(2) something stands: as asked, or as answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// A read, or an accept, would not wait.
    pub read: bool,
    /// A write would not wait.
    pub write: bool,
    /// Urgent data is there.
    pub except: bool,
}
