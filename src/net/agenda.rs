//! The calls that a socket is about to make for what was asked of it, one behind the other: the same whether they are
//! made at once or armed first. Arming itself stands in `hold.rs`.

use super::cx::Cx;
use super::receive::Ask;
use super::send::{Job, Parcel};
use super::socket::Socket;
use super::want;
use crate::endpoint::Address;
use crate::event::{Actor, Errno, Flags, How, Syscall, Want, What};

/// One call.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Socket {
        v6: bool,
    },
    Option {
        name: &'static str,
        value: &'static str,
    },
    /// Urgent data stays in the stream.
    Inline,
    Bind(Address),
    Listen {
        backlog: u32,
    },
    Connect(Address),
    Lookup {
        host: String,
        port: u16,
    },
    /// `close` of a descriptor that came to nothing.
    Drop,
    /// `close`, and the socket is no more.
    Finish(String),
    /// One of several descriptors is closed.
    CloseOne,
    /// An option that was asked for; its effective value is a call of its own.
    Set {
        name: String,
        value: String,
    },
    /// A wish that is one call.
    Want(Want),
    /// What the loop does by itself: it accepts one connection or receives once.
    ByItself,
}

/// A call that is about to be made.
#[derive(Debug)]
pub(super) struct Todo {
    pub(super) by: Actor,
    pub(super) step: Step,
    /// Its number, once it is armed.
    pub(super) armed: Option<u32>,
}

impl Step {
    /// Whether it belongs to what makes the socket what it shall be.
    pub(super) fn is_opening(&self) -> bool {
        matches!(
            self,
            Self::Socket { .. }
                | Self::Option { .. }
                | Self::Inline
                | Self::Bind(_)
                | Self::Listen { .. }
                | Self::Connect(_)
                | Self::Lookup { .. }
                | Self::Drop
        )
    }

    /// The call, as far as it is known before it is made.
    pub(super) fn syscall(&self, socket: &Socket) -> Syscall {
        let option = |name: &str, value: &str| Syscall::SetOption {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        match self {
            Self::Socket { .. } => Syscall::Socket(socket.transport),
            Self::Option { name, value } => option(name, value),
            Self::Inline if socket.incoming.auto => option("oobinline", "on"),
            Self::Inline => option("oobinline", "off"),
            Self::Bind(at) => Syscall::Bind(at.clone()),
            Self::Listen { backlog } => Syscall::Listen { backlog: *backlog },
            Self::Connect(to) => Syscall::Connect(to.clone()),
            Self::Lookup { host, .. } => Syscall::Getaddrinfo(host.clone()),
            Self::Drop | Self::Finish(_) | Self::CloseOne => Syscall::Close,
            Self::Set { name, value } => option(name, value),
            Self::Want(want) => of_want(want, socket),
            Self::ByItself if socket.listening => Syscall::Accept,
            Self::ByItself => Syscall::Recv {
                max: socket.kind.read_max_bytes.min(super::ROUND_BYTES) as u64,
                flags: Flags::default(),
            },
        }
    }
}

/// The call of a wish that is one.
fn of_want(want: &Want, socket: &Socket) -> Syscall {
    match want {
        Want::Accept => Ask::Accept.syscall(),
        Want::Recv { max, flags } => Ask::Recv {
            max: *max,
            flags: *flags,
        }
        .syscall(),
        Want::Send { bytes, flags, to } => {
            Job::Send(Parcel::new(bytes.clone(), *flags, to.clone())).syscall()
        }
        Want::Flush => Syscall::Send {
            len: socket.outgoing.staged.len() as u64,
            flags: Flags::default(),
            to: None,
        },
        Want::Shutdown(how) => Syscall::Shutdown(*how),
        Want::Get { option } => Syscall::GetOption {
            name: option.clone(),
        },
        Want::Dup => Syscall::Dup,
        // It begins with the end of sending; `close` itself is armed when the peer has ended, too.
        _ => Syscall::Shutdown(How::Write),
    }
}

impl Socket {
    /// Adds calls to what is about to be made.
    pub(super) fn plan(&mut self, by: Actor, steps: impl IntoIterator<Item = Step>) {
        let todo = |step| Todo {
            by,
            step,
            armed: None,
        };
        self.agenda.extend(steps.into_iter().map(todo));
    }

    /// Adds calls before all others.
    pub(super) fn plan_first(&mut self, by: Actor, steps: Vec<Step>) {
        for step in steps.into_iter().rev() {
            let armed = None;
            self.agenda.push_front(Todo { by, step, armed });
        }
    }

    /// Urgent data shall be kept in the stream where the loop reads, as far as that is not so yet.
    pub(super) fn inline_step(&self) -> Option<Step> {
        (self.kind.has_urgent && self.incoming.auto).then_some(Step::Inline)
    }

    /// Makes what is about to be made, or arms it. What is armed waits for `do`, and all behind it.
    pub(super) fn go_on(&mut self, cx: &mut Cx) {
        if cx.shared.holding {
            return self.arm(cx);
        }
        while self.agenda.front().is_some_and(|todo| todo.armed.is_none()) {
            self.make_next(cx);
        }
    }

    /// Makes the first call, and what follows from it without a further one.
    pub(super) fn make_next(&mut self, cx: &mut Cx) {
        let Some(Todo { by, step, armed }) = self.agenda.pop_front() else {
            return;
        };
        if let Some(number) = armed {
            let made = true;
            cx.tell(self.id, Actor::Loop, What::Disarmed { number, made });
        }
        let is_opening = step.is_opening();
        match self.take_step(step, by, cx) {
            Ok(true) if is_opening && !self.is_half_made() => self.made(cx),
            Ok(_) => {}
            Err(errno) if is_opening => self.came_to_nothing(errno, by, cx),
            Err(_) => self.disarm_get(cx),
        }
    }

    /// Whether calls are left that make it what it shall be.
    fn is_half_made(&self) -> bool {
        self.agenda.iter().any(|todo| todo.step.is_opening())
    }

    /// Makes a call; false when it waits.
    fn take_step(&mut self, step: Step, by: Actor, cx: &mut Cx) -> Result<bool, Errno> {
        match step {
            Step::Socket { v6 } => self.make_descriptor(v6, by, cx).map(|_| true),
            Step::Option { name, value } => self.set(name, value, by, cx).map(|()| true),
            Step::Inline => {
                self.set_inline(cx);
                Ok(true)
            }
            Step::Bind(at) => {
                let sock = self.sock.ok_or(Errno::EBADF)?;
                self.call_bind(sock, &at, by, cx).map(|()| true)
            }
            Step::Listen { backlog } => self.call_listen(backlog, by, cx).map(|()| true),
            Step::Connect(to) => self.step_connect(to, cx),
            Step::Lookup { host, port } => {
                self.look_up(host, port, cx);
                Ok(false)
            }
            Step::Drop => {
                self.drop_descriptor(by, cx);
                self.try_next(cx);
                Ok(false)
            }
            Step::Finish(why) => {
                self.finish_now(by, &why, cx);
                Ok(false)
            }
            Step::CloseOne => Ok(self.close_one(by, cx)),
            Step::Set { name, value } => {
                want::set_option(self, by, &name, &value, cx).map(|()| true)
            }
            Step::Want(want) => {
                want::carry_out(self, by, want, cx);
                Ok(true)
            }
            Step::ByItself => {
                self.once_by_itself(cx);
                Ok(true)
            }
        }
    }

    /// It is what it shall be.
    fn made(&mut self, cx: &mut Cx) {
        if let Some(dial) = self.dial.take() {
            self.dial_done(dial, cx);
        } else if self.binding.take().is_some() {
            self.bound(cx);
        } else if self.listening && !self.exposed {
            self.warn_if_exposed(cx);
        }
    }

    /// A call on the way failed: the descriptor is given back, and another address is tried where there is one.
    fn came_to_nothing(&mut self, errno: Errno, by: Actor, cx: &mut Cx) {
        if self.dial.is_none() && self.binding.is_none() {
            return;
        }
        self.disarm(cx, Step::is_opening);
        self.note_failure(errno);
        self.start_over(by, cx);
    }

    /// Gives a descriptor back that came to nothing, if there is one, and tries the next address.
    pub(super) fn start_over(&mut self, by: Actor, cx: &mut Cx) {
        if self.sock.is_some() {
            self.plan_first(by, vec![Step::Drop]);
            self.go_on(cx);
        } else {
            self.try_next(cx);
        }
    }

    /// The next address, or the end.
    fn try_next(&mut self, cx: &mut Cx) {
        if let Some(dial) = self.dial.take() {
            self.dial_next(dial, cx);
        } else if let Some(binding) = self.binding.take() {
            self.bind_next(binding, cx);
        }
    }
}
