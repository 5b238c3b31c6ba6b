//! Any text as a script, played by the whole program on the simulated kernel: it ends, what is kept is what moved,
//! standard output has an object a line, the recording holds what happened, and the same seed does the same.

use sockeye::run::{Plan, Printer};
use sockeye::script::Script;

use super::life::{self, Life};
use super::program::Program;
use super::{Target, texts};

pub const TARGET: Target = Target {
    name: "scripts",
    check,
    seeds,
};

/// What changes the file that is recorded into, or the session that it is of.
const NOT_WHOLE: [&str; 4] = ["record", "open", "keep", "save"];

/// A script that is longer takes long without being another kind of script.
const TEXT_MAX_BYTES: usize = 4096;

fn check(data: &[u8]) {
    let Some((seed, text)) = data.split_first() else {
        return;
    };
    let text = text.get(..TEXT_MAX_BYTES).unwrap_or(text);
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    if is_much(text) || Script::parse(text).is_err() {
        return;
    }
    let (os, life) = played(*seed, text);
    // The conversations of a tap of datagrams share a socket.
    if !(text.contains("tap") && text.contains("udp")) {
        life.is_what_moved(&os);
    }
    if !NOT_WHOLE.iter().any(|word| text.contains(word)) {
        life.is_recorded(&os, true);
    }
    let out = str::from_utf8(os.kernel.stdout()).expect("UTF-8");
    // Whoever ends the run by a signal does not wait until standard output takes the rest of a line.
    let whole = match life.code {
        129.. => out.rsplit_once('\n').map_or("", |(whole, _)| whole),
        _ => out,
    };
    for line in whole.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(value.is_object(), "{line}");
    }
    assert!(
        os.kernel
            .stderr()
            .chars()
            .all(|c| c == '\n' || sockeye::escape::allowed(c))
    );
    if seed & 0x80 != 0 {
        assert_eq!(os.trace, played(*seed, text).0.trace, "another run");
    }
}

/// Whether it asks for much of anything, which takes long without being another kind of script.
pub fn is_much(text: &str) -> bool {
    let numbers = text.split(|c: char| !c.is_ascii_alphanumeric());
    numbers.into_iter().any(|number| {
        let digits = number.chars().filter(char::is_ascii_digit).count();
        digits > 5 || digits > 0 && number.ends_with(['k', 'M', 'G'])
    })
}

fn played(seed: u8, text: &str) -> (Program, Life) {
    let mut os = Program::new(u64::from(seed & 0x7f));
    os.kernel.file("letter", b"Dear all,\nthis is a file.\n");
    os.kernel
        .name("here", Ok(vec!["127.0.0.1".parse().expect("an address")]));
    let plan = Plan {
        script: Script::parse(text).ok(),
        record: Some(life::FILE.to_owned()),
        ..Plan::default()
    };
    let life = life::live(&mut os, &mut Printer::new("FILE".to_owned(), true), plan);
    (os, life)
}

fn seeds() -> Vec<Vec<u8>> {
    let scripts = texts::scripts().into_iter().zip(0_u8..);
    let scripts = scripts.map(|(text, seed)| [&[seed], text.as_slice()].concat());
    scripts.collect()
}
