//! Sockeye, an interactive terminal explorer for sockets. This page is the architecture.
//!
//! # Bird's eye
//!
//! **Events in, one append-only log, commands out.** An *event* is a fact that the world reported: mostly a system
//! call, with its arguments, its result or errno, its duration and who asked for it. A *command* is a wish. Nothing
//! else moves through the program: keys, the prompt and scripts all become lines of one language, lines become
//! commands, the net carries commands out and reports events, and the session is what follows from the events. Panes
//! are views of the session, so the screen shows what the kernel did and never what was wished.
//!
//! ```text
//!            keys, prompt, scripts                         panes, sentences, JSON, expectations
//!                    │                                                         ▲
//!   tty ─▶ ui ─▶ command line ─▶ command ─▶ Command ─▶ net ─▶ Event ─▶ session ┘
//!                                                       │                 ▲
//!                                                       ▼                 │ bytes, stored once
//!                                                       os ────────▶ tapes┘
//! ```
//!
//! # A turn of the loop ([`run`])
//!
//! 1. What is due is done, and events are taken by the session. Long work goes on by a slice: framings cut, a search
//!    looks on, a file is written, a repeated command is carried out. The script takes its steps.
//! 2. The face shows what changed. The workbench draws a frame if one is due (60 a second at the most) and writes it
//!    without waiting; the other faces write lines or bytes, as far as they are taken.
//! 3. One wait for readiness, a signal, a helper's answer or the next deadline; it does not wait while there is work.
//!    No deadline, no wake-up: an idle Sockeye makes no system call.
//! 4. Readiness becomes events, the keyboard's first, for at most 4 ms, a share for each socket in turn.
//!
//! # Code map, in reading order
//!
//! | room | what it is |
//! |---|---|
//! | [`event`] | the vocabulary: events, commands, calls, errnos, options; where bytes go (`Spill`, `Sink`) |
//! | [`endpoint`] | addresses, as people write them and as the kernel has them |
//! | [`words`] | the words of a line with their columns, and the complaint about one |
//! | [`expr`] | byte expressions: `"hello\n" u16be(5) 0d0a`; integers and checksums |
//! | [`escape`] | bytes and names to printable text: the only way by which they reach a screen |
//! | [`locale`] | the sentences that people read, a table a language (`assets/locales/`) |
//! | [`tape`] | the bytes of one direction, in memory up to a budget, then in an unnamed file |
//! | [`inspect`], [`hexdump`] | readings of a few bytes; rows of many |
//! | [`literal`] | bytes as people paste them elsewhere: one file and one row a format |
//! | [`framing`] | how bytes become messages: one file and one row a framing; grammars, the cutter, what messages say |
//! | [`command`] | the language: one file and one row a verb |
//! | [`session`] | the log and what follows from it: sockets, lanes of bytes, messages, searches; as JSON |
//! | [`cause`] | why a call failed or a stream ended: rules over the log, one file a family, one row a rule |
//! | [`guess`] | which framing a stream looks like, with the evidence |
//! | [`storm`] | received bytes through a rule, however they may have been cut |
//! | [`tap`] | taps: a connection to the target for each client; a machine, events in and commands out |
//! | [`fault`] | what a tap does to bytes on their way, seeded: one file and one row a kind; holding, replacing |
//! | [`peer`] | lab peers: what each does, as events in and commands out; how their events reach the session |
//! | [`answer`] | rules that answer messages by themselves: which fits, and when it has been enough |
//! | [`export`] | the calls as a program: one file and one row a language |
//! | [`record`] | a session as a pcapng file, and the way back; the blocks of such files |
//! | [`flow`] | the packets of any capture as conversations: link layers, IP, TCP put together again, UDP |
//! | [`script`] | lines and expectations, stepped by events |
//! | [`keymap`] | keys ↔ command lines, as data: the footer and the help derive from it |
//! | [`ui`] | what a person looks at: focus, one selection, the lines being typed; one file and one row a pane |
//! | [`app`] | all the state of a run: session, screen, script, values, and the long work with its one way to end |
//! | [`config`] | the configuration file: a few keys, checked by what they set |
//! | [`os`] | the seam: one trait, a method for each thing that is asked of the system; `os::real` is the real one |
//! | [`net`] | carries out commands on sockets, reports events; owns interest, outboxes, waiting calls, deadlines |
//! | [`tty`] | the terminal as a device: input bytes to keys, frames and the clipboard to bytes |
//! | [`run`] | the one loop body, its engine, its faces; what a run is given and leaves |
//! | [`args`] | the command line, its completions, the manual page |
//!
//! # From bytes to messages
//!
//! A row of [`framing::FRAMINGS`] reads words and gives a [`framing::Rule`], which makes decoders and knows the way
//! back.
//!
//! - A [`framing::Decoder`] only cuts: messages with their ranges, in bounded state, the same however the bytes came.
//!   Most are written as a `Grammar`, which says what it wants next and never sees how bytes arrived; a `Reader` feeds
//!   it. `stx`, `crc` and `then` are rules around rules.
//! - What a message says, its note and its fields, [`framing::Rule::dissect`] names from the bytes on the tape, and
//!   only for messages that somebody looks at.
//! - A [`framing::Cutter`] runs a rule over a tape, a slice at a time. It keeps the newest messages and checkpoints: a
//!   decoder forked every so often, from which any other message is cut again.
//! - Rules that read one direction by the other (a response by its request) send letters through [`framing::Cx`].
//!   Where a rule does, `session::lane::both` cuts the two directions in the order in which their bytes moved.
//! - [`guess`] and [`storm`] run decoders over bytes and know no socket: many rules over one stream, one rule under
//!   every cut.
//!
//! # Earlier moments
//!
//! A person may look at the session as it was after any event, while it goes on. The session keeps apart what only
//! grows (`session::store`: tapes, log, names, addresses), what is true at a moment (`session::moment`), and the
//! messages, which follow from both (`session::lane`).
//!
//! - Copies of a moment share what did not change. Some are kept (`session::snapshots`), fewer the more they hold; any
//!   other is folded from the last one before it, in slices.
//! - Messages of the past are cut on from the last checkpoint before it, and only where somebody looks.
//! - [`session::Session::seen`] shows that moment: whatever is asked there answers for it, so that panes need not know.
//!   The app shows it to the screen and to nobody else. Commands that act ([`command::Verb::acts`]) are refused there.
//!
//! # Files that are opened
//!
//! A recording of ours or a capture of others becomes the session, a piece each turn (`app::open`): [`flow::Capture`]
//! reads it, [`record`] restores its log or [`flow`] puts its packets together, and either way what comes out is events
//! and the places of bytes in the file. Bytes stay there: a tape knows the file as a shelf (`tape::shelves`), and the
//! index of what lies where stands on a tape, too. Calls behind packets nobody saw: they are told by
//! [`event::Actor::Packets`] and marked as inferred. No command reaches a socket then ([`command::Verb::reaches`]).
//!
//! # Faces
//!
//! A run has one engine and one [`run::Face`], which reads what people give and shows what happened. `Workbench` is
//! the screen. `Plain` says what happens in sentences and reads lines (`ui::plain` has the words). `Printer` plays a
//! script, and prints what it says or all events as JSON. `Pipe` is standard input and output through one socket. None
//! of them knows what a command means, and the engine does not know which one it has.
//!
//! Beside them stand filters ([`run::Filter`]): bytes in, bytes out, no sockets and no engine. They are `decode`,
//! `encode` and `guess` of the command line.
//!
//! # What a run is given and leaves
//!
//! Words on the command line beat the environment, which beats `config.toml` (`run::configure`). Lines typed, layout
//! and used hints are `memory.toml` in the state directory: what it holds is `ui`'s matter, when it is read and written
//! `run`'s. Messages stored by name are `saved.txt` in the data directory, a text that [`app`] reads and rewrites. Both
//! are locked and read again before they are written, since other runs share them, and replaced whole. `--clean`
//! touches none of the three. `-v` counts turns in `debug.log`. No failure of these files is more than a notice.
//!
//! # Invariants
//!
//! - A room imports only from rooms to its left (`endpoint event expr escape words locale ← tape inspect hexdump
//!   literal ← framing ← command ← session ← tap fault peer cause guess storm answer script record flow export ←
//!   keymap ui ← app config ← run args ← main`);
//!   `net` and `tty` import only `event`, `endpoint` and `os`, and only `run` imports them. `tests/tidy.rs` holds this.
//! - Outside of `os` nothing makes a system call, reads a clock, opens a file or starts a thread. The whole program
//!   runs on the simulated kernel in `tests/sim/`, unchanged.
//! - The session, and everything left of it, cannot fail, cannot wait and knows no clock: time comes with the events.
//! - What `recv` returned is appended to a tape once, before its event is told, and never changes. Events name bytes by
//!   range.
//! - Nobody outside of `net` matches on a transport, nobody outside of `framing` on a framing's name, nobody outside of
//!   `ui` on a pane. A new one is one file and one row of its table.
//! - `render` takes `&self`; handlers never draw. No byte of a peer, a file or a name server reaches the terminal
//!   unescaped: panes write through `escape`, and the finished screen is checked once more.
//! - A network failure is no `Err`: it is an event, stays in the log and shows its cause.
//! - Every queue has a limit and says so when it is hit; sockets are then read no further, and nothing is dropped.
//! - Work that may take long goes on in slices, says how far it is, and ends by `cancel` or C-c.
//! - Sentences stand in the tables of [`locale`]; calls, errnos, commands, keys and the log are in no language.

#![cfg_attr(
    test,
    expect(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a test that cannot go on has failed"
    )
)]

pub mod answer;
pub mod app;
pub mod args;
pub mod cause;
pub mod command;
pub mod config;
pub mod endpoint;
pub mod escape;
pub mod event;
pub mod export;
pub mod expr;
pub mod fault;
pub mod flow;
pub mod framing;
pub mod guess;
pub mod hexdump;
pub mod inspect;
pub mod keymap;
pub mod literal;
pub mod locale;
pub mod net;
pub mod os;
pub mod peer;
pub mod record;
pub mod run;
pub mod script;
pub mod session;
pub mod storm;
pub mod tap;
pub mod tape;
pub mod tty;
pub mod ui;
pub mod words;
