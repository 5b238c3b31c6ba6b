//! What stands in the columns of a message beside its payload: number, range, time, what it waits for.

use std::time::Duration;

use super::mark_of;
use crate::escape;
use crate::event::Dir;
use crate::framing::{Entry, Message, Status};
use crate::session::{Asked, Spoken};
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

/// `to ▸#3, 0.4 ms`: which request an answer answers, and how long that took.
pub(super) fn answers(scene: Scene<'_>, asked: &Asked) -> String {
    let (mark, _) = mark_of(scene, asked.dir);
    let request = format!("{mark}#{}", asked.number);
    let took = span(asked.took);
    scene.fill("messages.answers", &[&request, &took])
}

/// A short time: `0.4 ms`, `1.25 s`.
fn span(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1e3;
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1e3 => format!("{ms:.0} ms"),
        ms => format!("{:.2} s", ms / 1e3),
    }
}

/// The other ends of the exchange that the message under the cursor belongs to, by direction and position: its request,
/// or its answers.
pub(super) fn other_ends(
    scene: Scene<'_>,
    listed: &[Spoken],
    asked: &[Option<Asked>],
) -> Vec<(Dir, u64)> {
    let under = (scene.ui.dir, scene.ui.entry);
    let place = |spoken: &Spoken| (spoken.dir, spoken.entry.index);
    let pairs = listed.iter().zip(asked).filter_map(|(answer, asked)| {
        let asked = asked.as_ref()?;
        Some((place(answer), (asked.dir, asked.index)))
    });
    let ends = pairs.filter_map(|(answer, request)| match under {
        under if under == answer => Some(request),
        under if under == request => Some(answer),
        _ => None,
    });
    ends.collect()
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
