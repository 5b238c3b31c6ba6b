//! The directories in which Sockeye keeps files of its own. Where they lie is the system's matter.

/// A directory of ours that no other Sockeye changes; dropped, it is anybody's again.
pub type Lock = Box<dyn std::fmt::Debug>;

/// A directory of ours, as the XDG Base Directory Specification divides them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// What people write: `$XDG_CONFIG_HOME/sockeye`, else `~/.config/sockeye`.
    Config,
    /// What runs remember: `$XDG_STATE_HOME/sockeye`, else `~/.local/state/sockeye`.
    State,
    /// What people made with us: `$XDG_DATA_HOME/sockeye`, else `~/.local/share/sockeye`.
    Data,
    /// Where bytes go that no longer fit into memory; the files there have no names.
    Spill,
}

impl Place {
    /// Every place, in the order in which people are told of them.
    pub const ALL: [Self; 4] = [Self::Config, Self::State, Self::Data, Self::Spill];

    /// Its name, as `sockeye paths` prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::State => "state",
            Self::Data => "data",
            Self::Spill => "spill",
        }
    }
}
