//! How fast bytes become rows of hex, beside xxd, hexdump and hexyl over the same bytes, where they are installed. It
//! prints ratios, and has no opinion of them; `cargo bench --bench export_hex`. `HEX_MIB` asks for another size.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what it finds out is printed, and it stops where it cannot go on"
)]

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sockeye::endpoint::Transport;
use sockeye::event::{
    Actor, Call, Capture as _, ConnId, Dir, Event, Flags, Moved, Outcome, Role, Syscall, What,
};
use sockeye::export::{self, Choice};
use sockeye::session::Session;

const A: ConnId = ConnId(0);

/// The best of so many runs counts.
const RUNS: usize = 3;

fn main() {
    let mib = std::env::var("HEX_MIB").ok();
    let mib: usize = mib.map_or(256, |mib| mib.parse().unwrap());
    let bytes = noise(mib << 20);
    let path = std::env::temp_dir().join(format!("sockeye-hex-{}", std::process::id()));
    fs::write(&path, &bytes).unwrap();
    let session = session(&bytes);
    drop(bytes);
    let ours = best(|| write(&session));
    println!("export hex    {}", speed(ours, mib));
    for words in ["xxd", "hexdump -C", "hexyl"] {
        let mut words = words.split(' ');
        let name = words.next().unwrap();
        let run = || {
            let mut command = Command::new(name);
            command.args(words.clone()).arg(&path).stdout(Stdio::null());
            command.status()
        };
        if Command::new(name).arg("--version").output().is_err() {
            println!("{name:<12}  is not installed");
            continue;
        }
        let taken = best(|| assert!(run().unwrap().success()));
        let ratio = taken.as_secs_f64() / ours.as_secs_f64();
        println!(
            "{name:<12}  {}; export hex is {ratio:.1} times as fast",
            speed(taken, mib)
        );
    }
    fs::remove_file(&path).unwrap();
}

/// Writes all of it as `sockeye export hex` does, to where the others write.
fn write(session: &Session) {
    let mut null = OpenOptions::new().write(true).open("/dev/null").unwrap();
    let hex = export::document("hex").unwrap();
    let mut writing = hex.begin(Choice::default(), session).unwrap();
    let mut out = Vec::new();
    while writing.next(session, &mut out).unwrap() {
        null.write_all(&out).unwrap();
        out.clear();
    }
}

fn session(bytes: &[u8]) -> Session {
    let mut session = Session::new(bytes.len() * 2, None);
    session.apply(event(What::Opened {
        name: None,
        role: Role::Client,
        transport: Transport::Tcp,
        parent: None,
    }));
    for read in bytes.chunks(256 << 10) {
        session.room(A, read.len()).extend_from_slice(read);
        let range = session.commit(A, read.len(), Duration::ZERO);
        let (max, flags) = (read.len() as u64, Flags::default());
        let mut call = Call::new(
            Syscall::Recv { max, flags },
            Outcome::Returned(0),
            Duration::ZERO,
        );
        let dir = Dir::In;
        call.moved = Some(Moved { dir, range });
        session.apply(event(What::Call(call)));
    }
    session
}

fn event(what: What) -> Event {
    Event {
        at: Duration::ZERO,
        conn: Some(A),
        by: Actor::Loop,
        what,
    }
}

/// Bytes that look like noise (xorshift64, Marsaglia 2003).
fn noise(len: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut word)
        .flatten()
        .take(len)
        .collect()
}

fn best(mut run: impl FnMut()) -> Duration {
    let runs = (0..RUNS).map(|_| {
        let began = Instant::now();
        run();
        began.elapsed()
    });
    runs.min().unwrap()
}

fn speed(taken: Duration, mib: usize) -> String {
    let seconds = taken.as_secs_f64();
    let mib = u32::try_from(mib).map_or(0.0, f64::from);
    format!("{:8.0} MiB/s", mib / seconds)
}
