//! Faults that look at messages, what is replaced and what is held, and faults one behind the other.

use std::rc::Rc;

use super::{Run, at, ms};
use crate::event::{Deed, Fault, Freed};
use crate::fault::piece::{Item, Over, Piece, Whole};
use crate::framing::{Cut, Message};
use crate::words::Words;

#[test]
fn messages_are_lost_doubled_and_swapped_as_often_as_said() {
    let run = |words: &str| {
        let mut run = Run::new(&[words], true);
        for k in 0..10_000_u32 {
            run.came(&k.to_be_bytes(), true);
        }
        run.until(ms(5000));
        run
    };
    let lost = run("drop 10% seed 3");
    assert!(
        (8_800..9_200).contains(&lost.sent.len()),
        "{}",
        lost.sent.len()
    );
    assert_eq!(lost.deeds().len(), 10_000 - lost.sent.len());
    assert_eq!(lost.sent, run("drop 10% seed 3").sent);
    let twice = run("dup 10% seed 3");
    assert_eq!(twice.sent.len(), 10_000 + twice.deeds().len());
    assert!(
        (10_800..11_200).contains(&twice.sent.len()),
        "{}",
        twice.sent.len()
    );
    let mut swapped = run("reorder 10% seed 3");
    let late = swapped.sent.windows(2).filter(|two| two[0].1 > two[1].1);
    assert_eq!(late.count(), swapped.deeds().len());
    assert!((800..1_050).contains(&swapped.deeds().len()));
    swapped.sent.sort();
    assert_eq!(swapped.sent.len(), 10_000);
    swapped.sent.dedup();
    assert_eq!(
        swapped.sent.len(),
        10_000,
        "nothing is lost and nothing comes twice"
    );
}

#[test]
fn a_late_message_waits_no_longer_than_a_second() {
    let mut run = Run::new(&["reorder on message 2"], false);
    run.came(b"a", true).came(b"b", true).until(ms(999));
    assert_eq!(run.text(), "a");
    run.until(ms(1000)).came(b"c", true);
    assert_eq!(run.text(), "abc");
    let mut run = Run::new(&["reorder on message 1"], false);
    run.came(b"a", true).came(b"b", true).came(b"c", true);
    assert_eq!(run.text(), "bac");
}

#[test]
fn every_third_message_is_hit_and_those_of_a_type() {
    let sent = |words: &str| {
        let mut run = Run::new(&[words], false);
        for text in ["GET a\n", "PUT b\n", "GET c\n", "GETx\n"] {
            run.came(text.as_bytes(), true);
        }
        run.text()
    };
    assert_eq!(sent("drop on every 3"), "GET a\nPUT b\nGETx\n");
    assert_eq!(sent("drop on type \"PUT\""), "GET a\nGET c\nGETx\n");
    assert_eq!(sent("drop on type \"GET \""), "PUT b\nGETx\n");
    assert_eq!(sent("drop chance 0%"), "GET a\nPUT b\nGET c\nGETx\n");
}

#[test]
fn what_is_replaced_is_found_however_the_bytes_come() {
    let check = |words: &str, text: &str, expected: &str| {
        for size in [1, 2, 3, 7, text.len()] {
            let mut run = Run::new(&[words], false);
            for part in text.as_bytes().chunks(size) {
                run.came(part, false);
            }
            run.give(Item::Over(Over::End));
            assert_eq!(run.text(), expected, "{words} by {size}");
            assert_eq!(run.passed, text.len() as u64);
        }
    };
    check(
        "replace \"cat\" with \"dog\"",
        "a cat, a ca, cacat",
        "a dog, a ca, cadog",
    );
    check("replace \"aab\" with \"\"", "aaab aab b", "a  b");
    check("replace \"aa\" with \"b\"", "aaaaa", "bba");
    check("replace 0d 0a with 0a", "a\r\nb\r\r\nc\r", "a\nb\r\nc\r");
    let mut run = Run::new(&["replace \"ab\" with \"x\""], false);
    run.came(b"za", false).until(ms(499));
    assert_eq!(run.text(), "z");
    run.until(ms(500));
    assert_eq!(
        run.text(),
        "za",
        "what may be a beginning waits for a while"
    );
    let mut run = Run::new(&["replace /[0-9]+/ with \"#\""], false);
    run.came(b"a 12 b 3", true).came(b"45", true);
    assert_eq!(run.text(), "a # b ##");
}

#[test]
fn a_replaced_payload_gets_its_length_and_checksum_anew() {
    let cut = Cut::parse(&mut Words::new("len u16be crc crc32", 0)).unwrap();
    let message = cut.rule.encode(b"hello cat").unwrap();
    let mut run = Run::new(&["replace \"cat\" with \"elephant\" framed"], false);
    run.tape.0.borrow_mut().extend_from_slice(&message);
    let len = message.len() as u64;
    let whole = Whole {
        number: 1,
        message: Message::new(0..len, 2..len - 4, ""),
        cut: cut.clone(),
    };
    run.give(Item::Piece(Piece {
        whole: Some(Rc::new(whole)),
        ..Piece::new(0..len)
    }));
    let expected = cut.rule.encode(b"hello elephant").unwrap();
    assert_eq!(run.sent[0].1, expected);
}

#[test]
fn held_messages_go_on_one_by_one_in_their_order() {
    let mut run = Run::new(&["intercept message \"x\""], false);
    for text in ["a", "x1", "b", "x2", "x3", "c"] {
        run.came(text.as_bytes(), true);
    }
    run.give(Item::Over(Over::End));
    assert_eq!(run.text(), "a");
    assert!(run.free(&Freed::Edit(b"EDIT".to_vec())));
    assert_eq!(run.text(), "aEDITb");
    assert!(run.free(&Freed::Answer(b"no".to_vec())));
    assert_eq!((run.text().as_str(), run.answers.len()), ("aEDITb", 1));
    assert!(run.free(&Freed::Drop));
    assert_eq!((run.text().as_str(), run.over.len()), ("aEDITbc", 1));
    assert!(!run.free(&Freed::Drop));
    assert_eq!(
        run.deeds(),
        [Deed::Changed(4), Deed::Answered, Deed::Dropped]
    );
    let caught = |fault: &&Fault| matches!(fault, Fault::Caught { .. });
    assert_eq!(run.told.iter().filter(caught).count(), 3);
}

#[test]
fn faults_stand_one_behind_the_other() {
    let mut run = Run::new(&["slice 2", "latency 50ms", "drop on message 2"], false);
    run.came(b"abc", true).came(b"gone", true).came(b"de", true);
    run.until(ms(50));
    assert_eq!(run.times(), [at(50, "ab"), at(50, "c"), at(50, "de")]);
}

#[test]
fn no_stack_of_faults_that_only_delay_changes_a_byte() {
    let rules = [
        "latency 20ms jitter 15ms seed 1",
        "rate 2000/s",
        "slice 3 gap 1ms",
        "replace \"zz\" with \"y\"",
        "intercept message \"never\"",
    ];
    for skip in 0..rules.len() {
        let mut chosen = rules.to_vec();
        chosen.rotate_left(skip);
        let mut run = Run::new(&chosen, false);
        let mut expected = Vec::new();
        for k in 0..200_u32 {
            let part: Vec<u8> = (0..(k * 7 % 23)).map(|n| b'a' + (n % 20) as u8).collect();
            expected.extend_from_slice(&part);
            run.came(&part, k % 3 == 0);
            let next = run.now + ms(u64::from(k % 4));
            run.until(next);
        }
        run.give(Item::Over(Over::End)).until(ms(1_000_000));
        assert_eq!(run.text().as_bytes(), expected);
        assert_eq!(run.over.len(), 1);
    }
}
