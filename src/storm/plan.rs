//! Which cuts are tried, one case after the other: all single ones, the bytes one by one, pairs, and random ones. Of
//! what would be too many, a part is taken, spread evenly.

use super::Kind;

/// The most pairs of cuts that are tried.
const PAIRS_MAX: u64 = 4096;

/// How many random cases are tried.
const RANDOM_CASES: u64 = 256;

/// Random pieces are that long at most, in turn; small ones cut heads, large ones bodies.
const PIECES_MAX_BYTES: [u64; 4] = [3, 8, 64, 512];

/// A case.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) kind: Kind,
    /// Ascending, each between two bytes.
    pub(super) cuts: Vec<usize>,
}

/// What is left to try.
#[derive(Debug)]
pub(super) struct Plan {
    /// How many bytes there are.
    len: usize,
    random: Random,
    kinds: std::slice::Iter<'static, Kind>,
    kind: Option<Kind>,
    /// How many cases of this kind were given out.
    done: u64,
}

impl Plan {
    pub(super) fn new(len: usize, seed: u64) -> Self {
        let mut kinds = const { &Kind::ALL }.iter();
        Self {
            len,
            random: Random(seed),
            kind: kinds.next().copied(),
            kinds,
            done: 0,
        }
    }

    /// How many cases of a kind there are.
    pub(super) fn count(&self, kind: Kind) -> u64 {
        let places = self.places();
        match kind {
            Kind::Single => places,
            Kind::Bytes => u64::from(places > 0),
            Kind::Pair => self.pairs().min(PAIRS_MAX),
            Kind::Random if places > 1 => RANDOM_CASES,
            Kind::Random => 0,
        }
    }

    pub(super) fn next(&mut self) -> Option<Work> {
        let kind = loop {
            let kind = self.kind?;
            if self.done < self.count(kind) {
                break kind;
            }
            self.kind = self.kinds.next().copied();
            self.done = 0;
        };
        let nth = self.done;
        self.done += 1;
        let cuts = match kind {
            Kind::Single => vec![nth + 1],
            Kind::Bytes => (1..=self.places()).collect(),
            Kind::Pair => self.pair(nth),
            Kind::Random => self.random_cuts(nth),
        };
        let cuts = cuts.into_iter().filter_map(|cut| usize::try_from(cut).ok());
        Some(Work {
            kind,
            cuts: cuts.collect(),
        })
    }

    /// Places between two bytes.
    fn places(&self) -> u64 {
        (self.len as u64).saturating_sub(1)
    }

    fn pairs(&self) -> u64 {
        self.places() * self.places().saturating_sub(1) / 2
    }

    /// The two cuts of a case, of all pairs or of as many as are tried.
    fn pair(&self, nth: u64) -> Vec<u64> {
        let mut at = nth * self.pairs() / self.count(Kind::Pair).max(1);
        let places = self.places();
        let mut first = 1;
        // Behind the first cut there is room for so many second ones.
        while at >= places - first && first < places {
            at -= places - first;
            first += 1;
        }
        vec![first, first + 1 + at]
    }

    fn random_cuts(&mut self, nth: u64) -> Vec<u64> {
        let turn = usize::try_from(nth).unwrap_or_default() % PIECES_MAX_BYTES.len();
        let max = PIECES_MAX_BYTES.get(turn).copied().unwrap_or(1);
        let mut cuts = Vec::new();
        let mut at = 0;
        loop {
            at += 1 + self.random.below(max.min(self.places()));
            if at > self.places() {
                return cuts;
            }
            cuts.push(at);
        }
    }
}

/// Numbers that follow from a seed (Steele and others, "Fast splittable pseudorandom number generators").
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(len: usize, kind: Kind) -> Vec<Vec<usize>> {
        let mut plan = Plan::new(len, 7);
        let all = std::iter::from_fn(|| plan.next());
        let of_kind = all.filter(|work| work.kind == kind);
        of_kind.map(|work| work.cuts).collect()
    }

    #[test]
    fn of_few_bytes_every_pair_is_tried_once() {
        let pairs = [[1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4]];
        assert_eq!(cases(5, Kind::Pair), pairs.map(Vec::from));
        assert_eq!(cases(3, Kind::Pair), [vec![1, 2]]);
        assert_eq!(cases(4, Kind::Single), [vec![1], vec![2], vec![3]]);
        assert_eq!(cases(4, Kind::Bytes), [vec![1, 2, 3]]);
        for (len, count) in [(0, 0), (1, 0), (2, 2), (3, 2 + 1 + 1 + 256)] {
            let mut plan = Plan::new(len, 7);
            assert_eq!(std::iter::from_fn(|| plan.next()).count(), count, "{len}");
        }
    }

    #[test]
    fn of_many_a_part_spread_over_all() {
        for kind in Kind::ALL {
            let cases = cases(3000, kind);
            let plan = Plan::new(3000, 7);
            assert_eq!(cases.len() as u64, plan.count(kind), "{kind:?}");
            for cuts in cases {
                assert!(cuts.is_sorted_by(|a, b| a < b), "{cuts:?}");
                assert!(cuts.iter().all(|cut| (1..3000).contains(cut)), "{cuts:?}");
            }
        }
        let pairs = cases(3000, Kind::Pair);
        assert!(pairs.iter().any(|pair| pair[0] > 2500) && pairs.iter().any(|pair| pair[0] < 9));
    }
}
