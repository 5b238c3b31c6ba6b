//! What is done to bytes on their way, as JSON.

use serde_json::{Map, Value, json};

use super::seconds;
use crate::event::{Deed, Dir, Fault, Hit};
use crate::session::Session;

/// A rule, a hit of it, or a message that is held.
pub(super) fn describe(out: &mut Map<String, Value>, session: &Session, fault: &Fault) {
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    match fault {
        Fault::Begun { number, dir, words } => {
            put("fault", json!(number));
            put("dir", json!(dir.map_or("both", Dir::word)));
            put("words", json!(words));
        }
        Fault::Over { number } => {
            put("fault", json!(number));
            put("over", json!(true));
        }
        Fault::Hit(Hit {
            number,
            dir,
            range,
            deed,
            sent,
        }) => {
            put("fault", json!(number));
            put("dir", dir.word().into());
            put("range", json!([range.start, range.end]));
            if let Some((conn, range)) = sent {
                put("to", session.name(*conn).into());
                put("sent", json!([range.start, range.end]));
            }
            describe_deed(out, *deed);
        }
        Fault::Caught {
            number,
            message,
            range,
        } => {
            put("fault", json!(number));
            put("held", json!(message));
            put("dir", Dir::In.word().into());
            put("range", json!([range.start, range.end]));
        }
        Fault::Freed { range, deed } => {
            put("dir", Dir::In.word().into());
            put("range", json!([range.start, range.end]));
            describe_deed(out, *deed);
        }
    }
}

fn describe_deed(out: &mut Map<String, Value>, deed: Deed) {
    out.insert("deed".into(), deed.word().into());
    match deed {
        Deed::Delayed(time) => {
            out.insert("delay".into(), seconds(time));
        }
        Deed::Sliced(count) => {
            out.insert("pieces".into(), json!(count));
        }
        Deed::Changed(count) => {
            out.insert("bytes".into(), json!(count));
        }
        _ => {}
    }
}
