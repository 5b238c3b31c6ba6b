//! Keys and the commands that they type, as data. The footer and the help derive from this table, so neither can lie:
//! every key that works stands here. It carries nothing out and draws nothing.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What one or more keys do in one place.
#[derive(Debug)]
pub struct Binding {
    /// The keys, as [`spell`] spells them.
    pub keys: &'static [&'static str],
    /// Where they do it.
    pub place: Place,
    /// What they do.
    pub act: Act,
    /// Without what there is no call to make.
    pub need: Need,
    /// Whether the key is asked for again first.
    pub confirm: Confirm,
    /// The word in the footer; without one it stands in the help alone.
    pub label: &'static str,
    /// The line in the help.
    pub help: &'static str,
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
    /// While the help or the table of connections lies over the panes.
    Overlay,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Types this command line.
    Run(&'static str),
    /// Opens the prompt with the beginning of a command.
    Ask(&'static str),
    /// Types this command with the letter that follows: marks.
    Letter(&'static str),
    /// Steers the line being typed or the layers of the screen.
    Own(Own),
}

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
    /// One level back.
    Back,
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
}

const fn run(
    keys: &'static [&'static str],
    place: Place,
    line: &'static str,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding {
        keys,
        place,
        act: Act::Run(line),
        need: Need::Nothing,
        confirm: Confirm::Never,
        label,
        help,
    }
}

const fn ask(
    keys: &'static [&'static str],
    line: &'static str,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding {
        keys,
        place: Place::Everywhere,
        act: Act::Ask(line),
        need: Need::Nothing,
        confirm: Confirm::Never,
        label,
        help,
    }
}

const fn own(
    keys: &'static [&'static str],
    place: Place,
    act: Own,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding {
        keys,
        place,
        act: Act::Own(act),
        need: Need::Nothing,
        confirm: Confirm::Never,
        label,
        help,
    }
}

impl Binding {
    const fn needs(mut self, need: Need) -> Self {
        self.need = need;
        self
    }

    const fn asks(mut self, confirm: Confirm) -> Self {
        self.confirm = confirm;
        self
    }
}

/// Panes of one socket's bytes: what moves in one moves in all.
const STREAM: Place = Place::Panes(&["bytes", "messages", "inspector"]);

/// Panes with a table of sockets.
const TABLE: Place = Place::Panes(&["connections"]);

/// Panes with a cursor.
const CURSOR: Place = Place::Panes(&["connections", "bytes", "messages", "inspector", "timeline"]);

/// Every key, in the order of the footer and the help; the first that fits a place counts.
pub static KEYS: &[Binding] = &[
    // Sockets: the verbs that a student looks for first.
    run(
        &["s"],
        Place::Everywhere,
        "pane composer",
        "send",
        "compose bytes to send",
    )
    .needs(Need::Open),
    run(&["r"], Place::Everywhere, "recv", "recv", "call recv once").needs(Need::Open),
    ask(&["c"], "connect ", "connect", "connect to an address"),
    ask(&["b"], "listen :", "listen", "bind and listen"),
    run(
        &["w"],
        Place::Everywhere,
        "shutdown write",
        "half-close",
        "say that no more will be sent (FIN)",
    )
    .needs(Need::Open),
    run(
        &["d"],
        Place::Everywhere,
        "close",
        "close",
        "close: what was sent still arrives",
    )
    .needs(Need::Open),
    run(
        &["D"],
        Place::Everywhere,
        "abort",
        "abort",
        "close at once, the peer sees a reset (RST)",
    )
    .needs(Need::Open)
    .asks(Confirm::ForeignPeer),
    run(
        &["a"],
        Place::Everywhere,
        "accept",
        "accept",
        "call accept once",
    )
    .needs(Need::Open),
    ask(
        &["f"],
        "frame ",
        "frame",
        "choose how bytes become messages",
    )
    .needs(Need::Socket),
    // Looking.
    ask(&[":"], "", "command", "type a command"),
    run(
        &["?", "F1"],
        Place::Everywhere,
        "show help",
        "keys",
        "what the keys do",
    ),
    run(
        &["Tab"],
        Place::Everywhere,
        "pane next",
        "pane",
        "next pane",
    ),
    run(
        &["S-Tab"],
        Place::Everywhere,
        "pane previous",
        "",
        "pane before",
    ),
    run(
        &["z"],
        Place::Everywhere,
        "show zoom",
        "zoom",
        "this pane alone, or all of them",
    ),
    run(
        &["T"],
        Place::Everywhere,
        "show connections",
        "sockets",
        "the table of all sockets",
    ),
    run(
        &["1"],
        Place::Everywhere,
        "focus 1",
        "",
        "look at the socket with that number (1 to 9)",
    ),
    run(&["2"], Place::Everywhere, "focus 2", "", ""),
    run(&["3"], Place::Everywhere, "focus 3", "", ""),
    run(&["4"], Place::Everywhere, "focus 4", "", ""),
    run(&["5"], Place::Everywhere, "focus 5", "", ""),
    run(&["6"], Place::Everywhere, "focus 6", "", ""),
    run(&["7"], Place::Everywhere, "focus 7", "", ""),
    run(&["8"], Place::Everywhere, "focus 8", "", ""),
    run(&["9"], Place::Everywhere, "focus 9", "", ""),
    own(
        &["/"],
        TABLE,
        Own::Filter,
        "filter",
        "show only sockets with these words",
    ),
    ask(
        &["/"],
        "find ",
        "",
        "search the bytes in view: \"text\", hex or /regex/",
    )
    .needs(Need::Socket),
    run(&["n"], Place::Everywhere, "find next", "", "search on").needs(Need::Socket),
    run(
        &["N"],
        Place::Everywhere,
        "find previous",
        "",
        "search back",
    )
    .needs(Need::Socket),
    Binding {
        keys: &["m"],
        place: Place::Everywhere,
        act: Act::Letter("mark "),
        need: Need::Nothing,
        confirm: Confirm::Never,
        label: "",
        help: "m and a letter: mark this moment",
    },
    Binding {
        keys: &["'"],
        place: Place::Everywhere,
        act: Act::Letter("goto "),
        need: Need::Nothing,
        confirm: Confirm::Never,
        label: "",
        help: "' and a letter: go to that mark",
    },
    // Moving.
    run(&["h", "Left"], CURSOR, "move left", "", "one to the left"),
    run(&["j", "Down"], CURSOR, "move down", "", "one row down"),
    run(&["k", "Up"], CURSOR, "move up", "", "one row up"),
    run(
        &["l", "Right"],
        CURSOR,
        "move right",
        "",
        "one to the right",
    ),
    run(&["g"], CURSOR, "move first", "", "to the first"),
    run(
        &["G"],
        CURSOR,
        "move last",
        "",
        "to the newest, and follow it",
    ),
    run(
        &["Home"],
        CURSOR,
        "move start",
        "",
        "to the start of the row",
    ),
    run(&["End"], CURSOR, "move end", "", "to the end of the row"),
    run(&["C-u"], CURSOR, "move half-up", "", "half a page up"),
    run(&["C-d"], CURSOR, "move half-down", "", "half a page down"),
    run(&["PgUp"], CURSOR, "move page-up", "", "a page up"),
    run(&["PgDn"], CURSOR, "move page-down", "", "a page down"),
    run(&["{"], STREAM, "move previous", "", "the message before"),
    run(&["}"], STREAM, "move next", "", "the next message"),
    // Bytes and messages.
    run(
        &["\\"],
        Place::Everywhere,
        "show direction",
        "turn",
        "the other direction of this socket",
    ),
    run(
        &["Enter"],
        STREAM,
        "show wider",
        "widen",
        "select more: the byte, its field, its message",
    ),
    run(
        &["Enter"],
        Place::Panes(&["connections"]),
        "show focus",
        "look",
        "look at this socket",
    ),
    run(
        &["e"],
        Place::Panes(&["bytes", "messages", "inspector"]),
        "show order",
        "order",
        "turn the byte order over",
    ),
    // Layers.
    own(&["Esc"], Place::Everywhere, Own::Back, "", "one level back"),
    own(
        &["q"],
        Place::Everywhere,
        Own::Close,
        "quit",
        "close what is on top, or quit",
    )
    .asks(Confirm::LiveSockets),
    own(
        &["C-c"],
        Place::Everywhere,
        Own::Interrupt,
        "",
        "cancel the call that waits; twice: quit",
    ),
    run(
        &["C-l"],
        Place::Everywhere,
        "show redraw",
        "",
        "draw everything again",
    ),
    run(
        &["C-z"],
        Place::Everywhere,
        "show suspend",
        "",
        "back to the shell for a while",
    ),
    // Lines being typed.
    own(
        &["Enter"],
        Place::Composer,
        Own::Accept,
        "send",
        "send these bytes",
    ),
    own(
        &["Tab"],
        Place::Composer,
        Own::Cycle,
        "text/hex/expression",
        "type the same bytes another way",
    ),
    own(
        &["Up"],
        Place::Composer,
        Own::Older,
        "",
        "what was sent before",
    ),
    own(
        &["Down"],
        Place::Composer,
        Own::Newer,
        "",
        "what was sent after",
    ),
    own(
        &["C-u"],
        Place::Composer,
        Own::Clear,
        "clear",
        "empty the line",
    ),
    own(
        &["Esc"],
        Place::Composer,
        Own::Back,
        "leave",
        "leave, the text stays",
    ),
    own(
        &["Enter"],
        Place::Prompt,
        Own::Accept,
        "run",
        "run the command",
    ),
    own(
        &["Tab"],
        Place::Prompt,
        Own::Cycle,
        "complete",
        "complete the word",
    ),
    own(&["Up"], Place::Prompt, Own::Older, "", "the command before"),
    own(
        &["Down"],
        Place::Prompt,
        Own::Newer,
        "",
        "the command behind",
    ),
    own(
        &["C-u"],
        Place::Prompt,
        Own::Clear,
        "clear",
        "empty the line",
    ),
    own(
        &["Esc"],
        Place::Prompt,
        Own::Back,
        "leave",
        "leave the prompt",
    ),
    run(&["Up"], Place::Overlay, "move up", "", "one row up"),
    run(&["Down"], Place::Overlay, "move down", "", "one row down"),
    run(&["PgUp"], Place::Overlay, "move page-up", "", "a page up"),
    run(
        &["PgDn"],
        Place::Overlay,
        "move page-down",
        "",
        "a page down",
    ),
    own(
        &["Enter"],
        Place::Overlay,
        Own::Accept,
        "choose",
        "look at this socket",
    ),
    own(
        &["C-u"],
        Place::Overlay,
        Own::Clear,
        "clear",
        "empty the filter",
    ),
    own(
        &["Esc"],
        Place::Overlay,
        Own::Back,
        "back",
        "back to the panes",
    ),
];

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
    /// The help or the table of connections.
    Overlay,
}

/// Whether a binding holds where the keys go. Control keys of everywhere hold while text is typed, too.
#[must_use]
pub fn holds(binding: &Binding, focus: Focus<'_>) -> bool {
    match (binding.place, focus) {
        (Place::Panes(names), Focus::Pane(name)) => names.contains(&name),
        (Place::Everywhere, Focus::Pane(_))
        | (Place::Composer, Focus::Composer)
        | (Place::Prompt, Focus::Prompt)
        | (Place::Overlay, Focus::Overlay) => true,
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
        assert_eq!(act("F1", Focus::Composer), None, "F1 shares its row with ?");
    }
}
