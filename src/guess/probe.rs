//! One rule at places where no message begins, and at its messages with a byte changed: how much it refuses.

use super::trial::{Found, RUN_COST, Subject};
use crate::framing::{Cut, Cx, MESSAGE_MAX_BYTES, Message, Status};

/// Places that are tried where no message begins.
const PLACES: usize = 64;

/// As many are tried, whatever they say.
const PLACES_MIN: u64 = 16;

/// Every so manyth is tried next, round and round: no divisor of [`PLACES`].
const STRIDE: usize = 37;

/// Trying places or changes ends once so many bytes were fed, so that a candidate takes no longer than a few runs.
const PROBING_COST_MAX: usize = 256 << 10;

/// Bytes that are fed there, and as many times the longest message; a rule that needs more has not said yes.
const PLACE_BYTES: usize = 1 << 10;
const PLACE_MESSAGES: u64 = 4;

/// Messages whose sensitivity to a changed byte is tried.
const SAMPLES: usize = 8;

/// Fields of a message that is named as a whole.
const FIELDS_MIN: usize = 4;

/// Messages that are dissected.
const DISSECTED_MAX: usize = 256;

/// First bytes of a message that are changed, one after the other.
const CHANGED_BYTES: usize = 12;

/// Messages of which it is tried whether they carry their bytes as they stand.
const VERBATIM_SAMPLES: usize = 16;

/// How often a message begins by chance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Elsewhere {
    /// Places that were tried.
    pub(super) tried: u64,
    /// Where a whole good message seems to begin.
    pub(super) fits: u64,
    /// Of the first bytes of real messages, how many cannot be changed without another cut, in the mean.
    pub(super) sensitive: f64,
}

impl Elsewhere {
    /// The number of first bytes that matter to the cut, of most messages.
    pub(super) fn checked_bytes(&self) -> usize {
        let checked = |bytes: &usize| f64::from(u8::try_from(*bytes).unwrap_or(u8::MAX)) - 0.5;
        (1..=CHANGED_BYTES)
            .take_while(|bytes| checked(bytes) <= self.sensitive)
            .count()
    }
}

impl Subject {
    /// How the rule does where it found no message to begin; and what finding out cost.
    pub(super) fn elsewhere(&self, cut: &Cut, found: &Found) -> (Elsewhere, usize) {
        let mut cost = 0;
        let mut elsewhere = Elsewhere::default();
        let last = self.bytes().len().saturating_sub(1);
        let room = room_for(found);
        for nth in 0..PLACES {
            // Spread over all bytes, the first few too, and in no step with anything.
            let nth = nth * STRIDE % PLACES;
            let place = (nth * last / PLACES + nth * 7 % 5 + 1).min(last);
            if found.starts.binary_search(&place).is_ok() {
                continue;
            }
            let (fits, fed) = self.begins(cut, place, room, None);
            cost += fed;
            elsewhere.tried += 1;
            elsewhere.fits += u64::from(fits.is_some());
            // What is at home anywhere is soon known as that.
            let is_plain = elsewhere.fits * 8 >= elsewhere.tried * 7;
            if elsewhere.tried >= PLACES_MIN && (is_plain || cost >= PROBING_COST_MAX) {
                break;
            }
        }
        (elsewhere, cost + RUN_COST)
    }

    /// Of the first bytes of real messages, how many cannot be changed without another cut, in the mean; and what
    /// finding out cost.
    pub(super) fn sensitive(&self, cut: &Cut, found: &Found) -> (f64, usize) {
        let room = room_for(found);
        let mut cost = 0;
        let (mut changes, mut noticed) = (0_u32, 0_u32);
        let step = (found.starts.len() / SAMPLES).max(1);
        for place in found.starts.iter().step_by(step).take(SAMPLES) {
            if cost >= PROBING_COST_MAX {
                break;
            }
            let (length, fed) = self.begins(cut, *place, room, None);
            cost += fed;
            let len = length.unwrap_or_default();
            for at in 0..len.min(CHANGED_BYTES) {
                // What ends behind that has changed, whatever it is.
                let room = len * 2 + CHANGED_BYTES;
                let (now, fed) = self.begins(cut, *place, room, Some(at));
                cost += fed;
                noticed += u32::from(now != length);
            }
            changes += 1;
        }
        let sensitive = f64::from(noticed) / f64::from(changes.max(1));
        (sensitive, cost + RUN_COST)
    }

    /// Whether the rule names every byte of its messages, and more than a length: garbage is seldom named to its end.
    pub(super) fn is_dissected(&self, cut: &Cut, found: &Found) -> bool {
        let step = found.starts.len().div_ceil(DISSECTED_MAX).max(1);
        let mut starts = found.starts.iter().step_by(step);
        starts.len() > 0
            && starts.all(|start| {
                let Some(len) = self.begins(cut, *start, usize::MAX, None).0 else {
                    return false;
                };
                let bytes = self.bytes().get(*start..start + len).unwrap_or_default();
                let range = 0..len as u64;
                let mut message = Message::new(range.clone(), range, "");
                cut.describe(&mut message, bytes, self.sight());
                let covered = message.fields.iter().map(|field| &field.range);
                let covered: u64 = covered.map(|range| range.end - range.start).sum();
                message.fields.len() >= FIELDS_MIN && covered >= len as u64
            })
    }

    /// The messages, without what all of them end with.
    fn between<'a>(&'a self, found: &'a Found) -> impl Iterator<Item = (usize, &'a [u8])> {
        let ends = found.starts.iter().skip(1).copied();
        let ends = ends.chain(usize::try_from(found.end).ok());
        let pairs = found.starts.iter().copied().zip(ends);
        pairs.filter_map(|(start, end)| {
            let own = self.bytes().get(start..end)?;
            Some((start, own.strip_suffix(found.delimiter.as_slice())?))
        })
    }

    /// Whether all between the delimiters is text.
    pub(super) fn is_text_between(&self, found: &Found) -> bool {
        let mut all = self.between(found);
        all.all(|(_, own)| std::str::from_utf8(own).is_ok())
    }

    /// Whether the rule carries what stands between the delimiters as it stands there.
    pub(super) fn is_verbatim(&self, cut: &Cut, found: &Found) -> bool {
        let mut some = self.between(found).take(VERBATIM_SAMPLES);
        some.all(|(start, own)| {
            let end = start + own.len() + found.delimiter.len();
            let bytes = self.bytes().get(start..end).unwrap_or_default();
            let mut cx = Cx::new(0, MESSAGE_MAX_BYTES, self.sight());
            cut.rule.decoder().feed(bytes, &mut cx);
            let messages = cx.take();
            messages.iter().any(|message| {
                message.status == Status::Ok && cut.rule.payload(message, bytes).starts_with(own)
            })
        })
    }

    /// How long the message is that begins at a place, if a whole good one does within `room` bytes; and what that
    /// cost. The byte `changed` behind the place is another then.
    fn begins(
        &self,
        cut: &Cut,
        place: usize,
        room: usize,
        changed: Option<usize>,
    ) -> (Option<usize>, usize) {
        let part_end = if self.is_datagrams() {
            let nth = self.ends().partition_point(|end| *end <= place);
            self.ends().get(nth).copied().unwrap_or(place)
        } else {
            self.bytes().len()
        };
        let end = part_end.min(place.saturating_add(room));
        let bytes = self.bytes().get(place..end).unwrap_or_default();
        let mut altered = Vec::new();
        let bytes = match changed {
            Some(at) => {
                altered.extend_from_slice(bytes);
                if let Some(byte) = altered.get_mut(at) {
                    *byte ^= 0x55;
                }
                &altered
            }
            None => bytes,
        };
        let mut decoder = cut.rule.decoder();
        let mut cx = Cx::new(0, MESSAGE_MAX_BYTES, self.sight());
        let taken = decoder.feed(bytes, &mut cx);
        cx.advance(taken as u64);
        if end == part_end && !self.is_cut() {
            decoder.end(&mut cx);
        }
        let messages = cx.take();
        let first = messages.first();
        let first =
            first.filter(|message| message.status == Status::Ok && message.range.start == 0);
        let length = first.and_then(|message| usize::try_from(message.bytes()).ok());
        (length, RUN_COST / 4 + taken)
    }
}

/// How many bytes are fed where a message may begin.
fn room_for(found: &Found) -> usize {
    let room = found.longest.saturating_mul(PLACE_MESSAGES);
    usize::try_from(room).unwrap_or(usize::MAX).max(PLACE_BYTES)
}
