//! Names of sockets as identifiers that every language takes: no keyword of any, and no name that the programs use
//! themselves.

/// Keywords of Python, C and Rust, what the programs' own helpers are called, and the macros of C headers that are no
/// capitals.
const RESERVED: &str = " \
    abstract accept alarm alignas alignof and as assert async at auto await become bind bool box break \
    built bytes case catch char check class close conn connect const constexpr continue crate def \
    default del do done double drop dyn early elif else end enum errno except exec exit export extern \
    fails false fcntl fd final finally finish float fn for free from gen getsockname getsockopt global \
    got goto i386 if impl import in index inline int is join lambda lane lanes len let linux list listen \
    long loop macro main major malloc match max memcmp memcpy minor mod move must mut near near_at new \
    none nonlocal not ok open or override pack part pass peek peer poll print printf priv program pub \
    raise range receive received recv recvfrom ref register restrict result return rust select self send \
    sendto session set setsockopt short shutdown signed sizeof socket socketpair some static std stderr \
    stdin stdout str string strlen struct super switch sys time timeout to trait transmit true try tuple \
    turn type typedef typeof union unix unlink unsafe unsigned unsized use vec virtual void volatile \
    wait watch where while with write yield ";

/// A name as an identifier.
#[must_use]
pub fn identifier(name: &str) -> String {
    let mut identifier: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if !identifier.starts_with(|c: char| c.is_ascii_alphabetic()) {
        identifier.insert(0, 's');
    }
    if RESERVED.contains(&format!(" {identifier} ")) {
        identifier.push('_');
    }
    identifier
}
