//! Latencies: measured here, or those of a list.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use nbzero_space::Architecture;
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
            Self::Listed(known) => format!("latencies of a list of {} networks", known.len()),
        }
    }
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
    let of_file = || format!("`{}` is no list of latencies", path.display());
    parse(&read_text(path).map_err(Failure::input)?)
        .with_context(of_file)
        .map_err(Failure::Input)
}

fn parse(text: &[u8]) -> Result<HashMap<Architecture, f64>> {
    let mut rows = csv::Reader::from_reader(text);
    let header = rows.headers()?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|known| known == name);
        found.with_context(|| format!("it has no column `{name}`: it needs `arch` and `ms`"))
    };
    let (arch, ms) = (column("arch")?, column("ms")?);
    let mut latencies = HashMap::new();
    for row in rows.records() {
        let row = row?;
        let line = row.position().map_or(0, csv::Position::line);
        let of_line = || format!("line {line}");
        let network: Architecture = row[arch].parse().with_context(of_line)?;
        let time = row[ms].parse().ok();
        let time = time.filter(|time: &f64| time.is_finite() && *time > 0.0);
        let Some(time) = time else {
            bail!("line {line}: `{}` is no number of milliseconds", &row[ms]);
        };
        if latencies.insert(network, time).is_some() {
            bail!("line {line}: {} is there twice", &row[arch]);
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
        let rows = "ms,arch\n1.5,nas-bench-macro:00000000\n2,nats-sss:8:8:8:8:8\n";
        assert_eq!(parse(rows.as_bytes()).unwrap().len(), 2);
        for (rows, part) in [
            ("arch\nnats-sss:8:8:8:8:8\n", "no column `ms`"),
            ("arch,ms\nnats-sss:8:8:8:8:9,1\n", "line 2"),
            ("arch,ms\nnats-sss:8:8:8:8:8,fast\n", "`fast` is no number"),
            (
                "arch,ms\nnats-sss:8:8:8:8:8,1\nnats-sss:8:8:8:8:8,2\n",
                "line 3",
            ),
        ] {
            let error = format!("{:#}", parse(rows.as_bytes()).unwrap_err());
            assert!(error.contains(part), "{error}");
        }
    }
}
