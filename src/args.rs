//! The command line: words to a mode, a plan and a face. It makes no call itself but to read a script.

mod help;
mod manual;
mod words;
mod written;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::time::Duration;

use clap::Parser;
use clap::error::ErrorKind;

use crate::command;
use crate::config::Setting;
use crate::endpoint::Endpoint;
use crate::framing::Cut;
use crate::peer::{self, Part};
use crate::run::{Decode, Encode, Ending, Extract, Filter, Guess, Manner, Plan};
use crate::script::Script;
use crate::ui::Look;
use crate::words::Words;
pub use help::{help, language};

use words::{Common, Line, Mode, Open, Tap};

/// What the command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// The workbench.
    Workbench {
        /// What it begins with.
        plan: Plan,
        /// Any key ends the script that plays.
        is_demo: bool,
    },
    /// A script without a terminal.
    Script {
        /// The script, as messages name it.
        name: String,
        /// Where it is read from; `-` is standard input.
        file: String,
        /// All that happens as JSON.
        json: bool,
        /// The rest of the plan.
        plan: Plan,
    },
    /// Standard input and output through one socket.
    Pipe {
        /// The command that makes it.
        line: String,
        /// The rest of the plan.
        plan: Plan,
    },
    /// A tap without a terminal.
    Relay {
        /// All that happens as JSON.
        json: bool,
        /// Messages are printed.
        is_framed: bool,
        /// It ends after this long.
        time: Option<Duration>,
        /// The rest of the plan.
        plan: Plan,
    },
    /// A recording or a capture in another form.
    Extract {
        /// What is written, and where.
        extract: Box<Extract>,
        /// The rest of the plan, the file that is opened first.
        plan: Plan,
    },
    /// Bytes through a filter, without sockets.
    Filter {
        /// Where they are read from; else from standard input.
        file: Option<String>,
        /// What becomes of them.
        filter: Box<dyn Filter>,
    },
    /// A lab peer's process.
    Lab {
        /// When the program that started it began, by the system's clock.
        began: Duration,
        /// Where it listens.
        at: Endpoint,
        /// What it does.
        part: Part,
    },
    /// Text to print: the version, completions, the manual.
    Print(String),
    /// Help, which [`help`] makes of these words in the language of sentences.
    Help(Vec<OsString>),
    /// The directories of Sockeye's own files.
    Paths,
}

/// Reads the words behind the program's name.
///
/// # Errors
///
/// What does not fit, for standard error, with exit status 2.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Asked, Ending> {
    let words: Vec<OsString> = words.into_iter().collect();
    let line = match Line::try_parse_from(&words) {
        Ok(line) => line,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => return Ok(Asked::Help(words)),
        Err(error) if error.use_stderr() => {
            let words = error.to_string();
            let words = words.trim_start_matches("error: ").trim_end();
            return Err(Ending::failure(2, words));
        }
        Err(error) => return Ok(Asked::Print(error.to_string())),
    };
    let plan = plan(line.common);
    match line.mode {
        None => Ok(workbench(plan)),
        Some(Mode::Paths) => Ok(Asked::Paths),
        Some(Mode::Completions { shell }) => Ok(Asked::Print(manual::completions(shell))),
        Some(Mode::Man) => Ok(Asked::Print(manual::page())),
        Some(Mode::Lab { began, addr, kind }) => lab(began, &addr, &kind.join(" ")),
        Some(Mode::Demo) => Ok(demo(plan)),
        Some(Mode::Connect(open)) => asked("connect", &open, plan),
        Some(Mode::Listen(open)) => asked("listen", &open, plan),
        Some(Mode::Open { file }) => Ok(opened(&file, plan)),
        Some(Mode::Tap(tap)) => tapped(&tap, plan),
        Some(Mode::Dump { file, json, part }) => {
            let format = if json { "json" } else { "text" };
            let target = written::Target::default();
            Ok(written::asked(format, &file, part, target, plan))
        }
        Some(Mode::Export {
            format,
            file,
            out,
            over,
            side,
            part,
        }) => {
            let target = written::Target { out, over, side };
            Ok(written::asked(&format, &file, part, target, plan))
        }
        Some(Mode::Decode {
            framing,
            file,
            chunk,
            json,
        }) => {
            let filter = Decode::new(cut(&framing)?, chunk, json);
            Ok(filtered(file, Box::new(filter)))
        }
        Some(Mode::Encode { framing, file, hex }) => {
            let filter = Encode::new(cut(&framing)?, hex);
            Ok(filtered(file, Box::new(filter)))
        }
        Some(Mode::Guess { file, json }) => Ok(filtered(file, Box::new(Guess::new(json)))),
        Some(Mode::Run {
            file,
            json,
            timeout,
        }) => Ok(run(file, json, Plan { timeout, ..plan })),
    }
}

fn demo(plan: Plan) -> Asked {
    let plan = Plan { demo: true, ..plan };
    let is_demo = true;
    Asked::Workbench { plan, is_demo }
}

fn run(file: String, json: bool, plan: Plan) -> Asked {
    let name = match &*file {
        "-" => "standard input".to_owned(),
        file => file.to_owned(),
    };
    Asked::Script {
        name,
        file,
        json,
        plan,
    }
}

/// A tap, on the screen or without one.
fn tapped(tap: &Tap, mut plan: Plan) -> Result<Asked, Ending> {
    let mut line = format!("tap {} to {}", endpoint(&tap.at)?, endpoint(&tap.to)?);
    if let Some(keep) = tap.keep {
        // Writing to a String cannot fail.
        let _ = write!(line, " keep {keep}");
    }
    let framing = tap
        .frame
        .as_deref()
        .map(|rule| cut(rule).map(|cut| cut.words()));
    let mut lines = vec![line];
    lines.extend(framing.transpose()?.map(|rule| format!("@T1 frame {rule}")));
    lines.append(&mut plan.lines);
    plan.lines = lines;
    if !tap.headless {
        let is_demo = false;
        return Ok(Asked::Workbench { plan, is_demo });
    }
    Ok(Asked::Relay {
        json: tap.json,
        is_framed: tap.frame.is_some(),
        time: tap.time,
        plan,
    })
}

/// One address and no more: a `;` in it begins no command.
fn endpoint(word: &str) -> Result<Endpoint, Ending> {
    Endpoint::parse(word).map_err(|error| {
        let (column, shown) = (error.column + 1, crate::escape::clean(word));
        Ending::failure(2, format!("column {column}: {error}\n  {shown}"))
    })
}

fn lab(began: u64, addr: &str, kind: &str) -> Result<Asked, Ending> {
    let at = Endpoint::parse(addr).map_err(|error| Ending::failure(2, error.to_string()))?;
    let part = peer::parse(&mut Words::new(kind, 0));
    let part = part.map_err(|complaint| Ending::failure(2, complaint.to_string()))?;
    let began = Duration::from_nanos(began);
    Ok(Asked::Lab { began, at, part })
}

fn filtered(file: Option<String>, filter: Box<dyn Filter>) -> Asked {
    // As for `run`, `-` is standard input.
    let file = file.filter(|file| file != "-");
    Asked::Filter { file, filter }
}

/// A framing from one argument: `len u16be at 2`.
fn cut(text: &str) -> Result<Cut, Ending> {
    let mut words = Words::new(text, 0);
    let cut = Cut::parse(&mut words).and_then(|cut| words.finish("").map(|()| cut));
    cut.map_err(|complaint| {
        let shown = crate::escape::clean(text);
        Ending::failure(2, format!("{complaint}\n  {shown}"))
    })
}

fn plan(common: Common) -> Plan {
    let setting = |name: String| Setting {
        from: "--theme".to_owned(),
        line: format!("theme {name}"),
    };
    Plan {
        lines: common.commands,
        record: common.record,
        settings: common.theme.into_iter().map(setting).collect(),
        look: Look {
            ascii: common.ascii,
            mono: common.no_color,
            mouse: true,
            ..Look::default()
        },
        light: common.bg.map(|bg| bg == "light"),
        lang: common.lang,
        plain: common.plain,
        manner: Manner {
            clean: common.clean,
            quiet: common.quiet,
            verbose: common.verbose,
            still: common.no_motion,
        },
        ..Plan::default()
    }
}

/// A script from its text, for the plan of a run.
///
/// # Errors
///
/// The line and column of what does not fit, with exit status 2.
pub fn script(name: &str, text: &str) -> Result<Script, Ending> {
    Script::parse(text).map_err(|(line, complaint)| {
        let source = text.lines().nth(line - 1).unwrap_or_default();
        let shown = crate::escape::clean(source);
        Ending::failure(2, format!("{name}:{line}: {complaint}\n  {shown}"))
    })
}

fn asked(verb: &str, open: &Open, mut plan: Plan) -> Result<Asked, Ending> {
    let mut lines = Vec::new();
    for address in &open.addresses {
        lines.push(format!("{verb} {}", endpoint(address)?));
    }
    // What the verb itself refuses is told before the screen is taken.
    for line in &lines {
        command::check(line, None)
            .map_err(|complaint| Ending::failure(2, format!("{complaint}\n  {line}")))?;
    }
    if !open.headless {
        lines.append(&mut plan.lines);
        plan.lines = lines;
        return Ok(Asked::Workbench {
            plan,
            is_demo: false,
        });
    }
    match lines.pop() {
        Some(line) if lines.is_empty() => Ok(Asked::Pipe { line, plan }),
        _ => Err(Ending::failure(
            2,
            "--headless takes one address: standard input goes to one socket",
        )),
    }
}

/// A file on the screen, and what shall be done when it is read.
fn opened(file: &str, mut plan: Plan) -> Asked {
    plan.open = Some(file.to_owned());
    workbench(plan)
}

fn workbench(plan: Plan) -> Asked {
    Asked::Workbench {
        plan,
        is_demo: false,
    }
}
