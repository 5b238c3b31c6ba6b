//! What somebody wishes of framings: another rule, one step of a parameter, a second rule beside the first. The facts
//! that come of it are events; what is only looked at is the screen's.

use super::App;
use crate::event::{Actor, ConnId, Dir, What};

impl App {
    /// Another rule for a direction, or for both.
    pub(super) fn frame(
        &mut self,
        by: Actor,
        (conn, dir): (ConnId, Option<Dir>),
        rule: &str,
        from: Option<u64>,
    ) -> Vec<(ConnId, What)> {
        let dirs = dir.map_or(Dir::BOTH.to_vec(), |dir| vec![dir]);
        if by == Actor::User {
            self.ui.keep_framing(conn, &dirs, &self.session);
        }
        let from = from.unwrap_or(0);
        let framed = |dir| What::Framed {
            dir,
            rule: rule.to_owned(),
            from,
        };
        // What goes for a tap goes for its conversations, and for both sides of each.
        let all = dirs.into_iter().flat_map(|dir| {
            let alike = self.session.alike(conn, dir);
            [(conn, dir)].into_iter().chain(alike)
        });
        all.map(|(conn, dir)| (conn, framed(dir))).collect()
    }

    /// One step of a parameter of the rule in force.
    ///
    /// # Errors
    ///
    /// What there would be to turn.
    pub(super) fn turn(
        &mut self,
        by: Actor,
        (conn, dir): (ConnId, Option<Dir>),
        knob: Option<&str>,
        more: bool,
    ) -> Result<Vec<(ConnId, What)>, String> {
        let locale = self.ui.locale();
        let dir = dir.unwrap_or_else(|| self.ui.dir());
        let Some(lane) = self.session.lane(conn, dir) else {
            return Err(locale.say("select.no-bytes").to_owned());
        };
        let rule = lane.rule().words();
        let knobs = lane.rule().knobs();
        if knobs.is_empty() {
            return Err(locale.say("tuner.no-knobs").to_owned());
        }
        let names: Vec<_> = knobs.iter().map(|knob| knob.name).collect();
        let chosen = knob.map_or_else(
            || self.ui.knob(),
            |name| names.iter().position(|it| *it == name),
        );
        let Some(knob) = chosen.map_or_else(|| knobs.first(), |at| knobs.get(at)) else {
            return Err(locale.fill("tuner.nothing", &[&rule, &names.join(" ")]));
        };
        let Some(words) = knob.turned(more) else {
            return Err(locale.fill("tuner.at-its-end", &[&knob.name, &knob.value]));
        };
        let (words, from) = (words.to_owned(), lane.framed_from());
        Ok(self.frame(by, (conn, Some(dir)), &words, Some(from)))
    }
}
