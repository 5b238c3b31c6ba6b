//! Holds a clause beside a log: the events that bear it out, or the first part that is missing. A log is the JSON
//! lines of a run, in their order.

use std::collections::HashMap;

use serde_json::Value;

use super::clause::{Clause, Op, Operand, Pattern};

/// Events that later parts of a clause name by a word.
type Bound<'l> = HashMap<String, &'l Value>;

/// The events that bear the clause out, in their order.
///
/// # Errors
///
/// The first part of it that is missing, in words.
pub(crate) fn judge<'l>(clause: &Clause, log: &'l [Value]) -> Result<Vec<&'l Value>, String> {
    match clause {
        Clause::Chain(patterns) => {
            let mut chain = Chain {
                patterns,
                log,
                deepest: 0,
            };
            chain
                .find(0, 0, &mut Bound::new())
                .ok_or_else(|| missing(patterns, chain.deepest))
        }
        Clause::Count(pattern, op, value) => {
            let found = all(pattern, log);
            let count = Value::from(found.len());
            if compare(Some(&count), *op, known(value).as_ref()) {
                Ok(found)
            } else {
                Err(format!("there are {count} `{}`", pattern.text))
            }
        }
        Clause::Sum(key, pattern, op, value) => {
            let found = all(pattern, log);
            let numbers = found.iter().filter_map(|event| look(event, key)?.as_f64());
            let sum = Value::from(numbers.sum::<f64>());
            if compare(Some(&sum), *op, known(value).as_ref()) {
                Ok(found)
            } else {
                Err(format!("{key} of `{}` adds up to {sum}", pattern.text))
            }
        }
    }
}

/// What is missing of a chain of which so many parts were found.
fn missing(patterns: &[Pattern], deepest: usize) -> String {
    let text = |at: usize| patterns.get(at).map_or("", |pattern| pattern.text.as_str());
    if deepest == 0 {
        format!("`{}`", text(0))
    } else {
        format!("`{}` behind `{}`", text(deepest), text(deepest - 1))
    }
}

fn all<'l>(pattern: &Pattern, log: &'l [Value]) -> Vec<&'l Value> {
    let bound = Bound::new();
    let fitting = |event: &&Value| fits(pattern, event, &bound);
    log.iter().filter(fitting).collect()
}

/// Parts that are looked for one behind the other.
struct Chain<'p, 'l> {
    patterns: &'p [Pattern],
    log: &'l [Value],
    /// How many parts were found in a row at best.
    deepest: usize,
}

impl<'l> Chain<'_, 'l> {
    /// The events from the part `part` on, from the line `from` on.
    fn find(&mut self, part: usize, from: usize, bound: &mut Bound<'l>) -> Option<Vec<&'l Value>> {
        self.deepest = self.deepest.max(part);
        let Some(pattern) = self.patterns.get(part) else {
            return Some(Vec::new());
        };
        let start = if pattern.anywhere { 0 } else { from };
        for (at, event) in self.log.iter().enumerate().skip(start) {
            if !fits(pattern, event, bound) {
                continue;
            }
            if let Some(name) = &pattern.bound {
                bound.insert(name.clone(), event);
            }
            let behind = if pattern.anywhere { from } else { at + 1 };
            if let Some(mut rest) = self.find(part + 1, behind, bound) {
                rest.insert(0, event);
                return Some(rest);
            }
            // The earliest leaves the most behind it; only where a later part depends on which one it is, others count.
            pattern.bound.as_ref()?;
        }
        None
    }
}

fn fits(pattern: &Pattern, event: &Value, bound: &Bound<'_>) -> bool {
    let kind = event["kind"].as_str();
    let is_named = kind == Some(&pattern.name)
        || (kind == Some("call") && event["call"].as_str() == Some(&pattern.name));
    let is_there = pattern
        .conn
        .as_ref()
        .is_none_or(|conn| event["conn"].as_str() == Some(conn));
    let meant = |value: &Operand| match value {
        Operand::Known(value) => Some(value.clone()),
        Operand::Own(key) => look(event, key).cloned(),
        Operand::Of(name, key) => look(bound.get(name)?, key).cloned(),
    };
    is_named
        && is_there
        && pattern
            .result
            .as_ref()
            .is_none_or(|(op, value)| compare(result(event).as_ref(), *op, meant(value).as_ref()))
        && pattern.tests.iter().all(|test| {
            let value = meant(&test.value);
            match test.key.split_once(".*") {
                None => compare(look(event, &test.key), test.op, value.as_ref()),
                Some((list, key)) => {
                    let all = look(event, list).and_then(Value::as_array);
                    all.into_iter().flatten().any(|one| {
                        compare(
                            walk(one, key.trim_start_matches('.')),
                            test.op,
                            value.as_ref(),
                        )
                    })
                }
            }
        })
}

/// What came of an event.
fn result(event: &Value) -> Option<Value> {
    match event["kind"].as_str()? {
        "call" if event["blocked"] == true => Some(Value::from("blocked")),
        "call" => event.get("ret").or_else(|| event.get("errno")).cloned(),
        "state" => event.get("state").cloned(),
        "message" => event.get("status").cloned(),
        _ => event.get("text").cloned(),
    }
}

/// What a key holds, with dots into what lies in it; nothing where it is absent or null.
fn look<'v>(event: &'v Value, key: &str) -> Option<&'v Value> {
    let range = |at: usize| event.get("range")?.get(at);
    let own = match key {
        "start" => event.get("start").or_else(|| range(0)),
        "end" => event.get("end").or_else(|| range(1)),
        _ => walk(event, key),
    };
    own.or_else(|| walk(event.get("args")?, key))
        .filter(|value| !value.is_null())
}

fn walk<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, step| match value {
        Value::Array(all) => all.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}

fn known(value: &Operand) -> Option<Value> {
    match value {
        Operand::Known(value) => Some(value.clone()),
        Operand::Own(_) | Operand::Of(..) => None,
    }
}

fn compare(left: Option<&Value>, op: Op, right: Option<&Value>) -> bool {
    let right = right.filter(|right| !right.is_null());
    let (Some(left), Some(right)) = (left, right) else {
        return match op {
            Op::Equal => left.is_none() && right.is_none(),
            Op::Differs => left.is_some() != right.is_some(),
            _ => false,
        };
    };
    let numbers = number(left).zip(number(right));
    let order = numbers.and_then(|(left, right)| left.partial_cmp(&right));
    match op {
        Op::Equal => order.map_or(left == right, std::cmp::Ordering::is_eq),
        Op::Differs => !order.map_or(left == right, std::cmp::Ordering::is_eq),
        Op::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        Op::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
        Op::More => order.is_some_and(std::cmp::Ordering::is_gt),
        Op::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
        Op::Contains => contains(left, right),
    }
}

/// A number, also one that a text is: options have their values as texts.
fn number(value: &Value) -> Option<f64> {
    let text = || value.as_str()?.parse().ok();
    value.as_f64().or_else(text)
}

fn contains(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(all), Value::String(part)) => {
            all.iter().any(|it| it.as_str() == Some(part.as_str()))
        }
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        _ => false,
    }
}
