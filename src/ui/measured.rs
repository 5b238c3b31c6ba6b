//! What experiments gave, over the panes: the matrix of `reach`, the bars of `race`. Each opens for whoever asked.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::ink::{self, Pen};
use super::meaning::micros;
use super::motion::Motion;
use super::overlay::{Overlay, RACE, REACH};
use super::pane::Scene;
use super::theme::Role;
use crate::endpoint::Address;
use crate::escape;
use crate::event::{Actor, Event, Lap, Measure, Reached, Role as Kind, Try, What};
use crate::session::Session;

/// Where the columns of the matrix stand.
const ADDRESS: u16 = 20;
const OUTCOME: u16 = 45;
const LISTENER: u16 = 62;

/// The widest bar, in columns, and where it begins.
const BAR_COLUMNS: u16 = 60;
const BAR: u16 = 8;

/// The last of each kind.
#[derive(Debug, Default)]
pub(super) struct Measured {
    reach: Option<(u16, Vec<Try>)>,
    race: Option<Vec<Lap>>,
    top: u64,
}

impl Ui {
    /// Takes in an event, if an experiment is over by it.
    pub(super) fn note_measure(&mut self, event: &Event) {
        let What::Measured(measure) = &event.what else {
            return;
        };
        let name = match measure {
            Measure::Reach { port, tries } => {
                self.measured.reach = Some((*port, tries.clone()));
                self.measured.top = 0;
                REACH
            }
            Measure::Race(laps) => {
                self.measured.race = Some(laps.clone());
                RACE
            }
            // One line says it all, and stands in the timeline.
            Measure::Spin(_) => return,
        };
        if event.by == Actor::User && self.overlay.is_none() && !self.is_typing() {
            self.overlay = Some(name);
        }
    }
}

/// The matrix: addresses, what came of each, and which listener of ours that must have been.
pub(super) struct Reach;

impl Overlay for Reach {
    fn name(&self) -> &'static str {
        REACH
    }

    fn open(&self, ui: &mut Ui, _session: &Session) -> Result<(), String> {
        match ui.measured.reach {
            Some(_) => Ok(()),
            None => Err(ui.locale.say("reach.none").to_owned()),
        }
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let (port, tries) = scene.ui.measured.reach.as_ref()?;
        let look = scene.look();
        let title = scene.fill("reach.title", &[port]);
        ink::rule(buf, line(area), &title, scene.say("reach.note"), true, look);
        Pen::new(buf, area, 1, look)
            .skip(1)
            .put(scene.say("reach.name"), Role::Muted)
            .to(ADDRESS)
            .put(scene.say("reach.address"), Role::Muted)
            .to(OUTCOME)
            .put(scene.say("reach.outcome"), Role::Muted)
            .to(LISTENER)
            .put(scene.say("reach.listener"), Role::Muted);
        let last = (tries.len() as u64).saturating_sub(u64::from(area.height.saturating_sub(2)));
        let first = usize::try_from(scene.ui.measured.top.min(last)).unwrap_or(0);
        for (row, one) in (2..area.height).zip(tries.iter().skip(first)) {
            render_try(scene, one, (area, row), buf);
        }
        None
    }

    fn go(&self, ui: &mut Ui, motion: Motion, _session: &Session) {
        let rows = ui
            .measured
            .reach
            .as_ref()
            .map_or(0, |(_, tries)| tries.len() as u64);
        ui.measured.top = motion.step(ui.measured.top, rows, ui.size.1 / 3);
    }
}

fn render_try(scene: Scene<'_>, one: &Try, (area, row): (Rect, u16), buf: &mut Buffer) {
    let mut pen = Pen::new(buf, area, row, scene.look());
    let at = one.at.as_ref().map_or("–".to_owned(), ToString::to_string);
    let columns = |from: u16, to: u16| usize::from(to - from - 1);
    let shown = |text: &str, columns| ink::clip(&escape::clean(text), columns);
    pen.skip(1)
        .put(shown(&one.name, columns(1, ADDRESS)), Role::Text)
        .to(ADDRESS)
        .put(shown(&at, columns(ADDRESS, OUTCOME)), Role::Muted)
        .to(OUTCOME);
    let (glyph, text, role) = match &one.outcome {
        Reached::Yes => ("●", scene.say("reach.yes").to_owned(), Role::Good),
        Reached::No(errno) => ("·", errno.name().to_owned(), Role::Text),
        Reached::Silent => ("?", scene.say("reach.silent").to_owned(), Role::Partial),
        Reached::Unresolved(why) => ("?", why.clone(), Role::Partial),
    };
    pen.put(glyph, role).skip(1).put(escape::clean(&text), role);
    if one.outcome == Reached::Yes {
        let name = one.at.as_ref().and_then(|at| listener(scene.session, at));
        match name {
            Some(name) => pen.to(LISTENER).put(escape::clean(name), Role::Inferred),
            None => pen
                .to(LISTENER)
                .put(scene.say("reach.other"), Role::Inferred),
        };
    }
}

/// The listener of ours that has this address: its own one before one that has all of them (ip(7), bind(2)).
fn listener<'s>(session: &'s Session, at: &Address) -> Option<&'s str> {
    let Address::Inet(at) = at else {
        return None;
    };
    let mut all = Vec::new();
    for conn in session.conns().iter().filter(|conn| conn.is_open()) {
        if let (Kind::Listener, Some(Address::Inet(local))) = (conn.role, &conn.local)
            && local.port() == at.port()
        {
            let is_any = local.ip().is_unspecified() && (local.is_ipv6() || at.is_ipv4());
            if local.ip() == at.ip() || is_any {
                all.push((is_any, conn.name.as_str()));
            }
        }
    }
    all.into_iter().min().map(|(_, name)| name)
}

/// The bars: how long the half of the round trips took at the most, and 99 of 100.
pub(super) struct Race;

impl Overlay for Race {
    fn name(&self) -> &'static str {
        RACE
    }

    fn open(&self, ui: &mut Ui, _session: &Session) -> Result<(), String> {
        match ui.measured.race {
            Some(_) => Ok(()),
            None => Err(ui.locale.say("race.none").to_owned()),
        }
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let laps = scene.ui.measured.race.as_ref()?;
        let look = scene.look();
        let trips = laps.iter().map(|lap| lap.trips).max().unwrap_or(0);
        let title = scene.fill("race.title", &[&trips]);
        ink::rule(buf, line(area), &title, scene.say("race.note"), true, look);
        let room = area.width.saturating_sub(BAR + 1).min(BAR_COLUMNS);
        let longest = laps.iter().map(|lap| lap.slowest).max().unwrap_or_default();
        let columns = |time: std::time::Duration| {
            let share = time.as_secs_f64() / longest.as_secs_f64().max(1e-9);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a short bar"
            )]
            let columns = (share * f64::from(room)).round() as usize;
            columns.clamp(1, usize::from(room.max(1)))
        };
        for (at, lap) in (0_u16..).zip(laps) {
            let row = 2 + 3 * at;
            let mut pen = Pen::new(buf, area, row, look);
            pen.skip(1).put(lap.course.word(), Role::Strong).to(BAR);
            if let Some(errno) = lap.errno {
                pen.put(errno.name(), Role::Error);
                continue;
            }
            let (median, slowest) = (columns(lap.median), columns(lap.slowest));
            pen.put("█".repeat(median), Role::Ours)
                .put("┈".repeat(slowest.saturating_sub(median)), Role::Muted);
            let told = scene.fill("race.lap", &[&micros(lap.median), &micros(lap.slowest)]);
            Pen::new(buf, area, row + 1, look)
                .to(BAR)
                .put(told, Role::Text);
        }
        None
    }
}

fn line(area: Rect) -> Rect {
    Rect {
        height: area.height.min(1),
        ..area
    }
}
