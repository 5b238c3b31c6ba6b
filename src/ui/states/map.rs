//! The map of TCP's states, as RFC 9293 draws them (section 3.3.2, figure 5): where each stands, and the calls and
//! segments that lead from one to another.

/// The columns of the map, and all that it takes.
const LEFT: u16 = 3;
const MIDDLE: u16 = 31;
const RIGHT: u16 = 59;
pub(super) const COLUMNS: u16 = 78;
pub(super) const LINES: u16 = 10;

/// A place of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Begin,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    Closing,
    TimeWait,
    CloseWait,
    LastAck,
    /// The end of who ended first, or was reset.
    End,
    /// The end of who ended last.
    LastEnd,
}

use Place::{
    Begin, CloseWait, Closing, End, Established, FinWait1, FinWait2, LastAck, LastEnd, Listen,
    SynReceived, SynSent, TimeWait,
};

/// Each place with its name, its column and its line.
pub(super) const PLACES: &[(Place, &str, u16, u16)] = &[
    (Listen, "LISTEN", LEFT, 0),
    (Begin, "CLOSED", MIDDLE, 0),
    (SynSent, "SYN_SENT", RIGHT, 0),
    (SynReceived, "SYN_RECV", LEFT, 2),
    (Established, "ESTAB", MIDDLE, 2),
    (FinWait1, "FIN_WAIT1", LEFT, 5),
    (Closing, "CLOSING", MIDDLE, 5),
    (CloseWait, "CLOSE_WAIT", RIGHT, 5),
    (FinWait2, "FIN_WAIT2", LEFT, 7),
    (TimeWait, "TIME_WAIT", MIDDLE, 7),
    (LastAck, "LAST_ACK", RIGHT, 7),
    (End, "CLOSED", MIDDLE, 9),
    (LastEnd, "CLOSED", RIGHT, 9),
];

/// A line of a way: its column, its line, and what is drawn there.
pub(super) type Stroke = (u16, u16, &'static str);

/// The stem that both ways out of ESTAB have.
const STEM: Stroke = (MIDDLE, 3, "│");

/// Every way, with the calls and segments that lead along it.
pub(super) const WAYS: &[(Place, Place, &[Stroke])] = &[
    (Begin, Listen, &[(13, 0, "◀──── listen ────")]),
    (Begin, SynSent, &[(41, 0, "─ connect, SYN ─▶")]),
    (Listen, SynReceived, &[(LEFT, 1, "│ ◀ SYN, SYN+ACK ▶")]),
    (
        SynSent,
        Established,
        &[(RIGHT, 1, "│ ◀ SYN+ACK"), (39, 2, "◀────── ACK ────────┘")],
    ),
    (SynReceived, Established, &[(15, 2, "─── ◀ ACK ────▶")]),
    (
        Established,
        FinWait1,
        &[STEM, (LEFT, 4, "┌──── close, FIN ▶ ─────────┴")],
    ),
    (
        Established,
        CloseWait,
        &[STEM, (MIDDLE, 4, "┴─────── ◀ FIN, ACK ▶ ──────┐")],
    ),
    (FinWait1, Closing, &[(15, 5, "─── ◀ FIN ────▶")]),
    (FinWait1, FinWait2, &[(LEFT, 6, "│ ◀ ACK")]),
    (Closing, TimeWait, &[(MIDDLE, 6, "│ ◀ ACK")]),
    (FinWait2, TimeWait, &[(15, 7, "─── ◀ FIN ────▶")]),
    (CloseWait, LastAck, &[(RIGHT, 6, "│ close, FIN ▶")]),
    (TimeWait, End, &[(MIDDLE, 8, "│ 60 s")]),
    (LastAck, LastEnd, &[(RIGHT, 8, "│ ◀ ACK")]),
];
