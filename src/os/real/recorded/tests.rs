//! When the file of a recording reaches the disk itself.

use super::*;

/// A recording in a folder of its own, synced behind so many bytes.
fn recorded(name: &str, sync_bytes: u64) -> (Recorded, std::path::PathBuf) {
    let name = format!("sockeye-recorded-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let _ = std::fs::remove_file(&path);
    let poller = Arc::new(polling::Poller::new().unwrap());
    let bell = Arc::new(Bell::new(&poller));
    let mut recorded = Recorded::at(&path, false, &bell).unwrap();
    Arc::get_mut(&mut recorded.shared).unwrap().sync_bytes = sync_bytes;
    (recorded, path)
}

fn append(recorded: &mut Recorded, len: usize) {
    let buf = recorded.room().unwrap();
    buf.resize(buf.len() + len, b'x');
    recorded.commit();
}

/// What comes of its end, asked for at once and whenever the bell rings.
fn closed(recorded: &mut Recorded) -> Result<u64, Errno> {
    loop {
        if let Some(closed) = recorded.close() {
            return closed;
        }
        assert!(recorded.shared.until_idle(Duration::from_secs(60)));
        assert!(recorded.shared.bell.take(), "it was told");
    }
}

fn counts(recorded: &Recorded) -> (u64, u64) {
    assert!(recorded.shared.until_idle(Duration::from_secs(60)));
    let synced = recorded.shared.synced.load(Ordering::Acquire);
    (recorded.written(), synced)
}

#[test]
fn what_was_handed_over_is_synced_when_that_is_asked() {
    let (mut recorded, path) = recorded("asked", u64::MAX);
    append(&mut recorded, 100);
    recorded.flush();
    assert_eq!(counts(&recorded), (100, 0));
    assert!(recorded.sync());
    assert_eq!(counts(&recorded), (100, 100));
    // Whoever asks more often than the disk can is told to ask again.
    let asked = (0..1000).filter(|_| recorded.sync()).count();
    assert!(asked > 0);
    assert_eq!(closed(&mut recorded), Ok(100));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn what_grows_fast_is_synced_behind_so_many_bytes() {
    let (mut recorded, path) = recorded("bytes", 3 << 20);
    append(&mut recorded, 2 << 20);
    assert_eq!(counts(&recorded), (2 << 20, 0));
    append(&mut recorded, 1 << 20);
    assert_eq!(counts(&recorded), (3 << 20, 3 << 20));
    append(&mut recorded, 2 << 20);
    assert_eq!(counts(&recorded), (5 << 20, 3 << 20));
    assert_eq!(closed(&mut recorded), Ok(5 << 20));
    assert_eq!(counts(&recorded), (5 << 20, 5 << 20));
    std::fs::remove_file(path).unwrap();
}
