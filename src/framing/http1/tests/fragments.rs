//! Streams made of what such streams are made of, in any order: nothing panics, ranges tile, all arrivals cut alike.

use super::super::super::tests::{Random, cut, run_all_ways, usize_of};
use super::super::super::{MESSAGE_MAX_BYTES, Side, Sight};

const FRAGMENTS: &[&str] = &[
    "GET / HTTP/1.1",
    "HEAD /a HTTP/1.0",
    "CONNECT a:1 HTTP/1.1",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 101 Switching Protocols",
    "HTTP/1.0 204",
    "\r\n",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    ": ",
    "Content-Length: 3\r\n",
    "Content-Length:",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close, upgrade\r\n",
    "Connection: keep-alive\r\n",
    "Upgrade: a\r\n",
    "3\r\nabc\r\n",
    "0\r\n\r\n",
    "2;a=\"b\"",
    " ",
    "abc",
    "data: a",
    "id: 1",
    "\u{feff}",
    "{\"id\":1,\"error\":{\"code\":-32601",
    "}}",
    "\"\\",
    "\0",
];

#[test]
fn any_order_of_fragments() {
    let mut random = Random(0xf00d);
    let rules = [
        "http1",
        "http1 request",
        "http1 response",
        "http1 response to HEAD CONNECT GET",
        "http-chunked",
        "sse",
        "lsp",
    ];
    for round in 0..1500 {
        let mut cut = cut(rules[round % rules.len()]);
        cut.max = [9, 60, MESSAGE_MAX_BYTES, u64::MAX][random.below(4)];
        let sight = Sight {
            side: [None, Some(Side::Client), Some(Side::Server)][random.below(3)],
            datagrams: random.below(8) == 0,
        };
        let count = random.below(16);
        let fragments = (0..count).map(|_| FRAGMENTS[random.below(FRAGMENTS.len())]);
        let stream: String = fragments.collect();
        let messages = run_all_ways(&cut, stream.as_bytes(), &mut random, sight);
        for message in &messages {
            let range = usize_of(&message.range);
            cut.rule.payload(message, &stream.as_bytes()[range]);
        }
    }
}
