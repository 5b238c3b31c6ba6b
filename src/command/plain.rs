//! The verbs without a word behind them: `accept`, `flush`, `close`, `abort`, `cancel` and `quit`.

use super::{Cx, Group, Verb};
use crate::event::{Want, Wish};
use crate::words::{Complaint, Words};

pub(super) static ACCEPT: Plain = Plain {
    name: "accept",
    help: "take one waiting connection from a listener",
    group: Group::Sockets,
    want: Want::Accept,
};

pub(super) static CLOSE: Plain = Plain {
    name: "close",
    help: "end a connection in peace: say that nothing more comes, read what is left, close",
    group: Group::Sockets,
    want: Want::Close,
};

pub(super) static ABORT: Plain = Plain {
    name: "abort",
    help: "throw a connection away; a TCP peer gets a reset",
    group: Group::Sockets,
    want: Want::Abort,
};

pub(super) static FLUSH: Plain = Plain {
    name: "flush",
    help: "send what is staged, in one call",
    group: Group::Bytes,
    want: Want::Flush,
};

/// A wish about a socket that needs no further word.
pub(super) struct Plain {
    name: &'static str,
    help: &'static str,
    group: Group,
    want: Want,
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

    fn parse(&self, _words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(vec![Wish::Socket(cx.socket()?, self.want.clone())])
    }
}

/// With a socket before it, it ends the calls of that one; else what the program is at too.
pub(super) struct Cancel;

impl Verb for Cancel {
    fn name(&self) -> &'static str {
        "cancel"
    }

    fn usage(&self) -> &'static str {
        "cancel"
    }

    fn help(&self) -> &'static str {
        "end the calls that wait, and without @NAME also what runs: find, save, repeat"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, _words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(vec![match cx.before_verb() {
            Some(conn) => Wish::Socket(conn, Want::Cancel),
            None => Wish::Cancel(cx.focused()),
        }])
    }
}

pub(super) struct Quit;

impl Verb for Quit {
    fn name(&self) -> &'static str {
        "quit"
    }

    fn usage(&self) -> &'static str {
        "quit"
    }

    fn help(&self) -> &'static str {
        "leave; every socket is closed"
    }

    fn group(&self) -> Group {
        Group::Program
    }

    fn parse(&self, _words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(vec![Wish::Quit])
    }
}
