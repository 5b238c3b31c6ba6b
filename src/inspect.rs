//! Readings of the few bytes at a cursor: numbers in network order, in the other order and as this host would take
//! them, and the other things that such bytes often are. Pure: the host's order is an argument, so that the screen
//! can also show the host that one does not have. What is not there is said to be missing, never invented.

mod form;
mod number;
mod other;

pub use crate::expr::ByteOrder;
pub use form::{Form, Part};
pub use number::{float, grouped};

use crate::locale::Locale;

#[cfg(test)]
mod tests;

/// The most bytes that a reading looks at.
pub const WINDOW_MAX_BYTES: usize = 16;

/// One row of the inspector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What the bytes are read as: `u16`, `IPv4`.
    pub name: &'static str,
    /// How many bytes it takes, those that are missing among them.
    pub width: usize,
    /// The bytes it was read from as they came off the wire; fewer than `width` if some are missing.
    pub bytes: Vec<u8>,
    /// How many bytes are not there yet. While some are missing the readings say so.
    pub missing: usize,
    /// The reading in network order, or the only one where order has no meaning.
    pub network: String,
    /// The reading in little-endian order; equal to `network` where order has no meaning.
    pub little: String,
    /// What this host gets if it takes the bytes as they are.
    pub host: String,
    /// The function that turns the field into a number of this host, where the C library has one.
    pub ntoh: Option<&'static str>,
    /// What this host gets if that function is forgotten; none if that is right all the same.
    pub forgotten: Option<String>,
}

impl Reading {
    /// The bytes as they lie in this host's memory once they were converted.
    #[must_use]
    pub fn in_memory(&self, host: ByteOrder) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        if host == ByteOrder::Little && self.is_ordered() {
            bytes.reverse();
        }
        bytes
    }

    fn is_ordered(&self) -> bool {
        KINDS
            .iter()
            .any(|kind| kind.name == self.name && matches!(kind.read, Read::Ordered(..)))
    }
}

/// A row of the table below.
struct Kind {
    name: &'static str,
    read: Read,
}

/// How a kind is read.
enum Read {
    /// So many bytes, most significant first, and the function that converts them. The reader is handed exactly these.
    Ordered(usize, Option<&'static str>, fn(&[u8]) -> String),
    /// Whatever is there; it says by itself how much it took and how much is missing.
    Plain(fn(&[u8], &Locale) -> Plain),
}

/// What a reader without an order found.
struct Plain {
    width: usize,
    missing: usize,
    text: String,
}

/// Every kind of reading, in the order of the inspector's rows.
static KINDS: &[Kind] = &[
    Kind {
        name: "u8",
        read: Read::Ordered(1, None, number::unsigned),
    },
    Kind {
        name: "u16",
        read: Read::Ordered(2, Some("ntohs"), number::unsigned),
    },
    Kind {
        name: "u24",
        read: Read::Ordered(3, None, number::unsigned),
    },
    Kind {
        name: "u32",
        read: Read::Ordered(4, Some("ntohl"), number::unsigned),
    },
    Kind {
        name: "u64",
        read: Read::Ordered(8, Some("be64toh"), number::unsigned),
    },
    Kind {
        name: "i8",
        read: Read::Ordered(1, None, number::signed),
    },
    Kind {
        name: "i16",
        read: Read::Ordered(2, Some("ntohs"), number::signed),
    },
    Kind {
        name: "i32",
        read: Read::Ordered(4, Some("ntohl"), number::signed),
    },
    Kind {
        name: "i64",
        read: Read::Ordered(8, Some("be64toh"), number::signed),
    },
    Kind {
        name: "f32",
        read: Read::Ordered(4, Some("ntohl"), number::binary32),
    },
    Kind {
        name: "f64",
        read: Read::Ordered(8, Some("be64toh"), number::binary64),
    },
    Kind {
        name: "binary",
        read: Read::Plain(other::binary),
    },
    Kind {
        name: "unix time",
        read: Read::Ordered(4, Some("ntohl"), other::unix_time),
    },
    Kind {
        name: "IPv4",
        read: Read::Ordered(4, Some("ntohl"), other::ipv4),
    },
    Kind {
        name: "port",
        read: Read::Ordered(2, Some("ntohs"), other::port),
    },
    Kind {
        name: "varint",
        read: Read::Plain(other::varint),
    },
    Kind {
        name: "5 digits",
        read: Read::Plain(other::five_digits),
    },
    Kind {
        name: "strlen",
        read: Read::Plain(other::strlen),
    },
    Kind {
        name: "text",
        read: Read::Plain(other::text),
    },
];

/// All readings of the bytes that begin at the cursor, of which at most [`WINDOW_MAX_BYTES`] are looked at. More bytes
/// than are selected may follow; the caller marks the row whose `width` is that of the selection.
#[must_use]
pub fn readings(bytes: &[u8], host: ByteOrder, locale: &Locale) -> Vec<Reading> {
    let window = bytes.get(..WINDOW_MAX_BYTES).unwrap_or(bytes);
    KINDS
        .iter()
        .map(|kind| reading(kind, window, host, locale))
        .collect()
}

fn reading(kind: &Kind, window: &[u8], host: ByteOrder, locale: &Locale) -> Reading {
    match kind.read {
        Read::Ordered(width, ntoh, read) => match window.get(..width) {
            Some(bytes) => ordered(kind.name, bytes, ntoh, read, host),
            None => plain(
                kind.name,
                window,
                missing(width, width - window.len(), locale),
                ntoh,
            ),
        },
        Read::Plain(read) => plain(kind.name, window, read(window, locale), None),
    }
}

fn ordered(
    name: &'static str,
    bytes: &[u8],
    ntoh: Option<&'static str>,
    read: fn(&[u8]) -> String,
    host: ByteOrder,
) -> Reading {
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    let (network, little) = (read(bytes), read(&reversed));
    let taken = match host {
        ByteOrder::Big => &network,
        ByteOrder::Little => &little,
    };
    Reading {
        name,
        width: bytes.len(),
        bytes: bytes.to_vec(),
        missing: 0,
        host: taken.clone(),
        ntoh,
        forgotten: (*taken != network).then(|| taken.clone()),
        network,
        little,
    }
}

fn plain(name: &'static str, window: &[u8], found: Plain, ntoh: Option<&'static str>) -> Reading {
    Reading {
        name,
        width: found.width,
        bytes: window.get(..found.width).unwrap_or(window).to_vec(),
        missing: found.missing,
        network: found.text.clone(),
        little: found.text.clone(),
        host: found.text,
        ntoh,
        forgotten: None,
    }
}

fn missing(width: usize, count: usize, locale: &Locale) -> Plain {
    let text = if count == 1 {
        locale.say("inspector.one-missing").to_owned()
    } else {
        locale.fill("inspector.missing", &[&count])
    };
    Plain {
        width,
        missing: count,
        text,
    }
}
