//! Hold mode: calls are armed instead of made, and made one by one. Those beneath a call that waits are made as ever:
//! it was made, and the kernel is at it.

use super::agenda::{Step, Todo};
use super::cx::{Cx, Turn};
use super::receive::Ask;
use super::socket::Socket;
use super::{Net, ROUND_BYTES};
use crate::event::{Actor, ConnId, Hold, Want, What};

impl Net {
    /// Changes what becomes of calls that would be made, or makes the next one, or takes one back.
    pub fn hold(&mut self, by: Actor, hold: Hold, turn: &mut Turn) {
        match hold {
            Hold::On => self.set_holding(by, true, turn),
            Hold::Off => {
                self.set_holding(by, false, turn);
                while let Some(conn) = self.next_armed(None) {
                    self.make_armed(conn, turn);
                }
            }
            Hold::Do(of) => match self.next_armed(of) {
                Some(conn) => self.make_armed(conn, turn),
                None => self.refuse_hold(by, of, turn),
            },
            Hold::Disarm(of) => match self.last_armed(of) {
                Some(conn) => {
                    self.with(conn, turn, |socket, cx| socket.take_back(by, cx));
                }
                None => self.refuse_hold(by, of, turn),
            },
        }
    }

    fn set_holding(&mut self, by: Actor, on: bool, turn: &mut Turn) {
        let shared = &mut self.shared;
        if std::mem::replace(&mut shared.holding, on) != on {
            Cx { shared, turn }.tell_all(by, What::Holding(on));
        }
    }

    fn refuse_hold(&mut self, by: Actor, of: Option<ConnId>, turn: &mut Turn) {
        let text = "no call is armed".to_owned();
        let shared = &mut self.shared;
        let mut cx = Cx { shared, turn };
        match of {
            Some(conn) => cx.refuse(conn, by, &text),
            None => cx.tell_all(by, What::Refused(text)),
        }
    }

    /// Whose call is made next: of each socket in its order, of all the one that was armed first.
    fn next_armed(&self, of: Option<ConnId>) -> Option<ConnId> {
        let first = |socket: &Socket| socket.agenda.front().and_then(|todo| todo.armed);
        self.candidates(of)
            .filter_map(|socket| Some((first(socket)?, socket.id)))
            .min()
            .map(|(_, conn)| conn)
    }

    fn last_armed(&self, of: Option<ConnId>) -> Option<ConnId> {
        let last = |socket: &Socket| socket.agenda.iter().filter_map(|todo| todo.armed).max();
        self.candidates(of)
            .filter_map(|socket| Some((last(socket)?, socket.id)))
            .max()
            .map(|(_, conn)| conn)
    }

    fn candidates(&self, of: Option<ConnId>) -> impl Iterator<Item = &Socket> {
        let all = self.sockets.values().map(AsRef::as_ref);
        all.filter(move |socket: &&Socket| of.is_none_or(|conn| conn == socket.id))
    }

    fn make_armed(&mut self, conn: ConnId, turn: &mut Turn) {
        self.with(conn, turn, |socket, cx| {
            socket.make_next(cx);
            socket.go_on(cx);
        });
    }
}

impl Socket {
    /// Arms what is about to be made and is not armed yet.
    pub(super) fn arm(&mut self, cx: &mut Cx) {
        let mut agenda = std::mem::take(&mut self.agenda);
        for todo in agenda.iter_mut().filter(|todo| todo.armed.is_none()) {
            let number = cx.shared.armed_number();
            todo.armed = Some(number);
            let call = todo.step.syscall(self);
            cx.tell(self.id, todo.by, What::Armed { number, call });
        }
        self.agenda = agenda;
    }

    /// Takes out what is armed, or about to be, and is of that kind.
    pub(super) fn disarm(&mut self, cx: &mut Cx, is_over: impl Fn(&Step) -> bool) {
        let agenda = std::mem::take(&mut self.agenda);
        for todo in agenda {
            if !is_over(&todo.step) {
                self.agenda.push_back(todo);
            } else if let Some(number) = todo.armed {
                let made = false;
                cx.tell(self.id, Actor::Loop, What::Disarmed { number, made });
            }
        }
    }

    /// The effective value of an option that was refused is asked by nobody.
    pub(super) fn disarm_get(&mut self, cx: &mut Cx) {
        let next = self.agenda.front();
        if next.is_some_and(|todo| matches!(todo.step, Step::Want(Want::Get { .. })))
            && let Some(Todo {
                armed: Some(number),
                ..
            }) = self.agenda.pop_front()
        {
            let made = false;
            cx.tell(self.id, Actor::Loop, What::Disarmed { number, made });
        }
    }

    /// Takes the last armed call back. Of a socket that is not yet what it shall be that is all that would make it so.
    fn take_back(&mut self, by: Actor, cx: &mut Cx) {
        let Some(Todo { step, armed, .. }) = self.agenda.pop_back() else {
            return;
        };
        if let Some(number) = armed {
            let made = false;
            cx.tell(self.id, by, What::Disarmed { number, made });
        }
        match step {
            // Else it would be armed again at once.
            Step::ByItself => self.set_reading(by, false, None, cx),
            Step::Finish(_) => {
                self.outgoing.reopen();
                self.drain = None;
            }
            step if step.is_opening() && self.is_opening() => {
                self.disarm(cx, Step::is_opening);
                self.cancel(by, cx);
            }
            _ => {}
        }
    }

    /// Arms what a wish would call; gives the wish back if it calls nothing, or is a lever beside the calls.
    pub(super) fn hold_want(&mut self, by: Actor, want: Want, cx: &mut Cx) -> Option<Want> {
        let ask = match &want {
            Want::Accept => Some(Ask::Accept),
            Want::Recv { max, flags } => Some(Ask::Recv {
                max: *max,
                flags: *flags,
            }),
            _ => None,
        };
        if let Some(ask) = ask
            && self.refuses(by, &ask, cx)
        {
            return None;
        }
        let is_ours = matches!(&want, Want::Keep(_))
            || matches!(&want, Want::Set { option, .. } | Want::Get { option } if option == "nonblock");
        let is_cancel = self.is_opening() && matches!(want, Want::Close | Want::Abort);
        if is_ours || is_cancel {
            return Some(want);
        }
        let steps = match want {
            Want::Set { option, value } => {
                let name = option.clone();
                vec![Step::Set { name, value }, Step::Want(Want::Get { option })]
            }
            Want::Start { backlog } => {
                let backlog = backlog.unwrap_or(super::listen::BACKLOG);
                let inline = self.inline_step().filter(|_| !self.inline);
                let listen = Step::Listen { backlog };
                inline.into_iter().chain([listen]).collect()
            }
            Want::Close if self.ends_in_peace() => vec![Step::Want(want)],
            Want::Close => vec![self.last_step("close")],
            Want::Abort => {
                let reset = (self.connected && self.kind.can_reset).then_some(Step::Option {
                    name: "linger",
                    value: "0",
                });
                reset.into_iter().chain([self.last_step("abort")]).collect()
            }
            Want::Accept
            | Want::Recv { .. }
            | Want::Send { .. }
            | Want::Flush
            | Want::Shutdown(_)
            | Want::Get { .. }
            | Want::Dup => vec![Step::Want(want)],
            want => return Some(want),
        };
        self.plan(by, steps);
        self.go_on(cx);
        None
    }

    /// The `close` of a descriptor that has nothing to wait for.
    fn last_step(&self, why: &str) -> Step {
        if self.spares.is_empty() {
            Step::Finish(why.to_owned())
        } else {
            Step::CloseOne
        }
    }

    /// The one call that the loop makes by itself.
    pub(super) fn once_by_itself(&mut self, cx: &mut Cx) {
        self.incoming.armed = false;
        self.incoming.burst = 1;
        if self.listening {
            self.accept_by_itself(cx);
        } else {
            self.read_by_itself(ROUND_BYTES, cx);
        }
        self.incoming.burst = 1;
        self.incoming.ready = false;
    }
}
