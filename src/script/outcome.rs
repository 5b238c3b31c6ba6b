//! Which events decide about an expectation, and how.

use crate::event::{Call, Errno, Expectation, Outcome, State, Syscall, What};

/// Whether an event is one that decides about the expectation, one way or the other.
pub(super) fn is_about(wanted: &Expectation, what: &What) -> bool {
    match wanted {
        // What the kernel keeps of a closed socket has a state yet.
        Expectation::State(State::Closed) => matches!(what, What::State(_) | What::Gone),
        Expectation::State(_) => matches!(what, What::State(_)),
        Expectation::Fact { name, .. } => {
            matches!(what, What::Fact(fact) if fact.number(name).is_some())
        }
        Expectation::Errno(_) => {
            matches!(what, What::Call(call) if call.outcome.errno().is_some() && !is_attempt(call))
        }
        Expectation::Call { name, .. } => {
            matches!(what, What::Call(call) if call.call.name() == name && !is_attempt(call))
        }
        _ => !word(what).is_empty(),
    }
}

/// Whether it came out as expected.
pub(super) fn is(wanted: &Expectation, what: &What) -> bool {
    match (wanted, what) {
        (Expectation::State(state), What::State(is)) => state == is,
        (Expectation::State(state), What::Gone) => *state == State::Closed,
        (Expectation::Fact { name, is, value }, What::Fact(fact)) => fact
            .number(name)
            .is_some_and(|number| is.holds(number, *value)),
        (Expectation::Errno(errno), What::Call(call)) => call.outcome.errno() == Some(*errno),
        (Expectation::Call { result, .. }, What::Call(call)) => match result {
            None => true,
            Some(Ok(n)) => call.outcome.returned() == Some(*n),
            Some(Err(errno)) => call.outcome.errno() == Some(*errno),
        },
        (Expectation::Connected, _) => word(what) == "connected",
        (Expectation::Accepted, _) => word(what) == "accepted",
        (Expectation::Refused, _) => word(what) == "refused",
        (Expectation::Reset, _) => word(what) == "reset",
        (Expectation::Timeout, _) => word(what) == "timeout",
        (Expectation::Closed, _) => word(what) == "closed",
        _ => false,
    }
}

/// Whether a call only began to wait, or is one of the tries beneath a call that waits: none of them is its result.
fn is_attempt(call: &Call) -> bool {
    let tried = match &call.outcome {
        // Nobody was ready, and it is asked again until the time is over.
        Outcome::Selected(answer) => answer.count() == 0 && call.blocked.is_none(),
        outcome => outcome.errno().is_some_and(Errno::would_block),
    };
    call.outcome == Outcome::Blocked || (tried && call.pending.is_some())
}

/// The outcome that an event is, in the words of the language; empty for one that is none.
fn word(what: &What) -> &'static str {
    let call = match what {
        What::Call(call) => call,
        // Not each `close` is the end of a socket: one that tries address by address closes a descriptor each time.
        What::Gone => return "closed",
        _ => return "",
    };
    match (&call.call, &call.outcome) {
        (Syscall::Connect(_), Outcome::Returned(_)) => "connected",
        (Syscall::Accept, Outcome::Accepted { .. }) => "accepted",
        (_, Outcome::Failed(Errno::ECONNREFUSED)) => "refused",
        (_, Outcome::Failed(Errno::ECONNRESET)) => "reset",
        (_, Outcome::Failed(Errno::ETIMEDOUT)) => "timeout",
        // `cancel`, `abort` and `close` end one too, under their own names.
        (Syscall::Connect(_), Outcome::Cancelled(why)) if why.starts_with("no answer") => "timeout",
        _ => "",
    }
}
