//! What a call did, in words that a student understands: one short clause a row, from the event alone. Nothing
//! is said that was not observed.

mod tamper;

use std::time::Duration;

use super::cards;
use crate::escape;
use crate::event::{
    Cable, Call, Dir, Event, Held, Holder, How, Measure, OptionKind, Outcome, Owner, Reached, Spin,
    State, Syscall, What, option,
};
use crate::locale::Locale;
use crate::session::Session;
pub(super) use tamper::{long, of_fault, spoken_fault, way};

/// What a call means; `told` is the call that ended its wait, or itself.
pub(super) fn of_call(event: &Event, told: &Call, session: &Session, locale: &Locale) -> String {
    let conn = event.conn.and_then(|conn| session.conn(conn));
    let is_stream = conn.is_some_and(|conn| conn.transport.is_stream());
    let say = |key| locale.say(key).to_owned();
    if event.is_inferred() && told.moved.is_some() {
        let is_theirs = conn.is_some_and(|conn| conn.owner == Owner::Ext);
        return say(if is_theirs {
            "meaning.inferred"
        } else {
            "meaning.lost"
        });
    }
    match (&told.call, &told.outcome) {
        (_, Outcome::Failed(errno)) => cards::explain(locale, *errno),
        (_, Outcome::Cancelled(why)) if why.is_empty() => say("meaning.given-up"),
        (_, Outcome::Unresolved(why) | Outcome::Cancelled(why)) => why.clone(),
        (call, Outcome::Blocked) => say(waits(call)),
        (Syscall::Send { len, .. }, Outcome::Returned(taken)) => sent(*len, *taken, locale),
        (Syscall::Recv { flags, .. }, Outcome::Received { len, cut_from, .. }) => {
            match (len, cut_from) {
                (0, _) if is_stream => say("meaning.end"),
                (0, _) => say("meaning.empty-datagram"),
                (_, Some(whole)) => locale.fill("meaning.cut", &[whole]),
                _ if flags.peek => say("meaning.peeked"),
                _ => say("meaning.taken"),
            }
        }
        (_, Outcome::Selected(lists)) if lists.count() == 0 => say("meaning.select-none"),
        (_, Outcome::Selected(lists)) => locale.fill("meaning.select", &[lists]),
        (_, Outcome::Names(names)) => match names.as_slice() {
            [] => say("meaning.no-names"),
            [only] => only.to_string(),
            [first, rest @ ..] => locale.fill("meaning.more-names", &[first, &rest.len()]),
        },
        (Syscall::Connect(_), _) if !is_stream => say("meaning.connect-fixed"),
        (Syscall::SetOption { name, value }, _) => set(name, value, locale),
        (Syscall::GetOption { name }, Outcome::Value(_)) => in_force(name, locale),
        (call, _) => done(call, told).map_or(String::new(), say),
    }
}

/// What an event that is no call says.
pub(super) fn of_note(event: &Event, session: &Session, locale: &Locale) -> String {
    match &event.what {
        What::State(state) => format!("{}: {}", state.name(), locale.say(state_words(*state))),
        What::Cable(cable) => locale.say(cable_words(*cable)).to_owned(),
        What::Refs { leaked: true, .. } => locale.say("meaning.leaked").to_owned(),
        What::Refs { count: 1, .. } => locale.say("meaning.refs-one").to_owned(),
        What::Refs { count, .. } => locale.fill("meaning.refs", &[count]),
        What::Answers { number, rule } => match rule {
            Some(rule) => locale.fill("meaning.answers", &[number, rule]),
            None => locale.fill("meaning.answers-over", &[number]),
        },
        What::Holding(true) => locale.say("meaning.hold").to_owned(),
        What::Holding(false) => locale.say("meaning.hold-over").to_owned(),
        What::Holder(holder) => who_has(locale, holder),
        What::Marked(name) => locale.fill("meaning.mark", &[name]),
        What::Unmarked(name) => locale.fill("meaning.unmark", &[name]),
        What::Note(text) | What::Say(text) | What::Refused(text) => text.clone(),
        What::Measured(measure) => of_measure(measure, locale),
        What::Fault(_) => of_fault(event, session, locale),
        What::Limit { text, .. } => text.clone().unwrap_or_default(),
        What::Ended {
            dir,
            cause: Some(errno),
        } => {
            let over = match dir {
                Dir::In => "meaning.in-over",
                Dir::Out => "meaning.out-over",
            };
            locale.fill(over, &[&cards::explain(locale, *errno), &errno.name()])
        }
        What::Opened { .. } => {
            let name = event.conn.map_or("?", |conn| session.name(conn));
            locale.fill("meaning.opened", &[&name])
        }
        _ => String::new(),
    }
}

/// Who has the other end, or the address, in words.
fn who_has(locale: &Locale, holder: &Holder) -> String {
    let keys = match holder.of {
        Held::Peer => ["cards.peer-program", "cards.peer-user", "cards.peer-nobody"],
        Held::Address => ["cards.held-program", "cards.held-user", "cards.held-nobody"],
    };
    let [by_program, by_user, by_nobody] = keys;
    match (&holder.program, holder.pid, holder.uid, holder.left_ms) {
        (Some(program), Some(pid), ..) => locale.fill(by_program, &[&escape::clean(program), &pid]),
        (_, _, Some(uid), _) => locale.fill(by_user, &[&uid]),
        (_, _, None, Some(ms)) if holder.of == Held::Address => {
            locale.fill("cards.held-wait", &[&(ms / 1000), &holder.state.name()])
        }
        _ => locale.fill(by_nobody, &[&holder.state.name()]),
    }
}

/// What is foreseen of a call that is armed.
pub(super) fn of_armed(call: &Syscall, locale: &Locale) -> String {
    let words = match call {
        Syscall::Send { len, .. } => locale.fill("meaning.would-send", &[len]),
        Syscall::Recv { max, .. } => locale.fill("meaning.would-recv", &[max]),
        Syscall::Accept => locale.say("meaning.would-accept").to_owned(),
        Syscall::GetOption { .. } => locale.say("meaning.would-get").to_owned(),
        call => {
            let outcome = Outcome::Returned(0);
            let made = Call::new(call.clone(), outcome, Duration::ZERO);
            done(call, &made).map_or(String::new(), |key| locale.say(key).to_owned())
        }
    };
    locale.fill("meaning.foreseen", &[&words])
}

/// The sentence of a cable, by how it was pulled.
fn cable_words(cable: Option<Cable>) -> &'static str {
    match cable {
        None => "meaning.plugged",
        Some(Cable::Md5sig) => "meaning.unplugged",
        Some(Cable::Filter) => "meaning.unplugged-filter",
        Some(Cable::Simulated) => "meaning.unplugged-simulated",
    }
}

/// What came of an experiment, in one sentence.
pub(super) fn of_measure(measure: &Measure, locale: &Locale) -> String {
    match measure {
        Measure::Spin(spin) => of_spin(spin, locale),
        Measure::Reach { port, tries } => {
            let reached = tries.iter().filter(|row| row.outcome == Reached::Yes);
            let (reached, all) = (reached.count(), tries.len());
            locale.fill("meaning.reach", &[port, &reached, &all])
        }
        Measure::Race(laps) => {
            let lap = |lap: &crate::event::Lap| {
                let time = micros(lap.median);
                format!("{} {time}", lap.course.word())
            };
            let laps = laps.iter().map(lap).collect::<Vec<_>>().join(" · ");
            locale.fill("meaning.race", &[&laps])
        }
    }
}

fn of_spin(spin: &Spin, locale: &Locale) -> String {
    let share = |part: Duration, whole: Duration| {
        format!(
            "{:.0} %",
            100.0 * part.as_secs_f64() / whole.as_secs_f64().max(1e-9)
        )
    };
    let spun = locale.fill(
        "meaning.spin",
        &[
            &spin.calls,
            &spin.would_block,
            &format_args!("{:.1}", spin.time.as_secs_f64()),
            &share(spin.cpu, spin.time),
        ],
    );
    if spin.waited.is_zero() {
        return spun;
    }
    let waited = locale.fill(
        "meaning.spin-waited",
        &[
            &format_args!("{:.1}", spin.waited.as_secs_f64()),
            &share(spin.waited_cpu, spin.waited),
        ],
    );
    format!("{spun}; {waited}")
}

/// A short time: `22 µs`, `1.3 ms`.
pub(super) fn micros(time: Duration) -> String {
    match time.as_micros() {
        0..10 => format!("{:.1} µs", time.as_secs_f64() * 1e6),
        micros @ 10..10_000 => format!("{micros} µs"),
        _ => format!("{:.1} ms", time.as_secs_f64() * 1e3),
    }
}

fn sent(len: u64, taken: i64, locale: &Locale) -> String {
    match u64::try_from(taken) {
        Ok(taken) if taken < len => locale.fill("meaning.part-fitted", &[&taken, &len]),
        _ if len == 0 => locale.say("meaning.none-moved").to_owned(),
        _ => locale.say("meaning.all-fitted").to_owned(),
    }
}

/// What an option does from now on: a sentence for that value, or for the option with its value.
fn set(name: &str, value: &str, locale: &Locale) -> String {
    let of_value = format!("options.{name}-{value}");
    if locale.has(&of_value) {
        return locale.say(&of_value).to_owned();
    }
    let of_option = format!("options.{name}");
    if locale.has(&of_option) {
        locale.fill(&of_option, &[&in_its_unit(name, value)])
    } else {
        String::new()
    }
}

/// A value as people read it: times in seconds where they are long.
fn in_its_unit(name: &str, value: &str) -> String {
    let is_time = option(name).is_some_and(|option| option.kind == OptionKind::Time);
    match value.parse::<u32>() {
        Ok(ms) if is_time && ms >= 1000 && ms % 1000 == 0 => format!("{} s", ms / 1000),
        Ok(ms) if is_time && ms >= 1000 => format!("{:.1} s", f64::from(ms) / 1e3),
        Ok(ms) if is_time => format!("{ms} ms"),
        _ => value.to_owned(),
    }
}

/// What the kernel made of it.
fn in_force(name: &str, locale: &Locale) -> String {
    let of_option = format!("options.{name}-is");
    let key = if locale.has(&of_option) {
        &of_option
    } else {
        "options.effective"
    };
    locale.say(key).to_owned()
}

/// The sentence of what a call waits for.
fn waits(call: &Syscall) -> &'static str {
    match call {
        Syscall::Recv { .. } => "meaning.waits-recv",
        Syscall::Send { .. } => "meaning.waits-send",
        Syscall::Accept => "meaning.waits-accept",
        Syscall::Connect(_) => "meaning.waits-connect",
        Syscall::Getaddrinfo(_) => "meaning.waits-resolver",
        Syscall::Select { .. } => "meaning.waits-select",
        _ => "meaning.waits",
    }
}

/// The sentence of what a call did.
fn done(call: &Syscall, told: &Call) -> Option<&'static str> {
    let key = match call {
        Syscall::Socket(_) => "meaning.socket",
        Syscall::Socketpair(_) => "meaning.socketpair",
        Syscall::Getaddrinfo(_) => "meaning.names",
        Syscall::Bind(_) => "meaning.bind",
        Syscall::Listen { .. } => "meaning.listen",
        Syscall::Accept => "meaning.accept",
        Syscall::Connect(_) => "meaning.connect",
        Syscall::Shutdown(How::Write) => "meaning.shutdown-write",
        Syscall::Shutdown(How::Read) => "meaning.shutdown-read",
        Syscall::Shutdown(How::Both) => "meaning.shutdown-both",
        Syscall::Close => "meaning.close",
        Syscall::Dup => "meaning.dup",
        Syscall::Kill(signal) if signal == "SIGSTOP" => "meaning.stop",
        Syscall::Kill(signal) if signal == "SIGCONT" => "meaning.resume",
        Syscall::Kill(_) => "meaning.kill",
        Syscall::Fork => "meaning.fork",
        Syscall::Thread => "meaning.thread",
        Syscall::TakeError if told.outcome.returned() == Some(0) => "meaning.no-error",
        Syscall::Send { .. }
        | Syscall::Recv { .. }
        | Syscall::SetOption { .. }
        | Syscall::GetOption { .. }
        | Syscall::TakeError
        | Syscall::Select { .. } => return None,
    };
    Some(key)
}

/// The sentence of a state of TCP (RFC 9293, section 3.3.2).
fn state_words(state: State) -> &'static str {
    match state {
        State::Established | State::Connected => "meaning.state-open",
        State::SynSent => "meaning.state-syn-sent",
        State::SynReceived => "meaning.state-syn-received",
        State::FinWait1 => "meaning.state-fin-wait-1",
        State::FinWait2 => "meaning.state-fin-wait-2",
        State::TimeWait => "meaning.state-time-wait",
        State::Closed => "meaning.state-closed",
        State::CloseWait => "meaning.state-close-wait",
        State::LastAck => "meaning.state-last-ack",
        State::Listen => "meaning.state-listen",
        State::Closing => "meaning.state-closing",
        State::Fresh => "meaning.state-fresh",
        State::Bound => "meaning.state-bound",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::OPTIONS;

    #[test]
    fn each_option_says_what_it_does() {
        for name in Locale::names() {
            let locale = Locale::named(name).unwrap_or_default();
            for option in OPTIONS {
                let values: &[&str] = match option.kind {
                    OptionKind::Switch => &["on", "off"],
                    OptionKind::Keepalive => &["10 5 3", "off"],
                    OptionKind::Time if option.name != "rto-max" => &["1500", "off"],
                    _ => &["7"],
                };
                for value in values {
                    let said = set(option.name, value, &locale);
                    assert!(!said.is_empty(), "{name}: {} {value}", option.name);
                    assert!(!said.contains(['{', '}']), "{name}: {said}");
                }
            }
        }
    }

    #[test]
    fn long_times_are_told_in_seconds() {
        let check = |value, expected| assert_eq!(in_its_unit("user-timeout", value), expected);
        check("200", "200 ms");
        check("2000", "2 s");
        check("924600", "924.6 s");
        assert_eq!(in_its_unit("sndbuf", "8192"), "8192");
    }
}
