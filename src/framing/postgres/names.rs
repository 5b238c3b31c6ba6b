//! What the bytes and numbers of `PostgreSQL` stand for (chapter 54.7 and 54.8).

use super::super::Side;
use super::super::dissect::Names;

pub(super) const FRONTEND: &Names = &[
    (b'B' as u64, "Bind"),
    (b'C' as u64, "Close"),
    (b'd' as u64, "CopyData"),
    (b'c' as u64, "CopyDone"),
    (b'f' as u64, "CopyFail"),
    (b'D' as u64, "Describe"),
    (b'E' as u64, "Execute"),
    (b'H' as u64, "Flush"),
    (b'F' as u64, "FunctionCall"),
    (b'P' as u64, "Parse"),
    (b'p' as u64, "Password"),
    (b'Q' as u64, "Query"),
    (b'S' as u64, "Sync"),
    (b'X' as u64, "Terminate"),
];

pub(super) const BACKEND: &Names = &[
    (b'R' as u64, "Authentication"),
    (b'K' as u64, "BackendKeyData"),
    (b'2' as u64, "BindComplete"),
    (b'3' as u64, "CloseComplete"),
    (b'C' as u64, "CommandComplete"),
    (b'd' as u64, "CopyData"),
    (b'c' as u64, "CopyDone"),
    (b'G' as u64, "CopyInResponse"),
    (b'H' as u64, "CopyOutResponse"),
    (b'W' as u64, "CopyBothResponse"),
    (b'D' as u64, "DataRow"),
    (b'I' as u64, "EmptyQueryResponse"),
    (b'E' as u64, "ErrorResponse"),
    (b'V' as u64, "FunctionCallResponse"),
    (b'v' as u64, "NegotiateProtocolVersion"),
    (b'n' as u64, "NoData"),
    (b'N' as u64, "NoticeResponse"),
    (b'A' as u64, "NotificationResponse"),
    (b't' as u64, "ParameterDescription"),
    (b'S' as u64, "ParameterStatus"),
    (b'1' as u64, "ParseComplete"),
    (b's' as u64, "PortalSuspended"),
    (b'Z' as u64, "ReadyForQuery"),
    (b'T' as u64, "RowDescription"),
];

/// Who sends a message of a type, as far as the type tells.
pub(super) fn side_of(kind: u8) -> Side {
    if matches!(kind, 0 | b'B' | b'F' | b'P' | b'Q' | b'X' | b'f' | b'p') {
        Side::Client
    } else {
        Side::Server
    }
}

pub(super) const CODES: &Names = &[
    (super::CANCEL as u64, "CancelRequest"),
    (super::SSL as u64, "SSLRequest"),
    (super::GSS as u64, "GSSENCRequest"),
    (0x3_0000, "version 3.0"),
    (0x3_0002, "version 3.2"),
    (0x2_0000, "version 2.0"),
];

pub(super) const AUTHENTICATIONS: &Names = &[
    (0, "ok"),
    (2, "Kerberos"),
    (3, "clear-text password"),
    (5, "MD5 password"),
    (7, "GSSAPI"),
    (8, "GSSAPI continues"),
    (9, "SSPI"),
    (10, "SASL"),
    (11, "SASL continues"),
    (12, "SASL final"),
];

pub(super) const STATES: &Names = &[
    (b'I' as u64, "idle"),
    (b'T' as u64, "in transaction"),
    (b'E' as u64, "failed transaction"),
];

/// The fields of errors and notices.
pub(super) const REPORTS: &Names = &[
    (b'S' as u64, "severity (localized)"),
    (b'V' as u64, "severity"),
    (b'C' as u64, "code"),
    (b'M' as u64, "message"),
    (b'D' as u64, "detail"),
    (b'H' as u64, "hint"),
    (b'P' as u64, "position"),
    (b'p' as u64, "internal position"),
    (b'q' as u64, "internal query"),
    (b'W' as u64, "where"),
    (b's' as u64, "schema"),
    (b't' as u64, "table"),
    (b'c' as u64, "column"),
    (b'd' as u64, "data type"),
    (b'n' as u64, "constraint"),
    (b'F' as u64, "file"),
    (b'L' as u64, "line"),
    (b'R' as u64, "routine"),
];

/// The types that are built in and in daily use (`pg_type.dat`).
pub(super) const TYPES: &Names = &[
    (16, "bool"),
    (17, "bytea"),
    (19, "name"),
    (20, "int8"),
    (21, "int2"),
    (23, "int4"),
    (25, "text"),
    (26, "oid"),
    (114, "json"),
    (700, "float4"),
    (701, "float8"),
    (1042, "bpchar"),
    (1043, "varchar"),
    (1082, "date"),
    (1114, "timestamp"),
    (1184, "timestamptz"),
    (1700, "numeric"),
    (2950, "uuid"),
    (3802, "jsonb"),
];

pub(super) const FORMATS: &Names = &[(0, "text"), (1, "binary")];

/// What `Describe` and `Close` are about.
pub(super) const OBJECTS: &Names = &[(b'S' as u64, "statement"), (b'P' as u64, "portal")];
