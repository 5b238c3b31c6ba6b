//! A document on its way into a file, a piece each turn. What it says, the room `export` knows; the file is the
//! system's, handed in as a [`Sink`].

use std::time::Duration;

use super::App;
use super::save::in_words;
use crate::event::{Actor, Export, Sink};
use crate::export::{self, Choice, Document, Writing};
use crate::locale::Locale;
use crate::session::Session;

/// A document that shall be written.
pub struct Draft {
    document: &'static dyn Document,
    writing: Box<dyn Writing>,
}

/// A document that is being written.
#[derive(Debug)]
pub(super) struct Exporting {
    by: Actor,
    draft: Draft,
    path: String,
    sink: Box<dyn Sink>,
    /// The piece that is being written.
    piece: Vec<u8>,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.document.name();
        out.debug_tuple("Draft")
            .field(&name)
            .field(&self.writing)
            .finish()
    }
}

impl Draft {
    /// Appends the next piece; false once all is written.
    ///
    /// # Errors
    ///
    /// Why it cannot be written, in words.
    pub fn next(&mut self, session: &Session, out: &mut Vec<u8>) -> Result<bool, String> {
        self.writing.next(session, out)
    }

    /// How much of it is done, in percent.
    #[must_use]
    pub fn percent(&self) -> u64 {
        self.writing.percent()
    }

    /// What it lacks, in words.
    #[must_use]
    pub fn limit(&self) -> Option<String> {
        self.writing.summary().limit
    }
}

impl App {
    /// What of all that was logged so far shall be written, and as what.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub fn draft(&self, wanted: &Export) -> Result<Draft, String> {
        if self.exporting.is_some() {
            return Err("another document is being written: `cancel` ends that".to_owned());
        }
        let document = export::document(&wanted.format);
        let document = document.ok_or_else(|| {
            let names: Vec<_> = export::DOCUMENTS.iter().map(|it| it.name()).collect();
            format!("it is written as one of {}", names.join(", "))
        })?;
        let choice = Choice {
            conn: wanted.conn,
            dir: wanted.dir,
            side: wanted.side,
            wall: self.wall(),
        };
        let writing = document.begin(choice, &self.session)?;
        Ok(Draft { document, writing })
    }

    /// Begins to write a document into the file that was made for it.
    pub fn begin_export(&mut self, by: Actor, draft: Draft, path: String, sink: Box<dyn Sink>) {
        self.exporting = Some(Exporting {
            by,
            draft,
            path,
            sink,
            piece: Vec::new(),
        });
    }

    /// Writes the next piece; true while something is left.
    pub(super) fn export_on(&mut self, now: Duration) -> bool {
        let Some(mut exporting) = self.exporting.take() else {
            return false;
        };
        exporting.piece.clear();
        let next = exporting
            .draft
            .writing
            .next(&self.session, &mut exporting.piece);
        let written = next.and_then(|is_more| {
            let written = exporting.sink.write(&exporting.piece);
            written.map(|()| is_more).map_err(in_words)
        });
        match written {
            Ok(true) => {
                self.exporting = Some(exporting);
                return true;
            }
            Ok(false) => self.end_export(exporting, Ok(()), now),
            Err(why) => self.end_export(exporting, Err(why), now),
        }
        false
    }

    /// Ends what is being written; whether there was something. Nothing is left of the file.
    pub(super) fn end_exporting(&mut self, now: Duration) -> bool {
        let Some(exporting) = self.exporting.take() else {
            return false;
        };
        let Exporting { by, path, .. } = exporting;
        self.told(
            by,
            format!("writing {path} was cancelled; nothing of it is left"),
            now,
        );
        true
    }

    /// How far it is.
    pub(super) fn export_progress(&self, locale: &Locale) -> Option<String> {
        let percent = self.exporting.as_ref()?.draft.writing.percent();
        Some(locale.fill("select.exporting", &[&percent]))
    }

    /// Whether a line of the script is not done before this is.
    pub(super) fn is_script_exporting(&self) -> bool {
        let by = self.exporting.as_ref().map(|exporting| exporting.by);
        by == Some(Actor::Script)
    }

    fn end_export(&mut self, exporting: Exporting, end: Result<(), String>, now: Duration) {
        let Exporting {
            by,
            draft,
            path,
            sink,
            ..
        } = exporting;
        let summary = draft.writing.summary();
        match end.and_then(|()| sink.keep().map_err(in_words)) {
            Ok(()) => {
                let limit = summary.limit.as_ref();
                let limit = limit.map_or(String::new(), |limit| format!("; {limit}"));
                let (count, unit) = (summary.count, draft.document.unit());
                self.told(by, format!("wrote {count} {unit} to {path}{limit}"), now);
                if by == Actor::User {
                    let text = self.ui.locale();
                    let text = text.fill(draft.document.sentence(), &[&count, &path]);
                    self.say(&format!("{text}{limit}"), now);
                }
            }
            Err(why) => {
                let text = format!("{path} was not written, and nothing of it is left: {why}");
                self.refused(by, text, now);
            }
        }
    }
}
