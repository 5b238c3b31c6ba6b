//! The system calls that no safe library has: a few socket options and the queue lengths, one unsafe function each.
//! Nothing is interpreted here.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd};

use libc::{c_int, socklen_t};

/// A socket option that is an int (socket(7)).
///
/// # Errors
///
/// As getsockopt(2).
#[expect(unsafe_code, reason = "neither rustix nor socket2 has SO_RCVLOWAT")]
pub(super) fn option(socket: impl AsFd, level: c_int, name: c_int) -> io::Result<c_int> {
    let mut value: c_int = 0;
    let mut len = socklen_of::<c_int>();
    // SAFETY: the kernel writes at most `len` bytes to `value`, which is that large.
    let result = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            (&raw mut value).cast(),
            &raw mut len,
        )
    };
    check(result).map(|()| value)
}

/// Sets a socket option that is an int.
///
/// # Errors
///
/// As setsockopt(2).
#[expect(unsafe_code, reason = "neither rustix nor socket2 has SO_RCVLOWAT")]
pub(super) fn set_option(
    socket: impl AsFd,
    level: c_int,
    name: c_int,
    value: c_int,
) -> io::Result<()> {
    // SAFETY: the kernel reads as many bytes as `value` has.
    let result = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            socklen_of::<c_int>(),
        )
    };
    check(result)
}

/// `TCP_RTO_MAX_MS` (Linux 6.15), which no library has yet.
#[cfg(target_os = "linux")]
pub(super) const TCP_RTO_MAX_MS: c_int = 44;

/// Sets a socket option that is a C struct.
///
/// # Errors
///
/// As setsockopt(2).
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "no library has TCP_MD5SIG, nor SO_ATTACH_FILTER"
)]
pub(super) fn set_struct<T>(
    socket: impl AsFd,
    level: c_int,
    name: c_int,
    value: &T,
) -> io::Result<()> {
    // SAFETY: the kernel reads as many bytes as `value` has, and what it points to lives as long.
    let result = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            std::ptr::from_ref(value).cast(),
            socklen_of::<T>(),
        )
    };
    check(result)
}

/// A socket option that is a structure: how many bytes of it this kernel told.
///
/// # Errors
///
/// As getsockopt(2).
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "neither rustix nor socket2 has TCP_INFO")]
pub(super) fn structure(
    socket: impl AsFd,
    level: c_int,
    name: c_int,
    buf: &mut [u8],
) -> io::Result<usize> {
    let mut len = socklen_t::try_from(buf.len()).unwrap_or(0);
    // SAFETY: the kernel writes at most `len` bytes to `buf`, which has as many, and any bytes are a value of it.
    let result = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            buf.as_mut_ptr().cast(),
            &raw mut len,
        )
    };
    check(result).map(|()| usize::try_from(len).unwrap_or(0).min(buf.len()))
}

/// The queue lengths that ioctl tells (tcp(7), `linux/sockios.h`).
#[cfg(target_os = "linux")]
#[derive(Clone, Copy)]
pub(super) enum Queue {
    /// `SIOCINQ`: received, not read.
    In,
    /// `SIOCOUTQ`: sent by the program, not acknowledged.
    Out,
    /// `SIOCOUTQNSD`: sent by the program, not by the kernel.
    Unsent,
}

/// The length of a queue in bytes.
///
/// # Errors
///
/// As ioctl(2); `EINVAL` on a listener.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "rustix has FIONREAD alone")]
pub(super) fn queue(socket: impl AsFd, which: Queue) -> io::Result<u32> {
    let request = match which {
        Queue::In => libc::FIONREAD,
        Queue::Out => libc::TIOCOUTQ,
        Queue::Unsent => 0x894B,
    };
    let mut value: c_int = 0;
    // SAFETY: each of these requests writes one int (tcp(7)).
    let result = unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), request, &raw mut value) };
    check(result).map(|()| u32::try_from(value).unwrap_or(0))
}

fn check(result: c_int) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// The size of a type, which is far below the limit of `socklen_t`.
fn socklen_of<T>() -> socklen_t {
    socklen_t::try_from(size_of::<T>()).unwrap_or(0)
}

/// Binds a Unix socket to a path of 108 bytes, without the NUL that every library adds.
#[cfg(test)]
#[expect(unsafe_code, reason = "every library adds the NUL")]
pub(super) fn bind_unterminated(socket: impl AsFd, path: &[u8]) -> io::Result<()> {
    // SAFETY: sockaddr_un is a C struct of integers, for which all zeroes is a value.
    let mut at: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    at.sun_family = libc::AF_UNIX.try_into().unwrap();
    assert_eq!(at.sun_path.len(), path.len());
    for (to, from) in at.sun_path.iter_mut().zip(path) {
        *to = from.cast_signed();
    }
    // SAFETY: the kernel reads as many bytes as `at` has.
    let result = unsafe {
        libc::bind(
            socket.as_fd().as_raw_fd(),
            (&raw const at).cast(),
            socklen_of::<libc::sockaddr_un>(),
        )
    };
    check(result)
}
