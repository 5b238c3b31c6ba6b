//! The table of keys, one row a binding. What a row means stands with [`Binding`].

use super::{Act, Binding, Choice, Confirm, Need, Own, Place, Then};

/// Before there is a socket: what one can begin with.
const FIRST: Place = Place::Panes(&["first"]);

/// Panes of one socket's bytes: what moves in one moves in all.
const STREAM: Place = Place::Panes(&["seams", "bytes", "messages", "inspector"]);

/// Panes with a table of sockets.
const TABLE: Place = Place::Panes(&["connections"]);

/// The waiting room of a listener.
const ROOM: Place = Place::Panes(&["room"]);

/// Panes with calls.
const CALLS: Place = Place::Panes(&["timeline"]);

/// Panes with a cursor.
const CURSOR: Place = Place::Panes(&[
    "connections",
    "bytes",
    "messages",
    "inspector",
    "timeline",
    "seams",
    "code",
    "first",
    "board",
]);

/// The table of sockets over the panes.
const SOCKETS: Place = Place::Overlay(&["connections"]);

/// Everything that lies over the panes.
const OVERLAY: Place = Place::Overlay(&[
    "help",
    "connections",
    "saved",
    "framing",
    "storm",
    "states",
    "reach",
    "race",
    "loop",
    "faults",
    "held",
]);

/// What of it may be longer than the screen.
const SCROLLED: Place = Place::Overlay(&[
    "help",
    "connections",
    "saved",
    "framing",
    "storm",
    "reach",
    "loop",
    "faults",
]);

/// What has something to choose.
const CHOSEN: Place = Place::Overlay(&["help", "connections", "saved", "framing"]);

/// What has a filter of those.
const FILTERED: Place = Place::Overlay(&["help", "connections", "saved"]);

/// The card of the framing.
const TUNER: Place = Place::Overlay(&["framing"]);

/// The faults.
const FAULTS: Place = Place::Overlay(&["faults"]);

/// The messages that are held.
const HELD: Place = Place::Overlay(&["held"]);

/// The card of an error.
const CARD: Place = Place::Above("card");

/// The explanation of a row of the timeline.
const EXPLAINED: Place = Place::Above("cause");

/// Behind `y`: the formats of `copy`.
const FORMATS: Then = Then::Choices(&[
    Choice("h", "hex"),
    Choice("t", "text"),
    Choice("e", "escaped"),
    Choice("p", "python"),
    Choice("c", "c"),
    Choice("r", "rust"),
    Choice("b", "base64"),
    Choice("s", "send"),
]);

/// Behind `o` in the connections: the columns of `sort`.
const COLUMNS: Then = Then::Choices(&[
    Choice("n", "name"),
    Choice("l", "address"),
    Choice("s", "state"),
    Choice("i", "in"),
    Choice("I", "in/s"),
    Choice("o", "out"),
    Choice("O", "out/s"),
    Choice("w", "waiting"),
    Choice("u", "unsent"),
    Choice("a", "age"),
    Choice("t", "owner"),
    Choice("f", "frame"),
    Choice("c", "created"),
]);

/// Every key, in the order of the footer and the help; the first that fits a place counts.
#[rustfmt::skip]
pub static KEYS: &[Binding] = &[
    own(&["Enter"], FIRST, "first-choose", Own::Accept).footer(),
    run(&["a"], ROOM, "accept-one", "accept").footer(),
    Binding::new(&["C"], ROOM, "crowd-here", Act::Ask("crowd ")).footer(),
    Binding::new(&["o"], ROOM, "backlog", Act::Ask("start backlog ")).footer(),
    run(&["Enter"], CARD, "why", "show cause").footer(),
    run(&["Enter"], EXPLAINED, "follow", "show cause").footer(),
    own(&["'"], EXPLAINED, "return", Own::Return).footer(),
    // While calls are held.
    run(&["."], Place::Everywhere, "do", "do").footer().needs(Need::Armed),
    run(&[","], Place::Everywhere, "disarm", "disarm").footer().needs(Need::Armed),
    // Messages that are held.
    run(&["H"], Place::Everywhere, "held", "show held").footer().needs(Need::Held),
    // Sockets: the verbs that a student looks for first.
    run(&["s"], Place::Everywhere, "send", "pane composer").footer().needs(Need::Open),
    ask(&["c"], "connect", "connect ").footer(),
    ask(&["b"], "listen", "listen ").footer(),
    ask(&["f"], "frame", "frame ").footer().needs(Need::Socket),
    run(&["\\"], Place::Everywhere, "turn", "show direction").footer().needs(Need::Socket),
    run(&["w"], Place::Everywhere, "half-close", "shutdown write").footer().needs(Need::Open),
    run(&["d"], Place::Everywhere, "close", "close").footer().needs(Need::Open),
    run(&["Tab"], Place::Everywhere, "pane", "pane next").footer(),
    ask(&["/"], "find", "find ").footer().needs(Need::Socket),
    prefix(&["y"], Place::Everywhere, "copy", "copy ", FORMATS).footer().needs(Need::Socket),
    run(&["v"], STREAM, "colour", "show colour").footer(),
    run(&["r"], Place::Everywhere, "recv", "recv").footer().needs(Need::Open),
    ask(&["R"], "recv-more", "recv ").needs(Need::Open),
    run(&["a"], Place::Everywhere, "accept", "accept").footer().needs(Need::Open),
    run(&["D"], Place::Everywhere, "abort", "abort").footer().needs(Need::Open).asks(Confirm::ForeignPeer),
    run(&["x"], Place::Everywhere, "cable", "unplug").footer().needs(Need::Open).asks(Confirm::ForeignCable),
    prefix(&["o"], TABLE, "sort", "sort ", COLUMNS).footer(),
    ask(&["o"], "options", "set ").needs(Need::Open),
    ask(&["C"], "crowd", "crowd ").needs(Need::Open),
    run(&["S"], Place::Everywhere, "select", "select").needs(Need::Socket),
    // This pane.
    own(&["/"], TABLE, "filter", Own::Filter).footer(),
    run(&["Enter"], TABLE, "look", "show focus").footer(),
    run(&["Enter"], STREAM, "widen", "show wider").footer().needs(Need::Socket),
    run(&["Enter"], CALLS, "cause", "show cause").footer().needs(Need::Socket),
    run(&["e"], Place::Panes(&["messages", "seams"]), "swap", "frame more order").footer().needs(Need::Socket),
    run(&["e"], Place::Panes(&["bytes", "inspector"]), "order", "show order").footer(),
    run(&["F"], Place::Everywhere, "tune", "show framing").footer().needs(Need::Socket),
    run(&["-"], Place::Panes(&["messages"]), "fold", "show fold").footer().needs(Need::Socket),
    run(&["V"], STREAM, "range", "show range").needs(Need::Socket),
    run(&["p"], STREAM, "pin", "pin").needs(Need::Socket),
    run(&["="], STREAM, "value", "show value").needs(Need::Open),
    run(&["{"], STREAM, "previous", "move previous").needs(Need::Socket),
    run(&["}"], STREAM, "next", "move next").needs(Need::Socket),
    // Looking.
    ask(&[":"], "command", "").footer(),
    run(&["?"], Place::Everywhere, "help", "show help").footer(),
    run(&["F1"], Place::Everywhere, "help-typing", "show help"),
    run(&["S-Tab"], Place::Everywhere, "pane-before", "pane previous"),
    run(&["z"], Place::Everywhere, "zoom", "show zoom").footer(),
    run(&["Z"], Place::Everywhere, "layout", "layout next"),
    run(&["T"], Place::Everywhere, "sockets", "show connections").footer(),
    run(&["i"], Place::Everywhere, "inspector", "pane inspector"),
    run(&["M"], Place::Everywhere, "saved", "show saved"),
    run(&["X"], Place::Everywhere, "faults", "show faults"),
    run(&["E"], Place::Everywhere, "states", "show states").needs(Need::Socket),
    Binding::new(
        &["1", "2", "3", "4", "5", "6", "7", "8", "9"], Place::Everywhere, "number", Act::Spelled("focus "),
    ),
    run(&["n"], Place::Everywhere, "find-next", "find next").needs(Need::Socket),
    run(&["N"], Place::Everywhere, "find-previous", "find previous").needs(Need::Socket),
    run(&["Space"], Place::Everywhere, "pause", "pause").footer(),
    run(&["["], Place::Everywhere, "step-back", "step back").footer(),
    run(&["]"], Place::Everywhere, "step-on", "step on").footer(),
    run(&["0"], Place::Everywhere, "now", "goto now").footer(),
    prefix(&["m"], Place::Everywhere, "mark", "mark ", Then::Letter),
    prefix(&["'"], Place::Everywhere, "jump", "goto ", Then::Letter),
    run(&["u"], Place::Everywhere, "undo", "undo"),
    run(&["U"], Place::Everywhere, "redo", "redo"),
    // Moving.
    run(&["h", "Left"], CURSOR, "left", "move left"),
    run(&["j", "Down"], CURSOR, "down", "move down"),
    run(&["k", "Up"], CURSOR, "up", "move up"),
    run(&["l", "Right"], CURSOR, "right", "move right"),
    run(&["g"], CURSOR, "first", "move first"),
    run(&["G"], CURSOR, "last", "move last"),
    run(&["Home"], CURSOR, "start", "move start"),
    run(&["End"], CURSOR, "end", "move end"),
    run(&["C-u"], CURSOR, "half-up", "move half-up"),
    run(&["C-d"], CURSOR, "half-down", "move half-down"),
    run(&["PgUp"], CURSOR, "page-up", "move page-up"),
    run(&["PgDn"], CURSOR, "page-down", "move page-down"),
    // Layers.
    own(&["Esc"], Place::Everywhere, "back", Own::Back),
    own(&["q"], Place::Everywhere, "quit", Own::Close).footer().asks(Confirm::LiveSockets),
    own(&["C-c"], Place::Everywhere, "interrupt", Own::Interrupt),
    run(&["C-l"], Place::Everywhere, "redraw", "show redraw"),
    run(&["C-z"], Place::Everywhere, "suspend", "show suspend"),
    // Lines being typed.
    own(&["Enter"], Place::Composer, "composer-send", Own::Accept).footer(),
    own(&["Tab"], Place::Composer, "composer-mode", Own::Cycle).footer(),
    own(&["Up"], Place::Composer, "composer-older", Own::Older),
    own(&["Down"], Place::Composer, "composer-newer", Own::Newer),
    own(&["C-j"], Place::Composer, "composer-break", Own::Break).footer(),
    own(&["C-u"], Place::Composer, "composer-clear", Own::Clear).footer(),
    own(&["Esc"], Place::Composer, "composer-leave", Own::Back).footer(),
    own(&["Enter"], Place::Prompt, "prompt-run", Own::Accept).footer(),
    own(&["Tab"], Place::Prompt, "prompt-complete", Own::Cycle).footer(),
    own(&["Up"], Place::Prompt, "prompt-older", Own::Older),
    own(&["Down"], Place::Prompt, "prompt-newer", Own::Newer),
    own(&["C-u"], Place::Prompt, "prompt-clear", Own::Clear).footer(),
    own(&["Esc"], Place::Prompt, "prompt-leave", Own::Back).footer(),
    prefix(&["Tab"], SOCKETS, "sort", "sort ", COLUMNS).footer(),
    run(&["Left"], SOCKETS, "left", "move left"),
    run(&["Right"], SOCKETS, "right", "move right"),
    run(&["Left", "h"], TUNER, "turn-less", "frame less").footer(),
    run(&["Right", "l"], TUNER, "turn-more", "frame more").footer(),
    run(&["g"], TUNER, "guess", "frame guess").footer(),
    run(&["b"], TUNER, "beside", "show beside").footer(),
    run(&["u"], TUNER, "turn-back", "undo").footer(),
    run(&["U"], TUNER, "turn-again", "redo"),
    run(&["f"], HELD, "forward", "forward").footer().needs(Need::Held),
    run(&["e"], HELD, "edit", "show edit").footer().needs(Need::Held),
    run(&["d"], HELD, "drop", "drop").footer().needs(Need::Held),
    run(&["a"], HELD, "answer", "show answer").footer().needs(Need::Held),
    run(&["F"], HELD, "forward-all", "forward all").footer().needs(Need::Held),
    own(&["Enter"], FAULTS, "fault-off", Own::Accept).footer().needs(Need::Fault),
    run(&["Up"], SCROLLED, "overlay-up", "move up"),
    run(&["Down"], SCROLLED, "overlay-down", "move down"),
    run(&["PgUp"], SCROLLED, "overlay-page-up", "move page-up"),
    run(&["PgDn"], SCROLLED, "overlay-page-down", "move page-down"),
    own(&["Enter"], CHOSEN, "overlay-choose", Own::Accept).footer(),
    own(&["C-u"], FILTERED, "overlay-clear", Own::Clear).footer(),
    own(&["Esc"], OVERLAY, "overlay-back", Own::Back).footer(),
];

type Keys = &'static [&'static str];

const fn run(keys: Keys, place: Place, slug: &'static str, line: &'static str) -> Binding {
    Binding::new(keys, place, slug, Act::Run(line))
}

const fn ask(keys: Keys, slug: &'static str, line: &'static str) -> Binding {
    Binding::new(keys, Place::Everywhere, slug, Act::Ask(line))
}

const fn prefix(
    keys: Keys,
    place: Place,
    slug: &'static str,
    line: &'static str,
    then: Then,
) -> Binding {
    Binding::new(keys, place, slug, Act::Prefix(line, then))
}

const fn own(keys: Keys, place: Place, slug: &'static str, act: Own) -> Binding {
    Binding::new(keys, place, slug, Act::Own(act))
}

impl Binding {
    const fn new(keys: Keys, place: Place, slug: &'static str, act: Act) -> Self {
        Self {
            keys,
            place,
            slug,
            act,
            need: Need::Nothing,
            confirm: Confirm::Never,
            in_footer: false,
        }
    }

    const fn footer(mut self) -> Self {
        self.in_footer = true;
        self
    }

    const fn needs(mut self, need: Need) -> Self {
        self.need = need;
        self
    }

    const fn asks(mut self, confirm: Confirm) -> Self {
        self.confirm = confirm;
        self
    }
}
