//! Keys and the commands that they type, as data. The footer and the help derive from this table, so neither can lie:
//! every key that works stands here. It carries nothing out and draws nothing.

mod table;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::command;

pub use table::KEYS;

/// What one or more keys do in one place.
#[derive(Debug)]
pub struct Binding {
    /// The keys, as [`spell`] spells them.
    pub keys: &'static [&'static str],
    /// Where they do it.
    pub place: Place,
    /// Names its sentences: `help.SLUG` is its line in the help, `keys.SLUG` its word in the footer.
    pub slug: &'static str,
    /// What they do.
    pub act: Act,
    /// Without what there is no call to make.
    pub need: Need,
    /// Whether the key is asked for again first.
    pub confirm: Confirm,
    /// Whether it stands in the footer; else in the help alone.
    pub in_footer: bool,
}

impl Binding {
    /// Whether it changes what happens, and not only what is looked at.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.need == Need::Open || command::acts(self.line())
    }

    /// Whether it needs sockets of this program: then it does nothing where those of a file are looked at.
    #[must_use]
    pub fn reaches(&self) -> bool {
        self.need == Need::Open || command::reaches(self.line())
    }

    fn line(&self) -> &'static str {
        match self.act {
            Act::Run(line) | Act::Ask(line) | Act::Spelled(line) | Act::Prefix(line, _) => line,
            Act::Own(_) => "",
        }
    }

    /// Whether it leads to another moment.
    #[must_use]
    pub fn travels(&self) -> bool {
        matches!(
            self.act,
            Act::Run("pause" | "step back" | "step on" | "goto now")
        )
    }
}

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In every pane, but not where text is typed.
    Everywhere,
    /// In the panes of these names.
    Panes(&'static [&'static str]),
    /// While a message is composed.
    Composer,
    /// While a command is typed.
    Prompt,
    /// While one of these lies over the panes.
    Overlay(&'static [&'static str]),
    /// While this is shown over a pane, to which all other keys go.
    Above(&'static str),
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Types this command line.
    Run(&'static str),
    /// Opens the prompt with the beginning of a command.
    Ask(&'static str),
    /// Types this command with the key itself behind it.
    Spelled(&'static str),
    /// Types this command with what the next key chooses.
    Prefix(&'static str, Then),
    /// Steers the line being typed or the layers of the screen.
    Own(Own),
}

/// What may follow a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Any letter: marks.
    Letter,
    /// One of these keys.
    Choices(&'static [Choice]),
}

/// A key behind a prefix, and the word that it types; `keys.SLUG-WORD` says what that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice(pub &'static str, pub &'static str);

/// What needs no command, since it only steers the line being typed or leaves a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// Enter: send what is composed, run what is typed, choose what is marked.
    Accept,
    /// The line before in the history.
    Older,
    /// The line behind in the history.
    Newer,
    /// Tab: the next way of typing bytes, or the next completion.
    Cycle,
    /// Empties the line.
    Clear,
    /// A line break in what is composed.
    Break,
    /// One level back.
    Back,
    /// Back by one step on the way from effect to cause.
    Return,
    /// `q`: one level back, at the top the end of the program.
    Close,
    /// `C-c`: cancels what waits or empties the line; twice on an idle screen it ends the program.
    Interrupt,
    /// `/` in the connections: type a filter.
    Filter,
}

/// Without what a key has no call to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always possible.
    Nothing,
    /// A socket in view.
    Socket,
    /// A socket in view that is not closed yet.
    Open,
    /// A call that is armed. Such a key stands in the footer only while calls are held.
    Armed,
    /// A message that is held. Such a key stands in the footer only while one is.
    Held,
    /// A fault. Such a key stands in the footer only while one is in force.
    Fault,
}

/// Whether a key must be pressed twice within three seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// Once is enough.
    Never,
    /// While sockets are open.
    LiveSockets,
    /// When the other end is not ours.
    ForeignPeer,
    /// When the other end is not ours and the cable is plugged in.
    ForeignCable,
}

/// A key as the table spells it: `a`, `C-u`, `S-Tab`, `PgUp`; `None` for what no binding may use (Alt).
#[must_use]
pub fn spell(key: &KeyEvent) -> Option<String> {
    if key
        .modifiers
        .intersects(KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META)
    {
        return None;
    }
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let name = match key.code {
        KeyCode::Char(' ') => "Space",
        KeyCode::Char(c) if control => return Some(format!("C-{}", c.to_ascii_lowercase())),
        KeyCode::Char(c) => return Some(c.to_string()),
        KeyCode::F(number) => return Some(format!("F{number}")),
        KeyCode::Tab if key.modifiers.contains(KeyModifiers::SHIFT) => "S-Tab",
        KeyCode::BackTab => "S-Tab",
        KeyCode::Tab => "Tab",
        KeyCode::Enter => "Enter",
        KeyCode::Esc => "Esc",
        KeyCode::Left => "Left",
        KeyCode::Right => "Right",
        KeyCode::Up => "Up",
        KeyCode::Down => "Down",
        KeyCode::Home => "Home",
        KeyCode::End => "End",
        KeyCode::PageUp => "PgUp",
        KeyCode::PageDown => "PgDn",
        _ => return None,
    };
    Some(name.to_owned())
}

/// Where keys go: to a line being typed, an overlay, or the pane of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus<'a> {
    /// A pane, by its name.
    Pane(&'a str),
    /// The composer.
    Composer,
    /// The prompt.
    Prompt,
    /// What lies over the panes, by its name.
    Overlay(&'a str),
}

/// Whether the keys go on meaning what they mean everywhere while that lies over the panes: a picture that follows what
/// is done.
#[must_use]
pub fn leaves_keys(overlay: &str) -> bool {
    overlay == "states"
}

/// Whether a binding holds where the keys go. Keys of everywhere that type nothing hold while text is typed, too.
#[must_use]
pub fn holds(binding: &Binding, focus: Focus<'_>) -> bool {
    match (binding.place, focus) {
        (Place::Panes(names), Focus::Pane(name))
        | (Place::Overlay(names), Focus::Overlay(name)) => names.contains(&name),
        (Place::Everywhere, Focus::Overlay(name)) if leaves_keys(name) => true,
        (Place::Everywhere, Focus::Pane(_))
        | (Place::Composer, Focus::Composer)
        | (Place::Prompt, Focus::Prompt) => true,
        (Place::Everywhere, _) => binding
            .keys
            .iter()
            .all(|key| matches!(*key, "C-c" | "C-l" | "C-z" | "F1")),
        _ => false,
    }
}

/// What a key does where the keys go; a binding of the place itself counts before one of everywhere.
#[must_use]
pub fn find(key: &str, focus: Focus<'_>) -> Option<&'static Binding> {
    let fits = |binding: &&Binding| binding.keys.contains(&key) && holds(binding, focus);
    let own = KEYS
        .iter()
        .filter(|binding| binding.place != Place::Everywhere)
        .find(fits);
    own.or_else(|| KEYS.iter().find(fits))
}

/// What a key does in what is shown over a pane and leaves the other keys to it: a card, an explanation.
#[must_use]
pub fn find_above(key: &str, above: &str) -> Option<&'static Binding> {
    let mut bound = KEYS.iter().filter(|binding| binding.keys.contains(&key));
    bound.find(|binding| is_above(binding, above))
}

/// Whether a binding holds in what is shown over a pane.
#[must_use]
pub fn is_above(binding: &Binding, above: &str) -> bool {
    matches!(binding.place, Place::Above(name) if name == above)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        let mut seen = HashSet::new();
        for binding in KEYS {
            for key in binding.keys {
                let place = format!("{:?} {key}", binding.place);
                assert!(seen.insert(place.clone()), "{place}");
            }
        }
    }

    #[test]
    fn behind_a_prefix_no_key_means_two_things() {
        for binding in KEYS {
            let Act::Prefix(_, Then::Choices(choices)) = binding.act else {
                continue;
            };
            let keys: HashSet<&str> = choices.iter().map(|choice| choice.0).collect();
            assert_eq!(keys.len(), choices.len(), "{}", binding.slug);
        }
    }

    #[test]
    fn every_row_has_its_sentences() {
        let locale = crate::locale::Locale::default();
        for binding in KEYS {
            let slug = binding.slug;
            assert!(locale.has(&format!("help.{slug}")), "help.{slug}");
            let label = format!("keys.{slug}");
            assert_eq!(locale.has(&label), binding.in_footer, "{label}");
            if let Act::Prefix(_, Then::Choices(choices)) = binding.act {
                for Choice(_, word) in choices {
                    let key = format!("keys.{slug}-{word}");
                    assert!(locale.has(&key), "{key}");
                }
            }
        }
    }

    #[test]
    fn keys_are_spelled_as_the_table_spells_them() {
        let spelled = |code, modifiers| spell(&KeyEvent::new(code, modifiers));
        let none = KeyModifiers::NONE;
        assert_eq!(
            spelled(KeyCode::Char('D'), KeyModifiers::SHIFT).as_deref(),
            Some("D")
        );
        assert_eq!(
            spelled(KeyCode::Char('u'), KeyModifiers::CONTROL).as_deref(),
            Some("C-u")
        );
        assert_eq!(
            spelled(KeyCode::BackTab, KeyModifiers::SHIFT).as_deref(),
            Some("S-Tab")
        );
        assert_eq!(spelled(KeyCode::PageUp, none).as_deref(), Some("PgUp"));
        assert_eq!(spelled(KeyCode::Char('x'), KeyModifiers::ALT), None);
    }

    #[test]
    fn a_place_comes_before_everywhere_and_typing_takes_letters() {
        let act = |key, focus| find(key, focus).map(|binding| binding.act);
        assert_eq!(
            act("/", Focus::Pane("connections")),
            Some(Act::Own(Own::Filter))
        );
        assert_eq!(act("/", Focus::Pane("bytes")), Some(Act::Ask("find ")));
        assert_eq!(act("s", Focus::Composer), None);
        assert_eq!(act("C-c", Focus::Prompt), Some(Act::Own(Own::Interrupt)));
        assert_eq!(act("F1", Focus::Composer), Some(Act::Run("show help")));
        assert_eq!(act("?", Focus::Composer), None);
    }
}
