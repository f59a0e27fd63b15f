//! Latencies: measured here, or those of a list.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use nbzero_space::Architecture;
use nbzero_table::import::Sheet;
use nbzero_table::read_text;

use crate::cli::failure::Failure;

/// Where latencies come from.
#[derive(Debug)]
pub(super) enum Latencies {
    /// This machine.
    Measured,
    /// A list of networks, in milliseconds.
    Listed(HashMap<Architecture, f64>),
}

impl Latencies {
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Measured => "latencies measured".to_owned(),
            Self::Listed(known) => format!(
                "latencies of a list of {} networks (checksum {:08x})",
                known.len(),
                checksum(known)
            ),
        }
    }
}

/// Tells lists of the same length apart, in whatever order their lines are.
fn checksum(known: &HashMap<Architecture, f64>) -> u32 {
    let lines = known
        .iter()
        .map(|(network, time)| format!("{network},{time}\n"));
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    crc32fast::hash(lines.concat().as_bytes())
}

/// Parses a time: `8ms`, `0.5ms`, `1s`.
pub(super) fn milliseconds(text: &str) -> Result<f64> {
    let (number, factor) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => (number, 1.0),
        (None, Some(number)) => (number, 1e3),
        (None, None) => ("", 1.0),
    };
    let time = number.parse::<f64>().ok().map(|number| number * factor);
    let time = time.filter(|time| time.is_finite() && *time > 0.0);
    time.ok_or_else(|| {
        anyhow!("`{text}` is no time: expected a number with its unit, such as 8ms or 0.5s")
    })
}

/// Reads a CSV with the columns `arch` and `ms`.
pub(super) fn read(path: &Path) -> Result<HashMap<Architecture, f64>, Failure> {
    let text = read_text(path).map_err(Failure::input)?;
    parse(path, &text).map_err(Failure::Input)
}

fn parse(path: &Path, text: &[u8]) -> Result<HashMap<Architecture, f64>> {
    let sheet = Sheet::read(path, "latencies", text)?;
    let (arch, ms) = (sheet.column("arch")?, sheet.column("ms")?);
    let mut latencies = HashMap::new();
    for line in sheet.lines() {
        let network = line.text(&arch).parse::<Architecture>();
        let network = network.with_context(|| format!("{}, {}", path.display(), line.place()))?;
        let time = line.float(&ms);
        let time = time.filter(|time| time.is_finite() && *time > 0.0);
        let time = time.ok_or_else(|| line.bad(&ms, "a number of milliseconds above 0"))?;
        if latencies.insert(network, time).is_some() {
            return Err(line.bad(&arch, "a network that no line before has").into());
        }
    }
    Ok(latencies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert!((milliseconds("8ms").unwrap() - 8.0).abs() < 1e-12);
        assert!((milliseconds("0.25s").unwrap() - 250.0).abs() < 1e-12);
        for text in ["8", "", "ms", "-1ms", "NaNms", "infs", "0ms", "8 m"] {
            assert!(
                milliseconds(text)
                    .unwrap_err()
                    .to_string()
                    .contains("is no time"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_list_is_read_or_refused_with_its_place() {
        let parse = |rows: &str| parse(Path::new("list.csv"), rows.as_bytes());
        let rows = "ms,arch\n1.5,nas-bench-macro:00000000\n2,nats-sss:8:8:8:8:8\n";
        assert_eq!(parse(rows).unwrap().len(), 2);
        assert_eq!(
            parse("arch; ms\nnats-sss:8:8:8:8:8; 1,5\n").unwrap().len(),
            1
        );
        for (rows, part) in [
            ("arch\nnats-sss:8:8:8:8:8\n", "no column \"ms\""),
            ("arch,ms,ms\nnats-sss:8:8:8:8:8,1,2\n", "two columns"),
            ("arch,ms\nnats-sss:8:8:8:8:9,1\n", "line 2"),
            ("arch,ms\nnats-sss:8:8:8:8:8,fast\n", "line 2"),
            (
                "arch,ms\nnats-sss:8:8:8:8:8,1\nnats-sss:8:8:8:8:8,2\n",
                "line 3",
            ),
        ] {
            let error = format!("{:#}", parse(rows).unwrap_err());
            assert!(
                error.contains(part) && error.contains("list.csv"),
                "{error}"
            );
        }
    }

    #[test]
    fn lists_of_the_same_length_are_told_apart() {
        let of = |times: [f64; 2]| {
            let networks = ["nats-sss:8:8:8:8:8", "nats-sss:8:8:8:8:16"];
            let networks = networks.map(|network| network.parse().unwrap());
            Latencies::Listed(networks.into_iter().zip(times).collect()).describe()
        };
        assert_eq!(of([1.0, 2.0]), of([1.0, 2.0]));
        assert_ne!(of([1.0, 2.0]), of([2.0, 1.0]));
    }
}
