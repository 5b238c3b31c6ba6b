//! Recordings through `sockeye dump` and `sockeye export`: in every form, and what is said where that cannot be.

use super::*;

/// The program with these words, in the folder of the test; what it printed, and how it ended.
pub(super) fn ran(stage: &Stage, words: &[&str]) -> (Vec<u8>, Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
    command
        .args(words)
        .arg("--clean")
        .current_dir(stage.folder());
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.stdout, output.status.code(), said)
}

#[test]
fn a_recording_becomes_every_form() {
    let stage = Stage::new("recording");
    let port = capitals();
    passes(
        &stage,
        &format!(
            "record rec\nconnect :{port} as A\n@A frame line\n@A send \"hello\\n\" rand(100000 seed 3) \"\\n\"\n\
             @A shutdown write\n@A wait eof\n@A save bytes in all\n@A save sent out all\n\
             @A export script played\n@A close\n@A wait closed\n"
        ),
    );
    for (dir, file) in [("in", "bytes"), ("c2s", "bytes"), ("out", "sent")] {
        let words = ["export", "hex", "rec", "--conn", "A", "--dir", dir];
        let (hex, code, said) = ran(&stage, &words);
        assert_eq!((code, &*said), (Some(0), ""));
        stage.write("hex", &String::from_utf8(hex).unwrap());
        if !is_installed("xxd") {
            return;
        }
        let mut back = command_of("xxd");
        back.args(["-r", "hex"]).current_dir(stage.folder());
        let back = back.output().unwrap();
        let bytes = fs::read(stage.folder().join(file)).unwrap();
        assert!(
            back.stdout == bytes,
            "{dir}: {} of {}",
            back.stdout.len(),
            bytes.len()
        );
    }
    // Plays as the script does that was written while the session lived.
    let (script, code, said) = ran(&stage, &["export", "script", "rec", "--as", "client"]);
    assert_eq!((code, &*said), (Some(0), ""));
    let script = String::from_utf8(script).unwrap();
    assert_eq!(script.lines().nth(3), text(&stage, "played").lines().nth(3));
    passes(&stage, &script);
    // A recording of the recording says the same.
    let (_, code, said) = ran(&stage, &["export", "pcapng", "rec", "-o", "again"]);
    assert_eq!((code, &*said), (Some(0), ""));
    let told = |file: &str| {
        let (text, code, said) = ran(&stage, &["dump", file]);
        assert_eq!((code, &*said), (Some(0), ""));
        let text = String::from_utf8(text).unwrap();
        // What opening itself tells names the file.
        let lines = text.lines().filter(|line| !line.contains(" is open"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let (first, second) = (told("rec"), told("again"));
    assert!(
        first
            .iter()
            .any(|line| line.contains("ok      line  HELLO")),
        "{first:?}"
    );
    assert_eq!(first, second);
}

#[test]
fn what_cannot_be_written_down_is_said() {
    let stage = Stage::new("refusals");
    passes(
        &stage,
        "record rec\npair unix as A B\n@A send \"a\"\n@B expect \"a\"\n",
    );
    stage.write("text", "no capture\n");
    stage.write("there", "");
    let table: [(&str, i32, &str); 8] = [
        ("dump nowhere", 3, "ENOENT"),
        ("dump text", 3, "was not opened"),
        (
            "export hex rec --conn C",
            2,
            "there is no socket C; there are A B",
        ),
        (
            "export hex rec -o there",
            3,
            "there exists: --over replaces it",
        ),
        ("export hex rec -o there --over", 0, ""),
        ("export hex rec -o /dev/full", 3, "exists"),
        ("export hex rec -o nowhere/x", 74, "nowhere/x: "),
        ("export json rec --as server", 0, ""),
    ];
    for (words, expected, part) in table {
        let words: Vec<&str> = words.split(' ').collect();
        let (_, code, said) = ran(&stage, &words);
        assert!(
            code == Some(expected) && said.contains(part),
            "{words:?}: {code:?} {said}"
        );
    }
    let written = text(&stage, "there");
    assert!(
        written.contains("# A out, 1 bytes\n00000000: 61"),
        "{written}"
    );
}
