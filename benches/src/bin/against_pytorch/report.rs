//! What was measured on one network, and how it is printed.

use std::fmt::Write;

use clap::ValueEnum;
use nbzero_metrics::median;
use serde::Serialize;

use crate::limit::Limit;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns.
    Text,
    /// A table of a document.
    Markdown,
    /// One object a network, with the seconds of every round.
    Json,
}

/// Those that draw weights, images or signs for themselves.
const DRAWN: [&str; 5] = ["zen", "meco", "swap", "az", "vkdnw"];

/// Seconds of what is one row, a number a round.
#[derive(Debug, Serialize)]
pub(crate) struct Times {
    pub(crate) name: &'static str,
    /// Those that are measured together.
    pub(crate) proxies: &'static [&'static str],
    pub(crate) pytorch: Vec<f64>,
    pub(crate) nbzero: Vec<f64>,
    /// What it scores there.
    pub(crate) pytorch_score: f64,
    /// What it scores here, or why that is undefined.
    pub(crate) nbzero_score: Result<f64, String>,
}

impl Times {
    pub(crate) fn new(name: &'static str, proxies: &'static [&'static str]) -> Self {
        Self {
            name,
            proxies,
            pytorch: Vec::new(),
            nbzero: Vec::new(),
            pytorch_score: f64::NAN,
            nbzero_score: Err("not measured".to_owned()),
        }
    }

    /// The difference of the scores relative to the larger one, if there are two.
    fn difference(&self) -> Option<f64> {
        let (theirs, ours) = (self.pytorch_score, *self.nbzero_score.as_ref().ok()?);
        let larger = theirs.abs().max(ours.abs()).max(f64::MIN_POSITIVE);
        Some((theirs - ours).abs() / larger)
    }
}

/// All proxies on one network.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) arch: String,
    /// What the machine allows the old ones in one suite.
    pub(crate) limit: Limit,
    /// The proxies up to 2021.
    pub(crate) old: Vec<Times>,
    /// Those since.
    pub(crate) newer: Vec<Times>,
    /// The old proxies of nbzero in one suite.
    pub(crate) suite: Vec<f64>,
    /// All of them in one suite; empty where only the old ones are compared.
    pub(crate) all: Vec<f64>,
}

/// One line of the table: seconds there and here.
struct Row {
    name: &'static str,
    pytorch: f64,
    nbzero: f64,
}

impl Comparison {
    pub(crate) fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Markdown => self.markdown(),
            // Numbers, strings and lists only.
            Format::Json => serde_json::to_string(self).expect("serialisable"),
        }
    }

    /// Medians, which without a round are no numbers; the sums are of medians.
    fn rows(&self) -> Vec<Row> {
        let median = |times: &[f64]| median(times).unwrap_or(f64::NAN);
        let parts = [
            (&self.old, "sum", "total", &self.suite),
            (&self.newer, "sum of all", "total of all", &self.all),
        ];
        let (mut rows, mut pytorch, mut alone) = (Vec::new(), 0.0, 0.0);
        for (proxies, sum, total, suite) in parts.into_iter().filter(|part| !part.0.is_empty()) {
            for times in proxies {
                let row = Row {
                    name: times.name,
                    pytorch: median(&times.pytorch),
                    nbzero: median(&times.nbzero),
                };
                pytorch += row.pytorch;
                alone += row.nbzero;
                rows.push(row);
            }
            for (name, nbzero) in [(sum, alone), (total, median(suite))] {
                rows.push(Row {
                    name,
                    pytorch,
                    nbzero,
                });
            }
        }
        rows
    }

    fn text(&self) -> String {
        let mut out = format!("{}\n", self.arch);
        out += "proxy                 PyTorch s  nbzero s  times faster\n";
        for row in self.rows() {
            let (name, ratio) = (row.name, row.pytorch / row.nbzero);
            let _ = writeln!(
                out,
                "{name:20} {:10.3} {:9.3} {ratio:13.2}",
                row.pytorch, row.nbzero
            );
        }
        out + &self.allowed() + &self.agreement()
    }

    /// The limit of the machine, in words.
    fn allowed(&self) -> String {
        let Limit { products, seconds } = self.limit;
        format!(
            "the products of the old ones in one suite, {products:.0} billion, would take {seconds:.3} s at the \
             speed of a large one\n"
        )
    }

    fn markdown(&self) -> String {
        let mut out = format!("`{}`\n\n", self.arch);
        out += "| proxy | PyTorch s | nbzero s | times faster |\n|---|---|---|---|\n";
        for row in self.rows() {
            let (name, ratio) = (row.name, row.pytorch / row.nbzero);
            let _ = writeln!(
                out,
                "| {name} | {:.3} | {:.3} | {ratio:.2} |",
                row.pytorch, row.nbzero
            );
        }
        out + "\n" + &self.allowed() + &self.agreement()
    }

    /// How far the scores are apart: both sides must have done the same work.
    fn agreement(&self) -> String {
        let all = || self.old.iter().chain(&self.newer);
        let same = || all().filter(|times| !DRAWN.contains(&times.name));
        let differences = same().filter_map(|times| Some((times.difference()?, times.name)));
        let mut out = String::new();
        if let Some((worst, proxy)) = differences.max_by(|a, b| a.0.total_cmp(&b.0)) {
            let _ = writeln!(
                out,
                "scores agree within {worst:.1e} of their value ({proxy} is the farthest; {} draw \
                 their own numbers)",
                DRAWN.join(", ")
            );
        }
        for times in same() {
            if let Err(reason) = &times.nbzero_score {
                let (name, theirs) = (times.name, times.pytorch_score);
                let _ = writeln!(
                    out,
                    "{name} has no value in nbzero ({reason}), {theirs:.3e} in PyTorch"
                );
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison() -> Comparison {
        let snip = Times {
            name: "snip",
            proxies: &["snip"],
            pytorch: vec![0.3, 0.1, 0.2],
            nbzero: vec![0.1, 0.1, 0.1],
            pytorch_score: 1.0,
            nbzero_score: Ok(1.01),
        };
        let zen = Times {
            name: "zen",
            proxies: &["zen"],
            pytorch: vec![1.0, 3.0, 2.0],
            nbzero: vec![1.0, 9.0, 1.0],
            pytorch_score: 20.0,
            nbzero_score: Ok(30.0),
        };
        Comparison {
            arch: "r1:8:8x1s2".to_owned(),
            limit: Limit {
                products: 12.4,
                seconds: 0.02,
            },
            old: vec![snip],
            newer: vec![zen],
            suite: vec![0.5, 0.05, 0.04],
            all: vec![0.5, 0.4, 4.0],
        }
    }

    #[test]
    fn text_has_a_line_a_proxy_and_both_totals() {
        assert_eq!(
            comparison().render(Format::Text),
            "r1:8:8x1s2\n\
             proxy                 PyTorch s  nbzero s  times faster\n\
             snip                      0.200     0.100          2.00\n\
             sum                       0.200     0.100          2.00\n\
             total                     0.200     0.050          4.00\n\
             zen                       2.000     1.000          2.00\n\
             sum of all                2.200     1.100          2.00\n\
             total of all              2.200     0.500          4.40\n\
             the products of the old ones in one suite, 12 billion, would take 0.020 s at the speed of a large one\n\
             scores agree within 9.9e-3 of their value (snip is the farthest; zen, meco, swap, az, vkdnw \
             draw their own numbers)\n"
        );
    }

    #[test]
    fn markdown_is_a_table() {
        let markdown = comparison().render(Format::Markdown);
        assert!(
            markdown.contains("\n| total of all | 2.200 | 0.500 | 4.40 |\n"),
            "{markdown}"
        );
    }

    #[test]
    fn json_has_every_round() {
        let json = comparison().render(Format::Json);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["old"][0]["pytorch"][1], 0.1);
        assert_eq!(value["all"][2], 4.0);
    }

    #[test]
    fn a_score_that_is_no_number_is_the_farthest() {
        let mut comparison = comparison();
        comparison.old[0].pytorch_score = f64::NAN;
        assert!(comparison.agreement().contains("within NaN"));
    }

    #[test]
    fn an_undefined_score_is_named_with_its_reason() {
        let mut comparison = comparison();
        comparison.old[0].nbzero_score = Err("singular".to_owned());
        assert_eq!(
            comparison.agreement(),
            "snip has no value in nbzero (singular), 1.000e0 in PyTorch\n"
        );
    }
}
