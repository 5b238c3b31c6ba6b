//! True colours that all stand out by 7 to 1 at least (WCAG 2.2, success criterion 1.4.6), for eyes that need it:
//! nothing is dimmed, what explains is grey and light enough.

use ratatui::style::{Color, Modifier, Style};

use super::{Ground, Role, Theme, mono};

pub(super) static HIGH_CONTRAST: Theme = Theme {
    name: "high-contrast",
    style,
};

fn style(role: Role, ground: Ground) -> Style {
    let colour = |dark: u32, light: u32| match ground {
        Ground::Dark => Color::from_u32(dark),
        Ground::Light => Color::from_u32(light),
    };
    let attributes = mono::style(role, ground).remove_modifier(Modifier::DIM);
    match role {
        Role::Muted | Role::Inferred | Role::Null => attributes.fg(colour(0xc0_c0c0, 0x4d_4d4d)),
        Role::Error => Style::new()
            .fg(colour(0x00_0000, 0xff_ffff))
            .bg(colour(0xff_c800, 0x7a_1f00))
            .add_modifier(Modifier::BOLD),
        Role::Ours | Role::Odd | Role::Printable => attributes.fg(colour(0x7f_d4ff, 0x00_4a80)),
        Role::Theirs | Role::High => attributes.fg(colour(0xff_c04d, 0x6b_3a00)),
        Role::Control | Role::Pinned | Role::Changed => attributes.fg(colour(0xff_a6dc, 0x7a_0f5a)),
        Role::Selected => attributes,
        Role::Text
        | Role::Strong
        | Role::Linked
        | Role::Good
        | Role::Partial
        | Role::Bad
        | Role::Space => attributes.fg(colour(0xff_ffff, 0x00_0000)),
    }
}
