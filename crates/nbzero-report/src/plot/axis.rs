//! Axes: where values lie, and which of them are labelled.

use crate::number::{fixed, metric};

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Linear,
    Logarithmic,
}

/// One axis of a panel.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    scale: Scale,
    min: f64,
    max: f64,
    /// Values that are marked, with what is written there.
    pub(crate) ticks: Vec<(f64, String)>,
    /// What the values are, with their unit.
    pub(crate) name: String,
}

impl Axis {
    /// From `min` to `max`, ticks at round values.
    pub(crate) fn exact(min: f64, max: f64, name: impl Into<String>) -> Self {
        let (min, max) = wide_enough(min, max);
        Self {
            scale: Scale::Linear,
            min,
            max,
            ticks: linear_ticks(min, max, 4.0),
            name: name.into(),
        }
    }

    /// Wide enough for the values and a little air.
    pub(crate) fn around(values: impl IntoIterator<Item = f64>, name: impl Into<String>) -> Self {
        let (min, max) = span(values);
        let air = 0.05 * (max - min);
        Self::exact(min - air, max + air, name)
    }

    /// From zero to a little above the values.
    pub(crate) fn from_zero(
        values: impl IntoIterator<Item = f64>,
        name: impl Into<String>,
    ) -> Self {
        let (_, max) = span(values);
        Self::exact(0.0, if max > 0.0 { 1.05 * max } else { 1.0 }, name)
    }

    /// Powers of ten around positive values.
    pub(crate) fn logarithmic(
        values: impl IntoIterator<Item = f64>,
        name: impl Into<String>,
    ) -> Self {
        let (low, high) = span(values.into_iter().map(f64::log10));
        let (low, high) = wide_enough(low, high);
        let air = 0.05 * (high - low);
        let (low, high) = (low - air, high + air);
        let step = ((high - low) / 2.5).ceil().max(1.0);
        let mut power = (low / step).ceil() * step;
        let mut ticks = Vec::new();
        while power <= high {
            ticks.push((10_f64.powf(power), power_of_ten(power)));
            power += step;
        }
        Self {
            scale: Scale::Logarithmic,
            min: 10_f64.powf(low),
            max: 10_f64.powf(high),
            ticks,
            name: name.into(),
        }
    }

    /// The same axis with ticks of its own.
    pub(crate) fn ticks(mut self, ticks: impl IntoIterator<Item = (f64, String)>) -> Self {
        self.ticks = ticks.into_iter().collect();
        self
    }

    /// The same axis with about so many ticks, for narrow panels; a single one would show no scale.
    pub(crate) fn at_most_ticks(mut self, count: u32) -> Self {
        let mut about = f64::from(count);
        while self.ticks.len() > count as usize && about > 0.5 {
            let fewer = linear_ticks(self.min, self.max, about);
            if fewer.len() < 2 {
                self.ticks = self.ticks.into_iter().step_by(2).collect();
                break;
            }
            self.ticks = fewer;
            about -= 0.5;
        }
        self
    }

    /// Where a value lies, from 0 to 1 within the axis.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let of = |low: f64, high: f64, value: f64| (value - low) / (high - low);
        match self.scale {
            Scale::Linear => of(self.min, self.max, value),
            Scale::Logarithmic => of(self.min.log10(), self.max.log10(), value.log10()),
        }
    }

    /// Whether a value lies on the axis.
    pub(crate) fn shows(&self, value: f64) -> bool {
        (-1e-9..=1.0 + 1e-9).contains(&self.share(value))
    }
}

/// Smallest and largest finite value; 0 and 1 where there is none.
pub(crate) fn span(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let widen = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), widen);
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

/// An axis of a single value would have no length.
fn wide_enough(min: f64, max: f64) -> (f64, f64) {
    let least = 1e-9 * min.abs().max(max.abs()).max(1e-300);
    if max - min > least {
        return (min, max);
    }
    let half = if min == 0.0 { 0.5 } else { 0.05 * min.abs() };
    (min - half, max + half)
}

/// About `count` round values (1, 2 or 5 times a power of ten apart).
fn linear_ticks(min: f64, max: f64, count: f64) -> Vec<(f64, String)> {
    let rough = (max - min) / count;
    let power = 10_f64.powf(rough.log10().floor());
    let step = power
        * match rough / power {
            ..1.5 => 1.0,
            ..3.5 => 2.0,
            ..7.5 => 5.0,
            _ => 10.0,
        };
    let mut index = (min / step - 1e-6).ceil();
    let mut ticks = Vec::new();
    while index * step <= max + 1e-6 * step {
        let value = index * step;
        ticks.push((value, written(value, step)));
        index += 1.0;
    }
    ticks
}

/// A tick's label, with the decimals that the distance between ticks asks for.
fn written(value: f64, step: f64) -> String {
    let magnitude = value.abs();
    if magnitude >= 1e12 || (magnitude > 0.0 && magnitude < 1e-3) {
        return format!("{value:.1e}").replace(".0e", "e");
    }
    if step >= 1000.0 {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", shortest(&metric(magnitude)));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a step of 1000 or less has few decimals"
    )]
    let decimals = (-step.log10().floor()).clamp(0.0, 6.0) as usize;
    fixed(value, decimals)
}

/// `2.00M` as `2M`.
fn shortest(text: &str) -> String {
    let (digits, unit) = match text.char_indices().next_back() {
        Some((at, unit)) if unit.is_alphabetic() => (&text[..at], &text[at..]),
        _ => (text, ""),
    };
    let digits = match digits.split_once('.') {
        Some(_) => digits.trim_end_matches('0').trim_end_matches('.'),
        None => digits,
    };
    format!("{digits}{unit}")
}

/// `10⁴`, and plain numbers near 1.
fn power_of_ten(power: f64) -> String {
    match power {
        0.0 => "1".into(),
        1.0 => "10".into(),
        _ => {
            let raised = |c: char| match c {
                '-' => '\u{207b}',
                '1' => '\u{b9}',
                '2' => '\u{b2}',
                '3' => '\u{b3}',
                c => c
                    .to_digit(10)
                    .and_then(|digit| char::from_u32(0x2070 + digit))
                    .unwrap_or(c),
            };
            let exponent: String = format!("{power:.0}").chars().map(raised).collect();
            format!("10{exponent}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(
            labels(&Axis::exact(0.0, 1.0, "")),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            labels(&Axis::exact(0.0, 6.2e6, "")),
            ["0", "2M", "4M", "6M"]
        );
        assert_eq!(labels(&Axis::exact(31.0, 47.0, "")), ["35", "40", "45"]);
        assert_eq!(
            labels(&Axis::logarithmic([1e-2, 1e3], "")),
            ["1", "10\u{b3}"]
        );
    }

    #[test]
    fn large_costs_have_a_unit() {
        assert_eq!(
            labels(&Axis::exact(0.0, 3.5e10, "").at_most_ticks(3)),
            ["0", "20G"]
        );
    }

    #[test]
    fn few_ticks_are_at_least_two() {
        for (low, high) in [(-32.094, -32.006), (0.0, 1.0), (0.03, 0.19), (9e5, 2.1e6)] {
            let ticks = Axis::exact(low, high, "").at_most_ticks(3).ticks;
            assert!((2..=3).contains(&ticks.len()), "{ticks:?}");
        }
    }

    #[test]
    fn a_constant_column_still_has_an_axis() {
        for value in [0.0, 5.0, -2e-12, 3e40] {
            let axis = Axis::around([value, value], "");
            assert!(axis.shows(value), "{value}");
            assert!((axis.share(value) - 0.5).abs() < 0.01, "{value}");
        }
        assert!(Axis::logarithmic([2.0], "").shows(2.0));
        assert!(Axis::around([], "").shows(0.5));
    }
}
