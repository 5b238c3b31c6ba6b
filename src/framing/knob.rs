//! A parameter of a rule that can be turned step by step while one looks at what it cuts.

/// A parameter, what it is set to, and the rules one step down and one step up, where there are such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knob {
    /// The word that names it: `at`.
    pub name: &'static str,
    /// What it is set to: `2`.
    pub value: String,
    /// The rule with less of it, in its words.
    pub less: Option<String>,
    /// The rule with more of it, in its words.
    pub more: Option<String>,
}

impl Knob {
    /// The rule one step further, in its words.
    #[must_use]
    pub fn turned(&self, more: bool) -> Option<&str> {
        let words = if more { &self.more } else { &self.less };
        words.as_deref()
    }
}
