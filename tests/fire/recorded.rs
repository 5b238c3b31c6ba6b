//! What stands in the recording of a run, as its own reader reads it (FAULTS.md: I5, I6, I13): what happened, in order,
//! up to wherever the file ends.

use std::time::Duration;

use sockeye::event::{ConnId, Dir};
use sockeye::session::Session;

use super::judge::{Judge, Wrong};
use super::kernel::mood::{Mood, Moods};
use super::recording::Recording;

/// Where runs record to.
pub(crate) const FILE: &str = "all.pcapng";

/// What happened longer ago than this, on the clock of the log, is in the file.
const FLUSHED: Duration = Duration::from_secs(3);

/// What keeps the disk from taking all at once.
const BAD: [Mood; 7] = [
    Mood::DiskFull,
    Mood::DiskBroken,
    Mood::DiskBehind,
    Mood::NotSynced,
    Mood::NoFile,
    Mood::SlowCall,
    Mood::ClockJump,
];

/// What is known of the file.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    /// It was written to when the program was looked at last.
    pub(crate) is_going_on: bool,
}

impl Recorded {
    /// Holds the file, and what is left of it when it ends at `cut`, against what happened.
    pub(crate) fn look(
        &self,
        file: &[u8],
        cut: usize,
        is_over: bool,
        judge: &Judge,
        session: &Session,
        moods: &Moods,
    ) -> Option<Wrong> {
        let whole = match read(file, judge, session) {
            Ok(whole) => whole,
            Err(wrong) => return Some(format!("I5: {wrong}")),
        };
        if let Err(wrong) = read(&file[..cut], judge, session) {
            return Some(format!("I5: cut at {cut} of {}: {wrong}", file.len()));
        }
        let is_good = BAD.iter().all(|mood| moods.counts()[*mood as usize] == 0);
        if !is_good || !self.is_going_on {
            return None;
        }
        let happened = session.event_count();
        if is_over && whole < happened {
            return Some(format!(
                "I6: {whole} of {happened} events are in the file that was closed"
            ));
        }
        let next = session.event(whole)?;
        (next.at + FLUSHED < session.now()).then(|| {
            format!("I6: {whole} of {happened} events are in the file, the next is {next:?}")
        })
    }
}

/// How many events a file holds, if they are those that happened.
fn read(file: &[u8], judge: &Judge, session: &Session) -> Result<u64, Wrong> {
    let recording = Recording::read(file);
    let restored = recording.events();
    let (count, happened) = (restored.len() as u64, session.event_count());
    if count > happened {
        return Err(format!("{count} events, and only {happened} happened"));
    }
    let mut wrong = None;
    let mut next = restored.iter();
    session.events_from(0, &mut |seq, event| {
        let Some(restored) = next.next() else {
            return false;
        };
        if restored != event {
            wrong = Some(format!("event {seq} is {restored:?} and was {event:?}"));
        }
        wrong.is_none()
    });
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    for (at, seen) in judge.seen.iter().enumerate() {
        let conn = ConnId(u32::try_from(at).unwrap_or(u32::MAX));
        for dir in Dir::BOTH {
            let len = recording
                .session
                .lane(conn, dir)
                .map_or(0, sockeye::session::Lane::len);
            let (bytes, is_whole) = recording.session.bytes(conn, dir, 0..len);
            if is_whole && !seen.lanes[dir.index()].starts_with(&bytes) {
                return Err(format!("{conn:?} {dir:?} has other bytes"));
            }
        }
    }
    Ok(count)
}
