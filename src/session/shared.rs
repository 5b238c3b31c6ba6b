//! A list of which copies share all that did not change since: ten thousand sockets are remembered as they were at many
//! moments, and only those that changed in between take room. It knows nothing of what it holds.

use std::ops::{Index, Range};
use std::rc::Rc;

/// Items of a branch: what a change copies are pointers to so many, and one item.
const BRANCH: usize = 32;

/// So many items, the last branch fewer.
type Branch<T> = Rc<Vec<Rc<T>>>;

/// The list.
#[derive(Debug)]
pub struct Shared<T> {
    branches: Vec<Branch<T>>,
    len: usize,
}

/// Its items in order.
#[derive(Debug)]
pub struct Iter<'a, T> {
    list: &'a Shared<T>,
    range: Range<usize>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self {
            branches: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self {
            branches: self.branches.clone(),
            len: self.len,
        }
    }
}

impl<T: Clone> Shared<T> {
    /// Adds an item.
    pub(super) fn push(&mut self, item: T) {
        if self.len.is_multiple_of(BRANCH) {
            self.branches.push(Rc::default());
        }
        if let Some(branch) = self.branches.last_mut() {
            Rc::make_mut(branch).push(Rc::new(item));
            self.len += 1;
        }
    }

    /// An item to be changed; the copies keep it as it is.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        let branch = self.branches.get_mut(at / BRANCH)?;
        let item = Rc::make_mut(branch).get_mut(at % BRANCH)?;
        Some(Rc::make_mut(item))
    }
}

impl<T> Shared<T> {
    /// How many items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// An item.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        let branch = self.branches.get(at / BRANCH)?;
        branch.get(at % BRANCH).map(Rc::as_ref)
    }

    /// The first.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// The last.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All in order.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter {
            list: self,
            range: 0..self.len,
        }
    }

    /// How many items are not those of a later copy any more: what this one alone still holds, and those before it.
    pub(super) fn apart_from(&self, later: &Self) -> usize {
        let apart = |(one, other): (&Branch<T>, &Branch<T>)| {
            if Rc::ptr_eq(one, other) {
                return 0;
            }
            let pairs = one.iter().zip(other.iter());
            pairs.filter(|(one, other)| !Rc::ptr_eq(one, other)).count()
        };
        self.branches.iter().zip(&later.branches).map(apart).sum()
    }
}

impl<T> Index<usize> for Shared<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.branches[at / BRANCH][at % BRANCH]
    }
}

impl<'a, T> IntoIterator for &'a Shared<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        self.list.get(self.range.next()?)
    }

    fn nth(&mut self, n: usize) -> Option<&'a T> {
        self.list.get(self.range.nth(n)?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl<'a, T> DoubleEndedIterator for Iter<'a, T> {
    fn next_back(&mut self) -> Option<&'a T> {
        self.list.get(self.range.next_back()?)
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_stays_as_it_was_and_shares_what_did_not_change() {
        let mut list = Shared::default();
        for n in 0..100 {
            list.push(n);
        }
        let before = list.clone();
        *list.get_mut(40).unwrap() = 1000;
        *list.get_mut(40).unwrap() += 1;
        list.push(100);
        assert_eq!((before[40], list[40]), (40, 1001));
        assert_eq!((before.len(), list.len()), (100, 101));
        assert_eq!((before.last(), list.last()), (Some(&99), Some(&100)));
        assert_eq!((before.get(100), list.get(101)), (None, None));
        assert_eq!(
            (before.apart_from(&list), before.apart_from(&before)),
            (1, 0)
        );
        assert!(before.iter().copied().eq(0..100));
        assert!(before.iter().skip(33).copied().eq(33..100));
        assert!(list.iter().rev().copied().take(2).eq([100, 99]));
        assert_eq!(list.iter().len(), 101);
    }
}
