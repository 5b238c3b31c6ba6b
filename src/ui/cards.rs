//! Errors in plain words: what happened, with the actor, and what to press next. Why it happened `cause` knows; where
//! it does not, a pair of sentences an errno says it. The name and number beside them can be looked up.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::cause::{self, Cause, Surety};
use crate::escape;
use crate::event::{Actor, Call, Errno, Event, Syscall};
use crate::locale::Locale;
use crate::session::Session;

/// The three lines of the card of a failed call, which stands in the log as number `seq`.
pub(super) fn card(
    locale: &Locale,
    session: &Session,
    seq: u64,
    event: &Event,
    call: &Call,
    errno: Errno,
) -> [String; 3] {
    let cause = cause::of_call(session, seq, event, call);
    let what = cause.as_ref().map_or_else(
        || explain(locale, errno),
        |cause| told(locale, cause, errno),
    );
    let name = event.conn.map_or("?", |conn| session.name(conn));
    [
        format!("{} ({}) {}", errno.name(), errno.0, capital(errno.text())),
        locale.fill("cards.called", &[&name, &short(&call.call), &what]),
        hint(locale, cause.as_ref(), Some(errno)),
    ]
}

/// Whether a failure has a card: what only says "not now" has one where a person asked for just that call.
pub(super) fn is_due(event: &Event, call: &Call, errno: Errno) -> bool {
    let is_asked = event.by == Actor::User && call.pending.is_none();
    is_asked || !errno.would_block()
}

/// What a cause says of a failure; of writing where nobody reads also what that does to most programs.
fn told(locale: &Locale, cause: &Cause, errno: Errno) -> String {
    let what = with_surety(locale, &cause.what(locale), cause.surety);
    if errno == Errno::EPIPE {
        locale.fill("cards.sigpipe", &[&what])
    } else {
        what
    }
}

/// A clause with how sure it is, in words.
pub(super) fn with_surety(locale: &Locale, what: &str, surety: Surety) -> String {
    format!("{what} ({})", locale.say(surety.key()))
}

/// What to press next: what the cause advises, else the errno's own advice; empty where there is none.
pub(super) fn hint(locale: &Locale, cause: Option<&Cause>, errno: Option<Errno>) -> String {
    let next = cause.and_then(|cause| cause.next(locale));
    let next = next.or_else(|| Some(try_next(locale, errno?)));
    next.map_or(String::new(), |next| locale.fill("cards.hint", &[&next]))
}

/// The call, with a short address.
pub(super) fn short(call: &Syscall) -> String {
    match call {
        Syscall::Connect(address) | Syscall::Bind(address) => {
            format!("{}({})", call.name(), escape::clean(&address.short()))
        }
        _ => escape::clean(&call.to_string()).into_owned(),
    }
}

/// The three lines of a name that was not found; `why` is the resolver's own.
pub(super) fn unresolved(locale: &Locale, name: &str, call: &Call, why: &str) -> [String; 3] {
    let asked = match &call.call {
        Syscall::Getaddrinfo(asked) => asked.as_str(),
        _ => "?",
    };
    let hint = locale.say("cards.check-spelling");
    [
        locale.fill("cards.no-address", &[&asked]),
        locale.fill("cards.asked-resolver", &[&name, &why]),
        locale.fill("cards.hint", &[&hint]),
    ]
}

/// What an errno means, in a few words.
pub(super) fn explain(locale: &Locale, errno: Errno) -> String {
    let key = format!("cards.{}.what", errno.name());
    if locale.has(&key) {
        locale.fill(&key, &[])
    } else {
        errno.text().to_owned()
    }
}

/// Where a card of so many lines lies: at the bottom of an area, or above the line of the cursor if that stands there.
/// The cursor is found by its look, which every theme turns round, in what is drawn already.
pub(super) fn place(buf: &Buffer, area: Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    let is_cursor = |y: u16| {
        (area.x..area.right()).any(|x| {
            let cell = buf.cell((x, y));
            cell.is_some_and(|cell| cell.modifier.contains(Modifier::REVERSED))
        })
    };
    let top = area.bottom() - lines;
    let y = (top..area.bottom())
        .find(|y| is_cursor(*y))
        // A row of several lines is left alone from its first.
        .map(|y| {
            (area.y..y)
                .rev()
                .take_while(|y| is_cursor(*y))
                .last()
                .unwrap_or(y)
        })
        .and_then(|cursor| cursor.checked_sub(lines))
        .filter(|y| *y >= area.y)
        .unwrap_or(top);
    Rect {
        y,
        height: lines,
        ..area
    }
}

fn try_next(locale: &Locale, errno: Errno) -> String {
    let key = format!("cards.{}.try", errno.name());
    let known = if locale.has(&key) {
        &key
    } else {
        "cards.unknown"
    };
    locale.fill(known, &[])
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests;
