//! Sync bytes and checksums around rules, in all ways of arriving.

use crate::framing::tests::{Random, check, check_fields, cut, run, run_all_ways};
use crate::framing::{Sight, Status};

#[test]
fn checksums_behind_messages() {
    check(
        "len u8 crc sum8",
        b"\x02ab\xc5\x01c\x64\x01c",
        &[
            "0..4 len 2: ab",
            "4..7 len 1: c",
            "7..9 partial -1, waiting for 1 more byte (len 1): c",
        ],
    );
    check(
        "len u8 crc sum8",
        b"\x02ab\xc6\x01c\x64",
        &[
            "0..4 bad at 3: sum8 is c5, and c6 stands there",
            "4..7 len 1: c",
        ],
    );
    check(
        "len u8 crc crc16-modbus",
        b"\x09123456789\0\0",
        &["0..12 bad at 10: crc16-modbus is 939d, and 0000 stands there"],
    );
    check(
        "len u8 crc crc32 over payload",
        b"\x09123456789\xcb\xf4\x39\x26",
        &["0..14 len 9: 123456789"],
    );
    check(
        "len u8 crc crc16-modbus over payload",
        b"\x09123456789\x37\x4b",
        &["0..12 len 9: 123456789"],
    );
    check(
        "len u8 crc crc16-modbus be over payload",
        b"\x09123456789\x4b\x37\x02ab",
        &[
            "0..12 len 9: 123456789",
            "12..15 partial -2, waiting for 2 more bytes (len 2): ab",
        ],
    );
    check(
        "len u16be crc crc32",
        b"\0\x02a",
        &["0..3 partial -5, waiting for 5 more bytes (len 2): a"],
    );
}

#[test]
fn checksums_behind_delimiters_that_are_known_late() {
    let words = "delim 0d or 0d0a crc xor8 over payload";
    check(
        words,
        b"ab\r\x03c\r\nc",
        &["0..4 delim: ab", "4..8 delim: c"],
    );
    let words = "delim 0d or 0d0a crc xor8";
    check(
        words,
        b"ab\r\x0ec\r\n\x64",
        &["0..4 delim: ab", "4..8 delim: c"],
    );
    check(
        words,
        b"ab\r\r\x0d",
        &[
            "0..4 bad at 3: xor8 is 0e, and 0d stands there",
            "4..5 partial -1, waiting for 1 more byte: \\r",
        ],
    );
    check(
        "line crc sum8",
        b"a\n\x6b\r\n\x17",
        &["0..3 line: a", "3..6 line: "],
    );
    check(
        "delim 61 or 616263 crc xor8",
        b"xabdaab",
        &[
            "0..3 bad at 2: xor8 is 19, and 62 stands there",
            "3..6 bad at 5: xor8 is 05, and 61 stands there",
            "6..7 partial, waiting for the delimiter: b",
        ],
    );
}

#[test]
fn sync_bytes_before_messages() {
    check(
        "stx aa55 len u8",
        b"\xaa\x55\x01a\xaa\x55\x02bc",
        &["0..4 len 1: a", "4..9 len 2: bc"],
    );
    check(
        "stx aa55 len u8",
        b"\0\xaa\xaa\x55\x01a\xaaxx\xaa",
        &[
            r"0..2 skipped: not the sync bytes aa 55",
            "2..6 len 1: a",
            r"6..9 skipped: not the sync bytes aa 55",
            r"9..10 partial, waiting for the sync bytes aa 55: \xaa",
        ],
    );
    check(
        "stx aa len u16be",
        b"\xaa",
        &["0..1 partial, waiting for what follows the sync bytes: "],
    );
    check(
        "stx aa len u16be",
        b"\xaa\0\x04a",
        &["0..4 partial -3, waiting for 3 more bytes (len 4): a"],
    );
    // A wrong checksum takes nothing from the next message.
    check(
        "stx 7e len u8 crc sum8 over payload",
        b"\x7e\x01a\x62\x7e\x01a\x61",
        &[
            "0..4 bad at 3: sum8 is 61, and 62 stands there",
            "4..8 len 1: a",
        ],
    );
    check(
        "stx 7e len u8 crc sum8",
        b"\x7e\x01a\xe0\x7e\x01a\xe1",
        &[
            "0..4 len 1: a",
            "4..8 bad at 7: sum8 is e0, and e1 stands there",
        ],
    );
}

#[test]
fn a_broken_rule_goes_on_at_the_next_sync_bytes() {
    check(
        "stx 7e7e netstring",
        b"~~1:a,~~1xa,~~2:bc,",
        &[
            "0..6 len 1: a",
            "6..10 bad at 9: byte 78 where a digit or `:` must be",
            r#"10..12 skipped: not the sync bytes "~~""#,
            "12..19 len 2: bc",
        ],
    );
    // Without them nothing tells where.
    check(
        "netstring crc sum8",
        b"1xa,1:b,",
        &["0..8 bad at 1: byte 78 where a digit or `:` must be"],
    );
}

#[test]
fn the_limit_is_that_of_the_whole() {
    check(
        "stx 7e len u8 crc sum8 max 5",
        b"\x7e\x03abc\xa7\x7e\x01a\xe0",
        &[
            "0..6 bad at 1: 3 makes a message of 4 bytes, over the limit of 3",
            "6..10 len 1: a",
        ],
    );
    check(
        "line crc sum8 max 4",
        b"abc\n\x30a\n\x6b",
        &[
            "0..5 bad at 3: longer than the limit of 3 bytes",
            "5..8 line: a",
        ],
    );
}

#[test]
fn what_ends_by_the_stream_ends_it_here() {
    check(
        "stx 7e eof",
        b"x~ab",
        &[r#"0..1 skipped: not the sync bytes "~""#, "1..4 all: ab"],
    );
    check(
        "eof crc sum8",
        b"ab",
        &["0..2 partial -1, waiting for 1 more byte: ab"],
    );
    check(
        r#"stx "a" delim "b" or "bcd""#,
        b"axbcay",
        &[
            "0..3 delim: x",
            r#"3..4 skipped: not the sync bytes "a""#,
            "4..6 partial, waiting for the delimiter: y",
        ],
    );
    check(
        r#"stx "a" delim "b" or "bcad""#,
        b"axbca",
        &[
            "0..3 delim: x",
            r#"3..4 skipped: not the sync bytes "a""#,
            "4..5 partial, waiting for what follows the sync bytes: ",
        ],
    );
}

#[test]
fn fields() {
    check_fields(
        "stx aa55 len u8 crc crc16-xmodem",
        b"\xaa\x55\x01a\x8a\x7b",
        &["0..2 stx", "2..3 length 1", "4..6 crc 35451 crc16-xmodem"],
    );
    check_fields(
        "stx aa len u8 crc sum8",
        b"\xaa\x01a\0",
        &["0..1 stx", "1..2 length 1", "3..4 crc 0 sum8"],
    );
}

#[test]
fn a_checksum_over_much_is_the_same_however_it_arrives() {
    let payload = vec![0x5a; 200_000];
    for words in [
        "stx 7e len u32be crc crc32",
        "stx 7e len u32be crc crc32c le over payload",
        "line crc adler32",
        "line crc adler32 over payload",
        "delim 0d or 0d0a or 0a0a crc crc8 over payload",
    ] {
        let cut = cut(words);
        let mut stream = cut.rule.encode(&payload).unwrap();
        stream.extend(cut.rule.encode(b"a little").unwrap());
        for length in [stream.len(), 60_000, 1000, 101] {
            let messages = run(&cut, &stream, &[length]);
            let statuses: Vec<_> = messages.iter().map(|message| &message.status).collect();
            assert_eq!(statuses, [&Status::Ok; 2], "{words} in pieces of {length}");
            let last = usize::try_from(messages[1].range.start).unwrap();
            assert_eq!(cut.rule.payload(&messages[1], &stream[last..]), b"a little");
        }
    }
}

#[test]
fn garbage_tiles() {
    let mut random = Random(0xc0de);
    for words in [
        "stx 7e len u8 crc sum8",
        "stx 7e7f netstring crc xor8 over payload",
        "stx 3031 delim 30 or 303132 crc xor8",
        "line crc sum8 max 9",
        "stx 7e fixed 2",
        "stx 7e eof",
        "delim 30 or 3030 crc sum8 over payload",
    ] {
        for _ in 0..400 {
            let alphabet = b"~~\x7f\x01\x0201:,\n0a";
            let stream: Vec<u8> = (0..random.below(40))
                .map(|_| alphabet[random.below(alphabet.len())])
                .collect();
            run_all_ways(&cut(words), &stream, &mut random, Sight::default());
        }
    }
}
