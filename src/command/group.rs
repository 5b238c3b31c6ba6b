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

    /// Its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Sockets => "Sockets",
            Self::Bytes => "Bytes",
            Self::Framing => "Framing",
            Self::View => "View",
            Self::Script => "Scripts",
            Self::Program => "Program",
        }
    }
}
