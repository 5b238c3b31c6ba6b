//! The functions of byte expressions and the numbers, names and expressions in their parentheses.

use super::parse::{Parsed, Parser, refuse};
use super::words::clipped;
use super::{ByteOrder, Float, IntType, Part, RESULT_MAX_BYTES, kinds, print, text};
use crate::endpoint::nearest;

/// Functions with one name each; the types of numbers come from `IntType`.
const EXAMPLES: [(&str, &str); 12] = [
    ("rand", "rand(100) or rand(100 seed 7)"),
    ("file", "file(path) or file(\"a b\")"),
    ("count", "count()"),
    ("now", "now()"),
    ("last", "last()"),
    ("field", "field(NAME)"),
    ("group", "group(1) or group(NAME)"),
    ("saved", "saved(NAME)"),
    ("f32be", "f32be(3.14)"),
    ("f32le", "f32le(3.14)"),
    ("f64be", "f64be(3.14)"),
    ("f64le", "f64le(3.14)"),
];

/// How a function is written, where the word is one.
pub(super) fn example(word: &str) -> Option<String> {
    if let Some((_, example)) = EXAMPLES.iter().find(|(name, _)| *name == word) {
        return Some((*example).to_owned());
    }
    let is_fixed = word
        .strip_prefix("fixed")
        .is_some_and(|width| width.parse::<u64>().is_ok());
    match IntType::parse(word) {
        Some(kind) => Some(format!("{kind}(5)")),
        None => is_fixed.then(|| format!("{word}(\"hi\")")),
    }
}

/// Every word that a slip may have meant.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let types = [
        "u8", "i8", "u16be", "u16le", "i16be", "i16le", "u32be", "u32le", "i32be", "i32le",
        "varint",
    ];
    let functions = EXAMPLES.iter().map(|(name, _)| *name);
    functions
        .chain(types)
        .chain(["len", "frame"])
        .chain(kinds().iter().map(|kind| kind.name))
}

/// Reads a function's arguments; the parser stands at `(`, behind the function's name.
pub(super) fn call(parser: &mut Parser<'_>, begin: usize, name: &str) -> Parsed<Part> {
    if let Some(width) = name.strip_prefix("fixed") {
        return padded(parser, begin, width);
    }
    let open = parser.at;
    parser.at += 1;
    parser.blanks();
    let part = if let Some(kind) = IntType::parse(name) {
        let number = parser.at;
        let value = integer(parser)?;
        kind.check(value)
            .or_else(|misfit| refuse(number, parser.at, misfit.what, misfit.fits))?;
        Part::Integer(kind, value)
    } else {
        match name {
            "rand" => random(parser)?,
            "file" => Part::File(text_argument(
                parser,
                "a path",
                "file(path) or file(\"a b\")",
            )?),
            "field" => Part::Field(text_argument(parser, "a field's name", "field(NAME)")?),
            "group" => Part::Group(text_argument(parser, "a group's number", "group(1)")?),
            "saved" => Part::Saved(text_argument(
                parser,
                "the name of something stored",
                "saved(NAME)",
            )?),
            "count" => Part::Count,
            "now" => Part::Now,
            "last" => Part::Last,
            "f32be" => Part::Float(single(parser, ByteOrder::Big)?),
            "f32le" => Part::Float(single(parser, ByteOrder::Little)?),
            "f64be" => Part::Float(double(parser, ByteOrder::Big)?),
            "f64le" => Part::Float(double(parser, ByteOrder::Little)?),
            _ => return unknown_function(begin, open, name),
        }
    };
    close(parser, open, name)?;
    Ok(part)
}

fn unknown_function(begin: usize, end: usize, name: &str) -> Parsed<Part> {
    let what = format!("`{}` is no function", clipped(name));
    let meant = nearest(name, names()).map(|name| example(name).unwrap_or_else(|| name.to_owned()));
    let fits = IntType::near(name).or(meant);
    refuse(
        begin,
        end,
        what,
        fits.as_deref()
            .unwrap_or("u8( ) u16be( ) rand( ) file( ) fixed16( ) …"),
    )
}

fn close(parser: &mut Parser<'_>, open: usize, name: &str) -> Parsed<()> {
    parser.blanks();
    match parser.peek() {
        Some(')') => {
            parser.at += 1;
            Ok(())
        }
        None | Some('\n') => refuse(
            open,
            parser.at,
            "`)` is missing",
            example(name).unwrap_or_default(),
        ),
        Some(c) => parser.refuse_here(
            format!("{c:?} in the parentheses of {name}"),
            example(name).unwrap_or_default(),
        ),
    }
}

fn padded(parser: &mut Parser<'_>, begin: usize, width: &str) -> Parsed<Part> {
    let digits = width.bytes().all(|byte| byte.is_ascii_digit()) && !width.starts_with('0');
    match width
        .parse::<u64>()
        .ok()
        .filter(|width| digits && *width <= RESULT_MAX_BYTES)
    {
        Some(width) => Ok(Part::Padded(width, parser.enclosed(')')?)),
        None => refuse(
            begin,
            parser.at,
            "fixed takes a width in bytes",
            format!("fixed1 to fixed{RESULT_MAX_BYTES}"),
        ),
    }
}

fn random(parser: &mut Parser<'_>) -> Parsed<Part> {
    let count = size(parser, "the count of random bytes", "rand(100)")?;
    parser.blanks();
    if parser.word() != "seed" {
        return Ok(Part::Random { count, seed: None });
    }
    parser.at += "seed".len();
    parser.blanks();
    let begin = parser.at;
    let seed = integer(parser)?;
    let seed = seed.try_into().or_else(|_| {
        refuse(
            begin,
            parser.at,
            "the seed does not fit",
            "0 to 18446744073709551615",
        )
    })?;
    Ok(Part::Random {
        count,
        seed: Some(seed),
    })
}

/// A path or name, bare up to `)` or quoted.
fn text_argument(parser: &mut Parser<'_>, what: &str, fits: &str) -> Parsed<String> {
    let begin = parser.at;
    if parser.peek() == Some('"') {
        let (bytes, end) = text::quoted(&parser.chars, begin, '"')?;
        parser.at = end;
        return match String::from_utf8(bytes) {
            Ok(text) if !text.is_empty() => Ok(text),
            Ok(_) => refuse(begin, end, format!("{what} is missing"), fits),
            Err(_) => refuse(begin, end, format!("{what} is not UTF-8"), fits),
        };
    }
    let bare =
        |c: &&char| print::is_bare(**c) || (!c.is_ascii() && !c.is_whitespace() && !c.is_control());
    let text: String = parser.chars.iter().skip(begin).take_while(bare).collect();
    if text.is_empty() {
        return parser.refuse_here(format!("{what} is missing"), fits);
    }
    parser.at += text.chars().count();
    Ok(text)
}

/// A whole number: decimal, `0x` and hex digits, or a character in single quotes; a sign may stand before it.
pub(super) fn integer(parser: &mut Parser<'_>) -> Parsed<i128> {
    let begin = parser.at;
    if parser.peek() == Some('\'') {
        return character(parser);
    }
    let sign = parser.peek().filter(|c| "+-".contains(*c));
    parser.at += usize::from(sign.is_some());
    let word = parser.word();
    parser.at += word.chars().count();
    let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    let (digits, radix) = digits.map_or((word.as_str(), 10), |digits| (digits, 16));
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        let end = if word.is_empty() {
            begin + 1
        } else {
            parser.at
        };
        let end = end.min(parser.chars.len());
        return refuse(
            begin,
            end,
            "a whole number belongs here",
            "5, -1, 0xff or 'a'",
        );
    }
    match i128::from_str_radix(digits, radix) {
        Ok(value) => Ok(if sign == Some('-') { -value } else { value }),
        Err(_) => refuse(
            begin,
            parser.at,
            format!("{} is too large", clipped(&word)),
            "at most 64 bits",
        ),
    }
}

fn character(parser: &mut Parser<'_>) -> Parsed<i128> {
    let begin = parser.at;
    let (bytes, end) = text::quoted(&parser.chars, begin, '\'')?;
    parser.at = end;
    // A lone \xNN above 7f is a byte and no character; its number is what was meant.
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let mut chars = text.chars();
    match (chars.next(), chars.next(), bytes.as_slice()) {
        (Some(c), None, _) => Ok(i128::from(u32::from(c))),
        (None, None, [byte]) => Ok(i128::from(*byte)),
        _ => refuse(
            begin,
            end,
            "single quotes hold one character",
            "'a' or '\\n'",
        ),
    }
}

/// A count or size: a number without a sign, with k, M or G of 1024 behind it if wanted.
pub(super) fn size(parser: &mut Parser<'_>, what: &str, fits: &str) -> Parsed<u64> {
    let begin = parser.at;
    let word = parser.word();
    parser.at += word.chars().count();
    let shift = word.chars().last().map_or(0, |unit| match unit {
        'k' => 10,
        'M' => 20,
        'G' => 30,
        _ => 0,
    });
    let digits = if shift == 0 {
        word.as_str()
    } else {
        word.trim_end_matches(['k', 'M', 'G'])
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || (shift > 0 && digits.len() + 1 != word.len()) {
        return refuse(begin, parser.at, format!("{what} is missing"), fits);
    }
    match digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << shift))
    {
        Some(size) => Ok(size),
        None => refuse(
            begin,
            parser.at,
            format!("{} is too large", clipped(&word)),
            "at most 64 bits",
        ),
    }
}

fn single(parser: &mut Parser<'_>, order: ByteOrder) -> Parsed<Float> {
    let (begin, word) = decimal(parser);
    match word.parse::<f32>() {
        Ok(value) if value.is_infinite() && !names_infinity(&word) => refuse(
            begin,
            parser.at,
            format!("{word} does not fit in f32"),
            "-3.4028235e38 to 3.4028235e38, or inf",
        ),
        // NaNs have many bit patterns and one name.
        Ok(value) if value.is_nan() => Ok(Float::Single(order, f32::NAN.to_bits())),
        Ok(value) => Ok(Float::Single(order, value.to_bits())),
        Err(_) => refuse(
            begin,
            parser.at,
            "a number belongs here",
            "3.14, -1e9, inf or nan",
        ),
    }
}

fn double(parser: &mut Parser<'_>, order: ByteOrder) -> Parsed<Float> {
    let (begin, word) = decimal(parser);
    match word.parse::<f64>() {
        Ok(value) if value.is_infinite() && !names_infinity(&word) => {
            let fits = "-1.7976931348623157e308 to 1.7976931348623157e308, or inf";
            refuse(
                begin,
                parser.at,
                format!("{word} does not fit in f64"),
                fits,
            )
        }
        Ok(value) if value.is_nan() => Ok(Float::Double(order, f64::NAN.to_bits())),
        Ok(value) => Ok(Float::Double(order, value.to_bits())),
        Err(_) => refuse(
            begin,
            parser.at,
            "a number belongs here",
            "3.14, -1e9, inf or nan",
        ),
    }
}

fn decimal(parser: &mut Parser<'_>) -> (usize, String) {
    let begin = parser.at;
    let is_part = |c: &&char| c.is_ascii_alphanumeric() || "+-.".contains(**c);
    let word: String = parser
        .chars
        .iter()
        .skip(begin)
        .take_while(is_part)
        .collect();
    parser.at += word.chars().count();
    (begin, word)
}

fn names_infinity(word: &str) -> bool {
    word.trim_start_matches(['+', '-'])
        .to_ascii_lowercase()
        .starts_with("inf")
}
