//! tty: being written.
