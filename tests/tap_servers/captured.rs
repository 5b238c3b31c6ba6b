//! What goes to and from a relay, captured by `tcpdump` meanwhile.

use std::path::{Path, PathBuf};

use super::relay::{self, Relay, command_of};
use super::server::{Reading, Saying};

/// What the kernel keeps for `tcpdump` until it runs, in KiB: each packet takes a slot as large as the largest can be,
/// 64 KiB on loopback, and the usual 2 MiB are full when a busy machine lets it wait.
const ROOM: &str = "65536";

/// A capture that goes on.
pub(crate) struct Captured {
    tcpdump: Saying,
    path: PathBuf,
}

impl Captured {
    /// Begins one, which catches already; none where that is not allowed, which is said.
    pub(crate) fn begin(relay: &Relay, folder: &Path) -> Option<Self> {
        let path = folder.join("capture.pcap");
        let probe = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let probed = probe.local_addr().unwrap();
        let filter = format!("port {} or udp port {}", relay.place.port(), probed.port());
        let mut tcpdump = command_of("tcpdump");
        tcpdump
            .args(["-i", "lo", "-U", "--immediate-mode", "-s", "0"])
            .args(["-B", ROOM, "-w"])
            .arg(&path)
            .arg(&filter);
        let Some(tcpdump) = Reading::start_saying(&mut tcpdump, "listening on") else {
            relay::skip::skip("capturing");
            return None;
        };
        let captured = Self { tcpdump, path };
        // It says that it listens before it does: the conversation begins when something else was caught.
        let probes = format!("udp.port == {}", probed.port());
        let is_catching = || {
            probe.send_to(b"probe", probed).unwrap();
            captured.holds(&probes, 1)
        };
        relay::patiently(|| "a first packet in the capture".to_owned(), is_catching);
        Some(captured)
    }

    /// Ends it when it has so many packets of that kind, in the words of `tshark`; where it is.
    pub(crate) fn end(self, what: &str, count: usize) -> PathBuf {
        relay::patiently(
            || format!("{count} packets in the capture: {what}"),
            || self.holds(what, count),
        );
        let said = self.tcpdump.interrupt();
        assert!(said.contains("\n0 packets dropped by kernel"), "{said}");
        self.path
    }

    fn holds(&self, what: &str, count: usize) -> bool {
        let mut tshark = command_of("tshark");
        tshark.args(["-n", "-Y", what, "-r"]).arg(&self.path);
        let found = tshark.output().unwrap().stdout;
        String::from_utf8_lossy(&found).lines().count() >= count
    }
}
