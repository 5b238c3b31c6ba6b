//! Arguments, a mode, an exit status; nothing else.

use std::io::{self, Write};
use std::process::ExitCode;

use sockeye::args::{self, Asked};
use sockeye::escape::clean;
use sockeye::event::Event;
use sockeye::os::{Memory, Os, Place, Real, lab};
use sockeye::peer::{Part, Told};
use sockeye::run::{
    self, Ending, Pipe, Plain, Plan, Printer, Relay, Workbench, configure, run, spoken,
};

#[global_allocator]
static MEMORY: Memory = Memory;

/// The largest script that is read.
const SCRIPT_MAX_BYTES: u64 = 16 << 20;

fn main() -> ExitCode {
    let ending = match args::parse(std::env::args_os()) {
        Ok(asked) => carry_out(asked),
        Err(ending) => ending,
    };
    if let Some(message) = &ending.message {
        // There is nobody to tell that standard error is closed.
        let lines: Vec<_> = message.lines().map(clean).collect();
        let _ = writeln!(io::stderr(), "sockeye: {}", lines.join("\n"));
    }
    ExitCode::from(ending.code)
}

fn carry_out(asked: Asked) -> Ending {
    if let Asked::Print(text) = asked {
        return print(&text);
    }
    if let Asked::Lab { began, at, part } = &asked {
        lab::end_with_starter();
        if let Part::Program(design) = part {
            // Before there is a thread, so that it may fork.
            lab::serve(*design, at, *began, told);
            return Ending::code(0);
        }
    }
    let mut os = match Real::new() {
        Ok(os) => os,
        Err(error) => return Ending::failure(3, format!("the poller could not be made: {error}")),
    };
    match asked {
        Asked::Workbench { plan, is_demo } => match configure(&mut os, plan) {
            Ok(plan) if plan.plain => run(&mut os, &mut Plain::new(is_demo), plan),
            Ok(plan) => run(&mut os, &mut Workbench::new(is_demo), plan),
            Err(ending) => ending,
        },
        Asked::Lab { began, at, part } => match part {
            Part::Machine(machine) => run::lab(&mut os.since(began), at, machine),
            Part::Program(_) => Ending::code(0),
        },
        Asked::Paths => print(&paths(&os)),
        Asked::Help(words) => {
            let locale = spoken(&mut os, args::language(&words).as_deref());
            print(&args::help(words, &locale))
        }
        Asked::Pipe { line, plan } => run(&mut os, &mut Pipe::new(line), plan),
        Asked::Relay {
            json,
            is_framed,
            time,
            plan,
        } => run(&mut os, &mut Relay::new(json, is_framed, time), plan),
        Asked::Extract { mut extract, plan } => run(&mut os, &mut *extract, plan),
        Asked::Filter { file, mut filter } => run::filter(&mut os, file.as_deref(), &mut *filter),
        Asked::Script {
            name,
            file,
            json,
            plan,
        } => match read(&mut os, &file) {
            Ok(text) => match args::script(&name, &text) {
                Ok(script) => run(
                    &mut os,
                    &mut Printer::new(name, json),
                    Plan {
                        script: Some(script),
                        ..plan
                    },
                ),
                Err(ending) => ending,
            },
            Err(ending) => ending,
        },
        Asked::Print(_) => Ending::code(0),
    }
}

/// An event of a server as it goes to whoever started it.
fn told(event: Event, bytes: &[u8]) -> Vec<u8> {
    let (bytes, mut words) = (bytes.to_vec(), Vec::new());
    Told { event, bytes }.write(&mut words);
    words
}

fn print(text: &str) -> Ending {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Ending::code(0),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ending::code(141),
        Err(error) => Ending::failure(74, format!("standard output: {error}")),
    }
}

/// A line for each directory of ours; of a place that the environment does not tell, there is none.
fn paths(os: &Real) -> String {
    let row = |place: Place| {
        let path = os.place(place)?;
        Some(format!("{:<7}{}\n", place.name(), clean(&path)))
    };
    Place::ALL.into_iter().filter_map(row).collect()
}

/// The text of a script.
fn read(os: &mut Real, file: &str) -> Result<String, Ending> {
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        io::Read::read_to_end(
            &mut io::Read::take(io::stdin(), SCRIPT_MAX_BYTES),
            &mut bytes,
        )
        .map_err(|error| Ending::failure(3, format!("standard input: {error}")))?;
        bytes
    } else {
        os.read_file(file, SCRIPT_MAX_BYTES).map_err(|errno| {
            Ending::failure(3, format!("{file}: {} ({})", errno.text(), errno.name()))
        })?
    };
    String::from_utf8(bytes).map_err(|error| {
        Ending::failure(
            2,
            format!(
                "{file}: byte {} is not UTF-8 text",
                error.utf8_error().valid_up_to()
            ),
        )
    })
}
