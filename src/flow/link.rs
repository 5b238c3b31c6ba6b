//! The link layers of captures: where in a frame an IP packet begins, behind whatever tags stand before it.

/// `LINKTYPE_NULL`: the address family in the byte order of the host that captured.
const NULL: u16 = 0;
const ETHERNET: u16 = 1;
const PPP: u16 = 9;
/// `LINKTYPE_RAW`, and what some systems write in its place (`DLT_RAW`).
const RAW: u16 = 101;
const RAW_BSD: u16 = 12;
const RAW_OPENBSD: u16 = 14;
/// `LINKTYPE_LOOP`: the address family, in network byte order.
const LOOP: u16 = 108;
const COOKED: u16 = 113;
const IPV4: u16 = 228;
const IPV6: u16 = 229;
const COOKED_2: u16 = 276;

/// Tags that may stand one behind the other.
const TAGS_MAX: usize = 8;

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carried {
    /// An IP packet, from this byte of the frame on.
    Ip(usize),
    /// Something else, by its name.
    Other(&'static str),
    /// Not enough of the frame was kept to tell.
    Cut,
}

/// What a frame of that link layer carries.
pub(super) fn carried(link: u16, frame: &[u8]) -> Carried {
    let found = match link {
        ETHERNET => ethernet(frame),
        COOKED => typed(frame, 14, 16),
        COOKED_2 => typed(frame, 0, 20),
        RAW | RAW_BSD | RAW_OPENBSD | IPV4 | IPV6 => Some(Carried::Ip(0)),
        NULL | LOOP => family(frame),
        PPP => ppp(frame, 0),
        _ => Some(Carried::Other("frames of an unknown link layer")),
    };
    found.unwrap_or(Carried::Cut)
}

fn ethernet(frame: &[u8]) -> Option<Carried> {
    let kind = u16_at(frame, 12)?;
    if kind < 0x600 {
        return Some(llc(frame));
    }
    typed(frame, 12, 14)
}

/// A packet at `at` whose type stands at `kind_at`.
fn typed(frame: &[u8], kind_at: usize, at: usize) -> Option<Carried> {
    let (mut kind, mut at) = (u16_at(frame, kind_at)?, at);
    for _ in 0..TAGS_MAX {
        match kind {
            // 802.1Q, 802.1ad and what came before it: two bytes of tag, then the type of what is tagged.
            0x8100 | 0x88a8 | 0x9100 => {
                kind = u16_at(frame, at + 2)?;
                at += 4;
            }
            _ => break,
        }
    }
    Some(match kind {
        0x0800 | 0x86dd => Carried::Ip(at),
        0x8864 => return ppp(frame, at + 6),
        0x0806 => Carried::Other("ARP"),
        0x8035 => Carried::Other("RARP"),
        0x8847 | 0x8848 => Carried::Other("MPLS"),
        0x8863 => Carried::Other("PPPoE discovery"),
        0x88cc => Carried::Other("LLDP"),
        0x888e => Carried::Other("EAPOL"),
        0x8100 | 0x88a8 | 0x9100 => Carried::Other("frames with too many tags"),
        _ => Carried::Other("frames of another EtherType"),
    })
}

/// An 802.3 frame: of interest only if a SNAP header gives the type of what it carries.
fn llc(frame: &[u8]) -> Carried {
    match frame.get(14..20) {
        Some([0xaa, 0xaa, 3, 0, 0, 0]) => typed(frame, 20, 22).unwrap_or(Carried::Cut),
        Some([0x42, 0x42, ..]) => Carried::Other("STP"),
        _ => Carried::Other("802.3 frames without IP"),
    }
}

fn ppp(frame: &[u8], at: usize) -> Option<Carried> {
    // Address and control may have been left out.
    let at = if frame.get(at..at + 2)? == [0xff, 3] {
        at + 2
    } else {
        at
    };
    Some(match u16_at(frame, at)? {
        0x0021 | 0x0057 => Carried::Ip(at + 2),
        _ => Carried::Other("PPP without IP"),
    })
}

fn family(frame: &[u8]) -> Option<Carried> {
    let family = *frame.first_chunk::<4>()?;
    // Which of the two orders was the host's, the number itself tells: it is small.
    let number = u32::from_be_bytes(family).min(u32::from_le_bytes(family));
    Some(match number {
        2 | 10 | 24 | 28 | 30 => Carried::Ip(4),
        _ => Carried::Other("loopback frames without IP"),
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: u16, frame: &str, expected: Carried) {
        let digits: Vec<u8> = frame.bytes().filter(|digit| *digit != b' ').collect();
        let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
        let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
        assert_eq!(carried(link, &bytes), expected, "{link} {frame}");
        for len in 0..bytes.len() {
            // Whatever was kept of a frame, nothing is read beyond it.
            let _ = carried(link, &bytes[..len]);
        }
    }

    #[test]
    fn each_link_layer_says_where_ip_begins() {
        let macs = "ffffffffffff 0203040506 07";
        check(1, &format!("{macs} 0800 45"), Carried::Ip(14));
        check(1, &format!("{macs} 86dd 60"), Carried::Ip(14));
        check(1, &format!("{macs} 8100 0005 0800 45"), Carried::Ip(18));
        check(
            1,
            &format!("{macs} 88a8 0005 8100 0006 86dd 60"),
            Carried::Ip(22),
        );
        check(1, &format!("{macs} 0806 0001"), Carried::Other("ARP"));
        check(
            1,
            &format!("{macs} 0010 aaaa03 000000 0800 45"),
            Carried::Ip(22),
        );
        check(
            1,
            &format!("{macs} 0010 424203"),
            Carried::Other("802.3 frames without IP"),
        );
        check(
            1,
            &format!("{macs} 0010 424203 000000"),
            Carried::Other("STP"),
        );
        check(
            1,
            &format!("{macs} 8864 1100 0001 0020 0021 45"),
            Carried::Ip(22),
        );
        let tags = "8100 0001 ".repeat(9);
        let deep = Carried::Other("frames with too many tags");
        check(1, &format!("{macs} {tags} 0800 45"), deep);
        check(1, &format!("{macs} 8100 00"), Carried::Cut);
        check(
            113,
            "0000 0001 0006 020304050607 0000 0800 45",
            Carried::Ip(16),
        );
        check(
            276,
            "0800 0000 00000001 0001 00 06 0203040506070000 45",
            Carried::Ip(20),
        );
        check(101, "45", Carried::Ip(0));
        check(228, "45", Carried::Ip(0));
        check(229, "60", Carried::Ip(0));
        check(0, "02000000 45", Carried::Ip(4));
        check(0, "0000001e 60", Carried::Ip(4));
        check(108, "00000002 45", Carried::Ip(4));
        check(
            108,
            "00000007 45",
            Carried::Other("loopback frames without IP"),
        );
        check(9, "ff03 0021 45", Carried::Ip(4));
        let unknown = Carried::Other("frames of an unknown link layer");
        check(147, "45", unknown);
    }
}
