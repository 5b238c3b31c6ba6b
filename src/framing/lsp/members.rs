//! Finds the members of a JSON object (RFC 8259), to name them: it does not check the JSON, and holds nothing of it.

use std::ops::Range;

/// A member of an object: its name without quotes, its value, and where that stands.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) range: Range<usize>,
}

/// The members of an object, as far as they are whole.
#[derive(Clone, Debug)]
pub(super) struct Members<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Members<'a> {
    pub(super) fn of(json: &'a [u8]) -> Self {
        let mut members = Self { json, at: 0 };
        members.blanks();
        if members.peek() == Some(b'{') {
            members.at += 1;
        } else {
            members.at = json.len();
        }
        members
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_whitespace() || byte == b',')
        {
            self.at += 1;
        }
    }

    /// Passes a string, whose quote is the next byte.
    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let rest = self.json.get(self.at..)?;
            let step = memchr::memchr2(b'"', b'\\', rest)?;
            let is_quote = rest.get(step) == Some(&b'"');
            self.at += step + if is_quote { 1 } else { 2 };
            if is_quote {
                return Some(());
            }
        }
    }

    /// Passes a value, up to what follows it.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_u64;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b',' if depth == 0 => return Some(()),
                b'}' | b']' if depth == 0 => return Some(()),
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        self.blanks();
        let start = self.at;
        self.peek().filter(|byte| *byte == b'"')?;
        self.string()?;
        let name = self.json.get(start + 1..self.at - 1)?;
        self.blanks();
        self.peek().filter(|byte| *byte == b':')?;
        self.at += 1;
        self.blanks();
        let start = self.at;
        self.value()?;
        let value = self.json.get(start..self.at)?.trim_ascii_end();
        let range = start..start + value.len();
        Some(Member { name, value, range })
    }
}
