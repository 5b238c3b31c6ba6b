//! `dump` and `export`: the words to what is written, of what, and where.

use super::Asked;
use super::words::Chosen;
use crate::event::{Dir, Export, Side};
use crate::run::{Extract, Plan};

/// Where it goes, and as whose part.
#[derive(Debug, Default)]
pub(super) struct Target {
    pub(super) out: Option<String>,
    pub(super) over: bool,
    pub(super) side: Option<String>,
}

/// A file in another form. It is opened first; the lines of `-c` come behind it.
pub(super) fn asked(
    format: &str,
    file: &str,
    part: Chosen,
    target: Target,
    mut plan: Plan,
) -> Asked {
    let dir = part.dir.map(|word| match word.as_str() {
        "in" | "c2s" => Dir::In,
        _ => Dir::Out,
    });
    let side = target.side.map(|word| match word.as_str() {
        "server" => Side::Server,
        _ => Side::Client,
    });
    let wanted = Export {
        format: format.to_owned(),
        path: target.out.unwrap_or_default(),
        conn: None,
        dir,
        side,
        over: target.over,
    };
    plan.open = Some(file.to_owned());
    let extract = Box::new(Extract::new(wanted, part.conn));
    Asked::Extract { extract, plan }
}
