//! Pipes, sockets and files in the place of standard input and output.

use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use polling::Events;

use super::*;

fn poller() -> Arc<Poller> {
    Arc::new(Poller::new().unwrap())
}

/// Waits as `Real::wait` does.
fn wait(stdio: &mut Stdio<'_>) {
    if stdio.is_due() {
        return;
    }
    let mut events = Events::new();
    let limit = Some(Duration::from_secs(20));
    stdio.poller.wait(&mut events, limit).unwrap();
    assert!(events.iter().any(|event| event.key == stdio.key));
    stdio.wake();
}

fn read(stdio: &mut Stdio<'_>) -> String {
    let mut buf = b"> ".to_vec();
    wait(stdio);
    let len = stdio.read(&mut buf).unwrap();
    assert_eq!(buf.len(), len + 2);
    String::from_utf8(buf).unwrap()
}

fn is_nonblocking(fd: impl AsFd) -> bool {
    let flags = rustix::fs::fcntl_getfl(fd).unwrap();
    flags.contains(OFlags::NONBLOCK)
}

#[test]
fn a_pipe_is_read_without_waiting_and_stays_as_it_was() {
    let (out, mut into) = io::pipe().unwrap();
    let mut stdin = Stdio::input(&poller(), out.as_fd());
    stdin.watch(true);
    let nothing = stdin.read(&mut Vec::new()).unwrap_err();
    assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
    into.write_all(b"hi").unwrap();
    assert_eq!(read(&mut stdin), "> hi");
    drop(into);
    assert_eq!(read(&mut stdin), "> ");
    assert!(!is_nonblocking(&out));
}

#[test]
fn a_pipe_that_is_full_says_so_and_one_without_reader_too() {
    let (mut out, into) = io::pipe().unwrap();
    let mut stdout = Stdio::output(&poller(), into.as_fd());
    stdout.watch(true);
    let mut sent = 0;
    loop {
        match stdout.write(&vec![7; 100_000]) {
            Ok(len) => sent += len,
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                break;
            }
        }
    }
    let mut all = vec![0; sent];
    out.read_exact(&mut all).unwrap();
    wait(&mut stdout);
    assert_eq!(stdout.write(b"more").unwrap(), 4);
    assert!(!is_nonblocking(&into));
    drop(out);
    wait(&mut stdout);
    let gone = stdout.write(b"x").unwrap_err();
    assert_eq!(gone.kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn a_pipe_whose_reader_left_before_the_start_is_broken() {
    let (out, into) = io::pipe().unwrap();
    drop(out);
    let mut stdout = Stdio::output(&poller(), into.as_fd());
    stdout.watch(true);
    wait(&mut stdout);
    let gone = stdout.write(b"x").unwrap_err();
    assert_eq!(gone.kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn what_cannot_be_opened_anew_is_used_when_the_poller_says_so() {
    let (out, into) = io::pipe().unwrap();
    let poller = poller();
    let mut stdout = Stdio::output(&poller, into.as_fd());
    stdout.way = Some(Way::Shared(Watched::new(&poller, into.as_fd(), STDOUT)));
    stdout.watch(true);
    let early = stdout.write(b"x").unwrap_err();
    assert_eq!(early.kind(), io::ErrorKind::WouldBlock);
    wait(&mut stdout);
    assert_eq!(stdout.write(&vec![7; 100_000]).unwrap(), PIPE_BUF_BYTES);
    drop(out);
}

#[test]
fn what_is_shared_is_read_once_each_time_that_the_poller_says_so() {
    let (out, mut into) = io::pipe().unwrap();
    let poller = poller();
    let mut stdin = Stdio::input(&poller, out.as_fd());
    stdin.way = Some(Way::Shared(Watched::new(&poller, out.as_fd(), STDIN)));
    stdin.watch(true);
    into.write_all(b"hi").unwrap();
    let early = stdin.read(&mut Vec::new()).unwrap_err();
    assert_eq!(early.kind(), io::ErrorKind::WouldBlock);
    assert_eq!(read(&mut stdin), "> hi");
    let again = stdin.read(&mut Vec::new()).unwrap_err();
    assert_eq!(again.kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn a_socket_is_used_without_waiting() {
    let (ours, mut theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut stdin = Stdio::input(&poller(), ours.as_fd());
    stdin.watch(true);
    let nothing = stdin.read(&mut Vec::new()).unwrap_err();
    assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
    theirs.write_all(b"hi").unwrap();
    assert_eq!(read(&mut stdin), "> hi");
    assert!(!is_nonblocking(&ours));
}

#[test]
fn f51_files_and_dev_null_are_always_ready() {
    let file = std::fs::File::open("Cargo.toml").unwrap();
    let mut stdin = Stdio::input(&poller(), file.as_fd());
    assert!(!stdin.is_due(), "nobody asked");
    stdin.watch(true);
    assert!(stdin.is_due());
    assert!(read(&mut stdin).contains("[package]"));
    stdin.watch(false);
    assert!(!stdin.is_due());
    let null = std::fs::File::open("/dev/null").unwrap();
    let mut stdin = Stdio::input(&poller(), null.as_fd());
    stdin.watch(true);
    assert!(stdin.is_due());
    assert_eq!(read(&mut stdin), "> ");
}

/// Interrupts the thread once it waits in a call, by a signal that restarts none (sigaction(2)).
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a signal to one thread is libc's alone")]
fn interrupt(thread: libc::pid_t) {
    static CAME: AtomicBool = AtomicBool::new(false);
    extern "C" fn came(_: libc::c_int) {
        CAME.store(true, Ordering::SeqCst);
    }
    let waits = || {
        let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/stat")).unwrap();
        stat.contains(") S ")
    };
    while !waits() {
        std::thread::yield_now();
    }
    // SAFETY: the action is zeroed but for a handler that stores a flag, and the thread is of this process.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = came as extern "C" fn(libc::c_int) as libc::sighandler_t;
        libc::sigaction(libc::SIGUSR2, &raw const action, std::ptr::null_mut());
        libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, libc::SIGUSR2);
    }
    while !CAME.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a thread's number is libc's to tell")]
#[test]
fn a_read_that_a_signal_ends_is_made_again() {
    let (out, mut into) = io::pipe().unwrap();
    let mut stdin = Stdio::input(&poller(), out.as_fd());
    // A call that waits, as on a device that the poller refuses.
    stdin.way = Some(Way::Direct);
    // SAFETY: it only asks.
    let reader = unsafe { libc::gettid() };
    let other = std::thread::spawn(move || {
        interrupt(reader);
        into.write_all(b"hi").unwrap();
    });
    let mut buf = Vec::new();
    let got = stdin.read(&mut buf).map_err(|error| error.kind());
    other.join().unwrap();
    assert_eq!((got, buf.as_slice()), (Ok(2), b"hi".as_slice()));
}
