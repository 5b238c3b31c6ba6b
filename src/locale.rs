//! The sentences that people read, one table a language (`assets/locales`), each under a key that code names. Calls,
//! errnos, commands and keys are never translated, and the log is not either. It formats no numbers.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, OnceLock};

/// Every language, by its ISO 639-1 code; the first is spoken where nobody chose.
const LANGUAGES: &[(&str, &str)] = &[
    ("en", include_str!("../assets/locales/en.toml")),
    ("fr", include_str!("../assets/locales/fr.toml")),
];

/// The same, each read when it is spoken first.
static READ: [OnceLock<Arc<Locale>>; LANGUAGES.len()] =
    [const { OnceLock::new() }; LANGUAGES.len()];

/// The sentences of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    name: &'static str,
    sentences: BTreeMap<String, String>,
}

impl Default for Locale {
    /// English.
    fn default() -> Self {
        let (name, table) = LANGUAGES[0];
        Self::read(name, table)
    }
}

impl Locale {
    /// The language of that code.
    #[must_use]
    pub fn named(code: &str) -> Option<Arc<Self>> {
        let mut tables = LANGUAGES.iter().zip(&READ);
        let ((name, table), read) = tables.find(|((name, _), _)| *name == code)?;
        let read = read.get_or_init(|| Arc::new(Self::read(name, table)));
        Some(Arc::clone(read))
    }

    /// The language that an environment asks for, as in `LANG`: `fr_CH.UTF-8` is French; English where none fits.
    #[must_use]
    pub fn asked(lang: &str) -> Arc<Self> {
        let code = lang.split(['_', '.', '@']).next().unwrap_or_default();
        Self::named(code).unwrap_or_else(Self::english)
    }

    /// English.
    #[must_use]
    pub fn english() -> Arc<Self> {
        Self::named(LANGUAGES[0].0).unwrap_or_default()
    }

    /// The codes of all languages.
    pub fn names() -> impl Iterator<Item = &'static str> {
        LANGUAGES.iter().map(|(name, _)| *name)
    }

    /// Its code.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The sentence of a key, `section.name`; the key itself where there is none, which a test keeps from happening.
    #[must_use]
    pub fn say<'a>(&'a self, key: &'a str) -> &'a str {
        self.sentences.get(key).map_or(key, String::as_str)
    }

    /// The sentence of a key with values in the places of `{0}`, `{1}`…
    #[must_use]
    pub fn fill(&self, key: &str, values: &[&dyn Display]) -> String {
        let mut rest = self.say(key);
        let mut text = String::with_capacity(rest.len());
        while let Some((before, behind)) = rest.split_once('{') {
            text.push_str(before);
            rest = behind;
            let place = behind.split_once('}');
            let value = place.and_then(|(number, _)| values.get(number.parse::<usize>().ok()?));
            match (value, place) {
                (Some(value), Some((_, behind))) => {
                    text.push_str(&value.to_string());
                    rest = behind;
                }
                _ => text.push('{'),
            }
        }
        text.push_str(rest);
        text
    }

    /// Whether there is a sentence of that key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.sentences.contains_key(key)
    }

    /// Every key with its sentence.
    pub fn sentences(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sentences
            .iter()
            .map(|(key, text)| (key.as_str(), text.as_str()))
    }

    fn read(name: &'static str, table: &str) -> Self {
        let mut sentences = BTreeMap::new();
        // The tables are ours and a test reads each; what does not parse would show keys for sentences.
        flatten("", &table.parse().unwrap_or_default(), &mut sentences);
        Self { name, sentences }
    }
}

/// `[a] b = "text"` as `a.b`, at any depth.
fn flatten(prefix: &str, table: &toml::Table, sentences: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(table) => flatten(&key, table, sentences),
            toml::Value::String(text) => {
                sentences.insert(key, text.clone());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_sentence_with_the_same_places() {
        let english = Locale::default();
        assert!(english.sentences().count() > 0);
        let places = |text: &str| {
            let mut places: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(place, _)| place.to_owned())
                .collect();
            places.sort();
            places.dedup();
            places
        };
        for (name, table) in LANGUAGES {
            let parsed: Result<toml::Table, _> = table.parse();
            assert!(parsed.is_ok(), "{name}: {parsed:?}");
            let locale = Locale::read(name, table);
            for (key, text) in english.sentences() {
                assert!(locale.has(key), "{name} lacks {key}");
                assert_eq!(places(text), places(locale.say(key)), "{name}: {key}");
            }
            for (key, text) in locale.sentences() {
                assert!(english.has(key), "{name}: nothing asks for {key}");
                assert!(!text.is_empty(), "{name}: {key} says nothing");
            }
        }
    }

    #[test]
    fn places_are_filled_in_any_order() {
        let mut locale = Locale::default();
        let mut check = |text: &str, filled: &str| {
            locale.sentences.insert("key".to_owned(), text.to_owned());
            assert_eq!(locale.fill("key", &[&1, &"two"]), filled);
        };
        check("{1} of {0}", "two of 1");
        check("{0}{0}", "11");
        check("none {} {9} { {0", "none {} {9} { {0");
    }

    #[test]
    fn the_environment_chooses() {
        let check = |lang, name| assert_eq!(Locale::asked(lang).name(), name);
        check("fr_CH.UTF-8", "fr");
        check("fr", "fr");
        check("C.UTF-8", "en");
        check("", "en");
    }
}
