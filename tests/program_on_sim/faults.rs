//! Every call of a short session fails once, and every kind of call for ever: the program does not panic, does not
//! spin, and gives the terminal back.

use sockeye::event::Errno;
use sockeye::run::{Plan, Workbench};

use super::program::{Fault, Program};
use super::{Outcome, kept_is_moved, play, sockeye};

const ERRNOS: [Errno; 6] = [
    Errno::ECONNRESET,
    Errno::EPIPE,
    Errno::EMFILE,
    Errno::EIO,
    Errno::EINTR,
    Errno::EAGAIN,
];

/// A client, a listener and a pair, bytes both ways, ends of all kinds.
const SESSION: &[&str] = &[
    "listen 127.0.0.1:0 as L",
    "connect @L as A",
    "pair unix as P Q; @P set sndbuf 9000; @P get sndbuf",
    "@A send \"hello\"; @P send \"hello\"; @Q send rand(300 seed 3)",
    "pair tcp as R S; @R send \"bye\"; @R abort",
];

fn workbench(fault: Option<Fault>) -> (Program, Outcome) {
    let mut os = Program::new(0);
    os.fault = fault;
    os.types(1.0, ":@A shutdown write\r");
    os.types(2.0, ":@P close; @A close\r");
    os.types(20.0, "\x1b");
    os.types(21.0, ":quit\r");
    let plan = Plan {
        lines: SESSION.iter().map(|line| (*line).to_owned()).collect(),
        ..Plan::default()
    };
    let outcome = play(&mut os, &mut Workbench::new(false), plan);
    (os, outcome)
}

#[test]
fn every_call_of_the_workbench_may_fail() {
    let (whole, outcome) = workbench(None);
    assert_eq!(outcome.ending.code, 0, "{outcome:?}");
    kept_is_moved(&whole, &outcome);
    for nth in 1..=whole.calls {
        // Three of them at each call, the other three at the next.
        for errno in ERRNOS
            .into_iter()
            .skip(usize::from(nth.is_multiple_of(2)))
            .step_by(2)
        {
            let fault = Fault {
                nth,
                errno,
                lasting: false,
            };
            let (os, outcome) = workbench(Some(fault));
            assert!(!os.kernel.is_raw(), "{fault:?}: still raw");
            ends_well(&os, &outcome, whole.calls, fault);
        }
    }
}

#[test]
fn every_kind_of_call_may_fail_for_ever() {
    let (whole, _) = workbench(None);
    for errno in [Errno::ECONNRESET, Errno::EMFILE] {
        for nth in 1..=whole.calls {
            let fault = Fault {
                nth,
                errno,
                lasting: true,
            };
            let (os, outcome) = workbench(Some(fault));
            assert!(!os.kernel.is_raw(), "{fault:?}: still raw");
            ends_well(&os, &outcome, whole.calls, fault);
        }
    }
}

#[test]
fn every_call_of_a_script_may_fail() {
    let script = SESSION.join("\n").replace("; ", "\n") + "\n@A expect \"never\" within 2s\n";
    let run = |fault| {
        let mut os = Program::new(0);
        os.fault = fault;
        let outcome = sockeye(&mut os, "run FILE --json", &script);
        (os, outcome)
    };
    let (whole, outcome) = run(None);
    assert_eq!(outcome.ending.code, 1, "{outcome:?}");
    for (errno, lasting) in ERRNOS
        .iter()
        .map(|errno| (*errno, false))
        .chain([(Errno::EIO, true)])
    {
        for nth in 1..=whole.calls {
            let fault = Fault {
                nth,
                errno,
                lasting,
            };
            let (os, outcome) = run(Some(fault));
            ends_well(&os, &outcome, whole.calls, fault);
        }
    }
}

#[track_caller]
fn ends_well(os: &Program, outcome: &Outcome, usual: u64, fault: Fault) {
    let code = outcome.ending.code;
    assert!(
        [0, 1, 2, 3, 74, 129, 141].contains(&code),
        "{fault:?}: {outcome:?}\n{:#?}",
        os.tail
    );
    // 20 calls a second are the bound of FAULTS.md (F20); the session lasts 21 s.
    let bound = 2 * usual + 21 * 20;
    assert!(
        os.calls < bound,
        "{fault:?}: {} calls, usually {usual}\n{:#?}",
        os.calls,
        os.tail
    );
    if !outcome.kept.is_empty() {
        kept_is_moved(os, outcome);
    }
}
