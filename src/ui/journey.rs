//! The line that says where the bytes of a direction are right now: held, unsent, in flight, waiting, read.
//! What nobody observed is `?`, and a wire that nobody observed is dotted.

use std::fmt::Display;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ink::Pen;
use super::pane::Scene;
use super::theme::Role;
use crate::event::{ConnId, Dir, Role as Kind};
use crate::session::{Conn, Lane};

/// Draws it.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let Some((id, dir)) = scene.stream() else {
        return;
    };
    let Some(conn) = scene.session.conn(id) else {
        return;
    };
    if conn.role == Kind::Listener {
        render_listener(scene, conn, area, buf);
        return;
    }
    let twin = scene.session.twin(id);
    let (from, to) = if dir == Dir::Out {
        (Some(id), twin)
    } else {
        (twin, Some(id))
    };
    let look = scene.look();
    let mut pen = Pen::new(buf, area, 0, look);
    let (own, theirs) = if dir == Dir::Out {
        (Role::Ours, Role::Theirs)
    } else {
        (Role::Theirs, Role::Ours)
    };
    let sender = from.and_then(|from| scene.session.conn(from));
    let name = |conn: Option<ConnId>| {
        conn.map_or("peer", |conn| scene.session.name(conn))
            .to_owned()
    };
    pen.skip(1).put(name(from), own);
    render_sender(sender, &mut pen);
    let is_seen = sender.is_some_and(|sender| sender.fact.in_flight.is_some());
    let again = sender
        .and_then(|sender| sender.fact.retransmits)
        .filter(|n| *n > 0);
    let wire = if is_seen {
        " ═══ wire ═══▶ "
    } else {
        " ┈┈┈ wire ┈┈┈▶ "
    };
    pen.put(wire, if is_seen { Role::Text } else { Role::Inferred });
    if let Some(again) = again {
        pen.fmt(format_args!("resent {again}× "), Role::Strong);
    }
    let receiver = to.and_then(|to| scene.session.conn(to));
    pen.put(name(to), theirs).put("’s queue ", Role::Muted);
    pen.put(number(receiver.and_then(|it| it.fact.waiting)), Role::Text);
    let read = to
        .and_then(|to| scene.session.lane(to, Dir::In))
        .map(Lane::len);
    pen.put(" ▶ ", Role::Muted)
        .put(name(to), theirs)
        .put(" has read ", Role::Muted)
        .put(number(read), Role::Text);
}

/// What the sending end still has: in its program, in its kernel, on the wire.
fn render_sender(sender: Option<&Conn>, pen: &mut Pen<'_>) {
    match sender {
        Some(sender) => {
            pen.fmt(
                format_args!(" holds {} ┈▶ ", sender.queued + sender.staged),
                Role::Text,
            );
            let fact = sender.fact;
            pen.put("unsent ", Role::Muted)
                .put(number(fact.unsent), Role::Text);
            pen.put(" ▶ in flight ", Role::Muted)
                .put(number(fact.in_flight), Role::Text);
        }
        None => {
            pen.put(" holds ? ┈▶ unsent ? ▶ in flight ?", Role::Inferred);
        }
    }
}

fn render_listener(scene: Scene<'_>, conn: &Conn, area: Rect, buf: &mut Buffer) {
    let fact = conn.fact;
    let mut pen = Pen::new(buf, area, 0, scene.look());
    pen.skip(1).put(&conn.name, Role::Ours);
    pen.put(" waiting room: ", Role::Muted)
        .put(number(fact.waiting), Role::Text);
    pen.put(" of ", Role::Muted).put(
        number(fact.backlog.map(|backlog| u64::from(backlog) + 1)),
        Role::Text,
    );
    pen.put(" seats taken ▶ accepted ", Role::Muted)
        .fmt(conn.accepted, Role::Text);
    let how = if conn.auto {
        "accepts by itself"
    } else {
        "a accepts one"
    };
    pen.put(" · ", Role::Muted).put(how, Role::Muted);
}

/// A number, or `?` where nobody observed one.
fn number(value: Option<impl Display>) -> String {
    value.map_or_else(|| "?".to_owned(), |value| value.to_string())
}
