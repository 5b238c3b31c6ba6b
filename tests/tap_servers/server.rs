//! The servers of others, each started in a folder of its own at a port that was free a moment ago, and ended with the
//! value; what is asked of their clients.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::relay::{self, Place, command_of};

/// What no client takes, on machines that do much else.
const FOR_EVER: Duration = Duration::from_secs(60);

/// A text that the name server knows, as `dig` prints it.
pub(crate) const LONG: &[u8] = b"\"a text that is longer than what fits into the least of all messages about names \
    which have been of at most five hundred and twelve bytes since 1987 but not longer than one string\"\n";

/// A server that runs.
pub(crate) struct Server {
    child: Option<Child>,
    pub(crate) place: Place,
    pub(crate) folder: PathBuf,
}

impl Server {
    /// Runs what the command says, with a folder and a port, once it listens.
    fn start(name: &str, command: impl FnOnce(&Path, &str) -> Command) -> Self {
        let folder = relay::folder(name);
        let place = Place::Tcp(0).free(&folder, "");
        let mut command = command(&folder, &place.port().to_string());
        let log = fs::File::create(folder.join("server.log")).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let server = Self {
            child: Some(command.spawn().unwrap()),
            place,
            folder,
        };
        server.place.wait_open();
        server
    }

    /// The same server where it can be reached otherwise.
    pub(crate) fn at(&self, place: Place) -> Self {
        Self {
            child: None,
            place,
            folder: self.folder.clone(),
        }
    }

    pub(crate) fn redis() -> Self {
        Self::start("redis", |folder, port| {
            let mut command = command_of("redis-server");
            command.args(["--bind", "127.0.0.1", "--port", port, "--save", ""]);
            command.args(["--appendonly", "no"]).current_dir(folder);
            command
        })
    }

    /// It serves the files of its folder, and takes new ones.
    pub(crate) fn nginx() -> Self {
        Self::start("nginx", |folder, port| {
            let at = folder.display();
            let text = format!(
                "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log;\nevents {{}}\n\
                 http {{ access_log off; client_max_body_size 0; client_body_temp_path {at}/body;\n\
                 server {{ listen 127.0.0.1:{port}; root {at}; dav_methods PUT; }} }}\n"
            );
            let path = folder.join("nginx.conf");
            fs::write(&path, text).unwrap();
            let mut command = command_of("nginx");
            command.arg("-p").arg(folder).arg("-c").arg(path);
            command
        })
    }

    pub(crate) fn mosquitto() -> Self {
        Self::start("mosquitto", |folder, port| {
            let path = folder.join("mosquitto.conf");
            let text =
                format!("listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n");
            fs::write(&path, text).unwrap();
            let mut command = command_of("mosquitto");
            command.arg("-c").arg(path);
            command
        })
    }

    /// A database of its own, of a user who need not say who he is.
    pub(crate) fn postgres(bin: &Path) -> Self {
        Self::start("postgres", |folder, port| {
            // It does not run as root.
            let as_user = |program: &str| {
                let program = bin.join(program);
                if user() != "root" {
                    return Command::new(program);
                }
                let mut command = command_of("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
                command.arg(program);
                command
            };
            fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
            let data = folder.join("data");
            let mut init = as_user("initdb");
            init.args(["-A", "trust", "-U", "me", "--no-sync", "-D"])
                .arg(&data);
            say(&mut init);
            let mut command = as_user("postgres");
            command.arg("-D").arg(data).arg("-k").arg(folder);
            command.args(["-p", port, "-h", "127.0.0.1", "-c", "fsync=off"]);
            command
        })
    }

    /// With keys that nobody else has.
    pub(crate) fn ssh() -> Self {
        Self::start("ssh", |folder, port| {
            for name in ["host", "key"] {
                let mut make = command_of("ssh-keygen");
                say(make
                    .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                    .arg(folder.join(name)));
            }
            fs::copy(folder.join("key.pub"), folder.join("known")).unwrap();
            // Where it drops its privileges, if it has some (sshd(8)).
            let _ = fs::create_dir("/run/sshd");
            let at = folder.display();
            let text = format!(
                "ListenAddress 127.0.0.1:{port}\nHostKey {at}/host\nAuthorizedKeysFile {at}/known\nPidFile none\n\
                 StrictModes no\nUsePAM no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n"
            );
            let path = folder.join("sshd_config");
            fs::write(&path, text).unwrap();
            let mut command = command_of("sshd");
            command.args(["-D", "-e", "-f"]).arg(path);
            command
        })
    }

    pub(crate) fn dns() -> Self {
        Self::start("dns", |_, port| {
            let mut command = command_of("dnsmasq");
            command.args([
                "--no-daemon",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
            ]);
            command.args(["--bind-interfaces", "--listen-address=127.0.0.1", "--user="]);
            command
                .arg(format!("--port={port}"))
                .arg("--address=/here.test/192.0.2.7");
            let text = str::from_utf8(LONG).unwrap().trim().trim_matches('"');
            command.arg(format!("--txt-record=long.test,{text}"));
            command
        })
    }

    /// A file in its folder.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(child) = &mut self.child else {
            return;
        };
        let _ = child.kill();
        let _ = child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A client whose output is read while it runs.
pub(crate) struct Reading {
    child: Child,
    stdout: BufReader<ChildStdout>,
    _running: Sender<()>,
}

impl Reading {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self {
            _running: watched(&child),
            child,
            stdout,
        }
    }

    /// A program that says on its standard error that it is ready; none if it ends without.
    pub(crate) fn start_saying(command: &mut Command, ready: &str) -> Option<Saying> {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(ready) {
            line.clear();
            if stderr.read_line(&mut line).unwrap() == 0 {
                let _ = child.wait();
                return None;
            }
        }
        Some(Saying(child, stderr))
    }

    pub(crate) fn wait_line(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert_ne!(
                self.stdout.read_line(&mut line).unwrap(),
                0,
                "never said {text}"
            );
        }
    }

    pub(crate) fn rest(mut self) -> String {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success(), "{rest}");
        rest
    }
}

/// A program that said that it is ready.
pub(crate) struct Saying(Child, BufReader<ChildStderr>);

impl Saying {
    /// Ends it by SIGINT, once it has said all.
    pub(crate) fn interrupt(mut self) -> String {
        let pid = Pid::from_raw(self.0.id().cast_signed()).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        let mut rest = String::new();
        self.1.read_to_string(&mut rest).unwrap();
        assert!(self.0.wait().unwrap().success(), "{rest}");
        rest
    }
}

/// Ends a client that waits for ever, for as long as what this returns lives.
fn watched(child: &Child) -> Sender<()> {
    let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
    let (running, ended) = channel();
    thread::spawn(move || {
        if ended.recv_timeout(FOR_EVER) == Err(RecvTimeoutError::Timeout) {
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    running
}

/// Runs a client, which must succeed, and tells what it said. One that waits for ever is ended.
pub(crate) fn say(command: &mut Command) -> Vec<u8> {
    command.stderr(Stdio::piped()).stdout(Stdio::piped());
    let child = command.spawn().unwrap();
    let _running = watched(&child);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {} {said}",
        output.status
    );
    output.stdout
}

#[track_caller]
pub(crate) fn assert_says(command: &mut Command, expected: &[u8]) {
    let said = say(command);
    let readable = String::from_utf8_lossy(&said);
    assert!(said == expected, "{command:?} said {readable}");
}

/// Bytes that no compression makes fewer, the same each time.
pub(crate) fn noise(count: usize) -> Vec<u8> {
    let (mut state, mut bytes) = (7_u64, Vec::with_capacity(count + 8));
    while bytes.len() < count {
        // Knuth's MMIX generator; its upper half is random enough.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_be_bytes()[..4]);
    }
    bytes.truncate(count);
    bytes
}

/// The name of whoever runs the tests.
pub(crate) fn user() -> String {
    let name = say(Command::new("id").arg("-un"));
    String::from_utf8_lossy(&name).trim().to_owned()
}

/// The folder `bin` of the newest version of something that Debian installs by version.
pub(crate) fn installed_at(root: &str, program: &str) -> Option<PathBuf> {
    let versions = fs::read_dir(root).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions
        .map(|version| version.path().join(program))
        .collect();
    found.retain(|path| path.is_file());
    found.sort();
    let found = found.pop();
    if found.is_none() {
        relay::skip::skip(program.rsplit('/').next().unwrap());
    }
    found.and_then(|path| Some(path.parent()?.to_owned()))
}
