//! The splits of a model, from the text that `XGBoost` writes of its trees.

use crate::Error;

/// One split of one tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Split {
    /// Index of the feature.
    pub(crate) feature: usize,
    /// How much the split lowers the loss.
    pub(crate) gain: f64,
    /// Sum of the second derivatives there: with squared error, the number of networks.
    pub(crate) cover: f64,
}

/// All splits, of lines like `0:[f3<2.5] yes=1,no=2,missing=1,gain=12.3,cover=100`; the others are
/// leaves, `1:leaf=0.1,cover=3`.
pub(crate) fn splits(dump: &str) -> Result<Vec<Split>, Error> {
    let mut splits = Vec::new();
    for (line, text) in (1..).zip(dump.lines()) {
        if text.trim().is_empty() || text.contains(":leaf=") {
            continue;
        }
        let split = split(text).ok_or_else(|| Error::Dump {
            line,
            text: text.trim().to_owned(),
        })?;
        splits.push(split);
    }
    Ok(splits)
}

fn split(text: &str) -> Option<Split> {
    let (_, condition) = text.split_once(":[f")?;
    let (feature, statistics) = condition.split_once('<')?;
    let statistic = |name: &str| {
        let field = statistics
            .split(',')
            .find_map(|field| field.strip_prefix(name));
        field?.trim().parse().ok()
    };
    Some(Split {
        feature: feature.parse().ok()?,
        gain: statistic("gain=")?,
        cover: statistic("cover=")?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn splits_of_two_trees() {
        let dump = "0:[f15<2.5] yes=1,no=2,missing=1,gain=12.25,cover=100\n\
                    \t1:leaf=-0.5,cover=40\n\
                    \t2:[f0<33] yes=3,no=4,missing=3,gain=1e-06,cover=60\n\
                    \t\t3:leaf=0.1,cover=20\n\t\t4:leaf=0.2,cover=40\n\n0:leaf=0,cover=100\n";
        let split = |feature, gain, cover| Split {
            feature,
            gain,
            cover,
        };
        let expected = [split(15, 12.25, 100.0), split(0, 1e-6, 60.0)];
        assert_eq!(splits(dump).unwrap(), expected);
    }

    #[test]
    fn an_unknown_line_is_named() {
        let error = splits("0:leaf=1,cover=1\n0:[f1] yes=1,no=2,gain=1,cover=1\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2 of XGBoost's trees is not understood: `0:[f1] yes=1,no=2,gain=1,cover=1`; \
             its version is not 1.6"
        );
    }
}
