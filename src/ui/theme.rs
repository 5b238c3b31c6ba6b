//! How roles look: the user's own 16 colours, or none at all. No fact is told by colour alone, so every role
//! also has an attribute or a glyph; nothing here knows what is drawn with it.

use ratatui::style::{Color, Modifier, Style};

/// What the user asked for, or the terminal can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Only ASCII is drawn.
    pub ascii: bool,
    /// No colour: bold, dim, underlined and reversed only (`NO_COLOR`).
    pub mono: bool,
    /// The terminal's background is light: the roles take the colours that can be read on it.
    pub light: bool,
    /// The mouse is ours; else the terminal selects text with it.
    pub mouse: bool,
}

/// What a piece of ink means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What is there.
    Text,
    /// What explains it.
    Muted,
    /// The focused socket's own end.
    Ours,
    /// The other end.
    Theirs,
    /// The focused pane, and what stands out in a line.
    Strong,
    /// The cursor or the selection in the focused pane.
    Selected,
    /// The selection, seen from another pane.
    Linked,
    /// An error, a banner.
    Error,
    /// Not observed, only inferred or awaited.
    Inferred,
}

impl Look {
    /// The style of a role.
    #[must_use]
    pub fn style(self, role: Role) -> Style {
        let style = Style::new();
        match role {
            Role::Muted | Role::Inferred if self.mono => style.add_modifier(Modifier::DIM),
            Role::Muted | Role::Inferred => style.fg(Color::DarkGray),
            Role::Ours if !self.mono && self.light => style.fg(Color::Blue),
            Role::Ours if !self.mono => style.fg(Color::Cyan),
            Role::Theirs if !self.mono && !self.light => style.fg(Color::Yellow),
            Role::Text | Role::Ours | Role::Theirs => style,
            Role::Strong => style.add_modifier(Modifier::BOLD),
            Role::Selected | Role::Error => style.add_modifier(Modifier::REVERSED),
            Role::Linked => style.add_modifier(Modifier::UNDERLINED),
        }
    }
}

/// Our own glyphs and what stands for them in ASCII; each is one column wide.
const ASCII: &[(char, char)] = &[
    ('▸', '>'),
    ('▹', '>'),
    ('▶', '>'),
    ('◂', '<'),
    ('◀', '<'),
    ('◎', 'O'),
    ('●', '*'),
    ('│', '|'),
    ('▏', '|'),
    ('┊', ':'),
    ('▐', '#'),
    ('━', '='),
    ('═', '='),
    ('─', '-'),
    ('┈', '.'),
    ('·', '.'),
    ('–', '-'),
    ('—', '-'),
    ('→', '>'),
    ('←', '<'),
    ('↑', '^'),
    ('↓', 'v'),
    ('›', '>'),
    ('✓', '+'),
    ('…', '~'),
    ('✗', '!'),
    ('’', '\''),
    ('“', '"'),
    ('”', '"'),
    ('µ', 'u'),
    ('×', 'x'),
    ('┌', '+'),
    ('┐', '+'),
    ('└', '+'),
    ('┘', '+'),
    ('├', '+'),
    ('┤', '+'),
    ('┬', '+'),
    ('┴', '+'),
    ('┼', '+'),
    ('‹', '<'),
    ('▁', '_'),
];

/// What is drawn for a character where only ASCII may be; `?` for what has no likeness.
#[must_use]
pub(super) fn ascii(glyph: char) -> char {
    if glyph.is_ascii() {
        return glyph;
    }
    ASCII
        .iter()
        .find(|(own, _)| *own == glyph)
        .map_or('?', |(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_background_gets_no_colour_that_cannot_be_read_on_it() {
        let (dark, light) = (
            Look::default(),
            Look {
                light: true,
                ..Look::default()
            },
        );
        assert_eq!(dark.style(Role::Ours).fg, Some(Color::Cyan));
        assert_eq!(light.style(Role::Ours).fg, Some(Color::Blue));
        assert_eq!(dark.style(Role::Theirs).fg, Some(Color::Yellow));
        assert_eq!(light.style(Role::Theirs).fg, None);
    }
}
