//! Formats as tables, and read back by the languages that they are of.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;
use crate::{escape, expr};

fn check(name: &str, bytes: &[u8], expected: &str) {
    let literal = named(name).unwrap();
    assert_eq!(literal.write(bytes), expected, "{name}");
}

#[test]
fn each_format_writes_what_its_language_reads() {
    let bytes = b"\0\x05hello\r\n\"\\?\x7f\xff\xc3\xa9";
    check("hex", b"\0\x05h", "00 05 68");
    check("hex", b"", "");
    check("text", b"a\tb\r\nc\rd\\\0\xff", "a\tb\r\nc\\rd\\\\0\\xff");
    check("escaped", b"a\n\xff", "a\\n\\xff");
    let quoted = r#"b"\x00\x05hello\r\n\"\\?\x7f\xff\xc3\xa9""#;
    check("python", bytes, quoted);
    check("rust", bytes, quoted);
    check(
        "c",
        b"\0\x05hello\xff0\xfez??=",
        r#""\x00\x05hello\xff" "0\xfez\?\?=""#,
    );
    check("c", b"\x05added", r#""\x05" "added""#);
    check("c", b"", r#""""#);
    check("base64", b"\0\x05hello", "AAVoZWxsbw==");
    check("send", b"\0\x05hello", "send 00 05 \"hello\"");
    check("send", b"", "send \"\"");
}

#[test]
fn each_has_a_letter_and_a_sentence_of_its_own() {
    let locale = crate::locale::Locale::default();
    for (at, literal) in LITERALS.iter().enumerate() {
        assert!(locale.has(literal.help()), "{}", literal.name());
        let others = LITERALS.iter().skip(at + 1);
        assert!(
            others
                .clone()
                .all(|other| other.key() != literal.key() && other.name() != literal.name()),
            "{} twice",
            literal.name()
        );
    }
    assert!(named("pascal").is_none());
}

/// Samples that hold every pair of neighbours that could go wrong, and others by chance (a linear congruential
/// generator with Knuth's constants).
fn samples() -> Vec<Vec<u8>> {
    let mut samples = vec![Vec::new(), (0..=255).collect::<Vec<u8>>()];
    let mut state = 1_u64;
    for len in 1..200 {
        let mut sample = Vec::new();
        for _ in 0..len {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let byte = state.to_be_bytes()[0];
            // Half of them close to what is escaped or printed: digits, quotes, backslashes, controls.
            sample.push(if state.is_multiple_of(2) {
                b"09afAF\\\"'?x\r\n\t\0;#/"[usize::from(byte) % 18]
            } else {
                byte
            });
        }
        samples.push(sample);
    }
    samples
}

#[test]
fn ours_are_read_back_by_our_own_language() {
    for sample in samples() {
        let line = named("send").unwrap().write(&sample);
        let expr = expr::parse(line.strip_prefix("send ").unwrap()).unwrap();
        assert_eq!(expr.constant().unwrap(), sample, "{line}");
        assert_eq!(escape::clean(&line), line, "printable");
        let escaped = named("escaped").unwrap().write(&sample);
        assert_eq!(escape::unescape(&escaped).unwrap(), sample);
    }
}

/// A language's own reading of the literals; what it lacks here is skipped aloud.
fn read_back(program: &str, words: &[&str], source: &str) -> Option<String> {
    let child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        let _ = writeln!(std::io::stderr(), "SKIPPED: no {program} here");
        return None;
    };
    child.stdin.take()?.write_all(source.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn hex_lines() -> String {
    let hex = named("hex").unwrap();
    let lines = samples()
        .iter()
        .map(|sample| hex.write(sample).replace(' ', "") + "\n")
        .collect::<Vec<_>>();
    lines.concat()
}

fn written(name: &str, around: impl Fn(&str) -> String) -> String {
    let literal = named(name).unwrap();
    samples()
        .iter()
        .map(|sample| around(&literal.write(sample)))
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn python_reads_its_own_and_base64() {
    let source = written("python", |literal| format!("print({literal}.hex())\n"));
    if let Some(told) = read_back("python3", &["-"], &source) {
        assert!(told == hex_lines());
    }
    let around = |literal: &str| format!("print(base64.b64decode('{literal}').hex())\n");
    let source = format!("import base64\n{}", written("base64", around));
    if let Some(told) = read_back("python3", &["-"], &source) {
        assert!(told == hex_lines());
    }
}

/// A C or Rust program is compiled into the test's directory and run.
fn compiled(compiler: &str, words: &[&str], source: &str, name: &str) -> Option<String> {
    let path = std::env::temp_dir().join(format!("sockeye-{name}-{}", std::process::id()));
    let words: Vec<&str> = words
        .iter()
        .copied()
        .chain(["-o", path.to_str()?, "-"])
        .collect();
    read_back(compiler, &words, source)?;
    let told = read_back(path.to_str()?, &[], "");
    std::fs::remove_file(&path).unwrap();
    told
}

#[test]
fn c_reads_its_own() {
    let around = |literal: &str| format!("    put({literal}, sizeof ({literal}) - 1);\n");
    let source = format!(
        "#include <stdio.h>\nstatic void put(const char *s, size_t n) {{\n    \
         for (size_t i = 0; i < n; i++) printf(\"%02x\", (unsigned char)s[i]);\n    puts(\"\");\n}}\n\
         int main(void) {{\n{}}}\n",
        written("c", around)
    );
    if let Some(told) = compiled("cc", &["-x", "c", "-std=c99"], &source, "c") {
        assert!(told == hex_lines());
    }
}

#[test]
fn rust_reads_its_own() {
    let around = |literal: &str| format!("    put({literal});\n");
    let source = format!(
        "fn put(bytes: &[u8]) {{\n    println!(\"{{}}\", \
         bytes.iter().map(|b| format!(\"{{b:02x}}\")).collect::<String>());\n}}\nfn main() {{\n{}}}\n",
        written("rust", around)
    );
    if let Some(told) = compiled("rustc", &["--crate-name", "read"], &source, "rust") {
        assert!(told == hex_lines());
    }
}
