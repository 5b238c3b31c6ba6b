//! Every framing over any stream, cut in any way.

mod case;
mod check;
mod cutter;
#[path = "../../vectors/kinds.rs"]
mod kinds;
mod run;
mod seeds;

use super::Target;
use case::Case;
pub use case::rules;

pub const TARGET: Target = Target {
    name: "decoders",
    check,
    seeds: seeds::all,
};

fn check(data: &[u8]) {
    if let Some(case) = Case::of(data) {
        check::all(&case);
    }
}
