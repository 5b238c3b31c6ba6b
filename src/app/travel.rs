//! Which moment of the session is looked at: `pause`, `live`, `step`, and `goto` where the past is in view already. The
//! connections, scripts and long work go on in the present.

use super::App;
use crate::event::{Jump, Travel};

impl App {
    /// Another moment.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(super) fn travel(&mut self, travel: Travel) -> Result<(), String> {
        let here = self.session.travelled();
        let newest = self.session.event_total().checked_sub(1);
        let say = |key: &str| self.ui.locale().say(key).to_owned();
        let newest = newest.ok_or_else(|| say("past.nothing"))?;
        let to = match (travel, here) {
            (Travel::Live, _) | (Travel::Pause, Some(_)) => None,
            (Travel::Pause, None) => Some(newest),
            (Travel::Step { on, count }, _) => {
                // The first step from the present leads to the row that was chosen there.
                let chosen = self.ui.chosen_event().filter(|_| here.is_none());
                let from = here.or(chosen).unwrap_or(newest);
                let count = count.saturating_sub(u64::from(chosen.is_some()));
                let to = if on {
                    from.saturating_add(count).min(newest)
                } else {
                    from.saturating_sub(count)
                };
                let first = self.session.first_moment();
                let to = if on { to } else { to.max(first.min(from)) };
                if to == from && count > 0 {
                    return Err(match (on, first) {
                        (true, _) => say("past.is-newest"),
                        (false, 0) => say("past.is-first"),
                        (false, first) => self.forgotten_before(first),
                    });
                }
                Some(to)
            }
        };
        self.go_to_moment(to);
        Ok(())
    }

    /// Goes to the moment that `goto` means while the past is in view; false if it means a place of what is in view.
    pub(super) fn travel_to(&mut self, jump: &Jump) -> bool {
        let count = self.session.event_total();
        let to = match jump {
            _ if self.session.travelled().is_none() => return false,
            Jump::Event(seq) if *seq < self.session.first_moment() => return false,
            Jump::Event(seq) if *seq < count => Some(*seq),
            Jump::Mark(name) => match self.session.mark(name) {
                Some(seq) => Some(seq.min(count.saturating_sub(1))),
                None => return false,
            },
            Jump::Now => {
                self.go_to_moment(None);
                return false;
            }
            Jump::Event(_) | Jump::Byte(_) | Jump::Message(_) => return false,
        };
        self.go_to_moment(to);
        true
    }

    fn forgotten_before(&self, first: u64) -> String {
        self.ui.locale().fill("past.is-forgotten", &[&first])
    }

    /// Goes on to a moment that is far away; true while it is not reached.
    pub(super) fn travel_on(&mut self) -> bool {
        if !self.session.is_travelling() {
            return false;
        }
        let is_left = self.session.travel_on();
        if !is_left {
            self.arrive();
        }
        is_left
    }

    /// How far that is, in words.
    pub(super) fn travel_progress(&self) -> Option<String> {
        let to = self.session.travelled();
        let to = to.filter(|_| self.session.is_travelling())?;
        Some(self.ui.locale().fill("past.on-the-way", &[&to]))
    }

    fn go_to_moment(&mut self, to: Option<u64>) {
        self.session.travel(to);
        if !self.session.is_travelling() {
            self.arrive();
        }
    }

    fn arrive(&mut self) {
        let ui = &mut self.ui;
        self.session.seen(|session| ui.travelled(session));
        if self.session.travelled().is_none() {
            // What came meanwhile was noticed and not shown.
            self.ui.observe(&self.session);
        }
    }
}
