//! What long works and experiments leave to be looked at, on the stage: a storm, what was measured, a select that
//! waits, a message that a tap holds. Names in it are what the caller says.

use std::time::Duration;

use sockeye::event::{
    Asked, Call, ConnId, Course, Dir, Errno, Fault, Lap, Lists, Measure, Outcome, Reached, Syscall,
    Try, What,
};
use sockeye::storm::Storm;

use super::stage::Stage;

/// Bytes of a direction that the storm blows over, and that the held message has at the most.
const BYTES: u64 = 64;

impl Stage {
    /// All of these, about the bytes that a socket received; nothing lies over the panes afterwards.
    pub(crate) fn works(&mut self, conn: ConnId, name: &str) {
        let lane = self.session.lane(conn, Dir::In).unwrap();
        let (rule, sight, len) = (lane.rule().clone(), lane.sight(), lane.len().min(BYTES));
        let (bytes, _) = self.session.bytes(conn, Dir::In, 0..len);
        let begun = Fault::Begun {
            number: 1,
            dir: None,
            words: format!("corrupt 0.1 seed 7 {name}"),
        };
        self.event(conn, What::Fault(begun));
        let caught = Fault::Caught {
            number: 1,
            message: 1,
            range: 0..len,
        };
        self.event(conn, What::Fault(caught));
        let row = |outcome| Try {
            name: name.to_owned(),
            at: None,
            outcome,
        };
        let failed = Reached::Unresolved(name.to_owned());
        let tries = vec![row(Reached::Yes), row(failed), row(Reached::Silent)];
        let port = 7000;
        self.event(conn, What::Measured(Measure::Reach { port, tries }));
        let lap = |course, errno| Lap {
            course,
            trips: 2000,
            median: Duration::from_micros(18),
            slowest: Duration::from_micros(2500),
            errno,
        };
        let laps = vec![
            lap(Course::Pipe, None),
            lap(Course::Udp, Some(Errno::EAGAIN)),
        ];
        self.event(conn, What::Measured(Measure::Race(laps)));
        let asked = vec![Asked::Socket(conn, name.to_owned())];
        let lists = Lists {
            read: asked.clone(),
            write: asked.clone(),
            except: asked,
        };
        let select = Syscall::Select {
            lists,
            timeout: Some(Duration::from_secs(60)),
        };
        let mut call = Call::new(select, Outcome::Blocked, Duration::ZERO);
        call.pending = Some(99);
        self.event(conn, What::Call(call));
        let mut storm = Storm::new(rule, &bytes, sight, 0);
        while storm.step(1 << 20) {}
        self.ui.set_storm((conn, Dir::In), storm);
        // The card, and the board that took the place of a pane.
        self.keys("Esc Esc Esc");
    }
}
