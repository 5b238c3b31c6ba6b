//! The thread that writes: all that goes to the disk, in the order in which it was handed over. Those who hand over
//! limit themselves how much of theirs may wait.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// What may wait: the pieces of the spill file and the buffers of a recording, each limited by its owner.
const WAITING_MAX: usize = 128;

/// Something to write.
pub(in crate::os::real) type Job = Box<dyn FnOnce() + Send>;

/// The disk thread, begun when it is needed first.
#[derive(Debug, Default)]
pub(in crate::os::real) struct Worker {
    jobs: Option<Jobs>,
}

/// The way to the disk thread.
#[derive(Clone, Debug)]
pub(in crate::os::real) struct Jobs(SyncSender<Job>);

impl Worker {
    /// The way to the thread.
    ///
    /// # Errors
    ///
    /// Why there is no thread.
    pub(in crate::os::real) fn jobs(&mut self) -> std::io::Result<Jobs> {
        if let Some(jobs) = &self.jobs {
            return Ok(jobs.clone());
        }
        let (jobs, arriving) = sync_channel::<Job>(WAITING_MAX);
        // Nobody joins it: who must know that something is written waits for that.
        thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || run(&arriving))?;
        Ok(self.jobs.insert(Jobs(jobs)).clone())
    }
}

impl Jobs {
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
