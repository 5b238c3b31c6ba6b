//! A peer that sends what terminals obey: nothing of it reaches the terminal but as text of ours. A small grammar of
//! our own output, written down here a second time, is held against every byte that the program wrote.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

#[path = "support/grammar.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod grammar;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use grammar::check;
use program::pty::Pty;
use program::{FIRST, command, leave, workbench};

#[test]
fn the_grammar_refuses_what_it_must() {
    check("\x1b[?2026h\x1b[2J\x1b[1;31m─ é 🐟\x1b[3;4H\x1b[0m".as_bytes()).unwrap();
    for bad in [
        &b"\x1b]52;c;AA\x07"[..],
        b"\x1bc",
        b"\x1b[?1003h",
        b"\x1b[6n",
        b"\x1b[",
        b"\n",
        b"\x7f",
        b"\xff",
        "\u{9b}31m".as_bytes(),
        "\u{202e}".as_bytes(),
        "e\u{301}".as_bytes(),
        "\u{200b}".as_bytes(),
    ] {
        assert!(check(bad).is_err(), "{:?}", String::from_utf8_lossy(bad));
    }
}

/// A workbench that is connected to a peer of this test.
fn connected() -> (Pty, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut pty = workbench(&["connect", &address]);
    let (peer, _) = listener.accept().unwrap();
    pty.wait_text("A says");
    (pty, peer)
}

/// What a peer may send to hurt; the last line of each is plain, to be waited for.
fn attacks() -> Vec<(&'static str, Vec<u8>)> {
    let all: Vec<u8> = (0..=255).collect();
    let scalars = |range: std::ops::RangeInclusive<u32>| -> Vec<u8> {
        let text: String = range.filter_map(char::from_u32).collect();
        text.into_bytes()
    };
    let orders = b"\x1b]52;c;cm0gLXJm\x07\x1b]0;title\x1b\\\x1b]8;;http://x\x1b\\x\x1b]8;;\x1b\\\x1bc\x1b[2J\x1b[?1049l\
        \x1b[6n\x1b[c\x1bP$qm\x1b\\\x1b_G\x1b\\\x1b[?1003h\x1b[200~\x1b(0\x0e\x1b#8\x1b[!p\x05\x1b]52;unfinished";
    vec![
        ("every byte", all),
        ("orders", orders.to_vec()),
        ("C1", (0x80..=0x9f).collect()),
        ("C1 in UTF-8", scalars(0x80..=0x9f)),
        ("bidi and invisible", scalars(0x2000..=0x206f)),
        ("tags", scalars(0xe_0000..=0xe_007f)),
        ("variation selectors", scalars(0xfe00..=0xfe0f)),
        ("Arabic and Hebrew", scalars(0x0590..=0x06ff)),
        (
            "combining",
            format!("a{}", "\u{301}".repeat(3000)).into_bytes(),
        ),
        (
            "joined",
            "👩\u{200d}👩\u{200d}👧\u{200d}👦🇫🇷".repeat(20).into_bytes(),
        ),
        ("specials", scalars(0xfff0..=0xffff)),
        (
            "cut and overlong",
            b"\xe2\x82\xf0\x9f\x92\xc0\xaf\xed\xa0\x80\xf8\x88\x80\x80\x80\xff\xfe".to_vec(),
        ),
    ]
}

#[test]
fn f36_f37_f38_nothing_of_a_peer_s_is_obeyed() {
    let (mut pty, mut peer) = connected();
    command(&mut pty, "frame line");
    pty.send("\\");
    // Before there are bytes, which would turn it by themselves.
    pty.wait_text("nothing received yet");
    for (count, (name, bytes)) in attacks().into_iter().enumerate() {
        // As one line of text, so that bytes, messages, inspector and timeline all show it.
        peer.write_all(&bytes).unwrap();
        peer.write_all(format!("\nend{count}\n").as_bytes())
            .unwrap();
        pty.wait_text(&format!("\"end{count}\""));
        // Over it with the cursor, at the largest size: all of it is in view once.
        for size in [(200, 60), (80, 24)] {
            pty.resize(size.0, size.1);
            pty.wait_for(name, |screen| program::is_drawn(screen, size.1));
            pty.send("\x1b[Z".repeat(2));
            pty.send("kkkkkkhhhhllll{{}}GTz\x1b[27u\x1b[27uG");
            pty.wait_read();
        }
        pty.wait_text(FIRST);
        check(pty.seen()).unwrap_or_else(|what| panic!("{name}: {what}"));
    }
    leave(&mut pty);
    check(pty.seen()).unwrap();
}

#[test]
fn f36_what_is_typed_and_pasted_is_drawn_by_the_same_rule() {
    let (mut pty, _peer) = connected();
    for (name, bytes) in attacks() {
        pty.send(b"\x1b[200~");
        pty.send(&bytes);
        pty.send(b" \x1b[201~");
        pty.wait_text("Enter send");
        pty.send("\x1b[27u");
        pty.wait_text(FIRST);
        // In the prompt, as a word that does not fit, so that the complaint names it.
        pty.send(":");
        pty.send(b"\x1b[200~");
        pty.send(&bytes);
        pty.send(b"\x1b[201~\r\x0c");
        pty.wait_read();
        pty.send("\x1b[27u\x1b[27u");
        pty.wait_text(FIRST);
        check(pty.seen()).unwrap_or_else(|what| panic!("{name}: {what}"));
    }
    leave(&mut pty);
}

#[test]
fn f36_names_of_files_and_words_of_the_command_line_are_text() {
    for hostile in [
        "say \x1b]52;c;AA\x07\u{202e}",
        "find \"\x1b[6n\"; \u{9b}1m",
        "connect \"\x1b[2J\":1",
    ] {
        let mut pty = Pty::spawn(program::sockeye(&["-c", hostile]));
        assert_eq!(pty.wait_exit().code(), Some(2), "{hostile:?}");
        pty.assert_restored();
        // The complaint stands in lines of the shell's screen.
        let said = String::from_utf8_lossy(pty.seen()).replace("\r\n", " ");
        assert!(said.contains("sockeye: "), "{said:?}");
        check(said.as_bytes()).unwrap();
    }
    let words = ["connect", "unix:\"/no\x1b]0;x\x07/\u{202e}such\""];
    let mut pty = Pty::spawn(program::sockeye(&words));
    pty.wait_text("ENOENT");
    leave(&mut pty);
    check(pty.seen()).unwrap();
}
