//! Which rule a vector's kind and parameters mean, and how many bytes that rule puts around the payload that a limit of
//! the libraries counts.

use serde_json::Value;

/// The rule in words, and the bytes around the payload.
pub(crate) fn rule(vector: &Value) -> (String, u64) {
    let params = &vector["framing"]["params"];
    let kind = vector["framing"]["kind"].as_str().unwrap();
    let number = |name: &str| params[name].as_i64().unwrap_or_default();
    let word = |name: &str| params[name].as_str().unwrap_or_default();
    let is = |name: &str| params[name] == true;
    let plain = |rule: &str, around| (rule.to_owned(), around);
    match kind {
        "fixed" => (format!("fixed {}", number("n")), 0),
        "lines" if is("strip") => plain("line", 1),
        "lines" => plain(r#"delim "\r\n" or "\n" keep"#, 1),
        "delimiter" => delimiter(params),
        "netstring" => {
            let digits = number("max").to_string().len() as u64;
            plain("netstring", digits + 2)
        }
        "length_field" => length_field(params),
        "varint_length" => plain("varint", 0),
        "http1" => (http1(params), 0),
        "http_chunked" => plain("http-chunked", 0),
        "websocket" => {
            let frames = if word("level") == "frame" {
                " frames"
            } else {
                ""
            };
            (format!("websocket {}{frames}", word("from")), 0)
        }
        "resp" if is("inline") => plain("resp inline", 0),
        "sunrpc_record" if is("reassemble") => plain("sunrpc", 0),
        "sunrpc_record" => plain("sunrpc fragments", 0),
        "pgsql" => (format!("postgres {}", word("role")), 0),
        "http2" => plain("http2", 9),
        "tls_record" => plain("tls", 5),
        "ssh_transport" => plain("ssh", 0),
        "hdlc_stuffing" => plain("hdlc", 0),
        "git_pktline" => plain("git", 0),
        "syslog_octet" => plain("syslog", 0),
        "dns_tcp" => plain("dns", 0),
        "ber_tlv" => plain("ber", 0),
        "modbus_tcp" => plain("modbus", 0),
        "amqp091" => plain("amqp", 0),
        "memcached_binary" => plain("memcached", 0),
        "proxy_protocol" => plain("proxy", 0),
        "json_concat" => plain("json", 0),
        "json_seq" => plain("json-seq", 0),
        "cbor_seq" => plain("cbor", 0),
        "smtp_data" => plain("smtp", 0),
        "text_reply" => plain("reply", 0),
        "switch" => (chain(&vector["frames"]), 0),
        "resp" | "slip" | "cobs" | "cobsr" | "mllp" | "sse" | "lsp" | "rtsp" | "sip" | "imap"
        | "nats" | "stomp" | "fix" | "mqtt" | "fastcgi" | "dbus" | "tpkt" | "giop" | "bgp"
        | "diameter" | "msgpack" => plain(kind, 0),
        _ => panic!("no rule for {kind}"),
    }
}

fn delimiter(params: &Value) -> (String, u64) {
    let ends = params["delimiters"].as_array().unwrap().iter();
    let ends: Vec<_> = ends.map(|end| end.as_str().unwrap()).collect();
    let keep = if params["strip"] == true { "" } else { " keep" };
    let around = ends[0].len() as u64 / 2;
    (format!("delim {}{keep}", ends.join(" or ")), around)
}

fn http1(params: &Value) -> String {
    let role = params["role"].as_str().unwrap();
    let methods = params["request_methods"].as_array();
    let methods = methods.map(|methods| {
        let methods: Vec<_> = methods.iter().map(|word| word.as_str().unwrap()).collect();
        format!(" to {}", methods.join(" "))
    });
    format!("http1 {role}{}", methods.unwrap_or_default())
}

fn length_field(params: &Value) -> (String, u64) {
    let number = |name: &str| params[name].as_i64().unwrap_or_default();
    let (offset, width) = (number("offset"), number("width"));
    let order = match (width, params["endian"].as_str()) {
        (1, _) => "",
        (_, Some("little")) => "le",
        _ => "be",
    };
    let mut words = format!(
        "len u{}{order} at {offset} strip {}",
        width * 8,
        number("strip")
    );
    let mut adjust = number("adjust");
    if params["includes_header"] == true {
        // The vectors take the head off by the adjustment.
        words += " incl";
        adjust += offset + width;
    }
    let around = u64::try_from(offset + width).unwrap();
    (format!("{words} adjust {adjust}"), around)
}

/// A rule for each message of a stream that changes hands, joined by `then`.
fn chain(frames: &Value) -> String {
    let rules = frames.as_array().unwrap().iter().map(|frame| {
        let digits = frame["bytes"].as_str().unwrap().len();
        match frame["fields"]["stage"].as_str().unwrap() {
            "nul" => "delim 00".to_owned(),
            "lines" => r#"delim "\r\n""#.to_owned(),
            _ => format!("fixed {}", digits / 2),
        }
    });
    rules.collect::<Vec<_>>().join(" then ")
}
