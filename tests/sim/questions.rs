//! What the simulated kernel answers without waiting: who is ready, what time a call cost, how a race went. Files are
//! those that a test gave it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sockeye::event::{Course, Errno, Lap, State};
use sockeye::os::{Diag, End, Got, Host, Readiness, Sought, Subject};

use super::sockets::Sockets;
use super::{CALL, Kernel, facts, paths};

/// How long a race takes here, and a round trip in it.
const RACE: Duration = Duration::from_millis(5);
const TRIP: Duration = Duration::from_micros(20);

/// The memory of the simulated machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// What the process may still take, where something bounds it.
    pub left: Option<u64>,
    /// From when on there is no more.
    pub short_from: Option<Duration>,
}

impl Host for Kernel {
    fn diag(&mut self, local: SocketAddr, peer: SocketAddr) -> Got<Option<Diag>> {
        self.failure("diag")?;
        Ok(self.sockets.diag(self.now, local, peer))
    }

    fn diags(&mut self, end: End, port: u16, state: Option<State>) -> Got<Vec<Diag>> {
        self.failure("diag")?;
        Ok(self.sockets.diags(self.now, end, port, state))
    }

    fn owner(&mut self, inode: u32) -> Sought {
        facts::owner(inode).into()
    }

    fn setting(&mut self, path: &str) -> Option<u64> {
        facts::setting(path)
    }

    fn addresses(&mut self) -> Vec<IpAddr> {
        self.addresses.clone()
    }

    fn hostname(&mut self) -> String {
        "simulated".to_owned()
    }

    fn interface(&mut self, name: &str) -> Option<u32> {
        paths::interface(name)
    }

    fn memory_left(&mut self) -> Option<u64> {
        self.memory.left
    }

    fn is_short_of_memory(&self) -> bool {
        self.memory.short_from.is_some_and(|at| at <= self.now)
    }
}

/// Every call costs the processor what it costs on the clock.
pub(super) fn cpu(calls: u64) -> Duration {
    CALL * u32::try_from(calls).unwrap_or(u32::MAX)
}

/// When the race is over, and how it went: each course as fast as the other.
pub(super) fn race(now: Duration, courses: &[Course]) -> (Duration, Vec<Lap>) {
    let lap = |course: &Course| Lap {
        course: *course,
        trips: 250,
        median: TRIP,
        slowest: TRIP,
        errno: None,
    };
    (now + RACE, courses.iter().map(lap).collect())
}

impl Kernel {
    pub(super) fn answer(&mut self, asked: &[(Subject<'_>, Readiness)]) -> Got<Vec<Readiness>> {
        // What is under way goes on behind the back of whoever asks.
        self.sockets.progress();
        let mut all = Vec::new();
        for (subject, wanted) in asked {
            let is = match subject {
                Subject::Socket(sock) => {
                    self.sockets.get(sock.0)?;
                    let (read, write) = self.sockets.readiness(sock.0);
                    let except = self.sockets.is_urgent(sock.0);
                    Readiness {
                        read,
                        write,
                        except,
                    }
                }
                Subject::File(path) => {
                    let known = self.console.files.contains_key(*path);
                    if !known {
                        return Err(Errno::ENOENT);
                    }
                    Readiness {
                        read: true,
                        write: true,
                        except: false,
                    }
                }
            };
            all.push(Readiness {
                read: is.read && wanted.read,
                write: is.write && wanted.write,
                except: is.except && wanted.except,
            });
        }
        Ok(all)
    }
}

impl Sockets {
    /// Whether urgent data waits there.
    pub(super) fn is_urgent(&self, id: u64) -> bool {
        let socket = self.all.get(&id);
        socket.is_some_and(|socket| socket.urgent.is_some())
    }
}
