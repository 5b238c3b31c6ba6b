//! Verbs that find something out by doing it: `spin` asks all the time, `reach` knocks at every address of this
//! machine, `race` sends bytes back and forth.

use std::time::Duration;

use super::complete::{self, Candidate};
use super::context::near_or_all;
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{Asked, Course, Probe, Wish};
use crate::words::{Complaint, Words};

/// The longest that anybody needs to see what it costs.
const SPIN_MAX: Duration = Duration::from_secs(60);

pub(super) struct Spin;

impl Verb for Spin {
    fn name(&self) -> &'static str {
        "spin"
    }

    fn usage(&self) -> &'static str {
        "spin T"
    }

    fn help(&self) -> &'static str {
        "recv without waiting, again and again for that long, and then one select: how much each costs"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = cx.socket()?;
        let asked = Asked::Socket(conn, cx.name_of(conn));
        let word = words.peek();
        let time = words.time("a time")?;
        if let Some(word) = word.filter(|_| time > SPIN_MAX) {
            let what = format!("`{}` is too long", clipped(word.text));
            return Err(word.complain(what, "1m at the most"));
        }
        Ok(vec![Wish::Probe(Probe::Spin { asked, time })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["300ms", "1s"], "a time"),
            _ => Vec::new(),
        }
    }
}

pub(super) struct Reach;

impl Verb for Reach {
    fn name(&self) -> &'static str {
        "reach"
    }

    fn usage(&self) -> &'static str {
        "reach PORT"
    }

    fn help(&self) -> &'static str {
        "connect to that port at every address of this machine: who is reached where"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("a port")?;
        let digits = word.text.strip_prefix(':').unwrap_or(word.text);
        let port = digits.parse().ok().filter(|port| *port > 0);
        let port = port.ok_or_else(|| {
            let what = format!("`{}` is no port", clipped(word.text));
            word.complain(what, "1 to 65535")
        })?;
        Ok(vec![Wish::Probe(Probe::Reach { port })])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["7000"], "a port"),
            _ => Vec::new(),
        }
    }
}

pub(super) struct Race;

impl Verb for Race {
    fn name(&self) -> &'static str {
        "race"
    }

    fn usage(&self) -> &'static str {
        "race [pipe|unix|tcp|udp]…"
    }

    fn help(&self) -> &'static str {
        "round trips between two threads over each of these, or all: how long they take"
    }

    fn group(&self) -> Group {
        Group::Bytes
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let mut courses: Vec<Course> = Vec::new();
        while let Some(word) = words.next_word() {
            let mut all = Course::ALL.into_iter();
            let course = all.find(|course| course.word() == word.text);
            let course = course.ok_or_else(|| {
                let what = format!("nothing runs over `{}`", clipped(word.text));
                word.complain(what, near_or_all(word.text, &Course::ALL.map(Course::word)))
            })?;
            if courses.contains(&course) {
                return Err(word.complain("it runs already", "each once"));
            }
            courses.push(course);
        }
        if courses.is_empty() {
            courses = Course::ALL.to_vec();
        }
        Ok(vec![Wish::Probe(Probe::Race(courses))])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        complete::options(&Course::ALL.map(Course::word), before)
    }
}
