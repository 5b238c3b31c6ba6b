//! `select`: one loop for all clients. It asks select(2) who can be read or written, and no call on a socket ever
//! waits: a client that is slow holds up nobody.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsRawFd as _, RawFd};
use std::time::Duration;

use rustix::event::{FdSetElement, FdSetIter, fd_set_insert, fd_set_num_elements, select};
use rustix::io::retry_on_intr;

use super::calls::{Client, Listener, errno_of, pending};
use super::teller::{LISTENER, Teller};
use crate::event::{Asked, Call, ConnId, Lists, Outcome, Syscall};

/// The highest descriptor that select(2) can be asked about (`FD_SETSIZE`).
const FD_MAX: RawFd = 1023;

/// A client, and what it was not sent back yet.
struct Served {
    client: Client,
    rest: Vec<u8>,
}

/// Serves until select fails for good; returns why.
pub(super) fn serve(teller: &Teller, listener: &Listener) -> io::Error {
    let mut served: BTreeMap<ConnId, Served> = BTreeMap::new();
    loop {
        let (readable, writable) = match ask(teller, listener, &served) {
            Ok(ready) => ready,
            Err(error) => return error,
        };
        for conn in readable.iter().chain(&writable) {
            if *conn == LISTENER {
                match take(teller, listener) {
                    Ok(Some(client)) => {
                        let rest = Vec::new();
                        served.insert(client.id, Served { client, rest });
                    }
                    Ok(None) => {}
                    Err(error) => return error,
                }
            } else if let Some(one) = served.get_mut(conn)
                && !step(teller, one)
                && let Some(one) = served.remove(conn)
            {
                one.client.close(teller);
            }
        }
    }
}

/// One more client; none where select could not be asked about it.
fn take(teller: &Teller, listener: &Listener) -> io::Result<Option<Client>> {
    let client = listener.accept(teller)?;
    if client.socket.as_raw_fd() > FD_MAX {
        teller.note(
            "select(2) can be asked about descriptors up to 1023: this client is turned away",
        );
        client.close(teller);
        return Ok(None);
    }
    client.socket.set_nonblocking(true)?;
    Ok(Some(client))
}

/// Sends back what there is, else reads; false at the end.
fn step(teller: &Teller, one: &mut Served) -> bool {
    if one.rest.is_empty() {
        match one.client.recv(teller) {
            Ok(bytes) if bytes.is_empty() => return false,
            Ok(bytes) => one.rest = bytes,
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        }
    }
    match one.client.send(teller, &one.rest) {
        Ok(taken) => {
            one.rest.drain(..taken.min(one.rest.len()));
            true
        }
        Err(error) => error.kind() == io::ErrorKind::WouldBlock,
    }
}

/// Asks who can be read or written, and waits until somebody can; told as one call of the listener.
fn ask(
    teller: &Teller,
    listener: &Listener,
    served: &BTreeMap<ConnId, Served>,
) -> io::Result<(Vec<ConnId>, Vec<ConnId>)> {
    let is_read = |one: &&Served| one.rest.is_empty();
    let mut read = vec![(LISTENER, listener.socket.as_raw_fd())];
    let of = |one: &Served| (one.client.id, one.client.socket.as_raw_fd());
    read.extend(served.values().filter(is_read).map(of));
    let write: Vec<_> = served
        .values()
        .filter(|one| !is_read(one))
        .map(of)
        .collect();
    let syscall = Syscall::Select {
        lists: lists(&read, &write),
        timeout: None,
    };
    let start = teller.now();
    let mut call = Call::new(syscall.clone(), Outcome::Blocked, Duration::ZERO);
    call.pending = Some(pending(LISTENER));
    teller.call(start, LISTENER, call, &[]);
    let got = call_select(&read, &write);
    let outcome = match &got {
        Ok((read, write)) => Outcome::Selected(lists(read, write)),
        Err(error) => Outcome::Failed(errno_of(error)),
    };
    let mut call = Call::new(syscall, outcome, Duration::ZERO);
    call.pending = Some(pending(LISTENER));
    call.blocked = Some(teller.now().saturating_sub(start));
    teller.call(start, LISTENER, call, &[]);
    let conns = |all: Vec<(ConnId, RawFd)>| all.into_iter().map(|(conn, _)| conn).collect();
    got.map(|(read, write)| (conns(read), conns(write)))
}

type Ready = (Vec<(ConnId, RawFd)>, Vec<(ConnId, RawFd)>);

/// select(2) itself.
#[expect(unsafe_code, reason = "select(2) takes descriptors as bare numbers")]
fn call_select(read: &[(ConnId, RawFd)], write: &[(ConnId, RawFd)]) -> io::Result<Ready> {
    let highest = read.iter().chain(write).map(|(_, fd)| *fd).max();
    let set = |of: &[(ConnId, RawFd)]| {
        let mut set = vec![FdSetElement::default(); fd_set_num_elements(of.len(), FD_MAX + 1)];
        for (_, fd) in of {
            fd_set_insert(&mut set, *fd);
        }
        set
    };
    let (reads, writes) = retry_on_intr(|| {
        let (mut reads, mut writes) = (set(read), set(write));
        let count = highest.unwrap_or(0) + 1;
        // SAFETY: the descriptors are those of sockets that the caller holds, which stay open during the call, and the
        // sets have room for every descriptor that may stand in them.
        unsafe { select(count, Some(&mut reads), Some(&mut writes), None, None) }?;
        Ok((reads, writes))
    })?;
    let ready = |of: &[(ConnId, RawFd)], set: &[FdSetElement]| {
        let said: Vec<RawFd> = FdSetIter::new(set).collect();
        of.iter()
            .filter(|(_, fd)| said.contains(fd))
            .copied()
            .collect()
    };
    Ok((ready(read, &reads), ready(write, &writes)))
}

/// The sockets as they are told. Their names only the session knows.
fn lists(read: &[(ConnId, RawFd)], write: &[(ConnId, RawFd)]) -> Lists {
    let asked = |all: &[(ConnId, RawFd)]| {
        let all = all.iter();
        all.map(|(conn, _)| Asked::Socket(*conn, String::new()))
            .collect()
    };
    Lists {
        read: asked(read),
        write: asked(write),
        except: Vec::new(),
    }
}
