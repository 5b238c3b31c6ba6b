//! The states of a socket, as they are told and as they are kept.

use super::*;

#[test]
fn the_states_of_a_socket_are_kept_with_the_events_that_told_them() {
    let mut bench = Bench::paired();
    assert_eq!(bench.path(A), [(State::Fresh, 0), (State::Established, 1)]);
    assert_eq!(bench.path(B), [(State::Fresh, 3), (State::Established, 4)]);
    bench.tell(A, What::State(State::FinWait2));
    bench.tell(A, What::State(State::FinWait2));
    assert_eq!(bench.path(A)[2..], [(State::FinWait2, 5)], "once");
}

#[test]
fn what_the_kernel_keeps_of_a_closed_socket_is_its_state() {
    let mut bench = Bench::paired();
    bench.tell(A, What::State(State::FinWait2));
    bench.tell(A, What::Gone);
    assert_eq!(bench.path(A)[3..], [(State::Closed, 6)]);
    let fact = Fact {
        state: Some(State::TimeWait),
        timer: Some(Timer::Wait),
        timer_ms: Some(60_000),
        ..Fact::default()
    };
    bench.tell(A, What::State(State::TimeWait));
    bench.tell(A, What::Fact(fact));
    // That it was over had only been concluded.
    assert_eq!(
        bench.path(A)[2..],
        [(State::FinWait2, 5), (State::TimeWait, 7)]
    );
    let conn = bench.session.conn(A).unwrap();
    assert!(!conn.is_open());
    assert_eq!(conn.state, State::TimeWait);
    let later = conn.fact_at + Duration::from_secs(17);
    assert_eq!(conn.waits_out(later), Some(Duration::from_secs(43)));
    bench.tell(A, What::State(State::Closed));
    bench.tell(A, What::Fact(Fact::default()));
    let conn = bench.session.conn(A).unwrap();
    assert_eq!((conn.state, conn.waits_out(later)), (State::Closed, None));
}
