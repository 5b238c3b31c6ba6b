//! What the moods of the simulated world do to sockets, names, clock and disk by themselves: nobody called for it.

use std::time::Duration;

use sockeye::endpoint::Transport;
use sockeye::event::Errno;
use sockeye::os::{Got, Wake};

use super::Kernel;
use super::mood::Mood;
use super::shelf::Silence;
use super::sockets::{Sockets, errno};

/// How long a call may take, a SYN be lost, a name be looked up, a clock jump ahead.
const SLOW: Duration = Duration::from_secs(1);
const LOST: Duration = Duration::from_secs(20);
const LOOKED_UP: Duration = Duration::from_secs(15);
const JUMP: Duration = Duration::from_secs(600);

/// Ten years.
const WALL_JUMP_SECONDS: usize = 315_360_000;

impl Kernel {
    /// What happens while the program waits.
    pub(super) fn blow(&mut self) {
        for (mood, behind_bytes) in [(Mood::ResetBehindBytes, true), (Mood::Reset, false)] {
            if self.moods.may(mood) && self.sockets.reset_some(behind_bytes) {
                self.moods.count(mood);
            }
        }
        if self.moods.strikes(Mood::ClockJump) {
            self.now += self.moods.time(JUMP);
        }
        if self.moods.strikes(Mood::WallJump) {
            let ahead = i64::try_from(self.moods.index(WALL_JUMP_SECONDS)).unwrap_or(0);
            self.wall_off += if self.moods.index(2) == 0 {
                ahead
            } else {
                -ahead
            };
        }
    }

    /// What a call takes longer than usual.
    pub(super) fn slowness(&self) -> Duration {
        if self.moods.strikes(Mood::SlowCall) {
            self.moods.time(SLOW)
        } else {
            Duration::ZERO
        }
    }

    /// A socket of which is told what is not so, and whether it is all that hang-up and error tell.
    pub(super) fn false_wake(&self) -> Option<(u64, bool)> {
        let is_false = self.moods.may(Mood::FalseWake);
        let is_hung_up = self.moods.may(Mood::HungUpWake);
        if !(is_false || is_hung_up) || self.interests.is_empty() {
            return None;
        }
        let at = self.moods.index(self.interests.len());
        let id = self.interests.keys().nth(at).copied()?;
        let mood = if is_hung_up {
            Mood::HungUpWake
        } else {
            Mood::FalseWake
        };
        self.moods.count(mood);
        Some((id, is_hung_up))
    }

    /// When a name is answered.
    pub(super) fn answered_at(&self) -> Option<Duration> {
        if self.moods.strikes(Mood::SilentName) {
            return None;
        }
        let is_late = self.moods.strikes(Mood::LateName);
        let takes = if is_late {
            self.moods.time(LOOKED_UP)
        } else {
            Duration::from_millis(3)
        };
        Some(self.now + takes)
    }

    /// The disk goes on, perhaps; true if it may do so at any time.
    pub(super) fn disk_wakes(&self, wakes: &mut Vec<Wake>) -> bool {
        self.shelf.keep_silent(self.now);
        let silence = self.shelf.silence();
        let goes_on = match silence {
            None => return false,
            Some(Silence::Chance) => self.moods.index(4) == 0,
            Some(Silence::For(time)) => {
                let until = Silence::Until(self.now + time);
                self.shelf.fall_silent(Some(until));
                false
            }
            Some(Silence::Until(until)) => self.now >= until,
        };
        if goes_on {
            self.shelf.fall_silent(None);
            wakes.extend(self.shelf.take_asked().then_some(Wake::Disk));
        }
        silence == Some(Silence::Chance)
    }

    /// When the disk goes on, where that is known.
    pub(super) fn disk_answers(&self) -> Option<Duration> {
        match self.shelf.silence()? {
            Silence::Until(until) => Some(until),
            Silence::Chance | Silence::For(_) => None,
        }
    }
}

impl Sockets {
    /// Resets a connection, as a firewall would; false if there is none.
    fn reset_some(&mut self, behind_bytes: bool) -> bool {
        let is_one = |id: &u64| {
            let socket = self.all.get(id);
            socket.is_some_and(|socket| {
                let is_connected = socket.connected && socket.transport == Transport::Tcp;
                is_connected && !socket.cut && socket.bytes.is_empty() != behind_bytes
            })
        };
        let found: Vec<u64> = self.all.keys().copied().filter(is_one).collect();
        if found.is_empty() {
            return false;
        }
        self.sever(found[self.moods.index(found.len())]);
        true
    }

    /// Both ends of a connection receive a reset.
    pub(super) fn sever(&mut self, id: u64) {
        let other = self.all.get(&id).and_then(|socket| socket.other);
        self.reset_by(id);
        if let Some(other) = other.filter(|other| *other != id) {
            self.reset_by(other);
        }
    }

    /// The SYN is lost for a while, where the network is in the mood.
    pub(super) fn lose_syn(&mut self, id: u64) {
        if self.moods.strikes(Mood::LostSyn) {
            self.lost.insert(id, self.now + self.moods.time(LOST));
        }
    }

    pub(super) fn is_lost(&self, id: u64) -> bool {
        self.lost.get(&id).is_some_and(|until| self.now < *until)
    }

    /// When a SYN that was lost is answered.
    pub(super) fn next_answer(&self) -> Option<Duration> {
        let waits = |(id, until): (&u64, &Duration)| {
            let socket = self.all.get(id)?;
            (socket.connecting.is_some() && self.now < *until).then_some(*until)
        };
        self.lost.iter().filter_map(waits).min()
    }

    /// Why a connect does not get there.
    pub(super) fn no_route(&self) -> Option<Errno> {
        let errnos = ["EHOSTUNREACH", "ENETUNREACH", "EACCES", "ETIMEDOUT"];
        let is = self.moods.strikes(Mood::NoRoute);
        is.then(|| errno(errnos[self.moods.index(errnos.len())]))
    }

    /// Why `accept` gives nothing although somebody waits.
    pub(super) fn fail_accept(&self) -> Got<()> {
        if self.moods.strikes(Mood::NoDescriptor) {
            return Err(errno(
                ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"][self.moods.index(4)],
            ));
        }
        if self.moods.strikes(Mood::Aborted) {
            return Err(errno(
                ["ECONNABORTED", "EPROTO", "ENETDOWN", "EPERM"][self.moods.index(4)],
            ));
        }
        Ok(())
    }

    /// What becomes of a datagram: nothing, or an error that the next call tells.
    pub(super) fn is_lost_on_its_way(&mut self, id: u64) -> Got<bool> {
        let socket = self.get(id)?;
        if socket.transport.is_unix() {
            return Ok(false);
        }
        if self.moods.strikes(Mood::Unreachable) {
            let socket = self.get(id)?;
            // Only a connected socket is told (udp(7)).
            if socket.peer.is_some() {
                socket.error = Some(Errno::ECONNREFUSED);
            }
            return Ok(true);
        }
        Ok(self.moods.strikes(Mood::Lost))
    }
}
