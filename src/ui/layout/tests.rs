//! The layouts hold at every size, however the lines between panes were dragged and whatever was hidden.

use super::*;
use crate::ui::pane::{BYTES, CODE, CONNECTIONS, PANES, SEAMS};

fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let small = (0..=260)
        .step_by(7)
        .chain([59, 60, 79, 80, 119, 120, 159, 160, 199, 200]);
    let small = small.flat_map(|columns| {
        let rows = (0..=80).step_by(5).chain([16, 23, 24, 31, 32, 44]);
        rows.map(move |rows| (columns, rows))
    });
    small.chain([(1000, 500), (500, 16), (60, 500), (301, 77)])
}

/// How lines were dragged: nowhere, all the way, and to and fro.
fn dragged(name: &str, by: i16) -> Arrangement {
    let mut arrangement = Arrangement::default();
    arrangement.choose(name).unwrap();
    for number in 0..12 {
        let sign = if number % 2 == 0 { 1 } else { -1 };
        arrangement.shift(number, by.saturating_mul(sign));
    }
    arrangement
}

fn check(area: Rect, arrangement: &Arrangement, current: usize, amount: Amount) {
    let Some(areas) = layout(area, arrangement, current, amount) else {
        assert!(area.width < SMALLEST.0 || area.height < SMALLEST.1);
        return;
    };
    let what = || format!("{area} {arrangement:?} {current} {amount:?}\n{areas:?}");
    assert!(
        areas.slot(current).is_some(),
        "the cursor's pane is shown: {}",
        what()
    );
    let beside = areas
        .borders
        .iter()
        .filter(|border| border.axis == Axis::Beside);
    let parts: Vec<Rect> = areas
        .slots
        .iter()
        .flat_map(|slot| [slot.rule, slot.body])
        .chain(beside.map(|border| border.place))
        .chain([areas.tabs, areas.banners, areas.journey, areas.strip])
        .chain([areas.narration, areas.line, areas.footer])
        .filter(|part| !part.is_empty())
        .collect();
    for (at, part) in parts.iter().enumerate() {
        assert_eq!(
            area.intersection(*part),
            *part,
            "{part} leaves the screen: {}",
            what()
        );
        let others = parts.iter().skip(at + 1);
        for other in others {
            assert!(!part.intersects(*other), "{part} meets {other}: {}", what());
        }
    }
    let cells: u64 = parts.iter().map(|part| u64::from(part.area())).sum();
    assert_eq!(
        cells,
        u64::from(area.area()),
        "all cells, each once: {}",
        what()
    );
    for slot in areas.slots.iter().filter(|_| areas.slots.len() > 1) {
        assert!(slot.body.height >= 2 && slot.body.width >= 20, "{}", what());
    }
}

#[test]
fn parts_never_overlap_never_leave_the_screen_and_cover_it() {
    for (columns, rows) in sizes() {
        let area = Rect::new(0, 0, columns, rows);
        for layout in LAYOUTS {
            for by in [0, 13, i16::MIN, i16::MAX] {
                let arrangement = dragged(layout.name, by);
                for (banners, sockets, narration, line) in [(0, 0, 0, 0), (9, 10_000, 3, 20)] {
                    let amount = Amount {
                        banners,
                        sockets,
                        narration,
                        line,
                        stands_in: banners > 0,
                    };
                    check(area, &arrangement, BYTES, amount);
                    check(area, &arrangement, CODE, amount);
                }
            }
        }
    }
}

#[test]
fn whatever_is_hidden_or_zoomed_the_rest_takes_the_place() {
    for hidden in 0..1_u32 << PANES.len() {
        let mut arrangement = Arrangement::default();
        arrangement.zoom = hidden % 3 == 0;
        for pane in (0..PANES.len()).filter(|pane| hidden & (1 << pane) != 0) {
            arrangement.hide(pane);
        }
        for (columns, rows) in [(60, 16), (80, 24), (120, 40), (160, 45), (200, 60)] {
            let area = Rect::new(3, 2, columns, rows);
            for pane in 0..PANES.len() {
                check(area, &arrangement, pane, Amount::default());
            }
        }
    }
}

#[test]
fn each_size_shows_what_the_table_of_sizes_says() {
    let shown = |columns, rows, sockets| {
        let amount = Amount {
            sockets,
            ..Amount::default()
        };
        let area = Rect::new(0, 0, columns, rows);
        layout(area, &Arrangement::default(), BYTES, amount).unwrap()
    };
    let has = |areas: &Areas, pane: usize| areas.slot(pane).is_some();
    for (columns, rows) in [(60, 16), (79, 40), (300, 23)] {
        let areas = shown(columns, rows, 2);
        assert_eq!(
            (areas.slots.len(), areas.strip.height),
            (1, 1),
            "one pane and its strip"
        );
    }
    let areas = shown(80, 24, 2);
    assert_eq!((areas.slots.len(), areas.journey.height), (4, 1));
    let areas = shown(120, 40, 2);
    assert_eq!(
        areas.slot(CONNECTIONS).map(|slot| slot.body.width),
        Some(34)
    );
    assert!(has(&areas, SEAMS) && !has(&areas, CODE));
    let areas = shown(160, 45, 2);
    assert_eq!(areas.journey.height, 5);
    assert_eq!(
        areas.slot(CONNECTIONS).map(|slot| slot.body.height),
        Some(3),
        "the names of the columns and both sockets"
    );
    let areas = shown(160, 45, 10_000);
    assert_eq!(
        areas.slot(CONNECTIONS).map(|slot| slot.body.height),
        Some(9),
        "ten rows at most"
    );
    let areas = shown(200, 60, 2);
    assert!(has(&areas, CODE) && areas.slot(SEAMS).is_some_and(|slot| slot.body.height == 11));
}

#[test]
fn a_layout_that_is_chosen_again_is_as_it_was() {
    let mut arrangement = Arrangement::default();
    let fresh = arrangement.clone();
    arrangement.shift(0, 5);
    arrangement.hide(BYTES);
    arrangement.zoom = true;
    assert_eq!(arrangement.choose("auto"), Ok(()));
    assert_eq!(arrangement, fresh);
    for layout in LAYOUTS.iter().cycle().skip(1).take(LAYOUTS.len()) {
        assert_eq!(arrangement.choose("next"), Ok(()));
        assert_eq!(arrangement.name(), layout.name);
    }
    assert!(arrangement.choose("nonsense").is_err());
    assert_eq!(arrangement.name(), "auto");
}
