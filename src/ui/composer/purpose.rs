//! What becomes of what is composed.

/// What becomes of the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ui) enum Purpose {
    /// They are sent.
    #[default]
    Send,
    /// They go on in the place of the held message.
    Edit,
    /// They are sent back for the held message.
    Answer,
}

impl Purpose {
    /// The verb of the command that does it.
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Edit => "edit",
            Self::Answer => "answer",
        }
    }
}
