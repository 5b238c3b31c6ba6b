//! What each layer says of the bytes in view: calls of the sender and of the receiver, what is on its way, messages.
//! What nobody observed is dotted, or a `?`.

use std::ops::Range;

use super::axis::{Axis, Span};
use crate::escape;
use crate::event::{ConnId, Dir, Owner, Syscall};
use crate::framing::{Entry, Message, Status};
use crate::session::{Conn, Lane};
use crate::ui::moved::{Mover, call_of};
use crate::ui::pane::Scene;
use crate::ui::theme::Role;

/// The most bytes of a payload that are spelled out in its label.
const LABEL_BYTES_MAX: u64 = 64;

/// A ruler.
#[derive(Debug, Default)]
pub(super) struct Layer {
    /// The name before it.
    pub(super) name: &'static str,
    /// Whose calls it shows.
    pub(super) who: Option<(String, Role)>,
    pub(super) spans: Vec<Span>,
    /// A word behind a byte: what waits there, or why there is nothing.
    pub(super) behind: Option<(u64, String)>,
}

/// The two ends of a direction; of a tapped conversation the sides of the tap, which receives and sends on.
struct Ends<'a> {
    sender: Option<&'a Conn>,
    receiver: Option<&'a Conn>,
}

impl<'a> Ends<'a> {
    fn new(scene: Scene<'a>, (id, dir): (ConnId, Dir)) -> Self {
        let is_tapped = scene.session.is_tapped(id);
        let other = match scene.session.conn(id) {
            Some(conn) if is_tapped => conn.across,
            _ => scene.session.twin(id),
        };
        let (from, to) = match dir {
            Dir::Out => (Some(id), other),
            Dir::In => (other, Some(id)),
        };
        let conn = |id: Option<ConnId>| id.and_then(|id| scene.session.conn(id));
        Self {
            sender: conn(from),
            receiver: conn(to),
        }
    }
}

/// What each `send` took.
pub(super) fn sent(scene: Scene<'_>, stream: (ConnId, Dir), axis: &Axis) -> Layer {
    let ends = Ends::new(scene, stream);
    let mut layer = calls(scene, "send", ends.sender, Dir::Out, axis);
    if let Some(sender) = ends.sender {
        let len = scene.session.lane(sender.id, Dir::Out).map_or(0, Lane::len);
        let held = sender.queued + sender.staged;
        let composed = if Some(sender.id) == scene.ui.subject {
            scene.ui.composer.bytes().unwrap_or(0) as u64
        } else {
            0
        };
        let mut from = len;
        for (bytes, key) in [(held, "seams.held"), (composed, "seams.composed")] {
            if bytes > 0 {
                layer.behind = None;
                layer.spans.push(Span {
                    range: from..from.saturating_add(bytes),
                    label: scene.fill(key, &[&bytes]),
                    is_observed: false,
                    role: Role::Inferred,
                });
                from = from.saturating_add(bytes);
            }
        }
    }
    layer
}

/// What each `recv` returned.
pub(super) fn received(scene: Scene<'_>, stream: (ConnId, Dir), axis: &Axis) -> Layer {
    let ends = Ends::new(scene, stream);
    calls(scene, "recv", ends.receiver, Dir::In, axis)
}

/// The packets of a capture: they alone were seen.
fn packets(scene: Scene<'_>, (conn, dir): (ConnId, Dir), axis: &Axis) -> Vec<Span> {
    let movers = scene.ui.movers(scene.session, conn, dir, &axis.range);
    let span = |mover: Mover| Span {
        label: format!("{} B", mover.range.end - mover.range.start),
        range: mover.range,
        is_observed: true,
        role: Role::Text,
    };
    movers.into_iter().map(span).collect()
}

/// What is on its way, as far as the sender's kernel tells: never seen, only inferred; but of a capture it was seen.
pub(super) fn wire(scene: Scene<'_>, stream: (ConnId, Dir), axis: &Axis) -> Layer {
    let ends = Ends::new(scene, stream);
    let mut layer = Layer {
        name: "wire",
        ..Layer::default()
    };
    let conn = scene.session.conn(stream.0);
    if conn.is_some_and(|conn| conn.owner == Owner::Ext) {
        layer.spans = packets(scene, stream, axis);
        return layer;
    }
    let why = |key: &str| Some((axis.range.start, scene.ui.locale().say(key).to_owned()));
    let Some(sender) = ends.sender else {
        layer.behind = why("seams.wire-theirs");
        return layer;
    };
    let (Some(flying), Some(unsent)) = (sender.fact.in_flight, sender.fact.unsent) else {
        let is_told = sender.is_open() && !sender.transport.is_unix();
        layer.behind = why(if is_told {
            "seams.wire-untold"
        } else {
            "seams.wire-none"
        });
        return layer;
    };
    let len = scene.session.lane(sender.id, Dir::Out).map_or(0, Lane::len);
    let left = len.saturating_sub(u64::from(unsent));
    let acked = left.saturating_sub(u64::from(flying));
    let segments = sender.fact.segments_out;
    let span = |range: Range<u64>, key: &str| Span {
        label: match (key, segments) {
            ("seams.acked", Some(segments)) => {
                let bytes = range.end - range.start;
                scene.fill("seams.acked-segments", &[&bytes, &segments])
            }
            _ => scene.fill(key, &[&(range.end - range.start)]),
        },
        range,
        is_observed: false,
        role: Role::Inferred,
    };
    layer.spans = [
        span(0..acked, "seams.acked"),
        span(acked..left, "seams.in-flight"),
        span(left..len, "seams.unsent"),
    ]
    .into_iter()
    .filter(|span| span.range.start < axis.range.end && !span.range.is_empty())
    .collect();
    layer
}

/// What the framing made of them: fields and payload, and what is still missing.
pub(super) fn messages(scene: Scene<'_>, (conn, dir): (ConnId, Dir), axis: &Axis) -> Layer {
    let session = scene.session;
    let len = session.lane(conn, dir).map_or(0, Lane::len);
    if axis.range.start >= len {
        return ruler(scene, (conn, dir), axis, "messages", Vec::new());
    }
    let first = session.entry_at(conn, dir, axis.range.start).unwrap_or(0);
    let entries = session.entries(conn, dir, first, in_view(axis));
    ruler(scene, (conn, dir), axis, "messages", entries)
}

/// What a second framing makes of them, if there is one.
pub(super) fn beside(scene: Scene<'_>, stream: (ConnId, Dir), axis: &Axis) -> Option<Layer> {
    let count = in_view(axis);
    let entries = scene
        .ui
        .entries_beside(scene.session, stream, &axis.range, count)?;
    Some(ruler(scene, stream, axis, "beside", entries))
}

/// The most messages that can stand in view.
fn in_view(axis: &Axis) -> usize {
    usize::try_from(axis.range.end - axis.range.start).unwrap_or(usize::MAX)
}

/// The messages in view as a ruler.
fn ruler(
    scene: Scene<'_>,
    stream: (ConnId, Dir),
    axis: &Axis,
    name: &'static str,
    entries: Vec<Entry>,
) -> Layer {
    let mut layer = Layer {
        name,
        ..Layer::default()
    };
    for entry in entries {
        if entry.message.range.start >= axis.range.end {
            break;
        }
        parts(scene, stream, &entry.message, &mut layer.spans);
    }
    layer
}

/// Behind the last byte that the unfinished message waits for; 0 without one.
pub(super) fn awaited(scene: Scene<'_>, (conn, dir): (ConnId, Dir)) -> u64 {
    let tail = scene.session.lane(conn, dir).and_then(Lane::tail);
    tail.map_or(0, |tail| match tail.status {
        Status::Partial { need: Some(need) } => tail.range.end.saturating_add(need),
        _ => 0,
    })
}

fn parts(scene: Scene<'_>, (conn, dir): (ConnId, Dir), message: &Message, spans: &mut Vec<Span>) {
    let span = |range: &Range<u64>, label: String, role| Span {
        range: range.clone(),
        label,
        is_observed: true,
        role,
    };
    let is_outside = |range: &Range<u64>| {
        range.end <= message.payload.start || range.start >= message.payload.end
    };
    for field in message
        .fields
        .iter()
        .filter(|field| is_outside(&field.range))
    {
        let name = escape::clean(&field.name).into_owned();
        spans.push(span(&field.range, name, Role::Muted));
    }
    let payload = &message.payload;
    let end = payload
        .end
        .min(payload.start.saturating_add(LABEL_BYTES_MAX));
    let (bytes, _) = scene.session.bytes(conn, dir, payload.start..end);
    let (role, text) = match &message.status {
        Status::Bad { why, .. } => (Role::Strong, escape::clean(why).into_owned()),
        _ => (Role::Text, escape::quote(&bytes)),
    };
    spans.push(span(payload, text, role));
    if let Status::Partial { need: Some(need) } = message.status {
        spans.push(Span {
            range: message.range.end..message.range.end.saturating_add(need),
            label: scene.fill("seams.needed", &[&need]),
            is_observed: false,
            role: Role::Inferred,
        });
    }
}

/// The calls of one end, cut where they ended; `?` where that end is not ours.
fn calls(
    scene: Scene<'_>,
    name: &'static str,
    conn: Option<&Conn>,
    dir: Dir,
    axis: &Axis,
) -> Layer {
    let Some(conn) = conn else {
        return Layer {
            name,
            who: Some(("?".to_owned(), Role::Inferred)),
            behind: Some((axis.range.start, scene.say("seams.unknown").to_owned())),
            ..Layer::default()
        };
    };
    let session = scene.session;
    let len = session.lane(conn.id, dir).map_or(0, Lane::len);
    let shown = axis.range.start..axis.range.end.min(len);
    let role = if Some(conn.id) == scene.ui.subject {
        Role::Ours
    } else {
        Role::Theirs
    };
    let mut layer = Layer {
        name,
        who: Some((who(&conn.name), role)),
        ..Layer::default()
    };
    if shown.start < shown.end {
        let movers = scene.ui.movers(session, conn.id, dir, &shown);
        let mut from = shown.start;
        let mut ends = session.boundaries(conn.id, dir, shown.start..shown.end);
        ends.push(shown.end.max(len));
        for end in ends {
            if end <= from {
                continue;
            }
            layer.spans.push(cut(&movers, from..end, axis));
            from = end;
            if from >= shown.end {
                break;
            }
        }
    }
    layer.behind = waiting(scene, conn, dir).map(|text| (len, text));
    layer
}

/// A name in five columns: of a tap's side in a long row of them what tells it from the others.
fn who(name: &str) -> String {
    let side = name.rsplit('.').next().filter(|_| name.len() > 5);
    crate::ui::ink::clip(side.unwrap_or(name), 5)
}

/// One call's stretch, with the call on it where the log still knows it.
fn cut(movers: &[Mover], range: Range<u64>, axis: &Axis) -> Span {
    let mover = movers
        .iter()
        .find(|mover| mover.range.contains(&range.start));
    let label = mover.map_or(String::new(), |mover| {
        let moved = mover.range.end - mover.range.start;
        match mover.call {
            Syscall::Send { len, .. } if len == moved => format!("#{} send({len})", mover.seq),
            _ => format!("#{} {} = {moved}", mover.seq, mover.call),
        }
    });
    let whole = mover.map_or(range.clone(), |mover| mover.range.clone());
    // What began before the axis stays open there.
    let start = if range.start == axis.range.start {
        whole.start.min(range.start)
    } else {
        range.start
    };
    Span {
        range: start..whole.end.max(range.end),
        label: escape::clean(&label).into_owned(),
        is_observed: !mover.is_some_and(|mover| mover.is_inferred),
        role: Role::Text,
    }
}

/// A call of that end that waits for bytes, or for room.
fn waiting(scene: Scene<'_>, conn: &Conn, dir: Dir) -> Option<String> {
    let calls = conn.pending.iter();
    let mut waits =
        calls.filter_map(|pending| Some((pending.seq, call_of(scene.session, pending.seq)?.1)));
    let (seq, call) = waits.find(|(_, call)| match dir {
        Dir::In => matches!(call.call, Syscall::Recv { .. }),
        Dir::Out => matches!(call.call, Syscall::Send { .. }),
    })?;
    Some(format!(
        "#{seq} {} {}",
        call.call,
        scene.say("seams.blocked")
    ))
}
