//! stub
use crate::command::Noun;
use crate::event::{ConnId, Dir, View};
use crate::session::Session;
use std::time::Duration;
/// stub
#[derive(Debug, Default)]
pub struct Ui;
#[expect(missing_docs, clippy::all, clippy::pedantic, reason="stub")]
impl Ui {
    pub fn observe(&mut self, _s: &Session) {}
    pub fn view(&mut self, _v: &View, _s: &Session) -> Result<(), String> { Ok(()) }
    pub fn found(&mut self, _c: ConnId, _d: Dir, _r: std::ops::Range<u64>, _s: &Session) {}
    pub fn notify(&mut self, _t: &str, _n: Duration) {}
    pub fn search_from(&self) -> Option<(ConnId, Dir, u64)> { None }
    pub fn focused(&self) -> Option<ConnId> { None }
    pub fn tabs(&self) -> &[ConnId] { &[] }
    pub fn nouns(_k: Noun) -> Vec<String> { vec![] }
    pub fn looked_at(&self, _s: &Session) -> Vec<ConnId> { vec![] }
}
