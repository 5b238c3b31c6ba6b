//! What ONC RPC's numbers stand for (RFC 5531; RFC 1833, 1094, 1813, 7530; the XNFS specification).

use crate::framing::dissect::Names;

pub(super) const KINDS: &Names = &[(0, "call"), (1, "reply")];

pub(super) const REPLIES: &Names = &[(0, "accepted"), (1, "denied")];

pub(super) const RESULTS: &Names = &[
    (0, "success"),
    (1, "program unavailable"),
    (2, "program version mismatch"),
    (3, "procedure unavailable"),
    (4, "garbage arguments"),
    (5, "system error"),
];

pub(super) const DENIED: &Names = &[(0, "RPC version mismatch"), (1, "authentication error")];

pub(super) const AUTHS: &Names = &[
    (0, "success"),
    (1, "bad credential"),
    (2, "rejected credential"),
    (3, "bad verifier"),
    (4, "rejected verifier"),
    (5, "too weak"),
    (6, "invalid response verifier"),
    (7, "failed"),
    (13, "no credentials for user"),
    (14, "problem with context"),
];

pub(super) const FLAVORS: &Names = &[
    (0, "none"),
    (1, "system"),
    (2, "short"),
    (3, "DH"),
    (6, "RPCSEC_GSS"),
    (7, "TLS"),
];

pub(super) const PROTOCOLS: &Names = &[(6, "TCP"), (17, "UDP")];

/// A program and the procedures of its versions.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) number: u64,
    pub(super) name: &'static str,
    pub(super) versions: &'static [(u64, &'static Names)],
}

const fn program(
    number: u64,
    name: &'static str,
    versions: &'static [(u64, &'static Names)],
) -> Program {
    Program {
        number,
        name,
        versions,
    }
}

pub(super) const PORTMAPPER: u64 = 100_000;

pub(super) const PROGRAMS: &[Program] = &[
    program(PORTMAPPER, "portmapper", &[(2, MAP2), (3, MAP3), (4, MAP4)]),
    program(100_001, "rstat", &[]),
    program(100_003, "nfs", &[(2, NFS2), (3, NFS3), (4, NFS4)]),
    program(100_004, "ypserv", &[]),
    program(100_005, "mount", &[(1, MOUNT), (2, MOUNT), (3, MOUNT)]),
    program(100_007, "ypbind", &[]),
    program(100_011, "rquota", &[]),
    program(100_021, "lock manager", &[]),
    program(100_024, "status", &[]),
    program(100_227, "nfs acl", &[]),
];

const MAP2: &Names = &[
    (0, "NULL"),
    (1, "SET"),
    (2, "UNSET"),
    (3, "GETPORT"),
    (4, "DUMP"),
    (5, "CALLIT"),
];

const MAP3: &Names = &[
    (0, "NULL"),
    (1, "SET"),
    (2, "UNSET"),
    (3, "GETADDR"),
    (4, "DUMP"),
    (5, "CALLIT"),
    (6, "GETTIME"),
    (7, "UADDR2TADDR"),
    (8, "TADDR2UADDR"),
];

const MAP4: &Names = &[
    (0, "NULL"),
    (1, "SET"),
    (2, "UNSET"),
    (3, "GETADDR"),
    (4, "DUMP"),
    (5, "BCAST"),
    (6, "GETTIME"),
    (7, "UADDR2TADDR"),
    (8, "TADDR2UADDR"),
    (9, "GETVERSADDR"),
    (10, "INDIRECT"),
    (11, "GETADDRLIST"),
    (12, "GETSTAT"),
];

const MOUNT: &Names = &[
    (0, "NULL"),
    (1, "MNT"),
    (2, "DUMP"),
    (3, "UMNT"),
    (4, "UMNTALL"),
    (5, "EXPORT"),
];

const NFS2: &Names = &[
    (0, "NULL"),
    (1, "GETATTR"),
    (2, "SETATTR"),
    (3, "ROOT"),
    (4, "LOOKUP"),
    (5, "READLINK"),
    (6, "READ"),
    (7, "WRITECACHE"),
    (8, "WRITE"),
    (9, "CREATE"),
    (10, "REMOVE"),
    (11, "RENAME"),
    (12, "LINK"),
    (13, "SYMLINK"),
    (14, "MKDIR"),
    (15, "RMDIR"),
    (16, "READDIR"),
    (17, "STATFS"),
];

const NFS3: &Names = &[
    (0, "NULL"),
    (1, "GETATTR"),
    (2, "SETATTR"),
    (3, "LOOKUP"),
    (4, "ACCESS"),
    (5, "READLINK"),
    (6, "READ"),
    (7, "WRITE"),
    (8, "CREATE"),
    (9, "MKDIR"),
    (10, "SYMLINK"),
    (11, "MKNOD"),
    (12, "REMOVE"),
    (13, "RMDIR"),
    (14, "RENAME"),
    (15, "LINK"),
    (16, "READDIR"),
    (17, "READDIRPLUS"),
    (18, "FSSTAT"),
    (19, "FSINFO"),
    (20, "PATHCONF"),
    (21, "COMMIT"),
];

const NFS4: &Names = &[(0, "NULL"), (1, "COMPOUND")];
