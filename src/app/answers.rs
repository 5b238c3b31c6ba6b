//! Rules that answer messages by themselves: made, listed and taken away as somebody asks, and what each answer says.
//! Which message is answered the room `answer` knows.

use std::time::Duration;

use super::App;
use super::values::{About, Evaluation};
use crate::answer::Due;
use crate::event::{Actor, Event, Flags, On, Want, What, Wish};
use crate::expr;

impl App {
    /// Makes a rule, takes one away, or tells which there are.
    pub(super) fn on(&mut self, by: Actor, on: On, now: Duration) -> Result<Vec<Event>, String> {
        let event = |conn, what| Event {
            at: now,
            conn,
            by,
            what,
        };
        match on {
            On::Message(reply) => {
                let conn = Some(reply.conn);
                let made = self.machines.answers.add(reply, &self.session)?;
                Ok(vec![event(conn, made)])
            }
            On::Off(number) => {
                let ended = self.machines.answers.end(number)?.into_iter();
                Ok(ended.map(|(conn, what)| event(Some(conn), what)).collect())
            }
            On::List => {
                let mut lines = self.machines.answers.list(&self.session);
                if lines.is_empty() {
                    lines.push("there are no rules: on message /PING/ send \"PONG\"".to_owned());
                }
                if by == Actor::User {
                    self.say(&lines.join(" · "), now);
                }
                let notes = lines.into_iter().map(What::Note);
                Ok(notes.map(|note| event(None, note)).collect())
            }
        }
    }

    /// The next answer to a message: the wish to send it, and what else it brings about. `left` counts down the
    /// messages that are looked at.
    pub fn next_answer(&mut self, left: &mut usize, now: Duration) -> Option<(Wish, Vec<Event>)> {
        self.session.turn_back();
        let answer = self.answer_in_present(left, now);
        self.session.turn_round();
        answer
    }

    /// Whether messages are left that rules have not seen.
    #[must_use]
    pub fn is_answering(&self) -> bool {
        self.machines.answers.is_behind()
    }

    fn answer_in_present(&mut self, left: &mut usize, now: Duration) -> Option<(Wish, Vec<Event>)> {
        loop {
            let due = self.machines.answers.next(&self.session, left)?;
            let conn = due.conn;
            let event = |conn, what| Event {
                at: now,
                conn: Some(conn),
                by: Actor::Rule,
                what,
            };
            match self.answer_bytes(&due, now) {
                Ok((bytes, drawn)) => {
                    let note = |drawn| event(conn, What::Note(format!("with its seeds: {drawn}")));
                    let mut events: Vec<_> = drawn.map(note).into_iter().collect();
                    let ended = self.machines.answers.given(&due, &self.session).into_iter();
                    events.extend(ended.map(|(conn, what)| event(conn, what)));
                    let transport = self.session.conn(conn)?.transport;
                    let to = due.to.and_then(|to| to.endpoint(transport));
                    let flags = Flags::default();
                    let send = Want::Send { bytes, flags, to };
                    return Some((Wish::Socket(conn, send), events));
                }
                Err(why) => {
                    let told = self.machines.answers.missed(&due, &why);
                    self.apply(told.map(|told| event(conn, told)));
                }
            }
        }
    }

    /// What an answer says, and the expression with its seeds where some were drawn.
    fn answer_bytes(
        &mut self,
        due: &Due,
        now: Duration,
    ) -> Result<(Vec<u8>, Option<String>), String> {
        let expr = expr::parse(&due.answer).map_err(|error| error.to_string())?;
        let about = About {
            entry: &due.entry,
            groups: &due.groups,
        };
        let mut evaluation = Evaluation::new(&self.session, &mut self.values, due.conn, now);
        evaluation.about = Some(about);
        evaluation.bytes(&expr)
    }
}
