//! What experiments asked and gave, as JSON.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::seconds;
use crate::event::{Asked, Errno, Lap, Lists, Measure, Reached, Spin, Try};

/// The arguments of select(2).
pub(super) fn question(asked: &Lists, timeout: Option<Duration>) -> Value {
    match timeout {
        Some(timeout) => json!({ "asked": lists(asked), "timeout": seconds(timeout) }),
        None => json!({ "asked": lists(asked) }),
    }
}

/// Three lists of names.
pub(super) fn lists(lists: &Lists) -> Value {
    let names = |list: &[Asked]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let keys = lists
        .each()
        .map(|(letter, list)| (letter.to_string(), json!(names(list))));
    Value::Object(keys.collect())
}

/// What came of an experiment, under its word.
pub(super) fn describe(out: &mut Map<String, Value>, measure: &Measure) {
    let (word, value) = match measure {
        Measure::Spin(told) => ("spin", spin(told)),
        Measure::Reach { port, tries } => {
            let rows: Vec<Value> = tries.iter().map(row).collect();
            ("reach", json!({ "port": port, "tries": rows }))
        }
        Measure::Race(laps) => ("race", laps.iter().map(lap).collect()),
    };
    out.insert("measure".into(), word.into());
    out.insert(word.into(), value);
}

fn spin(spin: &Spin) -> Value {
    json!({
        "time": seconds(spin.time),
        "calls": spin.calls,
        "would_block": spin.would_block,
        "cpu": seconds(spin.cpu),
        "waited": seconds(spin.waited),
        "waited_cpu": seconds(spin.waited_cpu),
    })
}

fn row(row: &Try) -> Value {
    let (outcome, why) = match &row.outcome {
        Reached::Yes => ("reached", None),
        Reached::No(errno) => (errno.name(), None),
        Reached::Silent => ("silent", None),
        Reached::Unresolved(why) => ("unresolved", Some(why)),
    };
    let at = row.at.as_ref().map(ToString::to_string);
    json!({ "name": row.name, "addr": at, "outcome": outcome, "why": why })
}

fn lap(lap: &Lap) -> Value {
    json!({
        "kind": lap.course.word(),
        "trips": lap.trips,
        "median": seconds(lap.median),
        "slowest": seconds(lap.slowest),
        "errno": lap.errno.map(Errno::name),
    })
}
