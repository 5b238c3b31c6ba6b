//! Servers and clients that others wrote, with the tap between them, without and with a recording: they must not notice
//! it. One that is not installed is skipped aloud. `RELAY='program LISTEN TARGET'` puts another relay there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

#[path = "tap_servers/alike.rs"]
mod alike;
#[path = "tap_servers/captured.rs"]
mod captured;
#[path = "support/opened.rs"]
mod files;
#[path = "tap_servers/recorded.rs"]
mod recorded;
#[path = "support/relay.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod relay;
#[path = "tap_servers/server.rs"]
mod server;

use relay::{PATIENCE, Place, RECORDED, RECORDING, Relay, command_of, is_installed};
use server::{Server, assert_says, installed_at, noise, say, user};

/// Puts the tap before the server, once without and once with a recording, and checks what goes through it.
fn tapped(listen: &Place, server: &Server, check: impl Fn(&Relay)) {
    let programs = [relay::judged(), RECORDING];
    let is_ours = programs[0].announces;
    for program in programs
        .iter()
        .filter(|program| is_ours || !program.announces)
    {
        let folder = server.folder.join("tap");
        fs::create_dir(&folder).unwrap();
        let relay = Relay::start(program, listen, &server.place, &folder);
        check(&relay);
        let status = relay.interrupt();
        if is_ours {
            assert_eq!(status.code(), Some(0), "{}", program.name);
        }
        let recording = folder.join(RECORDED);
        if recording.exists() && is_installed("tshark") {
            assert_opens(&recording);
        }
        let _ = fs::remove_dir_all(folder);
    }
}

/// Others read the whole recording and find nothing wrong with it.
fn assert_opens(recording: &Path) {
    let output = say(command_of("tshark")
        .args(["-n", "-q", "-z", "expert", "-r"])
        .arg(recording));
    let text = String::from_utf8_lossy(&output);
    for wrong in [
        "Malformed",
        "cut short",
        "Previous segment",
        "not captured",
        "Errors",
    ] {
        assert!(!text.contains(wrong), "{text}");
    }
}

#[test]
fn redis() {
    if !is_installed("redis-server") {
        return;
    }
    let server = Server::redis();
    tapped(&Place::Tcp(0), &server, |relay| {
        let port = relay.place.port().to_string();
        let value = noise(1 << 20);
        let given = server.file("value", &value);
        let mut set = command_of("redis-cli");
        set.args(["-p", &port, "-x", "set", "large"]);
        assert_says(set.stdin(fs::File::open(given).unwrap()), b"OK\n");
        let got = say(command_of("redis-cli").args(["-p", &port, "--raw", "get", "large"]));
        assert!(got.strip_suffix(b"\n") == Some(&value[..]));
        // Twenty thousand commands, all under way at once.
        let many: String = (0..20_000).map(|n| format!("SET k{n} {n}\r\n")).collect();
        let many = server.file("many", many.as_bytes());
        let mut pipe = command_of("redis-cli");
        let said = say(pipe
            .args(["-p", &port, "--pipe"])
            .stdin(fs::File::open(many).unwrap()));
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("errors: 0, replies: 20000"), "{said}");
        assert_says(
            command_of("redis-cli").args(["-p", &port, "get", "k19999"]),
            b"19999\n",
        );
    });
}

#[test]
fn nginx_and_curl() {
    if !is_installed("nginx") || !is_installed("curl") {
        return;
    }
    let server = Server::nginx();
    let large = noise(100 << 20);
    server.file("large", &large);
    server.file("small", b"the small page");
    tapped(&Place::Tcp(0), &server, |relay| {
        let url = format!("http://{}", relay.place.plain());
        let curl = |words: &[&str]| {
            let mut curl = command_of("curl");
            curl.args(["-sS", "--noproxy", "*"]).args(words);
            curl
        };
        let got = server.folder.join("got");
        say(curl(&["-o", got.to_str().unwrap()]).arg(format!("{url}/large")));
        assert!(fs::read(&got).unwrap() == large, "another body");
        // The second and the third request go through the connection of the first.
        let small = format!("{url}/small");
        let told = ["-w", " %{num_connects}\n"];
        let mut thrice = curl(&told);
        assert_says(
            thrice.args([&small, &small, &small]),
            b"the small page 1\nthe small page 0\nthe small page 0\n",
        );
        let put = server.file("given", &large[..20 << 20]);
        say(curl(&["-T", put.to_str().unwrap()]).arg(format!("{url}/put")));
        let put = fs::read(server.folder.join("put")).unwrap();
        assert!(put == large[..20 << 20], "another file");
        fs::remove_file(server.folder.join("put")).unwrap();
        pipeline(relay);
    });
}

/// Requests that do not wait for the responses to those before them (RFC 9112, 9.3.2).
fn pipeline(relay: &Relay) {
    const REQUESTS: usize = 100;
    let mut client = relay.connect();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = "GET /small HTTP/1.1\r\nHost: here\r\n\r\n".repeat(REQUESTS - 1);
    let last = "GET /small HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    client
        .write_all(format!("{request}{last}").as_bytes())
        .unwrap();
    let mut said = String::new();
    client.read_to_string(&mut said).unwrap();
    assert_eq!(said.matches("HTTP/1.1 200 OK\r\n").count(), REQUESTS);
    assert_eq!(said.matches("\r\n\r\nthe small page").count(), REQUESTS);
}

#[test]
fn mosquitto() {
    if !is_installed("mosquitto") || !is_installed("mosquitto_pub") {
        return;
    }
    let server = Server::mosquitto();
    tapped(&Place::Tcp(0), &server, |relay| {
        let port = relay.place.port().to_string();
        let client = |program: &str, words: &[&str]| {
            let mut client = command_of(program);
            client
                .args(["-h", "127.0.0.1", "-p", &port, "-q", "2"])
                .args(words);
            client
        };
        // A retained message waits for whoever subscribes.
        let large = server.file("large", &noise(1 << 20));
        say(client("mosquitto_pub", &["-r", "-t", "large", "-f"]).arg(&large));
        let got = say(&mut client(
            "mosquitto_sub",
            &["-N", "-C", "1", "-t", "large"],
        ));
        assert!(got == fs::read(&large).unwrap(), "another message");
        // It writes lines as they come only where it is told to.
        let live = client("mosquitto_sub", &["-d", "-C", "3", "-t", "live"]);
        let mut lines = command_of("stdbuf");
        lines
            .arg("-oL")
            .arg(live.get_program())
            .args(live.get_args());
        let mut subscribed = server::Reading::start(&mut lines);
        subscribed.wait_line("SUBACK");
        for message in ["one", "two", "three"] {
            say(&mut client("mosquitto_pub", &["-t", "live", "-m", message]));
        }
        let said = subscribed.rest();
        let at = ["one\n", "two\n", "three\n"].map(|message| said.find(message));
        assert!(at[0].is_some() && at[0] < at[1] && at[1] < at[2], "{said}");
    });
}

#[test]
fn postgresql() {
    let Some(bin) = installed_at("/usr/lib/postgresql", "bin/postgres") else {
        return;
    };
    let server = Server::postgres(&bin);
    let rows: String = (0..200_000)
        .map(|n| format!("{n}\tthe row {n}\n"))
        .collect();
    let rows = server.file("rows", rows.as_bytes());
    let ask = |host: &str, port: &str, words: &[&str]| {
        let mut psql = Command::new(bin.join("psql"));
        psql.args([
            "-h", host, "-p", port, "-U", "me", "-d", "postgres", "-X", "-A", "-t", "-q",
        ]);
        psql.args(words);
        psql
    };
    tapped(&Place::Tcp(0), &server, |relay| {
        let port = relay.place.port().to_string();
        let ask = |words: &[&str]| ask("127.0.0.1", &port, words);
        assert_says(&mut ask(&["-c", "select 6 * 7"]), b"42\n");
        say(&mut ask(&[
            "-c",
            "drop table if exists t; create table t (n int, said text)",
        ]));
        say(ask(&["-c", "copy t from stdin"]).stdin(fs::File::open(&rows).unwrap()));
        let back = say(&mut ask(&["-c", "copy t to stdout"]));
        assert!(back == fs::read(&rows).unwrap(), "other rows");
        // An error of the server, and a question behind it on the same connection.
        let said = ask(&["-c", "select 1 / 0", "-c", "select 'on'"])
            .output()
            .unwrap();
        assert_eq!(said.stdout, b"on\n");
        assert!(String::from_utf8_lossy(&said.stderr).contains("division by zero"));
    });
    // The same server behind its Unix socket.
    let name = format!(".s.PGSQL.{}", server.place.port());
    let unix = server.at(Place::Unix(server.folder.join(name)));
    tapped(&Place::Tcp(0), &unix, |relay| {
        let port = relay.place.port().to_string();
        assert_says(
            &mut ask("127.0.0.1", &port, &["-c", "select count(*) from t"]),
            b"200000\n",
        );
    });
}

#[test]
fn ssh() {
    if !is_installed("sshd") || !is_installed("scp") {
        return;
    }
    let server = Server::ssh();
    let large = noise(50 << 20);
    let given = server.file("given", &large);
    tapped(&Place::Tcp(0), &server, |relay| {
        let port = relay.place.port().to_string();
        let client = |program: &str, port_word: &str| {
            let mut client = command_of(program);
            client
                .args([port_word, &port, "-F", "none", "-i"])
                .arg(server.folder.join("key"));
            for option in [
                "StrictHostKeyChecking=no",
                "UserKnownHostsFile=/dev/null",
                "LogLevel=ERROR",
            ] {
                client.args(["-o", option]);
            }
            client
        };
        let there = server.folder.join("there");
        let remote = |path: &Path| format!("{}@127.0.0.1:{}", user(), path.display());
        say(client("scp", "-P").arg(&given).arg(remote(&there)));
        assert!(fs::read(&there).unwrap() == large, "another file there");
        let back = server.folder.join("back");
        say(client("scp", "-P").arg(remote(&there)).arg(&back));
        assert!(fs::read(&back).unwrap() == large, "another file back");
        let login = format!("{}@127.0.0.1", user());
        assert_says(client("ssh", "-p").args([&login, "echo hello"]), b"hello\n");
    });
}

/// What a resolver is told through the relay.
fn dig(relay: &Relay, words: &[&str]) -> Vec<u8> {
    let mut dig = command_of("dig");
    let port = relay.place.port().to_string();
    dig.args(["@127.0.0.1", "-p", &port, "+short", "+tries=1", "+time=5"]);
    say(dig.args(words))
}

#[test]
fn names_over_datagrams() {
    if !is_installed("dnsmasq") || !is_installed("dig") {
        return;
    }
    let server = Server::dns();
    let datagrams = server.at(Place::Udp(server.place.port()));
    tapped(&Place::Udp(0), &datagrams, |relay| {
        // Each question from a port of its own, so that each is a client of its own.
        for _ in 0..20 {
            assert_eq!(dig(relay, &["+notcp", "here.test"]), b"192.0.2.7\n");
        }
        assert_eq!(dig(relay, &["+notcp", "txt", "long.test"]), server::LONG);
    });
}

#[test]
fn names_over_streams() {
    if !is_installed("dnsmasq") || !is_installed("dig") {
        return;
    }
    let server = Server::dns();
    tapped(&Place::Tcp(0), &server, |relay| {
        assert_eq!(dig(relay, &["+tcp", "here.test"]), b"192.0.2.7\n");
        assert_eq!(dig(relay, &["+tcp", "txt", "long.test"]), server::LONG);
    });
}
