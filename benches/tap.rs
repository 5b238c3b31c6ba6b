//! What it costs to stand between a client and a server, beside other relays in the same run: bulk throughput and the
//! relay's own processor time, 64-byte round trips, 64 connections at once, and the memory of many idle connections.
//! It prints a table and has no opinion of it; `cargo bench --bench tap`. Words after `--` name what to measure (`bulk`,
//! `ping`, `many`, `idle`), `+NAME` asks for the contestants alone whose name begins so. `TAP_MIB` and `TAP_ROUNDS` ask
//! for other sizes. Contestants take turns; medians count, and ratios are medians of the ratios within a round.

#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what it finds out is printed, rounded, and it stops where it cannot go on"
)]

use std::fs;

#[path = "tap/contestants.rs"]
mod contestants;
#[path = "tap/loads.rs"]
mod loads;
#[path = "tap/process.rs"]
mod process;
#[path = "../tests/support/relay.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod relay;
#[path = "tap/table.rs"]
mod table;

use contestants::{CONTESTANTS, Contestant};
use loads::{Bench, LOADS, Load};
use table::Table;

/// What was asked for on the command line.
struct Asked {
    loads: Vec<&'static Load>,
    contestants: Vec<&'static Contestant>,
    rounds: usize,
}

impl Asked {
    fn read() -> Self {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let names = |word: &&String| !word.starts_with(['-', '+']);
        let wanted: Vec<&String> = words.iter().filter(names).collect();
        let only: Vec<&str> = words
            .iter()
            .filter_map(|word| word.strip_prefix('+'))
            .collect();
        let is_asked =
            |load: &&Load| wanted.is_empty() || wanted.iter().any(|word| *word == load.name);
        let is_named = |contestant: &&Contestant| {
            only.is_empty()
                || only
                    .iter()
                    .any(|name| contestant.program.name.starts_with(name))
        };
        Self {
            loads: LOADS.iter().filter(is_asked).collect(),
            contestants: CONTESTANTS.iter().filter(is_named).collect(),
            rounds: number("TAP_ROUNDS").unwrap_or(5),
        }
    }
}

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

fn main() {
    let asked = Asked::read();
    let bench = Bench {
        bytes: number("TAP_MIB").unwrap_or(1024) << 20,
        folder: relay::folder("bench-tap"),
    };
    println!("{}", process::machine());
    for load in asked.loads {
        let mut table = Table::new(load);
        for _ in 0..load.rounds.unwrap_or(asked.rounds) {
            table.next_round();
            for contestant in &asked.contestants {
                if (load.admits)(contestant) && relay::is_installed(contestant.program.needs) {
                    let values = bench.measure(load, contestant);
                    table.take(contestant.program.name, values);
                }
            }
        }
        println!("\n{}\n{table}", load.about);
    }
    let _ = fs::remove_dir_all(&bench.folder);
}
