//! All the state of a run: the session, the script that runs in it, what a person looks at, and what commands may ask
//! about them. It carries out the wishes that need no system call; `run` brings the others to the net.

mod answers;
mod copy;
mod detective;
mod export;
mod forget;
mod framings;
mod library;
mod machines;
mod open;
mod record;
mod repeat;
mod save;
mod scope;
mod search;
mod tamper;
mod travel;
mod values;
mod works;

use std::time::Duration;

use crate::event::{Actor, ConnId, Event, Owner, Pattern, Step, View, What, Wish};
use crate::script::{Failure, Next, Script};
use crate::session::{Conn, Session};
use crate::ui::{TermEvent, Ui, Undone};

pub use export::Draft;
pub use record::Recorded;
pub use repeat::Due;
pub use save::Source;
pub use scope::AppScope;

use detective::Detective;
use export::Exporting;
use machines::Machines;
use open::Opened;
use record::Recordings;
use repeat::Repeat;
use save::Saving;
use search::Search;
use values::Values;

/// The state of a run.
#[derive(Debug)]
pub struct App {
    /// The log and what follows from it.
    pub session: Session,
    /// What a person looks at.
    pub ui: Ui,
    /// The script that runs, if one does.
    script: Option<Script>,
    /// How the script ended.
    finished: Option<Result<(), Failure>>,
    values: Values,
    /// What was searched for last.
    pattern: Option<Pattern>,
    /// The search that lives.
    detective: Detective,
    search: Option<Search>,
    /// The file whose session this is.
    opened: Option<Opened>,
    /// The file that is being written.
    saving: Option<Saving>,
    /// The program that is being written.
    exporting: Option<Exporting>,
    /// The file that the session is recorded in.
    recording: Recordings,
    /// Repetitions under way, oldest first.
    repeats: Vec<Repeat>,
    /// The word of the experiment that is under way.
    probing: Option<&'static str>,
    /// How many wishes were refused so far.
    refusals: u64,
    machines: Machines,
}

impl App {
    /// A run that begins now: an empty session, a seed, the wall time.
    #[must_use]
    pub fn new(session: Session, ui: Ui, seed: u64, wall: Duration, now: Duration) -> Self {
        Self {
            session,
            ui,
            script: None,
            finished: None,
            values: Values::new(seed, wall, now),
            pattern: None,
            search: None,
            detective: Detective::default(),
            opened: None,
            saving: None,
            exporting: None,
            recording: Recordings::default(),
            repeats: Vec::new(),
            probing: None,
            refusals: 0,
            machines: Machines::default(),
        }
    }

    /// Begins a script.
    pub fn begin(&mut self, script: Script) {
        self.script = Some(script);
        self.finished = None;
    }

    /// Ends the script where it stands: somebody took over.
    pub fn take_over(&mut self) -> bool {
        self.end_repeats(Some(Actor::Script));
        self.script.take().is_some()
    }

    /// Whether a script runs.
    #[must_use]
    pub fn is_scripted(&self) -> bool {
        self.script.is_some()
    }

    /// How the script ended, if one did since it was asked last.
    pub fn finished(&mut self) -> Option<Result<(), Failure>> {
        self.finished.take()
    }

    /// What the script does next; it ends here when it is over.
    pub fn step(&mut self, now: Duration) -> Option<Next> {
        let is_busy = self.is_script_opening()
            || self.is_script_saving()
            || self.is_script_exporting()
            || self.is_script_closing()
            || self.is_script_repeating();
        if self.script.is_some() && is_busy {
            return Some(Next::Wait(None));
        }
        let next = self.script.as_mut()?.step(&self.session, now);
        if let Next::Done(result) = next {
            self.end_script(result);
            return None;
        }
        Some(next)
    }

    /// Ends the script, with its result.
    pub fn end_script(&mut self, result: Result<(), Failure>) {
        self.end_repeats(Some(Actor::Script));
        self.script = None;
        self.finished = Some(result);
    }

    /// Ends the script because a line of it does not fit the session as it is.
    pub fn fail_script(&mut self, why: String) {
        let line = self.script.as_ref().map_or(0, Script::line);
        let is_limit = false;
        self.end_script(Err(Failure {
            line,
            why,
            is_limit,
        }));
    }

    /// The script's command is about to make sockets: it goes on when they are what they shall be, or failed.
    pub fn made(&mut self) {
        let first = self.session.conns().ever();
        if let Some(script) = &mut self.script {
            script.made(first);
        }
    }

    /// The sockets whose numbers somebody wants: those in view, and the one whose state a script waits for.
    #[must_use]
    pub fn looked_at(&self) -> Vec<ConnId> {
        if self.is_opened() {
            return Vec::new();
        }
        let mut conns = self.ui.looked_at(&self.session);
        conns.extend(self.script.as_ref().and_then(Script::looked_at));
        conns
    }

    /// The socket whose numbers the script waits for, and whether it began to just now.
    pub fn awaited(&mut self) -> (Option<ConnId>, bool) {
        let Some(script) = &mut self.script else {
            return (None, false);
        };
        let anew = script.asked().is_some();
        (script.looked_at(), anew)
    }

    /// Takes what happened. A command of the script that was refused ends it.
    pub fn apply(&mut self, events: impl IntoIterator<Item = Event>) {
        let mut refused = None;
        for event in events {
            self.refusals += u64::from(matches!(event.what, What::Refused(_)));
            if let (Actor::Script, What::Refused(why)) = (event.by, &event.what) {
                refused.get_or_insert_with(|| (event.conn, why.clone()));
            }
            self.session.apply(event);
            self.machines.take(&self.session);
        }
        if let Some((conn, why)) = refused.filter(|_| self.is_scripted()) {
            self.fail_script(conn.map_or(why.clone(), |conn| {
                format!("@{}: {why}", self.session.name(conn))
            }));
        }
        if self.session.travelled().is_some() {
            self.ui.take_in(&self.session);
        } else {
            self.ui.observe(&self.session);
        }
    }

    /// What a person did at the terminal, as lines of the language.
    pub fn input(&mut self, event: &TermEvent, now: Duration) -> Vec<String> {
        let focused = self.ui.focused();
        let tabs = self.ui.tabs().to_vec();
        let (ui, values) = (&mut self.ui, &mut self.values);
        self.session.seen(|session| {
            let mut scope = AppScope::new(session, values, (focused, tabs), now);
            ui.input(event, session, &mut scope, now)
        })
    }

    /// Bytes that were pasted at the terminal.
    pub fn paste(&mut self, bytes: &[u8], now: Duration) {
        let ui = &mut self.ui;
        self.session.seen(|session| ui.paste(bytes, session, now));
    }

    /// Carries out a wish that needs no system call. Returns the events that it makes.
    ///
    /// # Errors
    ///
    /// Why nothing was done, in words.
    pub fn carry_out(
        &mut self,
        by: Actor,
        wish: Wish,
        now: Duration,
    ) -> Result<Vec<Event>, String> {
        let event = |conn, what| Event {
            at: now,
            conn,
            by,
            what,
        };
        let events = |made: Vec<(ConnId, What)>| {
            let told = made.into_iter().map(|(conn, what)| event(Some(conn), what));
            told.collect()
        };
        match wish {
            Wish::Frame {
                conn,
                dir,
                rule,
                from,
            } => Ok(events(self.frame(by, (conn, dir), &rule, from))),
            Wish::Turn {
                conn,
                dir,
                knob,
                more,
            } => {
                let framed = self.turn(by, (conn, dir), knob.as_deref(), more)?;
                Ok(events(framed))
            }
            Wish::Mark(name) => Ok(vec![event(None, self.mark(by, name))]),
            Wish::Unmark(name) => Ok(vec![event(None, self.unmark(name)?)]),
            Wish::Keep(count) => Ok(vec![event(None, self.keep_closed(count))]),
            Wish::Note(text) => Ok(vec![event(None, What::Note(text))]),
            Wish::Step(Step::Say(text)) => Ok(vec![event(None, What::Say(text))]),
            Wish::Step(step) => self.wait_for(by, step, now).map(|()| Vec::new()),
            Wish::View(view) => {
                let made = self.view(view, now)?.into_iter();
                Ok(made.map(|(conn, what)| event(conn, what)).collect())
            }
            Wish::Tamper(conn, tamper) => {
                let made = self.tamper(conn, tamper, now)?.into_iter();
                Ok(made.map(|(conn, what)| event(Some(conn), what)).collect())
            }
            Wish::On(on) => self.on(by, on, now),
            Wish::Repeat { times, every, line } => {
                let repeat = (times, every, line);
                self.begin_repeat(by, repeat, now).map(|()| Vec::new())
            }
            // These need the system, and `run` brings them there.
            Wish::Make(_)
            | Wish::Socket(..)
            | Wish::Probe(_)
            | Wish::Open(_)
            | Wish::Save(_)
            | Wish::Export(_)
            | Wish::Record(_)
            | Wish::Store { .. }
            | Wish::Forget(_)
            | Wish::Hold(_)
            | Wish::Cancel(_)
            | Wish::Lab(_)
            | Wish::Line(_)
            | Wish::Quit => Ok(Vec::new()),
        }
    }

    /// Lets the script wait.
    fn wait_for(&mut self, by: Actor, step: Step, now: Duration) -> Result<(), String> {
        let script = self.script.as_mut().filter(|_| by == Actor::Script);
        let script = script.ok_or("only a script can wait: `sockeye run FILE`")?;
        script.take(step, now);
        Ok(())
    }

    /// Another look at the session, or at another moment of it.
    fn view(&mut self, view: View, now: Duration) -> Result<Undone, String> {
        match view {
            View::Travel(travel) => self.travel(travel)?,
            View::Goto(jump) if self.travel_to(&jump) => {}
            view => {
                self.session.turn_back();
                let made = self.look(view, now);
                self.session.turn_round();
                return made;
            }
        }
        Ok(Vec::new())
    }

    /// Another look at the session; what happened by it, which is only ever that a mark or a framing was taken back.
    fn look(&mut self, view: View, now: Duration) -> Result<Undone, String> {
        match view {
            View::Find(pattern) => self.find(pattern)?,
            View::FindAgain { forward } => self.find_again(forward)?,
            View::Undo | View::Redo => {
                return self.ui.undo(view == View::Redo, &self.session);
            }
            View::Layout(name) => {
                let text = self.ui.arrange(&name, &self.session)?;
                self.say(&text, now);
            }
            View::Guess => self.guess()?,
            View::Storm => self.storm()?,
            View::Copy(format) => self.copy(&format, now)?,
            view => self.ui.view(&view, &self.session)?,
        }
        Ok(Vec::new())
    }

    /// A name for this moment; a person can take a new one back.
    fn mark(&mut self, by: Actor, name: String) -> What {
        if by == Actor::User && !self.session.marks().contains_key(&name) {
            self.ui.keep_unmarked(&name);
        }
        What::Marked(name)
    }

    fn unmark(&self, name: String) -> Result<What, String> {
        if self.session.marks().contains_key(&name) {
            Ok(What::Unmarked(name))
        } else {
            Err(format!("there is no mark `{name}`"))
        }
    }

    /// What commands may ask, on behalf of somebody.
    pub fn scope(&mut self, by: Actor, now: Duration) -> AppScope<'_> {
        let focused = self.focused_by(by);
        let tabs = match by {
            Actor::User => self.ui.tabs().to_vec(),
            Actor::Script
            | Actor::Loop
            | Actor::Lab
            | Actor::Rule
            | Actor::Tap
            | Actor::Packets => Vec::new(),
        };
        AppScope::new(&self.session, &mut self.values, (focused, tabs), now)
    }

    /// The socket that a command of somebody is about if it names none.
    fn focused_by(&self, by: Actor) -> Option<ConnId> {
        match by {
            Actor::User => self.ui.focused(),
            // In a script it is the one that was made last; what a lab peer accepts is none of the script's making.
            Actor::Script
            | Actor::Loop
            | Actor::Lab
            | Actor::Rule
            | Actor::Tap
            | Actor::Packets => {
                let mut made = self.session.conns().iter().rev();
                let ours = |conn: &&Conn| conn.owner == Owner::Me || conn.parent.is_none();
                made.find(ours).map(|conn| conn.id)
            }
        }
    }
}
