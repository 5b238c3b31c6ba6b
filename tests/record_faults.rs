//! What may go wrong with a recording, and what then happens (FAULTS.md, rows 52 to 62): nothing that was acknowledged
//! is lost, a disk that fails stops the recording loudly and nothing else, and no file does harm.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/program.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod program;
#[path = "support/recording.rs"]
mod recording;
#[path = "record_faults/synced.rs"]
mod synced;
#[path = "record_faults/under.rs"]
mod under;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use program::skip::{is_installed, skip};
use program::sockeye;
use recording::Recording;
use sockeye::event::{Dir, What};
use sockeye::record::block::{self, Why, Writing};
use under::{check_stopped, failing, under};

/// For what strace would tell.
const NOWHERE: &str = "/dev/null";

/// An empty directory of this test's own.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("record-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn script(directory: &Path, text: &str) -> String {
    let path = directory.join("script");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A long conversation, byte by byte known: A says so many digits, and waits until B has heard them.
fn conversation(rounds: usize) -> String {
    let mut text = "pair unix as A B\n".to_owned();
    for _ in 0..rounds {
        text += "@A send \"0123456789\"*20000\n@B wait bytes /9/\n";
    }
    text
}

/// A file that ends anywhere holds all that was in its whole blocks, in order, and nothing else.
fn holds(file: &Path) -> u64 {
    let recording = Recording::open(file);
    assert_eq!((recording.wrong, recording.why), (None, None));
    for (name, dir) in [("A", Dir::Out), ("B", Dir::In)] {
        if recording.session.named(name).is_some() {
            let bytes = recording.bytes(name, dir);
            let expected = b"0123456789".repeat(bytes.len() / 10 + 1);
            assert!(bytes == expected[..bytes.len()], "{name} {dir:?}");
        }
    }
    recording.whole
}

#[test]
fn f52_killed_at_every_write_nothing_acknowledged_is_lost() {
    let directory = directory("f52-writes");
    let path = script(&directory, &conversation(12));
    let file = directory.join("a.pcapng");
    let file = file.to_str().unwrap();
    for nth in 1..40 {
        let _ = std::fs::remove_file(file);
        let kill = ("pwrite64", &*format!("signal=SIGKILL:when={nth}"));
        let words = ["run", &path, "--record", file];
        let Some(output) = failing(kill, NOWHERE, &words) else {
            return;
        };
        if output.status.success() {
            assert!(nth > 4, "it writes more than that");
            return;
        }
        let len = std::fs::metadata(file).map_or(0, |about| about.len());
        let whole = holds(Path::new(file));
        assert!(len - whole < 1 << 20, "{len} bytes, {whole} of them whole");
    }
}

#[test]
fn f52_killed_at_random_points_nothing_acknowledged_is_lost() {
    kill_at_random(100);
}

#[test]
#[ignore = "takes minutes"]
fn f52_killed_at_a_thousand_random_points_nothing_acknowledged_is_lost() {
    kill_at_random(1000);
}

fn kill_at_random(times: u64) {
    let directory = directory("f52-random");
    let path = script(&directory, &conversation(100));
    let file = directory.join(format!("{times}.pcapng"));
    let mut state = 88_172_645_463_325_252_u64;
    for _ in 0..times {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let _ = std::fs::remove_file(&file);
        let words = ["run", &path, "--record", file.to_str().unwrap()];
        let mut child = sockeye(&words).stdout(Stdio::null()).spawn().unwrap();
        let wanted = state % (2 << 20);
        let mut acknowledged = 0;
        while acknowledged <= wanted && child.try_wait().unwrap().is_none() {
            acknowledged = std::fs::metadata(&file).map_or(0, |about| about.len());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let whole = holds(&file);
        let lost = acknowledged.saturating_sub(whole);
        assert!(lost < 300_000, "all but a torn block: {lost} bytes");
    }
}

#[test]
fn f53_pieces_that_never_reached_the_disk_end_the_file_there() {
    let directory = directory("f53");
    let path = script(&directory, &conversation(3));
    let file = directory.join("a.pcapng");
    let words = ["run", &path, "--record", file.to_str().unwrap()];
    assert!(sockeye(&words).status().unwrap().success());
    let whole = std::fs::read(&file).unwrap();
    // A power loss leaves holes of whole sectors: what stands before the first is there.
    let all = Recording::read(&whole).events();
    for piece in (0..whole.len()).step_by(41 * 512) {
        let mut torn = whole.clone();
        let end = torn.len().min(piece + 4096);
        torn[piece..end].fill(0);
        let recording = Recording::read(&torn);
        let count = recording.session.event_count();
        assert!(recording.whole <= whole.len() as u64);
        let same = recording
            .events()
            .iter()
            .zip(&all)
            .all(|(one, other)| one == other);
        assert!(same, "a prefix of {count} events");
    }
}

#[test]
fn f54_a_full_disk_stops_the_recording_loudly_and_nothing_else() {
    let directory = directory("f54");
    let path = script(&directory, &conversation(12));
    let (disk, kept) = (directory.join("disk"), directory.join("kept.pcapng"));
    std::fs::create_dir(&disk).unwrap();
    let file = disk.join("a.pcapng");
    let inside = format!(
        "mount -t tmpfs -o size=1m none {disk} && \"$@\"; status=$?; cp {file} {kept}; exit $status",
        disk = disk.display(),
        file = file.display(),
        kept = kept.display()
    );
    let words = ["run", &path, "--record", file.to_str().unwrap()];
    let Some(output) = under(&["unshare", "-m", "sh", "-c", &inside, "sh"], &words) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("unshare") || said.contains("mount:") {
        return skip("a mount of its own");
    }
    check_stopped(&output, "ENOSPC");
    assert!(holds(&kept) > 100_000, "what it had till then is there");
}

#[test]
fn f55_a_file_that_cannot_be_synced_is_told_and_not_tried_again() {
    let directory = directory("f55");
    let path = script(&directory, &conversation(1));
    let file = directory.join("a.pcapng");
    let log = directory.join("log");
    let words = ["run", &path, "--record", file.to_str().unwrap()];
    let Some(output) = failing(("fdatasync", "error=EIO"), log.to_str().unwrap(), &words) else {
        return;
    };
    check_stopped(&output, "EIO");
    let calls = std::fs::read_to_string(&log).unwrap();
    assert_eq!(calls.matches("fdatasync(").count(), 1, "{calls}");
}

#[test]
fn f54_an_error_of_the_disk_stops_the_recording() {
    let directory = directory("f54-eio");
    let path = script(&directory, &conversation(12));
    let file = directory.join("a.pcapng");
    let words = ["run", &path, "--record", file.to_str().unwrap()];
    if let Some(output) = failing(("pwrite64", "error=EIO:when=2+"), NOWHERE, &words) {
        check_stopped(&output, "EIO");
    }
    // A recording that the script itself began takes no line of it along, nor does one that cannot be brought to the
    // disk when it ends.
    let (one, two) = (directory.join("one"), directory.join("two"));
    let begun = format!("record {}\n{}", one.display(), conversation(12));
    let path = script(&directory, &begun);
    if let Some(output) = failing(("pwrite64", "error=EIO:when=2+"), NOWHERE, &["run", &path]) {
        check_stopped(&output, "EIO");
    }
    let ended = format!("record {}\n{}record off\n", two.display(), conversation(1));
    let path = script(&directory, &ended);
    if let Some(output) = failing(("fdatasync", "error=EIO:when=2+"), NOWHERE, &["run", &path]) {
        check_stopped(&output, "EIO");
    }
}

#[test]
fn f56_a_limit_of_file_sizes_stops_the_recording_and_not_the_program() {
    let directory = directory("f56");
    let path = script(&directory, &conversation(12));
    let file = directory.join("a.pcapng");
    let words = ["run", &path, "--record", file.to_str().unwrap()];
    let inside = "ulimit -f 3000; exec \"$@\"";
    if let Some(output) = under(&["bash", "-c", inside, "bash"], &words) {
        check_stopped(&output, "EFBIG");
        assert!(holds(&file) > 0);
    }
}

/// What is said of a file that cannot be recorded into, and that it is exit status 3.
fn check_refused(file: &str, expected: &str) {
    let output = sockeye(&["run", "-", "--record", file])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(expected), "{expected}: {said}");
}

#[test]
fn f57_files_that_cannot_be_are_refused_and_left_alone() {
    let directory = directory("f57");
    let there = directory.join("there");
    std::fs::write(&there, "precious").unwrap();
    let link = directory.join("link");
    std::os::unix::fs::symlink(&there, &link).unwrap();
    check_refused(there.to_str().unwrap(), "exists");
    check_refused(link.to_str().unwrap(), "exists");
    check_refused(directory.join("no/such").to_str().unwrap(), "ENOENT");
    check_refused("/proc/version/a", "ENOTDIR");
    let path = script(&directory, &format!("record {} over", link.display()));
    let output = sockeye(&["run", &path]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("ELOOP"), "{said}");
    let path = script(&directory, &format!("record {} over", directory.display()));
    let output = sockeye(&["run", &path]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("EISDIR"), "{said}");
    assert_eq!(std::fs::read(&there).unwrap(), b"precious");
    assert!(link.symlink_metadata().unwrap().is_symlink());
}

#[test]
fn f58_a_second_program_does_not_record_into_the_same_file() {
    let directory = directory("f58");
    let file = directory.join("a.pcapng");
    let path = file.to_str().unwrap();
    let words = ["listen", "127.0.0.1:0", "--headless", "--record", path];
    let mut first = sockeye(&words)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while std::fs::metadata(&file).map_or(0, |about| about.len()) == 0 {
        assert!(first.try_wait().unwrap().is_none());
        std::thread::yield_now();
    }
    check_refused(file.to_str().unwrap(), "exists");
    let path = script(&directory, &format!("record {} over", file.display()));
    let output = sockeye(&["run", &path]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("another program records into"), "{said}");
    first.kill().unwrap();
    first.wait().unwrap();
    let output = sockeye(&["run", &path]).output().unwrap();
    assert!(output.status.success(), "the lock ended with the program");
}

/// A recording of a few kilobytes.
fn small() -> Vec<u8> {
    let directory = directory(&format!("small-{}", std::process::id()));
    let text =
        "pair unix as A B\n@A send \"hello\"\n@B wait bytes /hello/\n@A close\n@B wait eof\n";
    let path = script(&directory, text);
    let file = directory.join("a.pcapng");
    let words = ["run", &path, "--record", file.to_str().unwrap()];
    assert!(sockeye(&words).status().unwrap().success());
    let bytes = std::fs::read(file).unwrap();
    std::fs::remove_dir_all(directory).unwrap();
    bytes
}

#[test]
fn f59_cut_anywhere_and_turned_anywhere_it_opens_as_far_as_it_is_good() {
    let file = small();
    let all = Recording::read(&file).events();
    assert!(all.len() > 10);
    for end in 0..file.len() {
        let cut = Recording::read(&file[..end]);
        assert_eq!((cut.wrong, cut.why), (None, None), "torn, not wrong");
        assert!(all.starts_with(&cut.events()));
    }
    for bit in 0..file.len() * 8 {
        let mut turned = file.clone();
        turned[bit / 8] ^= 1 << (bit % 8);
        Recording::read(&turned);
    }
}

#[test]
fn f60_hostile_lengths_are_errors_with_their_offset() {
    let mut file = Vec::new();
    Writing::section(&mut file, "hostile").end();
    let at = file.len() as u64;
    file.extend_from_slice(&block::ENHANCED_PACKET.to_le_bytes());
    file.extend_from_slice(&0xffff_fffc_u32.to_le_bytes());
    file.extend_from_slice(&[0; 64]);
    let recording = Recording::read(&file);
    let wrong = recording.wrong.unwrap();
    assert_eq!((wrong.at, wrong.why), (at + 4, Why::Long(0xffff_fffc)));
    // Zero-length blocks go nowhere, and are not read for ever.
    let mut file = Vec::new();
    Writing::section(&mut file, "hostile").end();
    file.extend_from_slice(&[9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let wrong = Recording::read(&file).wrong.unwrap();
    assert_eq!(wrong.why, Why::Length(0));
}

#[test]
fn f61_only_plain_files_are_recorded_into() {
    let directory = directory("f61");
    let fifo = directory.join("fifo");
    if !is_installed("mkfifo") {
        return;
    }
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    for path in [fifo.to_str().unwrap(), "/dev/null"] {
        check_refused(path, "exists");
        let path = script(&directory, &format!("record {path} over"));
        let output = sockeye(&["run", &path]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("EINVAL"), "{said}");
    }
    check_refused(&"a".repeat(5000), "ENAMETOOLONG");
    // The names in a file are labels: nothing is opened by them.
    let recording = Recording::read(&small());
    let is_named =
        |what: &What| matches!(what, What::Note(text) if text.contains("recording into"));
    assert!(recording.events().iter().any(|event| is_named(&event.what)));
}

#[test]
fn f62_what_is_compressed_is_no_recording() {
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
    assert!(!block::is_pcapng(&gzip));
    let wrong = Recording::read(&gzip).wrong.unwrap();
    assert_eq!(wrong.why, Why::NoSection);
}
