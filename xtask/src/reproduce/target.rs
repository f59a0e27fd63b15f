//! The tables and figures that can be reproduced, and what each is measured on.

use std::path::Path;
use std::rc::Rc;

use clap::ValueEnum;
use nbzero_metrics::Bootstrap;
use nbzero_report::{Exhibit, FactorAnalysis, Part, recipes, table1};
use nbzero_table::{Cost, Table};

use super::factors;
use super::tables::{REFERENCE, Tables};
use crate::failure::Failure;
use crate::leaderboard;
use crate::output::say;

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
    /// Which costs each proxy follows.
    Costs,
    /// What the tables say of each statement of the paper.
    Claims,
    /// How short trainings rank networks beside a long one.
    Recipes,
    /// Every proxy on every benchmark, as `cargo xtask leaderboard` has measured it.
    Leaderboard,
    /// Which proxies say the same, on the networks of the leaderboard.
    Relations,
    /// How stable proxies are between seeds and sizes of the batch.
    Stability,
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

/// All tables that the paper's statements are about, the main one first: of one recipe.
const ALL_TABLES: [&str; 6] = [
    "r1-mini-cifar100",
    "r1-mini-cifar10",
    "r1-mini-imagenet16-tiny",
    "r2-mini-cifar100",
    "mb-mini-cifar100",
    "nb201-mini-cifar100",
];

/// The trainings that recipes were chosen by, the long one first.
const RECIPES: [&str; 10] = [
    REFERENCE,
    "trials/r1-mini-cifar100/long-unmixed",
    "trials/r1-mini-cifar100/short-32",
    "trials/r1-mini-cifar100/short-24",
    "trials/r1-mini-cifar100/short-24-mixup",
    "trials/r1-mini-cifar100/short-24-augmented",
    "trials/r1-mini-cifar100/short-16",
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
        let Some((part, names)) = self.part() else {
            return Ok(match self {
                Self::Leaderboard => Box::new(leaderboard::shown(root)?),
                Self::Relations => Box::new(leaderboard::relations(root)?),
                Self::Stability => Box::new(leaderboard::stability(root)?),
                // Of recipes; everything is taken apart before.
                _ => {
                    let all = tables.several(&RECIPES)?;
                    Box::new(recipes(&references(&all), bootstrap)?)
                }
            });
        };
        let all = if part.is_of_one_table() {
            vec![tables.main()?]
        } else {
            tables.several(names)?
        };
        if self == Self::Table1 {
            let main = tables.main()?;
            let seconds = tables.seconds(&main, root)?;
            return Ok(Box::new(table1(&main)?.with_seconds(&seconds)));
        }
        let factors = self.factors(tables, root)?;
        let factors = factors.as_ref().map_err(String::as_str);
        Ok(part.measure(&references(&all), factors, bootstrap)?)
    }

    /// The factor analysis of the main table, or why there is none; the targets that do not look at it
    /// do not wait for it.
    fn factors(
        self,
        tables: &Tables,
        root: &Path,
    ) -> Result<Result<FactorAnalysis, String>, Failure> {
        if !matches!(self, Self::Fig7 | Self::Claims) {
            return Ok(Err("not asked for".to_owned()));
        }
        let path = match self.part() {
            Some((part, names)) if !part.is_of_one_table() => tables.main_path_of(names)?,
            _ => tables.main_path()?,
        };
        match factors::once(tables, &path, root) {
            Ok(found) => Ok(Ok(found)),
            Err(failure) if self == Self::Fig7 => Err(failure),
            // The statements can do without.
            Err(Failure::Input(reason) | Failure::Run(reason)) => {
                say(&format!("without the factor analysis: {reason:#}"));
                Ok(Err(format!("{reason:#}")))
            }
        }
    }

    /// The part of a report that it is, with the tables that it compares; none of the recipes and of the
    /// leaderboard, which no report of tables is about.
    fn part(self) -> Option<(Part, &'static [&'static str])> {
        let found: (Part, &[&str]) = match self {
            // All is taken apart before.
            Self::Recipes | Self::Leaderboard | Self::Relations | Self::Stability | Self::All => {
                return None;
            }
            Self::Table1 => (Part::Table1, &[]),
            Self::Table2 => (Part::Table2, &DATASETS),
            Self::Table3 => (Part::Table3, &SPACES),
            Self::Fig1 => (Part::Fig1, &KINDS),
            Self::Fig2 => (Part::Fig2, &KINDS),
            Self::Fig3 => (Part::Fig3, &KINDS),
            Self::Fig4 => (Part::Budgets(Cost::Flops), &[]),
            Self::Fig5 => (Part::Budgets(Cost::Params), &[]),
            Self::Fig6 => (Part::Budgets(Cost::Depth), &[]),
            Self::Fig7 => (Part::Fig7, &[]),
            Self::Fig8 => (Part::Fig8, &[]),
            Self::Fig9 => (Part::Fig9, &SPACES),
            Self::Fig10 => (Part::Fig10, &[]),
            Self::Draws => (Part::Draws, &[]),
            Self::Costs => (Part::Costs, &[]),
            Self::Claims => (Part::Claims, &ALL_TABLES),
        };
        Some(found)
    }

    /// Whether it is measured on the main table alone.
    pub(super) fn is_of_one_table(self) -> bool {
        self.part().is_some_and(|(part, _)| part.is_of_one_table())
    }
}

fn references(tables: &[Rc<Table>]) -> Vec<&Table> {
    tables.iter().map(Rc::as_ref).collect()
}
