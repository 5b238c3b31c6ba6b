//! Header blocks, which may reach over several frames (RFC 9113, 4.3): the lines that end in each frame.

use crate::framing::dissect::text_of;
use crate::framing::{Field, Flaw, Value};

use super::hpack::{Item, Line, Stop, Table};

/// The most lines of a frame that are kept as fields; more are read for the table alone.
const LINES_MAX: usize = 1000;

/// The most bytes of the lines of a frame that are kept as fields: an index of a byte may stand for 4096.
const KEPT_MAX_BYTES: usize = 64 << 10;

/// Reads header blocks.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    table: Table,
    /// The beginning of a line that goes on in the next frame.
    rest: Vec<u8>,
    /// The rest of this block cannot be read.
    is_lost: bool,
}

impl Blocks {
    /// `is_whole` if no header came before.
    pub(super) fn new(is_whole: bool) -> Self {
        Self {
            table: Table::new(is_whole),
            rest: Vec::new(),
            is_lost: false,
        }
    }

    /// What a frame has of a block, which begins at `at`, and whether the block ends with it. The lines as fields, and
    /// what breaks the rule.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        at: u64,
        is_last: bool,
    ) -> (Vec<Field>, Option<Flaw>) {
        let mut fields = Vec::new();
        let flaw = if self.is_lost {
            None
        } else {
            self.read(bytes, at, is_last, &mut fields)
        };
        if flaw.is_some() {
            self.lose();
        }
        self.is_lost &= !is_last;
        (fields, flaw)
    }

    /// The rest of this block will not be seen whole; what it puts into the table is unknown.
    pub(super) fn lose(&mut self) {
        *self = Self {
            is_lost: true,
            ..Self::new(false)
        };
    }

    /// The block ended out of turn.
    pub(super) fn drop_rest(&mut self) {
        self.lose();
        self.is_lost = false;
    }

    fn read(
        &mut self,
        bytes: &[u8],
        at: u64,
        is_last: bool,
        fields: &mut Vec<Field>,
    ) -> Option<Flaw> {
        let carried = self.rest.len();
        self.rest.extend_from_slice(bytes);
        let offset = |used: usize| at + used.saturating_sub(carried) as u64;
        let (mut used, mut kept) = (0, 0);
        loop {
            let rest = self.rest.get(used..).unwrap_or_default();
            match self.table.take(rest) {
                Ok(None) => break,
                Ok(Some((len, item))) => {
                    let range = offset(used)..offset(used + len);
                    used += len;
                    if let Item::Line(line) = item
                        && fields.len() < LINES_MAX
                        && kept < KEPT_MAX_BYTES
                    {
                        kept += line.name.len() + line.value.len();
                        fields.push(field(&line, range));
                    }
                }
                Err(Stop::Flaw(why)) => {
                    let at = offset(used);
                    return Some(Flaw { why, at });
                }
                Err(Stop::Large) => {
                    self.lose();
                    return None;
                }
            }
        }
        self.rest.drain(..used);
        if is_last && !self.rest.is_empty() {
            let why = "a header that the end of its block cuts off".to_owned();
            let at = offset(used);
            return Some(Flaw { why, at });
        }
        None
    }
}

fn field(line: &Line, range: std::ops::Range<u64>) -> Field {
    Field::new(
        text_of(&line.name),
        range,
        Value::Text(text_of(&line.value)),
    )
}
