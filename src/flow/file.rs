//! A capture as it lies in a file: which format it has, its packets one after the other, and what in it was not good.

use std::time::Duration;

use super::telling::Telling;
use super::{Flows, Frame, pcap};
use crate::event::Event;
use crate::record::block::{self, Block, Next, Options, Search, Wrong};
use crate::record::{Comment, Restored, Restorer, Unrestored};
use crate::session::Session;
use crate::tape::{Extent, ShelfId};

/// How much of the beginning of a file tells its format.
pub const HEAD_BYTES: usize = 24;

/// What a compressed file begins with, and its name.
const COMPRESSED: &[(&[u8], &str)] = &[
    (&[0x1f, 0x8b], "gzip"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "zstd"),
    (&[0x04, 0x22, 0x4d, 0x18], "lz4"),
    (&[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz"),
    (b"BZh", "bzip2"),
];

/// A capture that is being read.
#[derive(Debug)]
pub struct Capture {
    format: Format,
    flows: Flows,
    /// What is in it if it is a recording of this program.
    restorer: Option<Restorer>,
    shelf: ShelfId,
    /// How long the file is.
    len: u64,
    /// What cannot be so in it, while what is good behind it is looked for.
    trouble: Option<Trouble>,
    is_over: bool,
}

/// What is wrong with a file that ends too early, and what if that was no end.
const TORN: &str = "the file ends within a record";
const TOO_LONG: &str = "a record cannot be longer than the rest of the file";

/// A part of the file that is not good.
#[derive(Debug)]
struct Trouble {
    from: u64,
    why: String,
}

#[derive(Debug)]
enum Format {
    Pcap(pcap::Reader),
    Blocks(block::Reader),
}

/// How reading goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// From a window of so many bytes, which begins at [`Capture::at`].
    Want(usize),
    /// Not at all: all is read that can be.
    Over,
}

/// What came of one record.
enum Read<'w> {
    Frame(Frame<'w>),
    Block(Block<'w>),
    /// Nothing to show.
    Passed,
    Want(usize),
    Wrong(String),
    /// What is good goes on here, behind a part that is not.
    Again,
    /// Nothing good follows.
    Nothing,
}

impl Capture {
    /// A capture that begins with `head`, in a file of `len` bytes.
    ///
    /// # Errors
    ///
    /// What it is instead, in words.
    pub fn new(head: &[u8], shelf: ShelfId, len: u64) -> Result<Self, String> {
        let format = if pcap::is_pcap(head) {
            Format::Pcap(pcap::Reader::default())
        } else if block::is_pcapng(head) {
            Format::Blocks(block::Reader::default())
        } else {
            return Err(stranger(head));
        };
        Ok(Self {
            format,
            flows: Flows::new(shelf),
            restorer: None,
            shelf,
            len,
            trouble: None,
            is_over: false,
        })
    }

    /// How much of the file is read, which is where the next window has to begin.
    #[must_use]
    pub fn at(&self) -> u64 {
        match &self.format {
            Format::Pcap(reader) => reader.at(),
            Format::Blocks(reader) => reader.at(),
        }
    }

    /// When what it tells began, since 1970, once that is known.
    #[must_use]
    pub fn began(&self) -> Option<Duration> {
        let restored = self.restorer.as_ref().map(Restorer::wall);
        restored.or(self.flows.began)
    }

    /// Takes all that is whole in a window of the file; the events are to be told in their order.
    pub fn take(&mut self, window: &[u8], session: &mut Session, events: &mut Vec<Event>) -> Step {
        let began = self.at();
        while !self.is_over {
            let used = usize::try_from(self.at().saturating_sub(began)).ok();
            // A part that is passed over may end behind the window.
            let rest = used.and_then(|used| window.get(used..)).unwrap_or_default();
            let left = self.len.saturating_sub(self.at());
            let read = match self.trouble {
                Some(_) => self.format.search(rest, left),
                None => self.format.next(rest),
            };
            match read {
                Read::Frame(frame) => self.flows.take(&frame, session, events),
                Read::Block(block) => self.block(&block, session, events),
                Read::Passed => {}
                Read::Want(want) => {
                    if let Some(step) = self.want(want) {
                        return step;
                    }
                }
                Read::Wrong(why) => {
                    let from = self.at();
                    self.trouble = Some(Trouble { from, why });
                }
                Read::Again => self.skipped(session, events),
                Read::Nothing => self.end(session, events),
            }
        }
        Step::Over
    }

    /// Ends what has not ended, and says what there was.
    pub fn finish(&mut self, session: &mut Session, events: &mut Vec<Event>) {
        self.is_over = true;
        match &self.restorer {
            Some(restorer) => {
                let (left, strays) = (restorer.left(), restorer.strays());
                if left > 0 {
                    let text = format!("of {left} bytes the file does not tell the call");
                    self.flows.remark(text, session, events);
                }
                if strays > 0 {
                    let text = format!(
                        "{strays} entries of the log are not shown: the beginning of their sockets is lost"
                    );
                    self.flows.remark(text, session, events);
                }
            }
            None => self.flows.finish(session, events),
        }
    }

    /// Takes a block of a recording, or of a capture that has packets.
    fn block(&mut self, block: &Block<'_>, session: &mut Session, events: &mut Vec<Event>) {
        if self.restorer.is_none() && self.flows.is_empty() {
            match Restorer::of(block) {
                Some(Ok(restorer)) => {
                    self.restorer = Some(restorer);
                    return;
                }
                // Its packets are those of any capture.
                Some(Err(why)) => self.flows.remark(words(why), session, events),
                None => {}
            }
        }
        let Some(restorer) = &mut self.restorer else {
            return self.flows.block(block, session, events);
        };
        let mut restored = Vec::new();
        let taken = restorer.take(block, &mut restored);
        for restored in restored {
            if let Restored::Event(event) = &restored {
                // What is remarked of the file stands where it is met.
                self.flows.now = event.at;
            }
            restore(restored, self.shelf, session, events);
        }
        if let Block::Packet(packet) = block {
            for comment in restorer.comments(packet) {
                let Comment { conn, packet, .. } = comment;
                let mut telling = Telling::of(session, events, comment.at);
                telling.comment(conn, Some(packet), comment.text);
            }
        }
        if taken == Err(Unrestored::Another) {
            let (from, why) = (self.at(), words(Unrestored::Another));
            self.trouble = Some(Trouble { from, why });
            self.end(session, events);
        } else if let Err(why) = taken {
            restorer.lost();
            let text = format!("{}: it is not shown, what follows is", words(why));
            self.flows.remark(text, session, events);
        }
    }

    /// More of the file is needed, and asked for if there is more.
    fn want(&mut self, want: usize) -> Option<Step> {
        let left = self.len.saturating_sub(self.at());
        if want as u64 <= left {
            return Some(Step::Want(want));
        }
        if left == 0 {
            self.is_over = true;
        } else {
            // Its length may be wrong, and what is good may go on behind it.
            let (from, why) = (self.at(), TORN.to_owned());
            self.trouble = Some(Trouble { from, why });
        }
        None
    }

    /// What is not good ends here: the bytes of it are not shown.
    fn skipped(&mut self, session: &mut Session, events: &mut Vec<Event>) {
        let Some(Trouble { from, why }) = self.trouble.take() else {
            return;
        };
        if let Some(restorer) = &mut self.restorer {
            restorer.lost();
        }
        let why = if why == TORN { TOO_LONG } else { &why };
        let last = self.at().saturating_sub(1);
        let text = format!("{why}: bytes {from} to {last} are skipped");
        self.flows.remark(text, session, events);
    }

    /// Nothing more can be read.
    fn end(&mut self, session: &mut Session, events: &mut Vec<Event>) {
        self.is_over = true;
        let Some(Trouble { from, why }) = self.trouble.take() else {
            return;
        };
        let left = self.len.saturating_sub(from);
        let text = format!("{why}: {left} bytes from {from} on are not shown");
        self.flows.remark(text, session, events);
    }
}

impl Format {
    /// The next record of a window.
    fn next<'w>(&mut self, window: &'w [u8]) -> Read<'w> {
        match self {
            Self::Pcap(reader) => match reader.next(window) {
                pcap::Next::Want(want) => Read::Want(want),
                pcap::Next::Head => Read::Passed,
                pcap::Next::Record(record) => Read::Frame(Frame {
                    link: record.link,
                    at: Some(record.at),
                    original: record.original,
                    data: record.data,
                    data_at: record.data_at,
                    comments: Options::default(),
                }),
                pcap::Next::Long { at, len } => {
                    Read::Wrong(format!("a packet of {len} bytes cannot be (offset {at})"))
                }
            },
            Self::Blocks(reader) => match reader.next(window) {
                Ok(Next::Want(want)) => Read::Want(want),
                Ok(Next::Skipped { .. }) => Read::Passed,
                Ok(Next::Block { block, .. }) => Read::Block(block),
                Err(Wrong { at, why }) => Read::Wrong(format!("{why} (offset {at})")),
            },
        }
    }

    /// Looks for what is good behind what is not, in a window of the file of which `left` bytes are left.
    fn search<'w>(&mut self, window: &'w [u8], left: u64) -> Read<'w> {
        match self {
            // Records do not say where they end: behind one nothing can be found.
            Self::Pcap(_) => Read::Nothing,
            Self::Blocks(reader) => match reader.search(window, left) {
                Search::Found => Read::Again,
                Search::Want(want) => Read::Want(want),
                Search::Nothing => Read::Nothing,
            },
        }
    }
}

/// Puts what a recording tells next into a session.
fn restore(restored: Restored, shelf: ShelfId, session: &mut Session, events: &mut Vec<Event>) {
    match restored {
        Restored::Moved {
            conn,
            dir,
            parts,
            at,
        } => {
            let lies = |(place, len): &(Option<u64>, u64)| Extent {
                place: place.map(|at| (shelf, at)),
                len: *len,
            };
            let extents: Vec<Extent> = parts.iter().map(lies).collect();
            session.adopt(conn, dir, &extents, at);
        }
        Restored::Passed {
            conn,
            dir,
            from,
            len,
            at,
        } => {
            session.alias(from, len, (conn, dir), at);
        }
        Restored::Event(event) => events.push(*event),
    }
}

/// Why a recording is restored no further.
fn words(why: Unrestored) -> String {
    match why {
        Unrestored::Version(version) => {
            format!("another Sockeye wrote it, version {version} of its log")
        }
        Unrestored::Entry => "an entry of the log cannot be read".to_owned(),
        Unrestored::Another => "another recording begins".to_owned(),
        Unrestored::Order => "an entry of the log does not follow from those before it".to_owned(),
    }
}

/// What a file is that is no capture.
fn stranger(head: &[u8]) -> String {
    if head.is_empty() {
        return "the file is empty".to_owned();
    }
    let compressed = COMPRESSED
        .iter()
        .find(|(begins, _)| head.starts_with(begins));
    match compressed {
        Some((_, name)) => format!("the file is compressed ({name}): unpack it first"),
        None => "this is no capture: it begins as neither pcap nor pcapng does".to_owned(),
    }
}
