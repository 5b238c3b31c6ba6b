//! Who may import whom (DESIGN.md), and which paths only some rooms may name. Paths are read as written: groups over
//! several lines are taken apart, `super::` is counted.

use super::source::Source;

/// The rooms of DESIGN.md's diagram, left to right; rooms of one group may import each other.
const GROUPS: &[&str] = &[
    "endpoint event expr escape words locale",
    "tape inspect hexdump literal",
    "framing",
    "command",
    "session",
    "tap fault peer cause guess storm answer script lesson record flow export",
    "keymap ui",
    "app config",
    "run",
    "args",
];

/// What the rooms that stand beside the order may import. `event` stands in it and has a rule of its own too.
const BESIDE: &[(&str, &str)] = &[
    ("os", "event endpoint"),
    ("net", "event endpoint os"),
    ("tty", "event endpoint os"),
    ("event", "endpoint"),
];

/// Paths and the rooms that alone may use them.
const FENCED: &[(&str, &str)] = &[
    ("socket2::", "os"),
    ("polling::", "os"),
    ("libc::", "os"),
    ("rustix::", "os"),
    ("std::fs", "os"),
    ("std::os::unix::net", "os"),
    ("net::Tcp", "os"),
    ("net::Udp", "os"),
    ("time::Instant", "os"),
    ("time::SystemTime", "os"),
    ("target_os", "os net/facts"),
    ("ratatui::", "ui app run"),
    ("crossterm::", "tty keymap ui run"),
];

/// What a file's paths break, by line.
pub(crate) fn findings(source: &Source) -> Vec<(usize, String)> {
    let room = source.room();
    if room.is_empty() || matches!(room, "lib" | "main") {
        return Vec::new();
    }
    let mut found = Vec::new();
    if !is_known(room) {
        found.push((0, format!("{room} is no room of DESIGN.md's diagram")));
    }
    for (line, path) in paths(&source.code) {
        for (what, rooms) in FENCED.iter().filter(|(what, _)| has(&path, what)) {
            let module = source.module();
            let inside = |fence: &str| {
                module
                    .strip_prefix(fence)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            if !rooms.split(' ').any(inside) {
                found.push((line, format!("`{what}` only in {rooms}")));
            }
        }
        let other = match target(source.module(), &path) {
            Target::Elsewhere => continue,
            Target::Room(other) => other,
            Target::Above(other) => {
                let what = format!("`super::` leaves {room}; say crate::{other}");
                found.push((line, what));
                other
            }
        };
        if !is_known(&other) {
            found.push((line, format!("{other} is no room of DESIGN.md's diagram")));
        } else if !may_import(room, &other) {
            found.push((
                line,
                format!("{room} may not import {other} (DESIGN.md, who may import whom)"),
            ));
        }
    }
    found
}

/// What a path names.
enum Target {
    /// Another crate, or something in reach of the file itself.
    Elsewhere,
    /// A room of ours.
    Room(String),
    /// A room of ours, by way of `super::`.
    Above(String),
}

fn target(module: &str, path: &str) -> Target {
    let mut parts = path.split("::").map(str::trim);
    let first = parts.next().unwrap_or_default();
    let depth = module.split('/').count();
    let room = |part: Option<&str>| part.filter(|part| is_name(part)).map(str::to_owned);
    if first == "crate" {
        return room(parts.next()).map_or(Target::Elsewhere, Target::Room);
    }
    let supers = path.split("::").take_while(|part| *part == "super").count();
    if supers < depth {
        return Target::Elsewhere;
    }
    room(path.split("::").nth(supers)).map_or(Target::Elsewhere, Target::Above)
}

/// The name of a module: what begins with a capital is an item of the crate's root.
fn is_name(part: &str) -> bool {
    part.starts_with(|c: char| c.is_lowercase())
}

/// Every path of the code, by line: `use` trees taken apart, and all other lines word by word.
fn paths(code: &[String]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = code.iter().enumerate();
    while let Some((at, line)) = lines.next() {
        let words = line.trim_start();
        let words = words
            .strip_prefix("pub ")
            .or_else(|| words.strip_prefix("pub(crate) "))
            .or_else(|| words.strip_prefix("pub(super) "))
            .unwrap_or(words);
        let Some(tree) = words.strip_prefix("use ") else {
            found.extend(plain(line).map(|path| (at, path)));
            continue;
        };
        let mut tree = tree.to_owned();
        while !tree.contains(';')
            && let Some((_, more)) = lines.next()
        {
            tree.push_str(more.trim());
        }
        let tree = tree.split(';').next().unwrap_or_default();
        let mut paths = Vec::new();
        expand("", tree, &mut paths);
        found.extend(paths.into_iter().map(|path| (at, path + "::")));
    }
    found
}

/// The paths in a line that is no import.
fn plain(line: &str) -> impl Iterator<Item = String> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .filter(|word| word.contains("::") || *word == "target_os")
        .map(|word| word.trim_start_matches(':').to_owned())
}

/// The paths of a `use` tree.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        if !tree.is_empty() {
            let name = tree.split(" as ").next().unwrap_or(tree);
            paths.push(format!("{prefix}{name}"));
        }
        return;
    };
    let prefix = format!("{prefix}{head}");
    let (mut depth, mut part) = (0_usize, String::new());
    for c in group.chars() {
        match (c, depth) {
            (',' | '}', 0) => {
                expand(&prefix, &std::mem::take(&mut part), paths);
                if c == '}' {
                    return;
                }
            }
            _ => {
                depth += usize::from(c == '{');
                depth -= usize::from(c == '}');
                part.push(c);
            }
        }
    }
}

/// Whether `what` stands in `line` as a path of its own, not as the end of another word.
pub(crate) fn has(line: &str, what: &str) -> bool {
    line.match_indices(what).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !what.starts_with(char::is_alphabetic)
            || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

fn rank(room: &str) -> Option<usize> {
    GROUPS
        .iter()
        .position(|group| group.split(' ').any(|each| each == room))
}

fn is_beside(room: &str) -> bool {
    matches!(room, "os" | "net" | "tty")
}

fn is_known(room: &str) -> bool {
    rank(room).is_some() || is_beside(room)
}

fn may_import(room: &str, other: &str) -> bool {
    if room == other {
        return true;
    }
    if let Some((_, allowed)) = BESIDE.iter().find(|(name, _)| *name == room) {
        return allowed.split(' ').any(|each| each == other);
    }
    if is_beside(other) {
        return room == "run";
    }
    rank(other) <= rank(room)
}
