//! inspect: being written.
