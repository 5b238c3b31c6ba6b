//! `close [after N]` and `reset [after N]`: the connection ends behind so many bytes, gently or not.

use super::cx::Cx;
use super::piece::{Over, Piece};
use super::{Course, Kind, Nature, size};
use crate::event::Deed;
use crate::words::{Complaint, Words};

pub(super) static CLOSE: Finish = Finish {
    name: "close",
    usage: "close [after N]",
    help: "behind the next N bytes the connection is closed, at both ends",
    over: Over::Close,
};

pub(super) static RESET: Finish = Finish {
    name: "reset",
    usage: "reset [after N]",
    help: "behind the next N bytes the connection is reset, at both ends",
    over: Over::Reset,
};

pub(super) struct Finish {
    name: &'static str,
    usage: &'static str,
    help: &'static str,
    over: Over,
}

impl Kind for Finish {
    fn name(&self) -> &'static str {
        self.name
    }

    fn usage(&self) -> &'static str {
        self.usage
    }

    fn help(&self) -> &'static str {
        self.help
    }

    fn options(&self) -> &'static [&'static str] {
        &["after"]
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        let mut bytes = 0;
        if words.take("after") {
            bytes = words.size("a size")?;
        }
        Ok(Box::new(Fuse {
            bytes,
            left: bytes,
            over: self.over,
            is_over: false,
        }))
    }
}

#[derive(Debug)]
struct Fuse {
    bytes: u64,
    left: u64,
    over: Over,
    is_over: bool,
}

impl Course for Fuse {
    fn words(&self) -> String {
        match self.bytes {
            0 => String::new(),
            bytes => format!("after {}", size(bytes)),
        }
    }

    fn nature(&self) -> Nature {
        Nature {
            ends: true,
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if self.is_over {
            return cx.piece(piece.gone());
        }
        if !is_hit || piece.len() < self.left {
            self.left -= if is_hit { piece.len() } else { 0 };
            return cx.piece(piece);
        }
        self.is_over = true;
        let range = piece.range.clone();
        // A datagram is not cut in two: it goes whole, or not at all.
        let rest = if self.left == 0 || cx.datagrams() && piece.len() > self.left {
            Some(piece)
        } else if cx.datagrams() {
            cx.piece(piece);
            None
        } else {
            let (first, rest) = piece.split(self.left);
            cx.piece(first);
            Some(rest)
        };
        let deed = match self.over {
            Over::Reset => Deed::Reset,
            _ => Deed::Closed,
        };
        cx.hit(range, deed);
        cx.over(self.over);
        if let Some(rest) = rest {
            cx.piece(rest.gone());
        }
    }

    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        if !self.is_over {
            cx.over(over);
        }
    }
}
