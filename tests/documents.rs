//! Sessions written down as text, JSON, hex and scripts: what is written is what happened, and a conversation that
//! became a script is played by the program against the real other side, in either role.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "documents/files.rs"]
mod files;
#[path = "documents/opened.rs"]
mod opened;
#[path = "documents/others.rs"]
mod others;
#[path = "support/packets.rs"]
mod packets;
#[path = "support/skip.rs"]
mod skip;
#[expect(dead_code, reason = "programs are built elsewhere")]
#[path = "export/stage.rs"]
mod stage;

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use skip::{command_of, is_installed};
use stage::Stage;

const PATIENCE: Duration = Duration::from_secs(30);

/// A server that says each line again in capitals, for whoever comes, while the test runs.
fn capitals() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for conn in listener.incoming() {
            thread::spawn(move || shout(conn.unwrap()));
        }
    });
    port
}

fn shout(mut conn: TcpStream) {
    let mut lines = BufReader::new(conn.try_clone().unwrap());
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
        line.make_ascii_uppercase();
        let _ = conn.write_all(&line);
        line.clear();
    }
}

fn play(stage: &Stage, script: &str) -> Output {
    stage::run(stage, script)
}

/// Plays a script, which must pass.
#[track_caller]
fn passes(stage: &Stage, script: &str) {
    let output = play(stage, script);
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}{why}");
}

/// Plays a script, which must fail; what it says.
#[track_caller]
fn fails(stage: &Stage, script: &str) -> String {
    let output = play(stage, script);
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{script}{why}");
    why
}

fn text(stage: &Stage, name: &str) -> String {
    fs::read_to_string(stage.folder().join(name)).unwrap()
}

#[test]
fn hex_is_that_of_xxd() {
    if !is_installed("xxd") {
        return;
    }
    let stage = Stage::new("hex");
    for len in [1, 15, 16, 17, 4096, 300_001] {
        passes(
            &stage,
            &format!(
                "pair unix as A B\n@A send rand({len} seed 7)\n@A shutdown write\n@B wait eof\n\
                 @B export hex dump in over\n@B save bytes in all over\n"
            ),
        );
        let mut xxd = command_of("xxd");
        let xxd = xxd.arg("bytes").current_dir(stage.folder()).output();
        let xxd = xxd.unwrap();
        let dump = fs::read(stage.folder().join("dump")).unwrap();
        assert!(dump == xxd.stdout, "{len} bytes");
    }
}

#[test]
fn several_directions_stand_under_their_names() {
    let stage = Stage::new("directions");
    passes(
        &stage,
        "pair unix as A B\n@A send \"hi\"\n@B expect \"hi\"\nexport hex all\n@B export hex in in\n",
    );
    let row = "00000000: 6869                                     hi\n";
    let all = format!("# A out, 2 bytes\n{row}\n# B in, 2 bytes\n{row}");
    assert_eq!(text(&stage, "all"), all);
    assert_eq!(text(&stage, "in"), row);
}

#[test]
fn json_is_what_run_prints() {
    let stage = Stage::new("json");
    stage.write(
        "script",
        "pair tcp as A B\n@A frame line\n@B frame line\n@A send \"one\\ntwo\\nthr\"\n@B expect \"one\\n\"\n\
         @B send \"fo\"\n@A expect \"fo\"\n@B send \"ur\\n\"\n@A expect \"ur\\n\"\n@A close\n@B wait eof\n\
         @B close\n@B wait closed\nexport json all\n@B export json in in\n",
    );
    let mut command = stage.sockeye(&["run", "script", "--json"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let printed: HashSet<&str> = printed.lines().collect();
    let all = text(&stage, "all");
    for line in all.lines() {
        assert!(printed.contains(line), "{line}");
    }
    let written: HashSet<&str> = all.lines().collect();
    // What happened while it was written is not in it.
    let seq = |line: &str| -> Option<u64> {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        object["seq"].as_u64()
    };
    let last = all.lines().filter_map(seq).max();
    let missing = printed.iter().find(|line| {
        let is_later = seq(line) > last || line.contains("\"kind\":\"result\"");
        !written.contains(*line) && !is_later
    });
    assert_eq!(missing, None);
    // A message stands behind the call that made it whole.
    let place = |part: &str| all.lines().position(|line| line.contains(part)).unwrap();
    let whole = place("\"kind\":\"message\",\"n\":1,\"conn\":\"A\",\"dir\":\"in\"");
    let first = all.lines().position(|line| {
        let is_call = line.contains("\"call\":\"recv\"");
        is_call && line.contains("\"conn\":\"A\"")
    });
    assert!(whole > first.unwrap());
    assert!(
        text(&stage, "in")
            .lines()
            .all(|line| !line.contains("\"dir\":\"out\",\"start\""))
    );
}

#[test]
fn text_has_a_line_for_each() {
    let stage = Stage::new("text");
    passes(
        &stage,
        "pair unix as A B\n@B frame line\n@A send \"one\\x1b\\ntw\"\n@B expect \"one\"\n@B export text all\n",
    );
    let all = text(&stage, "all");
    assert!(
        all.contains("  in        1  B      0..5          ok      line  one\\x1b\n"),
        "{all}"
    );
    assert!(
        all.contains(" B      loop   recv(65536) = 7  in 0..7\n"),
        "{all}"
    );
    let tail = all.lines().last().unwrap();
    assert!(
        tail.starts_with("        in        2  B      5..7          partial"),
        "{all}"
    );
}

/// A conversation with the server of capitals, which became a script.
fn talk(stage: &Stage, port: u16) {
    passes(
        stage,
        &format!(
            "connect :{port} as A\n@A frame line\n@A send \"hello\\n\"\n@A expect \"HELLO\\n\"\n\
             @A send \"x\\x00\\xff\\nwor\"\n@A expect \"X\\x00\\xff\\n\"\n@A send \"ld\\n\"\n\
             @A expect message \"WORLD\"\n@A shutdown write\n@A expect eof\n@A close\n@A wait closed\n\
             export script client\n@A export script server as server\n"
        ),
    );
}

#[test]
fn a_conversation_is_played_as_its_client() {
    let stage = Stage::new("client");
    let port = capitals();
    talk(&stage, port);
    let script = text(&stage, "client");
    let lines = "@A frame line\n# client 1: line\n@A send \"hello\\n\"\n# server 1: line\n@A expect \"HELLO\\n\"\n";
    assert!(script.contains(lines), "{script}");
    passes(&stage, &script);
    let why = fails(&stage, &script.replace("WORLD", "WORLT"));
    let first = "  the first difference: message 3, offset 14 of the stream\n";
    assert!(why.contains(first), "{why}");
    let row =
        "\n    00000008  ≠       57 4f 52 4c 54 0a    WORLT·        57 4f 52 4c 44 0a    WORLD·\n";
    assert!(why.contains(row), "{why}");
}

/// The program with a script that listens, and the port that the kernel chose for it.
fn serving(stage: &Stage, script: &str, port: u16) -> (Child, u16) {
    let script = script.replace(&format!("127.0.0.1:{port} as L"), "127.0.0.1:0 as L");
    stage.write("script", &script);
    let mut command = stage.sockeye(&["run", "script", "--json"]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    let until = Instant::now() + PATIENCE;
    let port = loop {
        line.clear();
        assert!(
            lines.read_line(&mut line).unwrap() > 0 && Instant::now() < until,
            "{script}"
        );
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        if let Some(local) = object["local"].as_str() {
            break local.rsplit(':').next().unwrap().parse().unwrap();
        }
    };
    thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    (child, port)
}

/// A client that says what the conversation's said, and all that it hears.
fn client(port: u16, third: &[u8]) -> Vec<u8> {
    let mut conn = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    conn.set_read_timeout(Some(PATIENCE)).unwrap();
    let _ = conn.write_all(b"hello\nx\x00\xff\nwor");
    let _ = conn.write_all(third);
    let _ = conn.shutdown(std::net::Shutdown::Write);
    let mut heard = Vec::new();
    let _ = conn.read_to_end(&mut heard);
    heard
}

#[test]
fn a_conversation_is_played_as_its_server() {
    let stage = Stage::new("server");
    let port = capitals();
    talk(&stage, port);
    let script = text(&stage, "server");
    let (child, at) = serving(&stage, &script, port);
    assert_eq!(client(at, b"ld\n"), b"HELLO\nX\x00\xff\nWORLD\n");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let (child, at) = serving(&stage, &script, port);
    client(at, b"lt\n");
    let output = child.wait_with_output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{why}");
    assert!(
        why.contains("  the first difference: message 3, offset 14 of the stream\n"),
        "{why}"
    );
}

#[test]
fn one_of_several_conversations_is_named() {
    let stage = Stage::new("several");
    let port = capitals();
    let script = format!(
        "connect :{port} as A\nconnect :{port} as B\n@A send \"a\\n\"\n@B send \"b\\n\"\n@A expect \"A\\n\"\n\
         @B expect \"B\\n\"\n"
    );
    passes(&stage, &format!("{script}@B export script b\n"));
    assert!(text(&stage, "b").contains("@A send \"b\\n\"\n"));
    let why = fails(&stage, &format!("{script}export script c\n"));
    assert!(why.contains("there are 2 conversations (A B)"), "{why}");
    let why = fails(
        &stage,
        "pair udp as A B\n@A send \"a\"\n@B expect \"a\"\n@B export script x as server\n",
    );
    assert!(why.contains("answers whom it hears"), "{why}");
}

#[test]
fn datagrams_stay_whole() {
    let stage = Stage::new("datagrams-script");
    let script = "listen udp://127.0.0.1:0 as S\n@S on message /(.*)/ send group(1)\nconnect @S as A\n\
                  @A send \"one\"\n@A expect message \"one\"\n@A send \"\"\n@A expect message \"\"\n\
                  @A send \"three\"\n@A expect message \"three\"\n@A export script client\n";
    passes(&stage, script);
    let client = text(&stage, "client");
    let lines: Vec<&str> = client
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .collect();
    let expected = [
        "@A send \"one\"",
        "@A expect message \"one\"",
        "@A send \"\"",
        "@A expect message \"\"",
        "@A send \"three\"",
        "@A expect message \"three\"",
        "@A close",
    ];
    assert_eq!(lines, expected);
}

/// A redis of its own, gone with the test; none where it is not installed.
struct Redis(Child, u16);

impl Redis {
    fn start(stage: &Stage) -> Option<Self> {
        if !is_installed("redis-server") {
            return None;
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = command_of("redis-server");
        command.args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
        ]);
        command
            .current_dir(stage.folder())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let redis = Self(command.spawn().unwrap(), port);
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(Instant::now() < until, "redis does not listen");
            thread::yield_now();
        }
        Some(redis)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_conversation_with_redis_is_played_again() {
    let stage = Stage::new("redis");
    let Some(redis) = Redis::start(&stage) else {
        return;
    };
    let port = redis.1;
    passes(
        &stage,
        &format!(
            "connect :{port} as R\n@R frame resp\n@R send \"PING\\r\\n\"\n@R wait message\n\
             @R send \"*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\nk\\r\\n$5\\r\\nhello\\r\\n\"\n@R wait message\n\
             @R send \"GET k\\r\\nECHO two\\r\\n\"\n@R wait message\n@R wait message\n\
             @R send \"FLUSHALL\\r\\n\"\n@R wait message\n@R export script again\n"
        ),
    );
    let script = text(&stage, "again");
    passes(&stage, &script);
    let why = fails(
        &stage,
        &script.replace(
            "@A expect \"$5\\r\\nhello\\r\\n\"",
            "@A expect \"$5\\r\\nhallo\\r\\n\"",
        ),
    );
    assert!(
        why.contains("  the first difference: message 3, field "),
        "{why}"
    );
}
