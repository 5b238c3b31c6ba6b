//! Sessions as programs: a script is played by the program, exported in every language, and the programs are built and
//! run. A language whose tools are not installed is skipped aloud.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/skip.rs"]
mod skip;
#[path = "export/stage.rs"]
mod stage;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use stage::{C, LANGUAGES, Language, PYTHON, Stage, play, run};

/// What a program says last that did as the session.
const SAME: &str = "Every socket received what it received in the session.\n";

/// Plays a script, and runs what it becomes in these languages.
#[track_caller]
fn check(name: &str, script: &str, languages: &[&Language]) {
    let stage = Stage::new(name);
    play(&stage, script);
    same(&stage, name, languages);
}

/// Runs what became of a script that was played.
#[track_caller]
fn same(stage: &Stage, name: &str, languages: &[&Language]) {
    for language in languages.iter().filter(|language| language.is_installed()) {
        let output = stage.run(language);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let why = String::from_utf8_lossy(&output.stderr);
        let language = language.name;
        assert!(output.status.success(), "{name}, {language}: {told}{why}");
        assert!(told.ends_with(SAME), "{name}, {language}: {told}");
    }
}

/// The same in all.
#[track_caller]
fn check_all(name: &str, script: &str) {
    check(name, script, LANGUAGES);
}

#[test]
fn the_demonstration() {
    let demo = include_str!("../assets/demo.sockeye");
    let lines = demo.lines().filter(|line| !line.starts_with("sleep"));
    let script: String = lines.map(|line| format!("{line}\n")).collect();
    check_all(
        "demo",
        &format!("{script}@A send \"ld! again\"\n@B wait message\n"),
    );
    // What goes to and fro is spelled, and calls are spelled as the panes spell them.
    let stage = Stage::new("demo-text");
    play(&stage, &script);
    let text = stage.text(&PYTHON);
    for line in [
        "    a.connect(l_at)\n",
        "    b, peer = l.accept()  # by itself\n",
        "    a.send(b\"\\x00\\x05hello\")\n",
        "    b.shutdown(SHUT_WR)\n    end(a)\n",
        "    check(\"A\", b\"\\x00\\x11hi, who is there?\")\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
}

#[test]
fn half_closes_resets_and_refusals() {
    check_all("ends", include_str!("export/ends.sockeye"));
}

#[test]
fn datagrams_one_by_one() {
    check_all("datagrams", include_str!("export/datagrams.sockeye"));
}

#[test]
fn taps_and_their_clients() {
    check_all("taps", include_str!("export/taps.sockeye"));
}

#[test]
fn unix_sockets_of_every_kind() {
    check_all("unix", include_str!("export/unix.sockeye"));
}

#[test]
fn urgent_data_peeks_and_waits_for_all() {
    check_all("flags", include_str!("export/flags.sockeye"));
}

#[test]
fn more_than_there_is_room_for() {
    check_all("much", include_str!("export/much.sockeye"));
}

#[test]
fn options_and_calls_that_do_not_wait() {
    check_all("options", include_str!("export/options.sockeye"));
}

#[test]
fn calls_that_wait_are_made_where_they_end() {
    // The backlog of a Unix listener is full: its third client is let in by the accept that comes later.
    check_all("waits", include_str!("export/waits.sockeye"));
}

#[test]
fn hostile_bytes_and_names_stay_inside_their_quotes() {
    check_all("hostile", include_str!("export/hostile.sockeye"));
}

/// The scripts of the other tests, all that pass and do not quit.
fn scripts() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let files = fs::read_dir(folder).unwrap();
    let mut scripts: Vec<(String, String)> = files
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        // What ends before it is exported, and what a program lacks: pulled cables, lab peers.
        .filter(|(_, text)| {
            let lacks = ["# exit ", "quit", "plug", "peer "];
            !lacks.iter().any(|word| text.contains(word))
        })
        .collect();
    scripts.sort();
    assert!(scripts.len() > 55, "{} scripts", scripts.len());
    scripts
}

/// Every second script from the one of that number on: building takes its time, and two tests share it. Whether they
/// pass is the matter of `tests/scripts.rs`; most do.
fn check_scripts(first: usize, language: &Language) {
    let mut count = 0;
    for (name, script) in scripts().iter().skip(first).step_by(2) {
        let stage = Stage::new(name);
        let exports = format!("export {} {}\n", language.name, language.file);
        if run(&stage, &format!("{script}\n{exports}"))
            .status
            .success()
        {
            same(&stage, name, &[language]);
            count += 1;
        }
    }
    assert!(count > 25, "{count} scripts");
}

#[test]
fn every_second_script_in_python() {
    check_scripts(0, &PYTHON);
}

#[test]
fn the_other_scripts_in_c() {
    check_scripts(1, &C);
}

#[test]
fn a_difference_is_told_with_socket_and_offset() {
    let stage = Stage::new("difference");
    play(
        &stage,
        "pair tcp as A B\n@A send \"hello\"\n@B wait \"hello\"\npair udp as C D\n@C send \"one\"; @C send \"two\"\n\
         @D expect message \"one\"\n@D expect message \"two\"\n",
    );
    for language in LANGUAGES.iter().filter(|language| language.is_installed()) {
        let text = stage.text(language);
        assert_eq!(text.matches("\"hello\"").count(), 2, "{text}");
        // What is sent changes; what the session had does not.
        let other = text
            .replacen("\"hello\"", "\"heLlo\"", 1)
            .replacen("\"two\"", "\"tw\"", 1);
        let other = other.replace("send(c, \"tw\", 3, 0)", "send(c, \"tw\", 2, 0)");
        stage.rewrite(language, &other);
        let output = stage.run(language);
        assert_eq!(output.status.code(), Some(1), "{}", language.name);
        let told = String::from_utf8_lossy(&output.stderr);
        let expected = "B: received byte 2 is 0x4c; in the session it was 0x6c\n\
             D: message 2, byte 2 is the end; in the session it was 0x6f\n";
        assert_eq!(told, expected, "{}", language.name);
    }
}

#[test]
fn a_call_that_comes_out_otherwise_is_told() {
    let stage = Stage::new("otherwise");
    play(
        &stage,
        "pair tcp as A B\n@A shutdown write\n@A send \"x\"\n@A wait errno EPIPE\n",
    );
    for language in LANGUAGES.iter().filter(|language| language.is_installed()) {
        let text = stage.text(language);
        let shut: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("shutdown(") && line.contains("WR"))
            .collect();
        let shut = shut
            .first()
            .copied()
            .unwrap_or("    a.shutdown(Shutdown::Write)?;");
        stage.rewrite(language, &text.replace(shut, ""));
        let output = stage.run(language);
        assert_eq!(output.status.code(), Some(1), "{}", language.name);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            told.contains("came out well; in the session it failed: EPIPE"),
            "{}: {told}",
            language.name
        );
    }
}

/// Takes a connection, answers what it receives up to a `.`, and returns all that came.
fn serve(listener: &TcpListener) -> Vec<u8> {
    let (mut conn, _) = listener.accept().unwrap();
    let mut came = Vec::new();
    let mut byte = [0];
    while conn.read(&mut byte).unwrap() == 1 {
        came.push(byte[0]);
        if byte == *b"." {
            conn.write_all(&came).unwrap();
            conn.write_all(&[0xff; 3000]).unwrap();
        }
    }
    came
}

#[test]
fn a_client_says_the_same_to_others() {
    let stage = Stage::new("client");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let first = thread::scope(|scope| {
        let server = scope.spawn(|| serve(&listener));
        play(
            &stage,
            &format!(
                "connect :{port} as A\n@A send \"who is\" 00 ff \" there\"\n@A send \"?.\"\n@A wait bytes /\\?\\./\n\
                 @A send \"y\"*20000\n@A shutdown write\n@A wait eof\n@A close\n@A wait closed\n"
            ),
        );
        server.join().unwrap()
    });
    assert_eq!(first.len(), 20_016);
    for language in LANGUAGES.iter().filter(|language| language.is_installed()) {
        let mut command = stage.command(language);
        let again = thread::scope(|scope| {
            let server = scope.spawn(|| serve(&listener));
            let output = command.output().unwrap();
            let why = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {why}", language.name);
            server.join().unwrap()
        });
        assert!(again == first, "{}", language.name);
    }
}

/// Connects, says something, and returns all that is answered.
fn ask(port: u16) -> Vec<u8> {
    let mut conn = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    conn.write_all(b"ask").unwrap();
    conn.shutdown(std::net::Shutdown::Write).unwrap();
    let mut came = Vec::new();
    conn.read_to_end(&mut came).unwrap();
    came
}

/// Reads lines until one tells where the server is, and talks to it.
fn ask_server(command: &mut Command, port: impl Fn(&str) -> Option<u16>) -> Vec<u8> {
    let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let port = lines.find_map(|line| port(&line.unwrap())).unwrap();
    let answer = ask(port);
    // Whoever writes more wants it read.
    lines.for_each(drop);
    assert!(server.wait().unwrap().success());
    answer
}

#[test]
fn a_server_tells_its_port_and_answers_others_the_same() {
    let stage = Stage::new("server");
    stage.write(
        "script",
        "listen 127.0.0.1:0 as L\n@L wait accepted within 20s\n@A wait eof\n@A send \"the answer\"\n@A close\n\
         @A wait closed\nexport python calls.py\nexport c calls.c\nexport rust calls.rs\n",
    );
    let port = |line: &str| {
        let (_, rest) = line.split_once("\"local\":\"127.0.0.1:")?;
        rest.split('"').next()?.parse().ok()
    };
    let first = ask_server(
        stage
            .sockeye(&["run", "script", "--json"])
            .stdin(Stdio::null()),
        port,
    );
    assert_eq!(first, b"the answer");
    for language in LANGUAGES.iter().filter(|language| language.is_installed()) {
        let port = |line: &str| line.strip_prefix("L is at 127.0.0.1 port ")?.parse().ok();
        let again = ask_server(&mut stage.command(language), port);
        assert_eq!(again, first, "{}", language.name);
    }
}

#[test]
fn a_file_that_exists_is_refused_and_a_limit_is_told() {
    let stage = Stage::new("limits");
    let script = "pair unix as A B\n@A send \"x\"\n@B wait \"x\"\nexport python p\nexport c p\n";
    let output = run(&stage, script);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("p exists: `over` behind it replaces it"),
        "{told}"
    );
    let script = script.replace("export c p", "export c p over");
    fs::remove_file(stage.folder().join("p")).unwrap();
    assert!(run(&stage, &script).status.success());
    let text = fs::read_to_string(stage.folder().join("p")).unwrap();
    assert!(text.contains("#include"), "{text}");

    // More bytes than are spelled: the program ends before them, says so, and still runs.
    let script = "pair unix as A B\n@A send \"first\"\n@B wait \"first\"\n@A send rand(2M seed 1)\n@A send \"end\"\n\
         @B wait bytes /end$/ within 20s\n";
    play(&stage, script);
    let text = stage.text(&PYTHON);
    assert!(
        text.contains("it ends where A sent more: 1048576 bytes are the most of a program"),
        "{text}"
    );
    assert!(stage.run(&PYTHON).status.success());
}
