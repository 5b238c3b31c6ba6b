//! An experiment as its file says it, and what is wrong with the log of a run. How it is played is the caller's matter.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;

use super::clause::Clause;
use super::judge::judge;

/// What marks the command without which the log must show that it was left out.
const STEP: &str = "# the step";

/// An experiment.
#[derive(Debug)]
pub(crate) struct Experiment {
    /// The name of its file, without the ending.
    pub(crate) name: String,
    pub(crate) script: String,
    /// What its log must hold, as it is written and as it is meant.
    clauses: Vec<(String, Clause)>,
    /// What excuses it, and the words that say so.
    excuses: Vec<(Clause, String)>,
    /// It takes seconds.
    pub(crate) slow: bool,
    /// It is played on the simulated kernel as well.
    pub(crate) sim: bool,
}

/// What came of playing a script.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) code: Option<i32>,
    pub(crate) log: Vec<Value>,
    /// What it wrote to standard error.
    pub(crate) said: String,
}

/// All of them, in the order of their names.
pub(crate) fn experiments() -> Vec<Experiment> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/curriculum");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "sockeye"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    let read = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        Experiment::parse(name, fs::read_to_string(path).unwrap())
    };
    paths.iter().map(read).collect()
}

impl Experiment {
    pub(crate) fn parse(name: String, script: String) -> Self {
        let mut experiment = Self {
            name,
            clauses: Vec::new(),
            excuses: Vec::new(),
            slow: false,
            sim: false,
            script,
        };
        for line in experiment
            .script
            .lines()
            .map_while(|line| line.strip_prefix('#'))
        {
            let line = line.trim();
            let parsed = |text: &str| {
                Clause::parse(text).unwrap_or_else(|why| panic!("{}: {why}", experiment.name))
            };
            if let Some(text) = line.strip_prefix("log ") {
                experiment.clauses.push((text.to_owned(), parsed(text)));
            } else if let Some(text) = line.strip_prefix("unless ") {
                let (clause, words) = text.split_once(": ").expect("unless CLAUSE: WORDS");
                experiment.excuses.push((parsed(clause), words.to_owned()));
            } else if line == "slow" {
                experiment.slow = true;
            } else if line == "sim" {
                experiment.sim = true;
            }
        }
        experiment
    }

    /// The script without its telling step. What it then waits for in vain it does not wait for long.
    fn without_the_step(&self) -> String {
        let lines = self.script.lines().filter(|line| !line.ends_with(STEP));
        let briefly = |line: &str| {
            let waits = line.contains(" wait ") || line.contains(" expect ");
            let brief = waits && !line.starts_with('#') && !line.contains(" within ");
            format!("{line}{}\n", if brief { " within 1s" } else { "" })
        };
        lines.map(briefly).collect()
    }

    /// Everything that is wrong with it, played so.
    pub(crate) fn check(&self, play: &dyn Fn(&str) -> Played) -> Vec<String> {
        let mut faults = Vec::new();
        if self.clauses.is_empty() {
            faults.push("it says nothing about its log".to_owned());
        }
        let (script, without) = (on_a_port(&self.script), on_a_port(&self.without_the_step()));
        let played = play(&script);
        show(&self.name, &played);
        if let Some(excuse) = self.excuse(&played.log) {
            say(&format!("{}: {excuse}", self.name));
            return faults;
        }
        if played.code != Some(0) {
            faults.push(format!("exit {:?}: {}", played.code, played.said.trim()));
        }
        faults.extend(self.missing(&played.log));
        if without.lines().count() == self.script.lines().count() {
            faults.push(format!("no line ends in {STEP:?}"));
        } else if self.missing(&play(&without).log).is_empty() {
            faults.push("the log is the same without the step".to_owned());
        }
        faults
    }

    /// What its clauses miss in a log.
    fn missing(&self, log: &[Value]) -> Vec<String> {
        let wrong = |(text, clause): &(String, Clause)| {
            let missing = judge(clause, log).err()?;
            Some(format!("{text}\n    missing: {missing}"))
        };
        self.clauses.iter().filter_map(wrong).collect()
    }

    /// Why it cannot be done here: a call that was made tells, with its result.
    fn excuse(&self, log: &[Value]) -> Option<String> {
        self.excuses.iter().find_map(|(clause, words)| {
            let call = *judge(clause, log).ok()?.last()?;
            assert_eq!(call["kind"], "call", "only a call excuses: {call}");
            let result = call.get("errno").or_else(|| call.get("ret"));
            let result = result.map_or_else(String::new, Value::to_string);
            let name = call["call"].as_str().unwrap_or_default();
            Some(format!("{} ({name} = {result})", filled(words)))
        })
    }
}

/// The script with a port in place of `{port}` that nobody has, where one has to be named before anything is bound to
/// it.
fn on_a_port(script: &str) -> String {
    if !script.contains("{port}") {
        return script.to_owned();
    }
    let free = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0"));
    let port = free.unwrap().local_addr().unwrap().port();
    script.replace("{port}", &port.to_string())
}

/// Words in which `{/proc/…}` stands for what that file holds.
fn filled(words: &str) -> String {
    let Some((before, (path, behind))) = words
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    else {
        return words.to_owned();
    };
    let held = fs::read_to_string(path).unwrap_or_else(|error| error.to_string());
    format!("{before}{}{behind}", held.trim())
}

fn show(name: &str, played: &Played) {
    if std::env::var_os("LOG").is_some() {
        let lines: String = played.log.iter().map(|line| format!("{line}\n")).collect();
        say(&format!("== {name}\n{lines}{}", played.said));
    }
}

#[expect(clippy::print_stderr, reason = "what was not done must be seen")]
fn say(text: &str) {
    eprintln!("{text}");
}
