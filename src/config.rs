//! The configuration file: a few keys of TOML, each checked by what it sets before anything is carried out. It reads no
//! file, and what a key means is known to those who use it.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::command::{self, Noun};
use crate::ui::Ui;
use crate::words::nearest;

/// Its name in the configuration directory.
pub const FILE: &str = "config.toml";

/// The largest that is read.
pub const FILE_MAX_BYTES: u64 = 1 << 20;

/// What a configuration asks for; what it leaves open is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Whether the terminal's background is light.
    pub light: Option<bool>,
    /// The language of sentences, by its code.
    pub lang: Option<String>,
    /// Plain ASCII instead of rules and signs.
    pub ascii: Option<bool>,
    /// Colours; without, bold, dim and reverse.
    pub color: Option<bool>,
    /// Whether the screen may move by itself.
    pub motion: Option<bool>,
    /// Sentences instead of a screen.
    pub plain: Option<bool>,
    /// Commands of the language, in the order of the file.
    pub settings: Vec<Setting>,
}

/// A command that sets something for the whole run, and who asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Names it in a message: `--theme`, `config.toml:3`.
    pub from: String,
    /// The command: `theme dusk`.
    pub line: String,
}

/// What does not fit, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would have fitted; may be empty.
    pub fits: String,
}

impl fmt::Display for Fault {
    /// `config.toml:3: there is no key thme (did you mean theme?)`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{FILE}:{}: {}", self.line, self.what)?;
        if self.fits.is_empty() {
            Ok(())
        } else {
            write!(out, " ({})", self.fits)
        }
    }
}

/// A key of the file.
struct Key {
    name: &'static str,
    takes: Takes,
    help: &'static str,
}

/// What may stand behind a key.
enum Takes {
    /// `true` and `false`, or `"on"` and `"off"`.
    Switch(fn(&mut Config, bool)),
    /// A word of these.
    Words(&'static [&'static str], fn(&mut Config, &str)),
    /// A language that sentences are spoken in.
    Language,
    /// The last word of a command of the language, which says whether it fits.
    Command(&'static str, Option<Noun>),
}

const KEYS: &[Key] = &[
    Key {
        name: "theme",
        takes: Takes::Command("theme", Some(Noun::Theme)),
        help: "the colours, as the command `theme` names them",
    },
    Key {
        name: "bg",
        takes: Takes::Words(&["light", "dark"], |config, word| {
            config.light = Some(word == "light");
        }),
        help: "the terminal's background, where COLORFGBG does not tell",
    },
    Key {
        name: "color",
        takes: Takes::Switch(|config, on| config.color = Some(on)),
        help: "colours; off: bold, dim and reverse",
    },
    Key {
        name: "lang",
        takes: Takes::Language,
        help: "the language of sentences; it counts more than LANG",
    },
    Key {
        name: "ascii",
        takes: Takes::Switch(|config, on| config.ascii = Some(on)),
        help: "plain ASCII instead of rules and signs",
    },
    Key {
        name: "motion",
        takes: Takes::Switch(|config, on| config.motion = Some(on)),
        help: "off: what changes by time alone does so once a second at the most",
    },
    Key {
        name: "plain",
        takes: Takes::Switch(|config, on| config.plain = Some(on)),
        help: "sentences instead of a screen, as --plain",
    },
    Key {
        name: "mouse",
        takes: Takes::Command("set mouse", None),
        help: "whether the mouse is listened to",
    },
    Key {
        name: "speak",
        takes: Takes::Command("set speak", None),
        help: "the language of programs that are shown: python, c or rust",
    },
    Key {
        name: "eol",
        takes: Takes::Command("set eol", None),
        help: "what ends a line typed into the composer: none, lf or crlf",
    },
];

/// Reads a configuration.
///
/// # Errors
///
/// The first line that does not fit, and what would have.
pub fn parse(text: &str) -> Result<Config, Fault> {
    let fault = |span: Range<usize>, what: String, fits: String| {
        let before = text.get(..span.start).unwrap_or(text);
        let line = 1 + before.matches('\n').count();
        Fault { line, what, fits }
    };
    let table = DeTable::parse(text).map_err(|error| {
        let what = error.message().to_owned();
        fault(error.span().unwrap_or(0..0), what, String::new())
    })?;
    // In the order of the file, which the table does not keep.
    let mut rows: Vec<_> = table.get_ref().iter().collect();
    rows.sort_by_key(|(name, _)| name.span().start);
    let mut config = Config::default();
    for (name, value) in rows {
        let key =
            key_named(name.get_ref()).map_err(|(what, fits)| fault(name.span(), what, fits))?;
        let from = fault(name.span(), String::new(), String::new()).line;
        let from = format!("{FILE}:{from}");
        take(&mut config, key, value.get_ref(), from)
            .map_err(|(what, fits)| fault(value.span(), what, fits))?;
    }
    Ok(config)
}

/// Every key with what it does, for the manual.
#[must_use]
pub fn reference() -> String {
    let mut text = String::new();
    for key in KEYS {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<8}{}", key.name, key.help);
    }
    text
}

/// What is wrong and what would have fitted.
type Wrong = (String, String);

fn key_named(name: &str) -> Result<&'static Key, Wrong> {
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    KEYS.iter().find(|key| key.name == name).ok_or_else(|| {
        let what = format!("there is no key `{}`", crate::escape::clean(name));
        (what, near_or_all(name, &names))
    })
}

fn take(config: &mut Config, key: &Key, value: &DeValue<'_>, from: String) -> Result<(), Wrong> {
    let word = match value {
        DeValue::Boolean(true) => "on",
        DeValue::Boolean(false) => "off",
        DeValue::String(text) => text.as_ref(),
        other => {
            let what = format!("`{}` takes no {}", key.name, other.type_str());
            return Err((what, "a word in quotes, true or false".to_owned()));
        }
    };
    match &key.takes {
        Takes::Switch(set) => set(config, one_of(key, word, &["on", "off"])? == "on"),
        Takes::Words(words, set) => set(config, one_of(key, word, words)?),
        Takes::Language => {
            let names = Ui::nouns(Noun::Language);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            config.lang = Some(one_of(key, word, &names)?.to_owned());
        }
        Takes::Command(verb, noun) => {
            let line = command_line(key, verb, *noun, word)?;
            config.settings.push(Setting { from, line });
        }
    }
    Ok(())
}

/// A command with the word behind it, which must be one word, and one that the command takes.
fn command_line(key: &Key, verb: &str, noun: Option<Noun>, word: &str) -> Result<String, Wrong> {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if word.is_empty() || !word.chars().all(is_part) {
        let what = format!(
            "`{}` takes no {}",
            key.name,
            crate::escape::quote(word.as_bytes())
        );
        return Err((what, "one word".to_owned()));
    }
    let nouns = noun.map(Ui::nouns).unwrap_or_default();
    if !nouns.is_empty() {
        let nouns: Vec<&str> = nouns.iter().map(String::as_str).collect();
        one_of(key, word, &nouns)?;
    }
    let line = format!("{verb} {word}");
    match command::check(&line, None) {
        Ok(_) => Ok(line),
        Err(complaint) => Err((complaint.what, complaint.fits)),
    }
}

fn one_of<'w>(key: &Key, word: &'w str, words: &[&str]) -> Result<&'w str, Wrong> {
    if words.contains(&word) {
        return Ok(word);
    }
    let shown = crate::escape::quote(word.as_bytes());
    Err((
        format!("`{}` takes no {shown}", key.name),
        near_or_all(word, words),
    ))
}

/// The name that was probably meant, as a question; all of them where none is near.
fn near_or_all(word: &str, names: &[&str]) -> String {
    let near = nearest(word, names.iter().copied());
    let near = near.map(|near| format!("did you mean `{near}`?"));
    near.unwrap_or_else(|| names.join(" "))
}
