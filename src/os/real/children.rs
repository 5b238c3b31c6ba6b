//! Children: this program anew, as lab peers, each in a process group of its own with a pipe to it and one from it.
//! None outlives us: they are killed and waited for when this is dropped, and see to it themselves where it is not.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child as Process, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use polling::Poller;
use rustix::buffer::spare_capacity;
use rustix::io::{ioctl_fionbio, retry_on_intr};
use rustix::process::{Pid, Signal, kill_process_group};

use super::poller::{FIRST_CHILD, Watched};
use super::{Real, errno, files};
use crate::event::Errno;
use crate::os::{Child, ChildSignal, Children as Asked, Got, Interest};

/// The room of one read: what a pipe holds.
const READ_BYTES: usize = 64 << 10;

/// All children.
#[derive(Debug)]
pub(super) struct Children {
    poller: Arc<Poller>,
    program: PathBuf,
    open: BTreeMap<u64, Running>,
    /// Killed, and not waited for yet.
    dying: Vec<Process>,
    next: u64,
}

#[derive(Debug)]
struct Running {
    process: Process,
    input: OwnedFd,
    output: Watched<OwnedFd>,
}

impl Children {
    pub(super) fn new(poller: &Arc<Poller>) -> Self {
        Self {
            poller: Arc::clone(poller),
            program: own_program(),
            open: BTreeMap::new(),
            dying: Vec::new(),
            next: 0,
        }
    }

    /// What is started from now on.
    pub(super) fn start(&mut self, program: &Path) {
        program.clone_into(&mut self.program);
    }

    /// Starts one. It is not in the poller yet.
    pub(super) fn spawn(&mut self, began: Duration, words: &[String]) -> io::Result<Child> {
        let mut process = Command::new(&self.program)
            .arg0("sockeye")
            .arg("lab")
            .arg(began.as_nanos().to_string())
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // What the terminal sends to our group is not for it.
            .process_group(0)
            .spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(io::Error::from_raw_os_error(libc::EBADF));
        };
        let (input, output) = (OwnedFd::from(input), OwnedFd::from(output));
        for pipe in [&input, &output] {
            ioctl_fionbio(pipe, true)?;
        }
        let number = self.next;
        self.next += 1;
        let output = Watched::new(&self.poller, output, key(number));
        self.open.insert(
            number,
            Running {
                process,
                input,
                output,
            },
        );
        Ok(Child(number))
    }

    pub(super) fn watch(&mut self, child: Child, read: bool) {
        if let Some(running) = self.open.get_mut(&child.0) {
            // Without memory in the kernel it is not told of until it is watched again.
            let _ = running.output.watch(Interest {
                read,
                ..Interest::default()
            });
        }
    }

    pub(super) fn read(&mut self, child: Child, buf: &mut Vec<u8>) -> Got<usize> {
        let running = self.open.get(&child.0).ok_or(Errno::EBADF)?;
        buf.reserve(READ_BYTES);
        let output = running.output.source();
        let read = retry_on_intr(|| rustix::io::read(output, spare_capacity(buf)));
        let read = read.map_err(|error| errno::of_io(error.into()));
        if read == Ok(0) {
            self.end(child);
        }
        read
    }

    pub(super) fn write(&self, child: Child, bytes: &[u8]) -> Got<usize> {
        let running = self.open.get(&child.0).ok_or(Errno::EBADF)?;
        let written = retry_on_intr(|| rustix::io::write(&running.input, bytes));
        written.map_err(|error| errno::of_io(error.into()))
    }

    pub(super) fn signal(&self, child: Child, signal: ChildSignal) -> Got<()> {
        let running = self.open.get(&child.0).ok_or(Errno::EBADF)?;
        let signal = match signal {
            ChildSignal::Kill => Signal::KILL,
            ChildSignal::Stop => Signal::STOP,
            ChildSignal::Continue => Signal::CONT,
        };
        tell_group(&running.process, signal).map_err(errno::of_io)
    }

    /// The child of a poller's key.
    pub(super) fn of_key(&self, key: usize) -> Option<Child> {
        let number = u64::try_from(key.checked_sub(FIRST_CHILD)?).ok()?;
        self.open.contains_key(&number).then_some(Child(number))
    }

    /// Clears away those that ended (wait(2)): SIGCHLD ends the wait of the loop when there is one.
    pub(super) fn reap(&mut self) {
        self.dying
            .retain_mut(|process| matches!(process.try_wait(), Ok(None)));
    }

    /// A child has said its last word: whatever is left of it has to go.
    fn end(&mut self, child: Child) {
        if let Some(running) = self.open.remove(&child.0) {
            let _ = tell_group(&running.process, Signal::KILL);
            self.dying.push(running.process);
            self.reap();
        }
    }
}

impl Asked for Real {
    fn spawn(&mut self, words: &[String]) -> Got<Child> {
        let began = files::clock().saturating_sub(self.began.elapsed());
        self.children.spawn(began, words).map_err(errno::of_io)
    }

    fn watch_child(&mut self, child: Child, read: bool) {
        self.children.watch(child, read);
    }

    fn read_child(&mut self, child: Child, buf: &mut Vec<u8>) -> Got<usize> {
        self.children.read(child, buf)
    }

    fn write_child(&mut self, child: Child, bytes: &[u8]) -> Got<usize> {
        self.children.write(child, bytes)
    }

    fn signal_child(&mut self, child: Child, signal: ChildSignal) -> Got<()> {
        self.children.signal(child, signal)
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for (_, running) in std::mem::take(&mut self.open) {
            let _ = tell_group(&running.process, Signal::KILL);
            self.dying.push(running.process);
        }
        for process in &mut self.dying {
            // It was killed, so this is short.
            let _ = process.wait();
        }
    }
}

/// A signal to a child and to what it started. Its number is its own until it was waited for, which only we do.
fn tell_group(process: &Process, signal: Signal) -> io::Result<()> {
    let id = i32::try_from(process.id()).ok().and_then(Pid::from_raw);
    let id = id.ok_or_else(|| io::Error::from_raw_os_error(libc::ESRCH))?;
    Ok(kill_process_group(id, signal)?)
}

fn key(number: u64) -> usize {
    usize::try_from(number).map_or(FIRST_CHILD, |number| FIRST_CHILD.saturating_add(number))
}

/// This program. On Linux the kernel's own name for it, which holds even when the file was replaced meanwhile.
fn own_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        return PathBuf::from("/proc/self/exe");
    }
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("sockeye"))
}
