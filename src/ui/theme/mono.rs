//! No colour at all: bold, dim, underlined and reversed, beside the glyphs that every fact has.

use ratatui::style::{Color, Modifier, Style};

use super::{Ground, Role, Theme};

pub(super) static MONO: Theme = Theme {
    name: "mono",
    style,
};

/// The attributes of a role; the other themes begin with them.
pub(super) fn style(role: Role, _ground: Ground) -> Style {
    let attributes = match role {
        Role::Muted | Role::Inferred | Role::Null => Modifier::DIM,
        Role::Strong | Role::Bad | Role::Odd | Role::Control => Modifier::BOLD,
        Role::Selected | Role::Error => Modifier::REVERSED,
        Role::Linked => Modifier::UNDERLINED,
        Role::Changed => Modifier::UNDERLINED.union(Modifier::ITALIC),
        Role::Pinned => Modifier::UNDERLINED.union(Modifier::BOLD),
        Role::Text
        | Role::Ours
        | Role::Theirs
        | Role::Good
        | Role::Partial
        | Role::Printable
        | Role::Space
        | Role::High => Modifier::empty(),
    };
    let style = Style::new().add_modifier(attributes);
    match role {
        // Turned round in the colours of what it lies over it would be a mosaic.
        Role::Selected => style.fg(Color::Reset),
        _ => style,
    }
}
