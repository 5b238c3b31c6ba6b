//! What the kernel did for the program, in its order and apart from all that the program keeps of it. Whoever holds the
//! two against each other takes it out, piece by piece.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use sockeye::event::{Dir, Errno};
use sockeye::os::{Sock, Wake};

/// Calls in a row that say not now, and wakes in a row that nothing is done about: more is a spin.
const FRUITLESS_MAX: u32 = 20;
const UNHEARD_MAX: usize = 20;

/// After so long a call may be tried anew.
const PAUSE: Duration = Duration::from_millis(50);

/// Something that happened at the seam.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Bytes moved.
    Moved(Sock, Dir, Vec<u8>),
    /// A call on a socket failed.
    Failed(Sock, &'static str, Errno),
}

/// The book; all copies are the same.
#[derive(Clone, Debug, Default)]
pub struct Book(Rc<RefCell<Pages>>);

#[derive(Debug, Default)]
struct Pages {
    entries: Vec<Entry>,
    fruitless: HashMap<(Sock, &'static str), (u32, Duration)>,
    unheard: HashMap<Sock, usize>,
    is_spinning: bool,
    /// Calls that a person asks for by one line.
    repeated: u32,
    /// What must not be.
    wrong: Option<String>,
}

impl Book {
    /// Takes out all that was written since.
    pub fn take(&self) -> Vec<Entry> {
        std::mem::take(&mut self.0.borrow_mut().entries)
    }

    /// What was wrong at the seam itself.
    pub fn wrong(&self) -> Option<String> {
        self.0.borrow().wrong.clone()
    }

    /// A person asked for something: what was tried before may be tried again.
    pub fn forgive(&self) {
        self.0.borrow_mut().fruitless.clear();
    }

    /// A loop burns on purpose from now on, or does not any more.
    pub fn spins(&self, is_spinning: bool) {
        self.0.borrow_mut().is_spinning = is_spinning;
    }

    /// A person asks for something so often, be it of a socket that says not now.
    pub fn repeats(&self, times: u32) {
        self.0.borrow_mut().repeated += times;
    }

    pub(super) fn moved(&self, sock: Sock, dir: Dir, bytes: &[u8]) {
        let mut pages = self.0.borrow_mut();
        pages.entries.push(Entry::Moved(sock, dir, bytes.to_vec()));
        pages.fruitless.retain(|(other, _), _| *other != sock);
    }

    /// A call on a socket was made.
    pub(super) fn called(
        &self,
        sock: Sock,
        call: &'static str,
        failed: Option<Errno>,
        now: Duration,
    ) {
        let mut pages = self.0.borrow_mut();
        pages.unheard.remove(&sock);
        let Some(errno) = failed else {
            pages.fruitless.remove(&(sock, call));
            return;
        };
        pages.entries.push(Entry::Failed(sock, call, errno));
        if !errno.would_block() || pages.is_spinning {
            return;
        }
        let most = FRUITLESS_MAX + pages.repeated;
        let (count, since) = pages.fruitless.entry((sock, call)).or_insert((0, now));
        if now >= *since + PAUSE {
            (*count, *since) = (0, now);
        }
        *count += 1;
        if *count > most {
            let (count, since) = (*count, *since);
            pages.wrong = Some(format!(
                "I7: {call} on {sock:?} said {errno:?} {count} times since {since:?}"
            ));
        }
    }

    /// What ended a wait, of sockets that are watched: so many are.
    pub(super) fn told(&self, wakes: &[Wake], is_watched: impl Fn(Sock) -> bool, watched: usize) {
        let mut pages = self.0.borrow_mut();
        for wake in wakes {
            if let Wake::Socket { sock, .. } = wake
                && is_watched(*sock)
            {
                let count = pages.unheard.entry(*sock).or_default();
                *count += 1;
                if *count > UNHEARD_MAX + watched {
                    pages.wrong = Some(format!(
                        "I10: {sock:?} was told {count} times and nothing was done about it"
                    ));
                }
            }
        }
    }

    /// The poller shall tell something else of a socket, or it is closed.
    pub(super) fn is_heard(&self, sock: Sock) {
        self.0.borrow_mut().unheard.remove(&sock);
    }
}
