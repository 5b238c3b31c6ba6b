//! The system, the net and the app together: carries out commands, takes the events that come of them, steps the
//! script.

mod lab;
mod lines;
mod steps;
pub(super) mod told;
mod works;
mod xray;

use std::time::Duration;

use super::{Ending, Manner, Plan};
use crate::app::App;
use crate::event::{Actor, Capture as _, ConnId, Event, Make, Want, What, Wish};
use crate::net::{Net, Turn};
use crate::os::{Got, Os, Wake};
use crate::script::Script;
use crate::session::Session;
use crate::ui::Ui;
use lab::Running;
use lines::Rest;
use xray::Xray;

/// Bytes of tapes and of the log in memory (DESIGN.md, Limits: 256 MiB and 64 MiB, one pool here).
const MEMORY_BYTES: usize = 320 << 20;

/// Where the process may take only so much memory, this part of it is the session's: beside it there are frames, stacks
/// of helpers, and what is read back.
const MEMORY_PART: u64 = 4;

/// Bytes that framings cut in one turn.
const CUT_BYTES: usize = 4 << 20;

/// What a face drew, for those who look how the loop runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Frames.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Everything that a turn of the loop works with.
pub struct Engine<'o> {
    /// The system.
    pub os: &'o mut dyn Os,
    /// The state of the run.
    pub app: App,
    /// How the run behaves.
    pub manner: Manner,
    /// What was drawn so far.
    pub drawn: Drawn,
    net: Net,
    /// Lab peers whose processes run.
    peers: Vec<Running>,
    /// Commands that wait for those before them.
    rest: Rest,
    /// Events that came and that the app has not taken yet.
    events: Vec<Event>,
    /// When the script wants to be asked again.
    script_deadline: Option<Duration>,
    /// The stored messages of a clean run, which leaves none behind.
    stored: Vec<u8>,
    /// The banner about the spill file stands.
    spill_told: bool,
    /// Messages are left to cut, or the script would go on at once.
    busy: bool,
    /// The turn that is looked at from inside.
    xray: Xray,
    /// Somebody asked for the end.
    quit: bool,
    /// How many events the app has taken: tells faces that something changed.
    taken: u64,
}

impl<'o> Engine<'o> {
    /// An engine with an empty session. The files that the plan's script names are read now.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub fn new(os: &'o mut dyn Os, plan: &Plan) -> Result<Self, Ending> {
        let (spill, trouble) = match os.spill() {
            Ok(spill) => (Some(spill), None),
            Err(why) => (None, Some(why)),
        };
        let part = os.memory_left().unwrap_or(u64::MAX) / MEMORY_PART;
        let memory_bytes =
            usize::try_from(part).map_or(MEMORY_BYTES, |part| part.min(MEMORY_BYTES));
        let session = Session::new(memory_bytes, spill);
        let now = os.now();
        let mut ui = Ui::new(told::look(os, plan), (0, 0));
        ui.speak(&told::language(os, plan))
            .map_err(|why| Ending::failure(2, why))?;
        let app = App::new(session, ui, os.seed(), os.wall(), now);
        let net = Net::new(os.socket_limit());
        let events = Vec::new();
        let mut engine = Self {
            os,
            app,
            manner: plan.manner,
            drawn: Drawn::default(),
            net,
            peers: Vec::new(),
            rest: Rest::default(),
            events,
            script_deadline: None,
            stored: Vec::new(),
            spill_told: false,
            busy: false,
            xray: Xray::default(),
            quit: false,
            taken: 0,
        };
        if let Some(why) = trouble {
            let mib = memory_bytes >> 20;
            let text = format!("nothing can be kept beyond {mib} MiB: {why}");
            engine.tell(Actor::Loop, None, What::Note(text));
        }
        if !engine.manner.clean {
            engine.read_library();
        }
        for path in plan.script.iter().flat_map(Script::files) {
            engine
                .read_file(path)
                .map_err(|why| Ending::failure(3, why))?;
        }
        Ok(engine)
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.os.now()
    }

    /// Whether somebody asked for the end.
    #[must_use]
    pub fn is_quitting(&self) -> bool {
        self.quit
    }

    /// How many events were taken so far.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes what happened, steps the script, goes on with long work, until nothing is left or the turn is long enough.
    pub fn settle(&mut self) {
        let now = self.now();
        self.look();
        self.step_net(|net, turn| net.expire(now, turn));
        self.take_events();
        self.tell_spill_trouble();
        self.go_on();
        let repeating = self.repeat();
        // The log is in the order of its times, and the calls till now took some.
        let now = self.now();
        let cutting = self.app.work(CUT_BYTES, now);
        self.app.run_machines(now);
        self.obey_machines();
        self.take_events();
        let answering = self.answer();
        let stepping = self.step_script();
        // What the script waits for from now on is asked for at once, and may be there already.
        let looking = self.look() && self.app.is_scripted();
        self.app.show_progress(self.net.probing(), now);
        self.xray_settled();
        self.busy = cutting || stepping || repeating || looking || answering;
    }

    /// Has the numbers of the sockets sampled that somebody looks at or waits for; true if that told something.
    fn look(&mut self) -> bool {
        let looked_at = self.app.looked_at();
        let (awaited, anew) = self.app.awaited();
        self.step_net(|net, turn| {
            net.look_at(&looked_at, turn);
            net.wait_for(awaited, anew, turn);
        });
        self.look_at_peers(&looked_at);
        let told = !self.events.is_empty();
        self.take_events();
        told
    }

    /// Whether there is something to do at once.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let is_working = self.busy || self.app.session.is_uncut() || self.app.is_commanded();
        let is_told = !self.events.is_empty() || self.app.is_unrecorded();
        // Who reads along may have caught up behind the last step of the net, and nobody would tell of that.
        let session = &self.app.session;
        let reads_again = self.net.is_short() && !session.is_behind() && !session.is_full();
        is_working || is_told || reads_again || self.net.is_ready()
    }

    /// When the net or the script wants to go on even if nothing happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let script = self.script_deadline.filter(|_| self.app.is_scripted());
        let repeat = self.app.next_due();
        let machines = self.app.machine_deadline();
        [self.net.deadline(), script, repeat, machines]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether only the memory is left that was kept back for the end; the log, and so the recording, says so then.
    pub fn is_short_of_memory(&mut self) -> bool {
        let is_short = self.os.is_short_of_memory();
        if is_short {
            self.tell(Actor::Loop, None, What::Note(super::SHORT.to_owned()));
        }
        is_short
    }

    /// Waits for something to happen.
    ///
    /// # Errors
    ///
    /// As the system's poller.
    pub fn wait(&mut self, timeout: Option<Duration>, wakes: &mut Vec<Wake>) -> Got<()> {
        self.xray_waits();
        self.os.wait(timeout, wakes)?;
        self.xray_woken(wakes);
        Ok(())
    }

    /// Tells the net, and the tapes, what ended a wait.
    pub fn wake(&mut self, wake: &Wake) {
        match wake {
            Wake::Disk => self.disk_wrote(),
            Wake::Child(child) => self.hear(*child),
            _ => {}
        }
        self.step_net(|net, turn| net.wake(wake, turn));
    }

    /// Turns readiness into events, for at most this long.
    pub fn serve(&mut self, at_most: Duration) {
        let until = self.now() + at_most;
        self.step_net(|net, turn| net.serve(until, turn));
    }

    /// Takes the last events and ends the recording; true if its disk has not taken all.
    pub fn finish(&mut self) -> bool {
        self.take_events();
        let now = self.now();
        self.app.close_recording(Actor::Loop, now);
        self.app.is_closing()
    }

    /// Only disks are waited for, for the first time or again: what runs ends, and somebody may ask for the end again.
    pub fn rest(&mut self) {
        self.quit = false;
        let now = self.now();
        self.app.take_over();
        self.app.end_works(now);
    }

    /// Carries out something of a socket, as a person asks for it.
    pub fn want(&mut self, conn: ConnId, want: Want) {
        self.carry_out(Actor::User, Wish::Socket(conn, want));
        self.take_events();
    }

    /// Adds an event of our own.
    pub fn tell(&mut self, by: Actor, conn: Option<ConnId>, what: What) {
        let at = self.now();
        self.events.push(Event { at, conn, by, what });
    }

    fn carry_out(&mut self, by: Actor, wish: Wish) {
        let now = self.now();
        match wish {
            wish if self.is_beyond(&wish) => self.refuse_beyond(by),
            Wish::Make(make) => {
                // Of a crowd some stand outside as long as nobody accepts: that is what it is for. What is held comes
                // to be by the script's own next lines.
                let is_awaited =
                    !matches!(make, Make::Crowd { .. }) && !self.app.session.is_holding();
                if by == Actor::Script && is_awaited {
                    self.app.made();
                }
                // Both ends of a pair are there when it is connected.
                if matches!(make, Make::Pair { .. }) {
                    self.wait_for_sockets();
                }
                self.step_net(|net, turn| net.make(by, make, turn));
            }
            Wish::Socket(conn, _) if self.is_peers(conn) => {
                let why = "this socket is the peer's: kill, stop and reboot are for peers";
                self.tell(by, Some(conn), What::Refused(why.to_owned()));
            }
            Wish::Socket(conn, Want::Keep(keep)) => self.keep(by, conn, keep),
            Wish::Lab(lab) => self.lab(by, lab),
            Wish::Line(line) => self.wait_with(by, &line),
            Wish::Socket(conn, want) => {
                self.step_net(|net, turn| net.want(by, conn, want, turn));
            }
            Wish::Hold(hold) => {
                self.step_net(|net, turn| net.hold(by, hold, turn));
            }
            Wish::Probe(probe) => {
                self.step_net(|net, turn| net.probe(by, probe, turn));
            }
            Wish::Quit => self.quit = true,
            Wish::Cancel(conn) => {
                // In the past nothing waits that could be ended from there.
                let is_now = self.app.session.travelled().is_none();
                self.cancel(by, conn.filter(|_| is_now));
            }
            Wish::Open(path) => self.done(by, |engine| engine.open(by, &path)),
            Wish::Export(export) => self.done(by, |engine| engine.export(by, export)),
            Wish::Record(record) => self.done(by, |engine| engine.record(by, record)),
            Wish::Save(save) => self.done(by, |engine| engine.save(by, save)),
            Wish::Store { .. } | Wish::Forget(_) => {
                self.done(by, |engine| engine.rewrite_library(&wish));
            }
            // What a person cannot look at is nothing that happened: it is said and not logged.
            Wish::View(view) if by == Actor::User => {
                match self.app.carry_out(by, Wish::View(view), now) {
                    Ok(events) => self.events.extend(events),
                    Err(why) => {
                        self.app.ui.notify(&why, now);
                        self.app.ui.touch();
                    }
                }
            }
            other => {
                match self.app.carry_out(by, other, now) {
                    Ok(events) => self.events.extend(events),
                    Err(why) => self.tell(by, None, What::Refused(why)),
                }
                // What becomes of a held message is nothing that happened yet.
                self.obey_machines();
            }
        }
    }

    /// Does something of the program's own, and tells why nothing came of it.
    fn done(&mut self, by: Actor, something: impl FnOnce(&mut Self) -> Result<(), String>) {
        if let Err(why) = something(self) {
            self.tell(by, None, What::Refused(why));
        }
    }

    /// A step of the net, whose events are taken later.
    fn step_net<T>(&mut self, step: impl FnOnce(&mut Net, &mut Turn) -> T) -> T {
        let mut turn = Turn {
            os: self.os,
            capture: &mut self.app.session,
            events: &mut self.events,
        };
        step(&mut self.net, &mut turn)
    }

    fn take_events(&mut self) {
        while !self.events.is_empty() {
            self.taken += self.events.len() as u64;
            if self.app.ui.wants_turns() {
                self.xray.take(&self.events);
            }
            self.app.apply(self.events.drain(..));
            self.obey_machines();
        }
    }

    /// Carries out what the machines wish for; its events are taken next.
    fn obey_machines(&mut self) {
        for command in self.app.commanded() {
            self.carry_out(command.by, command.wish);
        }
    }
}
