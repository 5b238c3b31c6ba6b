//! What each kind of fault does on each kind of tap, as scripts: the same for the simulated kernel and the real one.
//! A script says by itself what must arrive; what the log must say of it stands beside.

#![expect(
    unreachable_pub,
    reason = "this file is a part of tests, which export nothing"
)]

use std::fmt::Write as _;

/// A kind of socket that taps pass on.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub name: &'static str,
    /// Bytes without boundaries.
    pub is_stream: bool,
    pub has_connections: bool,
    pub server: &'static str,
    pub tap: &'static str,
    /// What stands behind the client's `connect @T`.
    pub client: &'static str,
}

pub const KINDS: [Kind; 5] = [
    Kind {
        name: "tcp",
        is_stream: true,
        has_connections: true,
        server: "tcp://127.0.0.1:0",
        tap: "tcp://127.0.0.1:0",
        client: "",
    },
    Kind {
        name: "unix",
        is_stream: true,
        has_connections: true,
        server: "unix:@NAME-s",
        tap: "unix:@NAME-t",
        client: "",
    },
    Kind {
        name: "unix-seqpacket",
        is_stream: false,
        has_connections: true,
        server: "unix-seqpacket:@NAME-s",
        tap: "unix-seqpacket:@NAME-t",
        client: "",
    },
    Kind {
        name: "udp",
        is_stream: false,
        has_connections: false,
        server: "udp://127.0.0.1:0",
        tap: "udp://127.0.0.1:0",
        client: "",
    },
    Kind {
        name: "unix-dgram",
        is_stream: false,
        has_connections: false,
        server: "unix-dgram:@NAME-s",
        tap: "unix-dgram:@NAME-t",
        client: "from unix-dgram:@NAME-c",
    },
];

/// The two directions of a conversation, as commands name them.
pub const WAYS: [&str; 2] = ["c2s", "s2c"];

/// What is sent through the tap behind the first message of each direction.
const SENT: [&str; 4] = ["one", "two", "thr", "for"];

/// A fault, and what comes of four messages of four bytes, the second to the fifth of their direction.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// `fault WAY` stands before it.
    pub words: &'static str,
    /// Commands once all was sent.
    pub then: &'static [&'static str],
    pub stream: Comes,
    pub packets: Comes,
    /// What the log says was done.
    pub deed: &'static str,
}

/// What reaches the other end.
#[derive(Clone, Copy, Debug)]
pub enum Comes {
    /// These messages, without their line ends.
    All(&'static [&'static str]),
    /// These bytes, and no message of its own.
    Bytes(&'static str),
    /// So many bytes, whatever they are.
    Some(usize),
    /// These, and the end behind them.
    Ended(&'static [&'static str]),
    /// These, and then the conversation is no more.
    Gone(&'static [&'static str]),
    /// The program says that it cannot be.
    Refused(&'static str),
}

use Comes::{All, Bytes, Ended, Gone, Refused, Some};

const ALL: Comes = All(&SENT);

const fn row(words: &'static str, both: Comes, deed: &'static str) -> Row {
    Row {
        words,
        then: &[],
        stream: both,
        packets: both,
        deed,
    }
}

const fn held(then: &'static [&'static str], both: Comes, deed: &'static str) -> Row {
    Row {
        then,
        ..row("intercept message \"two\"", both, deed)
    }
}

pub const ROWS: &[Row] = &[
    row("latency 40ms", ALL, "delayed"),
    row("latency 40ms jitter 20ms seed 5", ALL, "delayed"),
    row("latency 40ms on message 4", ALL, "delayed"),
    row("rate 400/s", ALL, "delayed"),
    Row {
        packets: Refused("cuts a stream"),
        ..row("slice 3 gap 2ms", ALL, "sliced")
    },
    Row {
        stream: Bytes("one\ntw"),
        ..row("limit 6", All(&["one"]), "dropped")
    },
    Row {
        then: &["fault off"],
        ..row("stall", ALL, "stalled")
    },
    Row {
        then: &["fault off"],
        ..row("stall on message 3", ALL, "stalled")
    },
    Row {
        packets: Gone(&["one"]),
        ..row("close after 4", Ended(&["one"]), "closed")
    },
    row("reset after 4", Gone(&["one"]), "reset"),
    row("corrupt 100% seed 4", Some(16), "changed"),
    row("drop on message 3", All(&["one", "thr", "for"]), "dropped"),
    row("drop on type \"t\"", All(&["one", "for"]), "dropped"),
    row(
        "dup on message 3",
        All(&["one", "two", "two", "thr", "for"]),
        "doubled",
    ),
    row(
        "reorder on message 3",
        All(&["one", "thr", "two", "for"]),
        "swapped",
    ),
    row(
        "replace \"two\" with \"TWO!\"",
        All(&["one", "TWO!", "thr", "for"]),
        "changed",
    ),
    row(
        "replace /t.(.)/ with \"2\"",
        All(&["one", "2", "2", "for"]),
        "changed",
    ),
    held(&["forward"], ALL, "passed"),
    held(&["forward all"], ALL, "passed"),
    held(
        &["edit \"TWO!\\n\""],
        All(&["one", "TWO!", "thr", "for"]),
        "changed",
    ),
    held(&["drop"], All(&["one", "thr", "for"]), "dropped"),
    held(
        &["answer \"no\\n\""],
        All(&["one", "thr", "for"]),
        "answered",
    ),
];

impl Kind {
    /// Both ends, named C and A, a tap between them, and a message each way; messages are lines.
    pub fn begin(&self, name: &str) -> String {
        let named = |address: &str| address.replace("NAME", name);
        let (server, tap, client) = (named(self.server), named(self.tap), named(self.client));
        let mut lines = if self.has_connections {
            format!(
                "listen {server} as L\ntap {tap} to @L as T\nconnect @T {client} as C\n@L wait accepted\n"
            )
        } else {
            format!("bind {server} as A\ntap {tap} to @A as T\nconnect @T {client} as C\n")
        };
        for way in WAYS {
            lines.push_str(&self.send(way, "hi"));
            let _ = writeln!(lines, "@{} expect \"hi\\n\"", receiver(way));
        }
        if self.is_stream {
            lines.push_str("@T.1c frame in line\n@T.1s frame in line\n");
        }
        lines
    }

    /// A message from one end.
    pub fn send(&self, way: &str, text: &str) -> String {
        match way {
            "c2s" => format!("@C send \"{text}\\n\"\n"),
            _ if self.has_connections => format!("@A send \"{text}\\n\"\n"),
            _ => format!("@A sendto @T.1s \"{text}\\n\"\n"),
        }
    }

    /// What must arrive.
    pub fn expect(&self, way: &str, comes: Comes) -> String {
        let to = receiver(way);
        let messages = |all: &[&str]| {
            let whole = if self.is_stream { "" } else { "message " };
            let expect = |text: &&str| format!("@{to} expect {whole}\"{text}\\n\"\n");
            all.iter().map(expect).collect::<String>()
        };
        match comes {
            All(all) => messages(all),
            Bytes(text) => format!("@{to} expect \"{}\"\n", text.escape_debug()),
            Some(len) => format!("@{to} wait bytes /(?s-u).{{{len}}}/\n"),
            Ended(all) => messages(all) + &format!("@{to} expect eof\n"),
            Gone(all) => messages(all) + "@T.1c wait closed\n@T.1s wait closed\n",
            Refused(_) => String::new(),
        }
    }
}

impl Row {
    pub fn comes(&self, kind: Kind) -> Comes {
        if kind.is_stream {
            self.stream
        } else {
            self.packets
        }
    }

    /// The script of this row.
    pub fn script(&self, kind: Kind, way: &str, name: &str) -> String {
        let comes = self.comes(kind);
        let mut lines = kind.begin(name);
        let _ = writeln!(lines, "@T.1c fault {way} {}", self.words);
        if matches!(comes, Refused(_)) {
            return lines;
        }
        let is_alone = matches!(comes, Gone(_));
        for text in SENT.iter().take(if is_alone { 1 } else { 4 }) {
            lines.push_str(&kind.send(way, text));
        }
        if !self.then.is_empty() {
            let from = if way == "c2s" { "T.1c" } else { "T.1s" };
            // What a fault does to messages it does once they are cut, behind their bytes.
            let _ = writeln!(
                lines,
                "@{from} wait bytes /(?s)one.two.thr.for./\nsleep 20ms"
            );
        }
        for line in self.then {
            let _ = writeln!(lines, "{line}");
        }
        lines.push_str(&kind.expect(way, comes));
        if self.deed == "answered" {
            let back = WAYS[usize::from(way == "c2s")];
            lines.push_str(&kind.expect(back, All(&["no"])));
        }
        lines
    }
}

/// Who gets what goes that way.
fn receiver(way: &str) -> &'static str {
    if way == "c2s" { "A" } else { "C" }
}

/// What was done to the bytes, in order: the deeds with their ranges.
pub fn deeds(json: &str) -> Vec<(String, String)> {
    let lines = json.lines().filter_map(|line| {
        let event: serde_json::Value = serde_json::from_str(line).ok()?;
        let deed = event.get("deed")?.as_str()?.to_owned();
        core::option::Option::Some((deed, event.get("range")?.to_string()))
    });
    lines.collect()
}

/// Faults that hit by chance.
pub const STACKS: [&[&str]; 4] = [
    &["corrupt 1% seed 3"],
    &["drop 10% seed 4", "dup 10% seed 5", "reorder 10% seed 6"],
    &[
        "replace /age 1/ with \"age X\" chance 50% seed 7",
        "latency 5ms on every 7",
    ],
    &["drop chance 20% seed 8", "corrupt 2% seed 9"],
];

/// Two hundred messages through faults.
pub fn chances(kind: Kind, way: &str, faults: &[String], name: &str) -> String {
    let mut script = kind.begin(name);
    for words in faults {
        let _ = writeln!(script, "@T.1c fault {way} {words}");
    }
    for number in 0..200 {
        script.push_str(&kind.send(way, &format!("message {number:03}")));
        if number % 40 == 0 {
            script.push_str("sleep 50ms\n");
        }
    }
    script + "sleep 1500ms\n"
}

/// What hit, and where; without changes, which are told for what came together.
pub fn hits(json: &str) -> Vec<(String, String)> {
    let mut hits = deeds(json);
    hits.retain(|(deed, _)| deed != "changed");
    hits
}
