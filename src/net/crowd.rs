//! A crowd: many clients at once, that go where one listens. Who gets a seat is the kernel's matter; those that speak
//! say one line and end, and the slow ones among them a byte a second.

use std::collections::VecDeque;
use std::time::Duration;

use super::Net;
use super::connect::Dial;
use super::cx::{Cx, Turn};
use super::send::{Job, Parcel};
use super::socket::Socket;
use super::timer::Alarm;
use crate::endpoint::Endpoint;
use crate::event::{Actor, Flags, How, Role};

/// How long a client waits for a seat: the kernel gives up before (tcp(7), `tcp_syn_retries`).
const PATIENCE: Duration = Duration::from_secs(300);

/// Between two bytes of a slow one.
const SLOW: Duration = Duration::from_secs(1);

/// What a slow client has still to say.
#[derive(Debug)]
pub(super) struct Speech {
    by: Actor,
    left: VecDeque<u8>,
}

impl Net {
    /// Makes the clients, all at once.
    pub(super) fn crowd(
        &mut self,
        by: Actor,
        to: &Endpoint,
        (names, slow): (Vec<String>, Option<usize>),
        turn: &mut Turn,
    ) {
        for (at, name) in names.into_iter().enumerate() {
            let shared = &mut self.shared;
            let mut cx = Cx { shared, turn };
            if !Self::has_room(by, &mut cx) {
                return;
            }
            let mut dial = Box::new(Dial::new(by, to.clone()));
            dial.timeout = Some(PATIENCE);
            let socket = Socket::new(cx.shared.conn(), Role::Client, to.transport, true);
            let line = format!("hello from {name}\n");
            Self::open(socket, Some(name), by, &mut cx, |socket, cx| {
                match slow {
                    Some(slow) if at < slow => {
                        let left = line.into_bytes().into();
                        socket.speech = Some(Box::new(Speech { by, left }));
                    }
                    Some(_) => socket.speak(line.into_bytes(), by, cx),
                    None => {}
                }
                socket.dial(dial, cx);
            });
            self.absorb();
        }
    }
}

impl Socket {
    /// Says all of it, and no more after it.
    fn speak(&mut self, line: Vec<u8>, by: Actor, cx: &mut Cx) {
        self.post(by, Job::Send(Parcel::new(line, Flags::default(), None)), cx);
        self.post(by, Job::Shutdown(How::Write), cx);
    }

    /// The connection is there: a slow client takes its time.
    pub(super) fn begin_speech(&mut self, cx: &mut Cx) {
        if self.speech.is_some() {
            let next = cx.now() + SLOW;
            cx.shared.timers.set(self.id, Alarm::Speak, next);
        }
    }

    /// The next byte of a slow client.
    pub(super) fn speak_on(&mut self, cx: &mut Cx) {
        let Some(mut speech) = self.speech.take() else {
            return;
        };
        let Some(byte) = speech.left.pop_front() else {
            return;
        };
        let by = speech.by;
        if speech.left.is_empty() {
            return self.speak(vec![byte], by, cx);
        }
        let parcel = Parcel::new(vec![byte], Flags::default(), None);
        self.post(by, Job::Send(parcel), cx);
        if !self.outgoing.over {
            self.speech = Some(speech);
            self.begin_speech(cx);
        }
    }
}
