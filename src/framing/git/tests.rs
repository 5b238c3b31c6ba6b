//! Lines of git 2.47 (capture git.pcapng) and of git's documentation.

use crate::framing::tests::{check, check_fields, cut};

/// Checks the notes, whatever the payload.
fn check_note(line: &[u8], note: &str) {
    let encoded = cut("git").rule.encode(line).unwrap();
    let line = format!("0..{} {note}: {}", encoded.len(), line.escape_ascii());
    check("git", &encoded, &[&line]);
}

#[test]
fn what_git_says() {
    check_note(
        b"git-upload-pack /r\0host=127.0.0.1:27968\0\0version=2\0",
        "git-upload-pack /r, host=127.0.0.1:27968, version=2",
    );
    check_note(b"version 2\n", "version 2");
    check_note(b"command=ls-refs\n", "command=ls-refs");
    let head = b"c1a624a5f4d40cc1a9794d5cd7a70155d384f43d HEAD symref-target:refs/heads/master\n";
    check_note(head, "c1a624a HEAD symref-target:refs/heads/master");
    check_note(
        b"want c1a624a5f4d40cc1a9794d5cd7a70155d384f43d multi_ack side-band-64k\n",
        "want c1a624a",
    );
    check_note(
        b"ACK c1a624a5f4d40cc1a9794d5cd7a70155d384f43d common\n",
        "ACK c1a624a common",
    );
    check_note(b"NAK\n", "NAK");
    check_note(b"ERR no such repository", "ERR no such repository");
    check_note(b"", "empty");
}

#[test]
fn what_a_push_does() {
    let line = |old: &str, new: &str| {
        let [old, new] = [old, new].map(|digit| digit.repeat(40));
        format!("{old} {new} refs/heads/x\0report-status").into_bytes()
    };
    check_note(&line("0", "a"), "create refs/heads/x at aaaaaaa");
    check_note(&line("a", "0"), "delete refs/heads/x, was aaaaaaa");
    check_note(
        &line("a", "b"),
        "update refs/heads/x from aaaaaaa to bbbbbbb",
    );
    check(
        "git",
        b"0000PACK\0\0\0\x02\0\0\0\x05abc",
        &[
            "0..4 flush: ",
            r"4..19 pack, 5 objects: PACK\x00\x00\x00\x02\x00\x00\x00\x05abc",
        ],
    );
    check("git", b"PACK", &["0..4 pack: PACK"]);
    check(
        "git max 9",
        b"PACK012345",
        &["0..10 bad at 0: a message of 10 bytes, over the limit of 9"],
    );
}

#[test]
fn bands() {
    check_note(b"\x01abc", "band 1, 3 bytes");
    check_note(
        b"\x01PACK\0\0\0\x02\0\0\0\x05x",
        "band 1, 13 bytes: pack, 5 objects",
    );
    check_note(
        b"\x02Counting objects: 5\r",
        "progress: Counting objects: 5",
    );
    check_note(b"\x03out of memory\n", "error: out of memory");
    check_note(b"\x02", "progress: ");
}

#[test]
fn lengths_that_mean_something_else_or_nothing() {
    check(
        "git",
        b"00000001000200040005a",
        &[
            "0..4 flush: ",
            "4..8 delimiter: ",
            "8..12 response end: ",
            "12..16 empty: ",
            "16..21 a: a",
        ],
    );
    check("git", b"0003a", &["0..5 bad at 0: length 3 means nothing"]);
    check(
        "git",
        b"00zzab",
        &["0..6 bad at 0: the length is not four hex digits"],
    );
    check(
        "git",
        b"+001",
        &["0..4 bad at 0: the length is not four hex digits"],
    );
    check(
        "git",
        b"00",
        &["0..2 partial, waiting for the four digits of the length: 00"],
    );
    check(
        "git",
        b"0009do",
        &["0..6 partial -3, waiting for 3 more bytes (do): do"],
    );
    check(
        "git max 8",
        b"0009done\n0005a",
        &[
            "0..9 bad at 0: a message of 9 bytes, over the limit of 8",
            "9..14 a: a",
        ],
    );
    cut("git").rule.encode(&vec![0; 65_517]).unwrap_err();
}

#[test]
fn fields() {
    check_fields(
        "git",
        b"0035want c1a624a5f4d40cc1a9794d5cd7a70155d384f43d ofs0015agent=git/2.47.3\n0006\x01a0000",
        &[
            "0..4 length 53",
            "4..8 command \"want\"",
            "9..49 object \"c1a624a5f4d40cc1a9794d5cd7a70155d384f43d\"",
            "50..53 capabilities \"ofs\"",
            "53..57 length 21",
            "57..62 key \"agent\"",
            "63..73 value \"git/2.47.3\"",
            "74..78 length 6",
            "78..79 band 1 data",
            "79..80 data",
            "80..84 length 0 flush",
        ],
    );
}
