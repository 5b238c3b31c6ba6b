//! Files of ours while another Sockeye writes them: nobody loses what is new, and who cannot wait says so.

use super::*;

#[test]
fn while_another_writes_the_memory_waits_and_is_not_lost() {
    let mut os = Program::new(0);
    os.kernel.fail("lock_kept", "EAGAIN");
    os.kernel.fail("lock_kept", "EAGAIN");
    os.types(1.0, ":mark m0\r");
    // A signal ends the run a day later: it was written before.
    assert_eq!(sockeye(&mut os, "").code, 143);
    assert_eq!(lines(&mut os, "commands"), ["mark m0"]);
    let since = os.quiet_since().unwrap();
    assert!(since < Duration::from_secs(30), "quiet since {since:?}");
    // At the end it is tried again at once.
    let mut os = Program::new(0);
    os.types(1.0, ":quit\r");
    os.kernel.fail("lock_kept", "EAGAIN");
    assert_eq!(sockeye(&mut os, ""), Ending::code(0));
    assert_eq!(lines(&mut os, "commands"), ["quit"]);
    assert_eq!(os.kernel.stderr(), "");
    // What is stored meanwhile is refused, with why.
    let mut os = Program::new(0);
    for _ in 0..99 {
        os.kernel.fail("lock_kept", "EAGAIN");
    }
    os.types(1.0, ":store hello \"hi\"\r");
    os.types(3.0, ":quit\r");
    assert_eq!(sockeye(&mut os, ""), Ending::code(0));
    let screen = String::from_utf8_lossy(os.kernel.screen()).into_owned();
    assert!(screen.contains("another Sockeye writes it"), "{screen}");
    assert_eq!(os.kernel.kept(Place::Data, "saved.txt"), None);
}
