//! What an HTTP/1 message says: first line, fields, body or chunks, trailers, and in its note what was odd.

use super::super::dissect::{Dissect, text_of};
use super::super::headers::headers;
use super::super::lines::{has_bare_end, lines_of};
use super::super::message::byte_count;
use super::super::{Message, Status, Value};
use super::chunks;
use super::head::{Head, Role, request_parts, role_of};

/// The field with the code of a response.
pub(super) const STATUS: &str = "status";

/// Names note and fields.
pub(super) fn tell(message: &mut Message, bytes: &[u8]) {
    if matches!(message.status, Status::Skipped { .. }) {
        return;
    }
    let mut dissect = Dissect::new(message, bytes);
    let mut notes = Vec::new();
    if let Some(first) = first_line(&mut dissect) {
        notes.push(first);
        let is_whole = headers(&mut dissect) == Some(true);
        let head = Head::of(bytes);
        if let Some((head, Some(at))) = head.as_ref().filter(|_| is_whole) {
            let body = body(&mut dissect, message, head);
            let (words, has_bare) = body.unwrap_or_default();
            notes.extend((!words.is_empty()).then_some(words));
            notes.extend(head.oddities().map(str::to_owned));
            let has_bare = has_bare || has_bare_end(bytes.get(..*at).unwrap_or_default());
            notes.extend(has_bare.then(|| "bare LF".to_owned()));
        }
    }
    let remark = std::mem::take(&mut message.note);
    if matches!(message.status, Status::Ok) && !remark.is_empty() {
        notes.push(remark.into_owned());
    }
    message.fields = dissect.finish();
    if let Some(to) = switched(message)
        && let Some(first) = notes.first_mut()
    {
        first.push_str(", to ");
        first.push_str(&to);
    }
    message.note = notes.join(", ").into();
}

/// Names the parts of the first line, once it is whole; its words.
fn first_line(dissect: &mut Dissect<'_>) -> Option<String> {
    let bytes = dissect.rest();
    let (_, line) = lines_of(bytes).next()?;
    let words = match role_of(bytes) {
        Role::Request => {
            let [method, target, version] = request_parts(line)?;
            let words = format!("{} {}", text_of(method), text_of(target));
            let whole = Value::Text(text_of(line));
            dissect.group_of("request", |dissect| {
                dissect.text("method", method.len())?;
                dissect.skip(1)?;
                dissect.text("target", target.len())?;
                dissect.skip(1)?;
                dissect.text("version", version.len())?;
                Some(whole)
            })?;
            words
        }
        Role::Response => {
            let (version, rest) = line.split_at_checked(8)?;
            let (digits, reason) = rest.strip_prefix(b" ")?.split_at_checked(3)?;
            let status: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
            let reason = text_of(reason.trim_ascii());
            let whole = Value::Text(text_of(line));
            let words = format!("{status} {reason}").trim_end().to_owned();
            dissect.group_of("response", |dissect| {
                dissect.text("version", version.len())?;
                dissect.skip(1)?;
                dissect.skip(3)?;
                dissect.name(STATUS, 3, Value::Named(status.into(), reason.into()))?;
                dissect.skip(line.len().checked_sub(12)?)?;
                Some(whole)
            })?;
            words
        }
    };
    let end = memchr::memchr(b'\n', dissect.rest())?;
    dissect.skip(end + 1)?;
    Some(words)
}

/// Names the body, of which the first byte is the next; how much it is, and whether a line in it ends in bare LF.
fn body(dissect: &mut Dissect<'_>, message: &Message, head: &Head) -> Option<(String, bool)> {
    let is_empty = message.payload.is_empty() && message.status == Status::Ok;
    if is_empty || dissect.is_done() {
        return None;
    }
    if head.is_chunked() {
        return Some(chunks::name(dissect));
    }
    let here = dissect.rest().len();
    dissect.bytes("body", here)?;
    let length = match message.status {
        Status::Ok => Some(message.payload.end - message.payload.start),
        _ => head.length(),
    };
    length.map(|length| (byte_count(length), false))
}

/// The protocol that the rest of the stream is in.
fn switched(message: &Message) -> Option<String> {
    let [first, fields @ ..] = message.fields.as_slice() else {
        return None;
    };
    let is_status = |value: &Value| matches!(value, Value::Named(101, _));
    first.fields.iter().find(|field| is_status(&field.value))?;
    let upgrade = fields.iter().find(|field| field.name == "upgrade")?;
    match &upgrade.value {
        Value::Text(name) => Some(name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::framing::tests::check_fields;

    #[test]
    fn fields() {
        check_fields(
            "http1",
            b"POST /a HTTP/1.1\r\nHost:  b\r\nContent-Length: 2\r\n\r\nhi",
            &[
                r#"0..16 request "POST /a HTTP/1.1""#,
                r#"  0..4 method "POST""#,
                r#"  5..7 target "/a""#,
                r#"  8..16 version "HTTP/1.1""#,
                r#"18..26 host "b""#,
                r#"28..45 content-length "2""#,
                "49..51 body",
            ],
        );
        check_fields(
            "http1",
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3 ;a=b\r\nabc\r\n0\r\nSum: 1\r\n\r\n",
            &[
                r#"0..22 response "HTTP/1.1 404 Not Found""#,
                r#"  0..8 version "HTTP/1.1""#,
                "  9..12 status 404 Not Found",
                r#"24..50 transfer-encoding "chunked""#,
                "54..67 chunk",
                "  54..55 size 3",
                r#"  56..60 extension ";a=b""#,
                "  62..65 data",
                "67..70 chunk",
                "  67..68 size 0",
                "70..80 trailers",
                r#"  70..76 sum "1""#,
            ],
        );
    }
}
