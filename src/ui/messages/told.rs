//! What stands in the columns of a message beside its payload: number, range, time, what it waits for.

use std::time::Duration;

use crate::escape;
use crate::framing::{Entry, Message, Status};
use crate::ui::pane::Scene;

/// Whether the note tells what the payload would: that of some framings is the whole message.
pub(super) fn is_told(message: &Message) -> bool {
    !message.note.is_empty() && message.payload == message.range
}

/// The time since the message before it; of the first since the session began.
pub(super) fn after(at: Duration, earlier: Option<Duration>) -> String {
    match earlier {
        None => format!("{:.3}", at.as_secs_f64()),
        Some(earlier) => format!("+{:.3}", at.saturating_sub(earlier).as_secs_f64()),
    }
}

/// `#2`; what is skipped has no number.
pub(super) fn number(entry: &Entry) -> String {
    entry
        .number
        .map_or_else(|| "–".to_owned(), |number| format!("#{number}"))
}

/// First and last byte; of a partial one with those that it waits for.
pub(super) fn range(scene: Scene<'_>, message: &Message) -> String {
    let end = match message.status {
        Status::Partial { need: Some(need) } => message.range.end.saturating_add(need),
        _ => message.range.end,
    };
    match end
        .checked_sub(1)
        .filter(|last| *last >= message.range.start)
    {
        Some(last) if last == message.range.start => last.to_string(),
        Some(last) => format!("{}–{last}", message.range.start),
        None => scene.fill("messages.at", &[&message.range.start]),
    }
}

/// What an unfinished message waits for.
pub(super) fn missing_of(scene: Scene<'_>, message: &Message) -> String {
    match message.status {
        Status::Partial { need: Some(1) } => scene.fill("messages.awaits-one", &[]),
        Status::Partial { need: Some(need) } => scene.fill("messages.awaits", &[&need]),
        Status::Partial { need: None } if message.waits.is_empty() => {
            scene.fill("messages.not-whole", &[])
        }
        Status::Partial { need: None } => escape::clean(&message.waits).into_owned(),
        _ => String::new(),
    }
}
