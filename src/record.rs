//! The log and the bytes of a session as a pcapng file, and the way back. It opens no file: bytes go out and come in.

pub mod block;
