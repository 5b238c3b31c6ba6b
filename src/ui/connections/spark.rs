//! Bytes of a few seconds as bars, a column each. How high a bar is tells its share of the largest, counted in factors
//! and not in bytes, so that a trickle beside a flood is still seen.

/// Bars from the lowest up; nothing moved where none stands.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What stands for a second in which nothing moved, between others.
const NOTHING: char = '·';

/// The bytes of a second that are as high as the largest at the least: what is only a few bytes is a low bar.
const FULL_BYTES: u32 = 1000;

/// The bars of some seconds; blank where nothing moved in any.
pub(super) fn spark(seconds: &[u32]) -> String {
    let most = seconds.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    let full = f64::from(most.max(FULL_BYTES)).ln_1p();
    let bar = |bytes: &u32| {
        if *bytes == 0 {
            return NOTHING;
        }
        let share = f64::from(*bytes).ln_1p() / full;
        let height = BARS
            .iter()
            .zip(1..)
            .find(|(_, step)| share * 8.0 <= f64::from(*step) + 1e-9);
        height.map_or('█', |(bar, _)| *bar)
    };
    seconds.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_with_the_factor_and_nothing_is_no_bar() {
        let check = |seconds: &[u32], bars: &str| assert_eq!(spark(seconds), bars, "{seconds:?}");
        check(&[], "");
        check(&[0, 0], "");
        check(&[0, 12, 0], "·▃·");
        check(&[1, 10, 100, 1000], "▁▃▆█");
        check(&[1, 1000, 1_000_000, u32::MAX], "▁▃▅█");
        check(&[7; 3], "▃▃▃");
        check(&[u32::MAX; 2], "██");
    }
}
