//! A pty for tests, and what its terminal's side says: size, modes. It knows no program and no screen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::num::NonZeroU16;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};

/// The master, not blocking, and the terminal.
pub(crate) fn open(cols: u16, rows: u16) -> (OwnedFd, OwnedFd) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    rustix::io::ioctl_fionbio(&master, true).unwrap();
    tcsetwinsize(&master, size(cols, rows)).unwrap();
    let terminal = open_terminal(&master);
    (master, terminal)
}

/// The terminal of a master once more.
pub(crate) fn open_terminal(master: &OwnedFd) -> OwnedFd {
    let name = ptsname(master, Vec::new()).unwrap();
    let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::CLOEXEC;
    rustix::fs::open(name, flags, rustix::fs::Mode::empty()).unwrap()
}

/// A size without pixels.
pub(crate) fn size(cols: u16, rows: u16) -> Winsize {
    Winsize {
        ws_row: rows,
        ws_col: cols,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

/// The independent screen stays small, whatever the program is told.
pub(crate) fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count.clamp(1, 1000)).unwrap_or(NonZeroU16::MIN)
}

/// The modes, to be compared.
pub(crate) fn modes(master: &OwnedFd) -> String {
    let modes = tcgetattr(master.as_fd()).unwrap();
    format!(
        "{:?}",
        (
            modes.input_modes,
            modes.output_modes,
            modes.control_modes,
            modes.local_modes,
            modes.special_codes
        )
    )
}
