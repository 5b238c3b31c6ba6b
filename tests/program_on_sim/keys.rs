//! The table of keys is the whole truth: every key of it does something or says why not, in every place where it
//! holds, and no other key changes anything. The whole program runs on the simulated kernel for each.

use std::collections::BTreeMap;
use std::time::Duration;

use sockeye::keymap::{Act, Binding, Focus, KEYS, Place, find};
use sockeye::os::Signal;
use sockeye::run::{Plan, Workbench};
use sockeye::ui::PANES;

use super::kernel::Happening;
use super::program::Program;

/// A conversation with some messages, and a listener.
const OPENING: &str = "listen :7000 as L; pair tcp as A B; @A frame out line; @B frame in line; \
    @A send \"one\\ntwo\\nthree\\n\" \"x\"*600 \"\\nlast\\n\"; @B send \"back\\n\"; mark k; focus A; find \"two\"";

/// Time between two keys: longer than the wait for the rest of a sequence, and than the frame.
const STEP: f64 = 0.2;

/// What there is to see in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    screen: String,
    /// How often everything was drawn anew.
    drawn: usize,
    code: u8,
}

/// Presses these keys one after the other, and looks.
fn press(keys: &[&str]) -> Seen {
    let mut os = Program::new(0);
    os.kernel
        .at(Duration::from_millis(1), Happening::Resized(120, 40));
    let mut at = 0.5;
    for key in keys {
        os.types(at, key);
        at += STEP;
    }
    // A little more than a prefix waits before it says what may follow.
    let end = Duration::from_secs_f64(3.5_f64.max(at + 0.6));
    os.kernel.at(end, Happening::Signal(Signal::Terminate));
    let plan = Plan {
        lines: vec![OPENING.to_owned()],
        ..Plan::default()
    };
    let outcome = super::play(&mut os, &mut Workbench::new(false), plan);
    assert_ne!(outcome.ending.code, 2, "{outcome:?}");
    let clear = b"\x1b[2J";
    Seen {
        screen: os.shown(120, 40),
        drawn: os
            .kernel
            .screen()
            .windows(clear.len())
            .filter(|it| it == clear)
            .count(),
        code: outcome.ending.code,
    }
}

/// Screens without and with a key, each run once.
#[derive(Default)]
struct Runs(BTreeMap<Vec<&'static str>, Seen>);

impl Runs {
    fn press(&mut self, keys: &[&'static str]) -> &Seen {
        self.0.entry(keys.to_vec()).or_insert_with(|| press(keys))
    }

    /// Whether a key does something in one of these situations.
    fn acts(&mut self, situations: &[Vec<&'static str>], key: &'static str) -> bool {
        situations.iter().any(|before| {
            let without = self.press(before).clone();
            let with: Vec<_> = before.iter().copied().chain([key]).collect();
            *self.press(&with) != without
        })
    }
}

/// The bytes that a terminal sends for a key of the table.
fn sent(key: &'static str) -> &'static str {
    match key {
        "Tab" => "\t",
        "S-Tab" => "\x1b[Z",
        "Enter" => "\r",
        "Esc" => "\x1b",
        "Space" => " ",
        "Left" => "\x1b[D",
        "Right" => "\x1b[C",
        "Up" => "\x1b[A",
        "Down" => "\x1b[B",
        "Home" => "\x1b[H",
        "End" => "\x1b[F",
        "PgUp" => "\x1b[5~",
        "PgDn" => "\x1b[6~",
        "F1" => "\x1bOP",
        "C-c" => "\x03",
        "C-d" => "\x04",
        "C-j" => "\n",
        "C-l" => "\x0c",
        "C-u" => "\x15",
        "C-z" => "\x1a",
        key => {
            assert_eq!(key.chars().count(), 1, "the test cannot press {key}");
            key
        }
    }
}

/// Ways to stand in a pane: as it is found, and somewhere in the middle.
fn in_pane(name: &str) -> Vec<Vec<&'static str>> {
    let go = match name {
        "connections" => ":pane connections\r",
        "bytes" => ":pane bytes\r",
        "messages" => ":pane messages\r",
        "inspector" => ":pane inspector\r",
        "timeline" => ":pane timeline\r",
        "seams" => ":show seams\r:pane seams\r",
        "code" => ":show code\r:pane code\r",
        "room" => ":focus L\r",
        name => panic!("the test does not know the pane {name}"),
    };
    vec![
        vec![go],
        vec![go, "g", "j", "j", "l"],
        vec![go, "G", "k"],
        vec![go, "z"],
        vec![go, "sab\x1b"],
        vec![go, "sab\x1b", "u"],
        vec![":frame len u8\r", go, "G", "l"],
        // Where a listener has a connection, it is folded and unfolded.
        vec![":connect @L\r", go, "g"],
        vec![":connect @L\r", go, "g", "h"],
    ]
}

/// Ways to stand where a binding holds.
fn situations(binding: &Binding) -> Vec<Vec<Vec<&'static str>>> {
    // A board has a row for each that is asked about: this one is too short to move in.
    let known = |name: &&&str| **name == "room" || PANES.iter().any(|pane| pane.name() == **name);
    match binding.place {
        Place::Everywhere => vec![in_pane("bytes").into_iter().chain([vec!["3"]]).collect()],
        Place::Panes(names) => names
            .iter()
            .filter(known)
            .map(|name| in_pane(name))
            .collect(),
        // A call on the wrong kind of socket brings the card, and Enter the explanation.
        Place::Above("card") => vec![vec![vec![":pane bytes\r", "a"]]],
        Place::Above("cause") => vec![vec![vec![":pane timeline\r", "a", "\r"]]],
        Place::Above(name) => panic!("the test does not know what {name} is"),
        Place::Composer => vec![vec![
            vec!["s", "abc"],
            vec!["s", "one", "\r"],
            vec!["s", "one", "\r", "two", "\r", "\x1b[A", "\x1b[A"],
        ]],
        Place::Prompt => vec![vec![
            vec![":", "s"],
            vec![":focus B\r", ":", "f"],
            vec![":focus B\r", ":focus A\r", ":", "\x1b[A", "\x1b[A"],
        ]],
        Place::Overlay(names) => names
            .iter()
            // Nothing is saved here, so there is nowhere to go.
            .filter(|name| **name != "saved" || !matches!(binding.act, Act::Run(_)))
            // What they show is measured first, and comes when it comes.
            .filter(|name| !["reach", "race"].contains(*name))
            // These need a tap with traffic: tests/faults.rs presses them on a real terminal.
            .filter(|name| !["faults", "held"].contains(*name))
            .map(|name| match *name {
                "help" => vec![vec!["?"], vec!["?", "send"], vec!["?", "\x1b[6~"]],
                "connections" => vec![vec!["T"], vec!["T", "A"], vec!["T", "\x1b[B", "\x1b[B"]],
                "saved" => vec![vec!["M"], vec!["M", "x"]],
                "framing" => {
                    let open = [":frame len u16be at 2 incl\r", ":pane messages\r", "F"];
                    let below = [&open[..], &["\x1b[B"]].concat();
                    let turned = [&open[..], &["\x1b[C"]].concat();
                    let back = [&open[..], &["\x1b[C", "u"]].concat();
                    vec![open.to_vec(), below, turned, back]
                }
                "storm" => {
                    let storm = ":split storm\r";
                    vec![vec![storm], vec![storm, "\x1b[B", "\x1b[B"]]
                }
                "states" => vec![vec![":show states\r"]],
                "loop" => vec![vec![":show loop\r"]],
                name => panic!("the test does not know what {name} is"),
            })
            .collect(),
    }
}

#[test]
fn every_key_of_the_table_does_something_or_says_why_not() {
    let mut runs = Runs::default();
    let mut dead = Vec::new();
    for binding in KEYS {
        for places in situations(binding) {
            for key in binding.keys {
                if !runs.acts(&places, sent(key)) {
                    dead.push(format!("{key} ({}) {:?}", binding.slug, places.first()));
                }
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn a_key_that_is_not_in_the_table_changes_nothing() {
    let mut runs = Runs::default();
    let pane = ":pane bytes\r";
    let before = runs.press(&[pane]).clone();
    let letters: Vec<String> = (b' '..=b'~').map(|c| char::from(c).to_string()).collect();
    let mut free = 0;
    for letter in letters {
        let name = if letter == " " { "Space" } else { &letter };
        if find(name, Focus::Pane("bytes")).is_none() {
            free += 1;
            assert_eq!(press(&[pane, &letter]), before, "{name}");
        }
    }
    for sequence in ["\x1bOQ", "\x1b[24~", "\x1bx", "\x01", "\x1b[2~", "\x7f"] {
        assert_eq!(press(&[pane, sequence]), before, "{sequence:?}");
    }
    assert!(free > 20, "{free}");
}

#[test]
fn a_key_without_a_call_to_make_says_so() {
    for binding in KEYS {
        let Some(key) = binding
            .keys
            .first()
            .filter(|_| binding.place == Place::Everywhere)
        else {
            continue;
        };
        let why = match binding.need {
            sockeye::keymap::Need::Nothing => continue,
            sockeye::keymap::Need::Armed => "no call is armed",
            sockeye::keymap::Need::Held => "no message is held",
            _ => "there is no socket yet",
        };
        let mut os = Program::new(0);
        os.types(0.5, sent(key));
        os.kernel
            .at(Duration::from_secs(1), Happening::Signal(Signal::Terminate));
        super::play(&mut os, &mut Workbench::new(false), Plan::default());
        let screen = os.shown(100, 30);
        assert!(screen.contains(why), "{key}\n{screen}");
    }
}
