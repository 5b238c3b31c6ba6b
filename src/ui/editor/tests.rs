//! Editing, its history, and what is shown of a long text. It presses keys and draws nothing.

use super::*;

fn press(editor: &mut Editor, code: KeyCode, modifiers: KeyModifiers) {
    assert!(editor.key(&KeyEvent::new(code, modifiers)));
}

#[test]
fn the_history_gives_back_what_was_being_typed() {
    fn check(typed: &str, steps: &[bool], expected: &[&str]) {
        let mut editor = Editor::default();
        for line in ["send one", "say two", "send three"] {
            editor.remember(line);
        }
        editor.set(typed);
        let mut seen = Vec::new();
        for older in steps {
            editor.recall(*older);
            seen.push(editor.text().to_owned());
        }
        assert_eq!(seen, expected, "{typed}");
    }
    check(
        "",
        &[true, true, true, true, false, false, false, false],
        &[
            "send three",
            "say two",
            "send one",
            "send one",
            "say two",
            "send three",
            "",
            "",
        ],
    );
    // What is typed picks the lines that begin so.
    check(
        "se",
        &[true, true, true, false, false],
        &["send three", "send one", "send one", "send three", "se"],
    );
    check("half", &[true, true, false], &["half", "half", "half"]);
}

#[test]
fn keys_edit_at_the_cursor() {
    fn check(before: &str, keys: &[(KeyCode, KeyModifiers)], expected: &str) {
        let mut editor = Editor::default();
        let (left, right) = before.split_once('|').unwrap_or((before, ""));
        editor.set(&format!("{left}{right}"));
        editor.cursor = left.len();
        for (code, modifiers) in keys {
            press(&mut editor, *code, *modifiers);
        }
        assert_eq!(
            format!("{}|{}", editor.before(), editor.behind()),
            expected,
            "{before} {keys:?}"
        );
    }
    let (none, control) = (KeyModifiers::NONE, KeyModifiers::CONTROL);
    check("é漢|x", &[(KeyCode::Left, none)], "é|漢x");
    check("é漢|x", &[(KeyCode::Backspace, none)], "é|x");
    check("é|漢x", &[(KeyCode::Delete, none)], "é|x");
    check("|x", &[(KeyCode::Backspace, none)], "|x");
    check("x|", &[(KeyCode::Delete, none)], "x|");
    check(
        "one two  |three",
        &[(KeyCode::Char('w'), control)],
        "one |three",
    );
    check("one two|", &[(KeyCode::Left, control)], "one |two");
    check("|one, two", &[(KeyCode::Right, control)], "one|, two");
    check("one|, two", &[(KeyCode::Right, control)], "one, |two");
    check(
        "one\ntwo|x\nthree",
        &[(KeyCode::Home, none)],
        "one\n|twox\nthree",
    );
    check("o|ne\r\ntwo", &[(KeyCode::End, none)], "one|\r\ntwo");
    check("o|ne\ntwo", &[(KeyCode::Char('k'), control)], "o|\ntwo");
    check("a|", &[(KeyCode::Char('b'), none)], "ab|");
}

#[test]
fn up_and_down_go_through_lines_and_end_at_the_edges() {
    let mut editor = Editor::default();
    editor.set("first line\r\nab\n\nlast");
    let mut seen = Vec::new();
    for up in [true, true, true, true, false, false, false, false] {
        let moved = editor.step(up);
        seen.push((moved, editor.cursor));
    }
    // The column is that of the line one comes from.
    assert_eq!(
        seen,
        [
            (true, 15),
            (true, 12),
            (true, 0),
            (false, 0),
            (true, 12),
            (true, 15),
            (true, 16),
            (false, 16),
        ]
    );
}

#[test]
fn a_long_line_is_shown_around_its_cursor() {
    let mut editor = Editor::default();
    editor.set(&"x".repeat(1000));
    let (shown, first, column) = editor.window(20);
    assert_eq!((shown.len(), first, column), (10, 990, 10));
    editor.set(&"\u{202e}".repeat(30));
    let (shown, first, column) = editor.window(20);
    assert_eq!((shown.as_str(), first, column), (r"\u{202e}", 29, 8));
    editor.set("漢字");
    assert_eq!(editor.window(20), ("漢字".to_owned(), 0, 4));
}

#[test]
fn lines_are_shown_around_the_cursor() {
    fn check(text: &str, cursor: usize, rows: usize, expected: &[&str], at: (u16, u16)) {
        let mut editor = Editor::default();
        editor.set(text);
        editor.cursor = cursor;
        let shown = editor.shown(rows, 20);
        let lines: Vec<&str> = shown.lines.iter().map(|(line, _)| line.as_str()).collect();
        assert_eq!((lines.as_slice(), shown.cursor), (expected, at), "{text:?}");
    }
    check("", 0, 3, &[""], (0, 0));
    check("a\nb", 3, 3, &[r"a\n", "b"], (1, 1));
    check("a\r\nb\rc", 6, 3, &[r"a\r\n", r"b\r", "c"], (2, 1));
    check("a\n", 2, 3, &[r"a\n", ""], (1, 0));
    check("1\n2\n3\n4\n5\n6", 4, 3, &[r"2\n", r"3\n", r"4\n"], (1, 0));
    check("1\n2\n3\n4\n5\n6", 0, 3, &[r"1\n", r"2\n", r"3\n"], (0, 0));
    check("1\n2\n3\n4\n5\n6", 11, 3, &[r"4\n", r"5\n", "6"], (2, 1));
}

#[test]
fn lines_are_counted_up_to_a_limit() {
    fn check(text: &str, expected: usize) {
        let mut editor = Editor::default();
        editor.set(text);
        assert_eq!(editor.line_count(6), expected, "{text:?}");
    }
    check("", 1);
    check("a", 1);
    check("a\n", 2);
    check("a\r\nb\rc", 3);
    check(&"\n".repeat(1 << 20), 6);
}

#[test]
fn what_is_too_much_is_left_out_and_counted() {
    let mut editor = Editor::default();
    assert_eq!(editor.insert(&"é".repeat(TEXT_MAX_BYTES / 2 - 1)), 0);
    assert_eq!(editor.insert("abc"), 1);
    assert_eq!(editor.insert("é"), 2);
    assert_eq!(editor.text().len(), TEXT_MAX_BYTES);
}
