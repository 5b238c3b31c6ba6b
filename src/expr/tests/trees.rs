//! Random trees: what is printed parses to an equal tree, and literals of random bytes mean those bytes.

use super::super::{ByteOrder, Expr, Float, IntType, Length, Part, kinds, parse};

/// splitmix64, as `rand` has it.
struct Draw(u64);

impl Draw {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % limit as u64).unwrap()
    }

    fn bytes(&mut self, least: usize) -> Vec<u8> {
        let pool = "az09 \"\\\r\n\t\0;#{}()*é€\u{202e}\u{0}".as_bytes();
        let count = least + self.below(8);
        let is_wild = self.below(2) == 0;
        (0..count)
            .map(|_| {
                if is_wild {
                    self.number().to_le_bytes()[0]
                } else {
                    pool[self.below(pool.len())]
                }
            })
            .collect()
    }

    fn name(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes(1)).into_owned()
    }

    fn int_type(&mut self) -> IntType {
        let width = u8::try_from(1 + self.below(8)).unwrap();
        let order = if width == 1 {
            ByteOrder::Big
        } else {
            self.order()
        };
        match self.below(4) {
            0 => IntType::Dec(1 + width),
            1 => IntType::Hex(width * 2),
            2 => IntType::Varint,
            _ => IntType::Fixed {
                width,
                order,
                signed: self.below(2) == 0,
            },
        }
    }

    fn order(&mut self) -> ByteOrder {
        [ByteOrder::Big, ByteOrder::Little][self.below(2)]
    }

    fn integer(&mut self) -> Part {
        let kind = self.int_type();
        let (least, most) = kind.range();
        Part::Integer(kind, least + i128::from(self.number()) % (most - least + 1))
    }

    fn float(&mut self) -> Float {
        let order = self.order();
        let value = f64::from_bits(self.number());
        let value = if value.is_nan() { f64::NAN } else { value };
        let single = f32::from_bits(u32::try_from(self.number() >> 32).unwrap());
        let single = if single.is_nan() { f32::NAN } else { single };
        if self.below(2) == 0 {
            Float::Double(order, value.to_bits())
        } else {
            Float::Single(order, single.to_bits())
        }
    }

    fn part(&mut self, depth: usize) -> Part {
        let kinds_here = if depth == 0 { 11 } else { 16 };
        match self.below(kinds_here) {
            0 | 1 => Part::Text(self.bytes(0)),
            2 | 3 => Part::Hex(self.bytes(1)),
            4 => self.integer(),
            5 => Part::Float(self.float()),
            6 => Part::Random {
                count: self.number(),
                seed: (self.below(2) == 0).then(|| self.number()),
            },
            7 => Part::File(self.name()),
            8 => Part::Field(self.name()),
            9 => [Part::Count, Part::Now, Part::Last][self.below(3)].clone(),
            10 => Part::Text(b"plain".to_vec()),
            11 => match self.part(depth - 1) {
                repeat @ Part::Repeat(..) => repeat,
                part => Part::Repeat(Box::new(part), self.number()),
            },
            12 => {
                let adjust = self.number().cast_signed() >> self.below(64);
                let length = Length {
                    kind: self.int_type(),
                    inclusive: self.below(2) == 0,
                    adjust,
                };
                Part::Length(length, self.expr(0, depth - 1))
            }
            13 => Part::Frame(self.expr(0, depth - 1)),
            14 => Part::Padded(1 + self.number() % (64 << 20), self.expr(0, depth - 1)),
            _ => {
                let kind = &kinds()[self.below(kinds().len())];
                let order = if kind.width == 1 {
                    kind.order
                } else {
                    self.order()
                };
                Part::Sum {
                    kind,
                    order,
                    body: self.expr(0, depth - 1),
                }
            }
        }
    }

    fn expr(&mut self, least: usize, depth: usize) -> Expr {
        let count = least + self.below(4);
        (0..count).map(|_| self.part(depth)).collect()
    }
}

#[test]
fn printed_trees_parse_to_equal_trees() {
    let mut draw = Draw(1);
    for round in 0..5000 {
        let tree = draw.expr(1, 4);
        let text = tree.to_string();
        let read = parse(&text)
            .unwrap_or_else(|error| panic!("round {round}: {text}: {error}, at {}", error.column));
        assert_eq!(read, tree, "round {round}: {text}");
    }
}

#[test]
fn literals_of_any_bytes_mean_those_bytes() {
    let mut draw = Draw(2);
    for _ in 0..5000 {
        let bytes = [draw.bytes(0), draw.bytes(0), draw.bytes(0)].concat();
        let text = Expr::from_bytes(&bytes).to_string();
        assert_eq!(parse(&text).unwrap().constant(), Ok(bytes), "{text}");
    }
}

#[test]
fn no_text_panics() {
    let words = [
        "len ", "u8", "(", ")", "{", "}", "\"", "\\", "*", ",", "0", "ff ", "frame ", "rand(",
        "seed ", "'", "é", "crc8", "fixed2(", "\\u{", "\\x", "#", ";", "adjust ", "-", "9",
        "file(", "f32be(", " ", "le ",
    ];
    let mut draw = Draw(3);
    for _ in 0..20_000 {
        let text: String = (0..draw.below(12))
            .map(|_| words[draw.below(words.len())])
            .collect();
        if let Err(error) = parse(&text) {
            assert!(
                error.column <= error.end && error.end <= text.chars().count(),
                "{text}: {error:?}"
            );
        }
    }
}
