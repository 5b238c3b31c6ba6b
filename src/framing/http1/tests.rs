//! Requests and responses: what is cut, and what is refused.

mod exchange;
mod fragments;

use super::super::tests::{check, check_from, cut, picture, run};
use super::super::{Cut, Side};
use crate::words::Words;

#[test]
fn requests() {
    check(
        "http1",
        b"GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n\
          POST /1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello\r\n\r\nHEAD / HT",
        &[
            "0..37 GET /index.html: ",
            "37..81 POST /1, 5 bytes: hello",
            "81..85 skipped: empty lines before a message",
            r"85..94 partial, waiting for the end of the first line: HEAD / HT",
        ],
    );
    check(
        "http1 request",
        b"PUT / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n\
          5;a=\"\\\";\"\r\nhello\r\n1 \n!\r\n0\r\nSum: 1\r\n\r\n",
        &[
            "0..89 PUT /, 2 chunks, 6 bytes, blanks behind a size, bare LF: \
             5;a=\\\"\\\\\\\";\\\"\\r\\nhello\\r\\n1 \\n!\\r\\n0\\r\\nSum: 1\\r\\n\\r\\n",
        ],
    );
    check(
        "http1",
        b"M-SEARCH * HTTP/1.1\nMAN: ssdp\n\n",
        &["0..31 M-SEARCH *, bare LF: "],
    );
}

#[test]
fn requests_that_are_not_whole() {
    check(
        "http1",
        b"GET / HTTP/1.1\r\nHost: a\r",
        &[r"0..24 partial, waiting for the end of the head (GET /): GET / HTTP/1.1\r\nHost: a\r"],
    );
    check(
        "http1",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe",
        &["0..40 partial -3, waiting for 3 more bytes (POST /, 5 bytes): he"],
    );
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (body, expected) in [
        (
            "5",
            "0..48 partial, waiting for the size of a chunk (POST /, 0 chunks, 0 bytes so far): 5",
        ),
        (
            "5\r\nhe",
            r"0..52 partial, waiting for 3 bytes of a chunk (POST /, 1 chunk, 5 bytes so far): 5\r\nhe",
        ),
        (
            "1\r\na\r",
            r"0..52 partial, waiting for the end of a chunk (POST /, 1 chunk, 1 byte so far): 1\r\na\r",
        ),
        (
            "0\r\nA: b\r\n",
            r"0..56 partial, waiting for the end of the trailers (POST /, 0 chunks, 0 bytes): 0\r\nA: b\r\n",
        ),
    ] {
        check("http1", format!("{chunked}{body}").as_bytes(), &[expected]);
    }
}

#[test]
fn first_lines_that_are_none() {
    for (line, why) in [
        (
            "GET /",
            "bad at 0: no request line: method, target and version",
        ),
        (
            "GET  HTTP/1.1",
            "bad at 0: no request line: method, target and version",
        ),
        ("G(T / HTTP/1.1", "bad at 1: a method that is no word"),
        (
            "GET /a b HTTP/1.1",
            "bad at 6: a blank in the request's target",
        ),
        (
            "GET / HTTP/1.1 ",
            "bad at 5: a blank in the request's target",
        ),
        (
            "GET / HTTP/1.x",
            "bad at 6: `HTTP/1.x` is no version of HTTP",
        ),
        (
            "PRI * HTTP/2.0",
            "bad at 6: HTTP/2.0, and this reads HTTP/1",
        ),
        ("GET / HTTP/1.1\rA: b", "bad at 14: a CR without LF"),
        (
            "HTTP/3.0 200 OK",
            "bad at 0: HTTP/3.0, and this reads HTTP/1",
        ),
        ("HTTP/1.1", "bad at 8: no status behind the version"),
        ("HTTP/1.1 20", "bad at 8: no status behind the version"),
        (
            "HTTP/1.1 2000 OK",
            "bad at 9: the status has not three digits",
        ),
        (
            "HTTP/1.1 020 OK",
            "bad at 9: the status has not three digits",
        ),
        (
            "HTTP/1.1 200 \x01",
            "bad at 13: a control character in the reason",
        ),
    ] {
        check_one_bad(&format!("{line}\r\n\r\n"), why);
    }
}

#[test]
fn headers_that_are_none() {
    for (line, why) in [
        (" A: b", "bad at 16: a header continued on the next line"),
        (": b", "bad at 16: a header without a name"),
        ("A", "bad at 17: a header without a colon"),
        ("A : b", "bad at 17: the name of a header holds 20"),
        ("A: \0", "bad at 19: a field cannot hold a zero byte"),
        ("Content-Length:", "bad at 31: Content-Length is empty"),
        (
            "Content-Length: +1",
            "bad at 31: Content-Length `+1` is no number",
        ),
        ("Content-Length: 1, 2", "bad at 31: Content-Length 1 and 2"),
        (
            "Content-Length: 99999999999999999999",
            "bad at 31: Content-Length 99999999999999999999 is more than a stream can have",
        ),
        (
            "Content-Length: 18446744073709551615",
            "bad at 0: a body longer than a stream can be",
        ),
        (
            "Transfer-Encoding: chunked, chunked",
            "bad at 34: Transfer-Encoding: chunked twice",
        ),
        (
            "Transfer-Encoding: gzip",
            "bad at 0: a request whose Transfer-Encoding does not end in chunked",
        ),
    ] {
        check_one_bad(&format!("GET / HTTP/1.1\r\n{line}\r\n\r\n"), why);
    }
}

#[test]
fn chunks_that_are_none() {
    for (body, why) in [
        ("\r\n", "bad at 46: no size of a chunk, in hexadecimal"),
        ("-1\r\n", "bad at 46: no size of a chunk, in hexadecimal"),
        ("1x\r\n", "bad at 47: the size of a chunk holds 78"),
        ("1 x\r\n", "bad at 48: the size of a chunk holds 78"),
        ("1;\0\r\n", "bad at 48: a zero byte behind the size"),
        (
            "1;a=\"\r\n",
            "bad at 51: a chunk's extension whose quote does not end",
        ),
        (
            "00000000000000001\r\n",
            "bad at 62: a size of more than 16 digits",
        ),
        (
            "ffffffffffffffff\r\n",
            "bad at 63: a chunk longer than a stream can be",
        ),
        (
            "1\r\na\n\r\n",
            "bad at 50: no CRLF behind the data of a chunk",
        ),
        (
            "1\r\na\r\r\n",
            "bad at 51: no CRLF behind the data of a chunk",
        ),
        (
            "0\r\n A: b\r\n",
            "bad at 49: a header continued on the next line",
        ),
    ] {
        let head = "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        check_one_bad(&format!("{head}{body}"), why);
    }
}

/// All of it is one bad message.
fn check_one_bad(stream: &str, why: &str) {
    check(
        "http1",
        stream.as_bytes(),
        &[&format!("0..{} {why}", stream.len())],
    );
}

#[test]
fn what_follows_a_closed_connection_is_bad() {
    check(
        "http1",
        b"GET / HTTP/1.1\r\nConnection: a, Close\r\n\r\n\r\n",
        &[
            "0..40 GET /: ",
            "40..42 skipped: empty lines behind the messages",
        ],
    );
    check(
        "http1",
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET",
        &[
            "0..37 GET /: ",
            "37..40 bad at 37: more behind a message that closes the connection",
        ],
    );
    check(
        "http1",
        b"HTTP/1.0 204 No\r\n\r\nHTTP/1.0 204 No\r\n\r\n",
        &[
            "0..19 204 No: ",
            "19..38 bad at 19: more behind a message that closes the connection",
        ],
    );
    check(
        "http1",
        b"GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
        &["0..43 GET /1: ", "43..62 GET /2: "],
    );
}

#[test]
fn responses() {
    let assumed = "no request seen: assumed GET";
    check(
        "http1",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok\
          HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        &[
            "0..25 100 Continue: ",
            &format!("25..68 200 OK, 2 bytes, Content-Length repeated, {assumed}: ok"),
            "68..116 304 Not Modified: ",
        ],
    );
    check(
        "http1 response to GET",
        b"HTTP/1.1 200 \r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200\r\n\r\nall",
        &[
            r"0..69 200, 0 chunks, 0 bytes, Transfer-Encoding with Content-Length: 0\r\n\r\n",
            "69..88 200, 3 bytes: all",
        ],
    );
    check(
        "http1 response",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        &[&format!(
            "0..53 200 OK, Transfer-Encoding in HTTP/1.0, {assumed}: "
        )],
    );
    check(
        "http1 response to HEAD GET",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx\
          HTTP/1.1 204 No\r\n\r\n",
        &["0..38 200 OK: ", "38..77 200 OK, 1 byte: x", "77..96 204 No: "],
    );
}

#[test]
fn the_role_is_told_by_words_or_by_side() {
    let response = b"HTTP/1.1 204 No\r\n\r\n";
    check(
        "http1 request",
        response,
        &["0..19 bad at 0: a response where a request is due"],
    );
    check_from(Some(Side::Server), "http1", response, &["0..19 204 No: "]);
    let no = "0..19 bad at 0: a response where a request is due";
    check_from(Some(Side::Client), "http1", response, &[no]);
    let get = b"GET / HTTP/1.1\r\n\r\n";
    check_from(Some(Side::Client), "http1", get, &["0..18 GET /: "]);
    let no = "0..18 bad at 0: no status line: version, status and reason";
    check_from(Some(Side::Server), "http1", get, &[no]);
    let no = "0..19 bad at 0: no status line: version, status and reason";
    check("http1 response", b"RTSP/1.0 200 OK\r\n\r\n", &[no]);
}

#[test]
fn words() {
    for (words, canonical) in [
        ("http1", "http1"),
        ("http1 request max 9", "http1 request max 9"),
        ("http1 response", "http1 response"),
        (
            "http1 response to M-SEARCH GET max 9",
            "http1 response to M-SEARCH GET max 9",
        ),
    ] {
        assert_eq!(cut(words).words(), canonical);
    }
    let complaint = |words| {
        Cut::parse(&mut Words::new(words, 0))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        complaint("http1 response to max 9"),
        "column 19: `max` is no method (GET, HEAD, CONNECT, in capitals)"
    );
    assert_eq!(
        complaint("http1 response to"),
        "column 18: a method is missing"
    );
}

#[test]
fn without_role_or_side_the_first_message_tells() {
    check(
        "http1",
        b"HTTP/1.1 204 No\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        &[
            "0..19 204 No: ",
            "19..37 bad at 19: no status line: version, status and reason",
        ],
    );
}

#[test]
fn too_long() {
    check(
        "http1 max 40",
        b"GET /1 HTTP/1.1\r\nContent-Length: 9\r\n\r\n123456789GET / HTTP/1.1\r\n\r\n",
        &[
            "0..47 bad at 0: a message of 47 bytes, over the limit of 40",
            "47..65 GET /: ",
        ],
    );
    check(
        "http1 max 20",
        b"GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        &[
            "0..30 bad at 20: longer than the limit of 20 bytes",
            "30..48 GET /: ",
        ],
    );
    let long = format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "b".repeat(70_000));
    let cut = cut("http1");
    let messages = run(&cut, long.as_bytes(), &[999]);
    let expected = "0..70023 bad at 65552: a line longer than 65536 bytes\n";
    assert_eq!(picture(long.as_bytes(), &messages), expected);
}

#[test]
fn payloads_are_joined_or_refused() {
    let rule = cut("http1").rule;
    let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc";
    for end in [bytes.len() - 4, bytes.len()] {
        let bytes = &bytes[..end];
        let messages = run(&cut("http1"), bytes, &[1]);
        let expected = &b"abc"[..if end == bytes.len() { 3 } else { 2 }];
        assert!(expected.starts_with(&rule.payload(&messages[0], bytes)[..2]));
    }
    let refused = cut("http1 response to HEAD").rule.encode(b"a").unwrap_err();
    assert_eq!(refused, "a response to HEAD has no body");
    let encoded = rule.encode(b"ab").unwrap();
    assert_eq!(
        encoded,
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab"
    );
}
