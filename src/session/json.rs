//! Events and messages as JSON objects, one a line, in the form that `LANGUAGE.md` gives under "The command line".
//! Bytes are hex and text is JSON-escaped, so no byte of a peer reaches a terminal as it is.

mod line;
mod probe;
mod tamper;

pub use line::{line, write};

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Session;
use crate::endpoint::Address;
use crate::event::{
    Cable, Call, ConnId, Dir, Event, Fact, Held, Holder, NUMBERS, Outcome, State, Syscall, Timer,
    Unit, What,
};
use crate::framing::{Entry, Field, Status, Value as FieldValue};

/// An event as a JSON object.
#[must_use]
pub fn event(session: &Session, seq: u64, event: &Event) -> Value {
    let mut out = Map::new();
    out.insert("kind".into(), kind(&event.what).into());
    out.insert("seq".into(), seq.into());
    out.insert("t".into(), seconds(event.at));
    if let Some(conn) = event.conn.and_then(|id| session.conn(id)) {
        out.insert("conn".into(), conn.name.as_str().into());
        out.insert("role".into(), conn.role.word().into());
        out.insert("owner".into(), conn.owner.word().into());
    }
    out.insert("by".into(), event.by.word().into());
    out.insert("mark".into(), mark(event).into());
    describe(&mut out, session, event);
    Value::Object(out)
}

/// An address of an event's socket, as it is typed: `udp://127.0.0.1:53`, and of TCP alone `127.0.0.1:7000`.
fn typed(session: &Session, conn: Option<ConnId>, address: &Address) -> String {
    match conn.and_then(|id| session.conn(id)) {
        Some(conn) => address.typed(conn.transport),
        None => address.to_string(),
    }
}

/// An entry of a direction's messages as a JSON object.
#[must_use]
pub fn message(session: &Session, id: ConnId, dir: Dir, entry: &Entry) -> Value {
    let payload = session.payload(id, dir, &entry.message, u64::MAX);
    let mut object = entry_of(Some((session.name(id), dir)), entry, &payload);
    if session.conn(id).is_some_and(|conn| conn.across.is_some()) {
        object.insert("way".into(), session.way(id, dir).into());
    }
    Value::Object(object)
}

/// A message with its payload, of a direction of a socket, or of bytes that came from elsewhere.
#[must_use]
pub fn entry_of(lane: Option<(&str, Dir)>, entry: &Entry, payload: &[u8]) -> Map<String, Value> {
    let message = &entry.message;
    let mut out = Map::new();
    out.insert("kind".into(), "message".into());
    if let Some(number) = entry.number {
        out.insert("n".into(), number.into());
    }
    if let Some((conn, dir)) = lane {
        out.insert("conn".into(), conn.into());
        out.insert("dir".into(), dir.word().into());
    }
    out.insert("start".into(), message.range.start.into());
    out.insert("end".into(), message.range.end.into());
    let (status, more) = match &message.status {
        Status::Ok => ("ok", vec![]),
        Status::Partial { need } => ("partial", vec![("need", json!(need))]),
        Status::Bad { why, at } => ("bad", vec![("why", json!(why)), ("at", json!(at))]),
        Status::Skipped { why } => ("skipped", vec![("why", json!(why))]),
    };
    out.insert("status".into(), status.into());
    out.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
    out.insert("payload".into(), hex(payload).into());
    out.insert("note".into(), message.told().as_ref().into());
    if !message.fields.is_empty() {
        out.insert("fields".into(), fields(&message.fields));
    }
    out
}

/// Fields with what they say; a number that stands for something has that as `means`, those that have parts `fields`.
fn fields(of: &[Field]) -> Value {
    let field = |field: &Field| {
        let mut out = Map::new();
        out.insert("name".into(), field.name.as_ref().into());
        out.insert("start".into(), field.range.start.into());
        out.insert("end".into(), field.range.end.into());
        let number = |n: i128| i64::try_from(n).map_or_else(|_| json!(n.to_string()), |n| json!(n));
        let (value, means) = match &field.value {
            FieldValue::Number(n) => (number(*n), None),
            FieldValue::Named(n, name) => (number(*n), Some(name.as_ref())),
            FieldValue::Text(text) => (json!(text), None),
            FieldValue::Word(word) => (json!(word), None),
            FieldValue::Bytes => (Value::Null, None),
        };
        if !value.is_null() {
            out.insert("value".into(), value);
        }
        if let Some(means) = means {
            out.insert("means".into(), means.into());
        }
        if !field.fields.is_empty() {
            out.insert("fields".into(), fields(&field.fields));
        }
        Value::Object(out)
    };
    of.iter().map(field).collect()
}

/// The result of a run.
#[must_use]
pub fn result(failure: Option<(usize, &str)>) -> Value {
    match failure {
        None => json!({ "kind": "result", "passed": true }),
        Some((line, why)) => json!({ "kind": "result", "passed": false, "line": line, "why": why }),
    }
}

/// How a fact is known: what the kernel does not tell any more is absent, not zero; calls behind packets nobody saw.
fn mark(event: &Event) -> &'static str {
    match &event.what {
        What::Fact(fact) | What::Peer(fact) if *fact == Fact::default() => "absent",
        _ if event.is_inferred() => "inferred",
        _ => "observed",
    }
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Call(_) => "call",
        What::Fact(_) | What::Peer(_) | What::Holder(_) | What::Measured(_) => "fact",
        What::Say(_) => "say",
        What::Limit { .. } => "limit",
        What::Marked(_) | What::Unmarked(_) | What::Note(_) | What::Refused(_) => "note",
        What::Opened { .. }
        | What::Addressed { .. }
        | What::State(_)
        | What::Gone
        | What::Ended { .. }
        | What::Held { .. }
        | What::Reading { .. }
        | What::Cable(_)
        | What::Refs { .. }
        | What::Answers { .. }
        | What::Holding(_)
        | What::Armed { .. }
        | What::Disarmed { .. }
        | What::Fault(_)
        | What::Relays(_)
        | What::Framed { .. } => "state",
    }
}

fn describe(out: &mut Map<String, Value>, session: &Session, event: &Event) {
    let what = &event.what;
    let typed = |address: &Address| typed(session, event.conn, address);
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    match what {
        What::Call(call) => describe_call(out, session, call, &typed),
        What::Fact(fact) => describe_fact(out, None, fact),
        What::Peer(fact) => describe_fact(out, Some("peer"), fact),
        What::Holder(holder) => describe_holder(out, holder),
        What::Opened {
            transport, parent, ..
        } => {
            put("state", "fresh".into());
            put("transport", transport.scheme().into());
            put(
                "parent",
                json!(parent.map(|id| session.name(id).to_owned())),
            );
        }
        What::Addressed { .. } | What::Relays(_) => describe_places(out, what, &typed),
        What::Gone => {
            put("state", State::Closed.name().into());
        }
        What::State(state) => {
            put("state", state.name().into());
        }
        What::Ended { dir, cause } => {
            put("dir", dir.word().into());
            put(
                "ended",
                json!(cause.map_or("eof", crate::event::Errno::name)),
            );
        }
        What::Held { queued, staged } => {
            put("queued", json!(queued));
            put("staged", json!(staged));
        }
        What::Reading { auto, rate, keep } => {
            put("reading", if *auto { "auto" } else { "manual" }.into());
            put("rate", json!(rate));
            put("keep", json!(keep));
        }
        What::Cable(_)
        | What::Refs { .. }
        | What::Answers { .. }
        | What::Holding(_)
        | What::Armed { .. }
        | What::Disarmed { .. } => describe_lever(out, what),
        What::Framed { dir, rule, from } => {
            put("dir", dir.word().into());
            put("frame", rule.as_str().into());
            put("from", json!(from));
        }
        What::Unmarked(name) => {
            out.insert("text".into(), format!("no mark {name} any more").into());
        }
        What::Marked(text) | What::Note(text) | What::Say(text) | What::Refused(text) => {
            put("text", text.as_str().into());
        }
        What::Measured(measure) => probe::describe(out, measure),
        What::Fault(fault) => tamper::describe(out, session, fault),
        What::Limit { key, text } => {
            put("key", key.as_str().into());
            put("text", json!(text));
        }
    }
}

/// Addresses.
fn describe_places(out: &mut Map<String, Value>, what: &What, typed: &dyn Fn(&Address) -> String) {
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    match what {
        What::Addressed { local, peer } => {
            put("local", json!(local.as_ref().map(typed)));
            put("peer", json!(peer.as_ref().map(typed)));
        }
        What::Relays(target) => {
            put("target", target.to_string().into());
        }
        _ => {}
    }
}

/// Who has another socket of this host.
fn describe_holder(out: &mut Map<String, Value>, holder: &Holder) {
    let of = match holder.of {
        Held::Peer => "peer",
        Held::Address => "address",
    };
    let left = holder.left_ms.map(|ms| f64::from(ms) / 1e3);
    let told = [
        ("of", json!(of)),
        ("state", json!(holder.state.name())),
        ("pid", json!(holder.pid)),
        ("program", json!(holder.program)),
        ("uid", json!(holder.uid)),
        ("left", json!(left)),
    ];
    out.extend(told.map(|(key, value)| (key.to_owned(), value)));
}

/// The state and every number: null where this kernel does not tell it, or not of such a socket.
fn describe_fact(out: &mut Map<String, Value>, of: Option<&str>, fact: &Fact) {
    if let Some(of) = of {
        out.insert("of".into(), of.into());
    }
    out.insert("state".into(), json!(fact.state.map(State::name)));
    for number in NUMBERS {
        let value = match ((number.of)(fact), number.unit) {
            (Some(us), Unit::Time) => seconds(Duration::from_micros(us)),
            (value, _) => json!(value),
        };
        out.insert(number.name.replace('-', "_"), value);
    }
    out.insert("runs".into(), json!(fact.timer.map(Timer::name)));
}

/// What was done to a socket beside calls on it: its cable, its descriptors, calls that are armed.
fn describe_lever(out: &mut Map<String, Value>, what: &What) {
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    match what {
        What::Cable(cable) => {
            put("cable", json!(cable.map_or("plugged", Cable::word)));
            if *cable == Some(Cable::Simulated) {
                put("mark", "simulated".into());
            }
        }
        What::Refs { count, leaked } => {
            put("refs", json!(count));
            put("leaked", json!(leaked));
        }
        What::Answers { number, rule } => {
            put("on", json!(number));
            put("rule", json!(rule));
        }
        What::Holding(on) => {
            put("hold", json!(on));
        }
        What::Armed { number, call } => {
            put("armed", json!(number));
            put("would", json!(call.to_string()));
        }
        What::Disarmed { number, made } => {
            put("disarmed", json!(number));
            put("made", json!(made));
        }
        _ => {}
    }
}

fn describe_call(
    out: &mut Map<String, Value>,
    session: &Session,
    call: &Call,
    typed: &dyn Fn(&Address) -> String,
) {
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("call", call.call.name().into());
    put("args", arguments(&call.call, typed));
    if let Some(want) = call.want() {
        put("want", want.into());
    }
    if let Some(returned) = call.outcome.returned() {
        put("ret", returned.into());
    }
    match &call.outcome {
        Outcome::Failed(errno) => put("errno", errno.name().into()),
        Outcome::Accepted { conn, peer } => {
            put("new", session.name(*conn).into());
            put("peer", typed(peer).into())
        }
        Outcome::Received {
            from: Some(from), ..
        } => put("from", typed(from).into()),
        Outcome::Selected(lists) => put("answer", probe::lists(lists)),
        Outcome::Value(value) => put("value", value.as_str().into()),
        Outcome::Names(names) => put("names", names.iter().map(typed).collect()),
        Outcome::Unresolved(why) | Outcome::Cancelled(why) => put("why", why.as_str().into()),
        Outcome::Blocked => put("blocked", true.into()),
        Outcome::Returned(_) | Outcome::Received { from: None, .. } => None,
    };
    if let Outcome::Received {
        cut_from: Some(whole),
        ..
    } = call.outcome
    {
        put("truncated_from", whole.into());
    }
    if let Some(task) = call.task {
        put("task", task.into());
    }
    put("dur", seconds(call.took));
    if let Some(blocked) = call.blocked {
        put("blocked", seconds(blocked));
    }
    if let Some(moved) = &call.moved {
        put("range", json!([moved.range.start, moved.range.end]));
        put("dir", moved.dir.word().into());
    }
}

fn arguments(call: &Syscall, typed: &dyn Fn(&Address) -> String) -> Value {
    match call {
        Syscall::Socket(transport) | Syscall::Socketpair(transport) => {
            json!({ "transport": transport.scheme() })
        }
        Syscall::Getaddrinfo(name) => json!({ "name": name }),
        Syscall::Bind(at) | Syscall::Connect(at) => json!({ "addr": typed(at) }),
        Syscall::Listen { backlog } => json!({ "backlog": backlog }),
        Syscall::Send { len, flags, to } => match to {
            Some(to) => json!({ "len": len, "flags": flags.names(), "to": typed(to) }),
            None => json!({ "len": len, "flags": flags.names() }),
        },
        Syscall::Recv { max, flags } => json!({ "max": max, "flags": flags.names() }),
        Syscall::Shutdown(how) => json!({ "how": how.word() }),
        Syscall::SetOption { name, value } => json!({ "option": name, "value": value }),
        Syscall::GetOption { name } => json!({ "option": name }),
        Syscall::TakeError => json!({ "option": "SO_ERROR" }),
        Syscall::Select { lists, timeout } => probe::question(lists, *timeout),
        Syscall::Kill(signal) => json!({ "signal": signal }),
        Syscall::Accept | Syscall::Close | Syscall::Dup | Syscall::Fork | Syscall::Thread => {
            json!({})
        }
    }
}

/// Seconds, to the microsecond.
fn seconds(time: Duration) -> Value {
    json!((time.as_secs_f64() * 1e6).round() / 1e6)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().map(|byte| crate::hexdump::hex(*byte)));
    text
}
