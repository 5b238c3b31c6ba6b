//! Numbers of few bytes, in which the indexes of tapes are written.

/// LEB128, unsigned.
pub(super) fn put(entry: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        entry.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    entry.push((value & 0x7f) as u8);
}

/// The number at the front of `entries`, which then begin behind it; none if they end in it.
pub(super) fn take(entries: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = entries.split_first()?;
        *entries = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
