//! The text of a program, written a slice at a time: words about it, the acts, and what the sockets must have received.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use super::Format;
use super::act::{Act, Bytes, Deed};
use super::data::Data;
use super::plan::{Plan, plan};
use super::rows::{Collecting, ROWS_MAX};
use crate::event::{ConnId, Dir};
use crate::session::Session;

/// The most bytes that are spelled one by one, of all that is sent, and again of all that is compared.
const SPELLED_MAX: u64 = 1 << 20;

/// Events that one turn looks at.
const EVENTS_A_TURN: u64 = 20_000;

/// Acts that one turn writes.
const ACTS_A_TURN: usize = 500;

/// A pause of the session that is worth telling.
const PAUSE: Duration = Duration::from_secs(1);

/// What a program says about itself.
const WORDS: &str = "It makes the same calls in the same order. What a socket received in pieces is received until as
much is there, ports that the kernel chose are chosen anew, and pauses are left out. Others whom the session
talked to are talked to again. It ends with 0 if every socket received what it received in the session, else
with 1, and says what differs.";

/// A program that is being written.
pub(super) struct Writer {
    format: &'static dyn Format,
    stage: Stage,
    /// The events that it stands for.
    end: u64,
    spelled: u64,
    /// The time of the act before.
    at: Option<Duration>,
    /// Why it does not stand for all of them.
    limit: Option<String>,
    /// How many acts or comparisons are done.
    done: usize,
    /// How many acts were written.
    steps: u64,
}

/// How far it is.
enum Stage {
    Collecting(Collecting),
    Acts(Plan),
    Checks(Vec<Expected>),
    Closing,
    Done,
}

/// What a socket must have received.
#[derive(Clone, Debug)]
struct Expected {
    conn: ConnId,
    label: String,
    /// Which message, where it keeps them apart.
    message: Option<usize>,
    range: Range<u64>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Writer")
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl Writer {
    /// A program in that language, of all that the session has logged.
    pub(super) fn new(format: &'static dyn Format, session: &Session) -> Self {
        let end = session.event_count();
        Self {
            format,
            stage: Stage::Collecting(Collecting::new(end)),
            end,
            spelled: 0,
            at: None,
            limit: None,
            done: 0,
            steps: 0,
        }
    }

    /// How much of it is done, in percent.
    pub(super) fn done_percent(&self) -> u64 {
        let share = |done: u64, all: u64| done * 100 / all.max(1);
        match &self.stage {
            Stage::Collecting(collecting) => share(collecting.next, self.end) / 2,
            Stage::Acts(plan) => 50 + share(self.done as u64, plan.acts.len() as u64) * 4 / 10,
            Stage::Checks(expected) => 90 + share(self.done as u64, expected.len() as u64) / 10,
            Stage::Closing | Stage::Done => 100,
        }
    }

    /// How many acts were written: calls, and what is waited and compared for them.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Why it does not stand for all events, in words.
    pub(super) fn limit(&self) -> Option<&str> {
        self.limit.as_deref()
    }

    /// The next piece of the text, which may be empty; none once all is written.
    ///
    /// # Errors
    ///
    /// Why it cannot be written, in words: bytes that were let go.
    pub(super) fn text(&mut self, session: &Session) -> Result<Option<String>, String> {
        let stage = std::mem::replace(&mut self.stage, Stage::Done);
        let (text, stage) = match stage {
            Stage::Collecting(mut collecting) => {
                if collecting.go_on(session, EVENTS_A_TURN) {
                    (String::new(), Stage::Collecting(collecting))
                } else {
                    if collecting.is_full {
                        self.limit = Some(format!(
                            "it ends after {ROWS_MAX} calls, the most of a program"
                        ));
                    }
                    let opening = self.opening(&collecting);
                    let plan = plan(&collecting.rows, session);
                    let limit = self.limit.take().into_iter();
                    let lacks = limit.chain(plan.lacks.iter().cloned());
                    let lacks = lacks.collect::<Vec<_>>().join("; ");
                    self.limit = (!lacks.is_empty()).then_some(lacks);
                    (opening, Stage::Acts(plan))
                }
            }
            Stage::Acts(plan) => self.acts(plan, session)?,
            Stage::Checks(expected) => self.checks(expected, session),
            Stage::Closing => {
                let [.., closing] = self.format.frame();
                (closing.to_owned(), Stage::Done)
            }
            Stage::Done => return Ok(None),
        };
        self.stage = stage;
        Ok(Some(text))
    }

    fn opening(&self, collecting: &Collecting) -> String {
        let last = collecting.rows.last().map_or(0, |row| row.seq);
        let mut text = String::new();
        if let Some(first) = self.format.first_line() {
            text.push_str(first);
            text.push('\n');
        }
        let words = [
            format!(
                "The calls of a session, events #0 to #{last} of its log, as Sockeye wrote them down."
            ),
            format!("Run it: {}", self.format.runs()),
            WORDS.to_owned(),
        ];
        for line in words.iter().flat_map(|words| words.lines()) {
            self.remark(&mut text, 0, line);
        }
        let [opening, ..] = self.format.frame();
        text.push_str(opening);
        text
    }

    fn acts(&mut self, plan: Plan, session: &Session) -> Result<(String, Stage), String> {
        let mut text = String::new();
        let stop = plan.acts.len().min(self.done + ACTS_A_TURN);
        while self.done < stop {
            let Some(act) = plan.acts.get(self.done) else {
                break;
            };
            if !self.act(act, &mut text, session)? {
                let expected = expected(plan.acts.get(..self.done).unwrap_or_default(), &plan);
                return Ok(self.compare(text, expected));
            }
            self.done += 1;
        }
        if self.done < plan.acts.len() {
            return Ok((text, Stage::Acts(plan)));
        }
        let expected = expected(&plan.acts, &plan);
        Ok(self.compare(text, expected))
    }

    fn compare(&mut self, mut text: String, expected: Vec<Expected>) -> (String, Stage) {
        (self.done, self.spelled) = (0, 0);
        if self.steps == 0 {
            indent(&mut text, self.format.nothing());
        }
        let [_, between, _] = self.format.frame();
        text.push_str(between);
        if let Some(limit) = &self.limit {
            self.remark(&mut text, 4, limit);
        }
        self.remark(&mut text, 4, "What each socket received in the session.");
        (text, Stage::Checks(expected))
    }

    /// Writes an act; false where no more bytes may be spelled.
    fn act(&mut self, act: &Act, text: &mut String, session: &Session) -> Result<bool, String> {
        let data = match &act.deed {
            Deed::Call(made) | Deed::Transmit(made) | Deed::Fails(made, _) => match &made.bytes {
                Bytes::None => Data::default(),
                Bytes::Lost(len) => Data::repeated(b'?', *len),
                Bytes::Sent(conn, range) => {
                    let Some(data) = self.data(session, *conn, Dir::Out, range)? else {
                        return Ok(false);
                    };
                    data
                }
            },
            _ => Data::default(),
        };
        let pause = self.at.map(|at| act.at.saturating_sub(at));
        self.at = Some(act.at);
        if let Some(pause) = pause.filter(|pause| *pause >= PAUSE) {
            text.push('\n');
            self.remark(
                text,
                4,
                &format!("{:.1} s later, at event #{}", pause.as_secs_f64(), act.seq),
            );
        }
        if let Deed::Remark(words) = &act.deed {
            self.remark(text, 4, words);
            return Ok(true);
        }
        self.steps += 1;
        let mut lines = self.format.act(&act.deed, &data);
        let is_accept =
            matches!(&act.deed, Deed::Call(made) if made.call == crate::event::Syscall::Accept);
        if let Some(last) = lines.last_mut().filter(|_| act.by_itself && is_accept) {
            last.extend(["  ", self.format.comment(), " by itself"]);
        }
        indent(text, &lines);
        Ok(true)
    }

    fn checks(&mut self, all: Vec<Expected>, session: &Session) -> (String, Stage) {
        let mut text = String::new();
        let stop = all.len().min(self.done + ACTS_A_TURN);
        while self.done < stop {
            let Some(expected) = all.get(self.done) else {
                break;
            };
            self.done += 1;
            let Ok(Some(data)) = self.data(session, expected.conn, Dir::In, &expected.range) else {
                let words = format!(
                    "what {} received from byte {} on is not compared",
                    expected.label, expected.range.start
                );
                self.limit.get_or_insert_with(|| words.clone());
                self.remark(&mut text, 4, &words);
                continue;
            };
            let lines = self.format.check(&expected.label, expected.message, &data);
            indent(&mut text, &lines);
        }
        if self.done < all.len() {
            return (text, Stage::Checks(all));
        }
        if all.is_empty() {
            indent(&mut text, self.format.nothing());
        }
        (text, Stage::Closing)
    }

    /// The bytes of a range; none where more would be spelled than a program may have.
    fn data(
        &mut self,
        session: &Session,
        conn: ConnId,
        dir: Dir,
        range: &Range<u64>,
    ) -> Result<Option<Data>, String> {
        let left = SPELLED_MAX.saturating_sub(self.spelled);
        let (mut data, mut missing) = (Data::default(), None);
        session.visit(conn, dir, range.clone(), &mut |part, bytes| match bytes {
            Some(bytes) if missing.is_none() && data.plain <= left => data.push(bytes),
            Some(_) => {}
            None => missing = missing.take().or(Some(part)),
        });
        let name = session.name(conn);
        if let Some(part) = missing {
            let dir = dir.word();
            return Err(format!(
                "bytes from {} on of {name} {dir} are missing, let go or lost",
                part.start
            ));
        }
        if data.plain > left {
            let words = format!(
                "it ends where {name} sent more: {SPELLED_MAX} bytes are the most of a program"
            );
            if dir == Dir::Out {
                self.limit.get_or_insert(words);
            }
            return Ok(None);
        }
        self.spelled += data.plain;
        Ok(Some(data))
    }

    /// Adds a comment. Whatever it says stays in its line.
    fn remark(&self, text: &mut String, indent: usize, words: &str) {
        let clean: String = words
            .chars()
            .map(|c| if matches!(c, ' '..='~') { c } else { '.' })
            .collect();
        // A backslash at the end of a line, and what stands for one, would take in the next (C17, 5.1.1.2).
        let end = if clean.ends_with(['\\', '/']) {
            " ."
        } else {
            ""
        };
        text.push_str(&" ".repeat(indent));
        text.extend([self.format.comment(), " ", &clean, end, "\n"]);
    }
}

fn indent(text: &mut String, lines: &[impl AsRef<str>]) {
    for line in lines {
        text.push_str("    ");
        text.push_str(line.as_ref());
        text.push('\n');
    }
}

/// What the sockets must have received once these acts are done, socket by socket.
fn expected(acts: &[Act], plan: &Plan) -> Vec<Expected> {
    let mut all: BTreeMap<ConnId, Vec<Expected>> = BTreeMap::new();
    for act in acts {
        let Some((conn, range)) = &act.brings else {
            continue;
        };
        // What comes on one descriptor is numbered there, whosever it is.
        let host = plan.subjects.host(*conn);
        let expected = all.entry(host).or_default();
        let message = matches!(act.deed, Deed::Message { .. }).then_some(expected.len());
        match expected.last_mut().filter(|_| message.is_none()) {
            Some(last) => last.range.end = range.end,
            None => expected.push(Expected {
                conn: *conn,
                label: plan
                    .subjects
                    .get(*conn)
                    .map_or(String::new(), |it| it.label.clone()),
                message,
                range: range.clone(),
            }),
        }
    }
    all.into_values().flatten().collect()
}
