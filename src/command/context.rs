//! What a verb reads its words with: sockets, names, addresses, bytes and other tables' words, each with a complaint
//! that says what would have fitted. In a rehearsal, what an earlier command of the line may make is taken as good.

mod names;

use std::collections::HashSet;

pub(super) use names::check_name;

use names::check_reference;

use super::rehearse::{self, Needs};
use super::{Noun, Scope, clipped};
use crate::endpoint::{Endpoint, Host, Place, Target, Transport, nearest};
use crate::event::ConnId;
use crate::expr::{self, Expr};
use crate::words::{Complaint, Word, Words};

/// Stands for a socket that a command of the same line will have made; a rehearsal's wishes are thrown away.
const ASSUMED: ConnId = ConnId(u32::MAX);

/// The surroundings of one command while its words are read.
pub struct Cx<'a> {
    world: World<'a>,
    /// The socket before the verb.
    named: Option<Named>,
    /// Whether the command was about a socket.
    is_used: bool,
    /// Columns of the verb.
    verb: (usize, usize),
}

enum World<'a> {
    /// The session, as it is.
    Real(&'a mut dyn Scope),
    /// A rehearsal.
    Assumed {
        scope: Option<&'a dyn Scope>,
        /// Nothing in the line can have made a name so far.
        is_certain: bool,
        /// Names that the line has given away.
        taken: &'a HashSet<String>,
        needs: &'a mut Needs,
    },
}

struct Named {
    conn: ConnId,
    name: String,
    columns: (usize, usize),
}

impl<'a> Cx<'a> {
    pub(super) fn real(scope: &'a mut dyn Scope) -> Self {
        Self::new(World::Real(scope))
    }

    pub(super) fn assuming(
        scope: Option<&'a dyn Scope>,
        is_certain: bool,
        taken: &'a HashSet<String>,
        needs: &'a mut Needs,
    ) -> Self {
        Self::new(World::Assumed {
            scope,
            is_certain,
            taken,
            needs,
        })
    }

    fn new(world: World<'a>) -> Self {
        Self {
            world,
            named: None,
            is_used: false,
            verb: (0, 0),
        }
    }

    /// Reads the socket before the verb, if one stands there.
    pub(super) fn begin(&mut self, words: &mut Words<'_>) -> Result<(), Complaint> {
        let first = words.peek();
        if let Some((word, name)) =
            first.and_then(|word| Some((word, word.text.strip_prefix('@')?)))
        {
            let _ = words.next_word();
            let conn = self.conn(word, name)?;
            let columns = columns(word);
            let name = name.to_owned();
            self.named = Some(Named {
                conn,
                name,
                columns,
            });
        }
        if let Some(word) = words.peek() {
            self.verb = columns(word);
        }
        Ok(())
    }

    /// A socket before a verb that is about none is a mistake.
    pub(super) fn end(&self, verb: &str) -> Result<(), Complaint> {
        match &self.named {
            Some(named) if !self.is_used => Err(complaint(
                named.columns,
                format!("`{verb}` is about no socket"),
                "leave the name out",
            )),
            _ => Ok(()),
        }
    }

    /// The socket that the command is about: the one before the verb, else the focused one.
    pub(super) fn socket(&mut self) -> Result<ConnId, Complaint> {
        self.is_used = true;
        let focused = self.scope().and_then(Scope::focused);
        let conn = self.named.as_ref().map(|named| named.conn).or(focused);
        conn.or_else(|| self.assumed()).ok_or_else(|| {
            let fits = "connect, listen or pair makes one; @NAME before the verb names one";
            complaint(self.verb, "there is no socket to do this with", fits)
        })
    }

    /// The command is about the held message: what has no name before its verb is about who received that.
    pub(super) fn take_held(&mut self) {
        let held = self.scope().and_then(Scope::held);
        if let Some(conn) = held.filter(|_| self.named.is_none()) {
            let (name, columns) = (self.name_of(conn), self.verb);
            self.named = Some(Named {
                conn,
                name,
                columns,
            });
        }
    }

    /// The socket before the verb, for a command that may be about one.
    pub(super) fn before_verb(&mut self) -> Option<ConnId> {
        self.is_used = true;
        self.named.as_ref().map(|named| named.conn)
    }

    /// The name before the verb, for a command that goes on with it.
    pub(super) fn spoken(&mut self) -> Option<String> {
        self.is_used |= self.is_real();
        self.named.as_ref().map(|named| named.name.clone())
    }

    /// The name of a socket; empty while nobody knows it.
    pub(super) fn name_of(&self, conn: ConnId) -> String {
        let scope = self.scope();
        scope
            .and_then(|scope| scope.name_of(conn))
            .unwrap_or_default()
    }

    /// Whether this is no rehearsal.
    pub(super) fn is_real(&self) -> bool {
        matches!(self.world, World::Real(_))
    }

    /// The socket of a name that stands in `word`.
    pub(super) fn conn(&self, word: Word<'_>, name: &str) -> Result<ConnId, Complaint> {
        check_reference(word, name)?;
        self.known(name).or_else(|| self.assumed()).ok_or_else(|| {
            if self.scope().is_some_and(|scope| scope.is_forgotten(name)) {
                let what = format!("`{}` was closed and is forgotten", clipped(name));
                let fits = "`keep closed N` keeps more closed sockets, `record FILE` keeps all";
                return word.complain(what, fits);
            }
            let names = self.names().unwrap_or_default();
            word.complain(
                format!("there is no socket `{}`", clipped(name)),
                near_or_all(name, &names),
            )
        })
    }

    /// The socket that the command is about, and the address that it is bound to.
    pub(super) fn own_address(&mut self, verb: &str) -> Result<(ConnId, Endpoint), Complaint> {
        let conn = self.socket()?;
        let bound = self.scope().and_then(|scope| scope.bound_address(conn));
        let assumed = || self.assumed().map(|_| nowhere());
        let to = bound.or_else(assumed).ok_or_else(|| {
            let what = format!("`{verb}` goes to a listener, and this socket has no address");
            complaint(self.verb, what, "@L before the verb names one")
        })?;
        Ok((conn, to))
    }

    /// An address, or `@NAME` for the one that a socket is bound to.
    pub(super) fn endpoint(&self, words: &mut Words<'_>) -> Result<Endpoint, Complaint> {
        let word = words.require("an address")?;
        let target = Target::parse(word.text).map_err(|error| Complaint {
            column: word.column + error.column,
            end: columns(word).1.max(word.column + error.column + 1),
            what: error.what,
            fits: error.fits,
        })?;
        let name = match target {
            Target::At(endpoint) => return Ok(endpoint),
            Target::Of(name) => name,
        };
        let conn = self.conn(word, &name)?;
        let bound = self.scope().and_then(|scope| scope.bound_address(conn));
        let assumed = || self.assumed().map(|_| nowhere());
        bound.or_else(assumed).ok_or_else(|| {
            word.complain(
                format!("`{name}` is not bound to an address"),
                "a socket that is: bind, listen or connect binds one",
            )
        })
    }

    /// The bytes of an expression that ends at one of the words in `stop`, for the socket that the command is about.
    pub(super) fn bytes(
        &mut self,
        words: &mut Words<'_>,
        stop: &[&str],
    ) -> Result<Vec<u8>, Complaint> {
        let conn = self.socket()?;
        let (expr, columns) = expression(words, stop)?;
        let bytes = match &mut self.world {
            World::Real(scope) => scope.bytes(conn, &expr),
            World::Assumed { needs, scope, .. } => {
                needs.files.extend(rehearse::files_of(&expr, *scope));
                rehearse::bytes(&expr, needs).map_err(|error| error.to_string())
            }
        };
        bytes.map_err(|what| complaint(columns, what, ""))
    }

    /// An expression up to one of the words in `stop` that is evaluated later, again and again.
    pub(super) fn kept(
        &mut self,
        words: &mut Words<'_>,
        stop: &[&str],
    ) -> Result<(Expr, (usize, usize)), Complaint> {
        let (expr, columns) = expression(words, stop)?;
        if let World::Assumed { needs, scope, .. } = &mut self.world {
            needs.files.extend(rehearse::files_of(&expr, *scope));
            let fits = rehearse::bytes(&expr, needs);
            fits.map_err(|error| complaint(columns, error.to_string(), ""))?;
        }
        Ok((expr, columns))
    }

    /// A word of another room's table, or one of `always`.
    pub(super) fn noun(
        &self,
        words: &mut Words<'_>,
        kind: Noun,
        always: &[&str],
        what: &str,
    ) -> Result<String, Complaint> {
        let mut nouns = self.scope().map_or(Vec::new(), |scope| scope.nouns(kind));
        let is_known = !nouns.is_empty();
        nouns.extend(always.iter().map(|&noun| noun.to_owned()));
        let word = words.require(what).map_err(|complaint| Complaint {
            fits: nouns.join(" "),
            ..complaint
        })?;
        if !is_known {
            return Ok(word.text.to_owned());
        }
        if nouns.iter().any(|noun| noun == word.text) {
            return Ok(word.text.to_owned());
        }
        let refusal = format!("`{}` is not {what}", clipped(word.text));
        Err(word.complain(refusal, near_or_all(word.text, &nouns)))
    }

    /// The names in the order of their tabs, or nothing while the line may still make some.
    pub(super) fn names(&self) -> Option<Vec<String>> {
        self.certain().map(Scope::names)
    }

    /// The marks, or nothing while the line may still make some.
    pub(super) fn marks(&self) -> Option<Vec<String>> {
        self.certain().map(Scope::marks)
    }

    /// The socket of a name, if it is known already.
    pub(super) fn known(&self, name: &str) -> Option<ConnId> {
        self.scope().and_then(|scope| scope.conn(name))
    }

    /// The focused socket, whether or not the command is about it.
    pub(super) fn focused(&self) -> Option<ConnId> {
        self.scope().and_then(Scope::focused)
    }

    /// The socket that stands for one that the line may still make.
    pub(super) fn assumed(&self) -> Option<ConnId> {
        self.certain().is_none().then_some(ASSUMED)
    }

    fn certain(&self) -> Option<&dyn Scope> {
        match &self.world {
            World::Real(scope) => Some(&**scope),
            World::Assumed {
                scope, is_certain, ..
            } => scope.filter(|_| *is_certain),
        }
    }

    pub(super) fn scope(&self) -> Option<&dyn Scope> {
        match &self.world {
            World::Real(scope) => Some(&**scope),
            World::Assumed { scope, .. } => *scope,
        }
    }
}

/// An expression up to one of the words in `stop`, and its columns.
pub(super) fn expression(
    words: &mut Words<'_>,
    stop: &[&str],
) -> Result<(Expr, (usize, usize)), Complaint> {
    let column = words.column();
    let rest = words.rest();
    let (expr, end) = expr::parse_prefix(rest, 0, stop).map_err(|error| {
        let (from, to) = (column + error.column, column + error.end);
        complaint((from, to.max(from + 1)), error.what, error.fits)
    })?;
    let bytes = rest
        .char_indices()
        .nth(end)
        .map_or(rest.len(), |(at, _)| at);
    let read = rest.get(..bytes).unwrap_or_default().trim_end();
    words.advance(bytes);
    Ok((expr, (column, column + read.chars().count())))
}

/// A complaint about these columns.
pub(super) fn complaint(
    (column, end): (usize, usize),
    what: impl Into<String>,
    fits: impl Into<String>,
) -> Complaint {
    Complaint {
        column,
        end,
        what: what.into(),
        fits: fits.into(),
    }
}

/// What would have fitted: the name that was probably meant, else all of them.
pub(super) fn near_or_all<S: AsRef<str>>(word: &str, names: &[S]) -> String {
    let names = || names.iter().map(AsRef::as_ref);
    near(word, names()).unwrap_or_else(|| names().collect::<Vec<_>>().join(" "))
}

/// The name that was probably meant, as a question.
pub(super) fn near<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    nearest(word, names).map(|near| format!("did you mean `{near}`?"))
}

fn columns(word: Word<'_>) -> (usize, usize) {
    (word.column, word.column + word.text.chars().count())
}

/// The address that a rehearsal takes for one that is not known yet.
fn nowhere() -> Endpoint {
    Endpoint {
        transport: Transport::Tcp,
        place: Place::Inet {
            host: Host::Any,
            port: 0,
        },
    }
}
