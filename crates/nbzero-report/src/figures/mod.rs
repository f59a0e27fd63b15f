//! The figures of the paper, one file each.

mod budgets;
mod cost_relations;
mod draws;
mod fig1;
mod fig10;
mod fig2;
mod fig3;
mod fig7;
mod fig8;
mod fig9;
mod lines;
mod relations;
mod searches;
mod stability;

pub use budgets::{BudgetFigure, fig4, fig5, fig6};
pub use cost_relations::{CostRelation, CostRelations, cost_relations};
pub use draws::{Draws, DrawsLine, draws};
pub use fig1::{Fig1, Fig1Part, fig1};
pub use fig2::{Distribution, Fig2, Fig2Part, fig2};
pub use fig3::{Cloud, Fig3, Fig3Part, Point, fig3};
pub(crate) use fig7::LEAST_R2;
pub use fig7::{FactorAnalysis, Factors, Fig7, LeftOut, fig7};
pub use fig8::{Fig8, Pick, fig8};
pub use fig9::{Combination, Fig9, fig9};
pub use fig10::{Combined, Fig10, fig10};
pub use relations::{Merge, Relations, ScoreColumns, relations};
pub use searches::{Found, SearchBudget, Searches, SearchesPart};
pub use stability::{Stability, StabilityRow, StabilityRun, stability};
