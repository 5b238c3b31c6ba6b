//! What the numbers of HTTP/2 stand for (RFC 9113, 6 and 7; RFC 7838; RFC 9218), and the static table of HPACK (RFC
//! 7541, Appendix A).

use crate::framing::dissect::Names;

pub(super) const DATA: u64 = 0;
pub(super) const HEADERS: u64 = 1;
pub(super) const PRIORITY: u64 = 2;
pub(super) const RST_STREAM: u64 = 3;
pub(super) const SETTINGS: u64 = 4;
pub(super) const PUSH_PROMISE: u64 = 5;
pub(super) const PING: u64 = 6;
pub(super) const GOAWAY: u64 = 7;
pub(super) const WINDOW_UPDATE: u64 = 8;
pub(super) const CONTINUATION: u64 = 9;

pub(super) const TYPES: &Names = &[
    (DATA, "DATA"),
    (HEADERS, "HEADERS"),
    (PRIORITY, "PRIORITY"),
    (RST_STREAM, "RST_STREAM"),
    (SETTINGS, "SETTINGS"),
    (PUSH_PROMISE, "PUSH_PROMISE"),
    (PING, "PING"),
    (GOAWAY, "GOAWAY"),
    (WINDOW_UPDATE, "WINDOW_UPDATE"),
    (CONTINUATION, "CONTINUATION"),
    (10, "ALTSVC"),
    (12, "ORIGIN"),
    (16, "PRIORITY_UPDATE"),
];

/// The last frame of its stream; of SETTINGS and PING the answer.
pub(super) const END_STREAM: u64 = 1;
/// The last frame of its header block.
pub(super) const END_HEADERS: u64 = 4;
pub(super) const PADDED: u64 = 8;
/// A HEADERS frame tells a priority, too.
pub(super) const PRIORITIZED: u64 = 0x20;

pub(super) const ERRORS: &Names = &[
    (0, "NO_ERROR"),
    (1, "PROTOCOL_ERROR"),
    (2, "INTERNAL_ERROR"),
    (3, "FLOW_CONTROL_ERROR"),
    (4, "SETTINGS_TIMEOUT"),
    (5, "STREAM_CLOSED"),
    (6, "FRAME_SIZE_ERROR"),
    (7, "REFUSED_STREAM"),
    (8, "CANCEL"),
    (9, "COMPRESSION_ERROR"),
    (10, "CONNECT_ERROR"),
    (11, "ENHANCE_YOUR_CALM"),
    (12, "INADEQUATE_SECURITY"),
    (13, "HTTP_1_1_REQUIRED"),
];

pub(super) const PARAMETERS: &Names = &[
    (1, "header table size"),
    (2, "enable push"),
    (3, "max concurrent streams"),
    (4, "initial window size"),
    (5, "max frame size"),
    (6, "max header list size"),
    (8, "enable connect protocol"),
    (9, "no RFC 7540 priorities"),
];

/// The lines that every table begins with; the first has the index 1.
pub(super) const STATIC: &[(&str, &str)] = &[
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];
