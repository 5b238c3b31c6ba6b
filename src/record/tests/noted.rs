//! What others note in a recording of ours, with an editor of captures for instance, is told as theirs.

use super::*;

#[test]
fn what_others_note_at_a_packet_is_told_apart_from_what_we_did() {
    let mut made = Made::new();
    made.tell(None, What::Note("of all".to_owned()));
    made.open(0, Role::Client, Transport::Tcp, None);
    made.addressed(0, "127.0.0.1:40000", "127.0.0.1:7");
    made.tell(Some(0), What::Note("ours, of a socket".to_owned()));
    made.send(0, b"hello");
    let (file, _) = written(&made.session, 0);
    assert_eq!(noted(&file), Vec::<String>::new());
    // Another program writes these words in the place of one comment of ours, and leaves the others.
    let at = memchr::memmem::find(&file, b"A: ours, of a socket").unwrap();
    let mut edited = file.clone();
    edited[at + 3..at + 7].copy_from_slice(b"mine");
    assert_eq!(noted(&edited), ["packet 4 of 0: A: mine, of a socket"]);
    assert_eq!(restored(&edited).1, None, "the rest is as it was");
}

/// What others noted at the packets of a recording.
fn noted(file: &[u8]) -> Vec<String> {
    let (mut reader, mut restorer, mut out) = (Reader::default(), None, Vec::new());
    let mut noted = Vec::new();
    loop {
        let block = match reader.next(&file[reader_at(&reader)..]) {
            Ok(Next::Block { block, .. }) => block,
            Ok(Next::Skipped { .. }) => continue,
            _ => return noted,
        };
        let Some(known) = &mut restorer else {
            restorer = Restorer::of(&block).transpose().unwrap();
            continue;
        };
        take(known, &block, &mut out).unwrap();
        if let Block::Packet(packet) = &block {
            noted.extend(known.comments(packet).map(|comment| {
                let text = String::from_utf8_lossy(comment.text);
                let conn = comment.conn.map(|conn| conn.0).unwrap();
                format!("packet {} of {conn}: {text}", comment.packet)
            }));
        }
    }
}
