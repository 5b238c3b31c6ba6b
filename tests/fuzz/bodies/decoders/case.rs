//! What an input of the fuzzer means: a few bytes that choose the rule and how the stream comes, then the stream.

use std::sync::OnceLock;

use sockeye::framing::{Cut, MESSAGE_MAX_BYTES, Side, Sight};
use sockeye::words::Words;

use super::seeds;

/// All rules, by the words, in the order of their keys.
static RULES: OnceLock<Vec<(u16, String)>> = OnceLock::new();

/// The bytes before the stream.
pub const HEAD_BYTES: usize = 8;

/// What a stream that is repeated comes to.
const LONG_BYTES: usize = 160 << 10;

/// The byte that says so: few inputs have it, for they take long.
const LONG: u8 = 0xa7;

/// The limits to choose from.
const LIMITS: [u64; 4] = [MESSAGE_MAX_BYTES, u64::MAX, 40, 9];

/// A rule, a stream, and all that may matter beside.
#[derive(Clone, Debug)]
pub struct Case {
    pub words: String,
    pub cut: Cut,
    pub sight: Sight,
    /// The bytes of a read or datagram; the cut may know these.
    pub read_bytes: usize,
    /// Chooses the pieces of which the cut must not know.
    pub seed: u64,
    /// What the other direction sent before.
    pub theirs: Vec<u8>,
    pub stream: Vec<u8>,
    /// The stream is the input over and over: how it is kept and how long it takes is looked at.
    pub is_long: bool,
}

impl Case {
    pub fn of(data: &[u8]) -> Option<Self> {
        let (head, rest) = data.split_at_checked(HEAD_BYTES)?;
        let &[a, b, flags, read, seed, theirs, long, _] = head else {
            return None;
        };
        let words = chosen(u16::from_be_bytes([a, b]));
        let max = LIMITS[usize::from(flags >> 3 & 3)];
        let cut = if flags & 0x18 == 0 || words.contains(" max ") {
            cut(words)
        } else {
            cut(&format!("{words} max {max}"))
        };
        let side = [None, None, Some(Side::Client), Some(Side::Server)][usize::from(flags & 3)];
        let datagrams = flags & 4 != 0;
        let (theirs, stream) = rest.split_at(usize::from(theirs).min(rest.len()));
        let is_long = long == LONG && !stream.is_empty();
        Some(Self {
            words: words.to_owned(),
            cut,
            sight: Sight { side, datagrams },
            read_bytes: if read < 128 {
                usize::MAX
            } else {
                usize::from(read - 127)
            },
            seed: u64::from(seed) + 1,
            theirs: theirs.to_vec(),
            stream: if is_long {
                stream.repeat(LONG_BYTES / stream.len())
            } else {
                stream.to_vec()
            },
            is_long,
        })
    }
}

pub fn rules() -> &'static [(u16, String)] {
    RULES.get_or_init(|| {
        let rules = seeds::rules().into_iter();
        let mut rules: Vec<_> = rules.map(|words| (key(&words), words)).collect();
        rules.sort();
        rules
    })
}

/// The rule with the next key: a rule that is added changes what few inputs of a corpus mean.
fn chosen(wanted: u16) -> &'static str {
    let rules = rules();
    let at = rules.partition_point(|(key, _)| *key < wanted);
    &rules[at % rules.len()].1
}

/// A number that follows from the words (Fowler, Noll, Vo: FNV-1a, folded).
fn key(words: &str) -> u16 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = words.bytes().fold(0x811c_9dc5, step);
    u16::try_from(hash >> 16 ^ hash & 0xffff).unwrap_or(0)
}

/// The rule of these words.
pub fn cut(words: &str) -> Cut {
    match Cut::parse(&mut Words::new(words, 0)) {
        Ok(cut) => cut,
        Err(complaint) => panic!("{words}: {complaint}"),
    }
}
