//! The interfaces of this machine: which addresses it has, and the number of an interface's name. Asked anew each time,
//! since both change while a program runs.

use std::ffi::CString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::ptr;

/// Every address of every interface that is up (getifaddrs(3)), each once: loopback included, link-local ones last,
/// else in the kernel's order. Empty where the system does not tell.
#[expect(unsafe_code, reason = "rustix and socket2 have no getifaddrs")]
pub(super) fn addresses() -> Vec<IpAddr> {
    let mut first: *mut libc::ifaddrs = ptr::null_mut();
    // SAFETY: getifaddrs stores one pointer in `first`.
    if unsafe { libc::getifaddrs(&raw mut first) } != 0 {
        return Vec::new();
    }
    let mut found: Vec<IpAddr> = Vec::new();
    let mut next = first;
    while !next.is_null() {
        // SAFETY: a pointer of the list that is not null points to an entry, which lives until freeifaddrs.
        let entry = unsafe { &*next };
        next = entry.ifa_next;
        let up = entry.ifa_flags & libc::IFF_UP.cast_unsigned() != 0;
        // SAFETY: `ifa_addr` is null or a socket address of the size that its family has, aligned by the C library.
        let ip = unsafe { ip_of(entry.ifa_addr) }.filter(|ip| up && !found.contains(ip));
        found.extend(ip);
    }
    // SAFETY: the list came from getifaddrs, and nothing of it is used from here on.
    unsafe { libc::freeifaddrs(first) };
    found.sort_by_key(is_link_local);
    found
}

/// The number of an interface (`if_nametoindex(3)`).
#[expect(unsafe_code, reason = "rustix has it for Linux alone")]
pub(super) fn index_of(name: &str) -> Option<u32> {
    let name = CString::new(name).ok()?;
    // SAFETY: `name` ends in NUL and lives through the call.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    NonZeroU32::new(index).map(NonZeroU32::get)
}

/// The IP address in a socket address; none of another family.
///
/// # Safety
///
/// `at` is null, or points to a socket address that is as large as its family says.
#[expect(unsafe_code, reason = "what a C library gives is read by its family")]
unsafe fn ip_of(at: *const libc::sockaddr) -> Option<IpAddr> {
    if at.is_null() {
        return None;
    }
    // SAFETY: the family is the part that all socket addresses share.
    match i32::from(unsafe { (*at).sa_family }) {
        libc::AF_INET => {
            // SAFETY: an address of that family is a sockaddr_in.
            let inet = unsafe { ptr::read_unaligned(at.cast::<libc::sockaddr_in>()) };
            let ip = Ipv4Addr::from(u32::from_be(inet.sin_addr.s_addr));
            Some(ip.into())
        }
        libc::AF_INET6 => {
            // SAFETY: an address of that family is a sockaddr_in6.
            let inet = unsafe { ptr::read_unaligned(at.cast::<libc::sockaddr_in6>()) };
            Some(Ipv6Addr::from(inet.sin6_addr.s6_addr).into())
        }
        _ => None,
    }
}

/// Reached only by those on the same wire, and with a zone.
fn is_link_local(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_loopback_and_names_it() {
        let all = addresses();
        assert!(all.contains(&Ipv4Addr::LOCALHOST.into()), "{all:?}");
        let first_local = all.iter().position(is_link_local).unwrap_or(all.len());
        assert!(all[first_local..].iter().all(is_link_local), "{all:?}");
        let once: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(once.len(), all.len(), "{all:?}");
        let name = if cfg!(target_os = "linux") {
            "lo"
        } else {
            "lo0"
        };
        assert_eq!(index_of(name), Some(1));
        assert_eq!(index_of("no-such-interface"), None);
        assert_eq!(index_of("l\0o"), None);
    }
}
