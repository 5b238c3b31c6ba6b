//! The one thing that the ink of bytes tells at a time: their direction, their message, or what kind of byte each is.

use crate::hexdump::{self, Class};
use crate::ui::pane::Scene;
use crate::ui::theme::Role;

/// What the ink of bytes tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ui) enum Tint {
    /// Who sent them.
    #[default]
    Direction,
    /// Which belong together: two inks in turns.
    Message,
    /// What kind of byte each is; the text column says it with hexyl's glyphs, too.
    Class,
}

impl Tint {
    /// The next one of the round.
    #[must_use]
    pub(in crate::ui) fn next(self) -> Self {
        match self {
            Self::Direction => Self::Message,
            Self::Message => Self::Class,
            Self::Class => Self::Direction,
        }
    }

    /// What the pane's title says of it; nothing of the usual one.
    pub(super) fn title(self, scene: Scene<'_>) -> String {
        let key = match self {
            Self::Direction => return String::new(),
            Self::Message => "bytes.by-message",
            Self::Class => "bytes.by-class",
        };
        scene.fill(key, &[])
    }

    /// The character that stands for a byte in the text column.
    pub(super) fn glyph(self, byte: u8) -> char {
        match self {
            Self::Class => hexdump::class_glyph(byte),
            Self::Direction | Self::Message => hexdump::glyph(byte),
        }
    }

    /// The ink of a byte by its kind.
    pub(super) fn class(byte: u8) -> Role {
        match hexdump::class(byte) {
            Class::Null => Role::Null,
            Class::Printable => Role::Printable,
            Class::Space => Role::Space,
            Class::Control => Role::Control,
            Class::High => Role::High,
        }
    }
}
