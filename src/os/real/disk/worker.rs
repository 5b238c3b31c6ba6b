//! A thread that writes what it is handed, in that order. Each file that grows while the program runs has its own: a
//! disk that hangs holds up nothing that goes to another. Who hands over limits how much of his may wait.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// What may wait: more than any owner lets wait.
const WAITING_MAX: usize = 128;

/// Something to write.
pub(in crate::os::real) type Job = Box<dyn FnOnce() + Send>;

/// The way to a disk thread, which ends behind the last job when this is dropped.
#[derive(Debug)]
pub(in crate::os::real) struct Jobs(SyncSender<Job>);

impl Jobs {
    /// Begins a thread of that name.
    ///
    /// # Errors
    ///
    /// Why there is no thread.
    pub(in crate::os::real) fn begin(name: &str) -> std::io::Result<Self> {
        let (jobs, arriving) = sync_channel::<Job>(WAITING_MAX);
        // Nobody joins it: who must know that something is written waits for that.
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&arriving))?;
        Ok(Self(jobs))
    }

    /// Hands over a job; false if there is nobody to do it any more.
    pub(in crate::os::real) fn give(&self, job: Job) -> bool {
        self.0.send(job).is_ok()
    }
}

fn run(arriving: &Receiver<Job>) {
    for job in arriving {
        job();
    }
}
