//! Help in the language of sentences: what clap would print, with the sentences of the locale in the places of those in
//! the code, and the language of the prompt behind it. Words that one types are the same in every language.

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command, CommandFactory};

use super::manual;
use super::words::Line;
use crate::command;
use crate::export::DOCUMENTS;
use crate::locale::Locale;

/// The headings that clap prints by itself, which it cannot be told, and their names in the locale.
const HEADINGS: [(&str, &str); 4] = [
    ("Usage:", "usage"),
    ("Commands:", "commands"),
    ("Arguments:", "arguments"),
    ("Options:", "options"),
];

/// The text that these words ask for.
#[must_use]
pub fn help(words: impl IntoIterator<Item = OsString>, locale: &Locale) -> String {
    let asked = told(Line::command(), None, locale).try_get_matches_from(words);
    let text = asked.err().map(|asked| asked.to_string());
    let text = text.unwrap_or_default();
    let lines = text.lines().map(|line| headed(line, locale) + "\n");
    let headed: String = lines.collect();
    // Where the whole program is explained, its language stands behind.
    if !text.contains("\nCommands:\n") {
        return headed;
    }
    let language = locale.say("shell.language");
    format!("{headed}\n{language}\n\n{}", command::reference(locale))
}

/// A line with its heading in the language of sentences, if it begins with one.
fn headed(line: &str, locale: &Locale) -> String {
    let found = HEADINGS.iter().find_map(|(heading, name)| {
        let rest = line.strip_prefix(heading)?;
        let heading = format!("shell.heading-{name}");
        Some(format!("{}:{rest}", locale.say(&heading)))
    });
    found.unwrap_or_else(|| line.to_owned())
}

/// The language that the words ask for, if they do.
#[must_use]
pub fn language(words: &[OsString]) -> Option<String> {
    let mut words = words.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => return words.next().map(str::to_owned),
            Some(code) if code.starts_with('=') => return code.get(1..).map(str::to_owned),
            _ => {}
        }
    }
    None
}

/// A command with its sentences, and those of all below it.
fn told(command: Command, way: Option<&str>, locale: &Locale) -> Command {
    let name = way.unwrap_or("about");
    let sentence = |id: &str| {
        let own = format!("shell.{name}-{id}");
        let key = if locale.has(&own) {
            own
        } else {
            format!("shell.any-{id}")
        };
        locale.say(&key).to_owned()
    };
    let flag = |id: &'static str, short: char, action: ArgAction| {
        let arg = Arg::new(id).short(short).long(id).action(action);
        arg.help(sentence(id))
    };
    let mut command = command
        .about(locale.say(&format!("shell.{name}")).to_owned())
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(|arg| {
            let help = sentence(arg.get_id().as_str());
            let is_form = name == "export" && arg.get_id() == "format";
            let arg = if is_form {
                arg.value_parser(forms(locale))
            } else {
                arg
            };
            arg.help(help)
        })
        .arg(flag("help", 'h', ArgAction::Help));
    command = match name {
        "about" => command
            .arg(flag("version", 'V', ArgAction::Version))
            .after_help(manual::exit(locale)),
        "decode" | "encode" => command.after_help(manual::rules(locale)),
        _ => command,
    };
    command.mut_subcommands(|below| {
        let name = below.get_name().to_owned();
        told(below, Some(&name), locale)
    })
}

/// The forms in which a session is written down.
fn forms(locale: &Locale) -> PossibleValuesParser {
    let forms = DOCUMENTS.iter().map(|form| {
        let key = format!("shell.form-{}", form.name());
        PossibleValue::new(form.name()).help(locale.say(&key).to_owned())
    });
    PossibleValuesParser::new(forms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn asked(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn in_english_it_is_what_the_words_say_themselves() {
        let english = Locale::default();
        let ways = Line::command();
        let ways = ways.get_subcommands().map(|way| way.get_name().to_owned());
        for way in ways.filter(|way| way != "lab").chain([String::new()]) {
            let words: Vec<_> = ["sockeye", &way, "--help"]
                .into_iter()
                .filter(|word| !word.is_empty())
                .collect();
            let own = Line::try_parse_from(&words).unwrap_err().to_string();
            let text = help(asked(&words), &english);
            let text = text.split(english.say("shell.language")).next().unwrap();
            // Where an option stands among the others is no matter of words.
            let lines = |text: &str| {
                let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
                lines.sort();
                lines
            };
            assert_eq!(
                lines(text.trim_end()),
                lines(own.replace(" (see a summary with '-h')", "").trim_end()),
                "{way}"
            );
        }
    }

    #[test]
    fn in_french_no_sentence_is_english_and_every_word_that_is_typed_stays() {
        let french = Locale::named("fr").unwrap();
        let text = help(asked(&["sockeye", "--help"]), &french);
        for word in [
            "Utilisation :",
            "--record <FILE>",
            "decode",
            "frame guess",
            "124  ",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
        let english = help(asked(&["sockeye", "--help"]), &Locale::default());
        let sentences: Vec<_> = english
            .lines()
            .filter(|line| line.split(' ').count() > 12)
            .collect();
        let left: Vec<_> = sentences
            .iter()
            .filter(|line| text.contains(**line))
            .collect();
        // Grammars are in no language.
        let left: Vec<_> = left
            .iter()
            .filter(|line| !line.contains(['|', '[']))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn the_language_of_the_command_line_counts() {
        let check = |words: &[&str], code: Option<&str>| {
            assert_eq!(language(&asked(words)).as_deref(), code, "{words:?}");
        };
        check(&["sockeye", "--lang", "fr", "--help"], Some("fr"));
        check(&["sockeye", "--help", "--lang=fr"], Some("fr"));
        check(&["sockeye", "--language", "--help"], None);
        check(&["sockeye", "-h"], None);
    }
}
