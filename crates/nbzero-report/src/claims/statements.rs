//! The statements of the paper, in reading order.

use super::bench::Bench;
use super::claim::Reading;
use super::roles::Roles;
use super::{baselines, hybrids, orders, shape};

use Measure::{Each, Together, WithoutMbr};

/// A statement and how it is measured.
pub(super) struct Statement {
    pub(super) subject: &'static str,
    pub(super) text: &'static str,
    pub(super) place: &'static str,
    pub(super) paper: &'static str,
    pub(super) rule: &'static str,
    pub(super) measure: Measure,
}

/// On what it is measured.
pub(super) enum Measure {
    /// On each table alone, by mBR; the main one decides.
    Each(fn(&Bench) -> Result<Reading, String>),
    /// The same without mBR.
    WithoutMbr(fn(&Bench) -> Result<Reading, String>),
    /// On several tables together, by mBR.
    Together(fn(&Roles) -> Result<Reading, String>),
}

/// All statements.
pub(super) const STATEMENTS: [Statement; 27] = [
    Statement {
        subject: "Cells do not transfer to chains",
        text: "How proxies perform on cells (NAS-Bench-101/201/301) does not carry over to ResNet and MobileNetV2 chains.",
        place: "abstract, finding 1; section 4.2, figure 1",
        paper: "fisher, grad_norm, grasp and jacob_cov are poor on NAS-Bench-201 and not so bad on chains; a figure without printed numbers.",
        rule: "Spearman's correlation between the mBRs of the proxies on both tables: holds if its whole interval is below 0.5, does not hold if nothing of it is.",
        measure: Together(orders::cells_and_chains),
    },
    Statement {
        subject: "Higher tau, worse under budgets",
        text: "A proxy of higher rank correlation may do worse under budgets: correlation indices and mBR do not name the same best proxy.",
        place: "abstract, finding 2; section 4.1, table 1",
        paper: "FLOPs have the highest tau (0.704) and an mBR of 0.157; synflow and zen have tau 0.356 and 0.420 and mBR 0.102 and 0.108.",
        rule: "mBR of the best by tau less that of the best by mBR, costs included: holds if its whole interval is above 0, does not hold if nothing of it is.",
        measure: Each(baselines::indices_disagree),
    },
    Statement {
        subject: "No proxy beats the costs by mBR",
        text: "Existing proxies do not outperform FLOPs and params as proxies.",
        place: "abstract, finding 3; its own table 1 says otherwise",
        paper: "Table 1: mBR of FLOPs 0.157 and params 0.213; of the proxies synflow (0.102) and zen (0.108) are below both, all others above.",
        rule: "mBR of the best proxy less that of the better cost: holds if nothing of its interval is below 0, does not hold if the whole of it is.",
        measure: Each(baselines::by_mbr),
    },
    Statement {
        subject: "Top proxies and costs compensate",
        text: "The best proxies, synflow and zen, and FLOPs or params compensate each other: together they are better than each alone.",
        place: "abstract, finding 4; section 4.6, figure 10",
        paper: "zen with FLOPs from 73.1, 75.9, 75.5, 77.6, 76.3% to 73.1, 76.0, 76.7, 77.6, 77.3%; FLOPs alone 72.2, 74.6, 76.1, 76.5, 76.8%.",
        rule: "Four differences of mBR, of each pair less the better of its two: holds if all whole intervals are below 0, does not hold if nothing of one of them is.",
        measure: Each(hybrids::top_proxies_and_costs),
    },
    Statement {
        subject: "No proxy beats the costs by tau",
        text: "Under correlation indices FLOPs and params, or the better of them, are better than the proxies.",
        place: "introduction; section 4.1, table 1",
        paper: "Tau of FLOPs 0.704 and params 0.592; the best proxy is snip with 0.641.",
        rule: "Tau of the best proxy less that of the better cost: holds if its whole interval is below 0, does not hold if nothing of it is.",
        measure: WithoutMbr(baselines::by_correlation),
    },
    Statement {
        subject: "synflow leads on cells and chains",
        text: "On both kinds of networks synflow is the best proxy.",
        place: "section 4.2, figure 1",
        paper: "Best in both panels of figure 1; on chains its mBR is 0.102, that of the next (zen) 0.108.",
        rule: "On each of both tables, mBR of synflow less that of the best other proxy: holds if both whole intervals are below 0, does not hold if nothing of one is.",
        measure: Together(orders::synflow_leads),
    },
    Statement {
        subject: "Costs beat synflow on cells only",
        text: "On cells FLOPs and params do better than synflow, on chains they do worse.",
        place: "section 4.2, figure 1",
        paper: "On chains mBR 0.157 and 0.213 against 0.102; on cells a figure without printed numbers.",
        rule: "mBR of each cost less that of synflow: holds if on cells both whole intervals are below 0 and on chains above, does not hold if nothing of one of them is.",
        measure: Together(orders::costs_turn),
    },
    Statement {
        subject: "Proxies stay behind the oracle",
        text: "There is a gap between what proxies pick under budgets and the best networks there.",
        place: "section 4.3, figures 4 to 6; conclusions",
        paper: "The best mBR is 0.102 (synflow); the oracle has 0.",
        rule: "mBR of the best proxy: holds if its whole interval is above 0.05, does not hold if nothing of it is.",
        measure: Each(baselines::gap_to_oracle),
    },
    Statement {
        subject: "FLOPs budgets: synflow, zen lead",
        text: "Under budgets of FLOPs synflow and zen do better than FLOPs, params and depth.",
        place: "sections 4.1 and 4.3, table 1, figure 4",
        paper: "mBR 0.102 and 0.108, against 0.157 (FLOPs), 0.213 (params) and 0.498 (depth).",
        rule: "Six differences of mBR: holds if all whole intervals are below 0, does not hold if nothing of one of them is.",
        measure: Each(baselines::flops_budgets),
    },
    Statement {
        subject: "Params budgets: all are similar",
        text: "Under budgets of params synflow and zen do about as well as FLOPs, params and depth.",
        place: "section 4.3, figure 5",
        paper: "A figure without printed numbers.",
        rule: "Six differences of mBR: holds if all whole intervals are within 0.05 of 0, does not hold if nothing of one of them is.",
        measure: Each(baselines::params_budgets),
    },
    Statement {
        subject: "Depth budgets: FLOPs lead",
        text: "Under budgets of depth synflow and zen do a little worse than FLOPs and better than params and depth.",
        place: "section 4.3, figure 6",
        paper: "A figure without printed numbers.",
        rule: "Six differences of mBR: holds if the whole intervals are above 0 beside FLOPs and below 0 beside params and depth, does not hold if nothing of one of them is.",
        measure: Each(baselines::depth_budgets),
    },
    Statement {
        subject: "Orders agree across datasets",
        text: "How well a proxy does is stable from dataset to dataset.",
        place: "section 4.4, table 2",
        paper: "Of table 2, Spearman of the mBRs of the nine proxies for each pair of datasets.",
        rule: "Spearman's correlation between the mBRs for each pair: holds if all whole intervals are above 0.5, does not hold if nothing of one of them is.",
        measure: Together(orders::datasets_agree),
    },
    Statement {
        subject: "synflow, zen lead on all datasets",
        text: "On every dataset synflow and zen are the best proxies.",
        place: "section 4.4, table 2",
        paper: "The better of both has 0.133, 0.102 and 0.093; the best other proxy 0.249, 0.282 and 0.175.",
        rule: "On each table, mBR of the better of both less that of the best other proxy: holds if all whole intervals are below 0, does not hold if nothing of one of them is.",
        measure: Together(orders::leaders_of_datasets),
    },
    Statement {
        subject: "Costs are unsteady over datasets",
        text: "FLOPs and params are less stable from dataset to dataset than synflow and zen.",
        place: "section 4.4, table 2",
        paper: "mBR from 0.142 to 0.286 (FLOPs) and 0.213 to 0.779 (params); 0.093 to 0.212 (synflow) and 0.093 to 0.133 (zen).",
        rule: "Spread of mBR of the costs less that of both proxies: holds if its whole interval is above 0, does not hold if nothing of it is.",
        measure: Together(orders::costs_vary_over_datasets),
    },
    Statement {
        subject: "Orders agree across spaces",
        text: "How well a proxy does is stable from one space of chains to another.",
        place: "section 4.4, table 3",
        paper: "Of table 3, Spearman of the mBRs of the nine proxies for each pair of spaces.",
        rule: "Spearman's correlation between the mBRs for each pair: holds if all whole intervals are above 0.5, does not hold if nothing of one of them is.",
        measure: Together(orders::spaces_agree),
    },
    Statement {
        subject: "synflow, zen lead on all spaces",
        text: "On the spaces of ResNets synflow and zen are the best proxies, on that of MobileNets about as good as the best.",
        place: "section 4.4, table 3",
        paper: "The better of both has 0.102 (R1), 0.045 (R2) and 0.125 (MB); the best other 0.282, 0.154 and 0.1. The text excepts MB.",
        rule: "On each table, mBR of the better of both less that of the best other proxy: holds if all whole intervals are below 0 (MobileNets: within 0.05 of 0), does not hold if nothing of one of them is.",
        measure: Together(orders::leaders_of_spaces),
    },
    Statement {
        subject: "Costs are unsteady over spaces",
        text: "FLOPs and params are less stable from space to space than synflow and zen.",
        place: "section 4.4, table 3",
        paper: "mBR from 0.109 to 0.157 (FLOPs) and 0.213 to 0.253 (params); 0.057 to 0.125 (synflow) and 0.045 to 0.125 (zen): by its own table the opposite.",
        rule: "Spread of mBR of the costs less that of both proxies: holds if its whole interval is above 0, does not hold if nothing of it is.",
        measure: Together(orders::costs_vary_over_spaces),
    },
    Statement {
        subject: "Depth drives the scores",
        text: "All scores but fisher are driven by the depth of the stages.",
        place: "contributions; section 4.5.1, figure 7a",
        paper: "S1L to S4L are the most important attributes of all scores but fisher; a figure without printed numbers.",
        rule: "Holds if all scores follow depth closer than width on nearly all resamples and depth has the larger XGBoost share in all models with an R2 of at least 0.5; does not hold if some score follows width closer, and so says a model.",
        measure: WithoutMbr(shape::depth_drives_scores),
    },
    Statement {
        subject: "Width drives fisher",
        text: "fisher is the exception among the scores: width drives it.",
        place: "section 4.5.1, figure 7a",
        paper: "S1out, S4out, S2out and S3out are its most important attributes.",
        rule: "Holds if the whole interval of |Spearman| of width less that of depth is above 0 and width has the larger XGBoost share in a model with an R2 of at least 0.5; does not hold if both say the opposite.",
        measure: WithoutMbr(shape::width_drives_fisher),
    },
    Statement {
        subject: "Width drives the accuracy",
        text: "The accuracy is driven by the width of the stages, unlike most scores.",
        place: "contributions; section 4.5.1, figure 7b",
        paper: "S2out, S3out, S4out and S4L are the most important attributes.",
        rule: "Holds if the whole interval of |Spearman| of width less that of depth is above 0 and width has the larger XGBoost share in a model with an R2 of at least 0.5; does not hold if both say the opposite.",
        measure: WithoutMbr(shape::width_drives_accuracy),
    },
    Statement {
        subject: "snip goes wide, grasp narrow",
        text: "snip prefers wide networks and grasp narrow ones.",
        place: "section 4.5.2, figure 8",
        paper: "Seen in drawings of the networks that they pick.",
        rule: "Spearman's correlation of the summed output width with each score: holds if that of snip is above 0 and that of grasp below 0 with their whole intervals, does not hold if nothing of one of them is.",
        measure: WithoutMbr(shape::biases),
    },
    Statement {
        subject: "Several proxies beat one",
        text: "A rank vote of several proxies is better than the best single proxy.",
        place: "section 4.6, figure 9a; abstract",
        paper: "The best four (jacob_cov, zen, snip, synflow) have an mBR of 0.08, synflow alone 0.102, chosen and judged on the same networks.",
        rule: "mBR of the best combination less that of the best single proxy: holds if its whole interval is below 0, does not hold if nothing of it is.",
        measure: Each(hybrids::several_beat_one),
    },
    Statement {
        subject: "More proxies are not better",
        text: "All proxies together are worse than the best combination of some: namely not more is better.",
        place: "section 4.6, figure 9a",
        paper: "The smallest mBR is that of four proxies, 0.08.",
        rule: "mBR of all proxies less that of the best combination: holds if its whole interval is above 0, does not hold if nothing of it is.",
        measure: Each(hybrids::more_is_not_better),
    },
    Statement {
        subject: "The paper's four beat each one",
        text: "jacob_cov, zen, snip and synflow together are better than each of them alone.",
        place: "section 4.6, figure 9; contributions",
        paper: "mBR 0.08 together; alone 0.409, 0.108, 0.356 and 0.102.",
        rule: "Four differences of mBR: holds if all whole intervals are below 0, does not hold if nothing of one of them is.",
        measure: Each(hybrids::papers_four),
    },
    Statement {
        subject: "A combination transfers",
        text: "The combination that is best on one space is better than a single proxy on other spaces, too.",
        place: "section 4.6, figure 9b; abstract",
        paper: "Better than a single proxy on MB, if not the best there; a figure without printed numbers.",
        rule: "On each other space, mBR of the combination less that of the single proxy, both chosen on the first: holds if all whole intervals are below 0, does not hold if nothing of one of them is.",
        measure: Together(hybrids::combinations_transfer),
    },
    Statement {
        subject: "Costs help nearly every proxy",
        text: "Combined with FLOPs or params by rank voting, nearly every proxy does better than alone.",
        place: "section 4.6, figure 10",
        paper: "Nearly all lines of figure 10 rise; a figure without printed numbers.",
        rule: "Share of pairs that have a lower mBR than the proxy alone: holds if nothing of its interval is below 0.8, does not hold if the whole of it is.",
        measure: Each(hybrids::costs_help),
    },
    Statement {
        subject: "Weak proxies help FLOPs",
        text: "Even proxies that are worse than FLOPs do better than FLOPs once combined with it.",
        place: "section 4.6, figure 10",
        paper: "grasp is named as an example; a figure without printed numbers.",
        rule: "Share of the proxies surely worse than FLOPs whose vote with FLOPs has a lower mBR than FLOPs: holds if its whole interval is above 0.5, does not hold if nothing of it is.",
        measure: Each(hybrids::weak_proxies_help_flops),
    },
];
