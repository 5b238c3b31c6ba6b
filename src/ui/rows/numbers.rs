//! Numbers of events in rising order, each in a byte or two: of a flood there are millions. It knows no event.

use std::collections::VecDeque;

/// Numbers that are read together, from the first of them on.
pub(super) const BLOCK: usize = 64;

/// Some numbers, of which the oldest can be let go of.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// All but the last are full; none is empty.
    blocks: VecDeque<Block>,
    /// How many the last block holds.
    in_last: usize,
    last: u64,
}

#[derive(Debug)]
struct Block {
    first: u64,
    /// By how much each of the others is greater than the one before it (`postcard`).
    steps: Vec<u8>,
}

impl Block {
    fn iter(&self) -> impl Iterator<Item = u64> {
        let (mut rest, mut number) = (self.steps.as_slice(), self.first);
        let others = std::iter::from_fn(move || {
            let (step, left) = postcard::take_from_bytes::<u64>(rest).ok()?;
            (rest, number) = (left, number + step);
            Some(number)
        });
        std::iter::once(self.first).chain(others)
    }
}

impl Numbers {
    /// Appends a number greater than all others.
    pub(super) fn push(&mut self, number: u64) {
        debug_assert!(self.blocks.is_empty() || number > self.last, "they rise");
        let step = number - self.last;
        self.last = number;
        match self.blocks.back_mut() {
            Some(block) if self.in_last < BLOCK => {
                // There is room for every number in memory.
                if let Ok(steps) = postcard::to_extend(&step, std::mem::take(&mut block.steps)) {
                    block.steps = steps;
                }
                self.in_last += 1;
            }
            full => {
                if let Some(block) = full {
                    block.steps.shrink_to_fit();
                }
                let steps = Vec::new();
                let first = number;
                self.blocks.push_back(Block { first, steps });
                self.in_last = 1;
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.blocks.len().saturating_sub(1) * BLOCK + self.in_last
    }

    /// How many are less than `number`.
    pub(super) fn rank(&self, number: u64) -> usize {
        let Some(at) = self.block_of(number) else {
            return 0;
        };
        let block = self.blocks.get(at).into_iter().flat_map(Block::iter);
        at * BLOCK + block.take_while(|it| *it < number).count()
    }

    /// Those that are not less than `number`.
    pub(super) fn from(&self, number: u64) -> impl Iterator<Item = u64> {
        let blocks = self.blocks.range(self.block_of(number).unwrap_or(0)..);
        blocks
            .flat_map(Block::iter)
            .skip_while(move |it| *it < number)
    }

    /// The greatest.
    pub(super) fn last(&self) -> Option<u64> {
        (!self.blocks.is_empty()).then_some(self.last)
    }

    /// Lets go of blocks of numbers that are all less than `number`.
    pub(super) fn forget_before(&mut self, number: u64) {
        let is_gone = |next: &Block| next.first <= number;
        while self.blocks.get(1).is_some_and(is_gone) {
            self.blocks.pop_front();
        }
        if self.last < number {
            *self = Self::default();
        }
    }

    /// Lets go of the oldest blocks until there are fewer than `most` and a block.
    pub(super) fn forget_beyond(&mut self, most: usize) {
        while self.len() >= most + BLOCK {
            self.blocks.pop_front();
        }
    }

    /// The last block that begins before `number`.
    fn block_of(&self, number: u64) -> Option<usize> {
        let before = self.blocks.partition_point(|block| block.first < number);
        before.checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of one byte and of several, over several blocks.
    fn some() -> (Vec<u64>, Numbers) {
        let steps = [1, 2, 127, 128, 1 << 21, 3, 1 << 40];
        let mut last = 0;
        let all: Vec<u64> = (0..500)
            .map(|k| {
                last += steps[k % steps.len()];
                last
            })
            .collect();
        let mut numbers = Numbers::default();
        for number in &all {
            numbers.push(*number);
        }
        (all, numbers)
    }

    #[test]
    fn numbers_are_found_again_by_rank_and_from_any_place_on() {
        let (all, numbers) = some();
        assert_eq!((numbers.len(), numbers.last()), (500, all.last().copied()));
        for (k, number) in all.iter().enumerate() {
            assert_eq!(numbers.rank(*number), k);
            assert_eq!(numbers.rank(number + 1), k + 1);
            let seventy = &all[k..all.len().min(k + 70)];
            assert_eq!(numbers.from(*number).take(70).collect::<Vec<_>>(), seventy);
        }
        assert_eq!(numbers.from(all[3] + 1).next(), Some(all[4]));
        assert_eq!(numbers.from(u64::MAX).next(), None);
        assert_eq!(numbers.from(0).collect::<Vec<_>>(), all);
        assert_eq!((numbers.rank(0), numbers.rank(u64::MAX)), (0, 500));
        let none = Numbers::default();
        assert_eq!(
            (none.len(), none.rank(1), none.last(), none.from(0).count()),
            (0, 0, None, 0)
        );
    }

    #[test]
    fn the_oldest_blocks_go_and_none_that_is_asked_for() {
        for gone in 0..500 {
            let (all, mut numbers) = some();
            numbers.forget_before(all[gone]);
            assert_eq!(numbers.from(all[gone]).collect::<Vec<_>>(), all[gone..]);
            assert!(numbers.len() < 500 - gone + BLOCK);
        }
        let (all, mut numbers) = some();
        numbers.forget_before(all[499] + 1);
        assert_eq!((numbers.len(), numbers.last()), (0, None));
        numbers.push(all[499] + 7);
        assert_eq!(numbers.from(0).collect::<Vec<_>>(), [all[499] + 7]);

        let (all, mut numbers) = some();
        numbers.forget_beyond(200);
        assert!((200..200 + BLOCK).contains(&numbers.len()));
        assert_eq!(numbers.rank(all[499]), numbers.len() - 1);
    }

    #[test]
    fn a_number_of_a_flood_takes_little_more_than_a_byte() {
        let mut numbers = Numbers::default();
        (0..64_000).for_each(|k| numbers.push(40 * k));
        let held: usize = numbers.blocks.iter().map(|it| it.steps.capacity()).sum();
        let blocks = numbers.blocks.capacity() * size_of::<Block>();
        assert!(held + blocks < 2 * 64_000, "{held} and {blocks}");
    }
}
