//! What a person does under fire: a line of the language for each deed, about sockets that there are. A deed follows
//! from the case and its number alone, and from what it finds.

mod beside;

use sockeye::endpoint::Transport;
use sockeye::event::{ConnId, Role};
use sockeye::session::{Conn, Session};

use super::program::Numbers;

/// More sockets than these are open at once only for a moment.
const OPEN_MAX: usize = 40;

/// How far back a deed looks for a socket.
const LOOK_BACK: usize = 160;

/// A line, and what it asks to be sent where that is known.
#[derive(Debug, Default)]
pub(crate) struct Deed {
    pub(crate) line: String,
    pub(crate) parcel: Option<(ConnId, Vec<u8>)>,
}

/// Where a deed is made up.
struct Scene<'a> {
    numbers: Numbers,
    at: u32,
    session: &'a Session,
    open: Vec<&'a Conn>,
}

/// Makes up a deed.
pub(crate) fn deed(seed: u64, at: u32, session: &Session) -> Deed {
    // Streams of numbers that begin one step apart would be the same.
    let start = (seed << 20 | u64::from(at)).wrapping_mul(0xd134_2543_de82_ef95);
    let numbers = Numbers(start | 1);
    let conns = session.conns();
    let first = conns.ever().saturating_sub(LOOK_BACK);
    let open = (first..conns.ever()).filter_map(|at| conns.get(at));
    let mut scene = Scene {
        numbers,
        at,
        session,
        open: open.filter(|conn| conn.is_open()).collect(),
    };
    if scene.open.len() > OPEN_MAX {
        let line = format!(
            "@{} {}",
            scene.open[0].name,
            scene.of(&["close", "abort", "close now"])
        );
        return Deed { line, parcel: None };
    }
    // What cannot be is another deed.
    for _ in 0..8 {
        if let Some(deed) = scene.some() {
            return deed;
        }
    }
    Deed {
        line: format!("pair {}", scene.of(&["tcp", "unix", "udp"])),
        parcel: None,
    }
}

impl<'a> Scene<'a> {
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.numbers.below(limit.max(1) as u64)).unwrap_or(0)
    }

    fn of<'b>(&mut self, words: &[&'b str]) -> &'b str {
        words[self.below(words.len())]
    }

    /// Nothing, or these words.
    fn or(&mut self, words: &'static [&'static str]) -> &'static str {
        if self.below(3) == 0 {
            words[self.below(words.len())]
        } else {
            ""
        }
    }

    /// A length, small ones as often as large ones.
    fn len(&mut self, bits: usize) -> usize {
        let bits = self.below(bits);
        self.below(1 << bits)
    }

    fn conn(&mut self, is: impl Fn(&Conn) -> bool) -> Option<&'a Conn> {
        let fit: Vec<&'a Conn> = self.open.iter().copied().filter(|conn| is(conn)).collect();
        let at = self.below(fit.len());
        fit.get(at).copied()
    }

    fn talker(&mut self) -> Option<&'a Conn> {
        self.conn(|conn| conn.connected && matches!(conn.role, Role::Client | Role::Accepted))
    }

    fn some(&mut self) -> Option<Deed> {
        let line = match self.below(48) {
            0..=4 => self.make(),
            5..=7 => self.connect()?,
            8..=17 => return self.send(),
            18..=20 => self.tap()?,
            21..=24 => self.tamper()?,
            25 | 26 => self.end()?,
            27..=31 => self.receive()?,
            32..=34 => self.option()?,
            35 | 36 => self.frame()?,
            37 | 38 => self.lever()?,
            39 | 40 => self.datagram()?,
            41 => self.hold()?,
            42 | 43 => self.file()?,
            44 => self.ask()?,
            45 => self.repeat()?,
            _ => self.look()?,
        };
        Some(Deed { line, parcel: None })
    }

    fn make(&mut self) -> String {
        let (at, manual) = (self.at, self.or(&[" manual"]));
        let keep = self.or(&[" keep 1000", " keep 64k", " backlog 1", " backlog 0"]);
        match self.below(8) {
            0..=2 => format!("listen 127.0.0.1:0{keep}{manual}"),
            3 => format!("listen unix:/s{at}{manual}"),
            4 => format!("listen unix-seqpacket:@q{at}"),
            5 => format!(
                "bind {}{manual}",
                self.of(&["udp://127.0.0.1:0", "udp://127.0.0.1:0", "127.0.0.1:0"])
            ),
            6 => format!("bind unix-dgram:/d{at}{manual}"),
            _ => format!(
                "pair {}{manual}",
                self.of(&["tcp", "tcp", "unix", "unix-seqpacket", "udp"])
            ),
        }
    }

    fn connect(&mut self) -> Option<String> {
        let how = self.or(&[
            " manual",
            " timeout 2s",
            " retry 1s",
            " timeout 500ms retry 300ms",
        ]);
        if self.below(8) == 0 {
            let to = self.of(&[
                "127.0.0.1:7",
                "udp://127.0.0.1:9",
                "here:7000",
                "nowhere:80",
                "unix:/none",
                "udp://here:9",
            ]);
            return Some(format!("connect {to}{how}"));
        }
        let to = self
            .conn(|conn| matches!(conn.role, Role::Listener | Role::Tap) && conn.local.is_some())?;
        Some(format!("connect @{}{how}", to.name))
    }

    fn send(&mut self) -> Option<Deed> {
        let conn = self.talker()?;
        let bits = if self.below(32) == 0 { 20 } else { 14 };
        let (at, end) = (self.at, self.of(&["\n", "\r\n", "\0", "x", "ab"]));
        let word = format!("{at}.{end}");
        let count = self.len(bits) / word.len() + 1;
        let (verb, flags) = match self.below(12) {
            0 => ("stage", ""),
            1 => ("send", " oob"),
            2 => ("send", " more"),
            _ => ("send", ""),
        };
        let shown = word
            .replace('\n', "\\n")
            .replace('\r', "\\r")
            .replace('\0', "\\0");
        let line = format!("@{} {verb} \"{shown}\"*{count}{flags}", conn.name);
        let parcel = (verb == "send" && flags.is_empty())
            .then(|| (conn.id, word.into_bytes().repeat(count)));
        Some(Deed { line, parcel })
    }

    fn tap(&mut self) -> Option<String> {
        let keep = self.or(&[" keep 4096"]);
        let is_target = |conn: &Conn| conn.role == Role::Listener && conn.local.is_some();
        if self.below(4) == 0 {
            let to =
                self.conn(|conn| conn.transport == Transport::Udp && conn.role == Role::Datagram)?;
            return Some(format!("tap udp://127.0.0.1:0 to @{}{keep}", to.name));
        }
        let to = self.conn(is_target)?;
        let at = match to.transport {
            Transport::Tcp => "127.0.0.1:0".to_owned(),
            Transport::UnixStream => format!("unix:/t{}", self.at),
            _ => format!("unix-seqpacket:/t{}", self.at),
        };
        Some(format!("tap {at} to @{}{keep}", to.name))
    }

    fn tamper(&mut self) -> Option<String> {
        let session = self.session;
        let conn = self.conn(|conn| conn.role == Role::Tap || session.is_tapped(conn.id))?;
        let way = self.of(&["", "", "c2s ", "s2c "]);
        let kind = self.of(&[
            "latency 5ms",
            "latency 20ms jitter 30ms",
            "rate 20k/s",
            "slice 7",
            "slice 100 gap 1ms",
            "limit 5000",
            "stall",
            "close after 3000",
            "reset after 2000",
            "corrupt 0.01",
            "drop 10%",
            "dup 20%",
            "reorder 30%",
            "drop 50% on message 2",
        ]);
        Some(match self.below(10) {
            0..=4 => format!("@{} fault {way}{kind}", conn.name),
            5 => format!("@{} fault off", conn.name),
            6 => format!("@{} replace {way}\"1\" with \"one\"", conn.name),
            7 => format!(
                "@{} intercept {way}{}",
                conn.name,
                self.of(&["on", "on", "off"])
            ),
            8 => format!(
                "@{} {}",
                conn.name,
                self.of(&[
                    "forward",
                    "forward all",
                    "drop",
                    "edit \"other\"",
                    "answer \"no\""
                ])
            ),
            _ => format!("@{} faults", conn.name),
        })
    }

    fn end(&mut self) -> Option<String> {
        let conn = self.conn(|_| true)?;
        let how = self.of(&[
            "close",
            "close",
            "close now",
            "abort",
            "shutdown write",
            "shutdown write",
            "shutdown read",
            "shutdown both",
            "flush",
            "cancel",
        ]);
        Some(format!("@{} {how}", conn.name))
    }

    fn receive(&mut self) -> Option<String> {
        let conn = self.conn(|_| true)?;
        let len = self.len(16) + 1;
        let how = match self.below(10) {
            0 => "accept".to_owned(),
            1..=3 => format!("recv {len}{}", self.or(&[" peek", " waitall", " oob"])),
            4 => "recv".to_owned(),
            5 => "reading manual".to_owned(),
            6 => format!("reading auto {len}/s"),
            7 => "flush".to_owned(),
            8 => "cancel".to_owned(),
            _ => "reading auto".to_owned(),
        };
        Some(format!("@{} {how}", conn.name))
    }

    fn option(&mut self) -> Option<String> {
        let conn = self.conn(|_| true)?;
        let what = self.of(&[
            "set nonblock on",
            "set nonblock off",
            "set rcvbuf 256",
            "set rcvbuf 9000",
            "set sndbuf 4096",
            "set linger 0",
            "set linger off",
            "set nodelay on",
            "set oobinline on",
            "set user-timeout 3s",
            "get rcvbuf",
            "get linger",
            "set keepalive 5 1 3",
            "set reuseaddr on",
        ]);
        Some(format!("@{} {what}", conn.name))
    }

    fn frame(&mut self) -> Option<String> {
        let conn = self.talker()?;
        let way = self.of(&["", "in ", "out "]);
        let rule = self.of(&[
            "line",
            "raw",
            "fixed 7",
            "delim \"ab\"",
            "len u8",
            "len u16be adjust 2",
            "netstring",
            "slip",
            "cobs",
            "idle 20ms",
            "http1",
            "json",
            "line max 20",
            "resp",
            "eof",
            "varint",
            "tlv u8 u8",
        ]);
        Some(format!("@{} frame {way}{rule}", conn.name))
    }

    fn lever(&mut self) -> Option<String> {
        let conn = self.conn(|_| true)?;
        let what = self.of(&[
            "unplug",
            "unplug 300ms",
            "plug",
            "dup",
            "dup",
            "leak",
            "plug",
        ]);
        Some(format!("@{} {what}", conn.name))
    }

    fn datagram(&mut self) -> Option<String> {
        let from = self.conn(|conn| conn.transport.is_connectionless())?;
        let to = self.conn(|conn| conn.transport == from.transport && conn.local.is_some());
        let len = self.len(12);
        // What nobody reads by himself waits to be cut.
        let is_asked = !from.auto && self.below(2) == 0;
        Some(match (if is_asked { 0 } else { self.below(4) }, to) {
            (0, _) => format!("@{} recv {}", from.name, 1 + len / 8),
            (1, _) => format!("@{} send \"d\"*{len}", from.name),
            (_, Some(to)) => format!(
                "@{} sendto @{} \"{}.\"*{}",
                from.name,
                to.name,
                self.at,
                len / 4
            ),
            _ => format!("@{} send \"\"", from.name),
        })
    }
}
