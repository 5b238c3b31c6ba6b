//! Events in a few words, as the transcripts of the tests have them.

use std::fmt::Write as _;

use sockeye::endpoint::Address;
use sockeye::event::{Cable, Call, ConnId, Errno, Outcome, What};

pub(crate) fn name(conn: ConnId) -> String {
    char::from_u32(u32::from(b'A') + conn.0)
        .unwrap()
        .to_string()
}

/// An event in a few words.
pub(crate) fn say(what: &What) -> String {
    match what {
        What::Opened {
            role,
            transport,
            parent,
            ..
        } => {
            let parent = parent.map_or(String::new(), |parent| format!(" of {}", name(parent)));
            format!("opened {} {}{parent}", role.word(), transport.scheme())
        }
        What::Addressed { local, peer } => {
            let show = |at: &Option<Address>| at.as_ref().map_or("-".to_owned(), Address::short);
            format!("at {} to {}", show(local), show(peer))
        }
        What::Call(call) => say_call(call),
        What::Fact(fact) => format!("waiting {:?}", fact.waiting.unwrap_or(0)),
        What::Peer(fact) => match fact.state {
            Some(state) => format!(
                "peer is {}, waiting {:?}",
                state.name(),
                fact.waiting.unwrap_or(0)
            ),
            None => "peer is gone".to_owned(),
        },
        What::Holder(holder) => {
            let who = holder.program.as_deref().unwrap_or("nobody");
            format!("{:?} is {who}'s, {}", holder.of, holder.state.name()).to_lowercase()
        }
        What::Gone => "is CLOSED".to_owned(),
        What::State(state) => format!("is {}", state.name()),
        What::Ended { dir, cause } => {
            format!("{} ended {}", dir.word(), cause.map_or("well", Errno::name))
        }
        What::Held { queued, staged } => format!("holds {queued} staged {staged}"),
        What::Reading { auto, rate, keep } => {
            let keep = keep.map_or(String::new(), |keep| format!(" keep {keep}"));
            let rate = rate.map_or(String::new(), |rate| format!(" {rate}/s"));
            format!(
                "reading {}{rate}{keep}",
                if *auto { "auto" } else { "manual" }
            )
        }
        What::Armed { number, call } => format!("armed {number} {call}"),
        What::Disarmed { number, made } => {
            format!("{} {number}", if *made { "does" } else { "disarmed" })
        }
        What::Cable(cable) => format!("cable {}", cable.map_or("plugged", Cable::word)),
        What::Refs { count, leaked } => {
            format!("refs {count}{}", if *leaked { " leaked" } else { "" })
        }
        What::Holding(on) => format!("hold {}", if *on { "on" } else { "off" }),
        What::Note(text) => format!("note {text}"),
        What::Limit { text, key } => format!("limit {key}: {}", text.as_deref().unwrap_or("over")),
        What::Refused(text) => format!("refused {text}"),
        other => format!("{other:?}"),
    }
}

fn say_call(call: &Call) -> String {
    let mut text = call.call.to_string();
    let outcome = match &call.outcome {
        Outcome::Returned(n) => n.to_string(),
        Outcome::Accepted { conn, peer } => format!("{} {}", name(*conn), peer.short()),
        Outcome::Received {
            len,
            from,
            cut_from,
        } => {
            let from = from
                .as_ref()
                .map_or(String::new(), |from| format!(" from {}", from.short()));
            let cut = cut_from.map_or(String::new(), |cut| format!(" cut from {cut}"));
            format!("{len}{from}{cut}")
        }
        Outcome::Value(value) => value.clone(),
        Outcome::Selected(lists) => lists.to_string(),
        Outcome::Names(names) => names
            .iter()
            .map(Address::short)
            .collect::<Vec<_>>()
            .join(" "),
        Outcome::Failed(errno) => errno.name().to_owned(),
        Outcome::Unresolved(why) => why.clone(),
        Outcome::Blocked => "...".to_owned(),
        Outcome::Cancelled(why) => format!("cancelled: {why}"),
    };
    write!(text, " = {outcome}").unwrap();
    if let Some(number) = call.pending {
        write!(text, " #{number}").unwrap();
    }
    if call.blocked.is_some() {
        text.push_str(" done");
    }
    if let Some(moved) = &call.moved {
        write!(text, " {} {:?}", moved.dir.word(), moved.range).unwrap();
    }
    text
}
