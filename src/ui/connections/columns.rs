//! The columns of the table, and which of them have room: computed from the width of the area and never from what
//! stands in the rows, so that nothing moves as rows come and go.

use super::order::Sort;
use crate::event::Dir;

/// A column.
#[derive(Debug)]
pub(in crate::ui) struct Column {
    /// Its word in `sort` and above it.
    pub(in crate::ui) name: &'static str,
    /// What stands in it.
    pub(in crate::ui) kind: Kind,
    /// Columns of the screen, at the least.
    width: u16,
    /// Which columns have room before it.
    rank: u8,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui) enum Kind {
    /// The number, role and name.
    Name,
    /// From where to where.
    Address,
    /// The state as the kernel names it.
    State,
    /// How many bytes moved.
    Moved(Dir),
    /// How many moved in each of the last seconds.
    Rate(Dir),
    /// What waits to be read, or to be accepted.
    Waiting,
    /// What was not sent yet.
    Unsent,
    /// How long it has been there.
    Age,
    /// How its bytes become messages.
    Frame,
    /// Whose program has it.
    Owner,
}

/// Every column, as they stand from left to right.
#[rustfmt::skip]
pub(in crate::ui) static COLUMNS: &[Column] = &[
    Column { name: "name", kind: Kind::Name, width: 7, rank: 0 },
    Column { name: "address", kind: Kind::Address, width: 12, rank: 1 },
    Column { name: "state", kind: Kind::State, width: 10, rank: 2 },
    Column { name: "in", kind: Kind::Moved(Dir::In), width: 8, rank: 3 },
    Column { name: "in/s", kind: Kind::Rate(Dir::In), width: 8, rank: 5 },
    Column { name: "out", kind: Kind::Moved(Dir::Out), width: 8, rank: 4 },
    Column { name: "out/s", kind: Kind::Rate(Dir::Out), width: 8, rank: 6 },
    Column { name: "waiting", kind: Kind::Waiting, width: 8, rank: 8 },
    Column { name: "unsent", kind: Kind::Unsent, width: 8, rank: 9 },
    Column { name: "age", kind: Kind::Age, width: 6, rank: 7 },
    Column { name: "owner", kind: Kind::Owner, width: 6, rank: 11 },
    Column { name: "frame", kind: Kind::Frame, width: 12, rank: 10 },
];

/// The word of `sort` for the order in which sockets came to be.
pub(in crate::ui) const CREATED: &str = "created";

/// A column's place in a row.
#[derive(Clone, Copy, Debug)]
pub(in crate::ui) struct Place {
    pub(in crate::ui) column: &'static Column,
    pub(in crate::ui) x: u16,
    pub(in crate::ui) width: u16,
}

/// Columns that names and addresses take beyond their least, where the area has so many.
const ROOMY: &[(u16, u16, u16)] = &[(120, 5, 8), (60, 2, 8), (0, 0, 0)];

/// The widest that addresses and framings grow.
const ADDRESS_MAX: u16 = 40;
const FRAME_MAX: u16 = 40;

impl Column {
    /// Whether it is a number: it stands at the right, and is sorted from the largest down.
    pub(in crate::ui) fn is_number(&self) -> bool {
        !matches!(
            self.kind,
            Kind::Name | Kind::Address | Kind::State | Kind::Frame | Kind::Owner
        )
    }

    /// Whether a listener is sorted by what its sockets have together; what moved through them it counts itself.
    pub(in crate::ui) fn is_summed(&self) -> bool {
        matches!(self.kind, Kind::Waiting | Kind::Unsent)
    }

    /// Whether it changes by time alone.
    pub(in crate::ui) fn is_timed(&self) -> bool {
        matches!(self.kind, Kind::Rate(_))
    }
}

/// The columns that have room in so many columns of the screen, from left to right; the sorted one always has.
pub(in crate::ui) fn places(width: u16, sort: Option<Sort>) -> Vec<Place> {
    let (name, address) = ROOMY
        .iter()
        .find(|(least, ..)| width >= *least)
        .map_or((0, 0), |(_, name, address)| (*name, *address));
    let least = |column: &Column| match column.kind {
        Kind::Name => column.width + name,
        Kind::Address => column.width + address,
        _ => column.width,
    };
    let is_sorted = |column: &Column| sort.is_some_and(|sort| sort.column.kind == column.kind);
    let mut ranked: Vec<&'static Column> = COLUMNS.iter().collect();
    ranked.sort_by_key(|column| (column.rank > 1 && !is_sorted(column), column.rank));
    // Each column has a blank before it.
    let mut rest = width;
    let mut taken = Vec::new();
    for column in ranked {
        // What comes later is less than what has no room, however narrow it is.
        let Some(left) = rest.checked_sub(least(column) + 1) else {
            break;
        };
        rest = left;
        taken.push(column.kind);
    }
    let mut places = Vec::new();
    let mut x = 0;
    for column in COLUMNS.iter().filter(|column| taken.contains(&column.kind)) {
        let own = least(column);
        let more = match column.kind {
            Kind::Address => rest.min(ADDRESS_MAX.saturating_sub(own)),
            Kind::Frame => rest.min(FRAME_MAX - own),
            _ => 0,
        };
        rest -= more;
        // Behind numbers, which stand at the right, text needs a wider gap.
        let gap = u16::from(column.kind == Kind::Owner);
        places.push(Place {
            column,
            x: x + 1 + gap,
            width: own + more - gap,
        });
        x += own + more + 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_by_room_never_overlap_and_the_sorted_one_is_there() {
        let check = |width, sorted: Option<&str>, expected: &str| {
            let column = COLUMNS.iter().find(|column| Some(column.name) == sorted);
            let sort = column.map(|column| Sort {
                column,
                falls: true,
            });
            let places = places(width, sort);
            let names: Vec<&str> = places.iter().map(|place| place.column.name).collect();
            assert_eq!(names.join(" "), expected, "{width}");
            assert!(
                places
                    .windows(2)
                    .all(|pair| pair[0].x + pair[0].width < pair[1].x)
            );
            assert!(
                places.iter().all(|place| place.x + place.width <= width),
                "{width}"
            );
        };
        check(0, None, "");
        check(7, None, "");
        check(8, None, "name");
        check(34, None, "name address state");
        check(34, Some("in"), "name address in");
        check(80, None, "name address state in in/s out out/s");
        check(80, Some("age"), "name address state in in/s out age");
        check(
            160,
            None,
            "name address state in in/s out out/s waiting unsent age owner frame",
        );
        for width in 0..400 {
            let names: Vec<&str> = places(width, None)
                .iter()
                .map(|it| it.column.name)
                .collect();
            check(width, None, &names.join(" "));
        }
    }
}
