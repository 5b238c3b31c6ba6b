//! What is looked at, by command: another socket, another pane, something shown or turned over.

use std::ops::Range;

use super::composer::Purpose;
use super::layout::LAYOUTS;
use super::motion::Motion;
use super::overlay::{HELP, OVERLAYS, TABLE};
use super::pane::{self, PANES};
use super::{Request, THEMES, Typing, Ui, connections};
use crate::command::Noun;
use crate::event::{ConnId, Dir, Jump, View};
use crate::inspect::{ByteOrder, Form};
use crate::keymap::leaves_keys;
use crate::locale::Locale;
use crate::session::Session;
use crate::words::Words;

/// Words of `show` beside the panes and what lies over them.
const SHOWS: &[&str] = &[
    "zoom",
    "direction",
    "wider",
    "focus",
    "order",
    "colour",
    "range",
    "redraw",
    "suspend",
    "cause",
    "beside",
    "fold",
    "value",
    "board",
    "edit",
    "answer",
];

impl Ui {
    /// Carries out what a command wishes to look at. Searching, copying and undoing are the caller's: [`Ui::found`] and
    /// [`Ui::undo`] serve them.
    ///
    /// # Errors
    ///
    /// Why there is nothing to look at, in words.
    pub fn view(&mut self, view: &View, session: &Session) -> Result<(), String> {
        match view {
            View::Focus(conn) => self.look_at(*conn, session),
            View::Pane(name) => self.go_to_pane(name, session),
            View::Move(word) => {
                let motion = Motion::named(word)
                    .ok_or_else(|| self.locale.fill("notice.no-movement", &[word]))?;
                self.go(motion, session);
                Ok(())
            }
            View::Show(word) => self.show(word, session),
            View::Beside(rule) => self.set_beside(rule.as_deref(), session),
            View::Filter(words) => {
                self.keep_filter();
                self.set_filter(words, session)
            }
            View::Sort(word) => self.sort(word, session),
            View::Language(code) => self.speak(code),
            View::Theme(name) => self.choose_theme(name),
            View::Pin => self.turn_pin(session),
            View::Goto(Jump::Event(seq)) => self.go_to_event(*seq, session),
            View::Goto(Jump::Mark(name)) => {
                let seq = session.marks().get(name).copied();
                let seq = seq.ok_or_else(|| self.locale.fill("notice.no-mark", &[name]))?;
                self.go_to_event(seq.min(session.event_count().saturating_sub(1)), session)
            }
            View::Goto(Jump::Now) => {
                self.go(Motion::Last, session);
                Ok(())
            }
            View::Goto(Jump::Byte(offset)) => self.go_to_offset(*offset, session),
            View::Goto(Jump::Message(number)) => self.go_to_message(*number, session),
            View::Order { big } => {
                self.order = if *big {
                    ByteOrder::Big
                } else {
                    ByteOrder::Little
                };
                Ok(())
            }
            View::ReadAs(words) => {
                let read = |words: &String| Form::parse(&mut Words::new(words, 0)).ok();
                self.form = words.as_ref().and_then(read);
                Ok(())
            }
            View::Setting { name, value } => {
                self.set(name, value, session);
                Ok(())
            }
            View::Hide(name) => self.hide(name, session),
            View::Layout(name) => self.arrange(name, session).map(drop),
            // The caller's: they reach beyond what is looked at.
            View::Travel(_)
            | View::Undo
            | View::Redo
            | View::Copy(_)
            | View::Find(_)
            | View::FindAgain { .. }
            | View::Guess
            | View::Storm => Ok(()),
        }
    }

    /// A search found this: it is selected and shown.
    pub fn found(&mut self, conn: ConnId, dir: Dir, range: Range<u64>, session: &Session) {
        if self.subject != Some(conn) && self.look_at(conn, session).is_err() {
            return;
        }
        self.dir = dir;
        self.stop_following(session);
        self.select(range, pane::BYTES, session);
        self.reveal(session);
    }

    /// Where a search begins: the bytes in view, at the cursor.
    #[must_use]
    pub fn search_from(&self) -> Option<(ConnId, Dir, u64)> {
        Some((self.subject?, self.dir, self.cursor))
    }

    /// Speaks another language, by its code.
    ///
    /// # Errors
    ///
    /// That there is none of that code.
    pub fn speak(&mut self, code: &str) -> Result<(), String> {
        self.locale =
            Locale::named(code).ok_or_else(|| self.locale.fill("notice.no-language", &[&code]))?;
        Ok(())
    }

    /// The words of a table that the screen owns, for the command language.
    #[must_use]
    pub fn nouns(kind: Noun) -> Vec<String> {
        let words: Vec<&str> = match kind {
            Noun::Pane => PANES
                .iter()
                .map(|pane| pane.name())
                .chain(["composer"])
                .collect(),
            Noun::Motion => Motion::words().collect(),
            Noun::Show => {
                // The table of connections has a word of its own.
                let over = OVERLAYS.iter().map(|overlay| overlay.name());
                let panes = PANES.iter().map(|pane| pane.name());
                let panes = panes.filter(|name| *name != TABLE);
                over.chain(SHOWS.iter().copied()).chain(panes).collect()
            }
            Noun::Hide => PANES.iter().map(|pane| pane.name()).collect(),
            Noun::Layout => LAYOUTS
                .iter()
                .map(|layout| layout.name)
                .chain(["next"])
                .collect(),
            Noun::Language => Locale::names().collect(),
            Noun::Column => connections::column_words().collect(),
            Noun::Theme => THEMES.iter().map(|theme| theme.name).collect(),
            Noun::Format | Noun::Peer | Noun::Document | Noun::Fault => Vec::new(),
        };
        words.into_iter().map(str::to_owned).collect()
    }

    /// Takes a setting of the program over; the language has checked its words.
    fn set(&mut self, name: &str, value: &str, session: &Session) {
        match name {
            "mouse" => self.look.mouse = value == "on",
            "speak" => value.clone_into(&mut self.desk.speak),
            "eol" => self.composer.end_lines(value, session, self.focus),
            _ => {}
        }
    }

    pub(super) fn look_at(&mut self, conn: ConnId, session: &Session) -> Result<(), String> {
        if session.conn(conn).is_none() {
            return Err(self.locale.say("notice.no-such-socket").to_owned());
        }
        self.desk.away = None;
        if self.focus != Some(conn) {
            self.focus = Some(conn);
            self.subject = None;
            self.follow = true;
            self.choose_subject(session);
        }
        self.overlay = self.overlay.filter(|name| leaves_keys(name));
        self.put_row_on_focus(session);
        self.observe(session);
        Ok(())
    }

    pub(super) fn show(&mut self, word: &str, session: &Session) -> Result<(), String> {
        if let Some(words) = word.strip_prefix("help ") {
            self.overlay = Some(HELP);
            self.help_filter.set(words);
            self.help_top = 0;
            return Ok(());
        }
        match word {
            TABLE if self.arrangement.is_hidden(pane::CONNECTIONS) => {
                self.arrangement.show(pane::CONNECTIONS);
            }
            "board" => self.turn_board()?,
            "fold" => self.turn_fold(session)?,
            "beside" => self.turn_beside(session)?,
            "value" => self.type_value(session)?,
            "edit" => return self.compose_held(Purpose::Edit, session),
            "answer" => return self.compose_held(Purpose::Answer, session),
            "zoom" => {
                self.keep_arrangement();
                self.arrangement.zoom = !self.arrangement.zoom;
            }
            "cause" => self.show_cause(session)?,
            "direction" => self.turn(session),
            "wider" => self.widen(session)?,
            "focus" => {
                let conn = self
                    .listed(self.table.at())
                    .ok_or_else(|| self.locale.say("notice.no-row").to_owned())?;
                self.look_at(conn, session)?;
            }
            "order" => self.order = self.order.flipped(),
            "colour" => self.turn_tint(),
            "range" => self.turn_range(session)?,
            "redraw" => self.request = Some(Request::Redraw),
            "suspend" => self.request = Some(Request::Suspend),
            word if self.turn_over(word, session)? => {}
            word => self.show_pane(word)?,
        }
        self.help_top = 0;
        self.reveal(session);
        Ok(())
    }

    /// Opens the composer for a number as wide as what is selected, in the order of the inspector.
    fn type_value(&mut self, session: &Session) -> Result<(), String> {
        self.may_compose()?;
        let selected = self.selection.as_ref();
        let width = selected.map_or(0, |it| it.range.end - it.range.start);
        let big = self.order == ByteOrder::Big;
        let start = match (width, big) {
            (1, _) => "u8(",
            (4, true) => "u32be(",
            (4, false) => "u32le(",
            (8, true) => "u64be(",
            (8, false) => "u64le(",
            (_, true) => "u16be(",
            (_, false) => "u16le(",
        };
        self.keep_composer();
        self.composer.express(start, session, self.focus);
        self.overlay = None;
        self.typing = Typing::Composer;
        Ok(())
    }
}
