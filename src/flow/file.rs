//! A capture as it lies in a file: which format it has, its packets one after the other, and what in it was not good.

use std::time::Duration;

use super::{Flows, Frame, pcap};
use crate::event::Event;
use crate::record::block::{self, Block, Next, Wrong};
use crate::record::{Restored, Restorer, Unrestored};
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
    is_over: bool,
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
            let used = self.at().saturating_sub(began);
            let rest = usize::try_from(used)
                .ok()
                .and_then(|used| window.get(used..));
            match self.format.next(rest.unwrap_or_default()) {
                Read::Frame(frame) => self.flows.take(&frame, session, events),
                Read::Block(block) => {
                    if let Err(why) = self.block(&block, session, events) {
                        self.end(&why, session, events);
                    }
                }
                Read::Passed => {}
                Read::Want(want) => return self.want(want, session, events),
                Read::Wrong(why) => self.end(&why, session, events),
            }
        }
        Step::Over
    }

    /// Ends what has not ended, and says what there was.
    pub fn finish(&mut self, session: &mut Session, events: &mut Vec<Event>) {
        self.is_over = true;
        match &self.restorer {
            Some(restorer) => {
                let left = restorer.left();
                if left > 0 {
                    let text = format!("of {left} bytes the file does not tell the call");
                    self.flows.remark(text, session, events);
                }
            }
            None => self.flows.finish(session, events),
        }
    }

    /// Takes a block of a recording, or of a capture that has packets.
    fn block(
        &mut self,
        block: &Block<'_>,
        session: &mut Session,
        events: &mut Vec<Event>,
    ) -> Result<(), String> {
        if self.restorer.is_none() && self.flows.is_empty() {
            match Restorer::of(block) {
                Some(Ok(restorer)) => {
                    self.restorer = Some(restorer);
                    return Ok(());
                }
                // Its packets are those of any capture.
                Some(Err(why)) => self.flows.remark(words(why), session, events),
                None => {}
            }
        }
        let Some(restorer) = &mut self.restorer else {
            if let Block::Packet(packet) = block {
                let frame = Frame {
                    link: packet.of.link,
                    at: packet.at,
                    original: packet.original,
                    data: packet.data,
                    data_at: packet.data_at,
                };
                self.flows.take(&frame, session, events);
            }
            return Ok(());
        };
        let mut restored = Vec::new();
        let taken = restorer.take(block, &mut restored);
        for restored in restored {
            restore(restored, self.shelf, session, events);
        }
        taken.map_err(words)
    }

    /// More of the file is needed, if there is more.
    fn want(&mut self, want: usize, session: &mut Session, events: &mut Vec<Event>) -> Step {
        let left = self.len.saturating_sub(self.at());
        if want as u64 <= left {
            return Step::Want(want);
        }
        self.is_over = true;
        if left > 0 {
            let at = self.at();
            let text =
                format!("the file ends within a record: {left} bytes from {at} on are not shown");
            self.flows.remark(text, session, events);
        }
        Step::Over
    }

    /// Nothing more can be read.
    fn end(&mut self, why: &str, session: &mut Session, events: &mut Vec<Event>) {
        self.is_over = true;
        let at = self.at();
        let left = self.len.saturating_sub(at);
        let text = format!("{why}: {left} bytes from {at} on are not shown");
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
