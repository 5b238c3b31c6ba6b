//! How the ways without a screen end, whatever stands at their streams: the exit status and what is said of it, a row
//! each. `LANGUAGE.md` has the statuses under "The command line".

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// What stands at standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Out {
    /// A pipe that is read.
    Read,
    /// A pipe whose reader is gone.
    Gone,
    /// A device that is full.
    Full,
    /// Nothing: it was closed.
    Closed,
}

/// What stands at standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum In {
    /// These bytes and the end.
    Text(&'static str),
    /// Nothing: it was closed.
    Closed,
}

use In::{Closed as NoInput, Text};
use Out::{Closed, Full, Gone, Read};

/// A script that says much and goes on for long.
const MUCH: &str = "pair tcp as A B\nrepeat 100000 send \"x\"\n";

/// The words, what stands at input and output, the exit status, and what standard error has in it.
#[rustfmt::skip]
const TABLE: &[(&str, In, Out, i32, &str)] = &[
    ("run -", Text("say \"hello\"\n"), Read, 0, ""),
    ("run -", Text(""), Read, 0, ""),
    ("run -", Text("pair tcp\nexpect \"x\" within 1ms\n"), Read, 1, "standard input:2: @"),
    ("run -", Text("pear tcp\n"), Read, 2, "standard input:1: column 1: there is no verb `pear`"),
    ("run nowhere.sockeye", Text(""), Read, 3, "nowhere.sockeye: "),
    ("run - --timeout 1ms", Text("sleep 60s\n"), Read, 124, "the time is up"),
    ("run - --timeout never", Text(""), Read, 2, "never"),
    ("run -", Text("say \"hello\"\n"), Gone, 141, ""),
    ("run -", Text("say \"hello\"\n"), Full, 74, "standard output: "),
    ("run - --json", Text(MUCH), Gone, 141, ""),
    ("run - --json", Text(MUCH), Full, 74, "standard output: "),
    ("run -", NoInput, Read, 0, ""),
    ("decode line", Text("a\nb\n"), Read, 0, ""),
    ("decode netstring", Text("3:abc;"), Read, 1, ""),
    ("decode lime", Text(""), Read, 2, "lime"),
    ("decode line nowhere", Text(""), Read, 3, "nowhere: "),
    ("decode line .", Text(""), Read, 3, ".: "),
    ("decode line", Text("a\n"), Gone, 141, ""),
    ("decode line", Text("a\n"), Full, 74, "standard output: "),
    ("decode line", Text("a\n"), Closed, 0, ""),
    ("encode line", Text("a\n"), Full, 74, "standard output: "),
    ("encode line", Text("a\n"), Gone, 141, ""),
    ("guess", Text("a\nb\nc\n"), Full, 74, "standard output: "),
    ("guess", Text(""), Read, 1, "there are no bytes"),
    ("connect nowhere:x --headless", Text(""), Read, 2, "nowhere:x"),
    ("connect 127.0.0.1:1 127.0.0.1:2 --headless", Text(""), Read, 2, "one address"),
    ("connect unix:/nowhere/x --headless", Text(""), Read, 3, "ENOENT"),
    ("tap :0 127.0.0.1:1 --headless", Text(""), Full, 74, "standard output: "),
    ("tap :0 127.0.0.1:1 --headless", Text(""), Gone, 141, ""),
    ("tap :0 127.0.0.1:1 --headless --json", Text(""), Full, 74, "standard output: "),
    ("tap :0 127.0.0.1:1 --headless --for 1ms", Text(""), Closed, 0, ""),
    ("tap :0 127.0.0.1:1 --headless --for 1ms", NoInput, Read, 0, ""),
    ("tap 192.0.2.1:1 127.0.0.1:1 --headless", Text(""), Read, 3, "EADDRNOTAVAIL"),
    ("tap unix:/nowhere/x 127.0.0.1:1 --headless", Text(""), Read, 3, "ENOENT"),
    ("open nowhere --plain", Text(""), Read, 3, "ENOENT (no such file or directory): nowhere"),
    ("open . --plain", Text(""), Read, 3, "EISDIR (is a directory): ."),
    ("open /dev/null --plain", Text(""), Read, 3, "/dev/null is no plain file (EINVAL)"),
    ("dump nowhere", Text(""), Read, 3, "ENOENT (no such file or directory): nowhere"),
    ("export json /dev/null", Text(""), Read, 3, "/dev/null is no plain file (EINVAL)"),
    ("paths", Text(""), Read, 0, ""),
    ("paths", Text(""), Full, 74, "standard output: "),
    ("paths", Text(""), Gone, 141, ""),
    ("man", Text(""), Full, 74, "standard output: "),
    ("completions bash", Text(""), Gone, 141, ""),
    ("completions tcsh", Text(""), Read, 2, "tcsh"),
    ("--help", Text(""), Full, 74, "standard output: "),
    ("--version", Text(""), Read, 0, ""),
    ("demo", Text(""), Read, 2, "terminal"),
    ("", Text(""), Read, 2, "terminal"),
    ("connect :1", Text(""), Read, 2, "--headless"),
    ("nothing", Text(""), Read, 2, "nothing"),
    ("--nothing", Text(""), Read, 2, "--nothing"),
    ("run - --theme nothing", Text(""), Read, 2, "nothing"),
];

/// A directory of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("sockeye-exit-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program with these words, away from every terminal.
fn sockeye(words: &str, folder: &Path) -> Command {
    // A shell can close a stream before the program begins; it gives way to it, so that it has the process.
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_sockeye"));
    command.args(words.split_whitespace());
    let is_short = ["", "demo", "nothing", "--nothing"].contains(&words);
    if !is_short && !words.starts_with("--") {
        command.arg("--clean");
    }
    command
        .current_dir(folder)
        .env("LANG", "C.UTF-8")
        .env_remove("ACCESSIBLE");
    command
}

/// Runs the program with that at its streams; its exit status and what it said on standard error.
fn end(words: &str, folder: &Path, input: In, output: Out) -> (ExitStatus, String) {
    let mut command = sockeye(words, folder);
    let closes = [(input == NoInput, "<&-"), (output == Closed, ">&-")];
    let closes: Vec<_> = closes
        .iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, how)| *how)
        .collect();
    if !closes.is_empty() {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("exec \"$@\" {}", closes.join(" ")))
            .arg("sh");
        shell.arg(command.get_program()).args(command.get_args());
        shell.current_dir(folder).env("LANG", "C.UTF-8");
        command = shell;
    }
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    command.stdout(match output {
        Full => Stdio::from(OpenOptions::new().write(true).open("/dev/full").unwrap()),
        _ => Stdio::piped(),
    });
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let stdout = child.stdout.take();
    let reader = match output {
        // Gone before there is anything to read.
        Gone => {
            drop(stdout);
            None
        }
        _ => stdout.map(drained),
    };
    if let Text(text) = input {
        let _ = stdin.write_all(text.as_bytes());
    }
    drop(stdin);
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    let status = child.wait().unwrap();
    if let Some(reader) = reader {
        reader.join().unwrap();
    }
    (status, said)
}

/// Reads a stream to its end.
fn drained(mut stdout: ChildStdout) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut stdout, &mut std::io::sink());
    })
}

#[test]
fn each_way_ends_as_the_language_says() {
    let folder = Folder::new("table");
    let mut faults = Vec::new();
    for (words, input, output, code, part) in TABLE {
        let (status, said) = end(words, &folder.0, *input, *output);
        let is_quiet = !part.is_empty() || said.is_empty();
        if status.code() != Some(*code) || !said.contains(part) || !is_quiet {
            faults.push(format!(
                "{words:?} {input:?} {output:?}: {status}, not {code}; {said:?} not {part:?}"
            ));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A run that has begun: it has said so. It hears of a lost terminal even if these tests do not (`nohup`).
fn begun(words: &str, folder: &Path, script: &str) -> (Child, BufReader<ChildStdout>) {
    let mut command = Command::new("env");
    command.args(["--default-signal=HUP", env!("CARGO_BIN_EXE_sockeye")]);
    command.args(words.split_whitespace()).current_dir(folder);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert_eq!(line, "begun\n");
    (child, lines)
}

#[test]
fn a_signal_ends_a_script_with_its_status() {
    let folder = Folder::new("signals");
    for (signal, code) in [
        (Signal::HUP, 129),
        (Signal::INT, 130),
        (Signal::QUIT, 131),
        (Signal::TERM, 143),
    ] {
        let (mut child, _lines) = begun("run - --clean", &folder.0, "say \"begun\"\nsleep 600s\n");
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(
            (status.code(), status.signal()),
            (Some(code), None),
            "{signal:?}"
        );
    }
}

#[test]
fn a_file_may_stand_at_every_stream() {
    let folder = Folder::new("files");
    let path = |name: &str| folder.0.join(name);
    fs::write(path("in"), "say \"hello\"\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
    command
        .args(["run", "-", "--clean"])
        .stdin(File::open(path("in")).unwrap());
    command.stdout(File::create(path("out")).unwrap());
    command.stderr(File::create(path("err")).unwrap());
    assert!(command.status().unwrap().success());
    let read = |name: &str| fs::read_to_string(path(name)).unwrap();
    assert_eq!(
        (read("out"), read("err")),
        ("hello\n".to_owned(), String::new())
    );
}
