//! Memory that is kept back for the end: where the system gives no more, it is given up, and the run ends in order,
//! with its recording whole and the terminal as it was. It frees nothing that is in use.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// What is kept back, or less where there is not so much. It costs address space alone, for nobody writes to it. From
/// this length on glibc gives it back to the system at once (`M_MMAP_THRESHOLD`, mallopt(3)).
const RESERVES: [usize; 3] = [32 << 20, 8 << 20, 1 << 20];

/// As long as a block is to be given back by itself: what glibc begins with.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const GIVEN_BACK_BYTES: i32 = 128 << 10;

/// Allocators have no other way to what they share. With the terminal's, the only mutable globals of the program.
static RESERVE: Reserve = Reserve::new();

/// The system's allocator, and the reserve for when it gives nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory;

// SAFETY: every block is the system allocator's, which is asked at most twice for it, the second time only if the first
// gave none; nothing here unwinds.
#[expect(unsafe_code, reason = "there is no safe way to be an allocator")]
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps what `GlobalAlloc::alloc` asks for.
        RESERVE.or_give_up(|| unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        RESERVE.or_give_up(|| unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: as above; where nothing is given, the block stays as it was and may be named again.
        RESERVE.or_give_up(|| unsafe { System.realloc(block, layout, bytes) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; all blocks are the system allocator's.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Keeps memory back, once; as much as the system gives, at most so many bytes.
pub(super) fn keep_back(most: u64) {
    RESERVE.keep_back(most);
}

/// Has blocks from a length on given back to the system as soon as nobody uses them. glibc raises that length to that
/// of the longest block that was ever freed, up to 32 MiB (`M_MMAP_THRESHOLD`, mallopt(3)): then what comes and goes
/// under a flood is cut out of one heap, which is left full of holes and grows.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "there is no safe way to ask the allocator")]
    // SAFETY: it sets a number of the allocator's own, under its lock.
    let is_set = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, GIVEN_BACK_BYTES) };
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    debug_assert_eq!(is_set, 1, "mallopt(3) takes it");
}

/// Whether the system gave no more, so that what was kept back is in use.
pub(super) fn is_short() -> bool {
    RESERVE.is_given_up.load(Ordering::Acquire)
}

/// A block that nobody uses.
struct Reserve {
    block: AtomicPtr<u8>,
    /// How long it is or was; 0 where there never was one.
    bytes: AtomicUsize,
    /// It was kept back, and may be given up since.
    is_kept: AtomicBool,
    is_given_up: AtomicBool,
}

impl Reserve {
    const fn new() -> Self {
        Self {
            block: AtomicPtr::new(ptr::null_mut()),
            bytes: AtomicUsize::new(0),
            is_kept: AtomicBool::new(false),
            is_given_up: AtomicBool::new(false),
        }
    }

    #[expect(unsafe_code, reason = "the system's allocator is asked by itself")]
    fn keep_back(&self, most: u64) {
        if self.bytes.load(Ordering::Acquire) != 0 {
            return;
        }
        for bytes in RESERVES.into_iter().filter(|bytes| *bytes as u64 <= most) {
            let Ok(layout) = Layout::from_size_align(bytes, 1) else {
                return;
            };
            // SAFETY: the layout is not of length 0.
            let block = unsafe { System.alloc(layout) };
            if block.is_null() {
                continue;
            }
            let order = (Ordering::AcqRel, Ordering::Relaxed);
            let claimed = self.bytes.compare_exchange(0, bytes, order.0, order.1);
            if claimed.is_ok() {
                self.block.store(block, Ordering::Release);
                self.is_kept.store(true, Ordering::Release);
            } else {
                // SAFETY: this block of this layout, which nobody else has seen.
                unsafe { System.dealloc(block, layout) };
            }
            return;
        }
    }

    /// What is asked for; once more behind the reserve, if nothing came of it.
    fn or_give_up(&self, mut ask: impl FnMut() -> *mut u8) -> *mut u8 {
        let block = ask();
        if !block.is_null() || !self.give_up() {
            return block;
        }
        ask()
    }

    /// Gives the reserve to whoever needs it; whether there ever was one. It allocates nothing.
    #[expect(unsafe_code, reason = "the system's allocator is asked by itself")]
    fn give_up(&self) -> bool {
        if !self.is_kept.load(Ordering::Acquire) {
            return false;
        }
        let bytes = self.bytes.load(Ordering::Acquire);
        let block = self.block.swap(ptr::null_mut(), Ordering::AcqRel);
        if let (false, Ok(layout)) = (block.is_null(), Layout::from_size_align(bytes, 1)) {
            // SAFETY: the block of this layout, which the exchange gave to this thread alone.
            unsafe { System.dealloc(block, layout) };
            self.is_given_up.store(true, Ordering::Release);
        }
        // Another thread may be at it, whose next step is to have done so.
        while !self.is_given_up.load(Ordering::Acquire) {
            hint::spin_loop();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks for memory that is not there the first `failures` times; how often it was asked, and whether it got any.
    fn asked(reserve: &Reserve, failures: usize) -> (usize, bool) {
        let (mut count, mut byte) = (0, 0_u8);
        let got = reserve.or_give_up(|| {
            count += 1;
            if count > failures {
                &raw mut byte
            } else {
                ptr::null_mut()
            }
        });
        (count, !got.is_null())
    }

    #[test]
    fn f64_the_reserve_is_given_up_once_and_for_whoever_comes_then() {
        let reserve = Reserve::new();
        assert_eq!(asked(&reserve, 1), (1, false), "nothing was kept back");
        reserve.keep_back(1 << 10);
        assert_eq!(asked(&reserve, 1), (1, false), "so little is no reserve");
        reserve.keep_back(u64::MAX);
        assert_eq!(asked(&reserve, 0), (1, true));
        assert!(!reserve.is_given_up.load(Ordering::Relaxed));
        assert_eq!(asked(&reserve, 1), (2, true));
        assert!(reserve.is_given_up.load(Ordering::Relaxed));
        assert!(reserve.block.load(Ordering::Relaxed).is_null());
        // What others freed may be there again.
        assert_eq!(asked(&reserve, 1), (2, true));
        assert_eq!(asked(&reserve, 2), (2, false));
        reserve.keep_back(u64::MAX);
        assert!(reserve.block.load(Ordering::Relaxed).is_null());
    }

    #[test]
    fn f64_threads_that_run_short_together_all_ask_again() {
        for _ in 0..100 {
            let reserve = Reserve::new();
            reserve.keep_back(u64::MAX);
            let all = std::thread::scope(|scope| {
                let one = || scope.spawn(|| asked(&reserve, 1));
                let threads = [one(), one(), one()];
                threads.map(|thread| thread.join().unwrap())
            });
            assert_eq!(all, [(2, true); 3]);
        }
    }
}
