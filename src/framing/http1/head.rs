//! The head of an HTTP/1 message, line by line: what its first line and its fields say of the body and of the
//! connection (RFC 9112, 2 to 6 and 9). It keeps nothing else of them.

use super::super::dissect::text_of;
use super::super::lines::lines_of;

/// What breaks a line, and at which of its bytes.
pub(in super::super) type Fault = (String, usize);

/// Which of the two a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Request,
    Response,
}

/// A request's method, as far as it matters to the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Head,
    Connect,
    Other,
}

impl Method {
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"HEAD" => Self::Head,
            b"CONNECT" => Self::Connect,
            _ => Self::Other,
        }
    }
}

/// What the first line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Request(Method),
    Response(u16),
}

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

/// The last of the transfer codings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Chunked,
    Other,
}

/// What the Connection field says of the connection's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Persistence {
    Default,
    KeepAlive,
    Close,
}

/// A head, as far as it was read.
#[derive(Clone, Debug)]
pub(super) struct Head {
    start: Start,
    /// HTTP/1.0 or older.
    is_old: bool,
    length: Option<u64>,
    /// How many lengths there are.
    lengths: u32,
    coding: Option<Coding>,
    persistence: Persistence,
    /// The Connection field names Upgrade.
    upgrades: bool,
    /// There is an Upgrade field.
    has_upgrade: bool,
}

impl Head {
    /// Reads the first line.
    pub(super) fn read(line: &[u8], role: Role) -> Result<Self, Fault> {
        let (start, is_old) = match role {
            Role::Request => request_line(line)?,
            Role::Response => status_line(line)?,
        };
        Ok(Self {
            start,
            is_old,
            length: None,
            lengths: 0,
            coding: None,
            persistence: Persistence::Default,
            upgrades: false,
            has_upgrade: false,
        })
    }

    /// The head at the beginning of these bytes, as far as it is good, and where the body begins, if that is there.
    pub(super) fn of(bytes: &[u8]) -> Option<(Self, Option<usize>)> {
        let role = role_of(bytes);
        let mut lines = lines_of(bytes);
        let mut head = Self::read(lines.next()?.1, role).ok()?;
        for (range, line) in lines {
            if line.is_empty() {
                let end = memchr::memchr(b'\n', bytes.get(range.start..)?)?;
                return Some((head, Some(range.start + end + 1)));
            }
            if head.field(line).is_err() {
                break;
            }
        }
        Some((head, None))
    }

    /// Reads a line of a field.
    pub(super) fn field(&mut self, line: &[u8]) -> Result<(), Fault> {
        let (name, at) = field_name(line)?;
        let value = line.get(at..).unwrap_or_default();
        if let Some(zero) = memchr::memchr(0, value) {
            return Err(("a field cannot hold a zero byte".to_owned(), at + zero));
        }
        let fault = |why| (why, at);
        if name.eq_ignore_ascii_case(b"content-length") {
            self.content_length(value).map_err(fault)
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.transfer_encoding(value).map_err(fault)
        } else if name.eq_ignore_ascii_case(b"connection") {
            self.connection(value);
            Ok(())
        } else {
            self.has_upgrade |= name.eq_ignore_ascii_case(b"upgrade");
            Ok(())
        }
    }

    fn content_length(&mut self, value: &[u8]) -> Result<(), String> {
        for number in value.split(|byte| *byte == b',') {
            let length = length_of(number)?;
            if let Some(other) = self.length.filter(|other| *other != length) {
                return Err(format!("Content-Length {other} and {length}"));
            }
            self.length = Some(length);
            self.lengths = self.lengths.saturating_add(1);
        }
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), String> {
        let last = self.coding.get_or_insert(Coding::Other);
        for name in list(value) {
            let is_chunked = name.eq_ignore_ascii_case(b"chunked");
            if is_chunked && *last == Coding::Chunked {
                return Err("Transfer-Encoding: chunked twice".to_owned());
            }
            *last = if is_chunked {
                Coding::Chunked
            } else {
                Coding::Other
            };
        }
        Ok(())
    }

    fn connection(&mut self, value: &[u8]) {
        for option in list(value) {
            if option.eq_ignore_ascii_case(b"close") {
                self.persistence = Persistence::Close;
            } else if option.eq_ignore_ascii_case(b"keep-alive") {
                if self.persistence == Persistence::Default {
                    self.persistence = Persistence::KeepAlive;
                }
            } else {
                self.upgrades |= option.eq_ignore_ascii_case(b"upgrade");
            }
        }
    }

    /// What the first line says.
    pub(super) fn start(&self) -> Start {
        self.start
    }

    /// Whether the body comes in chunks, where there is one.
    pub(super) fn is_chunked(&self) -> bool {
        self.coding == Some(Coding::Chunked)
    }

    /// The bytes that the body has by Content-Length.
    pub(super) fn length(&self) -> Option<u64> {
        self.length.filter(|_| self.coding.is_none())
    }

    /// Whether the sender asks to go on in another protocol.
    pub(super) fn asks_to_switch(&self) -> bool {
        self.start == Start::Request(Method::Connect)
            || (self.upgrades && self.has_upgrade && !self.is_old)
    }

    /// Whether no message of this direction may follow.
    pub(super) fn closes(&self) -> bool {
        match self.persistence {
            Persistence::Close => true,
            Persistence::KeepAlive => self.is_old && self.coding.is_some(),
            Persistence::Default => self.is_old,
        }
    }

    /// Where the body ends (RFC 9112, 6.3); `to` is the method of the request that a response answers.
    pub(super) fn body(&self, to: Method) -> Result<Body, String> {
        let is_response = match self.start {
            Start::Response(100..=199 | 204 | 304) => return Ok(Body::None),
            Start::Response(_) if to == Method::Head => return Ok(Body::None),
            Start::Response(200..=299) if to == Method::Connect => return Ok(Body::None),
            Start::Response(_) => true,
            Start::Request(_) => false,
        };
        match (self.coding, self.length) {
            (Some(Coding::Chunked), _) => Ok(Body::Chunked),
            (Some(Coding::Other), _) if !is_response => {
                Err("a request whose Transfer-Encoding does not end in chunked".to_owned())
            }
            (None, Some(length)) => Ok(Body::Length(length)),
            (None, None) if !is_response => Ok(Body::None),
            (Some(Coding::Other), _) | (None, None) => Ok(Body::UntilClose),
        }
    }

    /// What was odd in the fields, and was taken nevertheless.
    pub(super) fn oddities(&self) -> impl Iterator<Item = &'static str> {
        let both = self.coding.is_some() && self.length.is_some();
        let old = self.coding.is_some() && self.is_old;
        [
            (both, "Transfer-Encoding with Content-Length"),
            (old, "Transfer-Encoding in HTTP/1.0"),
            (self.lengths > 1, "Content-Length repeated"),
        ]
        .into_iter()
        .filter_map(|(is_so, what)| is_so.then_some(what))
    }
}

/// Which of the two begins so.
pub(super) fn role_of(bytes: &[u8]) -> Role {
    if bytes.starts_with(b"HTTP/") {
        Role::Response
    } else {
        Role::Request
    }
}

/// The name of a field, and where its value begins, behind the colon.
pub(in super::super) fn field_name(line: &[u8]) -> Result<(&[u8], usize), Fault> {
    if line.first().is_some_and(|byte| is_blank(*byte)) {
        return Err(("a header continued on the next line".to_owned(), 0));
    }
    let other = line.iter().position(|byte| !is_token(*byte));
    match other.and_then(|at| Some((at, line.split_at_checked(at)?))) {
        Some((0, _)) => Err(("a header without a name".to_owned(), 0)),
        Some((at, (name, [b':', ..]))) => Ok((name, at + 1)),
        Some((at, (_, [byte, ..]))) => Err((format!("the name of a header holds {byte:02x}"), at)),
        _ => Err(("a header without a colon".to_owned(), line.len())),
    }
}

/// A length in digits, with blanks around.
pub(in super::super) fn length_of(value: &[u8]) -> Result<u64, String> {
    let digits = value.trim_ascii();
    let told = || text_of(digits);
    if digits.is_empty() {
        return Err("Content-Length is empty".to_owned());
    }
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(format!("Content-Length `{}` is no number", told()));
    }
    digits
        .iter()
        .try_fold(0_u64, |number, digit| {
            number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        })
        .ok_or_else(|| format!("Content-Length {} is more than a stream can have", told()))
}

/// Method, target and version, and whether that is old.
fn request_line(line: &[u8]) -> Result<(Start, bool), Fault> {
    if role_of(line) == Role::Response {
        return Err(("a response where a request is due".to_owned(), 0));
    }
    let [method, target, version] = request_parts(line).ok_or_else(|| {
        let why = "no request line: method, target and version";
        (why.to_owned(), 0)
    })?;
    if let Some(at) = method.iter().position(|byte| !is_token(*byte)) {
        return Err(("a method that is no word".to_owned(), at));
    }
    let at = method.len() + 1;
    if let Some(blank) = target.iter().position(|byte| *byte <= b' ') {
        return Err(("a blank in the request's target".to_owned(), at + blank));
    }
    let is_old = version_of(version).map_err(|why| (why, at + target.len() + 1))?;
    Ok((Start::Request(Method::of(method)), is_old))
}

/// Method, target and version.
pub(super) fn request_parts(line: &[u8]) -> Option<[&[u8]; 3]> {
    let first = memchr::memchr(b' ', line).filter(|first| *first > 0)?;
    let last = memchr::memrchr(b' ', line)?;
    let target = line
        .get(first + 1..last)
        .filter(|target| !target.is_empty())?;
    Some([line.get(..first)?, target, line.get(last + 1..)?])
}

/// The status, and whether the version is old.
fn status_line(line: &[u8]) -> Result<(Start, bool), Fault> {
    if !line.starts_with(b"HTTP") {
        let why = "no status line: version, status and reason";
        return Err((why.to_owned(), 0));
    }
    let (version, rest) = line.split_at_checked(8).unwrap_or((line, b""));
    let is_old = version_of(version).map_err(|why| (why, 0))?;
    let (digits, behind) = match rest {
        [b' ', a, b, c, behind @ ..] => ([*a, *b, *c], behind),
        _ => return Err(("no status behind the version".to_owned(), 8)),
    };
    let is_number = digits.iter().all(u8::is_ascii_digit) && digits.first() != Some(&b'0');
    if !is_number || !matches!(behind, [] | [b' ', ..]) {
        return Err(("the status has not three digits".to_owned(), 9));
    }
    let add = |number, digit: &u8| number * 10 + u16::from(digit - b'0');
    let is_control = |byte: &u8| *byte < b' ' && *byte != b'\t';
    if let Some(at) = behind.iter().position(is_control) {
        return Err(("a control character in the reason".to_owned(), 12 + at));
    }
    Ok((Start::Response(digits.iter().fold(0, add)), is_old))
}

/// Whether a version is 1.0 or older.
fn version_of(version: &[u8]) -> Result<bool, String> {
    let told = || text_of(version.get(..16).unwrap_or(version));
    match version {
        [
            b'H',
            b'T',
            b'T',
            b'P',
            b'/',
            b'0'..=b'1',
            b'.',
            minor @ b'0'..=b'9',
        ] => Ok(version.get(5) == Some(&b'0') || *minor == b'0'),
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => {
            Err(format!("{}, and this reads HTTP/1", told()))
        }
        _ => Err(format!("`{}` is no version of HTTP", told())),
    }
}

/// The members of a list, empty ones left out.
fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let members = value.split(|byte| *byte == b',');
    members
        .map(<[u8]>::trim_ascii)
        .filter(|name| !name.is_empty())
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether a byte may stand in a name (RFC 9110, 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
