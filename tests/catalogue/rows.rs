//! The rows of the catalogue, copied: the number and the fault. What then happens, and how it is brought about, stands
//! in FAULTS.md.

/// Rows that wait for TLS.
pub(crate) const WAITING: [u32; 2] = [34, 35];

/// Rows that the program does not keep to yet. 64: under `ulimit -v` an allocation that fails ends it by `SIGABRT`.
pub(crate) const OPEN: [u32; 1] = [64];

/// Every row.
pub(crate) const ROWS: &[(u32, &str)] = &[
    (1, "RST with data queued"),
    (2, "RST mid-send"),
    (3, "RST seen by send/SO_ERROR first"),
    (4, "Peer half-close"),
    (5, "EOF with data still queued"),
    (6, "Relay half-close"),
    (7, "Our close with unread input"),
    (8, "Peer never reads (zero window)"),
    (9, "Partial send, EAGAIN storms"),
    (10, "EINTR everywhere"),
    (11, "Slow-loris 1 B/s, never a full frame"),
    (12, "Flood at line rate"),
    (13, "Refused / unreach / prohibit / blackhole"),
    (14, "SYN lost; backlog full"),
    (15, "Peer vanishes (no FIN)"),
    (16, "HUP/ERR, no interest"),
    (17, "OOB byte"),
    (18, "TCP self-connect"),
    (19, "fd reused within a batch; dup'd fd still registered"),
    (20, "EMFILE/ENFILE on accept"),
    (21, "RST before accept"),
    (22, "ECONNABORTED, EPROTO, ENETDOWN… from accept"),
    (23, "EADDRINUSE, EADDRNOTAVAIL, EACCES low port"),
    (24, "Connection storm"),
    (25, "DNS hang"),
    (26, "NXDOMAIN, empty, v6-only, 1 000 addresses"),
    (27, "100 000 tiny datagrams/s"),
    (28, "Datagram > buffer"),
    (29, "Empty datagram"),
    (30, "ICMP refused, EMSGSIZE, EACCES broadcast"),
    (31, "ENOBUFS on send"),
    (
        32,
        "Unix path missing / stale / not a socket / too long / in use",
    ),
    (33, "Unix dgram full / 1 MB"),
    (
        34,
        "TLS expired/self-signed/wrong name; fatal alert; garbage; truncation without close_notify",
    ),
    (
        35,
        "TLS bytes left inside the library when the socket is quiet",
    ),
    (
        36,
        "C0, DEL, C1 (raw 80–9F and U+0080–9F), ESC/CSI/OSC 0,8,52/DCS/APC, unterminated strings",
    ),
    (
        37,
        "Bidi U+202A–E, 2066–9, 200E/F; zero-width; tags; combining runs; VS16/ZWJ; ambiguous width; …",
    ),
    (
        38,
        "Invalid UTF-8, overlong, surrogate, sequence cut by a read boundary",
    ),
    (39, "Resize 1×1, 0×0, 0×N; shrink in mid-draw"),
    (40, "Size 65535×65535"),
    (41, "SIGWINCH storm"),
    (
        42,
        "Terminal vanishes, SIGHUP ignored/absent (tmux kill, ssh -t, nohup parent)",
    ),
    (43, "Terminal stops reading (XOFF, frozen pane)"),
    (44, "Partial ESC / UTF-8, paste start with no end"),
    (45, "Hostile/odd terminal input (ESC[M + spaces …)"),
    (46, "Huge paste, newline in paste"),
    (47, "SIGTSTP/SIGCONT, SIGTTIN/SIGTTOU"),
    (48, "TERM=dumb/unset, no tty, NO_COLOR"),
    (49, "LANG=C / non-UTF-8"),
    (50, "panic, SIGTERM/INT/QUIT, abort, stack overflow, OOM"),
    (51, "stdin = file or /dev/null, stdout closed/full/pipe"),
    (52, "kill -9 while recording"),
    (53, "Power loss"),
    (54, "ENOSPC, EDQUOT, EIO on write"),
    (55, "fsync error"),
    (56, "RLIMIT_FSIZE → SIGXFSZ"),
    (
        57,
        "Read-only dir, ENOENT, EISDIR, no HOME, symlink planted at target",
    ),
    (58, "Two instances, one session"),
    (59, "Truncated at every byte / every bit flipped"),
    (
        60,
        "Hostile session/lesson/script/pcapng: length 2³²−1, zero-length blocks, 10⁶ nested [, 10⁹ …",
    ),
    (
        61,
        "Path tricks: ../, absolute, NUL, ~, 4 096-char, device, FIFO",
    ),
    (62, "Compressed input"),
    (63, "Wall clock jumps ±10 y, leap, 1970, suspend"),
    (64, "Memory limit"),
    (
        65,
        "fds 0–2 closed at start, inherited fds, RLIMIT_NOFILE=20, SIGPIPE/SIGHUP ignored by parent",
    ),
    (66, "1 000 connects/closes ×10⁴"),
    (67, "Script runs for ever / makes endless data"),
];
