//! Arguments, a mode, an exit status; nothing else.
fn main() {}
