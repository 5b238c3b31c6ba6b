//! Plays one case through a relay, between two ends that know what they should hear.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Instant;

use socket2::Socket;

use super::case::{Case, Manner, Side, When};
use super::party::{End, Latch, Party, is_reset};
use super::relay::{PATIENCE, Place, Program, Relay};
use super::{Ends, MUCH};

/// A relay, and who waits behind it.
pub(crate) struct Stage {
    relay: Relay,
    server: Socket,
    /// What the relay has open when nobody is connected.
    descriptors: usize,
}

/// A place of that kind.
fn place(is_unix: bool) -> Place {
    if is_unix {
        Place::Unix(PathBuf::new())
    } else {
        Place::Tcp(0)
    }
}

type Played<T> = Result<T, String>;

impl Stage {
    pub(crate) fn new(program: &Program, ends: Ends, folder: &Path) -> Self {
        let (server, target) = place(ends.1).listen(folder, "server");
        server.set_read_timeout(Some(PATIENCE)).unwrap();
        let relay = Relay::start(program, &place(ends.0), &target, folder);
        let descriptors = relay.descriptors();
        Self {
            relay,
            server,
            descriptors,
        }
    }

    pub(crate) fn play(&self, case: &Case) -> Played<()> {
        let client = self.relay.connect();
        let (server, _) = self
            .server
            .accept()
            .map_err(|error| format!("nobody comes to the server: {error}"))?;
        let said = [Side::Client, Side::Server].map(|side| bytes(side, case.bytes(side)));
        let is_slow = |side| case.slow == Some(side);
        let client = Party::new(client, said[0], said[1]).slow(is_slow(Side::Client));
        let server = Party::new(server, said[1], said[0]).slow(is_slow(Side::Server));
        let (first, second) = match case.first {
            Side::Client => (client, server),
            Side::Server => (server, client),
        };
        match case.manner {
            Manner::HalfClose => half_close(case, &first, &second),
            Manner::Close => close(first, &second),
            Manner::Reset => reset(first, &second),
            Manner::Torn => tear(first, &second, case.must_arrive()),
        }
    }

    /// Whether the relay let go of all connections.
    pub(crate) fn leftovers(&self) -> Played<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.relay.descriptors() > self.descriptors {
            if Instant::now() > deadline {
                let (now, before) = (self.relay.descriptors(), self.descriptors);
                return Err(format!("{now} descriptors behind it all, {before} before"));
            }
            thread::yield_now();
        }
        Ok(())
    }
}

/// What a side says: no two places in it are alike.
fn bytes(side: Side, count: usize) -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| {
        let (mut state, mut bytes) = (1_u64, Vec::with_capacity(MUCH + 8));
        while bytes.len() < MUCH + 8 {
            // Knuth's MMIX generator; its upper half is random enough.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            bytes.extend_from_slice(&state.to_be_bytes()[..4]);
        }
        bytes
    });
    let start = if side == Side::Client { 0 } else { 5 };
    &bytes[start..start + count]
}

/// One part of a case, which goes on beside the others.
type Part<'a> = Box<dyn FnOnce() -> Played<()> + Send + 'a>;

/// Plays the parts at the same time. What fails first is the reason; then nobody waits for anybody.
fn at_once(waits: &[&Arc<Latch>], parts: Vec<(&str, Part<'_>)>) -> Played<()> {
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for (name, act) in parts {
            let wrong = &wrong;
            scope.spawn(move || {
                if let Err(why) = act() {
                    wrong.lock().unwrap().push(format!("{name}: {why}"));
                    for latch in waits {
                        latch.open();
                    }
                }
            });
        }
    });
    wrong
        .into_inner()
        .unwrap()
        .into_iter()
        .next()
        .map_or(Ok(()), Err)
}

/// A slow reader begins when the other direction is through.
fn wait_if_slow(slow: &Party, until: &Latch) {
    if slow.is_slow {
        until.wait();
    }
}

fn is(end: End, expected: &[End]) -> Played<()> {
    if expected.contains(&end) {
        Ok(())
    } else {
        Err(format!("it ended by {end:?} and not by {expected:?}"))
    }
}

/// The first one ends its output, the second one when it has seen that; both hear everything.
fn half_close(case: &Case, first: &Party, second: &Party) -> Played<()> {
    let asks = || {
        first.speak()?;
        first.end_output()
    };
    let hears_reply = || {
        wait_if_slow(first, &second.heard);
        is(first.hear()?, &[End::Eof])
    };
    let replies = || {
        match case.when {
            When::AtOnce => {}
            When::Asked => second.ended.wait(),
            When::Late(pause) => {
                second.ended.wait();
                second.watch_for_loss(pause);
            }
        }
        second.speak()?;
        second.ended.wait();
        second.end_output()
    };
    let hears = || {
        wait_if_slow(second, &first.heard);
        is(second.hear()?, &[End::Eof])
    };
    at_once(
        &[&first.heard, &second.heard, &second.ended],
        vec![
            ("the first one's output", Box::new(asks)),
            ("the first one's input", Box::new(hears_reply)),
            ("the second one's output", Box::new(replies)),
            ("the second one's input", Box::new(hears)),
        ],
    )
}

/// The first one closes when it has sent and heard everything; the second one sees an end, writes on and is told.
fn close(first: Party, second: &Party) -> Played<()> {
    let heard = [&first.heard, &second.heard].map(Arc::clone);
    let closes = || {
        converse(&first, &heard[1])?;
        drop(first);
        Ok(())
    };
    let hears = || {
        wait_if_slow(second, &heard[0]);
        is(second.hear()?, &[End::Eof])?;
        second.speak_to_the_gone()
    };
    at_once(
        &[&heard[0], &heard[1]],
        vec![
            ("the first one", Box::new(closes)),
            ("the second one's output", Box::new(|| second.speak())),
            ("the second one's input", Box::new(hears)),
        ],
    )
}

/// The first one resets when both have heard everything; the second one sees a reset, where its kind of socket has one.
fn reset(first: Party, second: &Party) -> Played<()> {
    let heard = [&first.heard, &second.heard].map(Arc::clone);
    let is_unix = first.is_unix();
    let resets = || {
        converse(&first, &heard[1])?;
        heard[1].wait();
        first.reset();
        Ok(())
    };
    let speaks = || {
        second.speak()?;
        // What a Unix socket leaves unread makes its end a reset.
        let unread: &[u8] = if is_unix { b"!" } else { b"" };
        second.send(unread).map_err(|error| error.to_string())
    };
    let hears = || {
        wait_if_slow(second, &heard[0]);
        is(second.hear()?, resets_of(second))
    };
    at_once(
        &[&heard[0], &heard[1]],
        vec![
            ("the first one", Box::new(resets)),
            ("the second one's output", Box::new(speaks)),
            ("the second one's input", Box::new(hears)),
        ],
    )
}

/// The first one sends what the kernel takes and resets at once; the second one hears a beginning of it, and no end in
/// order.
fn tear(first: Party, second: &Party, must_arrive: bool) -> Played<()> {
    let (torn, was_told) = (Latch::default(), OnceLock::new());
    let tears = || {
        first.tear();
        torn.open();
    };
    let speaks = || -> Played<()> {
        match second.send(second.out) {
            Err(error) if is_reset(&error) => {
                let _ = was_told.set(());
                Ok(())
            }
            result => result.map_err(|error| error.to_string()),
        }
    };
    let hears = || {
        wait_if_slow(second, &torn);
        second.hear_some()
    };
    let heard: Played<(usize, End)> = thread::scope(|scope| {
        let hears = scope.spawn(hears);
        let speaks = scope.spawn(speaks);
        scope.spawn(tears);
        speaks.join().unwrap()?;
        hears.join().unwrap()
    });
    let (count, end) = heard?;
    if must_arrive && count == 0 {
        return Err("the byte before the reset is lost".to_owned());
    }
    // The kernel tells once: if the writer was told, the reader sees a mere end.
    if was_told.get().is_some() {
        return Ok(());
    }
    is(end, resets_of(second))
}

/// Sends and hears everything.
fn converse(party: &Party, other_heard: &Latch) -> Played<()> {
    thread::scope(|scope| {
        let speaks = scope.spawn(|| party.speak());
        wait_if_slow(party, other_heard);
        party.hear_bytes()?;
        speaks.join().unwrap()
    })
}

/// How a reset may look to it: a Unix socket tells of one only where bytes were left unread.
fn resets_of(party: &Party) -> &'static [End] {
    if party.is_unix() {
        &[End::Eof, End::Reset]
    } else {
        &[End::Reset]
    }
}
