//! Errors in plain words: what happened and what to try, with the actor where the session knows it. The words stand in
//! the tables of sentences, a pair an errno; the name and number beside them can be looked up.

mod cause;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

pub(super) use cause::who_has;

use crate::escape;
use crate::event::{Call, ConnId, Errno, Syscall};
use crate::locale::Locale;
use crate::session::Session;

/// The three lines of an error card.
pub(super) fn card(
    locale: &Locale,
    session: &Session,
    conn: ConnId,
    call: &Call,
    errno: Errno,
) -> [String; 3] {
    let told = cause::of(locale, session, conn, call, errno);
    let (what, hint) = (told.what, told.hint);
    let what = what.unwrap_or_else(|| explain(locale, errno));
    let hint = hint.unwrap_or_else(|| try_next(locale, errno));
    let name = escape::clean(session.name(conn));
    [
        format!("{} ({}) {}", errno.name(), errno.0, capital(errno.text())),
        locale.fill("cards.called", &[&name, &short(&call.call), &what]),
        locale.fill("cards.hint", &[&hint]),
    ]
}

/// What the session knows of a failure beside its errno: who holds the port, which end closed.
pub(super) fn known(
    locale: &Locale,
    session: &Session,
    conn: ConnId,
    call: &Call,
    errno: Errno,
) -> Option<String> {
    cause::of(locale, session, conn, call, errno).what
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
