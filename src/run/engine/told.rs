//! What the command line and the environment tell of how things look and which language is spoken, and what is said of
//! a command that is not tried. It asks the terminal nothing.

use crate::command::Piece;
use crate::locale::Locale;
use crate::os::Os;
use crate::run::Plan;
use crate::ui::Look;
use crate::words::Complaint;

/// The language of sentences: what was asked for, else what the environment says (locale(7)).
pub(in crate::run) fn language(os: &dyn Os, plan: &Plan) -> String {
    plan.lang.clone().unwrap_or_else(|| {
        let is_set = |name: &str| os.environment(name).filter(|value| !value.is_empty());
        let asked = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(is_set);
        Locale::asked(&asked.unwrap_or_default()).name().to_owned()
    })
}

/// What was asked for, and what the environment says: `NO_COLOR` (no-color.org), a locale that is not UTF-8, and
/// `COLORFGBG`, whose last number is the background: 7 and 9 to 15 are light (rxvt(1)). The terminal is asked nothing.
pub(super) fn look(os: &dyn Os, plan: &Plan) -> Look {
    let asked = plan.look;
    let is_set = |name: &str| os.environment(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(is_set);
    let utf8 = locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    let background =
        is_set("COLORFGBG").and_then(|pair| pair.rsplit(';').next()?.parse::<u8>().ok());
    let told = background.map(|colour| matches!(colour, 7 | 9..=15));
    Look {
        ascii: asked.ascii || !utf8,
        mono: asked.mono || is_set("NO_COLOR").is_some(),
        mouse: true,
        light: plan.light.or(told).unwrap_or(false),
        theme: asked.theme,
    }
}

/// What is said of a command that is not even tried.
pub(super) fn refused(piece: &Piece, what: String) -> Complaint {
    Complaint {
        column: piece.column,
        end: piece.column + piece.text.chars().count(),
        what,
        fits: String::new(),
    }
}
