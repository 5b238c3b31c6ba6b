//! The program from its first screen to its end: the demo, typing, sending, errors, and every wanted way out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Instant;

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use program::pty::{PATIENCE, Pty};
use program::{FIRST, command, leave, sockeye, workbench};

/// A port that is taken and on which nobody listens, as long as the first is kept.
fn deaf_port() -> (std::os::fd::OwnedFd, u16) {
    let deaf = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    let anywhere = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
    bind(&deaf, &anywhere).unwrap();
    let port = SocketAddr::try_from(getsockname(&deaf).unwrap())
        .unwrap()
        .port();
    (deaf, port)
}

#[test]
fn the_first_screen_says_what_to_press() {
    let start = Instant::now();
    let mut pty = workbench(&[]);
    assert!(start.elapsed() < PATIENCE);
    let screen = pty.screen();
    assert!(
        screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste(),
        "the modes of a full screen"
    );
    for text in [
        "no sockets yet",
        "connect to an address",
        "listen on a port",
    ] {
        assert!(screen.contents().contains(text), "{text}");
    }
    leave(&mut pty);
}

#[test]
fn every_wanted_way_out_is_status_0_and_leaves_no_trace() {
    for keys in ["q", ":quit\r", "\x03\x03"] {
        let mut pty = workbench(&[]);
        pty.send(keys);
        assert_eq!(pty.wait_exit().code(), Some(0), "{keys:?}");
        pty.assert_restored();
    }
}

#[test]
fn quitting_with_open_sockets_asks_for_the_same_key_again() {
    let mut pty = workbench(&["-c", "pair tcp as A B"]);
    pty.wait_text("B :");
    pty.send("q");
    pty.wait_text("again");
    pty.send("q");
    assert_eq!(pty.wait_exit().code(), Some(0));
    pty.assert_restored();
}

#[test]
fn the_demo_talks_by_itself_until_a_key_takes_over() {
    let mut pty = Pty::spawn(sockeye(&["demo"]));
    pty.wait_text("A is a client. L listens");
    pty.wait_text("hello");
    pty.wait_text("len 5");
    pty.send("k");
    pty.wait_text("the demo has stopped");
    // The two ends stay connected, and what is typed goes from the one to the other.
    command(&mut pty, "@A send \"taken over\"");
    pty.wait_text("74 61 6b 65 6e 20 6f 76");
    command(&mut pty, "quit");
    assert_eq!(pty.wait_exit().code(), Some(0));
    pty.assert_restored();
}

#[test]
fn what_is_composed_is_sent_and_seen_in_bytes_messages_and_calls() {
    let mut pty = workbench(&[]);
    command(&mut pty, "pair tcp as A B");
    pty.wait_text("2◂B");
    pty.send("shello\\r\\n");
    // Before it is sent: the bytes, the call, and what it would make.
    pty.wait_text("68 65 6c 6c 6f 0d 0a");
    pty.wait_text("a.send(b\"hello\\r\\n\")");
    assert!(!pty.screen().contents().contains("send(7)     = 7"));
    pty.send("\r");
    pty.wait_text("send(7)     = 7");
    pty.wait_text("recv(65536) = 7");
    pty.wait_text("0000  68 65 6c 6c 6f 0d 0a");
    pty.wait_text("#1  ✓ 0–6");
    pty.send("\x1b");
    pty.wait_text(FIRST);
    // Another framing cuts the same bytes anew.
    command(&mut pty, "frame line");
    pty.wait_text("frame line");
    pty.wait_for("the line without its end", |screen| {
        screen
            .contents()
            .lines()
            .any(|row| row.contains("#1  ✓") && row.contains("\"hello\""))
    });
    // The other end sees the same.
    pty.send("2\\");
    pty.wait_text("bytes A▸B");
    pty.send("1w");
    pty.wait_text("shutdown(wr");
    pty.wait_text("A :");
    pty.wait_for("the half-close at both ends", |screen| {
        let contents = screen.contents();
        let shows = |state: &str| contents.contains(state);
        shows("FIN_WAIT2") && shows("CLOSE_WAIT")
    });
    leave(&mut pty);
}

#[test]
fn a_refused_connection_is_a_card_of_three_lines() {
    let (deaf, port) = deaf_port();
    let mut pty = workbench(&["connect", &format!("127.0.0.1:{port}")]);
    pty.wait_text("ECONNREFUSED (111)");
    pty.wait_for("what happened, in the next line", |screen| {
        let contents = screen.contents();
        let mut rows = contents.lines().skip_while(|row| !row.contains("(111)"));
        let (name, what) = (rows.next(), rows.next());
        // What happened may take a second row.
        name.is_some()
            && what.is_some_and(|row| row.contains("this machine answered: nobody"))
            && rows.take(2).any(|row| row.contains("try: "))
    });
    pty.send("\x1b");
    pty.wait_for("the card is gone", |screen| {
        !screen.contents().contains("(111)")
    });
    leave(&mut pty);
    drop(deaf);
}

#[test]
fn a_line_that_does_not_parse_does_nothing_and_names_the_word() {
    let mut pty = workbench(&[]);
    pty.send(":pair tcq as A B\r");
    pty.wait_text("tcq");
    pty.wait_for("which word, and what would fit", |screen| {
        screen.contents().contains("did you mean `tcp`?")
    });
    assert!(pty.screen().contents().contains("no sockets yet"));
    pty.send("\x1b");
    // The first screen stays in view behind the prompt.
    pty.wait_for("the prompt is gone", |screen| {
        !screen.contents().contains("Tab complete")
    });
    leave(&mut pty);
}
