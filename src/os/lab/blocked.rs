//! `blocked`: a thread that waits in `recv` for what never comes, what the kernel says of it meanwhile, and what wakes
//! it: not `close` by another thread, but `shutdown` does.

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, RawFd};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::io::retry_on_intr;
use rustix::net::RecvFlags;
use socket2::Socket;

use super::RECV_BYTES;
use super::calls::{Client, Listener, errno_of, pending, shutdown, tell_plain};
use super::teller::{LISTENER, Teller, task};
use crate::event::{Call, ConnId, Dir, Flags, Moved, Outcome, Syscall, What};

/// Between two steps: long enough that who looks sees that nothing happens.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves until `accept` fails for good; returns why.
pub(super) fn serve(teller: &Teller, listener: &Listener) -> io::Error {
    Teller::count_tasks();
    loop {
        let client = match listener.accept(teller) {
            Ok(client) => client,
            Err(error) => return error,
        };
        if let Err(error) = experiment(teller, client) {
            teller.note(&format!("the experiment ends: {error}"));
        }
    }
}

/// One thread waits; this one looks at it, closes its descriptor, and then shuts the connection down.
fn experiment(teller: &Teller, client: Client) -> io::Result<()> {
    let start = teller.now();
    // A second descriptor, to reach the connection when the first is closed.
    let second = client.socket.try_clone();
    let second = second?;
    let (id, number) = (client.id, client.socket.as_raw_fd());
    tell_plain(teller, id, start, Syscall::Dup, &Ok(()));
    let (tell, told) = channel();
    // What woke the thread is told before what its call returned.
    let order = &Mutex::new(());
    thread::scope(|scope| {
        let start = teller.now();
        let waiting = scope.spawn(move || {
            Teller::count_tasks();
            let _ = tell.send(task());
            wait_for_bytes(teller, id, number, order);
            let _ = tell.send(0);
        });
        let thread = told.recv().unwrap_or(0);
        let call = Call::new(
            Syscall::Thread,
            Outcome::Returned(i64::from(thread)),
            Duration::ZERO,
        );
        teller.call(start, LISTENER, call, &[]);
        steps(teller, client, (&second, order), (thread, &told));
        // It was shut down, so the thread has nothing more to wait for.
        let _ = waiting.join();
    });
    let start = teller.now();
    drop(second);
    tell_plain(teller, id, start, Syscall::Close, &Ok(()));
    teller.tell(id, What::Gone);
    Ok(())
}

/// What is done to the thread that waits, step by step; none of it any more once something came.
fn steps(
    teller: &Teller,
    client: Client,
    (second, order): (&Socket, &Mutex<()>),
    (thread, told): (u32, &Receiver<u32>),
) {
    let id = client.id;
    let look = |when: &str| {
        let is_waiting = told.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout);
        if is_waiting {
            teller.tell(id, What::Note(format!("{when}: {}", said_of(thread))));
        }
        is_waiting
    };
    let goes_on = look("in recv") && look("a second later");
    client.leave(teller);
    if goes_on && look("after close by another thread") {
        let _first = order.lock().unwrap_or_else(PoisonError::into_inner);
        shutdown(teller, id, second);
    }
}

/// `recv` in the thread that waits.
#[expect(
    unsafe_code,
    reason = "the descriptor is closed while the call waits: that is the experiment"
)]
fn wait_for_bytes(teller: &Teller, id: ConnId, number: RawFd, order: &Mutex<()>) {
    let syscall = || Syscall::Recv {
        max: RECV_BYTES as u64,
        flags: Flags::default(),
    };
    let since = teller.now();
    let mut call = Call::new(syscall(), Outcome::Blocked, Duration::ZERO);
    call.pending = Some(pending(id));
    teller.call(since, id, call, &[]);
    let mut bytes = [0; RECV_BYTES];
    // SAFETY: the descriptor is open when the call begins, a second before it is closed at the soonest; the call itself
    // holds the socket then, and the number is not used again behind it.
    let socket = unsafe { BorrowedFd::borrow_raw(number) };
    let got = retry_on_intr(|| rustix::net::recv(socket, &mut bytes[..], RecvFlags::empty()));
    let _second = order.lock().unwrap_or_else(PoisonError::into_inner);
    let outcome = match got.map(|(len, _)| len).map_err(io::Error::from) {
        Ok(len) => Outcome::Received {
            len: len as u64,
            from: None,
            cut_from: None,
        },
        Err(error) => Outcome::Failed(errno_of(&error)),
    };
    let len = usize::try_from(outcome.returned().unwrap_or(0)).unwrap_or(0);
    let is_end = outcome.returned() == Some(0);
    let mut call = Call::new(syscall(), outcome, Duration::ZERO);
    call.pending = Some(pending(id));
    call.blocked = Some(teller.now().saturating_sub(since));
    let (dir, range) = (Dir::In, 0..len as u64);
    call.moved = (len > 0).then_some(Moved { dir, range });
    teller.call(since, id, call, bytes.get(..len).unwrap_or_default());
    if is_end {
        let (dir, cause) = (Dir::In, None);
        teller.tell(id, What::Ended { dir, cause });
    }
}

/// What the kernel says of a thread (proc(5)): its state, the processor time that it took, and what it waits in.
fn said_of(thread: u32) -> String {
    let told =
        |name: &str| std::fs::read_to_string(format!("/proc/self/task/{thread}/{name}")).ok();
    let stat = told("stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold anything.
    let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let state = match fields.next() {
        None | Some("") => return format!("thread {thread}: ? (this system does not tell)"),
        Some("S") => "S (sleeping)",
        Some("R") => "R (running)",
        Some(other) => other,
    };
    let mut ticks = fields.skip(10).map_while(|field| field.parse::<u64>().ok());
    let spent = ticks.next().unwrap_or(0) + ticks.next().unwrap_or(0);
    let wchan = told("wchan").filter(|name| !name.is_empty() && name != "0");
    let wchan = wchan.unwrap_or_else(|| "?".to_owned());
    format!("thread {thread}: state {state}, {spent} ticks of processor time, waits in {wchan}")
}
