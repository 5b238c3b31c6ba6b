//! What stands between the bytes of a part of a stream: ends of messages, of calls and of the stream. It is read for
//! the bytes in view and no others, and draws nothing.

use std::ops::Range;

use super::tail_end;
use crate::framing::{Entry, Status};
use crate::session::Ending;
use crate::ui::pane::Scene;
use crate::ui::theme::Role;

/// What the gaps of a part of a stream tell.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Where messages end, in order.
    messages: Vec<u64>,
    /// Where calls ended, in order.
    calls: Vec<u64>,
    /// The ink of each message and of what is no message, up to an offset.
    inks: Vec<(u64, Role)>,
    /// Where the stream stands now, and whether it ended there.
    pub(super) end: u64,
    ended: Option<Ending>,
    /// The bytes in view.
    pub(super) shown: Range<u64>,
    /// Behind the last byte that the unfinished message still waits for; as far as it is drawn.
    pub(super) awaited: u64,
}

impl Gaps {
    /// Those among the bytes `shown`, which stand in rows of `step`.
    pub(super) fn new(scene: Scene<'_>, shown: Range<u64>, step: u64) -> Self {
        let Some((conn, dir)) = scene.stream() else {
            return Self::default();
        };
        let session = scene.session;
        let mut gaps = Self {
            shown: shown.clone(),
            calls: session.boundaries(conn, dir, shown.clone()),
            end: scene.ui.len(session),
            ended: session
                .lane(conn, dir)
                .and_then(crate::session::Lane::ending),
            ..Self::default()
        };
        if shown.end > shown.start {
            // A message a byte at the most, but any number of empty ones.
            let count = usize::try_from(shown.end - shown.start + 1).unwrap_or(usize::MAX);
            for entry in session.entries_in(conn, dir, &shown, count) {
                let end = entry.message.range.end;
                gaps.inks.push((end, ink(&entry)));
                if !matches!(entry.message.status, Status::Partial { .. }) {
                    gaps.messages.push(end);
                }
            }
        }
        let awaited = tail_end(scene.ui, session);
        gaps.messages.extend(Some(awaited).filter(|end| *end > 0));
        gaps.awaited = awaited.min(gaps.end + 4 * step);
        gaps
    }

    /// What stands before the byte at `offset`.
    pub(super) fn at(&self, offset: u64) -> Option<char> {
        if offset == self.end && self.end > 0 {
            let is_over = self.ended == Some(Ending::End);
            return Some(if is_over { '▐' } else { '┊' });
        }
        if self.messages.binary_search(&offset).is_ok() {
            return Some('▏');
        }
        self.calls.binary_search(&offset).is_ok().then_some('·')
    }

    /// The ink of the message that holds the byte at `offset`.
    pub(super) fn ink(&self, offset: u64) -> Role {
        let at = self.inks.partition_point(|(end, _)| *end <= offset);
        self.inks.get(at).map_or(Role::Text, |(_, role)| *role)
    }
}

/// Two inks in turns; what is no message, or a bad one, has its own.
fn ink(entry: &Entry) -> Role {
    match entry.message.status {
        Status::Bad { .. } => Role::Bad,
        Status::Skipped { .. } => Role::Muted,
        _ if entry.index % 2 == 1 => Role::Odd,
        _ => Role::Text,
    }
}
