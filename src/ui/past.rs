//! The earlier moment that is looked at: the bar that says so, what the screen does when one goes there, and why
//! nothing acts from there. The panes know nothing of it: the session answers for that moment.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ink::Pen;
use super::pane::Scene;
use super::theme::Role;
use super::{Typing, Ui};
use crate::escape;
use crate::event::{ConnId, What};
use crate::keymap::{Binding, Need};
use crate::session::Session;

/// Events about a question that are read again when another moment is looked at: its beginning and its end are among
/// them unless somebody waits for long.
const TRIES: usize = 64;

/// Draws the bar into the first line of an area, if the past is in view; what is left of the area.
pub(super) fn render_bar(scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Rect {
    let Some(past) = scene.session.past().filter(|_| area.height > 0) else {
        return area;
    };
    let since = match past.since {
        0 => scene.say("past.newest").to_owned(),
        1 => scene.say("past.since-one").to_owned(),
        since => scene.fill("past.since", &[&since]),
    };
    let at = format!("{:.3}", scene.session.now().as_secs_f64());
    let bar = scene.fill("past.bar", &[&past.seq, &at, &since]);
    let keys = scene.say("past.keys");
    let wide = |text: &str| u16::try_from(escape::width(text)).unwrap_or(u16::MAX);
    let look = scene.look();
    Pen::new(buf, area, 0, look).fill(' ', Role::Selected);
    Pen::new(buf, area, 0, look)
        .skip(1)
        .put(&bar, Role::Selected);
    if wide(&bar) + wide(keys) + 5 < area.width {
        let keys = format!("{keys} ");
        Pen::new(buf, area, 0, look).right(&keys, Role::Selected);
    }
    Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    }
}

impl Scene<'_> {
    /// The time of what is looked at: that of the last event where it is the past.
    #[must_use]
    pub fn moment(&self) -> Duration {
        match self.session.past() {
            Some(_) => self.session.now(),
            None if self.ui.opened.is_some() => self.session.now(),
            None => self.now,
        }
    }
}

impl Ui {
    /// Another moment is looked at: `session` answers for it. What was chosen stays chosen where it is there already.
    pub fn travelled(&mut self, session: &Session) {
        let is_past = session.past().is_some();
        self.rows.see(session);
        self.recall_select(session);
        if is_past && self.typing == Typing::Composer {
            self.typing = Typing::Nothing;
        }
        let count = session.event_count();
        self.notice = None;
        self.desk.cause.take_if(|seq| *seq >= count);
        self.event.take_if(|seq| *seq >= count);
        self.tuner.begin_again(session);
        self.stand_somewhere(session);
        self.put_in_range(session);
        self.renew_table(session);
        self.keep_up(session);
        if !self.follow && is_past {
            // The timeline stands at the moment, whatever else is chosen.
            self.event = Some(count.saturating_sub(1));
        }
        self.moving = self.moves(session, session.now());
        self.reveal(session);
        self.touch();
    }

    /// The event of the row that was chosen in the timeline.
    #[must_use]
    pub fn chosen_event(&self) -> Option<u64> {
        self.event
    }

    /// Whether an earlier moment is looked at.
    pub(super) fn is_past(&self) -> bool {
        self.rows.is_cut_off()
    }

    /// Whether the session is that of a file.
    pub(super) fn is_of_file(&self) -> bool {
        self.opened.is_some()
    }

    /// Why a key has no call to make.
    pub(super) fn refused(&self, binding: &Binding, session: &Session) -> Option<String> {
        if self.is_of_file() && binding.reaches() {
            return Some(self.locale.say("open.refused").to_owned());
        }
        if self.is_past() && binding.acts() {
            return Some(self.locale.say("past.refused").to_owned());
        }
        self.refusal(binding.need, session)
    }

    /// Nothing is composed where nothing can be sent.
    ///
    /// # Errors
    ///
    /// That a file is in view, or the past.
    pub(super) fn may_compose(&self) -> Result<(), String> {
        match self.no_calls() {
            Some(key) => Err(self.locale.say(key).to_owned()),
            None => Ok(()),
        }
    }

    /// The sentence why no call is made here, whatever is chosen.
    fn no_calls(&self) -> Option<&'static str> {
        let is_past = self.is_past().then_some("past.refused");
        is_past.or(self.is_of_file().then_some("open.refused"))
    }

    /// Why no call can be made, if none can.
    pub(super) fn refused_calls(&self, session: &Session) -> Option<String> {
        if let Some(key) = self.no_calls() {
            return Some(self.locale.say(key).to_owned());
        }
        self.refusal(Need::Open, session)
    }

    /// Looks at another socket while the one that is looked at has not come to be.
    fn stand_somewhere(&mut self, session: &Session) {
        let is_there = |conn: &ConnId| session.conn(*conn).is_some();
        let wanted = self.desk.away.take().or(self.focus);
        let focus = wanted.filter(is_there);
        if focus.is_none() {
            self.desk.away = wanted;
        }
        let first = || self.tabs.iter().copied().find(is_there);
        self.focus = focus.or_else(first);
        self.settle_subject(session);
    }

    /// Shows the question of the moment for which the session answers.
    fn recall_select(&mut self, session: &Session) {
        let count = session.event_count();
        let upto = self.board.seqs.partition_point(|seq| *seq < count);
        let seqs = self.board.seqs.get(..upto).unwrap_or_default();
        let near: Vec<u64> = seqs.iter().rev().take(TRIES).rev().copied().collect();
        let (shown, top) = (self.board.is_shown, self.board.top);
        self.board.told = None;
        for seq in near {
            if let Some(event) = session.event(seq)
                && let What::Call(call) = &event.what
            {
                self.take_select(event.by, event.at, call, session);
            }
        }
        (self.board.is_shown, self.board.top) = (shown && self.board.told.is_some(), top);
    }

    /// Lets go of what is selected where it has not moved yet.
    fn put_in_range(&mut self, session: &Session) {
        let is_there = |conn, dir, end: u64| {
            let lane = session.lane(conn, dir);
            lane.is_some_and(|lane| end <= lane.len())
        };
        self.selection
            .take_if(|it| !is_there(it.conn, it.dir, it.range.end));
        let len = self.len(session);
        self.cursor = self.cursor.min(len.saturating_sub(1));
        self.entry = self.entry.min(self.entries(session).saturating_sub(1));
    }
}
