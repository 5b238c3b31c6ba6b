//! Expressions as canonical text. What is printed parses to an equal tree; nothing of how it was first written is
//! kept.

use std::fmt::{self, Display, Formatter, Write};

use super::{Expr, Float, Length, Part, text};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                f.write_char(' ')?;
            }
            part.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(bytes) => text::print(f, bytes),
            Self::Hex(bytes) => hex(f, bytes, " "),
            Self::Integer(kind, value) => write!(f, "{kind}({value})"),
            Self::Float(float) => float.fmt(f),
            Self::Repeat(part, count) => {
                match &**part {
                    // The repeat binds to one token, which therefore has to hold all the bytes.
                    Self::Hex(bytes) => hex(f, bytes, "")?,
                    part => part.fmt(f)?,
                }
                write!(f, "*{count}")
            }
            Self::Random { count, seed: None } => write!(f, "rand({count})"),
            Self::Random {
                count,
                seed: Some(seed),
            } => write!(f, "rand({count} seed {seed})"),
            Self::File(path) => named(f, "file", path),
            Self::Length(length, body) => {
                length.fmt(f)?;
                braced(f, body)
            }
            Self::Frame(body) => {
                f.write_str("frame ")?;
                match body.parts.as_slice() {
                    [text @ Self::Text(_)] => text.fmt(f),
                    _ => braced(f, body),
                }
            }
            Self::Padded(width, body) => write!(f, "fixed{width}({body})"),
            Self::Count => f.write_str("count()"),
            Self::Now => f.write_str("now()"),
            Self::Last => f.write_str("last()"),
            Self::Field(name) => named(f, "field", name),
            Self::Group(name) => named(f, "group", name),
            Self::Saved(name) => named(f, "saved", name),
            Self::Sum { kind, order, body } => {
                f.write_str(kind.name)?;
                if *order != kind.order {
                    write!(f, " {} ", order.name())?;
                }
                braced(f, body)
            }
        }
    }
}

impl Display for Length {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "len {} ", self.kind)?;
        if self.inclusive {
            f.write_str("incl ")?;
        }
        if self.adjust != 0 {
            write!(f, "adjust {:+} ", self.adjust)?;
        }
        Ok(())
    }
}

impl Display for Float {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // The debug form is the shortest that reads back to the same bits, and shows the sign of zero.
        match self {
            Self::Single(order, bits) => {
                write!(f, "f32{}({:?})", order.name(), f32::from_bits(*bits))
            }
            Self::Double(order, bits) => {
                write!(f, "f64{}({:?})", order.name(), f64::from_bits(*bits))
            }
        }
    }
}

fn braced(f: &mut Formatter<'_>, body: &Expr) -> fmt::Result {
    if body.parts.is_empty() {
        f.write_str("{ }")
    } else {
        write!(f, "{{ {body} }}")
    }
}

fn hex(f: &mut Formatter<'_>, bytes: &[u8], between: &str) -> fmt::Result {
    for (index, byte) in bytes.iter().enumerate() {
        let before = if index > 0 { between } else { "" };
        write!(f, "{before}{byte:02x}")?;
    }
    Ok(())
}

/// A path or a field's name in parentheses, quoted where it would otherwise read as something else.
fn named(f: &mut Formatter<'_>, function: &str, name: &str) -> fmt::Result {
    write!(f, "{function}(")?;
    if name.chars().all(is_bare) {
        f.write_str(name)?;
    } else {
        text::print(f, name.as_bytes())?;
    }
    f.write_char(')')
}

/// Characters of a path or name that need no quotes.
pub(super) fn is_bare(c: char) -> bool {
    c.is_ascii_graphic() && !"\"\\();#{}".contains(c)
}
