//! Sockeye, an interactive terminal explorer for sockets.

pub mod app;
pub mod args;
pub mod command;
pub mod endpoint;
pub mod escape;
pub mod event;
pub mod expr;
pub mod framing;
pub mod hexdump;
pub mod inspect;
pub mod keymap;
pub mod net;
pub mod os;
pub mod run;
pub mod script;
pub mod session;
pub mod tape;
pub mod tty;
pub mod ui;
pub mod words;
