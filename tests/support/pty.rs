//! A terminal for tests: a pty, the program in a session of its own on it, and `vt100` as an independent screen.
//! It waits for what the screen shows or the process does, each with a deadline, and never sleeps.
//!
//! A test file says `#[path = "support/pty.rs"] mod pty;`, and `#[expect(dead_code, reason = "…")]` above it if it
//! leaves part of this unused.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics"
)]

use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, waitpid};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr, tcsetwinsize};

#[path = "terminal.rs"]
mod terminal;

use terminal::{cells, modes, open, open_terminal, size};

/// How long a wait lasts before it fails. Generous, for machines that do much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A program on a terminal of its own.
pub(crate) struct Pty {
    /// None after [`Pty::hang_up`].
    master: Option<OwnedFd>,
    /// The process.
    pub(crate) pid: Pid,
    screen: vt100::Parser,
    seen: Vec<u8>,
    /// The modes from before the program ran.
    before: String,
    sane: Termios,
    /// What the process did, from the thread that waits for it; `notice` becomes readable with each.
    changes: Receiver<WaitStatus>,
    notice: UnixStream,
    status: Option<ExitStatus>,
    stops: usize,
    reaper: Option<JoinHandle<()>>,
    stalled: bool,
}

impl Pty {
    /// Runs `command` with the terminal as its standard input, output and error, 80×24.
    pub(crate) fn spawn(mut command: Command) -> Self {
        let (master, terminal) = open(80, 24);
        command.stdin(terminal.try_clone().unwrap());
        command
            .stdout(terminal.try_clone().unwrap())
            .stderr(terminal.try_clone().unwrap());
        Self::start(command, master, terminal)
    }

    /// Runs `command` with the standard streams that it has; the terminal is only its controlling one (`/dev/tty`).
    pub(crate) fn spawn_beside(command: Command) -> Self {
        let (master, terminal) = open(80, 24);
        Self::start(command, master, terminal)
    }

    #[expect(
        clippy::zombie_processes,
        reason = "the thread that is spawned waits for it"
    )]
    #[expect(
        unsafe_code,
        reason = "a child becomes a session leader only between fork and exec"
    )]
    fn start(mut command: Command, master: OwnedFd, terminal: OwnedFd) -> Self {
        for (name, value) in [
            ("RUST_BACKTRACE", Some("0")),
            ("TERM", Some("xterm-256color")),
            ("SSH_TTY", None),
            ("NO_COLOR", None),
        ] {
            if command.get_envs().all(|(told, _)| told != name) {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
        }
        let number = terminal.as_raw_fd();
        // SAFETY: the closure makes two system calls and allocates nothing; `terminal` is open until `command` has run.
        unsafe {
            command.pre_exec(move || {
                rustix::process::setsid()?;
                Ok(rustix::process::ioctl_tiocsctty(BorrowedFd::borrow_raw(
                    number,
                ))?)
            });
        }
        let (before, sane) = (modes(&master), tcgetattr(&master).unwrap());
        let child = command.spawn().unwrap();
        let pid = Pid::from_child(&child);
        // Only the child holds the terminal's side from here on, so that its end is seen.
        drop((command, terminal));
        let (changes_in, changes) = channel();
        let (notice, mut notify) = UnixStream::pair().unwrap();
        let reaper = thread::spawn(move || {
            let options = WaitOptions::UNTRACED;
            while let Ok(Some((_, status))) =
                rustix::io::retry_on_intr(|| waitpid(Some(pid), options))
            {
                let _ = changes_in.send(status);
                let _ = notify.write(&[0]);
                if !status.stopped() {
                    break;
                }
            }
        });
        notice.set_nonblocking(true).unwrap();
        let screen = vt100::Parser::new(cells(24), cells(80), 0);
        let (master, reaper) = (Some(master), Some(reaper));
        Self {
            master,
            pid,
            screen,
            seen: Vec::new(),
            before,
            sane,
            changes,
            notice,
            status: None,
            stops: 0,
            reaper,
            stalled: false,
        }
    }

    /// What the screen shows now.
    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// The most memory that the program had so far, in KiB.
    pub(crate) fn memory_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.pid.as_raw_nonzero());
        let text = std::fs::read_to_string(path).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap()
    }

    /// All bytes that the program wrote and that were read so far.
    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Types `bytes`. The program must read: a terminal holds 4 KiB.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let mut left = bytes.as_ref();
        let deadline = Instant::now() + PATIENCE;
        while !left.is_empty() {
            match rustix::io::write(self.master.as_ref().expect("the terminal hung up"), left) {
                Ok(taken) => left = &left[taken..],
                Err(rustix::io::Errno::AGAIN) => self.turn(true, deadline, "room to type"),
                Err(error) => panic!("typing: {error}"),
            }
        }
    }

    /// Gives the terminal another size, of which the program learns by SIGWINCH. 0 is a size that terminals have.
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        tcsetwinsize(self.master.as_ref().unwrap(), size(cols, rows)).unwrap();
        self.screen.set_size(cells(rows), cells(cols));
    }

    /// Sends `signal` to the process.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Takes the terminal away, as a closed window does.
    pub(crate) fn hang_up(&mut self) {
        self.master = None;
    }

    /// Lets the terminal stand still, as one does after C-s: it takes no byte until told otherwise.
    pub(crate) fn stall(&mut self, stalled: bool) {
        self.stalled = stalled;
    }

    /// Waits until the program has written `bytes`.
    pub(crate) fn wait_seen(&mut self, bytes: impl AsRef<[u8]>) {
        self.wait_seen_behind(0, bytes);
    }

    /// Waits until the program has written `bytes` behind so many others.
    pub(crate) fn wait_seen_behind(&mut self, start: usize, bytes: impl AsRef<[u8]>) {
        let (deadline, bytes) = (Instant::now() + PATIENCE, bytes.as_ref());
        while !self.seen[start..]
            .windows(bytes.len())
            .any(|window| window == bytes)
        {
            self.turn(
                false,
                deadline,
                &format!("the bytes {:?}", String::from_utf8_lossy(bytes)),
            );
        }
    }

    /// Waits until all that was typed has been read. (Nothing tells when, so it looks again and again.)
    pub(crate) fn wait_read(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.unread() > 0 {
            assert!(Instant::now() < deadline, "what was typed is not read");
            self.read();
            thread::yield_now();
        }
    }

    /// Waits until the screen is as told; `what` names it where it never is.
    pub(crate) fn wait_for(&mut self, what: &str, shows: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !shows(self.screen()) {
            self.turn(false, deadline, what);
        }
    }

    /// Waits until `text` stands in one row of the screen.
    pub(crate) fn wait_text(&mut self, text: &str) {
        self.wait_for(&format!("the text {text:?}"), |screen| {
            screen.contents().contains(text)
        });
    }

    /// Waits until the process is stopped once more (SIGSTOP and its like).
    pub(crate) fn wait_stop(&mut self) {
        let (deadline, stops) = (Instant::now() + PATIENCE, self.stops);
        while self.stops == stops {
            self.turn(false, deadline, "a stop");
        }
    }

    /// Waits for the end of the process, and reads all that it wrote before.
    pub(crate) fn wait_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.status {
                while self.read() {}
                return status;
            }
            self.turn(false, deadline, "the end of the process");
        }
    }

    /// Takes in what the program writes for so long: the time in which something is measured.
    pub(crate) fn watch(&mut self, window: Duration) {
        let end = Instant::now() + window;
        while self.status.is_none() && Instant::now() < end {
            self.look(false, end.saturating_duration_since(Instant::now()));
        }
    }

    /// How many written bytes wait in the terminal, to be shown.
    pub(crate) fn unshown(&self) -> u64 {
        rustix::io::ioctl_fionread(self.master.as_ref().expect("the terminal hung up")).unwrap()
    }

    /// How many typed bytes wait for whoever reads the terminal next.
    pub(crate) fn unread(&self) -> u64 {
        let terminal = open_terminal(self.master.as_ref().expect("the terminal hung up"));
        rustix::io::ioctl_fionread(terminal).unwrap()
    }

    /// The terminal's modes, to be compared.
    pub(crate) fn termios(&self) -> String {
        modes(self.master.as_ref().expect("the terminal hung up"))
    }

    /// Gives the terminal the modes from before the program, as a shell does whose job was stopped.
    pub(crate) fn make_sane(&self) {
        tcsetattr(
            self.master.as_ref().unwrap(),
            OptionalActions::Now,
            &self.sane,
        )
        .unwrap();
    }

    /// Shows what another program would have written to the same terminal.
    pub(crate) fn scribble(&mut self, bytes: impl AsRef<[u8]>) {
        self.screen.process(bytes.as_ref());
    }

    /// Fails unless the terminal is as it was before the program: modes, main screen, cursor, no mouse, no brackets.
    pub(crate) fn assert_restored(&self) {
        assert_eq!(self.termios(), self.before, "modes");
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "alternate screen left on");
        assert!(!screen.hide_cursor(), "cursor left hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste left on");
        assert_eq!(
            screen.mouse_protocol_mode(),
            vt100::MouseProtocolMode::None,
            "mouse left on"
        );
    }

    /// Waits for one thing to happen and takes it in.
    fn turn(&mut self, to_write: bool, deadline: Instant, what: &str) {
        let left = deadline.saturating_duration_since(Instant::now());
        let ended = self.status.is_some() && !self.read();
        if left.is_zero() || ended {
            let rule = "-".repeat(80);
            let why = self
                .status
                .map_or("still running".to_owned(), |status| status.to_string());
            panic!(
                "waited in vain for {what} ({why}); the screen:\n{rule}\n{}\n{rule}",
                self.screen().contents()
            );
        }
        self.look(to_write, left);
    }

    /// Waits for one thing to happen, at most so long, and takes it in.
    fn look(&mut self, to_write: bool, at_most: Duration) {
        let flags = if to_write {
            PollFlags::IN | PollFlags::OUT
        } else {
            PollFlags::IN
        };
        let mut watched = vec![PollFd::new(&self.notice, PollFlags::IN)];
        // A terminal that the program has closed is readable for ever.
        let silent = self.status.is_some() || (self.stalled && !to_write);
        watched.extend(
            self.master
                .as_ref()
                .filter(|_| !silent)
                .map(|master| PollFd::new(master, flags)),
        );
        let timeout = Timespec::try_from(at_most).unwrap();
        rustix::io::retry_on_intr(|| poll(&mut watched, Some(&timeout))).unwrap();
        self.read();
        while matches!((&self.notice).read(&mut [0; 16]), Ok(1..)) {}
        for change in self.changes.try_iter() {
            if change.stopped() {
                self.stops += 1;
            } else {
                self.status = Some(ExitStatus::from_raw(change.as_raw()));
            }
        }
    }

    /// Takes in what the program wrote, if there is something.
    fn read(&mut self) -> bool {
        if self.stalled {
            return false;
        }
        let mut buf = [0; 4096];
        let Some(Ok(count @ 1..)) = self
            .master
            .as_ref()
            .map(|master| rustix::io::read(master, &mut buf))
        else {
            return false;
        };
        self.screen.process(&buf[..count]);
        self.seen.extend_from_slice(&buf[..count]);
        true
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Not yet reaped, or just now: the thread says so before the number can be another's for long.
        if self.status.is_none() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
        if let Some(reaper) = self.reaper.take() {
            let _ = reaper.join();
        }
    }
}

/// A command that runs this test executable again, with one test in it: `test` must return at once unless `variable`
/// is set.
pub(crate) fn this_test(test: &str, variable: &str, value: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(variable, value);
    command
}
