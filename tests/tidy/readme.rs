//! The table of framings in the README, which is written from the table that the program uses.

use sockeye::framing::{FRAMINGS, JOINS};

const BEGINS: &str = "<!-- framings: written by `RENEW=1 cargo test --test tidy` -->\n";
const ENDS: &str = "<!-- end of framings -->\n";

/// The README with that table as it should be; `None` where the marks are missing.
pub(crate) fn renewed(readme: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGINS)?;
    let (_, after) = rest.split_once(ENDS)?;
    Some(format!("{before}{BEGINS}{}{ENDS}{after}", table()))
}

fn table() -> String {
    let rules = FRAMINGS.iter();
    let rules = rules.map(|framing| (framing.usage(), framing.help()));
    let joins = JOINS.iter().map(|join| (join.usage, join.help));
    let rows = rules.chain(joins).map(|(usage, help)| {
        let [usage, help] = [usage, help].map(|words| words.replace('|', "\\|"));
        format!("| `{usage}` | {help} |\n")
    });
    let rows: String = rows.collect();
    format!("\n| framing | what it does |\n|---|---|\n{rows}\n")
}
