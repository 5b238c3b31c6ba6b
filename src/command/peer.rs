//! `peer`, and what befalls one: `kill`, `stop`, `reboot`. What each kind of peer does, the table of `peer` knows.

use super::complete::{self, Candidate};
use super::{Cx, Group, Noun, Scope, Verb, make};
use crate::endpoint::{Endpoint, Host, Place, Transport};
use crate::event::{ConnId, Lab, Wish};
use crate::words::{Complaint, Words};

const OPTIONS: &[&str] = &["on", "as"];

pub(super) struct Peer;

impl Verb for Peer {
    fn name(&self) -> &'static str {
        "peer"
    }

    fn usage(&self) -> &'static str {
        "peer KIND [on ADDR] [as NAME]"
    }

    fn help(&self) -> &'static str {
        "a program of its own on this machine to talk to; you see its calls too"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let kind = kind(words, cx)?;
        let (mut at, mut name) = (loopback(), None);
        make::options(words, OPTIONS, |option, words| {
            match option {
                "on" => at = stream(words, cx)?,
                _ => name = Some(cx.new_name(words)?),
            }
            Ok(())
        })?;
        Ok(vec![Wish::Lab(Lab::Start { kind, at, name })])
    }

    fn complete(&self, before: &[&str], scope: &dyn Scope) -> Vec<Candidate> {
        match before.split_last() {
            None => complete::nouns(scope, Noun::Peer, "what the peer does"),
            Some((&"on", _)) => complete::addresses(scope),
            Some((&"as", _)) => Vec::new(),
            Some((_, rest)) => complete::options(OPTIONS, rest),
        }
    }
}

/// A kind of lab peer with its words, up to the options.
fn kind(words: &mut Words<'_>, cx: &Cx<'_>) -> Result<String, Complaint> {
    let column = words.column();
    let first = words.require("a kind of peer").map_err(|complaint| {
        let known = cx
            .scope()
            .map_or(Vec::new(), |scope| scope.nouns(Noun::Peer));
        let fits = known.join(" ");
        Complaint { fits, ..complaint }
    })?;
    let mut kind = first.text.to_owned();
    while let Some(word) = words.peek().filter(|word| !OPTIONS.contains(&word.text)) {
        kind.push(' ');
        kind.push_str(word.text);
        let _ = words.next_word();
    }
    if let Some(scope) = cx.scope() {
        scope.peer(&mut Words::new(&kind, column))?;
    }
    Ok(kind)
}

/// An address that connections come to.
fn stream(words: &mut Words<'_>, cx: &Cx<'_>) -> Result<Endpoint, Complaint> {
    let word = words.peek();
    let at = cx.endpoint(words)?;
    match word.filter(|_| !at.transport.listens()) {
        Some(word) => Err(word.complain("a peer listens", "a tcp or unix address")),
        None => Ok(at),
    }
}

/// Any port of loopback.
fn loopback() -> Endpoint {
    Endpoint {
        transport: Transport::Tcp,
        place: Place::Inet {
            host: Host::Ip([127, 0, 0, 1].into()),
            port: 0,
        },
    }
}

pub(super) static KILL: Fate = Fate {
    name: "kill",
    usage: "kill [@PEER]",
    help: "end a peer's program at once (SIGKILL); the kernel closes its sockets for it",
    lab: Lab::Kill,
};

pub(super) static REBOOT: Fate = Fate {
    name: "reboot",
    usage: "reboot [@PEER]",
    help: "as if a peer's machine lost power and came back: its connections vanish without a word",
    lab: Lab::Reboot,
};

/// What befalls a peer.
pub(super) struct Fate {
    name: &'static str,
    usage: &'static str,
    help: &'static str,
    lab: fn(ConnId) -> Lab,
}

impl Verb for Fate {
    fn name(&self) -> &'static str {
        self.name
    }

    fn usage(&self) -> &'static str {
        self.usage
    }

    fn help(&self) -> &'static str {
        self.help
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(vec![Wish::Lab((self.lab)(peer(words, cx)?))])
    }
}

pub(super) struct Stop;

impl Verb for Stop {
    fn name(&self) -> &'static str {
        "stop"
    }

    fn usage(&self) -> &'static str {
        "stop [@PEER] [off]"
    }

    fn help(&self) -> &'static str {
        "stop a peer's program where it stands (SIGSTOP); its kernel goes on; off: let it go on"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let conn = peer(words, cx)?;
        let lab = if words.take("off") {
            Lab::Resume(conn)
        } else {
            Lab::Stop(conn)
        };
        Ok(vec![Wish::Lab(lab)])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        if before.contains(&"off") {
            return Vec::new();
        }
        complete::words(&["off"], "let it go on")
    }
}

pub(super) struct Twins;

impl Verb for Twins {
    fn name(&self) -> &'static str {
        "twins"
    }

    fn usage(&self) -> &'static str {
        "twins"
    }

    fn help(&self) -> &'static str {
        "two connections that look alike: one peer is only stopped, the other's cable is pulled"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, _words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let names = cx.new_names('T', 4);
        let [busy, gone, still, cut] = names.as_slice() else {
            return Ok(Vec::new());
        };
        Ok(vec![Wish::Line(format!(
            "peer silent as {still}; peer silent as {cut}; connect @{still} as {busy}; \
             connect @{cut} as {gone}; stop @{still}; @{gone} unplug"
        ))])
    }
}

/// The peer behind the verb, `@P`, else the socket that the command is about: any socket of a peer names it.
fn peer(words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<ConnId, Complaint> {
    let named = words
        .peek()
        .and_then(|word| Some((word, word.text.strip_prefix('@')?)));
    let Some((word, name)) = named else {
        return cx.socket();
    };
    let _ = words.next_word();
    cx.conn(word, name)
}
