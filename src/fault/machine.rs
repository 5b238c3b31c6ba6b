//! The faults of a session as a machine: rules begin and end by events, each direction that one is for gets a lane, and
//! lanes are fed with what was received. It keeps no facts that the session has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Rule;
use super::lane::Lane;
use crate::event::{Command, ConnId, Dir, Event, Fault, Freed, Role, What};
use crate::session::{Conn, Machine, Session, Tampering};
use crate::words::Words;

/// A direction of a socket: of a tap what one of its sides receives.
type Key = (ConnId, Dir);

/// All faults of a session.
#[derive(Debug, Default)]
pub struct Faults {
    lanes: BTreeMap<Key, Lane>,
    /// Lanes that may have something to take.
    hungry: BTreeSet<Key>,
    /// Lanes that take the rest of what came once it is cut into messages.
    uncut: BTreeSet<Key>,
    /// Lanes that reset their connection when its bytes are sent.
    resetting: BTreeSet<Key>,
    /// The number of the newest rule that was given away.
    newest: u32,
}

impl Machine for Faults {
    fn take(&mut self, event: &Event, session: &Session, commands: &mut Vec<Command>) {
        let Some(id) = event.conn else { return };
        match &event.what {
            What::Opened { .. } => self.meet(id, session, commands),
            What::Fault(Fault::Begun { number, .. }) => self.begin(*number, session, commands),
            What::Fault(Fault::Over { number }) => {
                self.end(*number, event.at, session, commands);
            }
            What::Call(call) => {
                if let Some(moved) = call.moved.as_ref().filter(|_| !self.lanes.is_empty()) {
                    self.note((id, moved.dir));
                }
            }
            What::Ended { dir, .. } => self.note((id, *dir)),
            What::Gone => {
                self.leave(id, session, commands);
            }
            _ => {}
        }
    }

    fn due(&mut self, now: Duration, session: &Session, commands: &mut Vec<Command>) {
        let late = self.lanes.iter().filter(|(_, lane)| {
            let deadline = lane.stack.deadline();
            deadline.is_some_and(|deadline| deadline <= now)
        });
        let late: Vec<Key> = late.map(|(key, _)| *key).collect();
        for key in late {
            if let Some(lane) = self.lanes.get_mut(&key) {
                lane.due(now, session, commands);
                self.hungry.insert(key);
            }
        }
        self.hungry.append(&mut self.uncut);
        for key in std::mem::take(&mut self.hungry) {
            let Some(lane) = self.lanes.get_mut(&key) else {
                continue;
            };
            if !lane.feed(now, session, commands) && session.is_uncut() {
                self.uncut.insert(key);
            }
            if lane.is_resetting() {
                self.resetting.insert(key);
            }
            if lane.is_done() {
                lane.finish(commands);
                self.forget(key, commands);
            }
        }
        let mut over = Vec::new();
        self.resetting.retain(|key| {
            let Some(lane) = self.lanes.get_mut(key) else {
                return false;
            };
            lane.reset(session, commands);
            let is_resetting = lane.is_resetting();
            // Its rule may be over by now.
            if !is_resetting && lane.stack.is_empty() {
                over.push(*key);
            }
            is_resetting
        });
        for key in over {
            self.forget(key, commands);
        }
    }

    fn deadline(&self) -> Option<Duration> {
        let deadlines = self.lanes.values().map(|lane| lane.stack.deadline());
        // What came, or was cut, since the machines were asked last is taken at once.
        let is_idle = self.hungry.is_empty() && self.uncut.is_empty();
        let at_once = (!is_idle).then_some(Duration::ZERO);
        deadlines.flatten().chain(at_once).min()
    }
}

impl Faults {
    /// A number for a rule that is to begin.
    pub fn number(&mut self, session: &Session) -> u32 {
        self.newest = self.newest.max(session.newest_tampering()) + 1;
        self.newest
    }

    /// Says what becomes of the oldest message that is held: of a conversation, or else of all. False if none is.
    pub fn free(
        &mut self,
        of: Option<ConnId>,
        freed: &Freed,
        (now, session): (Duration, &Session),
        commands: &mut Vec<Command>,
    ) -> bool {
        let across = |id: ConnId| session.conn(id).and_then(|conn| conn.across);
        let caught = session.caught();
        let is_of = |id: ConnId| of.is_some_and(|of| id == of || across(id) == Some(of));
        let own = caught.iter().find(|held| is_of(held.conn));
        let Some(held) = own.or_else(|| caught.first()) else {
            return false;
        };
        let key = (held.conn, Dir::In);
        let lane = self.lanes.get_mut(&key);
        let is_freed = lane.is_some_and(|lane| lane.free(freed, now, session, commands));
        self.hungry.insert(key);
        is_freed
    }

    /// Whether a socket is a side of a tapped conversation: which direction of it, seen from the client, it receives.
    fn side(id: ConnId, session: &Session) -> Option<(ConnId, Dir)> {
        let is_tap = |id: ConnId| {
            let conn = session.conn(id);
            conn.is_some_and(|conn| conn.role == Role::Tap)
        };
        let parent = session.conn(id)?.parent?;
        if is_tap(parent) {
            return Some((id, Dir::In));
        }
        let maker = session.conn(parent)?.parent?;
        is_tap(maker).then_some((parent, Dir::Out))
    }

    /// Whether a rule is for a lane, and as which direction.
    fn is_for(rule: &Tampering, (id, dir): Key, session: &Session) -> bool {
        let Some((client, through)) = Self::side(id, session) else {
            return rule.conn == id && rule.dir.is_none_or(|wanted| wanted == dir);
        };
        if dir != Dir::In {
            return false;
        }
        let tap = session.conn(client).and_then(|conn| conn.parent);
        let is_of = rule.conn == client || Some(rule.conn) == tap;
        is_of && rule.dir.is_none_or(|wanted| wanted == through)
    }

    /// A socket came: what it receives may be for rules that are in force.
    fn meet(&mut self, id: ConnId, session: &Session, commands: &mut Vec<Command>) {
        let Some((client, _)) = Self::side(id, session) else {
            return;
        };
        if session.tamperings().is_empty() {
            return;
        }
        let key = (id, Dir::In);
        let rules = session.tamperings().iter();
        for rule in rules.filter(|rule| Self::is_for(rule, key, session)) {
            self.add(key, rule, session);
        }
        if let Some(lane) = self
            .lanes
            .get_mut(&(client, Dir::In))
            .filter(|_| id != client)
        {
            lane.leads_to(id);
        }
        if let Some(lane) = self.lanes.get_mut(&key) {
            // Nothing has come yet, and nothing shall pass by.
            lane.begin(session, commands);
        }
    }

    /// A rule begins: every direction that it is for gets it.
    fn begin(&mut self, number: u32, session: &Session, commands: &mut Vec<Command>) {
        let mut rules = session.tamperings().iter();
        let Some(rule) = rules.find(|rule| rule.number == number) else {
            return;
        };
        let open = session.conns().iter().filter(|conn| conn.is_open());
        let keys = open.flat_map(|conn| Dir::BOTH.map(|dir| (conn.id, dir)));
        let keys = keys.filter(|key| Self::is_for(rule, *key, session));
        for key in keys.collect::<Vec<_>>() {
            self.add(key, rule, session);
            // At once: what comes from the next wait on shall not pass by.
            if let Some(lane) = self.lanes.get_mut(&key) {
                lane.begin(session, commands);
            }
        }
    }

    /// Adds a rule to a lane, which is made if there is none.
    fn add(&mut self, key: Key, rule: &Tampering, session: &Session) {
        let Ok(parsed) = Rule::parse(&mut Words::new(&rule.words, 0)) else {
            return;
        };
        let lane = self.lanes.entry(key).or_insert_with(|| {
            let to = session.conn(key.0).and_then(|conn| conn.across);
            // The same conversation of the same tap has the same chances in another run.
            let salt = session.conn(key.0).map_or(0, |conn| salt(&conn.name));
            let is_tapped = Self::side(key.0, session).is_some();
            Lane::new(key, (to, is_tapped), salt, session)
        });
        lane.stack.add(rule.number, parsed);
    }

    /// A rule is over: what it held goes on, and a lane without a rule ends. What it has done is done: a connection
    /// that is to be reset once its bytes were sent is.
    fn end(&mut self, number: u32, now: Duration, session: &Session, commands: &mut Vec<Command>) {
        self.lanes.retain(|key, lane| {
            lane.remove(number, now, session, commands);
            self.hungry.insert(*key);
            let is_over = lane.stack.is_empty() && !lane.is_resetting();
            if is_over {
                lane.finish(commands);
            }
            !is_over
        });
    }

    fn note(&mut self, key: Key) {
        if self.lanes.contains_key(&key) {
            self.hungry.insert(key);
        }
    }

    /// A socket is gone. What came of it goes on all the same where it is passed on, in its time and with a person's
    /// word; what was to go on to it goes nowhere.
    fn leave(&mut self, id: ConnId, session: &Session, commands: &mut Vec<Command>) {
        let is_open = |id: ConnId| session.conn(id).is_some_and(Conn::is_open);
        let lanes = self.lanes.iter_mut();
        let mut over = Vec::new();
        for (key, lane) in lanes.filter(|(key, lane)| key.0 == id || lane.leads() == Some(id)) {
            if key.0 == id && lane.leads().is_some_and(is_open) {
                lane.outlives_its_socket();
                self.hungry.insert(*key);
            } else if !is_open(key.0) {
                over.push(*key);
            }
        }
        for key in over {
            self.forget(key, commands);
        }
    }

    fn forget(&mut self, key: Key, commands: &mut Vec<Command>) {
        if let Some(mut lane) = self.lanes.remove(&key) {
            lane.say_full(false, commands);
        }
        self.hungry.remove(&key);
        self.uncut.remove(&key);
        self.resetting.remove(&key);
    }
}

/// A number from a name (FNV-1a).
fn salt(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
