//! The command line: words to a mode, a plan and a face. It makes no call itself but to read a script.

use std::ffi::OsString;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::command;
use crate::endpoint::Endpoint;
use crate::run::{Ending, Plan};
use crate::script::Script;
use crate::ui::Look;
use crate::words::time;

/// An interactive terminal explorer for sockets: connect, listen, send, receive, and see what the kernel did.
#[derive(Debug, Parser)]
#[command(
    name = "sockeye",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
struct Line {
    #[command(subcommand)]
    mode: Option<Mode>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Run these commands after opening, joined by `;`
    #[arg(short = 'c', value_name = "COMMANDS", global = true)]
    commands: Vec<String>,
    /// Bold, dim and reverse instead of colours (also: `NO_COLOR`)
    #[arg(long, global = true)]
    no_color: bool,
    /// Plain ASCII instead of rules and signs
    #[arg(long, global = true)]
    ascii: bool,
    /// The terminal's background, where `COLORFGBG` does not tell: light or dark
    #[arg(long, value_name = "light|dark", value_parser = ["light", "dark"], global = true)]
    bg: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Mode {
    /// Watch two ends of a conversation on this machine; any key takes over
    Demo,
    /// Connect: `HOST:PORT`, `udp://HOST:PORT`, `unix:/PATH`
    Connect(Open),
    /// Listen: `:PORT` on this machine, `*:PORT` for all who reach it, `udp://:PORT`, `unix:/PATH`
    Listen(Open),
    /// Run a script without a terminal; - reads it from standard input
    Run {
        /// The script
        #[arg(value_name = "FILE|-")]
        file: String,
        /// Print every event and message as a line of JSON
        #[arg(long)]
        json: bool,
        /// End with status 124 after this long: 200ms, 3s, 2m
        #[arg(long, value_name = "T", value_parser = parse_time)]
        timeout: Option<std::time::Duration>,
    },
}

#[derive(Debug, Args)]
struct Open {
    /// Where; a name is tried address by address
    #[arg(required = true, value_name = "ADDR")]
    addresses: Vec<String>,
    /// No screen: standard input to the socket, the socket to standard output, byte by byte
    #[arg(long)]
    headless: bool,
}

fn parse_time(text: &str) -> Result<std::time::Duration, String> {
    time(text).ok_or_else(|| "a time such as 200ms, 3s or 2m".to_owned())
}

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
    /// Text to print: help, the version.
    Print(String),
}

/// Reads the words behind the program's name.
///
/// # Errors
///
/// What does not fit, for standard error, with exit status 2.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Asked, Ending> {
    let line = match Line::try_parse_from(words) {
        Ok(line) => line,
        Err(error) if error.use_stderr() => {
            let words = error.to_string();
            let words = words.trim_start_matches("error: ").trim_end();
            return Err(Ending::failure(2, words));
        }
        Err(error) => return Ok(Asked::Print(with_language(error.to_string()))),
    };
    let look = Look {
        ascii: line.common.ascii,
        mono: line.common.no_color,
        mouse: true,
        ..Look::default()
    };
    let light = line.common.bg.map(|bg| bg == "light");
    let plan = Plan {
        lines: line.common.commands,
        look,
        light,
        ..Plan::default()
    };
    match line.mode {
        None => Ok(Asked::Workbench {
            plan,
            is_demo: false,
        }),
        Some(Mode::Demo) => {
            let script = Script::demo().map_err(|(line, complaint)| {
                Ending::failure(3, format!("demo:{line}: {complaint}"))
            })?;
            let plan = Plan {
                script: Some(script),
                ..plan
            };
            Ok(Asked::Workbench {
                plan,
                is_demo: true,
            })
        }
        Some(Mode::Connect(open)) => asked("connect", &open, plan),
        Some(Mode::Listen(open)) => asked("listen", &open, plan),
        Some(Mode::Run {
            file,
            json,
            timeout,
        }) => {
            let name = if file == "-" {
                "standard input".to_owned()
            } else {
                file.clone()
            };
            Ok(Asked::Script {
                name,
                file,
                json,
                plan: Plan { timeout, ..plan },
            })
        }
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
    // Each word is one address and no more: a `;` in it begins no command.
    let mut lines = Vec::new();
    for address in &open.addresses {
        let endpoint = Endpoint::parse(address).map_err(|error| {
            let (column, shown) = (error.column + 1, crate::escape::clean(address));
            Ending::failure(2, format!("column {column}: {error}\n  {shown}"))
        })?;
        lines.push(format!("{verb} {endpoint}"));
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

/// Help, with the language's own behind it where the whole program is explained.
fn with_language(text: String) -> String {
    if !text.contains("Commands:") {
        return text;
    }
    format!(
        "{text}\nThe language of the prompt, of keys and of scripts:\n\n{}",
        command::reference()
    )
}

/// The whole help, for tests and the manual.
#[must_use]
pub fn help() -> String {
    Line::command().render_long_help().to_string()
}
