//! Networks that differ in widths alone: Channel-Bench-Macro's quarters of the largest width, and
//! NATS-Bench's channels.

/// The logarithm of each digit, 1 to 4.
pub(super) fn of_digits(digits: &str) -> Option<Vec<f64>> {
    let quarters = digits.chars().map(|digit| digit.to_digit(10));
    logarithms(quarters)
}

/// The logarithm of each number; colons stand between them.
pub(super) fn of_numbers(numbers: &str) -> Option<Vec<f64>> {
    let widths = numbers.split(':').map(|width| width.parse().ok());
    logarithms(widths)
}

fn logarithms(widths: impl Iterator<Item = Option<u32>>) -> Option<Vec<f64>> {
    let log = |width: Option<u32>| {
        width
            .filter(|&width| width > 0)
            .map(|w| f64::from(w).log2())
    };
    let features: Vec<f64> = widths.map(log).collect::<Option<_>>()?;
    (!features.is_empty()).then_some(features)
}
