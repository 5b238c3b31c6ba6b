//! What GIOP's numbers stand for.

use crate::framing::dissect::Names;

pub(super) const TYPES: &Names = &[
    (0, "Request"),
    (1, "Reply"),
    (2, "CancelRequest"),
    (3, "LocateRequest"),
    (4, "LocateReply"),
    (5, "CloseConnection"),
    (6, "MessageError"),
    (7, "Fragment"),
];

pub(super) const REPLIED: &Names = &[
    (0, "no exception"),
    (1, "user exception"),
    (2, "system exception"),
    (3, "location forward"),
    (4, "location forward for good"),
    (5, "needs another addressing"),
];

pub(super) const LOCATED: &Names = &[
    (0, "unknown object"),
    (1, "object here"),
    (2, "object forward"),
    (3, "object forward for good"),
    (4, "system exception"),
    (5, "needs another addressing"),
];
