//! Taps: for each client that comes to one, a connection of its own to the target. What is passed on between the two,
//! and when, is the net's matter.

use crate::event::{Actor, Command, Event, Role, Want, What, Wish};
use crate::session::{Machine, Session};

/// All taps of a session.
#[derive(Debug, Default)]
pub struct Taps;

impl Machine for Taps {
    fn take(&mut self, event: &Event, session: &Session, commands: &mut Vec<Command>) {
        let (What::Opened { parent, .. }, Some(client)) = (&event.what, event.conn) else {
            return;
        };
        let maker = parent.and_then(|parent| session.conn(parent));
        let tap = maker.filter(|maker| maker.role == Role::Tap);
        if let Some(target) = tap.and_then(|tap| tap.target.as_deref()) {
            let to = target.clone();
            commands.push(Command {
                by: Actor::Tap,
                wish: Wish::Socket(client, Want::Relay { to }),
            });
        }
    }
}
