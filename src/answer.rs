//! Rules that answer messages by themselves: which rule fits which message, and who has had enough. Events and messages
//! in, answers that are due out; what an answer says is evaluated by who asks, and nothing is sent here.

#[cfg(test)]
mod tests;
mod watch;

use std::collections::{BTreeMap, VecDeque};

use regex::bytes::Regex;

use crate::command;
use crate::endpoint::Address;
use crate::escape::quote;
use crate::event::{Actor, Command, ConnId, Dir, Event, Pattern, Reply, Role, Syscall, What};
use crate::session::{Conn, Entry, Machine, Session};

use watch::Watch;

/// How many rules there may be.
const RULES_MAX: usize = 256;

/// How often the two ends of one connection may answer each other's answers: two rules would do it for ever.
pub const IN_A_ROW_MAX: u32 = 1_000;

/// What may wait to be sent before a socket's messages are looked at no further: its outbox (DESIGN.md, Limits).
const QUEUED_MAX_BYTES: u64 = 1 << 20;

/// The same of its calls that wait.
const PENDING_MAX: usize = 64;

/// The most of a message that is held against a pattern.
const PAYLOAD_MAX_BYTES: u64 = 16 << 20;

/// All rules, and the sockets whose messages they are about.
#[derive(Debug, Default)]
pub struct Answers {
    rules: Vec<Rule>,
    /// The number of the newest rule.
    newest: u32,
    watches: BTreeMap<ConnId, Watch>,
    /// Sockets of which a message may have come, those before that were not looked at for longest.
    fresh: VecDeque<ConnId>,
}

/// A rule.
#[derive(Debug)]
struct Rule {
    number: u32,
    reply: Reply,
    regex: Option<Regex>,
    given: u64,
    /// Messages that fitted and for which there was no answer.
    missed: u64,
}

/// An answer that is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// The rule.
    pub number: u32,
    /// The socket that got the message, and that sends the answer.
    pub conn: ConnId,
    /// Who sent it, where the socket has no single peer.
    pub to: Option<Address>,
    /// The message.
    pub entry: Entry,
    /// What the groups of the regular expression matched, with their names.
    pub groups: Vec<(Option<String>, Vec<u8>)>,
    /// The expression that is the answer.
    pub answer: String,
}

impl Answers {
    /// Whether there is a rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Takes a rule: it is for messages that end from now on.
    ///
    /// # Errors
    ///
    /// That there are too many, in words.
    pub fn add(&mut self, reply: Reply, session: &Session) -> Result<What, String> {
        if self.rules.len() >= RULES_MAX {
            return Err(format!("there are {RULES_MAX} rules: `on off` ends them"));
        }
        self.newest += 1;
        for conn in session.conns().iter().filter(|conn| conn.is_open()) {
            if is_about(&reply, conn) {
                let watch = || Watch::from_now(session, conn.id);
                self.watches.entry(conn.id).or_insert_with(watch);
            }
        }
        let rule = Some(words(&reply));
        let regex = match &reply.pattern {
            Some(Pattern::Regex(source)) => command::compile(source).ok(),
            _ => None,
        };
        let number = self.newest;
        self.rules.push(Rule {
            number,
            reply,
            regex,
            given: 0,
            missed: 0,
        });
        Ok(What::Answers { number, rule })
    }

    /// Ends a rule, or all; what that tells, with the socket that it was about.
    ///
    /// # Errors
    ///
    /// That there is none, in words.
    pub fn end(&mut self, number: Option<u32>) -> Result<Vec<(ConnId, What)>, String> {
        let ends = |rule: &Rule| number.is_none_or(|number| rule.number == number);
        let ended: Vec<(ConnId, What)> = self
            .rules
            .extract_if(.., |rule| ends(rule))
            .map(|rule| over(&rule))
            .collect();
        if self.rules.is_empty() {
            self.watches.clear();
            self.fresh.clear();
        }
        match number {
            Some(number) if ended.is_empty() => Err(format!("there is no rule {number}")),
            None if ended.is_empty() => Err("there are no rules".to_owned()),
            _ => Ok(ended),
        }
    }

    /// The rules in words, a line each.
    #[must_use]
    pub fn list(&self, session: &Session) -> Vec<String> {
        let line = |rule: &Rule| {
            let name = session.name(rule.reply.conn);
            let missed = match rule.missed {
                0 => String::new(),
                missed => format!(", {missed} without an answer"),
            };
            let (number, given) = (rule.number, rule.given);
            format!(
                "on {number}: @{name} {}: {given} answered{missed}",
                words(&rule.reply)
            )
        };
        self.rules.iter().map(line).collect()
    }

    /// A message of this socket may have come, or may be answered at last.
    fn refresh(&mut self, id: ConnId) {
        if let Some(watch) = self.watches.get_mut(&id).filter(|watch| !watch.is_fresh) {
            watch.is_fresh = true;
            self.fresh.push_back(id);
        }
    }

    /// The next answer that is due, each socket in turn; `left` counts down the messages that are looked at for it.
    pub fn next(&mut self, session: &Session, left: &mut usize) -> Option<Due> {
        let (mut uncut, mut due) = (Vec::new(), None);
        while *left > 0
            && due.is_none()
            && let Some(id) = self.fresh.pop_front()
        {
            let Some((conn, watch)) = session.conn(id).zip(self.watches.get_mut(&id)) else {
                continue;
            };
            watch.is_fresh = false;
            if is_full(conn) {
                // An event tells when there is room again.
                continue;
            }
            if let Some((entry, to)) = watch.next(session, id) {
                *left -= 1;
                self.refresh(id);
                due = self.answer(session, conn, (&entry, to.as_ref()));
            } else if session.lane(id, Dir::In).is_some_and(|lane| !lane.is_cut()) {
                uncut.push(id);
            }
        }
        for id in uncut {
            self.refresh(id);
        }
        due
    }

    /// Whether there are messages that nobody looked at.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        !self.fresh.is_empty()
    }

    /// An answer was sent. Returns what that ended: a rule that has given all its answers, or two that would answer
    /// each other for ever, with the words for it.
    pub fn given(&mut self, due: &Due, session: &Session) -> Vec<(ConnId, What)> {
        let theirs = session
            .twin(due.conn)
            .and_then(|twin| self.watches.get(&twin));
        let theirs = theirs.map_or(0, |watch| watch.in_a_row);
        let in_a_row = theirs + 1;
        if let Some(watch) = self.watches.get_mut(&due.conn) {
            watch.in_a_row = in_a_row;
        }
        let Some(at) = self.rules.iter().position(|rule| rule.number == due.number) else {
            return Vec::new();
        };
        let Some(rule) = self.rules.get_mut(at) else {
            return Vec::new();
        };
        rule.given += 1;
        let why = if in_a_row >= IN_A_ROW_MAX {
            format!("{IN_A_ROW_MAX} answers to answers in a row, and it would not end")
        } else if rule.given >= rule.reply.times {
            format!("it has given its {} answers", rule.reply.times)
        } else {
            return Vec::new();
        };
        let rule = self.rules.remove(at);
        let told = What::Note(format!("on {} ends: {why}", rule.number));
        vec![(due.conn, told), over(&rule)]
    }

    /// There was no answer to a message, for this reason. It is told once for a rule, and counted.
    pub fn missed(&mut self, due: &Due, why: &str) -> Option<What> {
        let rule = self
            .rules
            .iter_mut()
            .find(|rule| rule.number == due.number)?;
        rule.missed += 1;
        let is_first = rule.missed == 1;
        is_first.then(|| What::Refused(format!("on {}: {why}", rule.number)))
    }

    /// What the first rule that fits makes of a message.
    fn answer(
        &self,
        session: &Session,
        conn: &Conn,
        (entry, to): (&Entry, Option<&Address>),
    ) -> Option<Due> {
        let payload = session.payload(conn.id, Dir::In, &entry.message, PAYLOAD_MAX_BYTES);
        let mut rules = self.rules.iter().filter(|rule| is_about(&rule.reply, conn));
        rules.find_map(|rule| {
            let groups = rule.groups(&payload)?;
            Some(Due {
                number: rule.number,
                conn: conn.id,
                to: to.cloned(),
                entry: entry.clone(),
                groups,
                answer: rule.reply.answer.clone(),
            })
        })
    }
}

impl Machine for Answers {
    /// Notes who may have got a message, who came and went.
    fn take(&mut self, event: &Event, session: &Session, _commands: &mut Vec<Command>) {
        let Some(id) = event.conn.filter(|_| !self.rules.is_empty()) else {
            return;
        };
        match &event.what {
            What::Opened { .. } => {
                let conn = session.conn(id);
                if conn.is_some_and(|conn| self.rules.iter().any(|it| is_about(&it.reply, conn))) {
                    self.watches.insert(id, Watch::default());
                }
            }
            What::Gone => {
                self.watches.remove(&id);
            }
            What::Call(call) => {
                let Some(watch) = self.watches.get_mut(&id) else {
                    return;
                };
                watch.take(call);
                let is_said = matches!(call.call, Syscall::Send { .. }) && call.moved.is_some();
                if is_said && event.by != Actor::Rule {
                    watch.in_a_row = 0;
                }
                self.refresh(id);
            }
            // What waited may have left, and another framing may have found messages.
            What::Held { .. } | What::Framed { .. } => self.refresh(id),
            _ => {}
        }
    }
}

impl Rule {
    /// What the groups of its pattern match in a payload; nothing where it does not fit.
    fn groups(&self, payload: &[u8]) -> Option<Vec<(Option<String>, Vec<u8>)>> {
        match (&self.reply.pattern, &self.regex) {
            (None, _) => Some(Vec::new()),
            (Some(Pattern::Bytes(bytes)), _) => (bytes == payload).then(Vec::new),
            (Some(Pattern::Regex(_)), Some(regex)) => {
                let found = regex.captures(payload)?;
                let names = regex.capture_names().map(|name| name.map(str::to_owned));
                let bytes = found
                    .iter()
                    .map(|group| group.map(|it| it.as_bytes().to_vec()));
                let bytes = bytes.map(Option::unwrap_or_default);
                Some(names.zip(bytes).collect())
            }
            (Some(Pattern::Regex(_)), None) => None,
        }
    }
}

/// Whether a rule is about a socket: it names it, or the listener that made it.
fn is_about(reply: &Reply, conn: &Conn) -> bool {
    let is_accepted = conn.role == Role::Accepted && Some(reply.conn) == conn.parent;
    !conn.role.is_maker() && (reply.conn == conn.id || is_accepted)
}

/// Whether a socket has more to send than it can.
fn is_full(conn: &Conn) -> bool {
    conn.queued + conn.staged >= QUEUED_MAX_BYTES || conn.pending.len() >= PENDING_MAX
}

/// A rule in the words of the language.
fn words(reply: &Reply) -> String {
    let pattern = match &reply.pattern {
        None => String::new(),
        Some(Pattern::Bytes(bytes)) => format!(" {}", quote(bytes)),
        Some(Pattern::Regex(source)) => format!(" /{source}/"),
    };
    format!("message{pattern} send {}", reply.answer)
}

/// That a rule answers no more.
fn over(rule: &Rule) -> (ConnId, What) {
    let number = rule.number;
    (rule.reply.conn, What::Answers { number, rule: None })
}
