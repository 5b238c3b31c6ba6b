//! Deeds besides talking: calls held back, files, questions, repetitions, and looking around.

use super::Scene;

impl Scene<'_> {
    pub(super) fn hold(&mut self) -> Option<String> {
        let conn = self.conn(|_| true)?;
        Some(match self.below(7) {
            0 => "hold on".to_owned(),
            1 | 2 => "hold off".to_owned(),
            3 => format!("@{} do", conn.name),
            4 => "disarm".to_owned(),
            _ => "do".to_owned(),
        })
    }

    pub(super) fn file(&mut self) -> Option<String> {
        let conn = self.conn(|_| true)?;
        let name = self.of(&["f", "g", "h"]);
        let dir = self.of(&["in", "out"]);
        Some(match self.below(9) {
            0 => format!("record {name}.pcapng over"),
            1 => format!("record {name}.pcapng from start over"),
            2 => "record off".to_owned(),
            3 => format!("@{} save {name} {dir} over", conn.name),
            4 => format!(
                "export {} {name} over",
                self.of(&["python", "c", "script", "text", "json"])
            ),
            5 => format!("store {name} \"stored\" count()"),
            6 => format!("forget {name}"),
            7 => format!("@{} send saved({name})", conn.name),
            _ => format!("@{} send file(letter)", conn.name),
        })
    }

    pub(super) fn ask(&mut self) -> Option<String> {
        let (one, other) = (self.conn(|_| true)?, self.conn(|_| true)?);
        Some(match self.below(6) {
            0 => format!("select r:{} w:{} timeout 200ms", one.name, other.name),
            1 => format!("select x:{}", one.name),
            2 => format!("reach {}", 40_000 + self.below(60)),
            3 => format!("@{} spin 5ms", one.name),
            4 => "race unix tcp".to_owned(),
            _ => format!(
                "crowd {} slow {} to @{}",
                1 + self.below(4),
                self.below(2),
                one.name
            ),
        })
    }

    pub(super) fn repeat(&mut self) -> Option<String> {
        let conn = self.talker()?;
        let (many, word) = (1 + self.below(30), self.of(&["ping", "a\\nb", "{}"]));
        Some(match self.below(4) {
            0 => format!("@{} on message send \"{word}\" times {many}", conn.name),
            1 => format!("@{} on off", conn.name),
            2 => format!("repeat {many} every 3ms @{} send \"{word}\"", conn.name),
            _ => format!("repeat {many} @{} send \"{word}\"", conn.name),
        })
    }

    pub(super) fn look(&mut self) -> Option<String> {
        let conn = self.conn(|_| true)?;
        let events = usize::try_from(self.session.event_count()).unwrap_or(0);
        Some(match self.below(12) {
            0 => format!("mark m{}", self.at),
            1 => format!("goto {}", self.below(events)),
            2 => "goto now".to_owned(),
            3 => format!(
                "find {}",
                self.of(&["\"1.\"", "/[0-9]+x/", "next", "previous"])
            ),
            4 => format!("focus {}", conn.name),
            5 => format!(
                "filter {}",
                self.of(&["role:client", "out>10", "state:established", ""])
            ),
            6 => format!("copy {}", self.of(&["hex", "text", "python", "base64"])),
            7 => format!(
                "layout {}",
                self.of(&["stack", "debug", "wire", "talk", "tap", "learn"])
            ),
            8 => format!("step {}", self.of(&["back", "on", "back 20"])),
            9 => self
                .of(&["undo", "redo", "pause", "live", "split storm"])
                .to_owned(),
            10 => format!("say \"{}\"", self.at),
            _ => format!("order {}", self.of(&["big", "little"])),
        })
    }
}
