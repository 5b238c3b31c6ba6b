//! A run without a screen: sentences in the order of what happened, commands line by line, no escape sequence, and an
//! end that waits for what was asked. On the simulated kernel; `ways_in.rs` has pipes and a terminal.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/program.rs"]
mod program;

use std::time::Duration;

use sockeye::args::{self, Asked};
use sockeye::os::Signal;
use sockeye::run::{self, Ending, Pipe, Plain, Plan, Printer};

use kernel::Happening;
use program::Program;

/// Runs a command line whose input is typed at these times.
fn play(os: &mut Program, words: &str, typed: &[(f64, &str)], ends: Option<f64>) -> Ending {
    for (at, text) in typed {
        let bytes = text.as_bytes().to_vec();
        os.kernel
            .at(Duration::from_secs_f64(*at), Happening::Stdin(bytes));
    }
    if let Some(at) = ends {
        os.kernel
            .at(Duration::from_secs_f64(at), Happening::StdinEnd);
    }
    let words = ["sockeye", "--plain"]
        .into_iter()
        .chain(words.split_whitespace());
    match args::parse(words.map(Into::into)).unwrap() {
        Asked::Workbench { plan, is_demo } => run::run(os, &mut Plain::new(is_demo), plan),
        other => panic!("{other:?}"),
    }
}

fn said(os: &Program) -> String {
    let text = String::from_utf8(os.kernel.stdout().to_vec()).unwrap();
    assert!(
        text.chars().all(|c| c == '\n' || !c.is_control()),
        "{text:?}"
    );
    text
}

/// What is said of lines that are typed one a second, without the first sentence.
#[track_caller]
fn check(words: &str, typed: &[&str], expected: &[&str]) {
    let mut os = Program::new(0);
    let times = (1_u32..).map(f64::from);
    let lines: Vec<String> = typed.iter().map(|line| format!("{line}\n")).collect();
    let typed: Vec<(f64, &str)> = times.zip(lines.iter().map(String::as_str)).collect();
    let ending = play(&mut os, words, &typed, Some(30.0));
    assert_eq!(ending.code, 0, "{ending:?}");
    let said = said(&os);
    let found: Vec<&str> = said.lines().skip(1).collect();
    assert_eq!(found, expected, "{said}");
}

#[test]
fn what_happens_is_said() {
    check(
        "--lang en",
        &[
            "pair unix as A B",
            "@A send \"hi\\r\\n\" 00",
            "@A shutdown write",
            "@B close",
        ],
        &[
            "A and B are connected with each other.",
            "A sent 5 bytes: \"hi\\r\\n\\0\".",
            "B received 5 bytes: \"hi\\r\\n\\0\".",
            "A has ended its sending.",
            "B has received the end: the peer sends no more.",
            "B has ended its sending.",
            "B is closed.",
            "A has received the end: the peer sends no more.",
        ],
    );
}

#[test]
fn connections_and_their_failures_are_said() {
    check(
        "--lang en",
        &["listen 127.0.0.1:7000", "connect :7000", "connect :7001"],
        &[
            "L listens at tcp://127.0.0.1:7000.",
            "A waits in connect(:7000).",
            "L accepted B from 127.0.0.1:40001.",
            "A is connected to 127.0.0.1:7000.",
            "C waits in connect(:7001).",
            "ECONNREFUSED (111) Connection refused. C called connect(:7001): this machine answered: nobody \
             listens on that port (certain). try: b listens there; or check the port.",
            "C is closed.",
        ],
    );
}

#[test]
fn messages_take_the_place_of_bytes_where_a_framing_is_set() {
    check(
        "--lang fr",
        &[
            "pair unix as A B",
            "@A send \"before\\n\"",
            "@B frame in len u8",
            "@A send 02 \"ab\" 03 \"c\"",
            "@A send 00 07",
            "@B frame in line",
        ],
        &[
            "A et B sont connectées l’une à l’autre.",
            "A a envoyé 7 octets : \"before\\n\".",
            "B a reçu 7 octets : \"before\\n\".",
            "Ce que B reçoit est découpé en messages par len u8, à partir de l’octet 0.",
            "A a envoyé 5 octets : \"\\x02ab\\x03c\".",
            "B a reçu 5 octets.",
            "A a envoyé 2 octets : \"\\0\\x07\".",
            "B a reçu 2 octets.",
            "Ce que B reçoit est découpé en messages par line, à partir de l’octet 0.",
            "B a reçu le message 1, line : \"before\".",
        ],
    );
}

#[test]
fn a_line_that_does_not_fit_is_told_with_its_column_and_nothing_is_done() {
    check(
        "--lang en",
        &[
            "pair unix as A B; nonsense",
            "@A send \"",
            "",
            "  # only this",
            "mark here; say \"so\"; wait eof",
            "@A close",
        ],
        &[
            "Nothing was done: column 19: there is no verb `nonsense` (`?` lists them)",
            "Nothing was done: column 9: the closing quote is missing (\"…\", with \\\" for a quote inside)",
            "Mark here.",
            "so",
            "Nothing was done: column 22: there is no socket to do this with (connect, listen or pair makes one; @NAME \
             before the verb names one)",
            "Nothing was done: column 1: there is no socket `A`",
        ],
    );
}

#[test]
fn lines_may_come_in_any_pieces_and_of_any_bytes() {
    for seed in 0..20 {
        let mut os = Program::new(seed);
        let typed = [
            (1.0, "mark o"),
            (2.0, "ne\nmark two\r\n"),
            (3.0, "mark thr"),
            (4.0, "ee"),
        ];
        assert_eq!(play(&mut os, "--lang en", &typed, Some(5.0)).code, 0);
        let said = said(&os);
        let found: Vec<&str> = said.lines().skip(1).collect();
        assert_eq!(
            found,
            ["Mark one.", "Mark two.", "Mark three."],
            "seed {seed}"
        );
    }
    let mut os = Program::new(0);
    let long = "x".repeat((1 << 20) + 1) + "\nmark end\n";
    os.kernel.at(
        Duration::from_secs(1),
        Happening::Stdin(b"mark \xff\n\x1b[2J\n".to_vec()),
    );
    assert_eq!(
        play(&mut os, "--lang en", &[(2.0, &long)], Some(3.0)).code,
        0
    );
    let said = said(&os);
    let found: Vec<&str> = said.lines().skip(1).collect();
    assert_eq!(
        found[0],
        "Nothing was done: byte 6 of that line is not UTF-8 text"
    );
    assert!(
        found[1].starts_with(r"Nothing was done: column 1: there is no verb `\x1b[2J`"),
        "{said}"
    );
    assert_eq!(
        found[2..],
        [
            "That line is longer than 1048576 bytes; nothing was done.",
            "Mark end."
        ]
    );
}

#[test]
fn quiet_says_received_bytes_and_errors() {
    check(
        "-q",
        &[
            "pair unix as A B",
            "@A send \"hi\"",
            "nonsense",
            "connect :1",
            "@A send \"ho\"",
        ],
        &[
            "Nothing was done: column 1: there is no verb `nonsense` (`?` lists them)",
            "ECONNREFUSED (111) Connection refused. C called connect(:1): this machine answered: nobody listens on \
             that port (certain). try: b listens there; or check the port.",
            "B received 2 bytes: \"ho\".",
        ],
    );
}

#[test]
fn the_end_of_the_input_waits_for_what_was_asked() {
    // All at once, and the input ends with it: what is sent arrives, and so does the answer to it.
    let mut os = Program::new(0);
    let typed = "listen 127.0.0.1:7000\nconnect :7000\nsend \"hello\"";
    assert_eq!(
        play(&mut os, "--lang en", &[(1.0, typed)], Some(1.0)).code,
        0
    );
    let said = said(&os);
    assert!(said.contains("B received 5 bytes: \"hello\"."), "{said}");
    let now = sockeye::os::Os::now(&os.kernel);
    assert!(now < Duration::from_secs(3), "{now:?}");
    // An address that never answers is not waited for without end.
    let mut os = Program::new(0);
    os.kernel.silence(sockeye::endpoint::Address::Inet(
        "127.0.0.1:9".parse().unwrap(),
    ));
    assert_eq!(
        play(&mut os, "", &[(1.0, "connect :9\n")], Some(1.0)).code,
        0
    );
    let now = sockeye::os::Os::now(&os.kernel);
    assert!(
        (Duration::from_secs(5)..Duration::from_secs(8)).contains(&now),
        "{now:?}"
    );
    // A listener alone is nothing to wait for, and an idle run makes no call.
    let mut os = Program::new(0);
    assert_eq!(play(&mut os, "listen :0", &[], None).code, 143);
    assert!(os.quiet_since().unwrap() < Duration::from_secs(20));
    let mut os = Program::new(0);
    assert_eq!(play(&mut os, "listen :0", &[], Some(2.0)).code, 0);
}

#[test]
fn an_interrupt_ends_a_wait_and_else_the_run() {
    let mut os = Program::new(0);
    for at in [2, 4] {
        os.kernel.at(
            Duration::from_secs(at),
            Happening::Signal(Signal::Interrupt),
        );
    }
    let typed = [(1.0, "pair unix manual as A B\n@A recv\n")];
    let ending = play(&mut os, "--lang en", &typed, None);
    assert_eq!(ending.code, 130);
    let said = said(&os);
    assert!(
        said.contains("A waits in recv(4096).\nA no longer waits in recv; nothing was done."),
        "{said}"
    );
    let now = sockeye::os::Os::now(&os.kernel);
    assert!(now >= Duration::from_secs(4), "{now:?}");
}

#[test]
fn the_demo_plays_and_a_line_stops_it() {
    let mut os = Program::new(0);
    assert_eq!(play(&mut os, "demo --lang en", &[], Some(0.1)).code, 0);
    let whole = said(&os);
    assert!(
        whole.contains("A received message 1, len 17: \"hi, who is there?\"."),
        "{whole}"
    );
    assert!(whole.contains("12 bytes are announced"), "{whole}");
    let mut os = Program::new(0);
    assert_eq!(
        play(
            &mut os,
            "demo --lang en",
            &[(2.0, "mark here\n")],
            Some(9.0)
        )
        .code,
        0
    );
    let said = said(&os);
    assert!(
        said.contains("the demo has stopped") && said.contains("Mark here."),
        "{said}"
    );
    assert!(!said.contains("12 bytes are announced"), "{said}");
}

#[test]
fn a_flood_is_bounded_and_complete() {
    let mut os = Program::new(5);
    os.stdout_opens = Duration::from_secs(20);
    let typed: Vec<String> = (0..400)
        .map(|n| format!("@A send \"n{n:03}\" rand(900)\n"))
        .collect();
    let typed = "pair unix as A B\n".to_owned() + &typed.concat();
    assert_eq!(
        play(&mut os, "--lang en", &[(1.0, &typed)], Some(30.0)).code,
        0
    );
    let said = said(&os);
    for n in 0..400 {
        assert!(said.contains(&format!("\"n{n:03}")), "{n}");
    }
}

#[test]
fn other_ways_in_say_less_when_told() {
    let run = |words: &str| {
        let mut os = Program::new(0);
        os.kernel
            .at(Duration::from_secs(1), Happening::Signal(Signal::Interrupt));
        let words = std::iter::once("sockeye").chain(words.split_whitespace());
        match args::parse(words.map(Into::into)).unwrap() {
            Asked::Pipe { line, plan } => run::run(&mut os, &mut Pipe::new(line), plan),
            Asked::Script { name, plan, .. } => {
                let script = Some(args::script(&name, "say \"hello\"\n").unwrap());
                run::run(
                    &mut os,
                    &mut Printer::new(name, false),
                    Plan { script, ..plan },
                )
            }
            other => panic!("{other:?}"),
        };
        (said(&os), os.kernel.stderr().to_owned())
    };
    let check = |words: &str, stdout: &str, stderr: &str| {
        assert_eq!(
            run(words),
            (stdout.to_owned(), stderr.to_owned()),
            "{words}"
        );
    };
    check(
        "listen :7000 --headless",
        "",
        "ready tcp://127.0.0.1:7000\n",
    );
    check(
        "listen udp://:7000 --headless",
        "",
        "ready udp://127.0.0.1:7000\n",
    );
    check("listen :7000 --headless -q", "", "");
    check("connect udp://:7000 --headless", "", "");
    check("run -", "hello\n", "");
    check("run - -q", "", "");
}

#[test]
fn ascii_alone_is_written_where_asked() {
    check(
        "--ascii --lang fr",
        &[
            "pair unix as A B",
            "@A send c3 a9 \"!\"",
            "@B reading manual",
        ],
        &[
            "A et B sont connectees l'une a l'autre.",
            r#"A a envoye 3 octets : "\u{e9}!"."#,
            r#"B a recu 3 octets : "\u{e9}!"."#,
            "B ne lit que sur demande : recv.",
        ],
    );
}
