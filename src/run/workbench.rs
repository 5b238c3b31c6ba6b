//! The workbench on a terminal: keys in, frames out, signals, suspend and resume. It decides nothing about sockets and
//! draws nothing itself: `ui` turns keys into command lines and the session into cells.

use std::io;
use std::time::Duration;

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::memory::Memory;
use super::{Ending, Engine, Face};
use crate::os::{Signal, Wake};
use crate::tty::clipboard::{Between, clipboard};
use crate::tty::frame::{CLEAR, ENTER, ENTER_MOUSE, LEAVE, LEAVE_MOUSE, Output};
use crate::tty::keys::Input;
use crate::tty::{ESC_WAIT, ESC_WAIT_SSH, Keyboard, usable};
use crate::ui::{Request, TermEvent};

/// The time between two frames, at the least: no more than 60 of them in a second.
const FRAME: Duration = Duration::from_millis(17);

/// The same of two frames that time alone asks for, where the screen shall be still.
const STILL: Duration = Duration::from_secs(1);

/// The screen, the keyboard, and what is on its way between them and the app.
#[derive(Debug)]
pub struct Workbench {
    keyboard: Keyboard,
    inputs: Vec<Input>,
    output: Output,
    /// What the terminal shows, once the bytes on their way have arrived.
    shown: Buffer,
    /// The terminal's new size, where nobody knows what it shows: the next frame clears it and draws all.
    unknown: Option<Rect>,
    cursor: Option<Position>,
    mouse: bool,
    /// Something changed since the last frame.
    dirty: bool,
    /// How many events the app had taken at the last frame.
    seen: u64,
    last_frame: Duration,
    /// When the screen changes by time alone.
    next_look: Option<Duration>,
    ending: Option<Ending>,
    /// Whether any key ends the script that plays.
    is_demo: bool,
    memory: Memory,
}

impl Workbench {
    /// A workbench; in a demo any key ends the script that plays.
    #[must_use]
    pub fn new(is_demo: bool) -> Self {
        Self {
            keyboard: Keyboard::new(ESC_WAIT),
            inputs: Vec::new(),
            output: Output::default(),
            shown: Buffer::empty(Rect::ZERO),
            unknown: None,
            cursor: None,
            mouse: false,
            dirty: true,
            seen: 0,
            last_frame: Duration::ZERO,
            next_look: None,
            ending: None,
            is_demo,
            memory: Memory::default(),
        }
    }

    /// Takes the terminal over and forgets what it showed.
    fn enter(&mut self, engine: &mut Engine<'_>) {
        engine.os.raw_terminal(true);
        self.output.abandon();
        self.output.queue(ENTER);
        self.mouse = false;
        self.cursor = None;
        self.resize(engine);
    }

    /// Gives the terminal back, stands still until somebody says to go on, and takes it over again.
    fn stop(&mut self, engine: &mut Engine<'_>) {
        engine.os.raw_terminal(false);
        engine.os.stop_self();
        self.enter(engine);
    }

    fn resize(&mut self, engine: &mut Engine<'_>) {
        let (width, height) = engine.os.terminal_size();
        let ui = &mut engine.app.ui;
        let session = &mut engine.app.session;
        session.seen(|session| ui.resize(width, height, session));
        self.unknown = Some(Rect::new(0, 0, width, height));
        self.dirty = true;
    }

    fn read(&mut self, engine: &mut Engine<'_>) {
        let mut bytes = Vec::new();
        match engine.os.read_terminal(&mut bytes) {
            Err(errno) if errno.would_block() => {}
            Ok(0) | Err(_) => self.ending = Some(Ending::code(129)),
            Ok(_) => {
                let now = engine.now();
                let mut inputs = std::mem::take(&mut self.inputs);
                self.keyboard.feed(&bytes, now, &mut inputs);
                self.inputs = inputs;
                self.take_inputs(engine);
            }
        }
    }

    fn take_inputs(&mut self, engine: &mut Engine<'_>) {
        for input in std::mem::take(&mut self.inputs) {
            self.dirty = true;
            let took_over =
                self.is_demo && matches!(input, Input::Key(_)) && engine.app.take_over();
            let event = match input {
                Input::Key(key) => TermEvent::Key(key),
                Input::Mouse(mouse) => TermEvent::Mouse(mouse),
                Input::Paste { text, lost } => {
                    if lost > 0 {
                        let text = engine.app.ui.locale().fill("notice.paste-cut", &[&lost]);
                        let now = engine.now();
                        engine.app.ui.notify(&text, now);
                    }
                    let now = engine.now();
                    engine.app.paste(&text, now);
                    continue;
                }
            };
            let now = engine.now();
            for line in engine.app.input(&event, now) {
                self.line(engine, &line);
            }
            // A key may ask for something without a line, as the first screen does.
            self.answer(engine);
            // Behind the key, which takes away what was said before it.
            if took_over {
                Self::notify(engine, "run.demo-over");
            }
        }
    }

    fn notify(engine: &mut Engine<'_>, key: &str) {
        let text = engine.app.ui.locale().say(key).to_owned();
        let now = engine.now();
        engine.app.ui.notify(&text, now);
    }

    fn line(&mut self, engine: &mut Engine<'_>, line: &str) {
        self.memory.touch();
        if let Err(complaint) = engine.key_line(line) {
            let now = engine.now();
            engine.app.ui.complain(line, &complaint, now);
        }
        self.answer(engine);
    }

    /// Does what only the owner of the terminal can, if a key asked for it, or a command that runs by itself.
    fn answer(&mut self, engine: &mut Engine<'_>) {
        match engine.app.ui.take_request() {
            Some(Request::Redraw) => self.resize(engine),
            Some(Request::Suspend) => {
                // First, for the program that started us (cargo, make) may be stopped before us, and then the shell has
                // the terminal, which must not be touched any more.
                engine.os.raw_terminal(false);
                engine.os.stop_group();
                self.enter(engine);
            }
            Some(Request::Demo) => {
                self.is_demo = super::demonstrate(engine).is_ok();
            }
            Some(Request::Clipboard(text)) => {
                let between = Between::told(&|name| engine.os.environment(name));
                self.output.queue(&clipboard(&text, between));
            }
            None => {}
        }
    }

    fn signal(&mut self, signal: Signal, engine: &mut Engine<'_>) {
        match signal {
            Signal::Resize => self.resize(engine),
            Signal::Terminate => self.ending = Some(Ending::code(143)),
            Signal::Interrupt => self.ending = Some(Ending::code(130)),
            Signal::Quit => self.ending = Some(Ending::code(131)),
            Signal::HangUp => self.ending = Some(Ending::code(129)),
            Signal::Suspend => self.stop(engine),
            Signal::Continue => self.enter(engine),
        }
    }

    /// Draws what differs from the last frame, as bytes for the terminal.
    fn frame(&mut self, engine: &mut Engine<'_>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some(area) = self.unknown.take() {
            self.shown = Buffer::empty(area);
            bytes.extend_from_slice(CLEAR);
        }
        let area = *self.shown.area();
        let mut next = Buffer::empty(area);
        let now = engine.now();
        let ui = &engine.app.ui;
        let session = &mut engine.app.session;
        let cursor = session.seen(|session| ui.render(session, area, &mut next, now));
        let changed = self.shown.diff(&next);
        let any = !bytes.is_empty() || !changed.is_empty();
        let moved = cursor != self.cursor;
        let mut backend = CrosstermBackend::new(&mut bytes);
        backend.draw(changed.into_iter())?;
        match cursor {
            Some(at) if any || moved => {
                backend.set_cursor_position(at)?;
                backend.show_cursor()?;
            }
            None if self.cursor.is_some() => backend.hide_cursor()?,
            _ => {}
        }
        self.shown = next;
        self.cursor = cursor;
        Ok(if any || moved { bytes } else { Vec::new() })
    }

    fn write(&mut self, engine: &mut Engine<'_>) {
        let os = &mut *engine.os;
        let result = self.output.advance(|bytes| {
            os.write_terminal(bytes).map_err(|errno| {
                if errno.would_block() {
                    io::ErrorKind::WouldBlock.into()
                } else {
                    io::Error::other(errno.name())
                }
            })
        });
        if result.is_err() {
            self.ending = Some(Ending::code(129));
        }
        engine.os.watch_terminal(self.output.wants_write());
    }
}

impl Face for Workbench {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        let none = |why: &str| {
            let hint = "sockeye --plain, run FILE, connect --headless and listen --headless need no terminal";
            Ending::failure(2, format!("no terminal to draw on: {why}\n{hint}"))
        };
        usable(engine.os.environment("TERM").as_deref()).map_err(none)?;
        engine.os.open_terminal(LEAVE).map_err(|why| none(&why))?;
        engine
            .os
            .open_signals()
            .map_err(|errno| Ending::failure(3, format!("signals: {}", errno.name())))?;
        if engine.os.environment("SSH_TTY").is_some() {
            self.keyboard = Keyboard::new(ESC_WAIT_SSH);
        }
        self.memory.begin(engine);
        self.enter(engine);
        Ok(())
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        match wake {
            Wake::Terminal => self.read(engine),
            Wake::Signal(signal) => self.signal(*signal, engine),
            _ => {}
        }
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        let now = engine.now();
        if self
            .keyboard
            .deadline()
            .is_some_and(|deadline| now >= deadline)
        {
            let mut inputs = std::mem::take(&mut self.inputs);
            self.keyboard.expire(now, &mut inputs);
            self.inputs = inputs;
            self.take_inputs(engine);
            engine.settle();
        }
        if let Some(Err(failure)) = engine.app.finished() {
            let values: [&dyn std::fmt::Display; 2] = [&failure.line, &failure.why];
            let text = engine.app.ui.locale().fill("run.script-stopped", &values);
            engine.app.ui.notify(&text, now);
        }
        self.answer(engine);
        self.memory.advance(engine);
        let mouse = engine.app.ui.look().mouse;
        if mouse != self.mouse {
            self.output
                .queue(if mouse { ENTER_MOUSE } else { LEAVE_MOUSE });
            self.mouse = mouse;
        }
        self.dirty |= engine.app.ui.take_fresh();
        self.dirty |= self.seen != engine.taken() || self.next_look.is_some_and(|next| now >= next);
        if self.dirty && self.output.idle() && now >= self.last_frame + FRAME {
            self.seen = engine.taken();
            self.last_frame = now;
            self.dirty = false;
            let ui = &mut engine.app.ui;
            let session = &mut engine.app.session;
            session.seen(|session| ui.prepare(session, now));
            let next = engine.app.ui.next_wake(now);
            let still = engine.manner.still;
            self.next_look = next.map(|next| if still { next.max(now + STILL) } else { next });
            match self.frame(engine) {
                Ok(bytes) => {
                    engine.drawn.frames += 1;
                    engine.drawn.bytes += bytes.len() as u64;
                    self.output.begin(&bytes);
                }
                Err(_) => self.ending = Some(Ending::code(129)),
            }
        }
        self.write(engine);
    }

    fn deadline(&self, _engine: &Engine<'_>) -> Option<Duration> {
        let frame = (self.dirty && self.output.idle()).then(|| self.last_frame + FRAME);
        let memory = self.memory.deadline();
        // What is to be drawn anyway needs no second reason, which might be of the past.
        let next_look = self.next_look.filter(|_| !self.dirty);
        [frame, self.keyboard.deadline(), next_look, memory]
            .into_iter()
            .flatten()
            .min()
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        self.ending
            .take()
            .or_else(|| engine.is_quitting().then(|| Ending::code(0)))
    }

    fn wait_for_disks(&mut self, ending: &Ending, engine: &mut Engine<'_>) -> bool {
        let is_there = ending.code != 129;
        if !is_there {
            engine.os.raw_terminal(false);
        }
        is_there
    }

    fn end(&mut self, engine: &mut Engine<'_>) {
        engine.os.raw_terminal(false);
        self.memory.end(engine);
    }
}
