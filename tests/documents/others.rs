//! Conversations of programs that others wrote, recorded between them, and played again as either of them.

use super::files::ran;
use super::*;

/// The tap between whoever comes and that server, recording into `rec`; and its port.
fn tap(stage: &Stage, port: u16, framing: &str) -> (Child, u16) {
    let to = format!("127.0.0.1:{port}");
    let words = [
        "tap",
        "127.0.0.1:0",
        &to,
        "--headless",
        "--record",
        "rec",
        "--clean",
    ];
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
    command.args(words).args(["--frame", framing]);
    command.current_dir(stage.folder()).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
    (child, port)
}

/// Ends the tap, whose recording is whole then.
fn end(mut tap: Child) {
    let pid = rustix::process::Pid::from_child(&tap);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert!(tap.wait().unwrap().success());
}

/// What another program says.
fn say(command: &mut Command) -> Vec<u8> {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {why}");
    output.stdout
}

/// The recording as a script of that side.
fn script(stage: &Stage, side: &str) -> String {
    let (script, code, said) = ran(stage, &["export", "script", "rec", "--as", side]);
    assert_eq!((code, &*said), (Some(0), ""));
    String::from_utf8(script).unwrap()
}

/// Plays the server that was recorded before the client, which asks again: what it heard, and how the script ended.
fn serve(stage: &Stage, tapped: u16, client: &mut dyn FnMut(u16) -> Vec<u8>) -> (Vec<u8>, Output) {
    let (child, port) = serving(stage, &script(stage, "server"), tapped);
    let heard = client(port);
    (heard, child.wait_with_output().unwrap())
}

#[test]
fn redis_and_its_client() {
    let stage = Stage::new("others-redis");
    let Some(redis) = Redis::start(&stage) else {
        return;
    };
    let ask = |port: u16, key: &str| {
        let mut command = command_of("redis-cli");
        command.args(["-p", &port.to_string(), "append", key, "more"]);
        say(&mut command)
    };
    let (child, port) = tap(&stage, redis.1, "resp");
    let first = ask(port, "key");
    end(child);
    assert_eq!(first, b"4\n");
    let (again, output) = serve(&stage, port, &mut |port| ask(port, "key"));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(again, first);
    // Another question is not that of the recording.
    let mut other = |port: u16| {
        let mut command = command_of("redis-cli");
        command.args(["-p", &port.to_string(), "append", "kex", "more"]);
        command.stdin(Stdio::null()).output().unwrap().stdout
    };
    let (_, output) = serve(&stage, port, &mut other);
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{why}");
    assert!(why.contains("the first difference: message 1, "), "{why}");
    // And a server that has something else says so: the key is longer by now.
    let client = script(&stage, "client");
    let why = fails(&stage, &client);
    assert!(why.contains("the first difference: message 1, "), "{why}");
    assert_eq!(ask(redis.1, "other"), b"4\n");
    assert_eq!(
        say(command_of("redis-cli").args(["-p", &redis.1.to_string(), "del", "key"])),
        b"1\n"
    );
    passes(&stage, &client);
}

/// A server that gives the same page to whoever asks, and says what it was asked for.
fn pages() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for conn in listener.incoming() {
            let mut conn = conn.unwrap();
            let mut lines = BufReader::new(conn.try_clone().unwrap()).lines();
            let asked = lines.next().unwrap().unwrap();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let body = format!("you asked: {asked}");
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = conn.write_all((head + &body).as_bytes());
        }
    });
    port
}

#[test]
fn curl_and_its_server() {
    if !is_installed("curl") {
        return;
    }
    let stage = Stage::new("others-http");
    let server = pages();
    let ask = |port: u16, page: &str| {
        let mut command = command_of("curl");
        command.args(["-sS", "--noproxy", "*", "-H", "Host: sockeye", "-A", "curl"]);
        command.arg(format!("http://127.0.0.1:{port}/{page}"));
        command
    };
    let (child, port) = tap(&stage, server, "http1");
    let first = say(&mut ask(port, "page"));
    end(child);
    assert_eq!(first, b"you asked: GET /page HTTP/1.1");
    let (again, output) = serve(&stage, port, &mut |port| say(&mut ask(port, "page")));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(again, first);
    let mut other = |port: u16| ask(port, "pace").output().unwrap().stdout;
    let (_, output) = serve(&stage, port, &mut other);
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{why}");
    assert!(why.contains("the first difference: message 1, "), "{why}");
    let client = script(&stage, "client");
    passes(&stage, &client);
    let other = client.replacen("@A send \"GET /page", "@A send \"GET /pace", 1);
    let why = fails(&stage, &other);
    assert!(why.contains("the first difference: message 1, "), "{why}");
}
