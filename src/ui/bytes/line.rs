//! A row of bytes in cells: offset, hex, gaps, text, and the selections over them. It reads no session.

use std::ops::Range;

use super::gaps::Gaps;
use super::place::Place;
use super::tint::Tint;
use crate::event::Dir;
use crate::hexdump::{self, Width};
use crate::ui::ink::Pen;
use crate::ui::pane::{BYTES, Scene};
use crate::ui::theme::Role;

/// What the rows of a frame share.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) gaps: Gaps,
    place: Place,
    width: usize,
    tint: Tint,
    /// The ink of the direction.
    way: Role,
    /// What lies over the bytes, the last on top.
    marks: [(Range<u64>, Role); 2],
    /// What was changed on its way.
    changed: Vec<Range<u64>>,
}

impl Sheet {
    pub(super) fn new(scene: Scene<'_>, gaps: Gaps, place: Place, width: Width) -> Self {
        let ui = scene.ui;
        let pin = ui.sight.pin.as_ref();
        let pinned = pin.filter(|pin| scene.stream() == Some((pin.conn, pin.dir)));
        let pinned = pinned.map_or(0..0, |pin| pin.range.clone());
        Self {
            place,
            width: width.bytes(),
            tint: ui.sight.tint,
            way: if ui.dir == Dir::Out {
                Role::Ours
            } else {
                Role::Theirs
            },
            changed: scene.stream().map_or(Vec::new(), |(conn, dir)| {
                scene.session.changed(conn, dir, &gaps.shown)
            }),
            marks: [
                (pinned, Role::Pinned),
                (ui.range(scene.session), scene.selected(BYTES)),
            ],
            gaps,
        }
    }

    /// Draws the row of the bytes `part`, which begin at `start`.
    pub(super) fn render(&self, start: u64, part: &[u8], pen: &mut Pen<'_>) {
        let Place { geometry, .. } = self.place;
        pen.to(self.column(0))
            .put(self.place.offset(start), Role::Muted);
        for at in 0..self.width {
            let offset = start + at as u64;
            pen.to(self.column(geometry.hex_column(at)));
            match part.get(at) {
                Some(byte) => {
                    let role = self.ink(*byte, offset);
                    pen.cells(hexdump::hex(*byte), role);
                }
                None if offset < self.gaps.awaited => {
                    pen.cells("··", Role::Inferred);
                }
                None => break,
            }
            if let Some(gap) = self.gaps.at(offset + 1) {
                let is_seen = offset < self.gaps.end;
                let role = if is_seen {
                    Role::Strong
                } else {
                    Role::Inferred
                };
                pen.cell(gap, role);
            }
            if let Some(byte) = part.get(at) {
                let glyph = self.tint.glyph(*byte);
                let role = self.ink(*byte, offset);
                pen.to(self.column(geometry.text_column(at)))
                    .cell(glyph, role);
            }
        }
        for range in &self.changed {
            self.mark(start, part.len(), range, Role::Changed, pen);
        }
        for (range, role) in &self.marks {
            self.mark(start, part.len(), range, *role, pen);
        }
    }

    fn ink(&self, byte: u8, offset: u64) -> Role {
        match self.tint {
            Tint::Direction => self.way,
            Tint::Message => self.gaps.ink(offset),
            Tint::Class => Tint::class(byte),
        }
    }

    /// Lays a role over the bytes of the row that stand in a range, in hex and as text.
    fn mark(&self, start: u64, len: usize, range: &Range<u64>, role: Role, pen: &mut Pen<'_>) {
        let within = |offset: u64| {
            let at = usize::try_from(offset.saturating_sub(start)).unwrap_or(usize::MAX);
            at.min(len)
        };
        let (from, to) = (within(range.start), within(range.end));
        if from >= to {
            return;
        }
        let Place { geometry, .. } = self.place;
        let hex = (geometry.hex_column(from), geometry.hex_column(to - 1) + 2);
        let text = (geometry.text_column(from), geometry.text_column(to));
        for (from, to) in [hex, text] {
            pen.over(self.column(from), self.column(to), role);
        }
    }

    fn column(&self, at: usize) -> u16 {
        u16::try_from(at + self.place.margin).unwrap_or(u16::MAX)
    }
}
