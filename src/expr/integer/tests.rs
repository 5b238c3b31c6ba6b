//! Types of numbers as tables: names, bytes both ways, refusals.

use super::{IntType, Step};

#[test]
fn names_are_read_and_printed() {
    for name in "u8 i8 u16be u16le i24be u32le u40be i56le u64be i64le dec1 dec20 hex1 hex16 varint"
        .split(' ')
    {
        assert_eq!(
            IntType::parse(name).map(|kind| kind.to_string()).as_deref(),
            Some(name)
        );
    }
    for name in
        "u u16 u8be u12be u72be u016be dec dec0 dec21 dec05 hex17 hex+1 varint32 x16be".split(' ')
    {
        assert_eq!(IntType::parse(name), None, "{name}");
    }
    let near = |name, remedy: Option<&str>| {
        assert_eq!(IntType::near(name).as_deref(), remedy, "{name}");
    };
    near("u16", Some("u16be or u16le"));
    near("i8be", Some("i8, which has no byte order"));
    near("u12be", Some("u8, u16be, u24be, u32be or u64be, or le"));
    near("dec99", Some("dec1 to dec20"));
    near("hex", Some("hex1 to hex16"));
    near("hello", None);
    near("if", None);
}

#[test]
fn numbers_become_bytes_and_come_back() {
    let check = |name: &str, value: i128, bytes: &[u8]| {
        let kind = IntType::parse(name).unwrap();
        assert_eq!(kind.encode(value).unwrap(), bytes, "{name}({value})");
        let mut longer = bytes.to_vec();
        longer.extend_from_slice(b"\xff\xff");
        assert_eq!(
            kind.decode(&longer),
            Step::Value(value, bytes.len()),
            "{name}({value})"
        );
        for cut in 0..bytes.len() {
            let step = kind.decode(&bytes[..cut]);
            assert!(
                matches!(step, Step::Need(n) if (1..=bytes.len() - cut).contains(&n)),
                "{name} {step:?}"
            );
        }
    };
    check("u8", 255, b"\xff");
    check("i8", -128, b"\x80");
    check("u16be", 5, b"\0\x05");
    check("u16le", 5, b"\x05\0");
    check("i24be", -2, b"\xff\xff\xfe");
    check("i32le", -1, b"\xff\xff\xff\xff");
    check("u64be", i128::from(u64::MAX), &[255; 8]);
    check("i64le", i128::from(i64::MIN), b"\0\0\0\0\0\0\0\x80");
    check("dec5", 5, b"00005");
    check("dec20", 10_i128.pow(20) - 1, b"99999999999999999999");
    check("hex4", 10, b"000a");
    check("varint", 0, b"\0");
    check("varint", 300, b"\xac\x02");
    check(
        "varint",
        i128::from(u64::MAX),
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let check = |name: &str, value: i128, message: &str| {
        let error = IntType::parse(name).unwrap().encode(value).unwrap_err();
        assert_eq!(error.to_string(), message);
    };
    check("u8", 300, "300 does not fit in u8: 0 to 255");
    check(
        "i16be",
        -32769,
        "-32769 does not fit in i16be: -32768 to 32767",
    );
    check("dec2", 100, "100 does not fit in dec2: 0 to 99");
    check(
        "varint",
        -1,
        "-1 does not fit in varint: 0 to 18446744073709551615",
    );
}

#[test]
fn what_is_no_number_is_bad() {
    let check = |name: &str, bytes: &[u8], why: &str| {
        assert_eq!(
            IntType::parse(name).unwrap().decode(bytes),
            Step::Bad(why.to_owned())
        );
    };
    check("dec4", b"1x", "byte 1 of dec4 is 78, not a digit");
    check("hex4", b"00g0", "byte 2 of hex4 is 67, not a digit");
    check("dec2", b"+1", "byte 0 of dec2 is 2b, not a digit");
    check("varint", &[0xff; 10], "the varint has more than 64 bits");
    check("varint", &[0x80; 10], "the varint goes on after 10 bytes");
    let overlong = IntType::Varint.decode(b"\x85\x80\0");
    assert_eq!(overlong, Step::Value(5, 3), "a varint need not be minimal");
}
