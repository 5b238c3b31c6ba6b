//! What a fault works with beside the bytes: the time, chance by a seed, and where it leaves what goes on.

use std::ops::Range;
use std::time::Duration;

use super::piece::{Item, Over, Piece};
use crate::event::{Deed, Dir, Fault, Hit};

/// Numbers by chance that are the same again for the same seed (`SplitMix64`, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The numbers of that seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// The next fraction, from 0 to less than 1.
    pub fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.bits() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// Whether what happens with that probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.fraction() < probability
    }
}

/// What the rules of a direction read of it.
pub trait Sight {
    /// Received bytes; what is missing is 0.
    fn bytes(&self, range: Range<u64>) -> Vec<u8>;
}

/// The surroundings of one fault.
pub struct Cx<'a> {
    pub(super) now: Duration,
    pub(super) number: u32,
    pub(super) sight: &'a dyn Sight,
    /// Datagrams stay whole.
    pub(super) datagrams: bool,
    /// Everything is hit.
    pub(super) is_always: bool,
    pub(super) chance: &'a mut Chance,
    pub(super) out: &'a mut Vec<Item>,
    pub(super) told: &'a mut Vec<Fault>,
}

impl Cx<'_> {
    /// The time.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.now
    }

    /// Whether a piece must stay whole.
    #[must_use]
    pub fn datagrams(&self) -> bool {
        self.datagrams
    }

    /// Numbers by chance.
    pub fn chance(&mut self) -> &mut Chance {
        self.chance
    }

    /// What goes on of a piece.
    #[must_use]
    pub fn content(&self, piece: &Piece) -> Vec<u8> {
        let came = || self.sight.bytes(piece.range.clone());
        piece.bytes.clone().unwrap_or_else(came)
    }

    /// Lets something go on.
    pub fn pass(&mut self, item: Item) {
        self.out.push(item);
    }

    /// Lets a piece go on.
    pub fn piece(&mut self, piece: Piece) {
        self.out.push(Item::Piece(piece));
    }

    /// Nothing comes any more.
    pub fn over(&mut self, over: Over) {
        self.out.push(Item::Over(over));
    }

    /// Tells what was done to received bytes.
    pub fn hit(&mut self, range: Range<u64>, deed: Deed) {
        self.told.push(Fault::Hit(Hit {
            number: self.number,
            dir: Dir::In,
            range,
            deed,
            sent: None,
        }));
    }

    /// Tells something else.
    pub fn tell(&mut self, fault: Fault) {
        self.told.push(fault);
    }

    /// Keeps with a piece that so many of its bytes, from `at` on, are new: it is told when they are sent.
    pub fn changed(&self, piece: &mut Piece, range: Range<u64>, (at, bytes): (u64, u64)) {
        piece.change(self.number, range, (at, bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_fair_and_the_same_again() {
        let happens = |seed| {
            let mut chance = Chance::new(seed);
            (0..100_000)
                .map(|_| chance.happens(0.3))
                .collect::<Vec<_>>()
        };
        let (one, again, other) = (happens(5), happens(5), happens(6));
        assert_eq!(one, again);
        assert_ne!(one, other);
        let count = one.iter().filter(|it| **it).count();
        assert!((29_300..30_700).contains(&count), "{count}");
    }
}
