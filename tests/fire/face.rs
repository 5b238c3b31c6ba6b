//! Somebody who sits before the program under fire: does one deed after another, looks at the log after each turn of
//! the loop, and in the end puts everything right and closes all. Where there is a screen, it is drawn meanwhile.

use std::time::Duration;

use sockeye::event::{Actor, ConnId, Role};
use sockeye::os::Wake;
use sockeye::run::{Ending, Engine, Face};
use sockeye::session::Conn;

use super::case::Case;
use super::deeds::deed;
use super::ends;
use super::judge::{Judge, Wrong};
use super::kernel::mood::Moods;
use super::kernel::shelf::Written;
use super::program::Numbers;
use super::recorded::{self, Recorded};

/// Reads a file.
pub(crate) type Disk = Box<dyn Fn(&str) -> Option<Written>>;

/// How long all has to come to rest once nothing goes wrong any more, and to be closed.
const HEALING: Duration = Duration::from_secs(60);
const CLOSING: Duration = Duration::from_secs(10);

/// Deeds that may end what any socket is at.
const AT_ALL: [&str; 4] = ["cancel", "disarm", "undo", "redo"];

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Fire,
    Healing,
    Closing,
    Over,
}

/// The face.
pub(crate) struct Fire {
    case: Case,
    moods: Moods,
    numbers: Numbers,
    /// Which of the deeds is next, and when.
    next: usize,
    due: Duration,
    phase: Phase,
    pub(crate) judge: Judge,
    /// What it sits before.
    shown: Option<Box<dyn Face>>,
    /// The disk that it records on, and how far it got.
    disk: Disk,
    pub(crate) recorded: Recorded,
    /// Sockets were forgotten on purpose.
    pub(crate) is_leaky: bool,
    /// Only the disk is waited for.
    is_waiting: bool,
}

impl Fire {
    pub(crate) fn new(
        case: &Case,
        moods: Moods,
        judge: Judge,
        shown: Option<Box<dyn Face>>,
        disk: Disk,
    ) -> Self {
        Self {
            case: case.clone(),
            moods,
            numbers: Numbers(case.seed.wrapping_mul(31) | 1),
            next: 0,
            due: Duration::ZERO,
            phase: Phase::Fire,
            judge,
            shown,
            disk,
            recorded: Recorded::default(),
            is_leaky: false,
            is_waiting: false,
        }
    }

    /// Everything was done, and all was closed.
    pub(crate) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    fn look(&mut self, engine: &mut Engine<'_>) {
        self.judge.look(&engine.app.session);
    }

    fn fail(&mut self, wrong: Option<Wrong>) {
        self.judge.wrong = self.judge.wrong.take().or(wrong);
    }

    fn line(&mut self, engine: &mut Engine<'_>, line: &str) {
        if let Some(told) = &mut self.judge.told {
            told.push(format!("{:?} > {line}", engine.now()));
        }
        if line == "hold off" {
            // One line makes all that is armed, each asked for by a line of its own.
            let armed = engine.app.session.armed().count();
            self.judge.repeats(u32::try_from(armed).unwrap_or(u32::MAX));
        }
        // What does not parse now is a deed, too: nothing happens.
        let _ = engine.line(Actor::User, line);
    }

    fn deed(&mut self, engine: &mut Engine<'_>) {
        let Some(at) = self.case.deeds.get(self.next).copied() else {
            self.phase = Phase::Healing;
            self.due = engine.now() + HEALING;
            self.moods.calm();
            return self.heal(engine);
        };
        self.next += 1;
        let deed = deed(self.case.seed, at, &engine.app.session);
        let named = deed
            .line
            .strip_prefix('@')
            .and_then(|line| line.split(' ').next());
        let named = named.and_then(|name| engine.app.session.named(name));
        self.is_leaky |= deed.line.ends_with(" leak");
        self.judge.forgive();
        if named.is_some() || AT_ALL.contains(&deed.line.as_str()) {
            self.judge.touch(named);
        }
        // Whenever it comes to be: it may have to wait for others.
        if deed.line.contains(" spin ") {
            self.judge.spins(true);
        }
        self.judge.repeats(times(&deed.line));
        match (deed.parcel, named) {
            (Some((conn, bytes)), _) => self.judge.composed(conn, Some(bytes)),
            (None, Some(conn)) if !deed.line.contains(" recv") => self.judge.composed(conn, None),
            _ => {}
        }
        if deed.line.starts_with("repeat")
            || deed.line.starts_with("hold")
            || deed.line.starts_with('d')
        {
            self.everybody_is_wild(engine);
        }
        self.line(engine, &deed.line);
        self.due = engine.now() + self.gap();
        if self.numbers.below(60) == 0 {
            self.look_at_file(engine, false);
        }
    }

    /// What was recorded so far is what happened so far, wherever the file ends.
    fn look_at_file(&mut self, engine: &Engine<'_>, is_over: bool) {
        if let Some(file) = (self.disk)(recorded::FILE) {
            let (session, moods) = (&engine.app.session, &self.moods);
            let ends = (&mut self.numbers, is_over);
            let wrong = self.recorded.look(&file, ends, &self.judge, session, moods);
            self.fail(wrong);
        }
    }

    fn everybody_is_wild(&mut self, engine: &Engine<'_>) {
        for conn in engine.app.session.conns().iter() {
            self.judge.composed(conn.id, None);
        }
    }

    /// Often nothing, seldom seconds.
    fn gap(&mut self) -> Duration {
        match self.numbers.below(40) {
            0..=15 => Duration::ZERO,
            16..=29 => Duration::from_micros(self.numbers.below(500)),
            30..=37 => Duration::from_millis(self.numbers.below(60)),
            38 => Duration::from_millis(self.numbers.below(1500)),
            _ => Duration::from_millis(self.numbers.below(8000)),
        }
    }

    /// Everything may go on now.
    fn heal(&mut self, engine: &mut Engine<'_>) {
        self.judge.touch(None);
        self.everybody_is_wild(engine);
        // What waits for others would put these lines behind itself.
        self.line(engine, "cancel");
        self.judge.spins(false);
        self.line(engine, "goto now");
        self.line(engine, "hold off");
        for (_, conn) in open(engine) {
            let name = &conn.name;
            if conn.cable.is_some() {
                self.line(engine, &format!("@{name} plug"));
            }
            self.line(engine, &format!("@{name} fault off"));
            self.line(engine, &format!("@{name} intercept off"));
            self.line(engine, &format!("@{name} forward all"));
            self.line(engine, &format!("@{name} set nonblock off"));
            self.line(engine, &format!("@{name} on off"));
            self.line(engine, &format!("@{name} reading auto"));
        }
    }

    fn close(&mut self, engine: &mut Engine<'_>) {
        self.fail(ends::rests(&engine.app.session, &self.judge));
        // Nothing happened for long: all of it is in the file.
        self.look_at_file(engine, false);
        // Keys may have gone back in time, where no line reaches a socket.
        self.line(engine, "goto now");
        self.phase = Phase::Closing;
        self.due = engine.now() + CLOSING;
        for (_, conn) in open(engine) {
            // Each close takes one descriptor.
            for _ in 0..conn.refs.max(1) {
                self.line(engine, &format!("@{} close now", conn.name));
            }
        }
    }
}

/// How often a line has something done: behind `repeat`, or `times`.
fn times(line: &str) -> u32 {
    let mut words = line.split(' ');
    let number = words
        .find(|word| matches!(*word, "repeat" | "times"))
        .and(words.next());
    number.map_or(0, |number| number.parse().unwrap())
}

/// The sockets that are open, listeners last: what they made goes first.
fn open(engine: &Engine<'_>) -> Vec<(ConnId, Conn)> {
    let conns = engine.app.session.conns().iter();
    let mut open: Vec<_> = conns
        .filter(|conn| conn.is_open())
        .map(|conn| (conn.id, conn.clone()))
        .collect();
    open.sort_by_key(|(_, conn)| matches!(conn.role, Role::Listener | Role::Tap));
    open
}

impl Face for Fire {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        match &mut self.shown {
            Some(shown) => shown.begin(engine),
            // Somebody who looks has the numbers of sockets sampled.
            None if self.case.seed % 8 == 1 => {
                engine.app.ui.resize(80, 24, &engine.app.session);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        if let Some(shown) = &mut self.shown {
            shown.wake(wake, engine);
        }
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        self.look(engine);
        let recorded = engine.app.recorded();
        self.recorded.is_going_on =
            recorded.is_some_and(|it| it.path == recorded::FILE && !it.is_over);
        if engine.now() >= self.due && self.judge.wrong.is_none() {
            match self.phase {
                Phase::Fire => self.deed(engine),
                Phase::Healing => self.close(engine),
                Phase::Closing => {
                    let is_leaky = self.is_leaky;
                    self.fail(ends::closed(&engine.app.session, is_leaky));
                    self.fail(self.judge.close());
                    self.phase = Phase::Over;
                }
                Phase::Over => {}
            }
        }
        if let Some(shown) = &mut self.shown {
            shown.show(engine);
        }
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        let shown = self.shown.as_ref().and_then(|shown| shown.deadline(engine));
        Some(shown.map_or(self.due, |shown| shown.min(self.due)))
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        let shown = self.shown.as_mut().and_then(|shown| shown.ending(engine));
        let is_over = self.phase == Phase::Over || self.judge.wrong.is_some();
        let is_over = is_over && !self.is_waiting;
        shown.or_else(|| is_over.then(|| Ending::code(0)))
    }

    fn wait_for_disks(&mut self, ending: &Ending, engine: &mut Engine<'_>) -> bool {
        // What happens from now on is not recorded.
        self.is_waiting = true;
        let shown = self.shown.as_mut();
        shown.is_some_and(|shown| shown.wait_for_disks(ending, engine))
    }

    fn end(&mut self, engine: &mut Engine<'_>) {
        self.look(engine);
        let wrong = ends::tiles(&engine.app.session);
        self.fail(wrong);
        self.look_at_file(engine, true);
        if let Some(shown) = &mut self.shown {
            shown.end(engine);
        }
    }
}
