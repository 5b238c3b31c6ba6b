//! Every sentence that code names by its key stands in the table, and every one in the table is named somewhere.

use sockeye::locale::Locale;

use super::source::Source;

/// Findings over the English table; that the other languages have the same keys is a test of `locale`.
pub(crate) fn findings(sources: &[Source], english: &Locale) -> Vec<String> {
    let keys: Vec<&str> = english.sentences().map(|(key, _)| key).collect();
    let is_section = |word: &str| {
        let sections = keys.iter().filter_map(|key| key.split_once('.'));
        sections.into_iter().any(|(section, _)| section == word)
    };
    let mut named = Vec::new();
    let mut found = Vec::new();
    for source in sources {
        for (at, line) in source.lines.iter().enumerate() {
            for literal in line.split('"').skip(1).step_by(2) {
                let Some((section, rest)) = literal.split_once('.') else {
                    continue;
                };
                if !is_section(section) || rest.contains([' ', '/']) {
                    continue;
                }
                named.push(literal.to_owned());
                // A key that is put together names the part before its first hole.
                if !rest.is_empty() && !rest.contains('{') && !english.has(literal) {
                    found.push(format!(
                        "{}.rs:{}: no sentence `{literal}`",
                        source.path,
                        at + 1
                    ));
                }
            }
        }
    }
    let is_named = |key: &&&str| {
        named.iter().any(|named| match named.split_once('{') {
            Some((before, _)) => key.starts_with(before),
            None => named == **key || named.ends_with('.') && key.starts_with(named.as_str()),
        })
    };
    let unused = keys.iter().filter(|key| !is_named(key));
    found.extend(unused.map(|key| format!("assets/locales/en.toml: nothing says `{key}`")));
    found
}
