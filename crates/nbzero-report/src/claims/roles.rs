//! Which table plays which part.

use nbzero_metrics::Bootstrap;
use nbzero_table::Table;

use super::bench::Bench;
use crate::{About, FactorAnalysis, Result};

/// All tables, the main one first.
#[derive(Debug)]
pub(super) struct Roles {
    benches: Vec<Bench>,
}

/// Tables of cells, told by the name of their space; all others are chains.
pub(crate) fn is_cells(space: &str) -> bool {
    space.starts_with("nb201")
}

/// The position of the table that statements about one table are decided on: the first of R1 on
/// CIFAR-100, as in the paper, else the first of chains with proxies, else the first with proxies, else
/// the first of chains, else the first.
///
/// `None` without tables.
pub fn main_table(tables: &[&Table]) -> Option<usize> {
    let find = |wanted: &dyn Fn(&Table) -> bool| tables.iter().position(|table| wanted(table));
    let chains = |table: &Table| !is_cells(&table.metadata().space);
    let scored = |table: &Table| table.proxies().next().is_some();
    let main = |table: &Table| {
        let about = table.metadata();
        about.space.starts_with("r1") && about.dataset == nbzero_table::Dataset::Cifar100
    };
    find(&main)
        .or_else(|| find(&|table| chains(table) && scored(table)))
        .or_else(|| find(&scored))
        .or_else(|| find(&chains))
        .or_else(|| (!tables.is_empty()).then_some(0))
}

impl Roles {
    pub(super) fn new(
        tables: &[&Table],
        factors: Option<&FactorAnalysis>,
        bootstrap: Bootstrap,
    ) -> Result<Self> {
        let main = main_table(tables);
        let mut order: Vec<usize> = (0..tables.len()).collect();
        order.sort_by_key(|place| Some(*place) != main);
        let mut benches = (0..)
            .zip(order)
            .map(|(seed, place)| Bench::new(tables[place], bootstrap, seed))
            .collect::<Result<Vec<_>>>()?;
        if let Some(main) = benches.first_mut() {
            main.factors = factors.map(|analysis| analysis.factors.clone());
        }
        Ok(Self { benches })
    }

    /// The same tables, judged by expected mBR.
    pub(super) fn by_expected(&self) -> Result<Self> {
        let benches = self.benches.iter().map(Bench::by_expected);
        Ok(Self {
            benches: benches.collect::<Result<_>>()?,
        })
    }

    pub(super) fn all(&self) -> &[Bench] {
        &self.benches
    }

    pub(super) fn chains(&self) -> impl Iterator<Item = &Bench> {
        self.benches.iter().filter(|b| !is_cells(&b.about.space))
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &Bench> {
        self.benches.iter().filter(|b| is_cells(&b.about.space))
    }

    fn main_chains(&self) -> Result<&Bench, String> {
        self.chains()
            .next()
            .ok_or_else(|| "a table of chains".to_owned())
    }

    /// Cells, and the main chains; of several tables of cells that of the same dataset.
    pub(super) fn kinds(&self) -> Result<[&Bench; 2], String> {
        let chains = self.main_chains()?;
        let same = |cells: &&Bench| cells.about.dataset == chains.about.dataset;
        let cells = self.cells().find(same).or_else(|| self.cells().next());
        let cells = cells.ok_or_else(|| "a table of cells".to_owned())?;
        Ok([cells, chains])
    }

    /// A space of chains on several datasets: that of the main chains if there are others like it.
    pub(super) fn datasets(&self) -> Result<Vec<&Bench>, String> {
        let missing = |space: &str, dataset: &str| {
            format!("a table of {space} on a dataset other than {dataset}")
        };
        self.alike(|about| &about.space, missing)
    }

    /// Several spaces of chains on one dataset: that of the main chains if there are others like it.
    pub(super) fn spaces(&self) -> Result<Vec<&Bench>, String> {
        let missing = |space: &str, dataset: &str| {
            format!("a table of another space of chains than {space} on {dataset}")
        };
        self.alike(|about| &about.dataset, missing)
    }

    /// The first chains of which several have this in common; without any, what the main ones miss.
    fn alike(
        &self,
        common: impl Fn(&About) -> &String,
        missing: impl Fn(&str, &str) -> String,
    ) -> Result<Vec<&Bench>, String> {
        let main = &self.main_chains()?.about;
        let like = |first: &Bench| -> Vec<&Bench> {
            let same = |bench: &&Bench| common(&bench.about) == common(&first.about);
            self.chains().filter(same).collect()
        };
        let mut groups = self.chains().map(like);
        groups
            .find(|group| group.len() > 1)
            .ok_or_else(|| missing(&main.space, &main.dataset))
    }
}
