//! Whose bytes, messages and calls the panes show: the focused socket's; of a tap, which has none itself, those of its
//! newest conversation, until a person looks at another or reads on in this one.

use super::turns::Listing;
use super::{Ui, pane};
use crate::event::{ConnId, Dir, Role};
use crate::session::Session;

impl Ui {
    /// Follows the focus, and of a tap the conversations that come.
    pub(super) fn choose_subject(&mut self, session: &Session) {
        let wanted = self.focus.map(|focus| shown(focus, session));
        let is_read = !self.follow && self.is_of_focus(session);
        if wanted != self.subject && !is_read {
            self.subject = wanted;
            self.begin_anew(session);
        }
    }

    /// Looks at something else where what was looked at has not come to be.
    pub(super) fn settle_subject(&mut self, session: &Session) {
        if !self.is_of_focus(session) {
            self.subject = self.focus.map(|focus| shown(focus, session));
            self.turns.listing = self.first_listing(session);
        }
    }

    /// Nothing of the subject was looked at yet.
    pub(super) fn begin_anew(&mut self, session: &Session) {
        self.is_dir_chosen = false;
        self.selection = None;
        self.event = None;
        self.follow = true;
        self.turns.listing = self.first_listing(session);
        if let Some(subject) = self.subject.filter(|it| session.is_tapped(*it)) {
            let asks = Dir::BOTH.into_iter();
            let asks = asks.filter(|dir| session.is_to_server(subject, *dir));
            self.dir = asks.last().unwrap_or(self.dir);
        }
        for (pane, top) in self.tops.iter_mut().enumerate() {
            if pane != pane::CONNECTIONS {
                *top = 0;
            }
        }
    }

    /// A tap's conversation is read as one; of other sockets a direction at a time.
    fn first_listing(&self, session: &Session) -> Listing {
        match self.subject {
            Some(subject) if session.is_tapped(subject) => Listing::Both,
            _ => Listing::One,
        }
    }

    /// Whether what is looked at is there, and the focused socket's.
    fn is_of_focus(&self, session: &Session) -> bool {
        let subject = self.subject.and_then(|subject| session.conn(subject));
        subject.is_some_and(|it| {
            Some(it.id) == self.focus && it.role != Role::Tap || it.parent == self.focus
        })
    }
}

/// What is shown of a socket.
fn shown(focus: ConnId, session: &Session) -> ConnId {
    let tap = session.conn(focus).filter(|conn| conn.role == Role::Tap);
    tap.and_then(|tap| tap.newest).unwrap_or(focus)
}
