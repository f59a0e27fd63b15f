//! The claims as an exhibit.

use super::Claims;
use super::claim::{Claim, Number, Reading};
use super::rule::Rule;
use crate::exhibit::{Exhibit, document};
use crate::number::fixed;
use crate::sheet::{Column, Field, Sheet};
use crate::{Estimate, Finding, Format, Result};

impl Exhibit for Claims {
    fn name(&self) -> &'static str {
        "claims"
    }

    fn sheet(&self) -> Sheet {
        let row = |claim: &Claim| {
            let decided = claim.readings.first().filter(|_| claim.missing.is_none());
            let deciding = decided.and_then(Reading::deciding);
            let measured = deciding.map_or_else(|| "-".to_owned(), |n| written(n.estimate));
            let rule = deciding.and_then(|number| number.rule);
            let rule = rule.map_or_else(|| "-".to_owned(), Rule::words);
            vec![
                Field::text(format!("{:>2}. {}", claim.number, claim.subject)),
                Field::text(measured),
                Field::text(rule),
                Field::text(claim.verdict.name()),
                Field::text(claim.by_mbr10.as_ref().map_or("-", |by| by.verdict.name())),
            ]
        };
        let columns = [
            ("statement", "Statement"),
            ("measured", "Deciding number (95%)"),
            ("rule", "Must be"),
            ("verdict", "Verdict"),
            ("verdict_mbr10", "By mBR10"),
        ];
        let mut notes: Vec<String> = self.about.iter().map(crate::About::measured).collect();
        notes.push(self.how_to_read());
        notes.extend(self.claims.iter().flat_map(Claim::paragraphs));
        Sheet {
            title: "The paper's statements, measured".to_owned(),
            columns: columns
                .map(|(key, heading)| Column::plain(key, heading))
                .to_vec(),
            rows: self.claims.iter().map(row).collect(),
            notes,
        }
    }

    fn json(&self) -> Result<String> {
        document(self, &self.sheet())
    }

    /// The findings of the paper's abstract.
    fn findings(&self) -> Vec<Finding> {
        let of_abstract = self.claims.iter();
        let of_abstract = of_abstract.filter(|claim| claim.place.starts_with("abstract, finding"));
        of_abstract.map(Claim::finding).collect()
    }

    /// CSV has a row for each number, whatever people are shown of it.
    fn render(&self, format: Format) -> Result<String> {
        let sheet = match format {
            Format::Csv => self.all_numbers(),
            _ => self.sheet(),
        };
        sheet.render(format).map_or_else(|| self.json(), Ok)
    }
}

impl Claims {
    fn how_to_read(&self) -> String {
        let resamples = self.about.first().map_or(0, |about| about.resamples);
        format!(
            "Each statement is decided by a rule on the 95% bootstrap intervals over networks ({resamples} \
             resamples) of the numbers that are marked with what they must be. Where a rule is neither \
             met nor violated, or a table is missing, the statement cannot be said with these \
             networks. mBR is the mean best rank under five FLOPs budgets, lower is better. What is \
             chosen (the best of several) is chosen on the networks that a resample draws and judged \
             on those that it leaves out, at most 200 times: such a number is the mean over these. \
             Combinations of proxies are chosen by mBR, whatever judges them. By mBR10: the same rules \
             on expected mBR of searches that see 10 random candidates under each budget, where a \
             statement speaks of mBR; CSV and JSON have these numbers for every table. log_synflow ranks \
             as synflow does and has no vote of its own beside it; proxies that score all networks of a table alike \
             are no proxies there. \
             Several tables are resampled apart from each other. The statements are decided one by \
             one, without a correction for their number. In parentheses: the paper's numbers."
        )
    }

    fn all_numbers(&self) -> Sheet {
        let columns = [
            "number",
            "statement",
            "index",
            "verdict",
            "reading",
            "reading_verdict",
        ];
        let mut all: Vec<Column> = columns
            .into_iter()
            .map(|key| Column::plain(key, key))
            .collect();
        all.push(Column::plain("what", "what"));
        all.push(Column::plain("table", "table"));
        all.push(Column::plain("must_be", "must_be"));
        all.push(Column::estimate("value", "value"));
        let mut rows = Vec::new();
        let by_both = self.claims.iter().flat_map(|claim| {
            let own = (claim, "", claim.verdict, &claim.readings, &claim.missing);
            let expected = claim.by_mbr10.iter();
            let expected =
                expected.map(move |by| (claim, "mBR10", by.verdict, &by.readings, &by.missing));
            std::iter::once(own).chain(expected)
        });
        for (claim, index, verdict, readings, missing) in by_both {
            let index = match index {
                "" if claim.by_mbr10.is_some() => "mBR",
                other => other,
            };
            let start = |reading: Option<&Reading>| {
                vec![
                    Field::Count(claim.number),
                    Field::text(claim.subject),
                    Field::text(index),
                    Field::text(verdict.name()),
                    Field::text(reading.map_or("", |reading| reading.on.as_str())),
                    Field::text(reading.map_or("", |reading| reading.verdict.name())),
                ]
            };
            for reading in readings {
                for number in &reading.numbers {
                    let mut row = start(Some(reading));
                    row.extend([
                        Field::text(number.what.as_str()),
                        Field::text(number.on.as_str()),
                        Field::text(number.rule.map_or_else(String::new, Rule::words)),
                        Field::Estimate(defined(number.estimate), number.paper, 3),
                    ]);
                    rows.push(row);
                }
            }
            if let Some(missing) = missing {
                let mut row = start(None);
                row.push(Field::text(format!("missing: {missing}")));
                row.extend([Field::text(""), Field::text("")]);
                row.push(Field::Estimate(None, None, 3));
                rows.push(row);
            }
        }
        Sheet {
            columns: all,
            rows,
            ..self.sheet()
        }
    }
}

fn defined(estimate: Estimate) -> Option<Estimate> {
    estimate.value.is_finite().then_some(estimate)
}

impl Claim {
    fn finding(&self) -> Finding {
        let deciding = self.readings.first().and_then(Reading::deciding);
        let evidence = deciding.filter(|_| self.missing.is_none());
        let evidence = evidence.map(|number| format!("{}, on {}.", number.words(), number.on));
        let missing = self.missing.as_ref();
        let missing = || missing.map_or_else(String::new, |what| format!("Missing: {what}."));
        Finding {
            statement: self.statement.to_owned(),
            verdict: self.verdict,
            by_mbr10: self.by_mbr10.as_ref().map(|by| by.verdict),
            evidence: evidence.unwrap_or_else(missing),
        }
    }

    /// One paragraph for the statement, then one for each reading.
    fn paragraphs(&self) -> Vec<String> {
        let missing = self.missing.as_ref();
        let missing = missing.map_or_else(String::new, |missing| format!(" Missing: {missing}."));
        let mut all = vec![format!(
            "{}. {} Paper ({}): {} Rule: {} Verdict: {}.{missing}",
            self.number,
            self.statement,
            self.place,
            self.paper,
            self.rule,
            self.verdict.name(),
        )];
        all.extend(self.readings.iter().map(Reading::paragraph));
        if !self.lacking.is_empty() {
            all.push(format!(
                "Not measured on other tables for want of: {}.",
                self.lacking.join("; ")
            ));
        }
        let by_mbr10 = self.by_mbr10.iter().filter(|by| by.missing.is_none());
        let by_mbr10 = by_mbr10.filter_map(|by| by.readings.first());
        all.extend(by_mbr10.map(|reading| format!("By mBR10. {}", reading.paragraph())));
        all
    }
}

impl Reading {
    /// The numbers but the lists, which tables and remarks hold.
    fn paragraph(&self) -> String {
        let shown = self.numbers.iter().filter(|number| !number.listed);
        let numbers: Vec<String> = shown.map(Number::words).collect();
        let mut text = format!(
            "Measured on {}: {}. Verdict: {}.",
            self.on,
            numbers.join("; "),
            self.verdict.name()
        );
        for remark in &self.remarks {
            text.push(' ');
            text.push_str(remark);
        }
        text
    }
}

impl Number {
    fn words(&self) -> String {
        let paper = self
            .paper
            .map_or_else(String::new, |value| format!(" ({})", fixed(value, 3)));
        let rule = self
            .rule
            .map_or_else(String::new, |rule| format!(", must be {}", rule.words()));
        format!("{} {}{paper}{rule}", self.what, written(self.estimate))
    }
}

/// `-0.052 [-0.081 to -0.012]`.
fn written(estimate: Estimate) -> String {
    let value = if estimate.value.is_finite() {
        fixed(estimate.value, 3)
    } else {
        "undefined".to_owned()
    };
    match estimate.interval {
        Some(i) => format!("{value} [{} to {}]", fixed(i.low, 3), fixed(i.high, 3)),
        None => format!("{value} [no interval]"),
    }
}
