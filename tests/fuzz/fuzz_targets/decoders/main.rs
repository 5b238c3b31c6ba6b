//! Every framing over any stream, cut in any way: `cargo +nightly fuzz run --fuzz-dir tests/fuzz -s none decoders`.
//! With `SEEDS=tests/fuzz/corpus/decoders` it writes the streams of the vectors there as seeds instead.

#![no_main]

mod case;
mod check;
mod cutter;
#[path = "../../../vectors/kinds.rs"]
mod kinds;
mod run;
mod seeds;

use libfuzzer_sys::fuzz_target;

use case::{Case, RULES};

fuzz_target!(
    init: {
        RULES.get_or_init(seeds::rules);
        if let Some(folder) = std::env::var_os("SEEDS") {
            seeds::write(folder.as_ref());
            std::process::exit(0);
        }
    },
    |data: &[u8]| {
        if let Some(case) = Case::of(data) {
            check::all(&case);
        }
    }
);
