//! Reads the blocks of a file in order, each whole in a window of the file or not at all. It opens no file.

use super::{
    BLOCK_MAX_BYTES, Block, CUSTOM, CUSTOM_NOT_COPIED, ENHANCED_PACKET, INTERFACE, INTERFACES_MAX,
    Interface, LINK_UNKNOWN, NAMES, Names, ORDER_MAGIC, Options, Order, PACKET, Packet, Resolution,
    SECTION, SIMPLE_PACKET, STATISTICS, Why, Wrong, option, pad,
};

/// Type, length, and the length again at the end.
pub(super) const FRAME_BYTES: u32 = 12;

/// The least that says of a block what it is: type, length, and in a section's header the byte order.
pub(super) const HEAD_BYTES: usize = 12;

/// What [`Reader::next`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<'b> {
    /// The window must have at least so many bytes; where the file ends before, its last block is torn.
    Want(usize),
    /// The next block; the reader stands behind it now.
    Block {
        /// Where it began.
        at: u64,
        /// How long it is.
        len: usize,
        /// What it is.
        block: Block<'b>,
    },
    /// A block of no use was too long to be looked at; the reader stands behind it now, perhaps behind the window.
    Skipped {
        /// Where it began.
        at: u64,
        /// How long it is.
        len: u32,
    },
}

/// Reads the blocks of a file in order.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    at: u64,
    /// The byte order of the section; none before the first.
    order: Option<Order>,
    interfaces: Vec<Interface>,
    /// Whether the next block is looked for ([`Reader::search`]).
    pub(super) is_lost: bool,
}

impl Reader {
    /// Where the next block begins, and with it the window that [`Reader::next`] is given.
    #[must_use]
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The next block. `window` is the file from [`Reader::at`] on, as far as the caller has it.
    ///
    /// # Errors
    ///
    /// What cannot be so, and where; the reader stays where it is.
    pub fn next<'b>(&mut self, window: &'b [u8]) -> Result<Next<'b>, Wrong> {
        let Some(head) = window.first_chunk::<HEAD_BYTES>() else {
            return Ok(Next::Want(HEAD_BYTES));
        };
        let mut fields = Fields::new(head, self.at, self.order.unwrap_or(Order::Little));
        let kind = fields.u32()?;
        if kind == SECTION {
            fields.order = order(head).ok_or(self.wrong(8, Why::Order))?;
        } else if self.order.is_none() {
            return Err(self.wrong(0, Why::NoSection));
        }
        let order = fields.order;
        let len = fields.u32()?;
        if len < FRAME_BYTES || len % 4 != 0 {
            return Err(self.wrong(4, Why::Length(len)));
        }
        let at = self.at;
        if len > BLOCK_MAX_BYTES {
            if is_known(kind) {
                return Err(self.wrong(4, Why::Long(len)));
            }
            self.at = self.end(len)?;
            return Ok(Next::Skipped { at, len });
        }
        let whole = len as usize;
        let Some(framed) = window.get(..whole) else {
            return Ok(Next::Want(whole));
        };
        let (body, again) = framed.split_last_chunk::<4>().unwrap_or((framed, &[0; 4]));
        if order.u32(*again) != len {
            return Err(self.wrong(body.len(), Why::Unequal(len, order.u32(*again))));
        }
        let body = body.get(8..).unwrap_or_default();
        let mut fields = Fields::new(body, at + 8, order);
        let end = self.end(len)?;
        let block = self.block(kind, &mut fields)?;
        self.order = Some(order);
        self.at = end;
        Ok(Next::Block {
            at,
            len: whole,
            block,
        })
    }

    /// The byte order of the section, once there is one.
    pub(super) fn order(&self) -> Option<Order> {
        self.order
    }

    /// The next block is looked for from there on.
    pub(super) fn stand_at(&mut self, at: u64) {
        self.at = at;
    }

    /// The description of the next interface of the section cannot be read.
    pub(super) fn add_unknown(&mut self) {
        if self.interfaces.len() >= INTERFACES_MAX {
            return;
        }
        self.interfaces.push(Interface {
            link: LINK_UNKNOWN,
            snap: 0,
            resolution: Resolution::MICROSECONDS,
            epoch: 0,
        });
    }

    fn block<'b>(&mut self, kind: u32, body: &mut Fields<'b>) -> Result<Block<'b>, Wrong> {
        match kind {
            SECTION => {
                body.u32()?;
                let (at, major) = (body.at, body.u16()?);
                let minor = body.u16()?;
                if major != 1 {
                    // Whatever follows, it is none of the section before.
                    self.order = None;
                    return Err(Wrong::new(at, Why::Version(major, minor)));
                }
                body.take(8)?;
                self.interfaces.clear();
                Ok(Block::Section(body.options()))
            }
            INTERFACE => self.interface(body),
            ENHANCED_PACKET => {
                let interface = body.u32()?;
                self.packet(interface, body)
            }
            PACKET => {
                let interface = body.u16()?;
                body.u16()?;
                self.packet(interface.into(), body)
            }
            SIMPLE_PACKET => self.simple_packet(body),
            NAMES => Ok(Block::Names(Names(body.options()))),
            STATISTICS => {
                let interface = body.u32()?;
                body.take(8)?;
                let options = body.options();
                Ok(Block::Statistics { interface, options })
            }
            CUSTOM | CUSTOM_NOT_COPIED => Ok(Block::Custom {
                enterprise: body.u32()?,
                data_at: body.at,
                data: body.rest,
            }),
            other => Ok(Block::Other(other)),
        }
    }

    fn interface<'b>(&mut self, body: &mut Fields<'b>) -> Result<Block<'b>, Wrong> {
        if self.interfaces.len() >= INTERFACES_MAX {
            return Err(self.wrong(0, Why::Interfaces));
        }
        let link = body.u16()?;
        body.u16()?;
        let snap = body.u32()?;
        let options = body.options();
        let resolution = options.find(option::RESOLUTION).and_then(|it| it.u8());
        let epoch = options.find(option::EPOCH).and_then(|it| it.u64());
        let interface = Interface {
            link,
            snap,
            resolution: resolution.map_or(Resolution::MICROSECONDS, Resolution),
            epoch: epoch.map_or(0, u64::cast_signed),
        };
        self.interfaces.push(interface);
        Ok(Block::Interface(interface, options))
    }

    fn packet<'b>(&self, interface: u32, body: &mut Fields<'b>) -> Result<Block<'b>, Wrong> {
        let of = self.interface_of(interface)?;
        let ticks = u64::from(body.u32()?) << 32 | u64::from(body.u32()?);
        let (at, captured) = (body.at, body.u32()?);
        let original = body.u32()?;
        let data_at = body.at;
        if captured as usize > body.rest.len() {
            return Err(Wrong::new(at, Why::Captured(captured)));
        }
        let data = body.take(captured as usize)?;
        body.take(pad(data.len()).min(body.rest.len()))?;
        Ok(Block::Packet(Packet {
            interface,
            of,
            at: Some(of.time(ticks)),
            original,
            data,
            data_at,
            options: body.options(),
        }))
    }

    fn simple_packet<'b>(&self, body: &mut Fields<'b>) -> Result<Block<'b>, Wrong> {
        let of = self.interface_of(0)?;
        let (at, original) = (body.at, body.u32()?);
        let kept = if of.snap == 0 {
            original
        } else {
            original.min(of.snap)
        };
        let data_at = body.at;
        if kept as usize > body.rest.len() {
            return Err(Wrong::new(at, Why::Captured(kept)));
        }
        Ok(Block::Packet(Packet {
            interface: 0,
            of,
            at: None,
            original,
            data: body.take(kept as usize)?,
            data_at,
            options: Options::default(),
        }))
    }

    fn interface_of(&self, interface: u32) -> Result<Interface, Wrong> {
        let found = self.interfaces.get(interface as usize).copied();
        found.ok_or_else(|| self.wrong(8, Why::Interface(interface)))
    }

    fn end(&self, len: u32) -> Result<u64, Wrong> {
        let end = self.at.checked_add(len.into());
        end.ok_or_else(|| self.wrong(4, Why::Long(len)))
    }

    fn wrong(&self, offset: usize, why: Why) -> Wrong {
        Wrong::new(self.at.saturating_add(offset as u64), why)
    }
}

/// The byte order that a section's header tells.
pub(super) fn order(head: &[u8; HEAD_BYTES]) -> Option<Order> {
    let magic = *head.last_chunk::<4>()?;
    [Order::Little, Order::Big]
        .into_iter()
        .find(|order| order.u32(magic) == ORDER_MAGIC)
}

fn is_known(kind: u32) -> bool {
    let known = [
        SECTION,
        INTERFACE,
        PACKET,
        SIMPLE_PACKET,
        ENHANCED_PACKET,
        CUSTOM,
    ];
    known.contains(&kind)
}

/// The fields of a block, from left to right.
struct Fields<'b> {
    rest: &'b [u8],
    /// Where `rest` begins in the file.
    at: u64,
    order: Order,
}

impl<'b> Fields<'b> {
    fn new(rest: &'b [u8], at: u64, order: Order) -> Self {
        Self { rest, at, order }
    }

    fn take(&mut self, len: usize) -> Result<&'b [u8], Wrong> {
        let wrong = Wrong::new(self.at, Why::Short);
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(wrong)?;
        self.rest = rest;
        self.at = self.at.saturating_add(len as u64);
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Wrong> {
        let wrong = Wrong::new(self.at, Why::Short);
        self.take(N)?.try_into().map_err(|_| wrong)
    }

    fn u16(&mut self) -> Result<u16, Wrong> {
        Ok(self.order.u16(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, Wrong> {
        Ok(self.order.u32(self.array()?))
    }

    fn options(&self) -> Options<'b> {
        Options::new(self.rest, self.order)
    }
}
