//! The line for commands: what may stand there, what is wrong with it, what it will do. It runs nothing: Enter
//! gives the line to the caller once its words fit.

mod calls;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::editor::Editor;
use super::ink::{self, Pen, clip};
use super::pane::Scene;
use super::theme::{Look, Role};
use crate::command::{self, Completion, Scope};
use crate::escape;
use crate::session::Session;
use crate::words::Complaint;

/// The longest line whose calls are told while it is typed.
const FORETOLD_MAX_BYTES: usize = 4096;

/// The line, and what is known about it.
#[derive(Debug, Default)]
pub(super) struct Prompt {
    pub(super) editor: Editor,
    complaint: Option<Complaint>,
    completion: Option<(Completion, Option<usize>)>,
    /// The calls that it makes, once it fits; else nothing.
    calls: String,
    /// The line that was run last: a complaint that comes later is about it.
    last: Option<String>,
    /// What a key typed in front of the rest.
    beginning: String,
}

impl Prompt {
    /// Opens it with the beginning of a command.
    pub(super) fn open(&mut self, text: &str) {
        text.clone_into(&mut self.beginning);
        self.editor.set(text);
        self.changed();
    }

    /// The line was edited: what was known of it is old.
    pub(super) fn changed(&mut self) {
        self.complaint = None;
        self.completion = None;
        self.calls.clear();
    }

    /// Tells the calls that the line makes as it stands now, in the language of that name.
    pub(super) fn foretell(&mut self, speak: &str, session: &Session, scope: &dyn Scope) {
        let line = self.editor.text();
        self.calls = if line.len() > FORETOLD_MAX_BYTES {
            String::new()
        } else {
            calls::told(&command::foresee(line, scope), speak, session)
        };
    }

    /// Empties it but for the beginning that a key typed, and that, too, where nothing else stands; the history keeps
    /// what stood there.
    pub(super) fn clear(&mut self) {
        self.leave();
        let behind = self.editor.text().strip_prefix(&self.beginning);
        let has_typed = behind.is_some_and(|typed| !typed.is_empty());
        let left = if has_typed {
            std::mem::take(&mut self.beginning)
        } else {
            String::new()
        };
        self.open(&left);
    }

    /// It is left with what stands there: the history keeps that.
    pub(super) fn leave(&mut self) {
        let typed = self.editor.text().trim().to_owned();
        // The beginning of a command that a key typed is nobody's work.
        if typed.contains(' ') {
            self.editor.remember(&typed);
        }
    }

    /// Completes the word at the cursor: as far as the candidates agree, then one after the other; false if there are
    /// none.
    pub(super) fn complete(&mut self, scope: &dyn Scope) -> bool {
        self.complaint = None;
        if let Some((completion, chosen)) = &mut self.completion {
            let count = completion.candidates.len();
            let at = chosen.map_or(0, |at| (at + 1) % count.max(1));
            *chosen = Some(at);
            if let Some(candidate) = completion.candidates.get(at) {
                self.editor.replace(completion.from, &candidate.text);
            }
            return count > 0;
        }
        let completion = command::complete(self.editor.text(), self.editor.cursor(), scope);
        match completion.candidates.as_slice() {
            [] => return false,
            [only] => self
                .editor
                .replace(completion.from, &format!("{} ", only.text)),
            several => {
                self.editor.replace(
                    completion.from,
                    &common(several.iter().map(|it| it.text.as_str())),
                );
                self.completion = Some((completion, None));
            }
        }
        true
    }

    /// Whether the words of the line fit; the one that does not is marked.
    pub(super) fn check(&mut self, scope: &dyn Scope) -> bool {
        let complaint = command::check(self.editor.text(), Some(scope)).err();
        let fits = complaint.is_none();
        self.complaint = complaint;
        self.completion = None;
        fits
    }

    /// Gives the line away to be run, and is empty.
    pub(super) fn take(&mut self) -> String {
        let line = self.editor.text().trim().to_owned();
        // As it was typed: a blank before it asks that later runs do not have it.
        let typed = self.editor.text().trim_end().to_owned();
        self.editor.remember(&typed);
        self.last = Some(self.editor.text().to_owned());
        self.open("");
        line
    }

    /// Shows a line again that could not be run, with why; false if it did not come from here.
    pub(super) fn reopen(&mut self, line: &str, complaint: &Complaint) -> bool {
        let is_last = self
            .last
            .take()
            .is_some_and(|last| last.trim() == line.trim());
        if is_last {
            self.editor.set(line);
            self.completion = None;
            self.complaint = Some(complaint.clone());
        }
        is_last
    }

    /// Draws it in three lines, and says where the cursor stands.
    pub(super) fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Position {
        let look = scene.look();
        // What the verb is for stands behind its grammar, or where that leaves no room in the title.
        let (usage, help) = usage(scene, self.editor.text());
        let is_beside = escape::width(usage) + escape::width(&help) + 5 <= usize::from(area.width);
        // The grammar makes room for the calls.
        let note = match (self.calls.is_empty(), is_beside) {
            (false, _) => usage,
            (true, true) => "",
            (true, false) => &help,
        };
        ink::rule(
            buf,
            Rect {
                height: area.height.min(1),
                ..area
            },
            scene.say("prompt.title"),
            &clip(note, usize::from(area.width).saturating_sub(16)),
            true,
            look,
        );
        let (shown, first, column) = self
            .editor
            .window(usize::from(area.width).saturating_sub(3));
        let mut pen = Pen::new(buf, area, 1, look);
        pen.skip(1).put(":", Role::Strong).put(shown, Role::Text);
        if let Some(complaint) = &self.complaint {
            let place =
                |column: usize| u16::try_from(2 + column.saturating_sub(first)).unwrap_or(u16::MAX);
            pen.over(place(complaint.column), place(complaint.end), Role::Linked);
            render_complaint(complaint, area, buf, look);
        } else if let Some((completion, at)) = &self.completion {
            render_candidates(completion, *at, area, buf, look);
        } else if !self.calls.is_empty() {
            let room = usize::from(area.width).saturating_sub(3);
            Pen::new(buf, area, 2, look)
                .skip(2)
                .put(clip(&escape::clean(&self.calls), room), Role::Muted);
        } else {
            let mut pen = Pen::new(buf, area, 2, look);
            pen.skip(2).put(
                clip(usage, usize::from(area.width).saturating_sub(3)),
                Role::Text,
            );
            if is_beside {
                pen.skip(if usage.is_empty() { 0 } else { 2 })
                    .put(help, Role::Muted);
            }
        }
        Position::new(area.x + 2 + column, area.y + 1)
    }
}

fn render_complaint(complaint: &Complaint, area: Rect, buf: &mut Buffer, look: Look) {
    let mut pen = Pen::new(buf, area, 2, look);
    let room = usize::from(area.width).saturating_sub(3);
    pen.skip(2)
        .put(clip(&escape::clean(&complaint.what), room), Role::Strong);
    if !complaint.fits.is_empty() {
        let fits = format!(": {}", escape::clean(&complaint.fits));
        pen.put(clip(&fits, usize::from(pen.room())), Role::Text);
    }
}

/// As many of the candidates as fit, a page of them at a time; the one that is chosen is always on it.
fn render_candidates(
    completion: &Completion,
    chosen: Option<usize>,
    area: Rect,
    buf: &mut Buffer,
    look: Look,
) {
    let room = usize::from(area.width).saturating_sub(4);
    let texts = completion.candidates.iter();
    let texts: Vec<_> = texts.map(|it| escape::clean(&it.text)).collect();
    let (mut first, mut columns) = (0, 0);
    for (k, text) in texts.iter().enumerate() {
        let width = escape::width(text) + 2;
        if columns + width > room && columns > 0 {
            if chosen.is_none_or(|chosen| chosen < k) {
                break;
            }
            (first, columns) = (k, 0);
        }
        columns += width;
    }
    let mut pen = Pen::new(buf, area, 2, look);
    pen.skip(2);
    for (k, text) in texts.iter().enumerate().skip(first) {
        if escape::width(text) + 2 > usize::from(pen.room()) {
            pen.put("…", Role::Muted);
            break;
        }
        let role = if chosen == Some(k) {
            Role::Selected
        } else {
            Role::Text
        };
        pen.put(text, role).skip(2);
    }
}

/// What the manual says of the verb being typed.
fn usage(scene: Scene<'_>, line: &str) -> (&'static str, String) {
    let word = line
        .split_whitespace()
        .find(|word| !word.starts_with('@'))
        .unwrap_or_default();
    let verb = command::VERBS.iter().find(|verb| verb.name() == word);
    match verb {
        Some(verb) => (verb.usage(), scene.ui.help_of(*verb)),
        // Who has completed once knows how.
        None if scene.ui.is_hint_used("prompt.hint") => ("", String::new()),
        None => ("", scene.say("prompt.hint").to_owned()),
    }
}

/// The beginning that all words share.
fn common<'w>(mut words: impl Iterator<Item = &'w str>) -> String {
    let first = words.next().unwrap_or_default();
    words.fold(first.to_owned(), |shared, word| {
        shared
            .chars()
            .zip(word.chars())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clearing_leaves_the_beginning_that_a_key_typed_once() {
        for (beginning, typed, once, twice) in [
            ("find ", "two", "find ", ""),
            ("find ", "", "", ""),
            ("", "send 1", "", ""),
        ] {
            let mut prompt = Prompt::default();
            prompt.open(beginning);
            prompt.editor.insert(typed);
            prompt.clear();
            assert_eq!(prompt.editor.text(), once, "{beginning}{typed}");
            prompt.clear();
            assert_eq!(prompt.editor.text(), twice, "{beginning}{typed}");
        }
    }
}
