//! Questions to select(2) that wait for an answer. The kernel is asked without waiting, and asked again when the poller
//! told of one of the sockets, before the loop itself reads anything. While nothing happens nobody asks.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Net;
use super::cx::{Cx, Pending, Turn};
use crate::event::{Actor, Asked, Call, ConnId, Errno, Lists, Outcome, Syscall};
use crate::os::{Got, Interest, Readiness, Subject};

/// Wakes without an answer after which the poller is asked about a socket no more, but the kernel once in a while: HUP
/// and ERR cannot be masked (`epoll_ctl(2)`), and are no answer to who waits for urgent data.
const FRUITLESS_MAX: u32 = 8;

/// How often then.
const SELDOM: Duration = Duration::from_secs(1);

/// A question that waits.
#[derive(Debug)]
pub(super) struct Select {
    by: Actor,
    /// The socket at which it is told.
    home: ConnId,
    lists: Lists,
    timeout: Option<Duration>,
    pending: Pending,
    until: Option<Duration>,
    /// When it is asked again in any case.
    again: Option<Duration>,
    /// It is the second half of a spin.
    spun: bool,
}

impl Select {
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.until.into_iter().chain(self.again).min()
    }

    fn syscall(&self) -> Syscall {
        Syscall::Select {
            lists: self.lists.clone(),
            timeout: self.timeout,
        }
    }
}

impl Net {
    /// Asks; where nobody is ready the question waits.
    pub(super) fn select(
        &mut self,
        by: Actor,
        home: Option<ConnId>,
        lists: Lists,
        timeout: Option<Duration>,
        turn: &mut Turn,
    ) {
        self.begin_select((by, home), lists, timeout, false, turn);
    }

    /// The same, as the second half of a spin.
    pub(super) fn begin_select(
        &mut self,
        (by, home): (Actor, Option<ConnId>),
        lists: Lists,
        timeout: Option<Duration>,
        spun: bool,
        turn: &mut Turn,
    ) {
        let (got, took) = self.ask(&lists, turn);
        let syscall = Syscall::Select {
            lists: lists.clone(),
            timeout,
        };
        let waits = got.as_ref().is_ok_and(|answer| answer.count() == 0);
        let call = Call::new(syscall.clone(), outcome(got), took);
        let shared = &mut self.shared;
        let mut cx = Cx { shared, turn };
        match home {
            Some(home) if waits && timeout != Some(Duration::ZERO) => {
                let pending = cx.block(home, by, syscall);
                cx.log_part(home, by, call, pending);
                let until = timeout.map(|timeout| cx.now() + timeout);
                self.probes.selects.push(Select {
                    by,
                    home,
                    lists,
                    timeout,
                    pending,
                    until,
                    again: None,
                    spun,
                });
                self.watch_asked(turn);
            }
            Some(home) => cx.log(home, by, call),
            None => cx.tell_all(by, crate::event::What::Call(call)),
        }
        if spun && !waits {
            self.tell_spin(turn);
        }
    }

    /// Asks all questions again that wait.
    pub(super) fn ask_again(&mut self, turn: &mut Turn) {
        self.probes.stirred = false;
        if self.probes.selects.is_empty() {
            return;
        }
        let now = turn.os.now();
        let mut is_over = false;
        for mut select in std::mem::take(&mut self.probes.selects) {
            let (got, took) = self.ask(&select.lists, turn);
            let waits = got.as_ref().is_ok_and(|answer| answer.count() == 0);
            if waits && select.until.is_none_or(|until| now < until) {
                let rests = self.rests(&select.lists);
                select.again = rests.then(|| now + SELDOM);
                self.probes.selects.push(select);
                continue;
            }
            is_over = true;
            let call = Call::new(select.syscall(), outcome(got), took);
            let shared = &mut self.shared;
            Cx { shared, turn }.log_end(select.home, select.by, call, Some(select.pending));
            if select.spun {
                self.tell_spin(turn);
            }
        }
        if is_over {
            self.watch_asked(turn);
        }
    }

    /// Ends the questions that wait at a socket, or those of a spin; whether there were some.
    pub(super) fn cancel_selects(&mut self, home: Option<ConnId>, turn: &mut Turn) -> bool {
        let all = std::mem::take(&mut self.probes.selects);
        let (ended, kept): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|select| home.map_or(select.spun, |home| select.home == home));
        self.probes.selects = kept;
        for select in &ended {
            let (syscall, pending) = (select.syscall(), Some(select.pending));
            let shared = &mut self.shared;
            let mut cx = Cx { shared, turn };
            cx.log_cancelled(select.home, select.by, syscall, pending, "cancel");
        }
        if ended.iter().any(|select| select.spun) {
            self.tell_spin(turn);
        }
        if !ended.is_empty() {
            self.watch_asked(turn);
        }
        !ended.is_empty()
    }

    /// One question to the kernel.
    fn ask(&mut self, lists: &Lists, turn: &mut Turn) -> (Got<Lists>, Duration) {
        let all = lists.all();
        let mut asked = Vec::new();
        for subject in &all {
            let wanted = Readiness {
                read: lists.read.contains(subject),
                write: lists.write.contains(subject),
                except: lists.except.contains(subject),
            };
            let subject = match subject {
                Asked::File(path) => Subject::File(path),
                Asked::Socket(conn, _) => match self.socket(*conn).and_then(|it| it.sock) {
                    Some(sock) => Subject::Socket(sock),
                    None => return (Err(Errno::EBADF), Duration::ZERO),
                },
            };
            asked.push((subject, wanted));
        }
        let shared = &mut self.shared;
        let (got, took) = Cx { shared, turn }.call(|os| os.select(&asked));
        let answer = got.map(|found| {
            let mut answer = Lists::default();
            for (subject, ready) in all.iter().zip(found) {
                let is = [('r', ready.read), ('w', ready.write), ('x', ready.except)];
                for (letter, _) in is.iter().filter(|(_, is)| *is) {
                    answer.list_mut(*letter).push((*subject).clone());
                }
            }
            answer
        });
        (answer, took)
    }

    /// Tells the poller which sockets the questions are about.
    fn watch_asked(&mut self, turn: &mut Turn) {
        let mut wanted: BTreeMap<ConnId, Interest> = BTreeMap::new();
        for select in &self.probes.selects {
            for (letter, list) in select.lists.each() {
                for conn in list.iter().filter_map(Asked::conn) {
                    let interest = wanted.entry(conn).or_default();
                    match letter {
                        'r' => interest.read = true,
                        'w' => interest.write = true,
                        _ => interest.urgent = true,
                    }
                }
            }
        }
        let before = std::mem::replace(&mut self.probes.watched, wanted.keys().copied().collect());
        let gone = before.into_iter().filter(|conn| !wanted.contains_key(conn));
        for conn in gone.collect::<Vec<_>>() {
            self.with(conn, turn, |socket, _| socket.ask_for(Interest::default()));
        }
        for (conn, interest) in wanted {
            self.with(conn, turn, |socket, _| socket.ask_for(interest));
        }
    }

    /// Whether the poller is not asked about one of them any more.
    fn rests(&self, lists: &Lists) -> bool {
        let mut conns = lists.all().into_iter().filter_map(Asked::conn);
        conns.any(|conn| {
            self.socket(conn)
                .is_some_and(|socket| socket.roused >= FRUITLESS_MAX)
        })
    }
}

impl super::socket::Socket {
    /// What questions want to be told of it.
    fn ask_for(&mut self, interest: Interest) {
        if self.asked != interest {
            self.asked = interest;
            self.roused = 0;
        }
    }

    /// What questions are still told of it.
    pub(super) fn asked(&self) -> Interest {
        if self.roused < FRUITLESS_MAX {
            self.asked
        } else {
            Interest::default()
        }
    }
}

fn outcome(got: Got<Lists>) -> Outcome {
    got.map_or_else(Outcome::Failed, Outcome::Selected)
}
