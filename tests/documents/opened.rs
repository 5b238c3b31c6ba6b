//! Files that are opened and written down again: what was recorded is written as the live session was, and what others
//! captured keeps its times and its bytes.

use super::files::ran;
use super::packets::{Dialogue, Pcap};
use super::*;
use sockeye::record::block::{Block, Next, Reader};

/// Every form that has a file of the session it is written from.
const FORMS: [&str; 7] = ["text", "json", "hex", "python", "c", "rust", "script"];

const SCRIPT: &str = "listen 127.0.0.1:0 as L\n@L frame line\nconnect @L as A\n@A frame line\n@L wait accepted\n\
    @A send \"ping\\n\"\n@B wait message \"ping\"\n@B send \"pong\\nmore\\n\"\n@A wait message \"more\"\n\
    @A shutdown write\n@B wait eof\n@B close\n@A wait eof\n";

#[test]
fn a_recording_is_written_as_the_session_was() {
    let stage = Stage::new("opened");
    let exports = FORMS.map(|form| format!("@A export {form} live.{form}\n"));
    let script = SCRIPT.to_owned() + &exports.concat().replace("@A export", "export");
    let script = script.replace("export script", "@A export script");
    passes(&stage, &format!("record rec\n{script}"));
    for form in FORMS {
        let mut words = vec!["export", form, "rec"];
        if form == "script" {
            words.extend(["--conn", "A"]);
        }
        let (opened, code, said) = ran(&stage, &words);
        assert_eq!((code, &*said), (Some(0), ""), "{form}");
        let (opened, live) = (
            String::from_utf8(opened).unwrap(),
            text(&stage, &format!("live.{form}")),
        );
        assert!(live.lines().count() > 10, "{live}");
        // What came behind it, the exports themselves, stands in the log of the recording only.
        let is_logged = matches!(form, "text" | "json");
        let is_program = matches!(form, "python" | "c" | "rust");
        let lines = opened.lines().zip(live.lines());
        let mut lines = lines.filter(|(line, _)| !(is_program && line.contains("events #0 to")));
        assert!(lines.all(|(one, other)| one == other), "{form}: {opened}");
        let counts = (opened.lines().count(), live.lines().count());
        assert!(
            counts.0 == counts.1 || is_logged && counts.0 > counts.1,
            "{form}: {counts:?}"
        );
    }
}

/// When each packet of a pcapng file was captured, and what it carries.
fn packets(file: &[u8]) -> Vec<(Duration, Vec<u8>)> {
    let (mut reader, mut found) = (Reader::default(), Vec::new());
    loop {
        let at = usize::try_from(reader.at()).unwrap();
        match reader.next(&file[at..]).unwrap() {
            Next::Block { block, .. } => {
                if let Block::Packet(packet) = block {
                    found.push((packet.at.unwrap(), packet.data.to_vec()));
                }
            }
            Next::Skipped { .. } => {}
            Next::Want(_) => return found,
        }
    }
}

#[test]
fn a_recording_of_a_file_keeps_the_times_of_the_file() {
    let stage = Stage::new("times");
    passes(&stage, &format!("record rec\n{SCRIPT}"));
    let (_, code, said) = ran(&stage, &["export", "pcapng", "rec", "-o", "again"]);
    assert_eq!((code, &*said), (Some(0), ""));
    let read = |name: &str| packets(&fs::read(stage.folder().join(name)).unwrap());
    let (first, second) = (read("rec"), read("again"));
    assert!(first.len() > 6 && first == second, "{first:?}\n{second:?}");

    let (client, server) = ("10.0.0.1:4000", "10.0.0.2:7");
    fs::write(stage.folder().join("theirs"), capture(client, server).bytes).unwrap();
    let (_, code, said) = ran(&stage, &["export", "pcapng", "theirs", "-o", "ours"]);
    assert_eq!((code, &*said), (Some(0), ""));
    let times: Vec<Duration> = read("ours").iter().map(|(at, _)| *at).collect();
    // They were captured from this moment on, a hundred microseconds apart.
    let began = Duration::from_secs(1_700_000_000);
    let last = began + Duration::from_millis(10);
    assert!(times.len() > 6, "{times:?}");
    assert!(
        times.iter().all(|at| *at > began && *at < last),
        "{times:?}"
    );
}

/// What others captured of a conversation with a redis.
fn capture(client: &str, server: &str) -> Pcap {
    let mut dialogue = Dialogue::new(client, server, [5, 9]);
    for (asked, answered) in [
        ("PING\r\n", "+PONG\r\n"),
        ("SET captured yes\r\n", "+OK\r\n"),
        ("GET captured\r\n", "$3\r\nyes\r\n"),
    ] {
        dialogue.say(0, asked.as_bytes(), 100);
        dialogue.say(1, answered.as_bytes(), 100);
    }
    dialogue.end(0);
    dialogue.end(1);
    let mut pcap = Pcap::new(1);
    dialogue.segments.iter().for_each(|it| pcap.segment(it));
    pcap
}

#[test]
fn what_others_captured_is_written_in_every_form_that_it_has() {
    let stage = Stage::new("captured");
    let pcap = capture("10.0.0.1:4000", "10.0.0.2:7");
    fs::write(stage.folder().join("theirs"), pcap.bytes).unwrap();
    for (form, part) in [
        ("text", "A      packets"),
        ("json", "\"by\":\"packets\",\"mark\":\"inferred\""),
        ("hex", "2b50 4f4e 470d 0a"),
        ("script", "@A expect \"+PONG\\r\\n\"\n"),
    ] {
        let (written, code, said) = ran(&stage, &["export", form, "theirs"]);
        assert_eq!((code, &*said), (Some(0), ""), "{form}");
        let written = String::from_utf8(written).unwrap();
        assert!(written.contains(part), "{form}: {written}");
    }
    // Programs make calls, and of these nobody knows them.
    for form in ["python", "c", "rust"] {
        let (written, code, said) = ran(&stage, &["export", form, "theirs"]);
        assert_eq!((code, written), (Some(3), Vec::new()), "{form}");
        assert!(said.contains("`export script` plays a side"), "{said}");
    }
}

#[test]
fn what_others_captured_is_played_against_the_real_server() {
    let stage = Stage::new("captured-redis");
    let Some(redis) = Redis::start(&stage) else {
        return;
    };
    let pcap = capture("127.0.0.1:4000", &format!("127.0.0.1:{}", redis.1));
    fs::write(stage.folder().join("theirs"), pcap.bytes).unwrap();
    let framed = ["export", "script", "theirs", "-c", "@A frame resp"];
    let (script, code, said) = ran(&stage, &framed);
    assert_eq!((code, &*said), (Some(0), ""));
    let script = String::from_utf8(script).unwrap();
    passes(&stage, &script);
    let why = fails(&stage, &script.replace("$3\\r\\nyes", "$2\\r\\nno"));
    assert!(why.contains("  the first difference: message 3, "), "{why}");
}
