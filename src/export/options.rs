//! The options of `event::OPTIONS` as setsockopt(2) takes them: level, constant and the form of the value. One option
//! of ours may be several of the kernel's.

use std::net::IpAddr;

use crate::event::option;

/// One `setsockopt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The name of the level.
    pub(super) level: &'static str,
    /// The name of the option.
    pub(super) constant: String,
    /// What it is set to.
    pub(super) value: Value,
}

/// A value in the form in which the kernel takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// An `int`.
    Number(String),
    /// A `struct linger`: whether, and for how many seconds.
    Linger(bool, u64),
    /// A `struct ip_mreq` or `ipv6_mreq` on any interface.
    Group(IpAddr),
    /// Characters.
    Word(String),
}

/// Options that the IPv6 family names otherwise.
const V6: &[(&str, &str)] = &[
    ("IP_TTL", "IPV6_UNICAST_HOPS"),
    ("IP_TOS", "IPV6_TCLASS"),
    ("IP_MULTICAST_TTL", "IPV6_MULTICAST_HOPS"),
    ("IP_MULTICAST_LOOP", "IPV6_MULTICAST_LOOP"),
    ("IP_ADD_MEMBERSHIP", "IPV6_JOIN_GROUP"),
    ("IP_DROP_MEMBERSHIP", "IPV6_LEAVE_GROUP"),
    ("IP_FREEBIND", "IPV6_FREEBIND"),
];

/// The settings that an option and its words mean.
pub(super) fn settings(name: &str, value: &str, v6: bool) -> Vec<Setting> {
    let number = |constant: &str, value: &str| {
        let (level, constant) = of_family(constant.to_owned(), v6);
        let value = Value::Number(value.to_owned());
        Setting {
            level,
            constant,
            value,
        }
    };
    let constant = constant(name);
    match (name, value) {
        ("keepalive", value) if value != "off" => {
            let probes = ["TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"].into_iter();
            let probes = probes.zip(value.split_whitespace());
            let probes = probes.map(|(constant, value)| number(constant, value));
            [number(&constant, "1")].into_iter().chain(probes).collect()
        }
        ("linger", value) => {
            let millis = value.parse::<u64>().ok();
            let value = Value::Linger(millis.is_some(), millis.unwrap_or(0).div_ceil(1000));
            let level = "SOL_SOCKET";
            vec![Setting {
                level,
                constant,
                value,
            }]
        }
        ("join" | "leave", group) if group.parse::<IpAddr>().is_ok() => {
            let group = group.parse().unwrap_or(IpAddr::from([0; 4]));
            let (level, constant) = of_family(constant, group.is_ipv6());
            let value = Value::Group(group);
            vec![Setting {
                level,
                constant,
                value,
            }]
        }
        ("congestion", word) => {
            let (level, value) = ("IPPROTO_TCP", Value::Word(word.to_owned()));
            vec![Setting {
                level,
                constant,
                value,
            }]
        }
        (_, value) => vec![number(&constant, switch(value))],
    }
}

/// The level and the constant by which an option is asked for.
pub(super) fn asked(name: &str, v6: bool) -> (&'static str, String) {
    of_family(constant(name), v6)
}

/// The constant of an option: the table of options names it in its line of help.
fn constant(name: &str) -> String {
    let help = option(name).map_or("", |option| option.help);
    let inside = help.rsplit_once('(').map_or("", |(_, inside)| inside);
    let constant: String = inside
        .chars()
        .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_')
        .collect();
    if constant.is_empty() {
        return super::identifier(name).to_uppercase();
    }
    constant
}

fn of_family(constant: String, v6: bool) -> (&'static str, String) {
    let renamed = V6.iter().find(|(v4, _)| v6 && *v4 == constant);
    let constant = renamed.map_or(constant, |(_, v6)| (*v6).to_owned());
    let level = match constant.split('_').next() {
        Some("TCP") => "IPPROTO_TCP",
        Some("IPV6") => "IPPROTO_IPV6",
        Some("IP") => "IPPROTO_IP",
        _ => "SOL_SOCKET",
    };
    (level, constant)
}

/// A value as a number: what is none becomes 0, and stays outside of the program's text.
fn switch(value: &str) -> &str {
    match value {
        "on" => "1",
        value if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => value,
        _ => "0",
    }
}
