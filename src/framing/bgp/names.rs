//! What BGP's numbers stand for, by the registries of the IANA (2026).

use crate::framing::dissect::Names;

pub(super) const OPEN: u8 = 1;
pub(super) const UPDATE: u8 = 2;
pub(super) const NOTIFICATION: u8 = 3;
pub(super) const KEEPALIVE: u8 = 4;
pub(super) const ROUTE_REFRESH: u8 = 5;

pub(super) const TYPES: &Names = &[
    (1, "OPEN"),
    (2, "UPDATE"),
    (3, "NOTIFICATION"),
    (4, "KEEPALIVE"),
    (5, "ROUTE-REFRESH"),
];

pub(super) const CAPABILITIES: &Names = &[
    (1, "multiprotocol"),
    (2, "route refresh"),
    (3, "outbound route filtering"),
    (5, "extended next hop"),
    (6, "extended message"),
    (7, "BGPsec"),
    (8, "multiple labels"),
    (9, "role"),
    (64, "graceful restart"),
    (65, "four-byte AS number"),
    (67, "dynamic capability"),
    (69, "additional paths"),
    (70, "enhanced route refresh"),
    (71, "long-lived graceful restart"),
    (73, "host name"),
    (128, "route refresh (Cisco)"),
];

pub(super) const AFIS: &Names = &[(1, "IPv4"), (2, "IPv6"), (25, "L2VPN"), (16388, "BGP-LS")];

pub(super) const SAFIS: &Names = &[
    (1, "unicast"),
    (2, "multicast"),
    (4, "labelled"),
    (65, "VPLS"),
    (70, "EVPN"),
    (71, "BGP-LS"),
    (128, "VPN"),
    (132, "route targets"),
    (133, "flow specification"),
];

pub(super) const ATTRIBUTES: &Names = &[
    (1, "ORIGIN"),
    (2, "AS_PATH"),
    (3, "NEXT_HOP"),
    (4, "MULTI_EXIT_DISC"),
    (5, "LOCAL_PREF"),
    (6, "ATOMIC_AGGREGATE"),
    (7, "AGGREGATOR"),
    (8, "COMMUNITIES"),
    (9, "ORIGINATOR_ID"),
    (10, "CLUSTER_LIST"),
    (14, "MP_REACH_NLRI"),
    (15, "MP_UNREACH_NLRI"),
    (16, "EXTENDED_COMMUNITIES"),
    (17, "AS4_PATH"),
    (18, "AS4_AGGREGATOR"),
    (22, "PMSI_TUNNEL"),
    (23, "TUNNEL_ENCAPSULATION"),
    (26, "AIGP"),
    (29, "BGP-LS"),
    (32, "LARGE_COMMUNITY"),
    (33, "BGPSEC_PATH"),
    (35, "ONLY_TO_CUSTOMER"),
    (40, "PREFIX_SID"),
];

pub(super) const ORIGINS: &Names = &[(0, "IGP"), (1, "EGP"), (2, "incomplete")];

/// What a NOTIFICATION says.
pub(super) struct Error {
    pub(super) code: u64,
    pub(super) name: &'static str,
    pub(super) subcodes: &'static Names,
}

pub(super) const ERRORS: &[Error] = &[
    Error {
        code: 1,
        name: "message header error",
        subcodes: &[
            (1, "connection not synchronized"),
            (2, "bad message length"),
            (3, "bad message type"),
        ],
    },
    Error {
        code: 2,
        name: "OPEN message error",
        subcodes: &[
            (1, "unsupported version number"),
            (2, "bad peer AS"),
            (3, "bad BGP identifier"),
            (4, "unsupported optional parameter"),
            (6, "unacceptable hold time"),
            (7, "unsupported capability"),
            (11, "role mismatch"),
        ],
    },
    Error {
        code: 3,
        name: "UPDATE message error",
        subcodes: &[
            (1, "malformed attribute list"),
            (2, "unrecognized well-known attribute"),
            (3, "missing well-known attribute"),
            (4, "attribute flags error"),
            (5, "attribute length error"),
            (6, "invalid ORIGIN attribute"),
            (8, "invalid NEXT_HOP attribute"),
            (9, "optional attribute error"),
            (10, "invalid network field"),
            (11, "malformed AS_PATH"),
        ],
    },
    Error {
        code: 4,
        name: "hold timer expired",
        subcodes: &[],
    },
    Error {
        code: 5,
        name: "finite state machine error",
        subcodes: &[
            (1, "unexpected message in OpenSent"),
            (2, "unexpected message in OpenConfirm"),
            (3, "unexpected message in Established"),
        ],
    },
    Error {
        code: 6,
        name: "cease",
        subcodes: &[
            (1, "maximum number of prefixes reached"),
            (2, "administrative shutdown"),
            (3, "peer de-configured"),
            (4, "administrative reset"),
            (5, "connection rejected"),
            (6, "other configuration change"),
            (7, "connection collision resolution"),
            (8, "out of resources"),
            (9, "hard reset"),
            (10, "BFD down"),
        ],
    },
    Error {
        code: 7,
        name: "ROUTE-REFRESH message error",
        subcodes: &[(1, "invalid message length")],
    },
];
