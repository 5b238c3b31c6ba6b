//! Recordings of the real program: what is restored is what it told while it ran, and what tshark makes of the packets
//! is what moved.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;
#[path = "support/recording.rs"]
mod recording;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use program::skip::{command_of, is_installed};
use program::{command, leave, sockeye, workbench};
use recording::Recording;
use serde_json::Value;
use sockeye::app::App;
use sockeye::event::{Actor, Dir, Event, What};
use sockeye::os::{Os as _, Wake, real::Real};
use sockeye::session::{Session, json};
use sockeye::ui::{Look, Ui};

const SCRIPT: &str = r#"
listen 127.0.0.1:0 as L
connect @L as A
@L wait accepted
@B frame in line
@A send "one\ntwo\n"
@B wait message "two"
mark answered
@B send "x"*300000
@A wait bytes /x{1000}/
@A shutdown write
@B wait eof
@B close
@A wait eof
pair unix as P Q
@P send "over unix"
@Q wait bytes /unix/
bind udp://127.0.0.1:0 as U
bind udp://127.0.0.1:0 as V
@U sendto @V "datagram"
@V wait bytes /gram/
connect 127.0.0.1:1 as N
@N wait refused
say "done"
"#;

/// An empty directory of this test's own.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("record-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A script played and recorded; what it printed as JSON.
fn played(directory: &Path, script: &str, file: &Path) -> Vec<Value> {
    let path = directory.join("script");
    std::fs::write(&path, script).unwrap();
    let (path, file) = (path.to_str().unwrap(), file.to_str().unwrap());
    let words = ["run", path, "--json", "--record", file];
    let output = sockeye(&words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What tshark says of a file, or nothing where it is missing.
fn tshark(file: &Path, words: &[&str]) -> Option<String> {
    if !is_installed("tshark") {
        return None;
    }
    let mut tshark = command_of("tshark");
    let output = tshark.arg("-r").arg(file).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn what_is_restored_is_what_was_told_while_it_ran() {
    let directory = directory("restored");
    let file = directory.join("a.pcapng");
    let told = played(&directory, SCRIPT, &file);
    let recording = Recording::open(&file);
    assert_eq!((recording.wrong, recording.why), (None, None));
    assert_eq!(
        recording.whole,
        file.metadata().unwrap().len(),
        "nothing is torn"
    );
    let mode = file.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again: Vec<Value> = recording
        .events()
        .iter()
        .zip(0..)
        .map(|(event, seq)| json::event(&recording.session, seq, event))
        .collect();
    let of_event = |value: &&Value| value.get("seq").is_some();
    let told: Vec<&Value> = told.iter().filter(of_event).collect();
    for (one, other) in told.iter().zip(&again) {
        assert_eq!(*one, other);
    }
    assert!(told.len() > 30);
    assert!(again.len() >= told.len(), "{} {}", again.len(), told.len());
    assert_eq!(recording.bytes("A", Dir::Out), b"one\ntwo\n");
    assert_eq!(recording.bytes("B", Dir::Out), vec![b'x'; 300_000]);
    assert_eq!(recording.bytes("V", Dir::In), b"datagram");
    let marks: Vec<_> = recording.session.marks().keys().cloned().collect();
    assert_eq!(marks, ["answered"]);
}

#[test]
fn a_recording_from_the_start_says_whose_bytes_are_forgotten() {
    let directory = directory("forgotten");
    let (script, file) = (directory.join("script"), directory.join("late.pcapng"));
    let pair = |k: u32| {
        format!(
            "pair tcp as A{k} B{k}\n@A{k} send \"gone\"\n@B{k} wait bytes /gone/\n\
             @A{k} close\n@B{k} close\n"
        )
    };
    let lines = format!(
        "keep closed 0\n{}pair tcp as C D\n@C send \"there\"\n@D wait bytes /there/\nrecord \"{}\" from start\n",
        (0..20).map(pair).collect::<String>(),
        file.display(),
    );
    std::fs::write(&script, lines).unwrap();
    let words = ["run", script.to_str().unwrap(), "--json"];
    let output = sockeye(&words).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let note = told
        .lines()
        .find(|line| line.contains("their bytes are not"));
    assert!(note.is_some(), "{told}");
    let recording = Recording::open(&file);
    assert_eq!((recording.wrong, recording.why), (None, None));
    let whole = |name: &str| {
        let mut conns = recording.session.conns().iter();
        let conn = conns.rfind(|conn| conn.name == name).unwrap().id;
        recording.session.bytes(conn, Dir::In, 0..4).1
    };
    assert!(whole("D"), "what is there is recorded");
    let (lost, _) = (0..20).partition::<Vec<u32>, _>(|k| !whole(&format!("B{k}")));
    assert!(!lost.is_empty(), "of the forgotten nobody has the bytes");
}

#[test]
fn a_recording_from_the_start_begins_now_where_the_log_is_forgotten() {
    let file = directory("log").join("late.pcapng");
    let (mut now, mut session) = (Duration::ZERO, Session::new(1 << 20, None));
    session.keep_log(64 << 10);
    let mut app = App::new(session, Ui::new(Look::default(), (80, 24)), 0, now, now);
    let mut note = |app: &mut App, text: String| {
        now += Duration::from_millis(1);
        let (at, conn, by, what) = (now, None, Actor::User, What::Note(text));
        app.apply([Event { at, conn, by, what }]);
        while app.work(1 << 20, now) {}
    };
    for k in 0..10_000 {
        note(&mut app, format!("note {k}"));
    }
    assert!(app.session.first_event() > 0, "the oldest is forgotten");
    let mut os = Real::new().unwrap();
    let path = file.to_str().unwrap().to_owned();
    let journal = os.record(&path, false).unwrap();
    app.begin_recording(Actor::User, (path, true), journal, Duration::from_secs(60));
    note(&mut app, "behind".to_owned());
    let last = Duration::from_secs(61);
    app.close_recording(Actor::User, last);
    let mut wakes = Vec::new();
    while app.is_closing() {
        os.wait(Some(Duration::from_secs(60)), &mut wakes).unwrap();
        assert!(wakes.drain(..).any(|wake| wake == Wake::Disk));
        app.record_on(last);
    }
    let texts = Recording::open(&file).events();
    let texts: Vec<String> = texts
        .into_iter()
        .filter_map(|event| match event.what {
            What::Note(text) => Some(text),
            _ => None,
        })
        .collect();
    assert!(texts[0].starts_with("recording into"), "{texts:?}");
    assert_eq!(
        texts[1..3],
        [
            "the oldest of the log is forgotten: it is recorded from now on",
            "behind"
        ]
    );
}

#[test]
fn tshark_finds_streams_that_follow_and_nothing_to_complain_of() {
    let directory = directory("tshark");
    let file = directory.join("a.pcapng");
    played(&directory, SCRIPT, &file);
    let Some(found) = tshark(&file, &["-q", "-z", "expert,warn"]) else {
        return;
    };
    assert!(
        !found.contains("Errors") && !found.contains("Warns"),
        "{found}"
    );
    let follow = tshark(&file, &["-q", "-z", "follow,tcp,raw,0"]).unwrap();
    let is_hex = |line: &&str| line.trim().chars().all(|c| c.is_ascii_hexdigit());
    let lines: Vec<&str> = follow.lines().filter(is_hex).collect();
    let side = |is_answer: bool| {
        let lines = lines
            .iter()
            .filter(|line| line.starts_with('\t') == is_answer);
        lines.map(|line| line.trim()).collect::<String>()
    };
    assert_eq!(side(false), "6f6e650a74776f0a");
    assert!(side(true) == "78".repeat(300_000));
    let comments = tshark(&file, &["-T", "fields", "-e", "frame.comment"]).unwrap();
    assert!(comments.contains("mark answered"), "{comments}");
}

#[test]
fn a_recording_begins_and_ends_when_it_is_told() {
    let directory = directory("midst");
    let (one, two) = (directory.join("one.pcapng"), directory.join("two.pcapng"));
    let script = format!(
        "pair unix as A B\n@A send \"before\"\n@B wait bytes /before/\n\
         record {one}\n@A send \"within\"\n@B wait bytes /within/\nrecord off\n\
         @A send \"behind\"\n@B wait bytes /behind/\n\
         record {two} from start\n@A send \"last\"\n@B wait bytes /last/\n",
        one = one.display(),
        two = two.display()
    );
    let path = directory.join("script");
    std::fs::write(&path, script).unwrap();
    let status = sockeye(&["run", path.to_str().unwrap()]).status().unwrap();
    assert!(status.success());
    let within = Recording::open(&one);
    assert_eq!((within.wrong, within.why), (None, None));
    let conn = within.session.named("B").unwrap();
    assert_eq!(within.session.lane(conn, Dir::In).unwrap().len(), 12);
    let (bytes, _) = within.session.bytes(conn, Dir::In, 6..12);
    assert_eq!(bytes, b"within");
    let all = Recording::open(&two);
    assert_eq!(all.bytes("B", Dir::In), b"beforewithinbehindlast");
}

#[test]
fn the_head_of_the_screen_tells_that_it_records() {
    let directory = directory("head");
    let file = directory.join("a.pcapng");
    let mut pty = workbench(&["--record", file.to_str().unwrap()]);
    pty.wait_text("rec ");
    command(&mut pty, "pair unix");
    command(&mut pty, "record off");
    pty.wait_text("recorded");
    pty.wait_for("the head without it", |screen| {
        !screen.contents().contains(" rec ")
    });
    leave(&mut pty);
    assert_eq!(Recording::open(&file).why, None);
}

#[test]
fn a_signal_ends_with_a_whole_file() {
    let directory = directory("signal");
    let file = directory.join("a.pcapng");
    let path = file.to_str().unwrap();
    let words = ["listen", "127.0.0.1:0", "--headless", "--record", path];
    let mut child = sockeye(&words)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // What was told first is on its way within a second.
    while std::fs::metadata(&file).map_or(0, |about| about.len()) < 400 {
        assert!(child.try_wait().unwrap().is_none());
        std::thread::yield_now();
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let recording = Recording::open(&file);
    assert_eq!((recording.wrong, recording.why), (None, None));
    assert_eq!(recording.whole, file.metadata().unwrap().len());
    assert!(recording.session.named("L").is_some());
}
