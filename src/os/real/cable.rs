//! The two ways to pull a cable without privilege: a signature that the peer does not know (RFC 2385), and a filter
//! that takes nothing (socket(7)). Which of them fits a socket is its callers' matter.

use std::io;
use std::net::{Ipv6Addr, SocketAddr};

use libc::c_int;
use socket2::Socket;

use super::raw;

/// The most bytes of a key (linux `uapi/linux/tcp.h`).
const KEY_MAX_BYTES: usize = 80;

/// The size of `struct sockaddr_storage`.
const ADDRESS_BYTES: usize = 128;

/// `TCP_MD5SIG_EXT` and its flag for a key of a whole prefix, which libc has under some of its targets alone.
const MD5SIG_EXT: c_int = 32;
const PREFIX: u8 = 1;

/// `struct tcp_md5sig` (linux `uapi/linux/tcp.h`).
#[repr(C)]
struct Md5sig {
    address: [u8; ADDRESS_BYTES],
    flags: u8,
    prefix_bits: u8,
    key_bytes: u16,
    interface: c_int,
    key: [u8; KEY_MAX_BYTES],
}

/// `TCP_MD5SIG` (tcp(7)): segments to and from that peer carry a signature by this key, or none again without a key.
/// The unspecified address means every peer of its family; mapped into IPv6, every IPv4 peer.
///
/// # Errors
///
/// As setsockopt(2): `ENOPROTOOPT` where the kernel was built without it, `ENOENT` for a key that is not there.
pub(super) fn sign(socket: &Socket, peer: SocketAddr, key: &[u8]) -> io::Result<()> {
    let mut asked = Md5sig {
        address: storage(peer),
        flags: 0,
        prefix_bits: 0,
        key_bytes: 0,
        interface: 0,
        key: [0; KEY_MAX_BYTES],
    };
    for (to, from) in asked.key.iter_mut().zip(key) {
        *to = *from;
        asked.key_bytes += 1;
    }
    let mapped = Ipv6Addr::UNSPECIFIED
        .to_ipv4()
        .map(|any| any.to_ipv6_mapped());
    let is_everybody = peer.ip().is_unspecified() || mapped.is_some_and(|any| any == peer.ip());
    let name = if is_everybody {
        asked.flags = PREFIX;
        MD5SIG_EXT
    } else {
        libc::TCP_MD5SIG
    };
    raw::set_struct(socket, libc::IPPROTO_TCP, name, &asked)
}

/// The address as `struct sockaddr_in` or `struct sockaddr_in6` (ip(7), ipv6(7)), and zeroes behind.
fn storage(at: SocketAddr) -> [u8; ADDRESS_BYTES] {
    let (family, flow, ip, scope) = match at {
        SocketAddr::V4(at) => (libc::AF_INET, None, at.ip().octets().to_vec(), None),
        SocketAddr::V6(at) => (
            libc::AF_INET6,
            Some(at.flowinfo()),
            at.ip().octets().to_vec(),
            Some(at.scope_id()),
        ),
    };
    let family = u16::try_from(family).unwrap_or(0).to_ne_bytes();
    let port = at.port().to_be_bytes();
    let fields = family.into_iter().chain(port);
    let fields = fields.chain(flow.into_iter().flat_map(u32::to_be_bytes));
    let fields = fields.chain(ip);
    let fields = fields.chain(scope.into_iter().flat_map(u32::to_ne_bytes));
    let mut bytes = [0; ADDRESS_BYTES];
    for (to, from) in bytes.iter_mut().zip(fields) {
        *to = from;
    }
    bytes
}

/// `SO_ATTACH_FILTER` with the one instruction that takes no byte of a packet, or `SO_DETACH_FILTER`.
///
/// # Errors
///
/// As setsockopt(2): `EPERM` for TCP sockets on newer kernels, `ENOENT` where there is no filter to take away.
pub(super) fn deafen(socket: &Socket, deaf: bool) -> io::Result<()> {
    if !deaf {
        return raw::set_option(socket, libc::SOL_SOCKET, libc::SO_DETACH_FILTER, 0);
    }
    let code = u16::try_from(libc::BPF_RET | libc::BPF_K).unwrap_or(0);
    let mut nothing = [libc::sock_filter {
        code,
        jt: 0,
        jf: 0,
        k: 0,
    }];
    let program = libc::sock_fprog {
        len: 1,
        filter: nothing.as_mut_ptr(),
    };
    raw::set_struct(socket, libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program)
}
