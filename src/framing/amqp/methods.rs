//! The methods of AMQP 0-9-1 with their arguments, and the properties of a content (`amqp0-9-1.xml`), with those that
//! `RabbitMQ` added.

/// How an argument is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bits that follow each other share bytes.
    Bit,
    Number(usize),
    /// A status, with its words.
    Code,
    /// Text behind one byte of length, and behind four.
    Short,
    Long,
    Table,
    Time,
    /// A number of two bytes that nobody reads any more.
    Reserved,
    /// The same as text.
    Ticket,
}

use Kind::{Bit, Code, Long, Number, Reserved, Short, Table, Ticket, Time};

type Arguments = &'static [(&'static str, Kind)];

/// Class and method, their names, and the arguments.
pub(super) const METHODS: &[(u64, u64, &str, Arguments)] = &[
    (
        10,
        10,
        "connection.start",
        &[
            ("version-major", Number(1)),
            ("version-minor", Number(1)),
            ("server-properties", Table),
            ("mechanisms", Long),
            ("locales", Long),
        ],
    ),
    (
        10,
        11,
        "connection.start-ok",
        &[
            ("client-properties", Table),
            ("mechanism", Short),
            ("response", Long),
            ("locale", Short),
        ],
    ),
    (10, 20, "connection.secure", &[("challenge", Long)]),
    (10, 21, "connection.secure-ok", &[("response", Long)]),
    (10, 30, "connection.tune", TUNE),
    (10, 31, "connection.tune-ok", TUNE),
    (
        10,
        40,
        "connection.open",
        &[
            ("virtual-host", Short),
            ("reserved-1", Ticket),
            ("reserved-2", Bit),
        ],
    ),
    (10, 41, "connection.open-ok", &[("reserved-1", Ticket)]),
    (10, 50, "connection.close", CLOSE),
    (10, 51, "connection.close-ok", &[]),
    (10, 60, "connection.blocked", &[("reason", Short)]),
    (10, 61, "connection.unblocked", &[]),
    (
        10,
        70,
        "connection.update-secret",
        &[("secret", Long), ("reason", Short)],
    ),
    (10, 71, "connection.update-secret-ok", &[]),
    (20, 10, "channel.open", &[("reserved-1", Ticket)]),
    (20, 11, "channel.open-ok", &[("reserved-1", Long)]),
    (20, 20, "channel.flow", &[("active", Bit)]),
    (20, 21, "channel.flow-ok", &[("active", Bit)]),
    (20, 40, "channel.close", CLOSE),
    (20, 41, "channel.close-ok", &[]),
    (
        40,
        10,
        "exchange.declare",
        &[
            ("reserved-1", Reserved),
            ("exchange", Short),
            ("type", Short),
            ("passive", Bit),
            ("durable", Bit),
            ("auto-delete", Bit),
            ("internal", Bit),
            ("no-wait", Bit),
            ("arguments", Table),
        ],
    ),
    (40, 11, "exchange.declare-ok", &[]),
    (
        40,
        20,
        "exchange.delete",
        &[
            ("reserved-1", Reserved),
            ("exchange", Short),
            ("if-unused", Bit),
            ("no-wait", Bit),
        ],
    ),
    (40, 21, "exchange.delete-ok", &[]),
    (40, 30, "exchange.bind", EXCHANGE_BIND),
    (40, 31, "exchange.bind-ok", &[]),
    (40, 40, "exchange.unbind", EXCHANGE_BIND),
    (40, 51, "exchange.unbind-ok", &[]),
    (
        50,
        10,
        "queue.declare",
        &[
            ("reserved-1", Reserved),
            ("queue", Short),
            ("passive", Bit),
            ("durable", Bit),
            ("exclusive", Bit),
            ("auto-delete", Bit),
            ("no-wait", Bit),
            ("arguments", Table),
        ],
    ),
    (
        50,
        11,
        "queue.declare-ok",
        &[
            ("queue", Short),
            ("message-count", Number(4)),
            ("consumer-count", Number(4)),
        ],
    ),
    (
        50,
        20,
        "queue.bind",
        &[
            ("reserved-1", Reserved),
            ("queue", Short),
            ("exchange", Short),
            ("routing-key", Short),
            ("no-wait", Bit),
            ("arguments", Table),
        ],
    ),
    (50, 21, "queue.bind-ok", &[]),
    (
        50,
        30,
        "queue.purge",
        &[("reserved-1", Reserved), ("queue", Short), ("no-wait", Bit)],
    ),
    (50, 31, "queue.purge-ok", COUNT),
    (
        50,
        40,
        "queue.delete",
        &[
            ("reserved-1", Reserved),
            ("queue", Short),
            ("if-unused", Bit),
            ("if-empty", Bit),
            ("no-wait", Bit),
        ],
    ),
    (50, 41, "queue.delete-ok", COUNT),
    (
        50,
        50,
        "queue.unbind",
        &[
            ("reserved-1", Reserved),
            ("queue", Short),
            ("exchange", Short),
            ("routing-key", Short),
            ("arguments", Table),
        ],
    ),
    (50, 51, "queue.unbind-ok", &[]),
    (
        60,
        10,
        "basic.qos",
        &[
            ("prefetch-size", Number(4)),
            ("prefetch-count", Number(2)),
            ("global", Bit),
        ],
    ),
    (60, 11, "basic.qos-ok", &[]),
    (
        60,
        20,
        "basic.consume",
        &[
            ("reserved-1", Reserved),
            ("queue", Short),
            ("consumer-tag", Short),
            ("no-local", Bit),
            ("no-ack", Bit),
            ("exclusive", Bit),
            ("no-wait", Bit),
            ("arguments", Table),
        ],
    ),
    (60, 21, "basic.consume-ok", CONSUMER),
    (
        60,
        30,
        "basic.cancel",
        &[("consumer-tag", Short), ("no-wait", Bit)],
    ),
    (60, 31, "basic.cancel-ok", CONSUMER),
    (
        60,
        40,
        "basic.publish",
        &[
            ("reserved-1", Reserved),
            ("exchange", Short),
            ("routing-key", Short),
            ("mandatory", Bit),
            ("immediate", Bit),
        ],
    ),
    (
        60,
        50,
        "basic.return",
        &[
            ("reply-code", Code),
            ("reply-text", Short),
            ("exchange", Short),
            ("routing-key", Short),
        ],
    ),
    (
        60,
        60,
        "basic.deliver",
        &[
            ("consumer-tag", Short),
            ("delivery-tag", Number(8)),
            ("redelivered", Bit),
            ("exchange", Short),
            ("routing-key", Short),
        ],
    ),
    (
        60,
        70,
        "basic.get",
        &[("reserved-1", Reserved), ("queue", Short), ("no-ack", Bit)],
    ),
    (
        60,
        71,
        "basic.get-ok",
        &[
            ("delivery-tag", Number(8)),
            ("redelivered", Bit),
            ("exchange", Short),
            ("routing-key", Short),
            ("message-count", Number(4)),
        ],
    ),
    (60, 72, "basic.get-empty", &[("reserved-1", Ticket)]),
    (
        60,
        80,
        "basic.ack",
        &[("delivery-tag", Number(8)), ("multiple", Bit)],
    ),
    (
        60,
        90,
        "basic.reject",
        &[("delivery-tag", Number(8)), ("requeue", Bit)],
    ),
    (60, 100, "basic.recover-async", &[("requeue", Bit)]),
    (60, 110, "basic.recover", &[("requeue", Bit)]),
    (60, 111, "basic.recover-ok", &[]),
    (
        60,
        120,
        "basic.nack",
        &[
            ("delivery-tag", Number(8)),
            ("multiple", Bit),
            ("requeue", Bit),
        ],
    ),
    (85, 10, "confirm.select", &[("no-wait", Bit)]),
    (85, 11, "confirm.select-ok", &[]),
    (90, 10, "tx.select", &[]),
    (90, 11, "tx.select-ok", &[]),
    (90, 20, "tx.commit", &[]),
    (90, 21, "tx.commit-ok", &[]),
    (90, 30, "tx.rollback", &[]),
    (90, 31, "tx.rollback-ok", &[]),
];

const TUNE: Arguments = &[
    ("channel-max", Number(2)),
    ("frame-max", Number(4)),
    ("heartbeat", Number(2)),
];

const CLOSE: Arguments = &[
    ("reply-code", Code),
    ("reply-text", Short),
    ("class-id", Number(2)),
    ("method-id", Number(2)),
];

const EXCHANGE_BIND: Arguments = &[
    ("reserved-1", Reserved),
    ("destination", Short),
    ("source", Short),
    ("routing-key", Short),
    ("no-wait", Bit),
    ("arguments", Table),
];

const COUNT: Arguments = &[("message-count", Number(4))];

const CONSUMER: Arguments = &[("consumer-tag", Short)];

/// The properties of class basic, the first for the highest bit of the flags.
pub(super) const PROPERTIES: Arguments = &[
    ("content-type", Short),
    ("content-encoding", Short),
    ("headers", Table),
    ("delivery-mode", Number(1)),
    ("priority", Number(1)),
    ("correlation-id", Short),
    ("reply-to", Short),
    ("expiration", Short),
    ("message-id", Short),
    ("timestamp", Time),
    ("type", Short),
    ("user-id", Short),
    ("app-id", Short),
    ("cluster-id", Short),
];
