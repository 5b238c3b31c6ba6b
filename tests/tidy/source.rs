//! Source files as text: their lines, and the same lines without comments, strings and tests. It parses no Rust.

use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
pub(crate) struct Source {
    /// Its path below the root without `.rs`: `src/net/tcp`, `tests/tidy`.
    pub(crate) path: String,
    pub(crate) lines: Vec<String>,
    /// The lines without comments and the contents of strings.
    pub(crate) masked: Vec<String>,
    /// Those without what is behind `#[cfg(test)]`; none where the whole file is a test.
    pub(crate) code: Vec<String>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let masked = masked(text);
        let is_test = path.starts_with("tests/") || path.split('/').any(|part| part == "tests");
        let code = if is_test {
            Vec::new()
        } else {
            lines(&without_tests(&masked))
        };
        Self {
            path: path.to_owned(),
            lines: lines(text),
            masked: lines(&masked),
            code,
        }
    }

    /// The path below `src`: empty for tests.
    pub(crate) fn module(&self) -> &str {
        self.path.strip_prefix("src/").unwrap_or_default()
    }

    /// The room of DESIGN.md that it belongs to.
    pub(crate) fn room(&self) -> &str {
        self.module().split('/').next().unwrap_or_default()
    }
}

/// All of `src` and `tests`, in order of their paths. What the fuzzer's workspace builds is none of ours.
pub(crate) fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join("src"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()).collect::<Vec<PathBuf>>() {
            if path.is_dir() && !path.ends_with("fuzz/target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root())
                    .unwrap_or(&path)
                    .with_extension("");
                let text = fs::read_to_string(&path).unwrap_or_default();
                sources.push(Source::new(&name.to_string_lossy(), &text));
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

/// The package's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text with comments and the contents of strings and characters as blanks; lines stay where they are.
fn masked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let starts = |at: usize, what: &str| {
        what.chars()
            .enumerate()
            .all(|(i, c)| chars.get(at + i) == Some(&c))
    };
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let end = if starts(at, "//") {
            (at..chars.len())
                .find(|&i| chars[i] == '\n')
                .unwrap_or(chars.len())
        } else if starts(at, "/*") {
            (at + 2..chars.len())
                .find(|&i| starts(i, "*/"))
                .map_or(chars.len(), |i| i + 2)
        } else if chars[at] == 'r'
            && (starts(at + 1, "\"") || starts(at + 1, "#\"") || starts(at + 1, "##\""))
        {
            let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
            let close = format!("\"{}", "#".repeat(hashes));
            let from = at + 2 + hashes;
            (from..chars.len())
                .find(|&i| starts(i, &close))
                .map_or(chars.len(), |i| i + 1 + hashes)
        } else if chars[at] == '"' {
            closing(&chars, at, '"')
        } else if chars[at] == '\'' && (starts(at + 1, "\\") || chars.get(at + 2) == Some(&'\'')) {
            closing(&chars, at, '\'')
        } else {
            out.push(chars[at]);
            at += 1;
            continue;
        };
        out.extend(
            chars[at..end]
                .iter()
                .map(|&c| if c == '\n' { c } else { ' ' }),
        );
        at = end;
    }
    out
}

fn closing(chars: &[char], open: usize, quote: char) -> usize {
    let mut at = open + 1;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// Blanks every item behind `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let (mut inside, mut depth) = (false, 0_usize);
    for line in code.lines() {
        inside |= line.trim_start().starts_with("#[cfg(test)]");
        if inside {
            let opened = line.matches('{').count();
            depth = (depth + opened).saturating_sub(line.matches('}').count());
            inside = !(depth == 0 && (line.contains('}') || line.trim_end().ends_with(';')));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}
