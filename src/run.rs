//! The one loop body, with and without a terminal: commands until there are none, events into the session and the
//! script, a frame if one is due, a wait, readiness into events. What is shown, and where, is a [`Face`]'s matter.

mod configure;
mod decode;
mod diagnostics;
mod encode;
mod engine;
mod extract;
mod filter;
mod guess;
mod journal;
mod lab;
mod leave;
mod memory;
mod outlet;
mod pipe;
mod plain;
mod printer;
mod relay;
mod workbench;

use std::time::Duration;

pub use configure::{configure, spoken};
pub use decode::Decode;
pub use encode::Encode;
pub use engine::Engine;
pub use extract::Extract;
pub use filter::{Filter, filter};
pub use guess::Guess;
pub use lab::lab;
pub use pipe::Pipe;
pub use plain::Plain;
pub use printer::Printer;
pub use relay::Relay;
pub use workbench::Workbench;

use crate::config::Setting;
use crate::event::Actor;
use crate::os::{Got, Os, Signal, Wake};
use crate::script::Script;
use crate::ui::Look;
use diagnostics::Diagnostics;

/// The longest stretch in which readiness is turned into events before the keyboard is looked at again.
const TURN: Duration = Duration::from_millis(4);

/// Why a run ends for which the system has no more memory.
const SHORT: &str = "the system gives no more memory: the run ends here";

/// What a run begins with.
#[derive(Debug, Default)]
pub struct Plan {
    /// Command lines, carried out first, as if they had been typed.
    pub lines: Vec<String>,
    /// The file that the session is recorded in from the start.
    pub record: Option<String>,
    /// The file that is opened before all lines.
    pub open: Option<String>,
    /// A script that runs then.
    pub script: Option<Script>,
    /// The demonstration runs then.
    pub demo: bool,
    /// Commands that set something for the whole run, carried out before all others.
    pub settings: Vec<Setting>,
    /// How the workbench is drawn.
    pub look: Look,
    /// Whether the terminal's background is light, where somebody told.
    pub light: Option<bool>,
    /// The language of sentences, by its code, where somebody chose; else `LANG` does.
    pub lang: Option<String>,
    /// The whole run may take this long.
    pub timeout: Option<Duration>,
    /// Sentences instead of a screen.
    pub plain: bool,
    /// How the run behaves.
    pub manner: Manner,
}

/// How a run behaves, whatever it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// What earlier runs left, people stored and configured is not read, and nothing is left for later ones.
    pub clean: bool,
    /// Less is said.
    pub quiet: bool,
    /// How the loop runs is told in a file.
    pub verbose: bool,
    /// What changes by time alone does so once a second at the most.
    pub still: bool,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// The exit status (`LANGUAGE.md`, The command line).
    pub code: u8,
    /// What to say on standard error.
    pub message: Option<String>,
}

impl Ending {
    /// An exit status without words.
    #[must_use]
    pub fn code(code: u8) -> Self {
        Self {
            code,
            message: None,
        }
    }

    /// An exit status and what to say.
    #[must_use]
    pub fn failure(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: Some(message.into()),
        }
    }
}

/// Where a run is shown and from where it is steered.
pub trait Face {
    /// Before the first turn.
    ///
    /// # Errors
    ///
    /// Why the run cannot begin.
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending>;

    /// Something that is no socket's ended the wait.
    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>);

    /// All commands are carried out and all events taken: shows what changed, as far as it is due.
    fn show(&mut self, engine: &mut Engine<'_>);

    /// When it wants to be called again even if nothing happens.
    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration>;

    /// How the run is to end, once it is.
    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending>;

    /// The run is over, but a recording waits for its disk. Whether it is shown and steered till then; if not, nothing
    /// of it ends a wait any more. [`Face::ending`] is asked again then.
    fn wait_for_disks(&mut self, _ending: &Ending, engine: &mut Engine<'_>) -> bool {
        engine.os.watch_stdin(false);
        engine.os.watch_stdout(false);
        false
    }

    /// After the last turn: leaves everything as it was found.
    fn end(&mut self, engine: &mut Engine<'_>);
}

/// Runs a plan on a system, shown by a face, to its end.
pub fn run(os: &mut dyn Os, face: &mut dyn Face, plan: Plan) -> Ending {
    let mut engine = match Engine::new(os, &plan) {
        Ok(engine) => engine,
        Err(ending) => return ending,
    };
    let is_timed = plan.timeout.is_some();
    let ending = match face.begin(&mut engine) {
        Ok(()) => turns(&mut engine, face, plan),
        Err(ending) => return ending,
    };
    leave::leave(&mut engine, face, &ending, is_timed);
    face.end(&mut engine);
    complained(ending, engine.app.lost_recording())
}

/// The ending of a run whose recording is not whole: whoever asks for one wants to know, whatever else came out well.
fn complained(mut ending: Ending, lost: Option<&str>) -> Ending {
    if let Some(why) = lost.map(crate::escape::clean) {
        if ending.code == 0 {
            ending.code = 74;
        }
        ending.message = Some(match ending.message {
            Some(message) => format!("{message}\n{why}"),
            None => why.into_owned(),
        });
    }
    ending
}

/// What a signal means where there is no screen: the exit status that it asks for. A stop is carried out here.
fn answer_headless(wake: &Wake, engine: &mut Engine<'_>) -> Option<u8> {
    match wake {
        Wake::Signal(Signal::HangUp) => Some(129),
        Wake::Signal(Signal::Interrupt) => Some(130),
        Wake::Signal(Signal::Quit) => Some(131),
        Wake::Signal(Signal::Terminate) => Some(143),
        Wake::Signal(Signal::Suspend) => {
            engine.os.stop_self();
            None
        }
        _ => None,
    }
}

fn turns(engine: &mut Engine<'_>, face: &mut dyn Face, plan: Plan) -> Ending {
    let stop = plan.timeout.map(|timeout| engine.now() + timeout);
    let mut diagnostics = Diagnostics::new(engine);
    let ending = turns_until(engine, face, plan, stop, &mut diagnostics);
    diagnostics.end(engine);
    ending
}

/// Carries out what the plan begins with.
fn begin(engine: &mut Engine<'_>, plan: Plan) -> Result<(), Ending> {
    if let Some(path) = plan.record {
        let begun = engine.record_into(path);
        begun.map_err(|why| Ending::failure(3, format!("--record: {why}")))?;
    }
    for setting in plan.settings {
        let result = engine.line(Actor::User, &setting.line);
        result.map_err(|complaint| {
            let (from, what, fits) = (setting.from, complaint.what, complaint.fits);
            Ending::failure(2, format!("{from}: {what}\n  {fits}").trim_end())
        })?;
    }
    if let Some(path) = plan.open {
        let begun = engine.open(Actor::User, &path);
        begun.map_err(|why| Ending::failure(3, why))?;
    }
    for line in plan.lines {
        if let Err(complaint) = engine.line(Actor::User, &line) {
            let shown = crate::escape::clean(&line);
            return Err(Ending::failure(2, format!("-c: {complaint}\n  {shown}")));
        }
    }
    if let Some(script) = plan.script {
        engine.app.begin(script);
    }
    if plan.demo {
        demonstrate(engine)?;
    }
    Ok(())
}

/// Begins the demonstration, in the language that is spoken.
fn demonstrate(engine: &mut Engine<'_>) -> Result<(), Ending> {
    let script = Script::demo(engine.app.ui.locale());
    let script = script
        .map_err(|(line, complaint)| Ending::failure(3, format!("demo:{line}: {complaint}")))?;
    engine.app.begin(script);
    Ok(())
}

fn turns_until(
    engine: &mut Engine<'_>,
    face: &mut dyn Face,
    plan: Plan,
    stop: Option<Duration>,
    diagnostics: &mut Diagnostics,
) -> Ending {
    if let Err(ending) = begin(engine, plan) {
        return ending;
    }
    let mut wakes = Vec::new();
    loop {
        engine.settle();
        face.show(engine);
        diagnostics.turn(engine, wakes.len());
        if let Some(ending) = face.ending(engine) {
            return ending;
        }
        if engine.is_short_of_memory() {
            return Ending::failure(3, SHORT);
        }
        if stop.is_some_and(|stop| engine.now() >= stop) {
            return Ending::failure(124, "the time is up (--timeout)");
        }
        let next = face.deadline(engine).into_iter().chain(stop).min();
        if let Err(errno) = wait(engine, next, &mut wakes) {
            return Ending::failure(
                3,
                format!("waiting for the kernel failed: {}", errno.name()),
            );
        }
        diagnostics.woken(engine);
        take(engine, &wakes, &mut |wake, engine| face.wake(wake, engine));
    }
}

/// Waits for something to happen, until then at the longest.
fn wait(engine: &mut Engine<'_>, until: Option<Duration>, wakes: &mut Vec<Wake>) -> Got<()> {
    let next = engine.deadline().into_iter().chain(until).min();
    let now = engine.now();
    // Asked behind all that may have asked something of the net.
    let timeout = if engine.is_busy() {
        Some(Duration::ZERO)
    } else {
        next.map(|next| next.saturating_sub(now))
    };
    wakes.clear();
    engine.wait(timeout, wakes)
}

/// Turns what ended a wait into events, for a while; whoever is shown the run hears of it first.
fn take(engine: &mut Engine<'_>, wakes: &[Wake], told: &mut dyn FnMut(&Wake, &mut Engine<'_>)) {
    let is_socket = |wake: &&Wake| matches!(wake, Wake::Socket { .. });
    // The keyboard first: a flood of bytes shall not keep a key waiting.
    for wake in wakes.iter().filter(|wake| !is_socket(wake)) {
        told(wake, engine);
        engine.wake(wake);
    }
    for wake in wakes.iter().filter(is_socket) {
        engine.wake(wake);
    }
    engine.serve(TURN);
}
