//! The chapters of the manual, in which verbs are listed.

/// A chapter of the manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Making sockets, steering and ending them.
    Sockets,
    /// Sending and receiving.
    Bytes,
    /// How bytes become messages.
    Framing,
    /// What is looked at.
    View,
    /// Lines that wait or speak.
    Script,
    /// The program itself.
    Program,
}

impl Group {
    /// Every chapter, in the manual's order.
    pub const ALL: [Self; 6] = [
        Self::Sockets,
        Self::Bytes,
        Self::Framing,
        Self::View,
        Self::Script,
        Self::Program,
    ];

    /// The name of its heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sockets => "sockets",
            Self::Bytes => "bytes",
            Self::Framing => "framing",
            Self::View => "view",
            Self::Script => "scripts",
            Self::Program => "program",
        }
    }
}
