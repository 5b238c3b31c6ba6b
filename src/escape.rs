//! escape: being written.
