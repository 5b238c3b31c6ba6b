//! The programs that relay, a row each: how each is told where to accept and where to go.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::process::Resource;

use super::command_of;
use super::place::Place;

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

/// The same, which keeps a recording in the folder.
pub(crate) const RECORDING: Program = Program {
    name: "sockeye --record",
    command: |job| {
        let path = job.folder.join(RECORDED);
        sockeye(job, &["--record", path.to_str().unwrap()])
    },
    ..SOCKEYE
};

/// The name of that recording.
pub(crate) const RECORDED: &str = "recording.pcapng";

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
        let mut command = command_of("ncat");
        match job.listen {
            Place::Tcp(port) | Place::Udp(port) => {
                command.args(["-l", "-k", "127.0.0.1", &port.to_string()])
            }
            Place::Unix(path) => command.args(["-l", "-k", "-U"]).arg(path),
        };
        let target = match job.target {
            Place::Tcp(port) | Place::Udp(port) => format!("127.0.0.1 {port}"),
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
            Place::Tcp(port) | Place::Udp(port) => format!("127.0.0.1:{port}"),
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
        let mut command = command_of("haproxy");
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
            Place::Tcp(port) | Place::Udp(port) => format!("127.0.0.1:{port}"),
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
        let mut command = command_of("nginx");
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
        Place::Udp(_) => "udp://127.0.0.1:0".to_owned(),
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
        Place::Udp(port) => format!("UDP4-LISTEN:{port},bind=127.0.0.1,fork"),
        Place::Unix(path) => format!("UNIX-LISTEN:{},fork", path.display()),
    };
    let target = match job.target {
        Place::Tcp(port) => format!("TCP:127.0.0.1:{port},nodelay"),
        Place::Udp(port) => format!("UDP4:127.0.0.1:{port}"),
        Place::Unix(path) => format!("UNIX-CONNECT:{}", path.display()),
    };
    let mut command = command_of("socat");
    command.args(words).args([listen, target]);
    command
}
