//! Any text as one of the files and words that people write: the configuration, what a run remembers, what is stored by
//! name, addresses, sizes and times. What is read is printed as a text that reads as the same; complaints are within.

use sockeye::app::App;
use sockeye::config;
use sockeye::endpoint::{Endpoint, Target as Address};
use sockeye::event::Wish;
use sockeye::expr;
use sockeye::ui::Memory;
use sockeye::words;

use super::{Target, texts};

pub const TARGET: Target = Target {
    name: "documents",
    check,
    seeds,
};

type Check = fn(&[u8]);

/// Each kind of text, by the first byte of an input.
const KINDS: [(u8, Check); 5] = [
    (b'c', configuration),
    (b'm', memory),
    (b's', stored),
    (b'a', address),
    (b'n', number),
];

fn check(data: &[u8]) {
    if let Some((first, text)) = data.split_first() {
        let at = KINDS.iter().position(|(kind, _)| kind == first);
        let (_, check) = KINDS[at.unwrap_or(usize::from(*first) % KINDS.len())];
        check(text);
    }
}

fn configuration(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let lines = 1 + text.matches('\n').count();
    match config::parse(text) {
        Ok(config) => {
            for setting in config.settings {
                assert!(
                    !setting.line.contains('\n'),
                    "{setting:?} is more than a line"
                );
            }
        }
        Err(fault) => assert!((1..=lines).contains(&fault.line), "{fault:?} of {lines}"),
    }
}

fn memory(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Ok(memory) = Memory::parse(text) {
        let again = Memory::parse(&memory.text());
        assert_eq!(again.as_ref(), Ok(&memory));
        let joined = memory.merged(&Memory::default(), memory.clone());
        assert_eq!(Memory::parse(&joined.text()), Ok(joined));
    }
}

/// A text stays as it is but for the line that is stored or forgotten.
fn stored(data: &[u8]) {
    let looks = Wish::Quit;
    let text = App::rewritten(data, &looks).expect("nothing is changed");
    let mut ended = data.to_vec();
    if !data.is_empty() && !data.ends_with(b"\n") {
        ended.push(b'\n');
    }
    assert!(text == ended, "another text though nothing was changed");
    let store = Wish::Store {
        name: "new".to_owned(),
        expr: "\"x\" 00".to_owned(),
    };
    let with = App::rewritten(data, &store).expect("it parses");
    let again = App::rewritten(&with, &store).expect("it parses");
    assert!(with == again, "stored twice it stands there twice");
    let without = App::rewritten(&with, &Wish::Forget("new".to_owned())).expect("it is there");
    let gone = App::rewritten(&without, &Wish::Forget("new".to_owned()));
    assert!(gone.is_err(), "it is still there");
}

fn address(data: &[u8]) {
    let Ok(word) = str::from_utf8(data) else {
        return;
    };
    let chars = word.chars().count();
    match Endpoint::parse(word) {
        Ok(endpoint) => {
            let printed = endpoint.to_string();
            assert_eq!(
                Endpoint::parse(&printed).as_ref(),
                Ok(&endpoint),
                "{printed}"
            );
            assert_eq!(Address::parse(&printed), Ok(Address::At(endpoint)));
        }
        Err(error) => assert!(error.column <= chars, "{error:?} in {word:?}"),
    }
    if let Err(error) = Address::parse(word) {
        assert!(error.column <= chars, "{error:?} in {word:?}");
    }
}

fn number(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Some(time) = words::time(text) {
        let spelled = format!("{}ms", time.as_millis());
        assert_eq!(
            words::time(&spelled).map(|time| time.as_millis()),
            Some(time.as_millis())
        );
    }
    if let Some(size) = words::size(text) {
        assert_eq!(words::size(&size.to_string()), Some(size));
    }
    // An expression never means more than it says (the target `expressions` looks closer).
    let _ = expr::parse(text);
}

fn seeds() -> Vec<Vec<u8>> {
    let config: &[u8] = b"ctheme = \"dusk\"\nbg = \"light\"\nlang = \"fr\"\nascii = true\nmotion = false\nkeep = 3\n";
    let memory: &[u8] = b"mlayout = \"wide\"\nzoom = true\nhints_used = [\"a\"]\n\
        commands = [\"send \\\"x\\\"\"]\nmessages = []\n";
    let stored: &[u8] = b"s# kept\nf = \"first\"\n\ng = 00 01\nno line\n new=\"x\"\n";
    let mut seeds = vec![config.to_vec(), memory.to_vec(), stored.to_vec()];
    let addresses = texts::examples("addresses.txt");
    seeds.extend(
        addresses
            .iter()
            .map(|word| [b"a", word.as_slice()].concat()),
    );
    seeds.extend([&b"n1.5s"[..], b"n200ms", b"n3m", b"n64k", b"n2G", b"n0"].map(<[u8]>::to_vec));
    seeds
}
