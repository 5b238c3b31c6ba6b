//! What others read in a recording of the tap: the streams of `tshark` are the bytes that passed, and its messages are
//! those of a capture.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::path::Path;

use super::captured::Captured;
use super::relay::{self, PATIENCE, Place, RECORDED, RECORDING, Relay, command_of, is_installed};
use super::server::{Server, noise, say};

/// What both sides of a conversation said, the client first.
type Talk = [Vec<u8>; 2];

/// Questions and answers of these sizes in turn, half a close, and a last answer behind it.
fn talk(relay: &Relay, server: &socket2::Socket, sizes: &[[usize; 2]]) -> (u16, Talk) {
    let mut client = relay.connect();
    let (mut server, _) = server.accept().unwrap();
    for socket in [&client, &server] {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
    }
    let port = client.local_addr().unwrap().as_socket().unwrap().port();
    let source = noise(4 << 20);
    let mut said = [Vec::new(), Vec::new()];
    let mut pass =
        |from: &mut socket2::Socket, to: &mut socket2::Socket, side: usize, size: usize| {
            let bytes = source[said[side].len()..][..size].to_vec();
            let mut got = vec![0; size];
            std::thread::scope(|scope| {
                scope.spawn(|| from.write_all(&bytes).unwrap());
                to.read_exact(&mut got).unwrap();
            });
            assert!(got == bytes, "other bytes");
            said[side].extend(bytes);
        };
    for [question, answer] in sizes {
        pass(&mut client, &mut server, 0, *question);
        pass(&mut server, &mut client, 1, *answer);
    }
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    pass(&mut server, &mut client, 1, 777);
    (port, said)
}

/// One stream of the recording as `tshark` follows it, with the port of the client.
fn followed(recording: &Path, stream: usize) -> (u16, Talk) {
    let mut tshark = command_of("tshark");
    tshark
        .args(["-n", "-q", "-z", &format!("follow,tcp,raw,{stream}"), "-r"])
        .arg(recording);
    let output = String::from_utf8(say(&mut tshark)).unwrap();
    let (mut port, mut said) = (0, [Vec::new(), Vec::new()]);
    for line in output.lines() {
        if let Some(node) = line.strip_prefix("Node 0: ") {
            port = node.rsplit(':').next().unwrap().trim().parse().unwrap();
        }
        // What the server said is indented.
        let (side, digits) = line
            .strip_prefix('\t')
            .map_or((0, line), |digits| (1, digits));
        let is_hex = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_hex {
            let pairs = digits.as_bytes().chunks_exact(2);
            let pair = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
            said[side].extend(pairs.map(pair));
        }
    }
    (port, said)
}

#[test]
fn the_streams_of_a_recording_are_the_bytes() {
    if !is_installed("tshark") {
        return;
    }
    let folder = relay::folder("recorded");
    let (server, target) = Place::Tcp(0).listen(&folder, "server");
    let relay = Relay::start(&RECORDING, &Place::Tcp(0), &target, &folder);
    let talks = [
        talk(&relay, &server, &[[1, 1], [100, 70_000], [65_536, 1]]),
        talk(&relay, &server, &[[2 << 20, 0], [0, 1 << 20]]),
        talk(&relay, &server, &[]),
    ];
    assert_eq!(relay.interrupt().code(), Some(0));
    let recording = folder.join(RECORDED);
    for stream in 0..talks.len() {
        let (port, said) = followed(&recording, stream);
        let talk = talks.iter().find(|talk| talk.0 == port);
        let talk = talk.unwrap_or_else(|| panic!("stream {stream}: a client at port {port}"));
        for (side, name) in ["client", "server"].iter().enumerate() {
            let (theirs, ours) = (&said[side], &talk.1[side]);
            let at = theirs
                .iter()
                .zip(ours)
                .position(|(one, other)| one != other);
            let lengths = (theirs.len(), ours.len());
            assert!(
                theirs == ours,
                "stream {stream}, {name}: lengths {lengths:?}, differ at {at:?}"
            );
        }
    }
    super::assert_opens(&recording);
    std::fs::remove_dir_all(folder).unwrap();
}

/// What Wireshark's own dissector finds in a file: of each direction, all values of each field, in order.
fn dissected(file: &Path) -> Vec<Vec<String>> {
    const FIELDS: [&str; 4] = [
        "resp.string",
        "resp.bulk_string.value",
        "resp.integer",
        "resp.error",
    ];
    let mut tshark = command_of("tshark");
    tshark.args([
        "-n",
        "-Y",
        "resp",
        "-T",
        "fields",
        "-E",
        "aggregator=,",
        "-E",
        "separator=|",
    ]);
    tshark.args(["-d", "tcp.port==1-65535,resp", "-e", "tcp.srcport"]);
    for field in FIELDS {
        tshark.args(["-e", field]);
    }
    let output = String::from_utf8(say(tshark.arg("-r").arg(file))).unwrap();
    // The client speaks first.
    let client = output.split('|').next().unwrap_or_default().to_owned();
    let mut found = vec![Vec::new(); 2 * FIELDS.len()];
    for line in output.lines() {
        let mut columns = line.split('|');
        let side = usize::from(columns.next() != Some(&client));
        for (k, values) in columns.enumerate() {
            let values = values.split(',').filter(|value| !value.is_empty());
            found[side * FIELDS.len() + k].extend(values.map(str::to_owned));
        }
    }
    found
}

#[test]
fn a_capture_of_a_redis_session_says_what_the_recording_says() {
    let needed = ["redis-server", "tcpdump", "tshark"];
    if !needed.iter().all(|program| is_installed(program)) {
        return;
    }
    let server = Server::redis();
    let folder = relay::folder("captured");
    let relay = Relay::start(&RECORDING, &Place::Tcp(0), &server.place, &folder);
    let Some(captured) = Captured::begin(&relay, &folder) else {
        return;
    };
    let mut client = relay.connect();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    for line in [
        "SET a 1",
        "INCR a",
        "LPUSH list one two three",
        "LRANGE list 0 -1",
        "NONSENSE",
        "GET a",
    ] {
        let words = line
            .split(' ')
            .map(|word| format!("${}\r\n{word}\r\n", word.len()));
        let words: Vec<String> = words.collect();
        let command = format!("*{}\r\n{}", words.len(), words.concat());
        client.write_all(command.as_bytes()).unwrap();
        assert_ne!(client.read(&mut [0; 4096]).unwrap(), 0, "{line}");
    }
    drop(client);
    // Both ends of the conversation are in the capture before it is ended.
    let capture = captured.end("tcp.flags.fin == 1", 2);
    assert_eq!(relay.interrupt().code(), Some(0));
    let (captured, recorded) = (dissected(&capture), dissected(&folder.join(RECORDED)));
    let three = |value: &String| value == "7468726565";
    assert!(captured.concat().iter().any(three), "{captured:?}");
    assert_eq!(recorded, captured);
    std::fs::remove_dir_all(folder).unwrap();
}
