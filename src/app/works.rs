//! What the program is at besides the sockets: cutting, searching, saving, repeating. A slice each turn, one sentence
//! about how far it is, and one way to end it all.

use std::time::Duration;

use super::App;

impl App {
    /// Goes on with what takes more than one turn. True while something is left that could go on at once.
    pub fn work(&mut self, cut_bytes: usize, now: Duration) -> bool {
        // First: what is cut may be let go of.
        self.record_on(now);
        let was_uncut = self.session.is_uncut();
        let is_uncut = self.session.cut(cut_bytes);
        let is_travelling = self.travel_on();
        self.session.turn_back();
        if was_uncut {
            self.ui.keep_up(&self.session);
            if self.session.past().is_some() {
                // No event tells that there is more to see.
                self.ui.touch();
            }
        }
        let is_beside = self.ui.cut_beside(&self.session, cut_bytes);
        let is_detecting = self.detect_on();
        let is_searching = self.search_on(now);
        self.session.turn_round();
        let is_opening = self.open_on(now);
        let is_writing = self.save_on(now) | self.export_on(now);
        let is_forgetting = self.forget_on(now);
        is_uncut
            || is_travelling
            || is_beside
            || is_detecting
            || is_searching
            || is_opening
            || is_writing
            || is_forgetting
    }

    /// Lets the screen say what runs, or that nothing does.
    pub fn show_progress(&mut self, probing: Option<&'static str>, now: Duration) {
        self.probing = probing;
        self.session.turn_back();
        let progress = self.progress(now);
        self.session.turn_round();
        self.ui.set_progress(progress);
        let recorded = self.recorded();
        let recorded = recorded.map(|recorded| (recorded.bytes, recorded.is_over));
        self.ui.set_recorded(recorded);
    }

    /// Ends searching, saving, exporting and repeating; whether there was anything to end.
    pub fn end_works(&mut self, now: Duration) -> bool {
        let ended = [
            self.end_detection(),
            self.end_search(),
            self.end_opening(now),
            self.end_saving(now),
            self.end_exporting(now),
            self.end_repeats(None),
        ];
        self.show_progress(None, now);
        ended.contains(&true)
    }

    /// How many wishes were refused so far.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.refusals
    }

    /// What runs and how far it is, in a sentence that also says how to end it.
    #[must_use]
    pub fn progress(&self, now: Duration) -> Option<String> {
        let locale = self.ui.locale();
        if let Some(leaving) = self.leaving_progress(locale) {
            return Some(leaving);
        }
        let parts = [
            self.travel_progress(),
            self.open_progress(locale, now),
            self.detection_progress(locale),
            self.search_progress(locale),
            self.save_progress(locale),
            self.export_progress(locale),
            self.repeat_progress(locale),
            self.probing
                .map(|word| locale.fill("select.probing", &[&word])),
        ];
        let mut parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            return None;
        }
        parts.push(locale.say("select.ends").to_owned());
        Some(parts.join(" · "))
    }

    /// Says something that no event tells.
    pub(super) fn say(&mut self, text: &str, now: Duration) {
        self.ui.notify(text, now);
        self.ui.touch();
    }
}
