//! Runs a rule over a stream as the cutter does, and holds each call to the contract of `Decoder`.

use std::time::Duration;

use sockeye::framing::{Cut, Cx, Decoder, Letter, Mailbox, Message, Sight};

use super::case::Case;

/// Between two reads.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(1),
    Duration::from_millis(21),
    Duration::from_secs(2),
];

/// The most characters of a decoder that keeps 64 KiB: a byte is printed as five at the most.
const PRINTED_MAX: usize = 6 * (64 << 10);

/// How often somebody looks.
const LOOKS: u64 = 50;

/// How a stream arrives within a read.
#[derive(Clone, Copy, Debug)]
pub enum Pieces {
    Whole,
    Single,
    /// Of up to so many bytes.
    Random(usize),
}

/// What came of a stream.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    pub messages: Vec<Message>,
    pub letters: Vec<Letter>,
}

/// A decoder at its work.
struct Run<'a> {
    case: &'a Case,
    theirs: Option<&'a Mailbox>,
    decoder: Box<dyn Decoder>,
    outcome: Outcome,
    at: u64,
    /// Behind the last message.
    begin: u64,
    now: Duration,
    /// Where somebody looked last.
    looked: u64,
}

/// Cuts the stream of the case, having heard what the other direction told.
pub fn run(case: &Case, pieces: Pieces, theirs: Option<&Mailbox>) -> Outcome {
    let mut run = Run {
        case,
        theirs,
        decoder: case.cut.rule.decoder(),
        outcome: Outcome::default(),
        at: 0,
        begin: 0,
        now: Duration::ZERO,
        looked: 0,
    };
    let mut random = case.seed;
    for (k, read) in case.stream.chunks(case.read_bytes).enumerate() {
        run.now = time_of(case, k);
        let mut rest = read;
        while !rest.is_empty() {
            let len = match pieces {
                Pieces::Whole => rest.len(),
                Pieces::Single => 1,
                Pieces::Random(most) => below(&mut random, most) + 1,
            };
            let (now, later) = rest.split_at(len.min(rest.len()));
            run.feed(now);
            if !matches!(pieces, Pieces::Whole) && run.is_time_to_look() {
                run.look();
            }
            rest = later;
        }
        let now = run.now;
        run.call(|decoder, cx| {
            decoder.boundary(now, cx);
            0
        });
        if case.sight.datagrams {
            run.end();
            run.decoder = case.cut.rule.decoder();
        }
    }
    if !case.sight.datagrams {
        run.end();
    }
    assert_eq!(run.begin, case.stream.len() as u64, "the messages tile");
    run.outcome
}

/// When a read ended: pauses between them are of all lengths.
pub fn time_of(case: &Case, read: usize) -> Duration {
    let shift = usize::try_from(case.seed).unwrap_or(0);
    let rounds = u32::try_from(read / PAUSES.len()).unwrap_or(u32::MAX);
    let pauses = (0..=read % PAUSES.len()).map(|k| PAUSES[(k + shift) % PAUSES.len()]);
    PAUSES.iter().sum::<Duration>() * rounds + pauses.sum::<Duration>()
}

/// What the whole stream is by a rule, of which nothing else is known.
pub fn run_alone(cut: &Cut, stream: &[u8]) -> Vec<Message> {
    let case = Case {
        words: cut.words(),
        cut: cut.clone(),
        sight: Sight::default(),
        read_bytes: usize::MAX,
        seed: 1,
        theirs: Vec::new(),
        stream: stream.to_vec(),
        is_long: true,
    };
    run(&case, Pieces::Whole, None).messages
}

impl Run<'_> {
    fn feed(&mut self, bytes: &[u8]) {
        self.decoder = self.decoder.fork();
        let mut rest = bytes;
        while !rest.is_empty() {
            let before = self.outcome.messages.len();
            let taken = self.call(|decoder, cx| decoder.feed(rest, cx));
            let left = self.outcome.messages.len() - before;
            assert!(taken > 0 || left > 0, "nothing taken and nothing left");
            assert!(left <= 1, "{left} messages by one call");
            assert!(
                taken == rest.len() || left == 1,
                "it returned within a message"
            );
            rest = &rest[taken..];
        }
    }

    fn end(&mut self) {
        self.call(|decoder, cx| {
            decoder.end(cx);
            0
        });
        if let Some(message) = self.tail() {
            self.leave(message);
        }
    }

    /// A call of the decoder, which moves on by what it returns.
    fn call(&mut self, call: impl FnOnce(&mut dyn Decoder, &mut Cx<'_>) -> usize) -> usize {
        let cx = Cx::new(self.at, self.case.cut.max, self.case.sight);
        let mut cx = cx.hearing(self.theirs, self.now);
        let taken = call(self.decoder.as_mut(), &mut cx);
        self.at += taken as u64;
        self.outcome.letters.extend(cx.take_letters());
        for message in cx.take() {
            self.leave(message);
        }
        taken
    }

    fn leave(&mut self, message: Message) {
        assert_eq!(message.range.start, self.begin, "a gap: {message:?}");
        assert!(
            message.range.end <= self.at,
            "bytes that did not come: {message:?}"
        );
        self.begin = message.range.end;
        self.outcome.messages.push(message);
    }

    /// What stands behind the last message.
    fn tail(&self) -> Option<Message> {
        let unfinished = self.decoder.unfinished();
        assert_eq!(
            unfinished.is_some(),
            self.begin < self.at,
            "of {}..{} unfinished is {unfinished:?}",
            self.begin,
            self.at
        );
        unfinished.map(|unfinished| unfinished.message(self.at))
    }

    /// Somebody looks a few dozen times at a stream; at a short one, behind each piece.
    fn is_time_to_look(&mut self) -> bool {
        let far = self.at - self.looked >= self.case.stream.len() as u64 / LOOKS;
        if far {
            self.looked = self.at;
        }
        far
    }

    /// What they see.
    fn look(&self) {
        if self.case.is_long {
            let printed = format!("{:?}", self.decoder).len();
            assert!(printed < PRINTED_MAX, "its state is printed as {printed}");
        } else if let Some(message) = self.tail() {
            assert_eq!(message.range, self.begin..self.at);
            super::check::seen(self.case, &message);
        }
    }
}

/// Marsaglia's xorshift64.
fn below(state: &mut u64, limit: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state % limit as u64).unwrap_or(0)
}
