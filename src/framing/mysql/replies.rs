//! What each packet of a `MySQL` server is: the answer to a command is one packet, or columns and rows up to their end.

/// What a packet is; the decoder leaves it to the dissection as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Not known.
    Packet,
    Greeting,
    Login,
    /// A login that breaks off for TLS.
    Offer,
    Auth,
    Command,
    /// What a client sends that is no command: a part of its login, or a file.
    Data,
    Done,
    Error,
    Eof,
    File,
    Count,
    Column,
    Row,
    BinaryRow,
    Prepared,
    Text,
    Tls,
    Compressed,
}

const WORDS: &[(Kind, &str)] = &[
    (Kind::Packet, "packet"),
    (Kind::Greeting, "greeting"),
    (Kind::Login, "login"),
    (Kind::Offer, "request for TLS"),
    (Kind::Auth, "authentication"),
    (Kind::Command, "command"),
    (Kind::Data, "data"),
    (Kind::Done, "OK"),
    (Kind::Error, "ERR"),
    (Kind::Eof, "EOF"),
    (Kind::File, "request for a file"),
    (Kind::Count, "columns"),
    (Kind::Column, "column"),
    (Kind::Row, "row"),
    (Kind::BinaryRow, "binary row"),
    (Kind::Prepared, "prepared"),
    (Kind::Text, "text"),
    (Kind::Tls, "TLS"),
    (Kind::Compressed, "compressed"),
];

impl Kind {
    /// Its word.
    pub(super) fn word(self) -> &'static str {
        let found = WORDS.iter().find(|(kind, _)| *kind == self);
        found.map_or("packet", |(_, word)| word)
    }

    /// What a word means.
    pub(super) fn of(word: &str) -> Self {
        let found = WORDS.iter().find(|(_, of)| *of == word);
        found.map_or(Self::Packet, |(kind, _)| *kind)
    }
}

/// A bit of the status: another result follows.
const MORE_RESULTS: u8 = 0x08;

/// An end of columns or rows is shorter than this.
const EOF_MAX_BYTES: u32 = 9;

/// Whether a command is answered: not the end, not the end of a statement, not data for one.
pub(super) fn is_answered(command: u8) -> bool {
    !matches!(command, 0x01 | 0x18 | 0x19)
}

/// What the answer to a command is like, if it is not what most are.
pub(super) fn unusual(command: u8) -> Option<&'static str> {
    Some(match command {
        0x04 => "fields",
        0x09 => "text",
        0x16 => "prepare",
        0x17 | 0x1c => "execute",
        _ => return None,
    })
}

/// How far the answer to a command is.
#[derive(Clone, Debug, Default)]
pub(super) struct Replies {
    stage: Stage,
    is_binary: bool,
    /// The number of the packet before.
    last: u8,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Stage {
    #[default]
    Idle,
    First,
    Text,
    Prepare,
    /// So many columns come, perhaps an end, and then rows.
    Columns(u64),
    /// The columns came.
    Behind,
    Rows,
    /// The parameters and the columns of a statement: so many, and their ends.
    Statement(u64, u64),
    /// Columns without a count, up to an end.
    Fields,
}

impl Replies {
    /// Whether a packet of that number begins an answer. Numbers go on from 255 with 0.
    pub(super) fn is_new(&self, number: u8) -> bool {
        self.stage == Stage::Idle || number == 1 && self.last != 0
    }

    /// An answer begins, to a command that was like that.
    pub(super) fn begin(&mut self, command: Option<&str>) {
        self.is_binary = command == Some("execute");
        self.stage = match command {
            Some("text") => Stage::Text,
            Some("prepare") => Stage::Prepare,
            Some("fields") => Stage::Fields,
            _ => Stage::First,
        };
    }

    /// The next packet, whose first bytes these are.
    pub(super) fn next(&mut self, bytes: &[u8], length: u32, number: u8) -> Kind {
        self.last = number;
        let first = bytes.first().copied().unwrap_or_default();
        let is_end = first == 0xfe && length < EOF_MAX_BYTES;
        if first == 0xff {
            self.stage = Stage::Idle;
            return Kind::Error;
        }
        match self.stage {
            Stage::Idle | Stage::First => self.first(bytes, first, is_end),
            Stage::Text => {
                self.stage = Stage::Idle;
                Kind::Text
            }
            Stage::Prepare => {
                self.stage = statement(bytes);
                Kind::Prepared
            }
            Stage::Columns(left) => {
                self.stage = match left {
                    0 | 1 => Stage::Behind,
                    _ => Stage::Columns(left - 1),
                };
                Kind::Column
            }
            Stage::Behind if is_end => {
                self.stage = Stage::Rows;
                Kind::Eof
            }
            Stage::Behind | Stage::Rows if first == 0xfe && length < super::FULL => {
                let kind = if is_end { Kind::Eof } else { Kind::Done };
                self.ended(if is_end {
                    bytes.get(3)
                } else {
                    status_of(bytes)
                });
                kind
            }
            Stage::Behind | Stage::Rows => {
                self.stage = Stage::Rows;
                if self.is_binary {
                    Kind::BinaryRow
                } else {
                    Kind::Row
                }
            }
            Stage::Statement(parameters, columns) => self.definition(parameters, columns, is_end),
            Stage::Fields if is_end => {
                self.stage = Stage::Idle;
                Kind::Eof
            }
            Stage::Fields => Kind::Column,
        }
    }

    /// A parameter or a column of a statement, or the end of the ones or the others.
    fn definition(&mut self, parameters: u64, columns: u64, is_end: bool) -> Kind {
        self.stage = match (parameters, columns) {
            (1.., _) | (0, 0) if is_end => Stage::Idle,
            (0, _) if is_end => Stage::Statement(0, columns),
            (1.., _) => Stage::Statement(parameters - 1, columns),
            (0, _) => Stage::Statement(0, columns.saturating_sub(1)),
        };
        if is_end { Kind::Eof } else { Kind::Column }
    }

    fn first(&mut self, bytes: &[u8], first: u8, is_end: bool) -> Kind {
        match first {
            0 => {
                self.ended(status_of(bytes));
                Kind::Done
            }
            0xfb => {
                // What the client makes of it is answered in its turn.
                self.stage = Stage::First;
                Kind::File
            }
            0xfe if is_end => {
                self.ended(bytes.get(3));
                Kind::Eof
            }
            0xfe => {
                self.stage = Stage::First;
                Kind::Auth
            }
            _ => {
                let count = integer(bytes).map_or(1, |(count, _)| count);
                self.stage = Stage::Columns(count);
                Kind::Count
            }
        }
    }

    /// The end of a result, behind which another may come.
    fn ended(&mut self, status: Option<&u8>) {
        let has_more = status.is_some_and(|status| status & MORE_RESULTS != 0);
        self.stage = if has_more { Stage::First } else { Stage::Idle };
    }
}

/// The low byte of the status, behind a byte and two numbers.
fn status_of(bytes: &[u8]) -> Option<&u8> {
    let (_, rows) = integer(bytes.get(1..)?)?;
    let (_, id) = integer(bytes.get(1 + rows..)?)?;
    bytes.get(1 + rows + id)
}

/// The counts of columns and of parameters of a statement, and whether anything follows.
fn statement(bytes: &[u8]) -> Stage {
    let &[_, _, _, _, _, a, b, c, d, ..] = bytes else {
        return Stage::Idle;
    };
    let columns = u16::from_le_bytes([a, b]);
    let parameters = u16::from_le_bytes([c, d]);
    if columns == 0 && parameters == 0 {
        return Stage::Idle;
    }
    Stage::Statement(parameters.into(), columns.into())
}

/// A number of one to nine bytes, as its first byte says; how many they are.
pub(super) fn integer(bytes: &[u8]) -> Option<(u64, usize)> {
    let (first, rest) = bytes.split_first()?;
    let width = match first {
        0..=0xfa => return Some(((*first).into(), 1)),
        0xfc => 2,
        0xfd => 3,
        0xfe => 8,
        0xfb | 0xff => return None,
    };
    let bytes = rest.get(..width)?.iter().rev();
    let number = bytes.fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    Some((number, width + 1))
}
