//! Keys, pastes and presses of the mouse become command lines. Nothing but what is looked at changes here.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind};

use super::pane::PANES;
use super::{Overlay, Typing, Ui};
use crate::command::Scope;
use crate::keymap::{self, Act, Binding, Confirm, Focus, Need, Own};
use crate::session::Session;

/// How long a key that is asked for again counts.
const CONFIRM: Duration = Duration::from_secs(3);

/// How long a second `C-c` counts.
const INTERRUPT: Duration = Duration::from_secs(2);

impl Ui {
    /// Takes what the terminal sent; returns the command lines that it means, to be run in order.
    pub fn input(
        &mut self,
        event: &Event,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                self.key(key, session, scope, now)
            }
            Event::Paste(text) => {
                self.paste(text, session, now);
                Vec::new()
            }
            Event::Mouse(mouse) => self.mouse(*mouse, session, scope, now),
            Event::Resize(columns, rows) => {
                self.resize(*columns, *rows, session);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn key(
        &mut self,
        key: &KeyEvent,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        self.notice.take_if(|notice| !notice.is_card());
        if let Some(prefix) = self.letter.take()
            && let KeyCode::Char(c) = key.code
            && c.is_ascii_alphabetic()
        {
            return vec![format!("{prefix}{c}")];
        }
        let spelled = keymap::spell(key);
        let binding = spelled
            .as_deref()
            .and_then(|key| keymap::find(key, self.keys_go_to()));
        // A question that another key answered is no question any more.
        self.armed
            .take_if(|(armed, _)| spelled.as_ref() != Some(armed));
        if let (Some(binding), Some(name)) = (binding, spelled) {
            return self.act(binding, &name, session, scope, now);
        }
        self.edit(key, session);
        Vec::new()
    }

    /// Where keys go now.
    pub(super) fn keys_go_to(&self) -> Focus<'static> {
        match (self.typing, self.overlay) {
            (Typing::Composer, _) => Focus::Composer,
            (Typing::Prompt, _) => Focus::Prompt,
            (Typing::Nothing, Some(_)) => Focus::Overlay,
            (Typing::Nothing, None) => {
                Focus::Pane(PANES.get(self.pane).map_or("", |pane| pane.name()))
            }
        }
    }

    /// A key of the line being typed.
    fn edit(&mut self, key: &KeyEvent, session: &Session) {
        let focus = self.focus;
        match (self.typing, self.overlay) {
            (Typing::Composer, _) => {
                if self.composer.editor.key(key) {
                    self.composer.read(session, focus);
                }
            }
            (Typing::Prompt, _) => {
                if self.prompt.editor.key(key) {
                    self.prompt.changed();
                }
            }
            (Typing::Nothing, Some(Overlay::Help)) => {
                self.help_top = 0;
                self.help_filter.key(key);
            }
            (Typing::Nothing, Some(_)) => {
                if self.filter.key(key) {
                    self.sift(session);
                }
            }
            (Typing::Nothing, None) => {}
        }
    }

    fn paste(&mut self, text: &str, session: &Session, now: Duration) {
        let line = || text.split(['\r', '\n']).collect::<Vec<_>>().join(" ");
        match (self.typing, self.overlay) {
            (Typing::Prompt, _) => {
                self.prompt.editor.insert(&line());
                self.prompt.changed();
            }
            (Typing::Nothing, Some(Overlay::Help)) => self.help_filter.insert(&line()),
            (Typing::Nothing, Some(_)) => {
                self.filter.insert(&line());
                self.sift(session);
            }
            _ if self.focus.is_none() => self.notify(
                "there is no socket yet that could send what was pasted",
                now,
            ),
            _ => {
                self.typing = Typing::Composer;
                self.composer.paste(text);
                self.composer.read(session, self.focus);
            }
        }
    }

    /// Does what a key is bound to.
    pub(super) fn act(
        &mut self,
        binding: &'static Binding,
        key: &str,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        if let Some(why) = self.refusal(binding.need, session) {
            self.notify(&why, now);
            return Vec::new();
        }
        let is_top = binding.act != Act::Own(Own::Close)
            || (!self.arrangement.zoom && self.overlay.is_none() && self.notice.is_none());
        if is_top && let Some(question) = self.question(binding, key, session) {
            let again = self
                .armed
                .take()
                .is_some_and(|(armed, until)| armed == key && now <= until);
            if !again {
                self.notify(&question, now);
                self.armed = Some((key.to_owned(), now + CONFIRM));
                return Vec::new();
            }
        }
        match binding.act {
            Act::Run(line) => vec![line.to_owned()],
            Act::Ask(text) => {
                self.typing = Typing::Prompt;
                self.prompt.open(text);
                Vec::new()
            }
            Act::Letter(prefix) => {
                self.letter = Some(prefix);
                self.notify(&format!("{key}: {}", binding.help), now);
                Vec::new()
            }
            Act::Own(own) => self.steer(own, session, scope, now),
        }
    }

    /// Why there is no call to make.
    pub(super) fn refusal(&self, need: Need, session: &Session) -> Option<String> {
        let conn = self.focus.and_then(|conn| session.conn(conn));
        match (need, conn) {
            (Need::Nothing, _) => None,
            (_, None) => Some("there is no socket yet: c connects, b listens".to_owned()),
            (Need::Open, Some(conn)) if !conn.is_open() => Some(format!(
                "{} is closed: there is no socket any more that a call could be made on",
                conn.name
            )),
            _ => None,
        }
    }

    /// What is asked before the key counts.
    fn question(&self, binding: &Binding, key: &str, session: &Session) -> Option<String> {
        match binding.confirm {
            Confirm::Never => None,
            Confirm::LiveSockets => {
                let open = session.conns().iter().filter(|conn| conn.is_open()).count();
                let sockets = if open == 1 {
                    "a socket is".to_owned()
                } else {
                    format!("{open} sockets are")
                };
                (open > 0).then(|| format!("{sockets} open: {key} again closes and quits"))
            }
            Confirm::ForeignPeer => {
                let foreign = self.focus.filter(|conn| session.twin(*conn).is_none());
                foreign.map(|conn| {
                    format!(
                        "the other end of {} is not ours: {key} again resets it",
                        session.name(conn)
                    )
                })
            }
        }
    }

    fn steer(
        &mut self,
        own: Own,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        let focus = self.focus;
        match own {
            Own::Accept => return self.accept(scope, now),
            Own::Back => self.back(),
            Own::Close => return self.close(),
            Own::Interrupt => return self.interrupt(session, now),
            Own::Filter => self.overlay = Some(Overlay::Connections),
            Own::Cycle if self.typing == Typing::Prompt => self.prompt.complete(scope),
            Own::Cycle => self.composer.cycle(session, focus),
            Own::Older | Own::Newer if self.typing == Typing::Prompt => {
                self.prompt.editor.recall(own == Own::Older);
                self.prompt.changed();
            }
            Own::Older | Own::Newer => {
                self.composer.editor.recall(own == Own::Older);
                self.composer.read(session, focus);
            }
            Own::Clear => self.clear(session),
        }
        Vec::new()
    }

    fn accept(&mut self, scope: &mut dyn Scope, now: Duration) -> Vec<String> {
        match (self.typing, self.overlay) {
            (Typing::Composer, _) => match self.composer.send() {
                Ok(line) => return vec![line],
                Err(why) => self.notify(&why, now),
            },
            (Typing::Prompt, _) => {
                if let Some(line) = self.prompt.accept(scope) {
                    self.typing = Typing::Nothing;
                    return if line.is_empty() {
                        Vec::new()
                    } else {
                        vec![line]
                    };
                }
            }
            (Typing::Nothing, Some(Overlay::Connections)) => return vec!["show focus".to_owned()],
            (Typing::Nothing, _) => self.overlay = None,
        }
        Vec::new()
    }

    /// One level back; it never quits.
    fn back(&mut self) {
        if self.is_typing() {
            self.typing = Typing::Nothing;
        } else if self.overlay.is_some() {
            self.overlay = None;
            self.filter.set("");
            self.table.clear_filter();
        } else if self.notice.is_some() {
            self.notice = None;
        } else if self.desk.cause.take().is_some() {
            // The explanation has gone; the row that it was about stays selected.
        } else if self.arrangement.zoom {
            self.arrangement.zoom = false;
        } else {
            self.selection = None;
        }
    }

    fn close(&mut self) -> Vec<String> {
        if self.arrangement.zoom || self.notice.is_some() {
            self.back();
            return Vec::new();
        }
        vec!["quit".to_owned()]
    }

    fn clear(&mut self, session: &Session) {
        match self.typing {
            Typing::Composer => self.composer.clear(),
            Typing::Prompt => self.prompt.open(""),
            Typing::Nothing if self.overlay == Some(Overlay::Help) => self.help_filter.set(""),
            Typing::Nothing => {
                self.filter.set("");
                self.sift(session);
            }
        }
    }

    /// `C-c`: empties what is typed, else cancels what waits, else asks for itself again and quits.
    fn interrupt(&mut self, session: &Session, now: Duration) -> Vec<String> {
        let typed = match self.typing {
            Typing::Composer => self.composer.editor.text(),
            Typing::Prompt => self.prompt.editor.text(),
            Typing::Nothing => "",
        };
        if !typed.is_empty() {
            self.clear(session);
            return Vec::new();
        }
        if self.is_typing() || self.overlay.is_some() {
            self.back();
            return Vec::new();
        }
        let waits = self
            .focus
            .and_then(|conn| session.conn(conn))
            .is_some_and(|conn| !conn.pending.is_empty());
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
        self.notify("nothing waits here: C-c again quits", now);
        self.armed = Some(("C-c".to_owned(), now + INTERRUPT));
        Vec::new()
    }
}
