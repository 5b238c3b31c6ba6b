//! Addresses as text that parses back. Names come from peers: what is not plain ASCII stands quoted and escaped.

use std::fmt::{self, Display, Formatter, Write};
use std::net::IpAddr;

use super::{Endpoint, Host, Place, Target};

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(endpoint) => endpoint.fmt(f),
            Self::Of(name) => write!(f, "@{name}"),
        }
    }
}

impl Display for Endpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Inet { host, port } => write!(f, "{}://{host}:{port}", self.transport.scheme()),
            name => write!(f, "{}:{name}", self.transport.scheme()),
        }
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet { host, port } => write!(f, "{host}:{port}"),
            Self::Path(name) => path(f, name),
            Self::Abstract(name) => abstract_name(f, name),
        }
    }
}

impl Display for Host {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_char('*'),
            Self::Ip(IpAddr::V4(ip)) => ip.fmt(f),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
            Self::Scoped { ip, zone } => write!(f, "[{ip}%{zone}]"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// A path, quoted where it would otherwise read as something else.
pub(super) fn path(f: &mut Formatter<'_>, name: &[u8]) -> fmt::Result {
    if name.starts_with(b"@") || name.starts_with(b"//") {
        return quoted(f, name);
    }
    word(f, name)
}

/// An abstract name behind its `@`.
pub(super) fn abstract_name(f: &mut Formatter<'_>, name: &[u8]) -> fmt::Result {
    f.write_char('@')?;
    word(f, name)
}

fn word(f: &mut Formatter<'_>, name: &[u8]) -> fmt::Result {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !b"\"\\;#".contains(byte);
    if name.is_empty() || !name.iter().all(plain) {
        return quoted(f, name);
    }
    name.iter()
        .try_for_each(|byte| f.write_char(char::from(*byte)))
}

fn quoted(f: &mut Formatter<'_>, name: &[u8]) -> fmt::Result {
    f.write_char('"')?;
    for byte in name {
        match byte {
            b'"' | b'\\' => write!(f, "\\{}", char::from(*byte))?,
            b' '..=b'~' => f.write_char(char::from(*byte))?,
            _ => write!(f, "\\x{byte:02x}")?,
        }
    }
    f.write_char('"')
}
