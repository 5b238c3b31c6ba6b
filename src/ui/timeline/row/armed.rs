//! The row of a call that is armed and not made: dotted, behind all that has happened.

use super::{Lanes, Made, Scene, Shown, columns, lines, spelled, who};
use crate::escape;
use crate::event::{Event, Syscall};
use crate::ui::meaning;
use crate::ui::rows::Row;

impl Shown {
    /// A row of a call that is not made yet: dotted, with what is foreseen of it.
    pub(super) fn of_armed(
        scene: Scene<'_>,
        row: Row,
        lanes: Lanes,
        event: &Event,
        call: &Syscall,
    ) -> Self {
        let who = who(scene, event.conn);
        let is_ours = event.conn == scene.ui.subject;
        let column = if is_ours { lanes.first } else { lanes.second };
        let result = scene.say("timeline.armed").to_owned();
        let room = usize::from(lanes.call)
            .saturating_sub(escape::width(&who.0) + escape::width(&result) + 3);
        let call_text = spelled(call, room.max(8));
        let used = column + columns(&who.0) + columns(&call_text).max(11) + columns(&result) + 4;
        let words_column = lanes.words.max(used);
        let text = meaning::of_armed(call, scene.ui.locale());
        Self {
            row,
            words: lines(&text, lanes.width.saturating_sub(words_column)),
            who,
            column,
            call: Some(Made {
                call: call_text,
                result,
                bar: String::new(),
                is_strong: false,
            }),
            wire: None,
            words_column,
            is_aside: true,
            event: event.clone(),
        }
    }
}
