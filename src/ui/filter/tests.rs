//! Filters and the sockets that fit them, and what is wrong with those that are none.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Subject, parse::parse};
use crate::endpoint::{Address, Transport};
use crate::event::{Actor, Call, Capture, ConnId, Dir, Event, Moved, Outcome, Role, Syscall, What};
use crate::locale::Locale;
use crate::session::Session;

fn tell(session: &mut Session, seconds: u64, conn: u32, what: What) {
    session.apply(Event {
        at: Duration::from_secs(seconds),
        conn: Some(ConnId(conn)),
        by: Actor::User,
        what,
    });
}

fn open(session: &mut Session, conn: u32, role: Role, ends: [Option<&str>; 2]) {
    let opened = What::Opened {
        name: None,
        role,
        transport: Transport::Tcp,
        parent: (role == Role::Accepted).then_some(ConnId(0)),
    };
    tell(session, u64::from(conn), conn, opened);
    let [local, peer] = ends.map(|end| {
        let end = end?.parse::<SocketAddr>().unwrap();
        Some(Address::Inet(end))
    });
    tell(
        session,
        u64::from(conn),
        conn,
        What::Addressed { local, peer },
    );
}

/// L listens since 0 s; A was accepted at 1 s, has 2000 bytes in lines and is closed; B connected at 2 s and has sent
/// 10 bytes.
fn session() -> Session {
    let mut session = Session::new(1 << 20, None);
    let server = Some("127.0.0.1:7000");
    open(&mut session, 0, Role::Listener, [server, None]);
    let listen = Call::new(
        Syscall::Listen { backlog: 1 },
        Outcome::Returned(0),
        Duration::ZERO,
    );
    tell(&mut session, 0, 0, What::Call(listen));
    open(
        &mut session,
        1,
        Role::Accepted,
        [server, Some("10.0.0.5:5000")],
    );
    open(
        &mut session,
        2,
        Role::Client,
        [Some("[::1]:6000"), Some("[::1]:443")],
    );
    let rule = "line".to_owned();
    let framed = What::Framed {
        dir: Dir::In,
        rule,
        from: 0,
    };
    tell(&mut session, 2, 1, framed);
    for (conn, dir, bytes) in [(1, Dir::In, 2000), (2, Dir::Out, 10)] {
        let at = Duration::from_secs(3);
        let range = session.sent(ConnId(conn), &vec![0; bytes], at);
        let mut call = Call::new(Syscall::Accept, Outcome::Returned(0), Duration::ZERO);
        call.moved = Some(Moved { dir, range });
        tell(&mut session, 3, conn, What::Call(call));
    }
    tell(&mut session, 4, 1, What::Gone);
    session
}

#[test]
fn words_leave_the_sockets_that_have_them() {
    let session = session();
    let now = Duration::from_secs(10);
    let check = |words: &str, expected: &str| {
        let tree = parse(words, &Locale::default()).unwrap();
        let mut subject = Subject::new(&session, now);
        let fits = session
            .conns()
            .iter()
            .filter(|conn| subject.fits(&tree, conn));
        let names: String = fits.map(|conn| conn.name.as_str()).collect();
        assert_eq!(names, expected, "{words}");
    };
    check("", "LAB");
    check("  ", "LAB");
    check("name:b", "B");
    check("name:ab", "");
    check("role:listener", "L");
    check("role:l", "L");
    check("state:estab", "B");
    check("state:ESTABLISHED", "B");
    check("state:c", "A");
    check("port:7000", "LA");
    check("port:443", "B");
    check("port:700", "");
    check("addr:10.0", "A");
    check("addr:[::1]", "B");
    check("frame:line", "A");
    check("frame:raw", "LAB");
    check("owner:me", "LAB");
    check("owner:ext", "");
    check("in>1k", "LA");
    check("in<1k", "B");
    check("out>9 out<11", "B");
    check("in>2000", "");
    check("age>9s", "L");
    check("age<3500ms", "A");
    check(":7000", "LA");
    check("127.0.0.1:7000", "LA");
    check("accepted", "A");
    check("Estab", "B");
    check(r#""l listener""#, "L");
    check(r#"addr:"10.0.0.5""#, "A");
    check("/:(443|5000)$/", "AB");
    check("/LISTEN/", "L");
    check(r"/7000\/x|6000/", "B");
    check("not port:7000", "B");
    check("not not port:7000", "LA");
    check("port:7000 not role:listener", "A");
    check("role:listener or in>1k", "LA");
    check("port:7000 role:l or port:443", "LB");
    check("port:443 or port:7000 not role:l", "AB");
    check(r#""or""#, "");
    check("/run/x.sock", "");
    check("漢字 not \u{202e}", "");
}

#[test]
fn what_is_no_filter_is_named_with_its_place() {
    let check = |words: &str, place: (usize, usize), what: &str, fits: &str| {
        let complaint = parse(words, &Locale::default()).unwrap_err();
        assert_eq!((complaint.column, complaint.end), place, "{words}");
        assert_eq!(
            (complaint.what.as_str(), complaint.fits.as_str()),
            (what, fits)
        );
    };
    check("a or", (2, 4), "`or` needs something behind it", "");
    check("or a", (0, 2), "`or` needs something before it", "");
    check("a or or b", (5, 7), "`or` needs something before it", "");
    check("é not", (2, 5), "`not` needs something behind it", "");
    check("not or a", (0, 3), "`not` needs something behind it", "");
    check("x name:", (2, 7), "`name:` needs something behind it", "");
    check("stat:x", (0, 6), "there is no `stat:`", "state:");
    check(
        "role:x",
        (0, 6),
        "there is no `x`",
        "client accepted listener datagram",
    );
    check("owner:you", (0, 9), "there is no `you`", "me lab ext");
    check(
        "port:70000",
        (0, 10),
        "`70000` is no number of that kind",
        "0–65535",
    );
    check(
        "in>x",
        (0, 4),
        "`x` is no number of that kind",
        "4096, 64k, 8M, 1G",
    );
    check(
        "age>5",
        (0, 5),
        "`5` is no number of that kind",
        "200ms, 3s, 2m",
    );
    check("a /b c", (2, 6), "a closing / is missing", "");
    check("\"b", (0, 2), "a closing \" is missing", "");
    check("/(/", (0, 3), "`(` is no regular expression", "");
    let many = "a ".repeat(65);
    check(&many, (128, 129), "a filter has at most 64 words", "");
}
