//! What the simulated kernel has beside sockets: a terminal that types by a schedule, standard input and output, files,
//! and a spill file in memory.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use sockeye::event::{Errno, Spill};
use sockeye::os::{Got, Place, Signal, Wake};

use super::sockets::errno;

/// Something that the world outside does at a time.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// Keys.
    Typed(Vec<u8>),
    /// The window's new size, columns and rows.
    Resized(u16, u16),
    /// A signal.
    Signal(Signal),
    /// The terminal takes nothing from now on, or again.
    Stalled(bool),
    /// The terminal is gone.
    TerminalGone,
    /// Bytes on standard input.
    Stdin(Vec<u8>),
    /// Its end.
    StdinEnd,
    /// Another Sockeye leaves a file.
    Kept(Place, &'static str, &'static str),
}

/// Terminal, standard streams and files.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of their own, each set and read apart"
)]
pub(crate) struct Console {
    /// What will happen, by time.
    pub(crate) schedule: Vec<(Duration, Happening)>,
    typed: VecDeque<u8>,
    gone: bool,
    pub(crate) has_terminal: bool,
    pub(crate) opened: bool,
    pub(crate) raw: bool,
    pub(crate) size: (u16, u16),
    /// Everything written to the terminal.
    pub(crate) screen: Vec<u8>,
    /// The terminal takes nothing for now.
    pub(crate) stalled: bool,
    pub(crate) watches_terminal: bool,
    stdin: VecDeque<u8>,
    stdin_ended: bool,
    pub(crate) watches_stdin: bool,
    pub(crate) stdout: Vec<u8>,
    pub(crate) watches_stdout: bool,
    pub(crate) signals: Vec<Signal>,
    pub(crate) stderr: String,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Files of Sockeye's own.
    kept: BTreeMap<(Place, String), Vec<u8>>,
    pub(crate) environment: BTreeMap<String, String>,
}

impl Console {
    pub(super) fn write_stderr(&mut self, line: &str) {
        self.stderr.push_str(line);
        self.stderr.push('\n');
    }

    pub(super) fn read_file(&self, path: &str, limit: u64) -> Got<Vec<u8>> {
        let content = self.files.get(path).ok_or(Errno::ENOENT)?;
        if content.len() as u64 > limit {
            return Err(super::sockets::errno("EFBIG"));
        }
        Ok(content.clone())
    }

    pub(crate) fn new() -> Self {
        Self {
            schedule: Vec::new(),
            typed: VecDeque::new(),
            gone: false,
            has_terminal: true,
            opened: false,
            raw: false,
            size: (100, 30),
            screen: Vec::new(),
            stalled: false,
            watches_terminal: false,
            stdin: VecDeque::new(),
            stdin_ended: false,
            watches_stdin: false,
            stdout: Vec::new(),
            watches_stdout: false,
            signals: Vec::new(),
            stderr: String::new(),
            files: BTreeMap::new(),
            kept: BTreeMap::new(),
            environment: BTreeMap::new(),
        }
    }

    /// Lets happen what is due.
    pub(crate) fn progress(&mut self, now: Duration) {
        let (due, later) = std::mem::take(&mut self.schedule)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.schedule = later;
        let due: Vec<(Duration, Happening)> = due;
        for (_, happening) in due {
            match happening {
                Happening::Typed(bytes) => self.typed.extend(bytes),
                Happening::Resized(columns, rows) => {
                    self.size = (columns, rows);
                    self.signals.push(Signal::Resize);
                }
                Happening::Signal(signal) => self.signals.push(signal),
                Happening::Stalled(stalled) => self.stalled = stalled,
                Happening::TerminalGone => self.gone = true,
                Happening::Stdin(bytes) => self.stdin.extend(bytes),
                Happening::StdinEnd => self.stdin_ended = true,
                Happening::Kept(place, name, text) => {
                    self.keep(place, name, text.as_bytes().to_vec());
                }
            }
        }
    }

    /// When the next thing happens.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.schedule.iter().map(|(at, _)| *at).min()
    }

    pub(crate) fn wakes(&mut self, wakes: &mut Vec<Wake>) {
        wakes.extend(self.signals.drain(..).map(Wake::Signal));
        let room = self.watches_terminal && !self.stalled;
        if self.opened && self.raw && (!self.typed.is_empty() || self.gone || room) {
            wakes.push(Wake::Terminal);
        }
        let input = self.watches_stdin && (!self.stdin.is_empty() || self.stdin_ended);
        if input || self.watches_stdout {
            wakes.push(Wake::Stdio);
        }
    }

    pub(crate) fn read_terminal(&mut self, buf: &mut Vec<u8>) -> Got<usize> {
        read(&mut self.typed, self.gone, buf)
    }

    /// A file in the place of standard input.
    pub(crate) fn open_stdin(&mut self, bytes: Vec<u8>) {
        self.stdin = bytes.into();
        self.stdin_ended = true;
    }

    pub(crate) fn read_stdin(&mut self, buf: &mut Vec<u8>) -> Got<usize> {
        read(&mut self.stdin, self.stdin_ended, buf)
    }

    pub(crate) fn read_kept(&mut self, place: Place, name: &str, limit: u64) -> Got<Vec<u8>> {
        match self.kept.get(&(place, name.to_owned())) {
            None => Err(Errno::ENOENT),
            Some(bytes) if bytes.len() as u64 > limit => Err(errno("EFBIG")),
            Some(bytes) => Ok(bytes.clone()),
        }
    }

    pub(crate) fn keep(&mut self, place: Place, name: &str, bytes: Vec<u8>) {
        self.kept.insert((place, name.to_owned()), bytes);
    }

    pub(crate) fn append_kept(&mut self, place: Place, name: &str, bytes: &[u8], anew: bool) {
        let kept = self.kept.entry((place, name.to_owned())).or_default();
        if anew {
            kept.clear();
        }
        kept.extend_from_slice(bytes);
    }

    pub(crate) fn write_terminal(&mut self, bytes: &[u8]) -> Got<usize> {
        if self.stalled {
            return Err(Errno::EAGAIN);
        }
        self.screen.extend_from_slice(bytes);
        Ok(bytes.len())
    }
}

fn read(from: &mut VecDeque<u8>, ended: bool, buf: &mut Vec<u8>) -> Got<usize> {
    if from.is_empty() && !ended {
        return Err(Errno::EAGAIN);
    }
    let len = from.len();
    buf.extend(from.drain(..));
    Ok(len)
}

/// A spill file in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Rc<RefCell<BTreeMap<u64, Vec<u8>>>>);

impl Spill for Memory {
    fn write(&mut self, offset: u64, piece: Vec<u8>) -> Result<(), Vec<u8>> {
        self.0.borrow_mut().insert(offset, piece);
        Ok(())
    }

    fn read(&self, offset: u64, buf: &mut [u8]) -> bool {
        let pieces = self.0.borrow();
        let mut done = 0;
        while done < buf.len() {
            let at = offset + done as u64;
            let Some((start, piece)) = pieces.range(..=at).next_back() else {
                return false;
            };
            let Some(rest) = usize::try_from(at - start)
                .ok()
                .and_then(|skip| piece.get(skip..))
            else {
                return false;
            };
            let len = rest.len().min(buf.len() - done);
            if len == 0 {
                return false;
            }
            buf[done..done + len].copy_from_slice(&rest[..len]);
            done += len;
        }
        true
    }

    fn room(&self) -> u64 {
        8 << 30
    }

    fn trouble(&self) -> Option<String> {
        None
    }
}
