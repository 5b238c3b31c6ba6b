//! Children of this run as its callers know them: a number, and the signals that they are steered by.

/// A process that this run started: a number that grows and is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Child(pub u64);

/// A signal to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildSignal {
    /// It ends at once, and can do nothing about it.
    Kill,
    /// It is stopped where it stands, and can do nothing about it.
    Stop,
    /// It goes on.
    Continue,
}

impl ChildSignal {
    /// The name of signal(7).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "SIGKILL",
            Self::Stop => "SIGSTOP",
            Self::Continue => "SIGCONT",
        }
    }
}
