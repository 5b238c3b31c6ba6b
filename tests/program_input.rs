//! What a terminal may do to the program: sizes of every kind, pastes in pieces, sequences cut anywhere, garbage.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use rustix::process::Signal;

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;

use program::pty::Pty;
use program::{FIRST, command, is_drawn, leave, memory_kib, row_with, sockeye, workbench};

/// Two connected ends of ours, A in view.
fn pair() -> Pty {
    let mut pty = workbench(&["-c", "pair tcp as A B"]);
    pty.wait_text("2◂B");
    pty.wait_text("ESTAB: both ends may send");
    pty
}

/// The line being typed.
fn typed(pty: &Pty) -> String {
    pty.screen().rows(0, 80).nth(21).unwrap().trim_end().into()
}

#[test]
fn f39_f40_every_size_is_drawn_and_none_kills() {
    let mut pty = pair();
    for (cols, rows) in [
        (120, 40),
        (160, 45),
        (200, 60),
        (80, 24),
        (60, 16),
        (1000, 500),
        (79, 24),
    ] {
        pty.resize(cols, rows);
        pty.wait_for(&format!("{cols}×{rows}"), |screen| is_drawn(screen, rows));
    }
    pty.resize(59, 16);
    pty.wait_text("59 columns, 16 rows: Sockeye needs");
    // Sizes that are none, or that nobody could pay for: each is taken in before the next one comes.
    for (cols, rows) in [
        (1, 1),
        (0, 0),
        (0, 50),
        (200, 0),
        (65_535, 65_535),
        (1, 65_535),
    ] {
        let start = pty.seen().len();
        pty.resize(cols, rows);
        pty.wait_seen_behind(start, "\x1b[2J");
        pty.send("jk");
        pty.wait_read();
    }
    let peak = memory_kib(&pty, "VmHWM");
    assert!(peak < 200 << 10, "{peak} KiB");
    pty.resize(80, 24);
    pty.wait_for("the usual screen", |screen| is_drawn(screen, 24));
    leave(&mut pty);
}

#[test]
fn f41_a_storm_of_resizes_ends_in_the_last_size() {
    let mut pty = pair();
    for k in 0..500 {
        pty.resize(60 + k % 90, 16 + k % 31);
        pty.signal(Signal::WINCH);
    }
    pty.resize(72, 20);
    pty.wait_for("the last size", |screen| is_drawn(screen, 20));
    pty.wait_text("Tab: ");
    leave(&mut pty);
}

#[test]
fn f46_a_paste_is_text_wherever_it_is_cut_and_is_never_sent() {
    // A terminal at the other end of a network has more time for the rest of a sequence, and so has this test.
    let mut command = sockeye(&["-c", "pair tcp as A B"]);
    command.env("SSH_TTY", "/dev/pts/0");
    let mut pty = Pty::spawn(command);
    pty.wait_text("2◂B");
    pty.send("s");
    pty.wait_text("Enter send");
    let whole = b"\x1b[200~two\rlines\n:quit\r\x1b[201~";
    for cut in 1..whole.len() {
        let (first, second) = whole.split_at(cut);
        pty.send("x");
        pty.wait_for("x alone", |screen| row_with(screen, "1 B  78").is_some());
        pty.send(first);
        // What the program has drawn it has read; the second piece comes with a read of its own.
        pty.wait_read();
        pty.send(second);
        pty.wait_text("17 B");
        assert!(row_with(pty.screen(), "two").is_some(), "cut at {cut}");
        pty.send("\x15");
        pty.wait_for("an empty line", |screen| row_with(screen, "17 B").is_none());
    }
    assert!(row_with(pty.screen(), "A▸B").unwrap().contains(" 0 B "));
    pty.send("\x1b");
    pty.wait_text(FIRST);
    leave(&mut pty);
}

#[test]
fn f46_a_large_paste_is_taken_whole_and_not_sent() {
    let mut pty = pair();
    pty.send("\x1b[200~");
    for _ in 0..64 {
        pty.send("0123456789abcde\r".repeat(64));
    }
    pty.send("\x1b[201~");
    pty.wait_text("65 kB");
    assert!(row_with(pty.screen(), "A▸B").unwrap().contains(" 0 B "));
    pty.send("\x1b");
    pty.wait_text(FIRST);
    leave(&mut pty);
}

#[test]
fn f44_escape_alone_is_a_key_and_alt_is_none() {
    let mut pty = pair();
    pty.send(":");
    pty.wait_text("Tab complete");
    pty.send("\x1b");
    pty.wait_text(FIRST);
    // Alt with a letter is bound to nothing: it must neither quit nor type nor close the prompt.
    pty.send(":say");
    pty.wait_text(":say");
    for alt in [
        "\x1b]",
        "\x1bO",
        "\x1b[",
        "\x1bq",
        "\x1b:",
        "\x1b\x1b[A",
        "\x1b[1;3D",
    ] {
        pty.send(alt);
        pty.wait_read();
    }
    pty.send("x");
    pty.wait_for("the prompt, still open", |screen| {
        row_with(screen, ":say").is_some()
    });
    pty.send("\x1b");
    pty.wait_text(FIRST);
    leave(&mut pty);
}

#[test]
fn f44_a_character_split_anywhere_is_one_character() {
    let mut pty = pair();
    pty.send("s");
    pty.wait_text("Enter send");
    for byte in "é✓🐟".as_bytes() {
        pty.send([*byte]);
        pty.wait_read();
    }
    pty.wait_text("9 B  c3 a9 e2 9c 93 f0 9f 90");
    assert!(typed(&pty).contains("é✓🐟"), "{}", typed(&pty));
    pty.send("\x1b");
    pty.wait_text(FIRST);
    leave(&mut pty);
}

#[test]
fn f45_garbage_as_input_leaves_the_program_alive() {
    let mut pty = pair();
    // What a text with these bytes would do is another matter: no letter, no Enter, and no ^Z, ^C.
    let mut state = 0x5eed_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut garbage = Vec::new();
    while garbage.len() < 100_000 {
        let harmless = |byte: &u8| !matches!(byte, b'q' | b'\r' | b'\n' | 0x1a | 0x03);
        garbage.extend(random().into_iter().filter(harmless));
    }
    for piece in garbage.chunks(1000) {
        pty.send(piece);
    }
    // An end of whatever began: a paste, a string, a sequence; then out of the layers that letters opened. (`CSI 27 u`
    // is Esc as kitty spells it, which needs no silence behind it.)
    pty.send("\x1b[201~\x1b\\");
    pty.send("\x1b[27u".repeat(6));
    pty.send("\x0c");
    pty.wait_text(FIRST);
    command(&mut pty, "say \"alive after all\"");
    leave(&mut pty);
}
