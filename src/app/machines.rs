//! What acts by itself on what happens. Each machine sees every event in order; what they wish is carried out when the
//! events of the step are taken.

use std::time::Duration;

use super::App;
use crate::answer::Answers;
use crate::event::Command;
use crate::fault::Faults;
use crate::session::{Machine, Session};
use crate::tap::Taps;

/// All machines of a run.
#[derive(Debug, Default)]
pub(super) struct Machines {
    taps: Taps,
    pub(super) faults: Faults,
    /// Rules that answer messages; what they say is evaluated by the app.
    pub(super) answers: Answers,
    /// What they wish for and nobody has carried out yet.
    pub(super) commands: Vec<Command>,
}

impl Machines {
    /// Shows the newest event to all.
    pub(super) fn take(&mut self, session: &Session) {
        let Some(event) = session.newest() else {
            return;
        };
        let commands = &mut self.commands;
        let machines: [&mut dyn Machine; 3] = [&mut self.taps, &mut self.faults, &mut self.answers];
        for machine in machines {
            machine.take(event, session, commands);
        }
    }

    fn due(&mut self, now: Duration, session: &Session) {
        let commands = &mut self.commands;
        let machines: [&mut dyn Machine; 3] = [&mut self.taps, &mut self.faults, &mut self.answers];
        for machine in machines {
            machine.due(now, session, commands);
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let machines: [&dyn Machine; 3] = [&self.taps, &self.faults, &self.answers];
        machines
            .iter()
            .filter_map(|machine| machine.deadline())
            .min()
    }
}

impl App {
    /// Asks the machines for what is due.
    pub fn run_machines(&mut self, now: Duration) {
        self.machines.due(now, &self.session);
    }

    /// When a machine wants to be asked again even if nothing happens.
    #[must_use]
    pub fn machine_deadline(&self) -> Option<Duration> {
        self.machines.deadline()
    }

    /// Whether the machines wish for something that nobody has asked for yet.
    #[must_use]
    pub fn is_commanded(&self) -> bool {
        !self.machines.commands.is_empty()
    }

    /// What the machines wish for since this was asked last.
    pub fn commanded(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.machines.commands)
    }
}
