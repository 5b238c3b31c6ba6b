//! What stands in the recording of a run, as its own reader reads it (FAULTS.md: I5, I6, I13): what happened, in order,
//! up to wherever the file ends.

use std::time::Duration;

use sockeye::event::{ConnId, Dir};
use sockeye::session::Session;

use super::judge::{Judge, Wrong};
use super::kernel::mood::{Mood, Moods};
use super::kernel::shelf::Written;
use super::program::Numbers;
use super::recording::Recording;

/// Where runs record to.
pub(crate) const FILE: &str = "all.pcapng";

/// What happened longer ago than this, on the clock of the log, is in the file.
const FLUSHED: Duration = Duration::from_secs(3);

/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// What keeps the disk from taking all at once.
pub(crate) const BAD: [Mood; 7] = [
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
    /// Holds the file, and what is left of it when the program is killed or the power lost, against what happened.
    pub(crate) fn look(
        &self,
        file: &Written,
        (numbers, is_over): (&mut Numbers, bool),
        judge: &Judge,
        session: &Session,
        moods: &Moods,
    ) -> Option<Wrong> {
        let whole = match read(&file.bytes, judge, session) {
            Ok(whole) => whole,
            Err(wrong) => return Some(format!("I5: {wrong}")),
        };
        let len = file.bytes.len();
        let cut = usize::try_from(numbers.below(len as u64 + 1)).unwrap_or(0);
        if let Err(wrong) = read(&file.bytes[..cut], judge, session) {
            return Some(format!("I5: cut at {cut} of {len}: {wrong}"));
        }
        if let Some(wrong) = loses_power(file, numbers, judge, session) {
            return Some(format!("I6: {wrong}"));
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

/// The power is lost: what was brought to the disk is restored. Where what follows is gone from some sector on, the
/// file is shorter or empty there, and nothing is restored that did not happen. Where single sectors are empty, which
/// no file of packets can tell (it has no sums), what was brought to the disk is restored all the same.
fn loses_power(
    file: &Written,
    numbers: &mut Numbers,
    judge: &Judge,
    session: &Session,
) -> Option<Wrong> {
    let Written { bytes, synced } = file;
    let kept = bytes.get(..*synced)?;
    let least = match read(kept, judge, session) {
        Ok(least) => least,
        Err(wrong) => return Some(format!("cut at {synced}, where it was synced: {wrong}")),
    };
    let (first, last) = (synced.div_ceil(SECTOR_BYTES), bytes.len() / SECTOR_BYTES);
    let from = first as u64 + numbers.below((last.saturating_sub(first) + 1) as u64);
    let from = usize::try_from(from).unwrap_or(0) * SECTOR_BYTES;
    let mut image = bytes.get(..from).unwrap_or(bytes).to_vec();
    if numbers.one_in(2) {
        image.resize(bytes.len().max(image.len()), 0);
    }
    match read(&image, judge, session) {
        Ok(found) if found < least => return Some(format!("{found} of {least} events survive")),
        Ok(_) => {}
        Err(wrong) => return Some(format!("empty from {from} on: {wrong}")),
    }
    let mut image = bytes.clone();
    for sector in image.chunks_mut(SECTOR_BYTES).skip(first) {
        if numbers.one_in(2) {
            sector.fill(0);
        }
    }
    let restored = Recording::read(&image).events();
    let mut next = restored.iter();
    let mut survive = 0;
    session.events_from(0, &mut |_, event| {
        let is_same = next.next() == Some(event);
        survive += u64::from(is_same);
        is_same && survive < least
    });
    (survive < least).then(|| format!("{survive} of {least} events survive empty sectors"))
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
