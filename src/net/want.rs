//! Wishes of one socket, each to the place that carries it out; and its options, which need no more than a call.

use std::time::Duration;

use super::cx::Cx;
use super::listen::BACKLOG;
use super::receive::Ask;
use super::send::{Job, Parcel};
use super::socket::Socket;
use crate::event::{Actor, Call, Errno, How, Outcome, Syscall, Want};

/// A wish: carried out, or armed.
pub(super) fn wish(socket: &mut Socket, by: Actor, want: Want, cx: &mut Cx) {
    if !cx.shared.holding || !may_call(socket, &want) {
        return carry_out(socket, by, want, cx);
    }
    if let Some(want) = socket.hold_want(by, want, cx) {
        carry_out(socket, by, want, cx);
    }
}

/// Whether a socket that is being closed, or is forgotten, takes a wish still.
fn may_call(socket: &Socket, want: &Want) -> bool {
    let is_over = socket.leaked || socket.is_closing();
    !is_over || matches!(want, Want::Abort | Want::Cancel | Want::Get { .. })
}

/// A wish, by its kind.
pub(super) fn carry_out(socket: &mut Socket, by: Actor, want: Want, cx: &mut Cx) {
    if socket.is_closing() && !ends_anyway(&want) {
        return cx.refuse(socket.id, by, "this socket is being closed");
    }
    if socket.leaked && !(matches!(want, Want::Get { .. }) || is_of_what_came(&want)) {
        let text = "its descriptor is forgotten: nobody can make a call on it any more";
        return cx.refuse(socket.id, by, text);
    }
    match want {
        Want::Start { backlog } => start(socket, by, backlog.unwrap_or(BACKLOG), cx),
        Want::Accept => socket.ask(by, Ask::Accept, cx),
        Want::Send { bytes, flags, to } => {
            socket.post(by, Job::Send(Parcel::new(bytes, flags, to)), cx);
        }
        Want::Stage(bytes) => socket.stage(by, &bytes, cx),
        Want::Flush => socket.flush(by, cx),
        Want::Recv { max, flags } => socket.ask(by, Ask::Recv { max, flags }, cx),
        Want::Shutdown(How::Read) if !socket.is_opening() => {
            socket.call_shutdown(How::Read, by, cx);
        }
        Want::Shutdown(how) => socket.post(by, Job::Shutdown(how), cx),
        Want::Close | Want::CloseNow if socket.is_opening() => socket.cancel(by, cx),
        Want::CloseNow => socket.close_now(by, cx),
        Want::Close => socket.post(by, Job::Close, cx),
        Want::Abort => socket.abort(by, cx),
        Want::Cancel => socket.cancel(by, cx),
        Want::Set { option, value } => set(socket, by, &option, &value, cx),
        Want::Get { option } => get(socket, by, &option, cx),
        Want::Dup => socket.dup(by, cx),
        Want::Leak => socket.leak(by, cx),
        // The net does it, at both ends.
        Want::Unplug { .. } | Want::Plug => {}
        Want::Keep(keep) => {
            socket.keep = keep;
            socket.tell_reading(by, cx);
        }
        Want::Reading { auto, rate } => {
            socket.set_reading(by, auto, rate, cx);
        }
        Want::Relay { to } => socket.relay_to(by, to, cx),
        Want::Gate(gate) => socket.set_gate(by, gate, cx),
        Want::Instead { bytes, upto } => socket.replace(by, bytes, upto, cx),
    }
}

/// What may still be wished of a socket that is being closed.
fn ends_anyway(want: &Want) -> bool {
    let ends = matches!(
        want,
        Want::CloseNow | Want::Abort | Want::Cancel | Want::Get { .. }
    );
    ends || is_of_what_came(want)
}

/// Whether it makes no call here: what came and waits to be passed on is the matter of the socket across, which would
/// wait for it for ever.
fn is_of_what_came(want: &Want) -> bool {
    matches!(want, Want::Gate(_) | Want::Instead { .. })
}

/// `listen` on a bound socket.
fn start(socket: &mut Socket, by: Actor, backlog: u32, cx: &mut Cx) {
    if socket.is_opening() {
        return cx.refuse(socket.id, by, "there is no socket to listen with yet");
    }
    if socket.listen(backlog, by, cx).is_ok() && !socket.exposed {
        socket.warn_if_exposed(cx);
    }
}

/// Sets an option and tells the effective value. `nonblock` is ours: beneath, every socket is non-blocking.
fn set(socket: &mut Socket, by: Actor, option: &str, value: &str, cx: &mut Cx) {
    if option == "nonblock" {
        socket.nonblock = value == "on";
        let name = option.to_owned();
        let value = value.to_owned();
        let syscall = Syscall::SetOption { name, value };
        let call = Call::new(syscall, Outcome::Returned(0), Duration::ZERO);
        cx.log(socket.id, by, call);
        return get_effective(socket, by, option, cx);
    }
    if set_option(socket, by, option, value, cx).is_ok() {
        get_effective(socket, by, option, cx);
    }
}

/// Sets an option of the kernel's.
pub(super) fn set_option(
    socket: &mut Socket,
    by: Actor,
    option: &str,
    value: &str,
    cx: &mut Cx,
) -> Result<(), Errno> {
    if socket.sock.is_none() {
        cx.refuse(socket.id, by, "there is no socket to set it on yet");
        return Err(Errno::EBADF);
    }
    socket.set(option, value, by, cx)?;
    if option == "oobinline" {
        socket.inline = value == "on";
    }
    socket.lose_patience(option, cx);
    Ok(())
}

fn get(socket: &mut Socket, by: Actor, option: &str, cx: &mut Cx) {
    if option != "nonblock" && socket.sock.is_none() {
        return cx.refuse(socket.id, by, "there is no socket to ask yet");
    }
    if let Some(call) = ask_option(socket, option, cx) {
        cx.log(socket.id, by, call);
    }
}

/// What the kernel made of a value, where it tells: groups that were joined cannot be asked for.
fn get_effective(socket: &mut Socket, by: Actor, option: &str, cx: &mut Cx) {
    let call = ask_option(socket, option, cx);
    if let Some(call) = call.filter(|call| call.outcome.errno().is_none()) {
        cx.log(socket.id, by, call);
    }
}

/// The value of an option that the loop asks for by itself, and tells that it did.
pub(super) fn effective(socket: &Socket, option: &str, cx: &mut Cx) -> Option<String> {
    let call = ask_option(socket, option, cx)?;
    let value = match &call.outcome {
        Outcome::Value(value) => Some(value.clone()),
        _ => None,
    };
    cx.log(socket.id, Actor::Loop, call);
    value
}

fn ask_option(socket: &Socket, option: &str, cx: &mut Cx) -> Option<Call> {
    let name = option.to_owned();
    let syscall = Syscall::GetOption { name };
    if option == "nonblock" {
        let value = if socket.nonblock { "on" } else { "off" };
        let outcome = Outcome::Value(value.to_owned());
        return Some(Call::new(syscall, outcome, Duration::ZERO));
    }
    let sock = socket.sock?;
    let (got, took) = cx.call(|os| os.option(sock, option));
    let outcome = got.map_or_else(Outcome::Failed, Outcome::Value);
    Some(Call::new(syscall, outcome, took))
}
