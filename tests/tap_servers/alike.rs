//! A capture by `tcpdump` and our recording of the same conversations, both opened here: the same messages, with the
//! same bytes, ranges, notes and fields.

use std::path::Path;

use sockeye::event::{Actor, ConnId, Dir, Event, Role, What};
use sockeye::framing::{Entry, Status};
use sockeye::session::{Conn, Session};

use super::captured::Captured;
use super::files::opened;
use super::relay::{self, Place, RECORDED, RECORDING, Relay, command_of, is_installed};
use super::server::{Server, say};

/// More messages than any of the conversations has.
const MESSAGES_MAX: usize = 1000;

/// What was said in a direction: its bytes, and the messages that the framing makes of them.
#[derive(Debug, PartialEq)]
struct Said {
    bytes: Vec<u8>,
    messages: Vec<Entry>,
}

/// What a framing makes of a conversation: what the client said, then the server.
fn said(session: &mut Session, conn: ConnId, client: Dir, rule: &str) -> [Said; 2] {
    for dir in Dir::BOTH {
        let (rule, from) = (rule.to_owned(), 0);
        session.apply(Event {
            at: session.now(),
            conn: Some(conn),
            by: Actor::User,
            what: What::Framed { dir, rule, from },
        });
    }
    while session.cut(1 << 20) {}
    [client, client.other()].map(|dir| {
        let len = session.lane(conn, dir).unwrap().len();
        let (bytes, is_whole) = session.bytes(conn, dir, 0..len);
        assert!(is_whole, "{dir:?} of {}", session.name(conn));
        let messages = session.entries(conn, dir, 0, MESSAGES_MAX);
        Said { bytes, messages }
    })
}

/// The conversations of a file for which `is_one` holds, in their order.
fn talks(
    file: &Path,
    rule: &str,
    client: Dir,
    is_one: impl Fn(&Session, &Conn) -> bool,
) -> Vec<[Said; 2]> {
    let mut session = opened(&std::fs::read(file).unwrap());
    let conns = session.conns().iter();
    let ids: Vec<_> = conns
        .filter(|conn| is_one(&session, conn))
        .map(|conn| conn.id)
        .collect();
    ids.into_iter()
        .map(|conn| said(&mut session, conn, client, rule))
        .collect()
}

/// Lets clients talk to a server through the tap while it is captured; `ended` are the packets, in the words of
/// `tshark`, and how many of them, after which all was said.
fn check(
    server: &Server,
    listen: &Place,
    rule: &str,
    clients: impl Fn(&Relay),
    ended: impl Fn(u16) -> (String, usize),
) {
    let needed = ["tcpdump", "tshark"];
    if !needed.iter().all(|program| is_installed(program)) {
        return;
    }
    let folder = relay::folder(&format!("alike-{rule}"));
    let relay = Relay::start(&RECORDING, listen, &server.place, &folder);
    let Some(captured) = Captured::begin(&relay, &folder) else {
        return;
    };
    clients(&relay);
    let port = relay.place.port();
    let (what, count) = ended(port);
    let capture = captured.end(&what, count);
    assert_eq!(relay.interrupt().code(), Some(0));
    // The probes of the capture went elsewhere.
    let theirs = talks(&capture, rule, Dir::Out, |_, conn| {
        let to = conn.peer.as_ref().map(ToString::to_string);
        to.is_some_and(|to| to.ends_with(&format!(":{port}")))
    });
    let ours = talks(&folder.join(RECORDED), rule, Dir::In, |session, conn| {
        let maker = conn.parent.and_then(|maker| session.conn(maker));
        maker.is_some_and(|maker| maker.role == Role::Tap)
    });
    assert!(!ours.is_empty());
    assert_eq!(ours.len(), theirs.len(), "conversations of {rule}");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        for (ours, theirs) in ours.iter().zip(theirs) {
            let messages = &ours.messages;
            assert!(
                messages.iter().any(|entry| entry.number.is_some()),
                "{ours:?}"
            );
            assert!(
                messages
                    .iter()
                    .all(|entry| entry.message.status == Status::Ok),
                "{ours:?}"
            );
            assert_eq!(ours, theirs);
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// Both sides of so many connections have ended.
fn ends(count: usize) -> impl Fn(u16) -> (String, usize) {
    move |_| ("tcp.flags.fin == 1".to_owned(), 2 * count)
}

#[test]
fn a_redis_session_is_the_same_messages() {
    if !is_installed("redis-server") {
        return;
    }
    let server = Server::redis();
    let clients = |relay: &Relay| {
        let port = relay.place.port().to_string();
        let value = "x".repeat(100_000);
        for words in [
            &["set", "large", &value][..],
            &["get", "large"],
            &["lpush", "list", "one", "two", "three"],
            &["lrange", "list", "0", "-1"],
            &["nonsense"],
            &["hello", "3"],
        ] {
            command_of("redis-cli")
                .args(["-p", &port])
                .args(words)
                .output()
                .unwrap();
        }
    };
    check(&server, &Place::Tcp(0), "resp", clients, ends(6));
}

#[test]
fn http_is_the_same_messages() {
    if !is_installed("nginx") || !is_installed("curl") {
        return;
    }
    let server = Server::nginx();
    server.file("page", &b"a page, and more of it\n".repeat(10_000));
    let clients = |relay: &Relay| {
        let url = format!("http://{}", relay.place.plain());
        let mut curl = command_of("curl");
        curl.args([
            "-sS",
            "--noproxy",
            "*",
            "-o",
            "/dev/null",
            "-o",
            "/dev/null",
            "-o",
            "/dev/null",
        ]);
        let [page, none] = ["page", "none"].map(|name| format!("{url}/{name}"));
        say(curl.args([&page, &none, &page]));
        say(command_of("curl")
            .args(["-sS", "--noproxy", "*", "-I"])
            .arg(&page));
    };
    check(&server, &Place::Tcp(0), "http1", clients, ends(2));
}

#[test]
fn names_are_the_same_messages() {
    if !is_installed("dnsmasq") || !is_installed("dig") {
        return;
    }
    let server = Server::dns();
    let datagrams = server.at(Place::Udp(server.place.port()));
    let clients = |relay: &Relay| {
        for _ in 0..3 {
            super::dig(relay, &["+notcp", "here.test"]);
            super::dig(relay, &["+notcp", "txt", "long.test"]);
        }
    };
    // Six questions and as many answers.
    let ended = |port: u16| (format!("udp.port == {port}"), 12);
    check(&datagrams, &Place::Udp(0), "dns", clients, ended);
    let clients = |relay: &Relay| {
        super::dig(relay, &["+tcp", "here.test"]);
        super::dig(relay, &["+tcp", "txt", "long.test"]);
    };
    check(&server, &Place::Tcp(0), "dns", clients, ends(2));
}
