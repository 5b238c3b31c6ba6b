//! The terminal's own 16 colours, so that the user's palette rules. On a light background only those are used that
//! common palettes leave readable there.

use ratatui::style::{Color, Style};

use super::{Ground, Role, Theme, mono};

pub(super) static TERMINAL: Theme = Theme {
    name: "terminal",
    style,
};

fn style(role: Role, ground: Ground) -> Style {
    let colour = match (role, ground) {
        // Bright black is readable on both; dimmed on top of it it would not be.
        (Role::Muted | Role::Inferred | Role::Null, _) => return Style::new().fg(Color::DarkGray),
        (Role::Ours | Role::Odd | Role::Printable, Ground::Dark) => Color::Cyan,
        (Role::Ours | Role::Odd | Role::Printable, Ground::Light) => Color::Blue,
        (Role::Theirs | Role::High, Ground::Dark) => Color::Yellow,
        (Role::Control | Role::Pinned | Role::Changed, _) => Color::Magenta,
        _ => return mono::style(role, ground),
    };
    let attributes = match role {
        Role::Odd => Style::new(),
        role => mono::style(role, ground),
    };
    attributes.fg(colour)
}
