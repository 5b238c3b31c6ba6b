//! What keys do that type no command: they steer the line being typed and lead out of layers. `Esc` three times leads
//! home from everywhere, and no key here loses what was typed.

use std::time::Duration;

use crate::command::Scope;
use crate::keymap::Own;
use crate::session::Session;
use crate::ui::overlay::{Edit, TABLE, overlay};
use crate::ui::{Typing, Ui};

/// How long a second `C-c` counts.
const INTERRUPT: Duration = Duration::from_secs(2);

impl Ui {
    pub(super) fn steer(
        &mut self,
        own: Own,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        match own {
            Own::Accept => return self.accept(session, scope, now),
            Own::Back => return self.back(session),
            Own::Return => self.return_to_effect(session),
            Own::Close => return self.close(session),
            Own::Interrupt => return self.interrupt(session, now),
            Own::Filter => {
                self.overlay = Some(TABLE);
                self.put_row_on_focus(session);
            }
            Own::Cycle => self.cycle(session, scope, now),
            Own::Older | Own::Newer => self.recall_line(own == Own::Older, session),
            Own::Clear => self.clear(session),
            Own::Break => {
                self.keep_composer();
                if self.composer.break_line() {
                    self.composer.read(session, self.focus);
                } else {
                    self.notify_key("notice.break-in-text", now);
                }
            }
        }
        Vec::new()
    }

    /// `Tab`: the next way of typing the same bytes, or the next word that may stand here.
    fn cycle(&mut self, session: &Session, scope: &dyn Scope, now: Duration) {
        if self.typing == Typing::Prompt {
            if self.prompt.complete(scope) {
                self.use_hint("prompt.hint");
            } else {
                self.notify_key("notice.no-completion", now);
            }
        } else {
            self.keep_composer();
            self.composer.cycle(session, self.focus);
            self.use_hint("composer.hint");
        }
    }

    /// `Up` and `Down`: another line of what is typed, at its edge another line of the history.
    fn recall_line(&mut self, older: bool, session: &Session) {
        if self.typing == Typing::Prompt {
            self.prompt.editor.recall(older);
            self.prompt.changed();
        } else if !self.composer.editor.step(older) {
            self.keep_composer();
            self.composer.editor.recall(older);
            self.composer.read(session, self.focus);
        }
    }

    fn accept(&mut self, session: &Session, scope: &mut dyn Scope, now: Duration) -> Vec<String> {
        match (self.keyed().and_then(overlay), self.typing) {
            (Some(overlay), _) => return overlay.accept(self, session),
            (None, Typing::Composer) => {
                self.composer.settle(session, self.focus);
                let bytes = self.composer.bytes().unwrap_or(0);
                if !self.is_asked_about_bytes(bytes, now) {
                    return self.agreed(session, scope, now);
                }
            }
            (None, Typing::Prompt) => {
                let line = self.prompt.editor.text().to_owned();
                if self.prompt.check(scope) && !self.is_asked_about_line(&line, session, now) {
                    return self.agreed(session, scope, now);
                }
            }
            (None, Typing::Nothing) if self.is_first_screen(session) => self.choose_first(),
            (None, Typing::Nothing) => {}
        }
        Vec::new()
    }

    /// Gives the line being typed away to be run, once it was asked about.
    pub(super) fn agreed(
        &mut self,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        match self.typing {
            Typing::Composer => {
                let draft = self.composer.draft();
                let is_for_held = self.composer.is_for_held();
                match self.composer.send(&self.locale, session, self.focus) {
                    Ok(line) if is_for_held => {
                        self.typing = Typing::Nothing;
                        return vec![line];
                    }
                    Ok(line) => {
                        self.keep_sent(draft);
                        self.use_hint("composer.invitation");
                        return vec![line];
                    }
                    Err(why) => self.notify(&why, now),
                }
            }
            Typing::Prompt => {
                if self.prompt.check(scope) {
                    self.typing = Typing::Nothing;
                    let line = self.prompt.take();
                    return if line.is_empty() {
                        Vec::new()
                    } else {
                        vec![line]
                    };
                }
            }
            Typing::Nothing => {}
        }
        Vec::new()
    }

    /// One level back; it never quits. Lines, tables and cards are the first level, one pane alone is the second, and
    /// what is selected or past is the third, so that three lead home from everywhere.
    fn back(&mut self, session: &Session) -> Vec<String> {
        // Each is asked and left: one press takes all that lies above the panes away.
        let is_layered = self.overlay.is_some() || self.is_typing() || self.notice.is_some();
        let explains = self.leave_cause(session);
        let grew = self.end_range();
        if is_layered || explains || grew {
            self.leave_line(session);
            self.leave_overlay(session);
            self.notice = None;
        } else if std::mem::take(&mut self.board.is_shown) {
            self.reveal(session);
        } else if self.arrangement.zoom {
            self.keep_arrangement();
            self.arrangement.zoom = false;
            self.reveal(session);
        } else {
            self.selection = None;
            self.event = None;
            self.follow = true;
            if self.is_past() {
                return vec!["live".to_owned()];
            }
            self.observe(session);
        }
        Vec::new()
    }

    /// Leaves the line being typed. The composer keeps its text, and the history that of the prompt.
    fn leave_line(&mut self, session: &Session) {
        if self.typing == Typing::Prompt {
            self.prompt.leave();
        }
        self.composer.put_down(session, self.focus);
        self.typing = Typing::Nothing;
    }

    fn leave_overlay(&mut self, session: &Session) {
        if let Some(overlay) = self.over() {
            self.overlay = None;
            overlay.leave(self, session);
        }
    }

    fn close(&mut self, session: &Session) -> Vec<String> {
        if self.arrangement.zoom || self.notice.is_some() {
            return self.back(session);
        }
        vec!["quit".to_owned()]
    }

    /// Empties the line being typed; the history keeps it, and `undo` brings it back.
    fn clear(&mut self, session: &Session) {
        match (self.keyed().and_then(overlay), self.typing) {
            (Some(overlay), _) => {
                overlay.edit(self, Edit::Clear, session);
            }
            (None, Typing::Composer) => {
                self.keep_composer();
                self.composer.clear();
                self.composer.read(session, self.focus);
            }
            (None, Typing::Prompt) => self.prompt.clear(),
            (None, Typing::Nothing) => {
                self.keep_filter();
                self.filter.set("");
                self.sift(session);
            }
        }
    }

    /// `C-c`: empties what is typed, else cancels what waits, else asks for itself again and quits.
    fn interrupt(&mut self, session: &Session, now: Duration) -> Vec<String> {
        let typed = match (self.keyed(), self.typing) {
            (None, Typing::Composer) => self.composer.editor.text(),
            (None, Typing::Prompt) => self.prompt.editor.text(),
            _ => "",
        };
        if !typed.is_empty() {
            self.clear(session);
            return Vec::new();
        }
        if self.is_typing() || self.overlay.is_some() {
            return self.back(session);
        }
        let waits = self
            .focus
            .and_then(|conn| session.conn(conn))
            .is_some_and(|conn| !conn.pending.is_empty() && !self.is_past());
        if waits || self.progress().is_some() {
            return vec!["cancel".to_owned()];
        }
        if self
            .armed
            .take()
            .is_some_and(|(key, until)| key == "C-c" && now <= until)
        {
            return vec!["quit".to_owned()];
        }
        self.notify_key("notice.interrupt", now);
        self.armed = Some(("C-c".to_owned(), now + INTERRUPT));
        Vec::new()
    }
}
