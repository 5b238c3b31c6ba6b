//! What runs leave for the next one, many of them at once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use super::program::{command, leave};
use super::{at, folder, workbench};

#[test]
fn two_runs_remember_and_the_files_are_this_users_alone() {
    let state = folder("memory");
    let (mut one, mut two) = (workbench(&state, &["-v"]), workbench(&state, &[]));
    let file = state.join("sockeye/memory.toml");
    command(&mut one, "mark of-one");
    command(&mut two, "mark of-two");
    leave(&mut one);
    leave(&mut two);
    let text = fs::read_to_string(&file).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let commands = table["commands"].as_array().unwrap();
    for line in ["mark of-one", "mark of-two"] {
        let count = commands
            .iter()
            .filter(|it| it.as_str() == Some(line))
            .count();
        assert_eq!(count, 1, "{text}");
    }
    for file in [file, state.join("sockeye/debug.log")] {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file:?}");
    }
    let left: Vec<_> = fs::read_dir(state.join("sockeye")).unwrap().collect();
    assert_eq!(left.len(), 2, "nothing is left beside them: {left:?}");
    let mut again = workbench(&state, &[]);
    again.send(":\x1b[A\x1b[A");
    again.wait_text("mark of-");
    again.send("\r");
    leave(&mut again);
    fs::remove_dir_all(state).unwrap();
}

/// Programs that change one file at once, each with a line of its own.
#[test]
fn what_many_runs_store_and_remember_at_once_is_all_there() {
    const RUNS: usize = 12;
    let state = folder("at-once");
    let names: Vec<String> = (0..RUNS).map(|n| format!("of-{n}")).collect();
    let begin = |name: &String| {
        let words = [
            "--plain",
            "--lang",
            "en",
            "-c",
            &format!("store {name} \"hi\""),
        ];
        let mut command = at(&state, &words);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.spawn().unwrap()
    };
    let children: Vec<_> = names.iter().map(begin).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let saved = fs::read_to_string(state.join("sockeye/saved.txt")).unwrap();
    for name in &names {
        assert!(saved.contains(&format!("{name} =")), "{name}: {saved}");
    }
    let mut ptys: Vec<_> = names.iter().map(|_| workbench(&state, &[])).collect();
    for (pty, name) in ptys.iter_mut().zip(&names) {
        pty.send(format!(":mark {name}\r"));
    }
    ptys.iter_mut().for_each(leave);
    let memory = fs::read_to_string(state.join("sockeye/memory.toml")).unwrap();
    for name in &names {
        assert!(
            memory.contains(&format!("mark {name}\"")),
            "{name}: {memory}"
        );
    }
    fs::remove_dir_all(state).unwrap();
}
