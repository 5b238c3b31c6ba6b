//! What the two directions of a connection tell each other.

use std::time::Duration;

use super::super::super::tests::{check, cut, describe, picture, run};
use super::super::super::{Cx, Decoder, Letter, Mailbox, Message, Side, Sight, Status};

/// Two directions, each fed in turn, telling the other what it posts.
struct Exchange {
    decoders: [Box<dyn Decoder>; 2],
    mailboxes: [Mailbox; 2],
    streams: [Vec<u8>; 2],
    messages: [Vec<Message>; 2],
    now: Duration,
}

impl Exchange {
    fn new() -> Self {
        let rule = cut("http1").rule;
        Self {
            decoders: [rule.decoder(), rule.decoder()],
            mailboxes: Default::default(),
            streams: Default::default(),
            messages: Default::default(),
            now: Duration::ZERO,
        }
    }

    /// Bytes of the client (0) or the server (1).
    fn feed(&mut self, side: usize, bytes: &[u8]) {
        self.now += Duration::from_millis(1);
        let sight = sight(side);
        let at = self.streams[side].len() as u64;
        let mut cx =
            Cx::new(at, u64::MAX, sight).hearing(Some(&self.mailboxes[1 - side]), self.now);
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = self.decoders[side].feed(rest, &mut cx);
            cx.advance(taken as u64);
            rest = &rest[taken..];
        }
        let letters: Vec<Letter> = cx.take_letters();
        self.messages[side].extend(cx.take());
        self.streams[side].extend_from_slice(bytes);
        self.mailboxes[side].put(self.now, letters);
    }

    /// What was cut of a side, its stream at its end.
    fn picture(mut self, side: usize) -> String {
        let mut cx = Cx::new(self.streams[side].len() as u64, u64::MAX, sight(side));
        self.decoders[side].end(&mut cx);
        self.messages[side].extend(cx.take());
        let unfinished = self.decoders[side].unfinished();
        self.messages[side].extend(unfinished.map(|unfinished| unfinished.message(cx.at())));
        let (stream, messages) = (&self.streams[side], &mut self.messages[side]);
        describe(&cut("http1"), stream, messages, sight(side));
        picture(stream, messages)
    }
}

fn sight(side: usize) -> Sight {
    let side = [Side::Client, Side::Server].get(side).copied();
    Sight {
        side,
        datagrams: false,
    }
}

#[test]
fn a_response_to_head_has_no_body() {
    let mut exchange = Exchange::new();
    exchange.feed(
        0,
        b"GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n",
    );
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
    exchange.feed(1, b"HTTP/1.1 100 Continue\r\n\r\n");
    exchange.feed(1, response);
    exchange.feed(1, b"x");
    exchange.feed(1, response);
    exchange.feed(1, response);
    exchange.feed(1, b"y");
    assert_eq!(
        exchange.picture(1),
        "0..25 100 Continue: \n25..64 200 OK, 1 byte: x\n64..102 200 OK: \n102..141 200 OK, 1 byte: y\n"
    );
}

#[test]
fn behind_an_upgrade_is_the_next_protocol() {
    let ask = b"GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    let mut exchange = Exchange::new();
    exchange.feed(0, ask);
    exchange.feed(
        1,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00",
    );
    exchange.feed(0, b"GET is not what it looks like");
    assert_eq!(
        exchange.picture(0),
        "0..61 GET /ws: \n61..90 skipped: the next protocol's\n"
    );
    check(
        "http1",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00",
        &[
            "0..56 101 Switching Protocols, to websocket: ",
            "56..58 skipped: the next protocol's",
        ],
    );
}

#[test]
fn behind_a_declined_upgrade_requests_go_on() {
    let ask = b"GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    let mut exchange = Exchange::new();
    exchange.feed(0, ask);
    exchange.feed(1, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    exchange.feed(0, b"what\r\n");
    assert_eq!(
        exchange.picture(0),
        "0..55 GET /ws: \n55..61 bad at 55: no request line: method, target and version\n"
    );
    // Nobody answers: what is no request is the other protocol's.
    check(
        "http1",
        &[&ask[..], b"GET / HTTP/1.1\r\n\r\n"].concat(),
        &["0..55 GET /ws: ", "55..73 GET /: "],
    );
    check(
        "http1",
        &[&ask[..], b"PRI * HTTP/2.0\r\n\r\n"].concat(),
        &["0..55 GET /ws: ", "55..73 skipped: the next protocol's"],
    );
    let binary = [&ask[..], &vec![0; 70_000]].concat();
    let messages = run(&cut("http1"), &binary, &[1000]);
    assert_eq!(
        picture(&binary, &messages),
        "0..55 GET /ws: \n55..70055 skipped: the next protocol's\n"
    );
}

#[test]
fn behind_connect_is_a_tunnel() {
    let mut exchange = Exchange::new();
    exchange.feed(0, b"CONNECT a:443 HTTP/1.0\r\n\r\n");
    exchange.feed(
        1,
        b"HTTP/1.0 200 Connection established\r\nContent-Length: 3\r\n\r\n",
    );
    exchange.feed(1, b"\x16\x03");
    assert_eq!(
        exchange.picture(1),
        "0..58 200 Connection established: \n58..60 skipped: the next protocol's\n"
    );
    check(
        "http1 response to CONNECT",
        b"HTTP/1.1 403 No\r\nContent-Length: 1\r\n\r\nx",
        &["0..39 403 No, 1 byte: x"],
    );
}

#[test]
fn what_is_another_protocols_has_no_limit() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n";
    let mut decoder = cut("http1 response to CONNECT").rule.decoder();
    let mut cx = Cx::new(0, 30, Sight::default());
    for piece in [&head[..], &[0; 40], &[0; 40]] {
        assert_eq!(decoder.feed(piece, &mut cx), piece.len());
        cx.advance(piece.len() as u64);
    }
    let unfinished = decoder.unfinished().unwrap();
    assert_eq!(
        (unfinished.start, unfinished.flaw, unfinished.note.as_str()),
        (19, None, "the next protocol's")
    );
    decoder.end(&mut cx);
    let messages = cx.take();
    assert!(matches!(messages[1].status, Status::Skipped { .. }));
    assert_eq!(messages[1].range, 19..99);
}
