//! Readings against the drawings of SCREENS.md and against numbers known from elsewhere.

use super::*;
use crate::locale::Locale;

fn named(name: &str, bytes: &[u8], host: ByteOrder) -> Reading {
    readings(bytes, host, &Locale::default())
        .into_iter()
        .find(|reading| reading.name == name)
        .unwrap()
}

#[test]
fn both_orders() {
    fn check(name: &str, bytes: &[u8], network: &str, little: &str) {
        let reading = named(name, bytes, ByteOrder::Little);
        assert_eq!(
            (&*reading.network, &*reading.little),
            (network, little),
            "{name} {bytes:02x?}"
        );
        assert_eq!(reading.host, reading.little, "{name}");
        let big = named(name, bytes, ByteOrder::Big);
        assert_eq!((&big.host, &big.forgotten), (&big.network, &None), "{name}");
    }
    let drawn = b"\x00\x0cwor\xff\xfe\x01";
    check("u8", drawn, "0", "0");
    check("u16", drawn, "12", "3 072");
    check("u24", drawn, "3 191", "7 801 856");
    check("u32", drawn, "817 007", "1 870 072 832");
    check(
        "u64",
        &[0xff; 8],
        "18 446 744 073 709 551 615",
        "18 446 744 073 709 551 615",
    );
    check("i8", b"\x80", "-128", "-128");
    check("i16", b"\xff\xfe", "-2", "-257");
    check("i32", b"\x80\0\0\0", "-2 147 483 648", "128");
    check(
        "i64",
        b"\x80\0\0\0\0\0\0\0",
        "-9 223 372 036 854 775 808",
        "128",
    );
    check("i64", b"\xff\xff\xff\xff\xff\xff\xff\xff", "-1", "-1");
    check("f32", drawn, "1.145e-39", "7.646e+28");
    check("f32", b"\x3f\x8c\xcc\xcd", "1.1", "-4.290e+08");
    check(
        "f64",
        b"\x40\x09\x1e\xb8\x51\xeb\x85\x1f",
        "3.14",
        "7.982e-157",
    );
    check("f64", b"\x7f\xf0\0\0\0\0\0\0", "inf", "3.042e-319");
    check("f32", b"\x7f\xc0\0\x80", "NaN", "-6.905e-41");
    check("f32", b"\x80\0\0\0", "-0", "1.794e-43");
    check("binary", b"\xa5", "1010 0101", "1010 0101");
    check("IPv4", b"\x7f\0\0\x01", "127.0.0.1", "1.0.0.127");
    check("port", b"\x1f\x90", "8080", "36895");
}

#[test]
fn dates() {
    fn check(seconds: u32, expected: &str) {
        assert_eq!(
            named("unix time", &seconds.to_be_bytes(), ByteOrder::Big).network,
            expected
        );
        assert_eq!(
            named("unix time", &seconds.to_le_bytes(), ByteOrder::Big).little,
            expected
        );
    }
    check(0, "1970-01-01 00:00:00 UTC");
    check(951_782_399, "2000-02-28 23:59:59 UTC");
    check(951_782_400, "2000-02-29 00:00:00 UTC");
    check(1_000_000_000, "2001-09-09 01:46:40 UTC");
    check(1_735_689_599, "2024-12-31 23:59:59 UTC");
    check(u32::MAX, "2106-02-07 06:28:15 UTC");
}

#[test]
fn readings_without_an_order() {
    fn check(name: &str, bytes: &[u8], text: &str, width: usize, missing: usize) {
        let reading = named(name, bytes, ByteOrder::Little);
        assert_eq!(
            (&*reading.network, reading.width, reading.missing),
            (text, width, missing),
            "{name} {bytes:02x?}"
        );
        assert_eq!(
            (&reading.network, &reading.forgotten),
            (&reading.little, &None),
            "{name}"
        );
    }
    check("varint", b"\x00", "0", 1, 0);
    check("varint", b"\xac\x02rest", "300", 2, 0);
    check("varint", b"\x80\x80", "at least 1 byte missing", 3, 1);
    check("varint", b"", "at least 1 byte missing", 1, 1);
    check(
        "varint",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        "18 446 744 073 709 551 615",
        10,
        0,
    );
    check(
        "varint",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
        "no varint: more than 64 bits",
        10,
        0,
    );
    check(
        "varint",
        b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
        "no varint: more than 64 bits",
        10,
        0,
    );
    check("5 digits", b"00012rest", "12", 5, 0);
    check("5 digits", b"000", "2 bytes missing", 5, 2);
    check("5 digits", b"00x", "not digits", 3, 0);
    check("strlen", b"ab\0cd", "2", 3, 0);
    check("strlen", b"abcde", "no 00 in 5 B", 5, 0);
    check("text", b"\x00\x0cwo\x1b", "\"··wo·\"", 5, 0);
    check("u16", b"\x01", "1 byte missing", 2, 1);
    check("u64", b"\x01\x02", "6 bytes missing", 8, 6);
}

#[test]
fn nothing_is_invented() {
    for len in 0..20 {
        let bytes = vec![0x41; len];
        for reading in readings(&bytes, ByteOrder::HOST, &Locale::default()) {
            assert_eq!(
                reading.bytes.len() + reading.missing,
                reading.width,
                "{reading:?}"
            );
            assert_eq!(
                reading.missing > 0,
                reading.network.contains("missing"),
                "{reading:?}"
            );
            assert!(reading.width <= WINDOW_MAX_BYTES, "{reading:?}");
        }
    }
}

#[test]
fn forgetting_to_convert() {
    let length = named("u32", &[0, 0, 0, 12], ByteOrder::Little);
    assert_eq!(length.ntoh, Some("ntohl"));
    assert_eq!(length.forgotten.as_deref(), Some("201 326 592"));
    assert_eq!(length.in_memory(ByteOrder::Little), [12, 0, 0, 0]);
    assert_eq!(length.in_memory(ByteOrder::Big), [0, 0, 0, 12]);
    let same = named("u16", &[7, 7], ByteOrder::Little);
    assert_eq!((same.ntoh, same.forgotten), (Some("ntohs"), None));
    assert_eq!(
        named("text", b"ab", ByteOrder::Little).in_memory(ByteOrder::Little),
        b"ab"
    );
}
