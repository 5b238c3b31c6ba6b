//! The verbs without a word behind them: `accept`, `flush`, `abort`, `cancel`, `plug`, `dup`, `leak`, `pin`, `undo`,
//! `redo`, `pause`, `live`, `zoom`, `quit`.

use super::{Cx, Group, Verb};
use crate::event::{Travel, View, Want, Wish};
use crate::words::{Complaint, Words};

pub(super) static ACCEPT: Plain = Plain {
    name: "accept",
    help: "take one waiting connection from a listener",
    group: Group::Sockets,
    wish: |cx| of_socket(cx, Want::Accept),
};

pub(super) static ABORT: Plain = Plain {
    name: "abort",
    help: "throw a connection away; a TCP peer gets a reset",
    group: Group::Sockets,
    wish: |cx| of_socket(cx, Want::Abort),
};

pub(super) static CANCEL: Plain = Plain {
    name: "cancel",
    help: "end the calls that wait, and without @NAME also what runs: find, save, repeat",
    group: Group::Sockets,
    wish: |cx| Ok(cancel(cx)),
};

pub(super) static PLUG: Plain = Plain {
    name: "plug",
    help: "plug the cable in again; what was on its way arrives at last",
    group: Group::Sockets,
    wish: |cx| of_socket(cx, Want::Plug),
};

pub(super) static DUP: Plain = Plain {
    name: "dup",
    help: "a second descriptor of the socket: close then closes one, and the peer is told nothing",
    group: Group::Sockets,
    wish: |cx| of_socket(cx, Want::Dup),
};

pub(super) static LEAK: Plain = Plain {
    name: "leak",
    help: "forget the socket without closing it; its peer sees nothing but silence",
    group: Group::Sockets,
    wish: |cx| of_socket(cx, Want::Leak),
};

pub(super) static FLUSH: Plain = Plain {
    name: "flush",
    help: "send what is staged, in one call",
    group: Group::Bytes,
    wish: |cx| of_socket(cx, Want::Flush),
};

pub(super) static PIN: Plain = Plain {
    name: "pin",
    help: "keep this selection in sight beside the next; again lets it go",
    group: Group::View,
    wish: |_| Ok(Wish::View(View::Pin)),
};

pub(super) static UNDO: Plain = Plain {
    name: "undo",
    help: "take back what was last typed, filtered, marked or arranged",
    group: Group::View,
    wish: |_| Ok(Wish::View(View::Undo)),
};

pub(super) static REDO: Plain = Plain {
    name: "redo",
    help: "make again what was taken back",
    group: Group::View,
    wish: |_| Ok(Wish::View(View::Redo)),
};

pub(super) static PAUSE: Plain = Plain {
    name: "pause",
    help: "look at the session as it is now, while it goes on; again leads to the newest",
    group: Group::View,
    wish: |_| Ok(Wish::View(View::Travel(Travel::Pause))),
};

pub(super) static LIVE: Plain = Plain {
    name: "live",
    help: "look at the newest again",
    group: Group::View,
    wish: |_| Ok(Wish::View(View::Travel(Travel::Live))),
};

/// The word of the table of `show` that does it, too.
pub(super) static ZOOM: Plain = Plain {
    name: "zoom",
    help: "this pane alone, or all of them again",
    group: Group::View,
    wish: |_| Ok(Wish::View(View::Show(ZOOM.name.to_owned()))),
};

pub(super) static QUIT: Plain = Plain {
    name: "quit",
    help: "leave; every socket is closed",
    group: Group::Program,
    wish: |_| Ok(Wish::Quit),
};

/// A wish that needs no further word.
pub(super) struct Plain {
    name: &'static str,
    help: &'static str,
    group: Group,
    wish: fn(&mut Cx<'_>) -> Result<Wish, Complaint>,
}

impl Verb for Plain {
    fn name(&self) -> &'static str {
        self.name
    }

    fn usage(&self) -> &'static str {
        self.name
    }

    fn help(&self) -> &'static str {
        self.help
    }

    fn group(&self) -> Group {
        self.group
    }

    fn acts(&self) -> bool {
        // What was cancelled is the program's own work, if nothing else waits.
        self.group == Group::Bytes
            || self.group == Group::Sockets && self.name != CANCEL.name
            || [UNDO.name, REDO.name].contains(&self.name)
    }

    fn parse(&self, _words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(vec![(self.wish)(cx)?])
    }
}

fn of_socket(cx: &mut Cx<'_>, want: Want) -> Result<Wish, Complaint> {
    Ok(Wish::Socket(cx.socket()?, want))
}

/// With a socket before the verb, the calls of that one; else what the program is at too.
fn cancel(cx: &mut Cx<'_>) -> Wish {
    match cx.before_verb() {
        Some(conn) => Wish::Socket(conn, Want::Cancel),
        None => Wish::Cancel(cx.focused()),
    }
}
