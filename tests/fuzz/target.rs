//! Every target: the binary's name chooses the body. With `SEEDS=tests/fuzz/corpus/NAME` it writes the inputs to begin
//! with there and ends.

#![no_main]

use std::fs;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use sockeye_fuzz::{TARGETS, Target};

fn target() -> &'static Target {
    let name = env!("CARGO_BIN_NAME");
    let found = TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("no row is named {name}"))
}

fn write_seeds(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for (k, seed) in (target().seeds)().iter().enumerate() {
        fs::write(folder.join(format!("seed-{k:04}")), seed)?;
    }
    Ok(())
}

fuzz_target!(
    init: {
        if let Some(folder) = std::env::var_os("SEEDS") {
            write_seeds(folder.as_ref()).expect("the folder takes files");
            std::process::exit(0);
        }
    },
    |data: &[u8]| (target().check)(data)
);
