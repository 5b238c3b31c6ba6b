//! Text that a line of one dot ends (RFC 5321, 4.5.2; RFC 3977, 3.1.1): a line that begins with a dot has another
//! before it. Lines end in CRLF alone; to take a bare LF for one is how mail is smuggled.

/// The line that ends such text.
pub(super) const END: &[u8] = b".\r\n";

/// The end of each line before it.
pub(super) const LINE_END: &[u8] = b"\r\n";

/// The text of bytes that end with that line, or have not ended yet.
pub(super) fn unstuffed(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() && rest != END {
        let (line, behind) = first_line(rest);
        text.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        rest = behind;
    }
    text
}

/// The same text as it goes over the wire, with the line that ends it. It must end with a line's end, or be empty.
pub(super) fn stuffed(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + END.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (line, behind) = first_line(rest);
        if line.starts_with(b".") {
            bytes.push(b'.');
        }
        bytes.extend_from_slice(line);
        rest = behind;
    }
    bytes.extend_from_slice(END);
    bytes
}

/// The first line with its end, and what follows.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memmem::find(bytes, LINE_END);
    let end = end.map_or(bytes.len(), |end| end + LINE_END.len());
    bytes.split_at_checked(end).unwrap_or((bytes, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_taken_away() {
        for (text, wire) in [
            ("", ".\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            (".\r\n..b\r\nc.\r\n", "..\r\n...b\r\nc.\r\n.\r\n"),
            ("a\n.b\r\n", "a\n.b\r\n.\r\n"),
            ("\r\n\r\n", "\r\n\r\n.\r\n"),
        ] {
            assert_eq!(stuffed(text.as_bytes()), wire.as_bytes(), "{text:?}");
            assert_eq!(unstuffed(wire.as_bytes()), text.as_bytes(), "{wire:?}");
        }
        assert_eq!(unstuffed(b"..a\r\n..\r"), b".a\r\n.\r");
    }
}
