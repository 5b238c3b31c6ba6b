//! `replace EXPR|/re/ with EXPR [framed]`: what looks so goes on as something else, however the reads have cut it.

use std::time::Duration;

use super::cx::Cx;
use super::piece::{Item, Over, Piece};
use super::when::{Sought, constant, payload};
use super::{Course, Kind, Nature};
use crate::event::Deed;
use crate::expr::Expr;
use crate::words::{Complaint, Words};

/// How long bytes that look like the beginning of a match wait for its rest.
const PATIENCE: Duration = Duration::from_millis(500);

/// Words that end its expressions.
const STOP: &[&str] = &["framed", "on", "chance", "seed"];

pub(super) struct Replace;

impl Kind for Replace {
    fn name(&self) -> &'static str {
        "replace"
    }

    fn usage(&self) -> &'static str {
        "replace EXPR|/re/ with EXPR [framed]"
    }

    fn help(&self) -> &'static str {
        "what looks so goes on as something else; framed: within payloads, with length and checksum made anew"
    }

    fn options(&self) -> &'static [&'static str] {
        &["with", "framed"]
    }

    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Course>, Complaint> {
        let word = words.peek();
        let sought = Sought::parse(words, &["with"])?;
        if let (Some(word), Some((0, 0))) = (word, sought.find(b"", 0)) {
            return Err(word.complain("there is nothing to look for", "replace \"a\" with \"b\""));
        }
        if !words.take("with") {
            let word = words.require("`with`")?;
            let what = format!("`{}` is not `with`", word.text);
            return Err(word.complain(what, "replace \"a\" with \"b\""));
        }
        let (expr, with) = constant(words, STOP)?;
        let framed = words.take("framed");
        Ok(Box::new(Pen {
            sought,
            with,
            expr,
            framed,
            held: Vec::new(),
            until: None,
        }))
    }
}

#[derive(Debug)]
struct Pen {
    sought: Sought,
    with: Vec<u8>,
    expr: Expr,
    framed: bool,
    /// What may be the beginning of a match.
    held: Vec<Piece>,
    until: Option<Duration>,
}

impl Pen {
    /// The places in a text where it is found, in order and apart.
    fn places(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let (mut places, mut from) = (Vec::new(), 0);
        while let Some((start, end)) = self.sought.find(text, from) {
            if start == end {
                // Nothing is no place to put something.
                from = end + 1;
            } else {
                places.push((start, end));
                from = end;
            }
            if from > text.len() {
                break;
            }
        }
        places
    }

    /// How many last bytes of a text may be the beginning of a match.
    fn beginning(&self, text: &[u8]) -> usize {
        let Sought::Bytes(_, bytes) = &self.sought else {
            return 0;
        };
        let longest = bytes.len().saturating_sub(1).min(text.len());
        let is_beginning = |len: &usize| text.ends_with(bytes.get(..*len).unwrap_or_default());
        (1..=longest).rev().find(is_beginning).unwrap_or(0)
    }

    /// Replaces in the payload of a message and has its framing write it anew.
    fn reframe(&self, mut piece: Piece, cx: &mut Cx<'_>) {
        let Some(whole) = piece.whole.clone() else {
            return cx.piece(piece);
        };
        let old = payload(&piece, cx);
        let places = self.places(&old);
        if places.is_empty() || piece.bytes.is_some() {
            return cx.piece(piece);
        }
        let (mut new, mut from) = (Vec::with_capacity(old.len()), 0);
        for (start, end) in places {
            new.extend_from_slice(old.get(from..start).unwrap_or_default());
            new.extend_from_slice(&self.with);
            from = end;
        }
        new.extend_from_slice(old.get(from..).unwrap_or_default());
        let rule = &whole.cut.rule;
        let came = cx.content(&piece);
        // A framing that would not have written this message so, would not write the new one as its sender does.
        let is_writable = rule.encode(&old).is_ok_and(|bytes| bytes == came);
        match rule.encode(&new).ok().filter(|_| is_writable) {
            Some(bytes) => {
                let range = piece.range.clone();
                cx.changed(&mut piece, range, (0, bytes.len() as u64));
                piece.bytes = Some(bytes);
            }
            None => cx.hit(piece.range.clone(), Deed::Passed),
        }
        cx.piece(piece);
    }

    /// Replaces in what is held, up to what may be the beginning of another match, which stays.
    fn rewrite(&mut self, keep: bool, cx: &mut Cx<'_>) {
        let mut text = Vec::new();
        for piece in &self.held {
            text.extend(cx.content(piece));
        }
        let mut rest = std::mem::take(&mut self.held);
        rest.reverse();
        let mut at = 0;
        for (start, end) in self.places(&text) {
            take(&mut rest, start - at, &mut |piece| cx.piece(piece));
            let mut found: Option<Piece> = None;
            take(&mut rest, end - start, &mut |piece| {
                let found = found.get_or_insert_with(|| piece.clone());
                found.range.end = found.range.end.max(piece.range.end);
            });
            at = end;
            if let Some(mut found) = found {
                let range = found.range.clone();
                (found.bytes, found.whole) = (Some(self.with.clone()), None);
                found.changed_by.clear();
                cx.changed(&mut found, range, (0, self.with.len() as u64));
                cx.piece(found);
            }
        }
        let behind = text.get(at..).unwrap_or_default();
        let kept = if keep { self.beginning(behind) } else { 0 };
        let gone = behind.len() - kept;
        take(&mut rest, gone, &mut |piece| cx.piece(piece));
        if kept == 0 {
            // Places where nothing goes on stay in their order.
            while let Some(piece) = rest.pop() {
                cx.piece(piece);
            }
        }
        rest.reverse();
        self.held = rest;
        self.until = (kept > 0).then(|| cx.now() + PATIENCE);
    }
}

/// The pieces of one message as one.
fn joined(parts: Vec<Item>, cx: &Cx<'_>) -> Option<Piece> {
    let mut one: Option<Piece> = None;
    for part in parts {
        let Item::Piece(mut part) = part else {
            continue;
        };
        let Some(first) = &mut one else {
            one = Some(part);
            continue;
        };
        let mut bytes = cx.content(first);
        let before = bytes.len() as u64;
        bytes.extend(cx.content(&part));
        for change in &mut part.changed_by {
            change.at += before;
        }
        first.changed_by.append(&mut part.changed_by);
        first.range.end = part.range.end;
        first.datagrams += part.datagrams;
        first.bytes = Some(bytes);
    }
    one
}

/// Takes pieces of so many bytes from a stack whose last is the first in order.
fn take(rest: &mut Vec<Piece>, len: usize, each: &mut dyn FnMut(Piece)) {
    let mut left = len as u64;
    while left > 0 {
        let Some(piece) = rest.pop() else { return };
        if piece.len() <= left {
            left -= piece.len();
            each(piece);
        } else {
            let (first, behind) = piece.split(left);
            left = 0;
            each(first);
            rest.push(behind);
        }
    }
}

impl Course for Pen {
    fn words(&self) -> String {
        let framed = if self.framed { " framed" } else { "" };
        format!("{} with {}{framed}", self.sought.words(), self.expr)
    }

    fn nature(&self) -> Nature {
        Nature {
            messages: self.framed || matches!(self.sought, Sought::Regex(..)),
            ..Nature::default()
        }
    }

    fn take(&mut self, piece: Piece, is_hit: bool, cx: &mut Cx<'_>) {
        if is_hit && self.framed {
            return self.reframe(piece, cx);
        }
        if !is_hit {
            self.rewrite(false, cx);
            return cx.piece(piece);
        }
        let is_whole = cx.datagrams() || self.nature().messages;
        if !is_whole {
            self.held.push(piece);
            return self.rewrite(true, cx);
        }
        // A message or a datagram is looked at for itself, and stays one.
        let (before, whole) = (cx.out.len(), piece.whole.clone());
        self.held.push(piece);
        self.rewrite(false, cx);
        let parts = cx.out.split_off(before);
        if let Some(one) = joined(parts, cx) {
            cx.piece(Piece { whole, ..one });
        }
    }

    fn over(&mut self, over: Over, cx: &mut Cx<'_>) {
        self.rewrite(false, cx);
        cx.over(over);
    }

    fn due(&mut self, cx: &mut Cx<'_>) {
        if self.until.is_some_and(|until| until <= cx.now()) {
            self.rewrite(false, cx);
        }
    }

    fn deadline(&self) -> Option<Duration> {
        self.until
    }

    fn drain(&mut self, cx: &mut Cx<'_>) {
        self.until = None;
        self.held.drain(..).for_each(|piece| cx.piece(piece));
    }
}
