//! Experiments that ask the kernel about several sockets at once, or the same again and again: what is asked, and what
//! came of it. How they go on stands in the net.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ConnId, Errno};
use crate::endpoint::Address;

/// What is asked for, as words of the language give it.
#[derive(Clone, Debug, PartialEq)]
pub enum Probe {
    /// A question to select(2), asked again until it has an answer or its time is over.
    Select {
        /// The socket at which it is told; none where only files are asked.
        home: Option<ConnId>,
        /// Who stands in which list.
        lists: Lists,
        /// For how long; zero asks once.
        timeout: Option<Duration>,
    },
    /// `recv` without waiting, again and again, and then one select(2) for as long.
    Spin {
        /// Of which socket.
        asked: Asked,
        /// For how long.
        time: Duration,
    },
    /// A connect to each address of this machine.
    Reach {
        /// At this port.
        port: u16,
    },
    /// Round trips between two threads, over each of these.
    Race(Vec<Course>),
}

/// What a question of select(2) is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// A socket, with its name.
    Socket(ConnId, String),
    /// A file, by its path.
    File(String),
}

impl Asked {
    /// The socket, if it is one.
    #[must_use]
    pub fn conn(&self) -> Option<ConnId> {
        match self {
            Self::Socket(conn, _) => Some(*conn),
            Self::File(_) => None,
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(_, name) => out.write_str(name),
            Self::File(path) => write!(out, "file:{path}"),
        }
    }
}

/// The three lists of select(2): those that are asked about, or the subsets that are the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lists {
    /// Something can be read, accepted, or is over.
    pub read: Vec<Asked>,
    /// There is room to write, or an error to be told.
    pub write: Vec<Asked>,
    /// Urgent data is there.
    pub except: Vec<Asked>,
}

impl Lists {
    /// The lists with the letters of the language, in their order.
    pub fn each(&self) -> impl Iterator<Item = (char, &[Asked])> {
        [('r', &self.read), ('w', &self.write), ('x', &self.except)]
            .into_iter()
            .map(|(letter, list)| (letter, list.as_slice()))
    }

    /// The list of a letter.
    pub fn list_mut(&mut self, letter: char) -> &mut Vec<Asked> {
        match letter {
            'r' => &mut self.read,
            'w' => &mut self.write,
            _ => &mut self.except,
        }
    }

    /// How many stand in them; one in two lists counts twice, as select(2) counts.
    #[must_use]
    pub fn count(&self) -> usize {
        self.each().map(|(_, list)| list.len()).sum()
    }

    /// Everything that stands in one of them, each once, in the order in which it comes first.
    #[must_use]
    pub fn all(&self) -> Vec<&Asked> {
        let mut all: Vec<&Asked> = Vec::new();
        for (_, list) in self.each() {
            all.extend(
                list.iter()
                    .filter(|asked| !all.contains(asked))
                    .collect::<Vec<_>>(),
            );
        }
        all
    }
}

impl fmt::Display for Lists {
    /// As the language has them: `r:L,A w:C`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for (letter, list) in self.each().filter(|(_, list)| !list.is_empty()) {
            write!(out, "{gap}{letter}:")?;
            gap = " ";
            for (at, asked) in list.iter().enumerate() {
                let comma = if at == 0 { "" } else { "," };
                write!(out, "{comma}{asked}")?;
            }
        }
        Ok(())
    }
}

/// What bytes travel over in a race.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Course {
    /// Two pipes, one each way (pipe(2)).
    Pipe,
    /// A pair of Unix stream sockets.
    Unix,
    /// A TCP connection over loopback, without Nagle's delay.
    Tcp,
    /// Two connected UDP sockets on loopback.
    Udp,
}

impl Course {
    /// All of them, in the order of the manual.
    pub const ALL: [Self; 4] = [Self::Pipe, Self::Unix, Self::Tcp, Self::Udp];

    /// The word in commands.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pipe => "pipe",
            Self::Unix => "unix",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// What an experiment gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Measure {
    /// Of [`Probe::Spin`].
    Spin(Spin),
    /// Of [`Probe::Reach`].
    Reach {
        /// The port.
        port: u16,
        /// Each address that was tried, in that order.
        tries: Vec<Try>,
    },
    /// Of [`Probe::Race`].
    Race(Vec<Lap>),
}

/// How much it cost to ask all the time, and how much to wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spin {
    /// How long it was asked.
    pub time: Duration,
    /// How often.
    pub calls: u64,
    /// How many of those calls said that they would have had to wait.
    pub would_block: u64,
    /// The processor time of this program meanwhile (getrusage(2)).
    pub cpu: Duration,
    /// How long one select(2) waited then.
    pub waited: Duration,
    /// The processor time of this program meanwhile.
    pub waited_cpu: Duration,
}

/// A connect to one address of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// How people call it: a host's name, or the address itself.
    pub name: String,
    /// The address that the name stands for; none where it stands for nothing.
    pub at: Option<Address>,
    /// What came of it.
    pub outcome: Reached,
}

/// What came of a connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reached {
    /// Somebody listens there.
    Yes,
    /// It failed.
    No(Errno),
    /// No answer came in time.
    Silent,
    /// The name stands for no address; the resolver's words.
    Unresolved(String),
}

/// How long round trips took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lap {
    /// Over what.
    pub course: Course,
    /// How many were made.
    pub trips: u32,
    /// Half of them took no longer.
    pub median: Duration,
    /// 99 of 100 took no longer.
    pub slowest: Duration,
    /// Why there are no more of them.
    pub errno: Option<Errno>,
}
