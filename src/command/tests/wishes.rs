//! Each verb in each of its forms, and what it means.

use super::meaning;

#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("", ""),
    ("connect :7000", "Make(Connect { to: Tcp 127.0.0.1:7000 })"),
    (
        "connect tcp://localhost:80 from 127.0.0.1:0 timeout 3s retry 500ms manual as web",
        "Make(Connect { to: Tcp \"localhost\":80, from: Tcp 127.0.0.1:0, timeout: 3s, retry: 500ms, manual: \
         true, name: \"web\" })",
    ),
    ("connect @L as C", "Make(Connect { to: Tcp 127.0.0.1:7000, name: \"C\" })"),
    (
        "connect unix:\"/a b\"",
        "Make(Connect { to: Endpoint { transport: UnixStream, place: Path([47, 97, 32, 98]) } })",
    ),
    ("listen 7000", "Make(Listen { at: Tcp 127.0.0.1:7000 })"),
    (
        "listen *:0 backlog 5 reuseport keep 64k manual as S",
        "Make(Listen { at: Tcp *:0, backlog: 5, reuseport: true, keep: 65536, manual: true, name: \"S\" })",
    ),
    ("bind udp://127.0.0.1:0 as U", "Make(Bind { at: Udp 127.0.0.1:0, name: \"U\" })"),
    ("start", "Socket(0, Start { })"),
    ("@L start backlog 0", "Socket(1, Start { backlog: 0 })"),
    ("pair tcp", "Make(Pair { transport: Tcp })"),
    ("pair unix manual as X Y", "Make(Pair { transport: UnixStream, manual: true, names: Some((\"X\", \"Y\")) })"),
    ("@L accept", "Socket(1, Accept)"),
    ("send \"hi\"", "Socket(0, Send { bytes: [104, 105] })"),
    ("send 68 69 oob", "Socket(0, Send { bytes: [104, 105], flags: Flags { oob: true } })"),
    ("send \"hi\" more", "Socket(0, Send { bytes: [104, 105], flags: Flags { more: true } })"),
    ("@B sendto udp://[::1]:9 \"x\"", "Socket(2, Send { bytes: [120], to: Udp ::1:9 })"),
    ("sendto @L 00", "Socket(0, Send { bytes: [0], to: Tcp 127.0.0.1:7000 })"),
    ("stage u16be(5)", "Socket(0, Stage([0, 5]))"),
    ("flush", "Socket(0, Flush)"),
    ("recv", "Socket(0, Recv { max: 4096 })"),
    ("recv 64k", "Socket(0, Recv { max: 65536 })"),
    ("recv 5 peek", "Socket(0, Recv { max: 5, flags: Flags { peek: true } })"),
    ("recv waitall", "Socket(0, Recv { max: 4096, flags: Flags { waitall: true } })"),
    ("recv 1 oob", "Socket(0, Recv { max: 1, flags: Flags { oob: true } })"),
    ("shutdown write", "Socket(0, Shutdown(Write))"),
    ("shutdown read", "Socket(0, Shutdown(Read))"),
    ("@B shutdown both", "Socket(2, Shutdown(Both))"),
    ("close", "Socket(0, Close)"),
    ("abort", "Socket(0, Abort)"),
    ("cancel ; close", "Socket(0, Cancel); Socket(0, Close)"),
    ("set nodelay on", "Socket(0, Set { option: \"nodelay\", value: \"on\" })"),
    ("@L set reuseport off", "Socket(1, Set { option: \"reuseport\", value: \"off\" })"),
    ("set sndbuf 64k", "Socket(0, Set { option: \"sndbuf\", value: \"65536\" })"),
    ("set ttl 255", "Socket(0, Set { option: \"ttl\", value: \"255\" })"),
    ("set linger 0", "Socket(0, Set { option: \"linger\", value: \"0\" })"),
    ("set linger off", "Socket(0, Set { option: \"linger\", value: \"off\" })"),
    ("set user-timeout 1.5s", "Socket(0, Set { option: \"user-timeout\", value: \"1500\" })"),
    ("set keepalive 2m 5 3", "Socket(0, Set { option: \"keepalive\", value: \"120 5 3\" })"),
    ("set keepalive off", "Socket(0, Set { option: \"keepalive\", value: \"off\" })"),
    ("set join 239.1.2.3", "Socket(0, Set { option: \"join\", value: \"239.1.2.3\" })"),
    ("set congestion reno", "Socket(0, Set { option: \"congestion\", value: \"reno\" })"),
    ("set eol crlf", "View(Setting { name: \"eol\", value: \"crlf\" })"),
    ("set mouse off", "View(Setting { name: \"mouse\", value: \"off\" })"),
    ("get rcvbuf", "Socket(0, Get { option: \"rcvbuf\" })"),
    ("reading manual", "Socket(0, Reading { })"),
    ("reading auto 64k/s", "Socket(0, Reading { auto: true, rate: 65536 })"),
    ("frame line", "Frame { conn: 0, rule: \"line\" }"),
    ("frame in len u16be at 2 from 12", "Frame { conn: 0, dir: In, rule: \"len u16be at 2\", from: 12 }"),
    ("@B frame out fixed 4 max 64k", "Frame { conn: 2, dir: Out, rule: \"fixed 4 max 65536\" }"),
    ("frame both netstring", "Frame { conn: 0, rule: \"netstring\" }"),
    ("order big", "View(Order { big: true })"),
    ("order little", "View(Order { })"),
    ("find \"abc\"", "View(Find(Bytes([97, 98, 99])))"),
    ("find 0d 0a", "View(Find(Bytes([13, 10])))"),
    ("find /a\\/b+ ;#/", "View(Find(Regex(\"a\\\\/b+ ;#\")))"),
    ("find next", "View(FindAgain { forward: true })"),
    ("find previous", "View(FindAgain { })"),
    ("goto 13", "View(Goto(Event(13)))"),
    ("goto #13 # there", "View(Goto(Event(13)))"),
    ("goto start", "View(Goto(Mark(\"start\")))"),
    ("goto now", "View(Goto(Now))"),
    ("mark here", "Mark(\"here\")"),
    ("mark m; goto 1", "Mark(\"m\"); View(Goto(Event(1)))"),
    ("focus B", "View(Focus(2))"),
    ("focus 2", "View(Focus(1))"),
    ("focus next", "View(Focus(1))"),
    ("focus previous", "View(Focus(2))"),
    ("help", "View(Show(\"help \"))"),
    ("help  recv peek", "View(Show(\"help recv peek\"))"),
    ("pane next", "View(Pane(\"next\"))"),
    ("pane bytes", "View(Pane(\"bytes\"))"),
    ("move up", "View(Move(\"up\"))"),
    ("show direction", "View(Show(\"direction\"))"),
    ("hide help", "View(Hide(\"help\"))"),
    ("filter state:ESTAB in>1k # most", "View(Filter(\"state:ESTAB in>1k\"))"),
    ("filter", "View(Filter(\"\"))"),
    ("sort state", "View(Sort(\"state\"))"),
    ("layout duet", "View(Layout(\"duet\"))"),
    ("theme mono", "View(Theme(\"mono\"))"),
    ("lang fr", "View(Language(\"fr\"))"),
    ("copy hex", "View(Copy(\"hex\"))"),
    ("pin ; undo ; redo", "View(Pin); View(Undo); View(Redo)"),
    ("sleep 200ms", "Step(Sleep(200ms))"),
    ("say \"é \\\"so\\\"; # on\"", "Step(Say(\"é \\\"so\\\"; # on\"))"),
    ("expect \"hi\"", "Step(Await { conn: 0, what: Bytes([104, 105]), within: 5s, strict: true })"),
    ("expect 68 69 within 1s", "Step(Await { conn: 0, what: Bytes([104, 105]), within: 1s, strict: true })"),
    (
        "@B expect bytes /h.?i/ within 2m",
        "Step(Await { conn: 2, what: Found(Regex(\"h.?i\")), within: 120s, strict: true })",
    ),
    ("expect message", "Step(Await { conn: 0, what: Message(None), within: 5s, strict: true })"),
    ("expect message within 1s", "Step(Await { conn: 0, what: Message(None), within: 1s, strict: true })"),
    ("expect message \"x\"", "Step(Await { conn: 0, what: Message(Some(Bytes([120]))), within: 5s, strict: true })"),
    ("wait message /x+/", "Step(Await { conn: 0, what: Message(Some(Regex(\"x+\"))), within: 5s })"),
    ("wait eof", "Step(Await { conn: 0, what: Eof, within: 5s })"),
    (
        "wait connected; wait accepted; wait refused",
        "Step(Await { conn: 0, what: Connected, within: 5s }); Step(Await { conn: 0, what: Accepted, within: 5s \
         }); Step(Await { conn: 0, what: Refused, within: 5s })",
    ),
    (
        "wait reset; wait timeout; wait closed",
        "Step(Await { conn: 0, what: Reset, within: 5s }); Step(Await { conn: 0, what: Timeout, within: 5s }); \
         Step(Await { conn: 0, what: Closed, within: 5s })",
    ),
    ("wait state ESTAB", "Step(Await { conn: 0, what: State(Established), within: 5s })"),
    ("wait state established", "Step(Await { conn: 0, what: State(Established), within: 5s })"),
    ("wait errno ECONNRESET", "Step(Await { conn: 0, what: Errno(Errno(104)), within: 5s })"),
    ("wait call send", "Step(Await { conn: 0, what: Call { name: \"send\" }, within: 5s })"),
    (
        "wait call send = 12 within 1s",
        "Step(Await { conn: 0, what: Call { name: \"send\", result: Some(Ok(12)) }, within: 1s })",
    ),
    ("wait call send=-1", "Step(Await { conn: 0, what: Call { name: \"send\", result: Some(Ok(-1)) }, within: 5s })"),
    (
        "wait call recv = EAGAIN",
        "Step(Await { conn: 0, what: Call { name: \"recv\", result: Some(Err(Errno(11))) }, within: 5s })",
    ),
    ("quit", "Quit"),
];

#[test]
fn each_verb_means_its_wishes() {
    for (line, expected) in TABLE {
        assert_eq!(meaning(line), *expected, "{line}");
    }
    for verb in super::VERBS {
        let has_row = TABLE
            .iter()
            .any(|(line, _)| line.split_whitespace().any(|word| word == verb.name()));
        assert!(has_row, "{}", verb.name());
    }
}
