//! Round trips between two threads, one byte there and one back, over pipes and sockets that nobody else has. The
//! threads block in the kernel, as two programs would; the loop goes on meanwhile.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use polling::Poller;

use super::errno;
use crate::event::{Course, Errno, Lap};

/// Round trips that are counted, and those before, in which caches and processors wake up.
const TRIPS: u32 = 2000;
const FIRST_TRIPS: u32 = 200;

/// A byte that does not come back in this time is lost.
const LOST: Duration = Duration::from_secs(1);

/// The races of a run, one at a time.
#[derive(Debug)]
pub(super) struct Races {
    poller: Arc<Poller>,
    results: (Sender<Vec<Lap>>, Receiver<Vec<Lap>>),
}

/// One end, on which a byte is sent and one received.
trait End: Send {
    fn send(&mut self, byte: u8) -> io::Result<()>;
    /// False at the end of the stream.
    fn recv(&mut self) -> io::Result<bool>;
}

impl Races {
    pub(super) fn new(poller: &Arc<Poller>) -> Self {
        Self {
            poller: Arc::clone(poller),
            results: channel(),
        }
    }

    /// Starts one; [`Races::result`] has what came of it once the poller was woken.
    pub(super) fn start(&self, courses: &[Course]) {
        let (courses, results) = (courses.to_vec(), self.results.0.clone());
        let poller = Arc::clone(&self.poller);
        let run = move || {
            let laps = courses.into_iter().map(lap).collect();
            // Where nobody listens any more the program is ending.
            let _ = results.send(laps);
            let _ = poller.notify();
        };
        let started = thread::Builder::new().name("race".to_owned()).spawn(run);
        if let Err(error) = started {
            let errno = errno::of_io(error);
            let _ = self.results.0.send(vec![not_run(Course::Pipe, errno)]);
            let _ = self.poller.notify();
        }
    }

    /// What came of the race that is over.
    pub(super) fn result(&self) -> Option<Vec<Lap>> {
        self.results.1.try_recv().ok()
    }
}

fn not_run(course: Course, errno: Errno) -> Lap {
    Lap {
        course,
        trips: 0,
        median: Duration::ZERO,
        slowest: Duration::ZERO,
        errno: Some(errno),
    }
}

fn lap(course: Course) -> Lap {
    let ends = match course {
        Course::Pipe => pipes(),
        Course::Unix => unix(),
        Course::Tcp => tcp(),
        Course::Udp => udp(),
    };
    let result = ends.and_then(|(near, far)| run(near, far));
    let (mut times, error) = match result {
        Ok((times, error)) => (times, error),
        Err(error) => (Vec::new(), Some(error)),
    };
    times.sort_unstable();
    let at = |share: usize| {
        let place = (times.len() * share / 100).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default()
    };
    Lap {
        course,
        trips: u32::try_from(times.len()).unwrap_or(u32::MAX),
        median: at(50),
        slowest: at(99),
        errno: error.map(errno::of_io),
    }
}

type Ends = (Box<dyn End>, Box<dyn End>);

/// The times of the round trips, and why there are no more.
fn run(
    mut near: Box<dyn End>,
    mut far: Box<dyn End>,
) -> io::Result<(Vec<Duration>, Option<io::Error>)> {
    let echo = move || {
        while let Ok(true) = far.recv() {
            if far.send(1).is_err() {
                break;
            }
        }
    };
    let echo = thread::Builder::new()
        .name("race echo".to_owned())
        .spawn(echo)?;
    let mut times = Vec::new();
    let mut error = None;
    for trip in 0..FIRST_TRIPS + TRIPS {
        let began = Instant::now();
        match near.send(1).and_then(|()| near.recv()) {
            Ok(true) if trip >= FIRST_TRIPS => times.push(began.elapsed()),
            Ok(true) => {}
            Ok(false) => {
                error = Some(io::ErrorKind::UnexpectedEof.into());
                break;
            }
            Err(why) => {
                error = Some(why);
                break;
            }
        }
    }
    drop(near);
    // It ends with the stream, or when nothing came for a while.
    let _ = echo.join();
    Ok((times, error))
}

fn pipes() -> io::Result<Ends> {
    let (there_out, there_in) = io::pipe()?;
    let (back_out, back_in) = io::pipe()?;
    Ok((
        Box::new((back_out, there_in)),
        Box::new((there_out, back_in)),
    ))
}

fn unix() -> io::Result<Ends> {
    let (one, other) = UnixStream::pair()?;
    Ok((Box::new(one), Box::new(other)))
}

fn tcp() -> io::Result<Ends> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let near = TcpStream::connect(listener.local_addr()?)?;
    let (far, _) = listener.accept()?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    Ok((Box::new(near), Box::new(far)))
}

fn udp() -> io::Result<Ends> {
    let near = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let far = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    near.connect(far.local_addr()?)?;
    far.connect(near.local_addr()?)?;
    // A datagram has no end that would wake the other side.
    near.set_read_timeout(Some(LOST))?;
    far.set_read_timeout(Some(LOST))?;
    Ok((Box::new(near), Box::new(far)))
}

fn read_one(source: &mut impl Read) -> io::Result<bool> {
    let mut byte = [0];
    Ok(source.read(&mut byte)? > 0)
}

impl End for (PipeReader, PipeWriter) {
    fn send(&mut self, byte: u8) -> io::Result<()> {
        self.1.write_all(&[byte])
    }

    fn recv(&mut self) -> io::Result<bool> {
        read_one(&mut self.0)
    }
}

impl End for UnixStream {
    fn send(&mut self, byte: u8) -> io::Result<()> {
        self.write_all(&[byte])
    }

    fn recv(&mut self) -> io::Result<bool> {
        read_one(self)
    }
}

impl End for TcpStream {
    fn send(&mut self, byte: u8) -> io::Result<()> {
        self.write_all(&[byte])
    }

    fn recv(&mut self) -> io::Result<bool> {
        read_one(self)
    }
}

impl End for UdpSocket {
    fn send(&mut self, byte: u8) -> io::Result<()> {
        Self::send(self, &[byte]).map(drop)
    }

    fn recv(&mut self) -> io::Result<bool> {
        let mut byte = [0];
        Ok(Self::recv(self, &mut byte)? > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_over_each_course() {
        for course in Course::ALL {
            let lap = lap(course);
            assert_eq!((lap.trips, lap.errno), (TRIPS, None), "{course:?}");
            assert!(lap.median > Duration::ZERO, "{lap:?}");
            assert!(lap.median <= lap.slowest, "{lap:?}");
        }
    }

    #[test]
    fn what_does_not_come_back_is_told() {
        let (near, far) = unix().unwrap();
        drop(far);
        let (_, silent) = unix().unwrap();
        let (times, error) = run(near, silent).unwrap();
        assert!(times.is_empty());
        assert!(error.is_some());
    }
}
