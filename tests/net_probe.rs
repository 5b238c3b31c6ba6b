//! Experiments of the net in the simulated kernel: questions to select that wait, crowds, spins, knocks and races.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a broken test shall stop"
)]

#[path = "sim/kernel.rs"]
mod kernel;
#[path = "sim/world.rs"]
mod world;

use std::time::Duration;

use sockeye::endpoint::Endpoint;
use sockeye::event::{
    Actor, Asked, Call, ConnId, Course, Errno, Lists, Make, Measure, Outcome, Probe, Reached,
    Syscall, Want, What,
};
use world::World;

const SECOND: Duration = Duration::from_secs(1);

fn asked(names: &str) -> Vec<Asked> {
    let asked = |name: char| {
        let conn = ConnId(u32::from(name) - u32::from('A'));
        Asked::Socket(conn, name.to_string())
    };
    names.chars().map(asked).collect()
}

fn lists(read: &str, write: &str, except: &str) -> Lists {
    Lists {
        read: asked(read),
        write: asked(write),
        except: asked(except),
    }
}

fn probe(world: &mut World, probe: Probe) {
    world.turn(|net, turn| net.probe(Actor::User, probe, turn));
}

fn select(world: &mut World, lists: Lists, timeout: Option<Duration>) {
    let home = lists.all().first().and_then(|asked| asked.conn());
    let question = Probe::Select {
        home,
        lists,
        timeout,
    };
    probe(world, question);
}

/// What the questions told, the begin of a wait and its end: `...`, `r:A`, an errno.
fn told(world: &World) -> Vec<String> {
    let calls = world.events.iter().filter_map(|event| match &event.what {
        What::Call(call) if matches!(call.call, Syscall::Select { .. }) => Some(call),
        _ => None,
    });
    let is_part =
        |call: &&Call| call.pending.is_some() && call.blocked.is_none() && !is_blocked(call);
    calls
        .filter(|call| !is_part(call))
        .map(|call| match &call.outcome {
            Outcome::Blocked => "...".to_owned(),
            Outcome::Selected(lists) => lists.to_string(),
            Outcome::Failed(errno) => errno.name().to_owned(),
            other => format!("{other:?}"),
        })
        .collect()
}

fn is_blocked(call: &Call) -> bool {
    call.outcome == Outcome::Blocked
}

fn measures(world: &World) -> Vec<&Measure> {
    let events = world.events.iter();
    let measures = events.filter_map(|event| match &event.what {
        What::Measured(measure) => Some(measure),
        _ => None,
    });
    measures.collect()
}

#[test]
fn who_is_ready_is_answered_at_once() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    select(&mut world, lists("AB", "AB", "AB"), None);
    assert_eq!(told(&world), ["w:A,B"]);
    assert_eq!(world.net.deadline(), None);
}

#[test]
fn a_question_waits_until_somebody_is_ready() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    select(&mut world, lists("AB", "", ""), Some(10 * SECOND));
    world.act("run 3");
    assert_eq!(told(&world), ["..."]);
    world.act("A send x\nrun");
    assert_eq!(told(&world), ["...", "r:B"]);
    let ended = world.events.iter().find_map(|event| match &event.what {
        What::Call(call) if matches!(call.outcome, Outcome::Selected(_)) => call.blocked,
        _ => None,
    });
    assert!(ended.expect("it waited") >= 3 * SECOND);
}

#[test]
fn a_question_is_over_with_its_time_and_its_answer_is_then_empty() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    select(&mut world, lists("A", "", "B"), Some(2 * SECOND));
    world.act("run 1");
    assert_eq!(told(&world), ["..."]);
    world.act("run 2");
    assert_eq!(told(&world), ["...", ""]);
    assert_eq!(world.net.deadline(), None);
}

#[test]
fn a_question_without_a_limit_makes_no_call_while_nothing_happens() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nlisten 7000 manual\nrun");
    select(&mut world, lists("ABC", "", "A"), None);
    world.act("run 1");
    let calls = world.kernel.calls;
    world.act("run 600");
    assert_eq!(world.kernel.calls, calls);
    assert_eq!(told(&world), ["..."]);
}

#[test]
fn the_third_list_is_about_urgent_data_alone() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    select(&mut world, lists("", "", "B"), None);
    world.act("A send plain\nrun");
    assert_eq!(told(&world), ["..."]);
    world.act("A send U oob\nrun");
    assert_eq!(told(&world), ["...", "x:B"]);
}

#[test]
fn what_the_poller_tells_for_ever_and_is_no_answer_does_not_spin() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    select(&mut world, lists("", "", "B"), None);
    // A reset holds for ever, cannot be masked, and is no urgent data.
    world.act("A abort\nrun 1");
    let calls = world.kernel.calls;
    world.act("run 10");
    let calls = world.kernel.calls - calls;
    assert!(calls < 40, "{calls} calls in ten seconds");
    assert_eq!(told(&world), ["..."]);
}

#[test]
fn who_reads_by_itself_is_ready_before_it_has_read() {
    let mut world = World::new(0);
    world.act("pair tcp\nrun");
    select(&mut world, lists("B", "", ""), None);
    world.act("A send x\nrun");
    assert_eq!(told(&world), ["...", "r:B"]);
}

#[test]
fn a_socket_that_is_closed_ends_the_question() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    select(&mut world, lists("AB", "", ""), None);
    world.act("A abort\nrun 1");
    let told = told(&world);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told.last().map(String::as_str), Some("EBADF"));
}

#[test]
fn a_question_is_cancelled_at_its_socket() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    select(&mut world, lists("AB", "", ""), None);
    world.turn(|net, turn| net.want(Actor::User, ConnId(0), Want::Cancel, turn));
    world.act("run\nA send x\nrun");
    assert_eq!(told(&world), ["...", "Cancelled(\"cancel\")"]);
}

#[test]
fn a_file_is_always_ready_and_one_that_is_not_there_is_an_error() {
    let mut world = World::new(0);
    world.kernel.file("/notes", b"");
    for path in ["/notes", "/nothing"] {
        let file = Asked::File(path.to_owned());
        let lists = Lists {
            read: vec![file.clone()],
            write: vec![file],
            except: Vec::new(),
        };
        select(&mut world, lists, Some(SECOND));
    }
    assert_eq!(told(&world), ["r:file:/notes w:file:/notes", "ENOENT"]);
}

#[test]
fn a_crowd_takes_the_seats_and_the_others_stand_outside_until_one_is_accepted() {
    let mut world = World::new(0);
    world.act("listen 7000 backlog 5 manual\nrun");
    let to = Endpoint::parse("7000").unwrap();
    let names = (1..=8).map(|n| format!("C{n}")).collect();
    let slow = None;
    let crowd = Make::Crowd { to, names, slow };
    world.turn(|net, turn| net.make(Actor::User, crowd, turn));
    world.act("run 3");
    let connected = |world: &World| {
        let events = world.events.iter();
        let connects = events.filter(|event| {
            matches!(&event.what, What::Call(call) if matches!(call.call, Syscall::Connect(_))
                && call.outcome == Outcome::Returned(0))
        });
        connects.count()
    };
    assert_eq!(connected(&world), 6);
    world.act("A accept\nrun 1");
    assert_eq!(connected(&world), 7);
}

#[test]
fn who_speaks_says_a_line_and_ends_and_slow_ones_take_a_second_for_a_byte() {
    let mut world = World::new(0);
    world.act("listen 7000\nrun");
    let to = Endpoint::parse("7000").unwrap();
    let names = vec!["C1".to_owned(), "C2".to_owned()];
    let crowd = Make::Crowd {
        to,
        names,
        slow: Some(1),
    };
    world.turn(|net, turn| net.make(Actor::User, crowd, turn));
    world.act("run");
    let line = b"hello from C1\n";
    assert_eq!(world.lane("B", sockeye::event::Dir::Out), b"");
    assert_eq!(
        world.lane("C", sockeye::event::Dir::Out),
        b"hello from C2\n"
    );
    world.act("run 5");
    let said = world.lane("B", sockeye::event::Dir::Out).len();
    assert!((4..=6).contains(&said), "{said}");
    world.act("run 20");
    assert_eq!(world.lane("B", sockeye::event::Dir::Out), line);
    assert_eq!(world.net.deadline(), None);
}

#[test]
fn a_spin_asks_all_the_time_and_then_waits_once() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    let asked = asked("B").remove(0);
    let time = Duration::from_millis(300);
    probe(&mut world, Probe::Spin { asked, time });
    world.act("run 1");
    let [Measure::Spin(spin)] = measures(&world).as_slice() else {
        panic!("{:?}", measures(&world));
    };
    assert!(
        spin.calls > 1000 && spin.calls == spin.would_block,
        "{spin:?}"
    );
    assert!(spin.time >= time && spin.waited >= time, "{spin:?}");
    assert!(spin.waited_cpu < spin.cpu / 10, "{spin:?}");
    assert_eq!(told(&world), ["...", ""]);
    let events = world.events.len();
    assert!(events < 100, "{events}");
}

#[test]
fn a_spin_ends_with_its_socket_and_counts_no_call_that_was_not_made() {
    let mut world = World::new(0);
    world.act("pair tcp manual\nrun");
    let asked = asked("B").remove(0);
    let time = Duration::from_millis(300);
    let calls = world.kernel.calls;
    probe(&mut world, Probe::Spin { asked, time });
    world.act("B abort\nrun 1");
    let [Measure::Spin(spin)] = measures(&world).as_slice() else {
        panic!("{:?}", measures(&world));
    };
    assert!(spin.calls <= world.kernel.calls - calls, "{spin:?}");
    assert!(spin.time < time, "{spin:?}");
    assert_eq!(told(&world), Vec::<String>::new());
}

#[test]
fn every_address_is_knocked_at_and_each_says_who_is_there() {
    let mut world = World::new(0);
    world.kernel.name(
        "localhost",
        Ok(vec!["::1".parse().unwrap(), "127.0.0.1".parse().unwrap()]),
    );
    world
        .kernel
        .name("simulated", Err("no such host".to_owned()));
    world.act("listen 7000\nrun\nforget");
    probe(&mut world, Probe::Reach { port: 7000 });
    world.act("run 1");
    let [Measure::Reach { port: 7000, tries }] = measures(&world).as_slice() else {
        panic!("{:?}", measures(&world));
    };
    let rows: Vec<_> = tries
        .iter()
        .map(|row| (row.name.as_str(), row.outcome.clone()))
        .collect();
    let no = || Reached::No(Errno::ECONNREFUSED);
    assert_eq!(
        rows,
        [
            ("localhost", no()),
            ("localhost", Reached::Yes),
            ("127.0.0.1", Reached::Yes),
            ("127.0.0.2", no()),
            ("::1", no()),
            ("10.0.0.5", no()),
            ("2001:db8::1", no()),
            ("simulated", Reached::Unresolved("no such host".to_owned())),
        ]
    );
    assert_eq!(world.net.deadline(), None);
}

#[test]
fn a_knock_that_wakes_for_nothing_does_not_spin() {
    let mut world = World::new(0);
    // Nothing is under way, whatever it said: such a socket is writable for ever.
    world.kernel.fail("connect", "EINPROGRESS");
    let calls = world.kernel.calls;
    probe(&mut world, Probe::Reach { port: 7000 });
    world.act("run 5");
    let [Measure::Reach { tries, .. }] = measures(&world).as_slice() else {
        panic!("{:?}", measures(&world));
    };
    let silent = |row: &&sockeye::event::Try| row.outcome == Reached::Silent;
    assert!(tries.iter().any(|row| silent(&row)), "{tries:?}");
    let calls = world.kernel.calls - calls;
    assert!(calls < 200, "{calls} calls in five seconds");
}

#[test]
fn an_address_that_never_answers_is_told_in_the_end() {
    let mut world = World::new(0);
    world.act("silence 10.0.0.5:7000\nrun");
    probe(&mut world, Probe::Reach { port: 7000 });
    world.act("run 5");
    let [Measure::Reach { tries, .. }] = measures(&world).as_slice() else {
        panic!("{:?}", measures(&world));
    };
    let silent = tries.iter().filter(|row| row.outcome == Reached::Silent);
    let silent: Vec<_> = silent.map(|row| row.name.as_str()).collect();
    assert_eq!(silent, ["localhost", "10.0.0.5", "simulated"]);
    assert_eq!(world.kernel.open_sockets(), 0);
}

#[test]
fn a_race_is_told_when_it_is_over() {
    let mut world = World::new(0);
    probe(&mut world, Probe::Race(vec![Course::Unix, Course::Tcp]));
    assert_eq!(world.net.probing(), Some("race"));
    world.act("run 1");
    let [Measure::Race(laps)] = measures(&world).as_slice() else {
        panic!("{:?}", measures(&world));
    };
    let courses: Vec<_> = laps.iter().map(|lap| lap.course).collect();
    assert_eq!(courses, [Course::Unix, Course::Tcp]);
    assert_eq!(world.net.probing(), None);
}
