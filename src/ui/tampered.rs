//! What is done to bytes on their way, over the panes: the faults in force with their hits, and the messages that are
//! held, the oldest with its bytes. What becomes of them are commands, on keys of their own.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::composer::Purpose;
use super::ink::{self, Pen};
use super::meaning::{self, long};
use super::motion::Motion;
use super::overlay::{FAULTS, HELD, Overlay};
use super::pane::Scene;
use super::theme::Role;
use super::{Typing, Ui};
use crate::escape;
use crate::event::Dir;
use crate::framing::Status;
use crate::hexdump::{self, Width};
use crate::session::{Caught, Session};

/// Where the columns of the faults stand.
const WAY: u16 = 5;
const OF: u16 = 11;
const HITS: u16 = 20;
const WORDS: u16 = 29;

/// Where those of held messages stand.
const HELD_WAY: u16 = 3;
const HELD_OF: u16 = 8;
const NUMBER: u16 = 19;
const SIZE: u16 = 30;
const SINCE: u16 = 41;
const SAYS: u16 = 51;

/// The first bytes of a held message, which its row shows.
const BEGINNING_BYTES: u64 = 256;

/// The most bytes of a held message that are shown and given to be edited.
const SHOWN_MAX_BYTES: u64 = 64 << 10;

/// The rows of a held message's bytes.
const ROWS: usize = 512;

/// The faults.
pub(super) struct Faults;

impl Overlay for Faults {
    fn name(&self) -> &'static str {
        FAULTS
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let rules = scene.session.tamperings();
        let note = if rules.is_empty() {
            "tamper.note-none"
        } else {
            "tamper.note"
        };
        title(scene, (area, buf), "tamper.title", note);
        if rules.is_empty() {
            say(scene, area, buf, "tamper.none-yet");
            return None;
        }
        let look = scene.look();
        Pen::new(buf, area, 1, look)
            .skip(1)
            .put("#", Role::Muted)
            .to(WAY)
            .put(scene.say("tamper.way"), Role::Muted)
            .to(OF)
            .put(scene.say("tamper.of"), Role::Muted)
            .to(HITS)
            .put(scene.say("tamper.hits"), Role::Muted)
            .to(WORDS)
            .put(scene.say("tamper.words"), Role::Muted);
        let page = usize::from(area.height.saturating_sub(2)).max(1);
        let row = scene.ui.fault_row.min(rules.len().saturating_sub(1));
        let first = row.saturating_sub(page - 1);
        for (line, (at, rule)) in (2..area.height).zip(rules.iter().enumerate().skip(first)) {
            let role = if at == row {
                Role::Selected
            } else {
                Role::Text
            };
            let way = meaning::way(rule.dir, scene.session.is_of_taps(rule.conn));
            let name = ink::clip(scene.session.name(rule.conn), usize::from(HITS - OF - 1));
            let mut pen = Pen::new(buf, area, line, look);
            pen.skip(1)
                .put(rule.number.to_string(), Role::Muted)
                .to(WAY)
                .put(way, Role::Text)
                .to(OF)
                .put(name, Role::Text)
                .to(HITS)
                .put(format!("{:>6}", rule.hits), Role::Text)
                .to(WORDS);
            let room = usize::from(pen.room());
            pen.put(ink::clip(&escape::clean(&rule.words), room), role);
        }
        None
    }

    fn go(&self, ui: &mut Ui, motion: Motion, session: &Session) {
        let rows = session.tamperings().len() as u64;
        let row = motion.step(ui.fault_row as u64, rows, ui.size.1 / 2);
        ui.fault_row = usize::try_from(row).unwrap_or(0);
    }

    fn accept(&self, ui: &mut Ui, session: &Session) -> Vec<String> {
        let rules = session.tamperings();
        let row = ui.fault_row.min(rules.len().saturating_sub(1));
        let rule = rules.get(row);
        rule.map(|rule| format!("fault off {}", rule.number))
            .into_iter()
            .collect()
    }
}

/// The messages that are held.
pub(super) struct Held;

impl Overlay for Held {
    fn name(&self) -> &'static str {
        HELD
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let held = scene.session.caught();
        title(scene, (area, buf), "tamper.held-title", "tamper.held-note");
        let Some(oldest) = held.first() else {
            match unfinished(scene) {
                Some(text) => say_text(scene, area, buf, &text),
                None => say(scene, area, buf, "tamper.nothing-held"),
            }
            return None;
        };
        render_heads(scene, area, buf);
        let most = usize::from(area.height / 3).max(1);
        let mut row = 2;
        for (at, held) in held.iter().take(most).enumerate() {
            render_held(scene, held, at == 0, (area, row), buf);
            row += 1;
        }
        if held.len() > most {
            let more = scene.fill("tamper.more", &[&(held.len() - most)]);
            Pen::new(buf, area, row, scene.look())
                .skip(3)
                .put(more, Role::Muted);
            row += 1;
        }
        row += 1;
        let width = Width::fitting(usize::from(area.width).saturating_sub(2), oldest.range.end);
        let bytes = bytes(oldest, scene.session);
        let start = oldest.range.start;
        let lines = hexdump::lines(start, &bytes, width).take(ROWS);
        for (row, line) in (row..area.height).zip(lines) {
            Pen::new(buf, area, row, scene.look())
                .skip(1)
                .put(line, Role::Text);
        }
        None
    }
}

fn render_held(
    scene: Scene<'_>,
    held: &Caught,
    is_first: bool,
    (area, row): (Rect, u16),
    buf: &mut Buffer,
) {
    let size = ink::size(held.range.end - held.range.start);
    let since = long(scene.now.saturating_sub(held.since));
    let (session, id) = (scene.session, held.conn);
    let way = if session.is_to_server(id, Dir::In) {
        "c2s"
    } else {
        "s2c"
    };
    let name = ink::clip(session.conversation(id), usize::from(NUMBER - HELD_OF - 1));
    let role = if is_first { Role::Strong } else { Role::Text };
    let entry = scene
        .session
        .entries_in(held.conn, Dir::In, &held.range, 1)
        .pop();
    let mut pen = Pen::new(buf, area, row, scene.look());
    pen.skip(1)
        .put(if is_first { "▸ " } else { "  " }, role)
        .to(HELD_WAY)
        .put(way, role)
        .to(HELD_OF)
        .put(name, role)
        .to(NUMBER)
        .put(format!("{:>8}", held.message), role)
        .to(SIZE)
        .put(size, Role::Text)
        .to(SINCE)
        .put(since, Role::Muted)
        .to(SAYS);
    let room = usize::from(pen.room());
    let told = entry.map(|entry| escape::clean(&entry.message.told()).into_owned());
    let text = told.filter(|told| !told.is_empty()).unwrap_or_else(|| {
        // A framing that has no word for it leaves its first bytes.
        let end = held.range.end.min(held.range.start + BEGINNING_BYTES);
        let bytes = session.bytes(id, Dir::In, held.range.start..end).0;
        escape::escape_prefix(&bytes, room).0
    });
    pen.put(ink::clip(&text, room), Role::Muted);
}

fn render_heads(scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
    Pen::new(buf, area, 1, scene.look())
        .to(HELD_WAY)
        .put(scene.say("tamper.way"), Role::Muted)
        .to(HELD_OF)
        .put(scene.say("tamper.of"), Role::Muted)
        .to(NUMBER)
        .put(format!("{:>8}", scene.say("tamper.message")), Role::Muted)
        .to(SIZE)
        .put(scene.say("tamper.size"), Role::Muted)
        .to(SINCE)
        .put(scene.say("tamper.since"), Role::Muted)
        .to(SAYS)
        .put(scene.say("tamper.says"), Role::Muted);
}

/// What is told of the conversation in view where only the beginning of a message came, which waits for its rest.
fn unfinished(scene: Scene<'_>) -> Option<String> {
    let session = scene.session;
    let holds = |words: &str| words.split(' ').next() == Some("intercept");
    let mut rules = session.tamperings().iter();
    rules.find(|rule| holds(&rule.words))?;
    let near = session.near_side(scene.stream()?.0);
    let far = session.far_side(near).map(|conn| conn.id);
    [Some(near), far].into_iter().flatten().find_map(|id| {
        let lane = session.lane(id, Dir::In)?;
        let tail = lane.tail()?;
        let came = ink::size(lane.len().saturating_sub(tail.range.start));
        matches!(tail.status, Status::Partial { .. })
            .then(|| scene.fill("tamper.unfinished", &[&session.name(id), &came]))
    })
}

fn title(scene: Scene<'_>, (area, buf): (Rect, &mut Buffer), title: &str, note: &str) {
    let rule = Rect {
        height: area.height.min(1),
        ..area
    };
    let locale = &scene.ui.locale;
    ink::rule(
        buf,
        rule,
        locale.say(title),
        locale.say(note),
        true,
        scene.look(),
    );
}

fn say(scene: Scene<'_>, area: Rect, buf: &mut Buffer, key: &str) {
    say_text(scene, area, buf, scene.ui.locale.say(key));
}

fn say_text(scene: Scene<'_>, area: Rect, buf: &mut Buffer, text: &str) {
    let room = usize::from(area.width).saturating_sub(2);
    for (row, line) in (1..area.height).zip(ink::wrap(text, room, 3)) {
        Pen::new(buf, area, row, scene.look())
            .skip(1)
            .put(line, Role::Muted);
    }
}

/// The bytes of a held message, as many as are shown.
fn bytes(held: &Caught, session: &Session) -> Vec<u8> {
    let end = held.range.end.min(held.range.start + SHOWN_MAX_BYTES);
    session.bytes(held.conn, Dir::In, held.range.start..end).0
}

impl Ui {
    /// Whether there is a screen.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        self.size != (0, 0)
    }

    /// Opens the composer for what goes on in the place of the oldest held message, or for what is sent back for it.
    pub(super) fn compose_held(
        &mut self,
        purpose: Purpose,
        session: &Session,
    ) -> Result<(), String> {
        self.may_compose()?;
        let Some(held) = session.caught().first() else {
            return Err(self.locale.say("tamper.nothing-held").to_owned());
        };
        if held.range.end - held.range.start > SHOWN_MAX_BYTES && purpose == Purpose::Edit {
            return Err(self.locale.say("tamper.too-long").to_owned());
        }
        let start = match purpose {
            Purpose::Edit => bytes(held, session),
            _ => Vec::new(),
        };
        self.keep_composer();
        self.composer.begin(purpose, &start, session, self.focus);
        self.overlay = None;
        self.typing = Typing::Composer;
        Ok(())
    }
}
