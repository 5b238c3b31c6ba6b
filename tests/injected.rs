//! Faults that another program brings about while the real one runs: calls that strace fails, networks without a way or
//! that lose packets, a connection that the kernel ends, clocks that jump, a user with no rights (FAULTS.md, Injection
//! recipes). What a machine lacks is skipped aloud.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "injected/clock.rs"]
mod clock;
#[path = "injected/network.rs"]
mod network;
#[path = "support/skip.rs"]
mod skip;
#[path = "injected/stage.rs"]
mod stage;

use std::collections::BTreeSet;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::process::Command;

use serde_json::Value;
use skip::skip;
use stage::{RUN, behind, failing, folder, in_a_network};

#[test]
fn f02_a_connection_that_the_kernel_ends_tells_what_it_did_not_take() {
    // The script waits for a word of this test's listener, which ends the connection by its addresses (ss(8)).
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let ending = std::thread::spawn(move || {
        let (peer, from) = listener.accept().unwrap();
        // More than the first message: of the second the kernel has taken a part.
        let mut all = [0; 1000];
        std::io::Read::read_exact(&mut &peer, &mut all).unwrap();
        let (source, to) = (
            format!("sport = :{}", from.port()),
            format!("dport = :{port}"),
        );
        let ended = Command::new("ss")
            .args(["-K", &source, "and", &to])
            .output();
        let said = ended.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        said.unwrap_or_default().contains(&format!(":{port}"))
    });
    let script = format!(
        "connect 127.0.0.1:{port} manual as A\n@A send \"before\"\n@A send \"x\"*32M\n\
         @A wait errno ECONNABORTED within 9s\n"
    );
    let run = behind(&["env"], &script).unwrap();
    if !ending.join().unwrap() {
        return skip("ending a connection of another's");
    }
    run.passed();
    assert!(
        run.says("of 33554432 bytes were not sent"),
        "{:?}",
        run.events.last()
    );
}

#[test]
fn f10_interrupted_calls_are_made_again_and_no_byte_comes_twice() {
    let folder = folder("f10");
    let (sent, received) = (folder.join("sent"), folder.join("received"));
    let script = "listen 127.0.0.1:0 as L\nconnect @L as A\n@L wait accepted within 9s\n@A send rand(300000 seed 7)\n\
         @A shutdown write\n@B wait eof within 20s\n@A save sent out all over\n\
         @B save received in all over\npair udp as C D\n@C send \"x\"\n@D expect \"x\"\n";
    let script = script
        .replace("save sent", &format!("save {}", sent.display()))
        .replace("save received", &format!("save {}", received.display()));
    let mut struck = BTreeSet::new();
    for call in [
        "recvfrom,recvmsg",
        "sendto,sendmsg",
        "accept4,accept",
        "epoll_wait,epoll_pwait,epoll_pwait2,ppoll",
        "read,pread64",
        "write,pwrite64",
    ] {
        let log = folder.join("log");
        // Each call of the kind first fails and is then made; what opens files and maps libraries is left alone.
        let first = if call.starts_with("read") {
            "when=30+2"
        } else {
            "when=1+2"
        };
        let how = format!("error=EINTR:{first}");
        let Some((run, calls)) = failing(call, &how, &log, &script) else {
            return;
        };
        run.passed();
        let (sent, received) = (
            std::fs::read(&sent).unwrap(),
            std::fs::read(&received).unwrap(),
        );
        assert!(sent.len() == 300_000 && sent == received, "{call}");
        let injected = calls.lines().filter(|line| line.contains("(INJECTED)"));
        // `1234  recvfrom(3, …`: the process is padded.
        let name = |line: &str| {
            Some(
                line.split_whitespace()
                    .nth(1)?
                    .split('(')
                    .next()?
                    .to_owned(),
            )
        };
        struck.extend(injected.filter_map(name));
    }
    for call in ["recvfrom", "sendto", "accept4"] {
        assert!(struck.contains(call), "{call} was not struck: {struck:?}");
    }
    assert!(
        struck.iter().any(|call| call.starts_with("epoll")),
        "{struck:?}"
    );
}

#[test]
fn f13_each_way_that_is_not_there_has_an_errno_and_words_of_its_own() {
    let routes = "ip route add unreachable 10.1.0.0/16 && ip route add prohibit 10.2.0.0/16 && \
                  ip route add blackhole 10.3.0.0/16 &&";
    let cases = [
        ("192.0.2.1:7", "ENETUNREACH", "knows no way to 192.0.2.1:7"),
        ("10.1.0.5:7", "EHOSTUNREACH", "knows no way to 10.1.0.5:7"),
        ("10.2.0.5:7", "EACCES", "a route of this machine forbids it"),
        ("10.3.0.5:7", "EINVAL", "its route there is a blackhole"),
    ];
    let lines = cases.iter().map(|(at, ..)| format!("connect {at}\n"));
    let said = lines.chain(["quit\n".to_owned()]).collect::<String>();
    let Some(told) = in_a_network(("-n", routes), &["--plain"], &said) else {
        return;
    };
    for (at, errno, words) in cases {
        let line = told
            .stdout
            .lines()
            .find(|line| line.contains(&format!("connect({at})")));
        let line = line.unwrap_or_else(|| panic!("{at}: {}", told.stdout));
        assert!(line.starts_with(errno) && line.contains(words), "{line}");
        assert!(line.contains("try: "), "{line}");
    }
}

#[test]
fn f14_a_waiting_room_that_is_full_is_no_answer() {
    let script = "listen 127.0.0.1:0 backlog 0 manual as L\nconnect @L as A\nconnect @L timeout 300ms as B\n\
                  @L accept\n@A send \"on\"\n@C recv 2\n@C expect \"on\"\n";
    let run = behind(&["env"], script).unwrap();
    run.passed();
    assert!(run.says("no answer in 0.3 s"));
}

#[test]
fn f17_urgent_bytes_stand_in_their_order() {
    let script = "pair tcp as A B\n@A send \"abc\"\n@A send \"!\" oob\n@A send \"def\"\n@B expect \"abc!def\"\n";
    behind(&["env"], script).unwrap().passed();
}

#[test]
fn f18_a_socket_that_reaches_itself_says_so() {
    // A port that was free a moment ago; whoever took it meanwhile would refuse the bind, and another is tried.
    let found = (0..20).any(|_| {
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let script = format!("connect {free} from {free} as A\n@A send \"me\"\n@A expect \"me\"\n");
        let run = behind(&["env"], &script).unwrap();
        run.passed && run.says("connected to itself")
    });
    assert!(found);
}

#[test]
fn f20_f22_whatever_accept_fails_with_the_next_client_is_served() {
    let folder = folder("f22");
    let script = "listen 127.0.0.1:0 as L\nconnect @L as A\n@L wait accepted within 9s\n@A send \"hi\"\n\
                  @B expect \"hi\"\n";
    // All that accept(2) names for connections that died on their way, and its limits.
    for errno in [
        "ECONNABORTED",
        "EPROTO",
        "ENETDOWN",
        "ENOPROTOOPT",
        "EHOSTDOWN",
        "ENONET",
        "EHOSTUNREACH",
        "EOPNOTSUPP",
        "ENETUNREACH",
        "EMFILE",
        "ENFILE",
        "ENOBUFS",
        "ENOMEM",
        "EINTR",
        "EPERM",
    ] {
        let how = format!("error={errno}:when=1");
        let Some((run, calls)) = failing("accept4", &how, &folder.join("log"), script) else {
            return;
        };
        run.passed();
        assert_eq!(calls.matches("(INJECTED)").count(), 1, "{errno}: {calls}");
        // An interruption is no event; everything else stands in the log.
        let told = run.errnos("accept").contains(&errno);
        assert_eq!(told, errno != "EINTR", "{errno}");
        let again = calls.matches("accept4(").count();
        assert!(again <= 6, "{errno}: accept was called {again} times");
    }
}

#[test]
fn f23_a_port_below_1024_is_roots_and_the_kernel_says_from_where_on() {
    let folder = folder("f23");
    let text = folder.join("told");
    std::fs::write(&text, "").unwrap();
    let script = format!(
        "listen 127.0.0.1:80 as L\nexport text {} over\n",
        text.display()
    );
    let start = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    if start.trim().parse::<u16>().unwrap() <= 80 {
        return skip("ports for root alone");
    }
    let run = if rustix::process::geteuid().is_root() {
        // Nobody may write here, and need not: what is told is looked for in the events.
        let drop = [
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ];
        behind(&drop, script.lines().next().unwrap())
    } else {
        behind(&["env"], &script)
    };
    let Some(run) = run else {
        return;
    };
    run.passed();
    assert_eq!(run.errnos("bind"), ["EACCES"]);
    assert!(run.says(&format!("ip_unprivileged_port_start = {}", start.trim())));
    let closed = run
        .events
        .iter()
        .any(|event| event["conn"] == "L" && event["state"] == "CLOSED");
    assert!(closed, "no half-made state");
}

#[test]
fn f25_a_resolver_that_never_answers_is_given_up_and_the_rest_goes_on() {
    let folder = folder("f25");
    let own = folder.join("resolv.conf");
    std::fs::write(&own, "nameserver 127.0.0.1\n").unwrap();
    let steps = format!("mount --bind {} /etc/resolv.conf &&", own.display());
    // The server is of this very run: it hears the question and never answers.
    let script = "bind udp://127.0.0.1:53 as S\nconnect nowhere.example:7 timeout 300ms as A\n\
                  @S wait \"\" within 5s\npair tcp as C D\n@C send \"on\"\n@D expect \"on\"\n";
    let Some(run) = in_a_network(("-nm", &steps), &RUN, script) else {
        return;
    };
    run.passed();
    assert!(run.says("no answer in 0.3 s"));
    let asked = run
        .events
        .iter()
        .any(|event| event["conn"] == "S" && event["call"] == "recv");
    assert!(asked, "the question reached the server");
}

#[test]
fn f27_what_the_kernel_drops_is_counted_and_the_rest_is_kept() {
    let script = "pair udp manual as A B\n@B set rcvbuf 4608\nrepeat 300 @A send \"x\"*500\n\
                  @A wait state connected within 1s\n@B wait state connected within 1s\n\
                  @B recv\n@B expect \"x\"*500\n@B recv\n@B expect \"x\"*500\n";
    let run = behind(&["env"], script).unwrap();
    let drops = run
        .passed()
        .iter()
        .filter(|event| event["conn"] == "B" && event["kind"] == "fact");
    let drops = drops.filter_map(|event| event["drops"].as_u64()).max();
    assert!(
        drops.is_some_and(|drops| (200..300).contains(&drops)),
        "{drops:?} of 300 dropped"
    );
}

#[test]
fn f30_broadcast_without_leave_and_what_is_too_large_are_refused_on_the_send() {
    let heard = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = heard.local_addr().unwrap();
    let script = format!(
        "connect udp://255.255.255.255:9 as A\nconnect udp://{at} as B\n@B send \"x\"*65508\n\
         @B wait errno EMSGSIZE within 5s\n@B send \"after\"\n"
    );
    let run = behind(&["env"], &script).unwrap();
    run.passed();
    let refused = |event: &&Value| event["conn"] == "A" && event["errno"] == "EACCES";
    assert!(
        run.events.iter().any(|event| refused(&event)),
        "{:?}",
        run.errnos("connect")
    );
    let mut buf = [0; 16];
    assert_eq!(
        heard.recv(&mut buf).unwrap(),
        5,
        "the socket is open as before"
    );
}

#[test]
fn f31_a_send_without_buffers_waits_and_is_made_again() {
    let folder = folder("f31");
    let said = "@A send \"one\"\n@B expect \"one\"\n";
    let script = format!("pair udp as A B\n{}", said.repeat(6));
    let log = folder.join("log");
    // Every other one, for the program asks the kernel by the same call, too.
    let Some((run, calls)) = failing("sendto", "error=ENOBUFS:when=1+2", &log, &script) else {
        return;
    };
    run.passed();
    let told = run.errnos("send");
    assert!(
        told.len() >= 3 && told.iter().all(|errno| *errno == "ENOBUFS"),
        "{told:?}"
    );
    let made = calls.matches("sendto(").count();
    assert!(made <= 40, "it backs off: {made} calls");
}

#[test]
fn f33_unix_datagrams_that_are_too_large_or_too_many_are_told() {
    let folder = folder("f33");
    let path = folder.join("s");
    let reader = UnixDatagram::bind(&path).unwrap();
    let script = format!(
        "connect unix-dgram:{} as A\n@A send \"x\"*1M\n@A wait errno EMSGSIZE within 5s\n\
         repeat 400 @A send \"y\"\nsay \"full\"\n",
        path.display()
    );
    let run = behind(&["env"], &script).unwrap();
    run.passed();
    assert!(run.errnos("send").contains(&"EAGAIN"));
    reader.set_nonblocking(true).unwrap();
    let mut buf = [0; 4];
    let mut came = 0;
    while reader.recv(&mut buf).is_ok_and(|len| len == 1) {
        came += 1;
    }
    assert!((1..400).contains(&came), "{came} of 400 fit");
}

#[test]
fn f57_a_folder_that_nobody_may_write_to_is_refused_in_words() {
    let folder = folder("f57");
    let steps = format!("mount -t tmpfs -o ro none {} &&", folder.display());
    let script = format!("record {}/a.pcapng\n", folder.display());
    let Some(run) = in_a_network(("-nm", &steps), &RUN, &script) else {
        return;
    };
    assert!(!run.passed && run.said.contains("EROFS"), "{}", run.said);
}
