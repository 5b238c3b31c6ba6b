//! What is found out about framings between the turns of the loop: which rules the bytes in view look like, and which
//! cuts break a reader of them. Both are asked for by a person, work in slices, and are shown on their cards.

use super::App;
use crate::event::{ConnId, Dir};
use crate::guess::{Guess, LOOKED_AT_BYTES};
use crate::locale::Locale;
use crate::storm::{STORM_MAX_BYTES, Storm};
use crate::ui::Looks;

/// What a slice has, in bytes of work.
const SLICE_BYTES: usize = 256 << 10;

/// The most rules that are told.
const RANKING_MAX: usize = 9;

/// What is being found out.
#[derive(Debug, Default)]
pub(super) struct Detective {
    guess: Option<((ConnId, Dir), Guess)>,
    storm: Option<((ConnId, Dir), Storm)>,
}

impl App {
    /// Begins to find out what the direction in view looks like.
    ///
    /// # Errors
    ///
    /// That there are no bytes.
    pub(super) fn guess(&mut self) -> Result<(), String> {
        let (conn, dir) = self.stream()?;
        let (bytes, _) = self.session.bytes(conn, dir, 0..LOOKED_AT_BYTES as u64);
        let ends = self.session.boundaries(conn, dir, 0..bytes.len() as u64);
        let sight = self.session.conn(conn).map(|it| it.sight(dir));
        let guess = Guess::new(&bytes, &ends, sight.unwrap_or_default());
        self.detective.guess = Some(((conn, dir), guess));
        let looks = Looks {
            stream: Some((conn, dir)),
            ranking: Vec::new(),
            verdict: self.ui.locale().fill("tuner.looking", &[&0]),
        };
        self.ui.open_looks(looks, &self.session);
        Ok(())
    }

    /// Begins to run the rule in force over the bytes in view under every cut.
    ///
    /// # Errors
    ///
    /// That there are no bytes.
    pub(super) fn storm(&mut self) -> Result<(), String> {
        let (conn, dir) = self.stream()?;
        let (bytes, _) = self.session.bytes(conn, dir, 0..STORM_MAX_BYTES as u64);
        let lane = self.session.lane(conn, dir);
        let cut = lane.map(|lane| lane.rule_at(0).clone());
        let cut = cut.ok_or_else(|| self.ui.locale().say("select.no-bytes").to_owned())?;
        let sight = self.session.conn(conn).map(|it| it.sight(dir));
        let storm = Storm::new(cut, &bytes, sight.unwrap_or_default(), 0);
        self.detective.storm = Some(((conn, dir), storm));
        Ok(())
    }

    /// The direction in view, if it has bytes.
    fn stream(&self) -> Result<(ConnId, Dir), String> {
        let stream = self.ui.subject().map(|conn| (conn, self.ui.dir()));
        let has_bytes = |stream: &(ConnId, Dir)| {
            let lane = self.session.lane(stream.0, stream.1);
            lane.is_some_and(|lane| !lane.is_empty())
        };
        let stream = stream.filter(has_bytes);
        stream.ok_or_else(|| self.ui.locale().say("select.no-bytes").to_owned())
    }

    /// Goes on for a slice; true while something is left.
    pub(super) fn detect_on(&mut self) -> bool {
        if let Some((stream, guess)) = &mut self.detective.guess {
            let is_left = guess.step(SLICE_BYTES);
            let locale = self.ui.locale();
            let verdict = if is_left {
                let percent = (guess.progress() * 100.0).floor();
                locale.fill("tuner.looking", &[&percent])
            } else if guess.ranking().is_empty() {
                locale.fill("tuner.nothing-convincing", &[&guess.why_none()])
            } else {
                locale.say("tuner.found").to_owned()
            };
            let ranking = guess.ranking().iter().take(RANKING_MAX);
            let ranking = ranking.map(|it| (it.cut.words(), it.evidence.clone()));
            let looks = Looks {
                stream: Some(*stream),
                ranking: ranking.collect(),
                verdict,
            };
            self.ui.set_looks(looks);
            if !is_left {
                self.detective.guess = None;
            }
        }
        if let Some((stream, mut storm)) = self.detective.storm.take() {
            if storm.step(SLICE_BYTES) {
                self.detective.storm = Some((stream, storm));
            } else {
                self.ui.set_storm(stream, storm);
            }
        }
        self.detective.guess.is_some() || self.detective.storm.is_some()
    }

    /// Ends both; whether there was one.
    pub(super) fn end_detection(&mut self) -> bool {
        let before = std::mem::take(&mut self.detective);
        before.guess.is_some() || before.storm.is_some()
    }

    /// How far they are.
    pub(super) fn detection_progress(&self, locale: &Locale) -> Option<String> {
        let guess = self.detective.guess.as_ref().map(|(_, it)| it.progress());
        let storm = self.detective.storm.as_ref().map(|(_, it)| it.progress());
        let percent = |part: f64| (part * 100.0).floor();
        match (guess, storm) {
            (Some(part), _) => Some(locale.fill("tuner.looking", &[&percent(part)])),
            (None, Some(part)) => Some(locale.fill("storm.blowing", &[&percent(part)])),
            (None, None) => None,
        }
    }
}
