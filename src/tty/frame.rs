//! The terminal's output: the bytes that enter and leave the full screen, and the one frame that is on its way.
//! It draws nothing and writes nothing itself; the caller lends it a write that does not block.

use std::io;

/// Takes the screen over: the alternate screen, empty, without a cursor, and pastes in brackets.
///
/// Only fixed settings; nothing that the terminal would answer.
pub const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[0m\x1b[2J\x1b[H";

/// Empties the screen, whatever it showed.
pub const CLEAR: &[u8] = b"\x1b[0m\x1b[2J";

/// Reports of clicks, drags and the wheel, in SGR encoding. Not `?1003`, which reports every motion.
pub const ENTER_MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";

/// Ends what [`ENTER_MOUSE`] began. [`LEAVE`] contains it.
pub const LEAVE_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Ends a sequence that was cut short, a string for the clipboard too, which else would swallow what follows it (ST,
/// ECMA-48, 8.3.143).
const END_STRING: &[u8] = b"\x1b\\";

/// Gives the screen back, whatever was on its way: ends a string and a frame cut short, plain colours, no mouse, no
/// brackets, the cursor, the main screen.
pub const LEAVE: &[u8] =
    b"\x1b\\\x1b[?2026l\x1b[0m\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[?25h\x1b[?1049l";

/// Around a frame, so that the terminal shows it whole (synchronized update).
const FRAME_BEGIN: &[u8] = b"\x1b[?2026h";
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// The most that one [`Output::advance`] writes, so that a terminal that keeps up cannot hold the loop.
const ADVANCE_MAX_BYTES: usize = 256 * 1024;

/// The bytes on their way to the terminal: one frame at most, so what a stalled terminal shows when it resumes is the
/// newest state and not the history.
#[derive(Debug, Default)]
pub struct Output {
    buf: Vec<u8>,
    written: usize,
}

impl Output {
    /// Puts a frame on its way, between the bytes of a synchronized update. An empty frame is nothing to write.
    ///
    /// The caller draws only while [`Output::idle`]: a frame is the difference to the one before, so one that was
    /// drawn must be written. One that is handed in early follows the unfinished one.
    pub fn begin(&mut self, frame: &[u8]) {
        if !frame.is_empty() {
            for part in [FRAME_BEGIN, frame, FRAME_END] {
                self.queue(part);
            }
        }
    }

    /// Puts bytes that are no frame on their way: [`ENTER`], [`ENTER_MOUSE`], [`LEAVE_MOUSE`].
    pub fn queue(&mut self, bytes: &[u8]) {
        self.buf.extend_from_slice(bytes);
    }

    /// Hands what is left to `write`, which takes some of it and says how much, until all is written, the terminal
    /// takes no more (`WouldBlock`) or one turn's share is done.
    ///
    /// # Errors
    /// What `write` returns, but for `WouldBlock` and `Interrupted`; `WriteZero` if it takes nothing.
    pub fn advance(&mut self, mut write: impl FnMut(&[u8]) -> io::Result<usize>) -> io::Result<()> {
        let mut share = ADVANCE_MAX_BYTES;
        while share > 0 && self.wants_write() {
            let left = self.buf.get(self.written..).unwrap_or_default();
            match write(left.get(..share).unwrap_or(left)) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(taken) => {
                    self.written += taken;
                    share = share.saturating_sub(taken);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if !self.wants_write() {
            self.abandon();
        }
        Ok(())
    }

    /// Forgets what is not written: the screen is left, or will be drawn whole.
    pub fn abandon(&mut self) {
        let is_cut = self.written > 0 && self.wants_write();
        self.buf.clear();
        self.written = 0;
        if is_cut {
            self.queue(END_STRING);
        }
    }

    /// Whether bytes wait: the poller then watches the terminal for writing too.
    #[must_use]
    pub fn wants_write(&self) -> bool {
        self.written < self.buf.len()
    }

    /// Whether the last frame has left, so that a new one may be drawn.
    #[must_use]
    pub fn idle(&self) -> bool {
        !self.wants_write()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPDATE: &str = "\x1b[?2026h";
    const SHOWN: &str = "\x1b[?2026l";

    /// Advances against a terminal that answers as told, and returns what it took.
    fn advance(output: &mut Output, answers: &[io::Result<usize>]) -> (Vec<u8>, io::Result<()>) {
        let (mut taken, mut answers) = (Vec::new(), answers.iter());
        let result = output.advance(|bytes| match answers.next() {
            Some(Ok(count)) => {
                taken.extend_from_slice(&bytes[..*count]);
                Ok(*count)
            }
            Some(Err(error)) => Err(error.kind().into()),
            None => {
                taken.extend_from_slice(bytes);
                Ok(bytes.len())
            }
        });
        (taken, result)
    }

    fn stalled() -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    #[test]
    fn a_frame_is_one_synchronized_update() {
        let mut output = Output::default();
        assert!(output.idle());
        output.begin(b"cells");
        assert!(output.wants_write() && !output.idle());
        let (taken, result) = advance(&mut output, &[]);
        assert_eq!(taken, format!("{UPDATE}cells{SHOWN}").as_bytes());
        assert!(result.is_ok() && output.idle());
    }

    #[test]
    fn an_unchanged_screen_writes_nothing() {
        let mut output = Output::default();
        output.begin(b"");
        assert!(output.idle());
    }

    #[test]
    fn a_stalled_terminal_continues_where_it_stopped() {
        let mut output = Output::default();
        output.queue(b"enter");
        output.begin(b"cells");
        let (mut taken, _) = advance(
            &mut output,
            &[
                Ok(3),
                Err(io::ErrorKind::Interrupted.into()),
                Ok(4),
                stalled(),
            ],
        );
        assert!(output.wants_write());
        taken.extend(advance(&mut output, &[stalled()]).0);
        taken.extend(advance(&mut output, &[]).0);
        assert_eq!(taken, format!("enter{UPDATE}cells{SHOWN}").as_bytes());
        assert!(output.idle());
    }

    #[test]
    fn one_turn_has_its_share() {
        let mut output = Output::default();
        let frame = vec![b'x'; 2 * ADVANCE_MAX_BYTES];
        output.begin(&frame);
        assert_eq!(advance(&mut output, &[]).0.len(), ADVANCE_MAX_BYTES);
        assert!(output.wants_write());
    }

    #[test]
    fn a_dead_terminal_is_an_error() {
        for (answer, kind) in [
            (Ok(0), io::ErrorKind::WriteZero),
            (
                Err(io::ErrorKind::BrokenPipe.into()),
                io::ErrorKind::BrokenPipe,
            ),
        ] {
            let mut output = Output::default();
            output.begin(b"cells");
            assert_eq!(
                advance(&mut output, &[answer])
                    .1
                    .map_err(|error| error.kind()),
                Err(kind)
            );
        }
    }

    #[test]
    fn abandoned_bytes_never_follow() {
        let mut output = Output::default();
        output.begin(b"old");
        advance(&mut output, &[Ok(2), stalled()]).1.unwrap();
        output.abandon();
        output.begin(b"new");
        // What the terminal has half of is ended before.
        assert_eq!(
            advance(&mut output, &[]).0,
            format!("\x1b\\{UPDATE}new{SHOWN}").as_bytes()
        );
    }

    #[test]
    fn leaving_ends_every_mode_that_entering_began() {
        let modes = |bytes: &[u8], end: char| -> Vec<String> {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let mut modes: Vec<String> = text
                .split('\x1b')
                .filter_map(|part| {
                    part.strip_prefix("[?")?
                        .strip_suffix(end)
                        .map(str::to_owned)
                })
                .collect();
            modes.sort();
            modes
        };
        let mut begun = modes(&[ENTER, ENTER_MOUSE, FRAME_BEGIN].concat(), 'h');
        begun.push("25".to_owned());
        begun.sort();
        let mut ended = modes(LEAVE, 'l');
        ended.extend(modes(LEAVE, 'h'));
        ended.sort();
        assert_eq!(begun, ended);
        assert_eq!(modes(ENTER_MOUSE, 'h'), modes(LEAVE_MOUSE, 'l'));
    }
}
