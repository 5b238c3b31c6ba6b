//! The tables are complete: each item of a kind that one file holds has its row (STYLE.md, 10).

use super::source::Source;

/// A trait, the table of what implements it, and the room of both.
const TABLES: &[(&str, &str, &str)] = &[
    ("Verb", "VERBS", "command"),
    ("Framing", "FRAMINGS", "framing"),
    ("Literal", "LITERALS", "literal"),
    ("Format", "FORMATS", "export"),
    ("Pane", "PANES", "ui"),
    ("StandIn", "STAND_INS", "ui"),
    ("Peer", "PEERS", "peer"),
    ("Kind", "KINDS", "fault"),
];

/// What implements one of the traits and stands in no row, by file and line.
pub(crate) fn findings(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, table, room) in TABLES {
        let of_room = || sources.iter().filter(|source| source.room() == *room);
        let rows = of_room().find_map(|source| rows(source, table));
        // What stands in for a pane is one, too.
        let others = of_room().find_map(|source| self::rows(source, "STAND_INS"));
        let others = others.filter(|_| *kind == "Pane");
        let rows = rows.map(|rows| [rows, others.unwrap_or_default()].concat());
        let Some(rows) = rows else {
            found.push(format!("src/{room}: no table {table}"));
            continue;
        };
        let mut count = 0;
        for source in of_room() {
            for (at, line) in source.code.iter().enumerate() {
                let implemented = line.split_once(&format!("impl {kind} for "));
                let Some((_, item)) = implemented else {
                    continue;
                };
                count += 1;
                let item = item.trim_end_matches(['{', '}', ' ']);
                if !has_row(source, item, &rows) {
                    let place = format!("{}.rs:{}", source.path, at + 1);
                    found.push(format!("{place}: {item} has no row in {table}"));
                }
            }
        }
        if count == 0 {
            found.push(format!("src/{room}: nothing implements {kind}"));
        }
    }
    found
}

/// The paths in a table's rows.
fn rows(source: &Source, table: &str) -> Option<Vec<String>> {
    let first = source
        .code
        .iter()
        .position(|line| line.contains(&format!("static {table}: ")))?;
    let rows = source.code[first..].iter();
    let rows = rows.take_while(|line| !line.contains("];"));
    let paths = rows.flat_map(|line| line.split(['&', ',', '[', ']', ' ']));
    let mut paths: Vec<String> = paths
        .filter(|path| path.contains("::"))
        .map(str::to_owned)
        .collect();
    // A table on one line.
    let line = source.code[first].split_once('=')?.1;
    paths.extend(
        line.split(['&', ',', '[', ']', ' ', ';'])
            .map(str::to_owned),
    );
    Some(paths)
}

/// Whether the item, or a constant of its type, stands in the table.
fn has_row(source: &Source, item: &str, rows: &[String]) -> bool {
    let module = source.path.rsplit('/').next().unwrap_or_default();
    let is_row = |name: &str| {
        let path = format!("{module}::{name}");
        rows.iter()
            .any(|row| *row == path || row.ends_with(&format!("::{path}")) || row == name)
    };
    let of_type = source.code.iter().filter_map(|line| {
        let (left, right) = line.split_once(": ")?;
        let is_constant = left.contains("const ") || left.contains("static ");
        let name = left.split(' ').next_back()?;
        (is_constant && right.starts_with(&format!("{item} ="))).then_some(name)
    });
    is_row(item) || of_type.into_iter().any(is_row)
}
