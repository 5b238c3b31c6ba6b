//! A tap on a terminal: what client and server say stands in one list while they say it, whoever is newest.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use program::pty::{PATIENCE, Pty};
use program::{command, leave, row_with, workbench};

/// A server that answers inline commands as Redis does, each client in a thread of its own.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for client in listener.incoming() {
            thread::spawn(move || answer(client.unwrap()));
        }
    });
    address
}

fn answer(mut client: TcpStream) {
    let lines = BufReader::new(client.try_clone().unwrap()).lines();
    for (count, line) in (1..).zip(lines) {
        let Ok(line) = line else { return };
        let reply = match line.as_str() {
            "PING" => "+PONG\r\n".to_owned(),
            "INCR hits" => format!(":{count}\r\n"),
            _ => format!("-ERR unknown command '{line}'\r\n"),
        };
        if client.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

/// The address of the tap that the workbench shows.
fn tap(pty: &mut Pty, server: &str) -> String {
    command(pty, &format!("tap tcp://127.0.0.1:0 to tcp://{server}"));
    pty.wait_text("LISTEN");
    let row = row_with(pty.screen(), "⇄T1 :").unwrap();
    let port = row.split("⇄T1 :").nth(1).unwrap();
    let port = port.split('⇄').next().unwrap().to_owned();
    format!("127.0.0.1:{port}")
}

fn ask(client: &mut TcpStream, line: &str, reply: &str) {
    client.write_all(format!("{line}\r\n").as_bytes()).unwrap();
    let mut heard = vec![0; reply.len()];
    client.read_exact(&mut heard).unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), reply);
}

fn connect(address: &str) -> TcpStream {
    let client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
}

#[test]
fn what_both_sides_say_is_one_list_that_follows_the_newest_client() {
    let server = server();
    let mut pty = workbench(&[]);
    pty.resize(120, 40);
    let address = tap(&mut pty, &server);
    command(&mut pty, "frame resp");
    let mut first = connect(&address);
    ask(&mut first, "PING", "+PONG\r\n");
    ask(&mut first, "INCR hits", ":2\r\n");
    ask(&mut first, "NOSUCH", "-ERR unknown command 'NOSUCH'\r\n");
    // In the order in which they were said, with a mark of who said it.
    pty.wait_for("both sides of the first talk", |screen| {
        let rows = ["▸#1", "◂#1", "▸#2", "◂#2", "▸#3", "◂#3"];
        let words = ["PING", "+PONG", "INCR hits", ":2", "NOSUCH", "-ERR unknown"];
        let text = screen.contents();
        let lines: Vec<&str> = text.lines().collect();
        let at = |(row, word): (&&str, &&str)| {
            lines
                .iter()
                .position(|line| line.contains(*row) && line.contains(*word))
        };
        let places: Option<Vec<usize>> = rows.iter().zip(&words).map(at).collect();
        places.is_some_and(|places| places.is_sorted())
    });
    let mut second = connect(&address);
    ask(&mut second, "INCR hits", ":1\r\n");
    pty.wait_text("bytes T1.2 ");
    pty.wait_for("the answer to the second client alone", |screen| {
        row_with(screen, "◂#1").is_some_and(|row| row.contains(":1"))
            && row_with(screen, "▸#2").is_none()
    });
    // The first one is still there for who wants it.
    command(&mut pty, "focus T1.1c");
    pty.wait_for("the first talk again", |screen| {
        row_with(screen, "▸#3").is_some()
    });
    leave(&mut pty);
}
