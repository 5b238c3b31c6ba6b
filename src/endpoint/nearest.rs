//! The name that somebody probably meant, for error messages. It never changes what was meant: it only suggests.

/// Longer words are no slip of the finger, and would cost quadratic time.
const WORD_MAX_CHARS: usize = 32;

/// The name with the fewest changed letters, where few enough changed to call it a slip: at most 2, and fewer than
/// half. Case does not count. Of equals, the first.
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

/// Letters changed, added, left out, or swapped with their neighbour (optimal string alignment), one row at a time.
fn distance(word: &[char], name: &str) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    let mut previous = None;
    for letter in name.chars() {
        let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
        let mut row = vec![cell(&last, 0) + 1];
        for (at, have) in word.iter().enumerate() {
            let replaced = cell(&last, at) + usize::from(*have != letter);
            let mut fewest = replaced
                .min(cell(&last, at + 1) + 1)
                .min(cell(&row, at) + 1);
            let neighbour = at.checked_sub(1);
            if let Some(left) =
                neighbour.filter(|left| word.get(*left) == Some(&letter) && previous == Some(*have))
            {
                fewest = fewest.min(cell(&before_last, left) + 1);
            }
            row.push(fewest);
        }
        before_last = std::mem::replace(&mut last, row);
        previous = Some(letter);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let names = ["tcp", "udp", "unix", "unix-dgram"];
        let check = |word, expected| assert_eq!(nearest(word, names), expected, "{word}");
        check("tpc", Some("tcp"));
        check("tcpp", Some("tcp"));
        check("TCP", Some("tcp"));
        check("unx", Some("unix"));
        check("unix-dgramm", Some("unix-dgram"));
        check("uinx", Some("unix"));
        check("http", None);
        check("", None);
        check(&"u".repeat(100_000), None);
    }
}
