//! Scripts through the real program, each a file of `tests/scripts/`: its first lines say what it shows and how it must
//! end. The kernel is the real one; every port is one that the kernel chose.
//!
//! The header, in lines that begin with `#`: `exit N` (0 unless told), `args …` for the command line, `stdout: LINE`
//! (all of them are the whole output), `stderr: TEXT` (each must occur), `json: {…}` (in this order, each some line of
//! the output that has at least these keys and values). Other lines say what the script is about.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on panics"
)]

use std::collections::VecDeque;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::thread;

use serde_json::Value;

/// The program under test.
const SOCKEYE: &str = env!("CARGO_BIN_EXE_sockeye");

/// What `LANGUAGE.md` allows as `kind`.
const KINDS: [&str; 9] = [
    "call", "fact", "message", "state", "note", "say", "limit", "ready", "result",
];

/// What the first lines of a script ask for.
#[derive(Debug, Default)]
struct Header {
    exit: i32,
    args: Vec<String>,
    stdout: Vec<String>,
    stderr: Vec<String>,
    json: Vec<Value>,
}

impl Header {
    fn parse(text: &str) -> Self {
        let mut header = Self::default();
        for line in text.lines().map_while(|line| line.strip_prefix('#')) {
            let line = line.trim_start();
            if let Some(code) = line.strip_prefix("exit ") {
                header.exit = code.parse().expect("a number behind exit");
            } else if let Some(args) = line.strip_prefix("args ") {
                header.args = args.split_whitespace().map(str::to_owned).collect();
            } else if let Some(line) = line.strip_prefix("stdout:") {
                header
                    .stdout
                    .push(line.strip_prefix(' ').unwrap_or(line).to_owned());
            } else if let Some(text) = line.strip_prefix("stderr: ") {
                header.stderr.push(text.to_owned());
            } else if let Some(object) = line.strip_prefix("json: ") {
                header
                    .json
                    .push(serde_json::from_str(object).expect("JSON behind json:"));
            }
        }
        header
    }
}

/// Runs a script in an empty directory of its own. The program's own watchdog ends one that hangs.
fn run(script: &Path, header: &Header) -> Output {
    let name = script.file_stem().unwrap().to_string_lossy();
    let dir = std::env::temp_dir().join(format!("sockeye-{}-{name}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    let mut command = Command::new(SOCKEYE);
    command.arg("run").arg(script).args(&header.args);
    if !header.args.iter().any(|word| word == "--timeout") {
        command.args(["--timeout", "300s"]);
    }
    let output = command
        .current_dir(&dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    fs::remove_dir_all(&dir).unwrap();
    output
}

/// Everything that is wrong with what a script did, in words; nothing if it is as its header says.
fn faults(header: &Header, output: &Output) -> Vec<String> {
    let mut faults = Vec::new();
    if output.status.code() != Some(header.exit) {
        faults.push(format!(
            "{} where exit {} was asked",
            output.status, header.exit
        ));
    }
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    for text in header.stderr.iter().filter(|text| !stderr.contains(*text)) {
        faults.push(format!("standard error lacks {text:?}"));
    }
    if header.exit == 0 && !stderr.is_empty() {
        faults.push("standard error where all went well".to_owned());
    }
    if header.args.iter().any(|word| word == "--json") {
        faults.extend(json_faults(header, &stdout));
    } else if stdout.lines().ne(header.stdout.iter().map(String::as_str)) {
        faults.push(format!("standard output is not {:?}", header.stdout));
    }
    faults
}

fn json_faults(header: &Header, stdout: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut wanted: VecDeque<_> = header.json.iter().collect();
    let mut last = Value::Null;
    for line in stdout.lines() {
        let Ok(object) = serde_json::from_str::<Value>(line) else {
            faults.push(format!("no JSON: {line}"));
            continue;
        };
        if !object["kind"]
            .as_str()
            .is_some_and(|kind| KINDS.contains(&kind))
        {
            faults.push(format!("of no kind: {line}"));
        }
        if wanted.front().is_some_and(|wanted| has(&object, wanted)) {
            wanted.pop_front();
        }
        last = object;
    }
    faults.extend(
        wanted
            .front()
            .map(|missing| format!("no line with {missing}")),
    );
    if last["kind"] != "result" && header.exit < 2 {
        faults.push("the last line is no result".to_owned());
    }
    faults
}

/// Whether an object has all that another one has; `null` stands for a key that must be absent.
fn has(object: &Value, part: &Value) -> bool {
    part.as_object()
        .unwrap()
        .iter()
        .all(|(key, value)| match value {
            Value::Null => object.get(key).is_none(),
            Value::Object(_) => object
                .get(key)
                .is_some_and(|inner| inner.is_object() && has(inner, value)),
            value => object.get(key) == Some(value),
        })
}

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    found.sort();
    found
}

#[test]
fn every_script_ends_as_its_header_says() {
    let only = std::env::var("SCRIPT").unwrap_or_default();
    let scripts: VecDeque<_> = scripts()
        .into_iter()
        .filter(|path| path.to_string_lossy().contains(&only))
        .collect();
    assert!(!scripts.is_empty());
    let (queue, failed) = (Mutex::new(scripts), Mutex::new(Vec::new()));
    let work = || {
        while let Some(path) = { queue.lock().unwrap().pop_front() } {
            let header = Header::parse(&fs::read_to_string(&path).unwrap());
            let output = run(&path, &header);
            let faults = faults(&header, &output);
            if !faults.is_empty() {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                failed.lock().unwrap().push(format!(
                    "{name}: {}\n--- standard output\n{}--- standard error\n{}",
                    faults.join("; "),
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr)
                ));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(
        failed.is_empty(),
        "{} scripts:\n\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// Runs the program with these words, a script on standard input, and its output where told: status and standard error.
fn outcome(words: &[&str], script: &str, stdout: Stdio) -> (Option<i32>, String) {
    let mut child = Command::new(SOCKEYE)
        .args(words)
        .args(["--timeout", "20s"])
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads no script may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(script.as_bytes());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), stderr)
}

/// A file that is always full (full(4)).
fn full() -> Stdio {
    fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap()
        .into()
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn a_script_comes_from_standard_input_too() {
    let output = |script| outcome(&["run", "-"], script, Stdio::null());
    assert_eq!(
        output("pair tcp as A B\n@A send \"x\"; @B expect \"x\""),
        (Some(0), String::new())
    );
    let (code, stderr) = output("pair tcp as A B\n@B recieve");
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("standard input:2: column 4: there is no verb `recieve`"),
        "{stderr}"
    );
}

#[test]
fn output_that_nobody_takes_ends_the_run() {
    for words in [&["run", "-"][..], &["run", "-", "--json"]] {
        let script = "say \"x\"\nsleep 10s";
        let (code, stderr) = outcome(words, script, full());
        assert_eq!(code, Some(74), "{stderr}");
        assert!(stderr.contains("standard output: "), "{stderr}");
        assert_eq!(outcome(words, script, closed()), (Some(141), String::new()));
    }
    assert_eq!(outcome(&["run", "--help"], "", full()).0, Some(74));
    assert_eq!(outcome(&["run", "--help"], "", closed()).0, Some(141));
}

#[test]
fn what_cannot_be_read_cannot_run() {
    let (code, stderr) = outcome(&["run", "/no/such/script"], "", Stdio::null());
    assert_eq!(code, Some(3));
    assert!(
        stderr.contains("/no/such/script") && stderr.contains("ENOENT"),
        "{stderr}"
    );
    let (code, stderr) = outcome(&["run", "/"], "", Stdio::null());
    assert_eq!(code, Some(3), "{stderr}");
    let (code, stderr) = outcome(
        &["run", "-"],
        "pair tcp\nsend file(/no/such/bytes)",
        Stdio::null(),
    );
    assert_eq!(code, Some(3));
    assert!(stderr.contains("/no/such/bytes"), "{stderr}");
}

#[test]
fn the_command_line_is_refused_with_status_2() {
    for words in [
        &["run"][..],
        &["walk"],
        &["run", "-", "--timeout", "soon"],
        &["connect", "nowhere:x"],
    ] {
        let output = Command::new(SOCKEYE)
            .args(words)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(
            output.stdout.is_empty() && output.stderr.starts_with(b"sockeye: "),
            "{words:?}"
        );
    }
}

#[test]
fn an_expectation_looks_through_no_events_from_before_its_socket() {
    let lines: String = (0..1500)
        .map(|n| {
            format!(
                "pair unix as A{n} B{n}; @A{n} send \"x\"; @B{n} expect \"x\"; @A{n} wait call send; @A{n} close; \
                 @B{n} close\n"
            )
        })
        .collect();
    assert_eq!(outcome(&["run", "-"], &lines, Stdio::null()).0, Some(0));
}
