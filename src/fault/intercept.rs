//! `intercept [message EXPR|/re/]`: whole messages are held until somebody says what becomes of each.

use std::collections::VecDeque;

use super::cx::Cx;
use super::piece::{Item, Over, Piece};
use super::when::{Sought, payload};
use super::{Course, Kind, Nature};
use crate::event::{Deed, Fault, Freed};
use crate::words::{Complaint, Words};

pub(super) struct Intercept;

impl Kind for Intercept {
    fn name(&self) -> &'static str {
        "intercept"
    }

    fn usage(&self) -> &'static str {
        "intercept [message EXPR|/re/]"
    }

    fn help(&self) -> &'static str {
        "whole messages are held, those with these bytes, until you forward, edit, drop or answer them"
    }

    fn options(&self) -> &'static [&'static str] {
        &["message"]
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        let mut sought = None;
        if words.take("message") {
            sought = Some(Sought::parse(words, &["seed", "on", "off", "chance"])?);
        }
        Ok(Box::new(Desk {
            sought,
            waiting: VecDeque::new(),
        }))
    }
}

/// The number of what no rule does, but a person.
const BY_HAND: u32 = 0;

/// Something that waits, and whether it is held itself or only stands behind what is.
#[derive(Debug)]
struct Waiting {
    item: Item,
    is_caught: bool,
}

#[derive(Debug)]
struct Desk {
    sought: Option<Sought>,
    waiting: VecDeque<Waiting>,
}

impl Desk {
    fn catches(&self, piece: &Piece, cx: &Cx<'_>) -> bool {
        if piece.whole.is_none() || piece.is_empty() {
            return false;
        }
        let sought = self.sought.as_ref();
        sought.is_none_or(|sought| {
            let within = |bytes: &[u8]| sought.find(bytes, 0).is_some();
            within(&payload(piece, cx)) || within(&cx.content(piece))
        })
    }

    /// Lets the first one go, and what stands behind it up to the next one that is held.
    fn release(&mut self, becomes: impl FnOnce(Piece) -> (Vec<Item>, Deed), cx: &mut Cx<'_>) {
        let Some(Waiting {
            item: Item::Piece(piece),
            ..
        }) = self.waiting.pop_front()
        else {
            return;
        };
        let range = piece.range.clone();
        let (items, deed) = becomes(piece);
        cx.tell(Fault::Freed { range, deed });
        for item in items {
            cx.pass(item);
        }
        while self.waiting.front().is_some_and(|next| !next.is_caught) {
            if let Some(next) = self.waiting.pop_front() {
                cx.pass(next.item);
            }
        }
    }
}

impl Course for Desk {
    fn words(&self) -> String {
        self.sought
            .as_ref()
            .map_or_else(String::new, |sought| format!("message {}", sought.words()))
    }

    fn nature(&self) -> Nature {
        Nature {
            messages: true,
            holds: true,
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        let is_caught = is_hit && self.catches(&piece, cx);
        if is_caught {
            let message = piece.whole.as_ref().map_or(0, |whole| whole.number);
            let range = piece.range.clone();
            let number = cx.number;
            cx.tell(Fault::Caught {
                number,
                message,
                range,
            });
        }
        if !is_caught && self.waiting.is_empty() {
            return cx.piece(piece);
        }
        let item = Item::Piece(piece);
        self.waiting.push_back(Waiting { item, is_caught });
    }

    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        if self.waiting.is_empty() {
            return cx.over(over);
        }
        self.waiting.push_back(Waiting {
            item: Item::Over(over),
            is_caught: false,
        });
    }

    fn free(&mut self, freed: &Freed, cx: &mut Cx<'_>) -> bool {
        if self.waiting.is_empty() {
            return false;
        }
        match freed {
            Freed::Forward { all } => {
                while !self.waiting.is_empty() {
                    self.release(|piece| (vec![Item::Piece(piece)], Deed::Passed), cx);
                    if !all {
                        break;
                    }
                }
            }
            Freed::Edit(bytes) => {
                let len = bytes.len() as u64;
                self.release(
                    |mut piece| {
                        let range = piece.range.clone();
                        piece.change(BY_HAND, range, (0, len));
                        piece.bytes = Some(bytes.clone());
                        (vec![Item::Piece(piece)], Deed::Changed(len))
                    },
                    cx,
                );
            }
            Freed::Drop => {
                self.release(|piece| (vec![Item::Piece(piece.gone())], Deed::Dropped), cx);
            }
            Freed::Answer(bytes) => {
                let answer = Item::Answer(bytes.clone());
                self.release(
                    |piece| (vec![Item::Piece(piece.gone()), answer], Deed::Answered),
                    cx,
                );
            }
        }
        true
    }

    fn waits(&self) -> usize {
        self.waiting.len()
    }

    fn drain(&mut self, cx: &mut Cx<'_>) {
        self.free(&Freed::Forward { all: true }, cx);
        self.waiting.drain(..).for_each(|next| cx.pass(next.item));
    }
}
