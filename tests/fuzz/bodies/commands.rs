//! Any text as lines of the language. Commands, completion and scripts read it without a panic, and complain within it.

use sockeye::command::{self, Noun, Scope, VERBS};
use sockeye::endpoint::Endpoint;
use sockeye::event::ConnId;
use sockeye::expr::Expr;
use sockeye::script::Script;

use super::{Target, texts};

pub const TARGET: Target = Target {
    name: "commands",
    check,
    seeds,
};

/// A session with one socket.
#[derive(Debug)]
struct One;

impl Scope for One {
    fn conn(&self, name: &str) -> Option<ConnId> {
        (name == "A").then_some(ConnId(0))
    }

    fn names(&self) -> Vec<String> {
        vec!["A".to_owned()]
    }

    fn is_name_free(&self, name: &str) -> bool {
        name != "A"
    }

    fn focused(&self) -> Option<ConnId> {
        Some(ConnId(0))
    }

    fn bound_address(&self, _conn: ConnId) -> Option<Endpoint> {
        None
    }

    fn bytes(&mut self, _conn: ConnId, expr: &Expr) -> Result<Vec<u8>, String> {
        let size = expr.to_string().len();
        if size < 100 {
            Ok(b"abc".to_vec())
        } else {
            Err("long".to_owned())
        }
    }

    fn nouns(&self, kind: Noun) -> Vec<String> {
        if kind == Noun::Pane {
            vec!["bytes".to_owned()]
        } else {
            Vec::new()
        }
    }

    fn marks(&self) -> Vec<String> {
        vec!["here".to_owned()]
    }
}

fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let _ = Script::parse(text);
    let line = text.lines().next().unwrap_or_default();
    let end = line.chars().count() + 1;
    for cursor in [end / 2, end - 1, end] {
        let offered = command::complete(line, cursor, &One);
        assert!(offered.from <= cursor, "{offered:?} in {line:?}");
    }
    if let Err(complaint) = command::parse(line, &mut One) {
        let column = complaint.column;
        assert!(
            column <= end && column <= complaint.end,
            "{complaint:?} in {line:?}"
        );
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = texts::examples("commands.txt");
    let usages = VERBS.iter().map(|verb| verb.usage().as_bytes().to_vec());
    seeds.extend(usages.chain(texts::scripts()));
    seeds
}
