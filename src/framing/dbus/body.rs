//! The body of a D-Bus message as a tree, by its signature (D-Bus Specification, Type System and Wire Format). Values
//! are aligned, counted from the first byte of the body, as that is aligned to eight itself.

use crate::framing::Value;
use crate::framing::dissect::{Dissect, text_of};

/// Reads the values of a signature, one after the other.
pub(super) fn values(dissect: &mut Dissect<'_>, signature: &[u8]) -> Option<()> {
    let start = dissect.at();
    Body { start, dissect }.values(signature)
}

struct Body<'d, 'a> {
    /// The first byte of the body.
    start: u64,
    dissect: &'d mut Dissect<'a>,
}

impl Body<'_, '_> {
    fn values(&mut self, signature: &[u8]) -> Option<()> {
        let mut rest = signature;
        while !rest.is_empty() {
            let (kind, behind) = split(rest)?;
            self.value(kind)?;
            rest = behind;
        }
        Some(())
    }

    /// Reads a value of a single complete type.
    fn value(&mut self, kind: &[u8]) -> Option<()> {
        let (&first, inner) = kind.split_first()?;
        self.align(alignment(first)?)?;
        match first {
            b'y' => self.dissect.number("byte", 1).map(|_| ()),
            b'b' => {
                let names = &[(0, "false"), (1, "true")];
                self.dissect.named("boolean", 4, names).map(|_| ())
            }
            b'n' => self.signed("int16", 2),
            b'i' => self.signed("int32", 4),
            b'x' => self.signed("int64", 8),
            b'q' => self.dissect.number("uint16", 2).map(|_| ()),
            b'u' => self.dissect.number("uint32", 4).map(|_| ()),
            b't' => self.dissect.number("uint64", 8).map(|_| ()),
            b'h' => self.dissect.number("descriptor", 4).map(|_| ()),
            b'd' => {
                let double = f64::from_bits(self.dissect.unsigned(8)?);
                let text = Value::Text(double.to_string());
                self.dissect.name("double", 8, text)
            }
            b's' => self.text("string", 4).map(|_| ()),
            b'o' => self.text("path", 4).map(|_| ()),
            b'g' => self.text("signature", 1).map(|_| ()),
            b'v' => self.group("variant", |body| {
                let signature = body.text("signature", 1)?;
                let (kind, behind) = split(&signature)?;
                body.value(kind).filter(|()| behind.is_empty())
            }),
            b'a' => self.array(inner),
            b'(' => self.group("struct", |body| body.values(inner.strip_suffix(b")")?)),
            b'{' => self.group("entry", |body| body.values(inner.strip_suffix(b"}")?)),
            _ => None,
        }
    }

    fn signed(&mut self, name: &'static str, width: usize) -> Option<()> {
        let number = self.dissect.unsigned(width)?;
        let shift = 64 - 8 * u32::try_from(width).ok()?;
        let number = (number << shift).cast_signed() >> shift;
        self.dissect.name(name, width, Value::Number(number.into()))
    }

    /// A text with its length before it and a zero byte behind.
    fn text(&mut self, name: &'static str, width: usize) -> Option<Vec<u8>> {
        let length = usize::try_from(self.dissect.unsigned(width)?).ok()?;
        let text = self.dissect.text(name, length)?;
        self.dissect.skip(1)?;
        Some(text.to_vec())
    }

    fn array(&mut self, kind: &[u8]) -> Option<()> {
        let length = usize::try_from(self.dissect.unsigned(4)?).ok()?;
        self.align(alignment(*kind.first()?)?)?;
        if kind == b"y" {
            return self.octets(length);
        }
        let is_whole = self.dissect.rest().len() >= length;
        let start = self.start;
        self.dissect.group("array", |dissect| {
            dissect.within(length, |dissect| {
                let mut body = Body { start, dissect };
                while !body.dissect.is_done() {
                    let at = body.dissect.at();
                    body.value(kind)?;
                    // What takes no bytes has no end.
                    (body.dissect.at() > at).then_some(())?;
                }
                Some(())
            })
        })?;
        is_whole.then_some(())
    }

    /// Bytes, which are often a text.
    fn octets(&mut self, length: usize) -> Option<()> {
        let bytes = self.dissect.skip(length)?;
        let text = bytes.strip_suffix(b"\0").unwrap_or(bytes);
        let is_text = !text.is_empty() && text.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let value = if is_text {
            Value::Text(text_of(text))
        } else {
            Value::Bytes
        };
        self.dissect.name("bytes", length, value)
    }

    fn group(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Body<'_, '_>) -> Option<()>,
    ) -> Option<()> {
        let start = self.start;
        self.dissect
            .group(name, |dissect| read(&mut Body { start, dissect }))
    }

    fn align(&mut self, to: u64) -> Option<()> {
        let at = self.dissect.at() - self.start;
        let padding = usize::try_from(at.next_multiple_of(to) - at).ok()?;
        self.dissect.skip(padding).map(|_| ())
    }
}

/// The first single complete type of a signature, and what stands behind it.
fn split(signature: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut open = 0_usize;
    for (at, kind) in signature.iter().enumerate() {
        match kind {
            b'a' => continue,
            b'(' | b'{' => open += 1,
            b')' | b'}' => open = open.checked_sub(1)?,
            _ => {}
        }
        if open == 0 {
            return signature.split_at_checked(at + 1);
        }
    }
    None
}

/// To how many bytes a value of a type is aligned.
fn alignment(kind: u8) -> Option<u64> {
    match kind {
        b'y' | b'g' | b'v' => Some(1),
        b'n' | b'q' => Some(2),
        b'b' | b'i' | b'u' | b'h' | b's' | b'o' | b'a' => Some(4),
        b'x' | b't' | b'd' | b'(' | b'{' => Some(8),
        _ => None,
    }
}
