//! The parts of a report: which tables each is measured on, and measuring it.

use nbzero_metrics::Bootstrap;
use nbzero_table::{Cost, Table};

use crate::claims::is_cells;
use crate::{
    Error, Exhibit, FactorAnalysis, Result, claims, cost_relations, draws, fig1, fig2, fig3, fig4,
    fig5, fig6, fig7, fig8, fig9, fig10, main_table, table1_with, table2_with, table3_with,
};

/// A table or figure that is made of benchmark tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Proxies under correlation indices and mBR.
    Table1,
    /// mBR and accuracy of every proxy on several datasets.
    Table2,
    /// The same on several spaces.
    Table3,
    /// mBR of every proxy, cells beside chains.
    Fig1,
    /// FLOPs, params and accuracies, cells beside chains.
    Fig2,
    /// Score against accuracy, cells beside chains.
    Fig3,
    /// Rank and accuracy under budgets of one cost: figures 4, 5 and 6.
    Budgets(Cost),
    /// Which stage attributes drive scores and accuracy.
    Fig7,
    /// The architecture that each proxy picks.
    Fig8,
    /// The best combination of each number of proxies, and its transfer.
    Fig9,
    /// Every proxy combined with FLOPs and with params.
    Fig10,
    /// Expected mBR over the number of candidates that a search sees.
    Draws,
    /// Which costs each proxy follows.
    Costs,
    /// The statements of the paper.
    Claims,
}

impl Part {
    /// All parts, in the order of a page.
    pub const ALL: [Self; 16] = [
        Self::Table1,
        Self::Table2,
        Self::Table3,
        Self::Fig1,
        Self::Fig2,
        Self::Fig3,
        Self::Budgets(Cost::Flops),
        Self::Budgets(Cost::Params),
        Self::Budgets(Cost::Depth),
        Self::Fig7,
        Self::Fig8,
        Self::Fig9,
        Self::Fig10,
        Self::Draws,
        Self::Costs,
        Self::Claims,
    ];

    /// As commands and files call it: `table2`, `fig4`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table1 => "table1",
            Self::Table2 => "table2",
            Self::Table3 => "table3",
            Self::Fig1 => "fig1",
            Self::Fig2 => "fig2",
            Self::Fig3 => "fig3",
            Self::Budgets(Cost::Flops) => "fig4",
            Self::Budgets(Cost::Params) => "fig5",
            Self::Budgets(Cost::Depth) => "fig6",
            Self::Fig7 => "fig7",
            Self::Fig8 => "fig8",
            Self::Fig9 => "fig9",
            Self::Fig10 => "fig10",
            Self::Draws => "draws",
            Self::Costs => "costs",
            Self::Claims => "claims",
        }
    }

    /// Whether it is measured on one table alone, the [main one](main_table) of several.
    pub const fn is_of_one_table(self) -> bool {
        matches!(
            self,
            Self::Table1
                | Self::Budgets(_)
                | Self::Fig7
                | Self::Fig8
                | Self::Fig10
                | Self::Draws
                | Self::Costs
        )
    }

    /// Those of the tables that it is about: one space on several datasets, several spaces of chains
    /// on one dataset, cells beside chains, the main one, or all.
    ///
    /// # Errors
    ///
    /// If it compares tables and there is only one to compare, or there is no table.
    pub fn tables<'a>(self, all: &[&'a Table]) -> Result<Vec<&'a Table>> {
        let report = self.name();
        let main = main_table(all).ok_or(Error::NoTables { report })?;
        let main = all[main];
        let (space, dataset) = (&main.metadata().space, main.metadata().dataset);
        let others = |wanted: &dyn Fn(&Table) -> bool| -> Vec<&'a Table> {
            let others = all.iter().copied();
            let wanted = others.filter(|table| !std::ptr::eq(*table, main) && wanted(table));
            wanted.collect()
        };
        let chains = |table: &Table| !is_cells(&table.metadata().space);
        let more: Vec<&Table> = match self {
            Self::Table2 => others(&|table| {
                table.metadata().space == *space && table.metadata().dataset != dataset
            }),
            Self::Table3 | Self::Fig9 => others(&|table| {
                let about = table.metadata();
                chains(table) && about.dataset == dataset && about.space != *space
            }),
            Self::Fig1 | Self::Fig2 | Self::Fig3 => {
                let cells = |table: &Table| !chains(table) && chains(main);
                let same = others(&|t| cells(t) && t.metadata().dataset == dataset);
                let first = same.first().or(others(&cells).first()).copied();
                first.into_iter().collect()
            }
            Self::Claims => others(&|_| true),
            _ => Vec::new(),
        };
        let compared = match self {
            Self::Table2 => Some("dataset"),
            Self::Table3 => Some("space of chains"),
            _ => None,
        };
        if let Some(what) = compared.filter(|_| more.is_empty()) {
            return Err(Error::NothingToCompare {
                report,
                what,
                main: format!("{space} on {dataset}"),
            });
        }
        // Cells stand on the left, as in the paper.
        Ok(match self {
            Self::Fig1 | Self::Fig2 | Self::Fig3 => more.into_iter().chain([main]).collect(),
            _ => [main].into_iter().chain(more).collect(),
        })
    }

    /// Measures it on these tables, in their order; of a part that is of one table, on the first.
    /// `factors` is the factor analysis of the main table, or why there is none.
    ///
    /// # Errors
    ///
    /// If there is no table, they cannot be judged, or figure 7 has no factor analysis.
    pub fn measure(
        self,
        tables: &[&Table],
        factors: std::result::Result<&FactorAnalysis, &str>,
        bootstrap: Bootstrap,
    ) -> Result<Box<dyn Exhibit>> {
        let report = self.name();
        let (first, others) = tables.split_first().ok_or(Error::NoTables { report })?;
        let judging = bootstrap.into();
        Ok(match self {
            Self::Table1 => Box::new(table1_with(first, &[], &judging)?),
            Self::Table2 => Box::new(table2_with(tables, bootstrap)?),
            Self::Table3 => Box::new(table3_with(tables, bootstrap)?),
            Self::Fig1 => Box::new(fig1(tables, bootstrap)?),
            Self::Fig2 => Box::new(fig2(tables)?),
            Self::Fig3 => Box::new(fig3(tables, bootstrap)?),
            Self::Budgets(Cost::Flops) => Box::new(fig4(first, bootstrap)?),
            Self::Budgets(Cost::Params) => Box::new(fig5(first, bootstrap)?),
            Self::Budgets(Cost::Depth) => Box::new(fig6(first, bootstrap)?),
            Self::Fig7 => {
                let factors = factors.map_err(|reason| Error::NoFactors {
                    reason: reason.to_owned(),
                })?;
                Box::new(fig7(first, factors.clone())?)
            }
            Self::Fig8 => Box::new(fig8(first)?),
            Self::Fig9 => Box::new(fig9(first, others, bootstrap)?),
            Self::Fig10 => Box::new(fig10(first, bootstrap)?),
            Self::Draws => Box::new(draws(first, bootstrap)?),
            Self::Costs => Box::new(cost_relations(first, bootstrap)?),
            Self::Claims => Box::new(claims(tables, factors.ok(), bootstrap)?),
        })
    }
}
