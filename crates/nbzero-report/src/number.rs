//! How numbers are written for people.

use nbzero_table::Cost;

/// Fixed decimals, without the sign of a zero.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|b| matches!(b, b'0' | b'.')) => digits.into(),
        _ => text,
    }
}

/// `5`, `12.3k`, `4.56M`: three digits and a unit.
pub(crate) fn metric(value: f64) -> String {
    let units = [(1e9, "G"), (1e6, "M"), (1e3, "k")];
    let (scale, unit) = units
        .into_iter()
        // What rounds to a thousand has the next unit.
        .find(|(scale, _)| value >= 0.9995 * scale)
        .unwrap_or((1.0, ""));
    let scaled = value / scale;
    let decimals = match scaled {
        _ if unit.is_empty() => 0,
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{scaled:.decimals$}{unit}")
}

/// Six significant digits; very large and very small numbers with an exponent.
pub fn significant(value: f64) -> String {
    let magnitude = value.abs();
    if value.fract() == 0.0 && magnitude < 1e15 {
        return format!("{value}");
    }
    if !(1e-4..1e6).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    #[expect(clippy::cast_possible_truncation, reason = "between -4 and 6")]
    let decimals = usize::try_from(5 - magnitude.log10().floor() as i64).unwrap_or(0);
    format!("{value:.decimals$}")
}

/// A cost in a sentence.
pub(crate) fn cost_name(cost: Cost) -> &'static str {
    match cost {
        Cost::Flops => "FLOPs",
        Cost::Params => "parameters",
        Cost::Depth => "depth",
    }
}

/// `1 seed`, `2 seeds`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_a_unit() {
        let cases = [
            (999.0, "999"),
            (12_345.0, "12.3k"),
            (4_560_000.0, "4.56M"),
            (99_960_000.0, "100M"),
            (999_499.0, "999k"),
            (999_950.0, "1.00M"),
            (700e6, "700M"),
            (1.5e9, "1.50G"),
        ];
        for (value, text) in cases {
            assert_eq!(metric(value), text);
        }
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(fixed(-0.0004, 3), "0.000");
        assert_eq!(fixed(-0.0006, 3), "-0.001");
    }
}
