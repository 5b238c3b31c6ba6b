//! Names of sockets: those that people choose, and the letters that others get. A name is never used twice.

use std::collections::{HashMap, HashSet};

use super::numbered::Numbered;
use crate::event::{ConnId, Role};

/// Every name that was given.
#[derive(Debug, Default)]
pub(super) struct Names {
    given: HashMap<String, ConnId>,
    /// By the number of the socket.
    of: Numbered<String>,
    /// How many sockets were named.
    ever: usize,
    /// Names of sockets that are forgotten, where nothing else says that they were given.
    spent: HashSet<String>,
    letters: u32,
    listeners: u32,
    taps: u32,
    peers: u32,
}

impl Names {
    pub(super) fn conn(&self, name: &str) -> Option<ConnId> {
        self.given.get(name).copied()
    }

    pub(super) fn is_free(&self, name: &str) -> bool {
        !self.is_counted(name) && self.is_unused(name)
    }

    /// Whether it was the name of a socket that is forgotten, as far as names tell that by themselves.
    pub(super) fn is_spent(&self, name: &str) -> bool {
        !self.given.contains_key(name) && (self.is_counted(name) || self.spent.contains(name))
    }

    fn is_unused(&self, name: &str) -> bool {
        !self.given.contains_key(name) && !self.spent.contains(name)
    }

    /// Whether letters were given beyond this name, if it is one of letters.
    fn is_counted(&self, name: &str) -> bool {
        // L stays the listeners' letter.
        name != "L" && number(name).is_some_and(|number| number <= self.letters)
    }

    /// A socket is forgotten; its name is given to no other.
    pub(super) fn forget(&mut self, conn: ConnId) {
        let Some(name) = self.of.remove(conn.0 as usize) else {
            return;
        };
        self.given.remove(name.as_str());
        // Letters are counted, and the sides of a tap's conversations are: nobody may choose a name with a dot.
        if !self.is_counted(&name) && !name.contains('.') {
            self.spent.insert(*name);
        }
    }

    /// The name of a socket that has one already, or of one that is forgotten.
    fn kept(&self, conn: ConnId) -> Option<String> {
        let at = conn.0 as usize;
        match self.of.get(at) {
            Some(name) => Some(name.clone()),
            None => (at < self.ever).then(|| "?".to_owned()),
        }
    }

    /// Gives a socket the name it asked for, if that is free, else the next one of its kind: A…Z, AA…, L, L2…
    /// or T1, T2…. One that has a name keeps it.
    pub(super) fn give(&mut self, conn: ConnId, asked: Option<&str>, role: Role) -> String {
        if let Some(name) = self.kept(conn) {
            return name;
        }
        let name = match asked {
            Some(name) if self.is_free(name) && is_fit(name) => name.to_owned(),
            _ => self.next(role),
        };
        self.keep(conn, name)
    }

    /// Gives a socket of a lab peer its name: P1, P2…, or the name that was asked for; what its listener accepts is
    /// that name with a number, so that our own letters do not depend on how quick the peer was.
    pub(super) fn give_peer(
        &mut self,
        conn: ConnId,
        asked: Option<&str>,
        maker: Option<(String, u64)>,
    ) -> String {
        if let Some(name) = self.kept(conn) {
            return name;
        }
        let mut names: Box<dyn Iterator<Item = String>> = match maker {
            Some((maker, nth)) => Box::new((nth..).map(move |nth| format!("{maker}-{nth}"))),
            None => Box::new((u64::from(self.peers) + 1..).map(|nth| format!("P{nth}"))),
        };
        let asked = asked.filter(|name| self.is_free(name) && is_fit(name));
        let asked = asked.map(str::to_owned);
        let name = asked.or_else(|| {
            self.peers += 1;
            names.find(|name| self.is_free(name))
        });
        // Numbers do not end.
        let name = name.unwrap_or_default();
        self.keep(conn, name)
    }

    /// Gives the client's side of a tap's conversation its name: that of the tap, and which it is.
    pub(super) fn give_client(&mut self, conn: ConnId, tap: &str, nth: u64) -> String {
        self.give_side(conn, format!("{tap}.{nth}c"))
    }

    /// Gives the server's side the name of the client's, but for its end.
    pub(super) fn give_server(&mut self, conn: ConnId, client: &str) -> String {
        let conversation = client.strip_suffix('c').unwrap_or(client);
        self.give_side(conn, format!("{conversation}s"))
    }

    /// Nobody else can have such a name: nobody may choose one with a dot.
    fn give_side(&mut self, conn: ConnId, name: String) -> String {
        match self.kept(conn) {
            Some(name) => name,
            None => self.keep(conn, name),
        }
    }

    fn keep(&mut self, conn: ConnId, name: String) -> String {
        self.given.insert(name.clone(), conn);
        self.of.make(conn.0 as usize, || name.clone());
        self.ever = self.ever.max(conn.0 as usize + 1);
        name
    }

    fn next(&mut self, role: Role) -> String {
        loop {
            let name = match role {
                Role::Listener => {
                    self.listeners += 1;
                    match self.listeners {
                        1 => "L".to_owned(),
                        nth => format!("L{nth}"),
                    }
                }
                Role::Tap => {
                    self.taps += 1;
                    format!("T{}", self.taps)
                }
                Role::Client | Role::Accepted | Role::Datagram => {
                    self.letters += 1;
                    letters(self.letters)
                }
            };
            // L stays the listeners' letter, so that a student can tell by the name.
            if self.is_unused(&name) && (role == Role::Listener || name != "L") {
                return name;
            }
        }
    }
}

/// 1 is A, 26 is Z, 27 is AA.
fn letters(mut number: u32) -> String {
    let mut name = Vec::new();
    while number > 0 {
        number -= 1;
        name.push(char::from(b'A' + (number % 26) as u8));
        number /= 26;
    }
    name.iter().rev().collect()
}

/// The number of letters that stand for one: 26 is Z, 27 is AA.
fn number(name: &str) -> Option<u32> {
    let mut number = 0_u32;
    for letter in name.bytes() {
        if !letter.is_ascii_uppercase() {
            return None;
        }
        number = number
            .checked_mul(26)?
            .checked_add(u32::from(letter - b'A') + 1)?;
    }
    (number > 0).then_some(number)
}

/// The most characters of a name: no screen has room for more.
const NAME_MAX: usize = 64;

/// Whether a name that was asked for may be one: a recording may ask for anything.
fn is_fit(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    name.len() <= NAME_MAX
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z_and_names_are_never_used_again() {
        assert_eq!(
            [1, 2, 26, 27, 52, 53, 702, 703].map(letters),
            ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
        );
        let mut names = Names::default();
        let mut give = |id, asked, role| names.give(ConnId(id), asked, role);
        assert_eq!(give(0, None, Role::Listener), "L");
        assert_eq!(give(1, Some("B"), Role::Client), "B");
        assert_eq!(give(2, None, Role::Accepted), "A");
        assert_eq!(give(3, None, Role::Client), "C");
        assert_eq!(give(4, Some("B"), Role::Client), "D");
        assert_eq!(give(5, None, Role::Listener), "L2");
        assert_eq!(give(3, Some("X"), Role::Client), "C");
        assert!(!names.is_free("C") && names.is_free("E"));
    }

    #[test]
    fn letters_and_numbers_are_each_others() {
        for at in [1, 2, 26, 27, 52, 53, 702, 703, 100_000] {
            assert_eq!(number(&letters(at)), Some(at));
        }
        for none in ["", "a", "A1", "ZZZZZZZZ"] {
            assert_eq!(number(none), None, "{none}");
        }
    }

    #[test]
    fn the_name_of_a_forgotten_socket_is_given_to_no_other() {
        let mut names = Names::default();
        let asked = [Some("server"), None, Some("C"), None, None];
        for (id, asked) in (0..).zip(asked) {
            names.give(ConnId(id), asked, Role::Client);
        }
        let side = names.give_client(ConnId(5), "T1", 7);
        for id in 0..6 {
            names.forget(ConnId(id));
        }
        for name in ["server", "A", "B", "C", "D"] {
            assert!(!names.is_free(name), "{name}");
            assert_eq!(names.conn(name), None);
        }
        assert_eq!((names.conn(&side), names.spent.len()), (None, 1));
        // What is folded again of earlier moments takes no name away.
        assert_eq!(names.give(ConnId(1), None, Role::Client), "?");
        assert_eq!(names.give(ConnId(6), None, Role::Client), "E");
        assert_eq!(names.give(ConnId(7), Some("server"), Role::Client), "F");
    }
}
