//! How soon keys are answered on the screen while gigabytes pass through the tap of a workbench, and how much memory it
//! had at the most: with the newest 256 MiB kept, with all kept, and recording. It prints figures and has no opinion of
//! them; `cargo bench --bench tap_keys`. `TAP_GIB` asks for another size.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what it finds out is printed, and it stops where it cannot go on"
)]

#[path = "../tests/tap_load/follow.rs"]
mod follow;
#[path = "../tests/support/program.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod program;

fn main() {
    let gib: u64 = std::env::var("TAP_GIB").map_or(4, |gib| gib.parse().unwrap());
    let folder = std::env::temp_dir().join(format!("sockeye-{}-tap-keys", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("recording.pcapng");
    let ways: [&[&str]; 3] = [
        &["--keep", "256M"],
        &[],
        &["--record", path.to_str().unwrap()],
    ];
    for words in ways {
        let name = words.first().copied().unwrap_or("all kept");
        println!("{name:10} {}", follow::follow(words, gib << 30));
    }
    std::fs::remove_dir_all(folder).unwrap();
}
