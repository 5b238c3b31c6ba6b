//! A list of which copies share all that did not change since: ten thousand sockets are remembered as they were at many
//! moments, and only those that changed in between take room. What was taken out leaves a hole: the numbers of the
//! others stay. It knows nothing of what it holds.

use std::rc::Rc;

use super::numbered::{PAGE, Pages};

/// So many items: what a change copies are pointers to them, and one item.
type Branch<T> = Rc<Vec<Option<Rc<T>>>>;

/// Branches that are passed over at once, because others share them.
const PASSED_MAX: usize = 64;

/// The list.
#[derive(Debug)]
pub struct Shared<T> {
    branches: Pages<Branch<T>>,
    ever: usize,
    count: usize,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self {
            branches: Pages::default(),
            ever: 0,
            count: 0,
        }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self {
            branches: self.branches.clone(),
            ..*self
        }
    }
}

impl<T: Clone> Shared<T> {
    /// Adds an item, with the next number.
    pub(super) fn push(&mut self, item: T) {
        let branch = self.branches.make(self.ever / PAGE, Rc::default);
        let branch = Rc::make_mut(branch);
        branch.resize(self.ever % PAGE, None);
        branch.push(Some(Rc::new(item)));
        self.ever += 1;
        self.count += 1;
    }

    /// The next item has at least this number; between are holes.
    pub(super) fn skip(&mut self, to: usize) {
        self.ever = self.ever.max(to);
    }

    /// An item to be changed; the copies keep it as it is.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        let branch = self.branches.get_mut(at / PAGE)?;
        if !branch.get(at % PAGE).is_some_and(Option::is_some) {
            return None;
        }
        let item = Rc::make_mut(branch).get_mut(at % PAGE)?;
        item.as_mut().map(Rc::make_mut)
    }

    /// Takes an item out; the copies keep it, and its number is given to no other.
    pub(super) fn remove(&mut self, at: usize) {
        let Some(branch) = self.branches.get_mut(at / PAGE) else {
            return;
        };
        if !branch.get(at % PAGE).is_some_and(Option::is_some) {
            return;
        }
        let items = Rc::make_mut(branch);
        if let Some(item) = items.get_mut(at % PAGE) {
            *item = None;
        }
        let is_empty = items.iter().all(Option::is_none);
        if is_empty {
            self.branches.remove(at / PAGE);
        }
        self.count -= 1;
    }
}

impl<T> Shared<T> {
    /// How many there ever were: the number of the next one.
    #[must_use]
    pub fn ever(&self) -> usize {
        self.ever
    }

    /// How many there are; no number of an item.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there never was one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ever == 0
    }

    /// An item.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        let branch = self.branches.get(at / PAGE)?;
        branch.get(at % PAGE)?.as_deref()
    }

    /// The first.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// The last.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.iter().next_back()
    }

    /// All in order.
    #[must_use = "an iterator does nothing by itself"]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.from(0)
    }

    /// Those with that number or a later one, in order.
    #[must_use = "an iterator does nothing by itself"]
    pub fn from(&self, at: usize) -> impl DoubleEndedIterator<Item = &T> {
        let items = self
            .branches
            .from(at / PAGE)
            .flat_map(move |(first, branch)| {
                let behind = at.saturating_sub(first);
                branch.get(behind..).unwrap_or_default().iter()
            });
        items.filter_map(Option::as_deref)
    }

    /// How many items are not those of a later copy any more: what this one alone still holds, and those before it.
    pub(super) fn apart_from(&self, later: &Self) -> usize {
        let apart = |(first, branch): (usize, &Branch<T>)| {
            let other = later.branches.get(first / PAGE);
            if other.is_some_and(|other| Rc::ptr_eq(branch, other)) {
                return 0;
            }
            let is_apart = |at: usize, item: &Rc<T>| {
                let other = other.and_then(|other| other.get(at)?.as_ref());
                other.is_none_or(|other| !Rc::ptr_eq(item, other))
            };
            let items = branch.iter().enumerate();
            let items = items.filter_map(|(at, item)| Some((at, item.as_ref()?)));
            items.filter(|(at, item)| is_apart(*at, item)).count()
        };
        self.branches.from(0).map(apart).sum()
    }

    /// Lets go of a few items, the last ones, of a copy that nobody asks any more; false once all are gone. What others
    /// share costs nothing to let go of, and is passed over.
    pub(super) fn fade(&mut self) -> bool {
        for _ in 0..PASSED_MAX {
            match self.branches.pop() {
                Some(branch) if Rc::strong_count(&branch) == 1 => return true,
                Some(_) => {}
                None => return false,
            }
        }
        true
    }

    /// About how many bytes a copy takes, beside the items.
    pub(super) fn copy_bytes(&self) -> usize {
        self.branches.len() * size_of::<(u32, Branch<T>)>()
    }
}

impl<'a, T> IntoIterator for &'a Shared<T> {
    type Item = &'a T;
    type IntoIter = Box<dyn DoubleEndedIterator<Item = &'a T> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

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
        assert_eq!((before.get(40), list.get(40)), (Some(&40), Some(&1001)));
        assert_eq!((before.ever(), list.ever()), (100, 101));
        assert_eq!((before.last(), list.last()), (Some(&99), Some(&100)));
        assert_eq!((before.get(100), list.get(101)), (None, None));
        assert_eq!(
            (before.apart_from(&list), before.apart_from(&before)),
            (1, 0)
        );
        assert!(before.iter().copied().eq(0..100));
        assert!(before.iter().skip(33).copied().eq(33..100));
        assert!(list.iter().rev().copied().take(2).eq([100, 99]));
        assert_eq!(list.iter().count(), 101);
    }

    #[test]
    fn a_copy_fades_bit_by_bit_and_the_others_stay() {
        let item = Rc::new(());
        let mut list = Shared::default();
        for _ in 0..300 * PAGE {
            list.push(Rc::clone(&item));
        }
        let mut copy = list.clone();
        for at in (0..3 * PAGE).chain(250 * PAGE..251 * PAGE) {
            list.remove(at);
        }
        let held = || Rc::strong_count(&item);
        let (mut steps, mut most, mut before) = (0, 0, held());
        let mut is_more = true;
        while is_more {
            is_more = copy.fade();
            (steps, most) = (steps + 1, most.max(before - held()));
            before = held();
        }
        assert_eq!((most, held()), (PAGE, 296 * PAGE + 1));
        assert!(steps < 12, "{steps}");
        assert_eq!(list.iter().count(), 296 * PAGE);
    }

    #[test]
    fn what_is_taken_out_leaves_a_hole_and_the_copies_keep_it() {
        let mut list = Shared::default();
        for n in 0..100 {
            list.push(n);
        }
        let before = list.clone();
        for n in 0..70 {
            list.remove(n);
            list.remove(n);
        }
        assert_eq!(
            (list.ever(), list.len(), list.first()),
            (100, 30, Some(&70))
        );
        assert_eq!(list.get(69), None);
        assert_eq!(list.get_mut(3), None);
        assert!(list.iter().copied().eq(70..100));
        assert!(list.from(80).copied().eq(80..100));
        assert!(before.from(31).copied().eq(31..100));
        assert_eq!(before.apart_from(&list), 70);
        assert_eq!(list.branches.len(), 2);
        list.push(100);
        assert_eq!((list.get(100), list.last()), (Some(&100), Some(&100)));
        // The whole of the newest branch is taken out, and another one comes.
        for n in 96..=100 {
            list.remove(n);
        }
        list.push(101);
        assert_eq!((list.get(100), list.get(101)), (None, Some(&101)));
    }
}
