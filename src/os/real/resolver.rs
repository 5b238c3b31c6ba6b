//! Names become addresses on a helper thread, since getaddrinfo(3) waits for ten seconds and more. One thread at a
//! time: one that is stuck is left behind, and a fresh one takes the queue. Deadlines are its user's matter.

use std::collections::VecDeque;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use polling::Poller;

/// The threads that may be left behind in getaddrinfo(3) at once.
const STUCK_MAX: usize = 4;

/// The names that may wait for the thread.
const QUEUE_MAX: usize = 1024;

/// Looks one name up, on the thread.
pub(super) type Lookup = fn(&str) -> Answer;

/// The addresses of a name, or why there are none.
pub(super) type Answer = Result<Vec<IpAddr>, String>;

/// The names that are being looked up.
#[derive(Debug)]
pub(super) struct Resolver {
    poller: Arc<Poller>,
    lookup: Lookup,
    queue: VecDeque<(u64, String)>,
    thread: Option<Thread>,
    /// The number of the next thread, which tells late answers from awaited ones.
    next_thread: u64,
    /// How many were left behind and did not come back.
    stuck: usize,
    answers: (Sender<Message>, Receiver<Message>),
}

#[derive(Debug)]
struct Thread {
    number: u64,
    questions: SyncSender<(u64, String)>,
    /// The ticket that it is busy with, and whether anybody still wants it.
    busy: Option<(u64, bool)>,
}

#[derive(Debug)]
struct Message {
    thread: u64,
    ticket: u64,
    answer: Answer,
}

impl Resolver {
    /// Without a thread: the first question starts one.
    pub(super) fn new(poller: &Arc<Poller>, lookup: Lookup) -> Self {
        Self {
            poller: Arc::clone(poller),
            lookup,
            queue: VecDeque::new(),
            thread: None,
            next_thread: 0,
            stuck: 0,
            answers: channel(),
        }
    }

    /// Asks for a name; [`Resolver::answer`] has it once the poller was woken.
    pub(super) fn resolve(&mut self, ticket: u64, host: &str) {
        if self.queue.len() >= QUEUE_MAX {
            let why = format!("{QUEUE_MAX} names wait to be looked up");
            self.refuse(ticket, why);
            return;
        }
        self.queue.push_back((ticket, host.to_owned()));
        self.go_on();
    }

    /// Gives a question up. False when its thread stays the only one, because too many are stuck.
    pub(super) fn abandon(&mut self, ticket: u64) -> bool {
        self.queue.retain(|(waiting, _)| *waiting != ticket);
        let Some(thread) = &mut self.thread else {
            return true;
        };
        match &mut thread.busy {
            Some((busy, wanted)) if *busy == ticket => *wanted = false,
            _ => return true,
        }
        self.replace_thread()
    }

    /// The next answer that came and is still wanted.
    pub(super) fn answer(&mut self) -> Option<(u64, Answer)> {
        while let Ok(message) = self.answers.1.try_recv() {
            if let Some(answer) = self.take(message) {
                return Some(answer);
            }
        }
        None
    }

    fn take(&mut self, message: Message) -> Option<(u64, Answer)> {
        let (ticket, answer) = (message.ticket, message.answer);
        match &mut self.thread {
            Some(thread) if thread.number == message.thread => {
                let wanted = thread.busy.take().is_some_and(|(_, wanted)| wanted);
                self.go_on();
                wanted.then_some((ticket, answer))
            }
            _ if message.thread == NO_THREAD => Some((ticket, answer)),
            _ => {
                self.stuck = self.stuck.saturating_sub(1);
                let busy = self.thread.as_ref().and_then(|thread| thread.busy);
                if busy.is_some_and(|(_, wanted)| !wanted) {
                    self.replace_thread();
                }
                None
            }
        }
    }

    /// Leaves the thread behind for a fresh one; false when too many were already.
    fn replace_thread(&mut self) -> bool {
        if self.stuck >= STUCK_MAX {
            return false;
        }
        // Its channel closes here: it ends when getaddrinfo returns.
        self.thread = None;
        self.stuck += 1;
        self.go_on();
        true
    }

    /// Hands the next question to the thread, if it has none.
    fn go_on(&mut self) {
        let busy = self
            .thread
            .as_ref()
            .is_some_and(|thread| thread.busy.is_some());
        if busy {
            return;
        }
        let Some((ticket, host)) = self.queue.pop_front() else {
            return;
        };
        let thread = match self.thread.take() {
            Some(thread) => Ok(thread),
            None => self.start(),
        };
        let asked = thread.and_then(|mut thread| {
            thread.busy = Some((ticket, true));
            let sent = thread.questions.try_send((ticket, host));
            sent.map(|()| thread)
                .map_err(|_| "the thread that looks names up ended".to_owned())
        });
        match asked {
            Ok(thread) => self.thread = Some(thread),
            Err(why) => self.refuse(ticket, why),
        }
    }

    fn start(&mut self) -> Result<Thread, String> {
        let number = self.next_thread;
        self.next_thread += 1;
        let (questions, asked) = sync_channel::<(u64, String)>(1);
        let (lookup, answers, poller) = (
            self.lookup,
            self.answers.0.clone(),
            Arc::clone(&self.poller),
        );
        let run = move || {
            for (ticket, host) in asked {
                let answer = lookup(&host);
                let message = Message {
                    thread: number,
                    ticket,
                    answer,
                };
                if answers.send(message).is_err() {
                    return;
                }
                // Where waking fails the answer is taken with the next event.
                let _ = poller.notify();
            }
        };
        let builder = thread::Builder::new().name("names".to_owned());
        // Nobody joins it: the end of the program shall not wait for a name server.
        builder
            .spawn(run)
            .map_err(|error| format!("no thread to look names up: {error}"))?;
        Ok(Thread {
            number,
            questions,
            busy: None,
        })
    }

    /// Answers without having asked, on the way that all answers take.
    fn refuse(&mut self, ticket: u64, why: String) {
        let message = Message {
            thread: NO_THREAD,
            ticket,
            answer: Err(why),
        };
        let _ = self.answers.0.send(message);
        let _ = self.poller.notify();
    }
}

/// The number of an answer that no thread gave.
const NO_THREAD: u64 = u64::MAX;

/// getaddrinfo(3): the addresses of a name in the order of RFC 6724, each once.
pub(super) fn getaddrinfo(host: &str) -> Answer {
    let found = (host, 0).to_socket_addrs().map_err(|error| {
        let words = error.to_string();
        let bare = words.strip_prefix("failed to lookup address information: ");
        bare.unwrap_or(&words).to_owned()
    })?;
    let mut addresses = Vec::new();
    for found in found {
        if !addresses.contains(&found.ip()) {
            addresses.push(found.ip());
        }
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests;
