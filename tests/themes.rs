//! The themes as numbers: contrast of every true colour, and what is left of every role without colour.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::path::Path;

use ratatui::style::{Color, Modifier, Style};
use sockeye::ui::{Ground, Role, THEMES, Theme};

/// What true colours are drawn on: a dark terminal's usual background, and white (SCREENS.md).
const SURFACES: [(Ground, [u8; 3]); 2] = [
    (Ground::Dark, [0x1e, 0x1e, 0x1e]),
    (Ground::Light, [0xff, 0xff, 0xff]),
];

/// Roles that a glyph or word tells, so that they may look like text: what it is, and where it stands.
const TOLD_BY_GLYPH: &[(Role, &str)] = &[
    (Role::Text, "it is the text"),
    (Role::Ours, "▸ before the name, A▸B in the title"),
    (Role::Theirs, "◂ before the name, B▸A in the title"),
    (Role::Good, "✓"),
    (Role::Partial, "…"),
    (Role::Printable, "the character itself"),
    (Role::Space, "a blank or _"),
    (Role::High, "×"),
];

/// The relative luminance of WCAG 2.2.
fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.040_45 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// The contrast ratio of WCAG 2.2, 1 to 21.
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn rgb(colour: Option<Color>) -> Option<[u8; 3]> {
    match colour {
        Some(Color::Rgb(r, g, b)) => Some([r, g, b]),
        _ => None,
    }
}

fn theme(name: &str) -> &'static Theme {
    Theme::named(name).unwrap()
}

#[test]
fn every_true_colour_can_be_read() {
    let (white, black) = ([0xff; 3], [0; 3]);
    assert!((contrast(white, black) - 21.0).abs() < 0.01);
    // The value that SCREENS.md gives for the blue on a dark background.
    assert!((contrast([0x56, 0xb4, 0xe9], [0x1e; 3]) - 7.2).abs() < 0.1);
    let check = |name: &str, least: f64| {
        let mut seen = 0;
        for (ground, surface) in SURFACES {
            for role in Role::ALL {
                let style = (theme(name).style)(*role, ground);
                let own = rgb(style.bg).unwrap_or(surface);
                if let Some(ink) = rgb(style.fg) {
                    let ratio = contrast(ink, own);
                    assert!(ratio >= least, "{name} {role:?} {ground:?}: {ratio:.2}");
                    let is_dim = style.add_modifier.contains(Modifier::DIM);
                    assert!(!is_dim, "{name} {role:?}: dimmed, nobody knows how far");
                    seen += 1;
                }
            }
        }
        assert!(seen > 10, "{name} has true colours");
    };
    check("okabe-ito", 4.5);
    check("high-contrast", 7.0);
}

#[test]
fn the_default_takes_the_users_own_colours() {
    assert_eq!(THEMES[0].name, "terminal");
    for role in Role::ALL {
        for (ground, _) in SURFACES {
            let style = (THEMES[0].style)(*role, ground);
            assert_eq!((rgb(style.fg), style.bg), (None, None), "{role:?}");
        }
    }
    let check = |role: Role, ground, colour: Option<Color>| {
        assert_eq!((THEMES[0].style)(role, ground).fg, colour, "{role:?}");
    };
    check(Role::Ours, Ground::Dark, Some(Color::Cyan));
    check(Role::Ours, Ground::Light, Some(Color::Blue));
    check(Role::Theirs, Ground::Dark, Some(Color::Yellow));
    check(Role::Theirs, Ground::Light, None);
    check(Role::High, Ground::Light, None);
}

#[test]
fn without_colour_every_role_differs_from_text_or_has_a_glyph() {
    let plain = |role: Role, ground| (theme("mono").style)(role, ground);
    for (ground, _) in SURFACES {
        for role in Role::ALL {
            let style = plain(*role, ground);
            let is_plain = matches!(style.fg, None | Some(Color::Reset)) && style.bg.is_none();
            assert!(is_plain, "{role:?} has a colour");
            let has_glyph = TOLD_BY_GLYPH.iter().any(|(told, _)| told == role);
            let differs = style != plain(Role::Text, ground);
            assert!(
                differs != has_glyph,
                "{role:?}: attribute {differs}, glyph {has_glyph}"
            );
        }
        // What lies over bytes at the same time must be told apart, too.
        let over = [Role::Selected, Role::Linked, Role::Pinned, Role::Text];
        let looks: BTreeSet<u16> = over
            .iter()
            .map(|role| plain(*role, ground).add_modifier.bits())
            .collect();
        assert_eq!(looks.len(), over.len());
    }
}

#[test]
fn no_theme_paints_a_background_but_under_an_error() {
    for theme in THEMES {
        for (ground, _) in SURFACES {
            for role in Role::ALL {
                let style: Style = (theme.style)(*role, ground);
                let is_painted = style.bg.is_some();
                assert!(
                    !is_painted || *role == Role::Error,
                    "{} {role:?}",
                    theme.name
                );
            }
            let cursor = (theme.style)(Role::Selected, ground).add_modifier;
            assert!(
                cursor.contains(Modifier::REVERSED),
                "{}: no cursor",
                theme.name
            );
        }
    }
}

#[test]
fn every_file_of_a_theme_has_its_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/theme");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            file.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .replace('_', "-")
        })
        .collect();
    let rows: BTreeSet<String> = THEMES.iter().map(|theme| theme.name.to_owned()).collect();
    assert_eq!(files, rows);
    assert_eq!(rows.len(), THEMES.len(), "names are given once");
}
