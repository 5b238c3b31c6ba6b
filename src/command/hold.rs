//! `hold`, `do` and `disarm`: calls that are armed, looked at, and made one by one.

use super::complete::{self, Candidate};
use super::{Cx, Group, Scope, Verb, clipped};
use crate::event::{ConnId, Hold as Holding, Wish};
use crate::words::{Complaint, Words};

pub(super) struct Hold;

impl Verb for Hold {
    fn name(&self) -> &'static str {
        "hold"
    }

    fn usage(&self) -> &'static str {
        "hold on|off"
    }

    fn help(&self) -> &'static str {
        "on: each call waits until you say do, the loop's own too; off: make what waits and go on"
    }

    fn group(&self) -> Group {
        Group::Sockets
    }

    fn parse(&self, words: &mut Words<'_>, _cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        let word = words.require("on or off")?;
        let hold = match word.text {
            "on" => Holding::On,
            "off" => Holding::Off,
            other => {
                let what = format!("`{}` does not fit here", clipped(other));
                return Err(word.complain(what, "on or off"));
            }
        };
        Ok(vec![Wish::Hold(hold)])
    }

    fn complete(&self, before: &[&str], _scope: &dyn Scope) -> Vec<Candidate> {
        match before {
            [] => complete::words(&["on", "off"], "whether calls wait for do"),
            _ => Vec::new(),
        }
    }
}

pub(super) static DO: Armed = Armed {
    name: "do",
    help: "make the next armed call, just that one; with @NAME the next of that socket",
    hold: Holding::Do,
};

pub(super) static DISARM: Armed = Armed {
    name: "disarm",
    help: "take the last armed call back, and those that would follow from it; with @NAME of that socket",
    hold: Holding::Disarm,
};

/// Something of the calls that are armed, all or those of a socket.
pub(super) struct Armed {
    name: &'static str,
    help: &'static str,
    hold: fn(Option<ConnId>) -> Holding,
}

impl Verb for Armed {
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
        Group::Sockets
    }

    fn parse(&self, _words: &mut Words<'_>, cx: &mut Cx<'_>) -> Result<Vec<Wish>, Complaint> {
        Ok(vec![Wish::Hold((self.hold)(cx.before_verb()))])
    }
}
