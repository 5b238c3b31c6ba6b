//! `copy`: the selected bytes, written down, for the terminal's clipboard. What the terminal is told, `tty` knows.

use std::time::Duration;

use super::App;
use crate::literal;
use crate::session::Lane;

/// The most bytes that are copied. Terminals take far less than a file does, and some nothing at all.
const COPY_MAX_BYTES: u64 = 1 << 20;

impl App {
    /// Gives what is selected, or else the message under the cursor, to the clipboard.
    pub(super) fn copy(&mut self, format: &str, now: Duration) -> Result<(), String> {
        let literal =
            literal::named(format).ok_or_else(|| format!("there is no format `{format}`"))?;
        if !self.ui.is_on_screen() {
            return Err("there is no terminal to copy to: `save` writes a file".to_owned());
        }
        let locale = self.ui.locale();
        let reach = self.ui.reach(&self.session);
        let (conn, dir, range) = reach.ok_or_else(|| locale.say("select.no-bytes").to_owned())?;
        let len = self.session.lane(conn, dir).map_or(0, Lane::len);
        let range = range.start..range.end.min(len);
        let first = range.start;
        let count = range.end.saturating_sub(range.start);
        if count > COPY_MAX_BYTES {
            return Err(locale.fill("select.too-much", &[&(count >> 10)]));
        }
        let (bytes, is_whole) = self.session.bytes(conn, dir, range);
        if !is_whole {
            return Err(locale.say("select.missing").to_owned());
        }
        let text = match count {
            0 => return Err(locale.say("select.no-bytes").to_owned()),
            1 => locale.fill("select.copied-one", &[&first, &format]),
            _ => locale.fill("select.copied", &[&first, &(first + count - 1), &format]),
        };
        self.ui
            .give_to_clipboard(literal.write(&bytes).into_bytes());
        self.say(&text, now);
        Ok(())
    }
}
