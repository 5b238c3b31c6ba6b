//! How bytes become messages: the vocabulary of framings and the table of them. Each is one file in `framing/` and one
//! row of [`FRAMINGS`]; a [`Cutter`] runs one over a tape. Nothing here knows a socket or a clock.

mod amqp;
mod ber;
mod bgp;
mod cbor;
mod choices;
mod cobs;
mod cobsr;
mod cut;
mod cutter;
mod cx;
mod dbus;
mod delim;
mod diameter;
mod digest;
mod dissect;
mod dns;
mod dots;
mod encrypted;
mod eof;
mod exchange;
mod fastcgi;
mod fix;
mod fixed;
mod giop;
mod git;
mod grammar;
mod guard;
mod hdlc;
mod head;
mod headed;
mod headers;
mod http1;
mod http2;
mod http_chunked;
mod idle;
mod imap;
mod json;
mod json_seq;
mod knob;
mod len;
mod line;
mod lines;
mod lsp;
mod memcached;
mod message;
mod mllp;
mod modbus;
mod mqtt;
mod msgpack;
mod mysql;
mod nats;
mod netstring;
mod note;
mod only;
mod ports;
mod postgres;
mod protobuf;
mod proxy;
mod raw;
mod reader;
mod reply;
mod resp;
mod rtsp;
mod sip;
mod slip;
mod smtp;
mod sse;
mod ssh;
mod stomp;
mod stuffed;
mod sunrpc;
mod syslog;
#[cfg(test)]
mod tests;
mod then;
mod tls;
mod tlv;
mod tpkt;
mod typed;
mod varint;
mod websocket;

use std::fmt::Debug;
use std::time::Duration;

pub use choices::{Choices, JOINS, Join, choices};
pub use cut::Cut;
pub use cutter::{Cutter, Entry, Source};
pub use cx::{Cx, Letter, Mailbox, Side, Sight, Told};
pub use exchange::{Exchange, Tie};
pub use knob::Knob;
pub use message::{Field, Flaw, Message, Status, Unfinished, Value};
pub use ports::at_port;

use crate::words::{Complaint, Words};

/// The most bytes of a message, counted whole, unless `max` says otherwise.
pub const MESSAGE_MAX_BYTES: u64 = 16 << 20;

/// Every framing, in the order of the menu.
pub static FRAMINGS: &[&dyn Framing] = &[
    &raw::Raw,
    &fixed::Fixed,
    &line::Line,
    &delim::Delim,
    &len::Len,
    &typed::Typed,
    &tlv::Tlv,
    &netstring::Netstring,
    &syslog::Syslog,
    &git::Git,
    &varint::Varint,
    &eof::Eof,
    &slip::Slip,
    &cobs::Cobs,
    &cobsr::Cobsr,
    &hdlc::Hdlc,
    &mllp::Mllp,
    &idle::Idle,
    &http1::Http1,
    &http_chunked::HttpChunked,
    &http2::Http2,
    &websocket::WebSocket,
    &sse::Sse,
    &lsp::Lsp,
    &rtsp::Rtsp,
    &sip::Sip,
    &smtp::Smtp,
    &reply::Reply,
    &imap::Imap,
    &nats::Nats,
    &stomp::Stomp,
    &fix::Fix,
    &resp::Resp,
    &memcached::Memcached,
    &mqtt::Mqtt,
    &amqp::Amqp,
    &postgres::Postgres,
    &mysql::Mysql,
    &fastcgi::Fastcgi,
    &dbus::Dbus,
    &proxy::Proxy,
    &dns::Dns,
    &tls::Tls,
    &ssh::Ssh,
    &tpkt::Tpkt,
    &ber::Ber,
    &sunrpc::Sunrpc,
    &giop::Giop,
    &bgp::Bgp,
    &diameter::Diameter,
    &modbus::Modbus,
    &json::Json,
    &json_seq::JsonSeq,
    &cbor::Cbor,
    &msgpack::Msgpack,
    &protobuf::Protobuf,
];

/// A row of the table: a kind of framing, before its parameters are known.
pub trait Framing: Sync {
    /// The word that begins it.
    fn name(&self) -> &'static str;

    /// Its grammar, as the manual prints it: `fixed N`.
    fn usage(&self) -> &'static str;

    /// What it does, in one line.
    fn help(&self) -> &'static str;

    /// The words that may stand behind the name and these parameters, to choose from; `None` where what must follow is
    /// a number that only a person knows.
    fn choices(&self, _before: &[&str]) -> Option<&'static [&'static str]> {
        Some(&[])
    }

    /// Whole rules of this kind, each with other parameters: what the tests of all framings run. None where the name
    /// alone is all there is.
    fn examples(&self) -> &'static [&'static str] {
        &[]
    }

    /// Reads the parameters behind the name; words that are not its own stay for the caller.
    ///
    /// # Errors
    ///
    /// Which word does not fit, and what would have.
    fn parse(&self, words: &mut Words<'_>) -> Result<Box<dyn Rule>, Complaint>;
}

/// A framing with its parameters.
pub trait Rule: Debug + Send + Sync {
    /// The canonical words, which parse to an equal rule.
    fn words(&self) -> String;

    /// A decoder at the beginning of a message.
    fn decoder(&self) -> Box<dyn Decoder>;

    /// A payload as this rule puts it on the wire.
    ///
    /// # Errors
    ///
    /// Why the payload cannot be framed so, in words.
    fn encode(&self, payload: &[u8]) -> Result<Vec<u8>, String>;

    /// Says what a message is, from the bytes of its range, as many of them as are at hand: its note in a few words and
    /// its fields, in place of what the decoder left of them. The decoder only cuts, so that a gigabyte is cut fast;
    /// this is done for the messages that somebody looks at. It never changes range, payload or status, and makes do
    /// with the first bytes of a partial or bad one.
    fn dissect(&self, _message: &mut Message, _bytes: &[u8], _sight: Sight) {}

    /// Which part a message has in an exchange of requests and answers, by what it is: its note and fields are there.
    /// None where the protocol has no such exchanges, or the message is told to nobody in particular.
    fn exchange(&self, _message: &Message, _sight: Sight) -> Option<Exchange> {
        None
    }

    /// The same rule with the role of that side, where it reads differently in the two directions and was told none.
    fn spoken_by(&self, _side: Side) -> Option<Box<dyn Rule>> {
        None
    }

    /// What of it can be turned step by step, each with the rules one step away.
    fn knobs(&self) -> Vec<Knob> {
        Vec::new()
    }

    /// Whether its decoder listens to that of the other direction, or tells it something.
    fn is_two_sided(&self) -> bool {
        false
    }

    /// What its decoders tell each other about, by numbers: one for each rule of a chain that is two-sided, whatever
    /// stands before it.
    fn subjects(&self) -> Vec<u64> {
        let subject = self.is_two_sided().then(|| cx::subject_of(&self.words()));
        subject.into_iter().collect()
    }

    /// The payload of a message, from the bytes of its whole range. Only a framing that changes bytes on the way
    /// (stuffing, chunks) has to say how.
    fn payload(&self, message: &Message, bytes: &[u8]) -> Vec<u8> {
        message.payload_in(bytes).to_vec()
    }
}

/// Cuts one direction: bytes in, messages out through [`Cx::emit`]. It never waits and never looks ahead; what it keeps
/// between two calls is at most 64 KiB and never the payload, which stays on the tape.
pub trait Decoder: Debug {
    /// Takes of the next bytes, whose first stands at [`Cx::at`], as many as there are up to the end of the first
    /// message, which it then leaves; returns how many it took. None are taken only where a message that ended earlier
    /// is left. Where the pieces are cut changes nothing.
    fn feed(&mut self, bytes: &[u8], cx: &mut Cx<'_>) -> usize;

    /// Takes all of the bytes, however many messages they end.
    fn feed_all(&mut self, bytes: &[u8], cx: &mut Cx<'_>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = self.feed(rest, cx);
            cx.advance(taken as u64);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    /// A read (or, sending, a call) ended here, at that time of the session; only `raw` and `idle` care.
    fn boundary(&mut self, _time: Duration, _cx: &mut Cx<'_>) {}

    /// The stream or the datagram ended here: a message that is complete by that is emitted, an unfinished one stays
    /// for [`Decoder::unfinished`]. Nothing is fed afterwards.
    fn end(&mut self, _cx: &mut Cx<'_>) {}

    /// What has begun and is not whole, if anything has.
    fn unfinished(&self) -> Option<Unfinished>;

    /// Where the rule was broken, once nothing tells it where the next message begins, and it takes all there is.
    fn lost(&self) -> Option<u64> {
        None
    }

    /// The last bytes that it took, as many as stand behind the message that it left before its last call ended: it had
    /// to see them to know where that ends.
    fn held(&self) -> &[u8] {
        &[]
    }

    /// How many bytes of the stream it holds: what a copy of it costs beside its own size.
    fn state_bytes(&self) -> usize {
        0
    }

    /// The same decoder in the same state.
    fn fork(&self) -> Box<dyn Decoder>;
}
