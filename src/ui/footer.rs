//! The last line: the keys that count most here, from the table that also dispatches them. A key without a call
//! to make is dim; one that the kernel would refuse now says with what.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Ui;
use super::ink::{Pen, clip};
use super::pane::Scene;
use super::theme::Role;
use crate::escape;
use crate::event::{Errno, Role as Kind, State};
use crate::keymap::{self, Act, Binding, KEYS, Need, Place};
use crate::session::{Conn, Session};

/// A key in the footer.
#[derive(Clone, Debug)]
pub(super) struct Hint {
    pub(super) binding: &'static Binding,
    /// Whether there is a call to make.
    enabled: bool,
    /// Its word, with what the kernel would answer now, where that is an error.
    label: String,
}

impl Hint {
    fn key(&self) -> &'static str {
        self.binding.keys.first().unwrap_or(&"")
    }

    fn width(&self) -> u16 {
        let wide = escape::width(self.key()) + 1 + escape::width(&self.label);
        u16::try_from(wide).unwrap_or(u16::MAX)
    }
}

/// The keys that hold where the keys go, in the order of the table.
pub(super) fn hints(ui: &Ui, session: &Session, now: Duration) -> Vec<Hint> {
    let conn = ui.focus.and_then(|conn| session.conn(conn));
    let focus = ui.keys_go_to(session);
    let above = ui.above(now);
    let is_above = |binding: &Binding| above.is_some_and(|it| keymap::is_above(binding, it));
    let is_due = |binding: &&Binding| match binding.need {
        Need::Armed => session.is_holding(),
        Need::Held => !session.caught().is_empty(),
        Need::Fault => !session.tamperings().is_empty(),
        _ => true,
    };
    let holds = |binding: &&Binding| {
        let is_here = keymap::holds(binding, focus) || is_above(binding);
        let suits = conn.is_none_or(|conn| suits(binding, conn, session));
        binding.in_footer && is_due(binding) && is_here && suits
    };
    let hint = |binding: &'static Binding| {
        let open = conn.filter(|conn| conn.is_open());
        let word = || ui.locale.say(&format!("keys.{}", binding.slug)).to_owned();
        Hint {
            binding,
            enabled: ui.refused(binding, session).is_none(),
            label: match open.and_then(|conn| errno(binding, conn)) {
                Some(errno) => format!("{} ({})", word(), errno.name()),
                None => word(),
            },
        }
    };
    let mut hints: Vec<Hint> = KEYS.iter().filter(holds).map(hint).collect();
    // A key of this place hides the same key of everywhere.
    let is_wide = |hint: &Hint| hint.binding.place == Place::Everywhere;
    let own: Vec<&str> = hints
        .iter()
        .filter(|hint| !is_wide(hint))
        .map(Hint::key)
        .collect();
    hints.retain(|hint| !is_wide(hint) || !own.contains(&hint.key()));
    // What is shown over the pane takes its keys from the pane.
    let taken: Vec<&str> = hints
        .iter()
        .filter(|hint| is_above(hint.binding))
        .map(Hint::key)
        .collect();
    hints.retain(|hint| is_above(hint.binding) || !taken.contains(&hint.key()));
    if ui.is_past() {
        // What is possible there comes first, and the keys of time before all.
        hints.sort_by_key(|hint| (!hint.binding.travels(), !hint.enabled));
    } else if ui.is_of_file() {
        hints.sort_by_key(|hint| !hint.enabled);
    }
    hints
}

/// Whether a key is offered for this socket: a tap sends and takes nothing itself, and of its conversations it accepts
/// and receives by itself.
fn suits(binding: &Binding, conn: &Conn, session: &Session) -> bool {
    match binding.act {
        Act::Run("accept" | "recv") => conn.role != Kind::Tap && !session.is_tapped(conn.id),
        Act::Run("shutdown write" | "pane composer") => conn.role != Kind::Tap,
        _ => true,
    }
}

/// What the kernel answers to a call on this socket as it is (connect(2), accept(2), shutdown(2)).
fn errno(binding: &Binding, conn: &Conn) -> Option<Errno> {
    let is_listener = conn.role == Kind::Listener;
    let is_connected =
        conn.peer.is_some() && !matches!(conn.state, State::Fresh | State::Bound | State::Closed);
    match binding.act {
        Act::Run("accept") if conn.transport.is_connectionless() => Some(Errno::EOPNOTSUPP),
        Act::Run("accept") if !is_listener => Some(Errno::EINVAL),
        Act::Run("recv" | "shutdown write") if is_listener => Some(Errno::ENOTCONN),
        Act::Run("shutdown write") if !is_connected => Some(Errno::ENOTCONN),
        _ => None,
    }
}

/// Where each key stands; the last two, for commands and help, always have room.
pub(super) fn places(hints: &[Hint], area: Rect) -> Vec<(Rect, Hint)> {
    let is_last = |hint: &&Hint| matches!(hint.binding.act, Act::Ask("") | Act::Run("show help"));
    let (last, first): (Vec<&Hint>, Vec<&Hint>) = hints.iter().partition(is_last);
    let kept: u16 = last.iter().map(|hint| hint.width() + 2).sum();
    let mut x = area.x.saturating_add(1);
    let mut placed = Vec::new();
    let mut limit = area.right().saturating_sub(kept);
    for (is_kept, hint) in first
        .into_iter()
        .map(|hint| (false, hint))
        .chain(last.into_iter().map(|hint| (true, hint)))
    {
        if is_kept {
            limit = area.right();
        }
        let end = x.saturating_add(hint.width());
        if end <= limit {
            placed.push((
                Rect {
                    x,
                    width: end - x,
                    ..area
                },
                hint.clone(),
            ));
            x = end.saturating_add(2);
        }
    }
    placed
}

/// What is left to the keys beside what is said of long work at the right.
pub(super) fn keys_area(ui: &Ui, area: Rect) -> Rect {
    let wide = ui.progress().map_or(0, |text| escape::width(text) + 3);
    let wide = u16::try_from(wide).unwrap_or(u16::MAX).min(area.width / 2);
    Rect {
        width: area.width - wide,
        ..area
    }
}

/// Draws them, and what long work is at.
pub(super) fn render(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    let keys = keys_area(scene.ui, area);
    if let Some(text) = scene.ui.progress() {
        let room = usize::from(area.width - keys.width).saturating_sub(2);
        let text = format!(" {} ", clip(text, room));
        Pen::new(buf, area, 0, scene.look())
            .to(keys.width)
            .right(&text, Role::Strong);
    }
    for (place, hint) in places(&hints(scene.ui, scene.session, scene.now), keys) {
        let role = if hint.enabled {
            Role::Strong
        } else {
            Role::Muted
        };
        Pen::new(buf, place, 0, scene.look())
            .put(hint.key(), role)
            .put(" ", Role::Muted)
            .put(&hint.label, Role::Muted);
    }
}
