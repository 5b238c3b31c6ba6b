//! What must hold of every rule and every stream.

use std::ops::Range;
use std::time::Duration;

use sockeye::framing::{Field, Mailbox, Message, Side, Status};

use super::case::Case;
use super::cutter;
use super::run::{Outcome, Pieces, run, run_alone};

/// Fields beyond which a dissection stops, and some that end it.
const FIELDS_MAX: usize = 10_100;

/// How deep they may stand.
const DEPTH_MAX: usize = 70;

/// A note is a few words, and perhaps a text of the peer's.
const NOTE_MAX_BYTES: usize = 1000;

pub fn all(case: &Case) {
    let theirs = told(case);
    let theirs = theirs.as_ref();
    let whole = run(case, Pieces::Whole, theirs);
    if case.is_long {
        same(case, &whole, Pieces::Random(9000), theirs);
        cutter::check(case, &whole.messages, theirs);
        return;
    }
    for message in &whole.messages {
        seen(case, message);
        round(
            case,
            &case.cut.rule.payload(message, bytes_of(case, message)),
        );
    }
    same(case, &whole, Pieces::Single, theirs);
    same(case, &whole, Pieces::Random(7), theirs);
    cutter::check(case, &whole.messages, theirs);
    round(case, &case.stream);
}

/// What the decoder of the other direction has told, if there is one. A datagram is cut alone.
fn told(case: &Case) -> Option<Mailbox> {
    let is_told = !case.theirs.is_empty() && !case.sight.datagrams;
    if !is_told || !case.cut.rule.is_two_sided() {
        return None;
    }
    let mut other = case.clone();
    other.sight.side = case.sight.side.map(|side| match side {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    });
    other.stream = std::mem::take(&mut other.theirs);
    let mut mailbox = Mailbox::default();
    mailbox.put(Duration::ZERO, run(&other, Pieces::Whole, None).letters);
    Some(mailbox)
}

/// The same messages with the same fields, however the stream arrives.
fn same(case: &Case, whole: &Outcome, pieces: Pieces, theirs: Option<&Mailbox>) {
    let parts = run(case, pieces, theirs);
    let differs = whole
        .messages
        .iter()
        .zip(&parts.messages)
        .find(|(one, other)| one != other);
    assert!(
        differs.is_none(),
        "{} in {pieces:?}: {differs:#?}",
        case.words
    );
    assert_eq!(whole, &parts, "{} in {pieces:?}", case.words);
}

/// A message as it is told to somebody who looks: with all its bytes, and with the first of them.
pub fn seen(case: &Case, message: &Message) {
    let rule = &case.cut.rule;
    within(&message.range, &message.payload);
    match &message.status {
        // Each rule of a chain has a limit of its own.
        Status::Ok => assert!(
            message.bytes() <= case.cut.max || case.words.contains(" then "),
            "over the limit: {message:?}"
        ),
        // What shows it may be the first byte behind it, if that has come.
        Status::Bad { at, .. } => {
            let come = case.stream.len() as u64;
            let is_near = message.range.start <= *at && *at <= message.range.end;
            assert!(is_near && *at < come, "bad elsewhere: {message:?}");
        }
        Status::Partial { need } => assert_ne!(*need, Some(0), "{message:?}"),
        Status::Skipped { .. } => {}
    }
    let bytes = bytes_of(case, message);
    let payload = rule.payload(message, bytes);
    let seen = described(case, message, bytes);
    assert_eq!(
        rule.payload(&seen, bytes),
        payload,
        "{}: {seen:?}",
        case.words
    );
    for len in [0, 1, bytes.len() / 2, bytes.len().saturating_sub(1)] {
        let first = bytes.get(..len).unwrap_or(bytes);
        described(case, message, first);
        rule.payload(message, first);
    }
}

fn described(case: &Case, message: &Message, bytes: &[u8]) -> Message {
    let mut seen = message.clone();
    case.cut.describe(&mut seen, bytes, case.sight);
    let bare = |message: &Message| {
        let Message {
            range,
            payload,
            status,
            ..
        } = message;
        (range.clone(), payload.clone(), status.clone())
    };
    assert_eq!(
        bare(&seen),
        bare(message),
        "{}: a dissection cut",
        case.words
    );
    assert!(
        seen.note.len() < NOTE_MAX_BYTES,
        "{}: {}",
        case.words,
        seen.note
    );
    let count = seen
        .fields
        .iter()
        .map(|field| count_within(&seen.range, field, 1))
        .sum::<usize>();
    assert!(count < FIELDS_MAX, "{}: {count} fields", case.words);
    seen
}

/// How many fields there are, each within the one that holds it.
fn count_within(outer: &Range<u64>, field: &Field, depth: usize) -> usize {
    within(outer, &field.range);
    assert!(depth < DEPTH_MAX, "{depth} deep");
    let parts = field.fields.iter();
    1 + parts
        .map(|part| count_within(&field.range, part, depth + 1))
        .sum::<usize>()
}

fn within(outer: &Range<u64>, inner: &Range<u64>) {
    let is_within =
        outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end;
    assert!(is_within, "{inner:?} in {outer:?}");
}

fn bytes_of<'c>(case: &'c Case, message: &Message) -> &'c [u8] {
    let offset = |at| usize::try_from(at).unwrap_or(usize::MAX);
    case.stream
        .get(offset(message.range.start)..offset(message.range.end))
        .unwrap_or_default()
}

/// What can be framed is cut to what was framed.
fn round(case: &Case, payload: &[u8]) {
    let Ok(bytes) = case.cut.rule.encode(payload) else {
        return;
    };
    // Nothing is sent for it; it is mail, which is none before DATA, or reads as a reply, whose payload is its text; or
    // it comes behind the first message.
    let is_reply = payload.first().is_some_and(u8::is_ascii_digit);
    let is_no_command = case.words == "smtp" && (payload.ends_with(b"\r\n") || is_reply);
    if bytes.is_empty() || is_no_command || case.words.contains(" then ") {
        return;
    }
    let mut cut = case.cut.clone();
    cut.max = u64::MAX;
    let told = || format!("{}: {}", case.words, payload.escape_ascii());
    // What ends a number may stand between two messages.
    let mut messages = run_alone(&cut, &bytes);
    messages.retain(Message::is_counted);
    let [message] = messages.as_slice() else {
        panic!("{} becomes {messages:?}", told());
    };
    assert_eq!(message.status, Status::Ok, "{}", told());
    let again = cut.rule.payload(message, &bytes);
    if completes(&case.words) {
        assert_eq!(cut.rule.encode(&again), Ok(bytes), "{}", told());
    } else {
        assert!(
            again == payload,
            "{} becomes {}",
            told(),
            again.escape_ascii()
        );
    }
}

/// Whether the rule's payload holds what the rule sets right: a length, a delimiter.
fn completes(words: &str) -> bool {
    words.ends_with(" keep") || words.contains(" strip 0")
}
