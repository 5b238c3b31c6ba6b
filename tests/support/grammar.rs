//! A small grammar of our own output, written down here a second time, to be held against every byte that the program
//! wrote to a terminal.

/// What the program may set and reset: screen, cursor, brackets, mouse, whole frames.
const MODES: [&str; 7] = ["1049", "2004", "25", "1000", "1002", "1006", "2026"];

/// Holds all bytes against the grammar: printable characters of one or two columns, and
/// `CSI ? MODE h|l`, `CSI numbers m`, `CSI row ; column H`, `CSI 2 J`. Returns what does not fit, with what is around.
pub(crate) fn check(seen: &[u8]) -> Result<(), String> {
    let text = str::from_utf8(seen).map_err(|error| format!("no UTF-8: {error}"))?;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let fits = if c == '\x1b' {
            sequence(rest)
        } else {
            is_printable(c).then_some(c.len_utf8())
        };
        let Some(length) = fits else {
            let around: String = rest.chars().take(40).collect();
            return Err(format!("{around:?}"));
        };
        rest = rest.get(length..).unwrap();
    }
    Ok(())
}

/// The same of what a terminal got that stood still and was left meanwhile: a sequence may end early, where the next
/// one begins, which ends it (ECMA-48, 8.3.48; DEC STD 070). Somebody may have copied: base64 for the clipboard.
pub(crate) fn check_torn(seen: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(seen).replace('\u{fffd}', "");
    let mut parts = text.split('\x1b');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(copied) = part.strip_prefix("]52;c;") {
            let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
            let rest = copied.trim_start_matches(is_base64);
            // Where the order is torn, the next sequence begins at once.
            whole.push_str(rest.strip_prefix('\x07').unwrap_or(rest));
            continue;
        }
        let is_torn = part
            .strip_prefix('[')
            .map_or(part.is_empty(), |parameters| {
                parameters
                    .chars()
                    .all(|c| matches!(c, '0'..='9' | ';' | '?'))
            });
        if !is_torn {
            whole.push('\x1b');
            whole.push_str(part);
        }
    }
    check(whole.as_bytes())
}

/// The length of a sequence that the program writes.
fn sequence(text: &str) -> Option<usize> {
    if text.starts_with("\x1b\\") {
        // The end of a string, which ends nothing where none began.
        return Some(2);
    }
    let body = text.strip_prefix("\x1b[")?;
    let end = body.find(|c: char| !matches!(c, '0'..='9' | ';' | '?'))?;
    let (parameters, last) = (body.get(..end)?, body.get(end..=end)?);
    let is_ours = match last {
        "h" | "l" => MODES.contains(&parameters.strip_prefix('?')?),
        "m" | "H" => !parameters.contains('?'),
        "J" => parameters == "2",
        _ => false,
    };
    is_ours.then_some(2 + end + 1)
}

/// ASCII, Latin letters, and what is drawn of our own: no control, no mark that combines, reorders or hides.
fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\u{80}'..='\u{a0}' | '\u{ad}' => false,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' => false,
        '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' => false,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => false,
        '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20ff}' | '\u{feff}' => false,
        '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' => false,
        '\u{e0000}'..='\u{10ffff}' => false,
        c => !c.is_control(),
    }
}
