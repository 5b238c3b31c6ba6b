//! Sockeye, an interactive terminal explorer for sockets.

pub mod endpoint;
pub mod escape;
pub mod event;
pub mod expr;
pub mod hexdump;
pub mod inspect;
pub mod net;
pub mod os;
pub mod tape;
pub mod tty;
pub mod words;
