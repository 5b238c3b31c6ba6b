//! What the numbers of DNS stand for (IANA, Domain Name System Parameters).

use super::super::dissect::Names;

pub(super) const OPCODES: &Names = &[
    (0, "query"),
    (1, "inverse query"),
    (2, "status"),
    (4, "notify"),
    (5, "update"),
    (6, "stateful operations"),
];

pub(super) const FLAGS: &Names = &[
    (0x8000, "response"),
    (0x0400, "authoritative"),
    (0x0200, "truncated"),
    (0x0100, "recursion-desired"),
    (0x0080, "recursion-available"),
    (0x0020, "authentic-data"),
    (0x0010, "checking-disabled"),
];

pub(super) const RCODES: &Names = &[
    (0, "NOERROR"),
    (1, "FORMERR"),
    (2, "SERVFAIL"),
    (3, "NXDOMAIN"),
    (4, "NOTIMP"),
    (5, "REFUSED"),
    (6, "YXDOMAIN"),
    (7, "YXRRSET"),
    (8, "NXRRSET"),
    (9, "NOTAUTH"),
    (10, "NOTZONE"),
    (11, "DSOTYPENI"),
];

pub(super) const CLASSES: &Names = &[(1, "IN"), (3, "CH"), (4, "HS"), (254, "NONE"), (255, "ANY")];

pub(super) const TYPES: &Names = &[
    (1, "A"),
    (2, "NS"),
    (5, "CNAME"),
    (6, "SOA"),
    (10, "NULL"),
    (12, "PTR"),
    (13, "HINFO"),
    (15, "MX"),
    (16, "TXT"),
    (17, "RP"),
    (28, "AAAA"),
    (29, "LOC"),
    (33, "SRV"),
    (35, "NAPTR"),
    (39, "DNAME"),
    (41, "OPT"),
    (43, "DS"),
    (44, "SSHFP"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (50, "NSEC3"),
    (51, "NSEC3PARAM"),
    (52, "TLSA"),
    (59, "CDS"),
    (60, "CDNSKEY"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (250, "TSIG"),
    (251, "IXFR"),
    (252, "AXFR"),
    (255, "ANY"),
    (256, "URI"),
    (257, "CAA"),
];

pub(super) const OPTIONS: &Names = &[
    (3, "NSID"),
    (8, "client subnet"),
    (9, "expire"),
    (10, "cookie"),
    (11, "keepalive"),
    (12, "padding"),
    (15, "extended error"),
];
