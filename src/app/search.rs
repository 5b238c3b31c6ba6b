//! The search that a person began: it shows the match that is looked for, goes on in slices between the turns of the
//! loop, and says how far it is. What matches, `session` knows.

use std::ops::Range;
use std::time::Duration;

use super::App;
use crate::escape;
use crate::event::Pattern;
use crate::locale::Locale;
use crate::session::{Find, Finding, HITS_MAX};

/// The time that a slice should take at the most.
const SLICE: Duration = Duration::from_millis(4);

/// What a slice has at the least and at the most, however fast or slow the last one was.
const SLICE_BYTES: Range<u64> = 1 << 10..16 << 20;

/// The most columns in which what is searched for is said.
const SOUGHT_COLUMNS: usize = 24;

/// How long what was said of a match may still be put right.
const STANDS: Duration = Duration::from_secs(3);

/// A search, and what was said of it.
#[derive(Debug)]
pub(super) struct Search {
    find: Find,
    /// What the next slice has.
    slice_bytes: u64,
    /// When the last slice began, while one follows the other.
    since: Option<Duration>,
    /// The match that is shown, and when it was said that there may be more.
    shown: Option<(Range<u64>, Duration)>,
    /// All that was there in the beginning is searched.
    is_whole: bool,
}

impl Search {
    fn new(find: Find, pattern: &Pattern) -> Self {
        let slice_bytes = match pattern {
            Pattern::Bytes(_) => 4 << 20,
            Pattern::Regex(_) => 256 << 10,
        };
        Self {
            find,
            slice_bytes,
            since: None,
            shown: None,
            is_whole: false,
        }
    }

    /// Makes the slices so long that a key never waits for one.
    fn pace(&mut self, now: Duration) {
        if let Some(since) = self.since {
            let took = now.saturating_sub(since);
            if took > SLICE {
                self.slice_bytes /= 2;
            } else if took < SLICE / 3 {
                self.slice_bytes *= 2;
            }
            self.slice_bytes = self.slice_bytes.clamp(SLICE_BYTES.start, SLICE_BYTES.end);
        }
        self.since = Some(now);
    }
}

impl App {
    /// Looks for a pattern, from the cursor on.
    pub(super) fn find(&mut self, pattern: Pattern) -> Result<(), String> {
        let is_same = self.pattern.as_ref() == Some(&pattern);
        if !is_same {
            self.search = None;
        }
        self.pattern = Some(pattern);
        self.seek(true, is_same)
    }

    /// Looks for the next match, or the one before.
    pub(super) fn find_again(&mut self, forward: bool) -> Result<(), String> {
        self.seek(forward, true)
    }

    fn seek(&mut self, forward: bool, again: bool) -> Result<(), String> {
        let locale = self.ui.locale();
        let pattern = self.pattern.as_ref();
        let pattern = pattern.ok_or_else(|| locale.say("select.no-search").to_owned())?;
        let from = self.ui.search_from();
        let (conn, dir, cursor) = from.ok_or_else(|| locale.say("select.no-bytes").to_owned())?;
        let at = cursor + u64::from(forward && again);
        let search = self.search.take();
        let same = search.filter(|it| (it.find.conn(), it.find.dir()) == (conn, dir));
        let search = if let Some(mut search) = same {
            search.find.seek(at, forward);
            search
        } else {
            let find = Find::new(conn, dir, pattern, at, forward);
            Search::new(find.ok_or("there is nothing to search for")?, pattern)
        };
        self.search = Some(search);
        Ok(())
    }

    /// A slice of the search; true while something is left.
    pub(super) fn search_on(&mut self, now: Duration) -> bool {
        let Some(mut search) = self.search.take() else {
            return false;
        };
        search.pace(now);
        let (conn, dir) = (search.find.conn(), search.find.dir());
        let forward = search.find.is_forward();
        let finding = search.find.step(&self.session, search.slice_bytes);
        let is_left = match finding {
            Finding::Found { range, wrapped } => {
                self.ui.found(conn, dir, range.clone(), &self.session);
                search.shown = Some((range, now));
                let text = self.about_match(&search);
                let key = match (wrapped, forward) {
                    (false, _) => None,
                    (true, true) => Some("select.past-end"),
                    (true, false) => Some("select.past-start"),
                };
                let text = key.map_or(text.clone(), |key| self.ui.locale().fill(key, &[&text]));
                self.say(&text, now);
                true
            }
            Finding::Nothing => {
                let text = self.ui.locale().say("select.not-found");
                let text = format!("{text}{}", self.sought());
                self.say(&text, now);
                search.is_whole = true;
                false
            }
            Finding::Searching => true,
            Finding::Done => {
                let is_late = search
                    .shown
                    .as_ref()
                    .is_none_or(|(_, at)| now > *at + STANDS);
                // Said before all was known; whoever reads it still shall know the rest.
                if !search.is_whole
                    && !is_late
                    && search.since != search.shown.as_ref().map(|it| it.1)
                {
                    let text = self.about_match(&search);
                    self.say(&text, now);
                }
                search.is_whole = true;
                false
            }
        };
        if !is_left {
            search.since = None;
        }
        self.search = Some(search);
        is_left
    }

    /// Ends the search; whether there was one that was not through.
    pub(super) fn end_search(&mut self) -> bool {
        self.search.take().is_some_and(|search| !search.is_whole)
    }

    /// How far the search is, while it is not through.
    pub(super) fn search_progress(&self, locale: &Locale) -> Option<String> {
        let search = self.search.as_ref().filter(|search| !search.is_whole)?;
        let range = search
            .shown
            .as_ref()
            .map_or(0..0, |(range, _)| range.clone());
        let tally = search.find.tally(&range, &self.session);
        Some(locale.fill("select.searching", &[&tally.percent]))
    }

    /// Which of the matches it is that is shown.
    fn about_match(&self, search: &Search) -> String {
        let locale = self.ui.locale();
        let range = search
            .shown
            .as_ref()
            .map_or(0..0, |(range, _)| range.clone());
        let tally = search.find.tally(&range, &self.session);
        let (number, count) = (tally.number, tally.count);
        let about = if count >= HITS_MAX {
            locale.fill("select.match-more", &[&number, &count])
        } else if tally.is_open {
            locale.fill("select.match-so-far", &[&number, &count, &tally.percent])
        } else {
            locale.fill("select.match", &[&number, &count])
        };
        format!("{about}{}", self.sought())
    }

    /// What is searched for, behind what is said of it: a bare word is a text, digits may be hex.
    fn sought(&self) -> String {
        match &self.pattern {
            None => String::new(),
            Some(Pattern::Bytes(bytes)) => {
                let (text, shown) = escape::escape_prefix(bytes, SOUGHT_COLUMNS);
                let rest = if shown < bytes.len() { "…" } else { "" };
                format!(" · \"{text}{rest}\"")
            }
            Some(Pattern::Regex(source)) => {
                let mut source: String = escape::clean(source).into_owned();
                if let Some((at, _)) = source.char_indices().nth(SOUGHT_COLUMNS) {
                    source.truncate(at);
                    source.push('…');
                }
                format!(" · /{source}/")
            }
        }
    }
}
