//! Every sentence that code names by its key stands in the table, and every one in the table is named somewhere.

use super::source::Source;

/// Findings over the English table; that the other languages have the same keys is a test of `locale`.
pub(crate) fn findings(sources: &[Source], table: &toml::Table) -> Vec<String> {
    let mut keys = Vec::new();
    flatten("", table, &mut keys);
    let sections: Vec<&str> = table.keys().map(String::as_str).collect();
    let mut named = Vec::new();
    let mut found = Vec::new();
    for source in sources {
        for (at, line) in source.lines.iter().enumerate() {
            for literal in line.split('"').skip(1).step_by(2) {
                let Some((section, rest)) = literal.split_once('.') else {
                    continue;
                };
                if !sections.contains(&section) || rest.contains([' ', '/']) {
                    continue;
                }
                named.push(literal.to_owned());
                // A key that is put together names the part before its first hole.
                if !rest.is_empty() && !rest.contains('{') && !keys.iter().any(|key| key == literal)
                {
                    found.push(format!(
                        "{}.rs:{}: no sentence `{literal}`",
                        source.path,
                        at + 1
                    ));
                }
            }
        }
    }
    let is_named = |key: &String| {
        named.iter().any(|named| match named.split_once('{') {
            Some((before, _)) => key.starts_with(before),
            None => named == key || named.ends_with('.') && key.starts_with(named.as_str()),
        })
    };
    let unused = keys.iter().filter(|key| !is_named(key));
    found.extend(unused.map(|key| format!("assets/locales/en.toml: nothing says `{key}`")));
    found
}

fn flatten(prefix: &str, table: &toml::Table, keys: &mut Vec<String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(table) => flatten(&key, table, keys),
            _ => keys.push(key),
        }
    }
}
