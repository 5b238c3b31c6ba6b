//! The language document's own examples, word by word, as it stands in `tests/language/`: each is read, and means what
//! the document says. One file a kind; a row is `what is written  =>  what it means`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::fs;

use sockeye::command::{self, Noun, Scope, VERBS};
use sockeye::endpoint::Endpoint;
use sockeye::event::ConnId;
use sockeye::export::DOCUMENTS;
use sockeye::expr::{self, Context, Expr};
use sockeye::fault;
use sockeye::framing::{Cut, FRAMINGS};
use sockeye::literal::LITERALS;
use sockeye::peer::{self, PEERS};
use sockeye::ui::Ui;
use sockeye::words::{Complaint, Words};

/// A session with a listener, a client and what it accepted, a tap, and a mark.
struct Session;

const NAMES: [&str; 4] = ["A", "L", "B", "T1"];

impl Scope for Session {
    fn conn(&self, name: &str) -> Option<ConnId> {
        let at = NAMES.iter().position(|known| *known == name)?;
        u32::try_from(at).ok().map(ConnId)
    }

    fn names(&self) -> Vec<String> {
        NAMES.map(str::to_owned).to_vec()
    }

    fn is_name_free(&self, name: &str) -> bool {
        self.conn(name).is_none()
    }

    fn focused(&self) -> Option<ConnId> {
        Some(ConnId(0))
    }

    fn bound_address(&self, conn: ConnId) -> Option<Endpoint> {
        let is_bound = conn == ConnId(1);
        is_bound.then(|| Endpoint::parse(":7000").unwrap())
    }

    fn bytes(&mut self, _conn: ConnId, expr: &Expr) -> Result<Vec<u8>, String> {
        expr.evaluate(&mut Values)
            .map_err(|error| error.to_string())
    }

    fn peer(&self, words: &mut Words<'_>) -> Result<(), Complaint> {
        peer::parse(words).map(drop)
    }

    fn fault(&self, words: &mut Words<'_>) -> Result<String, Complaint> {
        fault::Rule::parse(words).map(|rule| rule.words())
    }

    fn nouns(&self, kind: Noun) -> Vec<String> {
        match kind {
            Noun::Format => LITERALS.iter().map(|it| it.name().to_owned()).collect(),
            Noun::Fault => fault::KINDS.iter().map(|it| it.name().to_owned()).collect(),
            Noun::Document => DOCUMENTS.iter().map(|it| it.name().to_owned()).collect(),
            Noun::Peer => PEERS.iter().map(|it| it.name().to_owned()).collect(),
            kind => Ui::nouns(kind),
        }
    }

    fn marks(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What expressions refer to: the framing is `len u16be`, the third message is due, the last one was `ping`.
struct Values;

impl Context for Values {
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let len = u16::try_from(payload.len()).map_err(|_| "too long".to_owned())?;
        Ok([&len.to_be_bytes(), payload].concat())
    }

    fn seed(&mut self) -> u64 {
        1
    }

    fn file(&self, _path: &str) -> Result<&[u8], String> {
        Ok(b"content")
    }

    fn count(&mut self) -> u64 {
        3
    }

    fn now(&self) -> u64 {
        1_000_000
    }

    fn last(&self) -> Option<Vec<u8>> {
        Some(b"ping".to_vec())
    }

    fn field(&self, name: &str) -> Option<Vec<u8>> {
        (name == "NAME").then(|| b"value".to_vec())
    }

    fn group(&self, name: &str) -> Option<Vec<u8>> {
        (name == "1").then(|| b"group".to_vec())
    }
}

/// The rows of a file; `#` begins a remark.
fn rows(name: &str) -> Vec<(String, String)> {
    let path = format!("{}/tests/language/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "));
    let rows: Vec<_> = lines
        .map(|line| {
            let (written, meant) = line
                .split_once("  =>  ")
                .unwrap_or_else(|| panic!("{name}: no `=>` in {line}"));
            (written.to_owned(), meant.to_owned())
        })
        .collect();
    assert!(rows.len() > 5, "{name} has {} rows", rows.len());
    rows
}

/// All findings of a file at once: a table is read as a whole.
fn check(name: &str, find: impl Fn(&str, &str) -> Result<(), String>) {
    let found: Vec<String> = rows(name)
        .iter()
        .filter_map(|(written, meant)| {
            let why = find(written, meant).err()?;
            Some(format!("{written}\n    said: {meant}\n    is:   {why}"))
        })
        .collect();
    assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
}

#[test]
fn commands_mean_what_the_document_says() {
    check("commands", |line, meant| {
        let wishes = command::parse(line, &mut Session);
        let text = wishes.map(|wishes| format!("{wishes:?}"));
        let text = text.unwrap_or_else(|complaint| format!("refused: {complaint}"));
        let is_there = |part: &str| text.contains(part);
        let missing = meant.split(" | ").find(|part| !is_there(part));
        missing.map_or(Ok(()), |part| Err(format!("no `{part}` in {text}")))
    });
}

#[test]
fn every_verb_stands_in_the_table_of_commands() {
    let rows = rows("commands");
    let lines = || rows.iter().map(|(line, _)| line.as_str());
    for verb in VERBS {
        let has = |line: &str| line.split([' ', ';']).any(|word| word == verb.name());
        assert!(lines().any(has), "{}", verb.name());
    }
}

#[test]
fn addresses_print_as_they_are_read() {
    check("addresses", |word, meant| {
        let read = Endpoint::parse(word).map_err(|error| format!("refused: {error}"));
        let text = read.map_or_else(|why| why, |endpoint| endpoint.to_string());
        if !meant.starts_with("refused") && Endpoint::parse(&text).is_err() {
            return Err(format!("{text}, which does not read back"));
        }
        (text.starts_with(meant)).then_some(()).ok_or(text)
    });
}

#[test]
fn expressions_are_these_bytes() {
    check("bytes", |text, meant| {
        let bytes = expr::parse(text)
            .map_err(|error| error.to_string())
            .and_then(|expr| {
                expr.evaluate(&mut Values)
                    .map_err(|error| error.to_string())
            });
        let found = match bytes {
            Ok(bytes) if bytes.len() > 32 => format!("{} bytes", bytes.len()),
            Ok(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Err(why) => format!("refused: {why}"),
        };
        found.starts_with(meant).then_some(()).ok_or(found)
    });
}

#[test]
fn framings_read_back_as_they_are_written() {
    check("framings", |words, meant| {
        let mut cursor = Words::new(words, 0);
        let cut = Cut::parse(&mut cursor).and_then(|cut| cursor.finish("").map(|()| cut));
        let text = match cut {
            Ok(cut) => cut.words(),
            Err(complaint) => format!("refused: {complaint}"),
        };
        text.starts_with(meant).then_some(()).ok_or(text)
    });
    let rows = rows("framings");
    for framing in FRAMINGS {
        let has = |words: &str| words.split(' ').any(|word| word == framing.name());
        assert!(
            rows.iter().any(|(words, _)| has(words)),
            "{}",
            framing.name()
        );
    }
}
