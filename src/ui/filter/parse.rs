//! The words of a filter: `state:ESTAB in>1k not port:80 or "text" /re/`. Blanks mean and, which binds closer than
//! `or`. It looks at no socket.

use crate::event::{Dir, Owner, Role, State};
use crate::locale::Locale;
use crate::session::compile;
use crate::words::{Complaint, nearest, size, time};

use super::tree::{Bound, Tree};

/// The most words of a filter.
const WORDS_MAX: usize = 64;

/// What may stand before a colon.
const KEYS: &[&str] = &["name", "role", "state", "port", "addr", "frame", "owner"];

/// What may stand behind `role:`, or the beginning of it.
const ROLES: &[Role] = &[Role::Client, Role::Accepted, Role::Listener, Role::Datagram];

/// A word of the filter, and what it was written as.
#[derive(Debug)]
struct Token {
    column: usize,
    end: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// As it stands; it may be a key with its value, or `or`.
    Word(String),
    /// What stood in quotes.
    Text(String),
    /// What stood between slashes.
    Pattern(String),
}

/// Reads a filter.
///
/// # Errors
///
/// Which word is none, in the language that is spoken.
pub(super) fn parse(text: &str, locale: &Locale) -> Result<Tree, Complaint> {
    let reader = Reader { locale };
    let tokens = reader.tokens(text)?;
    let mut choices = Vec::new();
    let mut every = Vec::new();
    let mut denied: Option<(bool, &Token)> = None;
    let mut last_or = None;
    for token in &tokens {
        match &token.kind {
            Kind::Word(word) if word == "not" => {
                denied = Some((!denied.is_some_and(|(odd, _)| odd), token));
            }
            Kind::Word(word) if word == "or" => {
                if let Some((_, not)) = denied {
                    return Err(reader.complain(not, "connections.filter-after", "not", ""));
                }
                if every.is_empty() {
                    return Err(reader.complain(token, "connections.filter-before", "or", ""));
                }
                choices.push(Tree::Every(std::mem::take(&mut every)));
                last_or = Some(token);
            }
            _ => {
                let test = reader.test(token)?;
                let is_denied = denied.take().is_some_and(|(odd, _)| odd);
                every.push(if is_denied {
                    Tree::Not(Box::new(test))
                } else {
                    test
                });
            }
        }
    }
    if let Some((_, not)) = denied {
        return Err(reader.complain(not, "connections.filter-after", "not", ""));
    }
    if let Some(or) = last_or.filter(|_| every.is_empty()) {
        return Err(reader.complain(or, "connections.filter-after", "or", ""));
    }
    if choices.is_empty() {
        return Ok(Tree::Every(every));
    }
    choices.push(Tree::Every(every));
    Ok(Tree::Any(choices))
}

struct Reader<'a> {
    locale: &'a Locale,
}

impl Reader<'_> {
    fn tokens(&self, text: &str) -> Result<Vec<Token>, Complaint> {
        let chars: Vec<char> = text.chars().collect();
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(c) = chars.get(at) {
            if c.is_whitespace() {
                at += 1;
                continue;
            }
            let token = self.token(&chars, at)?;
            at = token.end;
            tokens.push(token);
            if let Some(surplus) = tokens.get(WORDS_MAX) {
                let most = WORDS_MAX.to_string();
                return Err(self.complain(surplus, "connections.filter-many", &most, ""));
            }
        }
        Ok(tokens)
    }

    /// The word that begins at `at`.
    fn token(&self, chars: &[char], at: usize) -> Result<Token, Complaint> {
        let is_end = |at: usize| chars.get(at).is_none_or(|c| c.is_whitespace());
        let open = chars.get(at).copied().filter(|c| matches!(c, '/' | '"'));
        if let Some(mark) = open {
            let closed = closing(chars, at + 1, mark);
            match closed {
                // Something behind the second slash: a path, and no expression.
                Some((inner, end)) if is_end(end) => {
                    let kind = if mark == '/' {
                        Kind::Pattern(inner)
                    } else {
                        Kind::Text(inner)
                    };
                    return Ok(Token {
                        column: at,
                        end,
                        kind,
                    });
                }
                Some(_) => {}
                None => {
                    let rest = Token {
                        column: at,
                        end: chars.len(),
                        kind: Kind::Word(String::new()),
                    };
                    let mark = mark.to_string();
                    return Err(self.complain(&rest, "connections.filter-open", &mark, ""));
                }
            }
        }
        let (mut end, mut quoted) = (at, false);
        while let Some(c) = chars.get(end).filter(|c| quoted || !c.is_whitespace()) {
            quoted ^= *c == '"';
            end += 1;
        }
        let word = chars.get(at..end).unwrap_or_default().iter().collect();
        Ok(Token {
            column: at,
            end,
            kind: Kind::Word(word),
        })
    }

    fn test(&self, token: &Token) -> Result<Tree, Complaint> {
        let word = match &token.kind {
            Kind::Text(text) => return Ok(Tree::text(text)),
            Kind::Pattern(source) => {
                // Case does not count; for letters beyond ASCII it does, since their tables are not linked in.
                return compile(&format!("(?i-u){source}"))
                    .or_else(|| compile(source))
                    .map(Tree::Match)
                    .ok_or_else(|| self.complain(token, "connections.filter-regex", source, ""));
            }
            Kind::Word(word) => word,
        };
        if let Some((key, value)) = word.split_once(['>', '<'])
            && matches!(key, "in" | "out" | "age")
        {
            let bound = if word.contains('>') {
                Bound::Over
            } else {
                Bound::Under
            };
            return self.bound(token, key, bound, value);
        }
        match word.split_once(':') {
            Some((key, value)) if KEYS.contains(&key) => {
                let value = value.replace('"', "");
                if value.is_empty() {
                    let key = format!("{key}:");
                    return Err(self.complain(token, "connections.filter-after", &key, ""));
                }
                self.key(token, key, value)
            }
            Some((key, _)) if nearest(key, KEYS.iter().copied()).is_some() => {
                let known = nearest(key, KEYS.iter().copied()).unwrap_or_default();
                let (key, known) = (format!("{key}:"), format!("{known}:"));
                Err(self.complain(token, "connections.filter-unknown", &key, &known))
            }
            _ => Ok(Tree::text(&word.replace('"', ""))),
        }
    }

    /// `in>1k`, `age<3s`.
    fn bound(
        &self,
        token: &Token,
        key: &str,
        bound: Bound,
        value: &str,
    ) -> Result<Tree, Complaint> {
        let wrong = |fits| self.complain(token, "connections.filter-number", value, fits);
        match key {
            "age" => time(value)
                .map(|time| Tree::Age(bound, time))
                .ok_or_else(|| wrong("200ms, 3s, 2m")),
            _ => {
                let dir = if key == "in" { Dir::In } else { Dir::Out };
                size(value)
                    .map(|bytes| Tree::Moved(dir, bound, bytes))
                    .ok_or_else(|| wrong("4096, 64k, 8M, 1G"))
            }
        }
    }

    /// `key:value`.
    fn key(&self, token: &Token, key: &str, value: String) -> Result<Tree, Complaint> {
        let small = value.to_ascii_lowercase();
        let unknown = |words: Vec<&str>| {
            self.complain(
                token,
                "connections.filter-unknown",
                &value,
                &words.join(" "),
            )
        };
        match key {
            "name" => Ok(Tree::Name(value)),
            "addr" => Ok(Tree::Address(small)),
            "frame" => Ok(Tree::Frame(value)),
            "port" => value
                .parse()
                .map(Tree::Port)
                .map_err(|_| self.complain(token, "connections.filter-number", &value, "0–65535")),
            "owner" => match small.as_str() {
                "me" => Ok(Tree::Owner(Some(Owner::Me))),
                "lab" => Ok(Tree::Owner(Some(Owner::Lab))),
                "ext" => Ok(Tree::Owner(Some(Owner::Ext))),
                _ => Err(unknown(vec!["me", "lab", "ext"])),
            },
            "role" => {
                let roles = ROLES.iter().copied();
                let roles: Vec<Role> = roles
                    .filter(|role| role.word().starts_with(&small))
                    .collect();
                if roles.is_empty() {
                    return Err(unknown(ROLES.iter().map(|role| role.word()).collect()));
                }
                Ok(Tree::Role(roles))
            }
            _ => {
                let begins = |name: &&str| name.to_ascii_lowercase().starts_with(&small);
                let names = State::names().filter(begins);
                let states = names.filter_map(State::named).chain(State::named(&value));
                let states: Vec<State> = states.collect();
                if states.is_empty() {
                    return Err(unknown(State::names().collect()));
                }
                Ok(Tree::State(states))
            }
        }
    }

    fn complain(&self, token: &Token, key: &str, value: &str, fits: &str) -> Complaint {
        Complaint {
            column: token.column,
            end: token.end,
            what: self.locale.fill(key, &[&value]),
            fits: fits.to_owned(),
        }
    }
}

/// What stands up to the next `mark` that no backslash precedes, and where that ends. A backslash goes only where it
/// guards the mark.
fn closing(chars: &[char], from: usize, mark: char) -> Option<(String, usize)> {
    let mut inner = String::new();
    let mut at = from;
    loop {
        match (chars.get(at)?, chars.get(at + 1)) {
            ('\\', Some(next)) if *next == mark => inner.push(mark),
            ('\\', Some(next)) => inner.extend(['\\', *next]),
            (c, _) if *c == mark => return Some((inner, at + 1)),
            (c, _) => {
                inner.push(*c);
                at += 1;
                continue;
            }
        }
        at += 2;
    }
}
