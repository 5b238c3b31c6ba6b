//! Experiments: who carries each out, when the next one has something to do, and how all end. Each is a file of its
//! own.

use std::time::Duration;

use super::cx::{Cx, Turn};
use super::reach::Reach;
use super::select::Select;
use super::spin::Spinning;
use super::{Net, spin};
use crate::event::{Actor, ConnId, Lap, Measure, Probe, What};
use crate::os::Wake;

/// What is under way.
#[derive(Debug, Default)]
pub(super) struct Probes {
    pub(super) selects: Vec<Select>,
    /// Something happened since they were asked last.
    pub(super) stirred: bool,
    /// The sockets that the poller was told of for their sake.
    pub(super) watched: Vec<ConnId>,
    pub(super) spin: Option<Spinning>,
    pub(super) reach: Option<Reach>,
    /// Who runs a race.
    race: Option<Actor>,
}

impl Net {
    /// Begins an experiment.
    pub fn probe(&mut self, by: Actor, probe: Probe, turn: &mut Turn) {
        match probe {
            Probe::Select {
                home,
                lists,
                timeout,
            } => self.select(by, home, lists, timeout, turn),
            Probe::Spin { asked, time } => self.begin_spin(by, asked, time, turn),
            Probe::Reach { port } => self.begin_reach(by, port, turn),
            Probe::Race(courses) => {
                if self.probes.race.is_some() {
                    return self.refuse(by, "a race is on already", turn);
                }
                self.probes.race = Some(by);
                turn.os.race(&courses);
            }
        }
    }

    /// The word of an experiment that is under way and that somebody waits for; a question to select(2) is none, as it
    /// waits at its socket.
    #[must_use]
    pub fn probing(&self) -> Option<&'static str> {
        let Probes {
            spin, reach, race, ..
        } = &self.probes;
        let spins = spin.as_ref().map(|_| "spin");
        let reaches = reach.as_ref().map(|_| "reach");
        spins.or(reaches).or(race.map(|_| "race"))
    }

    /// Ends what somebody waits for; whether there was anything. A race cannot be stopped: it is over in a moment, and
    /// nobody is told.
    pub fn end_probes(&mut self, turn: &mut Turn) -> bool {
        let was_any = self.probing().is_some();
        self.probes.race = None;
        self.end_reach(turn);
        self.cancel_selects(None, turn);
        self.tell_spin(turn);
        was_any
    }

    /// Takes what ended a wait, if an experiment waited for it.
    pub(super) fn wake_probe(&mut self, wake: &Wake, turn: &mut Turn) {
        match wake {
            Wake::Raced(laps) => self.raced(laps, turn),
            Wake::Named { ticket, answer } => self.reach_named(*ticket, answer, turn),
            Wake::Socket { sock, .. } => self.reach_told(*sock, turn),
            _ => {}
        }
    }

    /// Goes on with what has something to do, before anything is read: who asks whether there are bytes shall hear of
    /// them.
    pub(super) fn serve_probes(&mut self, until: Duration, turn: &mut Turn) {
        if self.probes.stirred {
            self.ask_again(turn);
        }
        if self.is_spinning() {
            spin::go_on(self, until, turn);
        }
    }

    /// When an experiment has something to do even if nothing happens.
    pub(super) fn probe_deadline(&self) -> Option<Duration> {
        let selects = self.probes.selects.iter().filter_map(Select::deadline);
        let reach = self.probes.reach.as_ref().map(Reach::deadline);
        selects.chain(reach).min()
    }

    /// Does what is due.
    pub(super) fn expire_probes(&mut self, now: Duration, turn: &mut Turn) {
        if self.probe_deadline().is_some_and(|at| at <= now) {
            self.ask_again(turn);
            self.expire_reach(now, turn);
        }
    }

    pub(super) fn refuse(&mut self, by: Actor, text: &str, turn: &mut Turn) {
        let shared = &mut self.shared;
        Cx { shared, turn }.tell_all(by, What::Refused(text.to_owned()));
    }

    fn raced(&mut self, laps: &[Lap], turn: &mut Turn) {
        if let Some(by) = self.probes.race.take() {
            let shared = &mut self.shared;
            let laps = laps.to_vec();
            Cx { shared, turn }.tell_all(by, What::Measured(Measure::Race(laps)));
        }
    }
}
