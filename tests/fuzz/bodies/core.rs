//! The whole program with its screen on the simulated kernel, driven by a list of operations: keys, lines, pastes, the
//! mouse, sizes, pauses, a terminal that stands still. It ends, writes nothing to the terminal but its own grammar, and
//! keeps what moved.

use std::fmt::Write as _;
use std::time::Duration;

use sockeye::os::Signal;
use sockeye::run::{Face, Plain, Plan, Workbench};

use super::dice::Dice;
use super::kernel::Happening;
use super::life;
use super::program::Program;
use super::scripts::is_much;
use super::{Target, grammar};

pub const TARGET: Target = Target {
    name: "core",
    check,
    seeds,
};

/// How much is done at the most: an input shall not take long.
const DEEDS_MAX: usize = 40;

/// The widest and highest terminal.
const SIDE_MAX: usize = 220;

/// What there is at the start.
const OPENINGS: [&str; 5] = [
    "",
    "listen :7000 as L; connect @L as A",
    "pair tcp as A B; @A frame out line; @B frame in line; @A send \"one\\ntwo\\nthree\\n\"; mark k",
    "listen :7000 as L; tap :7001 to @L as T; connect @T as A; @A send \"GET / HTTP/1.1\\r\\n\\r\\n\"",
    "pair udp as A B; @A send \"\"; @A send 00 01 ff; pair unix manual as C D; @C send \"x\"*900",
];

/// Lines that people type.
const LINES: &[&str] = &[
    "@A send \"hello\\n\"",
    "send \"x\"*300",
    "send 00 1b 5d 30 3b 9b c2 9b e2 80 ae",
    "recv",
    "recv 5 peek",
    "close",
    "abort",
    "shutdown write",
    "accept",
    "connect :7000",
    "connect :1",
    "listen :0",
    "bind udp://:0",
    "frame line",
    "frame len u8",
    "frame http1",
    "frame guess",
    "split storm",
    "find \"o\"",
    "find /t.o/",
    "goto 2",
    "step back",
    "step on",
    "live",
    "pause",
    "mark m",
    "order little",
    "read as u16be,u8",
    "filter in>0",
    "zoom",
    "layout next",
    "layout wide",
    "theme mono",
    "lang fr",
    "show states",
    "show loop",
    "show code",
    "show seams",
    "undo",
    "redo",
    "hold on",
    "do",
    "hold off",
    "reading manual",
    "reading auto 10/s",
    "set nodelay on",
    "get rcvbuf",
    "unplug 1s",
    "dup",
    "stage \"ab\"",
    "flush",
    "@T fault c2s latency 20ms",
    "@T fault corrupt 0.1",
    "@T intercept on",
    "forward",
    "drop",
    "replace \"o\" with \"00\"",
    "on message /o/ send \"!\"",
    "repeat 5 every 50ms send \"r\\n\"",
    "copy hex",
    "save out.bin",
    "record rec.pcapng",
    "record off",
    "export script out.sockeye",
    "export python out.py",
    "open rec.pcapng",
    "keep 0",
    "speak python",
    "cancel",
    "f = \"stored\"",
    "send f",
];

/// Keys that have a meaning somewhere.
const KEYS: &[&str] = &[
    "\t", "\x1b[Z", "\r", "\x1b", " ", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F",
    "\x1b[5~", "\x1b[6~", "\x1bOP", "\x03", "\x04", "\n", "\x0c", "\x15", "\x7f", "g", "G", "j",
    "k", "h", "l", "z", "s", ":", "?", "/", "n", "N", "F", "T", "M", "c", "y", "e", "u", "r", "x",
    "p", "m", "w", "i", "o", "a", "b", "v", "1", "2", "3", "[", "]", "{", "}", "<", ">", "=", "-",
];

fn check(data: &[u8]) {
    let mut dice = Dice::new(data);
    let (seed, opening) = (dice.byte(), dice.of(&OPENINGS));
    let size = (side(&mut dice), side(&mut dice));
    let mut os = Program::new(u64::from(seed & 0x7f));
    os.kernel
        .at(Duration::from_millis(1), Happening::Resized(size.0, size.1));
    os.kernel.file("letter", b"Dear all,\nthis is a file.\n");
    let mut at = Duration::from_millis(300);
    for _ in 0..DEEDS_MAX {
        if dice.is_empty() {
            break;
        }
        at += Duration::from_millis([20, 20, 60, 250, 900][dice.below(5)]);
        deed(&mut os, at, &mut dice);
    }
    // Whatever stands still goes on, so that the end can be seen.
    os.kernel.at(at, Happening::Stalled(false));
    life::ends_at(&mut os, at + Duration::from_secs(1));
    let mut face: Box<dyn Face> = match seed & 0x80 {
        0 => Box::new(Workbench::new(false)),
        _ => Box::new(Plain::new(false)),
    };
    let plan = Plan {
        lines: vec![opening.to_owned()],
        ..Plan::default()
    };
    let life = life::live(&mut os, &mut *face, plan);
    life.is_what_moved(&os);
    let screen = without_clipboard(os.kernel.screen());
    if let Err(around) = grammar::check_torn(&screen) {
        panic!("the terminal gets {around}");
    }
    os.shown(size.0.max(1), size.1.max(1));
    let said = String::from_utf8_lossy(os.kernel.stdout()).into_owned();
    let is_allowed = |c: char| c == '\n' || sockeye::escape::allowed(c);
    assert!(
        said.chars().all(is_allowed),
        "standard output gets {said:?}"
    );
}

fn side(dice: &mut Dice<'_>) -> u16 {
    u16::try_from(dice.below(SIDE_MAX)).unwrap_or(0)
}

/// One thing that a person, the terminal or its window does.
fn deed(os: &mut Program, at: Duration, dice: &mut Dice<'_>) {
    let happens = match dice.below(16) {
        0..=4 => Happening::Typed(format!(":{}\r", dice.of(LINES)).into_bytes()),
        5 => {
            let line = String::from_utf8_lossy(dice.line()).into_owned();
            // Expressions that mean much, and files that are no matter here, take long.
            if is_much(&line) {
                return;
            }
            Happening::Typed(format!(":{line}\r").into_bytes())
        }
        6..=10 => {
            let keys: String = (0..=dice.below(6)).map(|_| dice.of(KEYS)).collect();
            Happening::Typed(keys.into_bytes())
        }
        11 => {
            let len = dice.len(6);
            Happening::Typed(dice.take(len).to_vec())
        }
        12 => {
            let len = dice.len(9);
            let pasted = [b"\x1b[200~", dice.take(len), b"\x1b[201~"].concat();
            Happening::Typed(pasted)
        }
        13 => {
            let mut sequence = String::new();
            let (button, end) = (dice.of(&[0, 2, 32, 35, 64, 65]), dice.of(&['M', 'm']));
            let (column, row) = (1 + side(dice), 1 + side(dice));
            let _ = write!(sequence, "\x1b[<{button};{column};{row}{end}");
            Happening::Typed(sequence.into_bytes())
        }
        14 => Happening::Resized(side(dice), side(dice)),
        _ => match dice.below(3) {
            0 => Happening::Signal(Signal::Continue),
            is => Happening::Stalled(is == 1),
        },
    };
    os.kernel.at(at, happens);
}

/// What is written without what sets the clipboard, which is base64 between fixed bytes.
fn without_clipboard(screen: &[u8]) -> Vec<u8> {
    let mut rest = screen;
    let mut kept = Vec::new();
    let begins = b"\x1b]52;c;";
    while let Some(at) = rest
        .windows(begins.len())
        .position(|window| window == begins)
    {
        let (before, set) = rest.split_at(at);
        let set = &set[begins.len()..];
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        let end = set.iter().take_while(|byte| is_base64(byte)).count();
        kept.extend_from_slice(before);
        rest = set[end..].strip_prefix(b"\x07").unwrap_or(&set[end..]);
    }
    kept.extend_from_slice(rest);
    kept
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for opening in 0..5_u8 {
        for first in (0..70_u8).step_by(10) {
            let mut seed = vec![opening * 3, opening, 120, 40];
            for line in first..first + 10 {
                // A line, then a few keys, then the mouse.
                seed.extend([2, 0, line, 1, 6, 2, line, line + 20, line.wrapping_mul(3)]);
            }
            seed.extend([2, 13, 0, 0, 60, 20, 2, 14, 80, 24, 2, 12, 40]);
            seed.extend_from_slice(b"pasted \x1b[2J\xff text");
            seeds.push(seed);
        }
    }
    seeds
}
