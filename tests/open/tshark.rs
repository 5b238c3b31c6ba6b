//! The same captures by `tshark`: what it follows is what the session has. Where it is not installed that is said, and
//! nothing is judged.

use std::path::PathBuf;
use std::process::Command;

use super::packets::{Chance, Pcap};
use super::skip::{command_of, is_installed, skip};
use super::{V4, V6, all, dialogue, disturbed, opened};
use sockeye::endpoint::Transport;
use sockeye::event::Dir;

fn tshark(words: &[&str]) -> String {
    let output = command_of("tshark").args(words).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn kept(name: &str, bytes: &[u8]) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("open");
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// What `tshark` follows of the first stream: both directions, the client's first.
fn followed(path: &std::path::Path, number: u32) -> [Vec<u8>; 2] {
    let follow = format!("follow,tcp,raw,{number}");
    let path = path.to_str().unwrap();
    let text = tshark(&["-r", path, "-q", "-z", &follow]);
    let mut said = [Vec::new(), Vec::new()];
    let rows = text.lines().skip_while(|line| !line.starts_with("Node 1"));
    for line in rows.skip(1).take_while(|line| !line.starts_with('=')) {
        // What the other side said stands behind a tab.
        let side = usize::from(line.starts_with('\t'));
        let digits = line.trim().as_bytes();
        let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
        said[side].extend(digits.chunks(2).map(byte));
    }
    said
}

#[test]
fn what_tshark_follows_is_what_the_session_has() {
    if !is_installed("tshark") {
        return;
    }
    for seed in 0..8 {
        let mut chance = Chance(seed + 1000);
        let dialogue = dialogue(&mut chance, if seed % 2 == 0 { V4 } else { V6 });
        let mut pcap = Pcap::new(if seed % 3 == 0 { 1 } else { 101 });
        let segments = disturbed(&dialogue, &mut chance);
        for segment in &segments {
            pcap.segment(segment);
        }
        let path = kept(&format!("follow-{seed}.pcap"), &pcap.bytes);
        let said = followed(&path, 0);
        let session = opened(&pcap.bytes);
        for (dir, said) in [(Dir::Out, &said[0]), (Dir::In, &said[1])] {
            assert!(
                all(&session, 0, dir).0 == *said,
                "seed {seed}, {dir:?}: {}",
                path.display()
            );
        }
    }
}

#[test]
fn a_redis_session_that_tcpdump_captured_is_what_tshark_follows() {
    let needed = ["unshare", "tcpdump", "bash", "redis-server", "tshark"];
    if !needed.iter().all(|program| is_installed(program)) {
        return;
    }
    let path = kept("redis.pcap", b"");
    let path = path.to_str().unwrap();
    // A network of its own, so that nothing else is captured; that takes rights which not everybody has. tcpdump says
    // that it listens before it does: the talk begins when a datagram to nobody was captured, behind the file's header.
    let steps = format!(
        "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up || exit 9
         until_in() {{ until grep -aq \"$1\" \"$2\"; do sleep 0.02; done }}
         tcpdump -i lo -U --immediate-mode -w {path} 'tcp or udp' 2>{path}.log & dump=$!
         until_in 'listening on' {path}.log
         until [ $(wc -c <{path}) -gt 24 ]; do bash -c 'echo >/dev/udp/127.0.0.1/9'; sleep 0.02; done
         redis-server --port 7777 --bind 127.0.0.1 --save '' >{path}.redis 2>&1 & redis=$!
         until_in 'eady to accept' {path}.redis
         seq 50 | sed 's/.*/set key& value&/' | redis-cli -p 7777 >/dev/null
         redis-cli -p 7777 get key7 >/dev/null; redis-cli -p 7777 set last-of-all 1 >/dev/null
         until_in last-of-all {path}; kill $dump; wait $dump
         redis-cli -p 7777 shutdown nosave >/dev/null; wait $redis; chmod 644 {path}"
    );
    let ran = Command::new("timeout")
        .args(["60", "unshare", "--net", "sh", "-c", &steps])
        .status();
    let bytes = std::fs::read(path).unwrap_or_default();
    if !ran.is_ok_and(|status| status.success()) || bytes.len() < 1000 {
        return skip("a network of its own");
    }
    let session = opened(&bytes);
    let streams = session.conns().iter();
    let streams: Vec<u32> = streams
        .filter(|conn| conn.transport == Transport::Tcp)
        .map(|conn| conn.id.0)
        .collect();
    assert_eq!(streams.len(), 3);
    let mut seen: Vec<u8> = Vec::new();
    for (nth, number) in (0..).zip(streams) {
        let said = followed(std::path::Path::new(path), nth);
        for (dir, said) in [(Dir::Out, &said[0]), (Dir::In, &said[1])] {
            assert!(
                all(&session, number, dir).0 == *said,
                "stream {nth}, {dir:?}"
            );
            seen.extend(said);
        }
    }
    let has = |wanted: &[u8]| seen.windows(wanted.len()).any(|bytes| bytes == wanted);
    assert!(has(b"value50") && has(b"$6\r\nvalue7\r\n"));
}
