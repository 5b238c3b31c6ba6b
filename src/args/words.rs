//! The words behind the program's name, as clap reads them: what may stand there and what help says about it. What they
//! mean is `args`' matter.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Arg, Args, Command, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

use super::manual;
use crate::export::DOCUMENTS;
use crate::framing::FRAMINGS;
use crate::locale::Locale;
use crate::words::{size, time};

/// The most bytes that are fed at once.
const CHUNK_MAX_BYTES: usize = 16 << 20;

/// An interactive terminal explorer for sockets: connect, listen, send, receive, and see what the kernel did.
#[derive(Debug, Parser)]
#[command(
    name = "sockeye",
    version,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = manual::exit(&Locale::default())
)]
pub(super) struct Line {
    #[command(subcommand)]
    pub(super) mode: Option<Mode>,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
pub(super) struct Common {
    /// Run these commands after opening, joined by `;`
    #[arg(short = 'c', value_name = "COMMANDS", global = true)]
    pub(super) commands: Vec<String>,
    /// Write all that happens to a new file, which Wireshark opens, too
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, global = true)]
    pub(super) record: Option<String>,
    /// The colours, as the command `theme` names them
    #[arg(long, value_name = "NAME", global = true)]
    pub(super) theme: Option<String>,
    /// The terminal's background, where `COLORFGBG` does not tell: light or dark
    #[arg(long, value_name = "light|dark", value_parser = ["light", "dark"],
        hide_possible_values = true, global = true)]
    pub(super) bg: Option<String>,
    /// The language of sentences: en or fr (else that of the configuration, else that of `LANG`)
    #[arg(long, value_name = "CODE", value_parser = PossibleValuesParser::new(Locale::names()),
        hide_possible_values = true, global = true)]
    pub(super) lang: Option<String>,
    /// Bold, dim and reverse instead of colours (also: `NO_COLOR`)
    #[arg(long, global = true)]
    pub(super) no_color: bool,
    /// Plain ASCII instead of rules and signs
    #[arg(long, global = true)]
    pub(super) ascii: bool,
    /// What changes by time alone does so once a second at the most
    #[arg(long, global = true)]
    pub(super) no_motion: bool,
    /// Sentences instead of a screen, commands from standard input (also: `ACCESSIBLE=1`). At the end of the input it
    /// ends, once all is sent and no answer has come for a second; `sockeye run` can wait longer
    #[arg(long, global = true)]
    pub(super) plain: bool,
    /// Read no configuration, memory or stored messages of earlier runs, and leave none
    #[arg(long, global = true)]
    pub(super) clean: bool,
    /// Say less: with --plain received bytes and errors alone, in scripts no `say`, no `ready`
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Write how the loop runs into debug.log in the state directory
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// The forms in which a session is written down.
fn forms() -> impl Iterator<Item = PossibleValue> {
    let forms = DOCUMENTS.iter();
    forms.map(|form| PossibleValue::new(form.name()).help(form.help()))
}

#[derive(Debug, Subcommand)]
pub(super) enum Mode {
    /// Watch two ends of a conversation on this machine; any key takes over
    Demo,
    /// Connect: `HOST:PORT`, `udp://HOST:PORT`, `unix:/PATH`
    Connect(Open),
    /// Listen: `:PORT` on this machine, `*:PORT` for all who reach it, `udp://:PORT`, `unix:/PATH`
    Listen(Open),
    /// Stand between a client and a server, and see what they say to each other
    Tap(Tap),
    /// Look at a recording, or at any pcapng or pcap, as if it happened now
    Open {
        /// The file
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: String,
    },
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
    /// Print what happened in a recording or a capture: every event and message, a line each
    Dump {
        /// The recording, or any pcapng or pcap
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: String,
        /// As JSON, an object a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        part: Chosen,
    },
    /// Write a recording or a capture in another form
    Export {
        /// Which
        #[arg(value_name = "FORMAT", value_parser = PossibleValuesParser::new(forms()))]
        format: String,
        /// The recording, or any pcapng or pcap
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: String,
        /// Where it is written; else to standard output
        #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
        out: Option<String>,
        /// Replace OUT if it exists
        #[arg(long)]
        over: bool,
        /// Whose part a script plays: client or server
        #[arg(long = "as", value_name = "client|server", value_parser = ["client", "server"],
            hide_possible_values = true)]
        side: Option<String>,
        #[command(flatten)]
        part: Chosen,
    },
    /// Cut bytes into messages, and print a line for each
    #[command(after_help = manual::rules(&Locale::default()))]
    Decode {
        /// How, as one word: `line`, 'len u16be at 2', 'http1 response to HEAD'
        #[arg(value_parser = Rule, hide_possible_values = true)]
        framing: String,
        /// Where the bytes are; else they come from standard input
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<String>,
        /// Feed so many bytes at a time, at most 16M
        #[arg(long, value_name = "N", value_parser = parse_chunk)]
        chunk: Option<usize>,
        /// A JSON object for each message, with its fields
        #[arg(long)]
        json: bool,
    },
    /// Frame each line as a payload, and write what goes over the wire
    #[command(after_help = manual::rules(&Locale::default()))]
    Encode {
        /// How, as one word: `line`, 'len u16be at 2'
        #[arg(value_parser = Rule, hide_possible_values = true)]
        framing: String,
        /// Where the lines are; else they come from standard input
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<String>,
        /// The lines are hex
        #[arg(long)]
        hex: bool,
    },
    /// Tell which framing bytes look like, and why; only the first 64 KiB are looked at
    Guess {
        /// Where the bytes are; else they come from standard input
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<String>,
        /// A JSON object for each framing that fits
        #[arg(long)]
        json: bool,
    },
    /// Print where configuration, memory and large recordings lie
    Paths,
    /// Print what makes a shell complete these words: `source <(sockeye completions bash)`
    Completions {
        /// The shell
        shell: Shell,
    },
    /// A lab peer's process; `peer` starts it
    #[command(hide = true)]
    Lab {
        /// When the program that starts it began, by the system's clock, in nanoseconds
        began: u64,
        /// Where it listens
        addr: String,
        /// What it does
        #[arg(required = true, trailing_var_arg = true)]
        kind: Vec<String>,
    },
    /// Print the manual page: `sockeye man | man -l -`
    Man,
}

/// A part of a session.
#[derive(Debug, Args)]
pub(super) struct Chosen {
    /// Of this socket alone
    #[arg(long, value_name = "NAME")]
    pub(super) conn: Option<String>,
    /// Of this direction alone: in (c2s) or out (s2c), seen from the socket
    #[arg(long, value_name = "in|out", value_parser = ["in", "out", "c2s", "s2c"],
        hide_possible_values = true)]
    pub(super) dir: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Open {
    /// Where; a name is tried address by address
    #[arg(required = true, value_name = "ADDR")]
    pub(super) addresses: Vec<String>,
    /// No screen: standard input to the socket, the socket to standard output, byte by byte. A listener says
    /// `ready ADDR` on standard error
    #[arg(long)]
    pub(super) headless: bool,
}

#[derive(Debug, Args)]
pub(super) struct Tap {
    /// Where clients come
    #[arg(value_name = "ADDR")]
    pub(super) at: String,
    /// The target, to which each of them is connected
    #[arg(value_name = "ADDR")]
    pub(super) to: String,
    /// No screen: print `ready ADDR` and relay until SIGINT or SIGTERM
    #[arg(long)]
    pub(super) headless: bool,
    /// Keep at most this much of all conversations together, the newest: 64k, 256M
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) keep: Option<u64>,
    /// Cut messages: `line`, 'len u16be at 2'; without a screen each is printed
    #[arg(long, value_name = "FRAMING", value_parser = Rule, hide_possible_values = true)]
    pub(super) frame: Option<String>,
    /// Without a screen: print every event, and message, as a line of JSON
    #[arg(long, requires = "headless")]
    pub(super) json: bool,
    /// Without a screen: end after this long: 200ms, 3s, 2m
    #[arg(long = "for", value_name = "T", value_parser = parse_time, requires = "headless")]
    pub(super) time: Option<std::time::Duration>,
}

/// A framing in its words. What they mean, `framing` says; a shell offers the first of them.
#[derive(Clone)]
struct Rule;

impl TypedValueParser for Rule {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let names = FRAMINGS.iter().map(|framing| framing.name());
        Some(Box::new(names.map(PossibleValue::new)))
    }
}

fn parse_time(text: &str) -> Result<std::time::Duration, String> {
    time(text).ok_or_else(|| "a time such as 200ms, 3s or 2m".to_owned())
}

fn parse_size(text: &str) -> Result<u64, String> {
    size(text).ok_or_else(|| "a size such as 64k or 256M".to_owned())
}

fn parse_chunk(text: &str) -> Result<usize, String> {
    let bytes = size(text).and_then(|bytes| usize::try_from(bytes).ok());
    let fits = bytes.filter(|bytes| (1..=CHUNK_MAX_BYTES).contains(bytes));
    fits.ok_or_else(|| "1 to 16M".to_owned())
}
