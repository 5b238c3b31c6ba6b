//! What the hands are in the middle of: a prefix whose second key is to come, a question that `y` answers, what can be
//! taken back. It draws nothing.

use std::time::Duration;

use super::Ui;
use super::library::Library;
use super::undo::Undo;
use super::which::Pending;
use crate::command;
use crate::endpoint::{Endpoint, Host, Place, Target};
use crate::session::Session;

/// How long `y` answers a question.
const QUESTION: Duration = Duration::from_secs(3);

/// Bytes that are sent without a question.
const SEND_MAX_BYTES: usize = 1 << 20;

/// What is under way between two keys.
#[derive(Debug, Default)]
pub(super) struct Hands {
    /// The prefix that waits for its second key.
    pub(super) pending: Option<Pending>,
    /// Until when `y` answers the question that was asked.
    question: Option<Duration>,
    /// What the question is about.
    asked: Option<Risk>,
    /// Connecting to other machines was agreed to; it is asked once a run.
    may_leave: bool,
    pub(super) undo: Undo,
    pub(super) library: Library,
}

/// What is asked about before it is done (SCREENS.md, Confirmation).
#[derive(Clone, Debug, PartialEq, Eq)]
enum Risk {
    /// The first connection to another machine.
    Leave(String),
    /// So many bytes at once.
    Bytes(usize),
}

impl Ui {
    /// Whether the answer to a question is given now; any other key takes the question back.
    pub(super) fn is_agreed(&mut self, key: Option<&str>, now: Duration) -> bool {
        let until = self.hands.question.take();
        let is_agreed = key == Some("y") && until.is_some_and(|until| now <= until);
        if is_agreed && matches!(self.hands.asked, Some(Risk::Leave(_))) {
            self.hands.may_leave = true;
        }
        is_agreed
    }

    /// Asks about a line if it must be asked about; the line stays where it is meanwhile.
    pub(super) fn is_asked_about_line(
        &mut self,
        line: &str,
        session: &Session,
        now: Duration,
    ) -> bool {
        let pieces = command::split(line).unwrap_or_default();
        let risk = pieces
            .iter()
            .find_map(|piece| self.risk(&piece.text, session));
        self.ask(risk, now)
    }

    /// Asks about that many bytes, if they are many.
    pub(super) fn is_asked_about_bytes(&mut self, bytes: usize, now: Duration) -> bool {
        let risk = (bytes > SEND_MAX_BYTES).then_some(Risk::Bytes(bytes));
        self.ask(risk, now)
    }

    fn ask(&mut self, risk: Option<Risk>, now: Duration) -> bool {
        let question = match &risk {
            None => return false,
            Some(Risk::Leave(host)) => self.locale.fill("notice.ask-connect", &[host]),
            Some(Risk::Bytes(bytes)) => self.locale.fill("notice.ask-send", &[bytes]),
        };
        self.notify(&question, now);
        self.hands.question = Some(now + QUESTION);
        self.hands.asked = risk;
        true
    }

    /// What one command would do that is asked about first.
    fn risk(&self, command: &str, session: &Session) -> Option<Risk> {
        let command = command.trim_start();
        let command = match command.strip_prefix('@') {
            Some(named) => named.split_once(char::is_whitespace)?.1.trim_start(),
            None => command,
        };
        let (verb, rest) = command.split_once(char::is_whitespace)?;
        let address = || rest.split_whitespace().next();
        match verb {
            "connect" if !self.hands.may_leave => foreign(address()?).map(Risk::Leave),
            "send" | "stage" => self.many(rest, session),
            "sendto" => self.many(rest.trim_start().strip_prefix(address()?)?, session),
            _ => None,
        }
    }

    fn many(&self, words: &str, session: &Session) -> Option<Risk> {
        let words = words.trim();
        let flags = [" oob", " more"];
        let bytes = flags.iter().find_map(|flag| words.strip_suffix(flag));
        let size = super::composer::size(bytes.unwrap_or(words), session, self.focus)?;
        (size > SEND_MAX_BYTES).then_some(Risk::Bytes(size))
    }
}

/// The host of an address that is on another machine.
fn foreign(address: &str) -> Option<String> {
    let Ok(Target::At(Endpoint {
        place: Place::Inet { host, .. },
        ..
    })) = Target::parse(address)
    else {
        return None;
    };
    match host {
        Host::Any => None,
        // A connection to the unspecified address stays on this machine (RFC 1122, 3.2.1.3, as Linux does it).
        Host::Ip(ip) => {
            let ip = ip.to_canonical();
            (!ip.is_loopback() && !ip.is_unspecified()).then(|| ip.to_string())
        }
        Host::Scoped { ip, zone } => Some(format!("{ip}%{zone}")),
        // Names under `localhost` never leave this machine (RFC 6761, 6.3).
        Host::Name(name) => {
            let last = name.trim_end_matches('.').rsplit('.').next();
            let is_here = last.is_some_and(|last| last.eq_ignore_ascii_case("localhost"));
            (!is_here).then_some(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_machines_are_asked_about() {
        fn check(address: &str, expected: Option<&str>) {
            assert_eq!(foreign(address).as_deref(), expected, "{address}");
        }
        check(":7000", None);
        check("127.0.0.2:7", None);
        check("[::1]:7", None);
        check("[::ffff:127.0.0.1]:7", None);
        check("0.0.0.0:7", None);
        check("localhost:7", None);
        check("a.LOCALHOST:7", None);
        check("unix:/tmp/x", None);
        check("@L", None);
        check("192.0.2.1:7", Some("192.0.2.1"));
        check("udp://[2001:db8::1]:7", Some("2001:db8::1"));
        check("[fe80::1%eth0]:7", Some("fe80::1%eth0"));
        check("example.org:80", Some("example.org"));
        check("localhost.example:80", Some("localhost.example"));
    }

    #[test]
    fn much_is_asked_about_and_so_is_leaving() {
        fn check(command: &str, expected: &str) {
            let session = Session::new(1 << 20, None);
            let risk = match Ui::default().risk(command, &session) {
                None => String::new(),
                Some(Risk::Leave(host)) => host,
                Some(Risk::Bytes(bytes)) => bytes.to_string(),
            };
            assert_eq!(risk, expected, "{command}");
        }
        check(r#"send "x"*1048576"#, "");
        check(r#"send "x"*1048577"#, "1048577");
        check(r#"@A send "xy" * 1048576 more"#, "2097152");
        check(r#"sendto udp://:7 "x"*1048577"#, "1048577");
        check("connect :7", "");
        check("connect example.org:80 timeout 3s", "example.org");
        check("listen *:7", "");
    }
}
