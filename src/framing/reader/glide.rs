//! Messages whose grammar tells them at a glance, one behind the other: they are counted in a tight loop, and only the
//! last of them, which somebody may look at, are made.

use super::super::Cx;
use super::super::grammar::Grammar;
use super::Reader;

/// The most messages that are passed at a glance and looked at again.
const GLIDE_MAX: usize = 64;

impl<G: Grammar> Reader<G> {
    /// Takes messages that one look each tells, as many as lie whole within the bytes and are as long as they may be.
    /// Those that nobody wants to see are counted, not made.
    pub(super) fn glide(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize {
        // Where the last of them begin.
        let mut begins = [0; GLIDE_MAX];
        let most = if cx.keep() <= GLIDE_MAX {
            usize::MAX
        } else {
            GLIDE_MAX
        };
        let (mut at, mut count) = (0, 0);
        while count < most
            && let Some(len) = self.glance(bytes, at, cx.max())
        {
            // Where messages are of one length, the processor need not read one head to find the next.
            loop {
                if let Some(begin) = begins.get_mut(count % GLIDE_MAX) {
                    *begin = at;
                }
                at += len;
                count += 1;
                if count == most || self.glance(bytes, at, cx.max()) != Some(len) {
                    break;
                }
            }
        }
        let start = cx.at();
        let kept = count.min(cx.keep());
        cx.pass_over((count - kept) as u64, start + at as u64);
        for nth in count - kept..count {
            let begin = begins.get(nth % GLIDE_MAX).copied().unwrap_or_default();
            if let Some((len, payload)) = bytes
                .get(begin..)
                .and_then(|rest| self.grammar.glance(rest))
            {
                let begin = start + begin as u64;
                cx.emit_good(
                    begin..begin + len,
                    begin + payload.start..begin + payload.end,
                );
            }
        }
        self.start = start + at as u64;
        self.at = self.start;
        at
    }

    /// How long the message at a place of these bytes is, where one look at it tells and it lies whole within them.
    #[inline]
    fn glance(&self, bytes: &[u8], at: usize, max: u64) -> Option<usize> {
        let rest = bytes.get(at..)?;
        let (len, _) = self.grammar.glance(rest)?;
        let is_whole = len <= max && len <= rest.len() as u64;
        usize::try_from(len).ok().filter(|len| is_whole && *len > 0)
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::{Cut, Cx, Message, Sight};
    use crate::words::Words;

    /// What is left of so many bytes, how many messages there were and where they end, where only the last `keep` are
    /// of interest.
    fn left(bytes: &[u8], chunk: usize, keep: usize) -> (Vec<Message>, (u64, u64), u64) {
        let cut = Cut::parse(&mut Words::new("len u8 max 9", 0)).unwrap();
        let mut decoder = cut.rule.decoder();
        let mut cx = Cx::new(0, cut.max, Sight::default()).keeping(keep);
        for piece in bytes.chunks(chunk) {
            decoder.feed_all(piece, &mut cx);
        }
        let (count, end) = (cx.count(), cx.end());
        (cx.take(), count, end)
    }

    #[test]
    fn what_is_passed_at_a_glance_is_what_is_read_part_by_part() {
        // One of them is over the limit, which no glance takes; the last is long enough for one.
        let lengths = (0..299_u64).map(|nth| if nth == 222 { 12 } else { nth * nth % 7 });
        let lengths = lengths.chain([8]);
        let bytes: Vec<u8> = lengths
            .flat_map(|len| std::iter::once(len).chain((0..len).map(|_| 9)))
            .map(|byte| u8::try_from(byte).unwrap())
            .collect();
        let (all, count, end) = left(&bytes, 1, usize::MAX);
        assert_eq!((count, end), ((300, 0), bytes.len() as u64));
        for chunk in [1, 2, 50, 700, bytes.len()] {
            for keep in [0, 1, 63, 64, 65, 200, usize::MAX] {
                let (last, again, behind) = left(&bytes, chunk, keep);
                let from = all.len() - all.len().min(keep);
                assert_eq!(
                    last,
                    all.get(from..).unwrap(),
                    "{keep} in pieces of {chunk}"
                );
                assert_eq!((again, behind), (count, end));
            }
        }
    }
}
