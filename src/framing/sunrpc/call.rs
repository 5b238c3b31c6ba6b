//! The body of a record: a call or a reply (RFC 5531, 9), and what a portmapper is asked (RFC 1833).

use super::names::{
    AUTHS, DENIED, FLAVORS, KINDS, PORTMAPPER, PROGRAMS, PROTOCOLS, Program, REPLIES, RESULTS,
};
use crate::framing::Value;
use crate::framing::dissect::{Dissect, Names, words_of};
use crate::framing::note::Note;

/// The procedure of a portmapper that asks for a port.
const GETPORT: u64 = 3;

/// Names the parts of a record and says what it is.
pub(super) fn record(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let xid = dissect.number("xid", 4)?;
    let kind = dissect.named("type", 4, KINDS)?;
    note.add(&words_of(KINDS, kind));
    let told = match kind {
        0 => call(dissect, note),
        1 => reply(dissect, note),
        _ => Some(()),
    };
    write!(note, ", xid {xid}");
    told?;
    match dissect.rest().len() {
        0 => Some(()),
        len => dissect.bytes("body", len).map(|_| ()),
    }
}

fn call(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    dissect.number("RPC version", 4)?;
    let number = dissect.unsigned(4)?;
    let program = PROGRAMS.iter().find(|program| program.number == number);
    let name = program.map_or_else(|| number.to_string(), |program| program.name.to_owned());
    let value = Value::Named(number.into(), name.clone().into());
    let value = if program.is_some() {
        value
    } else {
        Value::Number(number.into())
    };
    dissect.name("program", 4, value)?;
    let version = dissect.number("version", 4)?;
    let procedures = program.map_or(&[][..], |program| procedures(program, version));
    let procedure = dissect.named("procedure", 4, procedures)?;
    let procedure_name = words_of(procedures, procedure);
    write!(note, " {name} {version} {procedure_name}");
    credential(dissect, "credential")?;
    credential(dissect, "verifier")?;
    if number == PORTMAPPER && version == 2 && procedure == GETPORT {
        let asked = dissect.number("program asked for", 4)?;
        dissect.number("version asked for", 4)?;
        dissect.named("protocol", 4, PROTOCOLS)?;
        dissect.number("port", 4)?;
        let asked = match PROGRAMS.iter().find(|program| program.number == asked) {
            Some(program) => program.name.to_owned(),
            None => asked.to_string(),
        };
        write!(note, " of {asked}");
    }
    Some(())
}

/// The procedures of a version of a program.
fn procedures(program: &Program, version: u64) -> &'static Names {
    let versions = program.versions.iter();
    let mut versions = versions.filter(|(number, _)| *number == version);
    versions.next().map_or(&[], |(_, procedures)| *procedures)
}

fn reply(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let status = dissect.named("reply status", 4, REPLIES)?;
    if status == 0 {
        credential(dissect, "verifier")?;
        let result = dissect.named("accept status", 4, RESULTS)?;
        write!(note, ": {}", words_of(RESULTS, result));
        return if result == 2 {
            versions(dissect, note)
        } else {
            Some(())
        };
    }
    let why = dissect.named("reject status", 4, DENIED)?;
    write!(note, " denied: {}", words_of(DENIED, why));
    if why == 0 {
        return versions(dissect, note);
    }
    let auth = dissect.named("auth status", 4, AUTHS)?;
    write!(note, ", {}", words_of(AUTHS, auth));
    Some(())
}

/// Which versions there are.
fn versions(dissect: &mut Dissect<'_>, note: &mut Note) -> Option<()> {
    let low = dissect.number("lowest version", 4)?;
    let high = dissect.number("highest version", 4)?;
    write!(note, ", {low} to {high} are");
    Some(())
}

/// Who calls, or what proves it.
fn credential(dissect: &mut Dissect<'_>, name: &'static str) -> Option<()> {
    dissect.group(name, |dissect| {
        let flavor = dissect.named("flavor", 4, FLAVORS)?;
        let length = usize::try_from(dissect.number("length", 4)?).ok()?;
        let is_whole = dissect.rest().len() >= length;
        dissect.within(length, |dissect| {
            if flavor == 1 {
                system(dissect)
            } else if length > 0 {
                dissect.bytes("body", length).map(|_| ())
            } else {
                Some(())
            }
        });
        dissect.skip((length.next_multiple_of(4) - length).min(dissect.rest().len()))?;
        is_whole.then_some(())
    })
}

/// A user of a Unix system, as he says (RFC 5531, appendix A).
fn system(dissect: &mut Dissect<'_>) -> Option<()> {
    dissect.number("stamp", 4)?;
    let length = usize::try_from(dissect.unsigned(4)?).ok()?;
    dissect.text("machine", length)?;
    dissect.skip(length.next_multiple_of(4) - length)?;
    dissect.number("user", 4)?;
    dissect.number("group", 4)?;
    let groups = dissect.number("groups", 4)?;
    for _ in 0..groups {
        dissect.number("group", 4)?;
    }
    Some(())
}
