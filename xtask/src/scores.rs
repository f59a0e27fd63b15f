//! Files of scores that the project has committed: CSV as `nbzero merge` writes it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use nbzero_space::Architecture;
use nbzero_table::import::Sheet;
use nbzero_table::{Score, read_text};

/// The columns that are no scores.
const NO_SCORES: [&str; 2] = ["arch", "undefined"];

/// Scores of networks.
#[derive(Debug)]
pub(crate) struct ScoreTable {
    /// What the columns are called.
    pub(crate) proxies: Vec<String>,
    /// The scores of each network, one a column.
    pub(crate) networks: BTreeMap<String, Vec<Score>>,
}

impl ScoreTable {
    /// Reads a file, plain or compressed with gzip.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = read_text(path)?;
        let sheet = Sheet::read(path, "scores", &text)?;
        let arch = sheet.column("arch")?;
        let columns = sheet.columns();
        let columns: Vec<_> = columns.filter(|c| !NO_SCORES.contains(&c.name())).collect();
        let mut networks = BTreeMap::new();
        for line in sheet.lines() {
            let scores = columns.iter().map(|column| {
                if line.text(column).is_empty() {
                    return Ok(Score::undefined("undefined in the file"));
                }
                let number = line.float(column).filter(|number| number.is_finite());
                let number = number.ok_or_else(|| line.bad(column, "a finite number, or nothing"));
                number.map(Score::new)
            });
            let scores = scores.collect::<Result<Vec<_>, _>>()?;
            let network = line.text(&arch);
            if networks.insert(network.to_owned(), scores).is_some() {
                let (path, place) = (path.display(), line.place());
                bail!("{path}, {place}: {network} is there twice; remove one of the lines");
            }
        }
        if networks.is_empty() {
            bail!("{} has no scores: give at least one line", path.display());
        }
        Ok(Self {
            proxies: columns.iter().map(|c| c.name().to_owned()).collect(),
            networks,
        })
    }

    /// The same, where networks that compute the same share the scores of one of them: of their plain form,
    /// or else of the first.
    pub(crate) fn shared(mut self) -> Self {
        let mut first: BTreeMap<String, Vec<Score>> = BTreeMap::new();
        for (arch, scores) in &self.networks {
            let plain = plain(arch);
            if plain == *arch || !first.contains_key(&plain) {
                first.insert(plain, scores.clone());
            }
        }
        for (arch, scores) in &mut self.networks {
            if let Some(of_first) = first.get(&plain(arch)) {
                scores.clone_from(of_first);
            }
        }
        self
    }

    /// Where a column is.
    pub(crate) fn place(&self, proxy: &str) -> Result<usize> {
        let mut names = self.proxies.iter();
        let place = names.position(|name| name == proxy);
        place.with_context(|| anyhow!("there is no column `{proxy}` of scores"))
    }
}

/// The network that stands for all that compute the same; a name that is no architecture of ours stands for
/// itself.
fn plain(arch: &str) -> String {
    let parsed: Result<Architecture, _> = arch.parse();
    parsed.map_or_else(|_| arch.to_owned(), |arch| arch.plain().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_say_nothing_or_two_things_are_refused() {
        for (lines, complaint) in [
            ("", "has no scores"),
            ("a:1,inf,\n", "a finite number"),
            ("a:1,2,\na:1,3,\n", "line 3: a:1 is there twice"),
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(&file, format!("arch,zen,undefined\n{lines}")).unwrap();
            let refused = format!("{:#}", ScoreTable::read(file.path()).unwrap_err());
            assert!(refused.contains(complaint), "{refused}");
        }
    }

    #[test]
    fn networks_that_compute_the_same_share_scores() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "arch,zen,undefined\n\
                    nas-bench-macro:20102001,1,\n\
                    nas-bench-macro:20120010,2,\n\
                    nas-bench-macro:22222222,,zen: made up\n\
                    another:1,4,\n";
        std::fs::write(&file, text).unwrap();
        let table = ScoreTable::read(file.path()).unwrap();
        assert_eq!(table.proxies, ["zen"]);
        let zen = |table: &ScoreTable, arch: &str| table.networks[arch][0].value();
        assert_eq!(zen(&table, "nas-bench-macro:20102001"), Some(1.0));
        let shared = table.shared();
        assert_eq!(zen(&shared, "nas-bench-macro:20102001"), Some(2.0));
        assert_eq!(zen(&shared, "nas-bench-macro:20120010"), Some(2.0));
        assert_eq!(zen(&shared, "nas-bench-macro:22222222"), None);
        assert_eq!(zen(&shared, "another:1"), Some(4.0));
    }
}
