//! What IP packets carry, whole or put together from fragments: whose it is, its first bytes, and where all of it lies.

use std::net::{IpAddr, SocketAddr};

use crate::session::Session;
use crate::tape::Extent;

/// What IP carried, put together.
pub(super) struct Payload<'p> {
    pub(super) source: IpAddr,
    pub(super) target: IpAddr,
    pub(super) protocol: u8,
    /// Its first bytes.
    pub(super) head: &'p [u8],
    pub(super) extents: Vec<Extent>,
}

impl Payload<'_> {
    /// Who sent it, and to whom.
    pub(super) fn pair(&self, ports: [u16; 2]) -> [SocketAddr; 2] {
        [
            SocketAddr::new(self.source, ports[0]),
            SocketAddr::new(self.target, ports[1]),
        ]
    }
}

/// Reads the first bytes of what was put together; how many there are.
pub(super) fn front(extents: &[Extent], session: &Session, head: &mut [u8]) -> usize {
    let mut len = 0;
    for extent in extents {
        let room = head.get_mut(len..).unwrap_or_default();
        let want = usize::try_from(extent.len)
            .unwrap_or(usize::MAX)
            .min(room.len());
        let Some(room) = room.get_mut(..want).filter(|room| !room.is_empty()) else {
            break;
        };
        let is_read = extent
            .place
            .is_some_and(|(shelf, at)| session.read_shelf(shelf, at, room));
        if !is_read {
            break;
        }
        len += want;
    }
    len
}
