//! What a command would do to the world, told by its verb before it is read.

use super::{Verb, verb_named};

/// Whether a command changes what happens, by its verb.
#[must_use]
pub fn acts(command: &str) -> bool {
    verb_of(command).is_some_and(Verb::acts)
}

/// Whether a command needs sockets of this program, by its verb.
#[must_use]
pub fn reaches(command: &str) -> bool {
    verb_of(command).is_some_and(Verb::reaches)
}

fn verb_of(command: &str) -> Option<&'static dyn Verb> {
    let mut words = command.split_whitespace();
    let verb = words.find(|word| !word.starts_with('@'));
    verb.and_then(verb_named)
}
