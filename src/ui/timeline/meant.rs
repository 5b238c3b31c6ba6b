//! What a row says that the call alone does not tell: that it is about the listener of a pair, or which event brought
//! its failure or its end about.

use crate::cause;
use crate::event::{Call, Event, Role as Kind, Syscall, What};
use crate::ui::pane::Scene;
use crate::ui::rows::Row;

/// Why a call failed or a stream ended, where the event that brought it about stands in the log.
pub(super) fn of_cause(scene: Scene<'_>, seq: u64, told: &Call) -> Option<String> {
    let errno = told.outcome.errno();
    let is_over = errno.is_some_and(|errno| !errno.would_block());
    if !is_over && !ends(told) {
        return None;
    }
    let cause = cause::of(scene.session, seq).filter(|cause| cause.event.is_some())?;
    Some(cause.what(scene.ui.locale()))
}

/// Whether a call read the end of a stream; an empty datagram has a range.
pub(super) fn ends(call: &Call) -> bool {
    call.outcome.returned() == Some(0)
        && call.want() != Some(0)
        && call.moved.is_none()
        && matches!(call.call, Syscall::Recv { .. })
}

/// What a call means that is about the listener that lives just long enough to make a pair: it is told of the pair's
/// first socket, which is no listener, and which stays open when that one is closed.
pub(super) fn of_pair(scene: Scene<'_>, row: Row, event: &Event, call: &Call) -> Option<String> {
    let id = event.conn?;
    let conn = scene.session.conn(id)?;
    if conn.role != Kind::Client || call.outcome.errno().is_some() {
        return None;
    }
    match call.call {
        Syscall::Listen { .. } => Some(scene.say("timeline.pair-listener").to_owned()),
        Syscall::Accept => Some(scene.fill("timeline.pair-accept", &[&conn.name])),
        Syscall::Close => {
            let list = scene.ui.rows.list(&[id]);
            let before = list.window(list.rank(row.seq).checked_sub(1)?, 1);
            let before = scene.session.event(before.first()?.seq)?;
            let is_listener =
                matches!(&before.what, What::Call(call) if call.call == Syscall::Accept);
            is_listener.then(|| scene.fill("timeline.pair-close", &[&conn.name]))
        }
        _ => None,
    }
}
