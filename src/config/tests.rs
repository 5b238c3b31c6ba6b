//! Configurations as people write them: what each key becomes, and how a wrong one is told.

use super::*;

#[track_caller]
fn refused(text: &str, expected: &str) {
    assert_eq!(parse(text).unwrap_err().to_string(), expected, "{text}");
}

#[test]
fn every_key_becomes_what_it_says() {
    let text = "# mine\nlang = \"fr\"\nbg = 'light'\nascii = true\nmotion = \"off\"\ncolor = false\n\
        plain = false\n\neol = \"crlf\"\nmouse = \"off\"\n";
    let setting = |line, command: &str| Setting {
        from: format!("config.toml:{line}"),
        line: command.to_owned(),
    };
    let expected = Config {
        light: Some(true),
        lang: Some("fr".to_owned()),
        ascii: Some(true),
        color: Some(false),
        motion: Some(false),
        plain: Some(false),
        settings: vec![setting(9, "set eol crlf"), setting(10, "set mouse off")],
    };
    assert_eq!(parse(text), Ok(expected));
    assert_eq!(parse(""), Ok(Config::default()));
    let switch = parse("mouse = true").unwrap();
    assert_eq!(switch.settings, [setting(1, "set mouse on")]);
}

#[test]
fn what_does_not_fit_is_told_with_its_line_and_what_would_have() {
    refused(
        "lang = \"en\"\nthme = \"dusk\"",
        "config.toml:2: there is no key `thme` (did you mean `theme`?)",
    );
    refused(
        "frobnicate = 1",
        "config.toml:1: there is no key `frobnicate` \
         (theme bg color lang ascii motion plain mouse speak eol)",
    );
    refused(
        "[colour]
mouse = true",
        "config.toml:1: there is no key `colour` (did you mean `color`?)",
    );
    refused(
        "bg = \"lihgt\"",
        "config.toml:1: `bg` takes no \"lihgt\" (did you mean `light`?)",
    );
    refused(
        "ascii = \"maybe\"",
        "config.toml:1: `ascii` takes no \"maybe\" (on off)",
    );
    refused(
        "\n\nlang = 'xx'",
        "config.toml:3: `lang` takes no \"xx\" (en fr)",
    );
    refused(
        "ascii = 1",
        "config.toml:1: `ascii` takes no integer (a word in quotes, true or false)",
    );
    refused(
        "theme = \"a b\"",
        "config.toml:1: `theme` takes no \"a b\" (one word)",
    );
    refused(
        "eol = \"lf; quit\"",
        "config.toml:1: `eol` takes no \"lf; quit\" (one word)",
    );
}

#[test]
fn what_the_language_refuses_is_refused_in_its_words() {
    let fault = parse("\neol = \"cr\"").unwrap_err();
    assert_eq!(fault.line, 2);
    assert!(
        fault.what.contains("cr") && fault.fits.contains("crlf"),
        "{fault}"
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let fault = parse("ascii = true\nlang = en\n").unwrap_err();
    assert_eq!(fault.line, 2, "{fault}");
    assert!(
        !fault.what.is_empty() && !fault.what.contains('\n'),
        "{fault:?}"
    );
    assert_eq!(parse("ascii = true\nascii = true").unwrap_err().line, 2);
}

#[test]
fn names_are_told_once() {
    let mut names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KEYS.len());
    assert!(KEYS.iter().all(|key| reference().contains(key.help)));
}
