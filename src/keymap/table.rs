//! The table of keys, one row a binding. What a row means stands with [`Binding`].

use super::{Act, Binding, Confirm, Need, Own, Place};

/// Panes of one socket's bytes: what moves in one moves in all.
const STREAM: Place = Place::Panes(&["seams", "bytes", "messages", "inspector"]);

/// Panes with a table of sockets.
const TABLE: Place = Place::Panes(&["connections"]);

/// Panes with a cursor.
const CURSOR: Place = Place::Panes(&[
    "connections",
    "seams",
    "bytes",
    "messages",
    "inspector",
    "timeline",
    "code",
]);

/// Every key, in the order of the footer and the help; the first that fits a place counts.
#[rustfmt::skip]
pub static KEYS: &[Binding] = &[
    // Sockets: the verbs that a student looks for first.
    run(&["s"], Place::Everywhere, "pane composer", "send", "compose bytes to send").needs(Need::Open),
    ask(&["c"], "connect ", "connect", "connect to an address"),
    ask(&["b"], "listen :", "listen", "bind and listen"),
    ask(&["f"], "frame ", "frame", "choose how bytes become messages").needs(Need::Socket),
    run(&["\\"], Place::Everywhere, "show direction", "turn", "the other direction of this socket")
        .needs(Need::Socket),
    run(&["w"], Place::Everywhere, "shutdown write", "half-close", "say that no more will be sent (FIN)")
        .needs(Need::Open),
    run(&["d"], Place::Everywhere, "close", "close", "close: what was sent still arrives").needs(Need::Open),
    run(&["Tab"], Place::Everywhere, "pane next", "pane", "next pane"),
    run(&["r"], Place::Everywhere, "recv", "recv", "call recv once").needs(Need::Open),
    run(&["a"], Place::Everywhere, "accept", "accept", "call accept once").needs(Need::Open),
    run(&["D"], Place::Everywhere, "abort", "abort", "close at once, the peer sees a reset (RST)")
        .needs(Need::Open)
        .asks(Confirm::ForeignPeer),
    // Looking.
    ask(&[":"], "", "command", "type a command"),
    run(&["?", "F1"], Place::Everywhere, "show help", "keys", "what the keys do"),
    run(&["S-Tab"], Place::Everywhere, "pane previous", "", "pane before"),
    run(&["z"], Place::Everywhere, "show zoom", "zoom", "this pane alone, or all of them"),
    run(&["T"], Place::Everywhere, "show connections", "sockets", "the table of all sockets"),
    run(&["1"], Place::Everywhere, "focus 1", "", "look at the socket with that number (1 to 9)"),
    run(&["2"], Place::Everywhere, "focus 2", "", ""),
    run(&["3"], Place::Everywhere, "focus 3", "", ""),
    run(&["4"], Place::Everywhere, "focus 4", "", ""),
    run(&["5"], Place::Everywhere, "focus 5", "", ""),
    run(&["6"], Place::Everywhere, "focus 6", "", ""),
    run(&["7"], Place::Everywhere, "focus 7", "", ""),
    run(&["8"], Place::Everywhere, "focus 8", "", ""),
    run(&["9"], Place::Everywhere, "focus 9", "", ""),
    own(&["/"], TABLE, Own::Filter, "filter", "show only sockets with these words"),
    ask(&["/"], "find ", "", "search the bytes in view: \"text\", hex or /regex/").needs(Need::Socket),
    run(&["n"], Place::Everywhere, "find next", "", "search on").needs(Need::Socket),
    run(&["N"], Place::Everywhere, "find previous", "", "search back").needs(Need::Socket),
    Binding {
        keys: &["m"],
        place: Place::Everywhere,
        act: Act::Letter("mark "),
        need: Need::Nothing,
        confirm: Confirm::Never,
        label: "",
        help: "a letter marks this moment",
    },
    Binding {
        keys: &["'"],
        place: Place::Everywhere,
        act: Act::Letter("goto "),
        need: Need::Nothing,
        confirm: Confirm::Never,
        label: "",
        help: "a letter goes to the mark of that letter",
    },
    // Moving.
    run(&["h", "Left"], CURSOR, "move left", "", "one to the left"),
    run(&["j", "Down"], CURSOR, "move down", "", "one row down"),
    run(&["k", "Up"], CURSOR, "move up", "", "one row up"),
    run(&["l", "Right"], CURSOR, "move right", "", "one to the right"),
    run(&["g"], CURSOR, "move first", "", "to the first"),
    run(&["G"], CURSOR, "move last", "", "to the newest, and follow it"),
    run(&["Home"], CURSOR, "move start", "", "to the start of the row"),
    run(&["End"], CURSOR, "move end", "", "to the end of the row"),
    run(&["C-u"], CURSOR, "move half-up", "", "half a page up"),
    run(&["C-d"], CURSOR, "move half-down", "", "half a page down"),
    run(&["PgUp"], CURSOR, "move page-up", "", "a page up"),
    run(&["PgDn"], CURSOR, "move page-down", "", "a page down"),
    run(&["{"], STREAM, "move previous", "", "the message before"),
    run(&["}"], STREAM, "move next", "", "the next message"),
    // Bytes and messages.
    run(&["Enter"], STREAM, "show wider", "widen", "select more: the byte, its field, its message"),
    run(&["Enter"], Place::Panes(&["connections"]), "show focus", "look", "look at this socket"),
    run(&["e"], Place::Panes(&["bytes", "messages", "inspector"]), "show order", "order", "turn the byte order over"),
    // Layers.
    own(&["Esc"], Place::Everywhere, Own::Back, "", "one level back"),
    own(&["q"], Place::Everywhere, Own::Close, "quit", "close what is on top, or quit").asks(Confirm::LiveSockets),
    own(&["C-c"], Place::Everywhere, Own::Interrupt, "", "cancel the call that waits; twice: quit"),
    run(&["C-l"], Place::Everywhere, "show redraw", "", "draw everything again"),
    run(&["C-z"], Place::Everywhere, "show suspend", "", "back to the shell for a while"),
    // Lines being typed.
    own(&["Enter"], Place::Composer, Own::Accept, "send", "send these bytes"),
    own(&["Tab"], Place::Composer, Own::Cycle, "text/hex/expression", "type the same bytes another way"),
    own(&["Up"], Place::Composer, Own::Older, "", "what was sent before"),
    own(&["Down"], Place::Composer, Own::Newer, "", "what was sent after"),
    own(&["C-u"], Place::Composer, Own::Clear, "clear", "empty the line"),
    own(&["Esc"], Place::Composer, Own::Back, "leave", "leave, the text stays"),
    own(&["Enter"], Place::Prompt, Own::Accept, "run", "run the command"),
    own(&["Tab"], Place::Prompt, Own::Cycle, "complete", "complete the word"),
    own(&["Up"], Place::Prompt, Own::Older, "", "the command before"),
    own(&["Down"], Place::Prompt, Own::Newer, "", "the command behind"),
    own(&["C-u"], Place::Prompt, Own::Clear, "clear", "empty the line"),
    own(&["Esc"], Place::Prompt, Own::Back, "leave", "leave the prompt"),
    run(&["Up"], Place::Overlay, "move up", "", "one row up"),
    run(&["Down"], Place::Overlay, "move down", "", "one row down"),
    run(&["PgUp"], Place::Overlay, "move page-up", "", "a page up"),
    run(&["PgDn"], Place::Overlay, "move page-down", "", "a page down"),
    own(&["Enter"], Place::Overlay, Own::Accept, "choose", "look at this socket, or leave the help"),
    own(&["C-u"], Place::Overlay, Own::Clear, "clear", "empty the filter"),
    own(&["Esc"], Place::Overlay, Own::Back, "back", "back to the panes"),
];

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
