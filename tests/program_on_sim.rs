//! The whole program on the simulated kernel: the workbench, a script's printer and the headless pipe, from the first
//! command to the exit status, in virtual time. Nothing of it touches the system. What the net alone does is tested in
//! `net_*.rs`, the real system in `os/real/tests`.

#![expect(clippy::unwrap_used, reason = "a broken test shall stop")]

#[path = "program_on_sim/disks.rs"]
mod disks;
#[path = "program_on_sim/faces.rs"]
mod faces;
#[path = "program_on_sim/faults.rs"]
mod faults;
#[path = "program_on_sim/idle.rs"]
mod idle;
#[path = "sim/kernel.rs"]
mod kernel;
#[path = "program_on_sim/keys.rs"]
mod keys;
#[path = "program_on_sim/nth.rs"]
mod nth;
#[path = "program_on_sim/opened.rs"]
mod opened;
#[path = "support/packets.rs"]
mod packets;
#[path = "program_on_sim/past.rs"]
mod past;
#[path = "program_on_sim/pipes.rs"]
mod pipes;
#[path = "sim/program.rs"]
mod program;
#[path = "support/recording.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod recording;
#[path = "program_on_sim/rows.rs"]
mod rows;
#[path = "program_on_sim/scripts.rs"]
mod scripts;
#[path = "support/tap_faults.rs"]
mod tap_faults;
#[path = "program_on_sim/taps.rs"]
mod taps;
#[path = "program_on_sim/terminal.rs"]
mod terminal;
#[path = "program_on_sim/works.rs"]
mod works;

use sockeye::args::{self, Asked};
use sockeye::event::Dir;
use sockeye::os::Wake;
use sockeye::run::{self, Ending, Engine, Face, Pipe, Plan, Printer, Relay, Workbench};

use program::Program;

/// What a session kept of one socket's one direction.
#[derive(Debug)]
struct Kept {
    name: String,
    dir: Dir,
    bytes: Vec<u8>,
}

/// A run's end.
#[derive(Debug)]
struct Outcome {
    ending: Ending,
    kept: Vec<Kept>,
    /// What happened, without its times.
    record: Vec<String>,
}

impl Outcome {
    /// What one socket received or sent.
    fn lane(&self, name: &str, dir: Dir) -> &[u8] {
        self.kept
            .iter()
            .find(|kept| kept.name == name && kept.dir == dir)
            .map_or(&[], |kept| &kept.bytes)
    }
}

/// Another face, and a look at the session before it is gone.
struct Watched<'f> {
    face: &'f mut dyn Face,
    kept: Vec<Kept>,
    record: Vec<String>,
}

impl Face for Watched<'_> {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        self.face.begin(engine)
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        self.face.wake(wake, engine);
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        self.face.show(engine);
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<std::time::Duration> {
        self.face.deadline(engine)
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        self.face.ending(engine)
    }

    fn wait_for_disks(&mut self, ending: &Ending, engine: &mut Engine<'_>) -> bool {
        self.face.wait_for_disks(ending, engine)
    }

    fn end(&mut self, engine: &mut Engine<'_>) {
        self.face.end(engine);
        let session = &engine.app.session;
        self.record = faces::record(session);
        for id in session.conns().iter().map(|conn| conn.id) {
            for dir in Dir::BOTH {
                let len = session.lane(id, dir).map_or(0, sockeye::session::Lane::len);
                let (bytes, _) = session.bytes(id, dir, 0..len);
                let name = session.name(id).to_owned();
                self.kept.push(Kept { name, dir, bytes });
            }
        }
    }
}

fn play(os: &mut Program, face: &mut dyn Face, plan: Plan) -> Outcome {
    let mut watched = Watched {
        face,
        kept: Vec::new(),
        record: Vec::new(),
    };
    let ending = run::run(os, &mut watched, plan);
    let Watched { kept, record, .. } = watched;
    Outcome {
        ending,
        kept,
        record,
    }
}

/// Runs what a command line asks for; its script, if it runs one, is handed in.
fn sockeye(os: &mut Program, words: &str, script: &str) -> Outcome {
    let words = std::iter::once("sockeye").chain(words.split(' ').filter(|word| !word.is_empty()));
    match args::parse(words.map(Into::into)).unwrap() {
        Asked::Workbench { plan, is_demo } => play(os, &mut Workbench::new(is_demo), plan),
        Asked::Pipe { line, plan } => play(os, &mut Pipe::new(line), plan),
        Asked::Script {
            name, json, plan, ..
        } => {
            let script = Some(args::script(&name, script).unwrap());
            play(os, &mut Printer::new(name, json), Plan { script, ..plan })
        }
        Asked::Relay {
            json,
            is_framed,
            time,
            plan,
        } => play(os, &mut Relay::new(json, is_framed, time), plan),
        Asked::Extract { mut extract, plan } => play(os, &mut *extract, plan),
        Asked::Filter { file, mut filter } => Outcome {
            ending: run::filter(os, file.as_deref(), &mut *filter),
            kept: Vec::new(),
            record: Vec::new(),
        },
        Asked::Print(text) => panic!("only a text: {text}"),
        Asked::Help(_) => panic!("only help"),
        Asked::Paths => panic!("only paths"),
        Asked::Lab { .. } => panic!("a peer has a process of its own"),
    }
}

/// What the session kept is what the kernel moved, exactly once and in order (FAULTS.md, I1 and I2).
#[track_caller]
fn kept_is_moved(os: &Program, outcome: &Outcome) {
    for dir in Dir::BOTH {
        let kept = outcome.kept.iter().filter(|kept| kept.dir == dir);
        let mut kept: Vec<&[u8]> = kept.map(|kept| kept.bytes.as_slice()).collect();
        kept.retain(|bytes| !bytes.is_empty());
        kept.sort();
        let mut moved = os.moved(dir);
        moved.sort();
        assert!(
            kept == moved,
            "{dir:?}: {:?}\n{:?}",
            lengths(&kept),
            lengths(&moved)
        );
    }
}

fn lengths<T: AsRef<[u8]>>(all: &[T]) -> Vec<usize> {
    all.iter().map(|bytes| bytes.as_ref().len()).collect()
}
