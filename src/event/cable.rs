//! The cable of a connection, and the ways to pull it without any privilege.

use serde::{Deserialize, Serialize};

/// How a cable was pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cable {
    /// `TCP_MD5SIG` with a key that nobody else has: the kernel drops every segment of the connection, in both
    /// directions (RFC 2385).
    Md5sig,
    /// `SO_ATTACH_FILTER` with a filter that takes nothing: the kernel drops what comes to the socket (socket(7)).
    Filter,
    /// Not at all: this program neither sends nor reads, and the kernel knows nothing of it.
    Simulated,
}

impl Cable {
    /// The socket option that does it, as the log has it; none where nothing is done.
    #[must_use]
    pub fn option(self) -> Option<&'static str> {
        match self {
            Self::Md5sig => Some("md5sig"),
            Self::Filter => Some("filter"),
            Self::Simulated => None,
        }
    }

    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.option().unwrap_or("simulated")
    }
}
