//! hexdump: being written.
