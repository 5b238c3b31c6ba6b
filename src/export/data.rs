//! Bytes as a program spells them: short pieces, so that lines stay readable, and long runs of one byte as what they
//! are.

/// From so many equal bytes on they are a run.
const RUN_MIN: usize = 48;

/// The most bytes of a piece.
const PIECE_BYTES: usize = 72;

/// A part of what is spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it is.
    Plain(Vec<u8>),
    /// One byte, so many times.
    Run(u8, u64),
}

/// Bytes in their parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    parts: Vec<Part>,
    /// How many equal bytes the last plain part ends with.
    equal: usize,
    /// How many bytes these are.
    pub len: u64,
    /// How many of them are spelled one by one.
    pub plain: u64,
}

impl Data {
    /// One byte, so many times.
    pub(super) fn repeated(byte: u8, len: u64) -> Self {
        Self {
            parts: vec![Part::Run(byte, len)],
            len,
            ..Self::default()
        }
    }

    /// Adds bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.add(*byte);
        }
    }

    fn add(&mut self, byte: u8) {
        self.len += 1;
        match self.parts.last_mut() {
            Some(Part::Run(same, times)) if *same == byte => {
                *times += 1;
                return;
            }
            Some(Part::Plain(plain)) => {
                self.equal = match plain.last() {
                    Some(last) if *last == byte => self.equal + 1,
                    _ => 1,
                };
                plain.push(byte);
                self.plain += 1;
                if self.equal < RUN_MIN {
                    return;
                }
                plain.truncate(plain.len() - RUN_MIN);
                self.plain -= RUN_MIN as u64;
                if plain.is_empty() {
                    self.parts.pop();
                }
                self.parts.push(Part::Run(byte, RUN_MIN as u64));
            }
            _ => {
                self.parts.push(Part::Plain(vec![byte]));
                self.plain += 1;
            }
        }
        self.equal = 1;
    }

    /// The parts.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// Bytes as lines have them: many are cut behind their line ends, and where a line would be too wide.
pub(super) fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    if bytes.len() <= PIECE_BYTES {
        return vec![bytes];
    }
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.flat_map(|line| line.chunks(PIECE_BYTES)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Data {
        let mut data = Data::default();
        data.push(bytes);
        data
    }

    fn joined(parts: &[Part]) -> Vec<u8> {
        let bytes = parts.iter().map(|part| match part {
            Part::Plain(bytes) => bytes.clone(),
            Part::Run(byte, times) => vec![*byte; usize::try_from(*times).unwrap()],
        });
        bytes.collect::<Vec<_>>().concat()
    }

    #[test]
    fn parts_are_the_bytes() {
        let long: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let cases: [&[u8]; 7] = [
            b"",
            b"a",
            &[b'x'; RUN_MIN - 1],
            &[b'x'; RUN_MIN],
            &[b"ab".as_slice(), &[b'b'; 500], b"b\nend"].concat(),
            &[[0; 50].as_slice(), &[1; 50], b"a\nb\n", &[1; 60]].concat(),
            &long,
        ];
        for bytes in cases {
            let data = of(bytes);
            assert_eq!(joined(data.parts()), bytes);
            assert_eq!(data.len, bytes.len() as u64);
            let plain = data.parts().iter().filter_map(|part| match part {
                Part::Plain(bytes) => Some(bytes.len() as u64),
                Part::Run(..) => None,
            });
            assert_eq!(data.plain, plain.sum::<u64>());
        }
    }

    #[test]
    fn runs_are_runs_and_lines_are_lines() {
        let bytes = [b"ab".as_slice(), &[b'x'; 300], b"end"].concat();
        let plain = |text: &[u8]| Part::Plain(text.to_vec());
        assert_eq!(
            of(&bytes).parts(),
            [plain(b"ab"), Part::Run(b'x', 300), plain(b"end")]
        );
        let head = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", "example".repeat(9));
        let pieces = pieces(head.as_bytes());
        assert_eq!(pieces.len(), 3, "{pieces:?}");
        assert_eq!(pieces.first(), Some(&b"GET / HTTP/1.1\r\n".as_slice()));
        assert_eq!(pieces.concat(), head.as_bytes());
    }
}
