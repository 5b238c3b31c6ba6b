//! Payloads that are frames already: a rule takes them as they are, if they are one whole message.

use super::{Cx, Message, Rule, Sight, Status};

/// The message that all of these bytes are by a rule, if they are one that is whole and good.
pub(super) fn only_message(rule: &dyn Rule, bytes: &[u8]) -> Option<Message> {
    let mut cx = Cx::new(0, u64::MAX, Sight::default());
    let mut decoder = rule.decoder();
    let taken = decoder.feed(bytes, &mut cx);
    cx.advance(taken as u64);
    if taken == bytes.len() {
        decoder.end(&mut cx);
    }
    let mut messages = cx.take();
    let message = messages.pop()?;
    let is_whole = message.status == Status::Ok && message.range == (0..bytes.len() as u64);
    is_whole.then_some(message)
}

/// The payload as it is, if the rule takes it as one whole message.
pub(super) fn as_it_is(rule: &dyn Rule, payload: &[u8], what: &str) -> Result<Vec<u8>, String> {
    match only_message(rule, payload) {
        Some(_) => Ok(payload.to_vec()),
        None => Err(format!("the payload is not {what}")),
    }
}
