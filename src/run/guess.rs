//! `guess`: which framing the first bytes of a stream look like, with the evidence, the most convincing first.

use std::io::Write;

use serde_json::json;

use super::{Ending, Filter};
use crate::escape::clean;
use crate::framing::Sight;
use crate::guess::{self, LOOKED_AT_BYTES, Verdict};

/// Work done at once; there is nothing else to do meanwhile.
const SLICE_BYTES: usize = 16 << 20;

/// Rules that are told.
const TOLD_MAX: usize = 8;

/// Looks at a stream, or its beginning.
#[derive(Debug)]
pub struct Guess {
    json: bool,
    bytes: Vec<u8>,
}

impl Guess {
    /// Tells in lines, or as JSON.
    #[must_use]
    pub fn new(json: bool) -> Self {
        Self {
            json,
            bytes: Vec::new(),
        }
    }

    fn tell(&self, out: &mut Vec<u8>) -> Ending {
        let mut guess = guess::Guess::new(&self.bytes, &[], Sight::default());
        while guess.step(SLICE_BYTES) {}
        let ranking = guess.ranking();
        for (rank, verdict) in (1..).zip(ranking.iter().take(TOLD_MAX)) {
            let line = self.line(rank, verdict);
            // Writing to a Vec cannot fail.
            let _ = writeln!(out, "{line}");
        }
        if ranking.is_empty() {
            return Ending::failure(1, guess.why_none());
        }
        Ending::code(0)
    }

    fn line(&self, rank: u64, verdict: &Verdict) -> String {
        let words = verdict.cut.words();
        if !self.json {
            return format!("{:<28}  {}", clean(&words), clean(&verdict.evidence));
        }
        let told = json!({
            "kind": "guess",
            "rank": rank,
            "frame": words,
            "messages": verdict.messages,
            "share": verdict.share,
            "bits": verdict.bits.round(),
            "evidence": verdict.evidence,
        });
        told.to_string()
    }
}

impl Filter for Guess {
    fn begin(&mut self, _on_terminal: bool) {}

    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Option<Ending> {
        self.bytes.extend_from_slice(bytes);
        (self.bytes.len() > LOOKED_AT_BYTES).then(|| self.tell(out))
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Ending {
        self.tell(out)
    }
}
