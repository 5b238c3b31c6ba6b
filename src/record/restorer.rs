//! A recording of ours back into a session: blocks in, events and the places of their bytes out, in the order of the
//! log. Nothing of the file is believed: what cannot have been written so is refused. Behind a part of the file that is
//! lost it goes on: bytes that were in it are missing, and calls that were in it are inferred from bytes.

mod noted;
mod torn;

pub use noted::Comment;

use std::collections::HashMap;
use std::time::Duration;

use super::block::{Block, ENTERPRISE, Packet};
use super::entry::{self, Entry, Part, VERSION};
use crate::event::{Call, ConnId, Dir, Event, Moved, What};

/// No direction is as long: sums of such offsets stay in their type.
const OFFSET_MAX: u64 = 1 << 60;

/// No session goes on as long (in years: 30 000).
const TIME_MAX: Duration = Duration::from_secs(1 << 40);

/// Sockets that were forgotten when a recording began, at the most: tables are as long as their numbers are large.
const HOLES_MAX: u64 = 1 << 20;

/// What is restored next.
#[derive(Clone, Debug, PartialEq)]
pub enum Restored {
    /// One call moved these bytes: for each part its length, and where in the file it lies, unless nobody has it.
    Moved {
        /// Whose.
        conn: ConnId,
        /// Which direction.
        dir: Dir,
        /// The parts, in order.
        parts: Vec<(Option<u64>, u64)>,
        /// When they moved.
        at: Duration,
    },
    /// One call moved bytes that stand in another direction already.
    Passed {
        /// Whose.
        conn: ConnId,
        /// Which direction.
        dir: Dir,
        /// Where they stand: whose, which direction, from which offset.
        from: (ConnId, Dir, u64),
        /// How many.
        len: u64,
        /// When they moved.
        at: Duration,
    },
    /// The next event of the log.
    Event(Box<Event>),
}

/// Why a file is not restored, or no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrestored {
    /// Another version of this program wrote it, with other words in its log.
    Version(u32),
    /// An entry that cannot be read.
    Entry,
    /// An entry or packet that does not follow from those before it.
    Order,
    /// Another recording begins.
    Another,
}

/// Reads a recording.
#[derive(Debug)]
pub struct Restorer {
    /// When the session began, since 1970.
    wall: Duration,
    /// How much of each direction was told.
    lanes: HashMap<ConnId, [Told; 2]>,
    /// The least number of the next socket.
    next: u64,
    /// What the next call moved, as far as it was read.
    gathered: Option<Gathered>,
    /// A part of the file was lost.
    is_torn: bool,
    /// Entries behind it that fit nowhere.
    strays: u64,
    /// How many packets there were.
    packets: u64,
    /// Whose bytes the newest has.
    newest: Option<ConnId>,
    /// Its comments that are ours, each by its checksum.
    ours: Vec<u32>,
}

/// How far a direction was told.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// Its bytes.
    bytes: u64,
    /// The calls that moved them.
    calls: u64,
}

#[derive(Debug)]
struct Gathered {
    conn: ConnId,
    dir: Dir,
    start: u64,
    parts: Vec<(Option<u64>, u64)>,
    at: Duration,
}

impl Gathered {
    fn len(&self) -> u64 {
        self.parts.iter().map(|(_, len)| len).sum()
    }
}

impl Restorer {
    /// A restorer, if this block is the first of ours in a recording; that it takes then.
    #[must_use]
    pub fn of(block: &Block<'_>) -> Option<Result<Self, Unrestored>> {
        let Block::Custom {
            enterprise: ENTERPRISE,
            data,
            ..
        } = block
        else {
            return None;
        };
        let version = entry::version(data)?;
        if version != VERSION {
            return Some(Err(Unrestored::Version(version)));
        }
        let (entries, _) = entry::entries(data)?;
        let Some(Ok(Entry::Began(began))) = entries.into_iter().next() else {
            return Some(Err(Unrestored::Entry));
        };
        Some(Ok(Self {
            wall: began.wall,
            lanes: HashMap::new(),
            next: 0,
            gathered: None,
            is_torn: false,
            strays: 0,
            packets: 0,
            newest: None,
            ours: Vec::new(),
        }))
    }

    /// When the session began, since 1970.
    #[must_use]
    pub fn wall(&self) -> Duration {
        self.wall
    }

    /// Takes the next block; what follows from it is appended to `out`.
    ///
    /// # Errors
    ///
    /// Why it, and what would follow, is not restored. What was appended before is good.
    pub fn take(&mut self, block: &Block<'_>, out: &mut Vec<Restored>) -> Result<(), Unrestored> {
        match block {
            Block::Packet(packet) => self.packet(packet, out),
            Block::Custom {
                enterprise: ENTERPRISE,
                data,
                data_at,
            } => self.entries(data, *data_at, out),
            _ => Ok(()),
        }
    }

    /// How many bytes the file has whose call it does not.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.gathered.as_ref().map_or(0, Gathered::len)
    }

    fn packet(&mut self, packet: &Packet<'_>, out: &mut Vec<Restored>) -> Result<(), Unrestored> {
        self.packets += 1;
        self.newest = None;
        self.ours.clear();
        let Some(tag) = packet.options.ours() else {
            // It carries nothing and comes behind nothing: a handshake.
            return Ok(());
        };
        let (tag, before) = entry::told(tag).ok_or(Unrestored::Entry)?;
        for entry in before {
            self.entry(entry.map_err(|_| Unrestored::Entry)?, None, out)?;
        }
        let Some(tag) = tag else {
            return Ok(());
        };
        self.newest = Some(tag.conn).filter(|conn| self.lanes.contains_key(conn));
        let before = packet.data.len().checked_sub(tag.len as usize);
        let before = before.ok_or(Unrestored::Order)?;
        let part = Part {
            conn: tag.conn,
            dir: tag.dir,
            offset: tag.offset,
            len: tag.len.into(),
            at: packet.at.unwrap_or_default().saturating_sub(self.wall),
        };
        let gathered = self.gather(&part, Some(packet.data_at + before as u64), out);
        self.forgive(gathered)?;
        tag.event.map_or(Ok(()), |event| {
            let taken = self.event(Box::new(event), out);
            self.forgive(taken)
        })
    }

    fn entries(
        &mut self,
        data: &[u8],
        data_at: u64,
        out: &mut Vec<Restored>,
    ) -> Result<(), Unrestored> {
        let Some((entries, raw)) = entry::entries(data) else {
            return Ok(());
        };
        let there = data.len().saturating_sub(raw) as u64;
        let place = (data_at + raw as u64, there);
        for entry in entries {
            self.entry(entry.map_err(|_| Unrestored::Entry)?, Some(place), out)?;
        }
        Ok(())
    }

    /// Takes an entry; behind those of its block stand bytes, from a place in the file on, so many.
    fn entry(
        &mut self,
        entry: Entry,
        raw: Option<(u64, u64)>,
        out: &mut Vec<Restored>,
    ) -> Result<(), Unrestored> {
        let taken = match entry {
            Entry::Began(_) => Err(Unrestored::Another),
            Entry::Event(event) => self.event(event, out),
            Entry::Lacking(part) => self.gather(&part, None, out),
            Entry::Bytes(part) => match raw.filter(|(_, there)| part.len <= *there) {
                Some((place, _)) => self.gather(&part, Some(place), out),
                None => Err(Unrestored::Order),
            },
            Entry::Passed { part, from } => self.pass(&part, from, out),
            Entry::Comments(ours) => {
                self.ours = ours;
                Ok(())
            }
        };
        self.forgive(taken)
    }

    /// Bytes that stand in another direction already.
    fn pass(
        &mut self,
        part: &Part,
        from: (ConnId, Dir, u64),
        out: &mut Vec<Restored>,
    ) -> Result<(), Unrestored> {
        self.close(out);
        self.heal((part.conn, part.dir), part.offset, part.at, out);
        let there = self.lane(from.0, from.1).map_or(0, |lane| lane.bytes);
        let is_there = from.2.checked_add(part.len).is_some_and(|end| end <= there);
        if !is_there && !self.is_torn {
            return Err(Unrestored::Order);
        }
        self.told(part)?;
        let Part {
            conn, dir, len, at, ..
        } = *part;
        out.push(if is_there {
            Restored::Passed {
                conn,
                dir,
                from,
                len,
                at,
            }
        } else {
            torn::lacking((conn, dir), len, at)
        });
        Ok(())
    }

    /// Bytes of the next call.
    fn gather(
        &mut self,
        part: &Part,
        place: Option<u64>,
        out: &mut Vec<Restored>,
    ) -> Result<(), Unrestored> {
        let is_next = self.gathered.as_ref().is_some_and(|gathered| {
            (gathered.conn, gathered.dir, gathered.at) == (part.conn, part.dir, part.at)
        });
        if !is_next {
            self.close(out);
        }
        self.heal((part.conn, part.dir), part.offset, part.at, out);
        self.told(part)?;
        let gathered = self.gathered.get_or_insert_with(|| Gathered {
            conn: part.conn,
            dir: part.dir,
            start: part.offset,
            parts: Vec::new(),
            at: part.at,
        });
        gathered.parts.push((place, part.len));
        Ok(())
    }

    /// Counts bytes of a direction, which must be its next.
    fn told(&mut self, part: &Part) -> Result<(), Unrestored> {
        let lane = self.lane(part.conn, part.dir).ok_or(Unrestored::Order)?;
        let end = part.offset.checked_add(part.len);
        let end = end.filter(|end| *end < OFFSET_MAX);
        if lane.bytes != part.offset || part.at > TIME_MAX {
            return Err(Unrestored::Order);
        }
        lane.bytes = end.ok_or(Unrestored::Order)?;
        Ok(())
    }

    fn lane(&mut self, conn: ConnId, dir: Dir) -> Option<&mut Told> {
        let lanes = self.lanes.get_mut(&conn)?;
        Some(&mut lanes[dir.index()])
    }

    /// What was gathered is all that one call moved.
    fn close(&mut self, out: &mut Vec<Restored>) {
        out.extend(self.gathered.take().map(|gathered| Restored::Moved {
            conn: gathered.conn,
            dir: gathered.dir,
            parts: gathered.parts,
            at: gathered.at,
        }));
    }

    fn event(&mut self, event: Box<Event>, out: &mut Vec<Restored>) -> Result<(), Unrestored> {
        if event.at > TIME_MAX {
            return Err(Unrestored::Order);
        }
        if let Some(conn) = event.conn {
            let is_new = matches!(event.what, What::Opened { .. });
            // Sockets are numbered as they come, but for those that were forgotten when the recording began.
            let number = u64::from(conn.0);
            let holes = number.saturating_sub(self.lanes.len() as u64);
            if is_new && number >= self.next && holes <= HOLES_MAX {
                self.lanes.insert(conn, [Told::default(); 2]);
                self.next = number + 1;
            } else if is_new || !self.lanes.contains_key(&conn) {
                return Err(Unrestored::Order);
            }
            if matches!(event.what, What::Gone | What::Ended { .. }) {
                self.heal_end(conn, event.at, out);
            }
            if let What::Call(Call {
                moved: Some(moved), ..
            }) = &event.what
            {
                self.heal_call((conn, moved.dir), &moved.range, event.at, out);
                self.check(conn, moved)?;
            }
        }
        self.close(out);
        out.push(Restored::Event(event));
        Ok(())
    }

    /// A call moved what was gathered, or what was told before.
    fn check(&mut self, conn: ConnId, moved: &Moved) -> Result<(), Unrestored> {
        let gathered = self.gathered.as_ref();
        let theirs = gathered.filter(|it| (it.conn, it.dir) == (conn, moved.dir));
        let told = self.lanes.get(&conn);
        let told = told.map_or(0, |lanes| lanes[moved.dir.index()].bytes);
        let fits = theirs.is_none_or(|it| it.start >= moved.range.start);
        let ends = moved.range.start <= moved.range.end && moved.range.end <= told;
        if !fits || !ends {
            return Err(Unrestored::Order);
        }
        if let Some(lane) = self.lane(conn, moved.dir) {
            lane.calls = lane.calls.max(moved.range.end);
        }
        Ok(())
    }
}
