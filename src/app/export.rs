//! A program on its way into a file, a piece each turn. What it says, the room `export` knows; the file is the
//! system's, handed in as a [`Sink`].

use std::time::Duration;

use super::App;
use super::save::in_words;
use crate::event::{Actor, Sink};
use crate::export::{self, Summary, Writer};
use crate::locale::Locale;

/// A program that is being written.
#[derive(Debug)]
pub(super) struct Exporting {
    by: Actor,
    writer: Writer,
    path: String,
    sink: Box<dyn Sink>,
}

impl App {
    /// The writer of a program of all that was logged so far.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub fn program(&self, format: &str) -> Result<Writer, String> {
        if self.exporting.is_some() {
            return Err("another program is being written: `cancel` ends that".to_owned());
        }
        let format = export::named(format);
        let format = format.ok_or("a program is written in python, c or rust")?;
        Ok(Writer::new(format, &self.session))
    }

    /// Begins to write a program into the file that was made for it.
    pub fn begin_export(&mut self, by: Actor, writer: Writer, path: String, sink: Box<dyn Sink>) {
        self.exporting = Some(Exporting {
            by,
            writer,
            path,
            sink,
        });
    }

    /// Writes the next piece; true while something is left.
    pub(super) fn export_on(&mut self, now: Duration) -> bool {
        let Some(mut exporting) = self.exporting.take() else {
            return false;
        };
        let written = match exporting.writer.next(&self.session) {
            Ok(Some(text)) => exporting.sink.write(text.as_bytes()).map_err(in_words),
            Ok(None) => Ok(()),
            Err(why) => Err(why),
        };
        match (written, exporting.writer.summary()) {
            (Ok(()), None) => {
                self.exporting = Some(exporting);
                return true;
            }
            (Ok(()), Some(summary)) => self.end_export(exporting, Ok(summary), now),
            (Err(why), _) => self.end_export(exporting, Err(why), now),
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
        let percent = self.exporting.as_ref()?.writer.percent();
        Some(locale.fill("select.exporting", &[&percent]))
    }

    /// Whether a line of the script is not done before this is.
    pub(super) fn is_script_exporting(&self) -> bool {
        let by = self.exporting.as_ref().map(|exporting| exporting.by);
        by == Some(Actor::Script)
    }

    fn end_export(&mut self, exporting: Exporting, end: Result<Summary, String>, now: Duration) {
        let Exporting { by, path, sink, .. } = exporting;
        let kept = end.and_then(|summary| sink.keep().map(|()| summary).map_err(in_words));
        match kept {
            Ok(summary) => {
                let limit = summary.limit.as_ref();
                let limit = limit.map_or(String::new(), |limit| format!("; {limit}"));
                let text = format!(
                    "wrote {} steps as a program to {path}{limit}",
                    summary.steps
                );
                self.told(by, text, now);
                if by == Actor::User {
                    let text = self.ui.locale();
                    let text = text.fill("select.exported", &[&summary.steps, &path]);
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
