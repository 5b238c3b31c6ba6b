//! The saved messages over the panes: filtered as one types, and put into the composer by Enter. Where they are kept is
//! the caller's matter.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::editor::Editor;
use super::ink::{self, Pen, clip};
use super::motion::Motion;
use super::overlay::{Edit, Overlay, SAVED};
use super::pane::Scene;
use super::theme::Role;
use super::{Typing, Ui};
use crate::escape;
use crate::session::Session;

/// Columns of the names.
const NAME_COLUMNS: u16 = 20;

/// What is looked for among the saved messages.
#[derive(Debug, Default)]
pub(super) struct Library {
    pub(super) filter: Editor,
    row: u64,
}

impl Library {
    /// What the filter leaves.
    fn found<'a>(&self, saved: &'a [(String, String)]) -> Vec<&'a (String, String)> {
        let wanted = self.filter.text().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        saved
            .iter()
            .filter(|(name, text)| has(name) || has(text))
            .collect()
    }

    /// The cursor goes back to the first row: other rows are shown.
    pub(super) fn changed(&mut self) {
        self.row = 0;
    }

    fn go(&mut self, motion: Motion, saved: &[(String, String)], page: u16) {
        self.row = motion.step(self.row, self.found(saved).len() as u64, page);
    }
}

/// The list.
pub(super) struct Over;

impl Overlay for Over {
    fn name(&self) -> &'static str {
        SAVED
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        render(scene, area, buf)
    }

    fn go(&self, ui: &mut Ui, motion: Motion, _session: &Session) {
        let page = ui.size.1 / 2;
        ui.hands.library.go(motion, &ui.saved.0, page);
    }

    fn edit(&self, ui: &mut Ui, edit: Edit<'_>, _session: &Session) -> Option<usize> {
        let (is_other, dropped) = edit.apply(&mut ui.hands.library.filter);
        if is_other {
            ui.hands.library.changed();
        }
        Some(dropped)
    }

    fn accept(&self, ui: &mut Ui, session: &Session) -> Vec<String> {
        if ui.is_past() {
            // It is refused there, and says why.
            return vec!["pane composer".to_owned()];
        }
        ui.take_saved(session);
        Vec::new()
    }
}

impl Ui {
    /// Puts the message under the cursor into the composer; nothing is sent by it.
    fn take_saved(&mut self, session: &Session) {
        self.overlay = None;
        let row = usize::try_from(self.hands.library.row).unwrap_or(0);
        let found = self.hands.library.found(self.saved());
        let Some(text) = found.get(row).map(|(_, text)| text.clone()) else {
            return;
        };
        self.keep_composer();
        self.composer.editor.set("");
        self.composer.express(&text, session, self.focus);
        self.typing = Typing::Composer;
    }
}

/// Draws them; returns where the filter's cursor stands.
fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let library = &scene.ui.hands.library;
    let look = scene.look();
    let found = library.found(scene.ui.saved());
    let title = scene.fill("notice.saved-title", &[&scene.ui.saved().len()]);
    let rule = Rect {
        height: area.height.min(1),
        ..area
    };
    ink::rule(
        buf,
        rule,
        &title,
        scene.say("notice.saved-note"),
        true,
        look,
    );
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2),
        ..area
    };
    if found.is_empty() {
        let sentence = if scene.ui.saved().is_empty() {
            "notice.saved-none"
        } else {
            "notice.saved-no-match"
        };
        Pen::new(buf, body, 0, look)
            .skip(1)
            .put(scene.say(sentence), Role::Muted);
    }
    let row = usize::try_from(library.row).unwrap_or(0);
    let first = row.saturating_sub(usize::from(body.height.saturating_sub(1)));
    let names = usize::from(NAME_COLUMNS - 2);
    for (line, (at, (name, text))) in
        (0..body.height).zip(found.into_iter().enumerate().skip(first))
    {
        let role = if at == row {
            Role::Selected
        } else {
            Role::Text
        };
        let mut pen = Pen::new(buf, body, line, look);
        pen.skip(1)
            .put(clip(&escape::clean(name), names), role)
            .to(NAME_COLUMNS);
        let room = usize::from(pen.room());
        pen.put(clip(&escape::clean(text), room), Role::Muted);
    }
    let hint = scene.say("help.filter-hint");
    super::render::filter(&library.filter, hint, area, scene, buf)
}
