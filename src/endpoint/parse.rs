//! Reads address words. Every refusal names its column and what would have fitted; whether the address exists is not
//! asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{AddressError, Endpoint, Host, Place, Target, Transport, nearest, unix};

/// Interface names have at most 15 bytes: IFNAMSIZ of net/if.h counts the NUL.
const ZONE_MAX_CHARS: usize = 15;
/// RFC 1035, section 2.3.4, less the root's dot and length bytes.
const HOST_NAME_MAX_CHARS: usize = 253;
const LABEL_MAX_CHARS: usize = 63;

pub(super) const FORMS: &str =
    "tcp://127.0.0.1:7000, udp://[::1]:7000, :7000, *:7000 or unix:/run/x.sock";

pub(super) type Parsed<T> = Result<T, AddressError>;

pub(super) fn target(word: &str) -> Parsed<Target> {
    let Some(name) = word.strip_prefix('@') else {
        return endpoint(word).map(Target::At);
    };
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return refuse(1, "a socket's name begins with a letter", "@L");
    }
    // A tap's conversations have a dot: `T1.3c`.
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    match name.chars().position(|c| !fits(c)) {
        Some(at) => refuse(
            at + 1,
            "not part of a socket's name",
            "letters, digits, -, _ and ., as in @L2 or @T1.3c",
        ),
        None => Ok(Target::Of(name.to_owned())),
    }
}

pub(super) fn endpoint(word: &str) -> Parsed<Endpoint> {
    if word.is_empty() {
        return refuse(0, "an address is missing", FORMS);
    }
    if word.starts_with('@') {
        return refuse(0, "a socket's name where only an address can stand", FORMS);
    }
    if let Some((scheme, rest)) = word.split_once("://") {
        return inet_scheme(scheme, rest);
    }
    if let Some((scheme, rest)) = word.split_once(':') {
        match Transport::of_scheme(scheme) {
            Some(transport) if transport.is_unix() => {
                return unix::endpoint(transport, scheme.len() + 1, rest);
            }
            Some(transport) => {
                return refuse(
                    scheme.len() + 1,
                    "`//` is missing",
                    format!("{}://{rest}", transport.scheme()),
                );
            }
            None if rest.starts_with(['/', '@', '"']) => return unknown_scheme(scheme),
            None => {}
        }
    }
    let transport = Transport::Tcp;
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        let host = Host::Ip(Ipv4Addr::LOCALHOST.into());
        return Ok(Endpoint {
            transport,
            place: Place::Inet {
                host,
                port: port(0, word)?,
            },
        });
    }
    Ok(Endpoint {
        transport,
        place: inet(0, word)?,
    })
}

fn inet_scheme(scheme: &str, rest: &str) -> Parsed<Endpoint> {
    if scheme == "tls" {
        return refuse(0, "tls:// is not built yet", format!("tcp://{rest}"));
    }
    match Transport::of_scheme(scheme) {
        Some(transport) if transport.is_unix() => {
            let path = format!("{scheme}:/{}", rest.trim_start_matches('/'));
            refuse(scheme.len() + 1, "a unix address has no `//`", path)
        }
        Some(transport) => Ok(Endpoint {
            transport,
            place: inet(scheme.len() + 3, rest)?,
        }),
        None => unknown_scheme(scheme),
    }
}

fn unknown_scheme<T>(scheme: &str) -> Parsed<T> {
    let what = format!("`{}` is no scheme", clipped(scheme));
    match nearest(scheme, Transport::ALL.map(Transport::scheme)) {
        Some(name) => refuse(0, what, format!("{name}, if that was meant")),
        None => refuse(
            0,
            what,
            "tcp://, udp://, unix:, unix-dgram: or unix-seqpacket:",
        ),
    }
}

/// `HOST:PORT`, where no host means 127.0.0.1; `column` is where `text` stands in the word.
fn inet(column: usize, text: &str) -> Parsed<Place> {
    if let Some(inside) = text.strip_prefix('[') {
        let Some((ip, rest)) = inside.split_once(']') else {
            return refuse(column + chars(text), "`]` is missing", "[::1]:7000");
        };
        let host = ipv6(column + 1, ip)?;
        let column = column + chars(ip) + 2;
        return match rest.strip_prefix(':') {
            Some(number) => Ok(Place::Inet {
                host,
                port: port(column + 1, number)?,
            }),
            None if rest.is_empty() => {
                refuse(column, "the port is missing", format!("{host}:7000"))
            }
            None => refuse(column, "only a port can follow `]`", format!("{host}:7000")),
        };
    }
    let Some((name, number)) = text.split_once(':') else {
        return no_port(column, text);
    };
    if number.contains(':') {
        return refuse(
            column,
            "an IPv6 address stands in brackets",
            bracketed(text),
        );
    }
    // The host is read first, so that the leftmost fault is the one reported.
    let host = match name {
        "" => Host::Ip(Ipv4Addr::LOCALHOST.into()),
        "*" => Host::Any,
        _ => named_host(column, name)?,
    };
    Ok(Place::Inet {
        host,
        port: port(column + chars(name) + 1, number)?,
    })
}

fn no_port(column: usize, text: &str) -> Parsed<Place> {
    match text {
        "" => refuse(column, "host and port are missing", "127.0.0.1:7000"),
        "*" => refuse(column + 1, "the port is missing", "*:7000"),
        _ => {
            named_host(column, text)?;
            refuse(
                column + chars(text),
                "the port is missing",
                format!("{text}:7000"),
            )
        }
    }
}

/// What the writer of an IPv6 address without brackets probably meant; the last group is a port where the rest is an
/// address.
fn bracketed(text: &str) -> String {
    let split = text
        .rsplit_once(':')
        .filter(|(ip, _)| ip.parse::<Ipv6Addr>().is_ok());
    match split {
        Some((ip, number)) if number.parse::<u16>().is_ok() => format!("[{ip}]:{number}"),
        _ if text.parse::<Ipv6Addr>().is_ok() => format!("[{text}]:7000"),
        _ => "[::1]:7000".to_owned(),
    }
}

fn ipv6(column: usize, text: &str) -> Parsed<Host> {
    let (number, zone) = text
        .split_once('%')
        .map_or((text, None), |(number, zone)| (number, Some(zone)));
    let Ok(ip) = number.parse::<Ipv6Addr>() else {
        return refuse(
            column,
            format!("`{}` is no IPv6 address", clipped(number)),
            "[::1]:7000",
        );
    };
    let Some(zone) = zone else {
        return Ok(Host::Ip(IpAddr::V6(ip)));
    };
    let column = column + chars(number) + 1;
    if zone.is_empty() {
        return refuse(column, "the interface is missing", format!("[{ip}%eth0]:7"));
    }
    let fits = |c: char| c.is_ascii_graphic() && !"%/\"\\;#".contains(c);
    if let Some(at) = zone.chars().position(|c| !fits(c)) {
        return refuse(
            column + at,
            "not part of an interface's name",
            format!("[{ip}%eth0]:7"),
        );
    }
    if chars(zone) > ZONE_MAX_CHARS {
        let fits = format!("at most {ZONE_MAX_CHARS} characters");
        return refuse(column, "the interface's name is too long", fits);
    }
    Ok(Host::Scoped {
        ip,
        zone: zone.to_owned(),
    })
}

fn named_host(column: usize, text: &str) -> Parsed<Host> {
    if let Ok(ip) = text.parse::<Ipv4Addr>() {
        return Ok(Host::Ip(IpAddr::V4(ip)));
    }
    if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        // RFC 1123, section 2.1: what looks like a dotted number is not a name.
        let what = format!("`{}` is no IPv4 address", clipped(text));
        return refuse(column, what, "four numbers from 0 to 255, as in 127.0.0.1");
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if let Some((at, c)) = text.chars().enumerate().find(|(_, c)| !fits(*c)) {
        let remedy = if c.is_ascii() {
            "letters, digits, -, _ and dots"
        } else {
            "its ASCII form, xn--…"
        };
        return refuse(
            column + at,
            format!("{c:?} is not part of a host's name"),
            remedy,
        );
    }
    let labels = text.strip_suffix('.').unwrap_or(text);
    if labels.split('.').any(str::is_empty) {
        return refuse(
            column,
            "an empty part between the dots of a name",
            "localhost:7000",
        );
    }
    if text.len() > HOST_NAME_MAX_CHARS
        || labels.split('.').any(|label| label.len() > LABEL_MAX_CHARS)
    {
        let fits = format!("{HOST_NAME_MAX_CHARS} characters, {LABEL_MAX_CHARS} between dots");
        return refuse(column, "the host's name is too long", fits);
    }
    Ok(Host::Name(text.to_owned()))
}

fn port(column: usize, text: &str) -> Parsed<u16> {
    if text.is_empty() {
        return refuse(column, "the port is missing", "0 to 65535");
    }
    if let Some(at) = text.chars().position(|c| !c.is_ascii_digit()) {
        return refuse(column + at, "a port is a number", "0 to 65535");
    }
    text.parse().or_else(|_| {
        refuse(
            column,
            format!("{} is no port", clipped(text)),
            "0 to 65535",
        )
    })
}

pub(super) fn chars(text: &str) -> usize {
    text.chars().count()
}

/// At most 40 characters of a word for a message.
fn clipped(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some(_) => text.chars().take(39).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

pub(super) fn refuse<T>(
    column: usize,
    what: impl Into<String>,
    fits: impl Into<String>,
) -> Parsed<T> {
    Err(AddressError {
        column,
        what: what.into(),
        fits: fits.into(),
    })
}
