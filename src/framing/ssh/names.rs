//! What the numbers of SSH stand for (RFC 4250, 4.1 and 4.2; RFC 5656; RFC 8308), and the order of what a KEXINIT
//! lists.

use crate::framing::dissect::Names;

pub(super) const DISCONNECT: u64 = 1;
pub(super) const UNIMPLEMENTED: u64 = 3;
pub(super) const DEBUG: u64 = 4;
pub(super) const SERVICE_REQUEST: u64 = 5;
pub(super) const SERVICE_ACCEPT: u64 = 6;
pub(super) const EXT_INFO: u64 = 7;
pub(super) const KEXINIT: u64 = 20;
pub(super) const NEWKEYS: u64 = 21;
pub(super) const KEX_INIT: u64 = 30;
pub(super) const KEX_REPLY: u64 = 31;

/// 30 to 49 are the key exchange's own; these are of Diffie-Hellman and of its elliptic and its hybrid kin.
pub(super) const MESSAGES: &Names = &[
    (DISCONNECT, "DISCONNECT"),
    (2, "IGNORE"),
    (UNIMPLEMENTED, "UNIMPLEMENTED"),
    (DEBUG, "DEBUG"),
    (SERVICE_REQUEST, "SERVICE_REQUEST"),
    (SERVICE_ACCEPT, "SERVICE_ACCEPT"),
    (EXT_INFO, "EXT_INFO"),
    (8, "NEWCOMPRESS"),
    (KEXINIT, "KEXINIT"),
    (NEWKEYS, "NEWKEYS"),
    (KEX_INIT, "KEX_ECDH_INIT"),
    (KEX_REPLY, "KEX_ECDH_REPLY"),
    (32, "KEX_DH_GEX_INIT"),
    (33, "KEX_DH_GEX_REPLY"),
    (34, "KEX_DH_GEX_REQUEST"),
    (50, "USERAUTH_REQUEST"),
    (51, "USERAUTH_FAILURE"),
    (52, "USERAUTH_SUCCESS"),
    (53, "USERAUTH_BANNER"),
    (80, "GLOBAL_REQUEST"),
    (81, "REQUEST_SUCCESS"),
    (82, "REQUEST_FAILURE"),
    (90, "CHANNEL_OPEN"),
    (91, "CHANNEL_OPEN_CONFIRMATION"),
    (92, "CHANNEL_OPEN_FAILURE"),
    (93, "CHANNEL_WINDOW_ADJUST"),
    (94, "CHANNEL_DATA"),
    (95, "CHANNEL_EXTENDED_DATA"),
    (96, "CHANNEL_EOF"),
    (97, "CHANNEL_CLOSE"),
    (98, "CHANNEL_REQUEST"),
    (99, "CHANNEL_SUCCESS"),
    (100, "CHANNEL_FAILURE"),
];

pub(super) const REASONS: &Names = &[
    (1, "host not allowed to connect"),
    (2, "protocol error"),
    (3, "key exchange failed"),
    (4, "reserved"),
    (5, "MAC error"),
    (6, "compression error"),
    (7, "service not available"),
    (8, "protocol version not supported"),
    (9, "host key not verifiable"),
    (10, "connection lost"),
    (11, "by application"),
    (12, "too many connections"),
    (13, "auth cancelled by user"),
    (14, "no more auth methods available"),
    (15, "illegal user name"),
];

/// The lists of a KEXINIT (RFC 4253, 7.1).
pub(super) const LISTS: [&str; 10] = [
    "key exchange algorithms",
    "server host key algorithms",
    "encryption client to server",
    "encryption server to client",
    "MAC client to server",
    "MAC server to client",
    "compression client to server",
    "compression server to client",
    "languages client to server",
    "languages server to client",
];
