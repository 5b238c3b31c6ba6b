//! All the state of a run: the session, the script that runs in it, what a person looks at, and what commands may ask
//! about them. It carries out the wishes that need no system call; `run` brings the others to the net.

mod scope;
mod values;

use std::time::Duration;

use crate::event::{Actor, ConnId, Dir, Event, Pattern, Step, View, What, Wish};
use crate::script::{Failure, Next, Script};
use crate::session::{Find, Finding, Session};
use crate::ui::{TermEvent, Ui};

pub use scope::AppScope;
use values::Values;

/// Bytes that a search looks at between two turns of the loop.
const FIND_SLICE_BYTES: u64 = 4 << 20;

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
    /// A search under way.
    find: Option<Find>,
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
            find: None,
        }
    }

    /// Begins a script.
    pub fn begin(&mut self, script: Script) {
        self.script = Some(script);
        self.finished = None;
    }

    /// Ends the script where it stands: somebody took over.
    pub fn take_over(&mut self) -> bool {
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
        let next = self.script.as_mut()?.step(&self.session, now);
        if let Next::Done(result) = next {
            self.end_script(result);
            return None;
        }
        Some(next)
    }

    /// Ends the script, with its result.
    pub fn end_script(&mut self, result: Result<(), Failure>) {
        self.script = None;
        self.finished = Some(result);
    }

    /// Ends the script because a line of it does not fit the session as it is.
    pub fn fail_script(&mut self, why: String) {
        let line = self.script.as_ref().map_or(0, Script::line);
        self.end_script(Err(Failure { line, why }));
    }

    /// The script's command is about to make sockets: it goes on when they are what they shall be, or failed.
    pub fn made(&mut self) {
        let first = self.session.conns().len();
        if let Some(script) = &mut self.script {
            script.made(first);
        }
    }

    /// The sockets whose numbers somebody wants: those in view, and the one whose state a script waits for.
    #[must_use]
    pub fn looked_at(&self) -> Vec<ConnId> {
        let mut conns = self.ui.looked_at(&self.session);
        conns.extend(self.script.as_ref().and_then(Script::looked_at));
        conns
    }

    /// Takes what happened. A command of the script that was refused ends it.
    pub fn apply(&mut self, events: impl IntoIterator<Item = Event>) {
        let mut refused = None;
        for event in events {
            if let (Actor::Script, What::Refused(why)) = (event.by, &event.what) {
                refused.get_or_insert_with(|| (event.conn, why.clone()));
            }
            self.session.apply(event);
        }
        if let Some((conn, why)) = refused.filter(|_| self.is_scripted()) {
            self.fail_script(conn.map_or(why.clone(), |conn| {
                format!("@{}: {why}", self.session.name(conn))
            }));
        }
        self.ui.observe(&self.session);
    }

    /// What a person did at the terminal, as lines of the language.
    pub fn input(&mut self, event: &TermEvent, now: Duration) -> Vec<String> {
        let focused = self.ui.focused();
        let tabs = self.ui.tabs().to_vec();
        let mut scope = AppScope::new(&self.session, &mut self.values, (focused, tabs), now);
        self.ui.input(event, &self.session, &mut scope, now)
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
        match wish {
            Wish::Frame {
                conn,
                dir,
                rule,
                from,
            } => {
                let from = from.unwrap_or(0);
                let dirs = dir.map_or(Dir::BOTH.to_vec(), |dir| vec![dir]);
                let framed = |dir| {
                    event(
                        Some(conn),
                        What::Framed {
                            dir,
                            rule: rule.clone(),
                            from,
                        },
                    )
                };
                Ok(dirs.into_iter().map(framed).collect())
            }
            Wish::Mark(name) => Ok(vec![event(None, What::Marked(name))]),
            Wish::Note(text) => Ok(vec![event(None, What::Note(text))]),
            Wish::Step(Step::Say(text)) => Ok(vec![event(None, What::Say(text))]),
            Wish::Step(step) => match &mut self.script {
                Some(script) if by == Actor::Script => {
                    script.take(step, now);
                    Ok(Vec::new())
                }
                _ => Err("only a script can wait: `sockeye run FILE`".to_owned()),
            },
            Wish::View(View::Find(pattern)) => {
                self.pattern = Some(pattern);
                self.search(true).map(|()| Vec::new())
            }
            Wish::View(View::FindAgain { forward }) => self.search(forward).map(|()| Vec::new()),
            Wish::View(view) => self.ui.view(&view, &self.session).map(|()| Vec::new()),
            Wish::Make(_) | Wish::Socket(..) | Wish::Quit => Ok(Vec::new()),
        }
    }

    /// Goes on with what takes more than one turn: cutting messages, searching. True while something is left.
    pub fn work(&mut self, cut_bytes: usize, now: Duration) -> bool {
        let mut left = self.session.cut(cut_bytes);
        if let Some(mut find) = self.find.take() {
            match find.step(&self.session, FIND_SLICE_BYTES) {
                Finding::Searching => {
                    self.find = Some(find);
                    left = true;
                }
                Finding::Found(range) => {
                    self.ui.found(find.conn(), find.dir(), range, &self.session)
                }
                Finding::Nothing => self.ui.notify("not found in this direction", now),
            }
        }
        left
    }

    /// Begins to search, from the byte behind the cursor on, or before it.
    fn search(&mut self, forward: bool) -> Result<(), String> {
        let pattern = self
            .pattern
            .as_ref()
            .ok_or("nothing was searched for yet: `/`")?;
        let (conn, dir, at) = self
            .ui
            .search_from()
            .ok_or("there are no bytes to search: connect or listen first")?;
        let at = if forward { at + 1 } else { at };
        self.find = Some(
            Find::new(conn, dir, pattern, at, forward).ok_or("that is no regular expression")?,
        );
        Ok(())
    }

    /// Keeps the bytes of a file for the expressions that name it.
    pub fn keep_file(&mut self, path: String, bytes: Vec<u8>) {
        self.values.keep_file(path, bytes);
    }

    /// What commands may ask, on behalf of somebody.
    pub fn scope(&mut self, by: Actor, now: Duration) -> AppScope<'_> {
        let (focused, tabs) = match by {
            Actor::User => (self.ui.focused(), self.ui.tabs().to_vec()),
            // In a script a command without a name is about the socket that was made last.
            Actor::Script | Actor::Loop => {
                (self.session.conns().last().map(|conn| conn.id), Vec::new())
            }
        };
        AppScope::new(&self.session, &mut self.values, (focused, tabs), now)
    }
}
