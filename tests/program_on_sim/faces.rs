//! One script behind a screen, in sentences and headless: the record is the same, but for what is looked at on the way
//! (FAULTS.md, I15).

use sockeye::args;
use sockeye::event::{Actor, Call, Dir, Event, Outcome, What};
use sockeye::run::{Face, Plain, Plan, Printer, Workbench};
use sockeye::session::Session;

use super::nth::SESSIONS;
use super::program::Program;
use super::{Outcome as Played, play};

/// What happened, without its times: whatever the script asked for, and what became of each socket.
pub(super) fn record(session: &Session) -> Vec<String> {
    let mut lines = Vec::new();
    session.events_from(0, &mut |_, event| {
        lines.extend(line(event, session));
        true
    });
    lines
}

fn line(event: &Event, session: &Session) -> Option<String> {
    let name = event.conn.map_or("", |conn| session.name(conn));
    let told = match &event.what {
        What::Call(call) if event.by == Actor::Script => called(call),
        What::Opened { .. } | What::Ended { .. } | What::Gone => format!("{:?}", event.what),
        _ => return None,
    };
    Some(format!("{name} {told}"))
}

fn called(call: &Call) -> String {
    let outcome = match &call.outcome {
        // Which sockets there were first is told by the sockets.
        Outcome::Accepted { .. } => "accepted".to_owned(),
        other => format!("{other:?}"),
    };
    format!("{:?} {outcome} {:?}", call.call, call.moved)
}

fn played(face: &mut dyn Face, script: &str) -> Played {
    let mut os = Program::new(0);
    os.calls_max = 2_000_000;
    let here = vec!["127.0.0.1".parse().unwrap()];
    os.kernel.name("here", Ok(here));
    // A screen stays, and what closes comes to its end there; the others wait for it.
    let script = Some(args::script("script", &format!("{script}sleep 20s\n")).unwrap());
    play(
        &mut os,
        face,
        Plan {
            script,
            ..Plan::default()
        },
    )
}

#[test]
fn one_script_has_one_record_behind_every_face() {
    for script in SESSIONS {
        let headless = played(&mut Printer::new("script".to_owned(), false), script);
        assert!(!headless.record.is_empty(), "{script}");
        let faces: [(&str, Box<dyn Face>); 2] = [
            ("screen", Box::new(Workbench::new(false))),
            ("sentences", Box::new(Plain::new(false))),
        ];
        for (name, mut face) in faces {
            let shown = played(&mut *face, script);
            assert_eq!(shown.record, headless.record, "{name}: {script}");
            for kept in &headless.kept {
                let bytes = shown.lane(&kept.name, kept.dir);
                assert!(
                    bytes == kept.bytes,
                    "{name}, {} {:?}: {script}",
                    kept.name,
                    kept.dir
                );
            }
        }
        let moved = headless.kept.iter().filter(|kept| kept.dir == Dir::In);
        assert!(moved.count() > 0, "{script}");
    }
}
