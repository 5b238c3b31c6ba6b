//! What is told of conversations: how they begin and end, the times of their calls, and what is only counted.

use super::packets::{RST, SYN};
use super::*;
use sockeye::event::{Outcome, Syscall};

#[test]
fn a_port_used_again_is_another_connection() {
    let mut pcap = Pcap::new(1);
    for (k, first) in [[100, 900], [70_000, 5]].into_iter().enumerate() {
        let mut dialogue = Dialogue::new(V4.0, V4.1, first);
        dialogue.say(0, format!("connection {k}").as_bytes(), 100);
        dialogue.segments.iter().for_each(|it| pcap.segment(it));
    }
    let session = opened(&pcap.bytes);
    assert_eq!(session.conns().ever(), 2);
    assert_eq!(all(&session, 0, Dir::Out).0, b"connection 0");
    assert_eq!(all(&session, 1, Dir::Out).0, b"connection 1");
    assert!(!session.conn(ConnId(0)).unwrap().is_open());
}

#[test]
fn a_refused_connection_and_a_reset_are_told_as_the_client_heard_of_them() {
    let mut pcap = Pcap::new(1);
    let mut refused = Dialogue::new(V4.0, V4.1, [1, 1]);
    refused.segments.truncate(1);
    refused.push(1, RST | packets::ACK, &[]);
    refused.segments.iter().for_each(|it| pcap.segment(it));
    let mut reset = Dialogue::new("10.0.0.1:40001", V4.1, [1, 1]);
    reset.say(1, b"half", 100);
    reset.push(1, RST, &[]);
    reset.segments.iter().for_each(|it| pcap.segment(it));
    let session = opened(&pcap.bytes);
    let failed = |conn: u32| {
        let all = events(&session);
        let failed = all.into_iter().filter(|it| it.conn == Some(ConnId(conn)));
        let calls = failed.filter_map(|it| match it.what {
            What::Call(call) => call.outcome.errno().map(|errno| (call.call, errno.name())),
            _ => None,
        });
        calls
            .map(|(call, errno)| (call.name(), errno))
            .collect::<Vec<_>>()
    };
    assert_eq!(failed(0), [("connect", "ECONNREFUSED")]);
    assert_eq!(failed(1), [("recv", "ECONNRESET")]);
    let lane = session.lane(ConnId(1), Dir::In).unwrap();
    assert_eq!((lane.len(), lane.ending()), (4, Some(Ending::Broken)));
}

#[test]
fn a_connection_that_was_there_before_begins_with_what_was_seen() {
    let mut dialogue = Dialogue::new(V4.0, V4.1, [1, 1]);
    dialogue.say(0, b"unseen", 100);
    dialogue.segments.clear();
    dialogue.say(1, b"answer", 100);
    dialogue.say(0, b"question", 100);
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    let session = opened(&pcap.bytes);
    // The server has the lesser port, whoever was heard first.
    let conn = session.conn(ConnId(0)).unwrap();
    assert_eq!(conn.local.as_ref().unwrap().to_string(), V4.0);
    assert_eq!(all(&session, 0, Dir::In), (b"answer".to_vec(), true));
    assert_eq!(all(&session, 0, Dir::Out), (b"question".to_vec(), true));
    let is_connect = |event: &Event| match &event.what {
        What::Call(call) => matches!(call.call, Syscall::Connect(_)),
        _ => false,
    };
    assert!(!events(&session).iter().any(is_connect));
    assert!(conn.is_open());
}

#[test]
fn calls_have_the_times_of_their_packets_and_one_call_each() {
    let mut dialogue = Dialogue::new(V4.0, V4.1, [1, 1]);
    dialogue.say(0, &[1; 30], 10);
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    let session = opened(&pcap.bytes);
    let all = events(&session);
    let sends: Vec<_> = all
        .iter()
        .filter_map(|event| match &event.what {
            What::Call(call) if call.outcome == Outcome::Returned(10) => Some(event.at.as_micros()),
            _ => None,
        })
        .collect();
    assert_eq!(sends, [300, 400, 500]);
    assert!(all.is_sorted_by_key(|event| event.at));
}

#[test]
fn what_is_not_shown_is_counted() {
    let mut pcap = Pcap::new(1);
    pcap.frame(&[&[2; 12][..], &[8, 6], &[0; 28]].concat());
    let (from, to) = (V4.0.parse().unwrap(), V4.1.parse().unwrap());
    pcap.packet(&ip(from, to, 1, &[8, 0, 0, 0]));
    pcap.packet(&ip(from, to, 1, &[8, 0, 0, 0]));
    pcap.packet(&ip(from, to, 6, &[0; 4]));
    let session = opened(&pcap.bytes);
    let last = notes(&session).pop().unwrap();
    assert_eq!(
        last,
        "4 packets: 0 of TCP in 0 connections, 0 of UDP in 0 conversations; not shown: 1 ARP, 2 ICMP, \
         1 packets cut within their headers"
    );
}

#[test]
fn conversations_are_limited_and_the_rest_is_counted() {
    let mut pcap = Pcap::new(101);
    let server = V4.1.parse().unwrap();
    for k in 0..33_232_u32 {
        let client = std::net::SocketAddr::from((
            [10, 1, (k >> 8) as u8, k as u8],
            40_000 + (k >> 16) as u16,
        ));
        pcap.segment(&packets::Segment {
            from: client,
            to: server,
            seq: 1,
            ack: 0,
            flags: SYN,
            bytes: Vec::new(),
        });
    }
    let session = opened(&pcap.bytes);
    assert_eq!(session.conns().ever(), 32_768);
    assert!(
        session
            .banners()
            .any(|it| it.starts_with("32768 conversations are shown"))
    );
    let last = notes(&session).pop().unwrap();
    assert!(
        last.contains("464 packets of more conversations than are shown"),
        "{last}"
    );
}
