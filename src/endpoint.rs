//! endpoint: being written.
