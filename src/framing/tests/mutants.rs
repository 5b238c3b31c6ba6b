//! Streams of the text protocols, broken at random: whatever comes of them, it tiles, and how they arrive changes
//! nothing.

use super::*;

/// A rule and a stream that it cuts into a few messages.
const STREAMS: &[(&str, &[u8])] = &[
    (
        "smtp",
        b"EHLO a\r\nDATA\r\nTo: x\r\n\r\n..b\r\n.\r\nBDAT 3 LAST\r\nabc250-a\r\n250 b\r\n\x16\x03\x01",
    ),
    (
        "reply",
        b"220 1 <a@b>\r\nTo: x\r\n..y\r\n.\r\n250-a\r\n250 b\r\n123-x\r\n234 y\r\n123\r\n\x16\x03",
    ),
    (
        "imap",
        b"* OK [UIDNEXT 4] hi\r\n* 2 FETCH (X {1}\r\na)\r\nb UID STORE {2+}\r\nxy 1\r\n+ go\r\n",
    ),
    (
        "nats",
        b"INFO {}\r\nHMSG a 9 18 19\r\nNATS/1.0\r\nA: b\r\n\r\nx\r\nPUB a 3\r\nabc\r\nPING\r\n",
    ),
    (
        "stomp",
        b"SEND\ndestination:/q\n\nhi\0\n\r\nERROR\r\nmessage:no\r\ncontent-length:3\r\n\r\na\0b\0",
    ),
    (
        "fix",
        b"8=FIX.4.4\x019=5\x0135=0\x0110=163\x018=F\x019=17\x0195=3\x0196=a\x01b\x0134=1\x0110=1\x01",
    ),
    (
        "rtsp",
        b"PLAY rtsp://a RTSP/1.0\r\nCSeq: 2\r\n\r\n$\x01\0\x02abRTSP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nv",
    ),
    (
        "sip",
        b"OPTIONS sip:a@b SIP/2.0\r\nl: 2\r\n\r\nhi\r\n\r\nSIP/2.0 200 OK\r\ni: 7\r\n\r\n",
    ),
    (
        "syslog",
        b"32 <165>1 - h app 1 ID [a b=\"c\"] hi38 <34>Oct 11 22:14:15 host su[7]: failed",
    ),
    (
        "proxy",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x14\x0a\0\0\x01\x0a\0\0\x02\0\x09\x01\xbb\x20\0\x05\x01\0\0\0\0GET",
    ),
    ("proxy", b"PROXY TCP4 1.0.0.1 1.0.0.2 56 443\r\nGET /\r\n"),
];

/// Breaks a stream at one place: a byte lost, doubled or changed, the end lost, a piece repeated elsewhere.
fn break_once(stream: &mut Vec<u8>, random: &mut Random) {
    let bytes = b"0191\r\n .:{}\x01\0\xff8";
    let at = random.below(stream.len().max(1));
    let to = (at + random.below(12)).min(stream.len());
    match random.below(5) {
        0 if at < stream.len() => drop(stream.remove(at)),
        1 => stream.insert(at, bytes[random.below(bytes.len())]),
        2 if at < stream.len() => stream[at] = bytes[random.below(bytes.len())],
        3 => stream.truncate(at),
        _ => {
            let piece = stream[at.min(to)..to].to_vec();
            stream.splice(at..at, piece);
        }
    }
}

#[test]
fn broken_streams_tile_however_they_arrive() {
    let mut random = Random(0xabc_def);
    for (words, stream) in STREAMS {
        for round in 0..60 {
            let mut stream = stream.to_vec();
            for _ in 0..=random.below(4) {
                break_once(&mut stream, &mut random);
            }
            let mut cut = cut(words);
            cut.max = [12, 40, MESSAGE_MAX_BYTES, u64::MAX][random.below(4)];
            let sight = Sight {
                side: [None, Some(Side::Client), Some(Side::Server)][round % 3],
                datagrams: random.below(5) == 0,
            };
            for message in run_all_ways(&cut, &stream, &mut random, sight) {
                cut.rule
                    .payload(&message, &stream[usize_of(&message.range)]);
            }
        }
    }
}
