//! Expressions to bytes. Sizes are checked before memory is taken, and bodies are evaluated once, whatever repeats
//! them.

use std::fmt::{self, Display, Formatter};

use super::{ByteOrder, Expr, Float, IntType, Length, Part, RESULT_MAX_BYTES};

/// What an expression may ask of the world.
pub trait Context {
    /// The payload in the socket's own framing.
    ///
    /// # Errors
    /// Why the framing cannot hold the payload, or that there is none.
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String>;

    /// A fresh seed for `rand` without one.
    fn seed(&mut self) -> u64;

    /// The bytes of a file, read beforehand; `Expr::files` names them.
    ///
    /// # Errors
    /// Why there are none.
    fn file(&self, path: &str) -> Result<&[u8], String>;

    /// The next number of this socket's own count, for `count()`.
    fn count(&mut self) -> u64;

    /// Microseconds since 1970, for `now()`.
    fn now(&self) -> u64;

    /// The newest message received here.
    fn last(&self) -> Option<Vec<u8>>;

    /// A field of the newest message received here.
    fn field(&self, name: &str) -> Option<Vec<u8>>;

    /// What a group of the regular expression matched that brought the message which is answered.
    fn group(&self, _name: &str) -> Option<Vec<u8>> {
        None
    }

    /// The bytes of the expression that is stored under that name.
    ///
    /// # Errors
    /// That there is none, that it means itself, or why it has no bytes now.
    fn saved(&mut self, _name: &str) -> Result<Vec<u8>, String> {
        Err("nothing is stored here".to_owned())
    }
}

/// Why an expression has no bytes now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvalError {
    /// A sentence without its full stop.
    pub what: String,
}

impl Display for EvalError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for EvalError {}

type Evaluated = Result<Vec<u8>, EvalError>;

pub(super) fn bytes(expr: &Expr, cx: &mut dyn Context) -> Evaluated {
    let mut bytes = Vec::new();
    for part in &expr.parts {
        let more = part_bytes(part, cx)?;
        fits(bytes.len(), more.len())?;
        if bytes.is_empty() {
            bytes = more;
        } else {
            bytes.extend_from_slice(&more);
        }
    }
    Ok(bytes)
}

pub(super) fn constant(expr: &Expr) -> Evaluated {
    let mut changing = None;
    expr.visit(&mut |part| {
        let changes = match part {
            Part::Random { seed, .. } => seed.is_none(),
            Part::File(_)
            | Part::Frame(_)
            | Part::Count
            | Part::Now
            | Part::Last
            | Part::Field(_)
            | Part::Group(_)
            | Part::Saved(_) => true,
            _ => false,
        };
        if changes && changing.is_none() {
            changing = Some(part);
        }
    });
    match changing {
        Some(part) => refuse(format!(
            "{part} changes from send to send; only fixed bytes can stand here"
        )),
        None => bytes(expr, &mut Nothing),
    }
}

fn part_bytes(part: &Part, cx: &mut dyn Context) -> Evaluated {
    match part {
        Part::Text(bytes) | Part::Hex(bytes) => Ok(bytes.clone()),
        Part::Integer(kind, value) => integer(*kind, *value),
        Part::Float(float) => Ok(float.bytes()),
        Part::Repeat(part, count) => repeat(&part_bytes(part, cx)?, *count),
        Part::Random { count, seed } => {
            let count = within(*count)?;
            Ok(random(count, seed.unwrap_or_else(|| cx.seed())))
        }
        Part::File(path) => {
            let bytes = cx.file(path).map_err(|what| EvalError { what })?;
            fits(0, bytes.len())?;
            Ok(bytes.to_vec())
        }
        Part::Length(length, body) => length.before(bytes(body, cx)?),
        Part::Frame(body) => {
            let payload = bytes(body, cx)?;
            let framed = cx.frame(&payload).map_err(|what| EvalError { what })?;
            fits(0, framed.len())?;
            Ok(framed)
        }
        Part::Padded(width, body) => padded(*width, bytes(body, cx)?),
        // Plain decimal digits, so that they can be read in any pane; dec, hex and u32be need a number that is
        // written.
        Part::Count => Ok(cx.count().to_string().into_bytes()),
        Part::Now => Ok((cx.now() / 1000).to_string().into_bytes()),
        Part::Last => known(
            cx.last(),
            "last() has nothing: no message has been received",
        ),
        Part::Field(name) => {
            let bytes = cx.field(name);
            known(
                bytes,
                &format!("field({name}) has nothing: no message with that field has been received"),
            )
        }
        Part::Group(name) => {
            let bytes = cx.group(name);
            let why = "nothing: it stands for a part of /…/ in `on message /…/ send …`";
            known(bytes, &format!("group({name}) has {why}"))
        }
        Part::Saved(name) => {
            let bytes = cx.saved(name).map_err(|what| EvalError { what })?;
            fits(0, bytes.len())?;
            Ok(bytes)
        }
        Part::Sum { kind, order, body } => Ok(kind.bytes(&bytes(body, cx)?, *order)),
    }
}

fn integer(kind: IntType, value: i128) -> Evaluated {
    kind.encode(value).map_err(|misfit| EvalError {
        what: misfit.to_string(),
    })
}

impl Float {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Single(ByteOrder::Big, bits) => bits.to_be_bytes().to_vec(),
            Self::Single(ByteOrder::Little, bits) => bits.to_le_bytes().to_vec(),
            Self::Double(ByteOrder::Big, bits) => bits.to_be_bytes().to_vec(),
            Self::Double(ByteOrder::Little, bits) => bits.to_le_bytes().to_vec(),
        }
    }
}

impl Length {
    /// The body with its length in front.
    fn before(self, body: Vec<u8>) -> Evaluated {
        let mut bytes = self.number(body.len())?;
        fits(bytes.len(), body.len())?;
        bytes.extend(body);
        Ok(bytes)
    }

    fn number(self, body: usize) -> Evaluated {
        let rest = i128::try_from(body)
            .unwrap_or(i128::MAX)
            .saturating_sub(i128::from(self.adjust));
        if !self.inclusive {
            return integer(self.kind, rest);
        }
        // Only a varint's own length depends on the number, and grows with it: the first length that agrees is the
        // one.
        let mut own = 1;
        loop {
            let bytes = integer(self.kind, rest + own)?;
            match i128::try_from(bytes.len()) {
                Ok(length) if length > own => own = length,
                _ => return Ok(bytes),
            }
        }
    }
}

fn repeat(bytes: &[u8], count: u64) -> Evaluated {
    let total = u64::try_from(bytes.len())
        .ok()
        .and_then(|length| length.checked_mul(count));
    within(total.unwrap_or(u64::MAX))?;
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(bytes.repeat(within(count)?))
}

fn padded(width: u64, mut bytes: Vec<u8>) -> Evaluated {
    let room = within(width)?;
    if bytes.len() > room {
        return refuse(format!("{} bytes do not fit in fixed{width}", bytes.len()));
    }
    bytes.resize(room, 0);
    Ok(bytes)
}

/// Bytes of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014), each number
/// little-endian.
fn random(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let numbers = std::iter::repeat_with(|| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    });
    numbers.flat_map(u64::to_le_bytes).take(count).collect()
}

fn fits(have: usize, more: usize) -> Result<(), EvalError> {
    let total = have
        .checked_add(more)
        .and_then(|total| u64::try_from(total).ok());
    within(total.unwrap_or(u64::MAX)).map(|_| ())
}

/// The size as one that memory can be taken for.
fn within(size: u64) -> Result<usize, EvalError> {
    match usize::try_from(size) {
        Ok(size_here) if size <= RESULT_MAX_BYTES => Ok(size_here),
        _ => refuse(format!(
            "more than {} MiB in one expression; repeat the send instead",
            RESULT_MAX_BYTES >> 20
        )),
    }
}

fn known(bytes: Option<Vec<u8>>, otherwise: &str) -> Evaluated {
    match bytes {
        Some(bytes) => fits(0, bytes.len()).map(|()| bytes),
        None => refuse(otherwise.to_owned()),
    }
}

fn refuse<T>(what: String) -> Result<T, EvalError> {
    Err(EvalError { what })
}

/// The context of a constant, which asks for nothing.
struct Nothing;

impl Context for Nothing {
    fn frame(&self, _: &[u8]) -> Result<Vec<u8>, String> {
        Err("there is no framing here".to_owned())
    }

    fn seed(&mut self) -> u64 {
        0
    }

    fn file(&self, path: &str) -> Result<&[u8], String> {
        Err(format!("{path} cannot be read here"))
    }

    fn count(&mut self) -> u64 {
        0
    }

    fn now(&self) -> u64 {
        0
    }

    fn last(&self) -> Option<Vec<u8>> {
        None
    }

    fn field(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}
