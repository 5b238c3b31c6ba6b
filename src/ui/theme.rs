//! What ink means, and the themes that give each meaning its look: one file and one row a theme. No fact is told by
//! colour alone, so every role also has an attribute or a glyph; nothing here knows what is drawn with it.

mod high_contrast;
mod mono;
mod okabe_ito;
mod terminal;

use ratatui::style::Style;

/// Every theme, in the order of the menu; the first is taken where nobody chose.
pub static THEMES: &[&Theme] = &[
    &terminal::TERMINAL,
    &okabe_ito::OKABE_ITO,
    &high_contrast::HIGH_CONTRAST,
    &mono::MONO,
];

/// A set of colours.
#[derive(Debug)]
pub struct Theme {
    /// Its name in `theme NAME`.
    pub name: &'static str,
    /// How a role looks on such a background.
    pub style: fn(Role, Ground) -> Style,
}

impl Theme {
    /// The theme of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        THEMES.iter().copied().find(|theme| theme.name == name)
    }
}

impl PartialEq for Theme {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Theme {}

/// The terminal's background, which is never painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Black or nearly.
    Dark,
    /// White or nearly.
    Light,
}

/// What the user asked for, or the terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Only ASCII is drawn.
    pub ascii: bool,
    /// No colour, whatever the theme is (`NO_COLOR`); a theme that is chosen by name later ends it.
    pub mono: bool,
    /// The terminal's background is light: the roles take the colours that can be read on it.
    pub light: bool,
    /// The mouse is ours; else the terminal selects text with it.
    pub mouse: bool,
    /// The colours.
    pub theme: &'static Theme,
}

impl Default for Look {
    /// The terminal's own colours on a dark background.
    fn default() -> Self {
        Self {
            ascii: false,
            mono: false,
            light: false,
            mouse: false,
            theme: &terminal::TERMINAL,
        }
    }
}

impl Look {
    /// The style of a role.
    #[must_use]
    pub fn style(self, role: Role) -> Style {
        let theme = if self.mono { &mono::MONO } else { self.theme };
        let ground = if self.light {
            Ground::Light
        } else {
            Ground::Dark
        };
        (theme.style)(role, ground)
    }

    /// Takes the theme of that name, and its colours even where none were asked for.
    ///
    /// # Errors
    ///
    /// That there is none of that name; the look stays as it is.
    pub(super) fn choose(&mut self, name: &str) -> Result<(), ()> {
        self.theme = Theme::named(name).ok_or(())?;
        self.mono = false;
        Ok(())
    }
}

/// What a piece of ink means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// What is there.
    Text,
    /// What explains it.
    Muted,
    /// The focused socket's own end, and the bytes that it sent: `▸`.
    Ours,
    /// The other end, and the bytes that came from it: `◂`.
    Theirs,
    /// The focused pane, and what stands out in a line.
    Strong,
    /// The cursor or the selection in the focused pane.
    Selected,
    /// The selection, seen from another pane.
    Linked,
    /// The second selection, which stays: also said in the title.
    Pinned,
    /// Bytes that were changed on their way: also said in the title.
    Changed,
    /// An error, a banner.
    Error,
    /// Not observed, only inferred or awaited: `┈`, `·`.
    Inferred,
    /// Whole: `✓`.
    Good,
    /// Not whole yet: `…`.
    Partial,
    /// Breaks the rule: `✗`.
    Bad,
    /// A message between two others that look like [`Role::Text`]; `▏` stands between them.
    Odd,
    /// A byte 00: `⋄`.
    Null,
    /// A byte that prints, as itself.
    Printable,
    /// A blank byte: `_`.
    Space,
    /// A control byte: `•`.
    Control,
    /// A byte from 80 on: `×`.
    High,
}

impl Role {
    /// Every role.
    pub const ALL: &[Self] = &[
        Self::Text,
        Self::Muted,
        Self::Ours,
        Self::Theirs,
        Self::Strong,
        Self::Selected,
        Self::Linked,
        Self::Pinned,
        Self::Changed,
        Self::Error,
        Self::Inferred,
        Self::Good,
        Self::Partial,
        Self::Bad,
        Self::Odd,
        Self::Null,
        Self::Printable,
        Self::Space,
        Self::Control,
        Self::High,
    ];
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
    ('∅', 'o'),
    ('├', '|'),
    ('┤', '|'),
    ('≠', '!'),
    ('⋄', '0'),
    ('•', '.'),
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
    ('⏎', '>'),
    ('×', 'x'),
    ('┌', '+'),
    ('┐', '+'),
    ('└', '+'),
    ('┘', '+'),
    ('┬', '+'),
    ('┴', '+'),
    ('┼', '+'),
    ('‹', '<'),
    ('▁', '.'),
    ('▂', ':'),
    ('▃', '-'),
    ('▄', '='),
    ('▅', '+'),
    ('▆', '*'),
    ('▇', '%'),
    ('█', '@'),
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
