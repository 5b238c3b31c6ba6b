//! The bytes at the cursor as numbers and text, in network order and as this host would take them, and what
//! somebody gets who forgets to convert. The readings are `inspect`'s; here they are only placed.

mod chosen;
mod pinned;
mod table;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Ui;
use super::bytes;
use super::ink::Pen;
use super::motion::Motion;
use super::pane::{INSPECTOR, Pane, Scene};
use super::selection::span;
use super::theme::Role;
use crate::escape;
use crate::framing::Value;
use crate::hexdump;
use crate::inspect::{self, ByteOrder, Reading};
use crate::session::Session;

/// Areas from this height on hold the table; lower ones tell the one reading that fits the selection.
const TABLE_ROWS: u16 = 7;

/// The pane.
#[derive(Debug)]
pub(super) struct Inspector;

impl Pane for Inspector {
    fn name(&self) -> &'static str {
        "inspector"
    }

    fn title(&self, scene: Scene<'_>) -> (String, String) {
        let range = scene.ui.range(scene.session);
        let mut title = scene.say("inspector.title").to_owned();
        if !range.is_empty() {
            title = format!("{title} {}", span(&range));
        }
        if let Some(form) = &scene.ui.form {
            return (title, scene.fill("inspector.read-as", &[&form.words()]));
        }
        if let Some(pin) = pinned::beside(scene) {
            let pinned = scene.fill("bytes.pinned", &[&span(&pin.range)]);
            return (title, pinned);
        }
        (title, hex(&window(scene), 4))
    }

    fn render(&self, scene: Scene<'_>, area: Rect, buf: &mut Buffer) {
        let bytes = window(scene);
        if bytes.is_empty() {
            Pen::new(buf, area, 0, scene.look())
                .skip(1)
                .put(scene.say("inspector.none-yet"), Role::Muted);
            return;
        }
        if let Some(form) = &scene.ui.form {
            return chosen::render(scene, form, area, buf);
        }
        let readings = inspect::readings(&bytes, ByteOrder::HOST, scene.ui.locale());
        if let Some(pin) = pinned::beside(scene) {
            pinned::render(scene, pin, &readings, area, buf);
        } else if area.height < TABLE_ROWS {
            render_one(scene, &readings, area, buf);
        } else {
            table::render(scene, &readings, area, buf);
        }
    }

    fn rows(&self, ui: &Ui, session: &Session, area: Rect) -> u64 {
        let scene = Scene {
            session,
            ui,
            now: session.now(),
        };
        if let Some(form) = &ui.form {
            return chosen::parts(scene, form).len() as u64;
        }
        if ui.len(session) == 0 || area.height < TABLE_ROWS {
            return 1;
        }
        let readings = inspect::readings(&window(scene), ByteOrder::HOST, ui.locale());
        table::HEAD_ROWS
            + match pinned::beside(scene) {
                Some(_) => readings.len() as u64 + 1,
                None => table::rows(&readings, is_big(scene), area),
            }
    }

    fn row(&self, ui: &Ui, _session: &Session, _area: Rect) -> u64 {
        ui.tops.get(INSPECTOR).copied().unwrap_or(0)
    }

    fn go(&self, ui: &mut Ui, session: &Session, motion: Motion, area: Rect) {
        let rows = self.rows(ui, session, area);
        let most = rows.saturating_sub(u64::from(area.height));
        match motion {
            Motion::Up | Motion::Down | Motion::PageUp | Motion::PageDown if most > 0 => {
                let top = motion.step(self.row(ui, session, area), most + 1, area.height);
                if let Some(kept) = ui.tops.get_mut(INSPECTOR) {
                    *kept = top;
                }
            }
            _ => bytes::go(ui, session, motion, area),
        }
    }

    fn press(&self, _ui: &mut Ui, _session: &Session, _at: Position, _area: Rect) {}
}

/// The bytes from the selection on that a reading may take; never bytes of another message than the first one's stream.
fn window(scene: Scene<'_>) -> Vec<u8> {
    let Some((conn, dir)) = scene.stream() else {
        return Vec::new();
    };
    let start = scene.ui.range(scene.session).start;
    scene
        .session
        .bytes(conn, dir, start..start + inspect::WINDOW_MAX_BYTES as u64)
        .0
}

/// How many bytes are selected; a single one stands for the field that it begins.
fn selected(scene: Scene<'_>) -> u64 {
    let range = scene.ui.range(scene.session);
    let field = scene.ui.entry(scene.session).and_then(|entry| {
        let fields = entry.message.walk();
        fields
            .map(|(_, field)| field.range.clone())
            .find(|field| field.start == range.start && range.end == range.start + 1)
    });
    field.map_or(range.end - range.start, |field| field.end - field.start)
}

/// The reading that is as wide as the selection; of one byte where none is.
fn fitting(readings: &[Reading], wide: u64) -> Option<&Reading> {
    let numbers = || {
        readings
            .iter()
            .filter(|reading| reading.name.starts_with('u'))
    };
    numbers()
        .find(|reading| reading.width as u64 == wide && reading.missing == 0)
        .or_else(|| numbers().next())
}

fn render_one(scene: Scene<'_>, readings: &[Reading], area: Rect, buf: &mut Buffer) {
    let look = scene.look();
    let Some(reading) = fitting(readings, selected(scene)) else {
        return;
    };
    let rows = both_orders(scene, reading);
    let rows = if is_big(scene) {
        rows
    } else {
        let [a, b] = rows;
        [b, a]
    };
    let lines = if reading.width > 1 {
        &rows[..]
    } else {
        &rows[..1]
    };
    let mut row = 0;
    for (what, value, note) in lines {
        let mut pen = Pen::new(buf, area, row, look);
        pen.skip(1)
            .put(what, Role::Muted)
            .to(21)
            .put(format!("{value:>7}"), Role::Strong)
            .skip(2);
        // Half a note says nothing.
        if escape::width(note) <= usize::from(pen.room()) {
            pen.put(note, Role::Muted);
        }
        row += 1;
    }
    if reading.width > 1 {
        let wire = hex(&reading.bytes, 8);
        let memory = hex(&reading.in_memory(ByteOrder::HOST), 8);
        let text = scene.fill("inspector.wire-and-memory", &[&wire, &memory]);
        Pen::new(buf, area, row, look)
            .skip(1)
            .put(text, Role::Muted);
        row += 1;
    } else if let Some(text) = readings.iter().find(|reading| reading.name == "text") {
        Pen::new(buf, area, row, look)
            .skip(1)
            .put("text", Role::Muted)
            .to(21)
            .put(escape::clean(&text.network), Role::Text);
        row += 1;
    }
    Pen::new(buf, area, row, look)
        .skip(1)
        .put(place(scene), Role::Muted);
}

/// A reading in network order and as this host takes it: what, value, and what makes the one of the other.
fn both_orders(scene: Scene<'_>, reading: &Reading) -> [(String, String, String); 2] {
    let name = reading.name;
    let order = if ByteOrder::HOST == ByteOrder::Big {
        "BE"
    } else {
        "LE"
    };
    let forgotten = || format!("◀ {}", scene.say("inspector.forgotten"));
    [
        (
            scene.fill("inspector.as-network", &[&name]),
            reading.network.clone(),
            reading.ntoh.map_or(String::new(), |f| format!("◀ {f}()")),
        ),
        (
            scene.fill("inspector.as-host", &[&name, &order]),
            reading.host.clone(),
            reading
                .forgotten
                .as_ref()
                .map_or(String::new(), |_| forgotten()),
        ),
    ]
}

fn is_big(scene: Scene<'_>) -> bool {
    scene.ui.order == ByteOrder::Big
}

/// The field or message that holds the cursor.
fn place(scene: Scene<'_>) -> String {
    let Some(entry) = scene.ui.entry(scene.session) else {
        return scene.say("inspector.nowhere").to_owned();
    };
    let message = match entry.number {
        Some(number) => scene.fill("inspector.message", &[&number]),
        None => scene.say("inspector.skipped").to_owned(),
    };
    let range = scene.ui.range(scene.session);
    let holds = |part: &Range<u64>| part.start <= range.start && range.end <= part.end;
    let fields = entry.message.walk().map(|(_, field)| field);
    let field = fields
        .filter(|field| !range.is_empty() && holds(&field.range))
        .min_by_key(|field| field.range.end - field.range.start);
    match field {
        Some(field) => {
            let value = match &field.value {
                Value::Number(number) => number.to_string(),
                Value::Named(number, name) => format!("{number} {name}"),
                Value::Word(word) => escape::clean(word).into_owned(),
                Value::Bytes => String::new(),
                Value::Text(text) => {
                    format!("\"{}\"", escape::escape_prefix(text.as_bytes(), 16).0)
                }
            };
            let name = escape::clean(&field.name);
            scene.fill("inspector.field", &[&name, &value, &message])
        }
        None if !range.is_empty() && holds(&entry.message.payload) => {
            scene.fill("inspector.payload", &[&message])
        }
        None => message,
    }
}

fn hex(bytes: &[u8], most: usize) -> String {
    bytes
        .iter()
        .take(most)
        .map(|byte| hexdump::hex(*byte))
        .collect::<Vec<_>>()
        .join(" ")
}
