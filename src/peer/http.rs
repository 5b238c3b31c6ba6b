//! `http10` and `http11`: servers of one page. The first ends its answer by closing (RFC 1945, section 7.2.2), the
//! second says how long it is and waits for the next request (RFC 9112, sections 6.3 and 9.3).

use std::collections::HashMap;

use super::{Machine, Part, Peer, Wishes};
use crate::event::{ConnId, Want};
use crate::words::{Complaint, Words};

/// The longest head of a request that is waited for.
const HEAD_MAX_BYTES: usize = 16 << 10;

/// The page.
const BODY: &str = "Hello from the lab.\n";

pub(super) static HTTP10: Http = Http {
    name: "http10",
    help: "answers a request and closes: the end of the connection ends the page",
    keeps: false,
};

pub(super) static HTTP11: Http = Http {
    name: "http11",
    help: "answers request after request on one connection: a length ends each page",
    keeps: true,
};

pub(super) struct Http {
    name: &'static str,
    help: &'static str,
    /// Whether a connection serves more than one request.
    keeps: bool,
}

impl Peer for Http {
    fn name(&self) -> &'static str {
        self.name
    }

    fn usage(&self) -> &'static str {
        self.name
    }

    fn help(&self) -> &'static str {
        self.help
    }

    fn begin(&self, _words: &mut Words<'_>) -> Result<Part, Complaint> {
        Ok(Part::Machine(Box::new(Serving {
            keeps: self.keeps,
            heads: HashMap::new(),
        })))
    }
}

#[derive(Debug)]
struct Serving {
    keeps: bool,
    /// What came of the next request of each connection.
    heads: HashMap<ConnId, Vec<u8>>,
}

impl Serving {
    /// Answers a request; false when the connection ends with it.
    fn answer(&self, conn: ConnId, head: &[u8], wishes: &mut Wishes) -> bool {
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let mut words = head.split_ascii_whitespace();
        let status = match (words.next(), words.next()) {
            (Some("get" | "head"), Some("/")) => "200 OK",
            (Some("get" | "head"), Some(_)) => "404 Not Found",
            (Some(_), Some(_)) => "501 Not Implemented",
            _ => "400 Bad Request",
        };
        let body = match status {
            "200 OK" => BODY,
            _ => "",
        };
        let sent = if head.starts_with("head ") { "" } else { body };
        let keeps =
            self.keeps && !head.contains("\nconnection: close") && !status.starts_with("400");
        let kind = "Content-Type: text/plain";
        let answer = match (self.keeps, keeps) {
            (false, _) => format!("HTTP/1.0 {status}\r\n{kind}\r\n\r\n{sent}"),
            (true, keeps) => {
                let close = if keeps { "" } else { "Connection: close\r\n" };
                let len = body.len();
                format!("HTTP/1.1 {status}\r\n{kind}\r\nContent-Length: {len}\r\n{close}\r\n{sent}")
            }
        };
        wishes.send(conn, answer);
        keeps
    }
}

impl Machine for Serving {
    fn received(&mut self, conn: ConnId, bytes: &[u8], wishes: &mut Wishes) {
        let mut head = self.heads.remove(&conn).unwrap_or_default();
        head.extend_from_slice(bytes);
        while let Some(end) = end_of(&head) {
            let rest = head.split_off(end);
            if !self.answer(conn, &head, wishes) {
                return wishes.want(conn, Want::Close);
            }
            head = rest;
        }
        if head.len() > HEAD_MAX_BYTES {
            self.answer(conn, b"", wishes);
            return wishes.want(conn, Want::Close);
        }
        self.heads.insert(conn, head);
    }

    fn gone(&mut self, conn: ConnId) {
        self.heads.remove(&conn);
    }
}

/// Where the empty line behind a head ends. A bare LF is a line's end too (RFC 9112, section 2.2).
fn end_of(head: &[u8]) -> Option<usize> {
    let ends = |end: &[u8]| {
        let found = head.windows(end.len()).position(|part| part == end);
        found.map(|at| at + end.len())
    };
    [ends(b"\r\n\r\n"), ends(b"\n\n")]
        .into_iter()
        .flatten()
        .min()
}
