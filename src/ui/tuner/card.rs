//! The card of the framing, over the bottom of the panes, so that the seams that move stay in view.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::escape;
use crate::ui::ink::{self, Pen, clip};
use crate::ui::pane::Scene;
use crate::ui::theme::Role;

/// The most rows of parameters and rules at once.
pub(super) const ROWS_MAX: u16 = 12;

/// Where the value of a parameter stands.
const VALUE_COLUMN: u16 = 12;

/// Where the evidence of a rule stands.
const EVIDENCE_COLUMN: u16 = 36;

/// Draws it.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let (ui, look) = (scene.ui, scene.look());
    let Some(rule) = ui.rule(scene.session) else {
        return;
    };
    let (knobs, looks) = (ui.knobs(scene.session), ui.looks());
    let count = knobs.len() + looks.len();
    let shown = u16::try_from(count).unwrap_or(ROWS_MAX).clamp(1, ROWS_MAX);
    let height = (shown + 2).min(area.height);
    let place = Rect {
        y: area.bottom() - height,
        height,
        ..area
    };
    let line = Rect {
        height: height.min(1),
        ..place
    };
    let words = escape::clean(&rule.words()).into_owned();
    let title = scene.fill("tuner.title", &[&scene.direction(), &words]);
    ink::rule(buf, line, &title, scene.say("tuner.note"), true, look);
    let row = ui.tuner.row.min(count.saturating_sub(1));
    let page = usize::from(height.saturating_sub(2)).max(1);
    let first = (row + 1).saturating_sub(page);
    if count == 0 {
        blank(buf, place, 1, scene).put(scene.say("tuner.no-knobs"), Role::Muted);
    }
    for (line, at) in (1..height.saturating_sub(1)).zip(first..count) {
        let role = if at == row {
            Role::Selected
        } else {
            Role::Text
        };
        let mut pen = blank(buf, place, line, scene);
        pen.to(0)
            .put(if at == row { "▸" } else { " " }, Role::Strong);
        if let Some(knob) = knobs.get(at) {
            let less = if knob.less.is_some() { "‹" } else { " " };
            let more = if knob.more.is_some() { "›" } else { " " };
            pen.put(knob.name, role)
                .to(VALUE_COLUMN)
                .put(less, Role::Muted)
                .put(format!(" {} ", knob.value), Role::Strong)
                .put(more, Role::Muted);
        } else if let Some((rule, evidence)) = looks.get(at - knobs.len()) {
            let columns = usize::from(EVIDENCE_COLUMN - 2);
            pen.put(clip(&escape::clean(rule), columns), role)
                .to(EVIDENCE_COLUMN);
            let room = usize::from(pen.room());
            pen.put(clip(&escape::clean(evidence), room), Role::Muted);
        }
    }
    let tally = match ui.tally(scene.session) {
        1 => scene.say("tuner.tally-one").to_owned(),
        many => scene.fill("tuner.tally", &[&many]),
    };
    let verdict = if ui.tuner.looks.verdict.is_empty() {
        tally
    } else {
        format!("{tally} · {}", ui.tuner.looks.verdict)
    };
    blank(buf, place, height.saturating_sub(1), scene).put(verdict, Role::Muted);
}

/// A line of the card, of which nothing that stood there is left.
fn blank<'a>(buf: &'a mut Buffer, place: Rect, row: u16, scene: Scene<'_>) -> Pen<'a> {
    Pen::new(buf, place, row, scene.look()).put(" ".repeat(place.width.into()), Role::Text);
    let mut pen = Pen::new(buf, place, row, scene.look());
    pen.skip(1);
    pen
}
