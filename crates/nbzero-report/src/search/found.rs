//! Tables of candidates: the best, and what more of each budget would give.

use nbzero_search::Resource;

use super::{Search, in_words, section};
use crate::Section;
use crate::sheet::{Column, Field};

impl Search<'_> {
    /// The best candidates, with all that is known of them.
    pub(super) fn best(self, top: usize) -> Section {
        let best = self.outcome.best(top);
        let rows = best.iter().map(|&candidate| self.fields(Some(candidate)));
        let notes = vec![format!(
            "The {} best of {} candidates, the best first; of equal ones the one that was found earlier.",
            best.len(),
            self.outcome.within()
        )];
        without_figure("The best", self.columns(), rows.collect(), notes)
    }

    /// What 10% more of each budget would give.
    pub(super) fn more(self) -> Section {
        let rows = self.outcome.relaxed.iter().map(|relaxed| {
            let mut row = vec![
                Field::text(in_words(relaxed.resource, relaxed.limit)),
                Field::Count(relaxed.candidates.len()),
            ];
            row.extend(self.fields(self.outcome.gain(relaxed)));
            row
        });
        let mut columns = vec![
            Column::plain("limit", "Instead"),
            Column::plain("candidates", "Networks tried"),
        ];
        columns.extend(self.columns());
        let rows: Vec<_> = rows.collect();
        let note = if rows.is_empty() {
            "The search had no budgets."
        } else {
            "For each budget, some networks that only 10% more of it allows were scored, mutations of the \
             ten best. The best of them is shown where it is better than the best within the budgets, by the \
             same scores; none where nothing better was found."
        };
        without_figure(
            "What 10% more would give",
            columns,
            rows,
            vec![note.to_owned()],
        )
    }

    /// Name, value, costs and, where several decide, the score of each.
    pub(super) fn columns(self) -> Vec<Column> {
        let objective = &self.plan.objective;
        let name = objective.name_of_value();
        let mut columns = vec![
            Column::plain("arch", "Architecture"),
            Column::plain("value", name),
        ];
        let costs = self.resources();
        columns.extend(costs.map(|resource| Column::plain(resource.name(), resource.unit())));
        if let members @ [_, _, ..] = objective.members() {
            let members = members.iter().map(|member| &member.name);
            columns.extend(members.map(|name| Column::plain(name, name)));
        }
        columns
    }

    /// The fields of a candidate, or of none.
    pub(super) fn fields(self, candidate: Option<usize>) -> Vec<Field> {
        let Some(at) = candidate else {
            let absent = self.columns().into_iter().skip(1).map(|_| Field::Absent);
            return std::iter::once(Field::text("none")).chain(absent).collect();
        };
        let candidate = &self.outcome.candidates[at];
        let mut fields = vec![
            Field::text(candidate.arch.to_string()),
            Field::Significant(self.value(at)),
        ];
        fields.extend(self.resources().map(|resource| {
            let cost = candidate.cost(resource);
            match resource {
                Resource::Latency | Resource::Depth => Field::Significant(cost),
                _ => cost.map_or(Field::Absent, Field::Metric),
            }
        }));
        if candidate.scores.len() > 1 {
            let scores = candidate.scores.iter();
            fields.extend(scores.map(|score| Field::Significant(score.value())));
        }
        fields
    }
}

/// A section without a figure, and without a table that has no row.
fn without_figure(
    title: &str,
    columns: Vec<Column>,
    rows: Vec<Vec<Field>>,
    notes: Vec<String>,
) -> Section {
    let is_empty = rows.is_empty();
    let section = section(title, columns, rows, notes);
    Section {
        table: section.table.filter(|_| !is_empty),
        ..section
    }
}
