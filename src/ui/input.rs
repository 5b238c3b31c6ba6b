//! Keys, pastes and presses of the mouse become command lines. Nothing but what is looked at changes here.

mod steer;

use std::time::Duration;

use crossterm::event::{Event, KeyEvent, KeyEventKind};

use super::first::FIRST;
use super::notice::Notice;
use super::overlay::{self, Edit};
use super::pane::TIMELINE;
use super::which::Pending;
use super::{Typing, Ui};
use crate::command::Scope;
use crate::keymap::{self, Act, Binding, Confirm, Focus, Need, Own};
use crate::session::Session;

/// How long a key that is asked for again counts.
const CONFIRM: Duration = Duration::from_secs(3);

impl Ui {
    /// Takes what the terminal sent; returns the command lines that it means, to be run in order.
    pub fn input(
        &mut self,
        event: &Event,
        session: &Session,
        scope: &mut dyn Scope,
        now: Duration,
    ) -> Vec<String> {
        let lines = self.take(event, session, scope, now);
        if self.typing == Typing::Prompt {
            self.prompt.foretell(&self.desk.speak, session, scope);
        }
        lines
    }

    fn take(
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
                self.paste(text.as_bytes(), session, now);
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
        if let Some(pending) = self.hands.pending.take() {
            return self.continue_prefix(pending, key, now);
        }
        let spelled = keymap::spell(key);
        if self.is_agreed(spelled.as_deref(), now) {
            return self.agreed(session, scope, now);
        }
        self.notice.take_if(|notice| notice.until() <= now);
        let binding = spelled.as_deref().and_then(|key| {
            let above = self
                .above(now)
                .and_then(|above| keymap::find_above(key, above));
            above.or_else(|| keymap::find(key, self.keys_go_to(session)))
        });
        // A question that another key answered is no question any more.
        self.armed
            .take_if(|(armed, _)| spelled.as_ref() != Some(armed));
        if let (Some(binding), Some(name)) = (binding, spelled) {
            return self.act(binding, &name, session, scope, now);
        }
        self.edit(key, session, now);
        Vec::new()
    }

    /// Where keys go now: what lies over the panes comes before the line being typed.
    pub(super) fn keys_go_to(&self, session: &Session) -> Focus<'static> {
        match (self.keyed(), self.typing) {
            (Some(overlay), _) => Focus::Overlay(overlay),
            (None, Typing::Composer) => Focus::Composer,
            (None, Typing::Prompt) => Focus::Prompt,
            (None, Typing::Nothing) if self.is_first_screen(session) => Focus::Pane(FIRST),
            (None, Typing::Nothing) => Focus::Pane(
                self.pane_at(self.pane, session)
                    .map_or("", |pane| pane.name()),
            ),
        }
    }

    /// What is shown over a pane with keys of its own, which leaves all others to the pane.
    pub(super) fn above(&self, now: Duration) -> Option<&'static str> {
        if self.overlay.is_some() || self.is_typing() {
            return None;
        }
        // A card that is no longer seen has no key.
        let seen = self.notice.as_ref().filter(|notice| now < notice.until());
        let is_card = seen.is_some_and(Notice::is_card);
        let explained = self.desk.cause.filter(|_| self.pane == TIMELINE);
        match explained {
            _ if is_card => Some("card"),
            Some(seq) if self.event == Some(seq) => Some("cause"),
            _ => None,
        }
    }

    /// A key of the line being typed.
    fn edit(&mut self, key: &KeyEvent, session: &Session, now: Duration) {
        match (self.keyed().and_then(overlay::overlay), self.typing) {
            (Some(overlay), _) => {
                overlay.edit(self, Edit::Key(key, now), session);
            }
            (None, Typing::Composer) => {
                self.keep_typing(true, now);
                let before = self.composer.editor.text().len();
                let is_edit = self.composer.editor.key(key);
                // A key that only moves the cursor means nothing new, and a long text is not read for it.
                if is_edit && self.composer.editor.text().len() != before {
                    self.composer.read(session, self.focus);
                }
            }
            (None, Typing::Prompt) => {
                if self.prompt.editor.key(key) {
                    self.prompt.changed();
                }
            }
            (None, Typing::Nothing) => {}
        }
    }

    /// Takes pasted bytes: into the line being typed, else into the composer, where every one of them counts.
    pub fn paste(&mut self, bytes: &[u8], session: &Session, now: Duration) {
        let line = || {
            let text = String::from_utf8_lossy(bytes);
            text.split(['\r', '\n']).collect::<Vec<_>>().join(" ")
        };
        let taken = self
            .over()
            .and_then(|overlay| overlay.edit(self, Edit::Paste(&line()), session));
        let dropped = match (taken, self.typing) {
            (Some(dropped), _) => dropped,
            (None, Typing::Prompt) if self.keyed().is_none() => {
                let dropped = self.prompt.editor.insert(&line());
                self.prompt.changed();
                dropped
            }
            _ if self.is_past() => {
                self.notify_key("past.refused", now);
                0
            }
            _ if self.focus.is_none() => {
                self.notify_key("notice.paste-nowhere", now);
                0
            }
            _ => {
                self.typing = Typing::Composer;
                self.keep_composer();
                let dropped = self.composer.paste(bytes);
                self.composer.read(session, self.focus);
                dropped
            }
        };
        if dropped > 0 {
            let sentence = self.locale.fill("notice.paste-cut", &[&dropped]);
            self.notify(&sentence, now);
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
        if let Some(why) = self.refused(binding, session) {
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
            Act::Run("unplug") if self.is_unplugged(session) => vec!["plug".to_owned()],
            Act::Run(line) => vec![line.to_owned()],
            Act::Ask(text) => {
                self.typing = Typing::Prompt;
                self.prompt.open(text);
                Vec::new()
            }
            Act::Spelled(line) => vec![format!("{line}{key}")],
            Act::Prefix(..) => {
                self.hands.pending = Some(Pending::new(binding, now));
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
            (Need::Armed, _) if session.armed().next().is_some() => None,
            (Need::Armed, _) => Some(self.locale.say("notice.not-armed").to_owned()),
            (Need::Held, _) if !session.caught().is_empty() => None,
            (Need::Held, _) => Some(self.locale.say("tamper.nothing-held").to_owned()),
            (Need::Fault, _) if !session.tamperings().is_empty() => None,
            (Need::Fault, _) => Some(self.locale.say("tamper.none-yet").to_owned()),
            (_, None) => Some(self.locale.say("notice.no-socket").to_owned()),
            (Need::Open, Some(conn)) if !conn.is_open() => {
                Some(self.locale.fill("notice.closed", &[&conn.name]))
            }
            _ => None,
        }
    }

    /// What is asked before the key counts.
    fn question(&self, binding: &Binding, key: &str, session: &Session) -> Option<String> {
        match binding.confirm {
            Confirm::Never => None,
            Confirm::LiveSockets => {
                let open = session.conns().iter().filter(|conn| conn.is_open()).count();
                match open {
                    0 => None,
                    1 => Some(self.locale.fill("notice.quit-one", &[&key])),
                    _ => Some(self.locale.fill("notice.quit-many", &[&open, &key])),
                }
            }
            Confirm::ForeignCable if self.is_unplugged(session) => None,
            Confirm::ForeignPeer | Confirm::ForeignCable => {
                let foreign = self.focus.filter(|conn| session.twin(*conn).is_none());
                let name = |conn| session.name(conn);
                let question = match binding.confirm {
                    Confirm::ForeignCable => "notice.unplug",
                    _ => "notice.reset",
                };
                foreign.map(|conn| self.locale.fill(question, &[&name(conn), &key]))
            }
        }
    }

    /// Whether the cable of the focused socket is out.
    fn is_unplugged(&self, session: &Session) -> bool {
        let conn = self.focus.and_then(|conn| session.conn(conn));
        conn.is_some_and(|conn| conn.cable.is_some())
    }

    /// Says the sentence of a key.
    pub(super) fn notify_key(&mut self, key: &str, now: Duration) {
        let sentence = self.locale.say(key).to_owned();
        self.notify(&sentence, now);
    }
}

#[cfg(test)]
pub(super) mod tests;
