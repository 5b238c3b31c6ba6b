//! The relays that are measured: one row each. All have the same work; what they keep of it differs, and the name says.

use std::process::Command;

use super::relay::{
    HAPROXY, NCAT, NGINX, Place, Program, RECORDED, RECORDING, SOCKEYE, socat, sockeye,
};

/// A relay that is measured, and how much work it can be given.
pub(crate) struct Contestant {
    pub(crate) program: Program,
    /// The work is divided by this, for the slow.
    pub(crate) slowness: usize,
    /// It makes a process for each connection.
    pub(crate) forks: bool,
}

const fn row(program: Program) -> Contestant {
    Contestant {
        program,
        slowness: 1,
        forks: false,
    }
}

/// In the order of the table.
pub(crate) const CONTESTANTS: [Contestant; 11] = [
    Contestant {
        forks: true,
        ..row(Program {
            name: "socat",
            needs: "socat",
            command: |job| socat(job, &[]),
            announces: false,
        })
    },
    Contestant {
        forks: true,
        ..row(Program {
            name: "socat -r -R",
            needs: "socat",
            command: |job| {
                let [there, back] = ["there", "back"].map(|name| job.folder.join(name));
                let words = ["-r", there.to_str().unwrap(), "-R", back.to_str().unwrap()];
                socat(job, &words)
            },
            announces: false,
        })
    },
    Contestant {
        forks: true,
        slowness: 2,
        ..row(NCAT)
    },
    row(HAPROXY),
    row(NGINX),
    Contestant {
        slowness: 8,
        ..row(Program {
            name: "mitmdump",
            needs: "mitmdump",
            command: |job| mitmdump(job.listen, job.target),
            announces: false,
        })
    },
    Contestant {
        slowness: 8,
        ..row(Program {
            name: "mitmdump -w",
            needs: "mitmdump",
            command: |job| {
                let mut command = mitmdump(job.listen, job.target);
                command.arg("-w").arg(job.folder.join("flows"));
                command
            },
            announces: false,
        })
    },
    row(SOCKEYE),
    row(Program {
        name: "sockeye --keep 256M",
        command: |job| sockeye(job, &["--keep", "256M"]),
        ..SOCKEYE
    }),
    row(RECORDING),
    row(Program {
        name: "sockeye --record --keep 256M",
        command: |job| {
            let path = job.folder.join(RECORDED);
            sockeye(job, &["--keep", "256M", "--record", path.to_str().unwrap()])
        },
        ..SOCKEYE
    }),
];

fn mitmdump(listen: &Place, target: &Place) -> Command {
    let port = |place: &Place| {
        place
            .plain()
            .rsplit(':')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut command = Command::new("mitmdump");
    let mode = format!("reverse:tcp://127.0.0.1:{}@{}", port(target), port(listen));
    command.args(["-q", "--listen-host", "127.0.0.1", "--mode", &mode]);
    command
}
