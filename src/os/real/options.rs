//! The options of `event::OPTIONS` as the kernel knows them, one row each: canonical words in, and what the kernel then
//! says in the same words out. Nothing is corrected here: a buffer reads back as large as the kernel made it.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use socket2::{Socket, TcpKeepalive};

use super::raw;

/// An option: how it is set and how it is asked.
struct Row {
    name: &'static str,
    set: fn(&Socket, &str) -> io::Result<()>,
    get: fn(&Socket) -> io::Result<String>,
}

/// What every Unix system has, in the order of the manual.
const ROWS: &[Row] = &[
    Row {
        name: "nodelay",
        set: |socket, value| socket.set_tcp_nodelay(switch(value)?),
        get: |socket| socket.tcp_nodelay().map(on_off),
    },
    Row {
        name: "keepalive",
        set: set_keepalive,
        get: keepalive,
    },
    Row {
        name: "linger",
        set: |socket, value| socket.set_linger(time(value)?.map(whole_seconds)),
        get: |socket| socket.linger().map(millis),
    },
    Row {
        name: "sndbuf",
        set: |socket, value| socket.set_send_buffer_size(number(value)?),
        get: |socket| socket.send_buffer_size().map(|size| size.to_string()),
    },
    Row {
        name: "rcvbuf",
        set: |socket, value| socket.set_recv_buffer_size(number(value)?),
        get: |socket| socket.recv_buffer_size().map(|size| size.to_string()),
    },
    Row {
        name: "rcvlowat",
        set: |socket, value| {
            raw::set_option(socket, libc::SOL_SOCKET, libc::SO_RCVLOWAT, number(value)?)
        },
        get: |socket| raw::option(socket, libc::SOL_SOCKET, libc::SO_RCVLOWAT).map(text),
    },
    Row {
        name: "reuseaddr",
        set: |socket, value| socket.set_reuse_address(switch(value)?),
        get: |socket| socket.reuse_address().map(on_off),
    },
    Row {
        name: "reuseport",
        set: |socket, value| socket.set_reuse_port(switch(value)?),
        get: |socket| socket.reuse_port().map(on_off),
    },
    Row {
        name: "ttl",
        set: |socket, value| {
            let value = number(value)?;
            of_family(
                socket,
                |v6| v6.set_unicast_hops_v6(value),
                |v4| v4.set_ttl_v4(value),
            )
        },
        get: |socket| of_family(socket, Socket::unicast_hops_v6, Socket::ttl_v4).map(text),
    },
    Row {
        name: "broadcast",
        set: |socket, value| socket.set_broadcast(switch(value)?),
        get: |socket| socket.broadcast().map(on_off),
    },
    Row {
        name: "multicast-ttl",
        set: |socket, value| {
            let value = number(value)?;
            of_family(
                socket,
                |v6| v6.set_multicast_hops_v6(value),
                |v4| v4.set_multicast_ttl_v4(value),
            )
        },
        get: |socket| {
            of_family(socket, Socket::multicast_hops_v6, Socket::multicast_ttl_v4).map(text)
        },
    },
    Row {
        name: "multicast-loop",
        set: |socket, value| {
            let value = switch(value)?;
            of_family(
                socket,
                |v6| v6.set_multicast_loop_v6(value),
                |v4| v4.set_multicast_loop_v4(value),
            )
        },
        get: |socket| {
            of_family(socket, Socket::multicast_loop_v6, Socket::multicast_loop_v4).map(on_off)
        },
    },
    Row {
        name: "join",
        set: |socket, value| match group(value)? {
            IpAddr::V4(group) => socket.join_multicast_v4(&group, &Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(group) => socket.join_multicast_v6(&group, 0),
        },
        get: |_| Err(cannot_be_asked()),
    },
    Row {
        name: "leave",
        set: |socket, value| match group(value)? {
            IpAddr::V4(group) => socket.leave_multicast_v4(&group, &Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(group) => socket.leave_multicast_v6(&group, 0),
        },
        get: |_| Err(cannot_be_asked()),
    },
    Row {
        name: "v6only",
        set: |socket, value| socket.set_only_v6(switch(value)?),
        get: |socket| socket.only_v6().map(on_off),
    },
    Row {
        name: "oobinline",
        set: |socket, value| socket.set_out_of_band_inline(switch(value)?),
        get: |socket| socket.out_of_band_inline().map(on_off),
    },
    Row {
        name: "maxseg",
        set: |socket, value| socket.set_tcp_mss(number(value)?),
        get: |socket| socket.tcp_mss().map(text),
    },
];

/// What Linux has beside.
#[cfg(target_os = "linux")]
const LINUX: &[Row] = &[
    Row {
        name: "cork",
        set: |socket, value| socket.set_tcp_cork(switch(value)?),
        get: |socket| socket.tcp_cork().map(on_off),
    },
    Row {
        name: "quickack",
        set: |socket, value| socket.set_tcp_quickack(switch(value)?),
        get: |socket| socket.tcp_quickack().map(on_off),
    },
    Row {
        name: "user-timeout",
        set: |socket, value| socket.set_tcp_user_timeout(time(value)?),
        get: |socket| socket.tcp_user_timeout().map(millis),
    },
    Row {
        name: "rto-max",
        set: |socket, value| {
            let value = number(value)?;
            raw::set_option(socket, libc::IPPROTO_TCP, raw::TCP_RTO_MAX_MS, value)
        },
        get: |socket| raw::option(socket, libc::IPPROTO_TCP, raw::TCP_RTO_MAX_MS).map(text),
    },
    Row {
        name: "tos",
        set: |socket, value| {
            let value = number(value)?;
            of_family(
                socket,
                |v6| v6.set_tclass_v6(value),
                |v4| v4.set_tos_v4(value),
            )
        },
        get: |socket| of_family(socket, Socket::tclass_v6, Socket::tos_v4).map(text),
    },
    Row {
        name: "freebind",
        set: |socket, value| {
            let value = switch(value)?;
            of_family(
                socket,
                |v6| v6.set_freebind_v6(value),
                |v4| v4.set_freebind_v4(value),
            )
        },
        get: |socket| of_family(socket, Socket::freebind_v6, Socket::freebind_v4).map(on_off),
    },
    Row {
        name: "mark",
        set: |socket, value| socket.set_mark(number(value)?),
        get: |socket| socket.mark().map(text),
    },
    Row {
        name: "congestion",
        set: |socket, value| socket.set_tcp_congestion(value.as_bytes()),
        get: |socket| Ok(rustix::net::sockopt::tcp_congestion(socket)?),
    },
];

#[cfg(not(target_os = "linux"))]
const LINUX: &[Row] = &[];

/// Sets an option by its name and its canonical words.
///
/// # Errors
///
/// As setsockopt(2); `EINVAL` for words that are none of this option, `ENOPROTOOPT` for an option that is not here.
pub(super) fn set(socket: &Socket, name: &str, value: &str) -> io::Result<()> {
    (row(name)?.set)(socket, value)
}

/// The effective value of an option, in its canonical words.
///
/// # Errors
///
/// As getsockopt(2); `ENOPROTOOPT` for an option that is not here or cannot be asked.
pub(super) fn get(socket: &Socket, name: &str) -> io::Result<String> {
    (row(name)?.get)(socket)
}

fn row(name: &str) -> io::Result<&'static Row> {
    let mut all = ROWS.iter().chain(LINUX);
    all.find(|row| row.name == name).ok_or_else(cannot_be_asked)
}

fn cannot_be_asked() -> io::Error {
    io::Error::from_raw_os_error(libc::ENOPROTOOPT)
}

fn invalid() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}

/// The call for an IPv6 socket, or the one for all others.
fn of_family<T>(
    socket: &Socket,
    v6: impl FnOnce(&Socket) -> T,
    v4: impl FnOnce(&Socket) -> T,
) -> T {
    if socket.local_addr().is_ok_and(|addr| addr.is_ipv6()) {
        v6(socket)
    } else {
        v4(socket)
    }
}

fn switch(value: &str) -> io::Result<bool> {
    match value {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(invalid()),
    }
}

fn on_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

fn text(value: impl Into<i64>) -> String {
    value.into().to_string()
}

fn number<T: std::str::FromStr>(value: &str) -> io::Result<T> {
    value.parse().map_err(|_| invalid())
}

fn group(value: &str) -> io::Result<IpAddr> {
    number(value)
}

fn time(value: &str) -> io::Result<Option<Duration>> {
    match value {
        "off" => Ok(None),
        millis => Ok(Some(Duration::from_millis(number(millis)?))),
    }
}

fn millis(time: Option<Duration>) -> String {
    time.map_or_else(|| on_off(false), |time| time.as_millis().to_string())
}

/// `SO_LINGER` counts seconds, and 0 resets the connection: half a second must not.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(
        time.as_millis()
            .div_ceil(1000)
            .try_into()
            .unwrap_or(u64::MAX),
    )
}

/// `off`, or seconds before the first probe, seconds between, and how many (tcp(7)).
fn set_keepalive(socket: &Socket, value: &str) -> io::Result<()> {
    let words: Vec<&str> = value.split_whitespace().collect();
    match words.as_slice() {
        ["off"] => socket.set_keepalive(false),
        [idle, interval, count] => {
            let probes = TcpKeepalive::new()
                .with_time(Duration::from_secs(number(idle)?))
                .with_interval(Duration::from_secs(number(interval)?))
                .with_retries(number(count)?);
            socket.set_tcp_keepalive(&probes)
        }
        _ => Err(invalid()),
    }
}

fn keepalive(socket: &Socket) -> io::Result<String> {
    if !socket.keepalive()? {
        return Ok(on_off(false));
    }
    let idle = socket.tcp_keepalive_time()?.as_secs();
    let interval = socket.tcp_keepalive_interval()?.as_secs();
    let count = socket.tcp_keepalive_retries()?;
    Ok(format!("{idle} {interval} {count}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::OPTIONS;

    #[test]
    fn every_option_has_its_row() {
        for option in OPTIONS.iter().filter(|option| option.name != "nonblock") {
            let known = row(option.name).is_ok();
            assert!(known || cfg!(not(target_os = "linux")), "{}", option.name);
        }
        for row in ROWS.iter().chain(LINUX) {
            assert!(crate::event::option(row.name).is_some(), "{}", row.name);
        }
    }
}
