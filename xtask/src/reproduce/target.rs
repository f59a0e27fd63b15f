//! The tables and figures that can be reproduced, and what each is measured on.

use std::path::Path;
use std::rc::Rc;

use clap::ValueEnum;
use nbzero_metrics::Bootstrap;
use nbzero_report::{
    Exhibit, claims, draws, fig1, fig2, fig3, fig4, fig5, fig6, fig7, fig8, fig9, fig10, recipes,
    table1, table2, table3,
};
use nbzero_table::Table;

use super::tables::Tables;
use super::{factors, of_report};
use crate::failure::Failure;

/// What can be reproduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Target {
    /// Proxies under correlation indices and mBR.
    Table1,
    /// mBR and accuracy of every proxy on three datasets.
    Table2,
    /// The same on R1, R2 and MB.
    Table3,
    /// mBR of every proxy, cells beside chains.
    Fig1,
    /// FLOPs, params and accuracies, cells beside chains.
    Fig2,
    /// Score against accuracy, cells beside chains.
    Fig3,
    /// Best rank and accuracy under budgets of FLOPs.
    Fig4,
    /// The same under budgets of params.
    Fig5,
    /// The same under budgets of depth.
    Fig6,
    /// Which stage attributes drive scores and accuracy (needs cmake and libclang).
    Fig7,
    /// The architecture that each proxy picks.
    Fig8,
    /// The best combination of each number of proxies, and its transfer.
    Fig9,
    /// Every proxy combined with FLOPs and with params.
    Fig10,
    /// Expected mBR of every proxy over the number of candidates that a search sees.
    Draws,
    /// What the tables say of each statement of the paper.
    Claims,
    /// How short trainings rank networks beside a long one.
    Recipes,
    /// Everything.
    All,
}

/// One space on three datasets.
const DATASETS: [&str; 3] = [
    "r1-mini-cifar100",
    "r1-mini-cifar10",
    "r1-mini-imagenet16-tiny",
];
/// Three spaces on one dataset.
const SPACES: [&str; 3] = ["r1-mini-cifar100", "r2-mini-cifar100", "mb-mini-cifar100"];
/// Cells and, beside them, chains, as in the paper.
const KINDS: [&str; 2] = ["nb201-mini-cifar100", "r1-mini-cifar100"];

/// All tables that the paper's statements are about, the main one first.
const ALL_TABLES: [&str; 6] = [
    "r1-mini-cifar100",
    "r1-mini-cifar10",
    "r1-mini-imagenet16-tiny",
    "r2-mini-cifar100",
    "mb-mini-cifar100",
    "nb201-mini-cifar100",
];

/// The trainings that recipes were chosen by, the long one first.
const RECIPES: [&str; 7] = [
    "trials/r1-mini-cifar100/long",
    "trials/r1-mini-cifar100/short-32",
    "trials/r1-mini-cifar100/short-16",
    "trials/r1-mini-cifar100/short-16-rate-0.2",
    "trials/r1-mini-cifar100/mini-16",
    "trials/r1-mini-cifar100/short-8",
    "r1-mini-cifar100",
];

impl Target {
    /// The single targets that it stands for.
    pub(super) fn parts(self) -> Vec<Self> {
        if self != Self::All {
            return vec![self];
        }
        let all = Self::value_variants().iter().copied();
        all.filter(|target| *target != Self::All).collect()
    }

    /// As files are called.
    pub(super) fn name(self) -> String {
        let value = self.to_possible_value().expect("no target is hidden");
        value.get_name().to_owned()
    }

    pub(super) fn measure(self, tables: &Tables, root: &Path) -> Result<Box<dyn Exhibit>, Failure> {
        let bootstrap = Bootstrap::default();
        let several = |names: &[&str]| tables.several(names);
        let found: nbzero_report::Result<Box<dyn Exhibit>> = match self {
            Self::Table1 => table1(&*tables.main()?).map(boxed),
            Self::Table2 => table2(&references(&several(&DATASETS)?)).map(boxed),
            Self::Table3 => table3(&references(&several(&SPACES)?)).map(boxed),
            Self::Fig1 => fig1(&references(&several(&KINDS)?), bootstrap).map(boxed),
            Self::Fig2 => fig2(&references(&several(&KINDS)?)).map(boxed),
            Self::Fig3 => fig3(&references(&several(&KINDS)?), bootstrap).map(boxed),
            Self::Fig4 => fig4(&*tables.main()?, bootstrap).map(boxed),
            Self::Fig5 => fig5(&*tables.main()?, bootstrap).map(boxed),
            Self::Fig6 => fig6(&*tables.main()?, bootstrap).map(boxed),
            Self::Fig7 => {
                let path = tables.main_path()?;
                let table = tables.main()?;
                let metadata = table.metadata();
                let measured = format!(
                    "shares of XGBoost's gain, of ranks, on {} networks of {} on {}; R2 is of five \
                     folds",
                    table.len(),
                    metadata.space,
                    metadata.dataset
                );
                Ok(boxed(fig7(measured, factors::once(tables, &path, root)?)))
            }
            Self::Fig8 => fig8(&*tables.main()?).map(boxed),
            Self::Fig9 => {
                let all = several(&SPACES)?;
                let (chosen_on, others) = all.split_first().expect("at least one table");
                fig9(chosen_on, &references(others), bootstrap).map(boxed)
            }
            Self::Fig10 => fig10(&*tables.main()?, bootstrap).map(boxed),
            Self::Draws => draws(&*tables.main()?, bootstrap).map(boxed),
            Self::Claims => {
                let all = several(&ALL_TABLES)?;
                let all = references(&all);
                let factors = factors::if_possible(tables, &tables.main_path()?, root);
                claims(&all, factors.as_deref(), bootstrap).map(boxed)
            }
            Self::Recipes => recipes(&references(&several(&RECIPES)?), bootstrap).map(boxed),
            Self::All => unreachable!("a target of several parts is taken apart"),
        };
        found.map_err(of_report)
    }
}

fn boxed<T: Exhibit + 'static>(exhibit: T) -> Box<dyn Exhibit> {
    Box::new(exhibit)
}

fn references(tables: &[Rc<Table>]) -> Vec<&Table> {
    tables.iter().map(Rc::as_ref).collect()
}
