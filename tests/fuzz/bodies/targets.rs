//! What is fuzzed: a row for each target, with the one function that holds an input to its properties and the inputs to
//! begin with. The fuzzer's binaries and the plain test that replays the corpora both run these.

#![allow(
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the fuzzer's library shows them; whatever cannot go on has failed"
)]

#[path = "../../support/packets.rs"]
mod frames;
#[path = "../../support/grammar.rs"]
pub(crate) mod grammar;
#[path = "../../sim/kernel.rs"]
pub mod kernel;
#[path = "../../sim/program.rs"]
pub mod program;
#[path = "../../support/recording.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod recording;

mod captures;
mod commands;
mod core;
mod decoders;
mod dice;
mod documents;
mod escapes;
mod expressions;
mod life;
mod packets;
mod recordings;
mod rules;
mod scripts;
mod tapes;
mod terminal;
mod texts;

/// A target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its binary's name, and that of its corpus.
    pub name: &'static str,
    /// Panics where an input shows what must not be.
    pub check: fn(&[u8]),
    /// Inputs that reach far, made of what the tables have.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub static TARGETS: &[Target] = &[
    captures::TARGET,
    commands::TARGET,
    core::TARGET,
    decoders::TARGET,
    documents::TARGET,
    escapes::TARGET,
    expressions::TARGET,
    packets::TARGET,
    recordings::TARGET,
    rules::TARGET,
    scripts::TARGET,
    tapes::TARGET,
    terminal::TARGET,
];
