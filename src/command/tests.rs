//! The language as data: a line and the wishes that it means, or the complaint about it.

mod lines;
mod refusals;
mod wishes;

use regex::Regex;

use super::*;
use crate::endpoint::Endpoint;
use crate::event::ConnId;
use crate::event::{View, Want};
use crate::expr::Context;
use crate::expr::Expr;

/// A session with the sockets A (0, focused), L (1, bound to port 7000) and B (2), and the mark `start`.
pub(super) struct Session {
    pub(super) focused: Option<ConnId>,
}

const NAMES: [&str; 3] = ["A", "L", "B"];

impl Scope for Session {
    fn conn(&self, name: &str) -> Option<ConnId> {
        let at = NAMES.iter().position(|known| *known == name)?;
        u32::try_from(at).ok().map(ConnId)
    }

    fn names(&self) -> Vec<String> {
        NAMES.map(str::to_owned).to_vec()
    }

    fn is_name_free(&self, name: &str) -> bool {
        self.conn(name).is_none()
    }

    fn focused(&self) -> Option<ConnId> {
        self.focused
    }

    fn bound_address(&self, conn: ConnId) -> Option<Endpoint> {
        (conn == ConnId(1))
            .then(|| Endpoint::parse(":7000").ok())
            .flatten()
    }

    fn bytes(&mut self, conn: ConnId, expr: &Expr) -> Result<Vec<u8>, String> {
        let mut frame = Framed(conn);
        expr.evaluate(&mut frame).map_err(|error| error.to_string())
    }

    fn nouns(&self, kind: Noun) -> Vec<String> {
        let words: &[&str] = match kind {
            Noun::Pane => &["bytes", "frames"],
            Noun::Motion => &["up", "down"],
            Noun::Show | Noun::Hide => &["help", "direction"],
            Noun::Column => &["name", "state"],
            Noun::Layout => &["duet"],
            Noun::Theme => &["mono"],
            Noun::Language => &["en", "fr"],
            Noun::Format => &["hex"],
            Noun::Document => &["python", "c", "script"],
            Noun::Peer => &["echo"],
            Noun::Fault => &["stall", "drop"],
        };
        words.iter().map(|&word| word.to_owned()).collect()
    }

    fn marks(&self) -> Vec<String> {
        vec!["start".to_owned()]
    }

    fn saved(&self, name: &str) -> Option<Expr> {
        (name == "there").then(|| crate::expr::parse("file(there) saved(there)").ok())?
    }
}

/// A socket whose framing is `<…>` with its number in front.
struct Framed(ConnId);

impl Context for Framed {
    fn frame(&self, payload: &[u8]) -> Result<Vec<u8>, String> {
        let text = String::from_utf8_lossy(payload);
        Ok(format!("{}<{text}>", self.0.0).into_bytes())
    }

    fn seed(&mut self) -> u64 {
        1
    }

    fn file(&self, path: &str) -> Result<&[u8], String> {
        match path {
            "there" => Ok(b"there"),
            _ => Err(format!("{path} was not read")),
        }
    }

    fn count(&mut self) -> u64 {
        7
    }

    fn now(&self) -> u64 {
        0
    }

    fn last(&self) -> Option<Vec<u8>> {
        None
    }

    fn field(&self, _name: &str) -> Option<Vec<u8>> {
        None
    }
}

pub(super) fn session() -> Session {
    Session {
        focused: Some(ConnId(0)),
    }
}

/// The wishes in a form that fits a line: without what is absent, addresses as they are written, bytes as text.
pub(super) fn compact(wishes: &[Wish]) -> String {
    let mut text = wishes
        .iter()
        .map(|wish| format!("{wish:?}"))
        .collect::<Vec<_>>()
        .join("; ");
    for (form, short) in [
        (
            r"Endpoint \{ transport: (\w+), place: Inet \{ host: (?:Ip|Name)\(([^)]*)\), port: (\d+) \} \}",
            "$1 $2:$3",
        ),
        (
            r"Endpoint \{ transport: (\w+), place: Inet \{ host: Any, port: (\d+) \} \}",
            "$1 *:$2",
        ),
        (r"Some\(([^()]*)\)", "$1"),
        (r"ConnId\((\d+)\)", "$1"),
        (r"\w+: (None|false), ", ""),
        (r",? ?\w+: (None|false) \}", " }"),
        (r"flags: Flags \{ +\}, ", ""),
        (r",? flags: Flags \{ +\}", ""),
    ] {
        text = Regex::new(form)
            .unwrap()
            .replace_all(&text, short)
            .into_owned();
    }
    text
}

/// What a line means in [`session`]: its wishes, or its complaint.
pub(super) fn meaning(line: &str) -> String {
    match parse(line, &mut session()) {
        Ok(wishes) => compact(&wishes),
        Err(complaint) => complaint.to_string(),
    }
}

#[test]
fn the_table_is_complete_and_tells_of_itself() {
    for (at, verb) in VERBS.iter().enumerate() {
        let name = verb.name();
        assert!(verb.usage().starts_with(name), "{name}");
        assert!(
            !verb.help().is_empty() && verb.help().chars().count() <= 110,
            "{name}"
        );
        assert!(
            VERBS.iter().skip(at + 1).all(|other| other.name() != name),
            "{name} twice"
        );
        assert!(
            reference(&Locale::default()).contains(&format!(
                "  {}\n      {}\n",
                verb.usage(),
                verb.help()
            )),
            "{name}"
        );
    }
    let rows = include_str!("../command.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/command");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let module = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_verb = path.is_file()
            && module != "tests"
            && std::fs::read_to_string(&path)
                .unwrap()
                .contains("impl Verb for");
        assert!(
            !is_verb || rows.contains(&format!("    &{module}::")),
            "{module} has no row"
        );
    }
}

#[test]
fn a_line_is_checked_whole_and_lowered_step_by_step() {
    let line = "pair tcp as X Y; @X send file(there); mark m; goto m; focus 9";
    let checked = check(line, Some(&session())).unwrap();
    assert_eq!(checked.files, ["there"]);
    assert_eq!(checked.pieces.len(), 5);
    let second = checked.pieces[1].lower(&mut session()).unwrap_err();
    assert_eq!(
        second.to_string(),
        "column 18: there is no socket `X` (A L B)"
    );

    // What a stored expression names is read too, and each once.
    let stored = check("send saved(there)", Some(&session())).unwrap();
    assert_eq!(stored.files, ["there"]);
    // What is repeated is checked once, and read each time.
    let repeated = check("repeat 2 send file(there)", Some(&session())).unwrap();
    assert_eq!(repeated.files, ["there"]);

    // Nothing but a command that makes names lets later ones be taken on trust.
    let complaint = |line| check(line, Some(&session())).unwrap_err().to_string();
    assert_eq!(
        complaint("send \"a\"; @X send \"b\""),
        "column 11: there is no socket `X` (A L B)"
    );
    assert_eq!(
        complaint("connect :1 as X; bind :2 as X"),
        "column 29: the name `X` is taken (a name that no socket of this session has had)"
    );
    assert_eq!(
        complaint("listen :1 as X; bind :2 as A"),
        "column 28: the name `A` is taken (a name that no socket of this session has had)"
    );

    // Without a session, as for a script before it runs, each name is good and each mistake still found.
    assert!(
        check(
            "@any send \"a\"; goto m; connect @z; pane left; focus next",
            None
        )
        .is_ok()
    );
    assert!(check("@any send fixed2(\"too long\")", None).is_err());
}

#[test]
fn bytes_are_those_of_the_socket_that_is_named() {
    assert_eq!(
        parse("@B send frame \"x\"", &mut session()).unwrap(),
        [Wish::Socket(
            ConnId(2),
            Want::Send {
                bytes: b"2<x>".to_vec(),
                flags: crate::event::Flags::default(),
                to: None
            }
        )]
    );
    assert_eq!(meaning("send file(gone)"), "column 6: gone was not read");
    let mut nobody = Session { focused: None };
    assert_eq!(
        parse("send \"x\"", &mut nobody).unwrap_err().to_string(),
        "column 1: there is no socket to do this with \
         (connect, listen or pair makes one; @NAME before the verb names one)"
    );
    assert_eq!(
        parse("focus next", &mut nobody).unwrap(),
        [Wish::View(View::Focus(ConnId(0)))]
    );
}

#[test]
fn completion_offers_what_may_stand_there() {
    let check = |line: &str, from: usize, expected: &str| {
        let found = complete(line, line.chars().count(), &session());
        let texts: Vec<_> = found
            .candidates
            .iter()
            .map(|candidate| candidate.text.as_str())
            .collect();
        assert_eq!(
            (found.from, texts.join(" ")),
            (from, expected.to_owned()),
            "{line}"
        );
    };
    check("sen", 0, "send sendto");
    check("close; li", 7, "listen live");
    check("@", 0, "@A @L @B");
    check("@B shut", 3, "shutdown");
    check("shutdown ", 9, "write read both");
    check("set no", 4, "nonblock nodelay");
    check("set nodelay ", 12, "on off");
    check("set eol ", 8, "none lf crlf");
    check("get mou", 4, "");
    check("connect ud", 8, "udp://");
    check("connect @", 8, "@A @L @B");
    check("connect :7000 ", 14, "from timeout retry manual as");
    check("connect :7000 manual t", 21, "timeout");
    check("connect :7000 as ", 17, "");
    check("frame o", 6, "out");
    check("frame in li", 9, "line");
    check("frame in len u16", 13, "u16be u16le");
    check(
        "frame len ",
        10,
        "u8 u16be u32be u64be u16le u32le u64le dec4 hex4 varint",
    );
    check("frame len u8 at ", 16, "");
    check(
        "frame len u8 ",
        13,
        "at adjust incl strip max crc then from",
    );
    check("frame fixed ", 12, "");
    check("frame line ", 11, "max crc then from");
    check("frame line then fi", 16, "fixed fix");
    check("frame stx 7e li", 13, "line");
    check("frame line crc crc3", 15, "crc32 crc32c");
    check("frame line from 7 ", 18, "");
    check("expect errno ECONNR", 13, "ECONNRESET ECONNREFUSED");
    check("wait state EST", 11, "ESTAB");
    check("wait fact retr", 10, "retransmits");
    check("wait call setso", 10, "setsockopt");
    check(
        "wait call send = EP",
        17,
        "EPERM EPIPE EPROTO EPROTOTYPE EPROTONOSUPPORT",
    );
    check("wait eof w", 9, "within");
    check("goto ", 5, "now byte message start");
    check("repeat 3 ev", 9, "every");
    check("repeat 3 every 1s se", 18, "select set send sendto");
    check("@A repeat 3 shutdown w", 21, "write");
    check("save f ", 7, "in out message all over");
    check("save f in all ", 14, "over");
    check("unmark ", 7, "start");
    check("copy ", 5, "hex");
    check("focus ", 6, "next previous A L B");
    check("pane ", 5, "next previous bytes frames");
    check("show ", 5, "help direction");
    check("send \"é\" o", 9, "oob");
    // Inside quotes, expressions and comments there are no words.
    check("send \"cl", 8, "");
    check("wait bytes /a; cl", 15, "close");
    check("close # cl", 10, "");
    assert!(
        complete("find /a cl/", 10, &session())
            .candidates
            .is_empty()
    );
    check("nonsense ", 9, "");
    // A cursor within the line: what stands behind it does not count.
    let found = complete("sendto :1", 3, &session());
    assert_eq!(found.candidates.len(), 2);
}

#[test]
fn a_script_fits_line_by_line() {
    let script = r#"
# Two ends of one conversation, and what a reset does to unread bytes.
listen :0 manual as L
connect @L timeout 3s as A
@L accept; say "the accepted socket is the next letter"
@A send len u16be { "hello" } 0d0a
@A set nodelay on
wait connected within 2s
@B frame in len u16be
@B recv 64k peek
@B expect 00 05 "hello" within 1s        # seven bytes
@B wait bytes /h[a-z]+o;?/
@B expect message "hello"; mark here
@A shutdown write; @B wait eof
@A abort
@B wait errno ECONNRESET within 500ms
@B expect call recv = ECONNRESET
goto #13; focus A
sleep 200ms; quit
"#;
    for line in script.lines() {
        check(line, None).unwrap_or_else(|complaint| panic!("{line}: {complaint}"));
    }
}
