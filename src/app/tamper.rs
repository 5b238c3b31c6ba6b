//! What somebody wishes of bytes on their way: rules that begin and end, and messages that are let go. It finds out
//! which conversation is meant; what is done to the bytes is the faults' matter.

use std::time::Duration;

use super::App;
use crate::event::{ConnId, Dir, Fault, Freed, Role, Tamper, View, Way, What};
use crate::fault::Rule;
use crate::session::Tampering;
use crate::words::Words;

/// What makes messages wait, by its word.
const INTERCEPT: &str = "intercept";

/// What comes of a wish.
type Made = Result<Vec<(ConnId, What)>, String>;

impl App {
    /// Carries out a wish about bytes on their way.
    ///
    /// # Errors
    ///
    /// Why nothing comes of it, in words.
    pub(super) fn tamper(&mut self, conn: Option<ConnId>, tamper: Tamper, now: Duration) -> Made {
        match (tamper, conn) {
            (Tamper::Tell(fault), Some(conn)) => Ok(vec![(conn, What::Fault(fault))]),
            (Tamper::Full(is_full), Some(conn)) => Ok(vec![(conn, self.full(conn, is_full))]),
            (Tamper::List, _) => self.list_faults(),
            (Tamper::Begin { way, words }, Some(conn)) => self.begin_fault(conn, way, &words),
            (Tamper::End(number), conn) => self.end_faults(conn, number),
            (Tamper::Release(way), Some(conn)) => self.release(conn, way),
            (Tamper::Free(freed), conn) => self.free(conn, &freed, now),
            (_, None) => Err(self.ui.locale().say("tamper.no-socket").to_owned()),
        }
    }

    /// As much waits as may wait, or no longer.
    fn full(&self, conn: ConnId, is_full: bool) -> What {
        let name = self.session.name(conn);
        let text = || {
            format!(
                "1 MiB waits on its way from {name}, which is read no further till some of it goes on: H lets \
                 held messages go, X ends a stall"
            )
        };
        What::Limit {
            text: is_full.then(text),
            key: format!("held {}", conn.0),
        }
    }

    /// The faults, over the panes where there is a screen, else as notes.
    fn list_faults(&mut self) -> Made {
        if self.ui.is_drawn() {
            let show = View::Show("faults".to_owned());
            return self.ui.view(&show, &self.session).map(|()| Vec::new());
        }
        let rules = self.session.tamperings();
        if rules.is_empty() {
            return Err(self.ui.locale().say("tamper.none").to_owned());
        }
        let note = |rule: &Tampering| {
            let way = rule.dir.map_or("both", |dir| match dir {
                _ if !self.session.is_of_taps(rule.conn) => dir.word(),
                Dir::In => "c2s",
                Dir::Out => "s2c",
            });
            let (number, words, hits) = (rule.number, &rule.words, rule.hits);
            let text = format!("fault {number} {way} {words}: hits {hits}");
            (rule.conn, What::Note(text))
        };
        Ok(rules.iter().map(note).collect())
    }

    /// The tap, conversation or socket that is meant, and which direction of it.
    fn meant(&self, conn: ConnId, way: Option<Way>) -> Result<(ConnId, Option<Dir>), String> {
        let role = |id: ConnId| self.session.conn(id).map(|conn| conn.role);
        let parent = |id: ConnId| self.session.conn(id).and_then(|conn| conn.parent);
        let is_tap = |id: ConnId| role(id) == Some(Role::Tap);
        let tapped = is_tap(conn) || parent(conn).is_some_and(is_tap);
        let client = parent(conn).filter(|client| parent(*client).is_some_and(is_tap));
        match (client, way) {
            // The target's side receives what goes to the client.
            (Some(client), Some(Way::Of(dir))) => Ok((client, Some(dir.other()))),
            (Some(client), Some(Way::Through(dir))) => Ok((client, Some(dir))),
            (Some(client), None) => Ok((client, None)),
            (None, Some(Way::Through(_))) if !tapped => {
                Err(self.ui.locale().say("tamper.no-tap-way").to_owned())
            }
            (None, Some(Way::Of(dir) | Way::Through(dir))) => Ok((conn, Some(dir))),
            (None, None) => Ok((conn, None)),
        }
    }

    fn begin_fault(&mut self, conn: ConnId, way: Option<Way>, words: &str) -> Made {
        let (conn, dir) = self.meant(conn, way)?;
        let rule = Rule::parse(&mut Words::new(words, 0)).map_err(|it| it.to_string())?;
        let locale = self.ui.locale();
        let Some(socket) = self.session.conn(conn) else {
            return Err(locale.say("tamper.no-socket").to_owned());
        };
        let (nature, word) = (rule.course.nature(), rule.kind.name());
        let parent = socket.parent.and_then(|id| self.session.conn(id));
        let is_tap = |role: Role| role == Role::Tap;
        let is_tapped = is_tap(socket.role) || parent.is_some_and(|conn| is_tap(conn.role));
        if !socket.is_open() {
            return Err(locale.fill("tamper.is-closed", &[&socket.name]));
        }
        if !is_tapped && !nature.ends {
            return Err(locale.fill("tamper.no-tap", &[&socket.name, &word]));
        }
        if nature.streams && socket.transport.keeps_boundaries() {
            return Err(locale.fill("tamper.no-stream", &[&word]));
        }
        let rule = if rule.wants_seed() {
            let seed = self.values.draw();
            rule.seeded(seed)
        } else {
            rule
        };
        let number = self.machines.faults.number(&self.session);
        let words = rule.words();
        Ok(vec![(
            conn,
            What::Fault(Fault::Begun { number, dir, words }),
        )])
    }

    /// Ends one rule, or those of a socket and all that it stands for.
    fn end_faults(&self, conn: Option<ConnId>, number: Option<u32>) -> Made {
        let rules = self.session.tamperings().iter();
        if let Some(number) = number {
            let mut named = rules.filter(|rule| rule.number == number);
            let rule = named.next().ok_or_else(|| {
                let locale = self.ui.locale();
                locale.fill("tamper.no-number", &[&number])
            })?;
            return Ok(vec![over(rule)]);
        }
        let of = conn.map(|conn| self.kin(conn));
        let is_of = |rule: &&Tampering| of.as_ref().is_none_or(|of| of.contains(&rule.conn));
        let ended: Vec<_> = rules.clone().filter(is_of).map(over).collect();
        if ended.is_empty() {
            return Err(self.ui.locale().say("tamper.none").to_owned());
        }
        Ok(ended)
    }

    /// Ends the rules that hold messages.
    fn release(&self, conn: ConnId, way: Option<Way>) -> Made {
        let (meant, dir) = self.meant(conn, way)?;
        let kin = self.kin(meant);
        let is_meant = |rule: &&Tampering| {
            let is_way = dir.is_none() || rule.dir.is_none() || rule.dir == dir;
            rule.words.split(' ').next() == Some(INTERCEPT) && is_way && kin.contains(&rule.conn)
        };
        let rules = self.session.tamperings().iter();
        let ended: Vec<_> = rules.filter(is_meant).map(over).collect();
        if ended.is_empty() {
            return Err(self.ui.locale().say("tamper.no-intercept").to_owned());
        }
        Ok(ended)
    }

    /// A socket, the tap that it belongs to, and what belongs to it.
    fn kin(&self, conn: ConnId) -> Vec<ConnId> {
        let parent = |id: ConnId| self.session.conn(id).and_then(|conn| conn.parent);
        let mut kin = vec![conn];
        kin.extend(parent(conn));
        kin.extend(parent(conn).and_then(parent));
        let rules = self.session.tamperings().iter();
        kin.extend(
            rules
                .map(|rule| rule.conn)
                .filter(|id| parent(*id) == Some(conn)),
        );
        kin
    }

    fn free(&mut self, conn: Option<ConnId>, freed: &Freed, now: Duration) -> Made {
        let machines = &mut self.machines;
        let here = (now, &self.session);
        let is_freed = machines
            .faults
            .free(conn, freed, here, &mut machines.commands);
        if is_freed {
            Ok(Vec::new())
        } else {
            Err(self.ui.locale().say("tamper.nothing-held").to_owned())
        }
    }
}

fn over(rule: &Tampering) -> (ConnId, What) {
    let number = rule.number;
    (rule.conn, What::Fault(Fault::Over { number }))
}
