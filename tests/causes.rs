//! Causes of failures, each made to happen: by a script on the real kernel, or on the simulated one where loopback
//! cannot do it. `tests/causes/*.txt` hold the cases; each says which call, which rule explains it, how sure it is, and
//! which event of the log it points at.
//!
//! A case is a paragraph: lines of a script; `! CALL ERRNO` lets that call fail so on the simulated kernel; `? NAME
//! CALL OUTCOME` names the call that is explained, the newest of its kind; `= SLUG SURETY NAME CALL: SENTENCE` is what
//! must be told, with `-` for no event and `…` where times follow.
//!
//! `{free}` is a port where nobody listens, `{held}` one that another program has, `{lingering}` one with a connection
//! in `TIME_WAIT`; `{closer}` and `{resetter}` close, or reset, what they accept; `{dir}` is a directory with a path
//! that somebody has (`held`) and one that is left over (`stale`).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics"
)]

#[path = "sim/kernel.rs"]
mod kernel;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use sockeye::args::{self, Asked};
use sockeye::cause::{self, Cause, FAMILIES, Surety};
use sockeye::event::{Call, Event, Outcome, What};
use sockeye::locale::Locale;
use sockeye::os::{Os, Real, Wake};
use sockeye::run::{self, Ending, Engine, Face, Plan, Printer};
use sockeye::session::Session;

use kernel::Kernel;

const REAL: &str = include_str!("causes/real.txt");
const SIMULATED: &str = include_str!("causes/simulated.txt");

/// Rules that neither kernel can be brought to by a script: `src/cause/tests.rs` makes their events.
const OF_EVENTS: [&str; 9] = [
    "end-killed",
    "in-use-user",
    "is-conn",
    "refused-killed",
    "reset-killed",
    "stopped",
    "timeout-full",
    "timeout-resent",
    "timeout-tries",
];

/// A paragraph of a file of cases.
#[derive(Debug, Default)]
struct Case {
    script: String,
    failures: Vec<(String, String)>,
    /// Calls and what must be told of them.
    asked: Vec<(String, String)>,
}

fn cases(text: &str) -> Vec<Case> {
    let paragraphs = text.split("\n\n");
    let mut cases = Vec::new();
    for paragraph in paragraphs.filter(|text| !text.trim().is_empty()) {
        let mut case = Case::default();
        let mut call = "";
        for line in paragraph.lines() {
            match line.split_once(' ') {
                Some(("!", rest)) => {
                    let (name, errno) = rest.split_once(' ').expect("CALL ERRNO");
                    case.failures.push((name.to_owned(), errno.to_owned()));
                }
                Some(("?", rest)) => call = rest,
                Some(("=", rest)) => case.asked.push((call.to_owned(), rest.to_owned())),
                _ => {
                    case.script.push_str(line);
                    case.script.push('\n');
                }
            }
        }
        cases.push(case);
    }
    cases
}

/// A printer, and answers from the session before it is gone.
struct Asking<'a> {
    face: Printer,
    asked: &'a [(String, String)],
    wrong: Vec<String>,
}

impl Face for Asking<'_> {
    fn begin(&mut self, engine: &mut Engine<'_>) -> Result<(), Ending> {
        self.face.begin(engine)
    }

    fn wake(&mut self, wake: &Wake, engine: &mut Engine<'_>) {
        self.face.wake(wake, engine);
    }

    fn show(&mut self, engine: &mut Engine<'_>) {
        self.face.show(engine);
    }

    fn deadline(&self, engine: &Engine<'_>) -> Option<Duration> {
        self.face.deadline(engine)
    }

    fn ending(&mut self, engine: &mut Engine<'_>) -> Option<Ending> {
        let ending = self.face.ending(engine)?;
        let session = &engine.app.session;
        for (call, expected) in self.asked {
            let told = told(session, call);
            let is_told = match expected.strip_suffix('…') {
                Some(begin) => told.starts_with(begin),
                None => told == *expected,
            };
            if !is_told {
                let log = log(session);
                self.wrong.push(format!(
                    "{call}\n  {told}\nwhere\n  {expected}\nwas expected of\n{log}"
                ));
            }
        }
        Some(ending)
    }

    fn end(&mut self, engine: &mut Engine<'_>) {
        self.face.end(engine);
    }
}

fn log(session: &Session) -> String {
    let mut text = String::new();
    session.events_from(0, &mut |seq, event| {
        let name = event.conn.map_or("-", |conn| session.name(conn));
        let what = match &event.what {
            What::Call(call) => format!("{} {}", call.call, outcome(call)),
            what => format!("{what:?}"),
        };
        writeln!(text, "  {seq} {name} {what}").unwrap();
        true
    });
    text
}

fn outcome(call: &Call) -> String {
    match &call.outcome {
        Outcome::Failed(errno) => errno.name().to_owned(),
        Outcome::Blocked => "blocked".to_owned(),
        Outcome::Accepted { .. } => "accepted".to_owned(),
        outcome => outcome
            .returned()
            .map_or(String::new(), |it| it.to_string()),
    }
}

/// `A send EPIPE`, as a case names a call.
fn named(session: &Session, event: &Event) -> Option<String> {
    let What::Call(call) = &event.what else {
        return None;
    };
    let name = session.name(event.conn?);
    Some(format!("{name} {} {}", call.call.name(), outcome(call)))
}

/// What is told of the newest call of that kind.
fn told(session: &Session, call: &str) -> String {
    let mut asked = None;
    session.events_before(session.event_count(), &mut |seq, event| {
        if named(session, event).as_deref() == Some(call) {
            asked = Some(seq);
        }
        asked.is_none()
    });
    let Some(seq) = asked else {
        return "no such call".to_owned();
    };
    let Some(cause) = cause::of(session, seq) else {
        return "no cause".to_owned();
    };
    if let Some(at) = cause.event {
        let effect = cause::effect(session, at);
        assert!(at < seq, "#{at} is said to have brought #{seq} about");
        let leads_back = effect.is_some_and(|it| it <= seq);
        let is_turn = matches!(outcome_of(session, seq).as_str(), "blocked" | "EAGAIN");
        assert!(leads_back || is_turn, "{call}: #{at} leads to {effect:?}");
    }
    written(session, &cause)
}

fn outcome_of(session: &Session, seq: u64) -> String {
    match session.event(seq).map(|event| event.what) {
        Some(What::Call(call)) => outcome(&call),
        _ => String::new(),
    }
}

/// A cause as a case writes it.
fn written(session: &Session, cause: &Cause) -> String {
    let surety = match cause.surety {
        Surety::Certain => "certain",
        Surety::Likely => "likely",
    };
    let event = cause.event.and_then(|seq| session.event(seq));
    let event = event.map_or("-".to_owned(), |event| {
        let name = event.conn.map_or("-", |conn| session.name(conn));
        match &event.what {
            What::Call(call) => format!("{name} {}", call.call.name()),
            What::Ended { .. } => format!("{name} ended"),
            other => format!("{name} {other:?}"),
        }
    });
    let sentence = Cause {
        event: None,
        ..cause.clone()
    };
    let sentence = sentence.what(&Locale::default());
    format!("{} {surety} {event}: {sentence}", cause.slug)
}

/// How many cases were played.
static PLAYED: AtomicUsize = AtomicUsize::new(0);

/// Ports of other programs, for this test threads: their connections have no other end in the session.
struct Strangers {
    ports: [(&'static str, u16); 5],
    /// Kept as long as a case runs.
    #[expect(dead_code, reason = "it only has its port")]
    held: TcpListener,
}

impl Strangers {
    fn new() -> Self {
        let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let (free, held, closer, resetter) = (listen(), listen(), listen(), listen());
        let ports = [
            ("{free}", port(&free)),
            ("{held}", port(&held)),
            ("{lingering}", lingering()),
            ("{closer}", port(&closer)),
            ("{resetter}", port(&resetter)),
        ];
        // They end with the test's process.
        thread::spawn(move || closer.incoming().for_each(drop));
        thread::spawn(move || {
            for stream in resetter.incoming().flatten() {
                // Closed with a byte unread, which resets.
                let _ = stream.peek(&mut [0]);
            }
        });
        Self { ports, held }
    }
}

/// A port with a connection of nobody's any more, in `TIME_WAIT`.
fn lingering() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let mut client = TcpStream::connect(at).unwrap();
    drop(listener.accept().unwrap());
    // Its end first: then it is the other one that lingers.
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    at.port()
}

/// Runs a case; what is wrong with it.
fn play(case: &Case, os: &mut dyn Os) -> Vec<String> {
    let strangers = Strangers::new();
    // Both tests may run in one process.
    let number = PLAYED.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("sockeye-causes-{}-{number}", std::process::id()));
    // What a run left that was killed, and had this number.
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    drop(UnixListener::bind(dir.join("stale")).unwrap());
    let _held = UnixListener::bind(dir.join("held")).unwrap();
    let fill = |text: &str| {
        let text = strangers
            .ports
            .iter()
            .fold(text.to_owned(), |text, (name, port)| {
                text.replace(name, &port.to_string())
            });
        text.replace("{dir}", &dir.to_string_lossy())
    };
    let script = fill(&case.script);
    let asked: Vec<(String, String)> = case
        .asked
        .iter()
        .map(|(call, told)| (fill(call), fill(told)))
        .collect();
    let words = ["sockeye", "run", "-", "--clean", "--timeout", "30s"];
    let Ok(Asked::Script {
        name, json, plan, ..
    }) = args::parse(words.map(Into::into))
    else {
        panic!("these words run a script");
    };
    let parsed = args::script(&name, &script).unwrap();
    let plan = Plan {
        script: Some(parsed),
        ..plan
    };
    let mut face = Asking {
        face: Printer::new(name, json),
        asked: &asked,
        wrong: Vec::new(),
    };
    let ending = run::run(os, &mut face, plan);
    std::fs::remove_dir_all(&dir).unwrap();
    let mut wrong = face.wrong;
    if ending.code != 0 {
        wrong.push(format!("{ending:?}\n{script}"));
    }
    wrong
}

fn play_all(text: &str, mut os: impl FnMut(&Case) -> Box<dyn Os>) {
    let mut wrong = Vec::new();
    for case in &cases(text) {
        assert!(!case.asked.is_empty(), "{case:?}");
        wrong.extend(play(case, &mut *os(case)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn causes_on_the_real_kernel() {
    play_all(REAL, |_| Box::new(Real::new().unwrap()));
}

#[test]
fn causes_on_the_simulated_kernel() {
    const CALLS: [&str; 9] = [
        "socket",
        "bind",
        "connect",
        "send",
        "recv",
        "accept",
        "take_error",
        "setsockopt",
        "listen",
    ];
    play_all(SIMULATED, |case| {
        let mut kernel = Kernel::new(0);
        for (call, errno) in &case.failures {
            let call = CALLS.into_iter().find(|known| known == call);
            kernel.fail(call.expect("a call that fails"), errno);
        }
        Box::new(kernel)
    });
}

#[test]
fn every_rule_is_made_to_happen() {
    let rules = FAMILIES.iter().copied().flatten();
    let rules: BTreeSet<&str> = rules.map(|rule| rule.slug).collect();
    let all = [cases(REAL), cases(SIMULATED)];
    let told: BTreeSet<String> = all
        .iter()
        .flatten()
        .flat_map(|case| &case.asked)
        .filter_map(|(_, told)| Some(told.split_once(' ')?.0.to_owned()))
        .collect();
    let made = |slug: &str| told.contains(slug) || OF_EVENTS.contains(&slug);
    let missing: Vec<&&str> = rules.iter().filter(|slug| !made(slug)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
