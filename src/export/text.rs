//! All that happened as text for people and for grep: a line for each event, and under it the messages that became
//! whole by it.

use serde_json::Value;

use super::chronicle::{Chronicle, Lines};
use super::document::{Choice, Document, Writing};
use crate::escape::{clean, escape};
use crate::event::{Call, ConnId, Dir, Event, Outcome, What};
use crate::framing::Status;
use crate::session::{Entry, Session, json};

/// Bytes of a payload that a line shows.
const PAYLOAD_MAX_BYTES: u64 = 1 << 10;

/// What every event has in JSON, and what stands in columns of its own here.
const COLUMNS: [&str; 8] = ["kind", "seq", "t", "conn", "role", "owner", "by", "mark"];

#[derive(Debug)]
pub(super) struct Text;

impl Document for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn help(&self) -> &'static str {
        "every event and message as a line of text"
    }

    fn unit(&self) -> &'static str {
        "lines of text"
    }

    fn sentence(&self) -> &'static str {
        "select.exported-lines"
    }

    fn begin(&self, choice: Choice, session: &Session) -> Result<Box<dyn Writing>, String> {
        Ok(Box::new(Chronicle::new(Self, choice, session)))
    }
}

impl Lines for Text {
    fn event(&self, session: &Session, seq: u64, event: &Event, out: &mut Vec<u8>) {
        let object = json::event(session, seq, event);
        let word = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let told = match &event.what {
            What::Call(call) => called(call, &object),
            _ => rest(&object),
        };
        let mark = match word("mark") {
            "observed" => String::new(),
            mark => format!("  ({mark})"),
        };
        let (at, name, by) = (event.at.as_secs_f64(), clean(word("conn")), word("by"));
        let line = format!("#{seq:<6} +{at:<11.6} {name:<6} {by:<6} {told}{mark}");
        out.extend_from_slice(line.trim_end().as_bytes());
        out.push(b'\n');
    }

    fn message(
        &self,
        session: &Session,
        (id, dir): (ConnId, Dir),
        entry: &Entry,
        out: &mut Vec<u8>,
    ) {
        let message = &entry.message;
        let payload = session.payload(id, dir, message, PAYLOAD_MAX_BYTES);
        let left_out = message.bytes().saturating_sub(PAYLOAD_MAX_BYTES);
        let more = match left_out {
            0 => String::new(),
            more => format!("… and {more} bytes more"),
        };
        let note = message.told();
        let (status, told) = match &message.status {
            Status::Ok => ("ok", note.into_owned()),
            Status::Partial { .. } => ("partial", note.into_owned()),
            Status::Bad { why, at } => ("bad", format!("at {at}: {why}")),
            Status::Skipped { why } => ("skipped", why.clone()),
        };
        let number = entry.number.map_or(String::new(), |n| n.to_string());
        let (name, dir, told) = (session.name(id), dir.word(), clean(&told));
        let range = format!("{}..{}", message.range.start, message.range.end);
        let name = clean(name);
        let shown = escape(&payload);
        let line = format!(
            "        {dir:<3} {number:>7}  {name:<6} {range:<13} {status:<7} {told}  {shown}{more}"
        );
        out.extend_from_slice(line.trim_end().as_bytes());
        out.push(b'\n');
    }
}

/// A call with what came of it: `send(12) = 12  out 0..12`.
fn called(call: &Call, object: &Value) -> String {
    let result = match &call.outcome {
        Outcome::Failed(errno) => errno.name().to_owned(),
        Outcome::Blocked => "blocked".to_owned(),
        Outcome::Cancelled(why) | Outcome::Unresolved(why) => why.clone(),
        Outcome::Value(value) => value.clone(),
        Outcome::Accepted { .. } => {
            let word = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
            format!("{} from {}", word("new"), word("peer"))
        }
        Outcome::Names(names) => {
            let names: Vec<_> = names.iter().map(ToString::to_string).collect();
            names.join(" ")
        }
        other => other.returned().map_or_else(String::new, |n| n.to_string()),
    };
    let moved = call.moved.as_ref().map_or(String::new(), |moved| {
        let range = &moved.range;
        format!("  {} {}..{}", moved.dir.word(), range.start, range.end)
    });
    let blocked = call.blocked.map_or(String::new(), |blocked| {
        format!("  blocked {:.6} s", blocked.as_secs_f64())
    });
    clean(&format!("{} = {result}{moved}{blocked}", call.call)).into_owned()
}

/// What an event says beside its columns: `state ESTAB`, `frame line dir in from 0`.
fn rest(object: &Value) -> String {
    let Some(object) = object.as_object() else {
        return String::new();
    };
    let own = object
        .iter()
        .filter(|(key, value)| !COLUMNS.contains(&key.as_str()) && !value.is_null());
    let words = own.map(|(key, value)| match value {
        Value::String(text) if key == "text" => text.clone(),
        Value::String(text) => format!("{key} {text}"),
        value => format!("{key} {value}"),
    });
    clean(&words.collect::<Vec<_>>().join("  ")).into_owned()
}
