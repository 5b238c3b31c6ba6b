//! A bytes literal of Python (The Python Language Reference, 2.4.1).

use super::{Literal, quoted};

pub(super) struct Python;

impl Literal for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn key(&self) -> char {
        'p'
    }

    fn help(&self) -> &'static str {
        "select.as-python"
    }

    fn write(&self, bytes: &[u8]) -> String {
        format!("b{}", quoted(bytes))
    }
}
