//! What follows a session and acts by itself: taps, faults. A machine takes every event once the session has it and
//! says what it wishes; it makes no call and knows no clock.

use std::fmt;
use std::time::Duration;

use super::Session;
use crate::event::{Command, Event};

/// Events in, commands out.
pub trait Machine: fmt::Debug {
    /// Takes an event that the session has just taken.
    fn take(&mut self, event: &Event, session: &Session, commands: &mut Vec<Command>);

    /// Asked in every turn, when the session has cut what came into messages: for what is due by now, and for what
    /// those messages mean.
    fn due(&mut self, _now: Duration, _session: &Session, _commands: &mut Vec<Command>) {}

    /// When it wants to be asked again even if nothing happens.
    fn deadline(&self) -> Option<Duration> {
        None
    }
}
