//! Runs a case: makes its world, lets the program live in it, and says what was wrong, with what a person needs to see
//! it. A panic is wrong as well.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::time::Duration;

use sockeye::os::{Place, Signal};
use sockeye::run::{self, Face, Plain, Plan, Workbench};

use super::case::Case;
use super::face::Fire;
use super::grammar;
use super::judge::{Judge, Wrong};
use super::kernel::Happening;
use super::kernel::mood::{COUNT, Mood, Moods};
use super::opening;
use super::program::{Book, Numbers, Program};
use super::recorded;

/// Calls of one run that are too many.
const CALLS_MAX: u64 = 3_000_000;

/// The exit statuses that a run may have: over, the terminal or an output gone, signals.
const CODES: [u8; 7] = [0, 3, 74, 129, 130, 131, 143];

/// How a run went.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) wrong: Option<Wrong>,
    pub(crate) events: u64,
    pub(crate) calls: u64,
    pub(crate) trace: u64,
    pub(crate) counts: [u64; COUNT],
    /// What it recorded, where it did.
    pub(crate) file: Option<Vec<u8>>,
    /// What happened, where somebody wants to read it.
    pub(crate) story: String,
}

thread_local! {
    /// What the panic of this thread said, while one is looked for.
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
    static LISTENS: RefCell<bool> = const { RefCell::new(false) };
}

/// Runs a case; with `told` it keeps what happened.
pub(crate) fn play(case: &Case, told: bool) -> Played {
    let has_good_disk = case.seed % 8 == 5;
    let quiet = if has_good_disk { disk() } else { 0 };
    let moods = Moods::hostile(case.seed, case.without | quiet);
    let book = Book::default();
    let mut os = Program::with(moods.clone());
    os.book = Some(book.clone());
    os.is_terse = !told;
    os.calls_max = CALLS_MAX;
    let mut numbers = Numbers(case.seed.wrapping_mul(77) | 1);
    let (has_screen, is_plain) = (case.seed.is_multiple_of(8), case.seed % 8 == 4);
    furnish(&mut os, &mut numbers, has_screen);
    let shown: Option<Box<dyn Face>> = match (has_screen, is_plain) {
        (true, _) => Some(Box::new(Workbench::new(false))),
        (_, true) => Some(Box::new(Plain::new(false))),
        _ => None,
    };
    let disk = Box::new(os.kernel.platter());
    let mut fire = Fire::new(
        case,
        moods.clone(),
        Judge::new(book, has_screen),
        shown,
        disk,
    );
    fire.judge.told = told.then(Vec::new);
    let plan = Plan {
        record: (case.seed % 4 == 1).then(|| recorded::FILE.to_owned()),
        ..Plan::default()
    };
    let ending = listen(|| run::run(&mut os, &mut fire, plan));
    let wrong = match ending {
        Err(said) => Some(said),
        Ok(ending) if !CODES.contains(&ending.code) => Some(format!("it ended so: {ending:?}")),
        Ok(_) => fire
            .judge
            .wrong
            .clone()
            .or_else(|| left(&os, &fire, has_screen)),
    };
    let file = os.kernel.made(recorded::FILE);
    let wrong = wrong.or_else(|| {
        let file = file.as_deref()?;
        moods.rage();
        let opened = listen(|| opening::open(file, &fire.judge, &moods));
        opened.unwrap_or_else(Some)
    });
    let mut story = String::new();
    if let Some(lines) = &fire.judge.told {
        let (lines, tail) = (lines.join("\n"), &os.tail);
        let _ = writeln!(story, "{tail:#?}\n{lines}\n{wrong:?}");
    }
    Played {
        wrong,
        events: fire.judge.events(),
        calls: os.calls,
        trace: os.trace,
        counts: moods.counts(),
        file,
        story,
    }
}

/// The bits of all moods of the disk: each of them ends a recording early, and together they let hardly one live.
fn disk() -> u64 {
    let bits = recorded::BAD.iter().map(|mood| 1 << *mood as u64);
    bits.fold(0, |all: u64, bit: u64| all | bit)
}

/// What is there besides sockets: names, files, a terminal to which things happen.
fn furnish(os: &mut Program, numbers: &mut Numbers, has_screen: bool) {
    os.kernel.name(
        "here",
        Ok(vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()]),
    );
    os.kernel.name("nowhere", Err("no such host".to_owned()));
    os.kernel.file("letter", b"Dear all,\nthis is a file.\n");
    os.kernel
        .keep(Place::Data, "saved.txt", "f = \"first\"\ng = 00 01\n");
    if !has_screen {
        return;
    }
    let moods = os.moods.clone();
    let mut at = Duration::ZERO;
    let signals = [Signal::Continue, Signal::Suspend, Signal::Resize];
    for _ in 0..30 {
        at += Duration::from_millis(numbers.below(400));
        let keys = numbers.below(12);
        let keys = numbers.bytes(keys);
        os.kernel.at(at, Happening::Typed(keys));
        if moods.strikes(Mood::Resized) {
            let side = |numbers: &mut Numbers, most| u16::try_from(numbers.below(most)).unwrap();
            let size = (side(numbers, 130), side(numbers, 45));
            os.kernel.at(at, Happening::Resized(size.0, size.1));
        }
        if moods.strikes(Mood::Stalled) {
            os.kernel.at(at, Happening::Stalled(numbers.below(2) == 0));
        }
        if moods.strikes(Mood::Signalled) {
            let signal = signals[usize::try_from(numbers.below(3)).unwrap()];
            os.kernel.at(at, Happening::Signal(signal));
        }
    }
    os.kernel.at(at, Happening::Stalled(false));
    if moods.strikes(Mood::Ended) {
        os.kernel.at(
            at + Duration::from_millis(numbers.below(3000)),
            Happening::TerminalGone,
        );
    }
}

/// What the program must leave behind.
fn left(os: &Program, fire: &Fire, has_screen: bool) -> Option<Wrong> {
    if os.kernel.is_raw() {
        return Some("I16: the terminal is still raw".to_owned());
    }
    if has_screen && let Err(around) = grammar::check_torn(os.kernel.screen()) {
        return Some(format!("I11: not of our grammar: {around}"));
    }
    let open = os.kernel.open_sockets();
    let is_whole = fire.is_over() && !fire.is_leaky;
    (is_whole && open > 0).then(|| format!("I8: {open} descriptors are open in the end"))
}

/// Runs something, and what a panic in it says.
fn listen<T>(something: impl FnOnce() -> T) -> Result<T, String> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |about| {
            if LISTENS.with(|listens| *listens.borrow()) {
                SAID.with(|said| *said.borrow_mut() = Some(about.to_string()));
            } else {
                usual(about);
            }
        }));
    });
    LISTENS.with(|listens| *listens.borrow_mut() = true);
    let result = panic::catch_unwind(AssertUnwindSafe(something));
    LISTENS.with(|listens| *listens.borrow_mut() = false);
    result.map_err(|_| SAID.with(std::cell::RefCell::take).unwrap_or_default())
}
