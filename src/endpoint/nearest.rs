//! The name that somebody probably meant, for error messages. It never changes what was meant: it only suggests.

/// Longer words are no slip of the finger, and would cost quadratic time.
const WORD_MAX_CHARS: usize = 32;

/// The name with the fewest changed letters, where few enough changed to call it a slip: at most 2, and fewer than half.
/// Case does not count. Of equals, the first.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word
        .chars()
        .take(WORD_MAX_CHARS + 1)
        .flat_map(char::to_lowercase)
        .collect();
    if word.len() > WORD_MAX_CHARS {
        return None;
    }
    names
        .into_iter()
        .map(|name| (distance(&word, name), name))
        .filter(|(changed, name)| {
            *changed <= 2 && changed * 2 < name.chars().count().max(word.len())
        })
        .min_by_key(|(changed, _)| *changed)
        .map(|(_, name)| name)
}

/// Levenshtein's distance, one row at a time.
fn distance(word: &[char], name: &str) -> usize {
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (line, letter) in name.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (cell, have) in row.iter_mut().skip(1).zip(word) {
            let replaced = diagonal + usize::from(*have != letter);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let names = ["tcp", "udp", "unix", "unix-dgram"];
        let check = |word, expected| assert_eq!(nearest(word, names), expected, "{word}");
        check("tpc", None);
        check("tcpp", Some("tcp"));
        check("TCP", Some("tcp"));
        check("unx", Some("unix"));
        check("unix-dgramm", Some("unix-dgram"));
        check("uinx", None);
        check("http", None);
        check("", None);
        check(&"u".repeat(100_000), None);
    }
}
