//! The palette of Okabe and Ito (<https://jfly.uni-koeln.de/color/>) in true colour, which people with every kind of
//! colour vision tell apart; darkened where a light background asks for it.

use ratatui::style::{Color, Style};

use super::{Ground, Role, Theme, mono};

pub(super) static OKABE_ITO: Theme = Theme {
    name: "okabe-ito",
    style,
};

const GREY: [u32; 2] = [0x9a_9a9a, 0x6b_6b6b];
const BLUE: [u32; 2] = [0x56_b4e9, 0x00_72b2];
const ORANGE: [u32; 2] = [0xe6_9f00, 0x9a_5b00];
const GREEN: [u32; 2] = [0x00_9e73, 0x00_694d];
const PURPLE: [u32; 2] = [0xcc_79a7, 0x9c_3f74];
const VERMILION: [u32; 2] = [0xd5_5e00, 0xb3_4700];

fn style(role: Role, ground: Ground) -> Style {
    let of = |pair: [u32; 2]| match ground {
        Ground::Dark => Color::from_u32(pair[0]),
        Ground::Light => Color::from_u32(pair[1]),
    };
    let colour = match role {
        Role::Error => {
            return Style::new()
                .fg(of([0x00_0000, 0xff_ffff]))
                .bg(of(VERMILION));
        }
        Role::Muted | Role::Inferred | Role::Null => return Style::new().fg(of(GREY)),
        Role::Odd => return Style::new().fg(of(BLUE)),
        Role::Ours | Role::Printable => BLUE,
        Role::Theirs | Role::High => ORANGE,
        Role::Good | Role::Space => GREEN,
        Role::Control | Role::Pinned | Role::Changed => PURPLE,
        Role::Text | Role::Strong | Role::Selected | Role::Linked | Role::Partial | Role::Bad => {
            return mono::style(role, ground);
        }
    };
    mono::style(role, ground).fg(of(colour))
}
