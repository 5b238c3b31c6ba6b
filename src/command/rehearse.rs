//! A line before it runs: whether its words fit, what must be known first, what it will ask for. Nothing is asked of
//! the world for it: no file is read, nothing is counted and no seed is drawn.

use std::cell::Cell;
use std::collections::HashSet;

use super::line::{Piece, split};
use super::{Cx, Scope, read};
use crate::event::{Make, Want, Wish};
use crate::expr::{self, EvalError, Expr};
use crate::words::Complaint;

/// A line whose words fit, and what must be known before it can be carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its commands, each to be lowered when the one before has been carried out.
    pub pieces: Vec<Piece>,
    /// The paths in `file(…)`, whose bytes [`Scope::bytes`] will need.
    pub files: Vec<String>,
}

/// What the commands of a line need from the world.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// The paths of files whose bytes they send.
    pub(super) files: Vec<String>,
    /// Whether bytes of the command being read depend on the moment at which it runs.
    pub(super) moment: bool,
}

/// What a command will ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreseen {
    /// Its wishes, as far as they can be known before.
    pub wishes: Vec<Wish>,
    /// Whether bytes in them are those that will be sent; else they are only known then.
    pub is_settled: bool,
}

/// Whether a line fits, as far as that can be known before it runs: all commands of it, with names taken as good that
/// an earlier command of the line may make. Without a scope, every name is.
///
/// # Errors
///
/// The first word that does not fit.
pub fn check(line: &str, scope: Option<&dyn Scope>) -> Result<Line, Complaint> {
    rehearse(line, scope).map(|(line, _)| line)
}

/// What the last command of a line will ask for; nothing where the line does not fit.
#[must_use]
pub fn foresee(line: &str, scope: &dyn Scope) -> Foreseen {
    rehearse(line, Some(scope)).map_or_else(|_| Foreseen::default(), |(_, last)| last)
}

fn rehearse(line: &str, scope: Option<&dyn Scope>) -> Result<(Line, Foreseen), Complaint> {
    let pieces = split(line)?;
    let mut needs = Needs::default();
    let mut last = Foreseen::default();
    let mut taken = HashSet::new();
    let mut is_certain = scope.is_some();
    for piece in &pieces {
        needs.moment = false;
        let mut cx = Cx::assuming(scope, is_certain, &taken, &mut needs);
        let wishes = read(piece, &mut cx)?;
        is_certain &= !wishes.iter().any(makes_names);
        taken.extend(wishes.iter().flat_map(names_made));
        let is_settled = !needs.moment;
        last = Foreseen { wishes, is_settled };
    }
    let files = needs.files;
    Ok((Line { pieces, files }, last))
}

/// Whether later commands of a line may use names that nobody has heard of before it.
fn makes_names(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::Make(_)
            | Wish::Mark(_)
            | Wish::Repeat { .. }
            | Wish::Socket(_, Want::Accept | Want::Start { .. })
    )
}

fn names_made(wish: &Wish) -> Vec<String> {
    let Wish::Make(make) = wish else {
        return Vec::new();
    };
    match make {
        Make::Connect { name, .. }
        | Make::Listen { name, .. }
        | Make::Tap { name, .. }
        | Make::Bind { name, .. } => name.iter().cloned().collect(),
        Make::Crowd { names, .. } => names.clone(),
        Make::Pair { names, .. } => names
            .iter()
            .flat_map(|(a, b)| [a.clone(), b.clone()])
            .collect(),
    }
}

/// What an expression would mean: enough to find numbers that do not fit.
pub(super) fn bytes(expr: &Expr, needs: &mut Needs) -> Result<Vec<u8>, EvalError> {
    let mut world = Absent::default();
    let bytes = expr.evaluate(&mut world);
    needs.moment |= world.is_asked.get();
    bytes
}

/// The files that an expression names, and those that the stored ones name which it means.
pub(super) fn files_of(expr: &Expr, scope: Option<&dyn Scope>) -> Vec<String> {
    let (mut files, mut seen) = (Vec::new(), HashSet::new());
    let mut left = vec![expr.clone()];
    while let Some(expr) = left.pop() {
        files.extend(expr.files().into_iter().map(str::to_owned));
        for name in expr.saved() {
            if seen.insert(name.to_owned()) {
                left.extend(scope.and_then(|scope| scope.saved(name)));
            }
        }
    }
    files
}

/// The world before there is one.
#[derive(Default)]
struct Absent {
    /// Whether something was asked of it.
    is_asked: Cell<bool>,
}

impl expr::Context for Absent {
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        self.is_asked.set(true);
        Ok(payload.to_vec())
    }

    fn seed(&mut self) -> u64 {
        self.is_asked.set(true);
        0
    }

    fn file(&self, _path: &str) -> Result<&[u8], String> {
        self.is_asked.set(true);
        Ok(&[])
    }

    fn count(&mut self) -> u64 {
        self.is_asked.set(true);
        0
    }

    fn now(&self) -> u64 {
        self.is_asked.set(true);
        0
    }

    fn last(&self) -> Option<Vec<u8>> {
        self.is_asked.set(true);
        Some(Vec::new())
    }

    fn field(&self, _name: &str) -> Option<Vec<u8>> {
        self.is_asked.set(true);
        Some(Vec::new())
    }

    fn group(&self, _name: &str) -> Option<Vec<u8>> {
        self.is_asked.set(true);
        Some(Vec::new())
    }

    fn saved(&mut self, _name: &str) -> Result<Vec<u8>, String> {
        self.is_asked.set(true);
        Ok(Vec::new())
    }
}
