//! Relays for tests and benches: programs that accept at one place and connect each client to another. Each is a row
//! of words; it is started on a place of its own and ends with the value. It judges none of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Signal, kill_process};
use socket2::{Domain, SockAddr, Socket, Type};

/// How long a wait lasts before it fails. Generous, for machines that do much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Where a stream socket of this machine is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Tcp(u16),
    Unix(PathBuf),
}

impl Place {
    /// A place where nothing listens: a port that was free a moment ago, a path in the folder.
    pub(crate) fn free(is_unix: bool, folder: &Path, name: &str) -> Self {
        if is_unix {
            return Self::Unix(folder.join(name));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        Self::Tcp(listener.local_addr().unwrap().port())
    }

    /// A listener in this process, at a port that the kernel chose or at the path, and where it is.
    pub(crate) fn listen(is_unix: bool, folder: &Path, name: &str) -> (Socket, Self) {
        let place = if is_unix {
            Self::Unix(folder.join(name))
        } else {
            Self::Tcp(0)
        };
        let socket = place.socket();
        socket.bind(&place.address()).unwrap();
        socket.listen(1024).unwrap();
        let local = socket.local_addr().unwrap().as_socket();
        let place = local.map_or(place, |local| Self::Tcp(local.port()));
        (socket, place)
    }

    /// A stream socket of its kind, neither bound nor connected.
    pub(crate) fn socket(&self) -> Socket {
        let domain = match self {
            Self::Tcp(_) => Domain::IPV4,
            Self::Unix(_) => Domain::UNIX,
        };
        Socket::new(domain, Type::STREAM, None).unwrap()
    }

    pub(crate) fn address(&self) -> SockAddr {
        match self {
            Self::Tcp(port) => SocketAddr::from((Ipv4Addr::LOCALHOST, *port)).into(),
            Self::Unix(path) => SockAddr::unix(path).unwrap(),
        }
    }

    /// As Sockeye writes it, and most others.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Tcp(port) => format!("127.0.0.1:{port}"),
            Self::Unix(path) => format!("unix:{}", path.display()),
        }
    }

    fn read(text: &str) -> Self {
        match text.strip_prefix("unix:") {
            Some(path) => Self::Unix(PathBuf::from(path)),
            None => Self::Tcp(text.rsplit(':').next().unwrap().parse().unwrap()),
        }
    }

    /// Whether somebody listens there, from the kernel's own tables, so that no connection is used up.
    fn is_open(&self) -> bool {
        match self {
            Self::Tcp(port) => {
                let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
                let at = format!(":{port:04X}");
                table.lines().any(|line| {
                    let mut words = line.split_whitespace().skip(1);
                    words.next().is_some_and(|local| local.ends_with(&at))
                        && words.nth(1) == Some("0A")
                })
            }
            Self::Unix(path) => {
                let table = fs::read_to_string("/proc/net/unix").unwrap_or_default();
                let path = path.display().to_string();
                // Flags 00010000 are __SO_ACCEPTCON (proc(5), unix).
                table
                    .lines()
                    .any(|line| line.contains(" 00010000 ") && line.ends_with(&path))
            }
        }
    }
}

/// What a relay is asked to do.
pub(crate) struct Job<'a> {
    pub(crate) listen: &'a Place,
    pub(crate) target: &'a Place,
    /// For files of its own.
    pub(crate) folder: &'a Path,
}

/// A program that relays.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// The program that must be installed.
    pub(crate) needs: &'static str,
    pub(crate) command: fn(&Job<'_>) -> Command,
    /// It prints `ready ADDR` and may choose its port.
    pub(crate) announces: bool,
}

pub(crate) const SOCKEYE: Program = Program {
    name: "sockeye",
    needs: env!("CARGO_BIN_EXE_sockeye"),
    command: |job| sockeye(job, &[]),
    announces: true,
};

/// Half-closed connections are closed by a timer that is short enough for a test (`-t` is 0.5 s unless told).
pub(crate) const SOCAT: Program = Program {
    name: "socat",
    needs: "socat",
    command: |job| socat(job, &["-t0.1"]),
    announces: false,
};

pub(crate) const NCAT: Program = Program {
    name: "ncat",
    needs: "ncat",
    command: |job| {
        let mut command = Command::new("ncat");
        match job.listen {
            Place::Tcp(port) => command.args(["-l", "-k", "127.0.0.1", &port.to_string()]),
            Place::Unix(path) => command.args(["-l", "-k", "-U"]).arg(path),
        };
        let target = match job.target {
            Place::Tcp(port) => format!("127.0.0.1 {port}"),
            Place::Unix(path) => format!("-U {}", path.display()),
        };
        command.args(["--sh-exec", &format!("exec ncat {target}")]);
        command
    },
    announces: false,
};

pub(crate) const HAPROXY: Program = Program {
    name: "haproxy",
    needs: "haproxy",
    command: |job| {
        let place = |place: &Place| match place {
            Place::Tcp(port) => format!("127.0.0.1:{port}"),
            Place::Unix(path) => format!("unix@{}", path.display()),
        };
        // It wants two descriptors a connection and does not start with fewer.
        let limit = rustix::process::getrlimit(Resource::Nofile).maximum;
        let text = format!(
            "global\n  maxconn {}\n  nbthread 1\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  \
             timeout server 1h\nlisten relay\n  bind {}\n  server target {}\n",
            (limit.unwrap_or(20_000) - 100) / 2,
            place(job.listen),
            place(job.target)
        );
        let path = job.folder.join("haproxy.cfg");
        fs::write(&path, text).unwrap();
        let mut command = Command::new("haproxy");
        command.arg("-db").arg("-f").arg(path);
        command
    },
    announces: false,
};

pub(crate) const NGINX: Program = Program {
    name: "nginx stream",
    needs: "nginx",
    command: |job| {
        let place = |place: &Place| match place {
            Place::Tcp(port) => format!("127.0.0.1:{port}"),
            Place::Unix(path) => format!("unix:{}", path.display()),
        };
        let folder = job.folder.display();
        let text = format!(
            "load_module /usr/lib/nginx/modules/ngx_stream_module.so;\ndaemon off; master_process off;\n\
             worker_processes 1;\n\
             worker_rlimit_nofile 40000;\npid {folder}/nginx.pid; error_log {folder}/nginx.log;\n\
             events {{ worker_connections 30000; }}\n\
             stream {{ server {{ listen {}; proxy_pass {}; proxy_timeout 1h; tcp_nodelay on; }} }}\n",
            place(job.listen),
            place(job.target)
        );
        let path = job.folder.join("nginx.conf");
        fs::write(&path, text).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-c").arg(path).arg("-p").arg(job.folder);
        command
    },
    announces: false,
};

/// The relay to be judged: the program, or the command line in `RELAY`, whose `LISTEN` and `TARGET` are replaced by the
/// addresses as Sockeye writes them (`127.0.0.1:7`, `unix:/path`).
pub(crate) fn judged() -> Program {
    let command = |job: &Job<'_>| {
        let line = std::env::var("RELAY").unwrap();
        let line = line.replace("LISTEN", &job.listen.plain());
        let mut command = Command::new("sh");
        command.args([
            "-c",
            &format!("exec {}", line.replace("TARGET", &job.target.plain())),
        ]);
        command
    };
    match std::env::var_os("RELAY") {
        Some(_) => Program {
            name: "RELAY",
            needs: "sh",
            command,
            announces: false,
        },
        None => SOCKEYE,
    }
}

/// A tap without a terminal, with more words.
pub(crate) fn sockeye(job: &Job<'_>, words: &[&str]) -> Command {
    let listen = match job.listen {
        Place::Tcp(_) => "127.0.0.1:0".to_owned(),
        Place::Unix(_) => job.listen.plain(),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockeye"));
    command.args(["tap", &listen, &job.target.plain(), "--headless", "--clean"]);
    command.args(words).env("XDG_STATE_HOME", job.folder);
    command
}

pub(crate) fn socat(job: &Job<'_>, words: &[&str]) -> Command {
    let listen = match job.listen {
        Place::Tcp(port) => {
            format!("TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,backlog=1024,nodelay")
        }
        Place::Unix(path) => format!("UNIX-LISTEN:{},fork", path.display()),
    };
    let target = match job.target {
        Place::Tcp(port) => format!("TCP:127.0.0.1:{port},nodelay"),
        Place::Unix(path) => format!("UNIX-CONNECT:{}", path.display()),
    };
    let mut command = Command::new("socat");
    command.args(words).args([listen, target]);
    command
}

/// A relay that runs.
pub(crate) struct Relay {
    child: Child,
    /// Where clients go.
    pub(crate) place: Place,
}

impl Relay {
    /// Starts the program between a free place of that kind and the target, once it accepts.
    pub(crate) fn start(program: &Program, is_unix: bool, target: &Place, folder: &Path) -> Self {
        let plain = |command: Command| command;
        Self::start_as(program, is_unix, target, folder, plain)
            .unwrap_or_else(|why| panic!("{why}"))
    }

    /// The same with the command changed beforehand; if it does not start, what it said.
    pub(crate) fn start_as(
        program: &Program,
        is_unix: bool,
        target: &Place,
        folder: &Path,
        change: impl FnOnce(Command) -> Command,
    ) -> Result<Self, String> {
        let listen = Place::free(is_unix, folder, "relay");
        let job = Job {
            listen: &listen,
            target,
            folder,
        };
        let log = folder.join("relay.log");
        let mut command = change((program.command)(&job));
        command
            .stdin(Stdio::null())
            .stderr(File::create(&log).unwrap());
        command.stdout(if program.announces {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut relay = Self {
            child: command
                .spawn()
                .map_err(|error| format!("{}: {error}", program.name))?,
            place: listen,
        };
        if let Some(stdout) = relay.child.stdout.take() {
            let (mut line, mut stdout) = (String::new(), BufReader::new(stdout));
            stdout.read_line(&mut line).unwrap();
            // What else it says is taken, or it would wait for a reader, or end without one.
            thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
            let Some(place) = line.trim().strip_prefix("ready ") else {
                let said = fs::read_to_string(&log).unwrap_or_default();
                return Err(format!("{} is not ready: {line}{said}", program.name));
            };
            relay.place = Place::read(place);
        }
        let deadline = Instant::now() + PATIENCE;
        while !relay.place.is_open() {
            if Instant::now() > deadline || relay.child.try_wait().unwrap().is_some() {
                let said = fs::read_to_string(&log).unwrap_or_default();
                return Err(format!("{} does not listen: {said}", program.name));
            }
            thread::yield_now();
        }
        Ok(relay)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A client of it.
    pub(crate) fn connect(&self) -> Socket {
        let socket = self.place.socket();
        socket.connect(&self.place.address()).unwrap();
        socket
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid()))
            .unwrap()
            .count()
    }

    /// Ends it as a person would, by SIGINT.
    pub(crate) fn interrupt(mut self) -> ExitStatus {
        let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        let mut status = None;
        patiently(
            || "the end of the relay".to_owned(),
            || {
                status = self.child.try_wait().unwrap();
                status.is_some()
            },
        );
        status.unwrap()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so, or fails.
pub(crate) fn patiently(what: impl Fn() -> String, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain for {}", what());
        thread::yield_now();
    }
}

/// How many things had nobody to do them.
static SKIPPED: AtomicUsize = AtomicUsize::new(0);

/// Whether Sockeye has its tap already; says so when it has not.
pub(crate) fn can_tap(program: &Program) -> bool {
    let help = Command::new(program.needs).args(["tap", "--help"]).output();
    let is_there = !program.announces || help.is_ok_and(|help| help.status.success());
    if !is_there {
        skip("sockeye has no `tap` yet");
    }
    is_there
}

fn skip(why: &str) {
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    // Past the test harness, which shows nothing of a test that passes.
    let _ = writeln!(io::stderr(), "SKIPPED {count}: {why}");
}

/// Whether a program is there; says so when it is not.
pub(crate) fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let is_there = folders.any(|folder| folder.join(program).is_file());
    if !is_there {
        skip(&format!("{program} is not installed"));
    }
    is_there
}

/// An empty folder that belongs to one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("sockeye-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
