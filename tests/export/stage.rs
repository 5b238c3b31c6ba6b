//! Where a session is played, and what it became in each language is built and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::skip::{command_of, is_installed};

/// The program under test.
const SOCKEYE: &str = env!("CARGO_BIN_EXE_sockeye");

/// A language and its tools.
pub(crate) struct Language {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    tool: &'static str,
    /// What builds the program, if it must be built: everything but the file.
    build: &'static [&'static str],
}

pub(crate) const PYTHON: Language = Language {
    name: "python",
    file: "calls.py",
    tool: "python3",
    build: &[],
};

pub(crate) const C: Language = Language {
    name: "c",
    file: "calls.c",
    tool: "cc",
    build: &["-std=c11", "-Wall", "-Wextra", "-Werror", "-o", "calls-c"],
};

pub(crate) const RUST: Language = Language {
    name: "rust",
    file: "calls.rs",
    tool: "rustc",
    build: &["-Dwarnings", "-o", "calls-rust"],
};

/// All that there are.
pub(crate) const LANGUAGES: &[&Language] = &[&PYTHON, &C, &RUST];

impl Language {
    /// Whether its tool is there; says so when it is not.
    pub(crate) fn is_installed(&self) -> bool {
        is_installed(self.tool)
    }
}

/// A folder of its own, gone with the test.
pub(crate) struct Stage(PathBuf);

impl Stage {
    pub(crate) fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("sockeye-export-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    /// Sockeye with these words.
    pub(crate) fn sockeye(&self, words: &[&str]) -> Command {
        let mut command = Command::new(SOCKEYE);
        command
            .args(words)
            .args(["--timeout", "60s"])
            .current_dir(&self.0);
        command
    }

    /// The text of the program.
    pub(crate) fn text(&self, language: &Language) -> String {
        fs::read_to_string(self.0.join(language.file)).unwrap()
    }

    /// Puts another text in its place.
    pub(crate) fn rewrite(&self, language: &Language, text: &str) {
        self.write(language.file, text);
    }

    /// What runs the program, once it is built without a warning.
    pub(crate) fn command(&self, language: &Language) -> Command {
        if language.build.is_empty() {
            let mut command = command_of(language.tool);
            command.arg(language.file).current_dir(&self.0);
            return command;
        }
        let mut build = command_of(language.tool);
        build
            .arg(language.file)
            .args(language.build)
            .current_dir(&self.0);
        let output = build.output().unwrap();
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {why}", language.name);
        let made = language.build.last().copied().unwrap_or_default();
        let mut command = Command::new(self.0.join(made));
        command.current_dir(&self.0);
        command
    }

    /// Builds the program and runs it.
    pub(crate) fn run(&self, language: &Language) -> Output {
        self.command(language)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Plays a script, which must pass, and exports what happened in all languages.
#[track_caller]
pub(crate) fn play(stage: &Stage, script: &str) {
    let exports = LANGUAGES
        .iter()
        .map(|language| format!("export {} {}\n", language.name, language.file));
    let script = format!("{script}\n{}", exports.collect::<String>());
    let output = run(stage, &script);
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}{why}");
}

/// Plays a script, however it comes out.
pub(crate) fn run(stage: &Stage, script: &str) -> Output {
    stage.write("script", script);
    let mut command = stage.sockeye(&["run", "script"]);
    command.stdin(Stdio::null()).output().unwrap()
}
