//! The published scores of TransNAS-Bench-101's networks.

use super::task::Task;
use crate::import::scores::{Published, naslib};

const SUITE_ZERO: &str =
    "NAS-Bench-Suite-Zero (Krishnakumar et al. 2022), with the loss of the task";

/// Columns of every task: `zen` of all networks, the others of 662 or 725.
const OF_EVERY_TASK: [Published; 9] = [
    naslib::FISHER,
    naslib::GRAD_NORM,
    naslib::GRASP,
    naslib::JACOB_COV,
    naslib::L2_NORM,
    naslib::NASWOT,
    naslib::PLAIN,
    naslib::SNIP,
    naslib::ZEN,
];

/// Of all networks, and four of the tasks.
const LOG_SYNFLOW: Published = naslib::LOG_SYNFLOW.named("synflow_log");

/// The columns that a task has: score, prefix of the column's name (none), source.
pub(super) fn columns(
    task: &Task,
) -> impl Iterator<Item = (Published, &'static str, &'static str)> {
    let synflow = task.synflow.then_some(LOG_SYNFLOW);
    let columns = OF_EVERY_TASK.into_iter().chain(synflow);
    columns.map(|column| (column, "", SUITE_ZERO))
}
