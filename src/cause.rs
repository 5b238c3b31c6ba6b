//! Why a call came out as it did: rules over the log, one file a family, one row a rule. A cause names the event that
//! brought something about, where the log holds it, and says whether that is certain or only likely. It draws nothing
//! and changes nothing.

mod case;
mod datagram;
mod end;
mod files;
mod in_use;
mod kind;
mod met;
mod not_here;
mod not_yet;
mod path;
mod permission;
mod pipe;
mod refused;
mod reset;
mod silence;
mod tap;
mod timeout;
mod unreachable;

use std::time::Duration;

use crate::event::{Call, ConnId, Dir, Errno, Event, Outcome, Syscall, What};
use crate::locale::Locale;
use crate::session::{Session, Turn};
use case::{Case, Found};

/// Every rule, family by family; of those that fit, the first counts.
pub static FAMILIES: &[&[Rule]] = &[
    tap::RULES,
    refused::RULES,
    reset::RULES,
    pipe::RULES,
    end::RULES,
    silence::RULES,
    timeout::RULES,
    in_use::RULES,
    not_here::RULES,
    permission::RULES,
    unreachable::RULES,
    kind::RULES,
    datagram::RULES,
    not_yet::RULES,
    files::RULES,
    path::RULES,
    met::RULES,
];

/// Later turning points that are asked whether an event brought them about.
const EFFECTS_ASKED_MAX: usize = 128;

/// Sockets, the newest, whose turning points are asked.
const SOCKETS_ASKED_MAX: usize = 512;

/// A rule: which outcomes it explains, and how it finds what brought one about.
#[derive(Debug)]
pub struct Rule {
    /// Names its sentences: `cause.SLUG.what` says what happened and `cause.SLUG.next` what to press next. Without the
    /// latter the errno's own advice holds.
    pub slug: &'static str,
    /// The outcomes: errnos by their names, or the word of another outcome.
    pub about: &'static [&'static str],
    find: fn(&Case<'_>) -> Option<Found>,
}

/// How sure it is that this was the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surety {
    /// It follows from the log and the rules of the protocol.
    Certain,
    /// The usual cause; the log does not tell.
    Likely,
}

impl Surety {
    /// The key of its word.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Certain => "cause.certain",
            Self::Likely => "cause.likely",
        }
    }
}

/// What is filled into the sentence of a cause.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A name, an address, a number: in no language.
    Text(String),
    /// So many bytes.
    Bytes(u64),
    /// So long.
    Time(Duration),
}

/// What brought an event about.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// The rule that found it.
    pub slug: &'static str,
    /// The event, where the log holds it.
    pub event: Option<u64>,
    /// How sure that is.
    pub surety: Surety,
    /// What went over the wire in between, inferred.
    pub wire: Option<&'static str>,
    /// What its sentence names.
    pub values: Vec<Value>,
}

impl Cause {
    /// What happened, in one clause, with the number of the event.
    #[must_use]
    pub fn what(&self, locale: &Locale) -> String {
        let what = self.fill(locale, "what").unwrap_or_default();
        match self.event {
            Some(seq) => format!("{what}, #{seq}"),
            None => what,
        }
    }

    /// What to press next; `None` where the errno's own advice is as good.
    #[must_use]
    pub fn next(&self, locale: &Locale) -> Option<String> {
        self.fill(locale, "next")
    }

    fn fill(&self, locale: &Locale, part: &str) -> Option<String> {
        let key = format!("cause.{}.{part}", self.slug);
        let values: Vec<String> = self.values.iter().map(|it| it.say(locale)).collect();
        let values: Vec<&dyn std::fmt::Display> = values
            .iter()
            .map(|value| value as &dyn std::fmt::Display)
            .collect();
        locale.has(&key).then(|| locale.fill(&key, &values))
    }
}

impl Value {
    fn say(&self, locale: &Locale) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Bytes(1) => locale.say("plain.byte").to_owned(),
            Self::Bytes(bytes) => locale.fill("plain.bytes", &[bytes]),
            Self::Time(time) => match time.as_secs() {
                0..10 => format!("{:.1} s", time.as_secs_f64()),
                seconds @ 10..120 => format!("{seconds} s"),
                seconds => format!("{} min", seconds / 60),
            },
        }
    }
}

/// What brought an event of the log about; `None` where no rule knows more than its errno says.
#[must_use]
pub fn of(session: &Session, seq: u64) -> Option<Cause> {
    let event = session.event(seq)?;
    match &event.what {
        What::Call(call) => of_call(session, seq, &event, call),
        // The end of a direction is told behind the call that met it.
        What::Ended { dir, cause } => {
            let told = |turn: Turn| match cause {
                Some(errno) => turn == Turn::Failed(*errno),
                None => turn == Turn::End && *dir == Dir::In,
            };
            let mut before = session.turns(event.conn?, seq).rev();
            let met = before.find(|point| told(point.turn))?.seq;
            of(session, met)
        }
        _ => None,
    }
}

/// What brought the outcome of a call about, which stands in the log as number `seq`.
#[must_use]
pub fn of_call(session: &Session, seq: u64, event: &Event, call: &Call) -> Option<Cause> {
    let case = Case::new(session, seq, event, call)?;
    let outcome = outcome(&case);
    let rules = FAMILIES.iter().copied().flatten();
    let mut fitting = rules.filter(|rule| rule.about.contains(&outcome));
    fitting.find_map(|rule| {
        let found = (rule.find)(&case)?;
        Some(found.by(rule.slug))
    })
}

/// The first later event that this one brought about, as far as turning points tell.
#[must_use]
pub fn effect(session: &Session, seq: u64) -> Option<u64> {
    let own = session.event(seq)?.conn?;
    let newest = session.conns().iter().rev().take(SOCKETS_ASKED_MAX);
    let others = newest.map(|conn| conn.id).filter(|id| *id != own);
    let near: Vec<ConnId> = session.twin(own).into_iter().chain([own]).collect();
    let all = near
        .iter()
        .copied()
        .chain(others.filter(|id| !near.contains(id)));
    let mut later: Vec<u64> = all
        .flat_map(|id| session.turns_behind(id, seq))
        .filter(|point| is_effect(point.turn))
        .map(|point| point.seq)
        .take(EFFECTS_ASKED_MAX)
        .collect();
    later.sort_unstable();
    later
        .into_iter()
        .find(|later| of(session, *later).is_some_and(|cause| cause.event == Some(seq)))
}

/// Whether a turning point has a cause elsewhere.
fn is_effect(turn: Turn) -> bool {
    matches!(
        turn,
        Turn::Failed(_) | Turn::End | Turn::InVain | Turn::Accepted(_) | Turn::Connected
    )
}

/// The name of what came of a call, as [`Rule::about`] has it: that of its errno, `end` (a stream's read of 0),
/// `blocked`, `vain` (bytes taken for a peer that is gone), `accepted`, `connected`; empty for what needs no reason.
fn outcome(case: &Case<'_>) -> &'static str {
    match (&case.call.call, &case.call.outcome) {
        (_, Outcome::Failed(errno)) => errno.name(),
        (_, Outcome::Blocked) => "blocked",
        (Syscall::Recv { max, .. }, Outcome::Received { len: 0, .. })
            if *max > 0 && !case.own.transport.is_connectionless() =>
        {
            "end"
        }
        (Syscall::Send { .. }, Outcome::Returned(taken)) if *taken > 0 => "vain",
        (Syscall::Accept, Outcome::Accepted { .. }) => "accepted",
        (Syscall::Connect(_), Outcome::Returned(_)) => "connected",
        _ => "",
    }
}

/// Whether an error is of the connection, which does not work any more after it. `EPIPE` is none: this end's own
/// `shutdown` brings it, too.
fn breaks(errno: Errno) -> bool {
    matches!(
        errno,
        Errno::ECONNRESET | Errno::ETIMEDOUT | Errno::ECONNREFUSED
    ) || matches!(errno.name(), "EHOSTUNREACH" | "ENETUNREACH" | "ENETRESET")
}

#[cfg(test)]
mod tests;
