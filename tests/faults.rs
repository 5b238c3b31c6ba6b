//! Faults and held messages by hand: keys at the real program on a terminal, with real sockets behind its tap. What
//! each kind of fault does to bytes stands in `tests/scripts/fault-*` and beside the faults themselves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use program::pty::Pty;
use program::{command, leave, workbench};

/// How long a byte may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A tap in view, to which these commands were given, whose client and target are this test's; their sockets.
fn tapped(lines: &[&str]) -> (Pty, TcpStream, TcpStream) {
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = target.local_addr().unwrap();
    // The port is the kernel's: free a moment ago, and asked for at once.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = free.local_addr().unwrap();
    drop(free);
    let line = format!("tap {at} to {to} as T1");
    let mut pty = workbench(&["-c", &line]);
    pty.wait_text("LISTEN");
    for line in lines {
        command(&mut pty, line);
    }
    let client = TcpStream::connect(at).unwrap();
    let (server, _) = target.accept().unwrap();
    for stream in [&client, &server] {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
    }
    pty.wait_text("T1.1");
    (pty, client, server)
}

/// What comes next.
fn read(stream: &mut TcpStream, len: usize) -> String {
    let mut bytes = vec![0; len];
    stream.read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_held_message_is_edited_and_goes_on_by_keys() {
    let (mut pty, mut client, mut server) = tapped(&["frame line", "intercept c2s on"]);
    client.write_all(b"one\ntwo\nthree\nfour\n").unwrap();
    pty.wait_text("H says what becomes of it");
    pty.send("H");
    pty.wait_text("f forward");
    pty.wait_text("four\\n");
    pty.send("f");
    assert_eq!(read(&mut server, 4), "one\n");
    // Edit: the bytes stand in the composer, and Enter gives them to the tap.
    pty.wait_for("the second message alone", |screen| {
        !screen.contents().contains("one\\n")
    });
    pty.send("e");
    pty.wait_text("instead of the held message");
    pty.wait_text("two\\n");
    pty.send("\x15TWO!\\n\r");
    assert_eq!(read(&mut server, 5), "TWO!\n");
    pty.send("Hd");
    pty.wait_for("the third thrown away", |screen| {
        let text = screen.contents();
        text.contains("four\\n") && !text.contains("three\\n")
    });
    pty.send("a");
    pty.wait_text("answer to the held message");
    pty.send("no\\n\r");
    assert_eq!(read(&mut client, 3), "no\n");
    command(&mut pty, "@T1 intercept off");
    client.write_all(b"five\n").unwrap();
    assert_eq!(read(&mut server, 5), "five\n");
    leave(&mut pty);
}

#[test]
fn the_beginning_of_a_message_is_said_to_wait_for_its_rest() {
    let (mut pty, mut client, mut server) = tapped(&["frame line", "intercept c2s on"]);
    client.write_all(b"half a mess").unwrap();
    pty.wait_text("half a mess");
    command(&mut pty, "show held");
    pty.wait_text("the beginning of a message came, 11 B");
    client.write_all(b"age\n").unwrap();
    pty.wait_text("half a message\\n");
    pty.send("f");
    assert_eq!(read(&mut server, 15), "half a message\n");
    pty.wait_text("no message is held");
    pty.send("\x1b");
    pty.wait_for("the panes", |screen| {
        !screen.contents().contains("no message is held")
    });
    leave(&mut pty);
}

#[test]
fn faults_are_listed_with_their_hits_and_ended_by_a_key() {
    let faults = ["replace c2s \"cat\" with \"dog\"", "fault s2c stall"];
    let (mut pty, mut client, mut server) = tapped(&faults);
    client.write_all(b"a cat").unwrap();
    assert_eq!(read(&mut server, 5), "a dog");
    server.write_all(b"late").unwrap();
    pty.send("X");
    pty.wait_text("c2s");
    pty.wait_for("both faults with a hit each", |screen| {
        let text = screen.contents();
        let row = |word: &str| {
            text.lines()
                .any(|row| row.contains(word) && row.contains(" 1 "))
        };
        row("replace \"cat\"") && row("stall")
    });
    // Down to the second, and end it: what it held goes on.
    pty.send("\x1b[B\r");
    assert_eq!(read(&mut client, 4), "late");
    pty.wait_for("one fault left", |screen| {
        !screen.contents().contains("stall")
    });
    pty.send("\x1b");
    pty.wait_for("the panes", |screen| !screen.contents().contains("hits"));
    leave(&mut pty);
}
