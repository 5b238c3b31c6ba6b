//! Networks of a test's own that lose packets or have no room for them: rules of nft(8), a bucket of tc-tbf(8).

use std::os::fd::{AsRawFd as _, OwnedFd};

use rustix::net::sockopt::{socket_domain, socket_type};
use rustix::net::{AddressFamily, SocketType};
use rustix::process::{ForeignRawFd, Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use super::skip::is_installed;
use super::stage::{RUN, folder, in_a_network, word};

/// The step of a shell that gives the network a table `t` with a chain `i` for what comes in, and these rules.
fn rules(set: &str, rules: &[&str]) -> String {
    let chain = "add chain inet t i { type filter hook input priority 0; };";
    let rules = rules
        .iter()
        .map(|rule| format!("add rule inet t i {rule};"));
    let rules = rules.collect::<String>();
    format!("nft 'add table inet t; {set} {chain} {rules}' &&")
}

#[test]
fn f14_a_lost_syn_is_sent_again_and_without_an_answer_the_wait_ends() {
    if !is_installed("nft") {
        return;
    }
    // To one port the first is lost, to the other all are; at both somebody listens.
    let first = "tcp dport 7001 numgen inc mod 1000 == 0 drop";
    let steps = rules("", &[first, "tcp dport 7002 drop"]);
    let script = "listen 127.0.0.1:7001 as L\nlisten 127.0.0.1:7002 as M\nconnect @M timeout 300ms as A\n\
                  connect @L as B\n@L wait accepted within 9s\n@B wait fact resent >= 1 within 9s\n\
                  @B send \"on\"\n@C expect \"on\"\n";
    let Some(run) = in_a_network(("-n", &steps), &RUN, script) else {
        return;
    };
    run.passed();
    assert!(run.says("no answer in 0.3 s"));
    let said = "connect 127.0.0.1:7002 as A\n@A cancel\nquit\n";
    let told = in_a_network(("-n", &steps), &["--plain"], said).unwrap();
    let told = told.stdout;
    assert!(told.contains("A no longer waits in connect"), "{told}");
    assert!(told.contains("A is closed"), "{told}");
}

#[test]
fn f15_a_peer_that_vanishes_sends_no_end_and_the_loop_sleeps() {
    if !is_installed("nft") || !is_installed("strace") {
        return;
    }
    let log = folder("f15").join("log");
    // From a datagram to port 9 on nothing of that connection arrives any more, neither way.
    let gone = "add set inet t gone { type ipv4_addr; flags dynamic; size 16; };";
    let steps = rules(
        gone,
        &[
            "udp dport 9 add @gone { ip saddr }",
            "tcp dport 7777 ip saddr @gone drop",
            "tcp sport 7777 ip saddr @gone drop",
        ],
    );
    let waits = "trace=epoll_wait,epoll_pwait,epoll_pwait2";
    let steps = format!(
        "{steps} set -- strace -f -qq -o {} -e {waits} \"$@\" &&",
        log.display()
    );
    let script = "listen 127.0.0.1:7777 as L\nconnect @L as A\n@L wait accepted within 9s\n\
                  @A send \"before\"\n@B expect \"before\"\n\
                  bind udp://127.0.0.1:9 as D\nconnect @D as C\n@C send \"cut\"\n@D expect \"cut\"\n\
                  @A send \"nobody there\"\n@A wait fact retransmits >= 2 within 20s\n\
                  @A set user-timeout 1s\n@A wait errno ETIMEDOUT within 30s\n@B send \"?\"\n";
    let Some(run) = in_a_network(("-n", &steps), &RUN, script) else {
        return;
    };
    let events = run.passed();
    let ended = |name: &str| {
        let ends = events.iter().filter(|event| event["conn"] == name);
        ends.filter_map(|event| event["ended"].as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(ended("A"), ["ETIMEDOUT", "ETIMEDOUT"]);
    assert!(ended("B").is_empty(), "nothing tells the other of it");
    let waits = std::fs::read_to_string(log).unwrap().lines().count();
    assert!((1..200).contains(&waits), "{waits} waits: it spins");
}

/// Lets the datagram sockets of another process hear of datagrams that found no room (`IP_RECVERR`, ip(7)), for which
/// else the kernel reports success; how many there are.
fn tell_of_no_room(pid: Pid) -> usize {
    let process = pidfd_open(pid, PidfdFlags::empty()).unwrap();
    let numbers = std::fs::read_dir(format!("/proc/{}/fd", pid.as_raw_nonzero())).unwrap();
    let numbers = numbers.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let all = numbers.filter_map(|number| {
        let number: ForeignRawFd = number.parse().ok()?;
        pidfd_getfd(&process, number, PidfdGetfdFlags::empty()).ok()
    });
    let is_datagrams = |fd: &OwnedFd| {
        socket_domain(fd) == Ok(AddressFamily::INET) && socket_type(fd) == Ok(SocketType::DGRAM)
    };
    all.filter(is_datagrams)
        .map(|fd| hear_of_errors(&fd))
        .count()
}

#[expect(unsafe_code, reason = "rustix has no IP_RECVERR")]
fn hear_of_errors(socket: &OwnedFd) {
    let on: libc::c_int = 1;
    let size = libc::socklen_t::try_from(size_of_val(&on)).unwrap();
    // SAFETY: the option is an int, which lives and is as long as is said.
    let done = unsafe {
        let on = (&raw const on).cast();
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_IP,
            libc::IP_RECVERR,
            on,
            size,
        )
    };
    assert_eq!(done, 0, "{}", std::io::Error::last_os_error());
}

#[test]
fn f31_a_device_without_room_is_waited_for_and_no_datagram_is_lost() {
    if !is_installed("tc") {
        return;
    }
    let folder = folder("f31-device");
    let received = folder.join("received");
    let (go_on, heard) = word(&folder, |pid| assert_eq!(tell_of_no_room(pid), 2));
    let datagrams = (0..24).map(|n| format!("{n:02}").repeat(100));
    let datagrams: Vec<String> = datagrams.collect();
    let sends = datagrams.iter().map(|it| format!("@A send \"{it}\"\n"));
    let script = format!(
        "bind udp://127.0.0.1:0 as B\nconnect @B as A\n{go_on}{}@A send \"last\"\n\
         @B wait bytes /last/ within 50s\n@B save {} in all over\n",
        sends.collect::<String>(),
        received.display()
    );
    // The bucket and the queue before it hold a dozen; then one goes every eighth of a second.
    let steps = "tc qdisc add dev lo root tbf rate 16kbit burst 1600 limit 1600 &&";
    let Some(run) = in_a_network(("-n", steps), &RUN, &script) else {
        return;
    };
    run.passed();
    heard.join().unwrap();
    let told = run.errnos("send");
    let is_no_room = told.iter().all(|errno| *errno == "ENOBUFS");
    assert!(is_no_room && !told.is_empty(), "{told:?}");
    assert!(told.len() < 400, "it backs off: {} failures", told.len());
    let received = std::fs::read_to_string(received).unwrap();
    assert_eq!(received, datagrams.concat() + "last");
}
