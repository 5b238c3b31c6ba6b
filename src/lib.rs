//! Sockeye, an interactive terminal explorer for sockets.

pub mod endpoint;
pub mod escape;
pub mod expr;
pub mod hexdump;
pub mod inspect;
pub mod tty;
