//! Looking for the framing of a direction: its parameters under the arrow keys, the rules that its bytes look like, and
//! a second rule whose seams are drawn beside those of the first. What is chosen here is carried out as a command.

mod card;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::motion::Motion;
use super::overlay::{FRAMING, Overlay};
use super::pane::Scene;
use crate::event::{ConnId, Dir};
use crate::framing::{Cut, Cutter, Entry, Knob};
use crate::session::{Lane, Session};
use crate::words::Words;

/// What is looked for.
#[derive(Debug, Default)]
pub(super) struct Tuner {
    /// The row under the cursor: parameters first, then what the bytes look like.
    row: usize,
    looks: Looks,
    beside: Option<Beside>,
}

/// What the bytes of a direction look like, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// Whose bytes.
    pub stream: Option<(ConnId, Dir)>,
    /// Rules in their words with the evidence for each, the best first.
    pub ranking: Vec<(String, String)>,
    /// What is said of them as a whole: that none convinces, how many bytes were looked at.
    pub verdict: String,
}

/// A second rule over the same bytes.
#[derive(Debug)]
pub(super) struct Beside {
    stream: (ConnId, Dir),
    pub(super) cutter: Cutter,
}

/// The card.
pub(super) struct Over;

impl Overlay for Over {
    fn name(&self) -> &'static str {
        FRAMING
    }

    fn is_card(&self) -> bool {
        true
    }

    fn open(&self, ui: &mut Ui, session: &Session) -> Result<(), String> {
        if ui.rule(session).is_none() {
            return Err(ui.locale.say("select.no-bytes").to_owned());
        }
        ui.tuner.row = 0;
        Ok(())
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        card::render(scene, area, buf);
        None
    }

    fn go(&self, ui: &mut Ui, motion: Motion, session: &Session) {
        ui.go_in_tuner(motion, session);
    }

    fn accept(&self, ui: &mut Ui, session: &Session) -> Vec<String> {
        ui.take_look(session)
    }
}

impl Tuner {
    /// Cuts by the second rule from the first byte on: another moment is looked at.
    pub(super) fn begin_again(&mut self, session: &Session) {
        self.beside
            .take_if(|it| session.lane(it.stream.0, it.stream.1).is_none());
        if let Some(Beside { stream, cutter }) = &mut self.beside
            && let Some(source) = session.source(stream.0, stream.1)
        {
            *cutter = cutter.as_of(&source);
        }
    }

    /// The second rule over the bytes of a direction.
    pub(super) fn beside(&self, stream: (ConnId, Dir)) -> Option<&Cutter> {
        let beside = self.beside.as_ref()?;
        (beside.stream == stream).then_some(&beside.cutter)
    }
}

impl Ui {
    /// The rule in force for the direction in view.
    pub(super) fn rule<'a>(&self, session: &'a Session) -> Option<&'a Cut> {
        let lane = session.lane(self.subject?, self.dir)?;
        Some(lane.rule())
    }

    /// What can be turned of it.
    fn knobs(&self, session: &Session) -> Vec<Knob> {
        self.rule(session).map_or(Vec::new(), Cut::knobs)
    }

    /// The parameter that is chosen on the card, by its position; none while it is not open.
    #[must_use]
    pub fn knob(&self) -> Option<usize> {
        self.is_over(FRAMING).then_some(self.tuner.row)
    }

    /// The rules that the direction in view looks like.
    fn looks(&self) -> &[(String, String)] {
        let is_here = self.tuner.looks.stream == self.subject.map(|conn| (conn, self.dir));
        if is_here {
            &self.tuner.looks.ranking
        } else {
            &[]
        }
    }

    /// Moves the cursor of the card.
    fn go_in_tuner(&mut self, motion: Motion, session: &Session) {
        let rows = (self.knobs(session).len() + self.looks().len()) as u64;
        let row = motion.step(self.tuner.row as u64, rows, card::ROWS_MAX);
        self.tuner.row = usize::try_from(row).unwrap_or(0);
    }

    /// Takes the rule under the cursor, as a line of the language; leaves the card where that is none.
    fn take_look(&mut self, session: &Session) -> Vec<String> {
        let knobs = self.knobs(session).len();
        let look = self
            .tuner
            .row
            .checked_sub(knobs)
            .and_then(|at| self.looks().get(at));
        let Some((rule, _)) = look else {
            self.overlay = None;
            return Vec::new();
        };
        vec![format!("frame {} {rule}", self.dir.word())]
    }

    /// Opens the card for what the bytes in view look like, of which nothing is known yet.
    pub fn open_looks(&mut self, looks: Looks, session: &Session) {
        self.overlay = Some(FRAMING);
        self.tuner.row = self.knobs(session).len();
        self.set_looks(looks);
    }

    /// The bytes of a direction look so. Who has left the card meanwhile is not led back.
    pub fn set_looks(&mut self, looks: Looks) {
        self.tuner.looks = looks;
        self.touch();
    }

    /// Draws the seams of a second rule beside those of the first; of none any more.
    ///
    /// # Errors
    ///
    /// That there is no direction in view.
    pub fn set_beside(&mut self, rule: Option<&str>, session: &Session) -> Result<(), String> {
        let Some(rule) = rule else {
            self.tuner.beside = None;
            return Ok(());
        };
        let stream = self.subject.map(|conn| (conn, self.dir));
        let lane = stream.and_then(|(conn, dir)| session.lane(conn, dir));
        let (Some(stream), Some(lane)) = (stream, lane) else {
            return Err(self.locale.say("select.no-bytes").to_owned());
        };
        let cut =
            Cut::parse(&mut Words::new(rule, 0)).map_err(|complaint| complaint.to_string())?;
        let cutter = Cutter::new(cut, lane.framed_from(), lane.sight());
        self.tuner.beside = Some(Beside { stream, cutter });
        Ok(())
    }

    /// The rule in force stays in view as the second one, so that turning the first shows the difference.
    pub(super) fn turn_beside(&mut self, session: &Session) -> Result<(), String> {
        let rule = match self.tuner.beside {
            Some(_) => None,
            None => self.rule(session).map(Cut::words),
        };
        self.set_beside(rule.as_deref(), session)
    }

    /// Goes on with the second rule, about `budget_bytes`; true while something is left.
    pub fn cut_beside(&mut self, session: &Session, budget_bytes: usize) -> bool {
        let Some(Beside { stream, cutter }) = &mut self.tuner.beside else {
            return false;
        };
        let before = (cutter.len(), cutter.fed());
        let source = session.source(stream.0, stream.1);
        let is_left = source.is_some_and(|source| cutter.advance(&source, budget_bytes));
        if before != (cutter.len(), cutter.fed()) {
            self.touch();
        }
        is_left
    }

    /// What the second rule makes of bytes in view.
    pub(super) fn entries_beside(
        &self,
        session: &Session,
        stream: (ConnId, Dir),
        part: &std::ops::Range<u64>,
        count: usize,
    ) -> Option<Vec<Entry>> {
        let cutter = self.tuner.beside(stream)?;
        let source = session.source(stream.0, stream.1)?;
        let mut entries = cutter.messages_in(&source, part, count);
        let (index, number) = (cutter.len(), None);
        entries.extend(cutter.tail().map(|message| Entry {
            index,
            number,
            message,
        }));
        for Entry { message, .. } in &mut entries {
            let (bytes, is_there) = session.bytes(stream.0, stream.1, message.range.clone());
            if is_there {
                cutter.cut().describe(message, &bytes, cutter.sight());
            }
        }
        Some(entries)
    }

    /// How many messages the rule in force cut, for the card.
    fn tally(&self, session: &Session) -> u64 {
        let lane = self.subject.and_then(|conn| session.lane(conn, self.dir));
        lane.map_or(0, Lane::messages)
    }
}
