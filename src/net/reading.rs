//! How a socket is read: by itself or not, how fast, and not at all while nothing more can be kept. The reading itself
//! stands in `receive.rs`.

use super::agenda::Step;
use super::cx::Cx;
use super::socket::Socket;
use super::timer::Alarm;
use super::valve::Valve;
use crate::event::{Actor, What};

impl Socket {
    /// Whether what comes can be kept; if not, the socket waits for room, and a banner says so.
    pub(super) fn has_room(&mut self, cx: &mut Cx) -> bool {
        let is_full = cx.turn.capture.is_full();
        if !is_full && !cx.turn.capture.is_behind() {
            return true;
        }
        self.stall(cx);
        if is_full && !std::mem::replace(&mut cx.shared.full, true) {
            let text = "no room for more bytes: sockets are read no further";
            let (text, key) = (Some(text.to_owned()), "room".to_owned());
            cx.tell_all(Actor::Loop, What::Limit { text, key });
        }
        false
    }

    /// Nothing is read or accepted until there is room.
    pub(super) fn stall(&mut self, cx: &mut Cx) {
        if !std::mem::replace(&mut self.incoming.stalled, true) {
            cx.shared.stalled.push(self.id);
        }
    }

    /// How much of `max` the valve lets through; with none, the socket waits for it.
    pub(super) fn valve_room(&mut self, max: usize, cx: &mut Cx) -> Option<usize> {
        let now = cx.now();
        let boundaries = self.transport.keeps_boundaries();
        let Some(valve) = &mut self.incoming.valve else {
            return Some(max);
        };
        if self.drain.is_some() {
            return Some(max);
        }
        match valve.room(now) {
            0 => {
                let opens = valve.opens();
                self.incoming.paused = true;
                cx.shared.timers.set(self.id, Alarm::Valve, opens);
                None
            }
            _ if boundaries => Some(max),
            room => Some(room.min(max)),
        }
    }

    /// Sets how it is read and accepted from now on.
    pub(super) fn set_reading(&mut self, by: Actor, auto: bool, rate: Option<u64>, cx: &mut Cx) {
        let now = cx.now();
        self.incoming.auto = auto;
        self.incoming.valve = rate.map(|rate| Box::new(Valve::new(rate, now)));
        self.incoming.paused = false;
        cx.shared.timers.cancel(self.id, Alarm::Valve);
        cx.shared.timers.cancel(self.id, Alarm::Accept);
        self.disarm(cx, |step| matches!(step, Step::ByItself));
        self.incoming.armed = false;
        self.tell_reading(by, cx);
        self.set_inline(cx);
    }

    pub(super) fn tell_reading(&mut self, by: Actor, cx: &mut Cx) {
        let auto = self.incoming.auto;
        let rate = self.incoming.valve.as_deref().map(Valve::rate);
        let keep = self.keep;
        cx.tell(self.id, by, What::Reading { auto, rate, keep });
    }
}
