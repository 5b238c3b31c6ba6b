//! How the panes are arranged by hand: the layout's name, what is zoomed or hidden, and which lines were moved. It is
//! one value, so that undoing swaps it as a whole.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::layout::Rect;

use super::Amount;
use super::shapes::{self, Frame};
use super::tree::Tree;
use crate::ui::pane::{BYTES, INSPECTOR, MESSAGES, SEAMS};

/// An arrangement of panes with a name.
#[derive(Debug)]
pub struct Layout {
    /// Its name in `layout NAME`.
    pub name: &'static str,
    shape: fn(&Frame) -> Tree,
}

/// Every layout, in the order in which `layout next` goes through them.
pub static LAYOUTS: &[Layout] = &[
    Layout {
        name: "auto",
        shape: shapes::auto,
    },
    Layout {
        name: "workbench",
        shape: shapes::workbench,
    },
    Layout {
        name: "duet",
        shape: shapes::duet,
    },
    Layout {
        name: "bytes",
        shape: shapes::bytes,
    },
    Layout {
        name: "timeline",
        shape: shapes::timeline,
    },
    Layout {
        name: "program",
        shape: shapes::program,
    },
];

/// What was arranged by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// One pane alone.
    pub zoom: bool,
    /// A position in [`LAYOUTS`].
    layout: usize,
    hidden: BTreeSet<usize>,
    /// By how many columns or rows lines were moved, by layout and number of the split.
    offsets: BTreeMap<(usize, u8), i16>,
}

impl Arrangement {
    /// The layout's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        LAYOUTS.get(self.layout).map_or("", |layout| layout.name)
    }

    /// Takes another layout, or the `next`, as it is by itself: nothing hidden, no line moved.
    ///
    /// # Errors
    ///
    /// That there is none of that name.
    pub fn choose(&mut self, name: &str) -> Result<(), String> {
        self.layout = match name {
            "next" => (self.layout + 1) % LAYOUTS.len(),
            name => LAYOUTS
                .iter()
                .position(|layout| layout.name == name)
                .ok_or_else(|| format!("there is no layout `{name}`"))?,
        };
        self.zoom = false;
        self.hidden.clear();
        let chosen = self.layout;
        self.offsets.retain(|(layout, _), _| *layout != chosen);
        Ok(())
    }

    /// Takes a pane away until it is shown again.
    pub fn hide(&mut self, pane: usize) {
        self.hidden.insert(pane);
    }

    /// Gives a pane that was hidden its place back.
    pub fn show(&mut self, pane: usize) {
        self.hidden.remove(&pane);
    }

    /// Whether a pane was taken away.
    #[must_use]
    pub fn is_hidden(&self, pane: usize) -> bool {
        self.hidden.contains(&pane)
    }

    /// By how much the line of a split was moved.
    #[must_use]
    pub fn offset(&self, number: u8) -> i16 {
        let key = (self.layout, number);
        self.offsets.get(&key).copied().unwrap_or(0)
    }

    /// Moves the line of a split so far from where it stands by itself.
    pub fn shift(&mut self, number: u8, offset: i16) {
        self.offsets.insert((self.layout, number), offset);
    }

    /// The panes for a screen of which `rest` is left for them.
    pub(super) fn tree(&self, screen: Rect, rest: Rect, amount: Amount) -> Tree {
        let frame = Frame {
            screen,
            rest,
            amount,
        };
        let shape = LAYOUTS
            .get(self.layout)
            .map_or(shapes::auto as fn(&Frame) -> Tree, |layout| layout.shape);
        shape(&frame)
            .without(&|pane| self.hidden.contains(&pane) || amount.stands_in && is_of_bytes(pane))
            .unwrap_or(Tree::Pane(BYTES))
            .fitting(rest.width, rest.height)
    }
}

/// Whether a pane has nothing to show where there are no bytes.
fn is_of_bytes(pane: usize) -> bool {
    matches!(pane, MESSAGES | INSPECTOR | SEAMS)
}
