//! What people read about the program: exit statuses, the manual page, and what shells complete. All of it derives from
//! the tables that the program itself uses, or stands here.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::words::Line;
use crate::expr::kinds;
use crate::framing::{FRAMINGS, JOINS};
use crate::locale::Locale;
use crate::{command, config};

/// The exit statuses that help explains.
const STATUSES: &[u8] = &[0, 1, 2, 3, 74, 124, 129, 130, 141];

const ADDRESSES: &str = "\
tcp://127.0.0.1:7000    tcp://[::1]:7000    tcp://localhost:7000    udp://HOST:PORT
unix:/run/x.sock        unix-dgram:/run/x   unix-seqpacket:/run/x   unix:@abstract

The scheme may be left out: :7000 and 7000 are tcp on 127.0.0.1, *:7000 is every address of this machine.
With port 0 the kernel chooses. @L is the address that the socket L is bound to.";

const EXPRESSIONS: &str = r#""hello\r\n"      text, with \r \n \t \0 \\ \" \xNN \u{...}
00 ff 0d0a       bytes in hex
u16be(5) i32le(-1) f64be(3.14) varint(300) dec5(5) hex4(10)
"x"*1000         repeated
len u16be { "hello" }     with its length before it
frame "hello"    through the framing of the socket
saved(NAME)      what `store` keeps under that name
last()  field(NAME)       the newest message that the socket received, and a field of it
group(1)         in an answer: what a group of the /…/ matched that it answers
rand(100)  rand(100 seed 2)  file(PATH)  count()  now()  crc32{ ... }

Side by side they are joined."#;

const FILTER: &str = r#"name:A  role:client  state:ESTAB  port:7000  addr:127.  frame:line  owner:me
in>1k  out>1M  age>10s    more bytes received or sent, or older, than that; < is the other side
text  "two words"  /re/   in its name, role, state or addresses

Blanks mean and; `not` stands before a word, `or` between words."#;

const FILES: &str = "\
config.toml         in the directory config: what is below, under CONFIGURATION
memory.toml         in state: lines typed, layout, hints used. Several runs share it; a line that begins with a blank
                    is not kept
saved.txt           in data: what `store` keeps, a line NAME = EXPR each, # begins a comment
debug.log           in state: how the loop runs, with -v
spill               bytes that no longer fit into memory, in files without a name

`sockeye paths` prints the directories; the files are readable by their owner alone. --clean reads and leaves none.";

const ENVIRONMENT: &str = "\
NO_COLOR            no colours, if it is set to anything
ACCESSIBLE          sentences instead of a screen, if it is set to anything
COLORFGBG           the terminal's colours: its last number tells light from dark
LC_ALL, LC_MESSAGES, LANG   the language of sentences
XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_DATA_HOME   where Sockeye's own files lie (sockeye paths)
SOCKEYE_SPILL_DIR   where bytes go that no longer fit into memory";

const RULES: &str = "\
A framing is a rule by its name and its words; what stands in [ ] may be left out. TYPE is u8, u16be, u24le and
so on up to u64be, decN or hexN (N digits), or varint. A rule that reads the two directions differently takes
that from the connection; `sockeye decode` is told: http1 request, websocket client, postgres frontend.";

/// What an exit status says, to stand under help.
pub(super) fn exit(locale: &Locale) -> String {
    let heading = locale.say("shell.heading-exit");
    format!("{heading}:\n{}", statuses(locale))
        .trim_end()
        .to_owned()
}

fn statuses(locale: &Locale) -> String {
    let row = |code: &u8| {
        let key = format!("shell.exit-{code}");
        format!("  {code:<5}{}\n", locale.say(&key))
    };
    STATUSES.iter().map(row).collect()
}

/// What a shell runs to complete the words of this program.
pub(super) fn completions(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Line::command(), "sockeye", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The manual page, for man(1).
pub(super) fn page() -> String {
    let (command, english) = (Line::command(), Locale::default());
    let (synopsis, ways) = (synopsis(&command), ways_in(&command));
    let page = Man::new(command).manual("Sockeye Manual");
    let mut bytes = Vec::new();
    // Writing to a Vec cannot fail. The subcommands have no pages of their own, so they stand here below.
    let _ = page.render_title(&mut bytes);
    let _ = page.render_name_section(&mut bytes);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    text += &section("SYNOPSIS", &synopsis);
    bytes.clear();
    let _ = page.render_options_section(&mut bytes);
    text += &String::from_utf8_lossy(&bytes);
    text += &ways;
    let configuration = format!(
        "{} in the directory `config` of sockeye paths, in TOML. Words on the command line count more than the\n\
         environment, which counts more than this file; headless runs do not read it.\n\n{}",
        config::FILE,
        config::reference()
    );
    for (title, words) in [
        ("LANGUAGE", command::reference(&english).as_str()),
        ("ADDRESSES", ADDRESSES),
        ("EXPRESSIONS", EXPRESSIONS),
        ("FRAMINGS", framings().as_str()),
        ("FILTER", FILTER),
        ("FILES", FILES),
        ("CONFIGURATION", configuration.as_str()),
        ("ENVIRONMENT", ENVIRONMENT),
        ("EXIT STATUS", statuses(&english).as_str()),
    ] {
        text += &section(title, words);
    }
    ascii(&text)
}

/// A line for each way in.
fn synopsis(command: &Command) -> String {
    let mut text = "sockeye [OPTIONS]\n".to_owned();
    for way in command.get_subcommands() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", usage(way));
    }
    text
}

/// `sockeye connect [OPTIONS] <ADDR>...`
fn usage(way: &Command) -> String {
    let name = format!("sockeye {}", way.get_name());
    let usage = way.clone().bin_name(name).render_usage().to_string();
    usage.trim_start_matches("Usage: ").to_owned()
}

/// Every subcommand with what may stand behind it, as paragraphs that fit the reader's width.
fn ways_in(command: &Command) -> String {
    let mut text = ".SH \"WAYS IN\"\n".to_owned();
    for way in command.get_subcommands() {
        let about = way.get_about().map(ToString::to_string).unwrap_or_default();
        text += &paragraph(&usage(way), &about);
        text += ".RS\n";
        for word in way.get_arguments() {
            let name = match (word.get_long(), word.get_value_names()) {
                (Some(long), Some(values)) if word.get_action().takes_values() => {
                    format!("--{long} {}", values.join(" "))
                }
                (Some(long), _) => format!("--{long}"),
                (None, values) => values.unwrap_or_default().join(" "),
            };
            let help = word.get_help().map(ToString::to_string).unwrap_or_default();
            text += &paragraph(&name, &help);
        }
        text += ".RE\n";
    }
    text
}

/// A tag in bold and the words that explain it (`groff_man(7)`, `.TP`).
fn paragraph(tag: &str, words: &str) -> String {
    format!(".TP\n\\fB{}\\fR\n{}\n", line(tag), line(words))
}

/// Not every roff(7) reads UTF-8, but all that matter know its scalars by number.
fn ascii(text: &str) -> String {
    let spelled = |c: char| match c {
        c if c.is_ascii() => c.to_string(),
        c => format!("\\[u{:04X}]", u32::from(c)),
    };
    text.chars().map(spelled).collect()
}

/// The grammar of every framing, to stand under help.
pub(super) fn rules(locale: &Locale) -> String {
    let rules = FRAMINGS.iter().map(|framing| framing.usage());
    let rules: Vec<_> = rules.chain(JOINS.iter().map(|join| join.usage)).collect();
    let rules = rules.join(" · ");
    format!("{}\n{rules}", locale.say("shell.rules"))
}

fn framings() -> String {
    let row = |usage: &str, help: &str| format!("{usage}\n    {help}\n");
    let rules = FRAMINGS.iter();
    let rules = rules.map(|framing| (framing.usage(), framing.help()));
    let rows: String = rules
        .chain(JOINS.iter().map(|join| (join.usage, join.help)))
        .map(|(usage, help)| row(usage, help))
        .collect();
    let sums: Vec<_> = kinds().iter().map(|kind| kind.name).collect();
    format!("{RULES}\n\n{rows}\nKIND: {}\n", sums.join(" "))
}

/// A section of lines that stay as they are.
fn section(title: &str, words: &str) -> String {
    let lines: Vec<_> = words.trim_end().lines().map(line).collect();
    format!(".SH \"{title}\"\n.nf\n{}\n.fi\n", lines.join("\n"))
}

/// A line of text. In roff(7) a backslash escapes, a point or a quote at its start is a request, and a bare `-` may
/// become a hyphen that cannot be copied.
fn line(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    let guard = if line.starts_with(['.', '\'']) {
        "\\&"
    } else {
        ""
    };
    format!("{guard}{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_section_stay_as_they_are() {
        assert_eq!(
            section("X", ".a\n'b\n\"c\\n\" -d\n"),
            ".SH \"X\"\n.nf\n\\&.a\n\\&'b\n\"c\\en\" \\-d\n.fi\n"
        );
    }
}
