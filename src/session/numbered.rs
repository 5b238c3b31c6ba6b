//! A list of what has a number, in which what was taken out leaves no trace: a session gives millions of sockets their
//! numbers and remembers some thousands of them. It knows nothing of what it holds.

/// Items of a page.
pub(super) const PAGE: usize = 32;

/// Pages by their numbers, in order; those without items are not there.
#[derive(Clone, Debug)]
pub(super) struct Pages<P> {
    all: Vec<(u32, P)>,
}

impl<P> Default for Pages<P> {
    fn default() -> Self {
        Self { all: Vec::new() }
    }
}

impl<P> Pages<P> {
    /// The page of that number.
    pub(super) fn get(&self, page: usize) -> Option<&P> {
        Some(&self.all.get(self.place(page).ok()?)?.1)
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, page: usize) -> Option<&mut P> {
        let place = self.place(page).ok()?;
        Some(&mut self.all.get_mut(place)?.1)
    }

    /// The same, made now if it is not there.
    pub(super) fn make(&mut self, page: usize, new: impl FnOnce() -> P) -> &mut P {
        let place = self.place(page).unwrap_or_else(|place| {
            let number = u32::try_from(page).unwrap_or(u32::MAX);
            self.all.insert(place, (number, new()));
            place
        });
        &mut self.all[place].1
    }

    /// Takes a page out.
    pub(super) fn remove(&mut self, page: usize) {
        if let Ok(place) = self.place(page) {
            self.all.remove(place);
        }
    }

    /// Takes the last page out.
    pub(super) fn pop(&mut self) -> Option<P> {
        Some(self.all.pop()?.1)
    }

    /// The pages from that number on, each with the number of its first item.
    pub(super) fn from(&self, page: usize) -> impl DoubleEndedIterator<Item = (usize, &P)> {
        let first = self
            .all
            .partition_point(|(number, _)| (*number as usize) < page);
        let pages = self.all.get(first..).unwrap_or_default().iter();
        pages.map(|(number, page)| (*number as usize * PAGE, page))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    fn place(&self, page: usize) -> Result<usize, usize> {
        // Most often nothing is missing before it: then it stands at its own number.
        let is_at = |place: usize| self.all.get(place).is_some_and(|it| it.0 as usize == page);
        if is_at(page) {
            return Ok(page);
        }
        self.all.binary_search_by_key(&page, |it| it.0 as usize)
    }
}

/// The list.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    pages: Pages<[Option<Box<T>>; PAGE]>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            pages: Pages::default(),
        }
    }
}

impl<T> Numbered<T> {
    /// An item.
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.pages.get(at / PAGE)?[at % PAGE].as_deref()
    }

    /// An item to be changed.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.pages.get_mut(at / PAGE)?[at % PAGE].as_deref_mut()
    }

    /// An item, made now if there is none.
    pub(super) fn make(&mut self, at: usize, new: impl FnOnce() -> T) -> &mut T {
        let page = self.pages.make(at / PAGE, || [const { None }; PAGE]);
        page[at % PAGE].get_or_insert_with(|| Box::new(new()))
    }

    /// Takes an item out.
    pub(super) fn remove(&mut self, at: usize) -> Option<Box<T>> {
        let page = self.pages.get_mut(at / PAGE)?;
        let item = page[at % PAGE].take();
        if page.iter().all(Option::is_none) {
            self.pages.remove(at / PAGE);
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_leaves_nothing_and_the_rest_keeps_its_numbers() {
        let mut list = Numbered::default();
        for at in 0..1000 {
            list.make(at, || at);
        }
        for at in (0..1000).filter(|at| *at != 7 && *at != 700) {
            assert_eq!(list.remove(at).as_deref(), Some(&at));
        }
        assert_eq!(list.pages.len(), 2);
        assert_eq!((list.get(7), list.get(700)), (Some(&7), Some(&700)));
        assert_eq!((list.get(8), list.get(300)), (None, None));
        assert_eq!(list.remove(300), None);
        *list.get_mut(700).unwrap() = 1;
        assert_eq!(*list.make(700, || 2), 1);
        assert_eq!(*list.make(320, || 3), 3);
        let firsts: Vec<_> = list.pages.from(1).map(|(first, _)| first).collect();
        assert_eq!(firsts, [320, 672]);
    }
}
