//! The examples of RFC 7541, Appendix C, and what is more than is kept.

use super::{Item, Stop, Table};
use crate::framing::Value;
use crate::framing::http2::blocks::Blocks;

/// All lines of a block.
fn lines(table: &mut Table, hex: &str) -> Vec<String> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| *byte != b' ').collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    let bytes: Vec<u8> = pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect();
    let (mut rest, mut lines) = (bytes.as_slice(), Vec::new());
    while let Some((used, item)) = table.take(rest).unwrap() {
        if let Item::Line(line) = item {
            lines.push(format!(
                "{}: {}",
                line.name.escape_ascii(),
                line.value.escape_ascii()
            ));
        }
        rest = &rest[used..];
    }
    assert_eq!(rest, b"");
    lines
}

#[test]
fn requests_of_appendix_c_4() {
    let mut table = Table::new(true);
    let get = [
        ":method: GET",
        ":scheme: http",
        ":path: /",
        ":authority: www.example.com",
    ];
    assert_eq!(lines(&mut table, "828684418cf1e3c2e5f23a6ba0ab90f4ff"), get);
    let second = lines(&mut table, "828684be5886a8eb10649cbf");
    assert_eq!(second, [&get[..], &["cache-control: no-cache"]].concat());
    assert_eq!(
        lines(
            &mut table,
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"
        ),
        [
            ":method: GET",
            ":scheme: https",
            ":path: /index.html",
            ":authority: www.example.com",
            "custom-key: custom-value",
        ]
    );
}

#[test]
fn responses_of_appendix_c_6() {
    let mut table = Table::new(true);
    let date = "date: Mon, 21 Oct 2013 20:13:2";
    let location = "location: https://www.example.com";
    assert_eq!(lines(&mut table, "3fe101"), Vec::<String>::new());
    assert_eq!(
        lines(
            &mut table,
            "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
             2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3"
                .replace(['\n', ' '], "")
                .as_str(),
        ),
        [
            ":status: 302",
            "cache-control: private",
            &format!("{date}1 GMT"),
            location
        ]
    );
    assert_eq!(
        lines(&mut table, "4883640effc1c0bf"),
        [
            ":status: 307",
            "cache-control: private",
            &format!("{date}1 GMT"),
            location
        ]
    );
    assert_eq!(
        lines(
            &mut table,
            "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
             77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f
             9587 3160 65c0 03ed 4ee5 b106 3d50 07"
                .replace(['\n', ' '], "")
                .as_str(),
        ),
        [
            ":status: 200",
            "cache-control: private",
            &format!("{date}2 GMT"),
            location,
            "content-encoding: gzip",
            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ]
    );
}

#[test]
fn what_would_be_too_much_is_not_kept() {
    let mut table = Table::new(true);
    // A string of a megabyte.
    assert_eq!(table.take(b"\x00\x01a\x7f\x81\xff\x3f"), Err(Stop::Large));
    // A larger table than is held: what falls out of ours is unknown, and no flaw.
    assert_eq!(table.take(b"\x3f\xe1\x7f"), Ok(Some((3, Item::Size))));
    let Ok(Some((1, Item::Line(line)))) = table.take(b"\xbe") else {
        panic!("an unknown line")
    };
    assert_eq!(line.value.as_ref(), b"index 62");
    // One line of 4000 bytes, and then a byte for each time that it comes again.
    let mut blocks = Blocks::new(true);
    let large = [&b"\x40\x01a\x7f\xa1\x1e"[..], &[b'x'; 4000]].concat();
    assert_eq!(blocks.take(&large, 0, true).0.len(), 1);
    let (fields, flaw) = blocks.take(&vec![0xbe; 30_000], 0, true);
    assert_eq!((fields.len(), flaw), (17, None));
    let (fields, _) = blocks.take(&vec![0x82; 30_000], 0, true);
    assert_eq!(fields.len(), 1000);
    // What cannot be read ends with its block, and the table is unknown from there on.
    assert_eq!(
        blocks.take(b"\x00\x01a\x7f\x81\xff\x3f", 0, false),
        (Vec::new(), None)
    );
    assert_eq!(blocks.take(b"\x82", 0, true), (Vec::new(), None));
    let (fields, _) = blocks.take(b"\x82\xbe", 7, true);
    assert_eq!(fields[1].value, Value::Text("index 62".to_owned()));
    assert_eq!(fields[1].range, 8..9);
}
