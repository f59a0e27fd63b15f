//! Amounts as people write them: `414000`, `500k`, `1.5M`, `2G`.

use anyhow::{Result, anyhow};

/// Parses a whole amount, exactly: no rounding on the way.
pub(crate) fn amount(text: &str) -> Result<u64> {
    parse(text).ok_or_else(|| {
        anyhow!("`{text}` is no amount: expected a whole number such as 414000, 500k, 1.5M or 2G")
    })
}

fn parse(text: &str) -> Option<u64> {
    let (number, zeros) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (&text[..at], 3),
        (at, 'M') => (&text[..at], 6),
        (at, 'G') => (&text[..at], 9),
        _ => (text, 0),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let part = if digits(part) {
        part.trim_end_matches('0')
    } else {
        return None;
    };
    if !digits(whole) || part.len() > zeros {
        return None;
    }
    // The digits of both, filled up with zeros.
    format!("{whole}{part:0<zeros$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, value) in [
            ("414000", 414_000),
            ("0", 0),
            ("500k", 500_000),
            ("2M", 2_000_000),
            ("1.5M", 1_500_000),
            ("0.000001M", 1),
            ("2.50G", 2_500_000_000),
            ("20.0", 20),
        ] {
            assert_eq!(amount(text).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn what_is_no_whole_amount_is_refused() {
        for text in [
            "",
            "M",
            "-1",
            "1.5",
            "1.2345k",
            "2 M",
            "2MM",
            ".5M",
            "5.M",
            "1e6",
            "2m",
            "99999999999G",
        ] {
            let error = amount(text).unwrap_err().to_string();
            assert!(error.contains("is no amount"), "{error}");
        }
    }
}
