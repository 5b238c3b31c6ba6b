//! Conversations of protocols whose directions must know of each other.

use super::{Random, Talk};
use crate::event::Dir;

pub(super) fn http(random: &mut Random) -> Talk {
    let mut talk = Talk::new();
    for nth in 0..700 {
        let method = ["GET", "HEAD", "POST"][random.below(3)];
        let ask = match method {
            "POST" => format!("POST /{nth} HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
            _ => format!(
                "{method} /{nth} HTTP/1.1\r\nX: {}\r\n\r\n",
                "y".repeat(random.below(200))
            ),
        };
        talk.push((Dir::Out, ask.into_bytes()));
        let length = random.below(300);
        let body = if method == "HEAD" { 0 } else { length };
        let told = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}",
            "z".repeat(body)
        );
        talk.push((Dir::In, told.into_bytes()));
    }
    talk.push((
        Dir::Out,
        b"GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n".to_vec(),
    ));
    talk.push((
        Dir::In,
        b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n".to_vec(),
    ));
    for _ in 0..100 {
        talk.push((Dir::Out, b"\x81\x83abcdefg".to_vec()));
        talk.push((Dir::In, b"\x81\x03abc".to_vec()));
    }
    talk
}

pub(super) fn smtp(random: &mut Random) -> Talk {
    let mut talk: Talk = vec![(Dir::In, b"220 hi\r\n".to_vec())];
    for nth in 0..500 {
        talk.push((Dir::Out, format!("MAIL FROM:<{nth}@a>\r\n").into_bytes()));
        talk.push((Dir::In, b"250 ok\r\n".to_vec()));
        talk.push((Dir::Out, b"DATA\r\n".to_vec()));
        if random.below(2) == 0 {
            talk.push((Dir::In, b"554 not from you\r\n".to_vec()));
        } else {
            talk.push((Dir::In, b"354 go on\r\n".to_vec()));
            let line = "Line of a mail\r\n".repeat(random.below(30));
            talk.push((
                Dir::Out,
                format!("Subject: x\r\n\r\n{line}.\r\n").into_bytes(),
            ));
            talk.push((Dir::In, b"250-queued\r\n250 ok\r\n".to_vec()));
        }
    }
    talk
}

pub(super) fn mqtt(random: &mut Random) -> Talk {
    let mut talk: Talk = vec![
        (Dir::Out, b"\x10\x0d\0\x04MQTT\x05\x02\0\x0a\0\0\0".to_vec()),
        (Dir::In, b"\x20\x03\0\0\0".to_vec()),
    ];
    for _ in 0..8000 {
        let dir = Dir::BOTH[random.below(2)];
        talk.push((dir, b"\x30\x0c\0\x01t\0payload!".to_vec()));
    }
    talk
}

pub(super) fn postgres(random: &mut Random) -> Talk {
    let mut talk: Talk = vec![
        (Dir::Out, b"\0\0\0\x08\x04\xd2\x16\x2f".to_vec()),
        (Dir::In, b"N".to_vec()),
        (Dir::Out, b"\0\0\0\x08\x04\xd2\x16\x30".to_vec()),
        (Dir::In, b"N".to_vec()),
        (Dir::Out, b"\0\0\0\x17\0\x03\0\0user\0postgres\0\0".to_vec()),
        (Dir::In, b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I".to_vec()),
    ];
    for _ in 0..3500 {
        talk.push((Dir::Out, b"Q\0\0\0\x0dselect 1\0".to_vec()));
        let rows = b"D\0\0\0\x0b\0\x01\0\0\0\x011".repeat(random.below(4));
        talk.push((
            Dir::In,
            [&rows[..], b"C\0\0\0\x0dSELECT 1\0Z\0\0\0\x05I"].concat(),
        ));
    }
    talk
}

pub(super) fn mysql(random: &mut Random) -> Talk {
    let packet = |number: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        [&length[..3], &[number], payload].concat()
    };
    let start = b"\x0a8.4.0\0\x07\0\0\0abcdefgh\0\x00\x02\x2d\x02\0\x08\0\x15\0\0\0\0\0\0\0\0\0\0";
    let rest = b"\0\0\0\x01\x2d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0bob\0\x02xydb\0";
    let mut talk: Talk = vec![
        (
            Dir::In,
            packet(
                0,
                &[&start[..], b"ijklmnopqrst\0caching_sha2_password\0"].concat(),
            ),
        ),
        (
            Dir::Out,
            packet(1, &[&0x0008_820d_u32.to_le_bytes(), &rest[..]].concat()),
        ),
        (Dir::In, packet(2, b"\0\0\0\x02\0\0\0")),
    ];
    for _ in 0..4000 {
        // Statistics are answered with text, a ping with OK, a field list with columns.
        let code = [9, 14, 4][random.below(3)];
        talk.push((Dir::Out, packet(0, &[&[code][..], b"table\0"].concat())));
        let reply = if code == 9 {
            &b"Uptime: 5"[..]
        } else {
            b"\0\0\0\x02\0\0\0"
        };
        talk.push((Dir::In, packet(1, reply)));
    }
    talk
}
