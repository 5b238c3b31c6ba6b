//! What bytes are, read on purpose.

use super::*;

fn read(words: &str, bytes: &[u8], host: ByteOrder) -> Vec<String> {
    let form = Form::parse(&mut Words::new(words, 0)).unwrap();
    assert_eq!(form.words(), words);
    let parts = form.read(bytes, host, &Locale::default());
    let line = |part: &Part| {
        let pad = if part.is_padding { "pad " } else { "" };
        format!("{pad}{}..{} {}", part.at.start, part.at.end, part.value)
    };
    parts.iter().map(line).collect()
}

#[test]
fn numbers_have_the_order_that_was_said_or_the_hosts() {
    let bytes = [0, 12, 0x77, 0x6f];
    for host in [ByteOrder::Big, ByteOrder::Little] {
        assert_eq!(read("u16be", &bytes, host), ["0..2 12"]);
        assert_eq!(read("u16le", &bytes, host), ["0..2 3 072"]);
        assert_eq!(read("i8", &[0xff], host), ["0..1 -1"]);
    }
    assert_eq!(read("u16", &bytes, ByteOrder::Big), ["0..2 12"]);
    assert_eq!(read("u16", &bytes, ByteOrder::Little), ["0..2 3 072"]);
    assert_eq!(read("text", b"a\0b", ByteOrder::Little), ["0..3 \"a\\0b\""]);
}

#[test]
fn a_struct_has_the_padding_that_its_members_alignment_asks_for() {
    let bytes = [1, 0xaa, 0xaa, 0xaa, 2, 0, 0, 0, 3, 0, 9, 9];
    let found = read("struct u8,u32le,u16le", &bytes, ByteOrder::Big);
    let starts: Vec<_> = found.iter().map(|line| line.split(' ').take(2)).collect();
    let starts: Vec<Vec<_>> = starts.into_iter().map(Iterator::collect).collect();
    assert_eq!(
        starts,
        [
            ["0..1", "1"],
            ["pad", "1..4"],
            ["4..8", "2"],
            ["8..10", "3"],
            ["pad", "10..12"]
        ]
    );
}

#[test]
fn ntohs_does_nothing_where_the_orders_agree() {
    let values = |host| {
        let parts = Form::parse(&mut Words::new("ntohs", 0)).unwrap();
        let parts = parts.read(&[0, 12], host, &Locale::default());
        let values: Vec<_> = parts
            .into_iter()
            .map(|part| (part.name, part.value))
            .collect();
        values
    };
    let here = values(ByteOrder::Little);
    assert_eq!(here.first().map(|(_, value)| value.as_str()), Some("12"));
    assert_eq!(
        here.get(2),
        Some(&("ntohs(3 072)".to_owned(), "12".to_owned()))
    );
    let said = here.get(4).cloned().unwrap_or_default();
    assert!(
        said.0 == "ntohs(12)" && said.1.starts_with("12,"),
        "{said:?}"
    );
}

#[test]
fn what_is_no_type_is_named_at_its_column() {
    let refused = |words: &str| Form::parse(&mut Words::new(words, 8)).unwrap_err();
    assert_eq!(refused("struct u8,u33").column, 18);
    assert_eq!(refused("u8be").column, 8);
    assert_eq!(
        refused("struct u8,u24").what,
        "C has no type of three bytes"
    );
    assert!(refused("struct").what.contains("members"));
    for word in Form::beginnings().filter(|word| word != STRUCT) {
        assert!(Form::parse(&mut Words::new(&word, 0)).is_ok(), "{word}");
    }
}
