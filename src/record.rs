//! The log and the bytes of a session as a pcapng file, and the way back. It opens no file: bytes go out and come in.
//!
//! Every byte is written once, when it is first stored, in a packet whose headers are made up around it; the call that
//! moved it stands in an option of the same packet, so that a torn file has both or neither. All other events stand in
//! custom blocks between the packets. The order of blocks is that of the log.

pub mod block;
mod entry;
mod packet;
mod restorer;
mod stream;
mod writer;

pub use entry::VERSION;
pub use restorer::{Comment, Restored, Restorer, Unrestored};
pub use writer::{ABOUT, Page, Placed, Writer};

#[cfg(test)]
mod tests;
